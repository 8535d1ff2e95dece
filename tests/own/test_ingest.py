"""From a laboratory's arrays and files to a Recording, or to one line that says why not."""

import os
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from helpers.own.export import spike_times, time_stamps, write_recording
from helpers.own.files import read_recording
from helpers.own.ingest import recording_from_arrays
from helpers.own.movement import Running, direction_of, only_running
from helpers.own.steps import bin_edges, bin_spikes, sample_position
from helpers.own.track import linearise
from helpers.recordings.loading import load_recording, simulate_recording
from helpers.recordings.recording import Recording

quickly = settings(max_examples=60, deadline=None)
KINDS = (".npz", ".mat", ".nwb")


@pytest.fixture(scope="module")
def rat():
    return simulate_recording(n_neurons=12, n_bins=3000, seed=1)


def same(first, second):
    """All that a model could learn from is equal, segments included."""
    return first.digest == second.digest and first.segments == second.segments


def there_and_back(n_bins=800, length_m=1.6, period=200):
    phase = np.arange(n_bins) / period % 1
    return length_m * (1 - np.abs(2 * phase - 1))


# Spikes into bins


@quickly
@given(
    times=st.lists(st.lists(st.floats(-5, 15), max_size=30).map(sorted), min_size=1, max_size=4),
    bin_s=st.floats(0.01, 1.0),
    n_bins=st.integers(2, 60),
)
def test_binning_keeps_every_spike_that_lies_in_the_bins(times, bin_s, n_bins):
    edges = bin_s * np.arange(n_bins + 1)
    inside = [sum(edges[0] <= t < edges[-1] for t in unit) for unit in times]
    if not sum(inside):
        with pytest.raises(ValueError, match="no spike"):
            bin_spikes(times, edges)
        return
    counts = bin_spikes(times, edges)
    assert counts.shape == (n_bins, len(times))
    assert counts.dtype == np.uint8
    assert counts.sum(axis=0).tolist() == inside


@quickly
@given(bin_s=st.floats(1e-3, 1.0), start=st.floats(-1e3, 1e3), n_bins=st.integers(2, 200))
def test_a_border_belongs_to_the_bin_that_begins_there(bin_s, start, n_bins):
    edges = start + bin_s * np.arange(n_bins + 1)
    on_borders = bin_spikes([edges], edges)[:, 0]
    assert (on_borders == 1).all()
    just_before = bin_spikes([np.nextafter(edges[1:], -np.inf)], edges)[:, 0]
    assert (just_before == 1).all()


@quickly
@given(shift=st.integers(-100_000, 100_000))
def test_shifting_time_shifts_nothing_else(shift):
    rng = np.random.default_rng(0)
    times, position = np.arange(400) / 32, there_and_back(400)
    spikes = [np.sort(rng.integers(0, 400 * 32, 60)) / 1024 + 1 / 4096 for _ in range(4)]
    made = [
        recording_from_arrays(
            position,
            spike_times=[s + by for s in spikes],
            times=times + by,
            bin_s=1 / 32,
            length_m=1.6,
        )  # fmt: skip
        for by in (0, shift)  # these numbers are exact in binary, so equal means equal
    ]
    assert same(*made)


@pytest.mark.parametrize(
    ("times", "line"),
    [
        ([], "no list of units"),
        ("abc", "no list of units"),
        ([[0.1], [np.nan]], "unit 1 has 1 NaN"),
        ([[0.1], ["a"]], "unit 1 has dtype"),
        ([[[0.1, 0.2]]], "unit 0 has shape"),
        ([[100.0]], "no spike from 0 to 2 s"),
        ([[0.5], [0.5] * 300], "unit 1 puts 300 spikes into one bin"),
    ],
)
def test_spike_times_that_are_none_are_refused(times, line):
    with pytest.raises(ValueError, match=line):
        bin_spikes(times, np.arange(3.0))


def test_far_too_many_bins_are_refused_before_they_fill_the_memory():
    with pytest.raises(ValueError, match="give times in seconds"):
        bin_edges(0.0, 1e9, 0.025)


# Positions onto bins


