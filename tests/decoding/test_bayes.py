"""Naive Bayes: exact on a noise-free toy, sane on a simulated rat, deaf to held-out bins."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.decoding.bayes import decode_bayes, posterior, rate_maps
from helpers.decoding.neighbours import decode_constant
from helpers.decoding.scores import mean_score, paired_difference
from helpers.decoding.splits import contiguous_split, nested_split, nested_splits
from helpers.recordings.loading import Recording, simulate_recording

RECORDING = simulate_recording(n_neurons=60, n_bins=6000, seed=3)
SPLIT = nested_split(RECORDING, 0)


def noise_free() -> Recording:
    """A rat that steps through the 80 places of the track; a neuron a place and direction."""
    there = np.arange(80)
    place = np.tile(np.concatenate([there, there[::-1]]), 24)
    direction = np.tile(np.repeat([1, -1], 80), 24)
    spikes = np.zeros((len(place), 160), int)
    spikes[np.arange(len(place)), place + 80 * (direction < 0)] = 9
    return Recording("toy", spikes, (place + 0.5) * 0.02, direction)


def test_noise_free_spikes_are_decoded_exactly():
    recording = noise_free()
    result = decode_bayes(recording, contiguous_split(recording), "bayes", width=1)
    assert mean_score([result], "mean_cm") < 0.1
    assert mean_score([result], "direction") == 1


def test_posterior_equals_poisson_probabilities_multiplied_out():
    from scipy.stats import poisson

    maps = rate_maps(RECORDING, SPLIT.train)
    spikes = RECORDING.spikes[:12]
    found = posterior(maps, spikes, RECORDING.bin_s, width=1)
    counts = spikes[:, maps.neurons]
    for bin_number in range(12):
        likelihood = poisson.pmf(counts[bin_number], maps.rates * RECORDING.bin_s).prod(axis=2)
        np.testing.assert_allclose(found[bin_number], likelihood / likelihood.sum(), atol=1e-10)


def test_rate_maps_conserve_spikes_per_second():
    maps = rate_maps(RECORDING, SPLIT.train, smoothing_cm=0.01)
    assert (maps.rates > 0).all()
    place = np.minimum(RECORDING.position[SPLIT.train] / 0.02, 79).astype(int)
    cell = maps.rates[(RECORDING.direction[SPLIT.train] > 0).astype(int), place]  # (n, N)
    predicted = cell.sum(axis=0) * RECORDING.bin_s
    np.testing.assert_allclose(predicted, RECORDING.spikes[SPLIT.train].sum(0)[maps.neurons], 0.02)


def test_smoothing_widens_a_field_without_moving_it():
    recording = noise_free()
    fine, coarse = (rate_maps(recording, np.arange(3000), sd).rates[1, :, 40] for sd in (2, 10))
    assert fine.argmax() == coarse.argmax() == 40
    assert fine.max() > 2 * coarse.max()
    assert (coarse > coarse.max() / 2).sum() > (fine > fine.max() / 2).sum()


def test_simulated_rat_is_decoded_far_better_than_chance():
    splits = nested_splits(RECORDING)
    bayes = [decode_bayes(RECORDING, split, "bayes") for split in splits]
    chance = [decode_constant(RECORDING, split) for split in splits]
    difference = paired_difference(bayes, chance, "mean_cm")
    assert difference.sign == -1 and difference.value < -20


def test_neither_rates_nor_windows_see_held_out_bins():
    honest = decode_bayes(RECORDING, SPLIT, "bayes", width=24)
    silent = RECORDING.spikes.copy()
    silent[SPLIT.valid] = 0
    other = replace(RECORDING, spikes=silent)
    options = {"width": 24, "smoothing_cm": (honest.settings["smoothing_cm"],)}
    np.testing.assert_array_equal(
        decode_bayes(other, SPLIT, "bayes", **options).predicted, honest.predicted
    )
    leaking = decode_bayes(other, SPLIT, "bayes", leaking=True, **options)
    assert (leaking.predicted != honest.predicted).any()


def test_settings_are_those_of_the_smallest_validation_error():
    chosen = decode_bayes(RECORDING, SPLIT, "bayes").settings
    errors = {}
    for sd in (2.0, 4.0, 6.0, 10.0):
        alone = decode_bayes(RECORDING, SPLIT, "bayes", smoothing_cm=(sd,)).settings
        errors[sd] = alone["valid_median_cm"]
    assert chosen["smoothing_cm"] == min(errors, key=errors.get)
    assert chosen["valid_median_cm"] == min(errors.values())
    assert chosen["window_s"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rate_maps(RECORDING, SPLIT.train, 0), "smoothing_cm is 0"),
        (
            lambda: rate_maps(
                replace(RECORDING, spikes=np.zeros_like(RECORDING.spikes)), SPLIT.train
            ),
            "no spikes",
        ),
        (lambda: decode_bayes(RECORDING, SPLIT, "bayes", smoothing_cm=()), "is empty"),
        (lambda: decode_bayes(RECORDING, SPLIT, "bayes", width=0), "window of 0"),
    ],
)
def test_bad_input_is_refused_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as refused:
        call()
    assert "\n" not in str(refused.value)
