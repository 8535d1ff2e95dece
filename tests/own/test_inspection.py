"""What is wrong with a recording: each fault is found, and none where there is none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.own.ingest import recording_from_arrays
from helpers.own.inspection import (
    Finding,
    check_recording,
    honest_split,
    inspect_recording,
    memory_of_position,
)
from helpers.recordings.loading import RATS, load_recording, simulate_recording
from helpers.recordings.recording import Recording


@pytest.fixture(scope="module")
def rat():
    """One without faults: twenty units that fire."""
    full = simulate_recording(n_neurons=40, n_bins=6000, seed=1)
    busy = np.flatnonzero(full.spikes.sum(axis=0) > 50)[:20]
    return replace(full, spikes=full.spikes[:, busy])


def errors(recording):
    return [one.what for one in inspect_recording(recording) if one.severity == "error"]


def changed(recording, **fields):
    return replace(recording, true_phase=None, segments=(), **fields)


@pytest.mark.parametrize("name", [*RATS, "simulated", *(f"simulated-{rat}" for rat in RATS[1:])])
def test_sound_recordings_have_no_errors(name):
    rat = load_recording(name, on_missing="simulate")
    assert errors(rat) == []
    if name.startswith("simulated"):
        assert all("without a spike" in one.what for one in check_recording(rat))


def test_findings_are_one_line_and_errors_come_first(rat):
    spikes = rat.spikes.copy()
    spikes[:, 3] = 0
    spikes[:, 4] = spikes[:, 5]
    found = inspect_recording(changed(rat, spikes=spikes))
    assert [one.severity for one in found] == ["error", "warning"]
    assert all(isinstance(one, Finding) and "\n" not in one.line for one in found)


def test_all_errors_come_in_one_message(rat):
    spikes = rat.spikes.copy()
    spikes[:, 4], spikes[:, 6] = spikes[:, 5], 1
    with pytest.raises(ValueError, match="pairs of copies") as error:
        check_recording(changed(rat, spikes=spikes))
    assert "nearly every bin" in str(error.value)
    assert "\n" not in str(error.value)


def counts(change):
    """A change of the counts, made on a copy."""

    def of(rat):
        spikes = rat.spikes.copy()
        change(spikes)
        return {"spikes": spikes}

    return of


def silent(rows=slice(None), units=slice(None)):
    return counts(lambda spikes: spikes.__setitem__((rows, units), 0))


def copy(one, other):
    return counts(lambda spikes: spikes.__setitem__((slice(None), one), spikes[:, other]))


def busy(spikes):
    spikes[:, 3] = 2
    spikes[::50, 3] = 1


def standing(rat):
    position = np.repeat(rat.position[::60], 60)[:6000]
    position[:100] = rat.position[:100]
    return {"position": position}


def to_and_fro(rat):
    return {"direction": np.where(np.arange(6000) // 4 % 2, 1, -1)}


def thin(rat):
    return {"spikes": np.random.default_rng(0).binomial(rat.spikes, 0.05)}


def told(rat):
    return {"spikes": np.column_stack([rat.spikes, np.round(100 * rat.position)])}


FAULTS = {  # what was changed, then how severe it is, what is said, and where
    "cm for m": (lambda rat: {"position": 100 * rat.position, "length_m": 160},
                 "error", "faster than 2 m/s", "a track of 160 m"),
    "m for cm": (lambda rat: {"position": rat.position / 100, "length_m": 0.016},
                 "error", "the track is 1.6 cm long", "length_m"),
    "clocks": (silent(slice(2000, None)), "error", "no unit fires for 100 s on end", "67%"),
    "10 s": (silent(slice(1000, 1400)), "warning", "no unit fires for 10 s on end", "7%"),
    "60 s": (silent(slice(1000, 3400)), "error", "no unit fires for 60 s on end", "40%"),
    "few spikes": (thin, "warning", "hold no spike at all", "all units"),
    "silent": (silent(units=[2, 7]), "warning", "2 units without a spike", "units 2, 7"),
    "nearly all silent": (silent(units=slice(2, None)), "error", "2 units fire", "of 20"),
    "no cell": (counts(busy), "error", "1 unit with spikes in nearly every bin", "units 3"),
    "sorted twice": (copy(0, 1), "error", "pairs of copies", "units 0 and 1"),
    "the second first": (copy(7, 3), "error", "pairs of copies", "units 3 and 7"),
    "the last": (copy(19, 2), "error", "pairs of copies", "units 2 and 19"),
    "the label": (told, "error", "copy position or direction", "units 20"),
    "one direction": (lambda rat: {"direction": np.ones(6000)},
                      "error", "one direction is missing: all bins run right", "direction"),
    "flickering": (to_and_fro, "error", "a typical lap covers", "laps"),
    "hardly visited": (lambda rat: {"length_m": 2.0},  # in places of 5 cm
                       "warning", "of the track is never visited", "between 1.65 and 2.00 m"),
    "not half visited": (lambda rat: {"length_m": 4.0}, "error", "is never visited", "4.00 m"),
    "standing": (standing, "error", "the animal stands in", "slower than 0.05 m/s"),
}  # fmt: skip
MORE = {"cm for m", "m for cm", "the label"}  # are more than one error


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found(rat, name):
    change, severity, what, where = FAULTS[name]
    wrong = changed(rat, **change(rat))
    (found,) = [one for one in inspect_recording(wrong) if what in one.what]
    assert found.severity == severity
    assert where in found.where
    assert name in MORE or errors(wrong) == [found.what] * (severity == "error")


def test_a_short_pause_is_none(rat):
    assert inspect_recording(changed(rat, **silent(slice(1000, 1120))(rat))) == []


def test_positions_that_jump_have_no_direction_to_be_read_off(rat):
    with pytest.raises(ValueError, match="moves faster than 2 m/s .*; mend unit"):
        recording_from_arrays(100 * rat.position, spikes=rat.spikes, bin_s=0.025)


@pytest.mark.parametrize(("n_bins", "severity"), [(500, "error"), (3000, "warning")])
def test_few_laps(n_bins, severity):
    few = simulate_recording(n_neurons=20, n_bins=n_bins, seed=1)
    (found,) = [one for one in inspect_recording(few) if "round trips" in one.what]
    assert found.severity == severity
    assert found.what.startswith(f"{len(few.trials())} round trips")


def slow(memory_s, lap_s, n_bins=6000):
    """A position that forgets itself in about `memory_s`, cut into laps of `lap_s`."""
    rng = np.random.default_rng(0)
    time = 0.025 * np.arange(n_bins)
    waves = sum(np.sin(2 * np.pi * time / (6 * memory_s) * f + p) for f, p in
                zip((0.8, 1, 1.2), rng.uniform(0, 6, 3), strict=True))  # fmt: skip
    position = (waves - waves.min()) / np.ptp(waves) * 1.6
    direction = np.where((time // (lap_s / 2)) % 2, 1, -1)
    return Recording("slow", rng.poisson(0.2, (n_bins, 20)), position, direction)


def test_the_label_leaks_through_time_where_laps_are_shorter_than_its_memory():
    leaky, sound = slow(memory_s=10, lap_s=5), slow(memory_s=1, lap_s=6)
    assert memory_of_position(leaky) > 5
    assert any("leaks through time" in what for what in errors(leaky))
    assert not any("leaks through time" in what for what in errors(sound))


def test_what_the_leak_finding_says_is_so():
    """A decoder that knows only the time scores on the leaky recording, not on the sound one."""

    def score(recording):
        split = honest_split(recording)
        rest = np.sort(np.concatenate([split.train, split.valid]))
        after = np.searchsorted(rest, split.test).clip(1, len(rest) - 1)
        near = np.where(
            split.test - rest[after - 1] < rest[after] - split.test, rest[after - 1], rest[after]
        )
        truth, guess = recording.position[split.test], recording.position[near]
        return 1 - np.mean((truth - guess) ** 2) / np.var(truth)

    assert score(slow(memory_s=10, lap_s=5)) > 0.5
    assert score(slow(memory_s=1, lap_s=6)) < 0


@settings(max_examples=30, deadline=None)
@given(period=st.integers(80, 1000))
def test_the_memory_of_a_wave_is_a_fixed_share_of_its_period(period):
    n_bins = 20 * period
    position = 0.8 + 0.8 * np.sin(2 * np.pi * np.arange(n_bins) / period)
    wave = Recording("wave", np.ones((n_bins, 4), dtype=int), position, np.ones(n_bins))
    expected = np.arccos(1 / np.e) / (2 * np.pi) * period * 0.025
    assert abs(memory_of_position(wave) - expected) < 0.03 * period * 0.025


def test_round_a_circle_the_wrap_is_no_jump():
    position = (0.012 * np.arange(4000)) % 2.0
    rng = np.random.default_rng(0)
    rec = Recording(
        "circle", rng.poisson(0.3, (4000, 12)), position, np.ones(4000), 0.025, 2.0, "circle"
    )
    assert errors(rec) == []
    assert len(rec.segments) == 1


def test_few_trips_are_split_in_one_piece():
    few = simulate_recording(n_neurons=20, n_bins=3000, seed=1)
    many = simulate_recording(n_neurons=20, n_bins=6000, seed=1)
    assert honest_split(few).name == "contiguous"
    assert honest_split(many, 2).name == "nested 2"
    with pytest.raises(ValueError, match="too few round trips for fold 1"):
        honest_split(few, 1)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 9999), n_bins=st.integers(2, 400), n_units=st.integers(1, 8),
    circle=st.booleans(), turns=st.floats(0, 1), rate=st.floats(0, 2),
)  # fmt: skip
def test_any_recording_can_be_inspected(seed, n_bins, n_units, circle, turns, rate):
    rng = np.random.default_rng(seed)
    position = rng.uniform(0, 1.6, n_bins)
    direction = np.where(rng.random(n_bins).cumsum() * turns % 2 < 1, 1, -1)
    geometry = "circle" if circle else "line"
    rec = Recording(
        "any", rng.poisson(rate, (n_bins, n_units)), position, direction, geometry=geometry
    )
    found = inspect_recording(rec)
    assert all("\n" not in one.line and one.severity in ("error", "warning") for one in found)
