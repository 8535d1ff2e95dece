"""Four rats and what they agree on, on training and on held-out laps, beside controls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from IPython.display import Markdown

from helpers import claims
from helpers.recordings import RATS
from helpers.tables import number
from helpers.training import Fit, Model

from . import baselines
from .compare import LABELS, Points, Rats, across_rats, compare
from .jobs import FIRST_FOLD, RUNS
from .summary import Summary, mean_matrix, pairs_of, said, score_table, summary

NAMES = {"posdir": "CEBRA-Behaviour", "time": "CEBRA-Time"}
IDS = {
    "CEBRA-Behaviour": "cebra_behavior",
    "CEBRA-Time": "cebra_time",
    "PCA": "pca",
    "UMAP": "umap",
    "t-SNE": "tsne",
}
CONTROLS = {
    "shuffled": "shuffled labels",
    "lagged": "lagged labels",
    "spikes": "shuffled spikes",
    "spikes-time": "CEBRA-Time, shuffled spikes",
}
TOLD = "lagged labels, aligned by the labels they had"
PARTS = {"train": "", "test": ".heldout"}
BY_HEART = 0.05  # more of R² that labels lose between laps than no labels do
Folds = list[np.ndarray]  # (runs, n, n) a fold


@dataclass(frozen=True, eq=False)
class Between:
    """Agreement between rats.

    Attributes
    ----------
    rats : tuple of str
        In the order of rows and columns.
    is_real : bool
        The four rats that the paper speaks of.
    found : mapping
        (runs, n, n) arrays a fold, by (part, what rats are aligned by) and method.
    shuffled : mapping
        The same of models of shuffled labels, by (part, aligned by).
    """

    rats: tuple[str, ...]
    is_real: bool
    found: Mapping[tuple[str, str], Mapping[str, Folds]]
    shuffled: Mapping[tuple[str, str], Folds]

    @property
    def methods(self) -> list[str]:
        """Names of the methods, CEBRA first."""
        return list(self.found["train", "ring"])

    def summaries(self, name: str, by: str = "ring") -> tuple[Summary, Summary]:
        """Summaries of a method on training and on held-out laps."""
        return tuple(summary(self.found[part, by][name]) for part in PARTS)

    def pairs(self, name: str, part: str) -> np.ndarray:
        """Every ordered pair of rats, mean over runs and folds, aligned by place and direction."""
        return pairs_of(self.found[part, "ring"][name])

    def matrix(self, name: str) -> np.ndarray:
        """Mean over runs and folds on training laps, (n, n), aligned by place and direction."""
        return mean_matrix(self.found["train", "ring"][name])

    def range(self, name: str) -> tuple[float, float]:
        """The paper's range over pairs, on training laps."""
        return claims.published(f"consistency.rats.{IDS[name]}", "paper").more["range"]

    def published(self, name: str) -> tuple[float, float]:
        """The paper's means on training and on held-out laps."""
        ids = (f"consistency.rats.{IDS[name]}{end}" for end in PARTS.values())
        return tuple(claims.published(id, "paper").value for id in ids)

    def table(self, by: str = "ring") -> Markdown:
        """R² by method, with the control of shuffled labels."""
        title = {"ring": "By place and direction", "position": "By place alone"}[by]
        rows = {name: self.summaries(name, by) for name in self.methods}
        control = tuple(summary(self.shuffled[part, by]) for part in PARTS)
        rows["*control: CEBRA, shuffled labels*"] = control
        return Markdown(f"**{title}**\n\n{score_table(rows)}")

    def expect(self) -> None:
        """Check every method's mean."""
        for (part, by), methods in self.found.items():
            end = PARTS[part] + {"ring": "", "position": ".position"}[by]
            for name, folds in methods.items():
                _expect(f"{IDS[name]}{end}", summary(folds), "nested")

    @cached_property
    def means(self) -> dict[str, dict[str, float]]:
        """Mean R² by part and method, aligned by place and direction."""
        return {
            part: {name: summary(folds).mean for name, folds in self.found[part, "ring"].items()}
            for part in PARTS
        }

    def lost(self) -> Markdown:
        """What is lost from training to held-out laps, and the order of methods on both."""
        train, test = self.means["train"], self.means["test"]
        drop = {name: train[name] - test[name] for name in train}
        order = [sorted(of, key=of.get, reverse=True) for of in (train, test)]
        lost = ", ".join(f"{n} {number(drop[n])}" for n in sorted(drop, key=drop.get, reverse=True))
        told, untold = drop["CEBRA-Behaviour"], drop["CEBRA-Time"]
        heart = (
            "CEBRA-Behaviour loses more than CEBRA-Time, as it would if the labels of training "
            "laps had been learnt by heart."
            if told > untold + BY_HEART
            else "CEBRA-Behaviour loses no more than CEBRA-Time, which has no labels to learn by "
            "heart: what is lost here is something else, of encoders that know their own laps."
        )
        return Markdown(
            f"From training to held-out laps, R² lost: {lost}. {heart} The order of methods, best "
            f"first, is {', '.join(order[0])} on training laps and "
            + ("the same" if order[0] == order[1] else ", ".join(order[1]))
            + " on held-out laps."
        )

    def judged_by_alignment(self) -> list[claims.Judged]:
        """Lines that set one claim beside both ways to align."""
        titles = {"ring": "place and direction", "position": "place alone"}
        name = "CEBRA-Behaviour"
        return [_claimed(f"{name}, {titles[by]}", self, name, "train", by) for by in LABELS]


