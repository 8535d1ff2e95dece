"""The bugs of the debugging diary, small enough to be watched: each function shows one at work."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import comb
from unittest.mock import patch

import cebra
import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d

from helpers.recordings import Recording


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
    """Ask `cebra` how it would train on labels: by which loader, with which distribution.

    Parameters
    ----------
    labels : array of shape (T,) or (T, k)
        As one hands them to ``cebra.CEBRA.fit``, with ``conditional="time_delta"``.
    spikes : array of shape (T, N)

    Returns
    -------
    loader, conditional : str
        Name of the loader's class; the pairs it draws, ``"ignored"`` where it knows no choice.
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
    """Draw ten references as the library does, every generator that one can reach seeded.

    Parameters
    ----------
    labels : (T, k) float32 array
    seed : int

    Returns
    -------
    (10,) int array
    """
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002  the library asks this generator, too
    distribution = cebra.distributions.TimedeltaDistribution(
        torch.as_tensor(labels), time_delta=10, seed=seed
    )
    return distribution.sample_prior(10).numpy()


def invented(recording: Recording, seed: int) -> Recording:
    """Give a recording the position of an animal that never was: a slow random wave.

    Parameters
    ----------
    recording : Recording
    seed : int
        Of the wave; nothing else enters it, the spikes least of all.

    Returns
    -------
    Recording
        The same spikes and trips. The wave is as evenly spread over the track as can be.
    """
    noise = np.random.default_rng(seed).normal(size=len(recording.position))
    wave = gaussian_filter1d(noise, 2 / recording.bin_s)  # two seconds wide
    rank = wave.argsort().argsort() / (len(wave) - 1)
    return replace(recording, position=(recording.length_m * rank).astype(np.float32))


def simplices(n: int, dimension: int) -> int:
    """Count the simplices on `n` points, up to a dimension: points, pairs, triples, quadruples.

    >>> simplices(4, 3)
    15
    """
    return sum(comb(n, size) for size in range(1, dimension + 2))


def extrapolated(n_points, seconds, gigabytes, at: int) -> tuple[float, float, float]:
    """Follow the straight lines through time and memory, on logarithmic axes, to more points.

    Parameters
    ----------
    n_points, seconds, gigabytes : (k,) arrays
        Measured; positive.
    at : int
        Number of points asked for.

    Returns
    -------
    power : float
        Of the number of points, with which time grows.
    hours, gigabytes : float
        There.
    """
    (power, hours), (growth, memory) = (
        np.polyfit(np.log(n_points), np.log(values), 1)
        for values in (np.asarray(seconds) / 3600, gigabytes)
    )
    return float(power), float(np.exp(hours) * at**power), float(np.exp(memory) * at**growth)


def said(value: float) -> str:
    """Write a number with two decimals and a proper minus sign, nought without."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def r2_and_correlation(true: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    """Return the coefficient of determination and Pearson's correlation of two vectors."""
    residual = ((true - predicted) ** 2).sum() / ((true - true.mean()) ** 2).sum()
    return float(1 - residual), float(np.corrcoef(true, predicted)[0, 1])
