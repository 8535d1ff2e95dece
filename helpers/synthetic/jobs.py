"""Which populations chapter 01 makes, which models it trains on them, and who else embeds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers.kept import kept_many
from helpers.training import Fit, Job

from .bound import posterior_mean
from .latent import draw_latent
from .methods import embed
from .population import Population, rates, simulate

SETTINGS = {  # the paper's, for this benchmark; whatever is not here, the library's defaults
    "model_architecture": "offset1-model-mse",
    "output_dimension": 2,
    "distance": "euclidean",
    "conditional": "delta",
    "delta": 0.1,
    "learning_rate": 1e-4,
    "batch_size": 512,
}
VARIANTS = ("cebra", "shuffled", "time")
N_DRAWS = 20_000  # of the prior, to compute the bound
AT_ONCE = 16  # calls whose arguments are in memory together


class Setting(NamedTuple):
    """A population's recipe."""

    generator: str = "published"
    mixing: int = 0
    samples: int = 15_000
    neurons: int = 100
    spikes: float = 1.0


class Model(NamedTuple):
    """A CEBRA model of a population."""

    setting: Setting
    variant: str
    seed: int
    steps: int


class Baseline(NamedTuple):
    """Another method's embedding of a population; ``told`` and ``bound`` are `posterior_mean`."""

    setting: Setting
    method: str
    seed: int = 0


class Plan(NamedTuple):
    """How much of everything a profile can afford; a number of seeds or mixings, from 0 on."""

    samples: int
    steps: int
    seeds: Mapping  # training seeds on mixing 0, by method
    mixings: Mapping  # mixings, the first included, by method
    simple: Mapping  # the same for the simple generator
    curve: tuple  # other numbers of steps, on mixing 0
    neurons: tuple  # what the sweeps go through, at the quick size, apart from 100 and 1
    spikes: tuple
    swept: tuple  # methods
    swept_mixings: int
    bounds: int  # mixings of which only the bound is computed


PLANS = {
    "quick": Plan(
        samples=3_000,
        steps=1_000,
        seeds={"cebra": 3, "shuffled": 1, "time": 1, "umap": 1, "tsne": 1},
        mixings={"cebra": 3, "umap": 1, "tsne": 1, "pca": 3},
        simple={"cebra": 1, "umap": 1, "tsne": 1, "pca": 1},
        curve=(300,),
        neurons=(12, 50),
        spikes=(0.2, 5.0),
        swept=("cebra", "pca"),
        swept_mixings=1,
        bounds=20,
    ),
    "full": Plan(
        samples=15_000,
        steps=5_000,
        seeds={"cebra": 10, "shuffled": 3, "time": 3, "umap": 5, "tsne": 3},
        mixings={"cebra": 10, "umap": 5, "tsne": 5, "pca": 10},
        simple={"cebra": 5, "umap": 5, "tsne": 5, "pca": 5},
        curve=(500, 1_000, 2_000, 10_000),
        neurons=(6, 12, 25, 50),
        spikes=(0.05, 0.2, 5.0),
        swept=("cebra", "pca", "umap", "tsne"),
        swept_mixings=2,
        bounds=100,
    ),
}


@lru_cache(maxsize=64)
def population(setting: Setting) -> Population:
    """Simulate a population by its recipe; the data seed is always 0, whatever trains on it."""
    return simulate(
        setting.generator,
        setting.samples,
        mixing_seed=setting.mixing,
        n_neurons=setting.neurons,
        spikes=setting.spikes,
    )


def jobs_01(recording, profile: str, *, seed: int = 0, dtype: str = "float32") -> dict[Model, Job]:
    """Build the jobs of chapter 01.

    Parameters
    ----------
    recording : Recording
        Not looked at: this chapter knows the truth, no rat does.
    profile : {"quick", "full"}
    seed : int
        The first training seed.
    dtype : {"float32"}
        This architecture runs through the official module, in no other.

    Returns
    -------
    dict of Model to Job

    Raises
    ------
    ValueError
        If the profile is unknown.
    """
    return {model: job_of(model, dtype) for model in models(profile, seed)}


def models(profile: str, seed: int = 0) -> list[Model]:
    """List the models of a profile, each once."""
    plan, main = _plan(profile), main_setting(profile)
    found = [
        Model(main, variant, seed + number, plan.steps)
        for variant in VARIANTS
        for number in range(plan.seeds[variant])
    ]
    found += [Model(s, "cebra", seed, plan.steps) for s in mixings(profile, "cebra")]
    found += [Model(s, "cebra", seed, plan.steps) for s in simple(profile, "cebra")]
    found += [Model(main, "cebra", seed, steps) for steps in plan.curve]
    small = PLANS["quick"].steps
    found += [Model(s, "cebra", seed, small) for s in sweep(profile)]
    return list(dict.fromkeys(found))


