"""What CEBRA is compared with on synthetic data, each as arrays that `helpers.kept` can keep.

A method learns from the first ``n_train`` samples and places the rest, if it can. Every result
holds ``embedding`` (T, d) and ``seconds``, the processor time that its making took on the machine
that made it: a clock on the wall would time that machine's other work too.
"""

from __future__ import annotations

from time import process_time

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.manifold import TSNE

from helpers.decoding import layouts

# The paper's, from its own search.
UMAP_SETTINGS = {"metric": "euclidean", "n_neighbors": 68, "min_dist": 0.2475}
TSNE_SETTINGS = {"perplexity": 84, "init": "random"}  # random: scikit-learn's default at the time
METHODS = ("pca", "umap", "tsne", "readout")


def embed(
    method: str,
    spikes: np.ndarray,
    n_train: int,
    *,
    seed: int = 0,
    label: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Embed a population's counts in two dimensions.

    Parameters
    ----------
    method : {"pca", "umap", "tsne", "readout"}
        ``readout`` is the plainest supervised one: ridge regression of (u, sin u) on the counts.
        t-SNE cannot place new points and is shown all of them.
    spikes : array of shape (T, N)
    n_train : int
        The first samples, from which it learns.
    seed : int
        Of UMAP's and t-SNE's layout.
    label : array of shape (T,), optional
        u, for ``readout``.

    Returns
    -------
    dict of str to array
        ``embedding`` (T, 2) float32 and ``seconds`` (1,) of one core.

    Raises
    ------
    ValueError
        If the method is unknown or there is not enough to learn from.
    """
    if method not in METHODS:
        raise ValueError(f"method {method!r} is unknown; use one of {', '.join(METHODS)}")
    spikes = np.asarray(spikes, dtype=np.float32)
    if spikes.ndim != 2 or spikes.shape[1] < 2:
        raise ValueError(f"spikes has shape {spikes.shape}; give (samples, at least 2 neurons)")
    if not 10 <= n_train <= len(spikes):
        raise ValueError(f"n_train is {n_train} of {len(spikes)} samples; give at least 10")
    start = process_time()
    if method == "pca":
        embedding = PCA(2, svd_solver="full").fit(spikes[:n_train]).transform(spikes)
    elif method == "umap":
        settings = {**UMAP_SETTINGS, "n_components": 2}
        parts = layouts.lay_out(spikes[:n_train], spikes[n_train:], seed, settings)
        embedding = np.concatenate(parts)
    elif method == "tsne":
        perplexity = min(TSNE_SETTINGS["perplexity"], (len(spikes) - 1) / 3)
        settings = {**TSNE_SETTINGS, "perplexity": perplexity}
        embedding = TSNE(2, random_state=seed, n_jobs=1, **settings).fit_transform(spikes)
    else:
        embedding = _readout(spikes, n_train, label)
    seconds = np.array([process_time() - start])
    return {"embedding": np.asarray(embedding, dtype=np.float32), "seconds": seconds}


def _readout(spikes: np.ndarray, n_train: int, label: np.ndarray | None) -> np.ndarray:
    if label is None:
        raise ValueError("readout is told the label; give label, shape (T,)")
    told = np.stack([label, np.sin(label)], axis=1)
    return Ridge(alpha=1.0).fit(spikes[:n_train], told[:n_train]).predict(spikes)
