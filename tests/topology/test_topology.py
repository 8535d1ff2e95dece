"""Persistence on shapes whose Betti numbers are known, nulls, the cost guard, and the models."""

from collections import Counter

import numpy as np
import pytest

from helpers.decoding.splits import nested_split
from helpers.recordings.loading import simulate_recording
from helpers.topology import persistence as topology
from helpers.topology.jobs import (
    HELD_OUT,
    HELD_OUT_NULLS,
    NULL_MODELS,
    Model,
    jobs_05,
    stand_ins,
)
from helpers.topology.persistence import (
    bars,
    betti,
    check_cost,
    estimate_cost,
    hardest_p,
    landmarks,
    lifespans,
    longest,
    modal,
    null_threshold,
    p_value,
    persistence,
)

RECORDING = simulate_recording(n_neurons=12, n_bins=9000, seed=4)
OTHER = simulate_recording(n_neurons=10, n_bins=6000, seed=5, name="buddy")


def angles(n, seed):
    return np.random.default_rng(seed).uniform(0, 2 * np.pi, n)


def round_(t, radius=1.0):
    return np.stack([radius * np.cos(t), radius * np.sin(t), np.zeros_like(t)], axis=1)


def shape(name, n=400, noise=0.04, seed=0):
    """A noisy cloud of about `n` points of a known shape."""
    rng = np.random.default_rng(seed)
    t = angles(n, seed + 1)
    if name == "circle":
        cloud = round_(t)
    elif name == "two circles":
        cloud = np.concatenate([round_(t[::2]), round_(t[1::2]) + [4, 0, 0]])
    elif name == "figure of eight":
        cloud = np.concatenate([round_(t[::2]), round_(t[1::2]) + [2, 0, 0]])
    elif name == "sphere":
        cloud = rng.normal(size=(n, 3))
        cloud /= np.linalg.norm(cloud, axis=1, keepdims=True)
    elif name == "torus":  # flat, in four dimensions
        u = angles(n, seed + 2)
        cloud = np.stack([np.cos(t), np.sin(t), np.cos(u), np.sin(u)], axis=1)
    elif name == "arc":
        cloud = round_(0.75 * t)
    else:
        cloud = 0.5 * rng.normal(size=(n, 3))
    return cloud + noise * rng.normal(size=cloud.shape)


KNOWN = {
    "circle": [1, 1, 0],
    "two circles": [2, 2, 0],
    "figure of eight": [1, 2, 0],
    "sphere": [1, 0, 1],
    "torus": [1, 2, 1],
    "blob": [1, 0, 0],
}


@pytest.mark.parametrize("name", KNOWN)
def test_shapes_have_their_betti_numbers(name):
    """Greedy landmarks, as for H2 in the chapter; pieces lie farther apart than landmarks do."""
    found = persistence(shape(name, 1500), 110, maxdim=2, how="greedy")
    limits = zip(found.diagrams, (1.0, 0.45, 0.45), strict=True)
    assert [betti(diagram, limit) for diagram, limit in limits] == KNOWN[name]


@pytest.mark.parametrize("name", ["circle", "two circles", "figure of eight"])
def test_random_landmarks_find_loops_too(name):
    found = persistence(shape(name), 200)
    assert [betti(diagram, 0.5) for diagram in found.diagrams] == KNOWN[name][:2]


def test_an_arc_closes_late():
    """Its ends face each other over a gap, and the loop is born when that is bridged."""
    arc, circle = (persistence(shape(name), 200).diagrams[1] for name in ("arc", "circle"))
    assert longest(arc) < longest(circle)
    late, early = (diagram[np.argmax(np.diff(diagram))][0] for diagram in (arc, circle))
    assert late > 1.2 > 0.5 > early


def test_persistence_does_not_depend_on_where_the_cloud_lies():
    cloud = shape("circle", 150)
    moved = cloud[:, [2, 0, 1]] + [3, -1, 2]
    for one, other in zip(persistence(cloud).diagrams, persistence(moved).diagrams, strict=True):
        np.testing.assert_allclose(lifespans(one), lifespans(other), atol=1e-5)


def test_greedy_landmarks_cover_and_random_ones_are_drawn():
    cloud = shape("circle", 600)
    greedy, random = (persistence(cloud, 60, how=how) for how in ("greedy", "random"))
    assert greedy.cover < random.cover
    for found in (greedy, random):
        assert len(np.unique(found.landmarks)) == 60
    again = persistence(cloud, 60, how="random")
    np.testing.assert_array_equal(again.landmarks, random.landmarks)
    assert (persistence(cloud, 60, seed=1).landmarks != random.landmarks).any()
    assert landmarks(cloud, 60, "greedy", 1)[0] != greedy.landmarks[0]


