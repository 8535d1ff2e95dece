"""The picture of all claims: what was claimed against what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from . import style
from .style import Picture

SOURCES = {"blog": style.CORAL, "paper": style.TEAL}
Span = tuple[float, float]


class Point(NamedTuple):
    """One number of a claim, ours beside it, both with intervals; `kept` says if its rule is."""

    name: str
    said_by: str
    claimed: float
    claimed_span: Span
    measured: float
    measured_span: Span
    kept: bool


def claimed_against_measured(points: Sequence[Point], n_names: int = 12) -> Picture:
    """Draw every claimed number against ours: scores on the left, magnitudes on the right.

    Parameters
    ----------
    points : sequence of Point
        Those claimed at most 1 in size are scores (R², consistency); the others, in centimetres,
        nats, counts or seconds, share logarithmic axes, on which they must be positive.
    n_names : int
        How many points of each panel are named: of those whose rule is broken, the farthest off.

    Raises
    ------
    ValueError
        If there are no points, or a source is unknown.
    """
    if not points:
        raise ValueError("no points: no numeric claim has a measurement in these results")
    strangers = {point.said_by for point in points} - set(SOURCES)
    if strangers:
        raise ValueError(f"sources {sorted(strangers)} have no colour; use {', '.join(SOURCES)}")
    scores = [point for point in points if abs(point.claimed) <= 1]
    sizes = [point for point in points if abs(point.claimed) > 1]
    fig, axes = plt.subplots(1, 2, figsize=(10, 5.6))
    _panel(axes[0], scores, n_names, "scores: R², consistency", log=False)
    _panel(
        axes[1],
        [p for p in sizes if p.measured > 0],
        n_names,
        "errors (cm), losses (nats), counts, seconds",
        log=True,
    )
    handles = [
        Line2D([], [], marker="o", ls="", color=colour, label=f"the {source}'s claim")
        for source, colour in SOURCES.items()
    ]
    handles += [
        Line2D([], [], marker="o", ls="", color=style.MUTED, label="keeps its rule"),
        Line2D([], [], marker="o", ls="", mfc="none", color=style.MUTED, label="does not"),
    ]
    fig.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False)
    n_kept = sum(point.kept for point in points)
    return Picture(
        fig,
        alt="Two scatter plots of measured against claimed values with the diagonal, "
        f"{len(points)} numbers; {n_kept} keep their rule. Blog in coral, paper in teal; filled "
        "where the rule is kept.",
        caption="Every claimed number that was measured, against ours. On the diagonal they agree; "
        "the band is five per cent. Bars: two standard deviations over seeds, where known; of a "
        "stated range, its ends. Filled: the claim's own rule is kept. Named: those that break it, "
        "farthest off first. The blog's decoding errors are measured under its own, leaking split "
        "here.",
        name="claimed-against-measured",
    )


def _panel(ax: Axes, points: Sequence[Point], n_names: int, title: str, log: bool) -> None:
    """Draw one panel: the diagonal with five per cent around it, and the points."""
    low, high = _limits(points, log)
    line = np.geomspace(low, high, 50) if log else np.linspace(low, high, 50)
    ax.fill_between(
        line, line - 0.05 * abs(line), line + 0.05 * abs(line), color=style.MUTED, alpha=0.18, lw=0
    )
    ax.plot(line, line, color=style.MUTED, lw=1)
    for point in points:
        _draw(ax, point)
    if log:
        ax.set(xscale="log", yscale="log")
    ax.set(xlim=(low, high), ylim=(low, high), title=title, aspect="equal")
    ax.set(xlabel="claimed", ylabel="measured in this book")
    _name(ax, sorted(points, key=lambda point: -_distance(point, log)), n_names)


def _name(ax: Axes, points: Sequence[Point], n_names: int) -> None:
    """Name points whose rule is broken, in their order, on the side where there is room."""
    ax.figure.canvas.draw()
    room = ax.get_window_extent().get_points()
    taken = [
        ax.transData.transform((point.claimed, point.measured)) + np.array([[-5, -5], [5, 5]])
        for point in points
    ]
    broken = [(number, point) for number, point in enumerate(points) if not point.kept]
    for number, point in broken[:n_names]:
        outwards = -1 if point.measured > point.claimed else 1
        for side, up in product((outwards, -outwards), (0, -13, 13, -26, 26)):
            text = _beside(ax, point, side, up)
            box = Text.get_window_extent(text).get_points()  # without the leader line
            others = [one for one in taken if not _overlap(one, taken[number])]
            inside = (box[0] > room[0]).all() and (box[1] < room[1]).all()
            if inside and not any(_overlap(box, other) for other in others):
                taken.append(box)
                break
            text.remove()


def _beside(ax: Axes, point: Point, side: int, up: int):
    """Write a point's name to its left (-1) or right (+1), so many typographic points higher."""
    text = ax.annotate(
        point.name,
        (point.claimed, point.measured),
        xytext=((9 if up == 0 else 12) * side, up),
        textcoords="offset points",
        arrowprops={"arrowstyle": "-", "color": style.MUTED, "lw": 0.6, "shrinkB": 3},
        ha="left" if side > 0 else "right",
        va="center",
        fontsize=8,
        color=style.INK,
        path_effects=[withStroke(linewidth=2.5, foreground=style.CARD)],
    )
    # Until then its extent is that of a text at the figure's corner.
    text.update_positions(ax.figure.canvas.get_renderer())
    return text


def _overlap(one: np.ndarray, other: np.ndarray) -> bool:
    return bool((one[0] < other[1]).all() and (other[0] < one[1]).all())


def _draw(ax: Axes, point: Point) -> None:
    """Draw one point with its two intervals; hollow if its rule is broken."""
    colour = SOURCES[point.said_by]
    errors = {
        "xerr": np.abs(np.array(point.claimed_span) - point.claimed)[:, None],
        "yerr": np.abs(np.array(point.measured_span) - point.measured)[:, None],
    }
    ax.errorbar(
        point.claimed,
        point.measured,
        **errors,
        fmt="o",
        ms=6,
        color=colour,
        mfc=colour if point.kept else style.BACKGROUND,
        mew=1.4,
        elinewidth=1,
        zorder=3,
        alpha=0.9,
    )


def _limits(points: Sequence[Point], log: bool) -> Span:
    """Common limits of both axes: every score with its intervals, with room for the names."""
    values = [value for point in points for value in (point.claimed, point.measured)]
    if not values:
        return (0.5, 200.0) if log else (-1.0, 1.1)
    if log:
        return min(values) / 2, max(values) * 2
    values += [end for point in points for end in (*point.claimed_span, *point.measured_span)]
    pad = 0.05 * (max(values) - min(values) + 0.1)
    return min(values) - pad, max(values) + pad


def _distance(point: Point, log: bool) -> float:
    if log:
        return abs(np.log(point.measured / point.claimed))
    return abs(point.measured - point.claimed)
