"""Running chapters: a copy of each through papermill, in the book's order, into `_run/`."""

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from helpers import places
from helpers.files import ROOT, read_json, update_json
from helpers.progress import watched

from .ahead import train_ahead
from .kernels import kernels, new_kernel, variables
from .pairing import read_source, write_notebook

# What a chapter needs from others of the same run; when one fails, those that need it do not start.
DEPENDS: Mapping[str, tuple[str, ...]] = {"08": ("01", "02", "03", "04", "05", "06")}
# Who measures time on all cores does so with no other chapter beside.
ALONE = ("06",)


@dataclass(frozen=True)
class Run:
    """What to run, and where it goes.

    Attributes
    ----------
    recording : str
        What the chapters load: a rat, or the key of a simulated recording.
    profile : str
        `"quick"` or `"full"`.
    seed : int
        The chapters' base seed; 0 is the published one.
    root : Path
        The book's root, with `_toc.yml` and `chapters/`.
    served : dict
        `key`, `digest` and `source` of the recording.
    compare : bool
        Whether values are compared with the recorded ones; False while recording.
    """

    recording: str
    profile: str
    seed: int = 0
    root: Path = ROOT
    served: dict = field(default_factory=dict)
    compare: bool = True

    @property
    def folder(self) -> Path:
        """Where it writes: `_run/<recording>-<profile>/`, with the seed unless it is 0.

        `$CEBRA_BOOK_RUNS` replaces `_run`.
        """
        suffix = f"-seed{self.seed}" if self.seed else ""
        return places.runs(self.root) / f"{self.recording}-{self.profile}{suffix}"

    @property
    def results(self) -> Path:
        """The results file that `expect` fills."""
        return self.folder / "results.json"


@dataclass(frozen=True)
class Outcome:
    """How a chapter went: `verdict` is for the reader, `ok` for the exit code."""

    chapter: str
    seconds: float
    recording: str
    verdict: str
    ok: bool


def chapter_files(root: Path, numbers: Sequence[str] = ()) -> list[Path]:
    """List the chapters of the table of contents.

    Parameters
    ----------
    root : Path
        Where `_toc.yml` lies.
    numbers : sequence of str
        Which: `"02"`, `"2"` or the whole name; all when empty.

    Returns
    -------
    list of Path
        Their `.py` files in the book's order.

    Raises
    ------
    ValueError
        If a number is in no chapter's name, or a chapter's source is missing.
    """
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    entries = [*toc.get("chapters", ()), *(c for p in toc.get("parts", ()) for c in p["chapters"])]
    names = [entry["file"] for entry in entries if str(entry.get("file")).startswith("chapters/")]
    files = {Path(name).stem.removesuffix(".ipynb"): root / f"{name}.py" for name in names}
    chosen = {}
    for number in numbers or files:
        fits = [n for n in files if n == number or n.split("_")[0] == number.zfill(2)]
        if not fits:
            raise ValueError(f"no chapter {number!r}; the book has {', '.join(files)}")
        chosen[fits[0]] = files[fits[0]]
    for path in chosen.values():
        if not path.exists():
            raise ValueError(f"{path} is missing, though _toc.yml lists it")
    return [path for name, path in files.items() if name in chosen]


def resolve(name: str) -> tuple[str, dict]:
    """Find a recording once for a whole run, so that a dead host is waited for once.

    Parameters
    ----------
    name : str
        A rat, a local file's name, or `"simulated"`.

    Returns
    -------
    str
        What the chapters shall load: the name, or the key of the simulated stand-in.
    dict
        `key`, `digest` and `source` of what served.
    """
    from helpers.recordings import load_recording

    rec = load_recording(name, on_missing="simulate")
    served = {"key": rec.key, "digest": rec.digest, "source": rec.source}
    return (rec.key if rec.source == "simulated" else name), served


def run_chapters(
    run: Run, files: Sequence[Path], depends=DEPENDS, jobs: int = 1, alone=ALONE
) -> list[Outcome]:
    """Run chapters, several side by side; a failing one stops those that need it.

    Parameters
    ----------
    run : Run
    files : sequence of Path
        Chapter sources, in order.
    depends, alone : optional
        In place of `DEPENDS` and `ALONE`.
    jobs : int
        How many at once. With more than one, the models of all are trained first, in one go; with
        one, the book's order holds.

    Returns
    -------
    list of Outcome
        One a chapter, in the order of `files`.
    """
    run.folder.mkdir(parents=True, exist_ok=True)
    jobs = min(jobs, len(files))  # a chapter for itself shows its own bars
    alone = alone if jobs > 1 else ()
    if jobs > 1:
        train_ahead(run, [number_of(file) for file in files])
    outcomes, waiting, running, ended = {}, list(files), set(), queue.SimpleQueue()
    with contextlib.chdir(run.root), kernels() as place:
        while waiting or running:
            for file in startable(waiting, running, depends, alone)[: jobs - len(running)]:
                waiting.remove(file)
                failed = {number_of(done) for done, outcome in outcomes.items() if not outcome.ok}
                broken = sorted(failed.intersection(depends.get(number_of(file), ())))
                count = f"[{len(files) - len(waiting)}/{len(files)}]"
                print(f"{count} {file.stem}", file=sys.stderr, flush=True)
                if broken:
                    verdict = f"not run: needs {', '.join(broken)}"
                    outcomes[file] = Outcome(file.stem, 0.0, run.recording, verdict, False)
                    continue
                running.add(file)
                start_thread(ended, file, lambda file=file: run_chapter(run, file, place, jobs > 1))
            if running:
                file, outcome = ended.get()
                running.remove(file)
                if isinstance(outcome, BaseException):
                    raise outcome
                outcomes[file] = outcome
                if jobs > 1:
                    print(f"{file.stem}: {outcome.seconds:.0f} s, {outcome.verdict}",
                          file=sys.stderr)  # fmt: skip
    return [outcomes[file] for file in files]


