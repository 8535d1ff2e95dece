"""Circular coordinates: an angle for every point of a cloud, read off its most persistent loop.

De Silva, Morozov & Vejdemo-Johansson (2011, doi:10.1007/s00454-011-9344-x): a cocycle modulo a
prime is lifted to whole numbers and smoothed until it turns evenly. Perea (2020,
doi:10.1007/978-3-030-43408-3_17) carries it from landmarks to all points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import lsqr
from scipy.spatial.distance import cdist, pdist, squareform

from .persistence import Persistence, checked_points, persistence

PRIMES = (47, 41, 43)
AT = 0.5
"""Where in the loop's life the complex is taken: half-way between its birth and its death."""
CHUNK = 4096


class NotLiftedError(ValueError):
    """No cocycle modulo any of the primes comes from whole numbers."""


@dataclass(frozen=True, eq=False)
class CircularCoordinate:
    """An angle on a cloud of landmarks, and by interpolation everywhere near it.

    Attributes
    ----------
    landmarks : (n, d) array
    angles : (n,) array
        Radians, 0 to 2π; which way round is up to the cocycle.
    near : (n, n) bool array
        Which landmarks are no farther apart than `scale`: the edges of the complex.
    cocycle : (n, n) int array
        The lifted cocycle: how often the way from i to j passes the place where the angle jumps.
    residue : (n, n) array
        What smoothing left of the cocycle on each edge, in turns; antisymmetric, as the cocycle is.
    birth, death, scale : float
        Of the loop, and where the complex was taken.
    prime : int
        The one that served.
    failed : tuple of int
        Primes whose cocycle could not be lifted.
    """

    landmarks: np.ndarray
    angles: np.ndarray
    near: np.ndarray
    cocycle: np.ndarray
    residue: np.ndarray
    birth: float
    death: float
    scale: float
    prime: int
    failed: tuple[int, ...]

    def __call__(self, points) -> np.ndarray:
        """Angles of points, (T,) radians from 0 to 2π.

        A point takes the angle of its nearest landmark, moved on by the weighted residues towards
        the others within half the scale; weights fall linearly to zero there.
        """
        nearest, beyond = self._place(points)
        return (self.angles[nearest] + 2 * np.pi * beyond) % (2 * np.pi)

    def along(self, path) -> np.ndarray:
        """Angle along a path of points, (T,) radians, counted on over whole turns.

        From one point to the next the residue of the edge between their landmarks says how far the
        angle turns, and which way round. Where the path leaps farther than the scale there is no
        edge, and the shorter way round is taken.
        """
        nearest, beyond = self._place(path)
        here, there = nearest[:-1], nearest[1:]
        turn = np.diff(beyond) - self.residue[here, there]
        apart = np.diff(self.angles[nearest] / (2 * np.pi) + beyond)
        turn = np.where(self.near[here, there], turn, apart - np.round(apart))
        start = self.angles[nearest[0]] + 2 * np.pi * beyond[0]
        return start + 2 * np.pi * np.concatenate([[0.0], np.cumsum(turn)])

    def _place(self, points) -> tuple[np.ndarray, np.ndarray]:
        """Nearest landmark of each point, and how many turns the point lies beyond it."""
        points, found = checked_points(points), []
        for start in range(0, len(points), CHUNK):
            distance = cdist(points[start : start + CHUNK], self.landmarks)
            nearest = distance.argmin(axis=1)
            weight = np.maximum(self.scale / 2 - distance, 0)
            total = weight.sum(axis=1)
            turned = -(weight * self.residue[nearest]).sum(axis=1)
            beyond = np.divide(turned, total, out=np.zeros(len(total)), where=total > 0)
            found.append((nearest, beyond))
        return tuple(map(np.concatenate, zip(*found, strict=True)))


def circular_coordinate(
    points,
    n_landmarks: int | None = None,
    *,
    how: str = "greedy",
    seed: int = 0,
    primes: tuple[int, ...] = PRIMES,
    at: float = AT,
) -> CircularCoordinate:
    """Find the angle along the most persistent loop of a cloud.

    Parameters
    ----------
    points : (T, d) array
    n_landmarks, how, seed
        As for `helpers.topology.persistence`. Greedy landmarks lie evenly along the loop, where
        random ones would crowd, and leave rare passages of it without any.
    primes : tuple of int
        Tried in turn until a cocycle lifts to whole numbers.
    at : float
        Scale of the complex, between birth (0) and death (1) of the loop.

    Returns
    -------
    CircularCoordinate

    Raises
    ------
    NotLiftedError
        If no prime serves: the cloud has no loop that a circle could follow.
    ValueError
        If the cloud has no loop at all, or no shape.
    """
    (found,) = circular_coordinates(
        points, n_landmarks, 1, how=how, seed=seed, primes=primes, at=at
    )
    if found is None:
        raise NotLiftedError(
            f"the longest loop has no whole-number cocycle modulo {', '.join(map(str, primes))}; "
            "try other primes, or landmarks"
        )
    return found


