"""Tied labels: the first bin that holds one, as the library takes it, or any, drawn at random.

Directions repeat thousands of times in a recording. Of all bins with the wanted label the library
takes the first, at every step; here is what a model becomes if it draws one of them instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from IPython.display import Markdown

from helpers import tables
from helpers.claims import expect, published
from helpers.kept import kept_many
from helpers.recordings import Recording
from helpers.topology import shape
from helpers.training import (
    Fit,
    Job,
    Sampler,
    Training,
    check_finite,
    fit_many,
    headline_jobs,
    new_sampler,
    one_thread,
    variant_job,
)

FIRST, RANDOM = "first", "random"
LABELS = {"dir": "direction", "dir_shuffled": "direction, shuffled"}
RULES = {FIRST: "first of equals", RANDOM: "any of equals"}
Key = tuple[str, str]


class RandomTies(Sampler):
    """A `Sampler` that takes any of the bins with the nearest label, not the first of them.

    References, negatives and wanted labels are those of the plain sampler, draw by draw: ties are
    broken by a generator of their own, from `seed`.
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
    """Make the sampler of a job with labels that takes the first of equals, or a random one."""
    if job.labels is None or ties not in (FIRST, RANDOM):
        raise ValueError(
            f"ties={ties!r}, labels {'missing' if job.labels is None else 'given'}: give a job "
            f"with labels and ties={FIRST!r} or {RANDOM!r}"
        )
    plain = new_sampler(job, Training(job).module)
    return RandomTies(plain, job.seed) if ties == RANDOM else plain


def train_random_ties(job: Job) -> dict[str, np.ndarray]:
    """Train a job as `helpers.training.fit` does, but for how ties are broken.

    Gives `embedding` (T, d) of the bins trained on, and `loss` (steps,), for `helpers.kept`.
    FloatingPointError if the loss stops being finite.
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
    """Make the jobs, as long as the headline models, by (labels, how ties are broken).

    Those whose ties are broken at random are for `train_random_ties`; ``("dir", "first")`` is the
    model of chapter 02.
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


@dataclass(frozen=True)
class Ties:
    """Models that differ in how ties of labels are broken, by (labels, how).

    Parameters
    ----------
    embedding : dict of (T, 3) arrays
    positives : dict of int
        Different bins that served as positives in forty batches.
    loss : dict of float
        Over the last twentieth of the training, in nats.
    rand_index : dict of float
        Adjusted, of two clusters against running direction.
    r2_within : dict of float
        Of position, read linearly within each direction.
    chance : float
        Loss of a model that knows nothing.
    direction : (T,) array
        +1 or -1.
    """

    embedding: dict[Key, np.ndarray]
    positives: dict[Key, int]
    loss: dict[Key, float]
    rand_index: dict[Key, float]
    r2_within: dict[Key, float]
    chance: float
    direction: np.ndarray

    def panels(self) -> dict[tuple[str, str], Key]:
        """Title of every combination that the page shows: labels, and how ties are broken."""
        return {
            (name, rule): (of, tie) for of, name in LABELS.items() for tie, rule in RULES.items()
        }

    def table(self) -> Markdown:
        """Set positives, loss, clusters and position by labels and rule."""
        rows = [
            [
                *title,
                f"{self.positives[key]:,}",
                f"{self.loss[key]:.3f}",
                tables.number(self.rand_index[key]),
                tables.number(self.r2_within[key]),
            ]
            for title, key in self.panels().items()
        ]
        head = ["labels", "ties", "distinct positives", "loss", "two clusters: Rand index"]
        head += ["R² of position within a direction"]
        return Markdown(tables.markdown(head, rows, left=2))

    def expect(self) -> None:
        """Hold losses, positives and clusters to what is recorded, but what chapter 02 holds."""
        for (of, tie), value in self.loss.items():
            if (of, tie) != ("dir", FIRST):
                expect(f"loss.{of}" if tie == FIRST else f"diary.ties.{of}.loss", value)
        for of in LABELS:
            expect(f"diary.ties.{of}.positives", self.positives[of, FIRST])
        expect("diary.ties.dir.rand_index", self.rand_index["dir", RANDOM])

    def conclusion(self) -> Markdown:
        """Say what survives when any of the equals is drawn, and what the control had learnt."""
        drawn, first = ("dir", RANDOM), ("dir", FIRST)
        survive = "survive" if self.rand_index[drawn] > 0.8 else "**do not survive**"
        more = "less" if self.r2_within[drawn] < self.r2_within[first] else "no less"
        learnt = {
            tie: round(self.chance - self.loss["dir_shuffled", tie], 3) + 0.0 for tie in RULES
        }
        blame = "what was learnt is the tie-break"
        if learnt[RANDOM] >= 0.1 * learnt[FIRST]:
            blame = "a part of what was learnt is the tie-break"
        n = self.positives["dir_shuffled", FIRST]
        windows = "the same window" if n == 1 else f"one of the same {n} windows"
        claimed = published("loss.dir_shuffled", "paper").value
        return Markdown(
            f"The two clusters {survive}: with any of the equals the Rand index is "
            f"{self.rand_index[drawn]:.2f}, and position is {more} visible within them.\n\n"
            f"The shuffled rows are the ones to look at. Chance is {self.chance:.3f}. The paper's "
            f"model of shuffled directions ends at {claimed:.3f}, below it; ours, by the library's "
            f"rule, at {self.loss['dir_shuffled', FIRST]:.3f}: {learnt[FIRST]:.3f} *learnt* from "
            f"labels that say nothing. With any of the equals, {learnt[RANDOM]:.3f}. So {blame}: "
            f"by the rule every positive is {windows}, and to lie near one point is easily learnt."
        )


def break_ties(recording: Recording, profile: str, seed: int = 0) -> Ties:
    """Train on direction and on shuffled labels, under both rules, and look at what comes of it.

    Parameters
    ----------
    recording : Recording
    profile : {"quick", "full"}
    seed : int

    Returns
    -------
    Ties
    """
    jobs = jobs_07(recording, profile, seed)
    first, drawn = ([key for key in jobs if key[1] == rule] for rule in (FIRST, RANDOM))
    fits = dict(zip(first, fit_many([jobs[key] for key in first]), strict=True))
    maps = {key: (fit.embedding, fit.loss) for key, fit in fits.items()}
    results = kept_many(train_random_ties, [{"job": jobs[key]} for key in drawn])
    maps |= {key: (r["embedding"], r["loss"]) for key, r in zip(drawn, results, strict=True)}
    last = slice(-(len(maps["dir", FIRST][1]) // 20), None)
    place, way = recording.position, recording.direction
    return Ties(
        {key: points for key, (points, _) in maps.items()},
        {key: len(np.unique(sampler_of(jobs[key], key[1]).draw(40)[:, 1])) for key in jobs},
        {key: float(loss[last].mean()) for key, (_, loss) in maps.items()},
        {key: shape.direction_rand_index(points, way) for key, (points, _) in maps.items()},
        {key: shape.linear_r2(points, place, way) for key, (points, _) in maps.items()},
        float(np.log(jobs["dir", FIRST].parameters["batch_size"])),
        way,
    )
