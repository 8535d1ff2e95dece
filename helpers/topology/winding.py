"""What a circular coordinate tells: place along the track, order of travel, turns round the ring.

Angles are in radians. `along` is an angle that counts on over whole turns, as
`helpers.topology.circular.CircularCoordinate.along` returns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from helpers.recordings import Recording

LEAST_WAY = 0.8
"""Share of the track that a run must cover to be part of a whole round trip."""


def whole_trips(recording: Recording, bins=None) -> list[slice]:
    """Round trips, or laps round a circle, on which the animal ran over most of the track.

    Parameters
    ----------
    recording : Recording
    bins : int array of shape (n,), optional
        Increasing bins that are left of the recording; trips that are cut short by them drop out.

    Returns
    -------
    list of slice
        Into the recording, or into `bins` if given.
    """
    bins = np.arange(len(recording.position)) if bins is None else np.asarray(bins)
    found = []
    for trip in recording.trials():
        here = slice(*np.searchsorted(bins, (trip.start, trip.stop)).tolist())
        complete = here.stop - here.start == trip.stop - trip.start
        way = recording.track.covered(recording.position[trip], recording.direction[trip])
        if complete and way >= LEAST_WAY * recording.length_m:
            found.append(here)
    return found


def leading_loop(along, trips: Sequence[slice]) -> int | None:
    """Which loop the animal is led round most often; None without trips or loops.

    Parameters
    ----------
    along : sequence of (T,) array
        An angle of each loop that counts on; of NaN where no cocycle could be lifted.
    trips : sequence of slice
        Those that choose, of training bins.
    """
    lifted = [loop for loop, one in enumerate(along) if not np.isnan(one).any()]
    if not lifted or not trips:
        return None
    return max(lifted, key=lambda loop: share_wound(turns(along[loop], trips)))


def turns(along, trips: Sequence[slice]) -> np.ndarray:
    """How often each trip winds round the ring, (n,): whole turns if it ends where it began."""
    along = np.asarray(along, dtype=float)
    return np.array([along[trip.stop - 1] - along[trip.start] for trip in trips]) / (2 * np.pi)


def share_wound(turned) -> float:
    """Share of trips that wind once, all in the same sense: the commoner one.

    Parameters
    ----------
    turned : (n,) array
        From `turns`; rounded to whole turns.
    """
    whole = np.round(np.asarray(turned, dtype=float))
    if whole.size == 0:
        raise ValueError("no whole round trip to count; use a longer recording")
    return float(max((whole == 1).mean(), (whole == -1).mean()))


def scrambled_along(angle, trips: Sequence[slice], seed: int) -> np.ndarray:
    """Visit the bins of each trip in random order, the shorter way round each time.

    The control of time: the same angles on the same trips, out of order.

    Parameters
    ----------
    angle : (T,) array
    trips : sequence of slice
    seed : int
        Of the permutations.

    Returns
    -------
    (T,) array
        As `along`; zero outside the trips.
    """
    angle, rng = np.asarray(angle, dtype=float), np.random.default_rng(seed)
    out = np.zeros(len(angle))
    for trip in trips:
        out[trip] = np.unwrap(rng.permutation(angle[trip]))
    return out


@dataclass(frozen=True)
class Reading:
    """How well a position can be read off an angle.

    Attributes
    ----------
    r2, right, left : float
        Share of the position's variance that cos and sin of the angle explain: of all bins, and of
        those of either direction with a line of its own. Its root is Mardia's (1976)
        circular-linear correlation. Out of sample, it may be negative.
    rank_right, rank_left : float
        Absolute rank correlation of position and angle, cut open opposite the direction's mean.
    """

    r2: float
    right: float
    left: float
    rank_right: float
    rank_left: float


def read_position(angle, position, direction, fitted=None) -> Reading:
    """Regress position on the cosine and sine of an angle, and rank one against the other.

    Parameters
    ----------
    angle, position, direction : (T,) arrays
        Scored.
    fitted : tuple of three such arrays, optional
        Fit the lines there, and score them here; else on the scored bins themselves.

    Returns
    -------
    Reading
    """
    here = tuple(np.asarray(part, dtype=float) for part in (angle, position, direction))
    there = here if fitted is None else tuple(np.asarray(part, dtype=float) for part in fitted)
    r2, ranks = [_r2(*there[:2], *here[:2])], []
    for sign in (1, -1):
        chosen, known = here[2] == sign, there[2] == sign
        if chosen.sum() < 3 or known.sum() < 3:
            raise ValueError("fewer than three bins of one direction; give whole trips")
        r2.append(_r2(there[0][known], there[1][known], here[0][chosen], here[1][chosen]))
        ranks.append(_rank(opened(here[0][chosen]), here[1][chosen]))
    return Reading(*r2, *ranks)


def opened(angle) -> np.ndarray:
    """Cut a circle open opposite the mean of the angles: (T,) radians from -π to π about it."""
    turned = np.exp(1j * np.asarray(angle, dtype=float))
    return np.angle(turned / turned.mean())


def _rank(cut, position) -> float:
    """Absolute rank correlation; 0 for an angle that never moves, which ranks nothing."""
    return abs(float(spearmanr(cut, position).statistic)) if np.ptp(cut) > 0 else 0.0


def _r2(angle, position, scored_angle, scored_position) -> float:
    def columns(theta):
        return np.stack([np.ones_like(theta), np.cos(theta), np.sin(theta)], axis=1)

    line = np.linalg.lstsq(columns(angle), position, rcond=None)[0]
    missed = scored_position - columns(scored_angle) @ line
    spread = scored_position - scored_position.mean()
    if not spread.any():
        raise ValueError("position is constant; R² is not defined")
    return float(1 - (missed @ missed) / (spread @ spread))
