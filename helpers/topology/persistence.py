"""Persistent cohomology of a cloud of points: its bars, the nulls to beat, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from ripser.ripser import get_greedy_perm, ripser

PRIME = 47
"""Coefficients are counted modulo this; as in the authors' notebook."""
PAPER_FACTOR = 1.1
"""How much longer than a shuffled model's longest bar the authors want a bar to be."""
ALPHA = 0.05
PROBE = {1: 160, 2: 80}
"""Points on which the cost is tried out, by the highest homology."""
TIME_POWER = {1: 3, 2: 4}
BYTES_PER_CUBE = {1: 0.5, 2: 25.0}
"""Memory over the cube of the number of points, rounded up from `benchmarks/topology.py`."""
LIMIT_S, LIMIT_GB = 300.0, 8.0


@dataclass(frozen=True, eq=False)
class Persistence:
    """Bars of the Vietoris-Rips filtration of some landmarks of a cloud.

    Attributes
    ----------
    diagrams : tuple of (k, 2) arrays
        Birth and death of each bar, in distance between points, one array a dimension; the bar of
        the whole cloud in H0 dies at infinity.
    landmarks : (n,) int array
        Which points were used.
    cover : float
        No point of the cloud is farther from its nearest landmark.
    cocycles : tuple of (e, 3) int arrays
        A cocycle for each bar of H1, as edges (i, j) between landmarks and values modulo `prime`;
        empty unless asked for.
    prime : int
    """

    diagrams: tuple[np.ndarray, ...]
    landmarks: np.ndarray
    cover: float
    cocycles: tuple[np.ndarray, ...]
    prime: int


def persistence(
    points,
    n_landmarks: int | None = None,
    *,
    maxdim: int = 1,
    how: str = "random",
    seed: int = 0,
    prime: int = PRIME,
    cocycles: bool = False,
    limit_s: float = LIMIT_S,
) -> Persistence:
    """Compute the persistent cohomology of a cloud, through ripser.

    Parameters
    ----------
    points : (T, d) array
        Distances are Euclidean.
    n_landmarks : int, optional
        Points to use; all if left out.
    maxdim : {0, 1, 2}
        Highest homology; each costs far more than the one below.
    how : {"random", "greedy"}
        Landmarks drawn at random, as dense as the cloud, or each as far as can be from those
        before: they cover the cloud, and its outliers, with few points.
    seed : int
        Of the draw; of the first point, if greedy.
    prime : int
        Coefficients modulo this.
    cocycles : bool
        Keep a cocycle for each loop.
    limit_s : float
        Refuse what would take longer than this.

    Returns
    -------
    Persistence

    Raises
    ------
    ValueError
        If the points cannot have a shape, or it would take too long or too much memory.
    """
    points = checked_points(points)
    if maxdim not in (0, 1, 2):
        raise ValueError(f"maxdim is {maxdim!r}; use 0, 1 or 2")
    chosen = landmarks(points, len(points) if n_landmarks is None else n_landmarks, how, seed)
    cloud = points[chosen]
    check_cost(cloud, maxdim, limit_s)
    found = ripser(cloud, maxdim=maxdim, coeff=prime, do_cocycles=cocycles)
    return Persistence(
        tuple(np.asarray(diagram, dtype=float) for diagram in found["dgms"]),
        chosen,
        cover_radius(points, cloud),
        tuple(found["cocycles"][1]) if cocycles and maxdim else (),
        prime,
    )


def landmarks(points: np.ndarray, n: int, how: str = "random", seed: int = 0) -> np.ndarray:
    """Choose `n` of the points, at random or greedily; see `persistence`.

    Returns
    -------
    (n,) int array
        Indices of different points, unsorted where greedy: then each start of it is a choice too.
    """
    points = checked_points(points)
    if how not in ("random", "greedy"):
        raise ValueError(f"how is {how!r}; use 'random' or 'greedy'")
    if not 2 <= n <= len(points):
        raise ValueError(f"{n} landmarks of {len(points)} points; use 2 to {len(points)}")
    order = np.random.default_rng(seed).permutation(len(points))
    if how == "greedy" and n < len(points):
        return order[get_greedy_perm(points[order], n)[0]]
    return np.sort(order[:n])


def cover_radius(points: np.ndarray, cloud: np.ndarray) -> float:
    """Largest distance from a point to its nearest in `cloud`."""
    from scipy.spatial import cKDTree

    return float(cKDTree(cloud).query(points)[0].max())


def bars(
    points, n_landmarks: int, maxdim: int = 1, how: str = "random", seed: int = 0
) -> dict[str, np.ndarray]:
    """As `persistence`, as plain arrays ``h0``, ``h1`` (and ``h2``), each (k, 2), to be kept."""
    found = persistence(points, n_landmarks, maxdim=maxdim, how=how, seed=seed)
    return {f"h{k}": diagram for k, diagram in enumerate(found.diagrams)}


