"""The model of time alone as it grows: when the sphere fills, and what that hides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables

from . import report, shape
from . import rounds as around
from .diagrams import Models
from .jobs import AGED


@dataclass(frozen=True, eq=False)
class Ages:
    """Measures of models of time alone, by steps of training.

    Attributes
    ----------
    loops : mapping of steps to (n_seeds,) array
        Longest loop of random points, median over subsamples.
    thinnest : mapping of steps to (n_seeds,) array
        Share of the mean square along the shortest axis: 1/3 is a filled sphere, 0 a flat ring.
    wound : mapping of steps to (n_seeds,) array
        Share of round trips wound once, best of three loops.
    clouds : mapping of steps to (T, 3) array
        Embeddings of the first seed.
    """

    loops: Mapping[int, np.ndarray]
    thinnest: Mapping[int, np.ndarray]
    wound: Mapping[int, np.ndarray]
    clouds: Mapping[int, np.ndarray]

    def said(self, steps: int) -> str:
        """One age in a line, mean over seeds."""
        return (
            f"{steps:,} steps: longest loop {self.loops[steps].mean():.2f}, shortest axis "
            f"{self.thinnest[steps].mean():.2f} (a filled sphere has 0.33), wound on "
            f"{self.wound[steps].mean():.0%} of trips"
        )

    def table(self) -> Markdown:
        """A row an age; mean and, of several seeds, range."""
        rows = [
            (
                f"{steps:,}",
                _told(self.loops[steps], "{:.2f}"),
                _told(self.thinnest[steps], "{:.2f}"),
                _told(self.wound[steps], "{:.0%}"),
            )
            for steps in self.loops
        ]
        head = ("steps, time alone", "longest loop", "share of the shortest axis", "trips wound")
        n = len(next(iter(self.loops.values())))
        return Markdown(
            f"{tables.markdown(head, rows)}\n\n{n} seed{'s' * (n > 1)}; of a filled sphere the "
            "shortest axis has a third. Best of three loops, in sample."
        )

    def expect(self) -> None:
        """Check loops and turns at the first and the last age."""
        for age, steps in (("youngest", min(self.loops)), ("oldest", max(self.loops))):
            for what, values in (
                ("longest_h1", self.loops[steps]),
                ("wound", self.wound[steps]),
            ):
                sd = values.std(ddof=1) if len(values) > 1 else None
                id = f"topology.aged.{age}.{what}"  # its steps are another number in each profile
                claims.expect(id, values.mean(), sd=sd, n=len(values))


def ages(models: Models) -> Ages:
    """Measure the model of time alone at several ages.

    Parameters
    ----------
    models : Models

    Returns
    -------
    Ages
    """
    clouds = {m: c for m, c in models.clouds.items() if m.split.startswith(AGED)}
    found = report.subsampled(clouds, models.n_points, models.n_starts, seed=models.seed)
    rounds = around.followed(clouds, {models.rec.name: models.rec}, models.n_landmarks)
    steps = sorted({int(m.split.removeprefix(AGED)) for m in clouds})
    of_age = {k: [m for m in clouds if m.split == f"{AGED}{k}"] for k in steps}

    def each(measure) -> dict[int, np.ndarray]:
        return {k: np.array([measure(m) for m in mine]) for k, mine in of_age.items()}

    return Ages(
        each(lambda m: float(np.median(report.longest_bars(found[m])))),
        each(lambda m: float(shape.axis_shares(clouds[m])[-1])),
        each(lambda m: rounds[m][0].best.share),
        {k: clouds[mine[0]] for k, mine in of_age.items()},
    )


def _told(values: np.ndarray, form: str) -> str:
    spread = f" ({form.format(values.min())} to {form.format(values.max())})"
    return form.format(values.mean()) + spread * (len(values) > 1)
