"""What a sweep taught: which settings matter, held against the spread over seeds.

A setting is compared with the first value of its list in the grid, cell by cell: pairs that differ
in nothing else, their differences averaged for each seed. What is left are as many changes as there
are seeds, and a t interval over them, widened for the number of settings compared (Bonferroni). It
speaks of seeds of one recording; what another animal would say, it cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from IPython.display import Markdown
from scipy.stats import t

from helpers import tables
from helpers.claims import expect
from helpers.recordings import Recording

from .grid import Grid
from .jobs import grid_09
from .sweep import sweep

LEVEL = 0.95


class Measure(NamedTuple):
    """A column of the table that a sweep is judged by."""

    column: str
    name: str
    what: str  # in a sentence
    axis: str
    unit: str
    better: int  # +1 where more is better, −1 where less is
    digits: int

    def shown(self, change: float) -> str:
        """A change, with its sign."""
        return tables.number(change, self.digits, "+")


DECODING = Measure(
    "median_cm", "median error", "decoding", "change of the median error (cm)", " cm", -1, 1
)
RING = Measure(
    "gap", "lead of the longest loop", "the ring", "change of the longest loop's lead", "", 1, 2
)
"""By which share of its life the longest loop among validation points outlives the next."""


class Effect(NamedTuple):
    """What changes with one setting, seed by seed, and the interval of the mean change."""

    parameter: str
    value: object
    changes: np.ndarray  # (n_seeds,)
    low: float
    high: float

    @property
    def name(self) -> str:
        """For tables and figures."""
        return f"{self.parameter} = {self.value}"

    @property
    def slug(self) -> str:
        """For ids of measured values: ``temperature_0_5``."""
        return re.sub(r"[^a-z0-9]+", "_", f"{self.parameter}_{self.value}".lower())

    @property
    def mean(self) -> float:
        """Mean change over seeds."""
        return float(self.changes.mean())

    @property
    def sign(self) -> int:
        """−1 or +1 where the interval lies on one side of zero, else 0."""
        return int(np.sign(self.mean)) if self.low > 0 or self.high < 0 else 0


@dataclass(frozen=True, eq=False)
class Taught:
    """The rows of a sweep's table, and the grid that they come from.

    Cells that failed may be missing, and their partners then do not count.
    """

    rows: Sequence[dict]
    grid: Grid

    def values(self, measure: Measure, **changed) -> np.ndarray:
        """Values of the cells that differ from the base in `changed` alone, (n_seeds,).

        Means over recordings, variants and folds; a ValueError if there is no such cell.
        """
        wanted = {name: values[0] for name, values in self.grid.parameters.items()} | changed
        found: dict[int, list[float]] = {}
        for row in self.rows:
            if all(row[name] == value for name, value in wanted.items()):
                found.setdefault(row["seed"], []).append(row[measure.column])
        if not found:
            raise ValueError(
                f"no cell of the sweep has {wanted or 'the base settings'}; run it again"
            )
        return np.array([np.mean(values) for _, values in sorted(found.items())])

    @cached_property
    def changes(self) -> dict[Measure, list[Effect]]:
        """What each setting changes, by measure; unbounded intervals where a seed is alone."""
        return {measure: self._effects(measure) for measure in (DECODING, RING)}

    def _effects(self, measure: Measure) -> list[Effect]:
        grid = self.grid
        tried = [(name, value) for name in grid.varied for value in grid.parameters[name][1:]]
        found = {one: self._changes(*one, measure.column) for one in tried}
        found = {one: changes for one, changes in found.items() if len(changes)}
        return [
            Effect(*one, changes, *_interval(changes, len(found))) for one, changes in found.items()
        ]

    def _changes(self, name: str, value, column: str) -> np.ndarray:
        """Mean change for each seed, over what else was varied and every seed has, (n_seeds,)."""
        others = ("recording", "variant", "split", *(p for p in self.grid.parameters if p != name))
        measured = {
            (row["seed"], tuple(row[o] for o in others), row[name]): row[column]
            for row in self.rows
            if row[column] is not None
        }
        base, by_seed = self.grid.parameters[name][0], {}
        for (seed, context, given), result in measured.items():
            if given == value and (seed, context, base) in measured:
                by_seed.setdefault(seed, {})[context] = result - measured[seed, context, base]
        shared = set.intersection(*map(set, by_seed.values())) if by_seed else set()
        if not shared:
            return np.empty(0)
        return np.array([np.mean([by_seed[s][c] for c in shared]) for s in sorted(by_seed)])

    def table(self) -> Markdown:
        """Set base and changes with their intervals, of decoding and of the ring."""
        base = ", ".join(f"{name} = {values[0]}" for name, values in self.grid.parameters.items())
        head, lines = ["setting"], [[f"**base**: {base}"]]
        lines += [[one.name] for one in self.changes[DECODING]]
        for measure, found in self.changes.items():
            values = self.values(measure)
            head += [f"{measure.name}{measure.unit and f' ({measure.unit.strip()})'}", "interval"]
            spread = "–"
            if len(values) > 1:
                spread = f"± {values.std(ddof=1):.{measure.digits + 1}f} over seeds"
            lines[0] += [f"{values.mean():.{measure.digits}f}", spread]
            for line, one in zip(lines[1:], found, strict=True):
                mark = "**" * bool(one.sign)
                span = "one seed"
                if np.isfinite(one.low):
                    span = f"{measure.shown(one.low)} to {measure.shown(one.high)}"
                line += [f"{mark}{measure.shown(one.mean)}{mark}", span]
        return Markdown(tables.markdown(head, lines))

    def verdict(self) -> Markdown:
        """Say in a few sentences which settings matter for decoding, and which for the ring."""
        n_seeds = len({row["seed"] for row in self.rows})
        said = [_sentence(found, measure) for measure, found in self.changes.items()]
        said.append(
            f"Intervals: {LEVEL:.0%}, over {n_seeds} seed{'s' * (n_seeds > 1)}, for all settings "
            "of a column together."
        )
        if n_seeds < 3:
            said.append(
                "With so few seeds they are wide, and *cannot be told* is no *does nothing*."
            )
        return Markdown(" ".join(said))

    def expect(self) -> None:
        """Hold each setting's values to the recorded ones."""
        for measure, found in self.changes.items():
            settings = {"base": {}} | {one.slug: {one.parameter: one.value} for one in found}
            for slug, changed in settings.items():
                values = self.values(measure, **changed)
                name = f"sweep.{slug}.{measure.column}"
                expect(name, values.mean(), sd=values.std(ddof=1), n=len(values))


