"""How fast CEBRA trains: the official ``cebra.CEBRA.fit`` beside `fit` and `fit_many`, in one run.

``python -m benchmarks.training --quick`` measures the rows that matter on a CPU in about five
minutes; without ``--quick``, every row. Each case runs in a process of its own. Set-up (imports,
search trees, worker processes) is measured by a fit of one step, subtracted, and shown apart, for
the official trainer as for ours: what is left is the price of a step. Memory is the largest sum of
resident sizes over the process and its workers. The table goes to the screen and, with ``--out``,
to a text and a JSON file.
"""

import argparse
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import psutil

from helpers.files import write_text

BLOG = {  # the official trainer's side of helpers.training.jobs.PARAMETERS
    "model_architecture": "offset10-model",
    "batch_size": 512,
    "learning_rate": 3e-4,
    "temperature": 1,
    "output_dimension": 3,
    "distance": "cosine",
    "conditional": "time_delta",
    "time_offsets": 10,
}
PAPER = {  # CEBRA-Behaviour's settings in the paper's files: a batch larger than the recording
    "batch_size": 20_000,
    "num_hidden_units": 64,
    "temperature": 1.26596,
    "learning_rate": 0.0020508,
}


@dataclass(frozen=True)
class Case:
    """One row: a recording, a variant, who trains it, how many models and steps."""

    recording: str  # "achilles", "four rats", or "simulated-<bins>"
    variant: str
    trainer: str  # "official", "float32" or "bfloat16"
    models: int
    steps: int
    settings: str = "blog"  # or "paper"


def cases(quick: bool, device: str) -> list[Case]:
    """List the rows; `quick` keeps those of the CPU table."""
    many = 8 if device == "cpu" else 20
    rows = [Case("achilles", "posdir", "official", 1, 60)]
    rows += [Case("achilles", "posdir", dtype, 1, 250) for dtype in ("float32", "bfloat16")]
    rows += [Case("achilles", "posdir", dtype, many, 120) for dtype in ("float32", "bfloat16")]
    rows += [
        Case("achilles", "time", "official", 1, 60),
        Case("achilles", "time", "bfloat16", many, 120),
    ]
    rows += [Case("four rats", "posdir", "bfloat16", 4, 120)]
    rows += [Case("simulated-10000", "posdir", "bfloat16", 1, 400)]
    rows += [Case("simulated-1000000", "posdir", "official", 1, 1)]
    rows += [Case("simulated-1000000", "posdir", "bfloat16", 1, 400)]
    paper = [("official", 1, 1), ("float32", 1, 20), ("float32", 2, 20)]
    rows += [Case("achilles", "posdir", *one, settings="paper") for one in paper]
    if quick:
        return rows
    rows += [Case("achilles", "posdir", dtype, 4, 300) for dtype in ("float32", "bfloat16")]
    rows += [Case("achilles", "time", "bfloat16", 1, 400)]
    for n_bins, steps in ((10_000, 60), (100_000, 15), (1_000_000, 1)):
        recording = f"simulated-{n_bins}"
        rows += [Case(recording, variant, "official", 1, steps) for variant in ("posdir", "time")]
        rows += [Case(recording, variant, "bfloat16", 1, 400) for variant in ("posdir", "time")]
    return list(dict.fromkeys(rows))


