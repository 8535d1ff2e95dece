"""Drawings of decoded position: scores with their intervals, trajectories, the leak, four rats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import style

BLOG, PAPER = style.CORAL, style.INK  # marks of published values
MARKS = {"blog": ("D", BLOG), "paper": ("v", PAPER)}


@dataclass(frozen=True)
class Row:
    """One method in `bars`.

    Parameters
    ----------
    label, colour : str
    scores : mapping of str to (value, low, high)
        By the name of a panel; may be empty, for a method that only leaks.
    leaky : mapping of str to float
        The same scores under the leaky split, drawn as a hollow ring.
    published : mapping of (panel, said_by) to float
        What the blog or the paper states.
    """

    label: str
    colour: str
    scores: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    leaky: Mapping[str, float] = field(default_factory=dict)
    published: Mapping[tuple[str, str], float] = field(default_factory=dict)


def bars(rows: Sequence[Row], panels: Mapping[str, tuple[str, tuple[float, float]]]) -> Figure:
    """Draw scores of many methods side by side, with intervals and published values.

    Parameters
    ----------
    rows : sequence of Row
        From top to bottom.
    panels : mapping of str to (axis label, (low, high))
        One panel a score.

    Raises
    ------
    ValueError
        If there is nothing to draw.
    """
    if not rows or not panels:
        raise ValueError("no rows or no panels to draw")
    height = 1.4 + 0.31 * len(rows)
    fig, axes = plt.subplots(1, len(panels), figsize=(11, height), sharey=True, squeeze=False)
    for ax, (name, (label, limits)) in zip(axes[0], panels.items(), strict=True):
        for y, row in enumerate(rows):
            _bar(ax, y, row, name)
        ax.set(xlabel=label, xlim=limits, ylim=(len(rows) - 0.4, -0.6))
        ax.grid(axis="y", visible=False)
    axes[0, 0].set_yticks(range(len(rows)), [row.label for row in rows])
    _legend_of_bars(fig, rows)
    return fig


def _bar(ax: Axes, y: int, row: Row, name: str) -> None:
    low, _ = ax.get_xlim()
    if name in row.scores:
        value, *ends = row.scores[name]
        ax.barh(y, value, 0.62, color=row.colour, alpha=0.75)
        ax.plot(ends, [y, y], color=style.INK, lw=1.2, solid_capstyle="butt")
    if name in row.leaky:
        ax.plot(row.leaky[name], y, "o", mfc="none", mec=style.INK, ms=7, mew=1.2)
    for (panel, said_by), value in row.published.items():
        if panel == name:
            marker, colour = MARKS[said_by]
            ax.plot(value, y, marker, color=colour, mec=style.BACKGROUND, ms=7.5, mew=0.8)


def _legend_of_bars(fig: Figure, rows: Sequence[Row]) -> None:
    handles = [Line2D([], [], color=style.INK, lw=1.2, label="95 % interval over held-out trips")]
    if any(row.leaky for row in rows):
        ring = {"mfc": "none", "mec": style.INK, "ms": 7, "mew": 1.2}
        handles.append(Line2D([], [], ls="", marker="o", label="leaky split", **ring))
    said = {said_by for row in rows for _, said_by in row.published}
    for name, (marker, colour) in MARKS.items():
        if name in said:
            handles.append(
                Line2D([], [], ls="", marker=marker, color=colour, ms=7.5, label=f"the {name} says")
            )
    fig.legend(handles=handles, loc="outside lower center", ncols=len(handles))


def trajectories(
    panels: Mapping[str, tuple[np.ndarray, np.ndarray]],
    truth: np.ndarray,
    bins: np.ndarray,
    bin_s: float,
    length_m: float,
) -> Figure:
    """Draw decoded position over the true one, one panel a decoder.

    Parameters
    ----------
    panels : mapping of str to (position (n,) in metres, share running right (n,))
        What each decoder says of the same bins.
    truth : array of shape (n,)
        Metres.
    bins : array of shape (n,)
        Bin numbers; where they skip, the trips in between were not tested.
    bin_s : float
        Seconds a bin.
    length_m : float
        Of the track.

    Raises
    ------
    ValueError
        If the arrays differ in length.
    """
    n = len(truth)
    for label, arrays in {**panels, "bins": (bins,)}.items():
        if any(len(array) != n for array in arrays):
            raise ValueError(f"{label} does not have one value for each of the {n} bins")
    fig, axes = plt.subplots(
        len(panels), 1, figsize=(11, 0.8 + 1.75 * len(panels)), sharex=True, squeeze=False
    )
    seconds = np.arange(n) * bin_s
    breaks = np.flatnonzero(np.diff(bins) > 1) + 1
    for ax, (label, (position, right)) in zip(axes[:, 0], panels.items(), strict=True):
        for part in np.split(np.arange(n), breaks):
            ax.plot(seconds[part], 100 * truth[part], color=style.INK, lw=1.1, alpha=0.9)
        for chosen, colour in ((right > 0.5, style.RIGHT), (right <= 0.5, style.LEFT)):
            ax.plot(seconds[chosen], 100 * position[chosen], ".", color=colour, ms=3, alpha=0.8)
        for one in breaks:
            ax.axvline(seconds[one], color=style.MUTED, lw=0.7, ls=(0, (2, 3)))
        ax.set(title=label, ylabel="position (cm)", ylim=(-4, 100 * length_m + 4))
    axes[-1, 0].set(xlabel="time within the tested trips (s)", xlim=(0, n * bin_s))
    _legend_of_trajectories(fig)
    return fig


def _legend_of_trajectories(fig: Figure) -> None:
    handles = [Line2D([], [], color=style.INK, lw=1.1, label="the rat")]
    for label, colour in (("decoded, running right", style.RIGHT), ("left", style.LEFT)):
        handles.append(Line2D([], [], ls="", marker=".", color=colour, ms=8, label=label))
    fig.legend(handles=handles, loc="outside lower center", ncols=3)


def leak(
    clouds: Mapping[str, tuple[np.ndarray, np.ndarray]],
    pairs: Mapping[str, tuple[tuple[float, float, float], tuple[float, float, float]]],
    length_m: float,
) -> Figure:
    """Draw one model under two splits, and what the leak is worth to every method.

    Parameters
    ----------
    clouds : mapping of str to (true (n,), decoded (n,))
        Metres; two splits of one model, by title.
    pairs : mapping of str to ((value, low, high), (value, low, high))
        Mean error in cm under the leaky and the honest split, by method, from top to bottom.
    length_m : float
        Of the track.
    """
    fig = plt.figure(figsize=(11, 4.4))
    grid = fig.add_gridspec(1, 3, width_ratios=[1, 1, 1.45])
    for column, (title, (true, decoded)) in enumerate(clouds.items()):
        ax = fig.add_subplot(grid[column])
        ax.plot([0, 100 * length_m], [0, 100 * length_m], color=style.MUTED, lw=0.8)
        ax.plot(100 * true, 100 * decoded, ".", color=style.TEAL, ms=2.2, alpha=0.5)
        limits = (-4, 100 * length_m + 4)
        ax.set(title=title, xlabel="true position (cm)", xlim=limits, ylim=limits, aspect="equal")
        ax.set_ylabel("decoded position (cm)" if column == 0 else "")
    ax = fig.add_subplot(grid[2])
    for y, (leaky, honest) in enumerate(pairs.values()):
        ax.plot([leaky[0], honest[0]], [y, y], color=style.EDGE, lw=5, solid_capstyle="round")
        for (value, *ends), colour in ((leaky, style.CORAL), (honest, style.TEAL)):
            ax.plot(ends, [y, y], color=colour, lw=1.4)
            ax.plot(value, y, "o", color=colour, ms=7)
    ax.set_yticks(range(len(pairs)), list(pairs))
    ax.set(xlabel="mean error (cm)", ylim=(len(pairs) - 0.4, -0.6), title="what the leak is worth")
    ax.set_xlim(left=0)
    ax.grid(axis="y", visible=False)
    ax.legend(handles=[
        Line2D([], [], ls="", marker="o", color=style.CORAL, label="leaky"),
        Line2D([], [], ls="", marker="o", color=style.TEAL, label="held-out trips"),
    ], loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)  # fmt: skip
    return fig


def dimensions(
    curves: Mapping[str, Mapping[int, tuple[float, float, float]]],
    levels: Mapping[str, tuple[float, float, float]],
) -> Figure:
    """Draw the median error against the number of dimensions, and decoders that have none.

    Parameters
    ----------
    curves : mapping of str to mapping of dimension to (value, low, high)
        Centimetres, by method.
    levels : mapping of str to (value, low, high)
        Methods drawn as horizontal lines.
    """
    fig, ax = plt.subplots(figsize=(9, 4.2))
    colours = (style.TEAL, style.AMBER, style.BLUE, style.CORAL)
    for shift, ((label, points), colour) in enumerate(zip(curves.items(), colours, strict=False)):
        x = np.array(list(points)) * 1.03**shift  # apart, so that intervals do not hide each other
        value, low, high = np.array(list(points.values())).T
        ax.errorbar(x, value, [value - low, high - value], fmt="o-", color=colour, label=label)
    for (label, (value, low, high)), colour in zip(
        levels.items(), (style.VIOLET, style.MUTED), strict=False
    ):
        ax.axhspan(low, high, color=colour, alpha=0.12, lw=0)
        ax.axhline(value, color=colour, ls=(0, (5, 3)), label=label)
    ticks = sorted({dimension for points in curves.values() for dimension in points})
    ax.set_xscale("log", base=2)
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.minorticks_off()
    ax.set(xlabel="dimensions", ylabel="median error (cm)")
    ax.set_ylim(bottom=0)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return fig


def rats(
    scores: Mapping[str, Mapping[str, tuple[float, float, float]]],
    published: Mapping[str, Mapping[str, float]],
) -> Figure:
    """Draw the median error of several methods in each rat.

    Parameters
    ----------
    scores : mapping of rat to mapping of method to (value, low, high)
        Centimetres; the same methods for every rat.
    published : mapping of rat to mapping of method to float
        The paper's medians, for the methods it has.

    Raises
    ------
    ValueError
        If the rats were scored with different methods.
    """
    methods = list(next(iter(scores.values())))
    if any(list(of) != methods for of in scores.values()):
        raise ValueError("rats must all be scored with the same methods in the same order")
    fig, ax = plt.subplots(figsize=(10, 4.2))
    colours = (style.TEAL, style.AMBER, style.VIOLET, style.BLUE, style.MUTED)
    width = 0.78 / len(methods)
    for x, (rat, of) in enumerate(scores.items()):
        for place, (method, colour) in enumerate(zip(methods, colours, strict=False)):
            value, low, high = of[method]
            at = x + (place - (len(methods) - 1) / 2) * width
            label = method if x == 0 else None
            ax.bar(at, value, 0.86 * width, color=colour, alpha=0.75, label=label)
            ax.plot([at, at], [low, high], color=style.INK, lw=1.2)
            if method in published.get(rat, {}):
                marker, mark = MARKS["paper"]
                said = published[rat][method]
                ax.plot(at, said, marker, color=mark, mec=style.BACKGROUND, ms=8)
    ax.set_xticks(range(len(scores)), [rat.capitalize() for rat in scores])
    ax.set(ylabel="median error (cm)")
    ax.grid(axis="x", visible=False)
    marker, mark = MARKS["paper"]
    handles = [*ax.get_legend_handles_labels()[0]]
    handles.append(Line2D([], [], ls="", marker=marker, color=mark, ms=8, label="the paper says"))
    ax.legend(handles=handles, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return fig
