"""Places as they were tracked: onto the track, with what was seen on the way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from helpers.recordings import Finding

from .steps import finite_stamps, in_order, numbers, positive
from .track import OnTrack, along_line, scale_of, unrolled

HELD = 20
"""Samples at exactly one place, reached in one step: a number that stands for *not tracked*."""
HELD_SHARE = 0.002
LEAP = 0.2  # of the spread of all places


class Path(NamedTuple):
    """An animal's path along its track.

    Attributes
    ----------
    position : (S,) array
        Metres, NaN where untracked.
    times : (S,) array or None
        Seconds, as they were given.
    direction : (S,) array or None
    max_gap_s, length_m : float
    is_circle : bool
    """

    position: np.ndarray
    times: np.ndarray | None
    direction: np.ndarray | None
    max_gap_s: float
    length_m: float
    is_circle: bool

    @property
    def period(self) -> float | None:
        """Circumference of a circle."""
        return self.length_m if self.is_circle else None


def on_track(
    position, *, unit, scale, length_m, geometry, ends, centre, margin_m, times
) -> tuple[OnTrack, list[Finding]]:
    """Positions in metres along the track, and findings; arguments of `recording_from_arrays`."""
    if scale is not None:
        unit = positive(scale, "scale", "give the metres of one unit of position")
    if length_m is not None:
        length_m = positive(length_m, "length_m", "give the track's length in metres")
    if margin_m is not None:
        margin_m = positive(margin_m, "margin_m", "give metres, or leave it out", zero=True)
    position = numbers(position, "position", 1, 2)
    findings = _held(position)
    if position.ndim == 2 and position.shape[1] != 1:
        placed = unrolled(position, geometry, unit, ends, centre, margin_m)
        if length_m is not None and not 0.8 * length_m <= placed.length_m <= 1.2 * length_m:
            raise ValueError(
                f"position (x, y) spans {placed.length_m:.3g} m, and length_m is {length_m:g}; "
                "mend unit, or leave length_m out"
            )
    else:
        if ends is not None or centre is not None:
            raise ValueError("ends and centre are for positions (x, y); position has one column")
        placed = _one_column(position.ravel() * scale_of(unit), length_m, geometry, margin_m)
    return placed, findings + _off(placed, position, times)


def _one_column(position, length_m, geometry, margin_m) -> OnTrack:
    if geometry == "line":
        return along_line(position, length_m, margin_m)
    if length_m is None:
        raise ValueError("length_m is missing; give the circle's circumference in metres")
    if not np.isfinite(position).any():
        raise ValueError("position holds no number that is finite; check its column")
    return OnTrack(position, length_m, 0)


def _off(placed: OnTrack, position, times) -> list[Finding]:
    if not placed.n_off:
        return []
    share = placed.n_off / len(position)
    return [
        Finding(
            f"{placed.n_off} places ({share:.1%}) lie off the track of {placed.length_m:.3g} m",
            "taken for untracked", "warning",
            "if they are on it, give ends, length_m, or a larger margin_m",
        )
    ]  # fmt: skip


def _held(position: np.ndarray) -> list[Finding]:
    """A place that is reached by jumps and held exactly, many times: lost tracking as a number."""
    rows = position.reshape(len(position), -1)
    rows = rows[np.isfinite(rows).all(axis=1)]
    if len(rows) < HELD:
        return []
    values, place, counts = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    spread = float(np.linalg.norm(np.ptp(np.percentile(rows, (1, 99), axis=0), axis=0)))
    steps = np.linalg.norm(np.diff(rows, axis=0), axis=1)
    place, found = place.ravel(), []
    for one in np.flatnonzero(counts >= max(HELD, HELD_SHARE * len(rows))):
        entered = (place[1:] == one) & (place[:-1] != one)
        if entered.any() and np.median(steps[entered]) > LEAP * spread:
            said = ", ".join(f"{value:g}" for value in values[one])
            found.append(
                Finding(
                    f"position is exactly {said} in {counts[one]} samples, reached in one step "
                    f"from {np.median(steps[entered]):.3g} away", "in the position's own unit",
                    "warning", "if that means not tracked, make it NaN",
                )
            )  # fmt: skip
    return found


def ordered(path: Path) -> tuple[Path, list[Finding]]:
    """The path with its few repeated or late samples left out; a ValueError if they are many."""
    times = finite_stamps(path.times)
    if len(times) != len(path.position):
        raise ValueError(
            f"position has {len(path.position)} samples, times {len(times)}; give as many"
        )
    kept = in_order(times)
    if kept.all():
        return path._replace(times=times), []
    direction = None if path.direction is None else np.asarray(path.direction)[kept]
    n = int((~kept).sum())
    found = Finding(
        f"{n} of {len(times)} samples of position have a repeated or late time stamp",
        f"the first at sample {np.flatnonzero(~kept)[0]}", "warning",
        "they are left out; see whether two clocks were mixed",
    )  # fmt: skip
    shorter = path._replace(position=path.position[kept], times=times[kept], direction=direction)
    return shorter, [found]