def circular_coordinates(
    points,
    n_landmarks: int | None = None,
    n_loops: int = 3,
    *,
    how: str = "greedy",
    seed: int = 0,
    primes: tuple[int, ...] = PRIMES,
    at: float = AT,
) -> list[CircularCoordinate | None]:
    """Find the angles along the longest loops of a cloud, the longest first.

    Parameters
    ----------
    points, n_landmarks, how, seed, primes, at
        As for `circular_coordinate`.
    n_loops : int
        Loops wanted; a cloud that has fewer gives fewer.

    Returns
    -------
    list of CircularCoordinate or None
        None where no prime served.

    Raises
    ------
    ValueError
        If the cloud has no loop at all, or no shape.
    """
    points = checked_points(points)
    if not 0 < at < 1:
        raise ValueError(f"at is {at}; give a number between 0 (birth) and 1 (death)")
    coordinates, failed = {}, ()
    for prime in primes:
        found = persistence(points, n_landmarks, how=how, seed=seed, prime=prime, cocycles=True)
        if len(found.diagrams[1]) == 0:
            raise ValueError("the cloud has no loop at all; there is no circle to follow")
        n_found = min(n_loops, len(found.diagrams[1]))
        for rank in sorted(set(range(n_found)) - set(coordinates)):
            lifted = _lift(points[found.landmarks], found, rank, at)
            if lifted is not None:
                cloud = points[found.landmarks]
                coordinates[rank] = _smoothed(cloud, found, rank, at, *lifted, failed)
        failed += (prime,)
        if len(coordinates) == n_found:
            break
    return [coordinates.get(rank) for rank in range(n_found)]


def _loop(found: Persistence, rank: int, at: float) -> tuple[int, float]:
    """Number of the loop of that rank in length, and the scale at which its complex is taken."""
    births, deaths = found.diagrams[1].T
    chosen = int(np.argsort(births - deaths, kind="stable")[rank])
    return chosen, float(births[chosen] + at * (deaths[chosen] - births[chosen]))


def _lift(cloud: np.ndarray, found: Persistence, rank: int, at: float):
    """Lift the cocycle to whole numbers nearest zero; None if they do not close on a triangle."""
    chosen, scale = _loop(found, rank, at)
    i, j, value = found.cocycles[chosen].T
    near = squareform(pdist(cloud)) <= scale
    whole = np.zeros(near.shape, dtype=np.int32)
    whole[i, j] = np.where(value > found.prime // 2, value - found.prime, value)
    whole -= whole.T
    whole[~near] = 0
    return (whole, near) if _closes(whole, near) else None


def _closes(whole: np.ndarray, near: np.ndarray) -> bool:
    """Whether the values add up to zero around every triangle of near points."""
    for corner in np.flatnonzero(whole.any(axis=1)):  # others' triangles are seen from these
        others = np.flatnonzero(near[corner])
        around = whole[corner, others][:, None] + whole[np.ix_(others, others)]
        open_ = around != whole[corner, others]
        if (open_ & near[np.ix_(others, others)]).any():
            return False
    return True


def _smoothed(cloud, found, rank, at, whole, near, failed) -> CircularCoordinate:
    """Spread the jumps of the cocycle evenly over all edges, by sparse least squares."""
    chosen, scale = _loop(found, rank, at)
    tail, head = np.nonzero(np.triu(near, 1))
    ones, rows = np.ones(len(tail)), np.arange(len(tail))
    difference = csr_matrix(
        (np.r_[-ones, ones], (np.r_[rows, rows], np.r_[tail, head])), shape=(len(tail), len(cloud))
    )
    turns = lsqr(difference, whole[tail, head].astype(float), atol=1e-10, btol=1e-10)[0]
    residue = np.where(near, whole - (turns[None, :] - turns[:, None]), 0.0)
    birth, death = found.diagrams[1][chosen]
    return CircularCoordinate(
        cloud, 2 * np.pi * turns % (2 * np.pi), near, whole, residue,
        float(birth), float(death), scale, found.prime, failed,
    )  # fmt: skip


def follow(
    fitted_on, path, n_landmarks: int, how: str = "greedy", seed: int = 0, n_loops: int = 3
) -> dict[str, np.ndarray]:
    """Follow a path round the longest loops of a cloud, as plain arrays to be kept.

    Parameters
    ----------
    fitted_on : (T, d) array
        The cloud that the coordinates are made from.
    path : (S, d) array
        Successive points, of the cloud or not.
    n_landmarks, how, seed, n_loops
        As for `circular_coordinates`.

    Returns
    -------
    dict
        A row a loop, the longest first: ``angle`` and ``along``, (loops, S) radians, NaN where no
        cocycle could be lifted; ``bar``, (loops, 2) births and deaths; ``prime``, (loops,), 0 if
        none served.
    """
    fitted_on = checked_points(fitted_on)
    n_landmarks = min(n_landmarks, len(fitted_on))
    loops = circular_coordinates(fitted_on, n_landmarks, n_loops, how=how, seed=seed)
    lost = np.full(len(path), np.nan)
    return {
        "angle": np.stack([lost if one is None else one(path) for one in loops]).astype("f4"),
        "along": np.stack([lost if one is None else one.along(path) for one in loops]).astype("f4"),
        "bar": np.array(
            [(np.nan,) * 2 if one is None else (one.birth, one.death) for one in loops]
        ),
        "prime": np.array([0 if one is None else one.prime for one in loops]),
    }
