"""Published pages doctored in the ways of a careless reset, and what the check says of each."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from IPython.display import Markdown

from helpers import tables
from helpers.book.pairing import write_notebook
from helpers.book.publishing import STAMP, check_published, outputs_digest
from helpers.claims import code_hash, expect
from helpers.files import ROOT


def _old_output(notebook, source: str) -> str:
    """Put another run's words into one cell."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    next(output for output in outputs if "text" in output)["text"] = "as it was last week\n"
    return source


def _out_of_order(notebook, source: str) -> str:
    """Run a cell again after the last one, as one does to mend a figure."""
    ran = [cell for cell in notebook.cells if cell.get("execution_count")]
    ran[3].execution_count = ran[-1].execution_count + 1
    return source


def _edited_code(notebook, source: str) -> str:
    """Change a line of code in both files and leave the outputs of the old one."""
    cell = [c for c in notebook.cells if c.cell_type == "code" and "seed = int(" in c.source][0]
    old, new = '"CEBRA_BOOK_SEED", "0"', '"CEBRA_BOOK_SEED", "1"'
    cell.source = cell.source.replace(old, new)
    return source.replace(old, new)


def _edited_notebook(notebook, source: str) -> str:
    """Change a line of code in the notebook alone."""
    [c for c in notebook.cells if c.cell_type == "code"][-1].source += "\n1 + 1"
    return source


FORGERIES: dict[str, Callable] = {
    "an output of an earlier run left in its place": _old_output,
    "a cell run once more, after the others": _out_of_order,
    "code edited in both files, outputs kept": _edited_code,
    "code edited in the notebook alone": _edited_notebook,
}


def findings(chapter: str, forgery: str | None = None) -> list[str]:
    """Copy a published chapter, doctor the copy by one of `FORGERIES` or not, and check it.

    The copy's source is written from the stored notebook: a chapter that is being edited is no
    forgery. FileNotFoundError if the chapter was never published.
    """
    (published,) = sorted((ROOT / "chapters").glob(f"{chapter}_*.py"))
    if not published.with_suffix(".ipynb").exists():
        raise FileNotFoundError(f"chapter {chapter} has no stored notebook; publish it first")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / published.name
        notebook = nbformat.read(published.with_suffix(".ipynb"), as_version=4)
        jupytext.write(notebook, source, fmt="py:percent")
        _restamp(notebook, source)
        if forgery is not None:
            text = source.read_text(encoding="utf-8")
            source.write_text(FORGERIES[forgery](notebook, text), encoding="utf-8")
        write_notebook(notebook, source.with_suffix(".ipynb"))
        return [line.partition(": ")[2] for line in check_published([source])]


def _restamp(notebook, source: Path) -> None:
    """Stamp the copy as if it had just run, so that only the forgery can be found."""
    ran = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source]
    for count, cell in enumerate(ran, 1):
        cell.execution_count = count
    mark = {"code": code_hash(source), "outputs": outputs_digest(notebook)}
    notebook.metadata[STAMP] = {**notebook.metadata[STAMP], **mark}


@dataclass(frozen=True)
class Forged:
    """What the check says of doctored copies of a page."""

    found: dict[str, list[str]]  # by what was done to the copy
    untouched: list[str]  # of a copy to which nothing was done

    def table(self) -> Markdown:
        """Set what the check finds by what was done."""
        rows = [[how, "; ".join(lines) or "**nothing**"] for how, lines in self.found.items()]
        rows.append(["*nothing at all*", "; ".join(self.untouched) or "nothing"])
        return Markdown(tables.markdown(["what was done to it", "what the check finds"], rows, 2))

    def expect(self) -> None:
        """Hold the check to finding every forgery, and nothing else."""
        expect("diary.stale.found", all(self.found.values()) and not self.untouched)


def forge(chapter: str) -> Forged:
    """Doctor copies of a published chapter in each way, and check them.

    Parameters
    ----------
    chapter : str
        Its number.

    Returns
    -------
    Forged

    Raises
    ------
    FileNotFoundError
        If the chapter was never published.
    """
    return Forged({how: findings(chapter, how) for how in FORGERIES}, findings(chapter))
