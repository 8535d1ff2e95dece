"""Time and memory of persistent cohomology, measured in a process of its own.

``python -m helpers.topology.cost CLOUDS.npz MAXDIM`` prints points, seconds and gigabytes as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import psutil
from IPython.display import Markdown

from helpers import claims
from helpers.figures.topology import trend
from helpers.files import ROOT

from .persistence import PRIME, check_cost, landmarks

MEASURED = {
    "quick": {1: (100, 200, 400, 800), 2: (50, 100, 150, 200)},
    "full": {1: (100, 200, 400, 800, 1000), 2: (100, 200, 300, 400, 500)},
}
"""Numbers of points, by profile and highest homology."""


HUNG = 2_000
"""Points at which the blog's program never came back from H2."""


@dataclass(frozen=True, eq=False)
class Price:
    """What persistence costs on this machine, and what H2 of `hung` points would.

    Attributes
    ----------
    measured : mapping of homology to rows (points, seconds, gigabytes)
    hours, gigabytes : float
        Of H2 of `hung` points, by extrapolation.
    """

    measured: Mapping[int, list[tuple]]
    hours: float
    gigabytes: float
    hung: int = HUNG
    stated_points: int = 800

    @property
    def seconds(self) -> float:
        """Seconds for H1 of as many points as the blog took."""
        return {n: seconds for n, seconds, _ in self.measured[1]}[self.stated_points]

    @property
    def stated_s(self) -> float:
        """The blog's seconds for it."""
        return claims.published("time.topology_s", "blog").value

    @property
    def values(self) -> dict[str, float]:
        """What is noted, of this machine."""
        return {
            "topology.h2.hours_2000": self.hours,
            "topology.h2.gb_2000": self.gigabytes,
            "topology.h2.gb_machine": machine_gb(),
        }

    def said(self) -> Markdown:
        """The price in a sentence."""
        return Markdown(
            f"H1 of {self.stated_points} points: {self.seconds:.1f} s (the blog: {self.stated_s} "
            f"s). H2 of {self.hung:,} points, by extrapolation: **{self.hours:.1f} hours** and "
            f"{self.gigabytes:.0f} GB; this machine has {machine_gb():.0f} GB."
        )

    def note(self) -> None:
        """Note what depends on the machine."""
        claims.note("time.topology_s", self.seconds)
        for id, value in self.values.items():
            claims.note(id, value)

    def judged(self) -> list[claims.Judged]:
        """The blog's lines on time."""
        h1, h2 = (claims.published(id, "blog") for id in ("time.topology_s", "time.h2_ripser"))
        return [
            claims.Judged(f"seconds for H1 of {self.stated_points} points", h1, self.seconds),
            claims.Judged(f"H2 of {self.hung:,} points hangs", h2, self.values),
        ]


def price(cloud: np.ndarray, profile: str, seed: int = 0) -> Price:
    """Measure H1 and H2 of random points of a cloud (T, d), and extrapolate H2."""
    measured = {k: measure(cloud, k, MEASURED[profile][k], seed) for k in (1, 2)}
    n, seconds, gigabytes = np.array(measured[2], dtype=float).T
    hours = float(trend(n, seconds)(HUNG)) / 3600
    return Price(measured, hours, float(trend(n, gigabytes)(HUNG)))


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
