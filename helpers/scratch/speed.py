"""How fast the same model is trained in three ways: a glance, not a benchmark."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from unittest.mock import patch

import cebra

from helpers.recordings import Recording
from helpers.training import PARAMETERS, fast_dtype, fit_many, variant_job

from .laps import Laps

CACHE = "CEBRA_BOOK_CACHE"


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
        Training steps a second, all models of a run together.
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
    return {
        "cebra.CEBRA.fit, one model": _steps_per_second(library, 10, 60),
        "from scratch, one model": _steps_per_second(scratch, 10, 60),
        "fit_many, one model": _steps_per_second(together(1), 20, 140),
        "fit_many, four models": 4 * _steps_per_second(together(4), 20, 140),
    }


def _steps_per_second(run: Callable[[int], None], few: int, many: int) -> float:
    """Steps a second from the difference of two runs, so that start-up does not count."""
    seconds = []
    for steps in (few, many):
        start = time.perf_counter()
        run(steps)
        seconds.append(time.perf_counter() - start)
    return (many - few) / max(seconds[1] - seconds[0], 1e-9)
