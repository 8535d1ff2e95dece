"""The book's five headline models: one a variant, with the published settings, in float32."""

from .jobs import VARIANTS, Job, variant_job
from .recording import Recording

ITERATIONS = {"quick": 1_000, "full": 10_000}


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
    if profile not in ITERATIONS:
        raise ValueError(f"profile is {profile!r}; it is {' or '.join(map(repr, ITERATIONS))}")
    steps = ITERATIONS[profile]
    return {v: variant_job(recording, v, seed=seed, max_iterations=steps) for v in VARIANTS}
