"""The book's command line: run chapters, build the site, publish, check.

    python -m helpers.book book                  run all chapters (quick), build the site
    python -m helpers.book run 02 --recording buddy
    python -m helpers.book publish 03            run with the full profile, store the outputs
    python -m helpers.book publish --check       do stored outputs and code still agree?
    python -m helpers.book analyse your-rat.nwb  a recording of your own: inspect, analyse, report

Runs write to _run/<recording>-<profile>/ only; `publish`, `sync`, `record`, `address` and `release`
are the commands that change files of the repository.
"""

import argparse
import dataclasses
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import joblib

from helpers import places
from helpers.claims import expected
from helpers.files import ROOT

from . import serving
from .address import do_address, do_release
from .runner import ALONE, Outcome, Run, chapter_files, resolve, run_chapters

EVERY_CORE = -1  # workers of --dask without a number
SIDE_BY_SIDE = 4  # chapters at most, unless asked: each has a pool of workers of its own
SEED_STEP = 100  # between the base seeds of `record`, more than the seeds a chapter trains


def parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Describe the commands; those of `arguments` with all their options."""
    top = argparse.ArgumentParser(
        prog="python -m helpers.book",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    made = {name: commands.add_parser(name, help=text) for name, (_, text) in COMMANDS.items()}
    for name in ("book", "run", "publish", "record", "sync"):
        made[name].add_argument("chapters", nargs="*", metavar="NN", help="02 03 …; all if none")
    for name in ("book", "run", "publish", "record"):
        add_run_options(made[name], "full" if name == "publish" else "quick")
    for name in ("book", "run"):
        made[name].add_argument("--seed", type=int, default=0, help="the chapters' base seed")
    made["run"].add_argument(
        "--together", action="store_true", help="also who measures time has others beside it"
    )
    made["record"].add_argument("--seeds", type=int, default=5, help="how many base seeds (5)")
    made["record"].add_argument(
        "--after", type=int, default=0, help="add to so many that are recorded already"
    )
    made["publish"].add_argument("--check", action="store_true", help="only report drift")
    made["publish"].add_argument(
        "--kept", action="store_true", help="store what the last full run left; run nothing"
    )
    made["serve"].add_argument("folder", nargs="?", type=Path, help="a run's folder in _run/")
    made["serve"].add_argument("--port", type=int, default=8000)
    add_sweep_options(made["sweep"])
    if arguments and arguments[0] == "analyse":  # its options need torch, which takes seconds
        from helpers.own import add_options

        add_options(made["analyse"])
    made["address"].add_argument("url", help="for example https://github.com/you/your-book")
    made["release"].add_argument("tag", help="for example v1.0, or main")
    return top


def add_run_options(command: argparse.ArgumentParser, profile: str) -> None:
    """Let a command choose recording and profile; the environment may choose another than full."""
    command.add_argument(
        "--recording",
        default=os.environ.get("CEBRA_BOOK_RECORDING", "achilles"),
        help="achilles, buddy, cicero, gatsby, simulated, or the name of a file of yours",
    )
    default = profile if profile == "full" else os.environ.get("CEBRA_BOOK_PROFILE", profile)
    command.add_argument("--profile", choices=("quick", "full"), default=default)
    command.add_argument(
        "--jobs", type=int, default=min(joblib.cpu_count(), SIDE_BY_SIDE), metavar="N",
        help="chapters side by side, after their models (one a core, 4 at most); 1: in order",
    )  # fmt: skip


def add_sweep_options(command: argparse.ArgumentParser) -> None:
    """Let a sweep choose its grid, its table, and where its cells are computed."""
    command.add_argument("grid", type=Path, help="a grid in YAML, for example benchmarks/sweep.yml")
    command.add_argument("--out", type=Path, help="the table, .csv or .parquet (_run/sweeps/…csv)")
    where = command.add_mutually_exclusive_group()
    where.add_argument("--workers", type=int, metavar="N", help="processes here (one a core)")
    where.add_argument(
        "--dask", type=int, nargs="?", const=EVERY_CORE, metavar="N", help="a cluster of N"
    )
    where.add_argument("--scheduler", default="", metavar="tcp://…", help="a running cluster's")


def start(given: argparse.Namespace, seed: int = 0) -> Run:
    """Resolve the recording and say what will run, if its folders can be written."""
    places.check(ROOT)
    name, served = resolve(given.recording)
    return Run(name, given.profile, seed, ROOT, served)


def report(outcomes: list[Outcome], *notes: str) -> int:
    """Print how the chapters went, one line each, and where things are; return the exit code."""
    rows = [("chapter", "seconds", "recording", "verdict")]
    rows += [(o.chapter, f"{o.seconds:.0f}", o.recording, o.verdict) for o in outcomes]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print()
    for row in rows:
        print("  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3]]))
    for note in notes:
        print(note)
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def do_run(given: argparse.Namespace) -> int:
    """Run chapters."""
    files = chapter_files(ROOT, given.chapters)
    run = start(given, given.seed)
    alone = () if given.together else ALONE
    outcomes = run_chapters(run, files, jobs=given.jobs, alone=alone)
    return report(outcomes, f"\nnotebooks: {run.folder}")


def do_book(given: argparse.Namespace) -> int:
    """Run chapters and build the site from them."""
    from .site import build_site, stage

    files = chapter_files(ROOT, given.chapters)
    run = start(given, given.seed)
    outcomes = run_chapters(run, files, jobs=given.jobs)
    done = [outcome.chapter for outcome in outcomes if outcome.ok]
    if not done:
        return report(outcomes, f"\nno site: no chapter ran through; see {run.folder}")
    index = build_site(stage(run, done))
    return report(outcomes, f"\nopen {index.as_uri()}")


def do_publish(given: argparse.Namespace) -> int:
    """Run chapters and store them, or check those that are stored."""
    from .publishing import check_published, publish_chapter, take_over

    files = chapter_files(ROOT, given.chapters)
    if given.check:
        drift = check_published(files)
        print("\n".join(drift) if drift else "stored outputs agree with the code beside them")
        return 1 if drift else 0
    run = start(given)
    if run.served["source"] == "simulated" and not given.recording.startswith("simulated"):
        print(f"{given.recording} is out of reach, and a stand-in is not published in its name; "
              "set CEBRA_DATADIR, or say --recording simulated", file=sys.stderr)  # fmt: skip
        return 1
    take_over(run)
    outcomes = [] if given.kept else run_chapters(run, files, jobs=given.jobs)
    done = {outcome.chapter for outcome in outcomes if outcome.ok}
    stored = [publish_chapter(run, file) for file in files if given.kept or file.stem in done]
    return report(outcomes, "", *(f"stored {path.relative_to(ROOT)}" for path in stored))


def do_record(given: argparse.Namespace) -> int:
    """Run chapters under several base seeds and record the spread."""
    files = chapter_files(ROOT, given.chapters)
    first = start(given)
    results, outcomes = [], []
    for number in range(given.after, given.after + given.seeds):
        run = dataclasses.replace(first, seed=SEED_STEP * number, compare=False)
        outcomes += run_chapters(run, files, jobs=given.jobs)
        results.append(run.results)
    if all(outcome.ok for outcome in outcomes):
        chapters = {file.stem.split("_")[0] for file in files}
        count = expected.record(results, chapters, further=bool(given.after))
        return report(outcomes, f"\n{count} values recorded in {expected.EXPECTED}")
    return report(outcomes, "\nnothing recorded")


def do_build(given: argparse.Namespace) -> int:
    """Build the site from the stored outputs."""
    from .site import build_site

    print(f"open {build_site(ROOT).as_uri()}")
    return 0


def do_sync(given: argparse.Namespace) -> int:
    """Carry edited prose over."""
    from .publishing import sync_prose

    for file in chapter_files(ROOT, given.chapters):
        if file.with_suffix(".ipynb").exists():
            print(f"{file.stem}: {'updated' if sync_prose(file) else 'in step'}")
    return 0


def do_serve(given: argparse.Namespace) -> int:
    """Serve the newest built site, or that of a run."""
    wanted = [given.folder / "book"] if given.folder else [ROOT, *places.runs(ROOT).glob("*/book")]
    built = [p / "_build/html" for p in wanted if (p / "_build/html/index.html").exists()]
    if not built:
        print("no site yet; run `python -m helpers.book book` first", file=sys.stderr)
        return 1
    newest = max(built, key=lambda folder: (folder / "index.html").stat().st_mtime)
    with serving.server(newest, given.port) as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        print(f"{newest}\n{url} (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def do_sweep(given: argparse.Namespace) -> int:
    """Fit a grid of models, judge them on validation laps, write one table."""
    from helpers.sweep import run

    dask = given.dask is not None
    workers = given.workers if given.dask in (None, EVERY_CORE) else given.dask
    return run(given.grid, given.out, workers, dask, given.scheduler)


def do_analyse(given: argparse.Namespace) -> int:
    """Analyse a recording of one's own and write its report."""
    from helpers import own

    return own.do_analyse(given)


