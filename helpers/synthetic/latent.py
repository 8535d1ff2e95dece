"""The latent of the synthetic benchmark, z in two dimensions, and its label u (Zhou & Wei 2020)."""

from __future__ import annotations

import numpy as np

LATENT = 0  # random stream


def label_mean(label: np.ndarray) -> np.ndarray:
    """Mean of the latent given the label, (u, 2 sin u), (T, 2)."""
    return np.stack([label, 2 * np.sin(label)], axis=1)


def label_variance(label: np.ndarray) -> np.ndarray:
    """Variance of the latent given the label, (0.6 − 0.3 |sin u|, 0.3 |sin u|), (T, 2)."""
    second = 0.3 * np.abs(np.sin(label))
    return np.stack([0.6 - second, second], axis=1)


def draw_latent(n_samples: int, seed) -> tuple[np.ndarray, np.ndarray]:
    """Draw labels and latents.

    Parameters
    ----------
    n_samples : int
    seed : int or sequence of int

    Returns
    -------
    label : array of shape (n_samples,)
        Uniform on [0, 2π], as float32 can hold it.
    latent : array of shape (n_samples, 2)
        Normal given the label.
    """
    rng = np.random.default_rng([LATENT, *np.atleast_1d(seed)])
    label = rng.uniform(0, 2 * np.pi, n_samples).astype(np.float32).astype(float)
    noise = rng.standard_normal((n_samples, 2))
    return label, label_mean(label) + np.sqrt(label_variance(label)) * noise


def log_density(latent: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Log density of latents (M, 2) given labels (T,), as float32 (T, M)."""
    mean, variance = label_mean(label), np.maximum(label_variance(label), 1e-6)
    total = -np.log(variance).sum(axis=1, keepdims=True, dtype=np.float32) / 2
    for axis in range(2):
        away = latent[:, axis].astype(np.float32) - mean[:, axis, None].astype(np.float32)
        total = total - away**2 / (2 * variance[:, axis, None].astype(np.float32))
    return total - np.float32(np.log(2 * np.pi))


def log_marginal(latent: np.ndarray, n_labels: int = 2000) -> np.ndarray:
    """Log density of latents (M, 2) whatever the label, (M,)."""
    grid = (np.arange(n_labels) + 0.5) / n_labels * 2 * np.pi
    density = np.zeros(len(latent))
    for labels in np.array_split(grid, 40):
        density += np.exp(log_density(latent, labels)).sum(axis=0, dtype=float)
    return np.log(density / n_labels)
