"""Drawings of the debugging diary: a cost that explodes, an invented signal, ties of labels."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import style
from .embeddings import cloud


def growth(n_points, seconds, power: float, at: int, estimate: float) -> Figure:
    """Draw seconds against points, both logarithmic, and where the line leads.

    Parameters
    ----------
    n_points, seconds : (k,) arrays
        Measured.
    power : float
        Slope of the fitted line.
    at : int
        Number of points to extrapolate to.
    estimate : float
        Seconds there.
    """
    fig, ax = plt.subplots(figsize=(7.5, 4.2))
    line = np.geomspace(min(n_points), at, 50)
    ax.plot(line, estimate * (line / at) ** power, color=style.MUTED, ls="--", lw=1)
    ax.plot(n_points, seconds, "o", color=style.TEAL, label="measured here")
    ax.plot([at], [estimate], "D", color=style.CORAL, label=f"extrapolated to {at:,} points")
    for limit, name in ((60, "a minute"), (3600, "an hour"), (86400, "a day")):
        ax.axhline(limit, color=style.GRID, lw=1)
        ax.text(min(n_points), limit * 1.15, name, color=style.MUTED, fontsize=8)
    ax.set(xscale="log", yscale="log", xlabel="points", ylabel="time for H₂ (s)")
    ax.legend(loc="lower right", frameon=False)
    return fig


def invented(
    panels: Mapping[str, tuple], bin_s: float, length_m: float, span_s: float = 60.0
) -> Figure:
    """Draw an invented position and what was decoded, one panel a split.

    Parameters
    ----------
    panels : mapping of str to (bins, true, decoded)
        Arrays (n_bins,): bin numbers, and positions in metres.
    bin_s : float
        Width of a bin in seconds.
    length_m : float
        Length of the track in metres.
    span_s : float
        Seconds to show, from the first tested bin on.
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(10, 3.2), sharey=True, squeeze=False)
    for ax, (title, (bins, true, decoded)) in zip(axes[0], panels.items(), strict=True):
        order = np.argsort(bins)
        order = order[bins[order] * bin_s < bins.min() * bin_s + span_s]
        seconds = bins[order] * bin_s
        breaks = np.flatnonzero(np.diff(seconds) > 1) + 1
        ax.plot(
            np.insert(seconds, breaks, np.nan),
            np.insert(true[order].astype(float), breaks, np.nan),
            color=style.MUTED,
            lw=1.4,
        )
        ax.plot(seconds, decoded[order], ".", ms=3.5, color=style.AMBER)
        ax.set(title=title, xlabel="time (s)", ylim=(-0.05, length_m + 0.05))
    axes[0, 0].set_ylabel("position (m)")
    handles = [
        Line2D([], [], color=style.MUTED, label="invented"),
        Line2D([], [], marker=".", ls="", color=style.AMBER, label="decoded from the spikes"),
    ]
    fig.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)
    return fig


def ties(panels: Mapping[str, np.ndarray], direction) -> Figure:
    """Draw embeddings side by side on globes, coloured by running direction.

    Parameters
    ----------
    panels : mapping of str to (T, 3) array
        By title.
    direction : (T,) array
        +1 or -1.
    """
    colours = np.where(np.asarray(direction) > 0, style.RIGHT, style.LEFT)
    fig = plt.figure(figsize=(2.9 * len(panels), 3.5), layout="none")
    for number, (title, embedding) in enumerate(panels.items(), 1):
        ax = fig.add_subplot(1, len(panels), number, projection="3d")
        cloud(ax, embedding, colours)
        ax.set_title(title, loc="center", y=0.98, fontsize=10)
    fig.subplots_adjust(left=0, right=1, top=0.88, bottom=0.08, wspace=0)
    handles = [
        Line2D([], [], marker="o", ls="", color=colour, label=label)
        for colour, label in ((style.RIGHT, "right runs"), (style.LEFT, "left runs"))
    ]
    fig.legend(handles=handles, loc="lower center", ncols=2, frameon=False)
    return fig
