"""The Bayesian decoder for traces: as that for counts, with Gaussian noise in place of Poisson's.

Each cell's mean over the window of a bin depends on place and direction; around it the noise is
taken as Gaussian, of one variance a cell, and independent between cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d

from helpers.recordings import stretches

from .bayes import PLACE_CM, SMOOTHING_CM, expected_point, smoothed_as_liked
from .neighbours import DecodingResult
from .windows import window_counts

if TYPE_CHECKING:
    from helpers.recordings import Recording

    from .splits import Split

PRIOR_BINS = 1.0
"""Bins for which each place counts as seen already, every cell at its mean."""


class MeanMaps(NamedTuple):
    """Mean activity by direction and place, (2, n_places, N), left first; centres, m; variances."""

    means: np.ndarray
    places: np.ndarray
    variance: np.ndarray  # (N,)


def window_means(traces: np.ndarray, segments: Sequence[slice] = (), width: int = 10) -> np.ndarray:
    """Mean of each bin's window, (T, N) float64; ends as in `window_counts`."""
    return window_counts(traces, segments, width).mean(axis=1, dtype=np.float64)


def mean_maps(recording: Recording, bins: np.ndarray, width: int, smoothing_cm: float) -> MeanMaps:
    """Estimate mean maps and the variance around them on training bins.

    Parameters
    ----------
    recording : Recording
        Of traces.
    bins : (n,) array
        Training bins.
    width : int
        Bins in the window.
    smoothing_cm : float
        Standard deviation of the Gaussian over places.

    Returns
    -------
    MeanMaps
    """
    rows = window_means(recording.spikes[bins], stretches(bins, recording.segments), width)
    n_places = max(1, round(100 * recording.length_m / PLACE_CM))
    place = recording.track.cells(recording.position[bins], n_places)
    cell = (recording.direction[bins] > 0).astype(int), place
    seen, total = np.zeros((2, n_places)), np.zeros((2, n_places, rows.shape[1]))
    np.add.at(seen, cell, 1.0)
    np.add.at(total, cell, rows)
    sd = smoothing_cm / (100 * recording.length_m / n_places)
    seen = gaussian_filter1d(seen, sd, axis=1, mode=recording.track.edge)[:, :, None]
    total = gaussian_filter1d(total, sd, axis=1, mode=recording.track.edge)
    means = (total + PRIOR_BINS * rows.mean(axis=0)) / (seen + PRIOR_BINS)
    variance = ((rows - means[cell]) ** 2).mean(axis=0)
    places = (np.arange(n_places) + 0.5) * recording.length_m / n_places
    return MeanMaps(means, places, np.maximum(variance, 1e-12))


def decode_gaussian(
    recording: Recording,
    split: Split,
    method: str,
    *,
    width: int = 10,
    smoothing_cm: Sequence[float] = SMOOTHING_CM,
) -> DecodingResult:
    """Decode the test bins of traces with maps of the training bins.

    Parameters
    ----------
    recording : Recording
        Of traces.
    split : Split
    method : str
        Name for tables.
    width : int
        Bins in the window; 10 is what CEBRA sees.
    smoothing_cm : sequence of float
        Smoothings to choose from, by the median error of position on validation bins.

    Returns
    -------
    DecodingResult
        Position is the posterior's mean, direction its share.
    """
    return smoothed_as_liked(
        recording,
        split,
        method,
        lambda sd: mean_maps(recording, split.train, width, sd),
        lambda maps, bins: _expected_point(maps, recording, bins, width),
        smoothing_cm,
        width,
    )


def _expected_point(maps: MeanMaps, recording: Recording, bins, width: int) -> np.ndarray:
    rows = window_means(recording.spikes[bins], stretches(bins, recording.segments), width)
    rows, flat = rows / np.sqrt(maps.variance), maps.means / np.sqrt(maps.variance)
    flat = flat.reshape(-1, flat.shape[-1])
    log_p = rows @ flat.T - (flat**2).sum(axis=1) / 2
    p = np.exp(log_p - log_p.max(axis=1, keepdims=True))
    p = (p / p.sum(axis=1, keepdims=True)).reshape(len(rows), *maps.means.shape[:2])
    return expected_point(p, maps.places, recording)
