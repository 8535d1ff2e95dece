"""The topology chapter's bars: of subsamples, against thresholds, among null models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from sklearn.decomposition import PCA

from helpers.decoding import root_counts
from helpers.kept import kept_many
from helpers.recordings import Recording
from helpers.training import Model

from .persistence import PAPER_FACTOR, bars, betti, longest, modal, null_threshold, p_value

POINTS = {"quick": 400, "full": 800}
"""Points of a diagram: the blog's, in the full profile."""
PAPER_POINTS = {"quick": 400, "full": 1_000}
H2_POINTS = {"quick": 100, "full": 200}
"""Greedy landmarks for H2, which explodes with their number."""
LANDMARKS = {"quick": 400, "full": 800}
"""Greedy landmarks of a circular coordinate."""
SUBSAMPLES = {"quick": 5, "full": 20}
STARTS = {"quick": 2, "full": 5}
"""First landmarks from which a headline model's coordinate is made."""

Bars = dict[str, np.ndarray]  # "h0", "h1", "h2": births and deaths
Clouds = Mapping[Model, np.ndarray]


def pca_cloud(recording: Recording, n_components: int = 3) -> np.ndarray:
    """Principal components of the windowed counts, each row divided by its length as CEBRA's are.

    Parameters
    ----------
    recording : Recording
    n_components : int

    Returns
    -------
    (T, n_components) array
        On the unit sphere, so that its bars may be set beside those of the models.
    """
    counts = root_counts()(recording.spikes, recording.segments)
    scores = PCA(n_components, svd_solver="full").fit_transform(counts)
    return scores / np.linalg.norm(scores, axis=1, keepdims=True)


def subsampled(
    clouds: Clouds,
    n_points: int,
    n_subsamples: int = 1,
    *,
    maxdim: int = 1,
    how: str = "random",
    seed: int = 0,
) -> dict[Model, list[Bars]]:
    """Bars of several subsamples of each cloud (T, d), kept on disk, a process a core.

    Subsample number k takes the same bins of all clouds of one length, by seed + k; null models,
    one subsample each, use their own seed. `maxdim` and `how` as for `persistence`.
    """
    calls = [
        {"points": cloud, "n_landmarks": n_points, "maxdim": maxdim, "how": how, "seed": one}
        for model, cloud in clouds.items()
        for one in _seeds(model, n_subsamples, seed)
    ]
    found = iter(kept_many(bars, calls))
    return {m: [next(found) for _ in _seeds(m, n_subsamples, seed)] for m in clouds}


def _seeds(model: Model, n_subsamples: int, seed: int) -> Sequence[int]:
    return (
        [model.seed]
        if model.split in ("null", "headline null")
        else range(seed, seed + n_subsamples)
    )


def longest_bars(found: Iterable[Bars], k: int = 1) -> np.ndarray:
    """Longest finite bar of Hk in each subsample."""
    return np.array([longest(one[f"h{k}"]) for one in found])


def null_lengths(
    found: Mapping[Model, list[Bars]], told: str, dimension: int = 3, k: int = 1
) -> np.ndarray:
    """Longest bar of Hk of each null model of one kind.

    Raises
    ------
    ValueError
        If there is none.
    """
    kinds = {
        m: b
        for m, b in found.items()
        if (m.split, m.name, m.dimension) == ("null", told, dimension)
    }
    if not kinds:
        raise ValueError(f"no null model {told!r} in {dimension} dimensions was measured")
    return np.array([longest_bars(b, k).mean() for b in kinds.values()])


class Counted(NamedTuple):
    """Betti numbers of a cloud over its subsamples.

    The commonest, the smallest of them on a tie; the share of subsamples that has it; and those of
    every subsample, (n, k).
    """

    betti: list[int]
    share: float
    all: np.ndarray

    @property
    def commonest(self) -> list[list[int]]:
        """All that are as common as the commonest."""
        found, counts = np.unique(self.all, axis=0, return_counts=True)
        return found[counts == counts.max()].tolist()


def counted(found: Sequence[Bars], thresholds: Sequence[Sequence[float]]) -> Counted:
    """Count bars above thresholds: one row a homology, a threshold a subsample or one for all."""
    each = np.array(
        [
            [betti(one[f"h{k}"], limits[i % len(limits)]) for k, limits in enumerate(thresholds)]
            for i, one in enumerate(found)
        ]
    )
    return Counted(*modal(each), each)


def paper_thresholds(shuffled: Sequence[Bars], homologies: Iterable[int] = (0, 1)) -> list:
    """The authors' rule: 1.1 times a shuffled model's longest bar, subsample by subsample."""
    return [PAPER_FACTOR * longest_bars(shuffled, k) for k in homologies]


def null_thresholds(null: Sequence[Bars], homologies: Iterable[int] = (0, 1)) -> list:
    """Lengths above which a bar is rarer than one in twenty among null models, one a model."""
    return [[null_threshold(longest_bars(null, k))] for k in homologies]


def main_bar(found: Sequence[Bars]) -> tuple[float, float, float]:
    """Birth, death and runner-up of the longest loop, each the median over subsamples."""
    rows = []
    for one in found:
        order = np.argsort(one["h1"][:, 0] - one["h1"][:, 1])
        lengths = np.append(np.diff(one["h1"][order]).ravel(), 0.0)
        rows.append([*one["h1"][order[0]], lengths[1]])
    return tuple(np.median(rows, axis=0).tolist())


def p_of(found: Sequence[Bars], null: Sequence[float], k: int = 1) -> float:
    """p-value of a cloud's longest bar, the median over its subsamples, among null models."""
    return p_value(float(np.median(longest_bars(found, k))), null)


def pick(of: Mapping[Model, object], **wanted) -> dict:
    """Those entries whose model has the wanted fields: ``pick(found, split="null")``."""
    return {
        model: value
        for model, value in of.items()
        if all(getattr(model, name) == one for name, one in wanted.items())
    }
