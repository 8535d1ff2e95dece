"""One's own recording: the steps from raw data to bins, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from . import style
from .embeddings import cloud
from .style import Picture

if TYPE_CHECKING:
    from helpers.own import Analysis, Scaled
    from helpers.recordings import Recording

BAYES = "Bayesian decoder"
COLOURS = {
    "CEBRA with position": style.VARIANT_COLOURS["posdir"],
    "CEBRA with time only": style.VARIANT_COLOURS["time"],
    BAYES: style.VIOLET,
}
"""Of methods and kinds of models; nonsense is grey. The order is that of panels."""


def binning(spike_times, edges: np.ndarray, counts: np.ndarray) -> Picture:
    """Spikes of the busiest units as ticks, and their counts in eighty bins below.

    Seconds of N units, edges of T bins, (T + 1,) seconds, and counts, (T, N).
    """
    first = int(np.convolve(counts.sum(axis=1), np.ones(80), "valid").argmax())
    edges, counts = edges[first : first + 81], counts[first : first + 80]
    busy = np.argsort(counts.sum(axis=0))[::-1][:8]
    counts = counts[:, busy]
    fig, (above, below) = plt.subplots(2, 1, figsize=(9, 4), sharex=True)
    times = [spike_times[unit] for unit in busy]
    shown = [t[(t >= edges[0]) & (t < edges[-1])] for t in times]
    above.eventplot(shown, colors=style.TEAL, linelengths=0.8, linewidths=1)
    for edge in edges:
        above.axvline(edge, color=style.GRID, lw=0.6, zorder=0)
    rows = np.arange(counts.shape[1] + 1) - 0.5
    mesh = below.pcolormesh(edges, rows, counts.T, cmap="book.position")
    fig.colorbar(mesh, ax=(above, below), label="spikes in the bin", ticks=range(counts.max() + 1))
    above.set(ylabel="unit", title="spike times", ylim=(rows[0], rows[-1]), yticks=range(len(busy)))
    above.set_yticklabels(busy)
    below.set(ylabel="unit", xlabel="time (s)", title="counts")
    above.grid(visible=False)
    below.grid(visible=False)
    return Picture(
        fig,
        "Above, spikes of eight units as ticks, with the borders of the bins as thin lines; below, "
        "the same stretch as a grid of counts, a row a unit, a column a bin.",
        "The busiest two seconds and the eight busiest units in them. Above, spike times; below, "
        "what is left of them: a whole number a bin.",
        "binning",
    )


def speed_filter(recording: Recording, speed, kept, limit: float) -> Picture:
    """The first runs, their smoothed speed (T,) in m/s, a limit, and which bins are kept, (T,)."""
    part = slice(0, 800)
    position, kept = recording.position[part], kept[part]
    time = recording.bin_s * np.arange(len(position))
    fig, (above, below) = plt.subplots(2, 1, figsize=(9, 4), sharex=True)
    above.plot(time, position, color=style.MUTED, lw=0.8)
    above.scatter(time[kept], position[kept], s=5, color=style.TEAL, label="kept")
    above.scatter(
        time[~kept], position[~kept], s=14, marker="x", color=style.CORAL, linewidths=0.8,
        label="left out",
    )  # fmt: skip
    above.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)
    below.plot(time, speed[part], color=style.AMBER)
    below.axhline(limit, color=style.INK, ls=(0, (4, 3)), lw=1)
    above.set(ylabel="position (m)")
    below.set(ylabel="smoothed speed (m/s)", xlabel="time (s)")
    return Picture(
        fig,
        "Above, the position over the first runs: a zigzag of kept bins, with crosses at the ends "
        "of the track where the animal stood. Below, its smoothed speed, with the limit as a "
        "dashed line.",
        "Crosses: bins that the filter leaves out. They lie at the ends of the track, where the "
        "animal waits.",
        "speed",
    )


def unrolled(line: tuple, circle: tuple) -> Picture:
    """Places in the plane, coloured by the metres that they were unrolled to.

    For each the places, (S, 2) metres, their metres along the track, (S,), and its length.
    """
    panels = {"a line across the room": line, "a circle": circle}
    fig, axes = plt.subplots(1, len(panels), figsize=(4.6 * len(panels), 3.8), squeeze=False)
    for ax, (title, (xy, position, length_m)) in zip(axes[0], panels.items(), strict=True):
        x, y = np.asarray(xy).T
        dots = ax.scatter(x, y, c=position, s=5, cmap="book.position", vmin=0, vmax=length_m)
        ax.set(title=title, xlabel="x (m)", ylabel="y (m)")
        ax.set_aspect("equal", adjustable="datalim")
        fig.colorbar(dots, ax=ax, label="along the track (m)")
    return Picture(
        fig,
        "Two tracks seen from above: a slanting line and a circle, each dot a place of the animal, "
        "coloured from one end of the track to the other; on the circle the two ends of the "
        "colours meet.",
        "Places in the room, coloured by the metres that they become. The circle is the same "
        "animal's way there and back, bent until its ends met.",
        "unrolled",
    )


def place_fields(analysis: Analysis) -> Picture:
    """Activity of every unit along the track, a panel a direction, sorted by its first peak."""
    recording = analysis.recording
    n = 40
    place = recording.track.cells(recording.position, n)
    ways = [sign for sign in (1, -1) if (recording.direction == sign).any()]
    maps = []
    for sign in ways:
        here = recording.direction == sign
        total = np.zeros((n, recording.spikes.shape[1]))
        np.add.at(total, place[here], recording.spikes[here])
        maps.append(total / np.maximum(np.bincount(place[here], minlength=n), 1)[:, None])
    low, high = np.min(maps, axis=(0, 1)), np.max(maps, axis=(0, 1))
    order = np.argsort(maps[0].argmax(axis=0), kind="stable")
    fig, axes = plt.subplots(1, len(ways), figsize=(4.6 * len(ways), 4), sharey=True, squeeze=False)
    for ax, sign, found in zip(axes[0], ways, maps, strict=True):
        scaled = ((found - low) / np.where(high > low, high - low, 1)).T[order]
        extent = (0, recording.length_m, len(order), 0)
        drawn = ax.imshow(scaled, cmap="book.position", aspect="auto", extent=extent)
        ax.set(title="right runs" if sign > 0 else "left runs", xlabel="position (m)")
        ax.grid(visible=False)
    axes[0, 0].set_ylabel("unit, in the order of the first panel's peaks")
    fig.colorbar(drawn, ax=axes[0].tolist(), label="activity, from a unit's least to its most")
    return Picture(
        fig,
        "A row a unit, a panel a direction: where along the track each unit is active, units "
        "sorted by the place of their peak in the first panel.",
        "Place fields by direction. Where the second panel has the first one's diagonal, units "
        "fire at the same places both ways; where it has not, a spot is two places to them.",
        "place-fields",
    )


def spheres(analysis: Analysis) -> Picture:
    """The embedding of each kind of model, coloured by position."""
    found, recording = analysis.first, analysis.recording
    position = recording.position[analysis.first_split.train]
    fig = plt.figure(figsize=(3.7 * len(found), 3.9))
    norm = plt.Normalize(0, recording.length_m)
    for number, (title, points) in enumerate(found.items(), 1):
        ax = fig.add_subplot(1, len(found), number, projection="3d")
        cloud(ax, points, position, cmap="book.position", norm=norm)
        ax.set_title(title)
    mappable = plt.cm.ScalarMappable(norm, "book.position")
    fig.colorbar(mappable, ax=fig.axes, shrink=0.7, label="position (m)")
    return Picture(
        fig,
        "Three spheres with the embedding of each model, coloured by position: with the position, "
        "with time only, and with shuffled labels.",
        "Training laps of the first fold, a dot a bin, coloured by where the animal was. The model "
        "in the middle had no labels: whatever order its colours have, the units brought.",
        "own-spheres",
    )


def scaled(study: Scaled) -> Picture:
    """Embeddings of the same traces under three scalings, coloured by position."""
    recording = study.recording
    position = recording.position[study.split.train]
    fig = plt.figure(figsize=(3.7 * len(study.points), 3.9))
    norm = plt.Normalize(0, recording.length_m)
    for number, (name, points) in enumerate(study.points.items(), 1):
        ax = fig.add_subplot(1, len(study.points), number, projection="3d")
        cloud(ax, points, position, cmap="book.position", norm=norm)
        ax.set_title(f"{name}\n{study.median_cm[name]:.1f} cm")
    mappable = plt.cm.ScalarMappable(norm, "book.position")
    fig.colorbar(mappable, ax=fig.axes, shrink=0.7, label="position (m)")
    return Picture(
        fig,
        "Spheres with the embedding of the same traces, a panel a scaling, coloured by position: "
        f"{', '.join(study.points)}.",
        "The same simulated cells and the same training, but for the scale of the traces. Above "
        "each, the error of position on held-out laps.",
        "own-scaled",
    )


def paths(analysis: Analysis) -> Picture:
    """Where the animal was on held-out laps and where decoders believe it was, a panel each."""
    recording = analysis.recording
    first = {name: analysis.decoding.results[name][0] for name in COLOURS}
    truth = first[BAYES].label[:, 0]
    time = recording.bin_s * np.arange(len(truth))
    fig, axes = plt.subplots(len(first), 1, figsize=(9, 1.9 * len(first) + 0.6), sharex=True)
    for ax, (title, result) in zip(axes, first.items(), strict=True):
        guess = result.predicted[:, 0]
        if recording.geometry == "circle":  # it is kept as that one of its equals nearest to truth
            guess = guess % recording.length_m
        ax.scatter(time, truth, s=3, color=style.MUTED, label="animal")
        ax.scatter(time, guess, s=5, color=COLOURS[title], label="decoded")
        ax.set(title=title, ylabel="position (m)")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower right", ncols=2, markerscale=2)
    axes[-1].set_xlabel("held-out bins, end to end (s)")
    return Picture(
        fig,
        "Position against time on held-out laps, a panel a decoder: the animal's path in grey, the "
        "decoded places as coloured dots over it.",
        "Held-out laps of the first fold. No model here, and no rate map, has seen them.",
        "own-paths",
    )


def loops(rows: Mapping[str, np.ndarray], null: str = "shuffled labels") -> Picture:
    """The longest loop of each subsample, a row a kind of model; the row `null` sets the line."""
    fig, ax = plt.subplots(figsize=(9, 0.7 * len(rows) + 1.2))
    for height, (title, lengths) in enumerate(reversed(rows.items())):
        spread = np.linspace(-0.18, 0.18, len(lengths)) if len(lengths) > 1 else [0]
        ax.scatter(lengths, height + np.asarray(spread), s=26, color=COLOURS.get(title, style.GREY))
    ax.axvline(rows[null].max(), color=style.INK, ls=(0, (4, 3)), lw=1)
    ax.set_yticks(range(len(rows)), list(reversed(rows)))
    ax.set(xlabel="longest loop (distance on the sphere)", xlim=(0, None))
    ax.grid(axis="y", visible=False)
    return Picture(
        fig,
        "Dots: how long the longest loop lives in each embedding, a row a kind of model; a dashed "
        "line marks the longest among models with shuffled labels.",
        "A dot a subsample of an embedding; below, a dot a model with shuffled labels. Only "
        "beyond the dashed line is a loop more than what noise grows by itself.",
        "own-loops",
    )
