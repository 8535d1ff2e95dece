"""What a search is worth: many settings, chosen by the laps that report them, or by others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables
from helpers.decoding import named_split
from helpers.recordings import stretches
from helpers.training import Fit, Model

from .compare import Part, Rats, compare
from .grid import SEARCHED, SETTINGS
from .jobs import FIRST_FOLD
from .summary import said, summary

PARTS = ("train", "valid", "test")
TITLES = {"train": "training laps", "valid": "validation laps", "test": "held-out laps"}


@dataclass(frozen=True, eq=False)
class Search:
    """Agreement between rats under many settings.

    Attributes
    ----------
    scores : (settings, 3) array
        Mean R² over ordered pairs of rats on training, validation and held-out laps of the first
        fold, by place and direction; empty in the quick profile.
    """

    scores: np.ndarray

    def best_by(self, part: str) -> int:
        """The setting with the highest agreement on some laps."""
        return int(np.argmax(self.scores[:, PARTS.index(part)]))

    def table(self) -> Markdown:
        """The chosen settings, and the median over all, on each kind of laps."""
        if not len(self.scores):
            return Markdown("The search is for the full profile.")
        head = ["setting", *(f"R², {TITLES[part]}" for part in PARTS)]
        rows = [
            [f"highest on {TITLES[p]}: {_words(self.best_by(p))}", self.best_by(p)]
            for p in PARTS[:2]
        ]
        table = [[text, *(said(value, 3) for value in self.scores[n])] for text, n in rows]
        median = np.median(self.scores, axis=0)
        table.append([f"median of {len(SETTINGS)} settings", *(said(v, 3) for v in median)])
        return Markdown(f"{tables.markdown(head, table)}\n\n{self._said()}")

    def note(self) -> None:
        """Note what the search wins: one seed, with no spread to compare it by."""
        for part, gain in self.gains().items():
            claims.note(f"consistency.search.gain.{part}", gain)

    def gains(self) -> dict[str, float]:
        """R² of the setting chosen by training laps less the median setting's, by kind of laps."""
        if not len(self.scores):
            return {}
        won = self.scores[self.best_by("train")] - np.median(self.scores, axis=0)
        return dict(zip(PARTS, won.tolist(), strict=True))

    def _said(self) -> str:
        gains, (low, high) = self.gains(), np.quantile(self.scores[:, 0], [0, 1])
        honest = self.scores[self.best_by("valid"), 2] - np.median(self.scores[:, 2])
        return (
            f"Over {len(SETTINGS)} settings agreement on training laps goes from {said(low)} to "
            f"{said(high)}. Choosing by training laps wins {said(gains['train'], 3)} over the "
            f"median setting on the laps that chose, and {said(gains['test'], 3)} on held-out "
            f"laps; choosing by validation laps wins {said(honest, 3)} there."
        )


def search(rats: Rats, fits: Mapping[Model, Fit], seed: int = 0) -> Search:
    """Measure how rats agree under each setting that was trained.

    Parameters
    ----------
    rats : mapping of str to Recording
    fits : mapping of Model to Fit
    seed : int

    Returns
    -------
    Search
    """
    names = [n for n in SEARCHED if Model(next(iter(rats)), FIRST_FOLD, n, seed) in fits]
    scores = [[_agreement(rats, fits, name, part, seed) for part in PARTS] for name in names]
    return Search(np.array(scores).reshape(-1, len(PARTS)))


def _agreement(rats: Rats, fits: Mapping[Model, Fit], name: str, part: str, seed: int) -> float:
    parts = []
    for rat, one in rats.items():
        bins = getattr(named_split(one, FIRST_FOLD), part)
        fit = fits[Model(rat, FIRST_FOLD, name, seed)]
        points = fit.transform(one.spikes[bins], stretches(bins, one.segments))
        parts.append(Part(points, bins))
    return summary([compare(list(rats.values()), parts)[None]]).mean


def _words(number: int) -> str:
    return ", ".join(f"`{name}={value:g}`" for name, value in SETTINGS[number].items())
