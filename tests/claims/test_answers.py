"""First screens: numbers of the run under ids that exist, and a place that the last cell fills."""

import re

import pytest
import yaml

from helpers import claims
from helpers.book.pairing import read_source
from helpers.claims import answers
from helpers.claims.expected import EXPECTED
from helpers.claims.published import claims as all_claims
from helpers.claims.scorecard import ids_measuring
from helpers.files import ROOT, read_json

CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]_*.py"))
RATS = re.compile(r"\.(buddy|cicero|gatsby)\b")
CHAPTER = {"recording": "achilles", "profile": "full"}


def known():
    ids = {id for pair in read_json(EXPECTED).values() for id in pair}
    ids |= set(read_json(ROOT / "data/results.json"))
    fields = ("measured", "ours", "honest")
    measuring = [ids_measuring(one, field) for one in all_claims().values() for field in fields]
    return ids | {id for found in measuring for id in found.values()}


def test_every_number_of_an_answer_is_one_that_chapters_measure():
    text = answers.ANSWERS.read_text(encoding="utf-8")
    wanted = {slot[1] for slot in answers.SLOT.finditer(text) if "." in slot[1]}
    measured = known()
    assert wanted
    assert {id for id in wanted if not {id, RATS.sub("", id)} & measured} == set()


def test_every_number_of_the_first_page_is_one_that_chapters_measure():
    text = (ROOT / "intro.md").read_text(encoding="utf-8")
    wanted = {slot[1] for slot in answers.SLOT.finditer(text) if "." in slot[1]}
    counted = {id for id in wanted if id.split(".")[0] in ("paper", "blog")}
    assert counted <= {f"{who}.{what}" for who in ("paper", "blog")
                       for what in ("judged", "reproduced")}  # fmt: skip
    assert wanted - counted <= known()


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_has_an_answer_and_its_frame(path):
    number = path.stem[:2]
    assert answers.answer_of(number)["figure"]
    cells = read_source(path).cells
    for head in ("**Question.** ", "**Method.** ", "**Limit.** "):
        assert f"\n\n{head}" in cells[0].source
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert sum(f'open_chapter("{number}"' in source for source in code) == 1
    assert "close_chapter(" in code[-1]


def test_a_line_without_its_value_is_left_out():
    values = {"a.b": {"value": 5.46, "sd": 0.21}, "a.c": {"value": -0.004, "sd": None}}
    assert answers.filled("**{a.b:.1f}** ± {a.b|sd:.2f} & {a.c:.2f}", values) == (
        "<strong>5.5</strong> ± 0.21 &amp; 0.00"
    )
    assert answers.filled("{a.d:.1f}", values) is None
    assert answers.filled("{a.c|sd:.2f}", values) is None
    assert answers.filled("none", values) == "none"
    assert answers.filled("{a.d}", {"a.d": {"value": True, "sd": None}}) == "yes"


def test_an_answer_names_the_rats_and_counts_the_verdicts():
    values = {"embed.n_neurons": entry("02", 120.0)}
    said = answers.said_of("02", CHAPTER, values)
    assert "Neurons: 120" in said
    assert "the blog's claims: 1 not reproduced" in said
    assert "Rats: one, Achilles" in said
    simulated = answers.said_of("02", {**CHAPTER, "recording": "simulated"}, values)
    assert "Verdicts: none" in simulated


def entry(chapter, value):
    return {"value": value, "sd": None, "n": None, "split": None, "chapter": chapter} | CHAPTER


def test_the_last_cell_fills_the_place_of_the_first(monkeypatch):
    shown = []
    monkeypatch.setattr(answers, "display", lambda *a, **k: shown.append((a, k)))
    monkeypatch.setattr(answers, "update_display", lambda *a, **k: shown.append((a, k)))
    recording = type("R", (), {"key": "achilles", "digest": "d", "source": "local"})
    claims.begin("02", recording, "full", overridden=True)
    answers.reserve("02")
    claims.note("embed.n_neurons", 120.0)
    claims.close_chapter()
    place, filled = shown[0][1]["display_id"], shown[1]
    assert filled[1]["display_id"] == place
    assert "Neurons: 120" in filled[0][0].data


def test_answers_are_readable_without_the_site():
    for number, said in yaml.safe_load(answers.ANSWERS.read_text(encoding="utf-8")).items():
        assert re.fullmatch(r"0[1-9]", number)
        assert all(len(line) < 420 for line in said["result"])
