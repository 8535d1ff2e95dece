"""Drawings of one's own recording: the steps from raw data to bins, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from . import style
from .embeddings import cloud


def binning(times: Sequence[np.ndarray], edges: np.ndarray, counts: np.ndarray) -> Figure:
    """Draw spikes of a few units as ticks, and their counts in bins below.

    Parameters
    ----------
    times : sequence of N arrays
        Seconds.
    edges : (T + 1,) array
    counts : (T, N) array
    """
    fig, (above, below) = plt.subplots(2, 1, figsize=(9, 4), sharex=True)
    shown = [t[(t >= edges[0]) & (t < edges[-1])] for t in times]
    above.eventplot(shown, colors=style.TEAL, linelengths=0.8, linewidths=1)
    for edge in edges:
        above.axvline(edge, color=style.GRID, lw=0.6, zorder=0)
    rows = np.arange(counts.shape[1] + 1) - 0.5
    mesh = below.pcolormesh(edges, rows, counts.T, cmap="book.position")
    fig.colorbar(mesh, ax=(above, below), label="spikes in the bin", ticks=range(counts.max() + 1))
    above.set(ylabel="unit", title="spike times", ylim=(rows[0], rows[-1]))
    below.set(ylabel="unit", xlabel="time (s)", title="counts")
    above.grid(visible=False)
    below.grid(visible=False)
    return fig


def speed_filter(position, speed, kept, bin_s: float, limit: float) -> Figure:
    """Draw a stretch of the run, its speed, and which bins the filter leaves.

    Parameters
    ----------
    position, speed : (T,) arrays
        Metres; metres per second.
    kept : (T,) bool array
    bin_s, limit : float
    """
    time = bin_s * np.arange(len(position))
    fig, (above, below) = plt.subplots(2, 1, figsize=(9, 4), sharex=True)
    above.plot(time, position, color=style.MUTED, lw=0.8)
    above.scatter(time[kept], np.asarray(position)[kept], s=5, color=style.TEAL, label="kept")
    above.scatter(
        time[~kept], np.asarray(position)[~kept], s=14, marker="x", color=style.CORAL,
        linewidths=0.8, label="left out",
    )  # fmt: skip
    above.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)
    below.plot(time, speed, color=style.AMBER)
    below.axhline(limit, color=style.INK, ls=(0, (4, 3)), lw=1)
    above.set(ylabel="position (m)")
    below.set(ylabel="speed (m/s)", xlabel="time (s)")
    return fig


def unrolled(panels: Mapping[str, tuple[np.ndarray, np.ndarray, float]]) -> Figure:
    """Draw places in the plane, coloured by the metres that they were unrolled to.

    Parameters
    ----------
    panels : mapping of title to ((S, 2) metres, (S,) metres along the track, its length)
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(4.6 * len(panels), 3.8), squeeze=False)
    for ax, (title, (xy, position, length_m)) in zip(axes[0], panels.items(), strict=True):
        dots = ax.scatter(*np.asarray(xy).T, c=position, s=5, cmap="book.position", vmin=0,
                          vmax=length_m)  # fmt: skip
        ax.set(title=title, xlabel="x (m)", ylabel="y (m)")
        ax.set_aspect("equal", adjustable="datalim")
        fig.colorbar(dots, ax=ax, label="along the track (m)")
    return fig


def spheres(embeddings: Mapping[str, tuple[np.ndarray, np.ndarray]], length_m: float) -> Figure:
    """Draw embeddings on their spheres, coloured by position.

    Parameters
    ----------
    embeddings : mapping of title to ((T, 3) array, (T,) metres)
    length_m : float
    """
    n = len(embeddings)
    fig = plt.figure(figsize=(3.7 * n, 3.9))
    norm = plt.Normalize(0, length_m)
    for number, (title, (points, position)) in enumerate(embeddings.items(), 1):
        ax = fig.add_subplot(1, n, number, projection="3d")
        cloud(ax, points, position, cmap="book.position", norm=norm)
        ax.set_title(title)
    mappable = plt.cm.ScalarMappable(norm, "book.position")
    fig.colorbar(mappable, ax=fig.axes, shrink=0.7, label="position (m)")
    return fig


def decoded_paths(
    time: np.ndarray, truth: np.ndarray, guesses: Mapping[str, np.ndarray], colours: Mapping
) -> Figure:
    """Draw where the animal was and where decoders believe it was, a panel a decoder.

    Parameters
    ----------
    time, truth : (n,) arrays
        Seconds of held-out bins laid end to end; metres.
    guesses : mapping of title to (n,) metres
    colours : mapping of title to colour
    """
    fig, axes = plt.subplots(
        len(guesses), 1, figsize=(9, 1.9 * len(guesses) + 0.6), sharex=True, squeeze=False
    )
    for ax, (title, guess) in zip(axes[:, 0], guesses.items(), strict=True):
        ax.scatter(time, truth, s=3, color=style.MUTED, label="animal")
        ax.scatter(time, guess, s=5, color=colours[title], label="decoded")
        ax.set(title=title, ylabel="position (m)")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower right", ncols=2, markerscale=2)
    axes[-1, 0].set_xlabel("held-out bins, end to end (s)")
    return fig


def loops(models: Mapping[str, np.ndarray], null: np.ndarray, colours: Mapping) -> Figure:
    """Draw the longest loop of each subsample, and those of models that were told nonsense.

    Parameters
    ----------
    models : mapping of title to (n,) lengths
    null : (m,) array
    colours : mapping of title to colour
    """
    rows = {**models, "told nonsense": null}
    fig, ax = plt.subplots(figsize=(9, 0.7 * len(rows) + 1.2))
    for height, (title, lengths) in enumerate(reversed(rows.items())):
        spread = np.linspace(-0.18, 0.18, len(lengths)) if len(lengths) > 1 else [0]
        ax.scatter(lengths, height + np.asarray(spread), s=26, color=colours.get(title, style.GREY))
    ax.axvline(null.max(), color=style.INK, ls=(0, (4, 3)), lw=1)
    ax.set_yticks(range(len(rows)), list(reversed(rows)))
    ax.set(xlabel="longest loop (distance on the sphere)", xlim=(0, None))
    ax.grid(axis="y", visible=False)
    return fig
