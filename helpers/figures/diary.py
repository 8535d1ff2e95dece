"""Drawings of the debugging diary: a cost that explodes, an invented signal, ties of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from helpers import tables

from . import style
from .embeddings import cloud
from .style import Picture

if TYPE_CHECKING:
    from helpers.decoding import DecodingResult
    from helpers.diary import Hang, Invented, Ties

SPAN_S = 60  # of the invented signal, from the first tested bin on


def growth(hang: Hang) -> Picture:
    """Draw seconds against points, both logarithmic, and where the line leads."""
    few, estimate = min(hang.n_points), 3600 * hang.hours
    fig, ax = plt.subplots(figsize=(7.5, 4.2))
    line = np.geomspace(few, hang.at, 50)
    ax.plot(line, estimate * (line / hang.at) ** hang.power, color=style.MUTED, ls="--", lw=1)
    ax.plot(hang.n_points, hang.seconds, "o", color=style.TEAL, label="measured here")
    label = f"extrapolated to {hang.at:,} points"
    ax.plot([hang.at], [estimate], "D", color=style.CORAL, label=label)
    limits = ((60, "a minute"), (3600, "an hour"), (86400, "a day"))
    for limit, name in (one for one in limits if one[0] < 3 * estimate):
        ax.axhline(limit, color=style.GRID, lw=1)
        ax.text(few, limit * 1.15, name, color=style.MUTED, fontsize=8)
    ax.set(xscale="log", yscale="log", xlabel="points", ylabel="time for H₂ (s)")
    ax.legend(loc="lower right", frameon=False)
    return Picture(
        fig,
        alt=f"Seconds for H2 of {', '.join(f'{n:.0f}' for n in hang.n_points)} points of a noisy "
        f"ring on logarithmic axes: {', '.join(f'{s:.2f}' for s in hang.seconds)}; the line leads "
        f"to {hang.hours:.1f} hours at {hang.at:,} points.",
        caption=f"Time for H₂ of a noisy ring grows with about the {hang.power:.1f}th power of the "
        "number of points.",
        name="hang",
    )


def invented(study: Invented) -> Picture:
    """Draw an invented position and what was decoded in the first fold, one panel a split."""
    rec, said = study.recording, {split: tables.number(r2) for split, r2 in study.r2.items()}
    fig, axes = plt.subplots(
        1, len(said), figsize=(10, 3.2), sharex=True, sharey=True, squeeze=False
    )
    for ax, (split, results) in zip(axes[0], study.decoded.items(), strict=True):
        _follow(ax, results[0], rec.bin_s)
        title = f"{split}: R² {said[split]}"
        ax.set(title=title, xlabel="time (s)", ylim=(-0.05, rec.length_m + 0.05))
    axes[0, 0].set_ylabel("invented position (m)")
    handles = [
        Line2D([], [], color=style.MUTED, label="invented"),
        Line2D([], [], marker=".", ls="", color=style.AMBER, label="decoded from the spikes"),
    ]
    fig.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)
    return Picture(
        fig,
        alt="An invented slow wave over time and what was decoded from the spikes. R² "
        + ", ".join(f"with {split} {r2}" for split, r2 in said.items()),
        caption="A position that never was, decoded from real spikes. A window that is shared with "
        "a training bin gives the moment away, and with the moment anything that varies slowly.",
        name="invented",
    )


def _follow(ax: Axes, result: DecodingResult, bin_s: float) -> None:
    """Draw the true line, broken where bins are missing, and what was decoded."""
    order = np.argsort(result.bins)
    order = order[result.bins[order] * bin_s < result.bins.min() * bin_s + SPAN_S]
    seconds = result.bins[order] * bin_s
    true, decoded = result.label[order, 0].astype(float), result.predicted[order, 0]
    breaks = np.flatnonzero(np.diff(seconds) > 1) + 1
    line = np.insert(seconds, breaks, np.nan), np.insert(true, breaks, np.nan)
    ax.plot(*line, color=style.MUTED, lw=1.4)
    ax.plot(seconds, decoded, ".", ms=3.5, color=style.AMBER)


def ties(study: Ties) -> Picture:
    """Draw the embeddings side by side on globes, coloured by running direction."""
    panels = study.panels()
    colours = np.where(np.asarray(study.direction) > 0, style.RIGHT, style.LEFT)
    fig = plt.figure(figsize=(2.9 * len(panels), 3.5), layout="none")
    for number, (title, key) in enumerate(panels.items(), 1):
        ax = fig.add_subplot(1, len(panels), number, projection="3d")
        cloud(ax, study.embedding[key], colours, s=4)
        ax.set_title(",\n".join(title), loc="center", y=0.98, fontsize=10)
    fig.subplots_adjust(left=0, right=1, top=0.88, bottom=0.08, wspace=0)
    handles = [
        Line2D([], [], marker="o", ls="", color=colour, label=label)
        for colour, label in ((style.RIGHT, "right runs"), (style.LEFT, "left runs"))
    ]
    fig.legend(handles=handles, loc="lower center", ncols=2, frameon=False)
    said = [
        f"{', '.join(title)}: Rand index {tables.number(study.rand_index[key])}"
        for title, key in panels.items()
    ]
    return Picture(
        fig,
        alt="Four globes coloured by running direction: trained on direction and on shuffled "
        "direction, with the first of equal labels as positive and with any of them. "
        + "; ".join(said),
        caption="The same jobs, but for one line of the sampler.",
        name="ties",
    )
