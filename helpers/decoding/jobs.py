"""The models of the decoding chapter: which are trained, on which bins, and what they decode to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from helpers.training import Job, variant_job

from .neighbours import DecodingResult, decode_knn, encode
from .splits import Split, contiguous_split, nested_split, nested_splits

if TYPE_CHECKING:
    from helpers.recordings import Recording
    from helpers.training import Fit

ITERATIONS = {"quick": 1_000, "full": 3_000}
PAPER_SETTINGS = {"learning_rate": 0.00205, "temperature": 1.266, "num_hidden_units": 64}
"""What the paper's own search settled on; its batch of 20,000 needs a GPU and is not among them."""
MODELS: dict[str, tuple[str, dict]] = {
    "posdir": ("posdir", {}),
    "time": ("time", {}),
    "shuffled": ("shuffled", {}),
    "pos": ("pos", {}),
    "dir": ("dir", {}),
    "untrained": ("posdir", {"max_iterations": 1}),
    "posdir-8": ("posdir", {"output_dimension": 8}),
    "posdir-16": ("posdir", {"output_dimension": 16}),
    "posdir-paper": ("posdir", PAPER_SETTINGS),
    "joined": ("posdir", {}),
}
"""Variant and parameters of each model. ``untrained`` takes a single step, the least there is;
``joined`` ignores where its training trips were cut out, as the library does."""
NESTED = {
    "quick": {"posdir": 1, "time": 1, "shuffled": 1, "untrained": 1},
    "full": {
        "posdir": 3,
        "time": 3,
        "shuffled": 3,
        "untrained": 3,
        "pos": 1,
        "dir": 1,
        "posdir-8": 1,
        "posdir-16": 1,
        "posdir-paper": 1,
    },
}
"""Seeds of each model trained on each fold of the nested split."""
SEEDS = {"quick": 1, "full": 3}
"""Seeds of the models on the other splits."""
SEEDS_OF_OTHERS = {"quick": 1, "full": 2}
"""Seeds of the models of the other rats."""


class Model(NamedTuple):
    """Name of a trained model: the rat, the bins (a split, or ``all``), what was trained, seed."""

    rat: str
    split: str
    name: str
    seed: int


def jobs_03(
    recording: Recording,
    profile: str,
    others: Sequence[Recording] = (),
    *,
    seed: int = 0,
    dtype: str = "float32",
) -> dict[Model, Job]:
    """Build all jobs of the chapter but the five headline models, which chapter 02 trains.

    Parameters
    ----------
    recording : Recording
        Trained on in all splits.
    profile : {"quick", "full"}
        A thousand steps and one seed, or three thousand and several.
    others : sequence of Recording
        Further rats, for the nested split alone.
    seed : int
        The first seed; the others follow it.
    dtype : {"float32", "bfloat16"}
        Of the matrix products.

    Returns
    -------
    dict
        `Job` by `Model`.

    Raises
    ------
    ValueError
        If the profile is neither, or a recording is too short to be split.
    """
    if profile not in ITERATIONS:
        raise ValueError(f"profile is {profile!r}; it is {' or '.join(map(repr, ITERATIONS))}")
    seeds = range(seed, seed + SEEDS[profile])
    models = [
        Model(recording.name, split.name, name, one)
        for name, n_seeds in NESTED[profile].items()
        for one in range(seed, seed + n_seeds)
        for split in nested_splits(recording)
    ]
    models += [
        Model(recording.name, "contiguous", name, one)
        for name in ("posdir", "time")
        for one in seeds
    ]
    models += [Model(recording.name, "all", "posdir", one) for one in seeds]
    models += [Model(recording.name, "nested 0", "joined", seed)]
    models += [
        Model(other.name, split.name, name, one)
        for other in others
        for name in ("posdir", "time")
        for one in range(seed, seed + SEEDS_OF_OTHERS[profile])
        for split in nested_splits(other)
    ]
    recordings = {one.name: one for one in (recording, *others)}
    return {model: _job(recordings[model.rat], model, profile, dtype) for model in models}


def named_split(recording: Recording, name: str) -> Split:
    """The split that a `Model` names: ``nested 0`` to ``nested 2``, or ``contiguous``.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    if name == "contiguous":
        return contiguous_split(recording)
    kind, _, fold = name.partition(" ")
    if kind != "nested" or not fold.isdigit():
        raise ValueError(f"split {name!r} is unknown; use nested 0, nested 1, nested 2, contiguous")
    return nested_split(recording, int(fold))


def decode_models(
    fits: Mapping[Model, Fit], recordings: Mapping[str, Recording]
) -> dict[tuple[str, str, str], list[DecodingResult]]:
    """Decode the test bins of each model's own split, by the nearest neighbours on its sphere.

    Parameters
    ----------
    fits : mapping of Model to Fit
        Those trained on all bins are left out: they have no bins to be tested on.
    recordings : mapping of str to Recording
        By the name of the rat.

    Returns
    -------
    dict
        Results of all seeds (and folds) by (rat, "nested" or "contiguous", model name).
    """
    results: dict[tuple[str, str, str], list[DecodingResult]] = {}
    for model, fit in fits.items():
        if model.split == "all":
            continue
        recording = recordings[model.rat]
        split = named_split(recording, model.split)
        transform = _joined(fit) if model.name == "joined" else fit.transform
        features = encode(transform, recording, split)
        result = decode_knn(features, recording, split, model.name, seed=model.seed)
        kind = model.split.partition(" ")[0]
        results.setdefault((model.rat, kind, model.name), []).append(result)
    return results


def _job(recording: Recording, model: Model, profile: str, dtype: str) -> Job:
    variant, parameters = MODELS[model.name]
    bins = None if model.split == "all" else named_split(recording, model.split).train
    parameters = {"max_iterations": ITERATIONS[profile], **parameters}
    job = variant_job(recording, variant, bins=bins, seed=model.seed, dtype=dtype, **parameters)
    if model.name == "joined":
        job = replace(job, segments=())
    return replace(job, name=f"{recording.key} {model.name} on {model.split}, seed {model.seed}")


def _joined(fit: Fit):
    """As `Fit.transform`, but blind to segments, like `cebra.CEBRA.transform` on cut-out trips."""
    return lambda spikes, segments=(): fit.transform(spikes)
