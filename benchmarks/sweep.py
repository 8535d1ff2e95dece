"""A sweep at one worker and at two, side by side: what does a second core bring?

``python -m benchmarks.sweep`` sweeps ``benchmarks/sweep.yml`` on Dask clusters of this machine,
alternating between one worker and two, each time with an empty cache. Starting a cluster is apart:
workers are up, and have computed a cell of another seed, before the clock starts. The table goes to
the screen and, with ``--out``, to a text and a JSON file. Two workers should take at most 0.6 of
the time of one, on two otherwise idle cores.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from helpers.files import ROOT, write_text
from helpers.sweep import Grid, cluster, on_a_cluster, read_grid
from helpers.sweep.sweep import sweep

AT_MOST = 0.6
WORKERS = (1, 2)
WARM_UP_SEED = 10_000


def main() -> int:
    """Measure, print the table, and return 0 if two workers were fast enough."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--grid", type=Path, default=ROOT / "benchmarks/sweep.yml")
    parser.add_argument("--repeats", type=int, default=3, help="sweeps at each number of workers")
    parser.add_argument("--out", type=Path, help="folder for sweep-cpu.txt and sweep-cpu.json")
    given = parser.parse_args()
    grid = read_grid(given.grid)
    seconds, tables = {n: [] for n in WORKERS}, []
    for repeat in range(given.repeats):
        for n in WORKERS if repeat % 2 == 0 else WORKERS[::-1]:  # a drift would favour neither
            print(f"sweeping {len(grid.cells())} cells at {n} workers …", file=sys.stderr)
            taken, rows = measure(grid, n)
            seconds[n].append(taken)
            tables.append(rows)
    result = {
        "cells": len(grid.cells()),
        "steps": sum(dict(cell.parameters)["max_iterations"] for cell in grid.cells()),
        "seconds": seconds,
        "ratio": statistics.median(seconds[2]) / statistics.median(seconds[1]),
        "equal": all(rows == tables[0] for rows in tables),
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
    }
    text = table(result)
    print(text)
    if given.out:
        write_text(given.out / "sweep-cpu.txt", text + "\n")
        write_text(given.out / "sweep-cpu.json", json.dumps(result, indent=1) + "\n")
    return 0 if result["ratio"] <= AT_MOST and result["equal"] else 1


def measure(grid: Grid, n_workers: int) -> tuple[float, list[dict]]:
    """Seconds that a sweep takes with an empty cache, workers already up; and its rows."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CEBRA_BOOK_CACHE"] = folder  # before the workers start: they inherit it
        with cluster(workers=n_workers) as client:
            client.wait_for_workers(n_workers)
            warm_up = replace(grid, seeds=[WARM_UP_SEED + n for n in range(2 * n_workers)])
            warm_up = replace(warm_up, parameters=_first(grid) | {"max_iterations": 1})
            sweep(warm_up, engine=lambda tasks: on_a_cluster(tasks, client), progress=False)
            start = time.perf_counter()
            done = sweep(grid, engine=lambda tasks: on_a_cluster(tasks, client), progress=False)
            seconds = time.perf_counter() - start
    if done.failures or done.computed != len(grid.cells()):
        raise RuntimeError(f"not all cells were computed: {done.failures}")
    return seconds, done.rows


def _first(grid: Grid) -> dict:
    return {name: values[0] for name, values in grid.parameters.items()}


def table(result: dict) -> str:
    """Lay out seconds of each repeat, medians, and the ratio."""
    lines = [
        f"{result['machine']}; {result['cells']} cells, {result['steps']:,} steps in all, "
        "Dask workers of one thread",
        f"{'workers':>7}{'median s':>10}{'min–max':>16}{'cells/min':>11}",
    ]
    for n, taken in result["seconds"].items():
        middle = statistics.median(taken)
        spread = f"{min(taken):.1f}–{max(taken):.1f}"
        rate = 60 * result["cells"] / middle
        lines.append(f"{n:>7}{middle:>10.1f}{spread:>16}{rate:>11.1f}")
    verdict = "at most" if result["ratio"] <= AT_MOST else "MORE than"
    same = "the same bits every time" if result["equal"] else "DIFFERENT rows"
    return "\n".join(
        [*lines, f"two over one: {result['ratio']:.2f}, {verdict} {AT_MOST}; rows: {same}"]
    )


if __name__ == "__main__":
    sys.exit(main())
