"""The cache of fitted models: one file a fit, named by all that the fit depends on."""

import ast
import hashlib
import json
import os
import zipfile
import zlib
from functools import cache
from pathlib import Path

import cebra
import numpy as np
import torch

from helpers.files import ROOT, whole

from .jobs import Job
from .one import Trained

TRAINING_CODE = {
    "cpu": ("jobs", "sampling", "encoder", "one"),
    "cuda": ("jobs", "sampling", "one", "stacked", "device_sampling"),
}


def folder() -> Path:
    """Return the cache's folder: ``$CEBRA_BOOK_CACHE``, else ``data/cache`` of the book."""
    return Path(os.environ.get("CEBRA_BOOK_CACHE") or ROOT / "data" / "cache")


def path_of(job: Job, device: str) -> Path:
    """Return where the fit of `job` on `device` is kept, whether it exists yet or not."""
    return folder() / f"{key(job, device)}.npz"


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
        "code": code_digest(device),
    }
    digest.update(json.dumps(settings, sort_keys=True).encode())
    return digest.hexdigest()


@cache
def code_digest(device: str) -> str:
    """sha256 of the training modules' syntax trees: comments and docstrings do not count."""
    digest = hashlib.sha256()
    for module in TRAINING_CODE[device.partition(":")[0]]:
        tree = ast.parse((Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
                node
            ):
                node.body = node.body[1:]
        digest.update(ast.dump(tree).encode())
    return digest.hexdigest()


def store(path: Path, trained: Trained) -> None:
    """Write a fit as arrays without pickles, whole or not at all."""
    arrays = {
        f"{part}/{name}": value
        for part, named in vars(trained).items()
        for name, value in named.items()
    }
    with whole(path) as part:
        np.savez(part, **arrays)


def load(path: Path) -> Trained | None:
    """Read a fit back, or None where there is none.

    A damaged file counts as none, and is reported: what it held can be trained again.
    """
    if not path.exists():
        return None
    parts = {"model": {}, "criterion": {}, "adam": {}, "log": {}}
    try:
        with np.load(path, allow_pickle=False) as archive:
            for name in archive.files:
                part, _, rest = name.partition("/")
                parts[part][rest] = archive[name]
        parts["log"]["total"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        print(f"cache entry {path.name} is damaged ({type(error).__name__}); training it again")
        return None
    return Trained(**parts)
