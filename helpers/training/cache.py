"""The cache of fitted models: one file a fit, named by all that the fit depends on."""

import hashlib
import json
from pathlib import Path

import cebra
import torch

from helpers import code, kept, places

from .fullbatch import is_full
from .jobs import Job
from .one import Trained

ONE = ("helpers.training.one", "train")
TRAINS = {
    "cpu": [ONE],
    "cuda": [("helpers.training.stacked", "train_stack")],
    "full": [ONE, ("helpers.training.fullbatch", "FullBatchTraining")],
}
"""What trains, by device or kind: its code, and all that it reaches, is in a fit's key."""


def path_of(job: Job, device: str) -> Path:
    """Return where the fit of `job` on `device` is kept, whether it exists yet or not."""
    return places.cache() / f"{key(job, device)}.npz"


def key(job: Job, device: str) -> str:
    """Name a fit by its data, parameters, seed, type, device, library versions and training code.

    Returns
    -------
    str
        sha256, hex. CPU fits always run on one thread, so the thread count needs no place in it.
    """
    digest = hashlib.sha256()
    for array in (job.spikes, job.labels):
        if array is not None:
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(array.tobytes())
    settings = {
        "segments": [(part.start, part.stop) for part in job.segments],
        "parameters": job.parameters,
        "seed": job.seed,
        "dtype": job.dtype,
        "device": device,
        "versions": [cebra.__version__, torch.__version__],
        "code": code.digest(*TRAINS["full" if is_full(job) else device.partition(":")[0]]),
    }
    digest.update(json.dumps(settings, sort_keys=True).encode())
    return digest.hexdigest()


def store(path: Path, trained: Trained) -> None:
    """Write a fit whole or not at all."""
    parts = vars(trained).items()
    kept.store(path, {f"{part}/{key}": v for part, named in parts for key, v in named.items()})


def load(path: Path) -> Trained | None:
    """Read a fit back, or None where there is none or it is damaged."""
    arrays = kept.load(path)
    if arrays is None:
        return None
    parts = {"model": {}, "criterion": {}, "adam": {}, "log": {}}
    for name, array in arrays.items():
        part, _, rest = name.partition("/")
        parts[part][rest] = array
    return Trained(**parts)
