"""What CEBRA is compared with, decoded: counts, PCA, UMAP, t-SNE and Bayes on any set of splits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from helpers.kept import kept_many

from . import plain
from .bayes import decode_bayes
from .layouts import thinned, umap_layout
from .names import BAYES, COUNTS, LONG_BAYES, UMAP_OF_ALL
from .neighbours import DecodingResult, Features, Transform, decode_knn, encode, encode_leaking

if TYPE_CHECKING:
    from helpers.recordings import Recording

    from .splits import Split

UMAP_BINS = 3_000
"""Training bins that UMAP is given at most. Of all bins, its nearest neighbours are the next ones
of the same trip, whose windows overlap: the validation error is larger in every fold of Achilles
and of the simulated recording, by 0.6 to 1.2 cm."""
DISTANCES = ("euclidean", "cosine")
"""A baseline may use either, whichever validation prefers; on CEBRA's sphere they are the same."""

Results = dict[str, list[DecodingResult]]


def all_baselines(
    recording: Recording, splits: Sequence[Split], profile: str, seed: int = 0
) -> Results:
    """Decode with all baselines.

    Parameters
    ----------
    recording : Recording
    splits : sequence of Split
    profile : {"quick", "full"}
        The full one adds UMAP in more dimensions and of all bins, and t-SNE: minutes.
    seed : int
        Of UMAP and t-SNE.

    Returns
    -------
    dict
        Results, one a split, by the name of the method. All see CEBRA's window, and Bayes once a
        longer one.
    """
    found = few_baselines(recording, splits)
    for dimension in (2, 3, 8, 16):
        found[f"PCA, {dimension}-D"] = of_pca(recording, splits, dimension)
    for dimension in (2, 3, 8, 16) if profile == "full" else (3,):
        found[f"UMAP, {dimension}-D"] = of_umap(recording, splits, dimension, seed, UMAP_BINS)
    if profile == "full":
        found[UMAP_OF_ALL] = of_umap(recording, splits, 3, seed)
        found["t-SNE, 2-D"] = of_tsne(recording, splits, seed)
    return found


def few_baselines(recording: Recording, splits: Sequence[Split]) -> Results:
    """Decode with Bayes and with the bare counts, which take a second."""
    return {
        BAYES: [decode_bayes(recording, split, BAYES) for split in splits],
        LONG_BAYES: [
            decode_bayes(recording, split, LONG_BAYES, width=round(0.6 / recording.bin_s))
            for split in splits
        ],
        COUNTS: _knn(recording, splits, COUNTS, lambda split: plain.root_counts()),
    }


def leaking_baselines(recording: Recording, split: Split) -> Results:
    """Decode a split of single bins with windows and encoders that know the whole recording.

    Principal components are still those of the training bins: with thousands of bins drawn at
    random, all bins have the same ones.
    """
    transforms = {
        "PCA, 3-D, single bins": plain.pca(recording, split, 3, width=1),
        "PCA, 3-D": plain.pca(recording, split, 3),
        "PCA, 16-D": plain.pca(recording, split, 16),
        COUNTS: plain.root_counts(),
    }
    found = {
        name: [leaking(recording, split, name, transform, metrics=DISTANCES)]
        for name, transform in transforms.items()
    }
    return found | {BAYES: [decode_bayes(recording, split, BAYES, leaking=True)]}


def leaking(
    recording: Recording,
    split: Split,
    name: str,
    transform: Transform,
    metrics: Sequence[str] = ("cosine",),
) -> DecodingResult:
    """Decode with nearest neighbours the way the blog did, see `encode_leaking`."""
    features = encode_leaking(transform, recording, split)
    return decode_knn(features, recording, split, name, metrics=metrics)


def of_pca(recording: Recording, splits: Sequence[Split], dimension: int) -> list[DecodingResult]:
    """Decode from principal components of the windowed counts."""
    return _knn(
        recording,
        splits,
        f"PCA, {dimension}-D",
        lambda split: plain.pca(recording, split, dimension),
    )


def of_umap(
    recording: Recording,
    splits: Sequence[Split],
    dimension: int,
    seed: int,
    most: int | None = None,
) -> list[DecodingResult]:
    """Decode from UMAP of the windowed counts, of `most` evenly spaced training bins or of all."""
    parted, calls = [], []
    for split in splits:
        counts = encode(plain.root_counts(), recording, split)
        chosen = thinned(len(split.train), most or len(split.train))
        parted.append(replace(split, train=split.train[chosen]))
        placed = np.concatenate([counts.valid, counts.test])
        call = {"rows": counts.train[chosen], "others": placed}
        calls.append(call | {"n_components": dimension, "seed": seed})
    found = []
    for split, made in zip(parted, kept_many(umap_layout, calls), strict=True):
        features = Features(made["rows"], *np.split(made["others"], [len(split.valid)]))
        name = f"UMAP, {dimension}-D"
        found.append(decode_knn(features, recording, split, name, metrics=DISTANCES))
    return found


def of_tsne(recording: Recording, splits: Sequence[Split], seed: int) -> list[DecodingResult]:
    """Decode from t-SNE: neighbours from training trips, in a layout that has seen all spikes."""
    rows = plain.tsne(recording, 2, seed=seed)
    found = []
    for split in splits:
        features = Features(rows[split.train], rows[split.valid], rows[split.test])
        found.append(decode_knn(features, recording, split, "t-SNE, 2-D", metrics=DISTANCES))
    return found


def _knn(
    recording: Recording,
    splits: Sequence[Split],
    name: str,
    transform_for: Callable[[Split], Transform],
) -> list[DecodingResult]:
    found = []
    for split in splits:
        features = encode(transform_for(split), recording, split)
        found.append(decode_knn(features, recording, split, name, metrics=DISTANCES))
    return found
