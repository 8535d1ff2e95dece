"""The models of the topology chapter: those asked for their shape, and the nulls they must beat.

A `Model`'s split says what it is for: ``headline`` (long training) and its ``headline null``,
``compared`` and its ``null`` (both shorter), ``aged 300`` (so many steps), all on all bins; or
``nested 0`` to ``nested 2`` (training trips only).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from helpers.decoding import N_FOLDS, nested_splits
from helpers.recordings import STAND_INS, Recording, simulate_recording
from helpers.training import (
    VARIANTS,
    Job,
    Kind,
    Model,
    headline_jobs,
    lagged_labels,
    of_profile,
    plan,
    several,
)

LONG = {"quick": 500, "full": 10_000}
"""Steps of the headline models and of the wider ones that stand beside them."""
ITERATIONS = {"quick": 500, "full": 3_000}
"""Steps of the models that are compared with null distributions, null models included."""
AGED = "aged "
"""How the splits of models of an age begin; the steps follow."""
WIDER = (8, 16)
"""Output dimensions beside three."""
NULL_MODELS = {"quick": 4, "full": 20}
"""Models of each null distribution, in three dimensions."""
SEEDS = {
    "quick": {"posdir": 1, "time": 1},
    "full": {"posdir": 5, "time": 5, "pos": 5, "dir": 5},
}
"""Seeds of the models that are compared with the nulls, on all bins, in three dimensions."""
HEADLINE_NULLS = {"quick": 0, "full": 20}
"""Shuffled models trained as long as the headline; the quick profile trains all equally long."""
WIDER_SEEDS = 5
"""Seeds of those in more dimensions, in the full profile."""
AGES = {"quick": (250, 500), "full": (300, 1_000, 3_000, 10_000)}
"""Steps after which the model of time alone is looked at."""
AGED_SEEDS = {"quick": 1, "full": 3}
HELD_OUT = {"quick": 1, "full": 5}
"""Seeds of the models of each fold that have not seen the tested trips."""
HELD_OUT_NULLS = {"quick": 1, "full": 7}
"""Null models of each kind on each fold: 21 in three folds let p come below a twentieth."""
STAND_IN = {
    "quick": {"time": 1, "shuffled": 1},
    "full": {"posdir": 1, "time": 1, "shuffled": 3},
}
"""Seeds of the models of each simulated recording."""


def jobs_05(
    recording: Recording,
    profile: str,
    others: Sequence[Recording] = (),
    *,
    seed: int = 0,
    dtype: str = "float32",
) -> dict[Model, Job]:
    """Build all jobs of the chapter, those that other chapters train as well included.

    Parameters
    ----------
    recording : Recording
        The one in question.
    profile : {"quick", "full"}
        Five hundred steps and few nulls, or the published settings and whole distributions.
    others : sequence of Recording
        Further rats: models and nulls of training trips.
    seed : int
        The first seed; the others follow it.
    dtype : {"float32", "bfloat16"}
        Of the compared models; the long ones train in float32.

    Returns
    -------
    dict
        `Job` by `Model`.

    Raises
    ------
    ValueError
        If the profile is neither, or the recording has too few round trips.
    """
    short = {"dtype": dtype, "max_iterations": of_profile(ITERATIONS, profile)}
    name = recording.name
    simulated = stand_ins()
    rats = {rat.name: rat for rat in (recording, *others)} | simulated
    splits = {
        rat.name: {s.name: s.train for s in nested_splits(rat)} for rat in (recording, *others)
    }
    kinds = {variant: Kind(variant) for variant in VARIANTS}
    kinds["untrained"] = Kind(parameters={"max_iterations": 1})
    kinds["lagged"] = Kind(labels=lambda rat, model: lagged_labels(rat, model.seed))

    def planned(models: Iterable[Model], **settings) -> dict[Model, Job]:
        def sees(model: Model):
            return rats[model.rat], splits.get(model.rat, {}).get(model.split)

        return plan(models, kinds, sees, **settings)

    jobs = {
        Model(name, "headline", variant, seed): replace(job, name=f"{name} {variant} headline")
        for variant, job in headline_jobs(recording, profile, seed).items()
    }
    jobs |= planned(_beside_headline(name, profile, seed), max_iterations=LONG[profile])
    for steps in AGES[profile]:
        aged = several(name, f"{AGED}{steps}", {"time": AGED_SEEDS[profile]}, seed)
        jobs |= planned(aged, dtype=dtype, max_iterations=steps)
    models = _compared(name, profile, seed) + _nulls(name, profile, seed)
    for rat in splits:
        models += _held_out(rat, profile, seed)
    for rat in simulated:
        models += several(rat, "compared", STAND_IN[profile], seed)
    return jobs | planned(models, **short)


def stand_ins() -> dict[str, Recording]:
    """Simulate two rats like Achilles: cells that tell the directions apart, cells that do not.

    Returns
    -------
    dict
        ``ring``: the latent is a circle, by construction; ``arc``: it is an interval, since every
        cell fires at the same places both ways.
    """
    size = STAND_INS["achilles"]
    return {
        "ring": simulate_recording(**size),
        "arc": simulate_recording(**size, same_tuning=True),
    }


def _beside_headline(rat: str, profile: str, seed: int) -> list[Model]:
    """The headline settings with more dimensions, true and shuffled, and shuffled as a null."""
    each = {"posdir": 1, "shuffled": 1}
    wider = [m for d in WIDER for m in several(rat, "headline", each, seed, dimension=d)]
    return wider + several(rat, "headline null", {"shuffled": HEADLINE_NULLS[profile]}, seed + 1)


def _compared(rat: str, profile: str, seed: int) -> list[Model]:
    """Those that are held against the nulls; in the full profile in more dimensions as well."""
    models = several(rat, "compared", SEEDS[profile], seed)
    for dimension in WIDER if profile == "full" else ():
        models += several(rat, "compared", {"posdir": WIDER_SEEDS}, seed, dimension=dimension)
    return models


def _nulls(rat: str, profile: str, seed: int) -> list[Model]:
    """Null distributions: labels shuffled, networks that took a single step, labels lagged."""
    n, models = NULL_MODELS[profile], []
    for dimension in (3, *WIDER) if profile == "full" else (3,):
        each = dict.fromkeys(("shuffled", "untrained"), n)
        models += several(rat, "null", each, seed, dimension=dimension)
    return models + several(rat, "null", {"lagged": n}, seed)


def _held_out(rat: str, profile: str, seed: int) -> list[Model]:
    """Models of training trips, and their nulls."""
    each = dict.fromkeys(("posdir", "time"), HELD_OUT[profile])
    each |= dict.fromkeys(("shuffled", "lagged"), HELD_OUT_NULLS[profile])
    return [m for fold in range(N_FOLDS) for m in several(rat, f"nested {fold}", each, seed)]
