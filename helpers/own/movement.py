"""How the animal moves: which way it runs, when it runs, read off a smoothed path."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d

from helpers.recordings import GEOMETRIES, JUMP_M_S, Recording, stretches

from .steps import nearest, positive

STILL_M_S = 0.05
SMOOTH_S = 0.25
"""Standard deviation of the Gaussian over positions before speed or direction are read off."""
LEAST_RUN = 0.15  # of the track: a shorter way is a wiggle, no run


@dataclass(frozen=True)
class Running:
    """When an animal counts as running.

    Attributes
    ----------
    enter_m_s : float
        Speed above which it begins to run.
    leave_m_s : float or None
        Speed below which it stops; half of the first if left out.
    smooth_s : float
        Standard deviation of the Gaussian over positions before speed is read off.
    shortest_s : float
        A shorter run is left out.
    bridge_s : float
        A shorter stop within a run is kept.
    """

    enter_m_s: float = STILL_M_S
    leave_m_s: float | None = None
    smooth_s: float = SMOOTH_S
    shortest_s: float = 0.5
    bridge_s: float = 0.05


def velocity_of(position, bin_s, length_m, geometry="line", segments=(), smooth_s=SMOOTH_S):
    """Velocity of each bin, (T,) m/s, off the smoothed path; never across borders of segments."""
    position = np.asarray(position, dtype=np.float64)
    velocity = np.zeros(len(position))
    for part in segments or (slice(0, len(position)),):
        way = position[part]
        if geometry == "circle":
            way = np.unwrap(way, period=length_m)
        if len(way) > 1:
            sd = min(smooth_s / bin_s, len(way))
            smooth = gaussian_filter1d(way, sd, mode="nearest") if sd > 0 else way
            velocity[part] = np.gradient(smooth) / bin_s
    return velocity


def smoothed_speed(recording: Recording, smooth_s: float = SMOOTH_S) -> np.ndarray:
    """Speed of each bin, (T,) m/s, off the smoothed path."""
    track = recording.bin_s, recording.length_m, recording.geometry, recording.segments
    return np.abs(velocity_of(recording.position, *track, smooth_s))


def n_too_fast(position, bin_s, length_m, geometry, segments) -> int:
    """Bins in which no rat can be: faster than 2 m/s on the smoothed path, or cut off by a jump."""
    fast = np.abs(velocity_of(position, bin_s, length_m, geometry, segments)) > JUMP_M_S
    steps = np.abs(GEOMETRIES[geometry](length_m).steps(np.asarray(position, dtype=float)))
    borders = np.array([part.start for part in segments[1:]], dtype=int)
    fast[borders[steps[borders - 1] > JUMP_M_S * bin_s]] = True
    return int(fast.sum())


def direction_of(position, bin_s, length_m, geometry="line", segments=()):
    """Direction of each bin's run, off the smoothed movement: +1 where position grows, else −1.

    Bins in which the animal stands belong to the run nearest in time; a way of less than
    `LEAST_RUN` is a wiggle and takes the direction around it. Nothing is smoothed across the
    borders of segments. (T,) int8; an animal that never runs is a ValueError.
    """
    velocity = velocity_of(position, bin_s, length_m, geometry, segments)
    sign = np.where(np.abs(velocity) > STILL_M_S, np.sign(velocity), 0)
    for _ in range(2):  # once to find the runs, once without those that were wiggles
        sign = _filled(sign)
        edges = np.r_[0, np.flatnonzero(np.diff(sign)) + 1, len(sign)]
        way = np.abs(np.add.reduceat(velocity * bin_s, edges[:-1]))
        sign = np.where(np.repeat(way < LEAST_RUN * length_m, np.diff(edges)), 0, sign)
    return _filled(sign).astype(np.int8)


def _filled(sign):
    """Fill zeros with the nearest other value."""
    known = np.flatnonzero(sign)
    if len(known) == 0:
        raise ValueError(
            f"the animal never runs {LEAST_RUN:.0%} of the track; check position, unit and length_m"
        )
    return sign[known[nearest(known, np.arange(len(sign)))]]


def only_running(recording: Recording, when: Running | float = STILL_M_S) -> Recording:
    """Leave out the bins in which the animal stands; the recording is cut where they were.

    Parameters
    ----------
    recording : Recording
    when : Running or float
        A number is `Running.enter_m_s`, metres per second.

    Returns
    -------
    Recording
        Of fewer bins and more segments.

    Raises
    ------
    ValueError
        If fewer than two bins are left.
    """
    bins = np.flatnonzero(when_running(recording, when))
    if len(bins) < 2:
        speed = when.enter_m_s if isinstance(when, Running) else when
        raise ValueError(
            f"{recording.name} runs faster than {speed:g} m/s in {len(bins)} bins; "
            "give a lower speed, or mend the unit of position"
        )
    return replace(
        recording,
        spikes=recording.spikes[bins],
        position=recording.position[bins],
        direction=recording.direction[bins],
        segments=stretches(bins, recording.segments),
        true_phase=None if recording.true_phase is None else recording.true_phase[bins],
    )


def when_running(recording: Recording, when: Running | float = STILL_M_S) -> np.ndarray:
    """Where the animal runs, (T,): entered fast, left slow, short stops bridged, short runs not."""
    when = when if isinstance(when, Running) else Running(when)
    enter = positive(when.enter_m_s, "running", "give a speed in metres per second", zero=True)
    speed = smoothed_speed(recording, when.smooth_s)
    leave = enter / 2 if when.leave_m_s is None else when.leave_m_s
    runs = np.zeros(len(speed), dtype=bool)
    for part in recording.segments:
        here = speed[part] > leave
        for run in _true_stretches(here):
            here[run] = bool((speed[part][run] > enter).any())
        for stop in _true_stretches(~here):
            inside = stop.start > 0 and stop.stop < len(here)
            here[stop] = inside and (stop.stop - stop.start) * recording.bin_s <= when.bridge_s
        for run in _true_stretches(here):
            here[run] = (run.stop - run.start) * recording.bin_s >= when.shortest_s
        runs[part] = here
    return runs


def _true_stretches(mask: np.ndarray) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.r_[0, mask.astype(int), 0]))
    return [slice(a, b) for a, b in edges.reshape(-1, 2).tolist()]
