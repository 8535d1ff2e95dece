"""A toy book for the tests of faults: a copy of the code, its own chapters, its own folders.

Its runs are the real command, ``python -m helpers.book run``, in processes that can be killed.
"""

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import psutil
import yaml

from helpers.files import ROOT

HEAD = """\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% tags=["parameters"]
recording = "simulated"
profile = "quick"

"""
# Two cores' worth of fits, then results that are no fits; each value goes into the results file.
WHOLE = """\
# %%
from helpers import toy, training
from helpers.claims import begin, expect
from helpers.kept import kept
from helpers.recordings import simulate_recording
from helpers.training import many

many._train_into = toy.train_into
rec = simulate_recording(n_neurons=20, n_bins=1500, seed=7)
begin("01", rec, profile)

# %%
few = {"batch_size": 64, "max_iterations": 300}
jobs = [training.variant_job(rec, "pos", seed=s, **few) for s in range(4)]
for number, one in enumerate(training.fit_many(jobs, progress=False)):
    expect(f"toy.loss.{number}", float(one.loss[-1]))
    expect(f"toy.embedding.{number}", one.embedding[::100].ravel())

# %%
for lag in (1, 2, 3):
    expect(f"toy.lagged.{lag}", kept(toy.lagged, spikes=rec.spikes, lag=lag)["lagged"])
"""
# One job in each of the ways a job can fail, among others that do not.
AILING = """\
# %%
import resource

from helpers import toy, training
from helpers.recordings import simulate_recording
from helpers.training import many

many._train_into = toy.train_into
rec = simulate_recording(n_neurons=20, n_bins=1500, seed=7)
few = {"batch_size": 64, "max_iterations": 60}


def job(name, **changes):
    labels = rec.labels("pos")
    return training.Job(rec.spikes, labels, {**few, **changes}, name=name, seed=len(name))


# %%
limit = 8 * 2**30  # bytes of address space; the workers inherit it
resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
ailing = [job("diverging", learning_rate=1e30), job("huge", batch_size=3 * 10**7)]
training.fit_many([job("first"), *ailing, job("second")], progress=False)
"""
# What the kernel does to a process when memory is short: SIGKILL, no exception.
SLAIN = """\
# %%
import os

from helpers import toy, training
from helpers.recordings import simulate_recording
from helpers.training import many

many._train_into = toy.train_into
rec = simulate_recording(n_neurons=20, n_bins=1500, seed=7)
names = ["first", "second", "slain"]  # trained in the order of their steps: the last comes last
steps = dict(zip(names, (90, 80, 60)))
jobs = [
    training.Job(
        rec.spikes, rec.labels("pos"), {"batch_size": 64, "max_iterations": steps[name]}, name=name
    )
    for name in names
]
training.fit_many(jobs, progress=False)
"""
HELPER = '''\
"""What the toy chapters call: the real thing, which leaves a line a call behind."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from helpers.training import many
from helpers.kept import path_of

plain = many._train_into


def told(line):
    with Path(os.environ["TOY_LOG"]).open("a") as file:
        file.write(f"{os.environ['TOY_RUN']} {line}\\n")


def train_into(path, job, ticks, caller):
    told(path.name)
    if job.name == os.environ.get("TOY_SLAY"):
        while len(list(path.parent.glob("[!.]*.npz"))) < 2:  # the others are to be done by then
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(path, job, ticks, caller)


def lagged(spikes, lag):
    told(path_of(lagged, {"spikes": spikes, "lag": lag}).name)
    time.sleep(0.3)
    counts = np.asarray(spikes, dtype=float)
    return {"lagged": (counts[lag:] * counts[:-lag]).mean(axis=0)}
'''
CHAPTERS = {"01_whole": WHOLE, "02_ailing": AILING, "03_slain": SLAIN}
DATA = ("registry.json", "claims.yml")


