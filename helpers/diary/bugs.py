"""The bugs of the debugging diary, small enough to be watched: each function shows one at work."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from unittest.mock import patch

import cebra
import numpy as np
import torch
from IPython.display import Markdown
from scipy.ndimage import gaussian_filter1d

from helpers import tables
from helpers.claims import expect
from helpers.decoding import (
    COUNTS,
    DecodingResult,
    few_rivals,
    leaking_rivals,
    leaky_split,
    mean_score,
    nested_splits,
)
from helpers.figures.diary import two_decimals
from helpers.recordings import Recording
from helpers.training import Job, train


@dataclass(frozen=True)
class _CudaDeviceProperties:
    """What `torch.cuda.get_device_properties` tells of a card, for machines that have none."""

    name: str = "no graphics card"
    total_memory: int = 16 * 2**30
    multi_processor_count: int = 40


def device_properties():
    """Return torch's description of the graphics card, or a stand-in with the same attributes."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_properties(torch.cuda.current_device())
    return _CudaDeviceProperties()


def edit_distance(one: str, other: str) -> int:
    """Count the characters to insert, delete or replace between two words (Levenshtein 1966).

    Parameters
    ----------
    one, other : str

    Returns
    -------
    int

    Examples
    --------
    >>> edit_distance("kitten", "sitting")
    3
    """
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            above, row[j] = row[j], min(above + (a != b), row[j] + 1, row[j - 1] + 1)
    return row[-1]


@contextlib.contextmanager
def told(*kinds: type[Exception]) -> Iterator[list[str]]:
    """Keep what an expected error says, and go on.

    Parameters
    ----------
    *kinds : exception types
        Those expected; any other stops the chapter.

    Yields
    ------
    list of str
        Type and first line of the error, once it was raised; empty if none was.
    """
    lines: list[str] = []
    try:
        yield lines
    except kinds as error:
        lines.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")


def loader_of(labels: np.ndarray, spikes: np.ndarray) -> tuple[str, str]:
    """Ask `cebra` how it would train on (T, k) labels and (T, N) spikes.

    Gives the name of the loader's class, and by what it draws pairs, ``"ignored"`` where it knows
    no choice.
    """
    import cebra.integrations.sklearn.cebra as module

    seen, make = [], module._init_loader

    def spy(*args, **kwargs):
        loader, solver = make(*args, **kwargs)
        seen.append(loader)
        return loader, solver

    model = cebra.CEBRA(
        model_architecture="offset10-model",
        conditional="time_delta",
        time_offsets=10,
        batch_size=16,
        max_iterations=1,
    )
    quiet = contextlib.redirect_stderr(io.StringIO())
    with patch.object(module, "_init_loader", spy), warnings.catch_warnings(), quiet:
        warnings.simplefilter("ignore")
        model.fit(np.asarray(spikes, dtype=np.float32), labels)
    return type(seen[0]).__name__, getattr(seen[0], "conditional", "ignored")


def library_draws(labels: np.ndarray, seed: int) -> np.ndarray:
    """Draw ten references for (T, k) labels as the library does, every generator seeded."""
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002  the library asks this generator, too
    distribution = cebra.distributions.TimedeltaDistribution(
        torch.as_tensor(labels), time_delta=10, seed=seed
    )
    return distribution.sample_prior(10).numpy()


def invented(recording: Recording, seed: int) -> Recording:
    """Give a recording the position of an animal that never was: a slow random wave.

    Spikes and trips stay, and enter the wave least of all; it is spread evenly over the track.
    """
    noise = np.random.default_rng(seed).normal(size=len(recording.position))
    wave = gaussian_filter1d(noise, 2 / recording.bin_s)  # two seconds wide
    rank = wave.argsort().argsort() / (len(wave) - 1)
    return replace(recording, position=(recording.length_m * rank).astype(np.float32))


def r2_and_correlation(true: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    """Return the coefficient of determination and Pearson's correlation of two vectors.

    Parameters
    ----------
    true, predicted : (n,) arrays

    Returns
    -------
    r2, correlation : float
    """
    residual = ((true - predicted) ** 2).sum() / ((true - true.mean()) ** 2).sum()
    return float(1 - residual), float(np.corrcoef(true, predicted)[0, 1])


def r2_table(true: np.ndarray, guesses: Mapping[str, np.ndarray]) -> Markdown:
    """Set R² and correlation of some predictions.

    Parameters
    ----------
    true : (n,) array
    guesses : mapping of str to (n,) array

    Returns
    -------
    Markdown
    """
    rows = [
        [name, *map(two_decimals, r2_and_correlation(true, guess))]
        for name, guess in guesses.items()
    ]
    return Markdown(tables.markdown(["prediction", "R²", "correlation"], rows))


@dataclass(frozen=True)
class Loaders:
    """How the library would train on the same labels as floats and as whole numbers.

    Parameters
    ----------
    found : dict of str to (str, str)
        By what the labels are: the loader, and how it draws pairs.
    refused : str
        What `Job` says to whole numbers.
    """

    found: dict[str, tuple[str, str]]
    refused: str

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
    """What comes of giving one seed twice.

    Parameters
    ----------
    draws : (2, 10) int array
        References that the library draws.
    engine : bool
        Whether our weights are equal to the last bit.
    """

    draws: np.ndarray
    engine: bool

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
        expect("diary.invented.leaky_r2", self.r2["bins from a hat"])
        expect("diary.invented.held_out_r2", self.r2["trips held out"])


def decode_invented(recording: Recording, seed: int) -> Invented:
    """Decode a position that never was, by nearest neighbours among windows of spike counts.

    Parameters
    ----------
    recording : Recording
    seed : int
        Of the invented wave, and of the bins that a hat gives to the test.

    Returns
    -------
    Invented
    """
    fake, hat = invented(recording, seed), leaky_split(recording, seed)
    decoded = {
        "bins from a hat": leaking_rivals(fake, hat)[COUNTS],
        "trips held out": few_rivals(fake, nested_splits(recording))[COUNTS],
    }
    return Invented(fake, decoded)
