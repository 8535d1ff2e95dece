"""How fast the same model is trained in three ways: a glance, not a benchmark."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from unittest.mock import patch

import cebra
import numpy as np

from helpers.recordings import Recording
from helpers.training import PARAMETERS, fast_dtype, fit_many, variant_job

from .laps import Laps

CACHE = "CEBRA_BOOK_CACHE"
REPEATS = 3
FASTEST = 1e6
"""Steps a second; twenty models at a time on a large GPU make some thousands."""


def speeds(train: Callable, laps: Laps, rec: Recording) -> dict[str, float]:
    """Time the library, the page's loop and `fit_many`, a few steps each, start-up left out.

    Parameters
    ----------
    train : callable
        ``train(spikes, labels, segments, steps)``.
    laps : Laps
        What is trained on.
    rec : Recording
        Whose laps these are.

    Returns
    -------
    dict of str to float
        Training steps a second, all models of a run together; NaN where it could not be told.
    """

    def library(steps):
        """Train as the package documents it."""
        settings = {**PARAMETERS, "max_iterations": steps, "verbose": False}
        cebra.CEBRA(**settings).fit(laps.spikes, laps.labels)

    def scratch(steps):
        train(laps.spikes, laps.labels, laps.segments, steps)

    def together(models):
        """Train several models with `fit_many`, into a cache that is empty."""

        def run(steps):
            wanted = {"bins": laps.bins, "dtype": fast_dtype(), "max_iterations": steps}
            jobs = [variant_job(rec, "posdir", seed=n, **wanted) for n in range(models)]
            with tempfile.TemporaryDirectory() as empty, patch.dict(os.environ, {CACHE: empty}):
                fit_many(jobs, progress=False)

        return run

    library(2)  # the first call compiles the loss
    together(4)(1)  # and this one starts the workers
    return {
        "cebra.CEBRA.fit, one model": _steps_per_second(library, 5, 35),
        "from scratch, one model": _steps_per_second(scratch, 10, 60),
        "fit_many, one model": _steps_per_second(together(1), 20, 140),
        "fit_many, four models": 4 * _steps_per_second(together(4), 20, 140),
    }


def rate(steps: int, seconds: Sequence[float]) -> float:
    """Steps a second from repeated differences of two runs, so that start-up does not count.

    Parameters
    ----------
    steps : int
        By which the longer run is longer.
    seconds : sequence of float
        By which it took longer, one a repeat.

    Returns
    -------
    float
        NaN where it cannot be told: the repeats differ by as much as their median, or less than
        nothing was taken, or the rate is beyond any machine.
    """
    middle, spread = float(np.median(seconds)), float(np.ptp(seconds))
    told = len(seconds) > 1 and middle > 0 and spread < middle
    return steps / middle if told and steps / middle < FASTEST else float("nan")


def _steps_per_second(run: Callable[[int], None], few: int, many: int) -> float:
    """The rate of a run by its number of steps."""

    def timed(steps):
        start = time.perf_counter()
        run(steps)
        return time.perf_counter() - start

    return rate(many - few, [timed(many) - timed(few) for _ in range(REPEATS)])