@quickly
@given(
    kept=arrays(bool, 120, elements=st.booleans()),
    gap=st.floats(0.11, 1.0),
)
def test_gaps_in_tracking_are_never_bridged(kept, gap):
    kept[[0, -1]] = True
    times, position = np.arange(120) / 10, np.arange(120.0)
    centres = np.arange(0, 11.9, 0.025)
    values, tracked = sample_position(times[kept], position[kept], centres, gap)
    assert np.isfinite(values).tolist() == tracked.tolist()
    near = times[kept]
    for centre, has in zip(centres, tracked, strict=True):
        before, after = near[near <= centre + 1e-9].max(), near[near >= centre - 1e-9].min()
        assert has == (after - before <= gap)
    assert np.allclose(values[tracked], 10 * centres[tracked])  # the walk is even


def test_lost_tracking_becomes_a_cut_between_segments(rat):
    position = rat.position.copy()
    position[1000:1100] = np.nan
    given_ = {"spikes": rat.spikes, "bin_s": rat.bin_s, "length_m": rat.length_m}
    made = recording_from_arrays(position, direction=rat.direction, **given_)
    assert made.segments == (slice(0, 1000), slice(1000, 2900))
    assert np.array_equal(made.spikes, np.delete(rat.spikes, slice(1000, 1100), axis=0))
    masked = recording_from_arrays(
        np.ma.masked_invalid(position), direction=rat.direction, **given_
    )
    assert same(made, masked)


def test_a_pause_in_the_time_stamps_becomes_a_cut(rat):
    times = np.arange(3000) * 0.025
    times[2000:] += 60
    made = recording_from_arrays(rat.position, spikes=rat.spikes, times=times, length_m=1.6)
    assert made.segments == (slice(0, 2000), slice(2000, 3000))
    assert made.bin_s == 0.025


def test_positions_go_the_short_way_round_a_circle():
    times, position = np.arange(20) / 10, (0.3 * np.arange(20)) % 2.0
    values, _ = sample_position(times, position, np.arange(0, 1.9, 0.05), period=2.0)
    assert np.allclose(values, (3 * np.arange(0, 1.9, 0.05)) % 2.0, atol=1e-9)


# The track


@quickly
@given(turn=st.floats(0, 6.28), x=st.floats(-5, 5), y=st.floats(-5, 5), scale=st.floats(0.5, 5))
def test_a_straight_track_unrolls_wherever_it_lies(turn, x, y, scale):
    along = there_and_back()
    left = np.array([x, y])
    axis = np.array([np.cos(turn), np.sin(turn)])
    xy = left + scale * along[:, None] * axis
    position, length = linearise(xy, "line", ends=[left, left + scale * 1.6 * axis])
    assert np.isclose(length, 1.6 * scale)
    assert np.allclose(position, scale * along, atol=1e-6)
    position, length = linearise(xy, "line")
    assert np.isclose(length, 1.6 * scale)
    assert np.allclose(np.abs(np.diff(position)), np.abs(np.diff(scale * along)), atol=1e-6)


@quickly
@given(x=st.floats(-5, 5), y=st.floats(-5, 5), radius=st.floats(0.1, 5))
def test_a_circle_unrolls_wherever_it_lies(x, y, radius):
    angle = np.linspace(0.1, 12.0, 300)
    xy = np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)
    for how in ({}, {"centre": (x, y)}):
        position, length = linearise(xy, "circle", **how)
        assert np.isclose(length, 2 * np.pi * radius, rtol=1e-6)
        apart = (position / radius - angle + np.pi) % (2 * np.pi) - np.pi
        assert np.abs(apart).max() < 1e-5


def test_what_is_no_line_and_no_circle_is_refused():
    rng = np.random.default_rng(0)
    field = rng.uniform(-1, 1, (500, 2))
    with pytest.raises(ValueError, match="along a line"):
        linearise(field, "line")
    with pytest.raises(ValueError, match="on a circle"):
        linearise(rng.normal(size=(500, 2)) * [1, 0.05], "circle", centre=(0, 0))
    with pytest.raises(ValueError, match="between ends"):
        linearise(np.outer(there_and_back(), [1, 0]), "line", ends=[(0, 0), (0.5, 0)])


def test_direction_is_read_off_the_movement(rat):
    read = direction_of(rat.position, rat.bin_s, rat.length_m)
    runs = rat.running()
    assert (read[runs] == rat.direction[runs]).mean() > 0.99
    assert len(rat.trials()) == len(Recording("r", rat.spikes, rat.position, read).trials())


def test_a_wiggle_is_no_run():
    position = there_and_back(400, period=400)
    position[100:130] -= 0.1 * np.sin(np.linspace(0, np.pi, 30))  # one step back, and on
    assert np.flatnonzero(np.diff(direction_of(position, 0.025, 1.6))).size == 1


