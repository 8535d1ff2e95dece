"""The simulated rat: its rates and runs are a rat's, and its truth can be found again."""

import numpy as np
import pytest

from helpers.recordings import simulation
from helpers.recordings.loading import RATS, simulate_recording
from helpers.recordings.simulation import STAND_INS


@pytest.fixture(scope="module")
def ring():
    return simulate_recording()


@pytest.fixture(scope="module")
def arc():
    return simulate_recording(same_tuning=True)


def held_out(recording):
    """Train on two round trips of three, test on the third."""
    test = np.zeros(len(recording.spikes), dtype=bool)
    for trip in recording.trials()[1::3]:
        test[trip] = True
    return ~test, test


def predicted(recording, targets):
    """Ridge regression of `targets` (T, k) on smoothed square-rooted counts; test bins only."""
    window = np.ones(10) / 10
    rate = np.sqrt(recording.spikes)
    smooth = np.apply_along_axis(np.convolve, 0, rate, window, "same")
    inputs = np.column_stack([smooth, np.ones(len(smooth))])
    train, test = held_out(recording)
    gram = inputs[train].T @ inputs[train] + np.eye(inputs.shape[1])
    return inputs[test] @ np.linalg.solve(gram, inputs[train].T @ targets[train]), test


def bayes_errors(recording, n_places=80, window=10):
    """Absolute position errors (m) of naive Bayes, 250 ms, by direction, on held-out trips."""
    train, test = held_out(recording)
    place = np.minimum(recording.position / recording.length_m * n_places, n_places - 1).astype(int)
    state = place + n_places * (recording.direction < 0)
    time = np.bincount(state[train], minlength=2 * n_places).reshape(2, n_places)
    near = np.exp(-0.5 * ((np.arange(n_places)[:, None] - np.arange(n_places)) / 2) ** 2)
    counts = np.zeros((2 * n_places, recording.spikes.shape[1]))
    np.add.at(counts, state[train], recording.spikes[train])
    rates = near @ counts.reshape(2, n_places, -1) / (near @ time[..., None]) + 1e-4
    rates = rates.reshape(2 * n_places, -1)
    summed = np.apply_along_axis(np.convolve, 0, recording.spikes[test], np.ones(window), "same")
    best = (summed @ np.log(rates).T - window * rates.sum(axis=1)).argmax(axis=1) % n_places
    return np.abs((best + 0.5) / n_places * recording.length_m - recording.position[test])


@pytest.mark.parametrize("seed", range(3))
def test_rates_are_those_of_achilles(seed):
    rates = simulate_recording(seed=seed).spikes.mean(axis=0) / 0.025
    assert rates.mean() == pytest.approx(1.75, rel=0.03)
    assert np.median(rates) == pytest.approx(0.9, rel=0.15)
    assert rates.min() == 0
    assert 5 < rates.max() < 20


def fano(recording):
    """Median over active cells: variance over mean of their counts in single runs to the right."""
    passes = np.array([recording.spikes[lap].sum(axis=0) for lap in recording.laps()[::2]])
    passes = passes[:, passes.mean(axis=0) > 3]
    return np.median(passes.var(axis=0, ddof=1) / passes.mean(axis=0))


def test_gains_make_counts_vary_more_than_poisson(ring, monkeypatch):
    """From run to run, and over minutes: each alone adds to the variance of single passes."""
    both = fano(ring)
    monkeypatch.setattr(simulation, "DRIFT_SD", 0.0)
    by_run = fano(simulate_recording())
    monkeypatch.setattr(simulation, "LAP_SD", 0.0)
    neither = fano(simulate_recording())
    assert both / neither > 2  # behaviour alone gives the rest
    assert both > by_run > neither


def test_the_rat_runs_to_and_fro(ring):
    laps = ring.laps()
    signs = [ring.direction[lap.start] for lap in laps]
    assert set(np.diff(signs)) <= {2, -2}
    assert 60 < len(laps) < 110  # Achilles: 84
    ways = [ring.position[lap][-1] - ring.position[lap][0] for lap in laps[:-1]]
    assert np.all(np.array(ways) * signs[:-1] > 1.4)
    assert ring.segments == (slice(0, len(ring.spikes)),)
    durations = [lap.stop - lap.start for lap in laps[:-1]]
    assert np.std(durations) > 10
    still = ~ring.running()
    assert 0.03 < still.mean() < 0.2
    at_an_end = np.minimum(ring.position, ring.length_m - ring.position) < 0.1
    assert at_an_end[still].mean() > 0.95


def test_phase_is_the_position_on_the_ring(ring):
    way = np.pi * ring.position / ring.length_m
    expected = np.where(ring.direction > 0, way, 2 * np.pi - way)
    assert np.allclose(np.exp(1j * ring.true_phase), np.exp(1j * expected), atol=1e-5)
    assert ring.true_phase.min() >= 0
    assert ring.true_phase.max() < 2 * np.pi
    step = np.angle(np.exp(1j * np.diff(ring.true_phase)))
    assert np.abs(step).max() < 0.15  # continuous, also where the rat turns


def test_the_ring_is_in_the_counts(ring):
    truth = np.column_stack([np.cos(ring.true_phase), np.sin(ring.true_phase)])
    found, test = predicted(ring, truth)
    off = np.angle(np.exp(1j * (np.arctan2(found[:, 1], found[:, 0]) - ring.true_phase[test])))
    assert np.median(np.abs(off)) < 0.35  # a guess: π / 2


@pytest.mark.parametrize("name", ["achilles", "buddy"])
def test_position_is_decoded_as_from_a_rat(name):
    errors = bayes_errors(simulate_recording(**STAND_INS[name], name=name))
    assert 0.03 < np.median(errors) < 0.12  # real: Achilles 0.05 m, Buddy 0.11 m


def test_same_tuning_hides_the_direction(ring, arc):
    accuracy = {}
    for name, recording in (("ring", ring), ("arc", arc)):
        found, test = predicted(recording, recording.labels("dir"))
        right = (found[:, 0] > found[:, 1]) == (recording.direction[test] > 0)
        running = recording.running()[test]
        accuracy[name] = right[running].mean()
    assert accuracy["ring"] > 0.85
    assert accuracy["arc"] < 0.65
    assert np.median(bayes_errors(arc)) < 0.1
    assert np.allclose(arc.true_phase, np.pi * arc.position / arc.length_m, atol=1e-5)


def test_a_seed_is_a_rat():
    first, again, other = (simulate_recording(20, 600, seed=s) for s in (4, 4, 5))
    assert first.digest == again.digest
    assert first.digest != other.digest


def test_stand_ins_are_distinct_and_named():
    assert tuple(STAND_INS) == RATS
    digests = {simulate_recording(**STAND_INS[name], name=name).digest for name in RATS}
    assert len(digests) == 4
    assert simulate_recording(20, 600).key == "simulated"
    assert simulate_recording(20, 600, name="gatsby").key == "simulated-gatsby"


def test_too_small_is_an_error():
    with pytest.raises(ValueError, match="n_bins=20"):
        simulate_recording(n_bins=20)
