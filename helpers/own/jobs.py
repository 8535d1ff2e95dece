"""The models of a reader's own recording: with position, with time only, shuffled.

All are trained on the training laps alone, so that each serves twice: to be decoded on laps it has
not seen, and to have the loop of its embedding measured.
"""

from __future__ import annotations

from helpers.decoding import N_FOLDS, Split
from helpers.recordings import Recording
from helpers.training import Job, Kind, Model, of_profile, plan

from .inspection import NESTED_TRIPS, honest_split
from .scaling import SCALINGS, seen_by_split

ITERATIONS = {"quick": 500, "full": 1_000}
NULL_MODELS = {"quick": 4, "full": 19}
"""Models of shuffled labels, all folds together; 19 can give a p-value of 0.05."""
TOLD, TIME, SHUFFLED = "posdir", "time", "shuffled"
NAMES = {
    TOLD: "CEBRA with position",
    TIME: "CEBRA with time only",
    SHUFFLED: "CEBRA with shuffled labels",
}


def splits(recording: Recording, profile: str) -> dict[str, Split]:
    """Splits that are tested, by name: the first fold in the quick profile, in the full one all."""
    folds = of_profile({"quick": 1, "full": N_FOLDS}, profile)
    if len(recording.trials()) < NESTED_TRIPS:
        folds = 1
    found = [honest_split(recording, fold) for fold in range(folds)]
    return {split.name: split for split in found}


def jobs_09(
    recording: Recording,
    profile: str,
    seed: int = 0,
    dtype: str = "float32",
    scaling: str = SCALINGS[0],
) -> dict[Model, Job]:
    """Every job of the analysis of one recording; further null models follow the first `seed`."""
    tested = splits(recording, profile)
    seen = seen_by_split(recording, tested, scaling)
    names, key = list(tested), recording.key
    models = [Model(key, name, told, seed) for told in (TOLD, TIME) for name in names]
    for number in range(NULL_MODELS[profile]):  # dealt to the folds in turn
        later, fold = divmod(number, len(names))
        models.append(Model(key, names[fold], SHUFFLED, seed + later))
    return plan(
        models,
        {told: Kind(told) for told in NAMES},
        lambda model: (seen[model.split], tested[model.split].train),
        dtype=dtype,
        max_iterations=ITERATIONS[profile],
    )
