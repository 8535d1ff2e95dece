"""Drawing of a sweep: what each setting changes, a dot a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import style

COLOURS = {1: style.TEAL, -1: style.CORAL, 0: style.GREY}
MEANING = {1: "better", -1: "worse", 0: "cannot be told"}


class Change(NamedTuple):
    """What one setting changes: a value a seed, the interval of their mean, and its sense."""

    values: Sequence[float]  # (n_seeds,)
    low: float
    high: float
    sense: int  # +1 better, −1 worse, 0 where the interval holds zero


def changes(panels: Mapping[str, Mapping[str, Change]]) -> Figure:
    """Draw changes against the base settings, a row a setting, a panel a measure.

    Parameters
    ----------
    panels : mapping of axis label, with unit, to mapping of setting to Change
        The same settings in each.
    """
    names = list(next(iter(panels.values()), {}))
    if not names or any(list(rows) != names for rows in panels.values()):
        raise ValueError("no changes to draw, or panels of different settings; give each the same")
    fig, axes = plt.subplots(
        1, len(panels), figsize=(5.2 * len(panels), 0.5 * len(names) + 1.7), sharey=True,
        squeeze=False,
    )  # fmt: skip
    for ax, (label, rows) in zip(axes[0], panels.items(), strict=True):
        _panel(ax, list(rows.values()))
        ax.set_xlabel(label)
    axes[0, 0].set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.4, -0.6))
    marks = [
        Line2D([], [], color=COLOURS[sense], lw=2.5, label=MEANING[sense]) for sense in (1, -1, 0)
    ]
    fig.legend(handles=marks, loc="outside lower right", ncols=3)
    return fig


def _panel(ax: Axes, rows: Sequence[Change]) -> None:
    values = np.concatenate([[0.0], *(np.asarray(row.values, dtype=float) for row in rows)])
    margin = 0.15 * (np.ptp(values) or 1.0)
    low, high = values.min() - margin, values.max() + margin
    ax.axvline(0, color=style.INK, lw=0.9, ls=(0, (4, 3)))
    for place, row in enumerate(rows):
        colour = COLOURS[row.sense]
        ends = np.clip([row.low, row.high], low, high)  # few seeds: intervals leave the picture
        ax.hlines(place, *ends, color=colour, lw=2.5, alpha=0.6, zorder=2)
        spread = place + 0.18 * np.linspace(-1, 1, len(row.values)) * (len(row.values) > 1)
        ax.scatter(row.values, spread, s=18, color=colour, linewidths=0, zorder=3)
        ax.vlines(np.mean(row.values), place - 0.3, place + 0.3, color=style.INK, lw=1.3, zorder=4)
    ax.set_xlim(low, high)
    ax.grid(False, axis="y")
