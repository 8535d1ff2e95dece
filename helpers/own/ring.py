"""The ring test of a reader's own recording: how long is the loop, and is the animal led round it?

The same measures as in the topology chapter: the longest bar of H1 against that of models told
nonsense, and turns of the circular coordinate on round trips that the model has not seen, beside
the same trips with their bins in random order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.kept import kept_many
from helpers.recordings import Recording, stretches
from helpers.topology import (
    LANDMARKS,
    LEAST_WAY,
    POINTS,
    Bars,
    bars,
    follow,
    longest_bars,
    main_bar,
    p_of,
    scrambled_along,
    turns,
    whole_trips,
)
from helpers.training import Fit

from .inspection import honest_split
from .jobs import SHUFFLED, Model

SUBSAMPLES = {"quick": 3, "full": 10}


@dataclass(frozen=True, eq=False)
class Ring:
    """What the models of one kind say about a ring, folds taken together.

    Attributes
    ----------
    bar : tuple of float
        Birth, death and runner-up of the longest loop, medians over subsamples and folds.
    longest : (n,) array
        Longest bar of each subsample.
    p : float
        Among the models that were told nonsense.
    turned, scrambled : (m,) arrays
        Turns round the loop on each held-out trip, in order and in random order; empty where no
        loop could be followed.
    """

    bar: tuple[float, float, float]
    longest: np.ndarray
    p: float
    turned: np.ndarray
    scrambled: np.ndarray

    @property
    def share(self) -> float:
        """Share of held-out trips that wind once."""
        return _share(self.turned)

    @property
    def share_scrambled(self) -> float:
        """The same, of bins in random order."""
        return _share(self.scrambled)


def ring_test(
    fits: Mapping[Model, Fit], recording: Recording, profile: str, seed: int = 0
) -> tuple[dict[str, Ring], np.ndarray]:
    """Test the models that were told something against those that were told nonsense.

    Parameters
    ----------
    fits : mapping of Model to Fit
        Of `helpers.own.jobs.jobs_09`.
    recording : Recording
    profile : {"quick", "full"}
    seed : int
        Of the subsamples and the random order.

    Returns
    -------
    dict of str to Ring
        By what they were told.
    (n,) array
        Longest bar of each null model.
    """
    smallest = min(len(fit.embedding) for fit in fits.values())
    n_points = min(POINTS[profile], smallest)
    found = _bars(fits, n_points, SUBSAMPLES[profile], seed)
    null = np.array([longest_bars(b)[0] for m, b in found.items() if m.told == SHUFFLED])
    true = {model: fit for model, fit in fits.items() if model.told != SHUFFLED}
    n_landmarks = min(LANDMARKS[profile], smallest)
    wound = dict(zip(true, _wound(true, recording, n_landmarks, seed), strict=True))
    rings = {}
    for told in dict.fromkeys(model.told for model in true):
        mine = [one for model, each in found.items() if model.told == told for one in each]
        pairs = [pair for model, pair in wound.items() if model.told == told]
        turned, scrambled = (np.concatenate(part) for part in zip(*pairs, strict=True))
        rings[told] = Ring(main_bar(mine), longest_bars(mine), p_of(mine, null), turned, scrambled)
    return rings, null


def _bars(fits, n_points: int, n_subsamples: int, seed: int) -> dict[Model, list[Bars]]:
    """Bars of some subsamples of each embedding; of one for each null model."""
    draws = {m: range(seed, seed + (1 if m.told == SHUFFLED else n_subsamples)) for m in fits}
    calls = [
        {"points": fits[m].embedding, "n_landmarks": n_points, "maxdim": 1, "seed": one}
        for m, seeds in draws.items()
        for one in seeds
    ]
    found = (_with_a_loop(one) for one in kept_many(bars, calls))
    return {m: [next(found) for _ in seeds] for m, seeds in draws.items()}


def _with_a_loop(found: Bars) -> Bars:
    """A cloud without any loop has one of no length: then all clouds can be compared."""
    return found if len(found["h1"]) else {**found, "h1": np.zeros((1, 2))}


def _wound(fits, recording: Recording, n_landmarks: int, seed: int):
    """Turns on held-out trips, and of the same out of order, for each model.

    Of the three longest loops it is the one that led the animal round most often in training.
    """
    calls, splits = [], []
    for model, fit in fits.items():
        split = honest_split(recording, model.fold)
        unseen = fit.transform(
            recording.spikes[split.test], stretches(split.test, recording.segments)
        )
        path = np.concatenate([fit.embedding, unseen])
        calls.append({"fitted_on": fit.embedding, "path": path, "n_landmarks": n_landmarks})
        splits.append(split)
    for split, found in zip(splits, kept_many(follow, calls), strict=True):
        n = len(split.train)
        known, tested = (whole_laps(recording, bins) for bins in (split.train, split.test))
        lifted = [loop for loop in range(len(found["along"])) if found["prime"][loop]]
        if not lifted or not tested:
            yield np.empty(0), np.empty(0)
            continue
        best = max(lifted, key=lambda loop: _share(turns(found["along"][loop][:n], known)))
        out_of_order = scrambled_along(found["angle"][best][n:], tested, seed)
        yield turns(found["along"][best][n:], tested), turns(out_of_order, tested)


def whole_laps(recording: Recording, bins: np.ndarray) -> Sequence[slice]:
    """Round trips, or laps round a circle, that lie whole in `bins` and cover most of the track."""
    if recording.geometry == "line":
        return whole_trips(recording, bins)
    found = []
    for lap in recording.laps():
        here = slice(*np.searchsorted(bins, (lap.start, lap.stop)).tolist())
        whole = here.stop - here.start == lap.stop - lap.start
        if whole and np.ptp(recording.position[lap]) >= LEAST_WAY * recording.length_m:
            found.append(here)
    return found


def _share(turned: np.ndarray) -> float:
    whole = np.round(turned)
    return float(max((whole == 1).mean(), (whole == -1).mean())) if len(whole) else 0.0
