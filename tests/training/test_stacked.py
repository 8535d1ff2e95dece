"""The stacked step of the GPU path, run on the CPU, equals the one-model step."""

import numpy as np
import pytest
import torch

from helpers.recordings.loading import simulate_recording
from helpers.training import cache as fitcache
from helpers.training.device_sampling import DeviceSampler
from helpers.training.one import Training, new_module, new_sampler
from helpers.training.plan import variant_job
from helpers.training.stacked import StackedTraining, stacks, train_stacked
from helpers.training.stacked_encoder import is_stackable

FEW = {"batch_size": 64, "max_iterations": 70}
SHAPES = [
    {},
    {"model_architecture": "offset10-model-mse", "distance": "euclidean", "temperature": 2.0},
    {"model_architecture": "offset1-model", "output_dimension": 4},
    {"model_architecture": "offset5-model", "num_hidden_units": 8},
]


@pytest.fixture(scope="module")
def recordings():
    return [simulate_recording(n_neurons=15, n_bins=n, seed=n) for n in (900, 1200)]


@pytest.mark.parametrize("settings", SHAPES, ids=str)
def test_stacked_steps_equal_single_steps(recordings, settings):
    jobs = [
        variant_job(r, v, seed=s, **FEW, **settings)
        for s, (r, v) in enumerate(zip(recordings, ["posdir", "time"], strict=True))
    ]
    stack, singles = StackedTraining(jobs, "cpu"), [Training(job) for job in jobs]
    batches = [
        new_sampler(job, one.module).draw(20) for job, one in zip(jobs, singles, strict=True)
    ]
    for number in range(20):
        losses = stack.step(torch.stack([batch[number] for batch in batches]))
        for model, one in enumerate(singles):
            expected = one.step(batches[model][number])
            np.testing.assert_allclose(losses[:, model], expected, atol=2e-4)
    for model, one in enumerate(singles):
        for name, weights in one.module.named_parameters():
            torch.testing.assert_close(stack.weights[name][model], weights, rtol=0, atol=1e-3)


@pytest.mark.parametrize(
    ("architecture", "dtype", "apart"),
    [
        ("offset10-model", "float32", 1e-5),
        ("offset5-model", "float32", 1e-5),
        ("offset1-model", "float32", 1e-5),
        ("offset1-model-mse", "float32", 1e-5),
        ("offset10-model", "bfloat16", 0.03),
    ],
)
def test_stacked_encoders_have_the_official_outputs_and_gradients(
    recordings, architecture, dtype, apart
):
    settings = {**FEW, "model_architecture": architecture, "dtype": dtype}
    jobs = [variant_job(recordings[n % 2], "pos", seed=n, **settings) for n in range(3)]
    stack = StackedTraining(jobs, "cpu")
    centres = torch.stack([torch.arange(20, 60) + n for n in range(3)])
    weighting = torch.randn(40, 3, generator=torch.Generator().manual_seed(0))
    embedded = stack.encoder(stack.weights, centres)
    (embedded * weighting).sum().backward()
    for model, job in enumerate(jobs):
        module = new_module(job)
        offset = module.get_offset()
        rows = centres[model][:, None] + torch.arange(-offset.left, offset.right)
        wanted = module(torch.from_numpy(job.spikes)[rows].float().transpose(1, 2))
        (wanted * weighting).sum().backward()
        assert (embedded[model] - wanted).norm() <= apart * wanted.norm()
        for name, parameter in module.named_parameters():
            difference = stack.weights[name].grad[model] - parameter.grad
            assert difference.norm() <= apart * parameter.grad.norm(), name


def test_networks_of_other_parts_keep_to_the_cores():
    assert all(map(is_stackable, ("offset10-model", "offset5-model", "offset1-model-mse")))
    assert not any(map(is_stackable, ("offset36-model-dropout", "offset10-model-mse-tanh")))


def test_stacks_hold_equal_shapes_only_and_train_all(recordings, tmp_path, capsys):
    settings = [FEW, FEW, {**FEW, "output_dimension": 4}]
    jobs = [variant_job(recordings[n % 2], "posdir", seed=n, **s) for n, s in enumerate(settings)]
    todo = {tmp_path / f"{n}.npz": job for n, job in enumerate(jobs)}
    assert sorted(len(stack) for stack in stacks(todo)) == [1, 2]
    ticks = []
    assert train_stacked(todo, "cpu", lambda: ticks.append(1)) == []
    assert len(ticks) == 3
    for path, job in todo.items():
        trained = fitcache.load(path)
        assert trained.log["total"][-1] < trained.log["total"][0]
        assert set(trained.model) == set(Training(job).module.state_dict())


def test_a_diverging_model_does_not_disturb_its_stack(recordings, tmp_path):
    good, bad = (variant_job(recordings[0], "posdir", seed=s, **FEW) for s in (0, 1))
    stack = StackedTraining([good, bad], "cpu")
    with torch.no_grad():
        next(iter(stack.weights.values()))[1] = torch.nan
    kept, lost = stack.run()
    assert np.isfinite(kept.log["total"]).all()
    assert np.isnan(lost.log["total"]).all()


def test_device_draws_pair_bins_as_the_cpu_sampler_does(recordings):
    job = variant_job(recordings[0], "time", **FEW)
    reference, positive, _ = DeviceSampler(job, Training(job).module, "cpu").draw(9).unbind(1)
    gap = positive - reference
    assert gap.max() == 10
    assert (gap == 10).float().mean() > 0.9
