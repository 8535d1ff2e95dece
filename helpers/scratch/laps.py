"""What chapter 06 trains on: the training laps, the place of each of their bins, and the jobs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.decoding import contiguous_split
from helpers.recordings import Recording, stretches
from helpers.training import Job, fast_dtype, of_profile, variant_job

WINDOW = 10  # bins that the encoder sees
MODELS = {"quick": (1000, 3), "full": (3000, 5)}  # steps, and seeds of each number type
SEEDS = {"quick": 3, "full": 5}  # of the page's own trainings
BEADS = 5  # arrangements of free beads
N_PLACES = 32  # along the track, in each direction


@dataclass(frozen=True, eq=False)
class Laps:
    """A part of a recording, joined: what a model is trained on.

    Attributes
    ----------
    bins : (T,) int array
        Of the recording.
    segments : tuple of slice
        Contiguous stretches of the part.
    spikes : (T, N) array
    labels : (T, 3) float32 array
        Position in metres, right, left.
    position, direction : (T,) arrays
        Metres; +1 right, -1 left.
    length_m : float
        Of the track.
    """

    bins: np.ndarray
    segments: tuple[slice, ...]
    spikes: np.ndarray
    labels: np.ndarray
    position: np.ndarray
    direction: np.ndarray
    length_m: float


def training_laps(rec: Recording) -> Laps:
    """Take all but the last fifth, and no scraps shorter than a window of ten bins.

    Parameters
    ----------
    rec : Recording

    Returns
    -------
    Laps
    """
    train = contiguous_split(rec).train
    pieces = stretches(train, rec.segments)
    bins = np.concatenate([train[p] for p in pieces if p.stop - p.start >= WINDOW])
    return Laps(
        bins,
        stretches(bins, rec.segments),
        rec.spikes[bins],
        rec.labels("posdir")[bins],
        rec.position[bins],
        rec.direction[bins],
        rec.length_m,
    )


def jobs_06(rec: Recording, profile: str, seed: int = 0) -> dict[tuple[str, int], Job]:
    """Make the jobs of the package's models to compare with, float32 and the fast type.

    Parameters
    ----------
    rec : Recording
    profile : {"quick", "full"}
    seed : int
        The first of a few.

    Returns
    -------
    dict
        `Job` by ("float32" or "fast", seed).
    """
    steps, n_seeds = of_profile(MODELS, profile)
    settings = {"bins": training_laps(rec).bins, "max_iterations": steps}
    return {
        (kind, number): variant_job(rec, "posdir", seed=number, dtype=dtype, **settings)
        for kind, dtype in (("float32", "float32"), ("fast", fast_dtype()))
        for number in range(seed, seed + n_seeds)
    }


def seeds_06(profile: str, seed: int = 0) -> range:
    """Return the seeds of the page's own trainings, from `seed` on."""
    return range(seed, seed + of_profile(SEEDS, profile))


@dataclass(frozen=True, eq=False)
class Places:
    """Number (T,) of the place of each bin: right runs along the track first, then left runs."""

    number: np.ndarray

    def means(self, values: np.ndarray) -> np.ndarray:
        """Mean row of values (T, k) in each place that was visited."""
        visited = np.unique(self.number)
        return np.stack([values[self.number == place].mean(axis=0) for place in visited])

    def arcs(self, rows: np.ndarray) -> np.ndarray:
        """Rows of the places visited as (2, N_PLACES, k): right runs, left runs; the others NaN."""
        full = np.full((2 * N_PLACES, rows.shape[1]), np.nan)
        full[np.unique(self.number)] = rows
        return full.reshape(2, N_PLACES, -1)


def places(laps: Laps | Recording) -> Places:
    """Cut the track into equal places, each direction its own.

    Parameters
    ----------
    laps : Laps or Recording
        Anything with positions, directions and a length of the track.

    Returns
    -------
    Places
    """
    along = (laps.position / laps.length_m * N_PLACES).astype(int)
    return Places(np.minimum(along, N_PLACES - 1) + N_PLACES * (laps.direction < 0))
