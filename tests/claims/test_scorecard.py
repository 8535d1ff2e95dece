"""The scorecard: where a claim finds its measurement, and that its verdict follows the value."""

import copy
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from helpers.claims import expected, read_scorecard, scorecard
from helpers.claims import scorecard_page as page
from helpers.claims.published import Claim, claims, published
from helpers.claims.scorecard import ids_measuring, judge_all, measurement, missing_chapters, totals
from helpers.claims.verdicts import (
    CONTRADICTION,
    LEAKAGE,
    NOT_JUDGED,
    NOT_REPRODUCED,
    NOT_TESTABLE,
    OPEN,
    REPRODUCED,
    WORDS,
)
from helpers.figures import scorecard as pictures
from helpers.files import ROOT, read_json


def entry(value, chapter="03", recording="achilles", profile="full", sd=None):
    known = {"digest": "d", "n": None, "split": None, "overridden": False, "status": "as recorded"}
    return {
        **known,
        "value": value,
        "chapter": chapter,
        "recording": recording,
        "profile": profile,
        "sd": sd,
    }


def verdict_of(key, results):
    (row,) = judge_all(results, {key: claims()[key]})
    return row.verdict.word


LEAKY = ("decode.posdir.r2", "blog")
TOLD = {"decode.leaky.posdir.r2": entry(0.994), "decode.posdir.r2": entry(0.868)}


def test_a_changed_value_changes_the_verdict():
    results = copy.deepcopy(TOLD)
    assert verdict_of(LEAKY, results) == LEAKAGE
    results["decode.posdir.r2"]["value"] = 0.95
    assert verdict_of(LEAKY, results) == REPRODUCED
    results["decode.leaky.posdir.r2"]["value"] = 0.5
    assert verdict_of(LEAKY, results) == NOT_REPRODUCED
    del results["decode.leaky.posdir.r2"]
    assert verdict_of(LEAKY, results) == OPEN


def test_simulated_rats_judge_no_claim_about_rats_but_the_generator_s():
    results = {id: {**e, "recording": "simulated"} for id, e in TOLD.items()}
    assert verdict_of(LEAKY, results) == NOT_JUDGED
    results = {"synth.umap.r2": entry(0.5, recording="simulated")}
    assert verdict_of(("synth.umap.r2", "paper"), results) == NOT_REPRODUCED


def test_a_quick_run_is_marked_where_the_protocol_speaks_of_the_full_one():
    results = {id: {**e, "profile": "quick"} for id, e in TOLD.items()}
    (row,) = judge_all(results, {LEAKY: claims()[LEAKY]})
    assert row.preview
    assert "quick profile" in page.table_html([row])
    assert not judge_all(TOLD, {LEAKY: claims()[LEAKY]})[0].preview


def test_a_table_of_values_is_found_by_its_keys():
    claim = published("topology.circular.r2", "paper")
    assert ids_measuring(claim) == {k: f"topology.circular.r2.{k}" for k in ("d3", "d8", "d16")}
    results = {
        id: entry(v, "05")
        for id, v in zip(ids_measuring(claim).values(), (0.95, 0.9, 0.94), strict=True)
    }
    assert measurement(claim, results).value == {"d3": 0.95, "d8": 0.9, "d16": 0.94}
    results.popitem()
    assert measurement(claim, results).value is None


def test_a_shape_is_found_by_the_ids_of_its_conditions():
    claim = published("embed.posdir.shape", "blog")
    results = {
        "embed.posdir.direction_accuracy": entry(0.99, "02"),
        "embed.posdir.end_gap_ratio": entry(0.3, "02"),
    }
    assert set(measurement(claim, results).value) == set(results)
    assert verdict_of(("embed.posdir.shape", "blog"), results) == REPRODUCED
    results["embed.posdir.end_gap_ratio"]["value"] = 0.7
    assert verdict_of(("embed.posdir.shape", "blog"), results) == NOT_REPRODUCED


def test_a_source_that_says_two_things_is_told_from_data():
    key = "topology.posdir.betti", "blog"
    assert verdict_of(key, {key[0]: entry([1.0, 1.0], "05")}) == CONTRADICTION
    claim = claims()[key]
    more = {name: value for name, value in claim.more.items() if name != "elsewhere"}
    (row,) = judge_all({key[0]: entry([1.0, 1.0], "05")}, {key: replace(claim, more=more)})
    assert row.verdict.word == REPRODUCED


