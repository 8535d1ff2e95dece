"""A measure over pairs and runs in a few numbers, and a table of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from helpers import tables


@dataclass(frozen=True)
class Summary:
    """A measure over ordered pairs and runs.

    Attributes
    ----------
    mean : float
        Over all pairs, runs and folds, each fold counting once.
    low, high : float
        Smallest and largest pair.
    sd : float or None
        Standard deviation over runs of a run's mean, pooled over folds; None for single runs.
    n_runs : int
        Of the fold that has most.
    """

    mean: float
    low: float
    high: float
    sd: float | None
    n_runs: int


def summary(folds: Sequence[np.ndarray], same_pairs: bool = True) -> Summary:
    """Summarise consistency matrices, (runs, n, n) a fold, NaN on the diagonals; see `pairs_of`."""
    ranged = pairs_of(folds, same_pairs)
    runs = [_off_diagonal(fold).mean(1) for fold in folds]
    freedom = sum(len(run) - 1 for run in runs)
    squares = sum(((run - run.mean()) ** 2).sum() for run in runs)
    return Summary(
        mean=float(np.mean([run.mean() for run in runs])),
        low=float(ranged.min()),
        high=float(ranged.max()),
        sd=float(np.sqrt(squares / freedom)) if freedom else None,
        n_runs=max(map(len, runs)),
    )


def pairs_of(folds: Sequence[np.ndarray], same_pairs: bool = True) -> np.ndarray:
    """All ordered pairs of consistency matrices, row by row.

    `same_pairs` where a pair is the same in each run (two rats): its mean over runs and folds then
    stands for it. Else every run draws pairs of its own (neuron groups), and all are returned.
    """
    if not len(folds) or any(np.ndim(fold) != 3 or len(fold) == 0 for fold in folds):
        raise ValueError("no consistency matrices; give (runs, n, n) arrays, one a fold")
    pairs = [_off_diagonal(fold) for fold in folds]
    if same_pairs:
        return np.mean([fold.mean(0) for fold in pairs], axis=0)
    return np.concatenate(pairs).ravel()


def mean_matrix(folds: Sequence[np.ndarray]) -> np.ndarray:
    """The mean over runs, then over folds, (n, n)."""
    return np.mean([np.mean(fold, axis=0) for fold in folds], axis=0)


def spread_of_runs(matrix: np.ndarray) -> tuple[float, float | None]:
    """Mean over ordered pairs of runs, and the standard deviation over runs of a run's own mean."""
    means = _off_diagonal(matrix[None])[0].reshape(len(matrix), -1).mean(1)
    return float(means.mean()), float(means.std(ddof=1)) if len(means) > 2 else None


def score_table(
    rows: Mapping[str, tuple[Summary, Summary | None]], pairs: str = "ordered pairs"
) -> str:
    """Summaries on training and on held-out laps as a table; `pairs`: what the ranges are over."""
    head = ("R²", "training laps", f"over {pairs}", "held-out laps", f"over {pairs}", "runs")
    table = []
    for name, (train, test) in rows.items():
        mean, span = _cells(train)
        held_out = _cells(test) if test else ("–", "–")
        table.append((name, f"**{mean}**", span, *held_out, str(train.n_runs)))
    return tables.markdown(head, table)


def said(value: float, digits: int = 2) -> str:
    """A number with a proper minus sign; nought has none."""
    return tables.number(value, digits)


def _cells(one: Summary) -> tuple[str, str]:
    spread = "" if one.sd is None else f" ± {one.sd:.2f}"
    return said(one.mean) + spread, f"{said(one.low)} to {said(one.high)}"


def _off_diagonal(fold) -> np.ndarray:
    """Ordered pairs of (runs, n, n) matrices, (runs, n (n - 1))."""
    fold = np.asarray(fold, dtype=float)
    return fold[:, ~np.eye(fold.shape[1], dtype=bool)]
