"""The rotatable figure: valid, light, safe to put on a page, and stamped when simulated."""

import json
import re

import numpy as np
import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs_version

from helpers.figures import interactive


def arrays(n=500):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(n, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points, rng.uniform(0, 1.6, n), rng.choice([-1, 1], n)


def page_of(n=500, **changes):
    words = {"name": "ring-test", "alt": "A ring", "caption": "It turns.", "simulated": False}
    return interactive.ring(*arrays(n), 1.6, **(words | changes))


def spec_of(page):
    found = re.search(r'class="book-plotly-data">(.*?)</script>', page, re.DOTALL)
    return json.loads(found.group(1))


def test_the_data_is_a_figure_that_plotly_accepts():
    spec = spec_of(page_of())
    go.Figure(data=spec["data"], layout=spec["layout"])  # raises on an unknown property
    for marker in spec["colourings"].values():
        go.scatter3d.Marker(marker)


def test_it_holds_the_points_turned_but_not_reshaped():
    spec, (points, position, direction) = spec_of(page_of()), arrays()
    drawn = np.array([spec["data"][0][axis] for axis in "xyz"]).T
    assert np.allclose(drawn @ drawn.T, points @ points.T, atol=0.01)
    assert np.allclose(spec["colourings"]["position"]["color"], position, atol=0.006)
    assert spec["colourings"]["direction"]["color"] == direction.tolist()
    assert spec["data"][0]["marker"] == spec["colourings"]["position"]


def test_it_switches_between_two_colourings_by_buttons():
    page = page_of()
    buttons = re.findall(r'<button type="button" data-colour="(\w+)" aria-pressed="(\w+)"', page)
    assert buttons == [("position", "true"), ("direction", "false")]
    assert set(spec_of(page)["colourings"]) == {"position", "direction"}


def test_a_slider_replays_the_runs():
    page = page_of()
    spec = spec_of(page)
    direction = arrays()[2]
    starts = spec["replay"]["starts"]
    assert starts[0] == 0
    assert all(direction[start] != direction[start - 1] for start in starts[1:])
    assert len(starts) == 1 + np.count_nonzero(np.diff(direction))
    walker = spec["data"][spec["replay"]["walker"]]
    assert (walker["x"], walker["y"]) == ([spec["data"][0]["x"][0]], [spec["data"][0]["y"][0]])
    assert '<input type="range"' in page
    assert "window.bookReplay" in page


def test_plotly_itself_is_not_in_it_but_can_be_fetched():
    page = page_of()
    assert 'class="book-plotly"' in page  # what _ext/plotlyjs.py looks for
    assert len(page) < 100_000
    assert f"plotly-{get_plotlyjs_version()}.min.js" in page


def test_a_long_recording_is_thinned_evenly_and_stays_light():
    page = page_of(n=60_000)
    assert len(page.encode()) < interactive.MAX_BYTES
    assert len(spec_of(page)["data"][0]["x"]) == 6000
    position = spec_of(page_of(n=1000, max_points=10))["colourings"]["position"]["color"]
    assert np.allclose(
        position, arrays(1000)[1][np.linspace(0, 999, 10).round().astype(int)], atol=0.006
    )


def test_only_simulated_figures_are_stamped():
    assert "SIMULATED" in json.dumps(spec_of(page_of(simulated=True))["layout"])
    assert "SIMULATED" not in page_of()


def test_words_cannot_break_out_of_their_place():
    page = page_of(alt='"><script>alert(1)</script>')
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_two_figures_on_a_page_keep_apart():
    first, second = page_of(), page_of(name="ring-two")
    assert 'getElementById("ring-test")' in first
    assert 'getElementById("ring-two")' in second
    assert "ring-test" not in second


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Ring One"}, "lower-case words"),
        ({"name": "3d"}, "lower-case words"),
        ({"alt": " "}, "empty alt"),
        ({"caption": ""}, "empty caption"),
        ({"max_points": 1}, "at least 2"),
        ({"n": 60_000, "max_points": 60_000}, "lower max_points"),
    ],
)
def test_bad_words_and_sizes_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        page_of(**changes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p, x, d: (p[:, :2], x, d), r"need \(T, 3\)"),
        (lambda p, x, d: (p, x[1:], d), "position has shape"),
        (lambda p, x, d: (p, x, d[1:]), "direction has shape"),
        (lambda p, x, d: (p, np.where(x == x[0], np.nan, x), d), "NaN or infinity"),
    ],
)
def test_bad_arrays_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        interactive.ring(*change(*arrays()), 1.6, name="x", alt="a", caption="c", simulated=False)
