"""What a sweep taught: which settings matter, held against the spread over seeds.

A setting is compared with the first value of its list in the grid, cell by cell: pairs that differ
in nothing else, their differences averaged for each seed. What is left are as many changes as there
are seeds, and a t interval over them, widened for the number of settings compared (Bonferroni). It
speaks of seeds of one recording; what another animal would say, it cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import t

from helpers.topology import table

from .grid import Grid

LEVEL = 0.95


class Measure(NamedTuple):
    """A column of the table that a sweep is judged by."""

    column: str
    name: str
    unit: str
    better: int  # +1 where more is better, −1 where less is
    digits: int


DECODING = Measure("median_cm", "median error", " cm", -1, 1)
RING = Measure("gap", "lead of the longest loop", "", 1, 2)
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


def base_values(rows: Sequence[dict], grid: Grid, measure: Measure) -> np.ndarray:
    """Values of the base cells, those with the first value of every parameter: one a seed.

    Raises
    ------
    ValueError
        If there is none.
    """
    return setting_values(rows, grid, {}, measure)


def setting_values(rows: Sequence[dict], grid: Grid, changed: dict, measure: Measure) -> np.ndarray:
    """Values of the cells that differ from the base in what is given alone: one a seed.

    Parameters
    ----------
    rows : sequence of dict
        Of the table.
    grid : Grid
    changed : dict
        Value by parameter; empty for the base itself.
    measure : Measure

    Returns
    -------
    (n_seeds,) array
        Means over recordings, variants and folds.

    Raises
    ------
    ValueError
        If there is no such cell.
    """
    wanted = {name: values[0] for name, values in grid.parameters.items()} | changed
    found: dict[int, list[float]] = {}
    for row in rows:
        if all(row[name] == value for name, value in wanted.items()):
            found.setdefault(row["seed"], []).append(row[measure.column])
    if not found:
        raise ValueError(f"no cell of the sweep has {wanted or 'the base settings'}; run it again")
    return np.array([np.mean(values) for _, values in sorted(found.items())])


def effects(rows: Sequence[dict], grid: Grid, measure: Measure) -> list[Effect]:
    """Changes that each setting brings, against the first value of its list.

    Parameters
    ----------
    rows : sequence of dict
        Of the table; cells that failed may be missing, and their partners then do not count.
    grid : Grid
    measure : Measure

    Returns
    -------
    list of Effect
        Unbounded intervals where there is a single seed; settings without a pair are left out.
    """
    found = [
        (name, value, changes)
        for name in grid.varied
        for value in grid.parameters[name][1:]
        if len(changes := _changes(rows, grid, name, value, measure.column))
    ]
    return [
        Effect(name, value, changes, *_interval(changes, len(found)))
        for name, value, changes in found
    ]


def _changes(rows, grid: Grid, name: str, value, column: str) -> np.ndarray:
    """Mean change for each seed, over what else was varied and every seed has, (n_seeds,)."""
    others = ("recording", "variant", "split", *(p for p in grid.parameters if p != name))
    measured = {
        (row["seed"], tuple(row[o] for o in others), row[name]): row[column]
        for row in rows
        if row[column] is not None
    }
    base, by_seed = grid.parameters[name][0], {}
    for (seed, context, given), result in measured.items():
        if given == value and (seed, context, base) in measured:
            by_seed.setdefault(seed, {})[context] = result - measured[seed, context, base]
    shared = set.intersection(*map(set, by_seed.values())) if by_seed else set()
    if not shared:
        return np.empty(0)
    return np.array([np.mean([by_seed[s][c] for c in shared]) for s in sorted(by_seed)])


def _interval(changes: np.ndarray, n_compared: int) -> tuple[float, float]:
    n = len(changes)
    if n < 2:
        return -np.inf, np.inf
    quantile = t.ppf(1 - (1 - LEVEL) / (2 * n_compared), n - 1)
    reach = float(quantile * changes.std(ddof=1) / np.sqrt(n))
    return float(changes.mean()) - reach, float(changes.mean()) + reach


def effect_table(rows: Sequence[dict], grid: Grid) -> str:
    """Markdown table: base and change with its interval, of decoding and of the ring."""
    head = ["setting"]
    lines = [["**base**: " + ", ".join(f"{n} = {v[0]}" for n, v in grid.parameters.items())]]
    both = [effects(rows, grid, measure) for measure in (DECODING, RING)]
    lines += [[one.name] for one in both[0]]
    for measure, found in zip((DECODING, RING), both, strict=True):
        values = base_values(rows, grid, measure)
        head += [f"{measure.name}{measure.unit and f' ({measure.unit.strip()})'}", "interval"]
        spread = "–"
        if len(values) > 1:
            spread = f"± {values.std(ddof=1):.{measure.digits + 1}f} over seeds"
        lines[0] += [f"{values.mean():.{measure.digits}f}", spread]
        for line, one in zip(lines[1:], found, strict=True):
            mark = "**" * bool(one.sign)
            line += [f"{mark}{one.mean:+.{measure.digits}f}{mark}", _span(one, measure)]
    return table(head, lines)


def verdict(rows: Sequence[dict], grid: Grid) -> str:
    """Say in a few sentences which settings matter for decoding, and which for the ring."""
    n_seeds = len({row["seed"] for row in rows})
    said = [
        _sentence("decoding", effects(rows, grid, DECODING), DECODING),
        _sentence("the ring", effects(rows, grid, RING), RING),
        f"Intervals: {LEVEL:.0%}, over {n_seeds} seed{'s' * (n_seeds > 1)}, for all settings of a "
        "column together.",
    ]
    if n_seeds < 3:
        said.append("With so few seeds they are wide, and *cannot be told* is no *does nothing*.")
    return " ".join(said)


def _sentence(what: str, found: Sequence[Effect], measure: Measure) -> str:
    told = [
        f"{one.name} {'helps' if one.sign == measure.better else 'hurts'} "
        f"({one.mean:+.{measure.digits}f}{measure.unit})"
        for one in found
        if one.sign
    ]
    rest = [one.name for one in found if not one.sign]
    said = [f"For {what}: " + ("; ".join(told) if told else "no setting stands out") + "."]
    if rest:
        said.append(f"Not to be told from the spread over seeds: {', '.join(rest)}.")
    return " ".join([*said, *_leanings(found, measure)])


def _leanings(found: Sequence[Effect], measure: Measure) -> list[str]:
    """Settings that cannot be told and yet lean one way with every seed; how rare that is."""
    n = min((len(one.changes) for one in found), default=0)
    if n < 3:
        return []
    same = [
        f"{one.name} ({one.mean:+.{measure.digits}f}{measure.unit})"
        for one in found
        if not one.sign and (one.changes.min() > 0 or one.changes.max() < 0)
    ]
    if not same:
        return []
    rare = f"luck alone does that to one setting in {2 ** (n - 1)}"
    return [f"Of these, every seed moves the same way with {', '.join(same)}; {rare}."]


def _span(one: Effect, measure: Measure) -> str:
    if not np.isfinite(one.low):
        return "one seed"
    return f"{one.low:+.{measure.digits}f} to {one.high:+.{measure.digits}f}"
