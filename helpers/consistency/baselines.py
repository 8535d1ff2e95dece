"""PCA, UMAP and t-SNE where the consistency chapter has CEBRA: same neurons, bins and window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from helpers.decoding import layouts, named_split, plain
from helpers.kept import kept_many
from helpers.recordings import Recording, stretches
from helpers.training import Model

from .compare import Part, Rats, compare
from .jobs import FIRST_FOLD, cells

TRAIN_BINS = {"quick": 2_000, "full": 4_000}
TEST_BINS = {"quick": 1_500, "full": 3_500}
"""Training and test bins of a rat that UMAP and t-SNE are given at most, as `layouts.FEW` asks."""
REPEAT_BINS = {"quick": 1_200, "full": 10_000}
"""Bins of the first rat in repeated layouts."""
LAYOUT_RUNS = {"quick": {"UMAP": 1}, "full": {"UMAP": 5, "t-SNE": 2}}
"""Layouts of each rat."""
REPEATS = {"quick": 2, "full": 5}
"""Layouts of the first rat, to be compared with each other."""
STARTS = {"UMAP": ("spectral", "random"), "t-SNE": ("pca", "random")}
"""How a layout starts: the package's own way first."""


def repeated_bins(recording: Recording, profile: str) -> np.ndarray:
    """Bins of the recording that `repeated_layouts` lays out, (n,)."""
    return layouts.thinned(len(recording.spikes), REPEAT_BINS[profile])


def pca_of_groups(
    recording: Recording, models: Iterable[Model], part: str, width: int = plain.CEBRA_WINDOW
) -> dict[Model, np.ndarray]:
    """Three principal components of the groups that models were trained on, under the same names.

    Models with a group and named ``posdir`` are answered, with the bins of their split's `part`;
    the components are of the training bins, `width` bins of counts side by side.
    """
    found = {}
    for model in models:
        if model.size and model.name == "posdir":
            chosen = cells(recording.spikes.shape[1], model.size, model.group, model.seed)
            seen = replace(recording, spikes=recording.spikes[:, chosen])
            split = named_split(recording, model.split)
            transform = plain.pca(seen, split, min(3, model.size), width)
            found[model] = _transformed(transform, seen, getattr(split, part))
    return found


def pca_across_rats(rats: Rats, splits: Sequence[str], part: str, by="ring") -> dict:
    """Consistency between rats of PCA in two dimensions, (1, n, n) by fold."""
    found = {}
    for split in splits:
        parts = []
        for rat in rats.values():
            bins = named_split(rat, split)
            transform = plain.pca(rat, bins, 2)
            shown = getattr(bins, part)
            parts.append(Part(_transformed(transform, rat, shown), shown))
        found[split] = compare(list(rats.values()), parts, by)[None]
    return found


def layouts_of_rats(rats: Rats, profile: str, seed: int) -> dict[str, list[dict[str, list[Part]]]]:
    """UMAP and t-SNE of every rat in two dimensions, of CEBRA's window, on the first fold.

    By method and run: ``train`` and ``test``, each one `Part` a rat. UMAP places the test bins into
    the layout of the training bins. t-SNE cannot place anything: its layout is of both.
    """
    kept = {rat: _thinned_split(one, profile) for rat, one in rats.items()}
    found = {}
    for method, n_runs in LAYOUT_RUNS[profile].items():
        function, call = _layout_calls(method)
        seeds = range(seed, seed + n_runs)
        calls = [call(*kept[rat][:2], one) for one in seeds for rat in rats]
        made = iter(kept_many(function, calls))
        found[method] = [_parts([(next(made), *kept[rat]) for rat in rats]) for _ in seeds]
    return found


def repeated_layouts(recording: Recording, profile: str, seed: int) -> dict[str, dict[str, list]]:
    """Layouts of one recording under several seeds, by method and start (see `STARTS`).

    A layout has no origin of its own, so each is moved to have its mean there.
    """
    rows = _transformed(plain.root_counts(), recording, np.arange(len(recording.spikes)))
    rows = rows[repeated_bins(recording, profile)]
    found: dict[str, dict[str, list]] = {}
    for method, starts in STARTS.items():
        function, call = _layout_calls(method)
        for start in starts:
            seeds = range(seed, seed + REPEATS[profile])
            made = kept_many(function, [call(rows, rows[:0], s) | {"init": start} for s in seeds])
            found.setdefault(method, {})[start] = [r["rows"] - r["rows"].mean(0) for r in made]
    return found


def _layout_calls(method: str):
    """The function that lays out, and what it is called with for training and test rows."""
    if method == "UMAP":
        return layouts.umap_layout, lambda rows, others, seed: {
            "rows": rows, "others": others, "n_components": 2, "seed": seed
        }  # fmt: skip
    return layouts.tsne_layout, lambda rows, others, seed: {
        "rows": np.concatenate([rows, others]), "n_components": 2, "seed": seed
    }  # fmt: skip


def _thinned_split(recording: Recording, profile: str):
    """Rows and bins of the training and the test part, thinned: (rows, rows, bins, bins)."""
    split = named_split(recording, FIRST_FOLD)
    rows, bins = [], []
    for part, most in ((split.train, TRAIN_BINS[profile]), (split.test, TEST_BINS[profile])):
        chosen = layouts.thinned(len(part), most)
        rows.append(_transformed(plain.root_counts(), recording, part)[chosen])
        bins.append(part[chosen])
    return *rows, *bins


def _parts(made) -> dict[str, list[Part]]:
    parts: dict[str, list[Part]] = {"train": [], "test": []}
    for result, rows, _, train, test in made:
        both = np.concatenate([result["rows"], result.get("others", result["rows"][:0])])
        parts["train"].append(Part(both[: len(rows)], train))
        parts["test"].append(Part(both[len(rows) :], test))
    return parts


def _transformed(transform, recording: Recording, bins: np.ndarray) -> np.ndarray:
    return transform(recording.spikes[bins], stretches(bins, recording.segments))
