"""Is it a bug? The data, the training and the pairs, each held against what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import process_time

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables
from helpers.training import Fit, new_module, new_sampler, train

from .jobs import (
    PLANS,
    SETTINGS,
    VARIANTS,
    Baseline,
    Model,
    Setting,
    job_of,
    main_setting,
    population,
)
from .scored import Scored

CURVES = {"R², in sample": "in_sample", "R², held out": "held_out", "beyond the label": "beyond"}


@dataclass(frozen=True, eq=False)
class Checks:
    """Three checks of a training.

    Attributes
    ----------
    losses : mapping of str to (steps,) array
        InfoNCE of CEBRA, trained longest, and of its controls, nats.
    curves : mapping of str to mapping of int to float
        Scores by number of steps.
    distances : (n,) array
        Label of positives less that of their references, radians.
    time : float
        Held-out R² of the control that knows only the order.
    steps : int
        Of the profile's trainings.
    """

    losses: Mapping[str, np.ndarray]
    curves: Mapping[str, Mapping[int, float]]
    distances: np.ndarray
    time: float
    steps: int

    @property
    def delta(self) -> float:
        """Standard deviation that distances should have."""
        return SETTINGS["delta"]

    @property
    def best(self) -> int:
        """Number of steps with the highest held-out R²."""
        held = self.curves["R², held out"]
        return max(held, key=held.get)

    def said(self) -> Markdown:
        """What the pairs, longer training and the control of time alone show."""
        sample, held, beyond = self.curves.values()
        steps, top, longest = self.steps, self.best, max(held)
        end, chance = self.losses["time"][-100:].mean(), np.log(SETTINGS["batch_size"])
        return Markdown(
            f"Positive pairs differ by {self.distances.std():.3f} (standard deviation), wanted "
            f"{self.delta:g}; the ends of the label's range hold some back. After {steps:,} steps "
            f"the score on held-out samples is {held[steps]:.3f}; it was highest, {held[top]:.3f}, "
            f"after {top:,}. After {longest:,} steps it is {held[longest]:.3f} there, and "
            f"{sample[longest]:.3f} in sample. Beyond the label: {beyond[top]:.3f} after {top:,} "
            f"steps, {beyond[longest]:.3f} after {longest:,}.\n\nThe loss of the control that "
            f"knows only the order ends at {end:.2f} nats, where chance is {chance:.2f}; its score "
            f"on held-out samples is {self.time:.3f}. Every sample has one fixed partner there, "
            "and pairs can be learnt by heart."
        )

    def expect(self) -> None:
        """Check the pairs, and the best held-out score."""
        claims.expect("synth.pairs.sd", self.distances.std())
        claims.expect("synth.steps.best_held_out", self.curves["R², held out"][self.best])


def checks(scored: Scored, fits: Mapping[Model, Fit], seed: int = 0) -> Checks:
    """Gather the checks on the first mixing.

    Parameters
    ----------
    scored : Scored
    fits : mapping of Model to Fit
    seed : int
        The first training seed.

    Returns
    -------
    Checks
    """
    main, steps = main_setting(scored.profile), PLANS[scored.profile].steps
    curves = {title: scored.by_steps(measure) for title, measure in CURVES.items()}
    losses = {name: fits[Model(main, name, seed, steps)].loss for name in VARIANTS}
    losses["cebra"] = fits[Model(main, "cebra", seed, max(curves["R², in sample"]))].loss
    distances = pair_distances(Model(main, "cebra", seed, steps))
    return Checks(losses, curves, distances, scored.spread("time", "held_out").mean, steps)


def moments(setting: Setting) -> list[tuple[str, float, float, float]]:
    """What the latent of a population should be like, and is: (what, wanted, found, its error)."""
    data = population(setting)
    u, away = data.label.astype(float), data.residual
    bend = 2 / np.pi  # mean of |sin u|
    per_sample = {
        "mean of u": (np.pi, u),
        "variance of u": (np.pi**2 / 3, (u - np.pi) ** 2),
        "mean of z₁ − u": (0.0, away[:, 0]),
        "mean of z₂ − 2 sin u": (0.0, away[:, 1]),
        "variance of z₁ given u": (0.6 - 0.3 * bend, away[:, 0] ** 2),
        "variance of z₂ given u": (0.3 * bend, away[:, 1] ** 2),
        "product of the two scatters": (0.0, away[:, 0] * away[:, 1]),
    }
    root = np.sqrt(len(u))
    return [(what, w, v.mean(), v.std() / root) for what, (w, v) in per_sample.items()]


def table_of_moments(profile: str) -> Markdown:
    """The latent's moments, wanted and found."""
    head = ["the latent", "should be", "is", "standard error"]
    rows = [
        [what, *(tables.number(value, 3) for value in values)]
        for what, *values in moments(main_setting(profile))
    ]
    return Markdown(tables.markdown(head, rows))


def pair_distances(model: Model, n_steps: int = 20) -> np.ndarray:
    """Label of each positive less that of its reference, over some batches of a model's sampler."""
    job = job_of(model)
    sampler = new_sampler(job, new_module(job))
    drawn = np.stack([batch.numpy() for batch in sampler.batches(n_steps)])  # (steps, 3, batch)
    label = job.labels[:, 0].astype(float)
    return (label[drawn[:, 1]] - label[drawn[:, 0]]).ravel()


def seconds(
    baselines: Mapping[Baseline, Mapping[str, np.ndarray]], profile: str, seed: int = 0
) -> dict[str, float]:
    """Processor seconds of one embedding on one core, by method; CEBRA's from a few steps."""
    main = main_setting(profile)
    found = {"cebra": training_seconds(Model(main, "cebra", seed, PLANS[profile].steps))}
    for name, number in (("umap", seed), ("tsne", seed), ("pca", 0), ("readout", 0)):
        found[name] = float(baselines[Baseline(main, name, number)]["seconds"][0])
    return found


def training_seconds(model: Model, n_steps: int = 200) -> float:
    """Processor seconds of a model's whole training on one core, from a few of its steps."""
    job = job_of(model)
    for steps in (10, n_steps):  # the first call compiles the loss
        start = process_time()
        train(replace(job, parameters={**job.parameters, "max_iterations": steps}))
        taken = process_time() - start
    return taken / n_steps * model.steps
