"""Which bins a decoder learns from, is tuned on, and is judged by.

Three ways to cut a recording, from honest to flattering: by round trip (the paper's nested folds),
in one piece (the authors' demo) and bin by bin (the blog). The last one leaks: a 25 ms bin in test
has its neighbours in train.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from helpers.recordings import Recording

N_FOLDS = 3


@dataclass(frozen=True, eq=False)
class Split:
    """Three disjoint sets of bins of one recording.

    Parameters
    ----------
    name : str
        What the split is called in tables and in the results file.
    train, valid, test : ndarray of int64, each (n_bins,)
        Strictly increasing bin numbers. The encoder and the decoder see ``train``; settings are
        chosen on ``valid``; ``test`` is only scored.

    Raises
    ------
    ValueError
        If a part is empty or not strictly increasing, or if two parts share a bin.
    """

    name: str
    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray

    def __post_init__(self) -> None:
        for part in ("train", "valid", "test"):
            bins = getattr(self, part)
            if len(bins) == 0:
                raise ValueError(f"split {self.name!r} has no {part} bins; use a longer recording")
            if np.any(np.diff(bins) <= 0):
                raise ValueError(
                    f"{part} bins of split {self.name!r} must strictly increase; sort them"
                )
        together = np.concatenate([self.train, self.valid, self.test])
        shared = len(together) - len(np.unique(together))
        if shared:
            raise ValueError(
                f"split {self.name!r} has {shared} bins in two parts; parts must be disjoint"
            )


def nested_split(recording: Recording, fold: int) -> Split:
    """One fold of the paper's nested split by round trip.

    The trips are cut into three successive blocks, so that early, middle and late running are all
    tested. In each block, fold ``fold`` of three consecutive ones is held out; its first half is
    test, its second half validation.

    Parameters
    ----------
    recording : Recording
    fold : int
        0, 1 or 2.

    Returns
    -------
    Split

    Raises
    ------
    ValueError
        If there is no such fold, or fewer than 18 round trips: then some fold has no trip left to
        validate on.

    Notes ----- Same trips as ``cebra.datasets.hippocampus.SingleRatTrialSplitDataset`` (Schneider
    et al. 2023), which the tests compare with. ``np.array_split`` puts the larger pieces first, as
    scikit-learn's unshuffled ``KFold`` does.
    """
    if fold not in range(N_FOLDS):
        raise ValueError(f"fold is {fold}; the nested split has folds 0, 1 and 2")
    trips = recording.trials()
    if len(trips) < 2 * N_FOLDS**2:
        raise ValueError(
            f"{recording.name} has {len(trips)} round trips; the nested split needs 18"
        )
    train, valid, test = [], [], []
    for block in np.array_split(np.arange(len(trips)), N_FOLDS):
        pieces = np.array_split(block, N_FOLDS)
        test_trips, valid_trips = np.array_split(pieces.pop(fold), 2)
        train.extend(np.concatenate(pieces))
        valid.extend(valid_trips)
        test.extend(test_trips)
    return Split(f"nested {fold}", *(_bins(trips, part) for part in (train, valid, test)))


def nested_splits(recording: Recording) -> list[Split]:
    """All three folds of `nested_split`."""
    return [nested_split(recording, fold) for fold in range(N_FOLDS)]


def contiguous_split(recording: Recording, test_fraction: float = 0.2) -> Split:
    """Hold out the end of the recording in one piece, as the authors' demo notebooks do.

    The last tenth of the training part is set aside for validation.

    Parameters
    ----------
    recording : Recording
    test_fraction : float
        Share of all bins held out, between 0 and 1.

    Returns
    -------
    Split

    Raises
    ------
    ValueError
        If ``test_fraction`` is not between 0 and 1.
    """
    _check_fraction(test_fraction)
    n_bins = len(recording.position)
    first_test = round(n_bins * (1 - test_fraction))
    first_valid = round(first_test * 0.9)
    edges = (0, first_valid, first_test, n_bins)
    return Split(
        "contiguous", *(np.arange(a, b) for a, b in zip(edges[:-1], edges[1:], strict=True))
    )


def leaky_split(recording: Recording, seed: int = 0, test_fraction: float = 0.2) -> Split:
    """Assign single bins at random: the split behind the blog's numbers, kept as a warning.

    Parameters
    ----------
    recording : Recording
    seed : int
        Of the permutation.
    test_fraction : float
        Share of all bins held out; a tenth of the rest is for validation.

    Returns
    -------
    Split

    Raises
    ------
    ValueError
        If ``test_fraction`` is not between 0 and 1.
    """
    _check_fraction(test_fraction)
    n_bins = len(recording.position)
    order = np.random.default_rng(seed).permutation(n_bins)
    n_test = round(n_bins * test_fraction)
    n_valid = round((n_bins - n_test) * 0.1)
    test, valid, train = np.split(order, [n_test, n_test + n_valid])
    return Split("leaky", np.sort(train), np.sort(valid), np.sort(test))


def trip_of_bin(recording: Recording) -> np.ndarray:
    """Number of the round trip that each bin belongs to, (T,) int64."""
    trips = np.full(len(recording.position), -1)
    for number, trip in enumerate(recording.trials()):
        trips[trip] = number
    return trips


def _bins(trips: Sequence[slice], chosen: Sequence[int]) -> np.ndarray:
    return np.concatenate([np.arange(trips[i].start, trips[i].stop) for i in sorted(chosen)])


def _check_fraction(test_fraction: float) -> None:
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction is {test_fraction}; give a number between 0 and 1")