def do_clean(given: argparse.Namespace) -> int:
    """Delete what runs and builds made; cached fits and recordings stay."""
    for name in ("_build", "_run"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


COMMANDS = {
    "book": (do_book, "run chapters, then build the site from what just ran"),
    "run": (do_run, "run chapters only"),
    "publish": (
        do_publish,
        "run chapters in the full profile and store their outputs",
    ),
    "record": (do_record, "run chapters under several seeds and record values and tolerances"),
    "build": (do_build, "build the site from the stored outputs"),
    "sync": (do_sync, "carry edited prose into the stored notebooks, without running them"),
    "sweep": (do_sweep, "fit a grid of models, on this machine or a Dask cluster; one table"),
    "analyse": (do_analyse, "inspect and analyse a recording of your own, and write a report"),
    "serve": (do_serve, "show a built site in the browser"),
    "address": (do_address, "set the repository's address everywhere, for a fork"),
    "release": (do_release, "set the tag that Colab fetches everywhere"),
    "clean": (do_clean, "delete _build/ and _run/"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command; errors that the reader can mend come as one line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    given = parser(arguments).parse_args(arguments)
    try:
        return COMMANDS[given.command][0](given)
    except (ValueError, OSError, RuntimeError) as error:
        hint = places.mend(error) if isinstance(error, OSError) else ""
        print(f"error: {error}{hint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; what had finished is kept", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