def test_cocycles_are_kept_on_demand():
    cloud = shape("circle", 80)
    assert persistence(cloud).cocycles == ()
    found = persistence(cloud, cocycles=True, prime=11)
    assert len(found.cocycles) == len(found.diagrams[1])
    assert all((cocycle[:, 2] % 11 > 0).all() for cocycle in found.cocycles)


def test_bars_are_plain_arrays():
    found = bars(shape("circle", 300), 60, maxdim=2)
    assert set(found) == {"h0", "h1", "h2"}
    assert found["h0"].shape == (60, 2)


def test_betti_counts_the_infinite_bar_and_those_above_threshold():
    diagram = [[0, np.inf], [0, 0.5], [0, 0.2], [0.1, 0.5]]
    assert [betti(diagram, threshold) for threshold in (0.1, 0.3, 0.45, 1)] == [4, 3, 2, 1]
    assert longest(diagram) == 0.5
    np.testing.assert_allclose(lifespans(diagram), [0.5, 0.4, 0.2])
    assert betti(np.empty((0, 2)), 0.1) == 0
    assert longest([[0, np.inf]]) == 0


def test_the_hardest_kind_of_null_counts_not_the_pool():
    # The bug: direction alone, no ring, had p = 0.03 among sixty models of three kinds.
    easy, hard = [0.0] * 40, [0.3, 0.1, 0.2]
    assert hardest_p(0.25, [easy, hard]) == p_value(0.25, hard) == 2 / 4
    assert hardest_p(0.25, [hard, easy]) > p_value(0.25, easy + hard)


def test_p_values_count_the_model_itself():
    null = [0.1, 0.2, 0.3]
    assert p_value(0.5, null) == 1 / 4
    assert p_value(0.3, null) == 2 / 4
    assert p_value(0.0, null) == 1
    with pytest.raises(ValueError, match="empty"):
        p_value(1, [])


@pytest.mark.parametrize("n", [4, 19, 20, 39, 100])
def test_the_null_threshold_is_where_p_reaches_alpha(n):
    null = np.random.default_rng(n).uniform(size=n)
    threshold = null_threshold(null)
    reached = max(0.05, 1 / (n + 1))
    assert p_value(np.nextafter(threshold, 1), null) <= reached + 1e-12
    assert p_value(threshold, null) > reached
    with pytest.raises(ValueError, match="empty"):
        null_threshold([])


def test_bars_of_noise_seldom_beat_a_null_of_noise():
    """A check of level: of 40 blobs, held against 19 others, about one in twenty may pass."""
    long = np.array(
        [longest(persistence(shape("blob", 60, seed=s)).diagrams[1]) for s in range(59)]
    )
    passed = np.mean([p_value(value, long[:19]) <= 0.05 for value in long[19:]])
    assert passed <= 0.2


def test_the_commonest_value_comes_with_its_share():
    assert modal([[1, 1], [1, 1], [1, 2]]) == ([1, 1], 2 / 3)
    assert modal([2, 1]) == (1, 0.5)


@pytest.mark.parametrize(
    ("points", "settings", "message"),
    [
        (np.eye(3), {"n_landmarks": 5}, "5 landmarks of 3 points; use 2 to 3"),
        (np.eye(3), {"n_landmarks": 1}, "1 landmarks"),
        (np.ones((20, 3)), {}, "all 20 points are equal"),
        (np.array([[0, 1], [np.nan, 1]]), {}, "1 of 2 points are NaN"),
        (np.zeros((20, 1)), {}, "one dimension"),
        (np.zeros(20), {}, r"shape \(20,\)"),
        (np.array([["a", "b"]]), {}, "give numbers"),
        (np.eye(3), {"maxdim": 3}, "maxdim is 3"),
        (np.eye(3), {"how": "best"}, "'best'"),
    ],
)
def test_bad_clouds_are_refused_in_one_line(points, settings, message):
    with pytest.raises(ValueError, match=message) as caught:
        persistence(points, **settings)
    assert "\n" not in str(caught.value)


