"""PCA, UMAP and t-SNE by the paper's settings: laid out fold by fold, and read by neighbours.

The authors' files name a window of ten bins, not whether its counts enter summed or side by side.
Summed, all three meet the published errors; so summed they stand for the paper's protocol, and side
by side beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from helpers.kept import kept_many

from .jobs import named_split
from .layouts import paper_layout
from .neighbours import PAPER_NEIGHBOURS, DecodingResult, Features, decode_knn
from .splits import Split, nested_splits
from .windows import window_counts

if TYPE_CHECKING:
    from helpers.recordings import Recording

BASELINES = {"quick": {"PCA": 1}, "full": {"PCA": 1, "UMAP": 3, "t-SNE": 3}}
"""Seeds of each baseline."""
METRICS = ("cosine", "euclidean")
BESIDE = "side by side"
Found = dict[tuple[str, int, str], list[DecodingResult]]
"""Results by method, dimension and the neighbours' metric, with `BESIDE` where bins were."""


def decode_baselines(recording: Recording, profile: str, seed: int = 0) -> Found:
    """Decode PCA, UMAP and t-SNE of ten bins, all fitted on training trips.

    Counts are summed in two dimensions, and side by side in two and three.

    Parameters
    ----------
    recording : Recording
    profile : {"quick", "full"}
        PCA alone, or all three, with several seeds.
    seed : int

    Returns
    -------
    dict
        Results of all folds and seeds by (method, dimension, how), see `Found`.
    """
    found: Found = {}
    for summed, dimensions in ((True, (2,)), (False, (2, 3))):
        layouts = paper_layouts(recording, profile, seed, dimensions, summed)
        for (method, dimension, number, split), features in layouts.items():
            part = named_split(recording, split)
            for metric in METRICS:
                options = {"seed": number, "metrics": (metric,), "neighbours": PAPER_NEIGHBOURS}
                result = decode_knn(features, recording, part, method, **options)
                how = metric if summed else f"{metric}, {BESIDE}"
                found.setdefault((method, dimension, how), []).append(result)
    return found


def paper_layouts(
    recording: Recording,
    profile: str,
    seed: int = 0,
    dimensions: Sequence[int] = (2,),
    summed: bool = True,
) -> dict[tuple[str, int, int, str], Features]:
    """PCA, UMAP and t-SNE of each fold by the paper's settings.

    Parameters
    ----------
    recording : Recording
    profile : {"quick", "full"}
    seed : int
    dimensions : sequence of int
    summed : bool
        Of the counts of ten bins summed, or else of ten bins side by side.

    Returns
    -------
    dict
        Points by (method, dimension, seed, name of the split).
    """
    splits = nested_splits(recording)
    wanted = {
        (method, dimension, number, split.name): split
        for method, n in BASELINES[profile].items()
        for dimension in dimensions
        for number in range(seed, seed + n)
        for split in splits
    }
    rows = {split.name: _rows(recording, split, summed) for split in splits}
    calls = [
        {"method": method, "n_components": dimension, "seed": number, **rows[split]}
        for method, dimension, number, split in wanted
    ]
    return {
        key: Features(made["rows"], *np.split(made["others"], [len(split.valid)]))
        for (key, split), made in zip(wanted.items(), kept_many(paper_layout, calls), strict=True)
    }


def side_by_side(spikes: np.ndarray, width: int = 10) -> np.ndarray:
    """Counts of each bin's window side by side, (T, width N) float32, trips glued together."""
    return window_counts(spikes, width=width).reshape(len(spikes), -1).astype(np.float32)


def _rows(recording: Recording, split: Split, summed: bool) -> dict[str, np.ndarray]:
    """Windows of training bins, and of validation and test bins, each part glued by itself."""
    parts = (recording.spikes[bins] for bins in (split.train, split.valid, split.test))
    train, valid, test = (
        window_counts(part).sum(axis=1).astype(np.float32) if summed else side_by_side(part)
        for part in parts
    )
    return {"rows": train, "others": np.concatenate([valid, test])}
