"""Circular coordinates and winding numbers on curves whose answer is known, and beside DREiMac."""

import numpy as np
import pytest

from helpers.recordings.loading import simulate_recording
from helpers.topology import circular
from helpers.topology.circular import (
    NotLiftedError,
    circular_coordinate,
    circular_coordinates,
    follow,
)
from helpers.topology.persistence import persistence
from helpers.topology.shape import linear_r2
from helpers.topology.winding import (
    opened,
    read_position,
    scrambled_along,
    share_wound,
    turns,
    whole_trips,
)


def circle(n=400, noise=0.05, seed=0, turned=None):
    """Angles, and points near a unit circle in three dimensions, one in each nth of it."""
    rng = np.random.default_rng(seed)
    if turned is None:
        angle = rng.permutation(np.arange(n) + rng.uniform(size=n)) * 2 * np.pi / n
    else:
        angle = turned
    points = np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=1)
    return angle, points + noise * rng.normal(size=points.shape)


def knot(t):
    """A trefoil."""
    return np.stack(
        [np.sin(t) + 2 * np.sin(2 * t), np.cos(t) - 2 * np.cos(2 * t), -3 * np.sin(3 * t)], axis=1
    )


def agreement(first, second):
    """1 if two angles are equal up to a rotation and a reflection, else less."""
    ways = [np.abs(np.exp(1j * (first - sign * second)).mean()) for sign in (1, -1)]
    return max(ways)


@pytest.mark.parametrize(("how", "least"), [("random", 0.95), ("greedy", 0.98)])
def test_the_angle_of_a_circle_is_found_up_to_rotation_and_sense(how, least):
    """Smoothing turns faster where landmarks are dense, so random ones give an uneven angle."""
    angle, points = circle()
    found = circular_coordinate(points, 120, how=how)
    assert agreement(found(points), angle) > least
    assert found.failed == ()
    assert 0 < found.birth < found.scale < found.death


def test_new_points_get_the_angle_of_their_place():
    angle, points = circle(turned=np.arange(800) * 2 * np.pi / 800, noise=0)
    found = circular_coordinate(points[::2])
    assert agreement(found(points[1::2]), angle[1::2]) > 0.999
    far = np.array([[30.0, 0, 0], [0, 30, 0], [-30, 0, 0]])  # no landmark near: the nearest serves
    right, up, left = np.exp(1j * found(far))
    assert abs(right + left) < 0.1
    assert abs(abs(np.angle(up / right)) - np.pi / 2) < 0.1


def test_the_coordinate_follows_the_loop_and_not_the_plane():
    """A trefoil knot: its angle is the curve's parameter, not that of any projection."""
    t = np.sort(np.random.default_rng(1).uniform(0, 2 * np.pi, 700))
    found = circular_coordinate(knot(t), 200)
    assert agreement(found(knot(t)), t) > 0.98


@pytest.mark.parametrize("laps", [1, -1, 3, 0])
def test_winding_numbers_of_known_curves(laps):
    fitted = circle(300)[1]
    time = np.linspace(0, 1, 600)
    swing = 2 * np.pi * laps * time + 1.1 * np.sin(2 * np.pi * time)  # there and back on top
    path = circle(turned=swing, seed=3)[1]
    along = circular_coordinate(fitted, 100).along(path)
    (turned,) = turns(along, [slice(0, 600)])
    assert round(abs(turned)) == abs(laps)
    assert abs(abs(turned) - abs(laps)) < 0.1
    assert share_wound([turned]) == float(abs(laps) == 1)


def test_winding_is_counted_on_the_complex_where_the_shorter_way_round_would_err():
    """A ring with a gap: a step over it spans more than half of the angle, yet has an edge."""
    rng = np.random.default_rng(0)
    angle = np.sort(rng.uniform(-0.75 * np.pi, 0.75 * np.pi, 300))
    points = circle(turned=angle, noise=0.01)[1]
    found = circular_coordinate(points, 150, at=0.5)
    lap = np.concatenate([angle, angle[:1]])
    along = found.along(circle(turned=lap, noise=0.0)[1])
    assert round(abs(along[-1] - along[0]) / (2 * np.pi)) == 1


