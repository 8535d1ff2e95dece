"""Fit: what came out of a training, down to a fitted ``cebra.CEBRA`` estimator."""

from functools import cached_property

import cebra
import numpy as np
import torch

from .jobs import Job
from .one import Trained, new_module

CHUNK = 65_536  # windows embedded at once: a million bins fit in little memory


class Fit:
    """A trained model and the recording it was trained on.

    Parameters
    ----------
    job : Job
        What was trained.
    trained : Trained
        What came out.

    Attributes
    ----------
    loss : array of shape (steps,)
        InfoNCE at each step, in nats; depends on the batch size.
    """

    def __init__(self, job: Job, trained: Trained):
        self.job, self.trained = job, trained
        self.loss = trained.log["total"]

    def __repr__(self):
        loss = self.loss[-100:].mean()
        return f"Fit({self.job.name or 'unnamed'}, {len(self.loss)} steps, loss {loss:.3f})"

    @cached_property
    def module(self) -> torch.nn.Module:
        """The official network with the trained weights, on the CPU."""
        module = new_module(self.job)
        module.load_state_dict(_tensors(self.trained.model))
        return module.eval()

    @cached_property
    def embedding(self) -> np.ndarray:
        """The embedding (T, d) float32 of the bins that the model was trained on."""
        return self.transform(self.job.spikes, self.job.segments)

    def transform(self, spikes: np.ndarray, segments=()) -> np.ndarray:
        """Embed spikes, stretch by stretch.

        Parameters
        ----------
        spikes : array of shape (T, N)
            Counts of the neurons that the model was trained on.
        segments : tuple of slice
            Contiguous stretches; empty means one. No window crosses their borders, where the first
            and the last bin are repeated as `cebra.CEBRA.transform` repeats them.

        Returns
        -------
        array of shape (T, d)
            float32.

        Raises
        ------
        ValueError
            If the number of neurons is another one, or a value is not finite.
        """
        spikes = np.asarray(spikes)
        if spikes.ndim != 2 or spikes.shape[1] != self.job.spikes.shape[1]:
            expected = self.job.spikes.shape[1]
            raise ValueError(
                f"spikes has shape {spikes.shape}; the model was trained on (bins, {expected})"
            )
        if spikes.dtype.kind == "f" and (bad := int((~np.isfinite(spikes)).sum())):
            raise ValueError(f"spikes has {bad} NaN or infinite values; leave those bins out")
        pieces = segments or (slice(0, len(spikes)),)
        return np.concatenate([self._embed(spikes[piece]) for piece in pieces])

    def _embed(self, spikes: np.ndarray) -> np.ndarray:
        offset = self.module.get_offset()
        padded = np.concatenate(
            [spikes[:1].repeat(offset.left, 0), spikes, spikes[-1:].repeat(offset.right - 1, 0)]
        )
        embedded = []
        with torch.no_grad():
            for start in range(0, len(spikes), CHUNK):
                chunk = torch.from_numpy(padded[start : start + CHUNK + len(offset) - 1]).float()
                embedded.append(self._run(chunk))
        return np.concatenate(embedded)

    def _run(self, chunk: torch.Tensor) -> np.ndarray:
        if isinstance(self.module, cebra.models.ConvolutionalModelMixin):
            embedded = self.module(chunk.T[None])
            # The package squeezes the time axis where a stretch is a single bin long.
            return embedded.reshape(embedded.shape[1], -1).T.numpy()
        return self.module(chunk[:, :, None]).numpy()

    @cached_property
    def estimator(self) -> cebra.CEBRA:
        """The fit as the package's own fitted estimator: it transforms, saves, loads and plots.

        It is made through the public interface: fitted for one step on a few rows, then given its
        parameters, weights, optimiser state and history. As after `cebra.CEBRA.fit`, `partial_fit`
        starts from new weights; the optimiser state serves those who go on through `solver_`.
        """
        job, parameters = self.job, dict(self.job.parameters)
        estimator = cebra.CEBRA(
            **{**parameters, "max_iterations": 1, "batch_size": 2, "device": "cpu"}
        )
        rows = np.zeros(
            (max(64, 2 * parameters["time_offsets"]), job.spikes.shape[1]), dtype=np.float32
        )
        labels = [] if job.labels is None else [_spread(len(rows), job.labels.shape[1])]
        with torch.random.fork_rng(devices=[]):
            estimator.fit(rows, *labels)
        estimator.set_params(
            max_iterations=parameters["max_iterations"], batch_size=parameters["batch_size"]
        )
        solver = estimator.solver_
        solver.model.load_state_dict(_tensors(self.trained.model))
        solver.criterion.load_state_dict(_tensors(self.trained.criterion))
        for number, parameter in enumerate(solver.parameters()):
            state = solver.optimizer.state[parameter]
            for name in state:
                state[name] = torch.from_numpy(self.trained.adam[f"{number}/{name}"].copy())
        solver.history = self.loss.tolist()
        solver.log = {name: values.tolist() for name, values in self.trained.log.items()}
        return estimator


def _spread(n_rows: int, n_columns: int) -> np.ndarray:
    return np.linspace(0, 1, n_rows * n_columns, dtype=np.float32).reshape(n_rows, n_columns)


def _tensors(arrays: dict) -> dict:
    return {name: torch.from_numpy(np.array(value)) for name, value in arrays.items()}
