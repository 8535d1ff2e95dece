"""The models of the consistency chapter: groups of one rat's neurons, four rats, their controls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from helpers.decoding import (
    ITERATIONS,
    PAPER_KINDS,
    PAPER_SEEDS,
    named_split,
    nested_splits,
    paper_jobs,
    paper_models,
)
from helpers.recordings import RATS, Recording, load_recording, stretches
from helpers.training import LEAST_LAG, Job, Kind, Model, lagged_labels, of_profile, plan, several

from .grid import SEARCHED

if TYPE_CHECKING:
    from helpers.training import Fit

FIRST_FOLD = "nested 0"
RUNS = {
    "quick": {FIRST_FOLD: {"posdir": 1, "time": 1, "shuffled": 1}},
    "full": {
        FIRST_FOLD: {
            "posdir": 5,
            "time": 5,
            "shuffled": 7,
            "lagged": 7,
            "spikes": 2,
            "spikes-time": 2,
        },
        "nested 1": {"posdir": 5, "time": 5, "shuffled": 7, "lagged": 7},
        "nested 2": {"posdir": 5, "time": 5, "shuffled": 7, "lagged": 7},
    },
}
"""Runs of each model on each fold, for every rat; the chapters on decoding and topology train most
of them, too. Seven nulls a fold are twenty-one."""
RUNS_OF_GROUPS = {
    "quick": {"posdir": 1},
    "full": {"posdir": 5, "shuffled": 2},
}
"""Runs of each model on four disjoint groups of the first rat's neurons."""
SHARES = {"quick": {}, "full": {0.25: 1, 0.5: 1, 2.0: 1}}
"""Runs on smaller and larger groups, by their size as a share of a quarter of the neurons."""
N_GROUPS = 4
RUNS_OF_TIME = {"buddy": 7, "cicero": 7}
"""Trainings of the paper's CEBRA-Time where three agreed less than the published ones do: one that
went astray is in two thirds of the pairs of three, in two sevenths of those of seven."""


KINDS = {
    "posdir": Kind(),
    "time": Kind("time"),
    "shuffled": Kind("shuffled"),
    "lagged": Kind(labels=lambda rat, model: lagged_labels(rat, model.seed)),
    "spikes": Kind(),
    "spikes-time": Kind("time"),
    **SEARCHED,
}
"""``posdir`` and ``time`` are CEBRA-Behaviour and CEBRA-Time. The others are controls: labels
permuted over bins; labels late by whole trips; each neuron late by a lag of its own, trained with
labels and without. Those of the search stand in `grid`."""


def jobs_04(
    recording: Recording,
    profile: str,
    others: Sequence[Recording] = (),
    *,
    seed: int = 0,
    dtype: str = "float32",
) -> dict[Model, Job]:
    """Build all jobs of the chapter.

    All train on the training trips of a nested split, so that held-out trips are left to embed.

    Parameters
    ----------
    recording : Recording
        The first rat, whose neurons are also parted into groups.
    profile : {"quick", "full"}
        Five hundred steps and one run, or three thousand and several.
    others : sequence of Recording
        The rats that it is compared with.
    seed : int
        Of the first run; the other runs follow it.
    dtype : {"float32", "bfloat16"}
        Of the matrix products.

    Returns
    -------
    dict
        `Job` by `Model`.

    Raises
    ------
    ValueError
        If the profile is neither, two rats have one name, or a recording is too short to be split.
    """
    of_profile(RUNS, profile)
    rats = {one.name: one for one in (recording, *others)}
    if len(rats) < 1 + len(others):
        raise ValueError("two recordings have one name; compare different rats")
    models = [*_of_rats(rats, profile, seed), *_of_groups(recording, profile, seed)]
    if profile == "full":
        models += [Model(rat, FIRST_FOLD, name, seed) for name in SEARCHED for rat in rats]

    def sees(model):
        seen = recording_of(rats[model.rat], model)
        return seen, named_split(seen, model.split).train

    jobs = plan(models, KINDS, sees, dtype=dtype, max_iterations=ITERATIONS[profile])
    return jobs | paper_jobs(_by_paper(rats, profile, seed), rats, profile)


def four_rats(recording: Recording) -> list[Recording]:
    """Find the rats to be compared: the recording's own first, then the others of the four.

    Where a real one is out of reach, four simulated rats with different neurons stand in for all,
    so that no real animal is ever compared with a simulated one.

    Parameters
    ----------
    recording : Recording

    Returns
    -------
    list of Recording
        All real or all simulated.
    """
    if recording.source != "simulated":
        names = [rat for rat in RATS if rat != recording.name]
        rats = [recording, *(load_recording(rat, on_missing="simulate") for rat in names)]
        if all(rat.source != "simulated" for rat in rats):
            return rats
    return [load_recording(f"simulated-{rat}".removesuffix("-achilles")) for rat in RATS]


