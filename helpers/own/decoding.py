"""Decoding a reader's own recording: as in the chapters on a line; round a circle, the short way.

A mean of positions is no position where the end of the track is its beginning. There, neighbours
and posteriors are averaged as points of the plane, and a prediction is written as that one of its
equals (0.1 m, or 0.1 m and a lap) that lies nearest to the truth: so every score of
`helpers.decoding.scores` counts errors the short way round.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.ndimage import gaussian_filter1d
from sklearn.neighbors import NearestNeighbors

from helpers.decoding import (
    CEBRA_WINDOW,
    NEIGHBOURS,
    PLACE_CM,
    PRIOR_S,
    SMOOTHING_CM,
    DecodingResult,
    Features,
    RateMaps,
    Split,
    Transform,
    decode_bayes,
    decode_constant,
    decode_knn,
    encode,
    pca,
    posterior,
    root_counts,
    trip_of_bin,
)
from helpers.recordings import Recording, stretches

PLAIN = ("kNN on the counts", "PCA, 3-D", "Bayesian decoder", "constant")
"""Methods without a model of CEBRA's, given the same window of counts."""


def decoded(
    transform: Transform, recording: Recording, split: Split, method: str, seed: int = 0
) -> DecodingResult:
    """Decode the test bins of a split from an embedding, by nearest neighbours.

    Parameters
    ----------
    transform : callable
        Fitted on ``split.train``; see `helpers.decoding.encode`.
    recording : Recording
    split : Split
    method : str
    seed : int
        Of the encoder.

    Returns
    -------
    DecodingResult
    """
    features = encode(transform, recording, split)
    few = [k for k in NEIGHBOURS if k <= len(split.train)]
    if recording.geometry == "line":
        return decode_knn(features, recording, split, method, seed=seed, neighbours=few)
    return _knn_round(features, recording, split, method, seed, few)


def plain_methods(recording: Recording, split: Split) -> Mapping[str, DecodingResult]:
    """Decode with everything that needs no training worth the name: the methods of `PLAIN`."""
    components = min(3, recording.spikes.shape[1])
    encoders = {PLAIN[0]: root_counts(), PLAIN[1]: pca(recording, split, components)}
    results = {name: decoded(encoder, recording, split, name) for name, encoder in encoders.items()}
    if recording.geometry == "line":
        results[PLAIN[2]] = decode_bayes(recording, split, PLAIN[2], width=CEBRA_WINDOW)
        results[PLAIN[3]] = decode_constant(recording, split)
    else:
        results[PLAIN[2]] = _bayes_round(recording, split, PLAIN[2])
        mean = _points(recording)[split.train].mean(axis=0)
        results[PLAIN[3]] = _result(recording, split, PLAIN[3], np.tile(mean, (len(split.test), 1)))
    return results


def _points(recording: Recording) -> np.ndarray:
    """Cosine and sine of the place on the circle, and the share that ran right, (T, 3)."""
    turn = 2 * np.pi * recording.position.astype(float) / recording.length_m
    return np.stack([np.cos(turn), np.sin(turn), recording.direction > 0], axis=1)


def _metres(points: np.ndarray, length_m: float) -> np.ndarray:
    return np.arctan2(points[..., 1], points[..., 0]) % (2 * np.pi) / (2 * np.pi) * length_m


def _beside(truth: np.ndarray, position: np.ndarray, length_m: float) -> np.ndarray:
    """Of all equals of a position, the one nearest to the truth."""
    return truth + (position - truth + length_m / 2) % length_m - length_m / 2


def _errors(points: np.ndarray, recording: Recording, bins: np.ndarray) -> np.ndarray:
    """Distances in metres, the short way round."""
    truth, length_m = recording.position[bins].astype(float), recording.length_m
    return np.abs(_beside(truth, _metres(points, length_m), length_m) - truth)


