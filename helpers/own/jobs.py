"""The models of a reader's own recording: told the position, told only time, told nonsense.

All are trained on the training laps alone, so that each serves twice: to be decoded on laps it has
not seen, and to have the loop of its embedding measured.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from helpers.decoding import N_FOLDS
from helpers.recordings import Recording, stretches
from helpers.training import Job, variant_job

from .inspection import NESTED_TRIPS, honest_split

ITERATIONS = {"quick": 500, "full": 1_000}
NULL_MODELS = {"quick": 4, "full": 19}
"""Models of shuffled labels, all folds together; 19 can give a p-value of 0.05."""
TOLD, TIME, SHUFFLED = "posdir", "time", "shuffled"


class Model(NamedTuple):
    """Name of a model: what it was told, the fold it was trained on, its seed."""

    told: str
    fold: int
    seed: int


def folds(recording: Recording, profile: str) -> range:
    """Folds that are tested: the first in the quick profile, all there are in the full one.

    Raises
    ------
    ValueError
        If the profile is neither.
    """
    if profile not in ITERATIONS:
        raise ValueError(f"profile is {profile!r}; it is {' or '.join(map(repr, ITERATIONS))}")
    nested = len(recording.trials()) >= NESTED_TRIPS
    return range(N_FOLDS if nested and profile == "full" else 1)


def jobs_09(
    recording: Recording, profile: str, seed: int = 0, dtype: str = "float32"
) -> dict[Model, Job]:
    """Build all jobs of the analysis of one recording.

    Parameters
    ----------
    recording : Recording
    profile : {"quick", "full"}
    seed : int
        The first; further null models follow it.
    dtype : {"float32", "bfloat16"}
        Of the matrix products.

    Returns
    -------
    dict
        `Job` by `Model`.

    Raises
    ------
    ValueError
        If the profile is neither, or the recording is too short to be split.
    """
    tested = folds(recording, profile)
    models = [Model(told, fold, seed) for told in (TOLD, TIME) for fold in tested]
    for number in range(NULL_MODELS[profile]):  # dealt to the folds in turn
        models.append(Model(SHUFFLED, number % len(tested), seed + number // len(tested)))
    return {model: _job(recording, model, profile, dtype) for model in models}


def circle_labels(recording: Recording) -> np.ndarray:
    """Labels round a circle, float32: x and y in metres, and both directions if both occur.

    Position itself would put the last centimetre before the start as far from it as can be.
    """
    turn = 2 * np.pi * recording.position.astype(np.float64) / recording.length_m
    radius = recording.length_m / (2 * np.pi)
    columns = [radius * np.cos(turn), radius * np.sin(turn)]
    if len(np.unique(recording.direction)) == 2:
        columns += [recording.direction > 0, recording.direction < 0]
    return np.stack(columns, axis=1).astype(np.float32)


def _job(recording: Recording, model: Model, profile: str, dtype: str) -> Job:
    bins = honest_split(recording, model.fold).train
    steps = {"max_iterations": ITERATIONS[profile]}
    if recording.geometry == "line" or model.told == TIME:
        return variant_job(recording, model.told, bins=bins, seed=model.seed, dtype=dtype, **steps)
    labels = circle_labels(recording)[bins]
    if model.told == SHUFFLED:
        labels = np.random.default_rng(model.seed).permutation(labels)
    return Job(
        recording.spikes[bins],
        labels,
        steps,
        seed=model.seed,
        segments=stretches(bins, recording.segments),
        name=f"{recording.key} circle {model.told} seed {model.seed}",
        dtype=dtype,
    )
