"""The site: a run's own copy of the book laid out for jupyter-book, and the build."""

import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import nbformat
import yaml

from helpers.files import write_text

from .pairing import stripped, write_notebook
from .runner import Run, chapter_files

JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"  # of this very Python
SITE_FILES = (
    "_config.yml", "intro.md", "glossary.md", "references.md", "references.bib",
    "_static", "_ext", "_templates",
)  # fmt: skip


def stage(run: Run, names: Collection[str]) -> Path:
    """Lay out a run's own copy of the book, with the chapters that it executed.

    Parameters
    ----------
    run : Run
        Its folder holds the executed notebooks.
    names : collection of str
        Chapters to show, for example `{"02_place_cell_embeddings"}`.

    Returns
    -------
    Path
        A folder that jupyter-book can build.

    Raises
    ------
    FileNotFoundError
        If no chapter is named, or one has not run.
    """
    folder = run.folder / "book"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "chapters").mkdir(parents=True)
    if not names:
        raise FileNotFoundError(f"nothing to build: no chapter ran through in {run.folder}")
    for name in SITE_FILES:
        place = run.root / name
        if place.is_dir():
            shutil.copytree(place, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif place.exists():
            shutil.copy2(place, folder / name)
    for name in names:
        notebook = nbformat.read(run.folder / f"{name}.ipynb", as_version=4)
        write_notebook(stripped(notebook), folder / "chapters" / f"{name}.ipynb")
    (folder / "data").mkdir()
    if run.results.exists():
        shutil.copy2(run.results, folder / "data" / "results.json")
    write_text(folder / "_toc.yml", shortened_toc(run.root, names))
    if len(names) < len(chapter_files(run.root)):
        allow_missing_links(folder / "_config.yml")
    return folder


def allow_missing_links(config: Path) -> None:
    """Let the first page link to chapters that this run left out."""
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    settings["sphinx"]["config"]["suppress_warnings"] = ["myst.xref_missing"]
    write_text(config, yaml.safe_dump(settings, sort_keys=False, allow_unicode=True))


def shortened_toc(root: Path, names: Collection[str]) -> str:
    """Cut the table of contents down to some chapters."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))

    def keep(entries: list) -> list:
        files = [(entry, Path(str(entry.get("file", "")))) for entry in entries]
        return [e for e, file in files if file.parent.name != "chapters" or file.stem in names]

    if "chapters" in toc:
        toc["chapters"] = keep(toc["chapters"])
    if "parts" in toc:
        parts = [{**part, "chapters": keep(part["chapters"])} for part in toc["parts"]]
        toc["parts"] = [part for part in parts if part["chapters"]]
    return yaml.safe_dump(toc, sort_keys=False, allow_unicode=True)


def build_site(folder: Path) -> Path:
    """Build the site of a book folder; warnings are errors.

    Parameters
    ----------
    folder : Path
        Holds `_config.yml`, `_toc.yml` and executed chapters.

    Returns
    -------
    Path
        Its `index.html`.

    Raises
    ------
    RuntimeError
        If jupyter-book fails; its output is shown before.
    """
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", str(folder), "-W", "--keep-going"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-6000:], sep="\n", file=sys.stderr)
        raise RuntimeError(f"jupyter-book build {folder} failed; its last lines stand above")
    return folder / "_build" / "html" / "index.html"
