"""Free beads in place of neurons: what closes the ring, and how low a loss can get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from IPython.display import Markdown
from scipy import stats

from helpers import claims
from helpers.tables import markdown, number
from helpers.topology import end_gap_ratio, ends_and_middle
from helpers.training import PARAMETERS, Fit, fast_dtype

from .laps import Laps, Places

LABELS, NEURONS = "label pairs, no neurons", "label pairs and neurons"
DEALT, TIME = "neurons dealt anew", "time pairs, no neurons"
IDS = {LABELS: "labels", NEURONS: "neurons", DEALT: "dealt", TIME: "time"}


@dataclass(frozen=True, eq=False)
class Rings:
    """A bead for each place that was visited, by what made them.

    Attributes
    ----------
    laps : Laps
    place : Places
    rows : mapping of kind to sequence of (n, 3) array
        One a seed. `LABELS`: free beads at rest under the labels' pairs. `NEURONS`: mean points of
        networks. `DEALT`: those of networks whose neurons were dealt anew on the way back. `TIME`:
        free beads that are tied to where the rat was ten bins later.
    """

    laps: Laps
    place: Places
    rows: Mapping[str, Sequence[np.ndarray]]

    @cached_property
    def arcs(self) -> dict[str, np.ndarray]:
        """Right and left arcs (2, places, 3) of the first seed by what made them."""
        return {kind: self.place.arcs(each[0]) for kind, each in self.rows.items()}

    @cached_property
    def gaps(self) -> dict[str, np.ndarray]:
        """Gap between the directions at the ends of the track, over that in the middle, (n,)."""
        return {
            kind: np.array([self._gap(points) for points in each])
            for kind, each in self.rows.items()
        }

    def _gap(self, points: np.ndarray) -> float:
        return end_gap_ratio(np.linalg.norm(np.subtract(*self.place.arcs(points)), axis=1))

    @cached_property
    def alike(self) -> tuple[float, float]:
        """Correlation of activity in the two directions, at the ends and in the middle."""
        activity = self.place.arcs(self.place.means(self.laps.spikes.astype(float)))
        activity -= np.nanmean(activity, axis=(0, 1))
        along = [np.corrcoef(*both)[0, 1] for both in activity.transpose(1, 0, 2)]
        ends, middle = ends_and_middle(along)
        return float(np.nanmean(ends)), float(np.nanmean(middle))

    def table(self) -> Markdown:
        """Gap by kind, mean and standard deviation over seeds."""
        rows = [
            (kind, str(len(each)), f"{each.mean():.2f} ± {each.std(ddof=1):.2f}")
            for kind, each in self.gaps.items()
        ]
        ends, middle = self.alike
        return Markdown(
            f"{markdown(('what made the ring', 'seeds', 'gap at the ends / middle'), rows)}\n\n"
            "One: two lines, as far apart at the ends of the track as in the middle; zero: a "
            "ring that closes fully. Activity in the two directions correlates at "
            f"{number(ends, 2, '+')} at the ends and {number(middle, 2, '+')} in mid-track."
        )

    def expect(self) -> None:
        """Check the gap of each kind."""
        for kind, each in self.gaps.items():
            spread = {"sd": each.std(ddof=1), "n": len(each), "split": "contiguous"}
            claims.expect(f"scratch.rings.{IDS[kind]}.end_gap", each.mean(), **spread)

    def said(self) -> Markdown:
        """What closes the ring: labels, neurons that fire alike, or time."""
        alone = float(self.gaps[LABELS].mean())
        labels = (
            "labels alone lay out two lines that keep their distance"
            if alone > 0.9
            else f"labels alone already draw the ends together, to {alone:.2f}"
        )
        return Markdown(
            f"**Who closes the ring?** The {labels}. With neurons the gap is "
            f"{self._difference(NEURONS, LABELS, 'narrower', 'wider')} than without; with neurons "
            f"dealt anew on the way back, {self._difference(DEALT, NEURONS, 'narrower', 'wider')} "
            "than with the true ones. Pairs in time, without labels or neurons, have "
            f"{self.gaps[TIME].mean():.2f}: a rat that turns round is soon on its way back."
        )

    def _difference(self, one: str, other: str, less: str, more: str) -> str:
        """Difference of means with its 95 % interval, and its word if the interval has one sign."""
        a, b = self.gaps[one], self.gaps[other]
        interval = stats.ttest_ind(a, b).confidence_interval(0.95)
        off = (
            f"{number(a.mean() - b.mean(), 2, '+')} (95 % interval {number(interval.low, 2, '+')} "
            f"to {number(interval.high, 2, '+')})"
        )
        if interval.low <= 0 <= interval.high:
            return f"by these seeds neither {less} nor {more}, {off},"
        return f"**{more if interval.low > 0 else less}**, {off},"


@dataclass(frozen=True, eq=False)
class Descent:
    """A loss on its way down, among the package's, and what bounds it; all in nats.

    Attributes
    ----------
    loss : (steps,) array
        Of the training from scratch.
    fits : mapping of (type, seed) to Fit
        The package's trainings, as of `jobs_06`.
    floor, floor_of_all : float
        Loss at which free beads rest under the same pairs, and under those of all laps.
    source : str
        Of the recording.
    """

    loss: np.ndarray
    fits: Mapping[tuple[str, int], Fit]
    floor: float
    floor_of_all: float
    source: str

    @property
    def package(self) -> dict[str, list[np.ndarray]]:
        """The package's losses by number type."""
        named = {"float32": "library's models", "fast": f"the same in {fast_dtype()}"}
        return {
            name: [fit.loss for (kind, _), fit in self.fits.items() if kind == wanted]
            for wanted, name in named.items()
        }

    @property
    def lines(self) -> dict[str, float]:
        """Chance, the paper's final loss, and the floors of either."""
        published = claims.published("loss.posdir", "paper").value
        chance = np.log(PARAMETERS["batch_size"])
        return {
            "chance": chance,
            "published, all laps": published,
            "free beads, all laps": self.floor_of_all,
            "free beads, our laps": self.floor,
        }

    def said(self) -> Markdown:
        """How far down the training came, and where the published value lies."""
        final = float(self.loss[-100:].mean())
        chance, published, _, floor = self.lines.values()
        off = 1000 * (published - self.floor_of_all)
        rest = (
            ", but that belongs to a rat and this floor to a simulation."
            if self.source == "simulated"
            else f", {number(off, 0, '+')} thousandths from it."
        )
        return Markdown(
            f"Mean of our last hundred steps: **{final:.3f}**, chance {chance:.3f}, free beads "
            f"under the same pairs {floor:.3f}: training covered "
            f"**{100 * (chance - final) / (chance - floor):.0f} %** of the way from chance to the "
            f"floor. With the pairs of all laps the floor is {self.floor_of_all:.3f}; the "
            f"published loss is **{published}**{rest}"
        )
