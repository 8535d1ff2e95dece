"""Which models a chapter wants, and the jobs that they are: one place for all wings.

A wing names its models (`Model`), says what it means by a name (`Kind`), and what each model sees;
`plan` makes jobs of that. The jobs of one recording by variant are `variant_job`'s.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

import numpy as np

from helpers.recordings import Recording, stretches

from .jobs import Job

VARIANTS = ("posdir", "pos", "dir", "time", "shuffled")
LEAST_LAG = 5
"""Round trips that lagged labels are late by at least, either way round."""
Setting = TypeVar("Setting")


class Model(NamedTuple):
    """Name of a model in any chapter.

    Attributes
    ----------
    rat : str
        Whose spikes.
    split : str
        Which bins: ``all``, ``nested 0`` to ``nested 2``, ``contiguous``, or a wing's own word.
    name : str
        What was trained: a variant, or a control such as ``untrained``.
    seed : int
    dimension : int
        Of the output.
    size, group : int
        Neurons in a group, and the group's number; a size of 0 is all neurons.
    """

    rat: str
    split: str
    name: str
    seed: int = 0
    dimension: int = 3
    size: int = 0
    group: int = 0

    @property
    def title(self) -> str:
        """For progress and error messages."""
        group = f" group {self.group} of {self.size} neurons" if self.size else ""
        return f"{self.rat} {self.name} {self.dimension}-D{group} on {self.split}, seed {self.seed}"


@dataclass(frozen=True)
class Kind:
    """What a wing means by the name of a model.

    Attributes
    ----------
    variant : str
        Of `VARIANTS`: the labels that it is trained with.
    parameters : mapping
        CEBRA's names, over those of the plan.
    labels : callable or None
        ``labels(recording, model) -> (T, k)`` at every bin, in place of the variant's.
    joined : bool
        Ignore where bins were cut out, as the library does.
    """

    variant: str = "posdir"
    parameters: Mapping = field(default_factory=dict)
    labels: Callable[[Recording, Model], np.ndarray] | None = None
    joined: bool = False


def plan(
    models: Iterable[Model],
    kinds: Mapping[str, Kind],
    sees: Callable[[Model], tuple[Recording, np.ndarray | None]],
    *,
    dtype: str = "float32",
    **parameters,
) -> dict[Model, Job]:
    """Make the jobs of some models.

    Parameters
    ----------
    models : iterable of Model
    kinds : mapping of str to Kind
        By the name of the model.
    sees : callable
        ``sees(model) -> (recording, bins)``: the spikes it is trained on, and which bins, None for
        all.
    dtype : {"float32", "bfloat16"}
        Of the matrix products.
    **parameters
        CEBRA's names, over `PARAMETERS`.

    Returns
    -------
    dict
        `Job` by `Model`, in the order of `models`.
    """
    return {
        model: _job(model, kinds[model.name], *sees(model), dtype, parameters) for model in models
    }


def several(rat: str, split: str, counts: Mapping[str, int], seed: int = 0, **more) -> list[Model]:
    """Name models of several names, each with its number of seeds from `seed` on."""
    return [
        Model(rat, split, name, one, **more)
        for name, n in counts.items()
        for one in range(seed, seed + n)
    ]


def of_profile(table: Mapping[str, Setting], profile: str) -> Setting:
    """Look up the setting of a profile.

    Raises
    ------
    ValueError
        If the table has no such profile.
    """
    if profile not in table:
        raise ValueError(f"profile is {profile!r}; it is {' or '.join(map(repr, table))}")
    return table[profile]


def variant_job(
    recording: Recording,
    variant: str,
    *,
    bins: np.ndarray | None = None,
    labels: np.ndarray | None = None,
    seed: int = 0,
    dtype: str = "float32",
    **parameters,
) -> Job:
    """Make the job of one of the book's five variants.

    Parameters
    ----------
    recording : Recording
        Where spikes and labels come from.
    variant : {"posdir", "pos", "dir", "time", "shuffled"}
        Which labels it is trained with; ``shuffled`` permutes the ``posdir`` labels over bins.
    bins : int array of shape (n,), optional
        Bins to train on, increasing; all if left out. Gaps between them become segment borders.
    labels : array of shape (T, k), optional
        At every bin of the recording, in place of its own.
    seed : int
        Of the fit, and of the permutation.
    dtype : {"float32", "bfloat16"}
        See `Job`.
    **parameters
        CEBRA's names, over `PARAMETERS`.

    Returns
    -------
    Job
    """
    if variant not in VARIANTS:
        raise ValueError(f"variant {variant!r} is unknown; use one of {', '.join(VARIANTS)}")
    bins = np.arange(len(recording.spikes)) if bins is None else np.asarray(bins)
    if variant == "time":
        labels = None
    elif labels is None:
        kind = "posdir" if variant == "shuffled" else variant
        labels = recording.track.training_labels(recording.labels("posdir"), kind)
    if labels is not None:
        labels = labels[bins]
    if variant == "shuffled":
        labels = np.random.default_rng(seed).permutation(labels)
    return Job(
        recording.spikes[bins],
        labels,
        parameters,
        seed=seed,
        segments=stretches(bins, recording.segments),
        name=f"{recording.key} {variant} seed {seed}",
        dtype=dtype,
    )


def lagged_labels(recording: Recording, seed: int) -> np.ndarray:
    """Lag the labels of position and direction by whole round trips.

    What is left is labels as smooth and rhythmic as the true ones, and tied to the wrong spikes.
    They wrap around the end of the recording.

    Parameters
    ----------
    recording : Recording
    seed : int
        Seeds in a row have lags of their own, as long as there are any.

    Returns
    -------
    (T, 3) array

    Raises
    ------
    ValueError
        If the recording has fewer than twice `LEAST_LAG` round trips.
    """
    starts = np.array([trip.start for trip in recording.trials()])
    lags = starts[LEAST_LAG : len(starts) - LEAST_LAG + 1] - starts[0]
    if not len(lags):
        raise ValueError(
            f"{recording.name} has {len(starts)} round trips; a lag of {LEAST_LAG} either way "
            f"round needs {2 * LEAST_LAG}"
        )
    lag = np.random.default_rng(LEAST_LAG).permutation(lags)[seed % len(lags)]
    return np.roll(recording.labels("posdir"), lag, axis=0)


def _job(
    model: Model,
    kind: Kind,
    recording: Recording,
    bins: np.ndarray | None,
    dtype: str,
    parameters: Mapping,
) -> Job:
    # Groups of one size have equally many first weights: one seed would start them all alike.
    seed = model.seed + 1_000 * model.group
    settings = {"output_dimension": model.dimension, **parameters, **kind.parameters}
    labels = kind.labels and kind.labels(recording, model)
    job = variant_job(
        recording, kind.variant, bins=bins, labels=labels, seed=seed, dtype=dtype, **settings
    )
    return replace(job, name=model.title, segments=() if kind.joined else job.segments)
