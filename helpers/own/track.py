"""From places to a track: metres along a line or round a circle, and which way the animal runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.ndimage import gaussian_filter1d

from helpers.recordings import Recording, stretches

from .steps import nearest, numbers, one_of, positive

UNITS = {"m": 1.0, "cm": 0.01, "mm": 0.001}
CROOKED = 0.35  # spread across a straight track, or of a circle's radius, over that along it
STILL_M_S = 0.05
SMOOTH_S = 0.25  # sd of the Gaussian over positions before their direction is read off
LEAST_RUN = 0.15  # of the track: a shorter way is a wiggle, no run


def linearise(xy, geometry="line", unit="m", *, ends=None, centre=None):
    """Unroll positions (x, y) along a line or round a circle.

    Parameters
    ----------
    xy : array of shape (S, 2)
        Rows with NaN stay NaN.
    geometry : {"line", "circle"}
    unit : {"m", "cm", "mm"}
        Of `xy`, `ends` and `centre`.
    ends : pair of points, optional
        The left and right end of a line. Left out, the track is taken to lie along the first
        principal axis, from the first to the last place visited.
    centre : point, optional
        Of a circle; left out, that of least squares (Kåsa 1976).

    Returns
    -------
    position : array of shape (S,)
        Metres from the left end; or of circumference, counter-clockwise from the side of positive
        x, at the median distance from the centre.
    length_m : float
        Of the track, or the circumference.

    Raises
    ------
    ValueError
        If the points do not lie along a line, or on a circle, or a tenth of the track beyond its
        ends.
    """
    one_of(unit, "unit", tuple(UNITS))
    one_of(geometry, "geometry", ("line", "circle"))
    xy = numbers(xy, "position", 2) * UNITS[unit]
    if xy.shape[1] != 2:
        raise ValueError(f"position has shape {xy.shape}; give (samples, 2): x and y")
    good = xy[np.isfinite(xy).all(axis=1)]
    if not np.abs(good).max(initial=0) < 1e6:
        raise ValueError("position (x, y) is farther out than a thousand kilometres; check unit")
    fewest, named = (2, "two") if geometry == "line" else (3, "three")
    if len(good) < fewest:
        raise ValueError(f"position has fewer than {named} places that are not NaN; give more")
    if geometry == "line":
        ends = None if ends is None else numbers(ends, "ends", 2) * UNITS[unit]
        return _on_line(xy, good, ends)
    centre = None if centre is None else numbers(centre, "centre", 1) * UNITS[unit]
    return _on_circle(xy, good, centre)


def _on_line(xy, good, ends):
    if ends is None:
        middle = good.mean(axis=0)
        axis = np.linalg.svd(good - middle, full_matrices=False)[2][0]
        axis = axis * (1 if axis[np.abs(axis).argmax()] > 0 else -1)
        along = (xy - middle) @ axis
        low, length = np.nanmin(along), float(np.nanmax(along) - np.nanmin(along))
    else:
        if ends.shape != (2, 2):
            raise ValueError("ends needs two points, ((x, y), (x, y)), in the position's unit")
        left, right = ends
        length = float(np.hypot(*(right - left)))
        axis, middle, low = (right - left) / (length or 1), left, 0.0
        along = (xy - left) @ axis
    if not 0 < length < np.inf:
        raise ValueError("the two ends of the track are the same place; give position, or ends")
    across = np.abs((good - middle) @ [-axis[1], axis[0]])
    if np.std(across) > CROOKED * np.std((good - middle) @ axis) or not np.isfinite(across).all():
        raise ValueError("position (x, y) does not lie along a line; give ends, or geometry circle")
    along = along - low
    if np.nanmin(along) < -length / 10 or np.nanmax(along) > 1.1 * length:
        raise ValueError(
            f"position runs from {np.nanmin(along):.3g} to {np.nanmax(along):.3g} m between ends "
            f"{length:.3g} m apart; mend ends or unit"
        )
    return np.clip(along, 0, length), length


def _on_circle(xy, good, centre):
    if centre is None:
        rows = np.column_stack([2 * good, np.ones(len(good))])
        centre = np.linalg.lstsq(rows, (good**2).sum(axis=1), rcond=None)[0][:2]
    if centre.shape != (2,):
        raise ValueError(f"centre has {len(centre)} values; give x and y in the position's unit")
    distance = np.hypot(*(good - centre).T)
    radius = float(np.median(distance))
    if not 0 < radius < np.inf or not np.std(distance) <= CROOKED * radius:
        raise ValueError("position (x, y) does not lie on a circle; give centre, or geometry line")
    angle = np.arctan2(*(xy - centre).T[::-1]) % (2 * np.pi)
    return angle * radius % (2 * np.pi * radius), 2 * np.pi * radius


def direction_of(position, bin_s, length_m, geometry="line", segments=()):
    """Direction of each bin's run, off the smoothed movement: +1 where position grows, else −1.

    Bins in which the animal stands belong to the run nearest in time; a way of less than
    `LEAST_RUN` is a wiggle and takes the direction around it. Nothing is smoothed across the
    borders of segments. (T,) int8; an animal that never runs is a ValueError.
    """
    position = np.asarray(position, dtype=np.float64)
    velocity = np.zeros(len(position))
    for part in segments or (slice(0, len(position)),):
        way = position[part]
        if geometry == "circle":
            way = np.unwrap(way, period=length_m)
        if len(way) > 1:
            sd = min(SMOOTH_S / bin_s, len(way))
            smooth = gaussian_filter1d(way, sd, mode="nearest")
            velocity[part] = np.gradient(smooth) / bin_s
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


def only_running(recording: Recording, above_m_s: float = STILL_M_S) -> Recording:
    """Leave out the bins in which the animal stands; the recording is cut where they were.

    Parameters
    ----------
    recording : Recording
    above_m_s : float
        Speed that a bin must exceed, metres per second.

    Returns
    -------
    Recording
        Of fewer bins and more segments.

    Raises
    ------
    ValueError
        If fewer than two bins are left.
    """
    above_m_s = positive(above_m_s, "running", "give a speed in metres per second", zero=True)
    bins = np.flatnonzero(recording.running(above_m_s))
    if len(bins) < 2:
        raise ValueError(
            f"{recording.name} runs faster than {above_m_s:g} m/s in {len(bins)} bins; "
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
