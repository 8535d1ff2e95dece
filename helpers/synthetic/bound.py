"""What anyone could know of the latent from one sample of spikes: Bayes with the true generator.

The mean of the latent given the counts has the least squared error of all functions of the counts.
It is computed by importance sampling: draws from the prior, weighted by their Poisson likelihood.
"""

from __future__ import annotations

from time import process_time

import numpy as np

from .latent import log_density, log_marginal

AT_ONCE = 500  # samples whose likelihoods fill memory together


def posterior_mean(
    spikes: np.ndarray, rates: np.ndarray, latents: np.ndarray, label: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Compute E[z | counts], or E[z | counts, u].

    Parameters
    ----------
    spikes : array of shape (T, N)
    rates : array of shape (M, N)
        Of the neurons at ``latents``; positive.
    latents : array of shape (M, 2)
        Draws from the prior, `helpers.synthetic.latent.draw_latent`.
    label : array of shape (T,), optional
        u, if it may be known too.

    Returns
    -------
    dict of str to array
        ``embedding`` (T, 2) float32 and ``seconds`` (1,).

    Raises
    ------
    ValueError
        If shapes do not fit or a rate is not positive.
    """
    if np.shape(rates) != (len(latents), np.shape(spikes)[1]):
        raise ValueError(
            f"rates has shape {np.shape(rates)}; give ({len(latents)}, {np.shape(spikes)[1]}), "
            "a row a latent and a column a neuron"
        )
    if not (np.asarray(rates) > 0).all():
        raise ValueError("rates has values that are not positive; give expected counts")
    start = process_time()
    spikes = np.asarray(spikes, dtype=np.float32)
    log_rates, total = np.log(rates).astype(np.float32).T, rates.sum(axis=1).astype(np.float32)
    marginal = None if label is None else log_marginal(latents).astype(np.float32)
    means = []
    for first in range(0, len(spikes), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        log_weight = spikes[part] @ log_rates - total
        if label is not None:
            log_weight += log_density(latents, label[part]) - marginal
        weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
        means.append(weight @ latents / weight.sum(axis=1, keepdims=True))
    embedding = np.concatenate(means).astype(np.float32)
    return {"embedding": embedding, "seconds": np.array([process_time() - start])}