def lifespans(diagram) -> np.ndarray:
    """Lengths of the finite bars, longest first, (k,)."""
    diagram = np.asarray(diagram, dtype=float).reshape(-1, 2)
    lengths = diagram[:, 1] - diagram[:, 0]
    return np.sort(lengths[np.isfinite(lengths)])[::-1]


def longest(diagram) -> float:
    """Length of the longest finite bar; 0 if there is none."""
    return float(lifespans(diagram).max(initial=0.0))


def betti(diagram, threshold: float) -> int:
    """Betti number: bars that never die, and finite ones longer than `threshold`."""
    diagram = np.asarray(diagram, dtype=float).reshape(-1, 2)
    return int((diagram[:, 1] - diagram[:, 0] > threshold).sum())


def p_value(length: float, null: Sequence[float]) -> float:
    """Share of the null's longest bars that are as long: (1 + number at least as long) / (1 + n).

    A bar is held against the *longest* bar of each null model, so that all bars of a diagram may be
    tested at once.
    """
    null = np.asarray(null, dtype=float)
    if null.size == 0:
        raise ValueError("the null distribution is empty; give the longest bar of each null model")
    return float((1 + (null >= length).sum()) / (1 + null.size))


def hardest_p(value: float, nulls: Iterable[Sequence[float]]) -> float:
    """The largest of the p-values among several kinds of null, each held apart.

    Pooled, the easy kinds would stand in for the hard one.
    """
    return max(p_value(value, null) for null in nulls)


def null_threshold(null: Sequence[float], alpha: float = ALPHA) -> float:
    """Length that a bar must exceed for a p-value of `alpha` or less.

    Parameters
    ----------
    null : sequence of float
        Longest bar of each null model.
    alpha : float
        Where the null has too few models for it, the least p-value they can give.

    Returns
    -------
    float
    """
    null = np.sort(np.asarray(null, dtype=float))[::-1]
    if null.size == 0:
        raise ValueError("the null distribution is empty; give the longest bar of each null model")
    allowed = int(np.floor(alpha * (1 + null.size) + 1e-9)) - 1  # null bars that may be as long
    return float(null[max(allowed, 0)])


def modal(values: Sequence) -> tuple[object, float]:
    """Return the commonest value, the smaller on a tie, and the share of all that it has."""
    found, counts = np.unique(np.asarray(values), axis=0, return_counts=True)
    best = int(counts.argmax())
    return found[best].tolist(), float(counts[best] / counts.sum())


def check_cost(cloud: np.ndarray, maxdim: int, limit_s: float = LIMIT_S) -> None:
    """Raise if the cohomology of this cloud would take too long, naming the size that would fit.

    Raises
    ------
    ValueError
        With the estimate and the number of landmarks that keeps to the limits.
    """
    if maxdim == 0 or len(cloud) <= 2 * PROBE[maxdim]:
        return
    seconds, gigabytes = estimate_cost(cloud, maxdim)
    if seconds <= limit_s and gigabytes <= LIMIT_GB:
        return
    by_time = (limit_s / seconds) ** (1 / TIME_POWER[maxdim])
    fits = int(len(cloud) * min(by_time, (LIMIT_GB / gigabytes) ** (1 / 3)))
    raise ValueError(
        f"H{maxdim} of {len(cloud):,} points would take roughly {_duration(seconds)} and "
        f"{gigabytes:.0f} GB, by a trial of a few; use at most {fits:,} landmarks "
        f"(n_landmarks={fits}), or raise limit_s"
    )


def estimate_cost(cloud: np.ndarray, maxdim: int) -> tuple[float, float]:
    """Estimate seconds and gigabytes that ripser needs, from a trial on a few of the points.

    Time grows with the cube of the number of points for H1 and with its fourth power for H2, times
    a factor that depends on the shape: a curve costs ten times as much as a cluster.
    """
    few = cloud[:: max(1, len(cloud) // PROBE[maxdim])][: PROBE[maxdim]]
    start = perf_counter()
    ripser(few, maxdim=maxdim, coeff=PRIME)
    ratio = len(cloud) / len(few)
    seconds = (perf_counter() - start) * ratio ** TIME_POWER[maxdim]
    return seconds, BYTES_PER_CUBE[maxdim] * len(cloud) ** 3 / 1e9


def checked_points(points) -> np.ndarray:
    """Return points as float64 (T, d), or raise one line that says why they have no shape."""
    points = np.asarray(points)
    if points.ndim != 2 or points.dtype.kind not in "biuf":
        raise ValueError(f"points have shape {points.shape}; give numbers, (points, dimensions)")
    if points.shape[1] < 2:
        raise ValueError("points have one dimension: no loop fits on a line; give two or more")
    points = points.astype(float)
    if bad := int((~np.isfinite(points)).any(axis=1).sum()):
        raise ValueError(f"{bad} of {len(points)} points are NaN or infinite; remove those bins")
    if len(points) < 2 or (points == points[0]).all():
        raise ValueError(f"all {len(points)} points are equal; there is no shape to measure")
    return points


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
