"""The player of decoded trajectories: it holds the given runs; the first shows without scripts."""

import json
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup

from helpers.figures.trackplayer import BOTTOM, LEFT, RIGHT, TOP, player, runs_of

POSITION = np.array([0.1, 0.2, 0.3, 0.4, 1.2, 1.0, 0.8])
DECODED = POSITION + np.array([0.02, -0.03, 0.0, 0.05, -0.1, 0.0, 0.04])
RUNS = [slice(0, 4), slice(4, 7)]


def page_of(**changes):
    given = {"position": POSITION, "decoded": DECODED, "runs": RUNS, "bin_s": 0.025}
    words = {"name": "path", "alt": "A path", "caption": "Play it.", "simulated": False}
    return player(**(given | {"length_m": 1.6} | words | changes))


def data_of(page):
    found = re.search(r'class="book-track-data">(.*?)</script>', page, re.DOTALL)
    return json.loads(found[1])


def test_it_holds_the_runs_in_centimetres():
    data = data_of(page_of())
    assert data["true"] == [[10, 20, 30, 40], [120, 100, 80]]
    assert data["read"] == [[12, 17, 30, 45], [110, 100, 84]]
    assert (data["bin"], data["length"]) == (0.025, 160)


def test_the_first_run_is_drawn_without_scripts():
    svg = BeautifulSoup(page_of(), "html.parser").svg
    for kind, values in (("true", [0.1, 0.2, 0.3, 0.4]), ("read", [0.12, 0.17, 0.3, 0.45])):
        points = [
            tuple(map(float, p.split(","))) for p in svg.select_one(f".{kind}")["points"].split()
        ]
        assert np.allclose([x for x, _ in points], np.linspace(LEFT, RIGHT, 4), atol=0.06)
        heights = BOTTOM - (BOTTOM - TOP) * np.array(values) / 1.6
        assert np.allclose([y for _, y in points], heights, atol=0.06)
    assert float(svg.select_one(".rat")["cx"]) == pytest.approx(
        LEFT + (RIGHT - LEFT) / 16, abs=0.06
    )


def test_only_simulated_runs_are_stamped_and_words_stay_words():
    assert "SIMULATED" in page_of(simulated=True)
    page = page_of(alt='"><script>alert(1)</script>')
    assert "SIMULATED" not in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decoded": DECODED[1:]}, "shapes"),
        ({"decoded": np.where(DECODED > 1, np.nan, DECODED)}, "NaN or infinity"),
        ({"runs": []}, "no bins to play"),
        ({"runs": [slice(0, 4), slice(7, 9)]}, "no bins to play"),
        ({"name": "The Path"}, "lower-case words"),
        ({"caption": " "}, "empty caption"),
        ({"runs": [slice(0, 7)] * 40_000}, "fewer runs"),
    ],
)
def test_what_cannot_be_played_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        page_of(**changes)


def test_tested_bins_are_cut_into_their_runs():
    laps = [slice(0, 10), slice(10, 20), slice(20, 25), slice(30, 40)]
    tested = np.r_[12:20, 20:25, 33:36]
    assert runs_of(tested, laps) == [slice(0, 8), slice(8, 13), slice(13, 16)]