def lay_out(root: Path) -> Path:
    """Copy the code, and write the toy chapters beside it."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "helpers", root / "helpers", ignore=ignored)
    (root / "helpers/toy.py").write_text(HELPER)
    (root / "data").mkdir()
    for name in DATA:
        shutil.copy(ROOT / "data" / name, root / "data")
    (root / "data/expected.json").write_text("{}")
    (root / "chapters").mkdir()
    for name, body in CHAPTERS.items():
        (root / f"chapters/{name}.py").write_text(HEAD + body)
    chapters = [{"file": f"chapters/{name}"} for name in CHAPTERS]
    toc = {"format": "jb-book", "root": "intro", "chapters": chapters}
    (root / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False))
    return root


class Stage:
    """A toy book and the folders of one chain of runs, each of which goes on where the last ended.

    Parameters
    ----------
    root : Path
        Of a toy book.
    folder : Path
        Where its runs write: cache, notebooks, results.
    """

    def __init__(self, root: Path, folder: Path):
        self.root, self.folder = root, folder
        self.cache, self.runs, self.log = folder / "cache", folder / "runs", folder / "log"
        folder.mkdir(parents=True)
        self.log.touch()
        self.count, self.known = 0, {}

    @property
    def results(self) -> dict:
        """What `expect` noted."""
        return json.loads((self.runs / "simulated-quick/results.json").read_text())

    def environment(self, **more: str) -> dict:
        """Return the variables of a run."""
        mine = {
            "PYTHONPATH": str(self.root),
            "CEBRA_BOOK_CACHE": str(self.cache),
            "CEBRA_BOOK_RUNS": str(self.runs),
            "CEBRA_BOOK_DEVICE": "cpu",
            "TOY_LOG": str(self.log),
            "TOY_RUN": str(self.count),
        }
        return {**os.environ, **mine, **more}

    def start(self, chapter="01", prefix=(), **more: str) -> subprocess.Popen:
        """Start a run of a chapter in its own process, and note what is in the cache already."""
        self.count += 1
        self.known[self.count] = self.done()
        command = [*prefix, sys.executable, "-m", "helpers.book", "run", chapter]
        command += ["--recording", "simulated", "--profile", "quick", "--jobs", "1"]
        return subprocess.Popen(
            command,
            cwd=self.root,
            env={name: value for name, value in self.environment(**more).items() if value},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, chapter="01", prefix=(), **more: str) -> tuple[int, str]:
        """Run a chapter to its end; return the exit code and what was said."""
        process = self.start(chapter, prefix, **more)
        said, _ = process.communicate(timeout=300)
        return process.returncode, said

    def done(self) -> set[str]:
        """Return the names of finished fits and results in the cache."""
        return {path.name for path in self.cache.glob("[!.]*.npz")}

    def begun(self) -> list[tuple[int, str]]:
        """Return the fits and results that were begun, each with the number of its run."""
        lines = [line.split() for line in self.log.read_text().splitlines()]
        return [(int(number), name) for number, name in lines]

    def begun_now(self) -> list[str]:
        """Return those that the run which started last has begun."""
        return [name for number, name in self.begun() if number == self.count]

    def begun_again(self) -> list[str]:
        """Return those that a run began although they were in the cache when it started."""
        return [name for number, name in self.begun() if name in self.known[number]]

    def arrays(self) -> dict[str, dict[str, np.ndarray]]:
        """Return all that lies in the cache, by file and name."""
        found = {}
        for name in sorted(self.done()):
            with np.load(self.cache / name, allow_pickle=False) as archive:
                found[name] = {key: archive[key] for key in archive.files}
        return found

    def outputs(self, chapter="01_whole") -> list:
        """Return the outputs of the executed notebook, each cell's printed text in one piece."""
        path = self.runs / f"simulated-quick/{chapter}.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        return [joined(cell.outputs) for cell in cells if cell.cell_type == "code"]


def joined(outputs: list) -> list:
    """Join what was printed: into how many pieces a kernel breaks it hangs on the clock alone."""
    found = []
    for output in map(copy.deepcopy, outputs):
        stream = output.output_type == "stream"
        if stream and found and found[-1].get("name") == output.name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


def family(process: subprocess.Popen) -> list[psutil.Process]:
    """Return a process's children and theirs: the kernel and its workers."""
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def is_kernel(process: psutil.Process) -> bool:
    """Tell whether a process still runs, and runs a chapter."""
    try:
        return "ipykernel_launcher" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def slay(processes) -> None:
    """SIGKILL; those that are gone already are no matter (psutil tells a number used again)."""
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
