"""Rats on laps that no model has seen, sent round loops of training laps, beside null models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables
from helpers.figures.style import VARIANT_NAMES
from helpers.recordings import Recording
from helpers.training import Model

from . import rounds as around
from .diagrams import NULLS, PCA, Models
from .laps import Winding
from .persistence import ALPHA, hardest_p
from .report import Bars, pick, subsampled
from .rounds import Rounds

TRUE, NULL = ("posdir", "time"), ("shuffled", "lagged")
NAMES = {**VARIANT_NAMES, "lagged": NULLS["lagged"]}


@dataclass(frozen=True, eq=False)
class Unseen:
    """Held-out trips of one rat, round loops of one kind of model.

    Attributes
    ----------
    longest, best, r2 : (n_seeds,) array
        Share wound once round the longest loop and round the best of three, three folds together,
        and R² of position, the mean over folds; NaN where no angle was found.
    each : (n_models,) array
        Share round the best of three of every model alone, on the trips of its fold.
    turned : (n,) array
        Whole turns of every trip round the best of three, the commoner sense of each model
        positive.
    """

    longest: np.ndarray
    best: np.ndarray
    r2: np.ndarray
    each: np.ndarray
    turned: np.ndarray


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Every rat's held-out trips round loops of its training trips.

    Attributes
    ----------
    found : mapping of rat to mapping of name to Unseen
        The chapter's own rat first; names of `TRUE` and `NULL`.
    bars : mapping of rat to mapping of variant to list of Bars
        Of one model of the first fold's training trips.
    n_trips : mapping of rat to int
        Tested, three folds together.
    """

    found: Mapping[str, Mapping[str, Unseen]]
    bars: Mapping[str, Mapping[str, list[Bars]]]
    n_trips: Mapping[str, int]

    def p(self, rat: str, variant: str) -> np.ndarray:
        """P of each model alone among single null models of the kind that is hardest to beat."""
        nulls = [self.found[rat][kind].each for kind in NULL]
        return np.array([hardest_p(share, nulls) for share in self.found[rat][variant].each])

    def winding(self, variant: str) -> list[str]:
        """Rats of which the median model winds more often than nineteen in twenty null models."""
        return [rat for rat in self.found if np.median(self.p(rat, variant)) <= ALPHA]

    @property
    def n_null(self) -> int:
        """Null models of a kind."""
        return min(len(kinds[kind].each) for kinds in self.found.values() for kind in NULL)

    def table(self) -> Markdown:
        """A row a rat and kind of model."""
        rows = [self._row(rat, name) for rat, kinds in self.found.items() for name in kinds]
        loops = ("longest loop", "best of three (range)")
        head = ("rat, model", "seeds", *loops, "R² of position", "p, median (weakest)")
        trips = ", ".join(f"{rat.capitalize()} {n}" for rat, n in self.n_trips.items())
        return Markdown(
            f"{tables.markdown(head, rows)}\n\nShare of whole held-out round trips that wind once, "
            f"three folds together ({trips}). p: each model alone among {self.n_null} single "
            "null models of the kind that is hardest to beat, loops chosen alike; it cannot be "
            f"below {1 / (1 + self.n_null):.3f}."
        )

    def _row(self, rat: str, name: str) -> tuple[str, ...]:
        one = self.found[rat][name]
        p = self.p(rat, name) if name in TRUE else None
        return (
            f"{rat.capitalize()}, {NAMES[name]}",
            str(len(one.best)),
            f"**{one.longest.mean():.0%}**",
            f"**{one.best.mean():.0%}**{_range(one.best)}",
            tables.number(np.nanmean(one.r2), 3),
            "–" if p is None else f"{np.median(p):.3f} ({p.max():.3f})",
        )

    def expect(self) -> None:
        """Check shares and R² on held-out trips; other rats' under their names."""
        for number, (rat, kinds) in enumerate(self.found.items()):
            prefix = f"topology.unseen.{f'{rat}.' if number else ''}"
            for name, one in kinds.items():
                for what, values in (("wound", one.best), ("r2", one.r2)):
                    sd = values.std(ddof=1) if len(values) > 1 else None
                    more = {"sd": sd, "n": len(values), "split": "nested"}
                    claims.expect(f"{prefix}{name}.{what}", float(np.nanmean(values)), **more)

    def said(self, winding: Winding) -> Markdown:
        """The chapter's answer."""
        rat, kinds = next(iter(self.found.items()))
        wound = {name: f"{one.best.mean():.0%}" for name, one in kinds.items()}
        return Markdown(
            f"**Is the ring real?** On trips that no model had seen, {rat} winds once round the "
            f"loop of the model of position and direction on {wound['posdir']} of trips, round "
            f"that of time alone, without labels, on {wound['time']}; round those of "
            f"shuffled and lagged labels on {wound['shuffled']} and {wound['lagged']}. "
            f"{self._said_of_rats()} In PCA of {rat}'s windows, which trains nothing, it winds on "
            f"{winding.null[PCA]['best'].mean():.0%} of all trips; round the long loop of position "
            f"alone on {winding.long['pos']['longest'].mean():.0%}."
        )

    def _said_of_rats(self) -> str:
        if len(self.found) == 1:
            return "That is one rat; the full profile follows four."
        parts = [
            f"{VARIANT_NAMES[v]} in {len(self.winding(v))} of {len(self.found)} rats"
            f" ({', '.join(self.winding(v)) or 'none'})"
            for v in TRUE
        ]
        return (
            f"**Beyond nineteen in twenty null models: {'; '.join(parts)}.** In the others the "
            "loop may be there, but this test does not find it."
        )


