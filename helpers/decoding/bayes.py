"""Naive Bayes: the position decoder of hippocampal laboratories since Zhang et al. (1998).

Neurons are taken as independent Poisson processes whose rates depend on position and running
direction. The rates are read off the training bins; Bayes' rule turns the spikes of a window into a
probability of each place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter1d

from helpers.recordings import stretches

from .neighbours import DecodingResult, as_result
from .windows import window_sums

if TYPE_CHECKING:
    from helpers.recordings import Recording

    from .splits import Split

PLACE_CM = 2.0
"""Width of a place on the track."""
SMOOTHING_CM = (2.0, 4.0, 6.0, 10.0)
"""Widths (sd) of the Gaussian over the rate maps that are tried on the validation trips."""
PRIOR_S = 0.01
"""Seconds for which each place counts as seen already, every neuron at its mean rate, so that no
rate is zero."""


@dataclass(frozen=True, eq=False)
class RateMaps:
    """Firing rates by direction and place.

    Parameters
    ----------
    rates : ndarray of float64, (2, n_places, N)
        Spikes a second; first running left, then right. All above zero.
    places : ndarray of float64, (n_places,)
        Centres, metres.
    neurons : ndarray of int64, (N,)
        Columns of the recording that fired in training; a silent one tells nothing about places.
    """

    rates: np.ndarray
    places: np.ndarray
    neurons: np.ndarray


def rate_maps(recording: Recording, bins: np.ndarray, smoothing_cm: float = 4.0) -> RateMaps:
    """Estimate rate maps: smoothed spike counts over smoothed time spent, for each direction.

    Parameters
    ----------
    recording : Recording
    bins : ndarray of int64, (n,)
        Training bins.
    smoothing_cm : float
        Standard deviation of the Gaussian, centimetres.

    Returns
    -------
    RateMaps

    Raises
    ------
    ValueError
        If there are no bins or no spikes in them, or the smoothing is not above zero.
    """
    if not smoothing_cm > 0:
        raise ValueError(f"smoothing_cm is {smoothing_cm}; it must be above 0")
    neurons = np.flatnonzero(recording.spikes[bins].sum(axis=0))
    if len(neurons) == 0:
        raise ValueError(f"no spikes in the {len(bins)} training bins of {recording.name}")
    n_places = max(1, round(100 * recording.length_m / PLACE_CM))
    place = recording.track.cells(recording.position[bins], n_places)
    cell = (recording.direction[bins] > 0).astype(int), place
    seconds, spikes = np.zeros((2, n_places)), np.zeros((2, n_places, len(neurons)))
    np.add.at(seconds, cell, recording.bin_s)
    np.add.at(spikes, cell, recording.spikes[np.ix_(bins, neurons)])
    sd = smoothing_cm / (100 * recording.length_m / n_places)
    seconds = gaussian_filter1d(seconds, sd, axis=1, mode=recording.track.edge)[:, :, None]
    spikes = gaussian_filter1d(spikes, sd, axis=1, mode=recording.track.edge)
    mean = recording.spikes[np.ix_(bins, neurons)].mean(axis=0) / recording.bin_s
    rates = (spikes + PRIOR_S * mean) / (seconds + PRIOR_S)
    places = (np.arange(n_places) + 0.5) * recording.length_m / n_places
    return RateMaps(rates, places, neurons)


def posterior(
    maps: RateMaps,
    spikes: np.ndarray,
    bin_s: float,
    segments: Sequence[slice] = (),
    width: int = 10,
) -> np.ndarray:
    """Probability of each direction and place given the spikes of a window.

    No place is favoured beforehand: the prior is flat.

    Parameters
    ----------
    maps : RateMaps
    spikes : ndarray, (T, N)
        Counts per bin, all columns of the recording.
    bin_s : float
        Seconds a bin.
    segments : sequence of slice
        Stretches of ``spikes`` that windows stay within.
    width : int
        Bins in the window.

    Returns
    -------
    ndarray of float64, (T, 2, n_places)
        Sums to one for each bin.
    """
    counts, n_bins = window_sums(spikes[:, maps.neurons], segments, width)
    flat = maps.rates.reshape(-1, len(maps.neurons))
    seconds = bin_s * n_bins[:, None]
    log_p = counts @ np.log(flat).T - seconds * flat.sum(axis=1)
    p = np.exp(log_p - log_p.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return p.reshape(len(spikes), *maps.rates.shape[:2])


def decode_bayes(
    recording: Recording,
    split: Split,
    method: str,
    *,
    width: int = 10,
    smoothing_cm: Sequence[float] = SMOOTHING_CM,
    leaking: bool = False,
) -> DecodingResult:
    """Decode the test bins with rate maps of the training bins, smoothed as validation likes best.

    Parameters
    ----------
    recording : Recording
    split : Split
    method : str
        Name for tables.
    width : int
        Bins in the window; 10 is what CEBRA sees.
    smoothing_cm : sequence of float
        Smoothings to choose from, by the median error of position.
    leaking : bool
        Let windows reach over the whole recording, as `helpers.decoding.encode_leaking` does; for a
        split bin by bin, which leaves no other window.

    Returns
    -------
    DecodingResult
        Position is the posterior's mean, direction its share: the same kind of guess as a mean over
        neighbours.

    Raises
    ------
    ValueError
        If there is nothing to choose from, or `rate_maps` refuses.
    """
    return smoothed_as_liked(
        recording,
        split,
        method,
        lambda sd: rate_maps(recording, split.train, sd),
        lambda maps, bins: _expected_point(maps, recording, bins, width, leaking),
        smoothing_cm,
        width,
    )


def smoothed_as_liked(
    recording: Recording,
    split: Split,
    method: str,
    maps_of: Callable[[float], object],
    guess: Callable[[object, np.ndarray], np.ndarray],
    smoothing_cm: Sequence[float],
    width: int,
) -> DecodingResult:
    """Decode test bins with the maps whose smoothing serves best on validation bins.

    Parameters
    ----------
    recording, split, method, smoothing_cm, width
        As in `decode_bayes`.
    maps_of : callable
        ``maps_of(smoothing_cm) -> maps`` of training bins.
    guess : callable
        ``guess(maps, bins) -> points``, as `helpers.decoding.neighbours.as_result` takes them.

    Returns
    -------
    DecodingResult

    Raises
    ------
    ValueError
        If there is nothing to choose from.
    """
    if not smoothing_cm:
        raise ValueError("smoothing_cm is empty; give at least one width")
    truth = recording.position[split.valid]
    candidates = [maps_of(sd) for sd in smoothing_cm]
    guesses = [guess(maps, split.valid) for maps in candidates]
    errors = [np.median(recording.track.errors(one, truth)) for one in guesses]
    best = int(np.argmin(errors))
    settings = {
        "smoothing_cm": smoothing_cm[best],
        "window_s": width * recording.bin_s,
        "valid_median_cm": 100 * float(errors[best]),
    }
    predicted = guess(candidates[best], split.test)
    return as_result(recording, split, method, predicted, settings=settings)


def expected_point(p: np.ndarray, places: np.ndarray, recording: Recording) -> np.ndarray:
    """Mean place and share of either direction under probabilities (T, 2, n_places), left first."""
    right = p[:, 1].sum(axis=1)
    here = p.sum(axis=1)
    along = [here @ column for column in recording.track.columns(places)]
    return np.stack([*along, right, 1 - right], axis=1)


def _expected_point(
    maps: RateMaps, recording: Recording, bins: np.ndarray, width: int, leaking: bool
) -> np.ndarray:
    if leaking:
        p = posterior(maps, recording.spikes, recording.bin_s, recording.segments, width)[bins]
    else:
        segments = stretches(bins, recording.segments)
        p = posterior(maps, recording.spikes[bins], recording.bin_s, segments, width)
    return expected_point(p, maps.places, recording)
