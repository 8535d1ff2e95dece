"""Positives by the library's own search: the same draws, now and then another bin of the place."""

from dataclasses import replace

import cebra.distributions
import numpy as np
import pytest
import torch

from helpers.recordings import simulate_recording
from helpers.training import (
    Losses,
    headline,
    jobs_by_library,
    losses_by_library,
    new_module,
    new_sampler,
    variant_job,
)
from helpers.training.losses import most_of_one_moment
from helpers.training.plan import VARIANTS
from helpers.training.searched import LibrarySearch, sampler_by_library, tf32

RECORDING = simulate_recording(n_neurons=12, n_bins=3000, seed=3)


def test_tf32_keeps_ten_bits():
    numbers = torch.tensor([1.0, 1 + 2**-10, 1 + 2**-11, 1 + 2**-12, -1 - 2**-11, 0.0])
    kept = [1.0, 1 + 2**-10, 1 + 2**-10, 1.0, -1 - 2**-10, 0.0]
    assert tf32(numbers).tolist() == kept
    large = torch.linspace(-7, 9, 1001)
    assert (tf32(large) - large).abs().max() <= 2**-11 * 8
    assert torch.equal(tf32(tf32(large)), tf32(large))


def test_references_and_negatives_are_the_plain_sampler_s_and_some_positives_are_others():
    job = variant_job(RECORDING, "shuffled", seed=2, max_iterations=5)
    plain, ours = new_sampler(job, new_module(job)).draw(5), sampler_by_library(job).draw(5)
    assert torch.equal(plain[:, 0], ours[:, 0])
    assert torch.equal(plain[:, 2], ours[:, 2])
    assert 0.3 < (plain[:, 1] == ours[:, 1]).float().mean() < 1


@pytest.mark.parametrize("is_tf32", [False, True])
def test_the_search_is_the_package_s_and_tf32_strays_farther(is_tf32):
    rng = np.random.default_rng(0)
    labels = rng.uniform(0, 1.6, (2000, 1)).astype(np.float32)
    bins, queries = np.arange(100, 2000), rng.uniform(-1, 3, (700, 1)).astype(np.float32)
    found = LibrarySearch(labels, bins, is_tf32).search(queries)
    index = cebra.distributions.ContinuousIndex(torch.from_numpy(labels[bins]))
    package = bins[index.search(torch.from_numpy(queries)).numpy()]
    distance = np.abs(labels[found, 0] - queries[:, 0])
    least = np.abs(labels[bins, 0] - queries).min(axis=1)
    if is_tf32:
        assert len(np.unique(found)) < 0.6 * len(np.unique(package))
        assert (distance - least).max() < 0.05
    else:
        np.testing.assert_array_equal(found, package)
        assert (distance - least).max() < 0.002


def test_no_jobs_are_no_losses_and_the_quick_profile_has_none():
    assert jobs_by_library(RECORDING, "quick") == []
    assert losses_by_library([]) == {}


def test_the_shuffled_model_by_the_library_s_search_is_what_is_judged(monkeypatch, tmp_path):
    """The book's search is nearer than the library's, and its shuffled loss was the higher."""
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(headline, "ITERATIONS", {"quick": 40, "full": 40})
    jobs = jobs_by_library(RECORDING, "full", seed=4)
    assert [job.seed for job in jobs] == [4, 5, 6]
    small = [replace(job, parameters={**job.parameters, "batch_size": 64}) for job in jobs[:2]]
    found = losses_by_library(small)
    assert found[False].shape == (2, 40)
    assert found[True].shape == (1, 40)

    class Plain:
        loss, job = np.full(40, 4.1), small[0]

    losses = Losses(dict.fromkeys(VARIANTS, Plain), {}, found)
    assert losses.by_paper == {"shuffled": pytest.approx(found[False][:, -2:].mean())}
    (path,) = losses.paths()
    assert path.title.startswith("shuffled labels")
    assert [step.value for step in path.tried] == [pytest.approx(found[True][:, -2:].mean())]


@pytest.mark.parametrize("dimension", [3, 16])
def test_what_can_be_learnt_of_one_moment_is_what_free_points_learn_of_it(dimension):
    """Not all at one angle: in three dimensions a few do better on the far side of the sphere."""
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(900, dimension, generator=generator, requires_grad=True)
    optimiser = torch.optim.Adam([points], lr=0.05)
    for _ in range(250):
        unit = torch.nn.functional.normalize(points, dim=1)
        loss = (torch.exp(unit @ unit.T).mean(dim=1).log() - unit[:, 0]).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert -loss.item() == pytest.approx(most_of_one_moment(dimension), abs=3e-3)
    assert most_of_one_moment(dimension) < 0.25, "no sphere has room for more"
