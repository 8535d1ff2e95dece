"""Free beads in place of neurons: who closes the ring, and how low a loss can get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from IPython.display import Markdown

from helpers import claims
from helpers.topology import end_gap_ratio, ends_and_middle
from helpers.training import PARAMETERS, Fit, fast_dtype

from .laps import Laps, Places

LEAN = 0.75  # of the beads' gap: what is below it closed the ring


@dataclass(frozen=True, eq=False)
class Rings:
    """A bead for each place that was visited: free under two kinds of pairs, and the network's.

    Attributes
    ----------
    laps : Laps
    place : Places
    by_label, learnt, by_time : (n, 3) array
        Rest of free beads under the labels' pairs, the trained network's mean points, and the rest
        of beads that are tied to where the rat was ten bins later.
    """

    laps: Laps
    place: Places
    by_label: np.ndarray
    learnt: np.ndarray
    by_time: np.ndarray

    @cached_property
    def arcs(self) -> dict[str, np.ndarray]:
        """Right and left arcs (2, places, 3) by what made them."""
        named = {
            "label pairs, no neurons": self.by_label,
            "label pairs and neurons": self.learnt,
            "time pairs, no neurons": self.by_time,
        }
        return {title: self.place.arcs(points) for title, points in named.items()}

    @cached_property
    def gaps(self) -> list[float]:
        """Gap between the directions at the ends of the track, over that in the middle."""
        return [
            end_gap_ratio(np.linalg.norm(np.subtract(*arcs), axis=1)) for arcs in self.arcs.values()
        ]

    @cached_property
    def alike(self) -> tuple[float, float]:
        """Correlation of activity in the two directions, at the ends and in the middle."""
        activity = self.place.arcs(self.place.means(self.laps.spikes.astype(float)))
        activity -= np.nanmean(activity, axis=(0, 1))
        along = [np.corrcoef(*both)[0, 1] for both in activity.transpose(1, 0, 2)]
        ends, middle = ends_and_middle(along)
        return float(np.nanmean(ends)), float(np.nanmean(middle))

    def said(self) -> Markdown:
        """Labels, neurons or time: which of them closed the ring."""
        told, learnt, moved = self.gaps
        ends, middle = self.alike
        neurons = (
            "So the labels made two arcs, and hold them apart along their whole length: to them, a "
            "turn at the end of the track is as far as one in the middle. **It was the neurons "
            "that closed the ring.**"
            if learnt < LEAN * told
            else "On this recording the neurons add little to what the labels bring about."
        )
        time = (
            "Time pairs close the ring by themselves, since a rat that turns round is soon on its "
            "way back."
            if moved < LEAN * told
            else "Time pairs do not close the ring here either."
        )
        return Markdown(
            "Gap between the two directions at the ends of the track, over that in mid-track "
            f"(below one, the arcs lean together): labels alone **{told:.2f}**, with neurons "
            f"**{learnt:.2f}**, time alone **{moved:.2f}**. {neurons} Their activity in the two "
            f"directions correlates at {ends:+.2f} at the ends and {middle:+.2f} in mid-track: an "
            f"encoder that reads spikes can pull apart only what fires apart. {time}"
        )


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
        """Chance, the paper's final loss, and the floor."""
        published = claims.published("loss.posdir", "paper").value
        chance = np.log(PARAMETERS["batch_size"])
        return {"chance": chance, "published": published, "free beads": self.floor}

    def said(self) -> Markdown:
        """How far down the training came, and where the published value lies."""
        final = float(self.loss[-100:].mean())
        chance, published, floor = self.lines.values()
        off = 1000 * (published - self.floor_of_all)
        rest = (
            ", but that belongs to a rat and this floor to a simulation."
            if self.source == "simulated"
            else f", {off:+.0f} thousandths from it."
        )
        return Markdown(
            f"Mean of our last hundred steps: **{final:.3f}**, chance {chance:.3f}, free beads "
            f"under the same pairs {floor:.3f}: training covered "
            f"**{100 * (chance - final) / (chance - floor):.0f} %** of the way from chance to the "
            f"floor. With the pairs of all laps the floor is {self.floor_of_all:.3f}; the "
            f"published loss is **{published}**{rest}"
        )