@pytest.mark.parametrize(
    ("recorded", "sd"),
    [
        ({"sd": 0.2, "runs": 5}, 0.2),
        ({"sd": 0.2, "runs": 1}, None),  # held to rounding, never measured
        ({"sd": 0.2, "runs": 5, "spread_of": "quick"}, None),
        (None, None),
    ],
)
def test_a_value_without_spread_takes_that_of_several_recorded_runs(monkeypatch, recorded, sd):
    claim = published("decode.umap.median_cm", "paper")
    id = claim.more["measured"]
    pair = {} if recorded is None else {id: recorded}
    monkeypatch.setattr(expected, "pair_of", lambda recording, profile: pair)
    assert measurement(claim, {id: entry(12.0)}).sd == sd
    assert measurement(claim, {id: entry(12.0, sd=0.7)}).sd == 0.7


def test_the_verdict_stands_on_the_source_s_own_protocol_and_ours_is_shown_beside_it():
    key = "decode.time.median_cm", "paper"
    results = {
        "decode.paper.time.median_cm": entry(4.7, sd=0.1),
        "decode.paper.time.heldout.median_cm": entry(6.6, sd=0.1),
        "decode.time.median_cm": entry(7.1, sd=0.1),
    }
    (row,) = judge_all(results, {key: claims()[key]})
    assert row.verdict.word == LEAKAGE
    assert row.ours.value == 7.1
    assert "7.10 ± 0.10" in page.table_html([row])
    results["decode.paper.time.heldout.median_cm"] = entry(4.8, sd=0.1)
    assert judge_all(results, {key: claims()[key]})[0].verdict.word == REPRODUCED


def test_changed_rules_say_when_and_why():
    for claim in claims().values():
        if "ours" in claim.more:
            assert claim.more["ours_protocol"] != claim.protocol
        for line in claim.more.get("amended", []):
            assert re.match(r"20\d\d-\d\d-\d\d: \S+ \S+", line), line


def test_the_page_lists_every_rule_that_is_younger_than_a_result():
    table = read_scorecard().amendments().data
    for claim in claims().values():
        for line in claim.more.get("amended", []):
            assert f"| {line.replace(': ', ' | ', 1)} |" in table
    assert "embedding: shuffled labels, its shape" in table


def test_without_results_all_is_open_and_the_missing_chapters_are_named():
    rows = judge_all({})
    assert {row.verdict.word for row in rows} == {OPEN, NOT_TESTABLE}
    assert missing_chapters(rows, {}) == ["01", "02", "03", "04", "05"]
    assert page.points(rows) == []
    some = {"embed.n_neurons": entry(120.0, "02")}
    assert "02" not in missing_chapters(judge_all(some), some)


def test_totals_count_every_claim_once():
    rows = judge_all(read_json(ROOT / "data" / "results.json"))
    counts = totals(rows)
    assert sum(n for found in counts.values() for n in found.values()) == len(claims())
    assert set().union(*counts.values()) <= set(WORDS)


def test_claims_name_ids_only_once_each_and_as_strings():
    for claim in claims().values():
        for field in ("measured", "honest"):
            ids = list(ids_measuring(claim, field).values())
            assert all(re.fullmatch(r"[a-z][\w.-]+", id) for id in ids), claim
            assert len(set(ids)) == len(ids), claim


def test_figures_that_claims_link_to_are_on_a_page():
    pages = [p.read_text(encoding="utf-8") for p in (ROOT / "chapters").glob("*.ipynb")]
    shown = {name for text in pages for name in re.findall(r'id=\\"fig-([a-z0-9-]+)\\"', text)}
    written = {path.name[:2] for path in (ROOT / "chapters").glob("*.ipynb")}
    wanted = {
        claim.more["figure"]
        for claim in claims().values()
        if "figure" in claim.more and scorecard.CHAPTERS[claim.id.split(".")[0]] in written
    }
    assert shown
    assert wanted <= shown


def test_every_chapter_of_a_claim_is_known():
    assert {claim.id.split(".")[0] for claim in claims().values()} == set(scorecard.CHAPTERS)


