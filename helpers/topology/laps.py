"""The rat sent round its loops: how often it winds, and simulated rats that tell ring from arc."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables
from helpers.figures.style import VARIANT_NAMES
from helpers.training import VARIANTS, Model

from . import rounds as around
from .angles import Angles
from .diagrams import NULLS, PCA, Models
from .persistence import hardest_p
from .report import pick
from .rounds import Animal, Rounds
from .tables import animal_table, share_table
from .winding import scrambled_along, share_wound, turns, whole_trips

SCRAMBLED = 20  # random orders


def equally_followed(models: Models) -> dict[Model, list[Rounds]]:
    """The rat round the loops of the models that are trained as long as the nulls."""
    clouds = models.pick("compared", dimension=3)
    return around.followed(clouds, {models.rec.name: models.rec}, models.n_landmarks)


@dataclass(frozen=True, eq=False)
class Winding:
    """Share of round trips that wind once; by kind of model, ``longest`` and ``best`` loops.

    Attributes
    ----------
    angles : Angles
    trips : list of slice
        Whole round trips.
    long, short : mapping of variant to shares
        Of the headline models, and of those trained as long as the nulls.
    null : mapping of kind of null to shares
    mixed : (n,) array
        Of the model of position and direction, bins of each trip in random order.
    """

    angles: Angles
    trips: list[slice]
    long: Mapping[str, Mapping[str, np.ndarray]]
    short: Mapping[str, Mapping[str, np.ndarray]]
    null: Mapping[str, Mapping[str, np.ndarray]]
    mixed: np.ndarray

    def table(self) -> Markdown:
        """Shares by kind of model, with p among the null models."""
        models = self.angles.models
        rows = {}
        for v, shares in self.long.items():
            name = f"{VARIANT_NAMES[v]}, headline, {models.steps('headline'):,} steps"
            rows[name] = (*shares.values(), None)
        for v, shares in self.short.items():
            p = hardest_p(shares["best"].min(), [self.null[k]["best"] for k in NULLS.values()])
            name = f"{VARIANT_NAMES[v]}, {models.steps('compared'):,} steps"
            rows[name] = (*shares.values(), p)
        rows |= {kind: (*shares.values(), None) for kind, shares in self.null.items()}
        scrambled = "position + direction, bins of each trip in random order"
        rows[scrambled] = (self.mixed, self.mixed, None)
        return Markdown(
            f"{share_table(rows)}\n\n{len(self.trips)} whole round trips; medians over models, in "
            "brackets the range; mean over first landmarks where there are several. p: the seed "
            "that winds least, best of three loops, among the null models of the kind that is "
            "hardest to beat, shuffled, lagged or untrained, which were given three loops as well; "
            f"it cannot be below {self._least_p:.3f}."
        )

    @property
    def _least_p(self) -> float:
        """What p is if no null model winds as often."""
        return hardest_p(np.inf, [self.null[kind]["best"] for kind in NULLS.values()])

    def expect(self) -> None:
        """Check shares round the best of three loops."""
        for v, shares in self.long.items():
            claims.expect(f"topology.wound.{v}", shares["best"].mean())
        for v, shares in self.short.items():
            values = shares["best"]
            sd = values.std(ddof=1) if len(values) > 1 else None
            claims.expect(f"topology.wound.compared.{v}", values.mean(), sd=sd, n=len(values))
        for name, kind in NULLS.items():
            values = self.null[kind]["best"]
            id = f"topology.wound.null.{name}"
            claims.expect(id, values.mean(), sd=values.std(ddof=1), n=len(values))
        claims.expect("topology.wound.pca", self.null[PCA]["best"].mean())
        claims.expect("topology.wound.scrambled", np.mean(self.mixed))


def winding(of: Angles, short: Mapping[Model, list[Rounds]], pca) -> Winding:
    """Count the turns of every whole round trip, round models, nulls and PCA.

    Parameters
    ----------
    of : Angles
        Of the headline models.
    short : mapping of Model to list of Rounds
        From `equally_followed`.
    pca : mapping of Model to (T, 3) array
        Principal components of the windows.

    Returns
    -------
    Winding
    """
    models, by_model = of.models, around.shares_by_model
    known, n = {models.rec.name: models.rec}, models.n_landmarks
    nulls = around.followed(models.pick("null", dimension=3), known, n)
    null = {kind: by_model(pick(nulls, name=name)) for name, kind in NULLS.items()}
    null[PCA] = by_model(around.followed(pca, known, n, models.n_starts))
    trips, angle = whole_trips(models.rec), of.by_variant["posdir"][0].angle
    orders = [scrambled_along(angle, trips, one) for one in range(SCRAMBLED)]
    kinds = [v for v in VARIANTS if pick(short, name=v)]
    return Winding(
        of,
        trips,
        {v: by_model(pick(of.rounds, name=v)) for v in VARIANTS},
        {v: by_model(pick(short, name=v)) for v in kinds},
        null,
        np.array([share_wound(turns(order, trips)) for order in orders]),
    )


@dataclass(frozen=True, eq=False)
class Animals:
    """What models make of other animals, each beside its own shuffled models."""

    found: Mapping[Model, Animal]

    def table(self) -> Markdown:
        """A row an animal and model."""
        return Markdown(animal_table(self.found, VARIANT_NAMES))

    def expect(self) -> None:
        """Check shares of trips wound once and longest loops."""
        for m, one in self.found.items():
            claims.expect(f"topology.{m.rat}.{m.name}.wound", one.rounds.best.share)
            claims.expect(f"topology.{m.rat}.{m.name}.longest_h1", one.longest)


def animals(models: Models, others: Mapping) -> Animals:
    """Measure loops and turns of other animals' models.

    Parameters
    ----------
    models : Models
    others : mapping of str to Recording
        By the name that their models have.

    Returns
    -------
    Animals
    """
    return Animals(around.animals(models.fits, others, models.profile, models.seed))


def other_landmarks(models: Models) -> Markdown:
    """What other numbers and choices of landmarks would have said."""
    headline, n = models.pick("headline", dimension=3), models.n_landmarks
    asked = {m: c for m, c in headline.items() if m.name in ("posdir", "time")}
    rows = []
    for how, some in sorted((how, k) for how in ("greedy", "random") for k in (n // 2, n)):
        tried = around.followed(asked, {models.rec.name: models.rec}, some, models.n_starts, how)
        for m, each in tried.items():
            r2 = np.mean([one.reading.r2 for one in around.longest(each) if one.reading])
            wound = [around.shares(which(each)) for which in (around.longest, around.best)]
            told = [f"{one.mean():.0%} (at worst {one.min():.0%})" for one in wound]
            rows.append((f"{VARIANT_NAMES[m.name]}, {some} {how}", f"{r2:.3f}", *told))
    head = ("landmarks", "R² of position", "wound, longest loop", "wound, best of three")
    return Markdown(tables.markdown(head, rows))
