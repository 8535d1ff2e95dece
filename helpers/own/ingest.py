"""Your own recording: from arrays as a laboratory has them to a `Recording`, in explicit steps.

`recording_from_arrays` is the front door; `helpers.own.files` reads files through it. Time is in
seconds, whatever the file; positions may be in m, cm or mm, or in a unit of a given scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from helpers.recordings import JUMP_M_S, Finding, Recording, stretches

from . import tracking
from .binned import Binned, from_counts, from_times, from_traces
from .movement import Running, direction_of, n_too_fast, only_running
from .steps import MAX_GAP_S, one_of, positive

MOST_JUMPS = 0.2  # of the bins


def recording_from_arrays(
    position,
    *,
    spikes=None,
    spike_times: Sequence | None = None,
    traces=None,
    times=None,
    trace_times=None,
    direction=None,
    bin_s: float | None = None,
    unit: str = "m",
    scale: float | None = None,
    length_m: float | None = None,
    geometry: str = "line",
    ends=None,
    centre=None,
    margin_m: float | None = None,
    max_gap_s: float = MAX_GAP_S,
    running: Running | float | None = None,
    unit_names: Sequence[str] = (),
    findings: Sequence[Finding] = (),
    name: str = "own",
    source: str = "local",
) -> Recording:
    """Make a recording of spikes or traces, and positions along a track or in the plane.

    Parameters
    ----------
    position : array of shape (S,) or (S, 2)
        Along the track, or (x, y); NaN where tracking was lost.
    spikes : array of shape (S, N), optional
        Counts per bin, one row for each position. Give these, `spike_times` or `traces`.
    spike_times : sequence of N arrays, optional
        Seconds, on the clock of `times`.
    traces : array of shape (S, N) or (R, N), optional
        Calcium imaging: dF/F or deconvolved events, any real numbers; a row for each position, or
        for each of `trace_times`.
    times : array of shape (S,), optional
        Seconds of each position. With counts they are the bins' centres, and may be left out if no
        bins are missing. A jump in them is a gap in the recording.
    trace_times : array of shape (R,), optional
        Seconds of each row of `traces`, on the clock of `times`.
    direction : array of shape (S,), optional
        +1 or −1; else read off the movement.
    bin_s : float, optional
        Width of a bin; 0.025 s for spike times, and for counts and traces what their times say.
    unit : {"m", "cm", "mm"}
        Of `position`, `ends` and `centre`.
    scale : float, optional
        Metres of one unit of these, in place of `unit`: of a pixel, say.
    length_m : float, optional
        Length of the track, or circumference, in metres. Needed for positions along a circle; on a
        line the bulk of the places visited otherwise bounds the track, the first becoming 0.
    geometry : {"line", "circle"}
    ends, centre, margin_m : optional
        Of the track in the plane, and how far off it a place may be; see `helpers.own.track`.
    max_gap_s : float
        Longest gap in tracking that is interpolated over.
    running : Running or float, optional
        Leave out bins in which the animal is slower, m/s.
    unit_names : sequence of str, optional
        Of the N units.
    findings : sequence of Finding
        What is known already; what is found here follows.
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
    if sum(one is not None for one in (spikes, spike_times, traces)) != 1:
        raise ValueError(
            "give either spikes (counts per bin), spike_times or traces, one of the three"
        )
    one_of(geometry, "geometry", ("line", "circle"))
    placed, found = tracking.on_track(
        position, unit=unit, scale=scale, length_m=length_m, geometry=geometry, ends=ends,
        centre=centre, margin_m=margin_m, times=times,
    )  # fmt: skip
    max_gap_s = positive(max_gap_s, "max_gap_s", "give seconds, more than 0")
    path = tracking.Path(
        placed.position, times, direction, max_gap_s, placed.length_m, geometry == "circle"
    )
    if spike_times is not None:
        binned = from_times(spike_times, path, bin_s)
    elif traces is not None:
        binned = from_traces(traces, trace_times, path, bin_s)
    else:
        binned = from_counts(spikes, path, bin_s)
    more = {
        "signal": "counts" if traces is None else "traces",
        "unit_names": tuple(unit_names),
        "findings": (*findings, *found, *binned.findings),
        "source": source,
    }
    recording = _assembled(binned, times is not None, placed.length_m, geometry, name, more)
    return recording if running is None else only_running(recording, running)


def _assembled(binned: Binned, is_timed, length_m, geometry, name, more) -> Recording:
    """A recording of the bins that have a position, cut at gaps."""
    kept = np.isfinite(binned.position)
    n_bins = int(kept.sum())
    if n_bins < 2:
        raise ValueError(f"{n_bins} bins have a position; give more of it")
    made = Recording(
        name, binned.signal[kept], binned.position[kept], np.ones(n_bins), binned.bin_s, length_m,
        geometry, **more,
    )  # fmt: skip
    # Without a clock a jump in position is all that tells of a gap; with one it is noise.
    jumps = [] if is_timed else [part.start for part in made.segments[1:]]
    segments = stretches(binned.number[kept] + np.cumsum(np.isin(np.arange(n_bins), jumps)))
    if binned.direction is not None:
        return replace(made, direction=binned.direction[kept], segments=segments)
    track = made.position, made.bin_s, length_m, geometry, segments
    fast = n_too_fast(*track)
    if fast > MOST_JUMPS * n_bins:
        raise ValueError(
            f"position moves faster than {JUMP_M_S:g} m/s in {fast} of {n_bins} bins, so no "
            "direction can be read off; mend unit, or give direction"
        )
    return replace(made, direction=direction_of(*track), segments=segments)
