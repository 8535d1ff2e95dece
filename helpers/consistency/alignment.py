"""Embeddings of one recording laid on each other bin by bin, and what a negative R² then means.

Groups of one animal's neurons share a clock: at each moment all of them saw the same rat. An
alignment is found on some bins and may be scored on others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.linalg import orthogonal_procrustes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from .measure import checked, same_length

ALIGNMENTS = ("procrustes", "scaled", "linear")
"""Turns and reflections; these and one common scale; any linear map with an intercept."""


def time_aligned(
    embeddings: Sequence[np.ndarray],
    how: str = "procrustes",
    held_out: Sequence[np.ndarray] | None = None,
) -> np.ndarray:
    """R² of every ordered pair of embeddings of one recording, after the row is laid on the column.

    Parameters
    ----------
    embeddings : sequence of (T, d) array
        Of the same bins; the alignment is found on them.
    how : {"procrustes", "scaled", "linear"}
        What the alignment may do, see `ALIGNMENTS`. The origin stays where it is, but for
        ``"linear"``.
    held_out : sequence of (S, d) array, optional
        Embeddings of other bins by the same models, to be scored instead.

    Returns
    -------
    (n, n) array
        Share of the column's variance, all dimensions pooled, that the aligned row explains. Below
        0 the column's own mean would have done better. NaN on the diagonal.

    Raises
    ------
    ValueError
        Fewer than two embeddings, of different lengths or not finite; an unknown alignment.
    """
    return _each_pair(embeddings, how, held_out, explained)


def time_aligned_correlation(
    embeddings: Sequence[np.ndarray], how: str = "procrustes", held_out=None
) -> np.ndarray:
    """Pearson correlation of every ordered pair, aligned as in `time_aligned`, (n, n).

    All dimensions are pooled after each has been centred. Parameters as in `time_aligned`.
    """
    return _each_pair(embeddings, how, held_out, correlation)


def correlation(target: np.ndarray, predicted: np.ndarray) -> float:
    """Pearson correlation of two (T, d) arrays, columns centred and pooled."""
    target, predicted = target - target.mean(0), predicted - predicted.mean(0)
    return float((target * predicted).sum() / np.sqrt((target**2).sum() * (predicted**2).sum()))


def explained(target: np.ndarray, predicted: np.ndarray) -> float:
    """R²: one less the squared errors over the squared deviations from the target's mean."""
    return r2_score(target, predicted, multioutput="variance_weighted")


def _each_pair(embeddings, how, held_out, score: Callable) -> np.ndarray:
    embeddings, _ = checked(embeddings)
    same_length(embeddings)
    scored = embeddings if held_out is None else checked(held_out)[0]
    same_length(scored)
    if how not in ALIGNMENTS:
        raise ValueError(f"alignment {how!r} is unknown; use one of {', '.join(ALIGNMENTS)}")
    n = len(embeddings)
    if len(scored) != n:
        raise ValueError(f"{n} embeddings, but {len(scored)} held out; give one for each")
    matrix = np.full((n, n), np.nan)
    for row, column in np.argwhere(~np.eye(n, dtype=bool)):
        laid_on = _alignment(embeddings[row], embeddings[column], how)
        matrix[row, column] = score(scored[column], laid_on(scored[row]))
    return matrix


def _alignment(source, target, how):
    """The map that lays a source (T, d) best on a target of the same bins."""
    if how == "linear":
        return LinearRegression().fit(source, target).predict
    turn, overlap = orthogonal_procrustes(source, target)
    scale = overlap / (source**2).sum() if how == "scaled" else 1.0
    return lambda points: scale * points @ turn
