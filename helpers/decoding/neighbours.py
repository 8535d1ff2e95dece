"""From an embedding to a position: nearest neighbours, tuned on validation, judged on test trips.

Every decoder here and in `bayes` returns one `DecodingResult`: predictions bin by bin.
Scores, intervals and figures are computed from it afterwards, so no decoder is judged by another
yardstick than the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from sklearn.neighbors import NearestNeighbors

from helpers.recordings import stretches

from .splits import Split, trip_of_bin

if TYPE_CHECKING:
    from helpers.recordings import Recording

NEIGHBOURS = (1, 4, 9, 16, 25, 36, 49, 64, 81, 100)
"""Numbers of neighbours tried on the validation trips: squares, as in the authors' search."""

PAPER_NEIGHBOURS = (1, 4, 9, 16, 25)
"""Those that the authors' result files hold."""

Transform = Callable[[np.ndarray, Sequence[slice]], np.ndarray]


@dataclass(frozen=True, eq=False)
class DecodingResult:
    """What one decoder predicted for the test bins of one split.

    Parameters
    ----------
    method, split : str
        Names, for tables and for pairing.
    bins, trips : ndarray of int64, (n,)
        Tested bins, and the round trip each belongs to.
    label, predicted : ndarray of float32, (n, 3)
        Position in metres, running right (0 or 1), running left; and the same as predicted, with
        direction as a share.
    running : ndarray of bool, (n,)
        Bins in which the rat moves faster than 5 cm/s.
    seed : int
        Of the encoder.
    settings : mapping
        What was chosen on the validation trips.

    Raises
    ------
    ValueError
        If the arrays differ in length or a prediction is not finite.
    """

    method: str
    split: str
    bins: np.ndarray
    trips: np.ndarray
    label: np.ndarray
    predicted: np.ndarray
    running: np.ndarray
    seed: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lengths = {
            len(a) for a in (self.bins, self.trips, self.label, self.predicted, self.running)
        }
        if len(lengths) != 1:
            raise ValueError(
                f"{self.method} on {self.split}: arrays of lengths {sorted(lengths)}; need one"
            )
        bad = int(np.sum(~np.isfinite(self.predicted).all(axis=1)))
        if bad:
            raise ValueError(f"{self.method} on {self.split}: {bad} predictions are not finite")

    @property
    def error_cm(self) -> np.ndarray:
        """Absolute error of position, (n,) centimetres."""
        return 100 * np.abs(self.predicted[:, 0] - self.label[:, 0])


@dataclass(frozen=True, eq=False)
class Features:
    """What a decoder reads: a row of features a bin, (n_bins, d) for each part of a split."""

    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray


def encode(transform: Transform, recording: Recording, split: Split) -> Features:
    """Encode each part of a split by itself, so that no window reaches from one part into another.

    Parameters
    ----------
    transform : callable
        ``transform(spikes, segments) -> (T, d)``, for example ``Fit.transform``; already fitted on
        ``split.train``.
    recording : Recording
    split : Split

    Returns
    -------
    Features
    """

    def part(bins: np.ndarray) -> np.ndarray:
        return transform(recording.spikes[bins], stretches(bins, recording.segments))

    return Features(part(split.train), part(split.valid), part(split.test))


def encode_leaking(transform: Transform, recording: Recording, split: Split) -> Features:
    """Encode the whole recording first and cut it up afterwards, as the blog did.

    Windows of test bins then hold training bins.     The book uses it only to measure the
    difference. Parameters as in `encode`.
    """
    rows = transform(recording.spikes, recording.segments)
    return Features(rows[split.train], rows[split.valid], rows[split.test])


def decode_knn(
    features: Features,
    recording: Recording,
    split: Split,
    method: str,
    *,
    seed: int = 0,
    metrics: Sequence[str] = ("cosine",),
    neighbours: Sequence[int] = NEIGHBOURS,
) -> DecodingResult:
    """Predict the label of each test bin as the mean label of its nearest training bins.

    Parameters
    ----------
    features : Features
    recording : Recording
    split : Split
    method : str
        Name for tables.
    seed : int
        Of the encoder, passed on to the result.
    metrics : sequence of {"cosine", "euclidean"}
        Distances to choose from. On a sphere, where CEBRA's embeddings live, both order neighbours
        alike.
    neighbours : sequence of int
        Numbers of neighbours to choose from.

    Returns
    -------
    DecodingResult
        With the distance and number of neighbours of the smallest median error of position on
        ``split.valid``.

    Raises
    ------
    ValueError
        If features and split differ in length, a feature is not finite, a distance is unknown, or
        more neighbours are asked for than there are training bins.
    """
    _check(features, split, method, metrics, neighbours)
    points = recording.track.points(recording.labels("posdir"))[split.train]
    truth = recording.position[split.valid]
    best = None
    for metric in metrics:
        guess, predict = _neighbour_means(features, points, metric, neighbours)
        errors = np.median(recording.track.errors(guess, truth), axis=1)
        choice = int(np.argmin(errors))
        if best is None or errors[choice] < best[0]:
            best = errors[choice], metric, neighbours[choice], predict
    error, metric, k, predict = best
    settings = {"k": k, "metric": metric, "valid_median_cm": 100 * float(error)}
    return as_result(recording, split, method, predict(k), seed=seed, settings=settings)


