"""From a run's folder to the stored notebooks: stamped, and checked against the code later."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import nbformat

from helpers.claims import AS_RECORDED, NOT_RECORDED, code_hash, expected, stamp
from helpers.files import read_json, update_json, write_text

from .pairing import differences, read_source, stripped, with_prose, write_notebook
from .runner import Run

STAMP = "ring"  # key of the stamp in a published notebook's metadata


def publish_chapter(run: Run, file: Path) -> Path:
    """Store a run's outputs beside the chapter's source, stamped, and merge its results.

    Parameters
    ----------
    run : Run
        A finished run of this chapter.
    file : Path
        The chapter's `.py`.

    Returns
    -------
    Path
        The `.ipynb` that was written.

    Raises
    ------
    ValueError
        If the chapter was edited while it ran.
    """
    executed = stripped(nbformat.read(run.folder / f"{file.stem}.ipynb", as_version=4))
    problems = differences(read_source(file), executed)
    if problems:
        raise ValueError(f"{file.name} changed while it ran ({problems[0]}); publish it again")
    target = file.with_suffix(".ipynb")
    number = file.stem.split("_")[0]
    new = {i: e for i, e in read_json(run.results).items() if e["chapter"] == number}
    settle(executed, new)
    mark = {**stamp(file, run.served, run.profile), "outputs": outputs_digest(executed)}
    executed.metadata[STAMP] = mark
    write_notebook(executed, target)

    def change(old: dict) -> dict:
        return {**{i: e for i, e in old.items() if e["chapter"] != number}, **new}

    update_json(run.root / "data" / "results.json", change)
    judged = run.folder / "scorecard.json"
    if number == "08" and judged.exists():
        write_text(run.root / "data" / judged.name, judged.read_text(encoding="utf-8"))
    return target


def take_over(run: Run) -> None:
    """Begin with the stored results of the chapters of which this run has none.

    Without them a scorecard that is published alone would find every claim open. Of a chapter that
    the run has, what is stored stays out: an id that its code no longer measures would come back.
    """
    this = (run.served["digest"], run.profile)
    stored = read_json(run.root / "data" / "results.json")

    def change(own: dict) -> dict:
        mine = {entry["chapter"] for entry in own.values()}
        others = {
            id: entry
            for id, entry in stored.items()
            if (entry["digest"], entry["profile"]) == this and entry["chapter"] not in mine
        }
        return {**others, **own}

    update_json(run.results, change)


def settle(notebook, results: dict) -> None:
    """Compare, now, what could not be compared while it ran: values recorded from this very run.

    A full run takes long; it is recorded from its own results rather than run twice. Its lines
    then say what `expect` would print today. Lines of values that only the full profile has go:
    the tests compare a stored page with a quick run. The results file keeps them.

    Parameters
    ----------
    notebook : NotebookNode
        The executed notebook; lines of `expect` are changed in place.
    results : dict
        Entries of the run's results file, by id; their `status` too.

    Raises
    ------
    ValueError
        If a value lies outside its tolerance.
    """
    for cell in notebook.cells:
        for output in [o for o in cell.get("outputs", []) if "text" in o]:
            lines = output["text"].splitlines(keepends=True)
            output["text"] = "".join(settled(line, results) for line in lines)
            if not output["text"]:
                cell.outputs.remove(output)


def settled(line: str, results: dict) -> str:
    """Return what becomes of one line of output; see `settle`."""
    id, _, said = line.rstrip("\n").rpartition(": ")
    if id not in results or said not in (AS_RECORDED, NOT_RECORDED):
        return line
    entry = results[id]
    pair = expected.recorded(entry)
    if pair is None:
        return line
    if problem := expected.compare(id, entry["value"], pair):
        raise ValueError(f"{problem}; find out why before it is published")
    entry["status"] = AS_RECORDED
    quick = expected.pair_of(entry["recording"], "quick")
    return f"{id}: {AS_RECORDED}\n" if id in quick or entry["profile"] == "quick" else ""


def outputs_digest(notebook) -> str:
    """Hash all outputs of a notebook, in order: none can be replaced, or kept, unnoticed.

    Parameters
    ----------
    notebook : NotebookNode

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(outputs, sort_keys=True).encode()).hexdigest()


def check_published(files: Sequence[Path]) -> list[str]:
    """Compare published notebooks with the code and the text beside them.

    Parameters
    ----------
    files : sequence of Path
        Chapter sources.

    Returns
    -------
    list of str
        One line a drift; empty when all agree.
    """
    found, data = [], {}
    for file in files:
        target = file.with_suffix(".ipynb")
        if not target.exists():
            found.append(f"{file.stem}: not published yet")
            continue
        notebook = nbformat.read(target, as_version=4)
        found += [f"{file.stem}: {line}" for line in differences(read_source(file), notebook)]
        mark = notebook.metadata.get(STAMP)
        if mark is None:
            found.append(f"{file.stem}: carries no stamp; publish it")
        elif mark["code"] != code_hash(file):
            found.append(f"{file.stem}: its code or a helper's changed since {mark['date']}")
        if mark is not None and mark.get("outputs") != outputs_digest(notebook):
            found.append(f"{file.stem}: its outputs are not all of the run that it is stamped with")
        if mark is not None:
            data[(mark["recording"]["digest"], mark["profile"])] = file.stem
        counts = [c.execution_count for c in notebook.cells if c.cell_type == "code" and c.source]
        if counts != list(range(1, len(counts) + 1)):
            found.append(f"{file.stem}: its cells did not run once each, in order")
    if len(data) > 1:
        found.append(f"published on different data or profiles: {', '.join(data.values())}")
    return found


def sync_prose(file: Path) -> bool:
    """Carry edited prose into the published notebook without running it.

    Parameters
    ----------
    file : Path
        The chapter's `.py`.

    Returns
    -------
    bool
        Whether anything changed.

    Raises
    ------
    ValueError
        If code changed too.
    """
    target = file.with_suffix(".ipynb")
    source, published = read_source(file), nbformat.read(target, as_version=4)
    if not differences(source, published):
        return False
    try:
        write_notebook(with_prose(source, published), target)
    except ValueError as error:
        raise ValueError(f"{file.stem}: {error}") from None
    return True
