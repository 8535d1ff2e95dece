"""How much of a known latent an embedding holds, and how much of that a label could not tell.

R² is the mean of that of the latent's two coordinates, as in scikit-learn, 1 at best.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor

from .population import Population

NEIGHBOURS = (5, 10, 20, 40, 80, 160)
N_BANDS = 24  # of the label, each 15° wide
MEASURES = ("in_sample", "held_out", "knn", "beyond", "in_bands")


def scores(population: Population, embedding: np.ndarray) -> dict[str, float]:
    """Score an embedding of all samples, those that trained first.

    Parameters
    ----------
    population : Population
    embedding : array of shape (T, d)

    Returns
    -------
    dict of str to float
        ``in_sample``: linear R² of the latent, fitted and scored on training samples, as published.
        ``held_out``: fitted there, scored on test samples. ``knn``: nearest neighbours instead of a
        line, their number chosen on the last fifth of training. ``beyond``: the share of what the
        label leaves unexplained that the embedding explains, held out. ``in_bands``: the same
        fitted apart in each of 24 narrow bands of the label.

    Raises
    ------
    ValueError
        If the embedding has another length or holds no finite numbers.
    """
    embedding = _checked(population, embedding)
    n, latent = population.n_train, population.latent
    train, test = slice(0, n), slice(n, None)
    line = LinearRegression().fit(embedding[train], latent[train])
    return {
        "in_sample": float(line.score(embedding[train], latent[train])),
        "held_out": float(line.score(embedding[test], latent[test])),
        "knn": _knn(embedding, latent, n),
        "beyond": beyond(population, embedding),
        "in_bands": in_bands(population, embedding),
    }


def label_features(label: np.ndarray) -> np.ndarray:
    """The label as its own embedding: (u, sin u), (T, 2)."""
    return np.stack([label, np.sin(label)], axis=1).astype(float)


def beyond(population: Population, embedding: np.ndarray) -> float:
    """Share of the label's own errors that embedding and label together remove, held out.

    The latent less its mean given the label is regressed on the embedding beside (u, sin u). An
    embedding made of the label alone scores 0, a linear image of the latent 1.

    Parameters
    ----------
    population : Population
    embedding : array of shape (T, d)

    Returns
    -------
    float
    """
    features = np.concatenate([_checked(population, embedding), _told(population)], axis=1)
    residual, n = population.residual, population.n_train
    line = LinearRegression().fit(features[:n], residual[:n])
    return _explained(residual[n:], line.predict(features[n:]))


def in_bands(population: Population, embedding: np.ndarray, n_bands: int = N_BANDS) -> float:
    """As `beyond`, with a line of its own in each narrow band of the label: the map may bend.

    Parameters
    ----------
    population : Population
    embedding : array of shape (T, d)
    n_bands : int
        Equal widths over [0, 2π].

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If a band holds too few training samples for a line.
    """
    features = np.column_stack([_checked(population, embedding), population.label])
    residual = population.residual
    band = np.minimum((population.label / (2 * np.pi) * n_bands).astype(int), n_bands - 1)
    trains = np.arange(len(band)) < population.n_train
    few = np.bincount(band[trains], minlength=n_bands).min()
    if few < 5 * features.shape[1]:
        raise ValueError(f"a band of the label has {few} training samples; take fewer bands")
    predicted = np.zeros_like(residual)
    for number in range(n_bands):
        here = band == number
        line = LinearRegression().fit(features[here & trains], residual[here & trains])
        if (here & ~trains).any():
            predicted[here & ~trains] = line.predict(features[here & ~trains])
    return _explained(residual[~trains], predicted[~trains])


def _knn(embedding: np.ndarray, latent: np.ndarray, n_train: int) -> float:
    """R² of nearest neighbours on test samples."""
    n_fit = round(0.8 * n_train)

    def score(k, fit, at):
        model = KNeighborsRegressor(min(k, n_fit)).fit(embedding[:fit], latent[:fit])
        return float(model.score(embedding[at], latent[at]))

    best = max(NEIGHBOURS, key=lambda k: score(k, n_fit, slice(n_fit, n_train)))
    return score(best, n_train, slice(n_train, None))


def _told(population: Population) -> np.ndarray:
    return label_features(population.label)


def _explained(residual: np.ndarray, predicted: np.ndarray) -> float:
    """Share of the residual's square that is removed, mean of the coordinates."""
    return float(np.mean(1 - ((residual - predicted) ** 2).sum(0) / (residual**2).sum(0)))


def _checked(population: Population, embedding: np.ndarray) -> np.ndarray:
    embedding = np.asarray(embedding, dtype=float)
    n = len(population.latent)
    if embedding.ndim != 2 or len(embedding) != n:
        raise ValueError(f"embedding has shape {embedding.shape}; give ({n}, dimensions)")
    if bad := int((~np.isfinite(embedding)).sum()):
        raise ValueError(f"embedding has {bad} NaN or infinite values; find out why first")
    return embedding
