"""Rats followed round the loops of their models: trained on, held out, simulated, or another's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from helpers.decoding import Split, nested_splits
from helpers.kept import kept_many
from helpers.recordings import Recording, stretches
from helpers.training import Model

from .circular import follow
from .report import LANDMARKS, POINTS, Bars, Clouds, longest_bars, main_bar, pick, subsampled
from .winding import Reading, read_position, share_wound, turns, whole_trips

if TYPE_CHECKING:
    from helpers.training import Fit

SUBSAMPLES_OF_ANIMALS = 2


class Followed(NamedTuple):
    """A rat followed round one loop of one model.

    Angles are NaN, turns and `share` 0 and `reading` None, where no cocycle could be lifted.
    """

    angle: np.ndarray  # (T,) radians
    along: np.ndarray  # (T,) radians, counted on
    bar: np.ndarray  # birth, death
    turned: np.ndarray  # turns of each whole round trip
    share: float  # of them, wound once
    reading: Reading | None


class Rounds(NamedTuple):
    """The same rat round the longest loop, and round that loop of the three longest it winds best.

    On held-out trips the better loop is the one that served better on training trips.
    """

    longest: Followed
    best: Followed


def followed(
    clouds: Clouds,
    recordings: Mapping[str, Recording],
    n_landmarks: int,
    n_starts: int = 1,
    how: str = "greedy",
) -> dict[Model, list[Rounds]]:
    """Follow every animal round the longest loop of its model, on the bins it was trained on.

    `n_starts` of each model: first landmarks, or draws of random ones if `how` is ``"random"``.
    """
    calls = [
        {"fitted_on": cloud, "path": cloud, "n_landmarks": n_landmarks, "how": how, "seed": start}
        for cloud in clouds.values()
        for start in range(n_starts)
    ]
    found = iter(kept_many(follow, calls))
    return {m: [_seen(next(found), recordings[m.rat]) for _ in range(n_starts)] for m in clouds}


def followed_unseen(
    fits: Mapping[Model, Fit], recording: Recording, n_landmarks: int
) -> dict[Model, Rounds]:
    """Follow the animal on held-out trips, round loops that were found on the training trips.

    Models are of the folds that their `use` names; lines are fitted on training bins and scored on
    tested ones.
    """
    splits, calls = {split.name: split for split in nested_splits(recording)}, []
    for model, fit in fits.items():
        test = splits[model.split].test
        unseen = fit.transform(recording.spikes[test], stretches(test, recording.segments))
        path = np.concatenate([fit.embedding, unseen])
        calls.append({"fitted_on": fit.embedding, "path": path, "n_landmarks": n_landmarks})
    results = zip(fits, kept_many(follow, calls), strict=True)
    return {m: _unseen(found, recording, splits[m.split]) for m, found in results}


def _seen(found: Bars, recording: Recording) -> Rounds:
    """Score every loop on all bins; the better one is chosen by what it is scored on."""
    bins = np.arange(len(recording.position))
    loops = [_judged(*loop, recording, bins) for loop in _loops(found)]
    return Rounds(loops[0], max(loops, key=lambda one: one.share))


def _unseen(found: Bars, recording: Recording, split: Split) -> Rounds:
    """Choose a loop by the training bins, which come first; score the tested bins after them."""
    n = len(split.train)
    known = [
        _judged(angle[:n], along[:n], bar, recording, split.train)
        for angle, along, bar in _loops(found)
    ]
    tested = [
        _judged(angle[n:], along[n:], bar, recording, split.test, (angle[:n], split.train))
        for angle, along, bar in _loops(found)
    ]
    chosen = int(np.argmax([one.share for one in known]))
    return Rounds(tested[0], tested[chosen])


def _loops(found: Bars):
    return list(zip(found["angle"], found["along"], found["bar"], strict=True))


def _judged(angle, along, bar, recording: Recording, bins, fitted=None) -> Followed:
    """Score the angles of some bins; `fitted` holds angles and bins that the lines come from."""
    trips = whole_trips(recording, bins)
    if np.isnan(angle).any():
        return Followed(angle, along, bar, np.zeros(len(trips)), 0.0, None)
    lines = None
    if fitted is not None:
        lines = fitted[0], recording.position[fitted[1]], recording.direction[fitted[1]]
    turned = turns(along, trips)
    reading = read_position(angle, recording.position[bins], recording.direction[bins], lines)
    return Followed(angle, along, bar, turned, share_wound(turned), reading)


def longest(of: Iterable[Rounds]) -> list[Followed]:
    """Those round the longest loops."""
    return [one.longest for one in of]


def best(of: Iterable[Rounds]) -> list[Followed]:
    """Those round the better loops."""
    return [one.best for one in of]


def shares(of: Iterable[Followed]) -> np.ndarray:
    """Share of trips wound once, of each."""
    return np.array([one.share for one in of])


def shares_by_model(of: Mapping[Model, Sequence[Rounds]]) -> dict[str, np.ndarray]:
    """Share of trips wound once, of each model, mean over its starts: ``longest`` and ``best``."""
    return {
        "longest": np.array([shares(longest(each)).mean() for each in of.values()]),
        "best": np.array([shares(best(each)).mean() for each in of.values()]),
    }


def pooled_share(of: Iterable[Followed]) -> float:
    """Share of all trips wound once, folds taken together; each model has a sense of its own."""
    of = list(of)
    n = sum(len(one.turned) for one in of)
    if n == 0:
        raise ValueError("no whole round trip to count; use a longer recording")
    return float(sum(len(one.turned) * one.share for one in of) / n)


class Animal(NamedTuple):
    """What one model makes of one animal: its longest loop, that of shuffled models, its turns."""

    bar: tuple[float, float, float]  # birth, death, runner-up
    longest: float
    shuffled: float  # the longest bar of the animal's shuffled models
    rounds: Rounds


def animals(
    fits: Mapping[Model, Fit], recordings: Mapping[str, Recording], profile: str, seed: int
) -> dict[Model, Animal]:
    """Measure loops and turns of several recordings' models, each beside its own shuffled ones.

    By those models that were not shuffled; `seed` is of the first subsample.
    """
    clouds = {m: fit.embedding for m, fit in fits.items() if m.rat in recordings}
    found = subsampled(clouds, POINTS[profile], SUBSAMPLES_OF_ANIMALS, seed=seed)
    true = {m: cloud for m, cloud in clouds.items() if m.name != "shuffled"}
    rounds = followed(true, recordings, LANDMARKS[profile])
    shuffled = {
        m: float(np.median(longest_bars(b))) for m, b in pick(found, name="shuffled").items()
    }
    return {
        m: Animal(
            main_bar(found[m]),
            float(np.median(longest_bars(found[m]))),
            max(pick(shuffled, rat=m.rat).values()),
            rounds[m][0],
        )
        for m in true
    }
