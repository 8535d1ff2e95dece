"""The paper's trainings against each other: how alike are two of the same rat, and the odd one?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables

from .compare import Points, Rats, runs_of_one
from .jobs import FIRST_FOLD
from .rats import IDS, NAMES
from .summary import pairs_of, said, spread_of_runs


@dataclass(frozen=True, eq=False)
class Trainings:
    """Agreement between trainings by the paper's settings, bin by bin.

    Attributes
    ----------
    found : mapping of (str, str) to (runs, runs) array
        R² of one run's embedding from another's on training laps of the first fold, by method and
        rat; NaN on the diagonals.
    is_real : bool
        The four rats that the paper speaks of.
    """

    found: Mapping[tuple[str, str], np.ndarray]
    is_real: bool

    def table(self) -> Markdown:
        """A row a method and rat: mean, median and range over ordered pairs; the published ones."""
        if not self.found:
            return Markdown("Trainings by the paper's settings are for the full profile.")
        head = ("R² between trainings", "runs", "mean", "median", "pairs", "published", "its pairs")
        rows = [
            (f"{name}, {rat.capitalize()}", *_measured(matrix), *self._published(name, rat))
            for (name, rat), matrix in self.found.items()
        ]
        return Markdown(tables.markdown(head, rows))

    def expect(self) -> None:
        """Check every mean."""
        for (name, rat), matrix in self.found.items():
            mean, sd = spread_of_runs(matrix)
            id = f"consistency.paper.runs.{IDS[name]}.{rat}"
            claims.expect(id, mean, sd=sd, n=len(matrix), split=FIRST_FOLD)

    def judged(self) -> list[claims.Judged]:
        """The paper's lines on runs of each rat."""
        lines = []
        for name in dict.fromkeys(method for method, _ in self.found):
            mine = {r: spread_of_runs(m) for (n, r), m in self.found.items() if n == name}
            mean, sd = ({rat: one[k] for rat, one in mine.items()} for k in (0, 1))
            lines.append(claims.Judged(f"{name}, runs of each rat", _claim(name), mean, sd))
        return lines

    def _published(self, name: str, rat: str) -> tuple[str, str]:
        if not self.is_real:
            return "–", "–"
        claim = _claim(name)
        low, high = claim.more["pairs"][rat]
        return said(claim.value[rat], 3), f"{said(low)} to {said(high)}"


def trainings(seen: Points, rats: Rats, names: Mapping[str, str], is_real: bool) -> Trainings:
    """Compare trainings by the paper's settings.

    Parameters
    ----------
    seen : mapping of Model to (n, 3) array
        Embeddings of training laps.
    rats : mapping of str to Recording
    names : mapping of str to str
        Method by the name of its models.
    is_real : bool

    Returns
    -------
    Trainings
        Empty where no such model was trained.
    """
    trained = {model.name for model in seen}
    found = {
        (method, rat): runs_of_one(seen, rat, name)
        for name, method in names.items()
        for rat in rats
        if name in trained and method in NAMES.values()
    }
    return Trainings(found, is_real)


def _measured(matrix: np.ndarray) -> tuple[str, ...]:
    pairs = pairs_of([matrix[None]], False)
    mean, middle = f"**{said(pairs.mean(), 3)}**", said(np.median(pairs), 3)
    return str(len(matrix)), mean, middle, f"{said(pairs.min())} to {said(pairs.max())}"


def _claim(name: str) -> claims.Claim:
    return claims.published(f"consistency.runs.{IDS[name]}", "paper")
