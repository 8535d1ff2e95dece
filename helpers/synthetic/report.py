"""The synthetic benchmark's results: each embedding scored once, then averaged and told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from time import process_time
from typing import NamedTuple

import numpy as np

from helpers.claims import published
from helpers.training import Fit, new_module, new_sampler, train

from .jobs import (
    PLANS,
    Model,
    Rival,
    Setting,
    embeddings,
    job_of,
    main_setting,
    many_mixings,
    mixings,
    population,
    simple,
    sweep,
)
from .scores import label_features, scores

NAMES = {
    "cebra": "CEBRA, told u",
    "time": "CEBRA, time only",
    "shuffled": "CEBRA, shuffled u",
    "pca": "PCA",
    "umap": "UMAP",
    "tsne": "t-SNE",
    "readout": "ridge regression of u",
    "label": "the label alone",
    "bound": "the best there is (Bayes)",
    "told": "the best that knows u too",
}


class Key(NamedTuple):
    """Which embedding a score belongs to; ``steps`` is 0 where nothing is trained by steps."""

    setting: Setting
    method: str
    seed: int = 0
    steps: int = 0


Found = dict[Key, dict[str, float]]


class Spread(NamedTuple):
    """Values over seeds or mixings."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Their mean."""
        return float(np.mean(self.values))

    @property
    def sd(self) -> float | None:
        """Their standard deviation; None for a single value."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else None

    @property
    def n(self) -> int:
        """How many."""
        return len(self.values)

    def text(self, digits: int = 3) -> str:
        """Mean ± standard deviation (number of values)."""
        spread = "" if self.sd is None else f" ± {self.sd:.{digits}f} ({self.n})"
        return number(self.mean, digits) + spread


def score_all(fits: Mapping[Model, Fit], rivals: Mapping[Rival, Mapping[str, np.ndarray]]) -> Found:
    """Score every embedding of the chapter, and the label as an embedding of its own.

    Parameters
    ----------
    fits : mapping of Model to Fit
    rivals : mapping of Rival to dict
        What `helpers.synthetic.jobs.embed_all` returned.

    Returns
    -------
    dict of Key to dict
        `helpers.synthetic.scores.scores`.
    """
    placed = {Key(m.setting, m.variant, m.seed, m.steps): e for m, e in embeddings(fits).items()}
    placed |= {Key(r.setting, r.method, r.seed): a["embedding"] for r, a in rivals.items()}
    for setting in dict.fromkeys(key.setting for key in list(placed)):
        placed[Key(setting, "label")] = label_features(population(setting).label)
    return {key: scores(population(key.setting), e) for key, e in placed.items()}


def over_seeds(found: Found, profile: str, method: str, measure: str) -> Spread:
    """A method's score on the published generator's first mixing, over its training seeds."""
    main, steps = main_setting(profile), _steps(profile, method)
    chosen = [k for k in found if (k.setting, k.method, k.steps) == (main, method, steps)]
    return _spread(found, sorted(chosen, key=lambda key: key.seed), measure, method)


def over_mixings(
    found: Found, profile: str, method: str, measure: str, generator: str = "published"
) -> Spread:
    """A method's score over mixings, each with the first training seed."""
    settings = {"published": mixings, "simple": simple}[generator](profile, _planned(method))
    chosen = [first_key(found, setting, method, _steps(profile, method)) for setting in settings]
    return _spread(found, chosen, measure, method)


def first_key(found: Found, setting: Setting, method: str, steps: int) -> Key:
    """Find the key of a method's first seed on a population."""
    keys = [k for k in found if (k.setting, k.method, k.steps) == (setting, method, steps)]
    if not keys:
        raise ValueError(f"{method} was not run on {setting} with {steps} steps")
    return min(keys, key=lambda key: key.seed)


def paired(
    found: Found,
    profile: str,
    first: str,
    second: str,
    measure: str,
    generator: str = "published",
) -> Spread:
    """Score of one method less that of another, mixing by mixing, where both were run."""
    pair = (over_mixings(found, profile, m, measure, generator) for m in (first, second))
    ours, theirs = (spread.values for spread in pair)
    return Spread(tuple(a - b for a, b in zip(ours, theirs, strict=False)))


def shared_means(
    found: Found,
    profile: str,
    methods: Sequence[str],
    measure: str,
    generator: str = "published",
) -> dict[str, float]:
    """Mean scores of several methods over those mixings on which all of them were run."""
    spreads = {m: over_mixings(found, profile, m, measure, generator) for m in methods}
    n = min(spread.n for spread in spreads.values())
    return {method: float(np.mean(spread.values[:n])) for method, spread in spreads.items()}


def each_mixing(
    found: Found, profile: str, methods: Sequence[str], measure: str
) -> list[list[str]]:
    """Rows of a table: a mixing of the published generator, and every method's score on it."""
    scores = [over_mixings(found, profile, method, measure).values for method in methods]
    return [
        [str(mixing), *(number(s[mixing]) if mixing < len(s) else "–" for s in scores)]
        for mixing in range(max(map(len, scores)))
    ]


