"""Plain measures of an embedding's shape: how far it reads out behaviour, and where its arcs meet.

Embeddings are (T, d), positions (T,) in metres, directions (T,) +1 or -1, and all is computed on
the bins given. In chapter 02 these are the training bins: the measures describe a picture, and say
nothing about laps the model has not seen (chapter 03 does).
"""

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

N_PLACES = 16  # equal places that the track is cut into
LEAST = 10  # bins in either direction for a place to count


def linear_r2(embedding, target, groups=None) -> float:
    """Share of a target's variance that a straight line through the embedding explains, 0 to 1.

    With `groups`, for example the directions, one line is fitted in each, and variance is counted
    around the group's own mean, so that knowing the group alone scores 0.
    """
    embedding, target = _paired(embedding, target=target)
    groups = np.zeros(len(target)) if groups is None else _paired(embedding, groups=groups)[1]
    explained = total = 0.0
    for group in np.unique(groups):
        chosen = groups == group
        basis = _basis(embedding[chosen])
        centred = target[chosen] - target[chosen].mean()
        explained += float(((basis.T @ centred) ** 2).sum())
        total += float((centred**2).sum())
    if total == 0:
        raise ValueError("target is constant within every group; R² is not defined")
    return explained / total


def lagged_r2(embedding, target, min_lag: int, n: int = 200, seed: int = 0) -> np.ndarray:
    """R² (n,) of the same line when the target lags behind by a random number of bins.

    The lagged target keeps its smoothness and rhythm and loses its link to the spikes: what it
    scores, any slow signal would. Lags wrap around the end of the recording. Laps must vary in
    length, as an animal's do: of laps like clockwork a lag is no more than a turn of the ring.
    """
    embedding, target = _paired(embedding, target=target)
    basis, centred = _basis(embedding), target - target.mean()
    lags = _lags(len(target), min_lag, n, seed)
    scores = [((basis.T @ np.roll(centred, lag)) ** 2).sum() for lag in lags]
    return np.array(scores) / (centred**2).sum()


def direction_separation(embedding, direction) -> float:
    """Share of the embedding's variance that lies between the two directions' means, 0 to 1."""
    embedding, direction = _paired(embedding, direction=direction)
    centred, between = embedding - embedding.mean(0), 0.0
    for sign in np.unique(direction):
        chosen = direction == sign
        between += chosen.mean() * float((centred[chosen].mean(0) ** 2).sum())
    return between / float((centred**2).sum(1).mean())


def direction_accuracy(embedding, direction, trips, neighbours: int = 25, folds: int = 5) -> float:
    """How often nearest neighbours from other round trips name the running direction, 0.5 to 1.

    `trips` are slices that cover all bins; they are left out of the decoder in `folds` groups, not
    of the encoder that made the embedding. Both directions weigh the same, however long.
    """
    embedding, direction = _paired(embedding, direction=direction)
    groups = np.empty(len(direction), dtype=int)
    for number, trip in enumerate(trips):
        groups[trip] = number
    scores = cross_val_score(
        KNeighborsClassifier(neighbours), embedding, direction, groups=groups,
        cv=GroupKFold(folds), scoring="balanced_accuracy",
    )  # fmt: skip
    return float(scores.mean())


def lagged_accuracy(embedding, direction, trips, min_lag, n: int = 19, seed: int = 0) -> np.ndarray:
    """`direction_accuracy` (n,) when directions lag behind: what any rhythm alike would score.

    The largest of 19 has a twentieth of the null beyond it.
    """
    lags = _lags(len(direction), min_lag, n, seed)
    return np.array([direction_accuracy(embedding, np.roll(direction, k), trips) for k in lags])


def direction_rand_index(embedding, direction, seed: int = 0) -> float:
    """Adjusted Rand index of two k-means clusters and the directions: 1 the same, 0 by chance."""
    embedding, direction = _paired(embedding, direction=direction)
    clusters = KMeans(2, n_init=10, random_state=seed).fit_predict(embedding)
    return float(adjusted_rand_score(direction, clusters))


def axis_shares(embedding) -> np.ndarray:
    """Share of the mean square along each axis through the sphere's centre, largest first.

    On the unit sphere (1/3, 1/3, 1/3) is an evenly filled sphere, (1/2, 1/2, 0) a flat circle, and
    (1, 0, 0) one point or two opposite ones.
    """
    points = np.asarray(embedding, dtype=float)
    values = np.linalg.eigvalsh(points.T @ points)[::-1]
    return values / values.sum()


