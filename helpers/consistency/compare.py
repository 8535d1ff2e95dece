"""From embeddings of named models to matrices of ordered pairs, run by run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from helpers.decoding import named_split
from helpers.recordings import Recording
from helpers.training import Model, lagged_labels

from .jobs import FIRST_FOLD
from .measure import BINS, Ring, aligned_to_first, between_runs, between_subjects, ring_label

Rats = Mapping[str, Recording]
Points = Mapping[Model, np.ndarray]
LABELS = {"ring": 2 * BINS, "position": BINS}
"""Bins by how subjects are aligned: the paper's Methods bin the two directions apart; the authors'
demo notebook takes position alone."""
DIRECTIONS = {"right": 1, "left": -1}
"""Position on trips of one direction alone; which is called right, each rat's file says."""


class Part(NamedTuple):
    """An embedding and the bins of the recording that it shows."""

    points: np.ndarray  # (n, d)
    bins: np.ndarray  # (n,)


def across_rats(
    points: Points, rats: Rats, name: str, part: str, by: str = "ring", told: bool = False
) -> dict[str, np.ndarray]:
    """Consistency between rats of one kind of model, (runs, n_rats, n_rats) by fold.

    `part` says which bins `points` are of, `by` how to align, see `compare`; with `told` a lagged
    control is aligned by the labels that it was trained with.
    """
    whole = [model for model in points if model.name == name and not model.size]
    found: dict[str, list] = {}
    for split, seed in sorted({(model.split, model.seed) for model in whole}):
        models = [Model(rat, split, name, seed) for rat in rats]
        if not all(model in points for model in models):
            continue  # the extra run of one rat in the quick profile
        parts = [Part(points[m], getattr(named_split(rats[m.rat], split), part)) for m in models]
        shown = [_told(rats[m.rat], m) if told else rats[m.rat] for m in models]
        found.setdefault(split, []).append(compare(shown, parts, by))
    if not found:
        raise ValueError(f"no run of {name} has all of {', '.join(rats)}; train it in every rat")
    return {split: np.stack(matrices) for split, matrices in found.items()}


def compare(rats: Sequence[Recording], parts: Sequence[Part], by: str = "ring") -> np.ndarray:
    """Consistency of embeddings of several recordings, (n, n), aligned by label.

    `by` is of `LABELS` or of `DIRECTIONS`.
    """
    both = list(zip(rats, parts, strict=True))
    if by in DIRECTIONS:
        both = [(rat, _one_way(rat, part, DIRECTIONS[by])) for rat, part in both]
    labels = [label(rat, part.bins, by) for rat, part in both]
    return between_subjects([part.points for _, part in both], labels, LABELS.get(by, BINS))


def label(rat: Recording, bins: np.ndarray, by: str) -> np.ndarray:
    """What rats are aligned by at some bins, in metres, (n,)."""
    if by not in LABELS | DIRECTIONS:
        raise ValueError(f"aligned by {by!r}; use {', '.join(LABELS | DIRECTIONS)}")
    position = rat.position[bins].astype(float)
    return ring_label(position, rat.direction[bins], rat.length_m) if by == "ring" else position


def aligned_rings(points: Points, rats: Rats, name: str, seed: int, part: str) -> dict[str, Ring]:
    """The embeddings of all rats on the first fold, each turned onto the first rat's."""
    models = [Model(rat, FIRST_FOLD, name, seed) for rat in rats]
    bins = [getattr(named_split(rats[model.rat], model.split), part) for model in models]
    labels = [label(rat, one, "ring") for rat, one in zip(rats.values(), bins, strict=True)]
    turned, means = aligned_to_first([points[model] for model in models], labels)
    return {
        who: Ring(turned[k], rat.position[bins[k]], rat.direction[bins[k]], means[k])
        for k, (who, rat) in enumerate(rats.items())
    }


def runs_of_one(points: Points, rat: str, name: str) -> np.ndarray:
    """Consistency between the runs of one rat on the first fold, (runs, runs), bin by bin."""
    models = [m for m in points if (m.rat, m.split, m.name, m.size) == (rat, FIRST_FOLD, name, 0)]
    return between_runs([points[model] for model in models])


def across_groups(
    points: Points, measure: Callable, name: str = "posdir", size: int | None = None, other=None
) -> np.ndarray:
    """A time-aligned measure between disjoint groups of neurons, (runs, n_groups, n_groups).

    ``measure(embeddings, held_out=...) -> (n, n)`` aligns on `points`; embeddings of `other` bins
    are scored instead, if given. `size` is that of most groups if left out.
    """
    size = group_size(points) if size is None else size
    models = sorted(m for m in points if (m.name, m.size) == (name, size))
    if not models:
        raise ValueError(f"no group of {size} neurons was embedded by {name}")
    matrices = []
    for seed in sorted({model.seed for model in models}):
        run = [model for model in models if model.seed == seed]
        held_out = None if other is None else [other[model] for model in run]
        matrices.append(measure([points[model] for model in run], held_out=held_out))
    return np.stack(matrices)


def group_size(points: Iterable[Model]) -> int:
    """Neurons in the groups of which there are most, those the blog's numbers speak of."""
    sizes = [model.size for model in points if model.size and model.name == "posdir"]
    if not sizes:
        raise ValueError("no groups of neurons were embedded")
    return max(set(sizes), key=sizes.count)


def _one_way(rat: Recording, part: Part, direction: int) -> Part:
    kept = rat.direction[part.bins] == direction
    return Part(part.points[kept], np.asarray(part.bins)[kept])


def _told(rat: Recording, model: Model) -> Recording:
    labels = lagged_labels(rat, model.seed)
    return replace(rat, position=labels[:, 0], direction=np.where(labels[:, 1] > 0, 1, -1))
