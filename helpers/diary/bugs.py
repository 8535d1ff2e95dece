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
        [name, *map(tables.number, r2_and_correlation(true, guess))]
        for name, guess in guesses.items()
    ]
    return Markdown(tables.markdown(["prediction", "R²", "correlation"], rows))