def taught(recording: Recording, profile: str, seed: int = 0) -> Taught | None:
    """Sweep chapter 09's grid on a recording.

    Parameters
    ----------
    recording : Recording
    profile : {"quick", "full"}
    seed : int
        The first; others follow it.

    Returns
    -------
    Taught or None
        None where it cannot be swept: a circle, or too few laps for the nested split; said.
    """
    grid = grid_09(recording, profile, seed)
    try:
        swept = sweep(grid, {recording.key: recording}, progress=False)
    except ValueError as error:
        print(f"no sweep: {error}")
        return None
    if swept.failures:
        print("failed:", swept.failures)
    return Taught(swept.rows, grid)


def _interval(changes: np.ndarray, n_compared: int) -> tuple[float, float]:
    n = len(changes)
    if n < 2:
        return -np.inf, np.inf
    quantile = t.ppf(1 - (1 - LEVEL) / (2 * n_compared), n - 1)
    reach = float(quantile * changes.std(ddof=1) / np.sqrt(n))
    return float(changes.mean()) - reach, float(changes.mean()) + reach


def _sentence(found: Sequence[Effect], measure: Measure) -> str:
    told = [
        f"{one.name} {'helps' if one.sign == measure.better else 'hurts'} "
        f"({measure.shown(one.mean)}{measure.unit})"
        for one in found
        if one.sign
    ]
    rest = [one for one in found if not one.sign]
    said = f"For {measure.what}: {'; '.join(told) or 'no setting stands out'}."
    if rest:
        names = ", ".join(one.name for one in rest)
        said += f" Not to be told from the spread over seeds: {names}."
    n = min((len(one.changes) for one in found), default=0)
    leaning = [one for one in rest if one.changes.min() > 0 or one.changes.max() < 0]
    if n > 2 and leaning:  # how rare it is that all seeds move one way
        names = ", ".join(
            f"{one.name} ({measure.shown(one.mean)}{measure.unit})" for one in leaning
        )
        said += (
            f" Of these, every seed moves the same way with {names}; luck alone does that to one "
            f"setting in {2 ** (n - 1)}."
        )
    return said