def startable(
    waiting: Sequence[Path], running: Iterable[Path], depends, alone: Sequence[str] = ()
) -> list[Path]:
    """List the chapters that may start now: their needs are met, and nobody wants to be alone."""
    if any(number_of(file) in alone for file in running):
        return []
    open_ = {number_of(file) for file in (*waiting, *running)}
    ready = [file for file in waiting if not open_.intersection(depends.get(number_of(file), ()))]
    company = [file for file in ready if number_of(file) not in alone]
    return company or ([] if running else ready[:1])


def start_thread(ended: queue.SimpleQueue, file: Path, work: Callable[[], Outcome]) -> None:
    """Run a chapter in a thread that an interrupt need not wait for; its outcome goes to `ended`.

    The kernel is a process of its own, and ends with this one.
    """

    def target():
        try:
            ended.put((file, work()))
        except BaseException as error:  # noqa: BLE001  the caller raises it
            ended.put((file, error))

    threading.Thread(target=target, daemon=True).start()


def run_chapter(run: Run, file: Path, place: Path, quiet: bool = False) -> Outcome:
    """Run one chapter; its executed notebook stays in the run's folder, also when it fails.

    Parameters
    ----------
    run : Run
    file : Path
        The chapter's `.py`.
    place : Path
        Of `kernels`.
    quiet : bool
        Without bars, which those of others would cross.

    Returns
    -------
    Outcome
    """
    from nbclient.exceptions import DeadKernelError
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    notebook, number = read_source(file), number_of(file)
    output = run.folder / f"{file.stem}.ipynb"
    forget(run.results, number)
    write_notebook(notebook, output)
    start, problem = time.monotonic(), None
    with watched(shown=not quiet) as told:
        name = new_kernel(place, file.stem, variables(run, told))
        try:
            execute_notebook(
                output,
                output,
                parameters(run, notebook),
                kernel_name=name,
                progress_bar=not quiet,
            )
        except PapermillExecutionError as error:
            problem = f"{cell_name(notebook, error)}: {error.ename}: {first_line(error.evalue)}"
        except DeadKernelError as error:
            problem = f"the kernel died ({first_line(str(error))}); out of memory?"
    seconds = time.monotonic() - start
    if problem:
        print(f"{file.stem}, {problem}\n  kept for inspection: {output}", file=sys.stderr)
    verdict = f"failed in {problem}" if problem else tally(run.results, number)
    return Outcome(file.stem, seconds, run.recording, verdict, problem is None)


def parameters(run: Run, notebook) -> dict:
    """Choose what papermill injects: only parameters that the chapter has."""
    cells = [c.source for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    given = {"recording": run.recording, "profile": run.profile, "seed": run.seed}
    return {name: value for name, value in given.items() if any(f"{name} =" in c for c in cells)}


def number_of(file: Path) -> str:
    """Return the number that a chapter's name begins with."""
    return file.stem.split("_")[0]


def forget(results: Path, number: str) -> None:
    """Drop what an earlier run of a chapter left in the results file."""
    update_json(results, lambda old: {i: e for i, e in old.items() if e["chapter"] != number})


def tally(results: Path, number: str) -> str:
    """Say how a chapter's values compared, from the results file."""
    states = [e["status"] for e in read_json(results).values() if e["chapter"] == number]
    counts = [f"{states.count(state)} {state}" for state in sorted(set(states))]
    return "ran: " + (", ".join(counts) if counts else "checks nothing")


def cell_name(notebook, error) -> str:
    """Name the failing cell by its place in the `.py`, its count and its first line."""
    sources = [cell.source for cell in notebook.cells]
    place = f"cell {sources.index(error.source) + 1}, " if error.source in sources else ""
    return f"{place}In [{error.exec_count}], `{first_line(error.source)}`"


def first_line(text: str) -> str:
    """Return the first line that says something, cut to what a table can hold."""
    lines = [line.strip() for line in text.splitlines() if line.strip(" #\n")]
    return (lines[0] if lines else "")[:120]
