"""Bugs that nobody noticed: whole numbers for labels, dead seeds, a leak that decodes anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown

from helpers import tables
from helpers.claims import expect
from helpers.decoding import (
    COUNTS,
    DecodingResult,
    few_baselines,
    leaking_baselines,
    leaky_split,
    mean_score,
    nested_splits,
)
from helpers.recordings import Recording
from helpers.training import Job, train

from .bugs import invented, library_draws, loader_of, told


@dataclass(frozen=True)
class Loaders:
    """How the library would train on the same labels as floats and as whole numbers."""

    found: dict[str, tuple[str, str]]  # by what they are: the loader, and how it draws pairs
    refused: str  # what `Job` says to whole numbers

    def table(self) -> Markdown:
        """Set loader and pairs by type of label."""
        rows = [[kind, f"`{name}`", pairs] for kind, (name, pairs) in self.found.items()]
        return Markdown(tables.markdown(["the same labels as", "loader", "`conditional`"], rows, 3))

    def expect(self) -> None:
        """Hold the library to its loaders, and the guard to its refusal."""
        for kind, id in (("floating point", "float"), ("whole numbers", "integer")):
            expect(f"diary.labels.{id}", self.found[kind][0])
        expect("diary.labels.refused", bool(self.refused))


def loaders(recording: Recording, n_bins: int = 2000) -> Loaders:
    """Hand positions in centimetres to the library, and in whole ones; and those to `Job`.

    Parameters
    ----------
    recording : Recording
    n_bins : int
        How many of its first bins.

    Returns
    -------
    Loaders
    """
    spikes = recording.spikes[:n_bins]
    centimetres = (100 * recording.position[:n_bins]).astype(int)
    found = {
        "floating point": loader_of(centimetres.astype(np.float32), spikes),
        "whole numbers": loader_of(centimetres, spikes),
    }
    with told(ValueError) as refused:
        Job(spikes, centimetres)
    return Loaders(found, "".join(refused))


@dataclass(frozen=True)
class Repeats:
    """What comes of giving one seed twice."""

    draws: np.ndarray  # (2, 10), references that the library draws
    engine: bool  # whether our weights are equal to the last bit

    def __str__(self) -> str:
        once, again = (" ".join(map(str, draws)) for draws in self.draws)
        return (
            f"ten draws of the library: {once}\nand with the same seeds:  {again}\n"
            f"our weights after a few steps, twice: {'equal' if self.engine else 'different'}"
        )

    def expect(self) -> None:
        """Hold the library to its dice and the engine to its seed."""
        expect("diary.seeds.library_repeats", bool(np.array_equal(*self.draws)))
        expect("diary.seeds.engine_repeats", self.engine)


def repeats(recording: Recording, seed: int, n_steps: int = 20) -> Repeats:
    """Draw and train twice with one seed.

    Parameters
    ----------
    recording : Recording
    seed : int
    n_steps : int
        Of training.

    Returns
    -------
    Repeats
    """
    labels = recording.labels("pos")
    draws = np.array([library_draws(labels, seed) for _ in range(2)])
    job = Job(recording.spikes, labels, {"max_iterations": n_steps}, seed=seed)
    one, other = (train(job).model for _ in range(2))
    return Repeats(draws, all(np.array_equal(one[name], other[name]) for name in one))


@dataclass(frozen=True)
class Invented:
    """An invented position, decoded from real spikes.

    Parameters
    ----------
    recording : Recording
        The spikes with the invented position.
    decoded : dict of str to list of DecodingResult
        By split, one a fold.
    """

    recording: Recording
    decoded: dict[str, list[DecodingResult]]

    @property
    def r2(self) -> dict[str, float]:
        """Coefficient of determination by split, mean over folds."""
        return {split: mean_score(found, "r2") for split, found in self.decoded.items()}

    def expect(self) -> None:
        """Hold the leak to what it decodes, and laps held out to nothing."""
        expect("diary.invented.leaky_r2", self.r2["a random split of bins"])
        expect("diary.invented.held_out_r2", self.r2["trips held out"])


def decode_invented(recording: Recording, seed: int) -> Invented:
    """Decode a position that never was, by nearest neighbours among windows of spike counts.

    Parameters
    ----------
    recording : Recording
    seed : int
        Of the invented wave, and of the bins that a random split gives to the test.

    Returns
    -------
    Invented
    """
    fake, split = invented(recording, seed), leaky_split(recording, seed)
    decoded = {
        "a random split of bins": leaking_baselines(fake, split)[COUNTS],
        "trips held out": few_baselines(fake, nested_splits(recording))[COUNTS],
    }
    return Invented(fake, decoded)
