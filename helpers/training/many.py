"""Training CEBRA models: `fit` one, or `fit_many` together, each kept on disk once it is done.

The models, losses and estimators are the ``cebra`` package's own; only the way to them is shorter.
"""

import os
import re
import tempfile
import threading
from collections.abc import Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from time import perf_counter

import cebra
import joblib
import torch

from helpers.progress import bar

from . import cache as fitcache
from .encoder import FAST_ARCHITECTURES
from .fit import Fit
from .fullbatch import FullBatchTraining, is_full
from .jobs import Job
from .one import TICK, Training, new_module, new_sampler, one_thread, train
from .stacked_encoder import is_stackable


class TrainingError(RuntimeError):
    """Some jobs could not be trained; the message names them, the others are in the cache."""


def fit(job: Job, progress: bool = True) -> Fit:
    """Train one model; see `fit_many`."""
    return fit_many([job], progress)[0]


def fit_many(jobs: Sequence[Job], progress: bool = True) -> list[Fit]:
    """Train many models together, those that are not in the cache yet.

    Each is what ``cebra.CEBRA(**job.parameters).fit(spikes, labels)`` would have become: same
    network, sampling distributions, loss and optimiser. On a CPU every core trains a job of its
    own, through joblib, so that any joblib backend serves; on CUDA, models of one shape take their
    steps together; those with batches too large for that (`fullbatch`) keep to the cores. A
    finished job is in the cache even if the run is then interrupted.

    Parameters
    ----------
    jobs : sequence of Job
        In any mixture of recordings and parameters.
    progress : bool
        Show a bar over the iterations of all jobs.

    Returns
    -------
    list of Fit
        In the order of `jobs`.

    Raises
    ------
    ValueError
        If a job cannot train; before any does.
    TrainingError
        After all others are done, naming the jobs whose loss was not finite.
    """
    jobs = list(jobs)
    for number, job in enumerate(jobs):
        _check_trainable(job, number)
    device = default_device()
    paths = [fitcache.path_of(job, device) for job in jobs]
    done = {path: fitcache.load(path) for path in set(paths)}
    todo = {path: job for path, job in zip(paths, jobs, strict=True) if done[path] is None}
    failures = _train_all(todo, device, progress) if todo else []
    if failures:
        raise TrainingError(f"{len(failures)} of {len(jobs)} jobs failed: " + "; ".join(failures))
    return [
        Fit(job, done[path] or fitcache.load(path)) for job, path in zip(jobs, paths, strict=True)
    ]


def default_device() -> str:
    """Return ``"cuda"`` where there is one, else ``"cpu"``; ``$CEBRA_BOOK_DEVICE`` overrides.

    Raises
    ------
    ValueError
        If the variable names another kind of device, or one that is not there.
    """
    wanted = os.environ.get("CEBRA_BOOK_DEVICE", "").strip()
    if not wanted:
        return "cuda" if torch.cuda.is_available() else "cpu"
    if not re.fullmatch(r"cpu|cuda(:\d+)?", wanted):
        raise ValueError(f"CEBRA_BOOK_DEVICE is {wanted!r}; use cpu, cuda or cuda:1, or unset it")
    number = int(wanted.partition(":")[2] or 0)
    if wanted != "cpu" and number >= torch.cuda.device_count():
        raise ValueError(
            f"CEBRA_BOOK_DEVICE is {wanted!r}, and torch sees {torch.cuda.device_count()} such "
            "devices; use cpu, or unset it"
        )
    return wanted


@cache
def fast_dtype() -> str:
    """Return the dtype in which this processor multiplies matrices faster, by a timed probe.

    ``"bfloat16"`` if it is at least half as fast again as ``"float32"``; ``CEBRA_BOOK_BF16=0``
    turns it off. The embedding is as good (chapter 06 shows it); the five headline models stay in
    float32.
    """
    if os.environ.get("CEBRA_BOOK_BF16") == "0":
        return "float32"
    seconds = {}
    with one_thread():
        for dtype in ("float32", "bfloat16"):
            a = torch.ones(8192, 96, dtype=getattr(torch, dtype))
            b = torch.ones(96, 32, dtype=getattr(torch, dtype))
            times = []
            for _ in range(10):
                start = perf_counter()
                a @ b
                times.append(perf_counter() - start)
            seconds[dtype] = min(times)
    return "bfloat16" if seconds["float32"] > 1.5 * seconds["bfloat16"] else "float32"


