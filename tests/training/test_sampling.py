"""Batches are drawn from CEBRA's distributions, by a faster search, and stay within a stretch."""

import cebra.distributions
import numpy as np
import pytest
import torch
from scipy.stats import ks_2samp

from helpers.recordings.loading import simulate_recording
from helpers.training.device_sampling import DeviceNearest
from helpers.training.sampling import NearestLabel, Sampler

N_BINS = 2000
SETTINGS = {"conditional": "time_delta", "time_offsets": 10, "delta": 0.1, "batch_size": 512}


@pytest.fixture(scope="module")
def recording():
    return simulate_recording(n_neurons=12, n_bins=N_BINS, seed=4)


def sampler(labels, segments=(slice(0, N_BINS),), seed=0, **settings):
    generator = torch.Generator().manual_seed(seed)
    return Sampler(labels, N_BINS, segments, (5, 5), {**SETTINGS, **settings}, generator)


def queries(labels, n=3000):
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.2, (n, labels.shape[1]))
    return (labels[rng.integers(len(labels), size=n)] + noise).astype(np.float32)


@pytest.mark.parametrize("kind", ["posdir", "pos", "dir"])
def test_positives_are_never_farther_than_the_librarys(recording, kind):
    labels = recording.labels(kind)
    query = queries(labels)
    theirs = cebra.distributions.ContinuousIndex(torch.from_numpy(labels)).search(
        torch.from_numpy(query)
    )
    distance = [
        np.linalg.norm(labels[bins].astype(float) - query, axis=1)
        for bins in (NearestLabel(labels, np.arange(len(labels))).search(query), theirs)
    ]
    assert (distance[0] <= distance[1] + 1e-12).all()
    assert np.median(distance[1] - distance[0]) < 1e-6, "the library searches another thing"


def test_equal_labels_resolve_to_the_first_bin_as_in_the_library(recording):
    labels = recording.labels("dir")
    library = cebra.distributions.ContinuousIndex(torch.from_numpy(labels))
    theirs = library.search(torch.from_numpy(labels)).numpy()
    ours = NearestLabel(labels, np.arange(len(labels))).search(labels)
    np.testing.assert_array_equal(ours, theirs)
    assert len(np.unique(ours)) == 2


def test_labels_at_equal_distance_resolve_to_the_lower_bin():
    labels = np.array([[3.0], [1.0], [2.0], [1.0]], dtype=np.float32)
    found = NearestLabel(labels, np.arange(len(labels))).search(
        np.array([[1.5], [2.5], [9.0]], dtype=np.float32)
    )
    np.testing.assert_array_equal(found, [1, 0, 0])


@pytest.mark.parametrize("kind", ["posdir", "pos", "dir"])
def test_device_search_equals_the_tree(recording, kind):
    labels = recording.labels(kind)
    query = queries(labels)
    on_device = (
        DeviceNearest(labels, np.arange(len(labels)), "cpu").search(torch.from_numpy(query)).numpy()
    )
    np.testing.assert_array_equal(
        on_device, NearestLabel(labels, np.arange(len(labels))).search(query)
    )


def test_device_search_of_two_continuous_columns_equals_the_tree():
    rng = np.random.default_rng(1)
    labels, query = (rng.normal(size=(n, 2)).astype(np.float32) for n in (900, 300))
    on_device = (
        DeviceNearest(labels, np.arange(len(labels)), "cpu").search(torch.from_numpy(query)).numpy()
    )
    np.testing.assert_array_equal(
        on_device, NearestLabel(labels, np.arange(len(labels))).search(query)
    )


@pytest.mark.parametrize("conditional", ["time_delta", "delta"])
def test_positives_are_distributed_as_in_the_library(recording, conditional):
    labels = torch.from_numpy(recording.labels("pos"))
    if conditional == "time_delta":
        library = cebra.distributions.TimedeltaDistribution(labels, time_delta=10)
    else:
        library = cebra.distributions.DeltaNormalDistribution(labels, delta=0.1)
        torch.manual_seed(0)  # delta sampling draws from torch's global generator
    library.generator.manual_seed(0)  # in cebra, seed arguments do nothing
    library.prior.generator.manual_seed(1)
    reference = library.sample_prior(8192)
    theirs = labels[library.sample_conditional(reference)] - labels[reference]
    drawn = sampler(recording.labels("pos"), conditional=conditional)
    drawn.centre[:] = np.arange(N_BINS)  # look at the pairs themselves, not at their windows
    ours = drawn.draw(16)
    ours = labels[ours[:, 1].flatten()] - labels[ours[:, 0].flatten()]
    assert ks_2samp(ours.ravel(), theirs.ravel()).pvalue > 1e-3


def test_references_and_negatives_cover_all_bins_evenly(recording):
    drawn = sampler(recording.labels("pos"))
    counts = np.bincount(drawn._prior((64, 512)).ravel(), minlength=N_BINS)
    assert counts.min() > 0
    assert counts.var() / counts.mean() == pytest.approx(
        1, abs=0.15
    )  # Poisson: uniform and independent


def test_windows_and_time_pairs_stay_within_a_stretch():
    segments = (slice(0, 700), slice(700, 712), slice(712, N_BINS))
    reference, positive, negative = sampler(None, segments).draw(200).unbind(1)
    borders = [700, 712]
    for centre in (reference, positive, negative):
        for border in borders:
            crosses = (centre - 5 < border) & (centre + 5 > border)
            assert not crosses.any()
    stretch = np.searchsorted(borders, reference.numpy(), side="right")
    np.testing.assert_array_equal(stretch, np.searchsorted(borders, positive.numpy(), side="right"))
    gap = (positive - reference).numpy()
    assert gap.max() == 10
    assert (gap == 10).mean() > 0.95  # less only where a window was moved off a border


def test_a_stretch_shorter_than_the_window_gives_no_bin_to_any_batch(recording):
    # The bug: such a stretch had no references, but its bins could be positives, whose windows ran
    # over its borders and, at either end of the recording, out of it (Cicero has one of one bin).
    segments = (slice(0, 3), slice(3, 900), slice(900, 907), slice(907, N_BINS - 1))
    segments = (*segments, slice(N_BINS - 1, N_BINS))
    drawn = sampler(recording.labels("pos"), segments).draw(300)
    for start, stop in ((0, 3), (900, 907), (N_BINS - 1, N_BINS)):
        assert not ((drawn + 5 > start) & (drawn - 5 < stop)).any()


def test_changes_of_label_stay_within_a_stretch():
    labels = np.where(np.arange(N_BINS) < 1000, 0.0, 100.0).astype(np.float32)[:, None]
    joined = sampler(labels).change
    apart = sampler(labels, (slice(0, 1000), slice(1000, N_BINS))).change
    assert joined.max() == 100
    assert (apart == 0).all()


def test_same_seed_same_batches(recording):
    first, again, other = (sampler(recording.labels("posdir"), seed=s).draw(3) for s in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_recording_shorter_than_the_window_is_refused():
    with pytest.raises(ValueError, match="longest contiguous stretch has 9 bins.* need 10"):
        Sampler(np.ones((9, 1)), 9, [slice(0, 9)], (5, 5), SETTINGS, torch.Generator())