def test_along_is_the_angle_but_for_whole_turns():
    angle, points = circle(500)
    found = circular_coordinate(points, 120)
    path = points[np.argsort(angle)]
    off = (found.along(path) - found(path)) / (2 * np.pi)
    np.testing.assert_allclose(off, np.round(off), atol=1e-6)


def test_residues_are_small_and_antisymmetric_and_cocycles_close():
    found = circular_coordinate(circle(200)[1], how="random")
    np.testing.assert_allclose(found.residue, -found.residue.T, atol=1e-12)
    assert (found.cocycle == -found.cocycle.T).all()
    assert np.abs(found.residue).max() < 0.5
    broken = found.cocycle.copy()
    i, j = np.argwhere(found.near & (np.add.outer(*2 * (np.arange(200),)) > 0))[5]
    broken[i, j] += 1
    broken[j, i] -= 1
    assert circular._closes(found.cocycle, found.near)
    assert not circular._closes(broken, found.near)


def projective_plane(n=500, seed=0):
    """Points of the real projective plane in six dimensions: its only loop is its own opposite."""
    rng = np.random.default_rng(seed)
    x, y, z = rng.normal(size=(3, n)) / 1.0
    norm = np.sqrt(x**2 + y**2 + z**2)
    x, y, z = x / norm, y / norm, z / norm
    root = np.sqrt(2)
    return np.stack([x * x, y * y, z * z, root * x * y, root * y * z, root * x * z], axis=1)


def test_another_prime_is_tried_where_the_cocycle_does_not_lift_and_told():
    """Modulo 2 the projective plane has a loop that no whole-number cocycle makes."""
    with pytest.raises(NotLiftedError, match="modulo 2;"):
        circular_coordinate(projective_plane(), 120, how="greedy", primes=(2,))
    found = circular_coordinate(projective_plane(), 120, how="greedy", primes=(2, 47))
    assert found.failed == (2,)
    assert found.prime == 47


def test_what_cannot_be_lifted_is_reported_by_follow(monkeypatch):
    monkeypatch.setattr(circular, "_lift", lambda *_: None)
    points = circle(100)[1]
    found = follow(points, points, 60, n_loops=1)
    assert found["prime"].tolist() == [0]
    assert np.isnan(found["angle"]).all() and np.isnan(found["along"]).all()
    assert found["angle"].shape == (1, 100)


def test_follow_returns_plain_arrays_a_row_a_loop():
    angle, points = circle(300)
    found = follow(points, points[np.argsort(angle)], 80)
    n_loops = len(found["bar"])
    assert 1 <= n_loops <= 3
    assert {name: array.shape[0] for name, array in found.items()} == dict.fromkeys(found, n_loops)
    turned = found["along"][:, -1] - found["along"][:, 0]
    assert abs(turned[0]) / (2 * np.pi) == pytest.approx(1, abs=0.1)
    assert found["prime"][0] == 47
    assert found["bar"][0, 1] > 1.2


def test_loops_come_the_longest_first_and_each_has_its_own_angle():
    """Two circles of different size: each coordinate turns on its own and rests on the other."""
    angle, small = circle(200, 0.02)
    _, large = circle(200, 0.02, seed=5, turned=angle)
    cloud = np.concatenate([small, 2 * large + [6, 0, 0]])
    first, second = circular_coordinates(cloud, 200, 2)
    assert second.death < first.death
    on_small, on_large = slice(0, 200), slice(200, 400)
    for coordinate, own, other in ((first, on_large, on_small), (second, on_small, on_large)):
        assert agreement(coordinate(cloud)[own], angle) > 0.95
        assert np.abs(np.exp(1j * coordinate(cloud)[other]).mean()) > 0.999
    assert len(circular_coordinates(circle(40, 0)[1], None, 3)) < 3


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((50, 3)), "equal"),
        (np.full((50, 2), np.nan), "NaN"),
        (np.zeros(50), "shape"),
        (np.array([[0.0, 0], [1, 0], [0, 1]]), "no loop"),
    ],
)
def test_clouds_without_a_loop_are_refused(points, message):
    with pytest.raises(ValueError, match=message):
        circular_coordinate(points)


def test_scales_outside_the_loops_life_are_refused():
    with pytest.raises(ValueError, match="at is 1"):
        circular_coordinate(circle(50)[1], at=1)


