"""The book's five headline models, with the published settings in float32, and two as they grew."""

from helpers.recordings import Recording

from .jobs import Job
from .plan import VARIANTS, variant_job

ITERATIONS = {"quick": 1_000, "full": 10_000}
GROWN = ("posdir", "time")  # the two variants that are said to make a ring


def headline_jobs(recording: Recording, profile: str, seed: int = 0) -> dict[str, Job]:
    """Make the jobs of the five variants, each trained on all bins of the recording.

    Parameters
    ----------
    recording : Recording
    profile : {"quick", "full"}
        A thousand steps, or the published ten thousand.
    seed : int
        Of all five.

    Returns
    -------
    dict
        `Job` by variant, in the order of `VARIANTS`.

    Raises
    ------
    ValueError
        If the profile is neither.
    """
    steps = _steps(profile)
    return {v: variant_job(recording, v, seed=seed, max_iterations=steps) for v in VARIANTS}


def snapshot_jobs(recording: Recording, profile: str, seed: int = 0) -> dict[tuple, Job]:
    """Make the jobs that stop early: position with direction, and time, as they grow.

    With the seed of the headline models they take the same steps, and so show these models after a
    tenth and three tenths of their training.

    Parameters
    ----------
    recording, profile, seed
        As for `headline_jobs`.

    Returns
    -------
    dict
        `Job` by (variant, steps).
    """
    early = _steps(profile) // 10, _steps(profile) * 3 // 10
    return {
        (v, n): variant_job(recording, v, seed=seed, max_iterations=n) for v in GROWN for n in early
    }


def jobs_02(recording: Recording, profile: str, seed: int = 0) -> dict:
    """Make all jobs of chapter 02: headline models by variant, snapshots by (variant, steps)."""
    return headline_jobs(recording, profile, seed) | snapshot_jobs(recording, profile, seed)


def _steps(profile: str) -> int:
    if profile not in ITERATIONS:
        raise ValueError(f"profile is {profile!r}; it is {' or '.join(map(repr, ITERATIONS))}")
    return ITERATIONS[profile]
