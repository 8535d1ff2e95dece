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
SNAP = 1e-6  # a sample this close to a bin's centre, in bins, is that bin's own


def checked(values, field: str, ndim: int | Sequence[int]) -> np.ndarray:
    """Return `values` as an array of real numbers of one of the allowed numbers of dimensions.

    Masked entries become NaN, so that none is taken for a measurement.

    Raises
    ------
    ValueError
        If they are ragged, no real numbers, empty, or of another shape.
    """
    try:
        array = values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
    except (ValueError, TypeError, OverflowError):  # numpy on lists of unequal length
        raise ValueError(f"{field} is ragged; give an array of numbers") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{field} has dtype {array.dtype}; give real numbers")
    allowed = (ndim,) if isinstance(ndim, int) else tuple(ndim)
    if array.ndim not in allowed or array.size == 0:
        wanted = " or ".join(map(str, allowed))
        raise ValueError(f"{field} has shape {array.shape}; give {wanted} dimensions, not empty")
    if isinstance(array, np.ma.MaskedArray):
        array = array.astype(np.float64).filled(np.nan) if array.mask.any() else array.data
    return array


def numbers(values, field: str, ndim: int | Sequence[int]) -> np.ndarray:
    """As `checked`, in float64."""
    array = checked(values, field, ndim)
    with np.errstate(over="ignore"):  # a long double beyond float64 becomes infinite, seen later
        return array.astype(np.float64)


def positive(value, field: str, mend: str) -> float:
    """Return `value` as a float, or raise if it is no finite number above zero."""
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not is_number or not np.isreal(value) or not 0 < value < np.inf:
        raise ValueError(f"{field} is {shown(value)}; {mend}")
    return float(value)


def shown(value) -> str:
    """What a message may say of any value, in one line."""
    text = repr(value)
    return text if len(text) <= 40 and text.isprintable() else f"a {type(value).__name__}"


def clock(times, field: str = "times") -> np.ndarray:
    """Return time stamps as float64 of shape (S,), checked: finite, strictly increasing, S > 1."""
    times = numbers(times, field, 1)
    if len(times) < 2 or not np.isfinite(times).all():
        raise ValueError(f"{field} needs at least two finite time stamps, in seconds")
    back = np.flatnonzero(np.diff(times) <= 0)
    if len(back):
        raise ValueError(
            f"{field} does not increase at sample {back[0] + 1}; sort it, drop repeated stamps"
        )
    return times


def bin_edges(start_s: float, stop_s: float, bin_s: float) -> np.ndarray:
    """Edges of the bins whose centres run from `start_s` to `stop_s`, (T + 1,) seconds.

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
        Spike times of each unit, seconds, in any order; a unit may be silent.
    edges : array of shape (T + 1,)
        Of the bins, seconds. Spikes before the first and from the last on are left out.

    Returns
    -------
    array of shape (T, N)
        uint8.

    Raises
    ------
    ValueError
        If a unit's times are no finite numbers, no spike lies in the bins, or a bin holds more than
        255 of one unit.
    """
    if isinstance(times, str | bytes) or not hasattr(times, "__len__") or len(times) == 0:
        raise ValueError("spike_times is no list of units; give one array of seconds a unit")
    n_bins = len(edges) - 1
    counts, seen = np.zeros((n_bins, len(times)), dtype=np.uint8), 0
    for unit, spikes in enumerate(times):
        if np.size(spikes) == 0:
            continue
        spikes = numbers(spikes, f"spike_times of unit {unit}", (0, 1)).ravel()
        if bad := int((~np.isfinite(spikes)).sum()):
            raise ValueError(f"spike_times of unit {unit} has {bad} NaN or infinite values")
        spikes = spikes[(spikes >= edges[0]) & (spikes < edges[-1])]
        inside = np.searchsorted(edges, spikes, side="right") - 1
        column = np.bincount(inside, minlength=n_bins)
        if column.max() > 255:
            raise ValueError(
                f"spike_times of unit {unit} puts {column.max()} spikes into one bin; "
                "give seconds, or shorter bins"
            )
        counts[:, unit], seen = column, seen + len(spikes)
    if not seen:
        raise ValueError(
            f"spike_times has no spike from {edges[0]:.5g} to {edges[-1]:.5g} s, where position "
            "is; give both in seconds, on one clock"
        )
    return counts


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
    times, position = clock(times), numbers(position, "position", (1, 2))
    if len(times) != len(position):
        raise ValueError(f"position has {len(position)} samples, times {len(times)}; give as many")
    max_gap_s = positive(max_gap_s, "max_gap_s", "give seconds, more than 0")
    columns = position.reshape(len(times), -1)
    good = np.isfinite(columns).all(axis=1)
    times, columns = times[good], columns[good]
    if len(times) < 2:
        raise ValueError("position has fewer than two samples that are not NaN; give more")
    after = np.clip(np.searchsorted(times, centres, side="right"), 1, len(times) - 1)
    near = np.where(centres - times[after - 1] < times[after] - centres, after - 1, after)
    own = np.abs(times[near] - centres) <= SNAP * _step(centres)
    between = (centres >= times[after - 1]) & (centres <= times[after])
    tracked = own | (between & (times[after] - times[after - 1] <= max_gap_s))
    if not tracked.any():
        raise ValueError(
            f"position is sampled every {np.median(np.diff(times)):.3g} s, and max_gap_s is "
            f"{max_gap_s:g}; give times in seconds, or a larger max_gap_s"
        )
    values = np.stack([_interpolated(centres, times, one, period) for one in columns.T], axis=1)
    values[own] = columns[near[own]]
    values[~tracked] = np.nan
    return (values[:, 0] if position.ndim == 1 else values), tracked


def _step(centres):
    return centres[1] - centres[0] if len(centres) > 1 else 1.0


def _interpolated(centres, times, values, period):
    if period is None:
        return np.interp(centres, times, values)
    return np.interp(centres, times, np.unwrap(values, period=period)) % period
