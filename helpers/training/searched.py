"""Positives as the library finds them: by a search in single precision, not always the nearest.

`cebra` takes the squared distance apart, as |x|² + |q|² - 2 x·q, in float32. Of labels that lie a
millimetre apart the rounding chooses, and it has favourites. Where labels tell something of the
spikes, one bin of the place is as good as another, and no loss shows it. Where they tell nothing,
favourites are what there is to learn. A graphics card may round more coarsely still: TF32 keeps ten
bits of a factor, and PyTorch 1.7 to 1.11 used it by itself for products on cards that have it
(https://docs.pytorch.org/docs/stable/notes/cuda.html).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from cebra.distributions import ContinuousIndex

from helpers.kept import kept_many

from .jobs import Job
from .one import Training, new_sampler, one_thread
from .sampling import Sampler


class LibrarySearch:
    """Stands in for `NearestLabel`: the package's own search among the labels of some bins.

    Parameters
    ----------
    labels : (T, k) float32 array
    bins : int array of shape (n,)
        The bins that may answer, increasing.
    is_tf32 : bool
        Round the factors of x·q as a card does in TF32.
    """

    def __init__(self, labels: np.ndarray, bins: np.ndarray, is_tf32: bool = False):
        self.bins, self.round = bins, tf32 if is_tf32 else torch.Tensor.contiguous
        self.index = ContinuousIndex(torch.from_numpy(labels[bins]))
        self.index.dist_matrix.index = self.round(self.index.dist_matrix.index)  # |x|² is known

    def search(self, queries: np.ndarray) -> np.ndarray:
        """Return the bin (n,) that the package pairs with each of the ``queries`` (n, k)."""
        parts = self.round(torch.from_numpy(queries)).split(512)  # each meets every label
        return self.bins[torch.cat([self.index.search(part) for part in parts]).numpy()]


def tf32(numbers: torch.Tensor) -> torch.Tensor:
    """Round float32 numbers to the ten bits of mantissa that TF32 keeps, half away from zero."""
    dropped = 23 - 10
    bits = numbers.contiguous().view(torch.int32) + (1 << (dropped - 1))
    return (bits >> dropped << dropped).view(torch.float32)


def sampler_by_library(job: Job, is_tf32: bool = False) -> Sampler:
    """Make the sampler of a job with labels; draw by draw that of `Sampler`, but for the search."""
    sampler = new_sampler(job, Training(job).module)
    sampler.nearest = LibrarySearch(sampler.labels, sampler.references, is_tf32)
    return sampler


def losses_by_library(jobs: Sequence[Job]) -> dict[bool, np.ndarray]:
    """Train jobs with positives by the package's search, those that are not on disk yet.

    Parameters
    ----------
    jobs : sequence of Job
        With labels, all of the same number of steps.

    Returns
    -------
    dict of bool to (n_jobs, n_steps) float32 array
        Loss of every step in single precision and, True, of the first job in TF32; nothing of no
        jobs.
    """
    calls = [{"job": job, "is_tf32": False} for job in jobs]
    calls += [{**call, "is_tf32": True} for call in calls[:1]]
    *single, coarse = [one["loss"] for one in kept_many(loss_by_library, calls)] or [None]
    return {False: np.stack(single), True: coarse[None]} if single else {}


def loss_by_library(job: Job, is_tf32: bool) -> dict[str, np.ndarray]:
    """Train one job so, for `helpers.kept`: its ``loss`` (steps,)."""
    with one_thread():
        run, sampler = Training(job), sampler_by_library(job, is_tf32)
        steps = sampler.batches(job.parameters["max_iterations"])
        return {"loss": np.array([run.step(centres)[0] for centres in steps], dtype=np.float32)}
