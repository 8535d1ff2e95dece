"""Decoding a reader's own recording, with the decoders of the chapters."""

from __future__ import annotations

from collections.abc import Mapping

from sklearn.decomposition import PCA

from helpers.decoding import (
    CEBRA_WINDOW,
    NEIGHBOURS,
    DecodingResult,
    Split,
    Transform,
    decode_bayes,
    decode_constant,
    decode_gaussian,
    decode_knn,
    encode,
    root_counts,
    window_means,
)
from helpers.recordings import Recording, stretches

PLAIN = ("kNN on the counts", "PCA, 3-D", "Bayesian decoder", "constant")
"""Methods without a model of CEBRA's, given the same window of counts, or of traces."""


def decoded(
    transform: Transform, recording: Recording, split: Split, method: str, seed: int = 0
) -> DecodingResult:
    """Decode the test bins of a split from an embedding, by nearest neighbours.

    Parameters
    ----------
    transform : callable
        Fitted on ``split.train``; see `helpers.decoding.encode`.
    recording : Recording
    split : Split
    method : str
    seed : int
        Of the encoder.

    Returns
    -------
    DecodingResult
    """
    features = encode(transform, recording, split)
    few = [k for k in NEIGHBOURS if k <= len(split.train)]
    return decode_knn(features, recording, split, method, seed=seed, neighbours=few)


def plain_methods(recording: Recording, split: Split) -> Mapping[str, DecodingResult]:
    """Decode with everything that needs no training worth the name: the methods of `PLAIN`.

    Traces are averaged over the window, where counts are summed and rooted, and the Bayesian
    decoder takes their noise for Gaussian.
    """
    is_counts = recording.signal == "counts"
    rows = root_counts() if is_counts else window_means
    components = min(3, recording.spikes.shape[1])
    encoders = {PLAIN[0]: rows, PLAIN[1]: _pca(rows, recording, split, components)}
    results = {name: decoded(encoder, recording, split, name) for name, encoder in encoders.items()}
    bayes = decode_bayes if is_counts else decode_gaussian
    results[PLAIN[2]] = bayes(recording, split, PLAIN[2], width=CEBRA_WINDOW)
    results[PLAIN[3]] = decode_constant(recording, split)
    return results


def _pca(rows: Transform, recording: Recording, split: Split, n_components: int) -> Transform:
    """Principal components of rows, fitted on training bins."""
    known = rows(recording.spikes[split.train], stretches(split.train, recording.segments))
    model = PCA(n_components, svd_solver="full").fit(known)
    return lambda spikes, segments=(): model.transform(rows(spikes, segments))