def _check_trainable(job: Job, number: int) -> None:
    """Raise early what would otherwise come out of a worker, named."""
    name = job.name or f"number {number}"
    architecture = job.parameters["model_architecture"]
    if job.dtype != "float32" and architecture not in FAST_ARCHITECTURES:
        raise ValueError(
            f"job {name}: {job.dtype} is for {', '.join(FAST_ARCHITECTURES)}; use float32"
        )
    if architecture not in cebra.CEBRA.supported_model_architectures():
        near = get_close_matches(architecture, cebra.CEBRA.supported_model_architectures(), n=3)
        raise ValueError(
            f"job {name}: no architecture {architecture!r}; near it: {', '.join(near)}"
        )
    if default_device() != "cpu" and job.parameters["temperature_mode"] != "constant":
        raise ValueError(
            f"job {name}: a learnt temperature trains on the CPU only; set CEBRA_BOOK_DEVICE=cpu"
        )
    if job.labels is None and job.parameters["conditional"] not in ("time", "time_delta"):
        raise ValueError(f"job {name}: conditional {job.parameters['conditional']!r} needs labels")
    try:
        new_sampler(job, new_module(job))
    except ValueError as error:
        raise ValueError(f"job {name}: {error}") from None


def _train_all(todo: dict[Path, Job], device: str, progress: bool) -> list[str]:
    """Train jobs into their cache files; return a line for each that failed."""
    todo = dict(sorted(todo.items(), key=lambda item: -item[1].parameters["max_iterations"]))
    total = sum(job.parameters["max_iterations"] for job in todo.values())
    with _bar(total, f"training {len(todo)} models", progress) as ticks:
        errors = []
        stacked = {p: job for p, job in todo.items() if device != "cpu" and _is_stacked(job)}
        if stacked:
            from .stacked import train_stacked  # needs CUDA; spare others the import

            errors += train_stacked(stacked, device, lambda: _tick(ticks))
            todo = {path: job for path, job in todo.items() if path not in stacked}
        n_workers = max(1, min(len(todo), joblib.effective_n_jobs(-1)))
        # Copy on write: torch warns of arrays that it could not write to, though it never does.
        pool = joblib.Parallel(n_jobs=n_workers, batch_size=1, mmap_mode="c")
        here = os.getpid()
        errors += pool(
            joblib.delayed(_train_into)(path, job, ticks, here) for path, job in todo.items()
        )
    return [error for error in errors if error]


def _is_stacked(job: Job) -> bool:
    return not is_full(job) and is_stackable(job.parameters["model_architecture"])


def _train_into(path: Path, job: Job, ticks: Path, caller: int) -> str:
    """Train one job into its cache file, in whichever process; return why not, if not."""
    parent = os.getppid()

    def on_tick():
        # A worker whose caller was killed would train on for hours, for nobody.
        if parent == caller and os.getppid() != caller:
            os._exit(1)  # an exception would leave an idle worker behind
        _tick(ticks)

    try:
        fitcache.store(path, train(job, on_tick, FullBatchTraining if is_full(job) else Training))
    except (ArithmeticError, MemoryError, RuntimeError) as error:  # spares the other jobs
        return f"{job.name or path.stem[:8]}: {error or type(error).__name__}"
    return ""


def _tick(ticks: Path) -> None:
    """Count `TICK` steps more: one byte appended is a count that any process can add to."""
    with ticks.open("ab") as file:
        file.write(b".")


@contextmanager
def _bar(total: int, title: str, progress: bool):
    """Show a bar that follows the length of a file of ticks, which is lent to the workers."""
    finished = threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        ticks = Path(folder) / "ticks"
        ticks.touch()
        with bar(progress, total=total, desc=title, unit=" steps") as shown:

            def follow():
                while not finished.wait(0.5):
                    shown.update(min(total, TICK * ticks.stat().st_size) - shown.n)

            watcher = threading.Thread(target=follow, daemon=True)
            watcher.start()
            try:
                yield ticks
            finally:
                finished.set()
                watcher.join()
                shown.update(min(total, TICK * ticks.stat().st_size) - shown.n)