def test_standing_bins_go_with_the_run_beside_them():
    position = np.r_[np.linspace(0, 1.6, 100), np.full(40, 1.6), np.linspace(1.6, 0, 100)]
    direction = direction_of(position, 0.025, 1.6)
    (turn,) = np.flatnonzero(np.diff(direction))
    assert direction[0] == 1
    assert 100 < turn < 140  # half-way through the wait


def test_only_running_leaves_out_and_cuts(rat):
    plain = Running(0.1, leave_m_s=0.1, smooth_s=0, shortest_s=0, bridge_s=0)
    fast = only_running(rat, plain)
    assert np.array_equal(fast.spikes, rat.spikes[rat.running(0.1)])
    inner = rat.running(0.1)
    assert len(fast.segments) == (np.diff(np.r_[False, inner].astype(int)) == 1).sum()
    with pytest.raises(ValueError, match="give a lower speed"):
        only_running(rat, 50.0)


def test_a_camera_that_rounds_does_not_shred_the_runs(rat):
    """Fault D3: places to 1 or 2 cm cut runs into stretches shorter than the encoder's window."""
    for pixel_m in (0.01, 0.02):
        coarse = replace(rat, position=np.round(rat.position / pixel_m) * pixel_m)
        kept = only_running(coarse, 0.05)
        length = np.array([part.stop - part.start for part in kept.segments])
        assert length[length < 10].sum() < 0.01 * len(kept.spikes)
        assert len(kept.segments) <= 3 * len(rat.laps())
        alike = only_running(rat, 0.05)
        assert abs(len(kept.spikes) - len(alike.spikes)) < 0.02 * len(rat.spikes)


def test_short_stops_are_bridged_and_short_runs_left_out():
    speed = np.full(400, 0.3)
    speed[100:104] = 0.0  # a stop of 0.1 s
    speed[200:260] = 0.0
    speed[225:230] = 0.3  # a start of 0.125 s within a rest
    position = np.cumsum(speed) * 0.025
    made = Recording("one", np.ones((400, 2)), position, np.ones(400), length_m=4.0)
    raw = {"smooth_s": 0, "shortest_s": 0.5}
    runs = only_running(made, Running(0.05, bridge_s=0.2, **raw))
    assert [part.stop - part.start for part in runs.segments] == pytest.approx([200, 140], abs=3)
    cut = only_running(made, Running(0.05, bridge_s=0, **raw))
    assert len(cut.segments) == 3


# Files


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_reads_back_equal(kind, rat, tmp_path):
    gaps = only_running(rat, 0.1)  # many segments
    for number, recording in enumerate((rat, gaps)):
        path = tmp_path / f"{number}{kind}"
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            write_recording(path, recording)
            back = read_recording(path, length_m=recording.length_m)
        assert same(back, recording)
        assert back.name == str(number)


def test_spike_times_in_mat_cells_and_in_npz(rat, tmp_path):
    from scipy.io import savemat

    spikes = spike_times(rat)
    common = {"position": rat.position, "times": time_stamps(rat), "length_m": 1.6}
    common["direction"] = rat.direction
    cells = np.empty(len(spikes), dtype=object)
    cells[:] = spikes
    savemat(tmp_path / "cells.mat", {**common, "spike_times": cells})
    unit = np.repeat(np.arange(len(spikes)), [len(s) for s in spikes])
    pooled = np.concatenate(spikes)
    np.savez(tmp_path / "pooled.npz", spike_times=pooled, spike_units=unit, **common)
    fires = np.flatnonzero(rat.spikes.any(axis=0))  # a silent unit is in no list of spikes
    for name, units in (("cells.mat", range(len(spikes))), ("pooled.npz", fires)):
        back = read_recording(tmp_path / name)
        assert np.array_equal(back.spikes, rat.spikes[:, units])
        assert np.array_equal(back.position, rat.position)
    assert back.unit_names == tuple(map(str, fires))


