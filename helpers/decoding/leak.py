"""The leak taken apart: who profits from seeing the test trips, the encoder or the decoder?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .neighbours import DecodingResult, decode_knn, encode, encode_leaking
from .splits import Split, leaky_split, nested_split, trip_of_bin

if TYPE_CHECKING:
    from helpers.recordings import Recording
    from helpers.training import Fit

FourWays = dict[tuple[bool, bool], list[DecodingResult]]


def four_ways(
    everything: Fit, folds: Sequence[Fit], recording: Recording, *, seed: int = 0
) -> FourWays:
    """Decode the same trips with an encoder that saw them or not, and a decoder that did or not.

    The decoder that saw them takes its neighbours from a random four fifths of all bins, those of
    the tested trips included, and its windows from the whole recording.

    Parameters
    ----------
    everything : Fit
        Trained on all bins.
    folds : sequence of Fit
        Trained alike on the training trips of each nested fold.
    recording : Recording
    seed : int
        Of the random bins.

    Returns
    -------
    dict
        Results, one a fold, by (encoder saw the tested trips, decoder saw them).
    """
    results: FourWays = {}
    for fold, held_out in enumerate(folds):
        honest = nested_split(recording, fold)
        mixed = among_all_bins(recording, honest, seed)
        for encoder_saw, fit in ((False, held_out), (True, everything)):
            for decoder_saw, split, method in (
                (False, honest, encode),
                (True, mixed, encode_leaking),
            ):
                features = method(fit.transform, recording, split)
                result = decode_knn(features, recording, split, "posdir", seed=seed)
                results.setdefault((encoder_saw, decoder_saw), []).append(result)
    return results


def among_all_bins(recording: Recording, honest: Split, seed: int) -> Split:
    """Split bin by bin, but test only bins of the trips that another split tests."""
    leaky = leaky_split(recording, seed)
    test = np.intersect1d(leaky.test, honest.test)
    return Split(honest.name, leaky.train, leaky.valid, test)


def neighbours_nearby(recording: Recording, split: Split, window: int) -> tuple[float, float]:
    """How much the test bins of a split share with its training bins.

    Parameters
    ----------
    recording : Recording
    split : Split
    window : int
        Bins.

    Returns
    -------
    overlapping : float
        Share of test bins whose window overlaps that of a training bin in the same segment.
    same_trip : float
        Share of test bins with training bins in their round trip.
    """
    trips = trip_of_bin(recording)
    starts = np.array([segment.start for segment in recording.segments])
    segment = np.searchsorted(starts, np.arange(len(trips)), side="right")
    place = np.searchsorted(split.train, split.test)
    overlapping = np.zeros(len(split.test), bool)
    for neighbour in (place - 1, place):
        bins = split.train[neighbour.clip(0, len(split.train) - 1)]
        near = np.abs(bins - split.test) < window
        overlapping |= near & (segment[bins] == segment[split.test])
    same_trip = np.isin(trips[split.test], trips[split.train])
    return float(overlapping.mean()), float(same_trip.mean())
