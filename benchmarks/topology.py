"""Persistent cohomology: ripser beside its peers, time and memory on the same clouds, in one run.

``python -m benchmarks.topology`` measures H1 of 800 and 1,000 points and H2 of 200 to 500, of a
known torus-like cloud or of any ``--cloud FILE.npy``. Each case runs in a process of its own, with
one thread, a limit on time and one on memory; the process first does a tiny case, so that imports
do not count. Peers are asked for the same: Vietoris-Rips, the whole filtration, coefficients
modulo 47 where they have them. Those not installed are named, not skipped in silence
(``pip install giotto-ph gudhi oineus``; dionysus builds every simplex, ripserplusplus needs CUDA
and has no wheel for current Pythons).
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np

from helpers.files import write_text
from helpers.topology import PRIME, peak_gb

PEERS = {"ripser": "ripser", "giotto-ph": "gph", "gudhi": "gudhi", "oineus": "oineus"}
"""Name in the index and name to import."""
LIMIT_S, LIMIT_GB = 240, 12


@dataclass(frozen=True)
class Case:
    """One row: who computes which homology, of how many points."""

    peer: str
    maxdim: int
    points: int


def cases(quick: bool) -> list[Case]:
    """List the rows; `quick` keeps the smaller sizes."""
    sizes = {1: (400, 800), 2: (100, 200)} if quick else {1: (800, 1000), 2: (200, 300, 400, 500)}
    return [Case(peer, k, n) for k, ns in sizes.items() for n in ns for peer in PEERS]


def torus(n: int, seed: int = 0) -> np.ndarray:
    """Points of a noisy flat torus in four dimensions: two loops and a hollow."""
    rng = np.random.default_rng(seed)
    u, v = rng.uniform(0, 2 * np.pi, (2, n))
    points = np.stack([np.cos(u), np.sin(u), np.cos(v), np.sin(v)], axis=1)
    return points + 0.05 * rng.normal(size=points.shape)


def compute(peer: str, cloud: np.ndarray, maxdim: int) -> list[int]:
    """Let one peer compute all bars; return how many finite bars of H1 and above it found."""
    if peer == "ripser":
        from ripser import ripser

        found = ripser(cloud, maxdim=maxdim, coeff=PRIME)["dgms"]
    elif peer == "giotto-ph":
        from gph import ripser_parallel

        found = ripser_parallel(cloud, maxdim=maxdim, coeff=PRIME, n_threads=1)["dgms"]
    elif peer == "gudhi":
        import gudhi

        tree = gudhi.RipsComplex(points=cloud).create_simplex_tree(max_dimension=1)
        tree.collapse_edges()
        tree.expansion(maxdim + 1)
        tree.compute_persistence(homology_coeff_field=PRIME)
        found = [tree.persistence_intervals_in_dimension(k) for k in range(maxdim + 1)]
    else:
        import oineus

        settings = oineus.ReductionParams()
        settings.n_threads = 1
        diagrams = oineus.compute_diagrams_vr(cloud, max_dim=maxdim + 1, params=settings)
        found = [diagrams.in_dimension(k) for k in range(maxdim + 1)]
    return [int(np.isfinite(np.asarray(bars)[:, 1]).sum()) for bars in found[1:]]


def measure(case: Case, cloud: np.ndarray, repeats: int) -> dict:
    """Time one case in this process, with its memory limited."""
    if sys.platform != "win32":
        import resource

        limit = int(LIMIT_GB * 1e9)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    compute(case.peer, cloud[:20], case.maxdim)
    before, seconds = peak_gb(), []
    for _ in range(repeats):
        start = perf_counter()
        bars = compute(case.peer, cloud[: case.points], case.maxdim)
        seconds.append(perf_counter() - start)
    return {
        "seconds": statistics.median(seconds),
        "fastest": min(seconds),
        "slowest": max(seconds),
        "gigabytes": max(peak_gb() - before, 0.0),
        "bars": bars,
    }


def in_a_process(case: Case, path: Path, repeats: int) -> dict:
    """Measure a case in its own process; say in words why there is no number, if there is none."""
    if importlib.util.find_spec(PEERS[case.peer]) is None:
        return {"why": "not installed"}
    command = [sys.executable, "-m", "benchmarks.topology", "--case", json.dumps(asdict(case))]
    command += ["--cloud", str(path), "--repeats", str(repeats)]
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False,
            timeout=LIMIT_S * repeats, env={**os.environ, **one_thread},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"why": f"longer than {LIMIT_S} s"}
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    said = done.stderr.strip().splitlines()
    out_of_memory = "MemoryError" in done.stderr or "bad_alloc" in done.stderr or not said
    return {"why": f"more than {LIMIT_GB} GB" if out_of_memory else f"failed: {said[-1][:80]}"}


def table(rows: list[dict]) -> str:
    """Lay out the rows; each ratio is to ripser on the same points."""
    ripser = {(r["maxdim"], r["points"]): r.get("seconds") for r in rows if r["peer"] == "ripser"}
    installed = [f"{n} {version(n)}" for n, m in PEERS.items() if importlib.util.find_spec(m)]
    lines = [
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, one thread; "
        f"{', '.join(installed)}; medians",
        f"{'peer':<12}{'H':>3}{'points':>8}{'s':>10}{'min–max':>16}{'ratio':>8}{'GB':>8}  bars",
    ]
    for row in rows:
        start = f"{row['peer']:<12}{row['maxdim']:>3}{row['points']:>8}"
        if "why" in row:
            lines.append(f"{start}  {row['why']}")
            continue
        base = ripser.get((row["maxdim"], row["points"]))
        ratio = f"{row['seconds'] / base:.2f}" if base else "–"
        spread = f"{row['fastest']:.3g}–{row['slowest']:.3g}"
        lines.append(
            f"{start}{row['seconds']:>10.3g}{spread:>16}{ratio:>8}{row['gigabytes']:>8.2f}  "
            f"{row['bars']}"
        )
    return "\n".join(lines)


def main() -> None:
    """Run all cases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller sizes only")
    parser.add_argument("--repeats", type=int, default=3, help="timings a case; the median counts")
    parser.add_argument("--cloud", type=Path, help="points to measure, (n, d) in a .npy file")
    parser.add_argument("--out", type=Path, help="folder for topology.txt and topology.json")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.case:
        case = Case(**json.loads(given.case))
        print(json.dumps(measure(case, np.load(given.cloud), given.repeats)))
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cloud.npy"
        np.save(path, torus(1000) if given.cloud is None else np.load(given.cloud).astype(float))
        for case in cases(given.quick):
            print(f"measuring {case} …", file=sys.stderr)
            rows.append({**asdict(case), **in_a_process(case, path, given.repeats)})
    text = table(rows)
    print(text)
    if given.out:
        write_text(given.out / "topology.txt", text + "\n")
        write_text(given.out / "topology.json", json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
