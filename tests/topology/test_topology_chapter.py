"""The topology chapter's parts: bars among nulls, rats followed round rings, tables, figures."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from helpers.decoding.splits import nested_splits
from helpers.figures import diagrams, rings, topology
from helpers.recordings.loading import simulate_recording
from helpers.topology import (
    cost as topology_cost,
)
from helpers.topology import (
    report as topology_report,
)
from helpers.topology import (
    rounds as topology_rounds,
)
from helpers.topology.ages import ages
from helpers.topology.circular import circular_coordinate
from helpers.topology.diagrams import Models
from helpers.topology.report import (
    counted,
    longest_bars,
    main_bar,
    null_lengths,
    null_thresholds,
    p_of,
    paper_thresholds,
    pca_cloud,
    pick,
    subsampled,
)
from helpers.topology.rounds import (
    animals,
    best,
    followed,
    followed_unseen,
    longest,
    pooled_share,
    shares,
    shares_by_model,
)
from helpers.topology.tables import (
    animal_table,
    betti_text,
    diagram_table,
    null_table,
    reading_table,
    share_table,
)
from helpers.topology.unseen import NULL, TRUE, held_out
from helpers.topology.winding import whole_trips
from helpers.training import Model

RING = simulate_recording(n_neurons=30, n_bins=5000, seed=4)
ARC = simulate_recording(n_neurons=30, n_bins=5000, seed=4, same_tuning=True)


def on_ring(recording, seed=0, noise=0.05):
    """The recording's true phase as points near a circle: what a perfect model would make of it."""
    phase, rng = recording.true_phase, np.random.default_rng(seed)
    points = np.stack([np.cos(phase), np.sin(phase), np.zeros_like(phase)], axis=1)
    points += noise * rng.normal(size=points.shape)
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def nowhere(recording, seed):
    """Points that know nothing, on the same sphere."""
    points = np.random.default_rng(seed).normal(size=(len(recording.position), 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


class Known:
    """Stands in for a `Fit`: an embedding, and a transform that knows the phase of the bins."""

    def __init__(self, recording, bins=None, cloud=None):
        self.points = on_ring(recording) if cloud is None else cloud
        self.embedding = self.points if bins is None else self.points[bins]
        self.recording = recording

    def transform(self, spikes, segments=()):
        tested = next(
            split.test
            for split in nested_splits(self.recording)
            if np.array_equal(self.recording.spikes[split.test], spikes)
        )
        assert len(segments) > 1
        return self.points[tested]


def of_null(found):
    """The subsample of each null model."""
    return [one for each in pick(found, split="null").values() for one in each]


class Small(Models):
    """Few points and landmarks."""

    n_points, n_landmarks, n_starts = 60, 60, 1


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path):
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path))
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def clouds():
    found = {Model("achilles", "headline", "posdir", 0, 3): on_ring(RING)}
    found |= {Model("achilles", "null", "shuffled", s, 3): nowhere(RING, s) for s in range(4)}
    return found


def test_a_ring_beats_its_nulls_and_noise_does_not(clouds):
    found = subsampled(clouds, 120, 3)
    assert {m.split: len(each) for m, each in found.items()} == {"headline": 3, "null": 1}
    null = null_lengths(found, "shuffled")
    assert null.shape == (4,)
    (ring,) = pick(found, split="headline").values()
    assert p_of(ring, null) == 1 / 5
    assert p_of(found[Model("achilles", "null", "shuffled", 0, 3)], null) > 1 / 5
    by_null = counted(ring, null_thresholds(of_null(found)))
    assert by_null.betti == [1, 1]
    assert by_null.share == 1
    shuffled = pick(found, name="shuffled")[Model("achilles", "null", "shuffled", 1, 3)]
    assert counted(ring, paper_thresholds(shuffled)).betti == [1, 1]
    birth, death, second = main_bar(ring)
    assert birth < 0.5 < 1.2 < death
    assert second < 0.3
    with pytest.raises(ValueError, match="no null model 'lagged' in 3 dimensions"):
        null_lengths(found, "lagged")


