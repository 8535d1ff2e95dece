"""Betti numbers in more dimensions, and when a loop is born."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables
from helpers.figures.style import VARIANT_NAMES
from helpers.training import Model

from . import report
from . import rounds as around
from .diagrams import Diagrams, Models, equally_trained
from .report import Bars, Clouds, Counted, pick
from .tables import betti_text


@dataclass(frozen=True, eq=False)
class Dimensions:
    """Betti numbers of the model of position and direction in 3, 8 and 16 dimensions.

    Attributes
    ----------
    bars : mapping of dimension to subsamples
        With H2, of few greedy landmarks.
    counted : mapping of dimension to Counted
        By the authors' rule.
    """

    bars: Mapping[int, list[Bars]]
    counted: Mapping[int, Counted]

    def table(self) -> Markdown:
        """Betti numbers and the longest loop, a row a dimension."""
        rows = []
        for d, found in self.bars.items():
            birth, death, second = report.main_bar(found)
            count = betti_text(self.counted[d])
            rows.append((f"{d}-D", count, f"{birth:.2f} to {death:.2f}", f"{second:.2f}"))
        head = ("position + direction", "[β₀, β₁, β₂]", "longest loop lives", "runner-up")
        return Markdown(tables.markdown(head, rows))

    def expect(self) -> None:
        """Check Betti numbers. Of few subsamples any share may come up: it is only noted."""
        for d, count in self.counted.items():
            claims.expect(f"topology.posdir.betti.d{d}", count.betti)
            claims.note(f"topology.posdir.agree.d{d}", count.share)

    def judged(self) -> list[claims.Judged]:
        """The paper's line."""
        found = {f"d{d}": count.betti for d, count in self.counted.items()}
        claim = claims.published("topology.posdir.betti", "paper")
        return [claims.Judged("[β₀, β₁, β₂], position + direction", claim, found)]


def dimensions(models: Models) -> Dimensions:
    """Count pieces, loops and hollows in more dimensions.

    Parameters
    ----------
    models : Models

    Returns
    -------
    Dimensions
    """
    wide = models.pick("headline")
    wide = {m: c for m, c in wide.items() if m.name in ("posdir", "shuffled")}
    n, n_hollow = report.PAPER_POINTS[models.profile], report.H2_POINTS[models.profile]
    settings = {"n_subsamples": models.n_subsamples, "seed": models.seed}
    loops = report.subsampled(wide, n, **settings)
    hollows = report.subsampled(wide, n_hollow, maxdim=2, how="greedy", **settings)

    def triples(told, d):
        model = models.model("headline", told, d)
        both = zip(loops[model], hollows[model], strict=True)
        return [{**one, "h2": other["h2"]} for one, other in both]

    true = {d: triples("posdir", d) for d in sorted({m.dimension for m in wide})}
    thresholds = {d: report.paper_thresholds(triples("shuffled", d), (0, 1, 2)) for d in true}
    return Dimensions(true, {d: report.counted(true[d], thresholds[d]) for d in true})


def against_distributions(models: Models) -> Markdown:
    """Betti numbers of several seeds, and p of their longest loop and hollow, by dimension.

    Thresholds and p-values are of shuffled models, equally trained; one subsample a model.
    """
    shuffles, true = models.pick("null", name="shuffled"), models.pick("compared", name="posdir")
    nulls, found = (_triples(models, of) for of in (shuffles, true))
    rows = []
    for d in sorted({m.dimension for m in true}):
        among, seeds = (list(pick(of, dimension=d).values()) for of in (nulls, found))
        p = [
            np.median([report.p_of([one], report.longest_bars(among, k), k) for one in seeds])
            for k in (1, 2)
        ]
        count = report.counted(seeds, report.null_thresholds(among, (0, 1, 2)))
        shown = (str(len(seeds)), str(len(among)), betti_text(count))
        rows.append((f"{d}-D", *shown, *(f"{one:.3f}" for one in p)))
    said = "" if len(rows) > 1 else "\n\nThe quick profile trains no nulls in more dimensions."
    head = ("position + direction", "seeds", "null models", "[β₀, β₁, β₂]", "p, loop", "p, hollow")
    return claims.boxed(tables.markdown(head, rows) + said)


def _triples(models: Models, of: Clouds) -> dict[Model, Bars]:
    """One subsample a model: pieces and loops of random points, hollows of greedy landmarks."""
    n, n_hollow = report.PAPER_POINTS[models.profile], report.H2_POINTS[models.profile]
    loops = report.subsampled(of, n, seed=models.seed)
    hollows = report.subsampled(of, n_hollow, maxdim=2, how="greedy", seed=models.seed)
    return {m: {**loops[m][0], "h2": hollows[m][0]["h2"]} for m in of}


def births(models: Models, of: Diagrams, headline, short) -> Markdown:
    """When the longest loop is born, of random points and of greedy landmarks.

    Parameters
    ----------
    models : Models
    of : Diagrams
    headline, short : mapping of Model to list of Rounds
        Of the headline models, and of those trained as long as the nulls.

    Returns
    -------
    Markdown
    """
    equal = equally_trained(models)
    rows = []
    for v in ("posdir", "time", "pos"):
        kinds = (
            (f"{models.steps('compared'):,} steps", short, list(pick(equal, name=v).values())),
            (f"headline, {models.steps('headline'):,} steps", headline, [of.bars[v]]),
        )
        for which, rounds, subsamples in kinds:
            mine = pick(rounds, name=v)
            if mine:
                greedy = [one.bar[0] for each in mine.values() for one in around.longest(each)]
                random = np.median([report.main_bar(one)[0] for one in subsamples])
                name = f"{VARIANT_NAMES[v]}, {which}"
                rows.append((name, f"{random:.2f}", f"{np.nanmedian(greedy):.2f}"))
    points, marks = f"{models.n_points} random points", f"{models.n_landmarks} greedy landmarks"
    return Markdown(tables.markdown(("loop born at", points, marks), rows))