def _result(recording, split, method, points, seed=0, settings=None) -> DecodingResult:
    bins = split.test
    truth = recording.labels("posdir")[bins]
    place = _beside(truth[:, 0], _metres(points, recording.length_m), recording.length_m)
    right = points[:, 2]
    return DecodingResult(
        method=method,
        split=split.name,
        bins=bins,
        trips=trip_of_bin(recording)[bins],
        label=truth,
        predicted=np.stack([place, right, 1 - right], axis=1).astype(np.float32),
        running=recording.running()[bins],
        seed=seed,
        settings=settings or {},
    )


def _knn_round(features: Features, recording, split, method, seed, neighbours):
    """As `decode_knn`, with neighbours averaged as points; the number of them from validation."""
    points = _points(recording)[split.train]
    index = NearestNeighbors(n_neighbors=max(neighbours)).fit(_unit(features.train))
    near = index.kneighbors(_unit(features.valid), return_distance=False)
    missed = [
        np.median(_errors(points[near[:, :k]].mean(axis=1), recording, split.valid))
        for k in neighbours
    ]
    best = int(np.argmin(missed))
    near = index.kneighbors(_unit(features.test), neighbours[best], return_distance=False)
    settings = {"k": neighbours[best], "valid_median_cm": 100 * float(missed[best])}
    return _result(recording, split, method, points[near].mean(axis=1), seed, settings)


def _unit(rows: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1)


def _bayes_round(recording: Recording, split: Split, method: str) -> DecodingResult:
    """As `decode_bayes`, with rate maps that close and a posterior averaged as points."""
    maps = [_rate_maps_round(recording, split.train, sd) for sd in SMOOTHING_CM]
    missed = [
        np.median(_errors(_expected_point(m, recording, split.valid), recording, split.valid))
        for m in maps
    ]
    best = int(np.argmin(missed))
    points = _expected_point(maps[best], recording, split.test)
    settings = {"smoothing_cm": SMOOTHING_CM[best], "valid_median_cm": 100 * float(missed[best])}
    return _result(recording, split, method, points, settings=settings)


def _rate_maps_round(recording: Recording, bins: np.ndarray, smoothing_cm: float) -> RateMaps:
    neurons = np.flatnonzero(recording.spikes[bins].any(axis=0))
    if len(neurons) == 0:
        raise ValueError(f"no spikes in the {len(bins)} training bins of {recording.name}")
    n_places = max(1, round(100 * recording.length_m / PLACE_CM))
    place = (recording.position[bins] / recording.length_m * n_places).astype(int) % n_places
    cell = (recording.direction[bins] > 0).astype(int), place
    seconds, spikes = np.zeros((2, n_places)), np.zeros((2, n_places, len(neurons)))
    np.add.at(seconds, cell, recording.bin_s)
    np.add.at(spikes, cell, recording.spikes[np.ix_(bins, neurons)])
    sd = smoothing_cm / (100 * recording.length_m / n_places)
    seconds = gaussian_filter1d(seconds, sd, axis=1, mode="wrap")[:, :, None]
    spikes = gaussian_filter1d(spikes, sd, axis=1, mode="wrap")
    mean = recording.spikes[np.ix_(bins, neurons)].mean(axis=0) / recording.bin_s
    places = (np.arange(n_places) + 0.5) * recording.length_m / n_places
    return RateMaps((spikes + PRIOR_S * mean) / (seconds + PRIOR_S), places, neurons)


def _expected_point(maps: RateMaps, recording: Recording, bins: np.ndarray) -> np.ndarray:
    segments = stretches(bins, recording.segments)
    p = posterior(maps, recording.spikes[bins], recording.bin_s, segments, CEBRA_WINDOW)
    turn = 2 * np.pi * maps.places / recording.length_m
    here = p.sum(axis=1)
    return np.stack([here @ np.cos(turn), here @ np.sin(turn), p[:, 1].sum(axis=1)], axis=1)