@pytest.mark.parametrize("noise", [0.02, 0.15])
@pytest.mark.parametrize("shape", ["circle", "knot"])
def test_agreement_with_dreimac(shape, noise):
    """The same construction in another hand: Perea's, as the DREiMac package has it.

    On equal landmarks and at equal scale, half-way from twice the birth to the death.
    """
    dreimac = pytest.importorskip("dreimac", reason="installs only below Python 3.12")
    angle, points = circle(500, noise)
    if shape == "knot":
        points = knot(angle) + noise * np.random.default_rng(2).normal(size=(500, 3))
    theirs = dreimac.CircularCoords(points, 150, prime=47)
    cloud = points[theirs._idx_land]
    birth, death = max(persistence(cloud).diagrams[1], key=lambda bar: bar[1] - bar[0])
    ours = circular_coordinate(cloud, at=(0.5 * (2 * birth + death) - birth) / (death - birth))
    assert agreement(ours(points), theirs.get_coordinates(perc=0.5)) > 0.9999


def test_position_is_read_off_an_angle():
    rng = np.random.default_rng(0)
    direction = np.repeat([1.0, -1.0], 500)
    position = rng.uniform(0, 1.6, 1000)
    angle = np.where(direction > 0, 1, -1) * np.pi * position / 1.6
    reading = read_position(angle, position, direction)
    assert reading.r2 > 0.95
    assert min(reading.rank_right, reading.rank_left) > 0.999
    np.testing.assert_allclose(
        reading.r2, linear_r2(np.stack([np.cos(angle), np.sin(angle)], axis=1), position)
    )
    blind = read_position(rng.permutation(angle), position, direction)
    assert blind.r2 < 0.05
    assert max(blind.rank_right, blind.rank_left) < 0.15


def test_lines_fitted_elsewhere_are_scored_here():
    rng = np.random.default_rng(0)
    angle, direction = rng.uniform(0, np.pi, 400), np.tile([1.0, -1.0], 200)
    fitted = angle, np.cos(angle), direction
    assert read_position(angle, np.cos(angle), direction, fitted).r2 == pytest.approx(1)
    assert read_position(angle, np.cos(angle + np.pi), direction, fitted).r2 < -2
    still = read_position(np.full(400, 0.5), np.cos(angle), direction)
    assert (still.rank_right, still.rank_left) == (0, 0)
    with pytest.raises(ValueError, match="one direction"):
        read_position(angle, angle, np.ones(400))
    with pytest.raises(ValueError, match="constant"):
        read_position(angle, np.ones(400), direction)


def test_the_opened_circle_is_cut_opposite_the_mean():
    angle = np.array([6.2, 0.1, 0.3, 6.0])
    assert np.ptp(opened(angle)) < 1


def test_a_coordinate_that_folds_back_is_not_monotonic():
    position = np.linspace(0, 1.6, 300)
    folded = np.abs(position - 0.8)
    direction = np.tile([1.0, -1.0], 150)
    assert read_position(folded, position, direction).rank_right < 0.1


def test_trips_that_wind_either_way_do_not_add_up():
    assert share_wound([1, 1, -1, 0.9, 0]) == 0.6
    assert share_wound([2, -2, 0]) == 0
    with pytest.raises(ValueError, match="no whole round trip"):
        share_wound([])


def test_time_out_of_order_does_not_wind():
    rec = simulate_recording(n_neurons=4, n_bins=6000, seed=1)
    trips = whole_trips(rec)
    assert share_wound(turns(np.unwrap(rec.true_phase), trips)) == 1
    assert share_wound(turns(scrambled_along(rec.true_phase, trips, 0), trips)) < 0.5


def test_whole_trips_cover_the_track_both_ways():
    rec = simulate_recording(n_neurons=4, n_bins=6000, seed=1)
    trips = whole_trips(rec)
    assert 0 < len(trips) <= len(rec.trials())
    for trip in trips:
        assert np.ptp(rec.position[trip]) > 0.8 * rec.length_m
    cut = np.delete(np.arange(6000), trips[3].start + 5)
    left = whole_trips(rec, cut)
    assert len(left) == len(trips) - 1
    assert all(np.diff(cut[trip]).max() == 1 for trip in left)