def baselines(profile: str, seed: int = 0) -> list[Baseline]:
    """List the embeddings by other methods, each once."""
    plan, main = _plan(profile), main_setting(profile)
    bounds = (Baseline(setting, "bound") for setting in many_mixings(profile))
    found = [Baseline(main, "told"), *bounds]
    for method in ("pca", "readout", "bound"):
        for setting in (*mixings(profile, "pca"), *simple(profile, "pca"), *sweep(profile)):
            found.append(Baseline(setting, method))
    for method in ("umap", "tsne"):
        found += [Baseline(main, method, seed + n) for n in range(plan.seeds[method])]
        found += [Baseline(s, method, seed) for s in mixings(profile, method)]
        found += [Baseline(s, method, seed) for s in simple(profile, method)]
        if method in plan.swept:
            found += [Baseline(s, method, seed) for s in sweep(profile)]
    return list(dict.fromkeys(found))


def main_setting(profile: str) -> Setting:
    """The published generator's first mixing, on which seeds vary."""
    return Setting(samples=_plan(profile).samples)


def mixings(profile: str, method: str) -> list[Setting]:
    """The published generator under as many mixings as a method is run on."""
    number = _plan(profile).mixings[method]
    return [main_setting(profile)._replace(mixing=mixing) for mixing in range(number)]


def simple(profile: str, method: str) -> list[Setting]:
    """The simple generator under as many mixings as a method is run on."""
    number = _plan(profile).simple[method]
    setting = main_setting(profile)._replace(generator="simple")
    return [setting._replace(mixing=mixing) for mixing in range(number)]


def many_mixings(profile: str) -> list[Setting]:
    """Mixings of which only the bound is computed: how much does a mixing let anyone know?"""
    small = PLANS["quick"].samples
    return [Setting(samples=small, mixing=mixing) for mixing in range(_plan(profile).bounds)]


def sweep(profile: str) -> list[Setting]:
    """Populations with fewer neurons, or fewer or more spikes, at the quick size."""
    plan, small = _plan(profile), Setting(samples=PLANS["quick"].samples)
    varied = [small, *(small._replace(neurons=n) for n in plan.neurons)]
    varied += [small._replace(spikes=factor) for factor in plan.spikes]
    return [s._replace(mixing=mixing) for mixing in range(plan.swept_mixings) for s in varied]


def job_of(model: Model, dtype: str = "float32") -> Job:
    """Make the job of a model: the first four fifths of its population, and what it is told."""
    data = population(model.setting)
    labels = data.label[: data.n_train, None]
    parameters = {**SETTINGS, "max_iterations": model.steps}
    if model.variant == "shuffled":
        labels = np.random.default_rng(model.seed).permutation(labels)
    elif model.variant == "time":
        labels = None
        parameters["conditional"] = "time"
    elif model.variant != "cebra":
        raise ValueError(f"variant {model.variant!r} is unknown; use one of {', '.join(VARIANTS)}")
    name = f"{model.variant}, {data.name}, {model.steps} steps, seed {model.seed}"
    spikes = data.spikes[: data.n_train]
    return Job(spikes, labels, parameters, seed=model.seed, name=name, dtype=dtype)


def embeddings(fits: Mapping[Model, Fit]) -> dict[Model, np.ndarray]:
    """Embed all samples of each model's population, those held out too."""
    return {model: fit.transform(population(model.setting).spikes) for model, fit in fits.items()}


def embed_all(wanted: Iterable[Baseline]) -> dict[Baseline, dict[str, np.ndarray]]:
    """Embed with other methods, those whose results are not on disk yet.

    Parameters
    ----------
    wanted : iterable of Baseline

    Returns
    -------
    dict of Baseline to dict
        ``embedding`` (T, 2) and ``seconds`` (1,).
    """
    wanted, found = list(wanted), {}
    by_bayes = [baseline for baseline in wanted if baseline.method in ("bound", "told")]
    others = [baseline for baseline in wanted if baseline not in by_bayes]
    todo = ((posterior_mean, _bayes_call, by_bayes), (embed, _call, others))
    for function, call_of, some in todo:
        for first in range(0, len(some), AT_ONCE):
            part = some[first : first + AT_ONCE]
            results = kept_many(function, [call_of(baseline) for baseline in part])
            found |= dict(zip(part, results, strict=True))
    return {baseline: found[baseline] for baseline in wanted}


def _call(baseline: Baseline) -> dict:
    data = population(baseline.setting)
    call = {"method": baseline.method, "spikes": data.spikes, "n_train": data.n_train}
    if baseline.method == "readout":
        call["label"] = data.label
    return {**call, "seed": baseline.seed}


def _bayes_call(baseline: Baseline) -> dict:
    data = population(baseline.setting)
    _, latents = draw_latent(N_DRAWS, (data.data_seed, 1))
    rate = rates(data.generator, latents, data.mixing_seed)[:, : baseline.setting.neurons]
    call = {"spikes": data.spikes, "rates": baseline.setting.spikes * rate, "latents": latents}
    return {**call, "label": data.label} if baseline.method == "told" else call


def _plan(profile: str) -> Plan:
    if profile not in PLANS:
        raise ValueError(f"profile is {profile!r}; it is 'quick' or 'full'")
    return PLANS[profile]
