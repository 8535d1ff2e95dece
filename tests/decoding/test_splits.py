"""Splits: the paper's folds trip for trip, nothing shared, windows that stay at home."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from helpers.decoding.splits import (
    Split,
    contiguous_split,
    leaky_split,
    nested_split,
    nested_splits,
    trip_of_bin,
)
from helpers.decoding.windows import window_counts, window_sums
from helpers.recordings.loading import Recording, simulate_recording, stretches

RECORDING = simulate_recording(n_neurons=30, n_bins=6000, seed=1)
PARTS = ("train", "valid", "test")


def library_rows(recording: Recording, fold: int, part: str) -> np.ndarray:
    """The bins that cebra's own class selects, read off labels that number the bins."""
    from cebra.datasets.hippocampus import SingleRatTrialSplitDataset

    bins = np.arange(len(recording.position))
    index = torch.tensor(np.stack([bins, recording.direction > 0], axis=1))
    dataset = SimpleNamespace(split_no=fold, index=index, neural=torch.zeros(len(bins), 1))
    SingleRatTrialSplitDataset._split(dataset, part)
    return dataset.index[:, 0].numpy().astype(int)


@pytest.mark.parametrize("fold", range(3))
@pytest.mark.parametrize("part", PARTS)
def test_nested_split_selects_the_bins_of_the_library(fold, part):
    ours = getattr(nested_split(RECORDING, fold), part)
    np.testing.assert_array_equal(ours, library_rows(RECORDING, fold, part))


@pytest.mark.parametrize("trips", range(18, 47))
def test_nested_split_agrees_for_any_number_of_trips(trips):
    direction = np.tile(np.repeat([1, -1], 5), trips)
    position = np.tile(np.linspace(0, 1, 5), 2 * trips)
    recording = Recording("toy", np.ones((len(direction), 1), int), position, direction)
    for fold in range(3):
        for part in PARTS:
            ours = getattr(nested_split(recording, fold), part)
            np.testing.assert_array_equal(ours, library_rows(recording, fold, part))


def test_nested_test_trips_are_whole_and_never_tested_twice():
    trips = trip_of_bin(RECORDING)
    tested = []
    for split in nested_splits(RECORDING):
        for part in PARTS:
            bins = getattr(split, part)
            inside = np.isin(trips, np.unique(trips[bins]))
            np.testing.assert_array_equal(bins, np.flatnonzero(inside))
        tested.extend(np.unique(trips[split.test]))
    assert len(tested) == len(set(tested))


@pytest.mark.parametrize(
    "split",
    [*nested_splits(RECORDING), contiguous_split(RECORDING), leaky_split(RECORDING, seed=3)],
    ids=lambda split: split.name,
)
def test_parts_cover_all_bins_once(split):
    together = np.concatenate([split.train, split.valid, split.test])
    np.testing.assert_array_equal(np.sort(together), np.arange(len(RECORDING.position)))
    assert all((np.diff(getattr(split, part)) > 0).all() for part in PARTS)


def test_contiguous_split_keeps_time_in_order():
    split = contiguous_split(RECORDING)
    assert split.train[-1] < split.valid[0] < split.valid[-1] < split.test[0]
    assert (len(split.train), len(split.valid), len(split.test)) == (4320, 480, 1200)


def test_leaky_split_depends_on_its_seed_and_repeats():
    first, again, other = (leaky_split(RECORDING, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.test, again.test)
    assert not np.array_equal(first.test, other.test)
    assert np.isin(first.test + 1, first.train).mean() > 0.5  # the leak itself: neighbours in train


@pytest.mark.parametrize("width", [1, 2, 10, 24])
def test_windows_equal_those_of_each_stretch_alone(width):
    split = nested_split(RECORDING, 0)
    spikes = RECORDING.spikes[split.test]
    pieces = stretches(split.test, RECORDING.segments)
    assert len(pieces) > 1
    counts, (sums, n_bins) = (f(spikes, pieces, width) for f in (window_counts, window_sums))
    for piece in pieces:
        alone = spikes[piece].astype(int)
        padded = np.pad(alone, ((width // 2, width), (0, 0)), mode="edge")
        for row in (0, 1, len(alone) // 2, len(alone) - 1):
            first, last = max(0, row - width // 2), row - width // 2 + width
            expected = padded[row : row + width]
            np.testing.assert_array_equal(counts[piece][row], expected)
            np.testing.assert_array_equal(sums[piece][row], alone[first:last].sum(axis=0))
            assert n_bins[piece][row] == len(alone[first:last])


def test_windows_of_a_part_do_not_see_other_parts():
    """Flood every bin outside the test trips with spikes: the test windows stay what they were."""
    split = nested_split(RECORDING, 1)
    flooded = np.full_like(RECORDING.spikes, 99)
    flooded[split.test] = RECORDING.spikes[split.test]
    pieces = stretches(split.test, RECORDING.segments)
    for windows in (window_counts, lambda *a: window_sums(*a)[0]):
        clean = windows(RECORDING.spikes[split.test], pieces, 24)
        np.testing.assert_array_equal(windows(flooded[split.test], pieces, 24), clean)
        joined = windows(flooded, (), 24)[split.test]
        assert (joined != clean).any()  # the construction would show a leak


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nested_split(RECORDING, 3), "fold is 3"),
        (lambda: nested_split(simulate_recording(10, 1500, seed=0), 0), "round trips"),
        (lambda: contiguous_split(RECORDING, 1.0), "test_fraction is 1.0"),
        (lambda: leaky_split(RECORDING, 0, 0.0), "test_fraction is 0.0"),
        (lambda: Split("mine", np.arange(3), np.arange(2, 4), np.array([5])), "1 bins in two"),
        (lambda: Split("mine", np.arange(3), np.array([], int), np.array([5])), "no valid bins"),
        (lambda: Split("mine", np.array([1, 0]), np.array([2]), np.array([5])), "increase"),
        (lambda: window_counts(RECORDING.spikes, (), 0), "window of 0 bins"),
        (lambda: window_sums(RECORDING.spikes, (slice(0, 10),)), "must tile"),
        (lambda: window_sums(RECORDING.spikes, (slice(0, 10), slice(9, 6000))), "must tile"),
    ],
)
def test_bad_input_is_refused_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as refused:
        call()
    assert "\n" not in str(refused.value)
