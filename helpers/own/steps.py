"""From time stamps to bins: spikes counted, positions sampled, gaps in tracking left as gaps.

Each step is a small function of arrays; `ingest` takes them in order. Nothing is repaired
in silence: what cannot be right is refused in one line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MAX_GAP_S = 0.25
"""Tracking that is silent for longer is a gap, over which nothing is interpolated."""
MOST_BINS = 20_000_000  # 5 days in bins of 25 ms: more is another unit of time
MOST_LATE = 0.01
"""Share of samples with a repeated or late time stamp that are left out; more are refused."""
SNAP = 1e-6  # a sample this close to a bin's centre, in bins, is that bin's own


def checked(values, field: str, *dimensions: int) -> np.ndarray:
    """Return real numbers of an allowed number of dimensions, not empty; masked ones become NaN."""
    try:
        array = values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
    except (ValueError, TypeError, OverflowError):  # numpy on lists of unequal length
        raise ValueError(f"{field} is ragged; give an array of numbers") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{field} has dtype {array.dtype}; give real numbers")
    if array.ndim not in dimensions or array.size == 0:
        wanted = " or ".join(map(str, dimensions))
        raise ValueError(f"{field} has shape {array.shape}; give {wanted} dimensions, not empty")
    if isinstance(array, np.ma.MaskedArray):
        array = array.astype(np.float64).filled(np.nan) if array.mask.any() else array.data
    return array


def numbers(values, field: str, *dimensions: int) -> np.ndarray:
    """As `checked`, in float64."""
    array = checked(values, field, *dimensions)
    with np.errstate(over="ignore"):  # a long double beyond float64 becomes infinite, seen later
        return array.astype(np.float64)


def positive(value, field: str, mend: str, zero: bool = False) -> float:
    """Return `value` as a float, or raise if it is no finite number above zero, or zero itself."""
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not is_number or not np.isreal(value) or not (0 < value < np.inf or zero and value == 0):
        raise ValueError(f"{field} is {shown(value)}; {mend}")
    return float(value)


def one_of(value, field: str, allowed: Sequence[str]) -> None:
    """Raise if `value` is none of the allowed words."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{field} is {shown(value)}; use one of {', '.join(allowed)}")


def shown(value) -> str:
    """What a message may say of any value, in one line."""
    text = repr(value)
    return text if len(text) <= 40 and text.isprintable() else f"a {type(value).__name__}"


def clock(times, field: str = "times") -> np.ndarray:
    """Return time stamps as float64 of shape (S,), checked: finite, strictly increasing, S > 1."""
    times = finite_stamps(times, field)
    back = np.flatnonzero(np.diff(times) <= 0)
    if len(back):
        raise ValueError(
            f"{field} does not increase at sample {back[0] + 1}; sort it, drop repeated stamps"
        )
    return times


def finite_stamps(times, field: str = "times") -> np.ndarray:
    """As `clock`, in whatever order."""
    times = numbers(times, field, 1, 2).ravel()
    if len(times) < 2:
        raise ValueError(f"{field} needs at least two time stamps, in seconds")
    bad = np.flatnonzero(~np.isfinite(times))
    if len(bad):
        raise ValueError(
            f"{field} holds {len(bad)} NaN or infinite values among {len(times)}, the first at "
            f"sample {bad[0]}; drop those samples"
        )
    return times


def in_order(times: np.ndarray) -> np.ndarray:
    """Which samples to keep so that time increases, (S,): repeated and late ones go, if few.

    Raises
    ------
    ValueError
        As `clock`, if more than `MOST_LATE` of them would go.
    """
    before = np.maximum.accumulate(np.r_[-np.inf, times[:-1]])
    kept = times > before
    if (~kept).sum() > MOST_LATE * len(times):
        clock(times)
    return kept


