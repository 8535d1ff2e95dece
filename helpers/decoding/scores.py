"""How good a decoder is, and how sure we can be of it.

Bins are not replicates: the rat that ran badly for two seconds did so for eighty of them. Intervals
are therefore drawn over round trips, whole trips at a time, and every score is written as a
function of how often each trip counts. Once each gives the score, random multiplicities give its
bootstrap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .neighbours import DecodingResult

N_DRAWS = 1000
LEVEL = 0.95


def score(
    result: DecodingResult,
    metric: str,
    weights: np.ndarray | None = None,
    running: bool = False,
) -> np.ndarray:
    """Score the predictions of one decoder on one split.

    Parameters
    ----------
    result : DecodingResult
    metric : str
        ``median_cm`` and ``mean_cm``, absolute error of position; ``r2``, of position;
        ``r2_total``, the mean of R² over the three label columns position, right and left, of which
        the last two are equal: what scikit-learn's kNN regressor calls its score, and the paper
        too; ``direction``, the share of bins whose running direction is right.
    weights : ndarray, (n_draws, n_trips), optional
        How often each tested trip counts, trips in ascending order. Default: all once.
    running : bool
        Score only the bins in which the rat runs faster than 5 cm/s.

    Returns
    -------
    ndarray, (n_draws,)
        (1,) without weights.

    Raises
    ------
    ValueError
        If the metric is unknown, weights do not fit the trips, or no bin is left to score.
    """
    if metric not in METRICS:
        raise ValueError(f"metric {metric!r} is unknown; choose from {', '.join(METRICS)}")
    trips = np.unique(result.trips)
    weights = np.ones((1, len(trips))) if weights is None else np.asarray(weights)
    if weights.ndim != 2 or weights.shape[1] != len(trips):
        raise ValueError(f"weights of shape {weights.shape} for {len(trips)} tested trips")
    keep = result.running if running else np.ones(len(result.bins), bool)
    if not keep.any():
        raise ValueError(f"{result.method} on {result.split}: no running bin to score")
    trip = np.searchsorted(trips, result.trips[keep])  # (n,) column of weights
    return METRICS[metric](result.label[keep], result.predicted[keep], trip, weights)


def mean_score(results: Sequence[DecodingResult], metric: str, running: bool = False) -> float:
    """Mean score over splits and seeds, the number that goes into tables.

    Parameters
    ----------
    results : sequence of DecodingResult
        Every seed on every split.
    metric, running
        As in `score`.

    Raises
    ------
    ValueError
        If some seed lacks a split: the mean would then weigh splits unequally.
    """
    _by_split(results)
    return float(np.mean([score(result, metric, running=running)[0] for result in results]))


def seed_sd(results: Sequence[DecodingResult], metric: str) -> float | None:
    """Standard deviation over seeds of the mean over splits; None for a single seed."""
    seeds = sorted({result.seed for result in results})
    if len(seeds) < 2:
        return None
    means = [mean_score([r for r in results if r.seed == seed], metric) for seed in seeds]
    return float(np.std(means, ddof=1))


def bootstrap(
    results: Sequence[DecodingResult],
    metric: str,
    *,
    seed: int = 0,
    n_draws: int = N_DRAWS,
    running: bool = False,
) -> np.ndarray:
    """Draws of `mean_score` when the tested round trips are resampled, within each split.

    Parameters
    ----------
    results, metric, running
        As in `mean_score`.
    seed : int
        Of the resampling. Two methods tested on the same trips get the same draws from the same
        seed, so that their difference is paired.
    n_draws : int

    Returns
    -------
    ndarray, (n_draws,)

    Raises
    ------
    ValueError
        If the results of a split tested different trips, or a seed lacks a split.
    """
    rng = np.random.default_rng(seed)
    total = np.zeros(n_draws)
    for name, members in sorted(_by_split(results).items()):
        n_trips = len(np.unique(members[0].trips))
        if any(not np.array_equal(m.bins, members[0].bins) for m in members):
            raise ValueError(f"results on {name} tested different bins; bootstrap each alone")
        weights = rng.multinomial(n_trips, np.full(n_trips, 1 / n_trips), size=n_draws)
        for member in members:
            total += score(member, metric, weights, running)
    return total / len(results)


def interval(draws: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Percentile interval that holds ``level`` of the draws; draws without a score are left out."""
    low, high = np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True)
class Difference:
    """A score of one method less that of another on the same trips, with its interval."""

    value: float
    low: float
    high: float

    @property
    def sign(self) -> int:
        """−1 or +1 when the interval lies on one side of zero, else 0."""
        return int(np.sign(self.low)) if self.low * self.high > 0 else 0


