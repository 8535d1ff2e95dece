"""Each measure of shape against point clouds whose shape is known."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from helpers.recordings.loading import simulate_recording
from helpers.topology import arcs, order, shape, shapes_judged, spheres
from helpers.training.headline import (
    DIMENSIONS,
    ITERATIONS,
    distinct_labels,
    headline_jobs,
    jobs_02,
)
from helpers.training.jobs import PARAMETERS
from helpers.training.plan import VARIANTS

TURNS, PER_LAP = 20, 100
POSITION = np.tile(np.r_[np.linspace(0, 1.6, PER_LAP), np.linspace(1.6, 0, PER_LAP)], TURNS)
DIRECTION = np.tile(np.repeat([1, -1], PER_LAP), TURNS)
TRIPS = [slice(k * 2 * PER_LAP, (k + 1) * 2 * PER_LAP) for k in range(TURNS)]
LAPS = [slice(k * PER_LAP, (k + 1) * PER_LAP) for k in range(2 * TURNS)]


def noisy(points, seed=0, scale=0.02):
    points = points + np.random.default_rng(seed).normal(0, scale, points.shape)
    return points / np.linalg.norm(points, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def ring():
    angle = DIRECTION * POSITION / 1.6 * np.pi
    return noisy(np.c_[np.cos(angle), np.sin(angle), 0 * angle])


@pytest.fixture(scope="module")
def parallels():
    angle = POSITION / 1.6 * np.pi
    return noisy(np.c_[np.cos(angle), np.sin(angle), DIRECTION])


@pytest.fixture(scope="module")
def clusters():
    return noisy(np.c_[DIRECTION, 0 * DIRECTION, 0 * DIRECTION], scale=0.2)


@pytest.fixture(scope="module")
def sphere():
    return noisy(np.zeros((len(POSITION), 3)), scale=1)


def test_linear_r2_equals_a_linear_regression(ring):
    reference = LinearRegression().fit(ring, POSITION).score(ring, POSITION)
    assert np.isclose(shape.linear_r2(ring, POSITION), reference)


def test_linear_r2_within_groups_gives_nothing_for_the_group_itself(clusters):
    target = DIRECTION + np.random.default_rng(3).normal(0, 0.1, len(DIRECTION))
    assert shape.linear_r2(clusters, target) > 0.8
    assert shape.linear_r2(clusters, target, DIRECTION) < 0.02


def test_linear_r2_of_noise_is_near_zero(sphere):
    assert shape.linear_r2(sphere, POSITION) < 0.01


def test_lagged_r2_is_a_rolled_linear_r2_and_repeats(ring):
    null = shape.lagged_r2(ring, POSITION, 1999, n=20)  # 4000 bins: the lag is 1999, 2000 or 2001
    each = [shape.linear_r2(ring, np.roll(POSITION, lag)) for lag in (1999, 2000, 2001)]
    assert all(np.isclose(each, value).any() for value in null)
    assert np.array_equal(null, shape.lagged_r2(ring, POSITION, 1999, n=20))


def test_lagged_r2_is_low_unless_the_animal_runs_like_clockwork(ring):
    lengths = np.random.default_rng(4).integers(40, 160, 60)  # bins a lap
    angle = np.pi * np.concatenate([k + np.arange(n) / n for k, n in enumerate(lengths)])
    position = 0.8 - 0.8 * np.cos(angle)
    points = noisy(np.c_[np.cos(angle), np.sin(angle), 0 * angle])
    assert shape.linear_r2(points, position) > 0.99
    assert np.quantile(shape.lagged_r2(points, position, 1000), 0.95) < 0.5
    clockwork = shape.lagged_r2(ring, POSITION, 1000)
    assert clockwork.min() > 0.9  # a lag only turns this ring: no null, and the docstring says so


def test_direction_scores_tell_clusters_from_rings_and_spheres(ring, clusters, sphere):
    assert shape.direction_separation(clusters, DIRECTION) > 0.85
    assert 0.3 < shape.direction_separation(ring, DIRECTION) < 0.5  # (2/π)² of a circle
    assert shape.direction_separation(sphere, DIRECTION) < 0.01
    assert shape.direction_rand_index(clusters, DIRECTION) > 0.98
    assert abs(shape.direction_rand_index(sphere, DIRECTION)) < 0.02
    assert shape.direction_accuracy(ring, DIRECTION, TRIPS) > 0.95
    assert abs(shape.direction_accuracy(sphere, DIRECTION, TRIPS) - 0.5) < 0.04


def test_axis_shares_and_mean_of_known_shapes(ring, sphere):
    assert np.allclose(shape.axis_shares(sphere), 1 / 3, atol=0.02)
    assert np.allclose(shape.axis_shares(ring), [0.5, 0.5, 0], atol=0.01)
    assert np.allclose(shape.axis_shares(np.tile([[0.0, 0.6, 0.8]], (50, 1))), [1, 0, 0])
    assert shape.lopsidedness(sphere) < 0.05
    assert np.isclose(shape.lopsidedness(np.tile([[0.0, 0.6, 0.8]], (50, 1))), 1)


def test_arcs_of_a_ring_meet_and_parallels_do_not(ring, parallels, clusters):
    def ratio(points):
        return shape.end_gap_ratio(shape.arc_gaps(points, POSITION, DIRECTION, 1.6))

    assert ratio(ring) < 0.35
    assert np.isclose(ratio(parallels), 1, atol=0.05)
    assert np.isclose(ratio(clusters), 1, atol=0.05)


def test_gaps_of_a_ring_follow_its_geometry(ring):
    gaps = shape.arc_gaps(ring, POSITION, DIRECTION, 1.6)
    places = (np.arange(16) + 0.5) / 16 * np.pi
    assert np.allclose(gaps, 2 * np.sin(places), atol=0.06)


def test_repeats_of_a_direction_lie_closer_than_directions(ring):
    floor = shape.repeat_gaps(ring, POSITION, DIRECTION, LAPS, 1.6)
    assert (floor < 0.05).all()


def test_places_that_the_animal_never_visits_leave_a_hole(ring):
    seen = POSITION < 0.8
    gaps = shape.arc_gaps(ring[seen], POSITION[seen], DIRECTION[seen], 1.6)
    assert np.isnan(gaps[8:]).all()
    assert np.isfinite(gaps[:8]).all()
    with pytest.raises(ValueError, match="no bins at the ends"):
        shape.end_gap_ratio(np.full(16, np.nan))


def test_bad_input_is_named(ring):
    with pytest.raises(ValueError, match="do not fit"):
        shape.linear_r2(ring, POSITION[:-1])
    with pytest.raises(ValueError, match="NaN or infinity"):
        shape.direction_separation(np.where(ring == ring[0], np.nan, ring), DIRECTION)
    with pytest.raises(ValueError, match="constant within every group"):
        shape.linear_r2(ring, DIRECTION, DIRECTION)
    with pytest.raises(ValueError, match="min_lag is 2000"):
        shape.lagged_r2(ring, POSITION, 2000)


@pytest.mark.parametrize(("profile", "steps"), [("quick", 500), ("full", 10_000)])
def test_the_headline_models_are_five_at_the_published_settings(profile, steps):
    recording = simulate_recording(n_neurons=10, n_bins=600)
    jobs = headline_jobs(recording, profile, seed=3)
    assert tuple(jobs) == VARIANTS
    assert ITERATIONS[profile] == steps
    for job in jobs.values():
        assert job.parameters == {**job.parameters, **PARAMETERS, "max_iterations": steps}
        assert (job.seed, job.dtype, len(job.spikes)) == (3, "float32", 600)
    others = dict(list(jobs_02(recording, profile, seed=3).items())[len(jobs) :])
    theirs = [others.pop((v, "theirs")) for v in ("dir", "time")]
    assert [job.parameters["time_offsets"] for job in theirs] == [1, 10]
    assert [job.parameters["temperature"] for job in theirs] == [1, 1.12]
    wide = [others.pop(key) for key in list(others) if str(key[1]).endswith("dimensions")]
    wanted = 2 * DIMENSIONS if profile == "full" else ()
    assert tuple(job.parameters["output_dimension"] for job in wide) == wanted
    again = [others.pop(key) for key in list(others) if key[0] == "shuffled"]
    assert [job.seed for job in again] == ([4, 3] if profile == "full" else [])
    assert [len(job.spikes) for job in again] == ([600, 480] if profile == "full" else [])
    snapshots = others
    assert set(snapshots) == {
        (v, n) for v in ("posdir", "time") for n in (steps // 10, 3 * steps // 10)
    }
    assert sum(job.parameters["max_iterations"] for job in snapshots.values()) == 0.8 * steps
    assert all(job.seed == 3 for job in snapshots.values())
    with pytest.raises(ValueError, match="'fast'"):
        headline_jobs(recording, "fast")


def test_lagged_accuracy_keeps_the_rhythm_and_loses_the_link():
    rng = np.random.default_rng(0)
    lengths = rng.integers(30, 90, 40)
    direction = np.repeat(np.where(np.arange(40) % 2, 1, -1), lengths)
    borders = np.cumsum(np.r_[0, lengths])
    trips = [slice(borders[k], borders[k + 2]) for k in range(0, 40, 2)]
    points = np.c_[direction, np.zeros((len(direction), 2))] + rng.normal(
        0, 0.3, (len(direction), 3)
    )
    null = shape.lagged_accuracy(points, direction, trips, min_lag=600, n=5, seed=0)
    assert shape.direction_accuracy(points, direction, trips) > 0.95
    assert null.max() < 0.8
    again = shape.lagged_accuracy(points, direction, trips, min_lag=600, n=5, seed=0)
    np.testing.assert_array_equal(null, again)
    with pytest.raises(ValueError, match="less than half"):
        shape.lagged_accuracy(points, direction, trips, min_lag=len(direction))


@pytest.fixture(scope="module")
def studied():
    """The studies of chapter 02, of a rat whose map is a ring; its shuffled one knows nothing."""
    rec = replace(simulate_recording(n_neurons=5, n_bins=3000), source="local")
    angle = rec.direction * rec.position / rec.length_m * np.pi
    ring = noisy(np.c_[np.cos(angle), np.sin(angle), 0 * angle])
    lines = noisy(np.c_[np.cos(angle), rec.direction, 0 * angle])
    maps = dict.fromkeys(("posdir", "pos", "time"), ring)
    maps |= {"dir": noisy(np.c_[rec.direction, 0 * angle, 0 * angle], scale=0.2)}
    maps |= {"shuffled": noisy(np.zeros_like(ring), scale=1)}
    young = {(v, 10): lines for v in ("posdir", "time")}
    trained = {
        key: SimpleNamespace(embedding=points, loss=np.zeros(100))
        for key, points in (maps | young).items()
    }
    return rec, order(rec, maps), arcs(rec, trained), spheres(maps)


def test_a_ring_is_found_to_be_one(studied):
    rec, ordered, arcs_found, filled = studied
    assert arcs_found.ratio["posdir"] < 0.5 < arcs_found.ratio["dir"]
    assert list(arcs_found.growth["time"]) == [10, 100]
    assert arcs_found.aged["time"][0] > 0.7 > arcs_found.aged["time"][1]
    assert "**closed**" in arcs_found.said_of_ages().data
    assert ordered.accuracy["posdir"] > 0.9 > ordered.accuracy_null
    assert "never heard of position" in ordered.said().data
    assert filled.table().data.endswith("| *a filled sphere* | *0.00* | *0.33 · 0.33 · 0.33* |")
    assert "all around" in filled.said().data
    table = shapes_judged(ordered, arcs_found, filled, rec, "full").data.splitlines()
    assert [line.rsplit("| ", 1)[1] for line in table[2:4]] == ["holds |", "holds |"]


def test_a_sphere_is_no_ring_and_a_simulation_is_not_judged(studied):
    rec, ordered, arcs_found, filled = studied
    accuracy = {**ordered.accuracy, "posdir": 0.5}
    wrong = replace(ordered, accuracy=accuracy, rand=dict.fromkeys(ordered.rand, 0.0))
    said = shapes_judged(wrong, arcs_found, filled, rec, "quick").data
    assert said.count("**does not hold** so far") >= 2
    simulated = replace(rec, source="simulated")
    said = shapes_judged(ordered, arcs_found, filled, simulated, "full").data
    assert said.count("not judged: simulated") == 4


def test_bins_that_can_be_a_positive_are_counted():
    rec = simulate_recording(n_neurons=5, n_bins=600)
    said = distinct_labels(headline_jobs(rec, "quick")).data
    assert "direction **2**, of 600 bins" in said
