"""Time and memory of persistent cohomology, each measured in a process of its own.

``python -m helpers.topology_cost CLOUD.npy MAXDIM`` prints seconds and gigabytes as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
import psutil

from helpers.files import ROOT
from helpers.topology import PRIME, check_cost, landmarks

MEASURED = {
    "quick": {1: (100, 200, 400, 800), 2: (50, 100, 200, 300)},
    "full": {1: (100, 200, 400, 800, 1000), 2: (100, 200, 300, 400, 500)},
}
"""Numbers of points, by profile and highest homology."""


def measure(cloud: np.ndarray, maxdim: int, sizes: Sequence[int], seed: int = 0) -> list[tuple]:
    """Measure ripser on random points of a cloud.

    Parameters
    ----------
    cloud : (T, d) array
    maxdim : int
    sizes : sequence of int
        Numbers of points.
    seed : int
        Of the draw.

    Returns
    -------
    list of (int, float, float)
        Points, seconds, and gigabytes beyond those of the process before it began.

    Raises
    ------
    ValueError
        If a size would take too long.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cloud.npy"
        for n in sizes:
            few = np.asarray(cloud, dtype=float)[landmarks(cloud, n, seed=seed)]
            check_cost(few, maxdim)
            np.save(path, few)
            command = [sys.executable, "-m", "helpers.topology_cost", str(path), str(maxdim)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            rows.append((n, *json.loads(done.stdout)))
    return rows


def machine_gb() -> float:
    """Memory of this machine, gigabytes."""
    return psutil.virtual_memory().total / 1e9


def peak_gb() -> float:
    """Most memory that this process has held so far, gigabytes."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset / 1e9
    if sys.platform == "linux":  # getrusage would count the process that started this one, too
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e9
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9


def main() -> None:
    """Measure one cloud, in this process."""
    from ripser import ripser

    cloud, maxdim = np.load(sys.argv[1]), int(sys.argv[2])
    ripser(cloud[:20], maxdim=maxdim, coeff=PRIME)
    before, start = peak_gb(), perf_counter()
    ripser(cloud, maxdim=maxdim, coeff=PRIME)
    print(json.dumps([perf_counter() - start, max(peak_gb() - before, 1e-4)]))


if __name__ == "__main__":
    main()
