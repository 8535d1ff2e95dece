"""The fast encoder computes what the official module computes, forwards and backwards."""

import cebra.models
import numpy as np
import pytest
import torch

from helpers.training.encoder import FAST_ARCHITECTURES, ModuleEncoder, WindowEncoder

N_WINDOWS = 80


def module_of(architecture, n_neurons=15):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return cebra.models.init(architecture, num_neurons=n_neurons, num_units=16, num_output=3)


def spikes_of(n_bins, rate, n_neurons=15):
    return np.random.default_rng(1).poisson(rate, (n_bins, n_neurons)).astype(np.uint8)


CASES = {"sparse": spikes_of(90, 0.05), "dense": spikes_of(3000, 0.5)}


def gradients(encoder, module, centres):
    module.zero_grad()
    embedded = encoder(centres)
    target = torch.linspace(-1, 1, embedded.numel()).view_as(embedded)
    (embedded * target).sum().backward()
    return embedded.detach(), [p.grad.clone() for p in module.parameters()]


@pytest.mark.parametrize("architecture", FAST_ARCHITECTURES)
@pytest.mark.parametrize("case", CASES)
def test_equals_the_official_module(architecture, case):
    spikes, module = CASES[case], module_of(architecture)
    fast = WindowEncoder(module, spikes, N_WINDOWS)
    assert (fast.counts is not None) == (case == "sparse"), "this case was to test the other branch"
    centres = torch.from_numpy(np.random.default_rng(2).integers(5, len(spikes) - 5, N_WINDOWS))
    ours, our_gradients = gradients(fast, module, centres)
    theirs, their_gradients = gradients(ModuleEncoder(module, spikes), module, centres)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)
    for mine, official in zip(our_gradients, their_gradients, strict=True):
        torch.testing.assert_close(
            mine, official, rtol=1e-4, atol=1e-5 * official.abs().max().item()
        )


def test_module_encoder_cuts_windows_as_the_library_does():
    spikes, module = CASES["dense"], module_of("offset10-model")
    dataset = cebra.data.TensorDataset(
        torch.from_numpy(spikes).float(),
        continuous=torch.zeros(len(spikes), 1),
        offset=module.get_offset(),
    )
    centres = torch.tensor([5, 17, 2995])
    expected = module(dataset[centres])
    torch.testing.assert_close(ModuleEncoder(module, spikes)(centres), expected)


def test_bfloat16_rounds_and_no_more():
    spikes, module = CASES["sparse"], module_of("offset10-model")
    centres = torch.arange(5, 5 + N_WINDOWS)
    exact, exact_gradients = gradients(WindowEncoder(module, spikes, N_WINDOWS), module, centres)
    rounded = WindowEncoder(module, spikes, N_WINDOWS, torch.bfloat16)
    ours, our_gradients = gradients(rounded, module, centres)
    assert ours.dtype == torch.float32
    assert 0 < (ours - exact).abs().max() < 0.05
    for mine, official in zip(our_gradients, exact_gradients, strict=True):
        assert mine.dtype == torch.float32
        assert (mine - official).norm() < 0.05 * official.norm()
