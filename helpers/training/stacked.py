"""Many models of one shape, stacked and stepped together: the way to train on a GPU.

A GPU waits for kernel launches, not for arithmetic, when it trains one small CEBRA model. Here the
weights of all models of a shape form one stack, batches are drawn on the device for many steps at
once, and the step, forward, loss, backward and Adam, is captured once as a CUDA graph and replayed.
The same code runs on a CPU, where the tests hold it against the one-model trainer; there it is not
the fast way.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from . import cache as fitcache
from .device_sampling import DeviceSampler
from .jobs import Job
from .one import TICK, Trained, check_finite, new_module
from .sampling import STEPS_AT_ONCE
from .stacked_encoder import StackedEncoder

MOST_TOGETHER = (
    32  # models in a stack: their windows of one step take about a quarter of a gigabyte
)
SHAPE = (
    "model_architecture",
    "num_hidden_units",
    "output_dimension",
    "batch_size",
    "max_iterations",
    "distance",
    "temperature",
    "learning_rate",
    "optimizer_kwargs",
)


def train_stacked(todo: dict[Path, Job], device: str, on_tick: Callable[[], None]) -> list[str]:
    """Train jobs into their cache files, stack by stack; return a line for each that failed.

    A model whose loss stops being finite does not disturb the others of its stack.
    """
    failures = []
    for together in stacks(todo):
        paths, jobs = zip(*together, strict=True)
        for path, job, trained in zip(paths, jobs, train_stack(jobs, device, on_tick), strict=True):
            try:
                check_finite(job, np.stack(list(trained.log.values()), axis=1))
                fitcache.store(path, trained)
            except FloatingPointError as error:
                failures.append(f"{job.name or path.stem[:8]}: {error}")
    return failures


def stacks(todo: dict[Path, Job]) -> list[tuple[tuple[Path, Job], ...]]:
    """Group jobs that can step together: same network, batch and schedule; any length."""
    groups = {}
    for path, job in todo.items():
        shape = job.spikes.shape[1], job.dtype, *(job.parameters[name] for name in SHAPE)
        groups.setdefault(shape, []).append((path, job))
    most = MOST_TOGETHER
    return [
        tuple(group[i : i + most]) for group in groups.values() for i in range(0, len(group), most)
    ]


def train_stack(jobs, device: str, on_tick: Callable[[], None]) -> list[Trained]:
    """Train a stack; half of it at a time, down to one, if the device has too little memory."""
    try:
        return StackedTraining(jobs, device).run(on_tick)
    except torch.cuda.OutOfMemoryError:
        if len(jobs) == 1:
            raise
        torch.cuda.empty_cache()
    half = len(jobs) // 2
    return train_stack(jobs[:half], device, on_tick) + train_stack(jobs[half:], device, on_tick)


class StackedTraining:
    """Models of one shape half-way.

    Parameters
    ----------
    jobs : sequence of Job
        As grouped by `stacks`.
    device : str
    """

    def __init__(self, jobs: list[Job], device: str):
        self.jobs, self.device, first = jobs, torch.device(device), jobs[0].parameters
        modules = [new_module(job).to(device) for job in jobs]
        self.samplers = [
            DeviceSampler(job, module, device) for job, module in zip(jobs, modules, strict=True)
        ]
        self.weights = {  # name -> (models, ...)
            name: torch.stack([dict(module.named_parameters())[name] for module in modules])
            .detach()
            .requires_grad_()
            for name, _ in modules[0].named_parameters()
        }
        starts = torch.from_numpy(np.cumsum([0, *(len(job.spikes) for job in jobs[:-1])]))
        table = torch.from_numpy(np.concatenate([job.spikes for job in jobs])).to(device)
        dtype = getattr(torch, jobs[0].dtype)
        self.encoder = StackedEncoder(modules[0], table, starts.to(device), dtype)
        self.batch_size, self.temperature = first["batch_size"], first["temperature"]
        self.euclidean = first["distance"] == "euclidean"
        self.optimizer = torch.optim.Adam(
            self.weights.values(),
            lr=first["learning_rate"],
            capturable=self.device.type == "cuda",
            fused=True,
            **dict(first["optimizer_kwargs"]),
        )

    def losses(self, centres: torch.Tensor) -> torch.Tensor:
        """InfoNCE of window centres (models, 3, batch): (3, models) as total, align and uniform."""
        embedded = self.encoder(self.weights, centres.flatten(1))
        reference, positive, negative = embedded.split(self.batch_size, dim=1)
        if self.euclidean:
            attraction = -(reference - positive).square().sum(-1)
            repulsion = -torch.cdist(
                reference, negative, compute_mode="donot_use_mm_for_euclid_dist"
            ).square()
        else:
            attraction = (reference * positive).sum(-1)
            repulsion = reference @ negative.transpose(1, 2)
        align = -attraction.mean(1) / self.temperature
        uniform = torch.logsumexp(repulsion / self.temperature, dim=2).mean(1)
        return torch.stack([align + uniform, align, uniform])

    def step(self, centres: torch.Tensor) -> torch.Tensor:
        """Take one gradient step of every model; return the losses (3, models)."""
        self.optimizer.zero_grad()
        losses = self.losses(centres)
        losses[0].sum().backward()
        self.optimizer.step()
        return losses.detach()

    def run(self, on_tick: Callable[[], None] = lambda: None) -> list[Trained]:
        """Train all models to the end."""
        n_steps = self.jobs[0].parameters["max_iterations"]
        log = torch.empty(n_steps, 3, len(self.jobs), device=self.device)
        step = None
        for start in range(0, n_steps, STEPS_AT_ONCE):
            n = min(STEPS_AT_ONCE, n_steps - start)
            batches = torch.stack([sampler.draw(n) for sampler in self.samplers], dim=1)
            step = step or self._captured(batches[0])
            for number in range(n):
                log[start + number] = step(batches[number])
                if (start + number + 1) % TICK == 0:
                    for _ in self.jobs:
                        on_tick()
        return [
            self._trained(model, log[:, :, model].cpu().numpy()) for model in range(len(self.jobs))
        ]

    def _captured(self, example: torch.Tensor) -> Callable:
        """Return `step` as a replayed CUDA graph where that works, else `step` itself."""
        if self.device.type != "cuda":
            return self.step
        before = {name: value.detach().clone() for name, value in self.weights.items()}
        try:
            centres, graph = example.clone(), torch.cuda.CUDAGraph()
            with torch.cuda.stream(torch.cuda.Stream()):
                for _ in range(3):
                    self.step(centres)
            torch.cuda.synchronize()
            self.optimizer.zero_grad(set_to_none=True)
            with torch.cuda.graph(graph):
                losses = self.step(centres)
        except RuntimeError as error:
            print(f"the step could not be captured as a CUDA graph ({error}); stepping without one")
            self._rewind(before)
            return self.step
        self._rewind(before)

        def replay(batch):
            centres.copy_(batch)
            graph.replay()
            return losses

        return replay

    def _rewind(self, weights: dict[str, torch.Tensor]) -> None:
        """Undo the warm-up steps in place: a captured graph holds on to these very tensors."""
        with torch.no_grad():
            for name, value in weights.items():
                self.weights[name].copy_(value)
            for state in self.optimizer.state.values():
                for value in state.values():
                    value.zero_()

    def _trained(self, model: int, log: np.ndarray) -> Trained:
        weights = {name: value[model].numpy(force=True) for name, value in self.weights.items()}
        adam = {}
        for number, parameter in enumerate(self.weights.values()):
            for key, value in self.optimizer.state[parameter].items():
                part = value if key == "step" else value[model]
                adam[f"{number}/{key}"] = part.numpy(force=True)
        total, align, uniform = log.T
        temperature = np.full(len(log), self.temperature, dtype=np.float32)
        log = {"total": total, "pos": align, "neg": uniform, "temperature": temperature}
        return Trained(weights, {}, adam, log)