def test_what_would_hang_is_refused_and_told_the_size_that_fits(monkeypatch):
    """The blog's third bug: H2 of 2,000 points. Nothing of that size is handed to ripser."""
    cloud, sizes, ripser = shape("circle", 2000), [], topology.ripser
    monkeypatch.setattr(
        topology, "ripser", lambda x, **kwargs: sizes.append(len(x)) or ripser(x, **kwargs)
    )
    with pytest.raises(ValueError, match=r"H2 of 2,000 points would take .*n_landmarks=\d+") as e:
        persistence(cloud, maxdim=2)
    assert max(sizes) <= topology.PROBE[2]
    fits = int(str(e.value).split("n_landmarks=")[1].split(")")[0])
    assert 200 < fits < 1500
    monkeypatch.setattr(topology, "estimate_cost", lambda *_: (299.0, 1.0))
    check_cost(cloud[:fits], 2)


def test_the_estimate_of_time_is_of_the_right_order():
    from time import perf_counter

    cloud = shape("circle", 500)
    estimated, _ = estimate_cost(cloud, 1)
    start = perf_counter()
    persistence(cloud)
    assert 0.05 < (perf_counter() - start) / estimated < 20


def test_memory_is_limited_as_well(monkeypatch):
    monkeypatch.setattr(topology, "estimate_cost", lambda *_: (1.0, 80.0))
    with pytest.raises(ValueError, match="80 GB, by a trial of a few; use at most 464 landmarks"):
        check_cost(np.zeros((1000, 2)), 2)


def test_stand_ins_differ_in_tuning_alone():
    ring, arc = stand_ins().values()
    np.testing.assert_array_equal(ring.position, arc.position)
    assert (ring.true_phase.max() > 6) and (arc.true_phase.max() <= np.pi + 1e-6)


def test_jobs_are_named_counted_and_trained_on_what_they_say():
    jobs = jobs_05(RECORDING, "quick", dtype="bfloat16")
    assert {
        job.name for job in jobs.values() if "headline" in job.name and job.dtype != "float32"
    } == set()
    for fold in range(3):
        job = jobs[Model("achilles", f"nested {fold}", "time", 0, 3)]
        np.testing.assert_array_equal(
            job.spikes, RECORDING.spikes[nested_split(RECORDING, fold).train]
        )
    told = Counter(model.name for model in jobs if model.split == "null")
    assert told == dict.fromkeys(("shuffled", "untrained", "lagged"), NULL_MODELS["quick"])
    steps = {m.name: j.parameters["max_iterations"] for m, j in jobs.items() if m.split == "null"}
    assert steps == {"shuffled": 500, "lagged": 500, "untrained": 1}
    assert len({job.name for job in jobs.values()}) == len(jobs)


def test_full_nulls_are_as_many_and_as_long_as_what_they_are_held_against():
    jobs = jobs_05(simulate_recording(n_neurons=6), "full", [OTHER])
    assert NULL_MODELS["full"] >= 20
    for dimension in (3, 8, 16):
        same = {m: j for m, j in jobs.items() if (m.rat, m.dimension) == ("achilles", dimension)}
        null = [j for m, j in same.items() if (m.split, m.name) == ("null", "shuffled")]
        assert len(null) == NULL_MODELS["full"]
        same = {m: j for m, j in same.items() if not m.split.startswith("aged")}
        steps = {j.parameters["max_iterations"] for m, j in same.items() if m.split == "compared"}
        assert steps == {j.parameters["max_iterations"] for j in null}
        assert {j.parameters["output_dimension"] for j in same.values()} == {dimension}
    long = [j for m, j in jobs.items() if m.split == "headline null"]
    headline = jobs[Model("achilles", "headline", "shuffled", 0, 3)].parameters["max_iterations"]
    assert len(long) >= 20
    assert {j.parameters["max_iterations"] for j in long} == {headline}  # review S2
    for rat in ("achilles", "buddy"):
        held_out = Counter(m.name for m in jobs if m.rat == rat and m.split.startswith("nested"))
        each = {"posdir": HELD_OUT, "time": HELD_OUT}
        each |= {"shuffled": HELD_OUT_NULLS, "lagged": HELD_OUT_NULLS}
        assert held_out == {name: 3 * table["full"] for name, table in each.items()}
    assert 3 * HELD_OUT_NULLS["full"] >= 20
    assert HELD_OUT["full"] >= 5
    with pytest.raises(ValueError, match="profile is 'fast'"):
        jobs_05(RECORDING, "fast")
