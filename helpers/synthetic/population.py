"""Poisson neurons that listen to a known two-dimensional latent: here the truth can be looked up.

Two generators. ``published`` is that of pi-VAE (Zhou & Wei 2020), on which the CEBRA paper tests:
a random invertible RealNVP flow turns the latent into log rates. ``simple`` stands in for the
blog's, of which no more is told than "100 neurons, nonlinear mixing, Poisson": a small random
network, with the one constant that is free, how much the neurons fire, set by the blog's score of
PCA.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from .latent import draw_latent, label_mean

N_NEURONS = 100
TRAIN_SHARE = 0.8  # the paper trains on 12,000 of 15,000
N_BLOCKS, LAYERS_PER_BLOCK = 4, 2
LOG_SCALE = 0.1  # bound of the log-scale in a coupling layer: it bends, it does not stretch
LOG_RATE = 2.2  # bound of a log rate: 0.11 to 9 spikes a sample
SIMPLE_RATE = 0.16  # spikes a sample: PCA then has the R² that the blog states for its own, 0.68
GENERATORS = ("published", "simple")
MIXING, COUNTS = 1, 2  # random streams, with that of the latent: they share no numbers


class Coupling:
    """An affine coupling layer with random weights; the halves of its output are swapped.

    The first half decides by how much the second is scaled and shifted, and passes through itself:
    so the layer can be undone, whatever the network.

    Parameters
    ----------
    size : int
        Even number of dimensions.
    rng : numpy.random.Generator
        Of the weights: uniform by Glorot's rule and without biases, Keras's default.
    """

    def __init__(self, size: int, rng: np.random.Generator):
        self.half = size // 2
        widths = (self.half, max(1, self.half // 2), max(1, self.half // 2), size)
        self.weights = []
        for fan_in, fan_out in zip(widths[:-1], widths[1:], strict=True):
            reach = np.sqrt(6 / (fan_in + fan_out))
            self.weights.append(rng.uniform(-reach, reach, (fan_in, fan_out)))

    def _scale_and_shift(self, passed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        first, second, last = self.weights
        hidden = np.maximum(np.maximum(passed @ first, 0) @ second, 0)
        scale, shift = np.split(hidden @ last, 2, axis=1)
        return np.exp(LOG_SCALE * np.tanh(scale)), shift

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Transform ``x`` (T, size)."""
        passed, moved = np.split(x, 2, axis=1)
        scale, shift = self._scale_and_shift(passed)
        return np.concatenate([moved * scale + shift, passed], axis=1)

    def inverse(self, y: np.ndarray) -> np.ndarray:
        """Undo `forward`."""
        moved, passed = np.split(y, 2, axis=1)
        scale, shift = self._scale_and_shift(passed)
        return np.concatenate([passed, (moved - shift) / scale], axis=1)


