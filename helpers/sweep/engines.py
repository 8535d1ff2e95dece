"""Who computes the cells of a sweep: the cores of this machine, or the workers of a Dask cluster.

Both engines call the same function and yield what it returns as it comes. A worker that is killed
costs its cell a repetition and no other cell anything; a cell whose workers keep dying is named,
and the others go on.

Workers of a cluster need this checkout and environment, no data: recordings travel to them (see
*Sweeps* in the README, on Slurm too). Dask speaks pickle without asking who is there: connect to a
scheduler that you trust, on a network that you trust.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from time import perf_counter

import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError

from helpers.recordings import Recording

from .cell import run_cell
from .grid import Cell

MAX_DEATHS = 3  # of workers at one cell; Dask's own limit, too
CONNECT_S = 8
GRACE_S = 2  # for Dask to say by itself that nobody answers


@dataclass(frozen=True)
class Task:
    """A cell to compute: its place in the table, its recording, and the key of its row."""

    place: int
    recording: Recording
    cell: Cell
    key: str


@dataclass(frozen=True)
class Outcome:
    """What came of a task: what was measured, or why nothing was; and how long it took."""

    task_place: int
    measured: dict | None
    failure: str
    seconds: float


def attempt(recording: Recording, place: int, cell: Cell, key: str) -> Outcome:
    """Compute a cell in whichever process; what can go wrong with a cell comes back as a line."""
    start = perf_counter()
    measured, failure = None, ""
    try:
        measured = run_cell(recording, cell, key)
    except (ArithmeticError, MemoryError, RuntimeError, ValueError, OSError) as error:
        reason = str(error).partition("jobs failed: ")[2] or str(error) or type(error).__name__
        failure = reason.removeprefix(f"{cell.title}: ")
    return Outcome(place, measured, failure, perf_counter() - start)


def on_this_machine(tasks: Sequence[Task], workers: int | None = None) -> Iterator[Outcome]:
    """Compute tasks through joblib, a single-threaded process a core; yield as they finish."""
    waiting, deaths = deque(tasks), Counter()
    while waiting:
        started: dict[int, Task] = {}
        n = min(len(waiting), workers or joblib.effective_n_jobs(-1))
        try:
            for outcome in _pool(n)(_calls(waiting, started)):
                del started[outcome.task_place]
                yield outcome
        except TerminatedWorkerError:
            deaths.update(started.keys())
        for place, task in started.items():  # suspects go last: the others are safe from them
            if deaths[place] < MAX_DEATHS:
                waiting.append(task)
            else:
                yield Outcome(place, None, _killed(deaths[place]), 0.0)


def _pool(n_workers: int) -> joblib.Parallel:
    # Copy on write: torch warns of arrays that it could not write to, though it never does.
    # No cell is sent before a process is free for it: whatever dies, few cells are suspected.
    return joblib.Parallel(
        n_jobs=n_workers, backend="loky", batch_size=1, pre_dispatch="n_jobs",
        return_as="generator_unordered", mmap_mode="c",
    )  # fmt: skip


def _calls(waiting: deque, started: dict) -> Iterator:
    while waiting:
        task = waiting.popleft()
        started[task.place] = task
        yield joblib.delayed(_from)(os.getpid(), task.recording, task.place, task.cell, task.key)


def _from(caller: int, *call) -> Outcome:
    """As `attempt`, in a process that ends with its caller and not some cells later."""
    _leash(caller)
    return attempt(*call)


@cache
def _leash(caller: int) -> None:
    """Start a thread that ends this process once whoever started it was killed."""

    def watch():
        while os.getppid() == caller:
            threading.Event().wait(1)
        os._exit(1)  # an exception would end a thread only

    if caller == os.getpid():
        return
    if os.getppid() != caller:  # killed while this process was starting
        os._exit(1)
    threading.Thread(target=watch, daemon=True).start()


def on_a_cluster(tasks: Sequence[Task], client) -> Iterator[Outcome]:
    """Compute tasks on a Dask cluster, as many at a time as it has threads, and one more each.

    Parameters
    ----------
    tasks : sequence of Task
    client : distributed.Client

    Yields
    ------
    Outcome

    Raises
    ------
    RuntimeError
        If the scheduler is lost.
    """
    from distributed import as_completed

    # A task that returns its argument holds a recording: sent once, and not lost with any worker,
    # since the scheduler can run it again.
    held = {
        recording.digest: client.submit(_itself, recording, key=f"recording-{recording.digest}")
        for recording in {task.recording.digest: task.recording for task in tasks}.values()
    }
    waiting, running, done = deque(tasks), {}, as_completed()
    while waiting or running:
        while waiting and len(running) < max(1, 2 * sum(client.nthreads().values())):
            task = waiting.popleft()
            future = client.submit(
                attempt, held[task.recording.digest], task.place, task.cell, task.key,
                key=f"cell-{task.key}", pure=False,
            )  # fmt: skip
            running[future.key] = task
            done.add(future)
        future = next(done)
        yield _outcome(future, running.pop(future.key))


def _outcome(future, task: Task) -> Outcome:
    """What a finished future holds: an outcome, or what befell the worker."""
    from distributed import KilledWorker

    if future.status == "cancelled":
        raise RuntimeError("the scheduler is gone; what had finished is kept, run it again")
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, KilledWorker):
        return Outcome(task.place, None, _killed(error.allowed_failures + 1), 0.0)
    mend = "; start workers in the book's folder" if isinstance(error, ImportError) else ""
    reason = " ".join(str(error).split()) or "no reason given"
    return Outcome(task.place, None, f"{type(error).__name__}: {reason}{mend}", 0.0)


@contextlib.contextmanager
def cluster(address: str = "", workers: int | None = None):
    """Connect to a scheduler, or start a cluster of single-threaded processes on this machine.

    Parameters
    ----------
    address : str
        Of a running scheduler, ``tcp://host:8786``; empty starts a cluster here.
    workers : int, optional
        Of the cluster to start; one a core if left out.

    Yields
    ------
    distributed.Client

    Raises
    ------
    RuntimeError
        If ``distributed`` is not installed.
    OSError
        If no scheduler answers.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise RuntimeError("Dask is not installed; pip install distributed") from None
    with contextlib.ExitStack() as stack:
        where = address or stack.enter_context(
            LocalCluster(
                n_workers=workers or joblib.effective_n_jobs(-1),
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
            )  # fmt: skip
        )
        client = _connected(Client, where, address)
        yield stack.enter_context(client)


def _connected(client_of, where, address: str):
    """A client, or one line: whatever answers has ten seconds for the whole handshake.

    Dask's own timeout bounds the connection alone: a dashboard, which answers and is no scheduler,
    would be waited for without end (distributed#8071).
    """
    found: list = []

    def connect():
        try:
            found.append(client_of(where, timeout=CONNECT_S))
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            found.append(error)

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(CONNECT_S + GRACE_S)
    if not found:
        raise OSError(
            f"{address} answers, but is no Dask scheduler; 8787 is its dashboard: give "
            "tcp://host:8786"
        )
    if isinstance(found[0], Exception):
        reason = " ".join(str(found[0]).split())
        raise OSError(f"no scheduler at {address} ({reason}); give its address, tcp://host:8786")
    return found[0]


def _itself(recording: Recording) -> Recording:
    return recording


def _killed(times: int) -> str:
    return f"its worker process died {times} times; is there enough memory for it?"