def test_the_page_has_a_row_a_claim_and_the_json_agrees():
    rows = judge_all(TOLD)
    table = page.table_html(rows)
    assert table.count('<span class="verdict"') == len(rows)
    assert "only with leakage" in table
    assert "#fig-leak" in table
    records = json.loads(page.as_json(rows))
    assert [r["verdict"] for r in records] == [row.verdict.word for row in rows]
    assert "application/json;base64," in page.json_link(rows)
    assert f">{sum(r['verdict'] == OPEN for r in records)}</b>open" in page.totals_html(rows)


def test_what_a_source_writes_cannot_break_the_page():
    claim = Claim("decode.x.r2", "blog", 1.0, "<b>figure</b>", "", {"kind": "close"})
    (row,) = judge_all({"decode.x.r2": entry(1.0)}, {("decode.x.r2", "blog"): claim})
    assert "<b>figure" not in page.table_html([row])


def test_phrases_are_words():
    for claim in claims().values():
        words = page.phrase(claim.id)
        assert "_" not in words, words
        assert re.fullmatch(r"[^:]+: .+", words), words


def test_points_hold_claim_and_measurement_with_intervals():
    results = {
        "decode.paper.posdir.median_cm": entry(5.6, sd=0.1),
        "consistency.partition.pca": entry(-0.3, "04"),
        **{f"topology.circular.r2.{d}": entry(0.5, "05") for d in ("d3", "d8", "d16")},
        "embed.posdir.direction_accuracy": entry(0.9, "02"),
    }
    found = {(p.name, p.claimed): p for p in page.points(judge_all(results))}
    one = found["position + direction, median error", 5.46]
    assert one.measured_span == pytest.approx((5.4, 5.8))
    assert one.claimed_span == pytest.approx((5.04, 5.88))
    assert one.kept
    ring = found["angle along the ring, R² d8", 0.893]
    assert not ring.kept
    groups = [p for p in found.values() if p.claimed_span == (-0.51, -0.21)]
    assert [p.claimed for p in groups] == [pytest.approx(-0.36)]
    fig = pictures.claimed_against_measured(list(found.values())).fig
    assert [ax.get_xscale() for ax in fig.axes] == ["linear", "log"]
    drawn = [list(line.get_xdata()) for line in fig.axes[1].lines]
    assert [5.46] in drawn
    lowest, highest = fig.axes[0].get_xlim()
    assert lowest < -0.51 < highest, "an interval runs out of its panel"


def test_broken_claims_are_named_beside_their_points():
    """None was drawn, though the caption has them: all were measured at the figure's corner."""
    far = [
        pictures.Point(name, "paper", said, (said, said), is_, (is_, is_), name != "lost")
        for name, said, is_ in (("lost", 0.5, 0.2), ("held", 0.8, 0.8), ("low", 0.1, 0.1))
    ]
    ax = pictures.claimed_against_measured(far).fig.axes[0]
    (name,) = [text for text in ax.texts if text.get_text() == "lost"]
    at = ax.transData.transform((0.5, 0.2))
    box = name.get_window_extent().get_points()
    assert (np.abs(box - at).min(axis=0) < 30).all()
    assert [text.get_text() for text in ax.texts] == ["lost"]


def test_the_picture_refuses_what_it_cannot_draw():
    with pytest.raises(ValueError, match="no points"):
        pictures.claimed_against_measured([])
    stranger = pictures.Point("x", "me", 1.0, (1, 1), 1.0, (1, 1), True)
    with pytest.raises(ValueError, match=r"\['me'\] have no colour"):
        pictures.claimed_against_measured([stranger])


def test_the_published_scorecard_leaves_nothing_open_without_a_reason():
    if not (ROOT / "chapters" / "08_scorecard.ipynb").exists():
        pytest.skip("08_scorecard is not published yet")
    rows = judge_all(read_json(ROOT / "data" / "results.json"))
    bare = [r.claim.id for r in rows if r.verdict.word == OPEN and "unmeasured" not in r.claim.more]
    assert bare == []
    stored = json.loads((ROOT / "data" / "scorecard.json").read_text(encoding="utf-8"))
    assert stored == json.loads(page.as_json(rows))
