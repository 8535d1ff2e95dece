"""Which bins a training step compares: references, their positives, and negatives.

The distributions are those of ``cebra.distributions`` (prior, time, time_delta, delta); two things
differ. Positives come from a k-d tree over the distinct labels instead of a search of all labels at
every step, and neither windows nor time pairs cross the border of a contiguous stretch.
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import torch
from scipy.spatial import cKDTree

STEPS_AT_ONCE = (
    64  # batches drawn together: long enough for vectorised searches, small next to the recording
)


class NearestLabel:
    """Exact nearest-neighbour search among the labels of a recording.

    Parameters
    ----------
    labels : (T, k) array
        One label a bin, in CEBRA's form.
    bins : int array of shape (n,)
        The bins that may answer, increasing.

    Notes
    -----
    Where several bins hold the same label the first one answers, as ``argmin`` does in
    ``cebra.distributions.ContinuousIndex``; so do two different labels at the same distance. The
    distance is computed in float64, the library's in float32 with cancellation: this search is
    never farther. With labels that say something of the spikes no loss shows it; `searched` has
    what it does with labels that say nothing.
    """

    def __init__(self, labels: np.ndarray, bins: np.ndarray):
        distinct, first = np.unique(labels[bins], axis=0, return_index=True)
        self.first_bin = bins[first]
        self.tree = cKDTree(distinct.astype(np.float64))

    def search(self, queries: np.ndarray) -> np.ndarray:
        """Return the bin (n,) whose label is nearest to each of the ``queries`` (n, k)."""
        n_candidates = min(2, self.tree.n)
        distance, leaf = self.tree.query(queries.astype(np.float64), k=n_candidates)
        if n_candidates == 1:
            return self.first_bin[leaf]
        bins = self.first_bin[leaf]
        return np.where(distance[:, 0] == distance[:, 1], bins.min(axis=1), bins[:, 0])


class Sampler:
    """Draws training batches of one job.

    Parameters
    ----------
    labels : (T, k) float32 array or None
        None, or ``conditional="time"``, pairs a bin with the one ``time_offsets`` later.
    n_bins : int
        T.
    segments : sequence of slice
        Contiguous stretches. Those too short for a window give no bin to any batch, those too short
        for a time pair no reference.
    receptive_field : tuple of int
        Bins (left, right) of a window ``[t - left, t + right)``.
    parameters : mapping
        CEBRA's names: ``conditional``, ``time_offsets``, ``delta``, ``batch_size``.
    generator : torch.Generator
        The only source of randomness.

    Raises
    ------
    ValueError
        If no stretch is long enough.
    """

    def __init__(self, labels, n_bins, segments, receptive_field, parameters, generator):
        self.parameters, self.generator = parameters, generator
        self.on_time = labels is None or parameters["conditional"] == "time"
        self.labels = None if self.on_time else np.ascontiguousarray(labels, dtype=np.float32)
        left, right = receptive_field
        offset = parameters["time_offsets"]
        self.centre = np.arange(n_bins)
        references = [np.empty(0, dtype=int)]
        for piece in (s for s in segments if s.stop - s.start >= left + right):
            self.centre[piece] = self.centre[piece].clip(piece.start + left, piece.stop - right)
            references.append(np.arange(piece.start, piece.stop - offset * self.on_time))
        self.references = np.concatenate(references)
        if not len(self.references):
            needed = max(left + right, offset * self.on_time + 1)
            longest = max((s.stop - s.start for s in segments), default=0)
            raise ValueError(
                f"the longest contiguous stretch has {longest} bins, a window and its pair need "
                f"{needed}: join segments, shorten time_offsets, or choose an architecture with a "
                "smaller receptive field"
            )
        if not self.on_time:
            self.change = _changes(self.labels, segments, offset)[self.references]

    @cached_property
    def nearest(self) -> NearestLabel:
        """The search among the labels of all bins that have a window, built when first needed."""
        return NearestLabel(self.labels, self.references)

    def batches(self, n_steps: int) -> Iterator[torch.Tensor]:
        """Yield ``n_steps`` tensors (3, batch_size): references, positives, negatives."""
        for start in range(0, n_steps, STEPS_AT_ONCE):
            yield from self.draw(min(STEPS_AT_ONCE, n_steps - start))

    def draw(self, n_steps: int) -> torch.Tensor:
        """Draw (n_steps, 3, batch_size) window centres."""
        batch = self.parameters["batch_size"]
        shape = (n_steps, batch)
        reference, negative = self._prior(shape), self._prior(shape)
        positive = self._positives(reference.ravel()).reshape(shape)
        return torch.from_numpy(self.centre[np.stack([reference, positive, negative], axis=1)])

    def _prior(self, shape: tuple[int, int]) -> np.ndarray:
        drawn = torch.randint(len(self.references), shape, generator=self.generator)
        return self.references[drawn.numpy()]

    def _positives(self, reference: np.ndarray) -> np.ndarray:
        if self.on_time:
            return reference + self.parameters["time_offsets"]
        query = self.labels[reference]
        if self.parameters["conditional"] == "time_delta":
            drawn = torch.randint(len(self.change), (len(reference),), generator=self.generator)
            query = query + self.change[drawn.numpy()]
        else:
            noise = torch.randn(query.shape, generator=self.generator).numpy()
            query = query + noise * self.parameters["delta"]
        return self.nearest.search(query)


def _changes(labels: np.ndarray, segments, offset: int) -> np.ndarray:
    """Change of the label over ``offset`` bins (T, k); 0 at a stretch's start, as in CEBRA."""
    change = np.zeros_like(labels)
    for piece in segments:
        run = labels[piece]
        change[piece][offset:] = run[offset:] - run[:-offset]
    return change
