"""Chapters: both files agree, heads are alike, and what nbval compares can be compared."""

import ast
import json
import re

import jupytext
import nbformat
import pytest
import yaml

from helpers.book.pairing import BOOTSTRAP, FOLDED, differences, read_source
from helpers.book.runner import chapter_files
from helpers.claims.expected import NOTED
from helpers.files import ROOT

OPEN, WIDE = 120, 79  # lines of code that stand open on a page, and their width
IGNORE = "nbval-ignore-output"
LINE = re.compile(r"[a-z][\w.-]*: (as recorded|not recorded)")
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]_*.py"))
REPOSITORY = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]

each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def calls(cell, name):
    tree = ast.parse(re.sub(r"^%.*", "", cell.source, flags=re.MULTILINE))
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [getattr(func, "id", getattr(func, "attr", "")) for func in called]
    return any(one == name or one.startswith(f"{name}_") for one in names)


def stored(path):
    target = path.with_suffix(".ipynb")
    if not target.exists():
        pytest.skip(f"{path.stem} is not published yet")
    return nbformat.read(target, as_version=4)


def test_the_book_has_all_its_chapters():
    assert chapter_files(ROOT) == CHAPTERS


def test_every_chapter_is_published():
    assert [path.stem for path in CHAPTERS if not path.with_suffix(".ipynb").exists()] == []


@each_chapter
def test_both_files_agree(path):
    assert differences(read_source(path), stored(path)) == []


@each_chapter
def test_the_header_pairs_the_files(path):
    metadata = jupytext.read(path, fmt="py:percent").metadata
    assert metadata["jupytext"]["formats"] == "ipynb,py:percent"
    assert metadata["kernelspec"]["name"] == "python3"


@each_chapter
def test_the_bootstrap_cell_is_the_same_everywhere(path):
    notebook = read_source(path)
    (cell,) = tagged(notebook, "bootstrap")
    assert cell is code_cells(notebook)[0]
    address, tag = REPOSITORY["url"], REPOSITORY["branch"]
    assert cell.source.strip() == BOOTSTRAP.replace("{address}", address).replace("{tag}", tag)


@each_chapter
def test_the_parameters_come_from_the_environment(path):
    (cell,) = tagged(read_source(path), "parameters")
    for name in ("RECORDING", "PROFILE", "SEED"):
        assert f"CEBRA_BOOK_{name}" in cell.source


@each_chapter
def test_the_chapter_has_its_shape(path):
    cells = read_source(path).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert prose[0].startswith("# ")
    assert prose[0] == cells[0].source
    headings = re.findall(r"^##+ +(.+)$", "\n".join(prose), re.MULTILINE)
    assert "What could fool us" in headings
    assert headings[-1] == "Take-aways"
    assert len(cells) <= 60
    assert len(re.findall(r"\w+", " ".join(prose))) <= 2500


@each_chapter
def test_what_stands_open_is_method_and_fits_the_page(path):
    cells = code_cells(read_source(path))
    folded = [cell for cell in cells if "hide-input" in cell.metadata.get("tags", [])]
    assert all(cell.source.startswith(FOLDED) for cell in folded)
    lines = [
        line
        for cell in cells
        if cell not in folded and "bootstrap" not in cell.metadata.get("tags", [])
        for line in cell.source.splitlines()
    ]
    assert len([line for line in lines if line.strip()]) <= OPEN
    assert max(map(len, lines)) <= WIDE


@each_chapter
def test_colab_folds_what_the_page_folds(path):
    for cell in code_cells(stored(path)):
        folds = "hide-input" in cell.metadata.get("tags", [])
        assert (cell.metadata.get("cellView") == "form") == folds, cell.source


@each_chapter
def test_checks_stand_in_cells_that_are_compared(path):
    notebook = read_source(path)
    checking = [cell for cell in code_cells(notebook) if calls(cell, "expect")]
    assert checking, "a chapter checks something"
    for cell in checking:
        assert IGNORE not in cell.metadata.get("tags", []), cell.source


@each_chapter
def test_what_varies_is_not_compared(path):
    for cell in code_cells(stored(path)):
        if IGNORE in cell.metadata.get("tags", []):
            continue
        for output in cell.outputs:
            assert output.output_type == "stream", f"tag it {IGNORE}:\n{cell.source}"
            assert output.name == "stdout", f"it leaves something in stderr:\n{cell.source}"
            if calls(cell, "expect"):
                lines = output.text.splitlines()
                assert all(LINE.fullmatch(line) for line in lines), output.text
            else:
                assert not re.search(r"\d", output.text), f"tag it {IGNORE}:\n{cell.source}"


@each_chapter
def test_published_values_are_the_recorded_ones(path):
    for cell in code_cells(stored(path)):
        if calls(cell, "expect"):
            text = "".join(output.text for output in cell.outputs)
            assert "not recorded" not in text, text


@each_chapter
def test_every_value_of_the_published_run_was_as_recorded(path):
    results = json.loads((ROOT / "data" / "results.json").read_text(encoding="utf-8"))
    number = path.stem.split("_")[0]
    values = {id: entry for id, entry in results.items() if entry["chapter"] == number}
    called = sum(calls(cell, "expect") for cell in code_cells(stored(path)))
    assert len(values) >= called, "fewer values than cells that expect some"
    for id, entry in values.items():
        assert entry["status"] in ("as recorded", NOTED), id


@each_chapter
def test_no_stored_cell_failed(path):
    for cell in code_cells(stored(path)):
        assert not any(output.output_type == "error" for output in cell.outputs), cell.source
