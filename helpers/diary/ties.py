"""Tied labels: the first bin that holds one, as the library takes it, or any, drawn at random.

Directions repeat thousands of times in a recording. Of all bins with the wanted label the library
takes the first, at every step; here is what a model becomes if it draws one of them instead.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from helpers.recordings import Recording
from helpers.training import (
    Fit,
    Job,
    Sampler,
    Training,
    check_finite,
    headline_jobs,
    new_sampler,
    one_thread,
    variant_job,
)

FIRST, RANDOM = "first", "random"


class RandomTies(Sampler):
    """A `Sampler` that takes any of the bins with the nearest label, not the first of them.

    References, negatives and wanted labels are those of the plain sampler, draw by draw: ties are
    broken by a generator of their own.

    Parameters
    ----------
    plain : Sampler
        Taken over, its generator included.
    seed : int
        Of the choice among equals.
    """

    def __init__(self, plain: Sampler, seed: int):
        self.__dict__.update(plain.__dict__)
        self.rng = np.random.default_rng(seed)
        _, number = np.unique(self.labels[self.references], axis=0, return_inverse=True)
        number = number.reshape(-1)
        self.members = self.references[np.argsort(number, kind="stable")]
        self.count = np.bincount(number)
        self.start = np.cumsum(self.count) - self.count
        self.number = np.zeros(len(self.labels), dtype=int)
        self.number[self.references] = number

    def _positives(self, reference: np.ndarray) -> np.ndarray:
        label = self.number[super()._positives(reference)]
        return self.members[self.start[label] + self.rng.integers(self.count[label])]


def sampler_of(job: Job, ties: str) -> Sampler:
    """Make the sampler of a job.

    Parameters
    ----------
    job : Job
        With labels.
    ties : {"first", "random"}

    Raises
    ------
    ValueError
        If the job has no labels, or `ties` is neither.
    """
    if job.labels is None or ties not in (FIRST, RANDOM):
        raise ValueError(
            f"ties={ties!r}, labels {'missing' if job.labels is None else 'given'}: give a job "
            f"with labels and ties={FIRST!r} or {RANDOM!r}"
        )
    plain = new_sampler(job, Training(job).module)
    return RandomTies(plain, job.seed) if ties == RANDOM else plain


def train_random_ties(job: Job) -> dict[str, np.ndarray]:
    """Train a job as `helpers.training.fit` does, but for how ties are broken.

    Parameters
    ----------
    job : Job

    Returns
    -------
    dict
        `embedding` (T, d) of the bins trained on, and `loss` (steps,); see `helpers.kept`.

    Raises
    ------
    FloatingPointError
        If the loss stops being finite.
    """
    with one_thread():
        run, sampler = Training(job), sampler_of(job, RANDOM)
        steps = job.parameters["max_iterations"]
        log = np.array([[*run.step(centres), 1.0] for centres in sampler.batches(steps)])
        check_finite(job, log)
        names = ("total", "pos", "neg", "temperature")
        trained = run.trained(dict(zip(names, log.T.astype(np.float32), strict=True)))
        return {"embedding": Fit(job, trained).embedding, "loss": trained.log["total"]}


def jobs_07(recording: Recording, profile: str, seed: int = 0) -> dict[tuple[str, str], Job]:
    """Make the jobs of the debugging diary: direction and shuffled labels, under both rules.

    Parameters
    ----------
    recording : Recording
    profile : {"quick", "full"}
        As long as the headline models, and in float32 as they are.
    seed : int

    Returns
    -------
    dict
        `Job` by (labels, how ties are broken). Those whose ties are broken at random are for
        `train_random_ties`; ``("dir", "first")`` is the model of chapter 02.
    """
    plain = headline_jobs(recording, profile, seed)["dir"]
    steps = plain.parameters["max_iterations"]
    jobs = {"dir": plain}
    for variant in ("dir", "pos"):
        job = variant_job(recording, variant, seed=seed, max_iterations=steps)
        labels = np.random.default_rng(seed).permutation(job.labels)
        name = f"{recording.key} {variant} shuffled seed {seed}"
        jobs[f"{variant}_shuffled"] = replace(job, labels=labels, name=name)
    return {
        ("dir", FIRST): jobs["dir"],
        ("dir", RANDOM): jobs["dir"],
        ("dir_shuffled", FIRST): jobs["dir_shuffled"],
        ("dir_shuffled", RANDOM): jobs["dir_shuffled"],
        ("pos_shuffled", FIRST): jobs["pos_shuffled"],
    }
