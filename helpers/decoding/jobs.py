"""The models of the decoding chapter: which are trained, on which bins, and what they decode to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from helpers.training import VARIANTS, Job, Kind, Model, of_profile, plan, several

from .neighbours import NEIGHBOURS, PAPER_NEIGHBOURS, DecodingResult, decode_knn, encode
from .splits import Split, contiguous_split, nested_split, nested_splits

if TYPE_CHECKING:
    import numpy as np

    from helpers.recordings import Recording
    from helpers.training import Fit

ITERATIONS = {"quick": 500, "full": 3_000}
PAPER_ITERATIONS = {"quick": 100, "full": 1_000}
PAPER_SETTINGS = {"learning_rate": 0.0020508, "temperature": 1.26596, "num_hidden_units": 64}
"""What the paper's own search settled on for position and direction, but for its batch."""
PAPER_BATCH = {"batch_size": 20_000}
PAPER_TIME = {"learning_rate": 0.0028522, "temperature": 3.21299, "num_hidden_units": 64}
"""The same for time alone."""
KINDS = {
    **{variant: Kind(variant) for variant in VARIANTS},
    "untrained": Kind(parameters={"max_iterations": 1}),
    "posdir-8": Kind(parameters={"output_dimension": 8}),
    "posdir-16": Kind(parameters={"output_dimension": 16}),
    "posdir-paper": Kind(parameters=PAPER_SETTINGS),
    "joined": Kind(joined=True),
}
"""Each model by name. ``untrained`` takes a single step, the least there is; ``joined`` ignores
where its training trips were cut out, as the library does."""
PAPER_KINDS = {
    "paper-posdir": Kind(parameters=PAPER_SETTINGS | PAPER_BATCH, joined=True),
    "paper-time": Kind("time", parameters=PAPER_TIME | PAPER_BATCH, joined=True),
}
"""CEBRA-Behaviour and CEBRA-Time as the authors trained them, on trips glued together."""
NESTED = {
    "quick": {"posdir": 1, "time": 1, "shuffled": 1, "untrained": 1},
    "full": {
        "posdir": 5,
        "time": 5,
        "shuffled": 5,
        "untrained": 5,
        "pos": 1,
        "dir": 1,
        "posdir-8": 1,
        "posdir-16": 1,
        "posdir-paper": 1,
    },
}
"""Seeds of each model trained on each fold of the nested split."""
SEEDS = {"quick": 1, "full": 5}
"""Seeds of the models on the other splits."""
SEEDS_OF_OTHERS = {"quick": 1, "full": 5}
"""Seeds of the models of the other rats."""
PAPER_SEEDS = {"quick": (1, 1), "full": (5, 3)}
"""Seeds of the models by the paper's protocol: of the first rat, of each other."""


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
        Five hundred steps and one seed, or three thousand and several.
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
    steps = of_profile(ITERATIONS, profile)
    rat, plain = recording.name, ("posdir", "time")
    models = _on_folds(recording, NESTED[profile], seed)
    models += several(rat, "contiguous", dict.fromkeys(plain, SEEDS[profile]), seed)
    models += several(rat, "all", {"posdir": SEEDS[profile]}, seed)
    models += several(rat, "all", {"time": SEEDS[profile]}, seed)
    models += [Model(rat, "nested 0", "joined", seed)]
    for other in others:
        models += _on_folds(other, dict.fromkeys(plain, SEEDS_OF_OTHERS[profile]), seed)
    recordings = {one.name: one for one in (recording, *others)}
    sees = _sight(recordings)
    theirs = [
        model
        for one in recordings.values()
        for model in paper_models(one, PAPER_SEEDS[profile][one is not recording], seed)
    ]
    jobs = plan(models, KINDS, sees, dtype=dtype, max_iterations=steps)
    return jobs | paper_jobs(theirs, recordings, profile)


def paper_models(recording: Recording, n_seeds: int, seed: int = 0) -> list[Model]:
    """Name the models by the paper's protocol: on each fold; with time alone on all bins too."""
    found = _on_folds(recording, dict.fromkeys(PAPER_KINDS, n_seeds), seed)
    return found + several(recording.name, "all", {"paper-time": n_seeds}, seed)


def paper_jobs(
    models: Sequence[Model], recordings: Mapping[str, Recording], profile: str
) -> dict[Model, Job]:
    """Make the jobs of models by the paper's protocol, from `paper_models`.

    Parameters
    ----------
    models : sequence of Model
    recordings : mapping of str to Recording
        By the name of the rat.
    profile : {"quick", "full"}
        A tenth of the paper's steps, or all.

    Returns
    -------
    dict
        `Job` by `Model`.
    """
    steps = of_profile(PAPER_ITERATIONS, profile)
    return plan(models, PAPER_KINDS, _sight(recordings), max_iterations=steps)


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
        Of those trained on all bins, only the ones trained with time alone are decoded, on every
        nested fold: their encoder saw the tested trips, without labels.
    recordings : mapping of str to Recording
        By the name of the rat.

    Returns
    -------
    dict
        Results of all seeds (and folds) by (rat, "nested", "contiguous" or "all", model name).
    """
    results: dict[tuple[str, str, str], list[DecodingResult]] = {}
    for model, fit in fits.items():
        recording, kind = recordings[model.rat], model.split.partition(" ")[0]
        if kind == "all" and not model.name.endswith("time"):
            continue
        splits = (
            nested_splits(recording) if kind == "all" else [named_split(recording, model.split)]
        )
        is_theirs = model.name in PAPER_KINDS
        transform = _joined(fit) if is_theirs or model.name == "joined" else fit.transform
        neighbours = PAPER_NEIGHBOURS if is_theirs else NEIGHBOURS
        for split in splits:
            features = encode(transform, recording, split)
            options = {"seed": model.seed, "neighbours": neighbours}
            result = decode_knn(features, recording, split, model.name, **options)
            results.setdefault((model.rat, kind, model.name), []).append(result)
    return results


def _on_folds(recording: Recording, counts: Mapping[str, int], seed: int) -> list[Model]:
    """Models of the nested split: by name, then seed, then fold."""
    return [
        model._replace(split=split.name)
        for model in several(recording.name, "", counts, seed)
        for split in nested_splits(recording)
    ]


def _sight(recordings: Mapping[str, Recording]):
    """What a model sees: all bins of its recording, or the training bins of its split."""

    def sees(model: Model) -> tuple[Recording, np.ndarray | None]:
        one = recordings[model.rat]
        return one, None if model.split == "all" else named_split(one, model.split).train

    return sees


def _joined(fit: Fit):
    """As `Fit.transform`, but blind to segments, like `cebra.CEBRA.transform` on cut-out trips."""
    return lambda spikes, segments=(): fit.transform(spikes)