def cells(n_neurons: int, size: int, group: int, seed: int) -> np.ndarray:
    """Which neurons a group holds, (size,) ascending.

    The neurons are dealt into four quarters by `seed`. A smaller group is the beginning of its
    quarter, a larger one several quarters in a row: groups of one size and seed share no neuron.
    """
    quarter = n_neurons // N_GROUPS
    stride = quarter * max(1, size // max(quarter, 1))
    if size < 1 or (size > quarter and size % quarter) or (group + 1) * stride > n_neurons:
        raise ValueError(
            f"no group {group} of {size} neurons in {n_neurons}: use up to {quarter}, or some "
            f"quarters of {quarter}"
        )
    order = np.random.default_rng(seed).permutation(n_neurons)
    return np.sort(order[group * stride : group * stride + size])


def recording_of(recording: Recording, model: Model) -> Recording:
    """The recording with the spikes that a model sees: its neurons, each delayed if shuffled."""
    if model.size:
        chosen = cells(recording.spikes.shape[1], model.size, model.group, model.seed)
        return replace(recording, spikes=recording.spikes[:, chosen])
    if not model.name.startswith("spikes"):
        return recording
    late = lags(recording, recording.spikes.shape[1], model.seed)
    columns = [np.roll(cell, lag) for cell, lag in zip(recording.spikes.T, late, strict=True)]
    return replace(recording, spikes=np.stack(columns, axis=1))


def lags(recording: Recording, n: int, seed: int) -> np.ndarray:
    """Random delays in bins, (n,), each at least `LEAST_LAG` round trips, either way round."""
    n_bins, trips = len(recording.spikes), len(recording.trials())
    least = LEAST_LAG * n_bins // max(trips, 1)
    if not 0 < least < n_bins / 2:
        raise ValueError(
            f"{recording.name} has {trips} round trips; a lag of {LEAST_LAG} needs over twice as "
            "many"
        )
    return np.random.default_rng(seed).integers(least, n_bins - least + 1, n)


def embed(
    fits: Mapping[Model, Fit], rats: Mapping[str, Recording], part: str
) -> dict[Model, np.ndarray]:
    """Embed the training or the held-out bins of each model's split.

    Parameters
    ----------
    fits : mapping of Model to Fit
    rats : mapping of str to Recording
    part : {"train", "test"}

    Returns
    -------
    dict
        (n_bins, 3) float32 by `Model`; windows stop where a stretch of bins does. Models of all
        trips come once a fold, ``-seen`` added to their name.
    """
    embedded = {}
    for model, fit in fits.items():
        seen = recording_of(rats[model.rat], model)
        for shown in _shown_as(model, seen):
            bins = getattr(named_split(seen, shown.split), part)
            # the paper's models know nothing of cuts
            cuts = () if model.name in PAPER_KINDS else stretches(bins, seen.segments)
            embedded[shown] = fit.transform(seen.spikes[bins], cuts)
    return embedded


def _shown_as(model: Model, recording: Recording) -> list[Model]:
    """A model itself; one that was trained on all trips as a model of its own of each fold."""
    if model.split != "all":
        return [model]
    name = f"{model.name}-seen"
    return [model._replace(split=split.name, name=name) for split in nested_splits(recording)]


def _of_rats(rats: Mapping[str, Recording], profile: str, seed: int) -> Iterator[Model]:
    for split, runs in RUNS[profile].items():
        for name, n_runs in runs.items():
            for rat in rats:
                # In the quick profile one rat is trained twice: runs, too, have to be compared.
                twice = profile == "quick" and name == "posdir" and rat == next(iter(rats))
                for run in range(n_runs + twice):
                    yield Model(rat, split, name, seed + run)


def _by_paper(rats: Mapping[str, Recording], profile: str, seed: int) -> list[Model]:
    """Models by the paper's protocol: too many steps of too large a batch for the quick profile."""
    if profile == "quick":
        return []
    n = PAPER_SEEDS[profile][1]
    found = [model for rat in rats.values() for model in paper_models(rat, n, seed)]
    for rat in rats.keys() & RUNS_OF_TIME:
        found += several(rat, "all", {"paper-time": RUNS_OF_TIME[rat] - n}, seed + n)
    return found


def _of_groups(recording: Recording, profile: str, seed: int) -> Iterator[Model]:
    n_neurons = recording.spikes.shape[1]
    quarter = n_neurons // N_GROUPS
    sizes = [(quarter, name, n_runs) for name, n_runs in RUNS_OF_GROUPS[profile].items()]
    sizes += [(round(quarter * x), "posdir", runs) for x, runs in SHARES[profile].items()]
    for size, name, n_runs in sizes:
        for run in range(n_runs):
            for group in range(min(N_GROUPS, N_GROUPS * quarter // size)):
                yield Model(recording.name, FIRST_FOLD, name, seed + run, size=size, group=group)