class RealNVP:
    """The published mixing: four blocks of two coupling layers, permuted between blocks.

    Parameters
    ----------
    size : int
        Dimensions in and out, the number of neurons; even, at least 4.
    seed : int
        Of weights and permutations.

    Raises
    ------
    ValueError
        If halves of ``size`` cannot hold the latent.
    """

    def __init__(self, size: int, seed: int):
        if size < 4 or size % 2:
            raise ValueError(f"n_neurons is {size}; a flow needs an even number of at least 4")
        rng = np.random.default_rng([MIXING, seed])
        self.blocks = [
            [Coupling(size, rng) for _ in range(LAYERS_PER_BLOCK)] for _ in range(N_BLOCKS)
        ]
        self.orders = [rng.permutation(size) for _ in range(N_BLOCKS - 1)]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Mix ``x`` (T, size)."""
        for number, block in enumerate(self.blocks):
            x = x[:, self.orders[number - 1]] if number else x
            for layer in block:
                x = layer.forward(x)
        return x

    def inverse(self, y: np.ndarray) -> np.ndarray:
        """Undo `forward`."""
        for number, block in reversed(list(enumerate(self.blocks))):
            for layer in reversed(block):
                y = layer.inverse(y)
            y = y[:, np.argsort(self.orders[number - 1])] if number else y
        return y


@dataclass(frozen=True, eq=False)
class Population:
    """Neurons and the truth behind them; samples are independent, there is no time.

    Attributes
    ----------
    generator : {"published", "simple"}
    spikes : array of shape (T, N)
        Counts, uint8.
    label : array of shape (T,)
        u in [0, 2π], float32: what a method may be told.
    latent : array of shape (T, 2)
        z, what it should find.
    mixing_seed, data_seed : int
    """

    generator: str
    spikes: np.ndarray  # (T, N) uint8
    label: np.ndarray  # (T,) float32
    latent: np.ndarray  # (T, 2) float64
    mixing_seed: int
    data_seed: int

    source = "synthetic"

    @property
    def name(self) -> str:
        """What a page calls it."""
        return f"{self.generator} generator, mixing {self.mixing_seed}"

    @property
    def digest(self) -> str:
        """sha256 of spikes, label and latent, hexadecimal."""
        arrays = (self.spikes, self.label, self.latent)
        return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()

    @property
    def n_train(self) -> int:
        """The first samples, those that train; the rest tests."""
        return round(TRAIN_SHARE * len(self.spikes))

    @property
    def residual(self) -> np.ndarray:
        """The latent less its mean given the label (T, 2): what no label can tell."""
        return self.latent - label_mean(self.label.astype(float))


def simulate(
    generator: str,
    n_samples: int,
    *,
    mixing_seed: int = 0,
    data_seed: int = 0,
    n_neurons: int = N_NEURONS,
    spikes: float = 1.0,
) -> Population:
    """Draw a population of Poisson neurons.

    Parameters
    ----------
    generator : {"published", "simple"}
    n_samples : int
        At least 10.
    mixing_seed : int
        Of the way from latent to rates.
    data_seed : int
        Of labels and latents, which are the same for all mixings; with the mixing's, of the counts.
    n_neurons : int
        The first so many of the mixing's 100: fewer neurons, same code.
    spikes : float
        Factor on all rates.

    Returns
    -------
    Population

    Raises
    ------
    ValueError
        If one of these is out of range.
    """
    if not isinstance(n_samples, int | np.integer) or n_samples < 10:
        raise ValueError(f"n_samples is {n_samples!r}; give at least 10, eight of them train")
    if not np.isfinite(spikes) or spikes <= 0:
        raise ValueError(f"spikes is {spikes!r}; give a positive factor on the rates")
    label, latent = draw_latent(n_samples, data_seed)
    rate = spikes * rates(generator, latent, mixing_seed)[:, : checked_neurons(n_neurons)]
    counts = poisson_counts(rate, np.random.default_rng([COUNTS, data_seed, mixing_seed]))
    return Population(generator, counts, label.astype(np.float32), latent, mixing_seed, data_seed)


def checked_neurons(n_neurons: int) -> int:
    """Return a number of neurons that the mixings have, or raise ValueError."""
    if not isinstance(n_neurons, int | np.integer) or not 1 <= n_neurons <= N_NEURONS:
        raise ValueError(f"n_neurons is {n_neurons!r}; give a whole number from 1 to {N_NEURONS}")
    return n_neurons


def rates(generator: str, latent: np.ndarray, mixing_seed: int) -> np.ndarray:
    """Spikes a sample that 100 neurons fire on average at given latents.

    Parameters
    ----------
    generator : {"published", "simple"}
    latent : array of shape (T, 2)
    mixing_seed : int

    Returns
    -------
    array of shape (T, 100)

    Raises
    ------
    ValueError
        If the generator is unknown or the latent of another shape.
    """
    latent = np.asarray(latent, dtype=float)
    if latent.ndim != 2 or latent.shape[1] != 2:
        raise ValueError(f"latent has shape {latent.shape}; give (samples, 2)")
    if generator == "published":
        padded = np.pad(latent, ((0, 0), (0, N_NEURONS - 2)))
        mixed = RealNVP(N_NEURONS, mixing_seed).forward(padded)
        return np.exp(LOG_RATE * np.tanh(mixed))
    if generator == "simple":
        return _simple_rates(latent, mixing_seed)
    raise ValueError(f"generator {generator!r} is unknown; use one of {', '.join(GENERATORS)}")


def _simple_rates(latent: np.ndarray, mixing_seed: int, n_hidden: int = 64) -> np.ndarray:
    """One hidden layer of tanh units; log rates scatter by about one."""
    rng = np.random.default_rng([MIXING, mixing_seed])
    centred = (latent - (np.pi, 0)) / (2, 1.5)  # about the latent's own mean and spread
    hidden = np.tanh(centred @ rng.standard_normal((2, n_hidden)) + rng.standard_normal(n_hidden))
    log_rate = hidden @ rng.standard_normal((n_hidden, N_NEURONS)) / np.sqrt(n_hidden)
    return SIMPLE_RATE * np.exp(log_rate)


def poisson_counts(rate: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw Poisson counts as uint8.

    Parameters
    ----------
    rate : array of shape (T, N)
        Expected spikes.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If a rate is negative or not finite, or so high that counts pass 255.
    """
    bad = ~(np.isfinite(rate) & (rate >= 0))
    if bad.any():
        neurons = np.flatnonzero(bad.any(axis=0)).tolist()
        raise ValueError(
            f"rates has {bad.sum()} negative or infinite values in neurons {neurons[:8]}; "
            "give expected counts, not their logarithms"
        )
    counts = rng.poisson(rate)
    if counts.max() > 255:
        raise ValueError(f"a count of {counts.max()} spikes does not fit; lower spikes")
    return counts.astype(np.uint8)