def test_subsamples_are_drawn_anew_and_repeat(clouds):
    model = Model("achilles", "headline", "posdir", 0, 3)
    first = subsampled(pick(clouds, split="headline"), 80, 3)[model]
    again = subsampled(pick(clouds, split="headline"), 80, 3, seed=1)[model]
    assert len({one["h1"].tobytes() for one in first}) == 3
    np.testing.assert_array_equal(first[1]["h1"], again[0]["h1"])


def test_counts_use_each_subsamples_own_threshold():
    bars = [{"h0": np.array([[0, np.inf], [0, 0.5]]), "h1": np.array([[0.1, 0.5]])}] * 2
    count = counted(bars, [[0.4, 0.6], [0.1]])
    np.testing.assert_array_equal(count.all, [[2, 1], [1, 1]])
    assert count.share == 0.5
    assert betti_text(count) == "**[1, 1]** and **[2, 1]** in 50% each"  # review A10: a tie


def test_a_rat_on_a_ring_winds_and_one_on_an_arc_does_not():
    recordings = {"ring": RING, "arc": ARC}
    made = {Model(n, "compared", "time", 0, 3): on_ring(r) for n, r in recordings.items()}
    drift = gaussian_filter1d(np.random.default_rng(0).normal(size=(5000, 3)), 20, axis=0)
    drift /= np.linalg.norm(drift, axis=1, keepdims=True)
    made[Model("ring", "compared", "shuffled", 0, 3)] = drift  # smooth in time, of no place
    found = followed(made, recordings, 90, n_starts=2)
    by_name = {(m.rat, m.name): each for m, each in found.items()}
    ring = by_name["ring", "time"]
    assert shares(longest(ring)).min() > 0.95
    assert ring[0].longest.reading.r2 > 0.9
    assert shares(longest(by_name["ring", "shuffled"])).max() < 0.3
    assert shares(longest(by_name["arc", "time"])).max() < 0.5  # its loops are small ones of noise
    for each in found.values():
        assert all(one.best.share >= one.longest.share for one in each)
    by_model = shares_by_model(found)
    assert by_model["best"].shape == (3,)
    assert by_model["longest"][0] == shares(longest(ring)).mean()


def test_tested_trips_are_followed_on_what_training_trips_showed():
    fits = {
        Model("achilles", split.name, "posdir", 0, 3): Known(RING, split.train)
        for split in nested_splits(RING)
    }
    found = followed_unseen(fits, RING, 90)
    for (model, one), split in zip(found.items(), nested_splits(RING), strict=True):
        assert len(one.longest.angle) == len(split.test), model
        assert one.longest.reading.r2 > 0.9
    assert pooled_share(longest(found.values())) > 0.95
    with pytest.raises(ValueError, match="no whole round trip"):
        pooled_share([])


def test_a_ring_is_counted_in_each_rat_beside_its_own_nulls():
    """Review A9: one rat's ring stood for four. The second rat here has none."""
    other = replace(ARC, name="buddy")
    fits = {}
    for rec in (RING, other):
        for split in nested_splits(rec):
            for name in (*TRUE, *NULL):
                for seed in range(7 if name in NULL else 2):
                    lost = name in NULL or rec is other
                    cloud = nowhere(rec, seed) if lost else on_ring(rec, seed)
                    model = Model(rec.name, split.name, name, seed, 3)
                    fits[model] = Known(rec, split.train, cloud)
    found = held_out(Small(RING, fits, "quick"), [other])
    assert list(found.found) == [RING.name, "buddy"]
    assert found.winding("posdir") == found.winding("time") == [RING.name]
    assert found.p(RING.name, "time").max() == 1 / 22
    assert found.p("buddy", "time").min() > 1 / 22
    assert len(found.found["buddy"]["lagged"].each) == found.n_null == 21
    table = found.table().data
    assert "| Buddy, lagged labels | 7 |" in table
    assert "cannot be below 0.045" in table
    fig = diagrams.rats(found).fig
    assert [ax.get_title() for ax in fig.axes[:2]] == [RING.name.capitalize(), "Buddy"]


