"""From places to a track: metres along a line or round a circle; what is off it is untracked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .steps import numbers, one_of

UNITS = {"m": 1.0, "cm": 0.01, "mm": 0.001}
MOST_OFF = 0.2
"""Share of the places off the track above which there is no such track."""
MOST_BEYOND = 0.02
"""The same where the track's length was given: more, and the length is wrong."""
EXACT = 1e-3  # of a given length: rounding
MARGIN = 0.1
"""Of the track's length: how far off it a place may be, unless `margin_m` says otherwise."""
CROOKED = 0.35
"""Spread of the radius of a circle over the radius, above which it is none."""
BULK = (1, 99)
"""Percentiles between which the bulk of the places lies; what is far beyond them is no track."""


class OnTrack(NamedTuple):
    """Places along a track: (S,) metres, NaN off it, its length, and how many were off it."""

    position: np.ndarray
    length_m: float
    n_off: int


def linearise(xy, geometry="line", unit="m", *, ends=None, centre=None, margin_m=None):
    """Unroll positions (x, y) along a line or round a circle.

    Parameters
    ----------
    xy : array of shape (S, 2)
        Rows with NaN stay NaN.
    geometry : {"line", "circle"}
    unit : {"m", "cm", "mm"} or float
        Of `xy`, `ends` and `centre`; a number is metres.
    ends : pair of points, optional
        The left and right end of a line. Left out, the track is taken to lie along the first
        principal axis of the bulk of the places, and to end with it.
    centre : point, optional
        Of a circle; left out, that of least squares (Kåsa 1976).
    margin_m : float, optional
        Places farther off the track are as if untracked; a tenth of its length if left out, a
        third of the radius of a circle. Nearer ones belong to the track's nearest place.

    Returns
    -------
    position : array of shape (S,)
        Metres from the left end; or of circumference, counter-clockwise from the side of positive
        x, at the median distance from the centre. NaN where untracked.
    length_m : float
        Of the track, or the circumference.

    Raises
    ------
    ValueError
        If more than a fifth of the places lie off any line, circle or the track between `ends`.
    """
    return unrolled(xy, geometry, unit, ends, centre, margin_m)[:2]


def unrolled(xy, geometry, unit, ends, centre, margin_m) -> OnTrack:
    """As `linearise`, with the number of places off the track."""
    one_of(geometry, "geometry", ("line", "circle"))
    scale = scale_of(unit)
    xy = numbers(xy, "position", 2) * scale
    if xy.shape[1] != 2:
        raise ValueError(f"position has shape {xy.shape}; give (samples, 2): x and y")
    good = xy[np.isfinite(xy).all(axis=1)]
    if not np.abs(good).max(initial=0) < 1e6:
        raise ValueError("position (x, y) is farther out than a thousand kilometres; check unit")
    fewest, named = (2, "two") if geometry == "line" else (3, "three")
    if len(good) < fewest:
        raise ValueError(f"position has fewer than {named} places that are not NaN; give more")
    if geometry == "circle":
        centre = None if centre is None else numbers(centre, "centre", 1) * scale
        return _on_circle(xy, good, centre, margin_m)
    if ends is None:
        return _along_bulk(xy, good, margin_m)
    return _between_ends(xy, numbers(ends, "ends", 2) * scale, margin_m)


def scale_of(unit) -> float:
    """Metres of one unit of position: a name, or the number itself."""
    if isinstance(unit, float):
        return unit
    one_of(unit, "unit", tuple(UNITS))
    return UNITS[unit]