def nearest(known: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Index into `known`, which increases, of the value nearest to each; the earlier on a tie."""
    after = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
    return np.where(wanted - known[after - 1] <= known[after] - wanted, after - 1, after)


def bin_edges(start_s: float, stop_s: float, bin_s: float) -> np.ndarray:
    """Cut time into bins.

    Parameters
    ----------
    start_s, stop_s, bin_s : float
        Centre of the first bin, where the last centre may lie, and the width; seconds.

    Returns
    -------
    array of shape (T + 1,)
        Edges, seconds.

    Raises
    ------
    ValueError
        If the width is no positive number, or there would be no bins, or far too many.
    """
    bin_s = positive(bin_s, "bin_s", "give the width of a bin in seconds, 0.025 say")
    n_bins = (stop_s - start_s) / bin_s + 1
    if not n_bins <= MOST_BINS:
        raise ValueError(
            f"{stop_s - start_s:.3g} s make {n_bins:.2g} bins of {bin_s:g} s; give times in seconds"
        )
    return start_s + bin_s * (np.arange(int(n_bins + SNAP) + 1) - 0.5)


def bin_spikes(times: Sequence, edges: np.ndarray) -> np.ndarray:
    """Count spikes in bins; a spike on a border belongs to the bin that begins there.

    Parameters
    ----------
    times : sequence of N arrays
        Spike times of each unit, seconds, increasing but for jitter; a unit may be silent.
    edges : array of shape (T + 1,)
        Of the bins, seconds. Spikes before the first and from the last on are left out.

    Returns
    -------
    array of shape (T, N)
        uint8.

    Raises
    ------
    ValueError
        If a unit's times are no finite numbers or start again, no spike lies in the bins, or a bin
        holds more than 255 of one unit.
    """
    if isinstance(times, str | bytes) or not hasattr(times, "__len__") or len(times) == 0:
        raise ValueError("spike_times is no list of units; give one array of seconds a unit")
    columns = [
        _counted(spikes, f"spike_times of unit {n}", edges) for n, spikes in enumerate(times)
    ]
    counts = np.stack(columns, axis=1)
    if not counts.any():
        raise ValueError(
            f"spike_times has no spike from {edges[0]:.5g} to {edges[-1]:.5g} s, where position "
            "is; give both in seconds, on one clock"
        )
    return counts


def _counted(spikes, field: str, edges: np.ndarray) -> np.ndarray:
    """Spikes of one unit in each bin, (T,) uint8."""
    n_bins = len(edges) - 1
    if np.size(spikes) == 0:
        return np.zeros(n_bins, dtype=np.uint8)
    spikes = numbers(spikes, field, 0, 1).ravel()
    if bad := int((~np.isfinite(spikes)).sum()):
        raise ValueError(f"{field} has {bad} NaN or infinite values")
    back = np.flatnonzero(np.diff(spikes) < edges[0] - edges[1])  # by more than a bin
    if len(back):
        raise ValueError(
            f"{field} go back by {spikes[back[0]] - spikes[back[0] + 1]:.4g} s at spike "
            f"{back[0] + 1}; were two files joined? add the second's start, or sort them"
        )
    spikes = spikes[(spikes >= edges[0]) & (spikes < edges[-1])]
    column = np.bincount(np.searchsorted(edges, spikes, side="right") - 1, minlength=n_bins)
    if column.max() > 255:
        raise ValueError(
            f"{field} puts {column.max()} spikes into one bin; give seconds, or shorter bins"
        )
    return column.astype(np.uint8)


def sample_position(times, position, centres, max_gap_s=MAX_GAP_S, period=None):
    """Interpolate a tracked position at the bins' centres, never over a gap in tracking.

    Parameters
    ----------
    times : array of shape (S,)
        Seconds, increasing.
    position : array of shape (S,) or (S, 2)
        In any unit. Samples with NaN are as if they had not been taken.
    centres : array of shape (T,)
        Seconds.
    max_gap_s : float
        Two samples farther apart bound a gap.
    period : float, optional
        Circumference of a circle, in the position's unit: interpolate the short way round.

    Returns
    -------
    values : array of shape (T,) or (T, 2)
        NaN where nothing was tracked.
    tracked : boolean array of shape (T,)

    Raises
    ------
    ValueError
        If lengths differ, or no bin's centre lies between two samples close enough.
    """
    times, position = clock(times), numbers(position, "position", 1, 2)
    if len(times) != len(position):
        raise ValueError(f"position has {len(position)} samples, times {len(times)}; give as many")
    max_gap_s = positive(max_gap_s, "max_gap_s", "give seconds, more than 0")
    columns = position.reshape(len(times), -1)
    good = np.isfinite(columns).all(axis=1)
    times, columns = times[good], columns[good]
    if len(times) < 2:
        raise ValueError("position has fewer than two samples that are not NaN; give more")
    near = nearest(times, centres)
    step = centres[1] - centres[0] if len(centres) > 1 else 1.0
    own = np.abs(times[near] - centres) <= SNAP * step
    after = np.clip(np.searchsorted(times, centres, side="right"), 1, len(times) - 1)
    between = (centres >= times[after - 1]) & (centres <= times[after])
    tracked = own | (between & (times[after] - times[after - 1] <= max_gap_s))
    if not tracked.any():
        raise ValueError(
            "position has no sample where the bins are; give both on one clock, in seconds"
        )
    way = columns if period is None else np.unwrap(columns, period=period, axis=0)
    values = np.stack([np.interp(centres, times, one) for one in way.T], axis=1)
    if period is not None:
        values %= period
    values[own] = columns[near[own]]
    values[~tracked] = np.nan
    return (values[:, 0] if position.ndim == 1 else values), tracked