def loops_of(shares_seen, shares_unseen, split):
    """What `follow` returns for loops wound on such shares of training and of tested trips."""
    n, bins = len(split.train), np.concatenate([split.train, split.test])
    along = np.zeros((len(shares_seen), len(bins)), dtype="f4")
    for part, wanted, offset in ((split.train, shares_seen, 0), (split.test, shares_unseen, n)):
        trips = whole_trips(RING, part)
        for row, share in zip(along, wanted, strict=True):
            for trip in trips[: round(share * len(trips))]:
                here = slice(offset + trip.start, offset + trip.stop)
                row[here] = np.linspace(0, 2 * np.pi, trip.stop - trip.start)
    return {"angle": along, "along": along, "bar": np.zeros((len(along), 2)), "prime": np.ones(1)}


def test_the_loop_for_tested_trips_is_chosen_by_training_trips(monkeypatch):
    """The third loop is wound on all tested trips, but nothing in training says so."""
    split = nested_splits(RING)[1]
    made = loops_of((0.2, 0.9, 0.1), (0.0, 0.5, 1.0), split)
    monkeypatch.setattr(topology_rounds, "kept_many", lambda *_: [made])
    fits = {Model("achilles", split.name, "posdir", 0, 3): Known(RING, split.train)}
    (one,) = followed_unseen(fits, RING, 90).values()
    assert one.longest.share == 0
    assert 0.2 < one.best.share < 0.8


def test_a_loop_that_cannot_be_lifted_counts_as_not_wound(monkeypatch, clouds):
    gone = np.full((1, 5000), np.nan)
    lost = {"angle": gone, "along": gone, "bar": np.full((1, 2), np.nan), "prime": np.zeros(1)}
    monkeypatch.setattr(topology_rounds, "kept_many", lambda *_: [lost])
    (each,) = followed(pick(clouds, split="headline"), {"achilles": RING}, 90).values()
    assert each[0].longest.reading is None
    assert shares(best(each)).tolist() == [0.0]
    assert "no whole-number cocycle" in reading_table({"m": longest(each)})


def test_animals_are_measured_beside_their_own_shuffled_models(monkeypatch):
    monkeypatch.setitem(topology_report.POINTS, "quick", 100)
    monkeypatch.setitem(topology_report.LANDMARKS, "quick", 80)
    fits = {Model("ring", "compared", "time", 0, 3): Known(RING)}
    for one in range(2):
        model = Model("ring", "compared", "shuffled", one, 3)
        fits[model] = Known(RING, cloud=nowhere(RING, one))
    fits[Model("elsewhere", "compared", "time", 0, 3)] = Known(ARC)
    found = animals(fits, {"ring": RING}, "quick", 0)
    (animal,) = found.values()
    assert animal.longest > 1.1 * animal.shuffled
    assert animal.rounds.longest.share > 0.95
    text = animal_table(found, {"time": "time only"})
    assert "ring, time only" in text
    assert len(text.splitlines()) == 3


def test_a_sphere_that_fills_is_seen_to_fill():
    fits = {Model(RING.name, "aged 10", "time", 0, 3): Known(RING)}
    fits |= {Model(RING.name, "aged 99", "time", 0, 3): Known(RING, cloud=nowhere(RING, 0))}
    found = ages(Small(RING, fits, "quick"))
    assert found.thinnest[10] < 0.1 < 0.3 < found.thinnest[99]
    assert found.loops[10] > 2 * found.loops[99]
    assert found.wound[10] > 0.9
    assert "| 99 | " in found.table().data


def test_pca_is_projected_onto_the_sphere():
    points = pca_cloud(RING)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, rtol=1e-5)
    assert points.shape == (5000, 3)


def test_tables_have_a_row_a_model(clouds):
    found = subsampled(clouds, 60, 2)
    (ring,) = pick(found, split="headline").values()
    count = counted(ring, null_thresholds(of_null(found)))
    text = diagram_table(
        {"a": ring, "b": ring}, {"a": count}, {"a": count, "b": count}, {"a": "[1, 1]"}
    )
    assert text.splitlines()[2].startswith("| a | [1, 1] | **[1, 1]** in 100% |")
    assert "sets the threshold" in text.splitlines()[3]
    null = {"shuffled": null_lengths(found, "shuffled")}
    assert null_table({"a": [ring, ring]}, null).splitlines()[2].endswith("| 0.200 |")
    text = share_table({"x": (np.array([0, 0.5, 1]), np.ones(1), 0.05)})
    assert "| 3 | **50%** (0% to 100%) | **100%** | 0.050 |" in text


