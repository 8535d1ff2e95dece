"""The studies of chapter 06 and their pictures: what is measured beside the page's lines."""

from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest

from helpers import scratch
from helpers.figures import style
from helpers.figures import training as figures
from helpers.recordings.loading import simulate_recording
from helpers.scratch import against, beads, laps
from helpers.training import PARAMETERS

RNG = np.random.default_rng


@pytest.fixture
def book_style():
    with matplotlib.rc_context():
        style.use()
        yield


@pytest.fixture(scope="module")
def run():
    return scratch.training_laps(simulate_recording(n_neurons=8, n_bins=2500))


class Nearby:
    """Positives a few bins on: a stand-in for the chapter's."""

    def __init__(self, labels):
        self.change = np.diff(labels, axis=0, prepend=labels[:1])

    def draw(self, reference, rng):
        return np.minimum(reference + rng.integers(5, size=len(reference)), len(self.change) - 1)


def sphere(n, seed=0):
    points = RNG(seed).standard_normal((n, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def test_the_last_fifth_and_scraps_are_left_out():
    rec = simulate_recording(n_neurons=8, n_bins=2500)
    run = scratch.training_laps(rec)
    assert run.bins.max() < 0.85 * len(rec.spikes)
    assert all(part.stop - part.start >= laps.WINDOW for part in run.segments)
    np.testing.assert_array_equal(run.labels[:, 0], run.position)
    np.testing.assert_array_equal(run.spikes, rec.spikes[run.bins])


@pytest.mark.parametrize(("profile", "steps"), [("quick", 1000), ("full", 3000)])
def test_the_package_trains_as_long_in_both_types_on_the_same_laps(run, profile, steps):
    rec = simulate_recording(n_neurons=8, n_bins=2500)
    jobs = scratch.jobs_06(rec, profile, seed=4)
    n_seeds = {"quick": 3, "full": 5}[profile]  # review A8: five of either in the full profile
    assert [number for _, number in jobs] == 2 * list(range(4, 4 + n_seeds))
    assert len(scratch.seeds_06(profile)) == n_seeds
    for (kind, number), job in jobs.items():
        assert job.parameters == {**job.parameters, **PARAMETERS, "max_iterations": steps}
        assert job.seed == number
        assert job.dtype == "float32" or kind == "fast"
        np.testing.assert_array_equal(job.spikes, run.spikes)
    with pytest.raises(ValueError, match="'fast'"):
        scratch.jobs_06(rec, "fast")


def test_places_run_along_the_track_and_back():
    ends = SimpleNamespace(
        position=np.array([0, 1.6, 1.6, 0.0]), direction=np.array([1, 1, -1, -1]), length_m=1.6
    )
    place = scratch.places(ends)
    n = laps.N_PLACES
    assert place.number.tolist() == [0, n - 1, 2 * n - 1, n]
    arcs = place.arcs(place.means(np.arange(4.0)[:, None]))
    assert arcs.shape == (2, n, 1)
    assert arcs[:, [0, -1], 0].tolist() == [[0, 1], [3, 2]]
    assert np.isnan(arcs[:, 1:-1]).all()


def test_pairs_and_forces_follow_the_positives_that_are_drawn(run):
    near = Nearby(run.labels)
    pairs = scratch.pairs(run, near, near, RNG(0))
    assert 0 < pairs.crossed < 0.1
    assert len(pairs.reached) == 3
    for reference, same, other in pairs.reached.values():
        assert len(same) + len(other) == 4000
        assert np.abs(same - reference).max() < 0.4
    assert "the other way" in pairs.said().data
    film = dict.fromkeys((0, 5, 10, 20, 40), sphere(len(run.labels)))
    forces = scratch.forces(film, run, near, RNG(0))
    assert list(forces.stars) == [0, 20, 40]
    assert forces.steps == list(film)
    assert np.allclose(forces.angles["negatives"], 90, atol=5)


def rings_of(run, closed):
    """Beads of two arcs that stay apart, and a network's that meet at the ends if `closed`."""
    place = scratch.places(run)
    along = np.pi * (np.arange(laps.N_PLACES) + 0.5) / laps.N_PLACES
    apart = np.stack(
        [np.stack([np.cos(along), np.full_like(along, y), np.sin(along)], 1) for y in (-1, 1)]
    )
    ring = np.stack([np.stack([np.cos(along), s * np.sin(along), 0 * along], 1) for s in (-1, 1)])
    rows = np.unique(place.number)
    two, one = apart.reshape(-1, 3)[rows], ring.reshape(-1, 3)[rows]
    learnt = one if closed else two
    jitter = [1e-3 * n * RNG(n).normal(size=two.shape) for n in range(3)]
    kinds = (beads.LABELS, two), (beads.NEURONS, learnt), (beads.DEALT, two), (beads.TIME, one)
    return scratch.Rings(run, place, {kind: [r + j for j in jitter] for kind, r in kinds})


def test_who_closes_the_ring_is_said_as_measured(run):
    """Review A7: the page said that neurons close it beside a measurement that they do not."""
    closed = rings_of(run, True)
    assert closed.gaps[beads.LABELS].mean() == pytest.approx(1, abs=0.01)
    assert closed.gaps[beads.NEURONS].max() < 0.5
    said = closed.said().data
    assert "With neurons the gap is **narrower**" in said
    assert "dealt anew on the way back, **wider**" in said
    said = rings_of(run, False).said().data
    assert said.count("by these seeds neither narrower nor wider") == 2
    assert "| neurons dealt anew | 3 | 1.00 ± " in closed.table().data


def test_a_descent_is_held_against_its_floor():
    fits = {("float32", 0): SimpleNamespace(loss=np.ones(3))}
    fits |= {("fast", 0): SimpleNamespace(loss=np.zeros(3))}
    chance = np.log(PARAMETERS["batch_size"])
    halfway = np.full(200, (chance + 5.5) / 2)
    descent = scratch.Descent(halfway, fits, 5.5, 5.486, "local")
    assert "**50 %** of the way" in descent.said().data
    assert "+10 thousandths" in descent.said().data
    assert [len(curves) for curves in descent.package.values()] == [1, 1]
    on_paper = scratch.Descent(halfway, fits, 5.5, 5.486, "simulated")
    assert "a simulation" in on_paper.said().data


def test_intervals_are_those_of_students_t_for_four_measures_at_once():
    ours, theirs = RNG(0).normal(size=4), RNG(1).normal(size=4)
    mean, reach = against._apart(ours, theirs)
    spread = np.sqrt((ours.var(ddof=1) + theirs.var(ddof=1)) / 2 * (2 / 4))
    assert (mean, reach) == pytest.approx((ours.mean() - theirs.mean(), 3.5212 * spread), rel=1e-4)
    mean, reach = against._paired(ours, theirs)
    spread = (ours - theirs).std(ddof=1) / 2
    assert (mean, reach) == pytest.approx((ours.mean() - theirs.mean(), 5.3919 * spread), rel=1e-4)
    assert against._paired(ours, ours) == (0, 0)  # where the fast type is float32


def qualities(shift):
    """Three groups of models, ours `shift` apart from the package's."""
    plain = {measure: 1 + 0.01 * RNG(0).normal(size=3) for measure in against.TITLES}
    ours = {measure: values[:2] + shift for measure, values in plain.items()}
    return scratch.Quality({"float32": plain, "fast": plain, "scratch": ours}, "some", "float32")


def test_models_unlike_beyond_their_spread_are_named():
    assert "No measure tells" in qualities(0).table().data
    assert "Different beyond the spread over seeds: training loss" in qualities(1).table().data


def test_a_proof_shows_what_differs():
    proof = scratch.Proof(1e-7, 2e-7, 3e-6, np.array([0, -0.002, 0.0, 0.0]), 0.0, 17_315, 50)
    said = proof.table().data
    for part in ("| gradients of all 17,315 weights | 2.0e-07 |", "in 0 cases", "25 %", "2.00 mm"):
        assert part in said


def test_steps_are_counted_without_the_start_up(monkeypatch):
    once = [0.0, 10.0, 10.0, 15.0]  # ten seconds for 60 steps, five for 10
    clock = iter([100 * n + second for n in range(3) for second in once])
    monkeypatch.setattr("helpers.scratch.speed.time.perf_counter", lambda: next(clock))
    from helpers.scratch.speed import _steps_per_second

    assert _steps_per_second(lambda steps: None, 10, 60) == 10


# ---- pictures -------------------------------------------------------------------------------


def test_the_camera_is_a_rotation_along_the_rings_axis():
    around = np.linspace(0, 2 * np.pi, 60)
    ring = np.stack([np.cos(around), 0 * around + 0.3, np.sin(around)], axis=1)
    view = figures.camera(ring)
    np.testing.assert_allclose(view.T @ view, np.eye(3), atol=1e-9)
    assert np.linalg.det(view) == pytest.approx(1)
    np.testing.assert_allclose(view[:, 2], [0, 1, 0], atol=1e-9)


def test_pictures_draw_what_they_are_given(book_style, run):
    points, near = sphere(len(run.labels)), Nearby(run.labels)
    snapshots, loss = dict.fromkeys((0, 5, 10, 20), points), RNG(0).random(20)
    film = figures.film(snapshots, points, loss, run).fig
    titles = [ax.get_title(loc="center") for ax in film.axes]
    assert [title.split(" ·")[0] for title in titles] == [f"step {step}" for step in snapshots]
    stars = figures.partners(scratch.forces(snapshots, run, near, RNG(0)), points)
    assert len(stars.fig.axes) == 3  # two distinct moments, and the angles
    assert len(figures.beads(rings_of(run, True)).fig.axes) == 4
    assert len(figures.positive_pairs(scratch.pairs(run, near, near, RNG(0))).fig.axes) == 2
    bars = figures.speed_bars({"a": 10.0, "b": 35.0}, "bfloat16")
    assert "3.5 ×" in bars.fig.axes[0].texts[1].get_text()
    assert "bfloat16" in bars.caption
    bars = figures.speed_bars({"a": 10.0, "b": np.nan}, "bfloat16").fig.axes[0]
    assert "too busy" in bars.texts[1].get_text()
    assert bars.patches[1].get_width() == 0
    fits = {(kind, 0): SimpleNamespace(loss=loss) for kind in ("float32", "fast")}
    curves = figures.loss_curves(scratch.Descent(loss, fits, 1.25, 1, "local")).fig.axes[0]
    assert "free beads, our laps: 1.250" in [text.get_text() for text in curves.get_legend().texts]
    panels = figures.seeds_compared(qualities(0)).fig.axes
    assert [panel.get_title(loc="left") for panel in panels] == list(against.TITLES.values())
    assert [len(mark.get_offsets()) for mark in panels[0].collections[::2]] == [3, 3, 2]


@pytest.mark.parametrize(
    ("seconds", "per_second"),
    [
        ([2.0, 2.2, 1.9], 60.0),
        ([2.0, 9.0, 2.1], np.nan),  # another program ran beside one of them
        ([-0.1, 0.3, 0.2], np.nan),
        ([-0.3, -0.2, -0.25], np.nan),  # the longer run took less time
        ([1e-9, 1e-9, 1e-9], np.nan),  # a page once said 480,000,000,000 steps a second
        ([2.0], np.nan),
    ],
)
def test_a_rate_is_a_median_of_repeats_or_refused(seconds, per_second):
    np.testing.assert_equal(scratch.rate(120, seconds), per_second)


def test_directions_differ_in_hue_and_positions_in_lightness():
    colours = figures.run_colours([0, 1.6, 0, 1.6], [1, 1, -1, -1], 1.6)
    lightness = colours[:, :3].mean(axis=1)
    assert lightness[0] < lightness[1]
    assert lightness[2] < lightness[3]
    assert not np.allclose(colours[0], colours[2])
    with pytest.raises(ValueError, match="NaN"):
        figures.camera(np.full((5, 3), np.nan))
