"""The models of the topology chapter: those asked for their shape, and the nulls they must beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from helpers.decoding import nested_splits
from helpers.recordings import STAND_INS, Recording, simulate_recording
from helpers.training import Job, headline_jobs, variant_job

LONG = {"quick": 1_000, "full": 10_000}
"""Steps of the headline models and of the wider ones that stand beside them."""
ITERATIONS = {"quick": 1_000, "full": 3_000}
"""Steps of the models that are compared with null distributions, null models included."""
MIN_LAG_TRIPS = 5
WIDER = (8, 16)
"""Output dimensions beside three."""
NULL_MODELS = {"quick": 4, "full": 20}
"""Models of each null distribution, in three dimensions."""
WIDER_NULL_MODELS = 8
"""Models of each null distribution in more dimensions, in the full profile."""
SEEDS = {
    "quick": {"posdir": 1, "time": 1},
    "full": {"posdir": 3, "time": 3, "pos": 3, "dir": 1},
}
"""Seeds of the models that are compared with the nulls, on all bins, in three dimensions."""
HELD_OUT = {"quick": 1, "full": 3}
"""Seeds of the models that have not seen the tested trips; those of the decoding chapter."""
STAND_IN = {
    "quick": {"time": 1, "shuffled": 1},
    "full": {"posdir": 1, "time": 1, "shuffled": 3},
}
"""Seeds of the models of each simulated recording."""
OTHER_RATS = {"posdir": 1, "time": 1, "shuffled": 3}
"""Seeds of the models of each further rat."""


class Model(NamedTuple):
    """Name of a model: the recording, what it is for, what it was told, dimension, seed.

    `use` is ``headline`` (long training), ``compared`` (as long as the nulls), ``null`` or
    ``nested 0`` to ``nested 2`` (training trips only); `told` a variant, ``lagged`` or
    ``untrained``.
    """

    recording: str
    use: str
    told: str
    dimension: int
    seed: int


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
        A thousand steps and few nulls, or the published settings and whole distributions.
    others : sequence of Recording
        Further rats: one model a label and a few shuffled ones each.
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
    if profile not in ITERATIONS:
        raise ValueError(f"profile is {profile!r}; it is {' or '.join(map(repr, ITERATIONS))}")
    jobs = _long_jobs(recording, profile, seed)
    short = {"dtype": dtype, "max_iterations": ITERATIONS[profile]}
    jobs |= _several(recording, "compared", SEEDS[profile], seed, short)
    if profile == "full":  # the spread over seeds in more dimensions
        for dimension in WIDER:
            wide = short | {"output_dimension": dimension}
            jobs |= _several(recording, "compared", {"posdir": 3}, seed, wide)
    jobs |= _null_jobs(recording, profile, seed, short)
    for split in nested_splits(recording):
        told = dict.fromkeys(("posdir", "time", "shuffled"), HELD_OUT[profile])
        jobs |= _several(recording, split.name, told, seed, short | {"bins": split.train})
    for name, simulated in stand_ins().items():
        jobs |= _several(simulated, "compared", STAND_IN[profile], seed, short, called=name)
    for other in others:
        jobs |= _several(other, "compared", OTHER_RATS, seed, short)
    return {model: replace(job, name=_title(model)) for model, job in jobs.items()}


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


def lagged_labels(recording: Recording, n: int, seed: int) -> list[np.ndarray]:
    """Lag the labels of position and direction by whole round trips, each time by others.

    What is left is labels as smooth and rhythmic as the true ones, and tied to the wrong spikes.
    They wrap around the end of the recording.

    Parameters
    ----------
    recording : Recording
    n : int
        Number of different lags.
    seed : int
        Of their choice.

    Returns
    -------
    list of n arrays, (T, 3)

    Raises
    ------
    ValueError
        If the recording has fewer than `n` lags of at least five round trips, either way round.
    """
    starts = np.array([trip.start for trip in recording.trials()])
    lags = starts[MIN_LAG_TRIPS : len(starts) - MIN_LAG_TRIPS + 1] - starts[0]
    if len(lags) < n:
        raise ValueError(
            f"{recording.name} has {len(starts)} round trips, hence {len(lags)} lags of "
            f"{MIN_LAG_TRIPS} or more, not {n}; use a longer recording"
        )
    chosen = np.random.default_rng(seed).choice(lags, n, replace=False)
    return [np.roll(recording.labels("posdir"), lag, axis=0) for lag in chosen]


def _long_jobs(recording: Recording, profile: str, seed: int) -> dict[Model, Job]:
    """The headline models, and the same settings with more dimensions, true and shuffled."""
    jobs = {
        Model(recording.name, "headline", variant, 3, seed): job
        for variant, job in headline_jobs(recording, profile, seed).items()
    }
    for dimension in WIDER:
        long = {"max_iterations": LONG[profile], "output_dimension": dimension}
        jobs |= _several(recording, "headline", {"posdir": 1, "shuffled": 1}, seed, long)
    return jobs


def _null_jobs(recording: Recording, profile: str, seed: int, short: dict) -> dict[Model, Job]:
    """Null distributions: labels shuffled, labels lagged, and networks that took a single step."""
    n, jobs = NULL_MODELS[profile], {}
    dimensions = (3, *WIDER) if profile == "full" else (3,)
    for dimension in dimensions:
        wide = short | {"output_dimension": dimension}
        many = n if dimension == 3 else WIDER_NULL_MODELS
        jobs |= _several(recording, "null", {"shuffled": many}, seed, wide)
        least = _several(recording, "null", {"posdir": many}, seed, wide | {"max_iterations": 1})
        jobs |= {model._replace(told="untrained"): job for model, job in least.items()}
    true = _several(recording, "null", {"posdir": n}, seed, short)
    labels = lagged_labels(recording, n, seed)
    lagged = zip(true.items(), labels, strict=True)
    return jobs | {m._replace(told="lagged"): replace(job, labels=lag) for (m, job), lag in lagged}


def _several(
    recording: Recording, use: str, told: dict, seed: int, settings: dict, called: str = ""
) -> dict[Model, Job]:
    """Jobs of several variants, each with its number of seeds."""
    dimension = settings.get("output_dimension", 3)
    return {
        Model(called or recording.name, use, variant, dimension, one): variant_job(
            recording, variant, seed=one, **settings
        )
        for variant, n_seeds in told.items()
        for one in range(seed, seed + n_seeds)
    }


def _title(model: Model) -> str:
    return f"{model.recording} {model.told} {model.dimension}-D {model.use}, seed {model.seed}"
