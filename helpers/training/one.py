"""One model, one core: CEBRA's training loop over a sampler, an encoder and the package's loss."""

import itertools
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

import cebra
import cebra.models
import numpy as np
import torch

from .encoder import FAST_ARCHITECTURES, ModuleEncoder, WindowEncoder
from .jobs import Job
from .sampling import Sampler

TICK = 50  # steps between two looks at the loss and two signs of life
_seeding = threading.Lock()


@dataclass
class Trained:
    """What a training leaves behind, as plain arrays.

    Attributes
    ----------
    model, criterion : dict of str to array
        State dictionaries of the official module and loss.
    adam : dict of str to array
        ``"<parameter number>/<exp_avg | exp_avg_sq | step>"``.
    log : dict of str to array of shape (steps,)
        ``total``, ``pos``, ``neg`` and ``temperature``, as `cebra` logs them.
    """

    model: dict
    criterion: dict
    adam: dict
    log: dict


def new_module(job: Job) -> torch.nn.Module:
    """Make the official network of a job, its weights drawn from the job's seed.

    The package draws them from torch's global generator, which is lent for the moment and put back.
    """
    with _seeding, torch.random.fork_rng(devices=[]):
        torch.manual_seed(job.seed)
        return cebra.models.init(
            job.parameters["model_architecture"],
            num_neurons=job.spikes.shape[1],
            num_units=job.parameters["num_hidden_units"],
            num_output=job.parameters["output_dimension"],
        )


def new_criterion(job: Job) -> torch.nn.Module:
    """Make the official InfoNCE loss of a job."""
    kind = job.parameters["distance"].capitalize()
    temperature = job.parameters["temperature"]
    if job.parameters["temperature_mode"] == "constant":
        return getattr(cebra.models, f"Fixed{kind}InfoNCE")(temperature=temperature)
    learnable = getattr(cebra.models, f"Learnable{kind}InfoNCE")
    return learnable(temperature=temperature, min_temperature=job.parameters["min_temperature"])


def new_sampler(job: Job, module: torch.nn.Module) -> Sampler:
    """Make the sampler of a job; its generator is the job's seed."""
    offset = module.get_offset()
    generator = torch.Generator().manual_seed(job.seed)
    field = (offset.left, offset.right)
    return Sampler(job.labels, len(job.spikes), job.segments, field, job.parameters, generator)


class Training:
    """A model half-way: its official module, loss and optimiser, and the encoder that runs it.

    Parameters
    ----------
    job : Job
    """

    def __init__(self, job: Job):
        self.job, self.batch_size = job, job.parameters["batch_size"]
        self.module, self.criterion = new_module(job), new_criterion(job)
        if job.parameters["model_architecture"] in FAST_ARCHITECTURES:
            dtype = getattr(torch, job.dtype)
            self.encoder = WindowEncoder(self.module, job.spikes, 3 * self.batch_size, dtype)
        else:
            self.encoder = ModuleEncoder(self.module, job.spikes)
        self.parameters = list(
            itertools.chain(self.module.parameters(), self.criterion.parameters())
        )
        settings = dict(job.parameters["optimizer_kwargs"])
        rate = job.parameters["learning_rate"]
        self.optimizer = torch.optim.Adam(self.parameters, lr=rate, fused=True, **settings)

    def step(self, centres: torch.Tensor) -> tuple[float, float, float]:
        """Take a gradient step on window centres (3, batch_size); return total, pos, neg loss."""
        self.optimizer.zero_grad()
        reference, positive, negative = self.encoder(centres.flatten()).split(self.batch_size)
        loss, align, uniform = self.criterion(reference, positive, negative)
        loss.backward()
        self.optimizer.step()
        return loss.item(), align.item(), uniform.item()

    def trained(self, log: dict) -> Trained:
        """Copy out what was learnt."""
        adam = {
            f"{number}/{key}": value.numpy().copy()
            for number, parameter in enumerate(self.parameters)
            for key, value in self.optimizer.state[parameter].items()
        }
        return Trained(_arrays(self.module), _arrays(self.criterion), adam, log)


def train(
    job: Job, on_tick: Callable[[], None] = lambda: None, kind: type[Training] = Training
) -> Trained:
    """Train one job on one core of this process.

    Parameters
    ----------
    job : Job
    on_tick : callable
        Called after every `TICK` steps.
    kind : type
        How a step is taken: `Training`, or a class of its own kind.

    Returns
    -------
    Trained

    Raises
    ------
    FloatingPointError
        If the loss stops being finite.
    """
    with one_thread():
        run = kind(job)
        sampler = new_sampler(job, run.module)
        log = np.empty((job.parameters["max_iterations"], 4), dtype=np.float32)
        for number, centres in enumerate(sampler.batches(len(log))):
            log[number] = *run.step(centres), run.criterion.temperature
            if (number + 1) % TICK == 0:
                check_finite(job, log[: number + 1])
                on_tick()
        check_finite(job, log)
        return run.trained(
            dict(zip(("total", "pos", "neg", "temperature"), log.T.copy(), strict=True))
        )


def check_finite(job: Job, log: np.ndarray) -> None:
    """Raise if the losses (steps, ...) of a job are no longer numbers."""
    bad = np.flatnonzero(~np.isfinite(log).all(axis=1))
    if len(bad):
        raise FloatingPointError(
            f"the loss is not finite from step {bad[0]} on; lower learning_rate "
            f"({job.parameters['learning_rate']:g}) or raise temperature "
            f"({job.parameters['temperature']:g})"
        )


@contextmanager
def one_thread():
    """One thread for torch: two processes with one each train more than one process with two."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _arrays(module: torch.nn.Module) -> dict:
    return {key: value.numpy(force=True).copy() for key, value in module.state_dict().items()}
