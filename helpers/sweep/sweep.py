"""Sweeps: many models over a grid of settings, each judged on validation laps, in one table.

``python -m helpers.book sweep grid.yml`` reads a grid (`helpers.sweep.grid`), checks all of it,
computes the cells that are not on disk yet (`helpers.sweep.cell`) on this machine or on a Dask
cluster (`helpers.sweep.engines`), and writes the table (`helpers.sweep.table`). A cell's row is
kept beside the cached fits, in a small file of its own: a sweep that was killed goes on where it
was. The rows are the same bits whoever computes them, so seconds stand in a file apart.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers import places
from helpers.files import ROOT
from helpers.kept import load, store
from helpers.progress import bar
from helpers.recordings import Recording, load_recording
from helpers.training import many as training

from .cell import cell_job, cell_key
from .engines import Outcome, Task, cluster, on_a_cluster, on_this_machine
from .grid import Grid, read_grid
from .table import check_suffix, table_row, write_table

Engine = Callable[[Sequence[Task]], Iterator[Outcome]]


@dataclass(frozen=True)
class Swept:
    """What came of a sweep: a row a finished cell, in the order of the grid."""

    rows: list[dict]  # see `table_row`
    seconds: dict[str, float]  # that a cell took when it was computed, by its key
    failures: dict[str, str]  # why, by title of the cell
    computed: int  # rows that were not on disk before


def sweep(
    grid: Grid,
    recordings: Mapping[str, Recording] | None = None,
    engine: Engine = on_this_machine,
    progress: bool = True,
) -> Swept:
    """Compute a grid, those cells that are not on disk yet.

    Parameters
    ----------
    grid : Grid
    recordings : mapping of str to Recording, optional
        By the names in the grid; loaded by name if left out.
    engine : callable
        Takes tasks, yields outcomes: `on_this_machine`, or `on_a_cluster` with a client.
    progress : bool
        Show a bar on stderr.

    Returns
    -------
    Swept

    Raises
    ------
    ValueError
        If the grid or a recording of it cannot be swept; before anything is trained.
    """
    tasks = prepare(grid, recordings)
    found = {task.place: kept_row(task.key) for task in tasks}
    missing = [task for task in tasks if found[task.place] is None]
    failures = {}
    counted = {"total": len(tasks), "initial": len(tasks) - len(missing)}
    with (
        bar(progress, desc="sweep", unit=" cells", **counted) as shown,
        contextlib.closing(engine(missing)) as outcomes,
    ):
        for outcome in outcomes:
            task = tasks[outcome.task_place]
            if outcome.measured is None:
                failures[task.cell.title] = outcome.failure
            else:
                found[task.place] = {**outcome.measured, "seconds": outcome.seconds}
                store(row_path(task.key), found[task.place])
            shown.update()
    done = [task for task in tasks if found[task.place]]
    return Swept(
        [table_row(task.recording, task.cell, found[task.place]) for task in done],
        {task.key: found[task.place]["seconds"] for task in done},
        failures,
        len(missing) - len(failures),
    )


def prepare(grid: Grid, recordings: Mapping[str, Recording] | None = None) -> list[Task]:
    """Check every cell and name its row.

    A ValueError if a recording is unknown, a cell cannot be trained, or two cells are the same.
    """
    if recordings is None:
        recordings = {name: load_recording(name) for name in grid.recordings}
    tasks, seen = [], {}
    for place, cell in enumerate(grid.cells()):
        recording = recordings[cell.recording]
        job = cell_job(recording, cell)
        training._check_trainable(job, place)  # as fit_many would, but for all cells before any
        key = cell_key(recording, job, cell)
        if key in seen:
            raise ValueError(f"two cells are the same: {seen[key]}; {cell.title}; name it once")
        seen[key] = cell.title
        tasks.append(Task(place, recording, cell, key))
    return tasks


def row_path(key: str) -> Path:
    """Return where a cell's row is kept, whether it exists yet or not."""
    return places.cache() / "sweep" / f"{key}.npz"


def kept_row(key: str) -> dict | None:
    """Read what was measured, and its ``seconds``; None where there is nothing, or damage."""
    arrays = load(row_path(key))
    return arrays and {name: array.item() for name, array in arrays.items()}


def run(path: Path, out: Path | None, workers: int | None, dask: bool, scheduler: str) -> int:
    """Do what the command line asks for: sweep a grid file, write the table, say what was made.

    Parameters
    ----------
    path, out : Path
        The grid; the table, ``_run/sweeps/<name of the grid>.csv`` of the book if left out.
    workers : int, optional
        Processes on this machine; one a core if left out.
    dask : bool
        Start a Dask cluster on this machine.
    scheduler : str
        Address of a running one.

    Returns
    -------
    int
        0, or 1 if a cell failed.
    """
    out = Path(out or ROOT / "_run" / "sweeps" / f"{Path(path).stem}.csv")
    check_suffix(out)
    if workers is not None and workers < 1:
        raise ValueError(f"{workers} workers; give 1 or more")
    grid = read_grid(path)
    if dask or scheduler:
        with cluster(scheduler, workers) as client:
            if not client.nthreads():
                print("no worker has joined the scheduler yet; waiting", file=sys.stderr)
            done = sweep(grid, engine=lambda tasks: on_a_cluster(tasks, client))
    else:
        done = sweep(grid, engine=lambda tasks: on_this_machine(tasks, workers))
    return report(done, len(grid.cells()), out)


def report(done: Swept, n_cells: int, out: Path) -> int:
    """Write the table, say what was made and what failed; return the exit code."""
    for title, reason in done.failures.items():
        print(f"failed: {title}: {reason}", file=sys.stderr)
    print(
        f"{n_cells} cells: {done.computed} computed, {len(done.rows) - done.computed} found on "
        f"disk, {len(done.failures)} failed; judged on validation laps, test laps untouched"
    )
    if done.rows:
        times = out.with_name(f"{out.stem}-seconds.csv")
        write_table(out, done.rows)
        write_table(times, [{"cell": key, "seconds": s} for key, s in done.seconds.items()])
        print(f"table: {out}\nseconds of each cell: {times}")
    return 1 if done.failures else 0