def test_diagrams_draw_every_bar_and_mark_the_long_ones(clouds):
    found = subsampled(clouds, 60, 1)
    (ring,) = next(iter(found.values()))
    fig = topology.birth_death({"a": topology.Panel(ring, (0.4, 0.4), "text")} | {
        name: topology.Panel(ring, (9, 9)) for name in "bcd"
    })  # fmt: skip
    short, long = fig.axes[0].collections[2:4]  # of H1
    assert len(long.get_offsets()) == 1
    assert len(short.get_offsets()) == len(ring["h1"]) - 1
    with pytest.raises(ValueError, match="no diagrams"):
        topology.birth_death({})


def test_other_drawings_show_what_they_are_given(clouds):
    found = subsampled(clouds, 60, 3)
    (ring,) = pick(found, split="headline").values()
    ranks = [np.sort(np.random.default_rng(k).uniform(size=(4, 3)))[:, ::-1] for k in (0, 1)]
    fig = topology.ranked_bars({"posdir": ranks}, (0.3, 0.2), 3)
    np.testing.assert_allclose(fig.axes[1].lines[0].get_ydata(), np.median(ranks[1], axis=0))
    models = {"m": (longest_bars(ring), "#ffffff")}
    fig = topology.among_nulls({"n": [0.1, 0.2]}, models, "length", 0.3)
    assert [len(c.get_offsets()) for c in fig.axes[0].collections[::2]] == [3, 2]
    fig = topology.betti_shares({"a": np.array([[1, 1], [1, 9]])}, highest=3)
    drawn = fig.axes[1].images[0].get_array()[0]
    np.testing.assert_allclose(np.ma.filled(drawn, 0), [0, 0.5, 0, 0.5])
    with pytest.raises(ValueError, match="no values"):
        topology.among_nulls({}, {}, "length")


def test_the_trend_of_a_power_law_is_found():
    n = np.array([50, 100, 200, 400])
    np.testing.assert_allclose(topology.trend(n, 3e-9 * n**4.0)(2000), 3e-9 * 2000**4.0)
    rows = [(k, 1e-9 * k**3, 1e-9 * k**3) for k in n.tolist()]
    fig = topology.cost({1: rows, 2: rows}, 2000, (800, 8.0))
    assert fig.axes[0].get_xscale() == "log"


def test_rings_are_drawn_from_any_side():
    points = on_ring(RING)
    ring = circular_coordinate(points, 80)
    fig = rings.cocycle(ring, points, ring(points))
    n_edges = np.count_nonzero(np.triu(ring.cocycle))
    assert len(fig.axes[0].collections[1]._segments3d) == n_edges > 0
    fig = rings.angle_by_position({"a": ring(points)}, RING.position, RING.direction, 1.6)
    assert sum(len(c.get_offsets()) for c in fig.axes[0].collections) == 5000
    with pytest.raises(ValueError, match="a: .* angles"):
        rings.angle_by_position({"a": ring(points)[1:]}, RING.position, RING.direction, 1.6)
    trips = [slice(0, 500), slice(500, 1000)]
    fig = rings.turning({"a": (-np.linspace(0, 4 * np.pi, 5000), "#fff")}, trips, 0.025)
    assert fig.axes[0].lines[0].get_ydata()[-1] > 0
    with pytest.raises(ValueError, match="no whole round trip"):
        rings.turning({}, [], 0.025)


def test_time_and_memory_are_measured_in_another_process():
    rows = topology_cost.measure(on_ring(RING), 1, (40, 80))
    assert [n for n, *_ in rows] == [40, 80]
    assert all(0 < seconds < 60 and 0 < gigabytes < 4 for _, seconds, gigabytes in rows)
    with pytest.raises(ValueError, match="do not rise"):
        topology_cost.measure(on_ring(RING), 1, (80, 40))
    assert 0 < topology_cost.peak_gb() < topology_cost.machine_gb()