def along_line(position: np.ndarray, length_m: float | None, margin_m: float | None) -> OnTrack:
    """Places (S,) in metres that run along a line already, from 0 on.

    Without a length the bulk of the places bounds the track.
    """
    tracked = position[np.isfinite(position)]
    if not len(tracked):
        raise ValueError("position holds no number that is finite; check its column")
    low, high = (0.0, length_m) if length_m else _bounds(tracked, margin_m)
    if not 0 < high - low < np.inf:
        raise ValueError(f"position is constant at {low:.3g} m; check its column and units")
    margin = EXACT * length_m if length_m and margin_m is None else _margin(margin_m, high - low)
    off = (position < low - margin) | (position > high + margin)
    if off.sum() > (MOST_BEYOND if length_m else MOST_OFF) * len(tracked):
        raise ValueError(
            f"position runs from {tracked.min():.3g} to {tracked.max():.3g} m on a track of "
            f"{high - low:.3g} m; give metres from the left end, and length_m"
        )
    placed = np.clip(position - low, 0, high - low)
    return OnTrack(np.where(off, np.nan, placed), float(high - low), int(off.sum()))


def _margin(margin_m: float | None, length: float) -> float:
    return MARGIN * length if margin_m is None else margin_m


def _bounds(along: np.ndarray, margin_m: float | None) -> tuple[float, float]:
    """First and last place of the bulk: what lies far beyond its percentiles bounds nothing."""
    low, high = np.percentile(along, BULK)
    margin = _margin(margin_m, high - low)
    bulk = along[(along >= low - margin) & (along <= high + margin)]
    return float(bulk.min()), float(bulk.max())


def _along_bulk(xy, good, margin_m) -> OnTrack:
    """A line through the bulk: fitted, what lies far off it left out, and fitted anew."""
    kept = np.ones(len(good), dtype=bool)
    for _ in range(3):
        middle = good[kept].mean(axis=0)
        axis = np.linalg.svd(good[kept] - middle, full_matrices=False)[2][0]
        along, across = (good - middle) @ axis, (good - middle) @ [-axis[1], axis[0]]
        low, high = _bounds(along[kept], margin_m)
        margin = _margin(margin_m, high - low)
        across = np.abs(across - np.median(across[kept]))
        kept = (across <= margin) & (along >= low) & (along <= high)
        if kept.mean() < 1 - MOST_OFF or high == low:
            raise ValueError(
                "position (x, y) does not lie along a line; give ends, geometry circle, or a "
                "larger margin_m"
            )
    axis = axis * (1 if axis[np.abs(axis).argmax()] > 0 else -1)
    low, high = _bounds(((good - middle) @ axis)[kept], margin_m)
    ends = np.stack([middle + low * axis, middle + high * axis])
    return _between_ends(xy, ends, margin_m)


def _between_ends(xy, ends, margin_m) -> OnTrack:
    if ends.shape != (2, 2):
        raise ValueError("ends needs two points, ((x, y), (x, y)), in the position's unit")
    left, right = ends
    length = float(np.hypot(*(right - left)))
    if not 0 < length < np.inf:
        raise ValueError("the two ends of the track are the same place; give position, or ends")
    axis = (right - left) / length
    along, across = (xy - left) @ axis, np.abs((xy - left) @ [-axis[1], axis[0]])
    margin = _margin(margin_m, length)
    off = (across > margin) | (along < -margin) | (along > length + margin)
    if off.sum() > MOST_OFF * np.isfinite(along).sum():
        raise ValueError(
            f"position (x, y) lies more than {margin:.2g} m off the line between ends, "
            f"{length:.3g} m long, in {off.sum()} of {np.isfinite(along).sum()} samples; mend "
            "ends or unit, or give margin_m"
        )
    placed = np.where(off, np.nan, np.clip(along, 0, length))
    return OnTrack(placed, length, int(off.sum()))


def _on_circle(xy, good, centre, margin_m) -> OnTrack:
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
    margin = radius / 3 if margin_m is None else margin_m
    off = np.abs(np.hypot(*(xy - centre).T) - radius) > margin
    along = angle * radius % (2 * np.pi * radius)
    return OnTrack(np.where(off, np.nan, along), 2 * np.pi * radius, int(off.sum()))
