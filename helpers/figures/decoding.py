"""How well positions are decoded: every method with its interval, dimensions, four rats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import style
from .style import Picture

if TYPE_CHECKING:
    from helpers.decoding import Contest, RandomBins, Rats

BLOG = PAPER = style.INK  # marks of published values differ in shape, and have no colour
MARKS = {"blog": ("D", BLOG), "paper": ("v", PAPER)}


LIMITS = {
    "r2": ("R² of position", (-0.3, 1.03)),
    "mean_cm": ("mean error (cm)", (0, 60)),
    "median_cm": ("median error (cm)", (0, 60)),
}
VARIANTS = {f"CEBRA, {name}": variant for variant, name in style.VARIANT_NAMES.items()}


def methods(study: Contest, by_bins: RandomBins) -> Picture:
    """All methods at once: held-out trips, the leaky split, what was published."""
    rows = []
    for name in study.lanes():
        leaky = by_bins.scores(name, LIMITS)
        rows.append(Row(name, _colour(name), study.estimates(name), leaky, study.marks(name)))
    return Picture(
        bars(rows, LIMITS),
        alt="Horizontal bars of R² of position, mean error and median error for CEBRA's variants, "
        "controls and baselines on held-out trips. Rings for the leaky split show smaller errors "
        "than the bars.",
        caption="Bars: held-out trips, nested split. Rings: the blog's leaky split (for CEBRA, the "
        "headline models of chapter 02). The blog's values are mean errors of a leaky split, the "
        "paper's are of held-out trips. A variant without a bar was not trained on held-out trips "
        "in this profile.",
        name="methods",
    )


def by_dimension(study: Contest) -> Picture:
    """Median error against the number of dimensions."""
    return Picture(
        dimensions(study.curves(), study.levels()),
        alt="Median error against the number of dimensions. CEBRA and UMAP need only three; PCA is "
        "poor with three and falls steeply with eight and sixteen; naive Bayes and nearest "
        "neighbours on bare counts are level lines.",
        caption="Everyone reads the same quarter of a second. Whiskers and bands: 95 % intervals "
        "over held-out round trips. The level lines have no dimension to choose.",
        name="dimensions",
    )


def four_rats(study: Rats) -> Picture:
    """Median error of several methods in each rat."""
    return Picture(
        rats(study.estimates(), study.published()),
        alt="Grouped bars of the median error in each rat for CEBRA with position and direction, "
        "CEBRA with time, naive Bayes with two windows and bare counts, with the paper's values as "
        "marks.",
        caption="Held-out trips, nested split, all bins. Lines: 95 % intervals over round trips.",
        name="rats",
    )


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


def _colour(name: str) -> str:
    """A variant's own colour; grey for controls, violet for baselines."""
    if name in VARIANTS:
        return style.VARIANT_COLOURS[VARIANTS[name]]
    return style.GREY if name in ("CEBRA, untrained", "always the mean label") else style.VIOLET


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
    colours = (style.TEAL, style.VIOLET, style.INK)
    for shift, ((label, points), colour) in enumerate(zip(curves.items(), colours, strict=False)):
        x = np.array(list(points)) * 1.03**shift  # apart, so that intervals do not hide each other
        value, low, high = np.array(list(points.values())).T
        ax.errorbar(x, value, [value - low, high - value], fmt="o-", color=colour, label=label)
    for (label, (value, low, high)), dashes in zip(levels.items(), ((5, 3), (1, 2)), strict=False):
        ax.axhspan(low, high, color=style.MUTED, alpha=0.1, lw=0)
        ax.axhline(value, color=style.MUTED, ls=(0, dashes), label=label)
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
    colours = (style.TEAL, style.AMBER, style.VIOLET, style.GREY, style.MUTED)
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
