"""A drawing of what goes in: spikes of many neurons above the track position they go with."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from . import style


def place_order(spikes, position, length_m: float, n_places: int = 40) -> np.ndarray:
    """Order neurons by the place where they fire most on average; silent ones go first.

    Parameters
    ----------
    spikes : (T, N) array
        Counts per bin.
    position : (T,) array
        Metres along the track.
    length_m : float
        Length of the track.
    n_places : int
        Number of equal places the track is cut into.

    Returns
    -------
    (N,) array of neuron numbers
    """
    spikes = np.asarray(spikes, dtype=float)
    place = np.clip((np.asarray(position) / length_m * n_places).astype(int), 0, n_places - 1)
    visits = np.bincount(place, minlength=n_places)[:, None]
    counts = np.zeros((n_places, spikes.shape[1]))
    np.add.at(counts, place, spikes)
    return np.argsort((counts / np.maximum(visits, 1)).argmax(0), kind="stable")


def raster(spikes, position, direction, bin_s: float, order) -> Figure:
    """Draw a stretch of recording: one row a neuron, and the animal's run below.

    Parameters
    ----------
    spikes : (T, N) array
        Counts per bin.
    position : (T,) array
        Metres along the track.
    direction : (T,) array
        +1 in right runs, -1 in left runs.
    bin_s : float
        Width of a bin in seconds.
    order : (N,) array
        Neuron numbers from bottom to top, e.g. from `place_order`.
    """
    spikes, position = np.asarray(spikes)[:, order], np.asarray(position)
    colours = np.where(np.asarray(direction) > 0, style.RIGHT, style.LEFT)
    time, (when, who) = np.arange(len(position)) * bin_s, np.nonzero(spikes)
    fig, (top, below) = plt.subplots(2, 1, figsize=(9.5, 5.4), sharex=True, height_ratios=(3, 1))
    top.scatter(when * bin_s, who, s=3.2, marker="|", c=colours[when], linewidths=0.9)
    top.set(ylabel="neuron, by preferred place", ylim=(-1, spikes.shape[1]))
    top.grid(False)
    below.scatter(time, position, s=2, c=colours, linewidths=0)
    below.set(xlabel="time (s)", ylabel="position (m)", xlim=(0, time[-1]))
    handles = [plt.Line2D([], [], marker="o", ls="", color=c) for c in (style.RIGHT, style.LEFT)]
    top.legend(handles, ["right run", "left run"], loc="lower right",
               bbox_to_anchor=(1, 1), ncols=2)  # fmt: skip
    return fig
