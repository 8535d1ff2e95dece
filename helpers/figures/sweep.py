"""A sweep: what each setting changes, a dot a seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from . import style
from .style import Picture

if TYPE_CHECKING:
    from helpers.sweep import Effect, Taught

COLOURS = {1: style.TEAL, -1: style.CORAL, 0: style.GREY}
MEANING = {1: "better", -1: "worse", 0: "cannot be told"}


def changes(taught: Taught) -> Picture:
    """Changes against the base settings, a row a setting, a panel a measure."""
    panels = taught.changes
    names = [one.name for one in next(iter(panels.values()))]
    if not names:
        raise ValueError("no changes to draw: every setting has one value, or no cell finished")
    fig, axes = plt.subplots(
        1, len(panels), figsize=(5.2 * len(panels), 0.5 * len(names) + 1.7), sharey=True,
        squeeze=False,
    )  # fmt: skip
    for ax, (measure, found) in zip(axes[0], panels.items(), strict=True):
        _panel(ax, found, measure.better)
        ax.set_xlabel(measure.axis)
    axes[0, 0].set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.4, -0.6))
    senses = {one.sign * measure.better for measure, found in panels.items() for one in found}
    marks = [
        Line2D([], [], color=COLOURS[sense], lw=2.5, label=MEANING[sense])
        for sense in (1, -1, 0)
        if sense in senses
    ]
    fig.legend(handles=marks, loc="outside lower right", ncols=3)
    return Picture(
        fig,
        "Two panels, a row a setting: the change of the median error and of the longest loop's "
        "lead against the base settings, a dot a seed, with the interval of the mean and a dashed "
        "line at no change.",
        "A dot a seed; short upright lines are means, long level ones their intervals. Left of "
        "zero, decoding is better; right of zero, the loop stands out more. Intervals are cut off "
        "at the edge of the picture.",
        "sweep",
    )


def _panel(ax: Axes, effects: Sequence[Effect], better: int) -> None:
    values = np.concatenate([[0.0], *(one.changes for one in effects)])
    margin = 0.15 * (np.ptp(values) or 1.0)
    low, high = values.min() - margin, values.max() + margin
    ax.axvline(0, color=style.INK, lw=0.9, ls=(0, (4, 3)))
    for place, one in enumerate(effects):
        colour = COLOURS[one.sign * better]
        ends = np.clip([one.low, one.high], low, high)  # few seeds: intervals leave the picture
        ax.hlines(place, *ends, color=colour, lw=2.5, alpha=0.6, zorder=2)
        spread = place + 0.18 * np.linspace(-1, 1, len(one.changes)) * (len(one.changes) > 1)
        ax.scatter(one.changes, spread, s=18, color=colour, linewidths=0, zorder=3)
        ax.vlines(one.mean, place - 0.3, place + 0.3, color=style.INK, lw=1.3, zorder=4)
    ax.set_xlim(low, high)
    ax.grid(False, axis="y")
