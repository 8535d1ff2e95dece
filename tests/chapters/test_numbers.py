"""Numbers in Markdown cells are published values or declared parameters, never our results."""

import re

import pytest
import yaml

from helpers.book.pairing import read_source
from helpers.claims.published import claims
from helpers.files import ROOT
from helpers.training.jobs import PARAMETERS

CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]_*.py"))
ALLOWED = yaml.safe_load((ROOT / "tests/allowed_numbers.yml").read_text(encoding="utf-8"))
# What is no number of a result: links, code, formulas, years in citations, names such as H1 or 3-D.
NOISE = (
    r"\]\([^)]*\)", r"https?://\S+", r"`[^`]*`", r"\$\$.*?\$\$", r"\$[^$\n]*\$", r"<[^>]*>",
    r"\b(?:19|20)\d\d\b", r"\b[Cc]hapters? \d\d(?:(?:, | and | to )\d\d)*", r"\b\d-D\b",
    r"\bhc-\d+\b",
    r"^#+ \d+\.", r"^\d+\. ", r"(?:Figure|Fig\.|Table|Nature|Science) \d+\w?",
)  # fmt: skip
NUMBER = re.compile(r"(?<![\w.])[−-]?\d[\d,]*(?:\.\d+)?(?!\w)")


def numbers(text):
    """The numbers of a text, as floats."""
    for pattern in NOISE:
        text = re.sub(pattern, " ", text, flags=re.MULTILINE | re.DOTALL)
    return {float(found.replace(",", "").replace("−", "-")) for found in NUMBER.findall(text)}


def leaves(value):
    """The numbers within a claim, also in its notes."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return {number for entry in value for number in leaves(entry)}
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return {float(value)} if is_number else numbers(value) if isinstance(value, str) else set()


def known():
    said = [
        leaves(list(claim.more.values()) + [claim.value, claim.sd]) for claim in claims().values()
    ]
    return set().union(*said, leaves(dict(PARAMETERS)), set(map(float, ALLOWED["everywhere"])))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_typed_numbers_are_published_or_declared(path):
    allowed = known() | set(map(float, ALLOWED.get(int(path.name[:2]), {})))
    found = {}
    for place, cell in enumerate(read_source(path).cells, 1):
        if cell.cell_type == "markdown" and numbers(cell.source) - allowed:
            found[f"cell {place}"] = sorted(numbers(cell.source) - allowed)
    assert found == {}, "print our numbers from code; declare parameters in allowed_numbers.yml"


def test_the_first_page_has_no_numbers_of_ours():
    assert numbers((ROOT / "intro.md").read_text(encoding="utf-8")) <= known()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("we got 5.37 cm, 10,000 times", {5.37, 10000}),
        ("R² of −0.51", {-0.51}),
        ("in 2023, a 3-D view of H1 (chapter 03)", set()),
        ("`k=7`, $x^2$, [paper](https://doi.org/10.1/2)", set()),
    ],
)
def test_numbers_are_found(text, found):
    assert numbers(text) == found
