"""Job: what to train, checked before anything trains."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np

PARAMETERS = {  # the blog's settings, under CEBRA's own names
    "model_architecture": "offset10-model",
    "batch_size": 512,
    "learning_rate": 3e-4,
    "temperature": 1.0,
    "output_dimension": 3,
    "max_iterations": 10_000,
    "distance": "cosine",
    "conditional": "time_delta",
    "time_offsets": 10,
}
DEFAULTS = {  # the library's, where the blog set nothing
    **PARAMETERS,
    "num_hidden_units": 32,
    "delta": None,
    "criterion": "infonce",
    "temperature_mode": "constant",
    "min_temperature": 0.1,
    "optimizer_kwargs": (
        ("betas", (0.9, 0.999)),
        ("eps", 1e-08),
        ("weight_decay", 0),
        ("amsgrad", False),
    ),
}
CHOICES = {
    "distance": ("cosine", "euclidean"),
    "conditional": ("time", "time_delta", "delta", "delta_normal"),
    "criterion": ("infonce",),
    "temperature_mode": ("constant", "auto"),
}
DTYPES = ("float32", "bfloat16")


@dataclass(frozen=True, eq=False)
class Job:
    """One CEBRA model to train.

    Parameters
    ----------
    spikes : array of shape (T, N)
        Counts (or any activity) per bin.
    labels : array of shape (T, k) or None
        Continuous labels, float32; None trains on time alone.
    parameters : mapping
        `cebra.CEBRA`'s names and values, over `PARAMETERS`.
    seed : int
        Weights and batches follow from it, and from nothing else.
    segments : tuple of slice
        Contiguous stretches of `spikes`; empty means one. Windows and time pairs stay within.
    name : str
        For progress and error messages; not part of the result.
    dtype : {"float32", "bfloat16"}
        Of the matrix products; weights, sums and loss are float32 either way.

    Raises
    ------
    ValueError
        In one line, if the job cannot train; before anything does.
    """

    spikes: np.ndarray  # (T, N) uint8 or float32
    labels: np.ndarray | None  # (T, k) float32
    parameters: Mapping = field(default_factory=dict)
    seed: int = 0
    segments: tuple[slice, ...] = ()
    name: str = ""
    dtype: str = "float32"

    def __post_init__(self):
        def put(key, value):
            object.__setattr__(self, key, value)

        put("parameters", _checked_parameters(self.parameters))
        put("spikes", _checked_activity(self.spikes))
        if self.labels is not None:
            put("labels", _checked_labels(self.labels, len(self.spikes)))
        put("segments", tuple(self.segments) or (slice(0, len(self.spikes)),))
        edges = [0, *(part.stop for part in self.segments)]
        if [part.start for part in self.segments] != edges[:-1] or edges[-1] != len(self.spikes):
            raise ValueError(f"segments must follow each other from bin 0 to {len(self.spikes)}")
        if self.dtype not in DTYPES:
            raise ValueError(f"dtype is {self.dtype!r}; use one of {', '.join(DTYPES)}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int | np.integer):
            raise ValueError(f"seed is {self.seed!r}; give a whole number")
        put("seed", int(self.seed))


def _checked_parameters(given: Mapping) -> dict:
    for name in given:
        if name not in DEFAULTS:
            near = get_close_matches(name, DEFAULTS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"use {', '.join(DEFAULTS)}"
            raise ValueError(f"parameter {name!r} is unknown here; {hint}")
    parameters = {**DEFAULTS, **given}
    for name, allowed in CHOICES.items():
        if parameters[name] not in allowed:
            raise ValueError(f"{name} is {parameters[name]!r}; use one of {', '.join(allowed)}")
    for name in (
        "batch_size",
        "max_iterations",
        "output_dimension",
        "num_hidden_units",
        "time_offsets",
    ):
        value = parameters[name]
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
            raise ValueError(f"{name} is {value!r}; give a whole number of at least 1")
        parameters[name] = int(value)
    positive = ["learning_rate", "temperature"]
    positive += ["delta"] * parameters["conditional"].startswith("delta")
    for name in positive:
        value = parameters[name]
        if not isinstance(value, int | float | np.number) or not 0 < value < np.inf:
            raise ValueError(f"{name} is {value!r}; give a positive number")
        parameters[name] = float(value)
    return parameters


def _checked_activity(spikes) -> np.ndarray:
    spikes = np.asarray(spikes)
    if spikes.ndim != 2 or 0 in spikes.shape or spikes.dtype.kind not in "biuf":
        raise ValueError(
            f"spikes has shape {spikes.shape}, dtype {spikes.dtype}; give numbers, (bins, neurons)"
        )
    if bad := int((~np.isfinite(spikes)).sum()):
        columns = np.flatnonzero((~np.isfinite(spikes)).any(axis=0)).tolist()
        raise ValueError(
            f"spikes has {bad} NaN or infinite values in columns {columns[:8]}; remove those bins"
        )
    counts = spikes.dtype.kind in "biu" and spikes.min() >= 0 and spikes.max() <= 255
    return np.ascontiguousarray(spikes, dtype=np.uint8 if counts else np.float32)


def _checked_labels(labels, n_bins: int) -> np.ndarray:
    labels = np.asarray(labels)
    if labels.dtype.kind != "f":
        raise ValueError(
            f"labels have dtype {labels.dtype}; give float32: CEBRA takes integer labels for "
            "classes and would train on something else"
        )
    labels = labels[:, None] if labels.ndim == 1 else labels
    if labels.ndim != 2 or len(labels) != n_bins:
        raise ValueError(
            f"labels have shape {labels.shape}, spikes {n_bins} bins; give ({n_bins}, k)"
        )
    if bad := int((~np.isfinite(labels)).sum()):
        columns = np.flatnonzero((~np.isfinite(labels)).any(axis=0)).tolist()
        raise ValueError(
            f"labels have {bad} NaN or infinite values in columns {columns}; remove those bins"
        )
    if (labels == labels[0]).all():
        raise ValueError(
            "labels are constant: every pair is as good as any other; pass None to train on time"
        )
    return np.ascontiguousarray(labels, dtype=np.float32)