def paired_difference(
    first: Sequence[DecodingResult],
    second: Sequence[DecodingResult],
    metric: str,
    *,
    seed: int = 0,
    n_draws: int = N_DRAWS,
    running: bool = False,
) -> Difference:
    """Compare two methods on the same round trips, resampled together.

    Parameters
    ----------
    first, second : sequence of DecodingResult
        They may differ in their number of seeds, not in what they tested.
    metric, seed, n_draws, running
        As in `bootstrap`.

    Returns
    -------
    Difference
        ``first`` less ``second``.

    Raises
    ------
    ValueError
        If the two tested different bins.
    """
    ours, theirs = _by_split(first), _by_split(second)
    if ours.keys() != theirs.keys() or any(
        not np.array_equal(ours[name][0].bins, theirs[name][0].bins) for name in ours
    ):
        raise ValueError(
            f"{first[0].method} and {second[0].method} were tested on different bins; "
            "pair only methods decoded on the same splits"
        )
    options = {"seed": seed, "n_draws": n_draws, "running": running}
    draws = bootstrap(first, metric, **options) - bootstrap(second, metric, **options)
    value = mean_score(first, metric, running) - mean_score(second, metric, running)
    return Difference(value, *interval(draws))


def _by_split(results: Sequence[DecodingResult]) -> dict[str, list[DecodingResult]]:
    if not results:
        raise ValueError("no decoding results to score")
    splits: dict[str, list[DecodingResult]] = {}
    for result in results:
        splits.setdefault(result.split, []).append(result)
    if len({len(members) for members in splits.values()}) > 1:
        counts = {name: len(members) for name, members in splits.items()}
        raise ValueError(f"{results[0].method} has unequal numbers of seeds a split: {counts}")
    return splits


# Each of these takes label and predicted (n, 3), trip (n,) and weights (n_draws, n_trips).


def _median_cm(label, predicted, trip, weights):
    error = 100 * np.abs(predicted[:, 0] - label[:, 0])
    order = np.argsort(error)
    error, trip = error[order], trip[order]
    return np.array([_weighted_median(error, row[trip]) for row in weights])


def _weighted_median(ascending: np.ndarray, weights: np.ndarray) -> float:
    """Median of values that count ``weights`` times; as `numpy.median`, the middle two averaged."""
    below = np.cumsum(weights)
    if below[-1] == 0:
        return np.nan
    half = below[-1] / 2
    low = np.searchsorted(below, half, side="left")
    high = np.searchsorted(below, half, side="right")
    return (float(ascending[low]) + float(ascending[high])) / 2


def _mean_cm(label, predicted, trip, weights):
    return _weighted_mean(100 * np.abs(predicted[:, 0] - label[:, 0]), trip, weights)


def _direction(label, predicted, trip, weights):
    right = (predicted[:, 1] > predicted[:, 2]) == (label[:, 1] > label[:, 2])
    return _weighted_mean(right, trip, weights)


def _r2(label, predicted, trip, weights):
    return _r2_column(label[:, 0], predicted[:, 0], trip, weights)


def _r2_total(label, predicted, trip, weights):
    columns = range(label.shape[1])
    return np.mean(
        [_r2_column(label[:, c], predicted[:, c], trip, weights) for c in columns], axis=0
    )


def _r2_column(truth, guess, trip, weights):
    truth, guess = truth.astype(float), guess.astype(float)
    centred = truth - truth.mean()  # keeps the sums of squares exact
    variance = (
        _weighted_mean(centred**2, trip, weights) - _weighted_mean(centred, trip, weights) ** 2
    )
    residual = _weighted_mean((truth - guess) ** 2, trip, weights)
    with np.errstate(divide="ignore", invalid="ignore"):  # a draw without variance has no R²
        return np.where(variance > 1e-12, 1 - residual / variance, np.nan)


def _weighted_mean(values, trip, weights):
    """Mean of values (n,) whose trips count ``weights`` times, (n_draws,)."""
    n_trips = weights.shape[1]
    sums = weights @ np.bincount(trip, values, minlength=n_trips)
    counts = weights @ np.bincount(trip, minlength=n_trips)
    with np.errstate(invalid="ignore"):  # a draw of trips without a running bin has no mean
        return sums / counts


METRICS: dict[str, Callable[..., np.ndarray]] = {
    "median_cm": _median_cm,
    "mean_cm": _mean_cm,
    "r2": _r2,
    "r2_total": _r2_total,
    "direction": _direction,
}
"""What `score` can compute."""
