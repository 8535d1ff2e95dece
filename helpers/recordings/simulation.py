"""A simulated rat on a linear track, for readers without recordings and tests against truth."""

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.special import gammaincinv

from .recording import Recording

# As many neurons and bins as each real rat has; a stand-in has its own seed, so no two share cells.
STAND_INS = {
    "achilles": {"n_neurons": 120, "n_bins": 10178, "seed": 0},
    "buddy": {"n_neurons": 48, "n_bins": 6577, "seed": 1},
    "cicero": {"n_neurons": 55, "n_bins": 47431, "seed": 2},
    "gatsby": {"n_neurons": 66, "n_bins": 17026, "seed": 3},
}
BIN_S, LENGTH_M = 0.025, 1.6
SILENT, NON_SPATIAL = 0.02, 0.2  # shares of the neurons
MEAN_HZ, RATE_SHAPE = 1.75, 0.6  # gamma-distributed mean rates: median 0.9 Hz
OUT_OF_FIELD = 0.05  # background of a place cell, as a share of its peak rate
LAP_SD, DRIFT_SD = 0.6, 0.3  # log gain of a cell: from run to run, and over minutes
DRIFT_S = 60.0


def simulate_recording(n_neurons=120, n_bins=10178, seed=0, name="achilles", same_tuning=False):
    """Simulate a rat running to and fro, with place cells on a ring of known phase.

    The latent is one phase: 0 to π while running right from 0 m to 1.6 m, π to 2π on the way back.
    Each place cell has one or two fields anywhere on that ring, so its field depends on the
    direction of running (it "remaps"), and the ring closes at the turns. Counts are Poisson; each
    cell's gain varies from run to run, as real place cells' does (Fenton & Muller 1998,
    doi:10.1073/pnas.95.6.3182), and drifts over minutes. Mean rates follow Achilles': mean
    1.75 Hz, median about 0.9 Hz over cells.

    Parameters
    ----------
    n_neurons, n_bins : int
        Size of the recording, in bins of 25 ms; at least 4 neurons and 100 bins.
    seed : int
        Seeds every draw.
    name : str
        The rat it stands in for.
    same_tuning : bool
        Give each cell the same fields in both directions: the latent is then an arc, not a ring,
        and `true_phase` is π × position / length both ways.

    Returns
    -------
    Recording
        With ``source="simulated"`` and `true_phase` of shape (n_bins,), radians.

    Raises
    ------
    ValueError
        If the recording would be too small to hold a run.
    """
    if n_neurons < 4 or n_bins < 100:
        raise ValueError(
            f"n_neurons={n_neurons}, n_bins={n_bins}: simulate at least 4 neurons and 100 bins"
        )
    rng = np.random.default_rng(seed)
    position, direction, lap = _behaviour(n_bins, rng)
    phase = np.pi * position / LENGTH_M
    if not same_tuning:
        phase = np.where(direction > 0, phase, 2 * np.pi - phase) % (2 * np.pi)
    rates = _tuning(phase, n_neurons, rng) * _gains(lap, n_neurons, rng)
    rates *= _mean_rates(n_neurons, rng) / rates.mean(axis=0)
    return Recording(
        name=name,
        spikes=np.minimum(rng.poisson(rates * BIN_S), 255),
        position=position,
        direction=direction,
        bin_s=BIN_S,
        length_m=LENGTH_M,
        source="simulated",
        true_phase=phase,
    )


def _behaviour(n_bins, rng):
    """Position in metres, direction (±1) and lap number, each of shape (n_bins,).

    The rat waits at an end, turns half-way through the wait, and runs to the other end.
    """
    position, direction, lap = [], [], []
    here, n_laps = rng.uniform(0, 0.03), 0
    while len(position) < n_bins:
        sign = 1 if n_laps % 2 == 0 else -1
        there = rng.uniform(0, 0.03)
        there = LENGTH_M - there if sign > 0 else there
        before, after = (int(rng.lognormal(np.log(4), 1.0)) for _ in range(2))
        run = here + (there - here) * _progress(rng)
        part = [*np.full(before, here), *run, *np.full(after, there)]
        position += part
        direction += [sign] * len(part)
        lap += [n_laps] * len(part)
        here, n_laps = there, n_laps + 1
    jitter = _smooth(rng.normal(size=n_bins), 4) * 0.002  # of the head, while it waits
    position = np.clip(np.array(position[:n_bins]) + jitter, 0, LENGTH_M)
    return position, np.array(direction[:n_bins]), np.array(lap[:n_bins])


def _progress(rng):
    """One run: the share of the way done at each bin, from 0 to 1, at a speed that varies."""
    n = int(np.clip(rng.lognormal(np.log(98), 0.3), 70, 300))
    along = (np.arange(n) + 0.5) / n
    speed = (0.15 + np.sin(np.pi * along) ** 0.7) * np.exp(0.2 * _smooth(rng.normal(size=n), 12))
    return np.cumsum(speed) / speed.sum()


def _smooth(noise, sd):
    """White noise smoothed with a Gaussian of `sd` bins, back at unit variance."""
    return gaussian_filter1d(noise, sd, mode="wrap") * np.sqrt(2 * np.sqrt(np.pi) * sd)


def _tuning(phase, n_neurons, rng):
    """Relative rate of each neuron at each bin, shape (T, n_neurons); 1 at the top of a field."""
    centre = rng.uniform(0, 2 * np.pi, (2, n_neurons))
    width_m = rng.uniform(0.10, 0.25, (2, n_neurons))  # standard deviation of a field
    height = np.stack([np.ones(n_neurons), rng.uniform(0.3, 1, n_neurons)])
    height[1] *= rng.random(n_neurons) < 0.5  # half of the cells have a second field
    concentration = (LENGTH_M / (np.pi * width_m)) ** 2
    rate = np.full((len(phase), n_neurons), OUT_OF_FIELD)
    for field in range(2):
        off = np.cos(phase[:, None] - centre[field]) - 1
        rate += height[field] * np.exp(concentration[field] * off)
    rate[:, rng.random(n_neurons) < NON_SPATIAL] = 1.0
    return rate


def _gains(lap, n_neurons, rng):
    """Gain of each neuron at each bin, shape (T, n_neurons): a step a run times a slow drift."""
    by_lap = rng.normal(scale=LAP_SD, size=(lap.max() + 1, n_neurons))
    knots = np.arange(len(lap)) * BIN_S / DRIFT_S
    below = knots.astype(int)
    level = rng.normal(scale=DRIFT_SD, size=(below[-1] + 2, n_neurons))
    share = (knots - below)[:, None]
    drift = (1 - share) * level[below] + share * level[below + 1]
    return np.exp(by_lap[lap] + drift)


def _mean_rates(n_neurons, rng):
    """Mean rate of each neuron in Hz: quantiles of a gamma law, dealt out at random; some silent.

    Quantiles, not draws: mean and median are then those of the law for every seed.
    """
    silent = max(1, round(SILENT * n_neurons))
    quantile = (np.arange(n_neurons - silent) + 0.5) / (n_neurons - silent)
    rates = np.concatenate([np.zeros(silent), gammaincinv(RATE_SHAPE, quantile)])
    return rng.permutation(rates * MEAN_HZ / rates.mean())