@dataclass(frozen=True, eq=False)
class Controls:
    """What rats agree on that were trained with labels or spikes of other moments."""

    nulls: Mapping[str, tuple[Summary, Summary]]  # training and held-out laps
    beside: Mapping[str, tuple[Summary, Summary]]  # CEBRA itself

    def table(self) -> Markdown:
        """R² of the controls, CEBRA itself below them."""
        titles = {**CONTROLS, "lagged.told": TOLD}
        rows = {titles[name]: both for name, both in self.nulls.items()}
        return Markdown(score_table(rows | {f"*{n}*": both for n, both in self.beside.items()}))

    def recited(self) -> Markdown:
        """How much of an agreement on training laps is the labels."""
        if "lagged.told" not in self.nulls:
            return Markdown("Lagged labels and shuffled spikes are trained in the full profile.")
        train, test = self.nulls["lagged.told"]
        return Markdown(
            f"Told labels of other trips, four rats agree on them at R² {said(train.mean)} on the "
            f"laps that they were trained on, and at {said(test.mean)} on laps that they were not. "
            "Whatever part of an agreement on training laps lies below the first number needs no "
            "brain: it is the labels, recited. Only what survives on held-out laps has come from "
            "the neurons."
        )

    def expect(self) -> None:
        """Check every control; those of a single run borrow the spread of the one that has two."""
        for name, both in self.nulls.items():
            for one, spare, end in zip(both, self.nulls["shuffled"], PARTS.values(), strict=True):
                _expect(f"{name}{end}", one, FIRST_FOLD, spare.sd)


def between_rats(
    animals: Rats, seen: Points, unseen: Points, profile: str, seed: int = 0
) -> Between:
    """Measure how rats agree, by every method, aligned in both ways.

    Parameters
    ----------
    animals : mapping of str to Recording
        All real or all simulated.
    seen, unseen : mapping of Model to (n, 3) array
        Embeddings of training and of held-out laps, from `embed`.
    profile : {"quick", "full"}
    seed : int
        Of the layouts by UMAP and t-SNE.

    Returns
    -------
    Between
    """
    points = {"train": seen, "test": unseen}
    layouts = baselines.layouts_of_rats(animals, profile, seed)
    found, shuffled = {}, {}
    for part in PARTS:
        for by in LABELS:
            folds = {
                name: across_rats(points[part], animals, model, part, by)
                for model, name in NAMES.items()
            }
            folds["PCA"] = baselines.pca_across_rats(animals, list(RUNS[profile]), part, by)
            for method, runs in layouts.items():
                matrices = [compare(list(animals.values()), run[part], by) for run in runs]
                folds[method] = {FIRST_FOLD: np.stack(matrices)}
            found[part, by] = {name: list(of.values()) for name, of in folds.items()}
            control = across_rats(points[part], animals, "shuffled", part, by)
            shuffled[part, by] = list(control.values())
    is_real = set(animals) == set(RATS) and next(iter(animals.values())).source != "simulated"
    return Between(tuple(animals), is_real, found, shuffled)


def controls(
    animals: Rats, fits: Mapping[Model, Fit], seen: Points, unseen: Points, rats: Between
) -> Controls:
    """Measure what rats agree on where there is nothing to agree on.

    Parameters
    ----------
    animals : mapping of str to Recording
    fits : mapping of Model to Fit
    seen, unseen : mapping of Model to (n, 3) array
    rats : Between
        CEBRA itself, to stand beside them.

    Returns
    -------
    Controls
    """
    trained = {model.name for model in fits if not model.size}

    def both(name, told=False):
        parts = zip((seen, unseen), PARTS, strict=True)
        folds = (across_rats(points, animals, name, part, told=told) for points, part in parts)
        return tuple(summary(list(of.values())) for of in folds)

    nulls = {name: both(name) for name in CONTROLS if name in trained}
    if "lagged" in trained:
        nulls["lagged.told"] = both("lagged", told=True)
    return Controls(nulls, {name: rats.summaries(name) for name in NAMES.values()})


def _claimed(text: str, rats: Between, name: str, part: str, by: str = "ring") -> claims.Judged:
    one = summary(rats.found[part, by][name])
    claim = claims.published(f"consistency.rats.{IDS[name]}{PARTS[part]}", "paper")
    return claims.Judged(text, claim, one.mean, one.sd)


def _expect(end: str, one: Summary, split: str, spare: float | None = None) -> None:
    sd = spare if one.sd is None else one.sd
    claims.expect(f"consistency.rats.{end}", one.mean, sd=sd, n=one.n_runs, split=split)
