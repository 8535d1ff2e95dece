"""Train first, then tell: the models of several chapters in one go, before any of them is told.

`train_ahead` starts this as a process of its own (``python -m helpers.book.ahead PID 02 03``),
under the variables of a chapter's kernel, since libraries read those as they load. What it trains
lies in the cache, where the chapters find it; a model that two chapters share is trained once. What
it leaves out, a chapter trains itself.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from helpers.files import ROOT

from .kernels import variables

if TYPE_CHECKING:
    from .runner import Run

EVERY = 1.0  # seconds between looks at whether the caller still lives


def train_ahead(run: Run, numbers: Sequence[str]) -> None:
    """Train the models of these chapters; those that fail are their chapter's to tell."""
    command = [sys.executable, "-m", "helpers.book.ahead", str(os.getpid()), *numbers]
    print(f"training for {' '.join(numbers)}", file=sys.stderr, flush=True)
    start = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables(run)}, check=False)
    how = "" if done.returncode == 0 else f", exit code {done.returncode}; the chapters go on"
    print(f"trained: {time.monotonic() - start:.0f} s{how}", file=sys.stderr, flush=True)


def wanted(number: str, recording, profile: str, seed: int = 0) -> list:
    """List the jobs of a chapter.

    Parameters
    ----------
    number : str
        For example ``"02"``.
    recording : Recording
    profile : {"quick", "full"}
    seed : int

    Returns
    -------
    list of Job
        Empty for a chapter that trains nothing.
    """
    from helpers import consistency, decoding, recordings, scratch, synthetic, topology, training
    from helpers.own.jobs import jobs_09
    from helpers.sweep.jobs import sweep_jobs_09

    given, fast = (recording, profile), training.fast_dtype()
    others = recordings.other_rats(recording) if profile == "full" else []
    rats = list(consistency.four_rats(recording)) if number == "04" else []
    chapters = {
        "01": lambda: [synthetic.jobs_01(*given, seed=seed)],
        "02": lambda: [training.jobs_02(*given, seed)],
        "03": lambda: [
            training.headline_jobs(*given, seed),
            decoding.jobs_03(*given, others, seed=seed, dtype=fast),
        ],
        "04": lambda: [consistency.jobs_04(rats[0], profile, rats[1:], seed=seed, dtype=fast)],
        "05": lambda: [topology.jobs_05(*given, others, seed=seed, dtype=fast)],
        "06": lambda: [scratch.jobs_06(*given, seed)],
        # the diary lives a floor above and trains its other two itself
        "07": lambda: [{"dir": training.headline_jobs(*given, seed)["dir"]}],
        "09": lambda: [jobs_09(*given, seed, fast), sweep_jobs_09(*given, seed)],
    }
    return [job for jobs in chapters.get(number, list)() for job in jobs.values()]


def end_with(caller: int) -> None:
    """End this process once its caller has ended: nobody waits for what it trains."""

    def watch():
        while os.getppid() == caller:
            time.sleep(EVERY)
        os._exit(1)  # its workers look for it themselves

    threading.Thread(target=watch, daemon=True).start()


def main(caller: str, *numbers: str) -> None:
    """Train what these chapters want and the cache lacks; the environment says of which run."""
    end_with(int(caller))  # told, not asked for: by now it may have ended
    from helpers.recordings import load_recording
    from helpers.training import fit_many

    rec = load_recording(os.environ["CEBRA_BOOK_RECORDING"], on_missing="simulate")
    profile, seed = os.environ["CEBRA_BOOK_PROFILE"], int(os.environ["CEBRA_BOOK_SEED"])
    jobs = []
    for number in numbers:
        with left_to_its_chapter(number):
            jobs += wanted(number, rec, profile, seed)
    with left_to_its_chapter("training"):
        fit_many(jobs, progress=sys.stderr.isatty())


@contextlib.contextmanager
def left_to_its_chapter(what: str) -> Iterator[None]:
    """Say in a line what went wrong, and go on: the chapter that it concerns tells it whole."""
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        print(f"{what}, ahead of the chapters: {error}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
