"""Batches larger than the recording: the library's loss, gradients, weights on the same draws."""

import numpy as np
import pytest
import torch

from helpers.recordings import simulate_recording
from helpers.training import Job, fit_many
from helpers.training import cache as fitcache
from helpers.training.fullbatch import MANY, FullBatchTraining, WeightedLogSum, is_full
from helpers.training.one import Training, new_sampler, train
from helpers.training.plan import variant_job

SMALL = {"batch_size": 700, "num_hidden_units": 8, "max_iterations": 12}


@pytest.fixture(scope="module")
def recording():
    return simulate_recording(n_neurons=12, n_bins=400, seed=3)


def both_ways(job):
    """Losses and gradients of one batch: over distinct bins, and as the library takes them."""
    ours, theirs = FullBatchTraining(job), Training(job)
    centres = new_sampler(job, theirs.module).draw(1)[0]
    align, uniform = ours.losses(centres)
    (align + uniform).backward()
    parts = theirs.encoder(centres.flatten()).split(theirs.batch_size)
    loss, *wanted = theirs.criterion(*parts)
    loss.backward()
    return (ours, [align, uniform]), (theirs, wanted)


@pytest.mark.parametrize("variant", ["posdir", "time"])
@pytest.mark.parametrize("mode", ["constant", "auto"])
@pytest.mark.parametrize("distance", ["cosine", "euclidean"])
@pytest.mark.parametrize("architecture", ["offset10-model", "offset5-model", "offset1-model-mse"])
def test_loss_and_gradients_are_the_library_s(recording, architecture, distance, mode, variant):
    settings = {"distance": distance, "temperature_mode": mode, "temperature": 0.7}
    settings |= {"model_architecture": architecture, **SMALL}
    (ours, losses), (theirs, wanted) = both_ways(variant_job(recording, variant, **settings))
    torch.testing.assert_close(torch.stack(losses), torch.stack(wanted), rtol=1e-5, atol=1e-6)
    for mine, other in zip(ours.parameters, theirs.parameters, strict=True):
        torch.testing.assert_close(mine.grad, other.grad, rtol=1e-3, atol=1e-5)


def test_so_are_the_weights_after_some_steps(recording):
    job = variant_job(recording, "posdir", **SMALL)
    ours, theirs = train(job, kind=FullBatchTraining), train(job)
    np.testing.assert_allclose(ours.log["total"], theirs.log["total"], rtol=1e-5)
    for name, weights in theirs.model.items():
        np.testing.assert_allclose(ours.model[name], weights, atol=1e-4)


def test_cut_recordings_are_windowed_as_ever(recording):
    bins = np.r_[0:90, 130:300, 310:400]
    (ours, losses), (_, wanted) = both_ways(variant_job(recording, "posdir", bins=bins, **SMALL))
    assert len(ours.job.segments) > 1
    torch.testing.assert_close(torch.stack(losses), torch.stack(wanted), rtol=1e-5, atol=1e-6)


def test_a_weighted_sum_in_blocks_has_the_gradient_of_a_whole_one():
    generator = torch.Generator().manual_seed(0)
    a, b = (torch.randn(n, 3, generator=generator, requires_grad=True) for n in (300, 170))
    weight, bias = torch.rand(300, generator=generator), torch.rand(170, generator=generator)
    WeightedLogSum.apply(a, b, weight, bias).mul(2).backward()
    found = a.grad.clone(), b.grad.clone()
    a.grad = b.grad = None
    (2 * (weight * torch.logsumexp(a @ b.t() + bias, 1)).sum()).backward()
    torch.testing.assert_close(found, (a.grad, b.grad))


def test_fit_many_chooses_by_itself_and_keeps_the_two_apart(recording, tmp_path, monkeypatch):
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path))
    monkeypatch.setenv("CEBRA_BOOK_DEVICE", "cpu")
    large = variant_job(recording, "posdir", **SMALL)
    small = variant_job(recording, "posdir", **{**SMALL, "batch_size": 64})
    assert is_full(large)
    assert not is_full(small)
    (fit,) = fit_many([large], progress=False)
    wanted = train(large, kind=FullBatchTraining)
    np.testing.assert_array_equal(fit.loss, wanted.log["total"])
    roots = []
    monkeypatch.setattr(fitcache.code, "digest", lambda *names: roots.append(names) or "")
    for job in (large, small):
        fitcache.key(job, "cpu")
    assert set(roots[1]) < set(roots[0])


def test_many_equal_labels_are_searched_as_one():
    # Cicero rests for thousands of bins at one place: a tree of bins, not of labels, crawled there
    spikes = simulate_recording(n_neurons=4, n_bins=6_000, seed=0).spikes
    labels = np.zeros((6_000, 1), dtype=np.float32)
    labels[::300, 0] = np.linspace(0, 1.6, 20)
    job = Job(spikes, labels, {"batch_size": MANY + 1, "max_iterations": 1})
    sampler = new_sampler(job, Training(job).module)
    assert sampler.nearest.tree.n == 20
    found = sampler.nearest.search(labels[sampler.draw(1)[0, 0].numpy()])
    lowest = {int(np.flatnonzero(labels[:, 0] == value)[0]) for value in np.unique(labels)}
    assert set(found.tolist()) <= lowest
