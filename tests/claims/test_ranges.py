"""Every number has a range outside of which it cannot be true."""

import json

import pytest

from helpers.claims import begin, expect, note
from helpers.claims.ranges import impossible, range_of
from helpers.files import ROOT
from helpers.recordings.loading import load_recording

RECORDED = json.loads((ROOT / "data/expected.json").read_text(encoding="utf-8"))
STORED = json.loads((ROOT / "data/results.json").read_text(encoding="utf-8"))
NUMBERS = {
    (id, json.dumps(entry["value"]))
    for entries in (*RECORDED.values(), STORED)
    for id, entry in entries.items()
    if not isinstance(entry["value"], (str, bool))
}


@pytest.mark.parametrize(("id", "value"), sorted(NUMBERS))
def test_what_is_recorded_and_stored_can_be(id, value):
    assert range_of(id) is not None, "add its kind to helpers/claims/ranges.py"
    assert impossible(id, json.loads(value)) is None


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("decode.posdir.r2", 1.01),
        ("decode.posdir.median_cm", -0.1),
        ("decode.posdir.median_cm", 161),
        ("topology.posdir.betti", [1, -1, 0]),
        ("topology.time.longest_h1", 2.1),
        ("topology.wound.posdir", 1.2),
        ("loss.posdir", 9),
        ("time.topology_s", -0.004),  # a difference of two clocks, clamped, made a page absurd
        ("topology.h2.hours_2000", 1e9),
    ],
)
def test_what_cannot_be_is_not_noted_and_not_compared(id, value):
    begin("03", load_recording("simulated"), "quick", overridden=True)
    for say in (expect, note):
        with pytest.raises(AssertionError, match="cannot be"):
            say(id, value)


def test_a_longer_track_allows_larger_errors():
    assert impossible("decode.posdir.median_cm", 250.0, length_m=3.0) is None
    assert "cannot be" in impossible("decode.posdir.median_cm", 310.0, length_m=3.0)
