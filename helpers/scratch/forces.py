"""What pulls and what pushes: where positives lie, and how they and negatives part company.

The chapter's own `Positives` draws: anything with ``draw(reference, rng)``, and ``change`` (T, k).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown

from .laps import Laps

SHARES = (0.03, 0.5, 0.97)  # of the track: where references stand whose positives are drawn
DRAWS = 4000  # for each


@dataclass(frozen=True, eq=False)
class Pairs:
    """Positives of many references.

    Attributes
    ----------
    change_m : (T,) array
        Change of position over the time offset, metres.
    reached : mapping of name to (reference, same, other)
        Position of a reference, and of its positives on right and on left runs, metres.
    crossed : float
        Share of all positives that run the other way.
    few : int
        Distinct positives of 20,000 draws where direction is the only label.
    """

    change_m: np.ndarray
    reached: Mapping[str, tuple[float, np.ndarray, np.ndarray]]
    crossed: float
    few: int

    def said(self) -> Markdown:
        """How many cross over, and what ties do."""
        return Markdown(
            f"**{100 * self.crossed:.1f} %** of all positives run the other way. They come from "
            "the turns: a change drawn there flips the direction, wherever on the track the "
            "reference stands. And ties matter: with direction as the only label, 20,000 draws "
            f"give **{self.few}** distinct positives, since every right run has the same label and "
            "the earliest bin always wins. That is the library's rule too."
        )


def pairs(laps: Laps, positives, by_direction, rng: np.random.Generator) -> Pairs:
    """Draw positives of three references, of all bins, and with direction as the only label.

    Parameters
    ----------
    laps : Laps
    positives, by_direction : Positives
        Of the whole labels, and of their direction columns.
    rng : numpy.random.Generator

    Returns
    -------
    Pairs
    """
    position, direction, length_m = laps.position, laps.direction, laps.length_m
    reached = {}
    for share in SHARES:
        reference = _right_run_at(laps, share * length_m)
        drawn = positives.draw(np.full(DRAWS, reference), rng)
        same, other = (position[drawn[direction[drawn] == sign]] for sign in (1, -1))
        reached[f"{100 * position[reference]:.0f} cm"] = position[reference], same, other
    reference = rng.integers(len(laps.labels), size=100_000)
    crossed = direction[reference] != direction[positives.draw(reference, rng)]
    few = np.unique(by_direction.draw(reference[:20_000], rng))
    return Pairs(positives.change[:, 0], reached, float(crossed.mean()), len(few))


@dataclass(frozen=True, eq=False)
class Forces:
    """What attraction and repulsion do to an embedding in training.

    Attributes
    ----------
    stars : mapping of step to (points, push, reference, positives)
        A sample of points (n, 3), how hard each pushes the reference (n,), the reference's own
        point (3,) and the points of its positives (m, 3).
    angles : mapping of "positives", "negatives" to (k,) arrays
        Mean angle to the reference at each moment, degrees.
    steps : list of int
        These moments.
    """

    stars: Mapping[int, tuple]
    angles: Mapping[str, np.ndarray]
    steps: list[int]


def forces(
    film: Mapping[int, np.ndarray], laps: Laps, positives, rng: np.random.Generator
) -> Forces:
    """Follow partners and strangers, and one reference in mid-track, through a training.

    Parameters
    ----------
    film : mapping of step to (T, 3) array
        The embedding at moments of the training.
    laps : Laps
    positives : Positives
    rng : numpy.random.Generator

    Returns
    -------
    Forces
    """
    everyone, steps = np.arange(len(laps.labels)), list(film)
    partner, stranger = positives.draw(everyone, rng), rng.permutation(everyone)
    angles = {
        "positives": np.array([_angle(points, points[partner]) for points in film.values()]),
        "negatives": np.array([_angle(points, points[stranger]) for points in film.values()]),
    }
    chosen = _right_run_at(laps, laps.length_m / 2)
    drawn = positives.draw(np.full(40, chosen), rng)
    sample = rng.choice(len(everyone), 1500, False)
    early = steps[0], steps[3], steps[-1]
    stars = {step: _star(film[step], chosen, drawn, sample) for step in early}
    return Forces(stars, angles, steps)


def _right_run_at(laps: Laps, place_m: float) -> int:
    """The bin of a right run nearest to a place."""
    return int(np.argmin(np.abs(laps.position - place_m) + laps.length_m * (laps.direction < 0)))


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    """Mean angle between the rows of `a` and `b`, degrees."""
    return np.degrees(np.arccos(np.clip((a * b).sum(axis=-1), -1, 1))).mean()


def _star(points, reference, drawn, sample) -> tuple:
    """Where a reference's positives are, and how hard a sample of all points pushes it."""
    cosine = points[sample] @ points[reference]
    push = np.exp(cosine) * np.sqrt(np.clip(1 - cosine**2, 0, None))  # along the sphere
    return points[sample], push, points[reference], points[drawn]
