"""`Sampler` on a GPU: draws and searches stay on the device, so that no step waits for the CPU."""

import numpy as np
import torch

from .jobs import Job
from .one import new_sampler
from .sampling import Sampler


class DeviceSampler(Sampler):
    """`Sampler` whose draws and searches run on a device.

    Parameters
    ----------
    job : Job
    module : cebra.models.Model
        For its receptive field.
    device : str
    """

    def __init__(self, job: Job, module: torch.nn.Module, device: str):
        self.__dict__.update(vars(new_sampler(job, module)))
        self.generator = torch.Generator(device).manual_seed(job.seed)
        self.device_of = {"device": device, "generator": self.generator}
        if not self.on_time:
            self.nearest = DeviceNearest(self.labels, self.references, device)
            self.labels = torch.from_numpy(self.labels).to(device)
            self.change = torch.from_numpy(self.change).to(device)
        self.centre = torch.from_numpy(self.centre).to(device)
        self.references = torch.from_numpy(self.references).to(device)

    def draw(self, n_steps: int) -> torch.Tensor:
        """Draw (n_steps, 3, batch_size) window centres, on the device."""
        shape = (n_steps, self.parameters["batch_size"])
        reference, negative = self._prior(shape), self._prior(shape)
        positive = self._positives(reference.flatten()).view(shape)
        return self.centre[torch.stack([reference, positive, negative], dim=1)]

    def _prior(self, shape: tuple[int, int]) -> torch.Tensor:
        return self.references[torch.randint(len(self.references), shape, **self.device_of)]

    def _positives(self, reference: torch.Tensor) -> torch.Tensor:
        if self.on_time:
            return reference + self.parameters["time_offsets"]
        query = self.labels[reference]
        if self.parameters["conditional"] == "time_delta":
            return self.nearest.search(
                query
                + self.change[torch.randint(len(self.change), (len(query),), **self.device_of)]
            )
        noise = torch.randn(query.shape, **self.device_of)
        return self.nearest.search(query + noise * self.parameters["delta"])


class DeviceNearest:
    """Nearest label on a device, without a tree.

    Labels of one continuous column and a few values in the others (position and direction) are
    sorted once by group, and a binary search in each group answers; others are searched in full.

    Parameters
    ----------
    labels : (T, k) float32 array
    bins : (n,) int array
        The bins that may answer, increasing.
    device : str
    """

    MOST_GROUPS = 16

    def __init__(self, labels: np.ndarray, bins: np.ndarray, device: str):
        distinct, first = np.unique(labels[bins], axis=0, return_index=True)
        first = bins[first]
        varied = np.argmax([len(np.unique(column)) for column in distinct.T])
        rest = np.delete(distinct, varied, axis=1)
        kinds, group = np.unique(rest, axis=0, return_inverse=True)
        if len(kinds) > self.MOST_GROUPS:
            kinds, group = None, np.zeros(len(distinct), dtype=int)
        self.kinds = kinds if kinds is None else torch.from_numpy(kinds).double().to(device)
        self.varied, n_groups = int(varied), int(group.max()) + 1
        self.members = [
            torch.from_numpy(distinct[group.ravel() == g]).double().to(device)
            for g in range(n_groups)
        ]
        self.bins = [
            torch.from_numpy(first[group.ravel() == g]).to(device) for g in range(n_groups)
        ]

    def search(self, queries: torch.Tensor) -> torch.Tensor:
        """Return the bin (n,) with the label nearest to each query (n, k); the lowest of equals."""
        queries = queries.double()
        found = (
            [self._in_full(queries)]
            if self.kinds is None
            else [self._in_group(g, queries) for g in range(len(self.bins))]
        )
        distance, bins = (torch.stack(part) for part in zip(*found, strict=True))
        is_nearest = distance == distance.amin(0)
        return bins.masked_fill(~is_nearest, torch.iinfo(bins.dtype).max).amin(0)

    def _in_group(self, g: int, queries: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        column = self.members[g][:, self.varied].contiguous()
        above = torch.searchsorted(column, queries[:, self.varied].contiguous()).clamp(
            max=len(column) - 1
        )
        sides = torch.stack([(above - 1).clamp(min=0), above])
        distance = (self.members[g][sides] - queries).square().sum(-1)
        bins = self.bins[g][sides].masked_fill(
            distance > distance.amin(0), torch.iinfo(torch.int64).max
        )
        return distance.amin(0), bins.amin(0)

    def _in_full(self, queries: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        parts = []
        for part in queries.split(4096):
            distance = torch.cdist(
                part, self.members[0], compute_mode="donot_use_mm_for_euclid_dist"
            )
            parts.append(distance.min(dim=1))
        nearest = torch.cat([part.indices for part in parts])
        return torch.cat([part.values for part in parts]), self.bins[0][nearest]
