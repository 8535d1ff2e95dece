"""Encoders that need no training worth the name, to be given CEBRA's own window of counts.

Each reads the same ten bins. (So did the published baselines, in two dimensions and with settings
of their own, see `paper`.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from helpers.recordings import Recording, stretches

from .neighbours import Transform
from .splits import Split
from .windows import window_counts

CEBRA_WINDOW = 10
"""Bins in the receptive field of ``offset10-model``."""


def root_counts(width: int = CEBRA_WINDOW) -> Transform:
    """Square roots of each neuron's spikes in the window.

    The root evens out the variance of Poisson counts.

    Parameters
    ----------
    width : int
        Bins in the window.

    Returns
    -------
    callable
        ``transform(spikes, segments) -> (T, N)`` float32.
    """

    def transform(spikes: np.ndarray, segments: Sequence[slice] = ()) -> np.ndarray:
        counts = window_counts(spikes, segments, width)
        return np.sqrt(counts.sum(axis=1, dtype=np.float32))

    return transform


def pca(
    recording: Recording, split: Split, n_components: int, width: int = CEBRA_WINDOW
) -> Transform:
    """Principal components of `root_counts`, fitted on the training bins.

    Parameters
    ----------
    recording : Recording
    split : Split
        Only ``split.train`` is looked at.
    n_components : int
        Dimensions to keep.
    width : int
        Bins in the window.

    Returns
    -------
    callable
        ``transform(spikes, segments) -> (T, n_components)``.
    """
    counts = root_counts(width)
    model = PCA(n_components, svd_solver="full").fit(_training_rows(counts, recording, split))
    return lambda spikes, segments=(): model.transform(counts(spikes, segments))


def tsne(
    recording: Recording, n_components: int, *, seed: int, width: int = CEBRA_WINDOW
) -> np.ndarray:
    """Embed all bins of a recording by t-SNE of `root_counts`.

    t-SNE has no way to place a new point, so it cannot be held to trips it has not seen: bins that
    are tested later, and windows that reach into them, have a part in the layout.

    Parameters
    ----------
    recording : Recording
    n_components : int
        Dimensions of the layout.
    seed : int
        Of the layout.
    width : int
        Bins in the window.

    Returns
    -------
    ndarray, (T, n_components)
        Not a transform: there is none.
    """
    rows = root_counts(width)(recording.spikes, recording.segments)
    return TSNE(n_components, init="pca", random_state=seed).fit_transform(rows)


def _training_rows(transform: Transform, recording: Recording, split: Split) -> np.ndarray:
    return transform(recording.spikes[split.train], stretches(split.train, recording.segments))