def held_out(models: Models, others: Sequence[Recording] = ()) -> HeldOut:
    """Send the rats of tested trips round loops that were found on training trips.

    Parameters
    ----------
    models : Models
        Their own recording comes first.
    others : sequence of Recording
        Further rats, whose models are among the fits.

    Returns
    -------
    HeldOut
    """
    found, bars, trips = {}, {}, {}
    for rec in (models.rec, *others):
        mine = {m: fit for m, fit in models.fits.items() if _is_held_out(m, rec.name)}
        rounds = around.followed_unseen(mine, rec, models.n_landmarks)
        found[rec.name] = {name: _unseen(pick(rounds, name=name)) for name in (*TRUE, *NULL)}
        first = {m: fit.embedding for m, fit in mine.items() if _is_shown(m, models.seed)}
        drawn = subsampled(first, models.n_points, seed=models.seed)
        bars[rec.name] = {m.name: each for m, each in drawn.items()}
        one_model = pick(rounds, name="time", seed=models.seed).values()
        trips[rec.name] = sum(len(one.longest.turned) for one in one_model)
    return HeldOut(found, bars, trips)


def _is_held_out(model: Model, rat: str) -> bool:
    return model.rat == rat and model.split.startswith("nested")


def _is_shown(model: Model, seed: int) -> bool:
    return model.name in TRUE and (model.split, model.seed) == ("nested 0", seed)


def _unseen(rounds: Mapping[Model, Rounds]) -> Unseen:
    """Take the folds of a seed together, and each model by itself."""
    by_seed = [list(pick(rounds, seed=seed).values()) for seed in sorted({m.seed for m in rounds})]
    readings = [[one.best.reading for one in folds] for folds in by_seed]
    return Unseen(
        np.array([around.pooled_share(around.longest(folds)) for folds in by_seed]),
        np.array([around.pooled_share(around.best(folds)) for folds in by_seed]),
        np.array([np.mean([one.r2 if one else np.nan for one in folds]) for folds in readings]),
        around.shares(around.best(rounds.values())),
        np.concatenate([_whole(one.best.turned) for one in rounds.values()]),
    )


def _range(shares: np.ndarray) -> str:
    return f" ({shares.min():.0%} to {shares.max():.0%})" * (len(shares) > 1)


def _whole(turned: np.ndarray) -> np.ndarray:
    """Whole turns, the commoner sense positive."""
    whole = np.round(turned)
    return whole if whole.sum() >= 0 else -whole
