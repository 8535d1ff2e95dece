"""Base seeds added later count as if all had been recorded together."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.claims import expected
from helpers.files import update_json

NUMBERS = st.floats(-1e3, 1e3)


def entries(values):
    return [{"chapter": "09", "value": value, "sd": None} for value in values]


@given(st.lists(NUMBERS, min_size=2, max_size=5), st.lists(NUMBERS, min_size=1, max_size=5))
def test_adding_equals_recording_all_at_once(first, later):
    old = expected.entry_of("a", entries(first))
    both, at_once = (
        expected.entry_of("a", entries(later), before=old),
        expected.entry_of("a", entries(first + later)),
    )
    assert both["runs"] == at_once["runs"] == len(first + later)
    for key in ("value", "sd", "tolerance"):
        assert both[key] == pytest.approx(at_once[key], rel=1e-6, abs=1e-6)


def test_lists_are_pooled_entry_by_entry():
    first, later = [[1.0, 2.0], [3.0, 2.0]], [[2.0, 5.0]]
    both = expected.entry_of("a", entries(later), before=expected.entry_of("a", entries(first)))
    assert both["value"] == pytest.approx([2.0, 3.0])
    assert both["sd"] == pytest.approx([1.0, 3**0.5])


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """A file of recorded values with one chapter, and a place for results of runs."""
    monkeypatch.setattr(expected, "EXPECTED", tmp_path / "expected.json")
    where = {"recording": "toy", "digest": "d", "profile": "quick", "sd": None, "status": "ran"}

    def run(name, **values):
        path = tmp_path / name
        path.write_text(
            json.dumps({i: {"chapter": "09", "value": v} | where for i, v in values.items()})
        )
        return path

    expected.record([run("0.json", a=1.0, b="x"), run("1.json", a=3.0, b="x")])
    return run


def test_runs_are_added_to_the_file(recorded):
    assert expected.record([recorded("2.json", a=5.0, b="x")], {"09"}, further=True) == 2
    entry = expected.pair_of("toy", "quick")["a"]
    assert (entry["value"], entry["runs"], entry["sd"]) == (3.0, 3, 2.0)


@pytest.mark.parametrize(
    ("before", "later", "said"),
    [
        (None, 1.0, "not recorded from several runs"),
        ({"runs": 1, "value": 1.0, "sd": 0.1}, 1.0, "several runs"),
        ({"runs": 2, "value": 1.0, "sd": 0.1}, [1.0], "different kinds"),
        ({"runs": 2, "value": "a", "sd": 0}, "b", "differs between seeds"),
    ],
)
def test_what_cannot_be_added_is_named_and_leaves_the_file_as_it_was(recorded, before, later, said):
    if before is not None:
        add = {"c": {"chapter": "09", "tolerance": 0, **before}}
        update_json(expected.EXPECTED, lambda old: {"toy/quick": {**old["toy/quick"], **add}})
    known = expected.pair_of("toy", "quick")
    with pytest.raises(ValueError, match=f"nothing recorded:\n  c .*{said}"):
        expected.record([recorded("2.json", a=5.0, b="x", c=later)], {"09"}, further=True)
    assert expected.pair_of("toy", "quick") == known
