"""Time and memory of persistent cohomology, measured in a process of its own.

``python -m helpers.topology.cost CLOUDS.npz MAXDIM`` prints points, seconds and gigabytes as JSON.
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

from .persistence import PRIME, check_cost, landmarks

MEASURED = {
    "quick": {1: (100, 200, 400, 800), 2: (50, 100, 150, 200)},
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
        Numbers of points, rising: memory is the most that was held so far.
    seed : int
        Of the draw.

    Returns
    -------
    list of (int, float, float)
        Points, seconds, and gigabytes beyond those of the process before it began.

    Raises
    ------
    ValueError
        If a size would take too long, or the sizes do not rise.
    """
    if list(sizes) != sorted(set(sizes)):
        raise ValueError(f"sizes {tuple(sizes)} do not rise; sort them")
    cloud = np.asarray(cloud, dtype=float)
    clouds = {str(n): cloud[landmarks(cloud, n, seed=seed)] for n in sizes}
    check_cost(clouds[str(sizes[-1])], maxdim)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clouds.npz"
        np.savez(path, **clouds)
        command = [sys.executable, "-m", "helpers.topology.cost", str(path), str(maxdim)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [tuple(row) for row in json.loads(done.stdout)]


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
    """Measure the clouds of a file, one after the other, in this process."""
    from ripser import ripser

    maxdim, rows = int(sys.argv[2]), []
    with np.load(sys.argv[1]) as clouds:
        ripser(clouds[clouds.files[0]][:20], maxdim=maxdim, coeff=PRIME)
        before = peak_gb()
        for name in clouds.files:
            start = perf_counter()
            ripser(clouds[name], maxdim=maxdim, coeff=PRIME)
            seconds = perf_counter() - start
            rows.append((int(name), seconds, max(peak_gb() - before, 1e-4)))
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