def compare(first: str, second: str, difference: Spread) -> str:
    """Say in one sentence how two methods differ, and on how many mixings."""
    ahead = sum(value > 0 for value in difference.values)
    mixings = f"{ahead} of {difference.n} mixings" if difference.n > 1 else "the one mixing tried"
    spread = "" if difference.sd is None else f" ± {difference.sd:.3f}"
    if difference.n == 1 and not ahead:
        mixings = "none, of one mixing tried"
    apart = number(difference.mean, sign="+")
    return f"{first} is ahead of {second} on {mixings}; difference {apart}{spread}."


def by_steps(found: Found, profile: str, measure: str) -> dict[int, float]:
    """CEBRA's score on the first mixing, first seed, after various numbers of steps."""
    main = main_setting(profile)
    steps = sorted({k.steps for k in found if k.setting == main and k.method == "cebra"})
    return {n: found[first_key(found, main, "cebra", n)][measure] for n in steps}


def swept(found: Found, profile: str, axis: str, measure: str) -> dict[str, dict[float, Spread]]:
    """Scores against the number of ``neurons`` or the factor on ``spikes``.

    Returns
    -------
    dict of method to dict of place on the axis to Spread over mixings
    """
    plan, other = PLANS[profile], {"neurons": "spikes", "spikes": "neurons"}[axis]
    plain = getattr(Setting(), other)
    lines: dict[str, dict[float, Spread]] = {}
    for method in (*plan.swept, "readout", "label", "bound"):
        steps = PLANS["quick"].steps if method == "cebra" else 0
        for place in sorted({getattr(s, axis) for s in sweep(profile)}):
            here = [
                s
                for s in sweep(profile)
                if getattr(s, axis) == place and getattr(s, other) == plain
            ]
            keys = [first_key(found, setting, method, steps) for setting in here]
            lines.setdefault(method, {})[place] = _spread(found, keys, measure, method)
    return lines


def share_of_best(
    found: Found, profile: str, axis: str, measure: str = "held_out"
) -> dict[str, dict[float, float]]:
    """Mean scores along an axis as shares of the best there is, by method and place."""
    lines = swept(found, profile, axis, measure)
    best = lines.pop("bound")
    return {
        method: {place: one.mean / best[place].mean for place, one in places.items()}
        for method, places in lines.items()
    }


def bounds(found: Found, profile: str) -> np.ndarray:
    """The highest R² that each of many mixings allows (n_mixings,)."""
    keys = [first_key(found, setting, "bound", 0) for setting in many_mixings(profile)]
    return np.array([found[key]["in_sample"] for key in keys])


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


def pair_distances(model: Model, n_steps: int = 20) -> np.ndarray:
    """Label of each positive less that of its reference, over some batches of a model's sampler."""
    job = job_of(model)
    sampler = new_sampler(job, new_module(job))
    drawn = np.stack([batch.numpy() for batch in sampler.batches(n_steps)])  # (steps, 3, batch)
    label = job.labels[:, 0].astype(float)
    return (label[drawn[:, 1]] - label[drawn[:, 0]]).ravel()


def training_seconds(model: Model, n_steps: int = 200) -> float:
    """Processor seconds of a model's whole training on one core, from a few of its steps."""
    job = job_of(model)
    for steps in (10, n_steps):  # the first call compiles the loss
        start = process_time()
        train(replace(job, parameters={**job.parameters, "max_iterations": steps}))
        seconds = process_time() - start
    return seconds / n_steps * model.steps


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table; the first column is text, the others numbers."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float, digits: int = 3, sign: str = "") -> str:
    """Write a number with a proper minus sign."""
    return f"{value:{sign}.{digits}f}".replace("-", "−")


def said(method: str, said_by: str) -> str:
    """What a source states of a method's R², as text; a dash if nothing."""
    try:
        claim = published(f"synth.{method}.r2", said_by)
    except KeyError:
        return "–"
    return f"{claim.value:.3f}" + (f" ± {claim.sd:.3f}" if claim.sd else "")


def order(means: Mapping[str, float]) -> str:
    """Names by falling value, as in "CEBRA > PCA"."""
    return " > ".join(sorted(means, key=means.get, reverse=True))


def _steps(profile: str, method: str) -> int:
    return PLANS[profile].steps if method in ("cebra", "shuffled", "time") else 0


def _planned(method: str) -> str:
    """The method whose number of mixings another one shares: what costs nothing runs with PCA."""
    return method if method in ("cebra", "umap", "tsne") else "pca"


def _spread(found: Found, keys: Sequence[Key], measure: str, method: str) -> Spread:
    if not keys:
        raise ValueError(f"no result of {method} to average; was it run?")
    return Spread(tuple(found[key][measure] for key in keys))
