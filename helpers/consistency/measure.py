"""Do the embeddings of different animals, or of different runs, agree?

Animals share no clock, so their embeddings meet in bins of the track: each bin's mean, pushed out
to the unit sphere. The measures are the ``cebra`` package's own; this module checks what it hands
them. For what shares a clock see `helpers/consistency/alignment.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from cebra.data.helper import OrthogonalProcrustesAlignment
from cebra.integrations.sklearn.helpers import align_embeddings
from cebra.integrations.sklearn.metrics import consistency_score

BINS = 100
"""Bins of the track in each direction, as in the paper's Methods."""
REACH = 2
"""Neighbours on either side from which the package fills a bin without a sample."""


class Ring(NamedTuple):
    """One animal's embedding, turned into the common frame."""

    points: np.ndarray  # (n, 3)
    position: np.ndarray  # (n,) metres
    direction: np.ndarray  # (n,) +1 or -1
    means: np.ndarray  # (n_bins, 3) the way along the track and back


def ring_label(position, direction, length_m: float) -> np.ndarray:
    """Metres along the track in right runs, and on, back again, in left runs, (T,).

    One number for position and direction together, in which neighbours on the track stay
    neighbours: the paper's bins "for each direction", laid end to end.
    """
    position, direction = np.asarray(position, dtype=float), np.asarray(direction)
    return np.where(direction > 0, position, 2 * length_m - position)


def between_subjects(
    embeddings: Sequence[np.ndarray], labels: Sequence[np.ndarray], n_bins: int = 2 * BINS
) -> np.ndarray:
    """Consistency of every ordered pair of embeddings, aligned by their labels.

    Parameters
    ----------
    embeddings : sequence of (T_i, d_i) array
        Of as many subjects; they may differ in length.
    labels : sequence of (T_i,) array
        Floating-point, one value a bin of time.
    n_bins : int
        Bins between the smallest and the largest label of all.

    Returns
    -------
    (n, n) array
        R² of the linear map from row to column, mean over the columns' dimensions; NaN on the
        diagonal. 1 for a rotated copy.

    Raises
    ------
    ValueError
        Fewer than two embeddings, lengths that do not fit, integer labels, NaN, or a bin in which
        one of the subjects has no sample.

    Notes
    -----
    ``cebra.sklearn.metrics.consistency_score(between="datasets")``.
    """
    embeddings, labels = checked(embeddings, labels)
    population(labels, n_bins)
    scores, pairs, _ = consistency_score(
        embeddings=embeddings,
        labels=labels,
        dataset_ids=list(range(len(embeddings))),
        between="datasets",
        num_discretization_bins=n_bins + 1,  # the package counts the borders
    )
    return _matrix(scores, pairs, len(embeddings))


def between_runs(embeddings: Sequence[np.ndarray]) -> np.ndarray:
    """Consistency of every ordered pair of embeddings of the same bins, time by time.

    Parameters
    ----------
    embeddings : sequence of (T, d_i) array

    Returns
    -------
    (n, n) array
        R² of the linear map from row to column; NaN on the diagonal.

    Raises
    ------
    ValueError
        Fewer than two embeddings, of different lengths, or not finite.

    Notes
    -----
    ``cebra.sklearn.metrics.consistency_score(between="runs")``.
    """
    embeddings, _ = checked(embeddings)
    same_length(embeddings)
    scores, pairs, _ = consistency_score(embeddings=embeddings, between="runs")
    return _matrix(scores, pairs, len(embeddings))


def population(labels: Sequence[np.ndarray], n_bins: int) -> np.ndarray:
    """Samples of every subject in every bin of the label, (n_subjects, n_bins); none may lack one.

    The package has no mean for a bin where `REACH` bins on either side are empty too.
    """
    if n_bins < 2:
        raise ValueError(f"{n_bins} bins of the label; use at least 2")
    low, high = min(map(np.min, labels)), max(map(np.max, labels))
    edges = np.linspace(low, high, n_bins + 1)
    counts = np.stack(
        [np.bincount(np.digitize(one, edges), minlength=n_bins + 2) for one in labels]
    )
    counts = counts[:, 1 : n_bins + 1]
    width = np.ones(2 * REACH + 1)
    for number, row in enumerate(counts):
        bare = np.flatnonzero(np.convolve(row, width, mode="same") < 1)
        if len(bare):
            raise ValueError(
                f"subject {number} has no sample in or near {len(bare)} of {n_bins} bins of the "
                f"label, the first at {edges[bare[0]]:.3g}; use fewer bins or more samples"
            )
    return counts


def aligned_to_first(
    embeddings: Sequence[np.ndarray], labels: Sequence[np.ndarray], n_bins: int = 2 * BINS
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Turn every subject's embedding so that its bins' means lie on those of the first.

    Returns the points (T_i, d), turned or reflected and not reshaped, and the means (n_bins, d) of
    the bins in the order of the label, on the unit sphere. By the package's
    ``OrthogonalProcrustesAlignment``, given the means: it compares all labels with all, which for
    two recordings bin by bin would take gigabytes.
    """
    embeddings, labels = checked(embeddings, labels)
    if len({one.shape[1] for one in embeddings}) > 1:
        raise ValueError("embeddings differ in their dimension; a turn needs one for all")
    population(labels, n_bins)
    means = [np.array(one) for one in align_embeddings(embeddings, labels, n_bins=n_bins + 1)]
    for number in range(1, len(embeddings)):
        turn = OrthogonalProcrustesAlignment(top_k=1).fit(means[0], means[number])
        embeddings[number] = turn.transform(embeddings[number])
        means[number] = turn.transform(means[number])
    return embeddings, means


def _matrix(scores, pairs, n: int) -> np.ndarray:
    matrix = np.full((n, n), np.nan)
    for (row, column), score in zip(pairs.astype(int), scores, strict=True):
        matrix[row, column] = score
    return matrix


def checked(embeddings, labels=None):
    """Embeddings and labels as arrays, or an error that names what does not fit."""
    embeddings = [np.asarray(one, dtype=float) for one in embeddings]
    if len(embeddings) < 2:
        raise ValueError(f"{len(embeddings)} embedding; consistency needs at least 2")
    for number, one in enumerate(embeddings):
        if one.ndim != 2 or not np.isfinite(one).all():
            raise ValueError(
                f"embedding {number}, of shape {one.shape}, is not (T, d) or not finite; drop NaN"
            )
    if labels is None:
        return embeddings, None
    if len(labels) != len(embeddings):
        raise ValueError(f"{len(embeddings)} embeddings, {len(labels)} labels; give one for each")
    labels = [np.asarray(one) for one in labels]
    for number, (one, label) in enumerate(zip(embeddings, labels, strict=True)):
        if label.dtype.kind != "f":
            raise ValueError(
                f"labels of subject {number} have dtype {label.dtype}; give metres as floats: "
                "whole numbers leave most bins empty"
            )
        if label.shape != (len(one),) or not np.isfinite(label).all():
            raise ValueError(
                f"labels of subject {number} have shape {label.shape}, or NaN; its embedding needs "
                f"({len(one)},) finite values"
            )
    return embeddings, labels


def same_length(embeddings) -> None:
    """Refuse embeddings that differ in their number of bins."""
    lengths = sorted({len(one) for one in embeddings})
    if len(lengths) > 1:
        raise ValueError(f"embeddings of {lengths} bins; aligned in time, all must have the same")
