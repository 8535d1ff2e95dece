"""Every embedding of the benchmark scored once, and which scores belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from helpers import tables
from helpers.training import Fit

from .jobs import (
    PLANS,
    Baseline,
    Model,
    Setting,
    embeddings,
    main_setting,
    many_mixings,
    mixings,
    population,
    simple,
    sweep,
)
from .scores import label_features, scores

PLAIN = {"neurons": "spikes", "spikes": "neurons"}  # what stays as it is along an axis


class Key(NamedTuple):
    """Which embedding a score belongs to; ``steps`` is 0 where nothing is trained by steps."""

    setting: Setting
    method: str
    seed: int = 0
    steps: int = 0


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

    def text(self) -> str:
        """Mean ± standard deviation (number of values)."""
        spread = "" if self.sd is None else f" ± {self.sd:.3f} ({self.n})"
        return tables.number(self.mean, 3) + spread


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of a profile's embeddings.

    Attributes
    ----------
    found : mapping of Key to mapping
        `helpers.synthetic.scores.scores` of each.
    profile : {"quick", "full"}
    """

    found: Mapping[Key, Mapping[str, float]]
    profile: str

    def spread(self, method: str, measure: str = "in_sample", kind: str = "seeds") -> Spread:
        """A method's score over its seeds on the first mixing, or over mixings, a seed each.

        Parameters
        ----------
        method : str
        measure : str
            One of `helpers.synthetic.scores.MEASURES`.
        kind : {"seeds", "mixings", "simple"}
            Over the published generator's seeds or mixings, or mixings of the simple generator.
        """
        steps = self._steps(method)
        if kind == "seeds":
            keys = self._keys(main_setting(self.profile), method, steps)
        else:
            settings = {"mixings": mixings, "simple": simple}[kind]
            keys = [
                self.first(setting, method, steps)
                for setting in settings(self.profile, _planned(method))
            ]
        return self._spread(keys, measure, method)

    def first(self, setting: Setting, method: str, steps: int) -> Key:
        """Find the key of a method's first seed on a population."""
        keys = self._keys(setting, method, steps)
        if not keys:
            raise ValueError(f"{method} was not run on {setting} with {steps} steps")
        return keys[0]

    def paired(
        self, first: str, second: str, measure: str = "in_sample", kind: str = "mixings"
    ) -> Spread:
        """Score of one method less that of another, mixing by mixing, where both were run."""
        ours, theirs = (self.spread(m, measure, kind).values for m in (first, second))
        return Spread(tuple(a - b for a, b in zip(ours, theirs, strict=False)))

    def shared_means(self, methods: Sequence[str], kind: str) -> dict[str, float]:
        """Mean scores, in sample, over those mixings on which all of the methods were run."""
        spreads = {method: self.spread(method, kind=kind) for method in methods}
        n = min(spread.n for spread in spreads.values())
        return {method: float(np.mean(spread.values[:n])) for method, spread in spreads.items()}

    def by_steps(self, measure: str) -> dict[int, float]:
        """CEBRA's score on the first mixing, first seed, after various numbers of steps."""
        main = main_setting(self.profile)
        steps = sorted({k.steps for k in self.found if (k.setting, k.method) == (main, "cebra")})
        return {n: self.found[self.first(main, "cebra", n)][measure] for n in steps}

    def swept(self, axis: str, measure: str) -> dict[str, dict[float, Spread]]:
        """Spread over mixings by method and place, along ``neurons`` or a factor on ``spikes``."""
        other = PLAIN[axis]
        settings = [
            s for s in sweep(self.profile) if getattr(s, other) == getattr(Setting(), other)
        ]
        lines: dict[str, dict[float, Spread]] = {}
        for method in (*PLANS[self.profile].swept, "readout", "label", "bound"):
            steps = PLANS["quick"].steps if method == "cebra" else 0
            for place in sorted({getattr(s, axis) for s in settings}):
                here = [s for s in settings if getattr(s, axis) == place]
                keys = [self.first(setting, method, steps) for setting in here]
                lines.setdefault(method, {})[place] = self._spread(keys, measure, method)
        return lines

    def share_of_best(self, axis: str) -> dict[str, dict[float, float]]:
        """Mean held-out scores along an axis as shares of the ceiling, by method, place."""
        lines = self.swept(axis, "held_out")
        best = lines.pop("bound")
        return {
            method: {place: one.mean / best[place].mean for place, one in places.items()}
            for method, places in lines.items()
        }

    def bounds(self) -> np.ndarray:
        """The highest R² that each of many mixings allows, (n_mixings,)."""
        keys = [self.first(setting, "bound", 0) for setting in many_mixings(self.profile)]
        return np.array([self.found[key]["in_sample"] for key in keys])

    def _keys(self, setting: Setting, method: str, steps: int) -> list[Key]:
        """Keys of a method on a population, by seed."""
        wanted = (setting, method, steps)
        keys = [k for k in self.found if (k.setting, k.method, k.steps) == wanted]
        return sorted(keys, key=lambda key: key.seed)

    def _steps(self, method: str) -> int:
        return PLANS[self.profile].steps if method in ("cebra", "shuffled", "time") else 0

    def _spread(self, keys: Sequence[Key], measure: str, method: str) -> Spread:
        if not keys:
            raise ValueError(f"no result of {method} to average; was it run?")
        return Spread(tuple(self.found[key][measure] for key in keys))


def score_all(
    fits: Mapping[Model, Fit], baselines: Mapping[Baseline, Mapping[str, np.ndarray]], profile: str
) -> Scored:
    """Score every embedding of the chapter, and the label as an embedding of its own.

    Parameters
    ----------
    fits : mapping of Model to Fit
    baselines : mapping of Baseline to dict
        What `helpers.synthetic.jobs.embed_all` returned.
    profile : {"quick", "full"}

    Returns
    -------
    Scored
    """
    placed = {Key(m.setting, m.variant, m.seed, m.steps): e for m, e in embeddings(fits).items()}
    placed |= {Key(r.setting, r.method, r.seed): a["embedding"] for r, a in baselines.items()}
    for setting in dict.fromkeys(key.setting for key in list(placed)):
        placed[Key(setting, "label")] = label_features(population(setting).label)
    return Scored({k: scores(population(k.setting), e) for k, e in placed.items()}, profile)


def _planned(method: str) -> str:
    """The method whose number of mixings another one shares: what costs nothing runs with PCA."""
    return method if method in ("cebra", "umap", "tsne") else "pca"