def test_the_form_that_the_book_stores_is_read_too(rat, tmp_path):
    path = tmp_path / "house.npz"
    np.savez(path, spikes=rat.spikes, position=rat.labels("posdir"), bin_s=0.025, length_m=1.6)
    assert same(read_recording(path), rat)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"spikes": np.ones((5, 2))}, "lacks position"),
        ({"position": np.arange(5.0)}, "lacks spikes, spike_times or traces"),
        (
            {"spikes": np.ones((5, 2)), "postion": np.arange(5.0)},
            "'postion' may be meant as 'position'",
        ),
        ({"spikes": np.ones((5, 2)), "position": np.arange(4.0), "bin_s": 1.0}, "5 rows"),
        ({"spikes": np.ones((5, 2)), "position": np.arange(5.0), "bin_s": np.ones(2)}, "2 values"),
        ({"spikes": np.ones((5, 2)), "position": np.array(list("abcde")), "bin_s": 1.0}, "dtype"),
        ({"spikes": np.ones(5), "position": np.arange(5.0), "bin_s": 1.0}, "shape"),
        ({"spikes": np.ones((5, 2)), "position": np.arange(5.0)}, "bin_s is None"),
        ({"spike_times": np.ones(5), "position": np.arange(5.0)}, "spike_units is missing"),
        ({"spikes": np.ones((5, 2)), "position": np.ones((5, 3)) * 7, "bin_s": 1.0}, "three col"),
        (
            {"spikes": np.array([{}, 1], dtype=object), "position": np.arange(2.0)},
            "spikes is pickled",
        ),
    ],
)
def test_files_with_the_wrong_content_are_refused_by_name(fields, line, tmp_path):
    np.savez(tmp_path / "mine.npz", **fields)
    with pytest.raises(ValueError, match=line) as error:
        read_recording(tmp_path / "mine.npz")
    assert str(error.value).startswith("mine.npz: ")
    assert "\n" not in str(error.value)


def test_unknown_kinds_are_refused(tmp_path):
    with pytest.raises(ValueError, match="no kind that is read"):
        read_recording(tmp_path / "x.csv")
    with pytest.raises(FileNotFoundError, match="check the path"):
        read_recording(tmp_path / "x.npz")


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_right_or_refused(kind, tmp_path):
    small = simulate_recording(n_neurons=4, n_bins=300, seed=2)
    path = tmp_path / f"mine{kind}"
    write_recording(path, small)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for number in range(24 if kind != ".nwb" else 8):
        content = bytearray(whole)
        if number % 2:
            content = content[: rng.integers(len(whole))]
        else:
            for place in rng.integers(len(whole), size=3):
                content[place] ^= 1 << rng.integers(8)
        path.write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                read_recording(path, length_m=1.6)
            except ValueError as error:
                assert str(error).startswith(f"mine{kind}: ")
                assert "\n" not in str(error)


# Whatever comes


def a_recording_or_one_line(**given_):
    try:
        made = recording_from_arrays(**given_)
    except ValueError as error:
        assert str(error).strip()
        assert "\n" not in str(error)
    else:
        assert isinstance(made, Recording)
        assert len(made.spikes) >= 2


