"""A computation that looks like a hang: what voids cost, and what is lost without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from IPython.display import Markdown

from helpers import tables
from helpers.topology import PRIME, longest
from helpers.topology import cost as topology_cost


def simplices(n: int, dimension: int) -> int:
    """Count the simplices on `n` points, up to a dimension: points, pairs, triples, quadruples.

    >>> simplices(4, 3)
    15
    """
    return sum(comb(n, size) for size in range(1, dimension + 2))


def extrapolated(n_points, seconds, gigabytes, at: int) -> tuple[float, float, float]:
    """Follow time and memory to more points, along straight lines on logarithmic axes.

    Gives the power of the number of points with which time grows, and hours and gigabytes there.
    """
    (power, hours), (growth, memory) = (
        np.polyfit(np.log(n_points), np.log(values), 1)
        for values in (np.asarray(seconds) / 3600, gigabytes)
    )
    return float(power), float(np.exp(hours) * at**power), float(np.exp(memory) * at**growth)


@dataclass(frozen=True)
class Hang:
    """Measured time and memory of H₂, and where they lead.

    Parameters
    ----------
    n_points, seconds, gigabytes : (k,) arrays
        Measured.
    at : int
        Number of points that they are extrapolated to.
    power, hours, memory : float
        Of the number of points, with which time grows; hours and gigabytes there.
    """

    n_points: np.ndarray
    seconds: np.ndarray
    gigabytes: np.ndarray
    at: int
    power: float
    hours: float
    memory: float

    def table(self) -> Markdown:
        """Set simplices, seconds and memory by number of points."""
        measured = zip(self.n_points, self.seconds, self.gigabytes, strict=True)
        rows = [
            [f"{n:,.0f}", f"{simplices(int(n), 3):,}", f"{s:.2f}", f"{1000 * g:,.0f}"]
            for n, s, g in measured
        ]
        led = (f"{self.at:,}", f"{3600 * self.hours:,.0f}", f"{1000 * self.memory:,.0f}")
        n, s, g = (f"*{number}*" for number in led)
        rows.append([n, f"{simplices(self.at, 3):,}", s, g])
        head = ["points", "simplices, up to quadruples", "seconds", "memory (MB)"]
        how = "\n\nMeasured just now; *in italics* where the lines lead."
        return Markdown(tables.markdown(head, rows, left=0) + how)


def measure_hang(cloud: np.ndarray, sizes: Sequence[int], at: int, seed: int = 0) -> Hang:
    """Measure what H₂ of a few points costs, and follow it to many.

    Parameters
    ----------
    cloud : (T, d) array
    sizes : sequence of int
        Numbers of points, rising; the first is left out of the lines, as it starts cold.
    at : int
        Number of points asked for.
    seed : int
        Of the points that are drawn from the cloud.

    Returns
    -------
    Hang
    """
    columns = np.array(topology_cost.measure(cloud, 2, sizes, seed)).T
    return Hang(*columns, at, *extrapolated(*columns[:, 1:], at))


def solids(seed: int, n_ring: int, n: int) -> dict[str, np.ndarray]:
    """Draw points of three bodies.

    Parameters
    ----------
    seed : int
    n_ring, n : int
        Points of the ring; of the sphere and of the ball.

    Returns
    -------
    dict of str to (n, 3) array
        A noisy ring, a noisy sphere and a full ball of radius 1.
    """
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, n_ring)
    ring = np.c_[np.cos(angle), np.sin(angle), np.zeros(n_ring)]
    ring += rng.normal(0, 0.1, ring.shape)
    away = rng.normal(size=(n, 3))
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    return {
        "a noisy ring": ring,
        "a noisy sphere": away + rng.normal(0, 0.1, away.shape),
        "a full ball": away * rng.uniform(0, 1, (n, 1)) ** (1 / 3),
    }


def void_table(bodies: Mapping[str, np.ndarray], few: int, many: int) -> Markdown:
    """Set the longest bars of `solids`: loops and voids of few points, loops alone of many.

    Parameters
    ----------
    bodies : mapping of str to (n, 3) array
        As `solids` gives them.
    few, many : int
        Points of each body.

    Returns
    -------
    Markdown
    """
    found = {
        name: (*_longest_bars(points[:few], 2), *_longest_bars(points[:many], 1))
        for name, points in bodies.items()
    }
    head = ["longest bar", f"H₁, {few} points", f"H₂, {few} points", f"H₁, {many} points", "H₂"]
    rows = [
        [name, *(f"{bar:.2f}" for bar in found_bars), "not computed"]
        for name, found_bars in found.items()
    ]
    ring, sphere, ball = found.values()
    said = (
        f"Sphere and ball differ by the void, {sphere[1]:.2f} against {ball[1]:.2f}; by loops "
        f"alone it is {sphere[2]:.2f} against {ball[2]:.2f}. The ring's loop, {ring[2]:.2f}, "
        "needs no H₂."
    )
    return Markdown(f"{tables.markdown(head, rows)}\n\n{said}")


def same_loops(points: np.ndarray) -> bool:
    """Say whether H₁ is the same with H₂ computed above it as without; (n, d) points."""
    one, other = (_diagrams(points, maxdim)[1] for maxdim in (1, 2))
    return np.array_equal(one, other)


def _longest_bars(points: np.ndarray, maxdim: int) -> list[float]:
    """Longest finite bar of H₁, and of H₂ if it is computed."""
    return [longest(diagram) for diagram in _diagrams(points, maxdim)[1:]]


def _diagrams(points: np.ndarray, maxdim: int) -> list[np.ndarray]:
    """Bars without the guard of `helpers.topology`, which is what the chapter is about."""
    from ripser import ripser

    return ripser(points, maxdim=maxdim, coeff=PRIME)["dgms"]