def main() -> None:
    """Run all cases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only the rows of the CPU table")
    parser.add_argument("--repeats", type=int, default=3, help="timings a case; the median counts")
    parser.add_argument("--out", type=Path, help="folder for training.txt and training.json")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case:
        print(json.dumps(measure(Case(**json.loads(arguments.case)), arguments.repeats)))
        return
    from helpers.training import default_device

    device = default_device()
    rows = []
    for case in cases(arguments.quick, device):
        print(f"measuring {case} …", file=sys.stderr)
        rows.append({**asdict(case), **_in_a_process(case, arguments.repeats)})
    text = table(rows, device)
    print(text)
    if arguments.out:
        write_text(arguments.out / "training.txt", text + "\n")
        write_text(arguments.out / "training.json", json.dumps(rows, indent=1) + "\n")


def table(rows: list[dict], device: str) -> str:
    """Lay out the rows; each ratio is to the official trainer on the same recording and variant."""
    official = {
        (r["recording"], r["variant"], r["settings"]): r["steps_per_s"]
        for r in rows
        if r["trainer"] == "official"
    }
    lines = [
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {device}; "
        "steps of all models a second, medians",
        f"{'recording':<18}{'variant':<8}{'settings':<9}{'trainer':<10}{'models':>6}{'steps/s':>10}{'min–max':>16}"
        f"{'ratio':>8}{'set-up s':>10}{'peak MB':>9}",
    ]
    for row in rows:
        peer = official.get((row["recording"], row["variant"], row["settings"]))
        ratio = f"{row['steps_per_s'] / peer:.1f}" if peer else "–"
        spread = f"{row['slowest']:.4g}–{row['fastest']:.4g}"
        lines.append(
            f"{row['recording']:<18}{row['variant']:<8}{row['settings']:<9}{row['trainer']:<10}"
            f"{row['models']:>6}"
            f"{row['steps_per_s']:>10.4g}{spread:>16}{ratio:>8}{row['setup_s']:>10.1f}{row['peak_mb']:>9.0f}"
        )
    return "\n".join([*lines, "", *WHAT_IS_LEFT])


WHAT_IS_LEFT = (
    "Between a bfloat16 step and the matrix products' own time stand the exact (erf) GELU and its",
    "gradient, the largest part; the sparse first layer and its gather, in scipy and in float32;",
    "the softmax of all similarities, which is the package's own; some hundred calls into torch.",
    "Fusing them would need a compiler on the reader's machine.",
)


def _in_a_process(case: Case, repeats: int) -> dict:
    command = [sys.executable, "-m", "benchmarks.training", "--case", json.dumps(asdict(case))]
    done = subprocess.run(
        [*command, "--repeats", str(repeats)], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def measure(case: Case, repeats: int) -> dict:
    """Time a case in this process: steps of all models a second, set-up, and peak memory."""
    recordings = _recordings(case.recording)
    run = _official if case.trainer == "official" else _ours
    with tempfile.TemporaryDirectory() as folder, _PeakMemory() as peak:
        os.environ["CEBRA_BOOK_CACHE"] = folder
        # The first of the two also imports libraries and starts workers: the lesser one counts.
        setup = min(_seconds(run, case, recordings, 1, seed) for seed in range(2))
        speeds = []
        for seed in range(10, 10 + repeats):
            seconds = _seconds(run, case, recordings, case.steps + 1, seed) - setup
            speeds.append(case.models * case.steps / seconds)
    return {
        "steps_per_s": statistics.median(speeds),
        "slowest": min(speeds),
        "fastest": max(speeds),
        "setup_s": setup,
        "peak_mb": peak.megabytes,
    }


def _recordings(name: str) -> list:
    from helpers.recordings import RATS, load_recording, simulate_recording

    if name.startswith("simulated-"):
        return [simulate_recording(n_bins=int(name.partition("-")[2]), seed=0)]
    with contextlib.redirect_stdout(sys.stderr):  # the loader says what served
        rats = RATS if name == "four rats" else (name,)
        return [load_recording(rat, on_missing="simulate") for rat in rats]


def _official(case: Case, recordings: list, steps: int, seed: int) -> None:
    import cebra

    (recording,) = recordings
    labels = [] if case.variant == "time" else [recording.labels(case.variant)]
    settings = BLOG | (PAPER if case.settings == "paper" else {})
    model = cebra.CEBRA(**settings, max_iterations=steps, device="cuda_if_available")
    model.fit(recording.spikes.astype(np.float32), *labels)


def _ours(case: Case, recordings: list, steps: int, seed: int) -> None:
    from helpers.training import fit_many, variant_job

    fit_many(
        [
            variant_job(
                recordings[model % len(recordings)],
                case.variant,
                seed=100 * (seed + 2) + model,
                dtype=case.trainer,
                max_iterations=steps,
                **(PAPER if case.settings == "paper" else {}),
            )
            for model in range(case.models)
        ],
        progress=False,
    )


def _seconds(run, *arguments) -> float:
    start = time.perf_counter()
    run(*arguments)
    return time.perf_counter() - start


class _PeakMemory:
    """Largest sum of resident sizes over this process and its children, ten looks a second."""

    def __enter__(self):
        self.megabytes, self._stop = 0.0, threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._watcher.join()

    def _watch(self):
        me = psutil.Process()
        while not self._stop.wait(0.1):
            total = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.megabytes = max(self.megabytes, total / 2**20)


if __name__ == "__main__":
    main()