def lopsidedness(embedding) -> float:
    """Length of the mean of points on the unit sphere: 0 balanced, 1 all in one place."""
    return float(np.linalg.norm(np.asarray(embedding, dtype=float).mean(0)))


def arc_gaps(embedding, position, direction, length_m: float) -> np.ndarray:
    """Distance between the mean points of right and left runs at the same place of the track.

    Parameters
    ----------
    embedding : (T, d) array
    position : (T,) array
        Metres.
    direction : (T,) array
        +1 or -1.
    length_m : float
        Length of the track; it is cut into `N_PLACES` equal places.

    Returns
    -------
    (N_PLACES,) array
        On the unit sphere between 0 and 2; NaN where either direction has fewer than `LEAST` bins.

    Raises
    ------
    ValueError
        Shapes do not fit, or the embedding is not finite.
    """
    embedding, position = _paired(embedding, position=position)
    direction = _paired(embedding, direction=direction)[1]
    place = np.clip((position / length_m * N_PLACES).astype(int), 0, N_PLACES - 1)
    gaps = np.full(N_PLACES, np.nan)
    for k in range(N_PLACES):
        right = embedding[(place == k) & (direction > 0)]
        left = embedding[(place == k) & (direction < 0)]
        if min(len(right), len(left)) >= LEAST:
            gaps[k] = np.linalg.norm(right.mean(0) - left.mean(0))
    return gaps


def repeat_gaps(embedding, position, direction, laps, length_m: float) -> np.ndarray:
    """Distance between odd and even runs of one direction: the floor that `arc_gaps` can reach.

    `laps` are slices, single runs, right and left in turn; the mean over both directions is taken.
    """
    parity = np.empty(len(position))
    for number, lap in enumerate(laps):
        parity[lap] = 1 if (number // 2) % 2 else -1
    both = [
        arc_gaps(embedding[chosen], position[chosen], parity[chosen], length_m)
        for chosen in (direction > 0, direction < 0)
    ]
    return np.mean(both, axis=0)


def end_gap_ratio(gaps) -> float:
    """Gap at the two ends (first and last eighth) over that in the middle half; below 1 arcs meet.

    Parameters
    ----------
    gaps : (n,) array
        Along the track, as of `arc_gaps`.

    Raises
    ------
    ValueError
        One of the two regions holds no measured place.
    """
    gaps = np.asarray(gaps, dtype=float)
    ends, middle = ends_and_middle(gaps)
    if np.isnan(ends).all() or np.isnan(middle).all():
        raise ValueError("no bins at the ends or in the middle of the track; use fewer places")
    return float(np.nanmean(ends) / np.nanmean(middle))


def ends_and_middle(along) -> tuple[np.ndarray, np.ndarray]:
    """Take values along the track (n,) apart: the first and last eighth, and the middle half.

    Returns
    -------
    (n // 4,) array, (n // 2,) array
    """
    along = np.asarray(along)
    eighth, quarter = max(1, len(along) // 8), len(along) // 4
    return np.r_[along[:eighth], along[-eighth:]], along[quarter : len(along) - quarter]


def _lags(n_bins: int, min_lag: int, n: int, seed: int) -> np.ndarray:
    """Draw n lags in bins, none shorter than `min_lag` either way round."""
    if not 0 < min_lag < n_bins / 2:
        raise ValueError(f"min_lag is {min_lag} bins of {n_bins}; use less than half of them")
    return np.random.default_rng(seed).integers(min_lag, n_bins - min_lag + 1, n)


def _paired(embedding, **named):
    """Return the embedding and one label as float arrays of equal, checked length."""
    ((name, values),) = named.items()
    points, values = np.asarray(embedding, dtype=float), np.asarray(values, dtype=float)
    if points.ndim != 2 or values.shape != (len(points),):
        raise ValueError(
            f"embedding {points.shape} and {name} {values.shape} do not fit: (T, d), (T,)"
        )
    if not np.isfinite(points).all():
        raise ValueError("embedding holds NaN or infinity; check the training loss")
    return points, values


def _basis(points):
    """Orthonormal basis of the centred columns; directions without variance drop out."""
    u, s, _ = np.linalg.svd(points - points.mean(0), full_matrices=False)
    return u[:, s > 1e-9 * max(s.max(), 1e-300)]