anything = st.one_of(
    st.none(),
    st.text(max_size=3),
    st.integers(),
    st.floats(),
    st.lists(st.one_of(st.floats(), st.lists(st.floats(), max_size=3)), max_size=5),
    arrays(
        st.sampled_from(["f8", "f4", "i2", "u1", "?", "c8", "U2", "O"]), array_shapes(max_side=6)
    ),
)
likely = st.one_of(
    anything,
    arrays("f8", st.tuples(st.integers(1, 40)), elements=st.floats(-2, 2)),
    arrays("u1", st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=st.integers(0, 9)),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    position=likely,
    options=st.fixed_dictionaries(
        {},
        optional={
            "spikes": likely, "spike_times": likely, "times": likely, "direction": likely,
            "bin_s": st.one_of(anything, st.just(0.025)),
            "unit": st.one_of(anything, st.sampled_from(["m", "cm", "mm"])),
            "length_m": st.one_of(anything, st.just(1.6)),
            "geometry": st.one_of(st.sampled_from(["line", "circle"]), st.text(max_size=3)),
            "ends": anything, "centre": anything, "max_gap_s": anything, "running": anything,
            "traces": likely, "trace_times": likely, "scale": anything, "margin_m": anything,
        },
    ),
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")
def test_whatever_comes_in_a_recording_or_one_line_comes_out(position, options):
    a_recording_or_one_line(position=position, **options)


wide = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=100, deadline=None)
@given(
    position=st.one_of(
        arrays("f8", st.sampled_from([(20,), (20, 2)]), elements=st.one_of(st.floats(0, 2), wide)),
        arrays("f8", st.sampled_from([(20,), (20, 2)]), elements=st.floats(0, 2), unique=True),
    ),
    spikes=st.one_of(
        st.none(), arrays("f8", (20, 3), elements=st.one_of(st.integers(0, 3), wide)),
        arrays("i8", (20, 3), elements=st.integers(0, 300)),
    ),
    spike_times=st.one_of(st.none(), st.lists(arrays("f8", 5, elements=wide), max_size=3)),
    times=st.one_of(
        st.none(), st.lists(st.floats(0, 9), min_size=20, max_size=20, unique=True).map(sorted),
        st.just(np.arange(20) * 0.1), arrays("f8", 20, elements=wide).map(np.sort),
    ),
    direction=st.one_of(st.none(), arrays("i1", 20, elements=st.sampled_from([-1, 1]))),
    bin_s=st.sampled_from([None, 0.025, 0.1, 1e-300]),
    length_m=st.sampled_from([None, 1.6, 2.0, 1e-300, 1e300]),
    geometry=st.sampled_from(["line", "circle"]),
    running=st.sampled_from([None, 0.0, 0.05]),
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")
def test_what_is_nearly_right_is_a_recording_or_one_line(**given_):
    a_recording_or_one_line(**given_)


@settings(max_examples=100, deadline=None)
@given(
    n_bins=st.integers(2, 60), n_units=st.integers(1, 5), seed=st.integers(0, 99),
    bin_s=st.floats(1e-3, 1), length_m=st.floats(0.1, 100), lost=st.floats(0, 0.5),
)  # fmt: skip
def test_counts_and_places_come_through_unchanged(n_bins, n_units, seed, bin_s, length_m, lost):
    rng = np.random.default_rng(seed)
    spikes = rng.poisson(0.5, (n_bins, n_units))
    position = rng.uniform(0, length_m, n_bins).astype(np.float32)
    direction = rng.choice([-1, 1], n_bins)
    gone = rng.random(n_bins) < lost
    tracked = np.where(gone, np.nan, position)
    arrays = {"spikes": spikes, "direction": direction, "bin_s": bin_s, "length_m": length_m}
    if (~gone).sum() < 2:
        with pytest.raises(ValueError, match="position"):
            recording_from_arrays(tracked, **arrays)
        return
    made = recording_from_arrays(tracked, **arrays)
    assert np.array_equal(made.spikes, spikes[~gone])
    assert np.array_equal(made.position, position[~gone])
    assert np.array_equal(made.direction, direction[~gone])
    kept = np.flatnonzero(~gone)
    cuts = {part.start for part in made.segments}
    assert set(np.flatnonzero(np.diff(kept) > 1) + 1) <= cuts  # a gap is always a cut


@pytest.mark.parametrize("unit", ["m", "cm", "mm"])
def test_units_of_position(unit, rat):
    scale = {"m": 1, "cm": 100, "mm": 1000}[unit]
    made = recording_from_arrays(
        rat.position.astype(float) * scale, spikes=rat.spikes, direction=rat.direction,
        bin_s=rat.bin_s, length_m=rat.length_m, unit=unit,
    )  # fmt: skip
    assert np.allclose(made.position, rat.position, atol=1e-6)


def test_a_length_that_does_not_fit_the_plane_is_refused(rat):
    xy = np.outer(rat.position, [100, 0])
    with pytest.raises(ValueError, match=r"spans 1\d\d m, and length_m is 1.6"):
        recording_from_arrays(xy, spikes=rat.spikes, bin_s=0.025, length_m=1.6)


def test_buddy_as_raw_arrays():
    folder = os.environ.get("CEBRA_DATADIR")
    if not folder and os.environ.get("CI") != "true":
        pytest.skip("CEBRA_DATADIR is not set")
    buddy = load_recording("buddy", on_missing="simulate")
    made = recording_from_arrays(
        buddy.position, spikes=buddy.spikes, direction=buddy.direction, bin_s=0.025, length_m=1.6
    )
    assert same(made, buddy)
    read_off = recording_from_arrays(buddy.position, spikes=buddy.spikes, bin_s=0.025, length_m=1.6)
    agree = np.mean(read_off.direction[buddy.running()] == buddy.direction[buddy.running()])
    assert max(agree, 1 - agree) > 0.95  # his "right" may be the other way
    assert len(read_off.trials()) == len(buddy.trials())
