"""A chapter's two files, reviewed `.py` and published `.ipynb`, held together by content."""

import hashlib
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from helpers.files import write_text

INJECTED = "injected-parameters"
FOLDED = "# @title "  # heads a cell that the page and Colab fold
NOISE = ("papermill", "execution", "widgets", "ExecuteTime")

# The first code cell of every chapter. Address and tag are those of _config.yml; the commands
# `address` and `release` of helpers/book/__main__.py set them everywhere.
BOOTSTRAP = """\
import os
import subprocess
import sys
from pathlib import Path

in_colab = "google.colab" in sys.modules
if in_colab and not Path("_toc.yml").exists():
    if not Path("book").exists():
        url = "{address}"
        tag = "{tag}"
        clone = ["git", "clone", "--quiet", "--depth=1", "--branch", tag]
        subprocess.run([*clone, url, "book"], check=True)
    os.chdir("book")
    pip = [sys.executable, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", "requirements-colab.txt"], check=True)
folders = (Path.cwd(), *Path.cwd().parents)
root = next(path for path in folders if (path / "_toc.yml").exists())
sys.path.insert(0, str(root))"""


def read_source(path: Path) -> NotebookNode:
    """Read a chapter's `.py` as a notebook without outputs.

    Parameters
    ----------
    path : Path
        A percent script.

    Returns
    -------
    NotebookNode
        Its cells have ids that depend on their content only, so they repeat from run to run.
    """
    notebook = jupytext.read(path, fmt="py:percent")
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\0{cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def stripped(notebook: NotebookNode) -> NotebookNode:
    """Remove what a run leaves behind apart from outputs.

    Parameters
    ----------
    notebook : NotebookNode
        As papermill wrote it; it stays as it is.

    Returns
    -------
    NotebookNode
        Without the injected cell, timestamps and run metadata; executions counted from 1. Cells
        that nbval does not compare lose their warnings, which name folders of the machine.
    """
    clean = nbformat.from_dict(notebook)
    clean.cells = [cell for cell in clean.cells if INJECTED not in cell.metadata.get("tags", [])]
    for name in (*NOISE, "language_info"):
        clean.metadata.pop(name, None)
    count = 0
    for cell in clean.cells:
        for name in NOISE:
            cell.metadata.pop(name, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        if cell.cell_type != "code":
            continue
        if cell.source.strip():
            count += 1
            cell.execution_count = count
        if "nbval-ignore-output" in cell.metadata.get("tags", []):
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
    return clean


def differences(source: NotebookNode, published: NotebookNode) -> list[str]:
    """Compare a chapter's two files cell by cell.

    Parameters
    ----------
    source, published : NotebookNode
        What `read_source` gave for the `.py`, and the `.ipynb`.

    Returns
    -------
    list of str
        One line a difference in type, text or tags; empty if they agree.
    """
    if len(source.cells) != len(published.cells):
        return [f"{len(source.cells)} cells in the .py, {len(published.cells)} in the .ipynb"]
    found = []
    for number, (ours, theirs) in enumerate(zip(source.cells, published.cells, strict=True), 1):
        for what, of in (
            ("type", lambda cell: cell.cell_type),
            ("text", lambda cell: cell.source.strip()),
            ("tags", lambda cell: cell.metadata.get("tags", [])),
        ):
            if of(ours) != of(theirs):
                found.append(f"cell {number} differs in {what}")
    return found


def with_prose(source: NotebookNode, published: NotebookNode) -> NotebookNode:
    """Carry edited prose and tags from the `.py` into the published notebook, outputs untouched.

    Parameters
    ----------
    source, published : NotebookNode

    Returns
    -------
    NotebookNode
        The cells of `source` with the outputs of `published`.

    Raises
    ------
    ValueError
        If a code cell differs: outputs would no longer belong to their code.
    """
    ours = [cell for cell in source.cells if cell.cell_type == "code"]
    theirs = [cell for cell in published.cells if cell.cell_type == "code"]
    if [cell.source.strip() for cell in ours] != [cell.source.strip() for cell in theirs]:
        raise ValueError("code cells changed since it was published; use publish, which runs them")
    for cell, old in zip(ours, theirs, strict=True):
        cell.outputs, cell.execution_count = old.outputs, old.execution_count
    source.metadata = published.metadata
    return source


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook atomically, validated; Colab folds what the page folds.

    Parameters
    ----------
    notebook : NotebookNode
    path : Path
    """
    for cell in notebook.cells:
        if cell.source.startswith(FOLDED):
            cell.metadata["cellView"] = "form"
    nbformat.validate(notebook)
    write_text(path, nbformat.writes(notebook, version=4) + "\n")
