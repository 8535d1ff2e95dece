"""From a loop to an angle, and what the angle knows of the place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from IPython.display import Markdown

from helpers import claims
from helpers.figures.style import VARIANT_NAMES
from helpers.training import VARIANTS, Model

from . import rounds as around
from .circular import CircularCoordinate, circular_coordinate
from .diagrams import Models
from .rounds import Followed, Rounds
from .tables import reading_table


@dataclass(frozen=True, eq=False)
class Angles:
    """The angle of each headline model's longest loop, from several first landmarks.

    Attributes
    ----------
    models : Models
    rounds : mapping of Model to list of Rounds
        One a first landmark.
    wider : mapping of dimension to list of Followed
        Of the model of position and direction.
    """

    models: Models
    rounds: Mapping[Model, list[Rounds]]
    wider: Mapping[int, list[Followed]]

    @cached_property
    def by_variant(self) -> dict[str, list[Followed]]:
        """The longest loop of each headline model."""
        return {model.name: around.longest(each) for model, each in self.rounds.items()}

    @cached_property
    def points(self) -> np.ndarray:
        """Embedding of the model of position and direction, (T, 3)."""
        return self.models.clouds[self.models.model("headline", "posdir")]

    @cached_property
    def coordinate(self) -> CircularCoordinate:
        """Its circular coordinate."""
        return circular_coordinate(self.points, self.models.n_landmarks)

    def lifted(self) -> Markdown:
        """Which primes served, and which coordinates none could lift."""
        failed = sum(one.reading is None for each in self.by_variant.values() for one in each)
        n = self.models.n_starts * len(self.by_variant)
        return Markdown(
            f"Prime {self.coordinate.prime}; primes that failed before it: "
            f"{len(self.coordinate.failed)}. Coordinates of the five models that no prime could "
            f"lift: {failed} of {n}."
        )

    def table(self) -> Markdown:
        """What the angle tells of position."""
        named = {VARIANT_NAMES[v]: self.by_variant[v] for v in VARIANTS}
        return Markdown(reading_table(named))

    def table_of_dimensions(self) -> Markdown:
        """The same of the model of position and direction, by dimension."""
        named = {f"position + direction, {d}-D": each for d, each in self.wider.items()}
        return Markdown(reading_table(named))

    def mean(self, field: str, variant: str = "posdir") -> float:
        """Mean of a field of `Reading` over first landmarks."""
        return float(np.mean([getattr(one.reading, field) for one in self.by_variant[variant]]))

    def r2_by_dimension(self) -> dict[int, float]:
        """Mean R² of position by dimension."""
        return {d: np.mean([one.reading.r2 for one in each]) for d, each in self.wider.items()}

    def expect(self) -> None:
        """Check how well position is read off the angle."""
        for v in ("posdir", "pos", "time"):
            claims.expect(f"topology.circular.{v}.r2", self.mean("r2", v))
        for side in ("right", "left"):
            claims.expect(f"topology.circular.{side}.r2", self.mean(side))
        for field in ("rank_right", "rank_left"):
            claims.expect(f"topology.circular.{field}", self.mean(field))

    def expect_dimensions(self) -> None:
        """Check the same in more dimensions."""
        for d, r2 in self.r2_by_dimension().items():
            claims.expect(f"topology.circular.r2.d{d}", r2)

    def judged_order(self) -> list[claims.Judged]:
        """The blog's line: is the angle monotonic in position?"""
        fields = ("rank_right", "rank_left")
        ranks = {f"topology.circular.{field}": self.mean(field) for field in fields}
        claim = claims.published("topology.circular.monotonic", "blog")
        return [claims.Judged("angle monotonic in position", claim, ranks)]

    def judged(self) -> list[claims.Judged]:
        """The paper's lines on circular R²."""

        def line(text, end, value):
            return claims.Judged(text, claims.published(f"topology.circular.{end}", "paper"), value)

        by_dimension = {f"d{d}": r2 for d, r2 in self.r2_by_dimension().items()}
        lines = [line("circular R² of position", "r2", by_dimension)]
        for side in ("right", "left"):
            lines.append(line(f"circular R², {side} runs", f"{side}.r2", self.mean(side)))
        return lines


def angles(models: Models) -> Angles:
    """Follow the rat round the longest loops of the headline models, in all dimensions.

    Parameters
    ----------
    models : Models

    Returns
    -------
    Angles
    """
    known, n, starts = {models.rec.name: models.rec}, models.n_landmarks, models.n_starts
    rounds = around.followed(models.pick("headline", dimension=3), known, n, starts)
    wide = around.followed(models.pick("headline", name="posdir"), known, n, starts)
    by_dimension = {m.dimension: around.longest(each) for m, each in wide.items()}
    return Angles(models, rounds, dict(sorted(by_dimension.items())))
