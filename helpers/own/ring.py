"""The ring test of a reader's own recording: how long is the loop, and is the animal led round it?

The same measures as in the topology chapter: the longest bar of H1 against that of models told
nonsense, and turns of the circular coordinate on round trips that the model has not seen, beside
the same trips with their bins in random order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown

from helpers import tables, topology
from helpers.claims import expect
from helpers.kept import kept_many
from helpers.recordings import Recording, stretches
from helpers.topology import Bars
from helpers.training import Fit, Model

from .jobs import NAMES, SHUFFLED, splits

SUBSAMPLES = {"quick": 3, "full": 10}


@dataclass(frozen=True, eq=False)
class Ring:
    """What the models of one kind say about a ring, folds taken together."""

    bar: tuple[float, float, float]  # birth, death, runner-up: medians over subsamples and folds
    longest: np.ndarray  # (n,), longest bar of each subsample
    p: float  # among the models with shuffled labels
    turned: np.ndarray  # (m,), turns on each held-out trip; none where no loop could be followed
    scrambled: np.ndarray  # (m,), the same with each trip's bins in random order

    @property
    def share(self) -> float:
        """Share of held-out trips that wind once."""
        return _share(self.turned)

    @property
    def cells(self) -> tuple[str, ...]:
        """The ring's row of the table, without its name."""
        birth, death, second = self.bar
        wound = ("–", "–")
        if n := len(self.turned):
            wound = (f"{self.share:.0%} of {n}", f"{_share(self.scrambled):.0%}")
        return f"{birth:.2f} to {death:.2f}", f"{second:.2f}", f"{self.p:.3f}", *wound


@dataclass(frozen=True, eq=False)
class RingTest:
    """Rings by what their models were told, and the longest loop of each null model, (n,)."""

    rings: Mapping[str, Ring]
    null: np.ndarray

    HEAD = (
        "model", "longest loop lives", "runner-up", "p", "held-out trips wound once",
        "the same, out of order",
    )  # fmt: skip

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """A row a kind of model."""
        return [(NAMES[told], *ring.cells) for told, ring in self.rings.items()]

    @property
    def lengths(self) -> dict[str, np.ndarray]:
        """Longest loop of each subsample, by kind of model, and of each null model."""
        return {NAMES[told]: ring.longest for told, ring in self.rings.items()} | {
            "shuffled labels": self.null
        }

    def numbers(self) -> dict:
        """Loops, p and shares of trips, by kind of model, and the null's loops."""
        found = {
            NAMES[told]: {
                "longest": float(np.median(ring.longest)), "born": ring.bar[0], "dies": ring.bar[1],
                "runner_up": ring.bar[2], "p": ring.p, "trips": len(ring.turned),
                "wound_once": ring.share,
            }
            for told, ring in self.rings.items()
        }  # fmt: skip
        return found | {"shuffled labels": {"longest": self.null.tolist()}}

    def table(self) -> Markdown:
        """Set the longest loops, and who was led round them, in a table."""
        return Markdown(tables.markdown(self.HEAD, self.rows))

    def expect(self) -> None:
        """Hold loops and shares to the recorded values."""
        for told, ring in self.rings.items():
            expect(f"own.ring.{told}.longest_h1", float(np.median(ring.longest)))
            expect(f"own.ring.{told}.wound", ring.share)
        expect("own.ring.null.longest_h1", float(self.null.max()))


def ring_test(
    fits: Mapping[Model, Fit], seen: Mapping[str, Recording], profile: str, seed: int = 0
) -> RingTest:
    """Test the models with labels or time against those with shuffled labels.

    `seen` is the recording as the models of each split see it; `seed` is that of the subsamples and
    of the random order.
    """
    smallest = min(len(fit.embedding) for fit in fits.values())
    n_points, n_landmarks = (
        min(n[profile], smallest) for n in (topology.POINTS, topology.LANDMARKS)
    )
    found = _bars(fits, n_points, SUBSAMPLES[profile], seed)
    null = np.array([topology.longest_bars(b)[0] for m, b in found.items() if m.name == SHUFFLED])
    true = {model: fit for model, fit in fits.items() if model.name != SHUFFLED}
    wound = _wound(true, seen, profile, n_landmarks, seed)
    rings = {}
    for told in dict.fromkeys(model.name for model in true):
        mine = [one for model in true if model.name == told for one in found[model]]
        pairs = [wound[model] for model in true if model.name == told]
        turned, scrambled = (np.concatenate(part) for part in zip(*pairs, strict=True))
        rings[told] = Ring(
            topology.main_bar(mine),
            topology.longest_bars(mine),
            topology.p_of(mine, null),
            turned,
            scrambled,
        )
    return RingTest(rings, null)


def _bars(fits, n_points: int, n_subsamples: int, seed: int) -> dict[Model, list[Bars]]:
    """Bars of some subsamples of each embedding; of one for each null model."""
    draws = {m: range(seed, seed + (1 if m.name == SHUFFLED else n_subsamples)) for m in fits}
    calls = [
        {"points": fits[m].embedding, "n_landmarks": n_points, "maxdim": 1, "seed": one}
        for m, seeds in draws.items()
        for one in seeds
    ]
    found = (_with_a_loop(one) for one in kept_many(topology.bars, calls))
    return {m: [next(found) for _ in seeds] for m, seeds in draws.items()}


def _with_a_loop(found: Bars) -> Bars:
    """A cloud without any loop has one of no length: then all clouds can be compared."""
    return found if len(found["h1"]) else {**found, "h1": np.zeros((1, 2))}


def _wound(fits, seen, profile: str, n_landmarks: int, seed: int) -> dict[Model, tuple]:
    """Turns on held-out trips, and of the same out of order, for each model.

    Of the three longest loops it is the one that led the animal round most often in training.
    """
    recording = next(iter(seen.values()))  # they differ in scale alone
    tested, calls = splits(recording, profile), []
    for model, fit in fits.items():
        test = tested[model.split].test
        spikes = seen[model.split].spikes[test]
        unseen = fit.transform(spikes, stretches(test, recording.segments))
        path = np.concatenate([fit.embedding, unseen])
        calls.append({"fitted_on": fit.embedding, "path": path, "n_landmarks": n_landmarks})
    wound = {}
    for model, found in zip(fits, kept_many(topology.follow, calls), strict=True):
        split = tested[model.split]
        known, trips = (topology.whole_trips(recording, b) for b in (split.train, split.test))
        best = topology.leading_loop(found["along"], known)
        if best is None or not trips:
            wound[model] = np.empty(0), np.empty(0)
            continue
        n = len(split.train)
        out_of_order = topology.scrambled_along(found["angle"][best][n:], trips, seed)
        wound[model] = (
            topology.turns(found["along"][best][n:], trips),
            topology.turns(out_of_order, trips),
        )
    return wound


def _share(turned: np.ndarray) -> float:
    return topology.share_wound(turned) if len(turned) else 0.0
