"""Your own recording: from arrays as a laboratory has them to a `Recording`, in explicit steps.

`recording_from_arrays` is the front door; `helpers.own.files` reads files through it. Time is in
seconds, whatever the file; positions may be in m, cm or mm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from helpers.recordings import JUMP_M_S, Recording, stretches

from .steps import (
    MAX_GAP_S,
    bin_edges,
    bin_spikes,
    checked,
    clock,
    nearest,
    numbers,
    one_of,
    positive,
    sample_position,
)
from .track import UNITS, direction_of, linearise, only_running

BIN_S = 0.025
RATE_HZ = 20  # a bin of 50 ms with one spike
MOST_JUMPS = 0.2  # of the bins
JITTER = 0.5  # of a bin: time stamps of successive bins may be this much late


def recording_from_arrays(
    position,
    *,
    spikes=None,
    spike_times: Sequence | None = None,
    times=None,
    direction=None,
    bin_s: float | None = None,
    unit: str = "m",
    length_m: float | None = None,
    geometry: str = "line",
    ends=None,
    centre=None,
    max_gap_s: float = MAX_GAP_S,
    running: float | None = None,
    name: str = "own",
    source: str = "local",
) -> Recording:
    """Make a recording of counts or spike times, and positions along a track or in the plane.

    Parameters
    ----------
    position : array of shape (S,) or (S, 2)
        Along the track, or (x, y); NaN where tracking was lost.
    spikes : array of shape (S, N), optional
        Counts per bin, one row for each position. Give these or `spike_times`.
    spike_times : sequence of N arrays, optional
        Seconds, on the clock of `times`.
    times : array of shape (S,), optional
        Seconds of each position. With counts they are the bins' centres, and may be left out if no
        bins are missing. A jump in them is a gap in the recording.
    direction : array of shape (S,), optional
        +1 or −1; else read off the movement.
    bin_s : float, optional
        Width of a bin; 0.025 s for spike times, and for counts what `times` say.
    unit : {"m", "cm", "mm"}
        Of `position`, `ends` and `centre`.
    length_m : float, optional
        Length of the track, or circumference, in metres. Needed for positions along a circle; on a
        line the places visited otherwise bound the track, the first of them becoming 0.
    geometry : {"line", "circle"}
    ends, centre : optional
        Of the track in the plane; see `helpers.own.track`.
    max_gap_s : float
        Longest gap in tracking that is interpolated over.
    running : float, optional
        Leave out bins slower than this, m/s.
    name, source : str
        See `Recording`.

    Returns
    -------
    Recording
        Bins without a position are left out, and the recording is cut where they were.

    Raises
    ------
    ValueError
        In one line that names the argument and the mend.
    """
    if (spikes is None) == (spike_times is None):
        raise ValueError("give either spikes (counts per bin) or spike_times, one of the two")
    position, length = _on_track(position, unit, length_m, geometry, ends, centre)
    if spikes is None:
        period = length if geometry == "circle" else None
        bin_s = BIN_S if bin_s is None else bin_s
        binned = _from_times(spike_times, position, times, direction, bin_s, max_gap_s, period)
    else:
        bin_s = _width(times, bin_s)
        binned = _from_counts(spikes, position, times, direction, bin_s)
    recording = _assembled(binned, bin_s, length, geometry, name, source)
    return recording if running is None else only_running(recording, running)


class _Binned(NamedTuple):
    """A row a bin: counts, metres or NaN, directions or None, and the bin's number.

    Numbers of bins that follow each other in time are successive; at a cut one is left out.
    """

    spikes: np.ndarray
    position: np.ndarray
    direction: np.ndarray | None
    number: np.ndarray


def _on_track(position, unit, length_m, geometry, ends, centre):
    """Positions in metres along the track, (S,), and its length."""
    one_of(unit, "unit", tuple(UNITS))
    one_of(geometry, "geometry", ("line", "circle"))
    if length_m is not None:
        length_m = positive(length_m, "length_m", "give the track's length in metres")
    position = numbers(position, "position", 1, 2)
    if position.ndim == 2 and position.shape[1] != 1:
        position, length = linearise(position, geometry, unit, ends=ends, centre=centre)
        if length_m is not None and not 0.8 * length_m <= length <= 1.2 * length_m:
            raise ValueError(
                f"position (x, y) spans {length:.3g} m, and length_m is {length_m:g}; mend unit, "
                "or leave length_m out"
            )
        return position, length
    position = position.ravel() * UNITS[unit]
    if ends is not None or centre is not None:
        raise ValueError("ends and centre are for positions (x, y); position has one column")
    tracked = position[np.isfinite(position)]
    if not len(tracked):
        raise ValueError("position holds no number that is finite; check its column")
    if length_m is not None:
        return position, length_m
    if geometry == "circle":
        raise ValueError("length_m is missing; give the circle's circumference in metres")
    low, high = float(tracked.min()), float(tracked.max())
    if not 0 < high - low < np.inf:
        raise ValueError(f"position is constant at {low:.3g} m; check its column and units")
    return position - low, high - low


def _width(times, bin_s):
    """The width of the bins of counts, seconds, as their time stamps have it."""
    if bin_s is not None or times is None:
        bin_s = positive(bin_s, "bin_s", "give the width of the bins of spikes, in seconds")
    if times is None:
        return bin_s
    steps = np.diff(clock(times))
    step = float(np.median(steps))
    if bin_s is not None and abs(bin_s - step) > 0.02 * step:
        raise ValueError(f"bin_s is {bin_s:g}, and times step by {step:.4g} s; mend one of the two")
    if steps.min() < (1 - JITTER) * step:
        raise ValueError(
            f"times step by {steps.min():.3g} s once and by {step:.3g} s mostly; bins of counts "
            "must not overlap"
        )
    return float(np.round(step, 9)) if bin_s is None else bin_s


def _from_counts(spikes, position, times, direction, bin_s) -> _Binned:
    spikes = checked(spikes, "spikes", 2)
    _check_no_rates(spikes)
    n_bins = len(position)
    if len(spikes) != n_bins:
        raise ValueError(
            f"spikes has {len(spikes)} rows, position {n_bins}; give one position a bin, "
            "or spike_times and times"
        )
    number = np.arange(n_bins)
    if times is not None:
        times = clock(times)
        if len(times) != n_bins:
            raise ValueError(f"times has {len(times)} stamps, position {n_bins}; give one a bin")
        number[1:] += np.cumsum(np.diff(times) > (1 + JITTER) * bin_s)
    return _Binned(spikes, position, _signs(direction, n_bins), number)


def _check_no_rates(spikes):
    """Counts over the width of a bin are whole numbers again, where that divides a second."""
    fires = spikes[spikes > 0]
    if fires.size and fires.max() >= RATE_HZ and (fires == np.round(fires)).all():
        common = np.gcd.reduce(np.minimum(fires, 2**53).astype(np.int64))
        if common > 1:
            raise ValueError(
                f"spikes holds multiples of {common} only: rates, it seems; give counts per bin"
            )


def _from_times(spike_times, position, times, direction, bin_s, max_gap_s, period) -> _Binned:
    """Cut time into bins, the first of them centred on the first position."""
    if times is None:
        raise ValueError("times is missing; give the seconds at which position was sampled")
    times = clock(times)
    edges = bin_edges(times[0], times[-1], bin_s)
    centres = edges[:-1] + bin_s / 2
    sampled, _ = sample_position(times, position, centres, max_gap_s, period)
    spikes = bin_spikes(spike_times, edges)
    direction = _signs(direction, len(times))
    if direction is not None:
        direction = direction[nearest(times, centres)]
    return _Binned(spikes, sampled, direction, np.arange(len(centres)))


def _signs(direction, n):
    if direction is None:
        return None
    direction = numbers(direction, "direction", 1)
    if len(direction) != n:
        raise ValueError(f"direction has {len(direction)} values, position {n}; give as many")
    return direction


def _assembled(binned: _Binned, bin_s, length_m, geometry, name, source) -> Recording:
    """A recording of the bins that have a position, cut at gaps and where the position jumps."""
    kept = np.isfinite(binned.position)
    n_bins = int(kept.sum())
    if n_bins < 2:
        raise ValueError(f"{n_bins} bins have a position; give more of it")
    made = Recording(
        name, binned.spikes[kept], binned.position[kept], np.ones(n_bins), bin_s, length_m,
        geometry, source=source,
    )  # fmt: skip
    jumps = [part.start for part in made.segments[1:]]
    segments = stretches(binned.number[kept] + np.cumsum(np.isin(np.arange(n_bins), jumps)))
    if binned.direction is not None:
        return replace(made, direction=binned.direction[kept], segments=segments)
    if len(jumps) > MOST_JUMPS * n_bins:
        raise ValueError(
            f"position jumps faster than {JUMP_M_S:g} m/s in {len(jumps)} of {n_bins} bins, so no "
            "direction can be read off; mend unit, or give direction"
        )
    direction = direction_of(made.position, bin_s, length_m, geometry, segments)
    return replace(made, direction=direction, segments=segments)
