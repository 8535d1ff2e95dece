"""Decoding a reader's own recording, with the decoders of the chapters."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.decoding import (
    CEBRA_WINDOW,
    NEIGHBOURS,
    DecodingResult,
    Split,
    Transform,
    decode_bayes,
    decode_constant,
    decode_knn,
    encode,
    pca,
    root_counts,
)
from helpers.recordings import Recording

PLAIN = ("kNN on the counts", "PCA, 3-D", "Bayesian decoder", "constant")
"""Methods without a model of CEBRA's, given the same window of counts."""


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
    """Decode with everything that needs no training worth the name: the methods of `PLAIN`."""
    components = min(3, recording.spikes.shape[1])
    encoders = {PLAIN[0]: root_counts(), PLAIN[1]: pca(recording, split, components)}
    results = {name: decoded(encoder, recording, split, name) for name, encoder in encoders.items()}
    results[PLAIN[2]] = decode_bayes(recording, split, PLAIN[2], width=CEBRA_WINDOW)
    results[PLAIN[3]] = decode_constant(recording, split)
    return results
