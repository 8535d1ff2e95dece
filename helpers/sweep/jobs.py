"""The sweep of chapter 09: one setting after the other, away from the blog's, over seeds."""

from __future__ import annotations

from helpers.recordings import Recording
from helpers.training import Job, of_profile

from .cell import cell_job
from .grid import Grid

PARAMETERS = {
    "quick": {
        "max_iterations": [300],
        "temperature": [1.0, 0.5],
        "output_dimension": [3, 8],
        "model_architecture": ["offset10-model", "offset5-model"],
    },
    "full": {
        "max_iterations": [500, 1_000],
        "temperature": [1.0, 0.5, 2.0],
        "output_dimension": [3, 8],
        "time_offsets": [10, 1, 50],
        "model_architecture": ["offset10-model", "offset5-model", "offset1-model"],
    },
}
"""The first value of each is the blog's, but for the number of steps."""
SEEDS = {"quick": 2, "full": 10}


def grid_09(recording: Recording, profile: str, seed: int = 0) -> Grid:
    """The chapter's grid: models of position and direction, one setting changed at a time.

    The recording is swept under its `key`; other seeds follow the first.
    """
    return Grid(
        recordings=[recording.key],
        variants=["posdir"],
        seeds=list(range(seed, seed + of_profile(SEEDS, profile))),
        parameters=PARAMETERS[profile],
        design="one-at-a-time",
    )


def sweep_jobs_09(recording: Recording, profile: str, seed: int = 0) -> dict[str, Job]:
    """Every `Job` that the chapter's sweep trains, by the title of its cell."""
    cells = grid_09(recording, profile, seed).cells()
    return {cell.title: cell_job(recording, cell) for cell in cells}
