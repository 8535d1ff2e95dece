"""The sweep of chapter 09: one setting after the other, away from the blog's, over seeds."""

from __future__ import annotations

from helpers.recordings import Recording
from helpers.training import Job

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
SEEDS = {"quick": 2, "full": 4}


def grid_09(recording: Recording, profile: str, seed: int = 0) -> Grid:
    """The chapter's grid: models of position and direction, one setting changed at a time.

    Parameters
    ----------
    recording : Recording
        Swept under its `key`.
    profile : {"quick", "full"}
        Three settings, two seeds and three hundred steps; or five, four and five hundred.
    seed : int
        The first seed; the others follow it.

    Returns
    -------
    Grid

    Raises
    ------
    ValueError
        If the profile is neither.
    """
    if profile not in SEEDS:
        raise ValueError(f"profile is {profile!r}; it is {' or '.join(map(repr, SEEDS))}")
    return Grid(
        recordings=[recording.key],
        variants=["posdir"],
        seeds=list(range(seed, seed + SEEDS[profile])),
        parameters=PARAMETERS[profile],
        design="one-at-a-time",
    )


def sweep_jobs_09(recording: Recording, profile: str, seed: int = 0) -> dict[str, Job]:
    """Every `Job` that the chapter's sweep trains, by the title of its cell."""
    cells = grid_09(recording, profile, seed).cells()
    return {cell.title: cell_job(recording, cell) for cell in cells}
