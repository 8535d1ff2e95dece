"""What goes in: spikes of many neurons above the track position they go with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from . import style
from .style import Picture

if TYPE_CHECKING:
    from helpers.recordings import Recording

N_PLACES = 40


def raster(rec: Recording, seconds: int = 30) -> Picture:
    """The first seconds of a recording: one row a neuron, and the animal's run below."""
    return Picture(
        _drawn(rec, slice(0, int(seconds / rec.bin_s))),
        alt="Spike raster, one row a neuron, neurons sorted by the place where they fire most, "
        "above the position of the animal over time. Spikes and position are coloured by running "
        "direction.",
        caption=f"The first {seconds} seconds. Each row is a neuron, placed by where it fires "
        "most; colour is the running direction. A row with bursts of one colour only belongs to a "
        "cell that fires on the way out or on the way home, not on both.",
        name="raster",
    )


def _drawn(rec: Recording, first: slice) -> Figure:
    position = rec.position[first]
    order = place_order(rec.spikes, rec.position, rec.length_m)
    colours = np.where(rec.direction[first] > 0, style.RIGHT, style.LEFT)
    when, who = np.nonzero(rec.spikes[first][:, order])
    time = np.arange(len(position)) * rec.bin_s
    fig, (top, below) = plt.subplots(2, 1, figsize=(9.5, 5.4), sharex=True, height_ratios=(3, 1))
    top.scatter(when * rec.bin_s, who, s=3.2, marker="|", c=colours[when], linewidths=0.9)
    top.set(ylabel="neuron, by preferred place", ylim=(-1, len(order)))
    top.grid(False)
    below.scatter(time, position, s=2, c=colours, linewidths=0)
    below.set(xlabel="time (s)", ylabel="position (m)", xlim=(0, time[-1]))
    handles = [plt.Line2D([], [], marker="o", ls="", color=c) for c in (style.RIGHT, style.LEFT)]
    top.legend(handles, ["right run", "left run"], loc="lower right",
               bbox_to_anchor=(1, 1), ncols=2)  # fmt: skip
    return fig


def place_order(spikes, position, length_m: float) -> np.ndarray:
    """Number the neurons (N,) by the place where they fire most on average; silent ones first."""
    place = np.clip((position / length_m * N_PLACES).astype(int), 0, N_PLACES - 1)
    visits = np.bincount(place, minlength=N_PLACES)[:, None]
    counts = np.zeros((N_PLACES, spikes.shape[1]))
    np.add.at(counts, place, spikes)
    return np.argsort((counts / np.maximum(visits, 1)).argmax(0), kind="stable")