def decode_constant(recording: Recording, split: Split) -> DecodingResult:
    """Predict the mean training label whatever the neurons do: what chance looks like."""
    points = recording.track.points(recording.labels("posdir"))
    mean = points[split.train].mean(axis=0)
    return as_result(recording, split, "constant", np.tile(mean, (len(split.test), 1)))


def as_result(
    recording: Recording,
    split: Split,
    method: str,
    points: np.ndarray,
    *,
    seed: int = 0,
    settings: Mapping[str, object] | None = None,
) -> DecodingResult:
    """Put predicted points for ``split.test``, as `Line.points`, beside the truth.

    Raises
    ------
    ValueError
        If the predictions do not fit the split.
    """
    bins = split.test
    label = recording.labels("posdir")[bins]
    points = np.asarray(points)
    if len(points) != len(bins):  # round a circle, numpy might stretch a single one over all
        lengths = sorted({len(points), len(bins)})
        raise ValueError(f"{method} on {split.name}: arrays of lengths {lengths}; need one")
    return DecodingResult(
        method=method,
        split=split.name,
        bins=bins,
        trips=trip_of_bin(recording)[bins],
        label=label,
        predicted=np.asarray(recording.track.read(points, label[:, 0]), dtype=np.float32),
        running=recording.running()[bins],
        seed=seed,
        settings=settings or {},
    )


def ensemble(results: Sequence[DecodingResult], method: str) -> list[DecodingResult]:
    """Average the predictions of several seeds, split by split.

    Raises
    ------
    ValueError
        If the results of a split did not test the same bins.
    """
    out = []
    for name in dict.fromkeys(result.split for result in results):
        members = [result for result in results if result.split == name]
        if any(not np.array_equal(member.bins, members[0].bins) for member in members):
            raise ValueError(f"members of the ensemble on {name} tested different bins")
        mean = np.mean([member.predicted for member in members], axis=0)
        out.append(replace(members[0], method=method, predicted=mean, seed=0, settings={}))
    return out


def _neighbour_means(
    features: Features, labels: np.ndarray, metric: str, neighbours: Sequence[int]
) -> tuple[np.ndarray, Callable[[int], np.ndarray]]:
    """Mean labels around the validation bins, (len(neighbours), n, 3), and a function for test."""
    prepare = _unit_rows if metric == "cosine" else np.asarray
    index = NearestNeighbors(n_neighbors=max(neighbours)).fit(prepare(features.train))
    near = index.kneighbors(prepare(features.valid), return_distance=False)
    guess = np.stack([labels[near[:, :k]].mean(axis=1) for k in neighbours])

    def predict(k: int) -> np.ndarray:
        near = index.kneighbors(prepare(features.test), n_neighbors=k, return_distance=False)
        return labels[near].mean(axis=1)

    return guess, predict


def _unit_rows(rows: np.ndarray) -> np.ndarray:
    """Scale rows to length one: Euclidean order is then cosine order, and a tree can search it.

    A row of zeros (a silent window) has no direction; it stays zero, equally far from every other.
    """
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1)


def _check(
    features: Features, split: Split, method: str, metrics: Sequence[str], neighbours: Sequence[int]
) -> None:
    for part in ("train", "valid", "test"):
        rows, bins = getattr(features, part), getattr(split, part)
        if len(rows) != len(bins):
            raise ValueError(
                f"{method}: {len(rows)} rows for {len(bins)} {part} bins; encode with this split"
            )
        if not np.isfinite(rows).all():
            raise ValueError(
                f"{method}: {part} features are not finite; look at the encoder's loss"
            )
    unknown = set(metrics) - {"cosine", "euclidean"}
    if unknown or not metrics:
        raise ValueError(f"distances {sorted(unknown)} unknown; choose from cosine and euclidean")
    if not neighbours or min(neighbours) < 1 or max(neighbours) > len(split.train):
        raise ValueError(f"neighbours must lie between 1 and {len(split.train)}, the training bins")
