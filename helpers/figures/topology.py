"""Drawings of persistence: diagrams, ranked bars, models among their nulls, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import style

HOMOLOGY_COLOURS = (style.GREY, style.INK, style.VIOLET)
"""Of H0, H1 and H2: none that a variant has."""


class Panel(NamedTuple):
    """One persistence diagram: its bars by homology, the threshold of each, and a line of text."""

    bars: Mapping[str, np.ndarray]  # "h0", "h1": (k, 2) births and deaths
    thresholds: Sequence[float]  # one a homology
    text: str = ""


def birth_death(panels: Mapping[str, Panel], columns: int = 3) -> Figure:
    """Draw births against deaths, with a band beside the diagonal where bars do not count.

    Parameters
    ----------
    panels : mapping of title to Panel
    columns : int
        Panels beside each other.
    """
    if not panels:
        raise ValueError("no diagrams to draw; give at least one panel")
    rows = -(-len(panels) // columns)
    fig, axes = plt.subplots(
        rows, columns, figsize=(3.5 * columns, 3.6 * rows), sharex=True, sharey=True, squeeze=False
    )
    finite = [b[np.isfinite(b)] for p in panels.values() for b in p.bars.values()]
    top = 1.12 * max(values.max(initial=0.1) for values in finite)
    for ax, (title, panel) in zip(axes.flat, panels.items(), strict=False):
        _diagram(ax, panel, top)
        ax.set_title(title)
    for number in range(len(panels), axes.size):
        axes.flat[number].set_axis_off()
        above = axes.flat[number - columns]  # the last of its column
        above.tick_params(labelbottom=True)
        above.set_xlabel("birth (distance on the sphere)")
    for ax in axes[-1]:
        ax.set_xlabel("birth (distance on the sphere)")
    for ax in axes[:, 0]:
        ax.set_ylabel("death")
    axes[0, 0].legend(loc="lower right", fontsize=8)
    return fig


def _diagram(ax: Axes, panel: Panel, top: float) -> None:
    ax.plot([0, top], [0, top], color=style.MUTED, lw=0.8)
    for k, (limit, colour) in enumerate(zip(panel.thresholds, HOMOLOGY_COLOURS, strict=False)):
        ax.plot([0, top], [limit, top + limit], color=colour, lw=0.9, ls=(0, (4, 3)))
        birth, death = panel.bars[f"h{k}"].T
        death = np.where(np.isfinite(death), death, top)  # the bar that never dies sits on top
        long = (death - birth > limit) | (death == top)
        for chosen, size, alpha in ((~long, 6, 0.35), (long, 34, 1)):
            ax.scatter(birth[chosen], death[chosen], s=size, alpha=alpha, color=colour,
                       linewidths=0, label=f"H{k}" if size > 6 else None, zorder=3 + k)  # fmt: skip
    ax.text(0.97, 0.30, panel.text, transform=ax.transAxes, ha="right", va="bottom",
            fontsize=8.5, color=style.INK)  # fmt: skip
    ax.set(xlim=(-0.03 * top, top), ylim=(-0.03 * top, 1.03 * top))


def ranked_bars(
    lengths: Mapping[str, Sequence[np.ndarray]], limits: Sequence[float], n: int = 25
) -> Figure:
    """Draw lifespans from the longest down, H0 left and H1 right, one line a variant.

    Parameters
    ----------
    lengths : mapping of variant to two arrays (n_subsamples, n)
        Lifespans of H0 and of H1, longest first; the median and the range are drawn.
    limits : sequence of two floats
        Threshold of each homology.
    n : int
        Bars to draw.
    """
    fig, axes = plt.subplots(1, 2, figsize=(10, 4.2))
    for k, (ax, limit) in enumerate(zip(axes, limits, strict=True)):
        for variant, both in lengths.items():
            each = np.asarray(both[k])[:, :n]
            ranks = np.arange(1, each.shape[1] + 1)
            colour = style.VARIANT_COLOURS[variant]
            ax.fill_between(ranks, each.min(0), each.max(0), color=colour, alpha=0.15, lw=0)
            ax.plot(ranks, np.median(each, 0), "o-", ms=3, lw=1.2, color=colour,
                    label=style.VARIANT_NAMES[variant])  # fmt: skip
        ax.axhline(limit, color=style.INK, lw=1, ls=(0, (4, 3)))
        ax.annotate("threshold", (n, limit), (0, 4), textcoords="offset points", ha="right",
                    fontsize=8.5, color=style.INK)  # fmt: skip
        ax.set(title=f"H{k}", xlabel="rank of the bar", xlim=(0.3, n + 0.7))
    axes[0].set_ylabel("lifespan (distance on the sphere)")
    axes[1].legend()
    return fig


def among_nulls(
    nulls: Mapping[str, Sequence[float]],
    models: Mapping[str, tuple[Sequence[float], str]],
    label: str,
    limit: float | None = None,
) -> Figure:
    """Draw values of models as coloured dots above those of null models in grey, a row a kind.

    Parameters
    ----------
    nulls : mapping of name to sequence of float
        Below the line.
    models : mapping of name to (sequence of float, colour)
        Above it.
    label : str
        Of the axis, with unit.
    limit : float, optional
        Drawn across all rows.
    """
    rows = [(n, v, c) for n, (v, c) in models.items()]
    rows += [(n, v, style.GREY) for n, v in nulls.items()]
    if not rows:
        raise ValueError("no values to draw; give at least one row")
    fig, ax = plt.subplots(figsize=(9, 0.42 * len(rows) + 1.1))
    for place, (_, values, colour) in enumerate(rows):
        spread = place + 0.24 * np.linspace(-1, 1, len(values)) * (len(values) > 1)
        ax.scatter(values, spread, s=16, color=colour, alpha=0.75, linewidths=0, zorder=3)
        ax.vlines(np.median(values), place - 0.36, place + 0.36, color=style.INK, lw=1.3, zorder=4)
    if limit is not None:
        ax.axvline(limit, color=style.INK, lw=0.9, ls=(0, (4, 3)))
    if nulls and models:
        ax.axhline(len(models) - 0.5, color=style.EDGE, lw=1)
    ax.set(yticks=range(len(rows)), xlabel=label, ylim=(len(rows) - 0.4, -0.6))
    ax.set_yticklabels([name for name, *_ in rows])
    ax.grid(False, axis="y")
    return fig


def betti_shares(counts: Mapping[str, np.ndarray], highest: int = 6) -> Figure:
    """Draw how often each Betti number was found, one row a cloud, one panel a homology.

    Parameters
    ----------
    counts : mapping of name to (n_subsamples, n_homologies) int array
    highest : int
        Larger numbers are counted with it.
    """
    n_homologies = max(np.asarray(each).shape[1] for each in counts.values())
    fig, axes = plt.subplots(
        1, n_homologies, figsize=(4.6 * n_homologies, 0.45 * len(counts) + 1.3), squeeze=False
    )
    for k, ax in enumerate(axes[0]):
        share = np.zeros((len(counts), highest + 1))
        for row, each in enumerate(counts.values()):
            found = np.bincount(np.minimum(np.asarray(each)[:, k], highest), minlength=highest + 1)
            share[row] = found / len(each)
        seen = np.ma.masked_equal(share, 0)
        ax.imshow(seen, cmap=style.POSITION, vmin=0, vmax=1, aspect="auto")
        for (row, number), value in np.ndenumerate(share):
            if value:
                ax.text(number, row, f"{value:.0%}", ha="center", va="center", fontsize=8,
                        color=style.PAGE if value > 0.35 else style.INK)  # fmt: skip
        labels = [*map(str, range(highest)), f"{highest}+"]
        ax.set(title=f"β{'₀₁₂'[k]}", xticks=range(highest + 1), xticklabels=labels)
        ax.set(yticks=range(len(counts)), yticklabels=list(counts) if k == 0 else [])
        ax.grid(False)
    return fig


def cost(
    measured: Mapping[int, Sequence[tuple[int, float, float]]],
    target: int,
    blog_s: tuple[int, float],
) -> Figure:
    """Draw time and memory against the number of points, and where the trend is at `target`.

    Parameters
    ----------
    measured : mapping of homology to rows (points, seconds, gigabytes)
    target : int
        Points at which the blog's program hung.
    blog_s : (int, float)
        Points and seconds that the blog states for H1.
    """
    fig, axes = plt.subplots(1, 2, figsize=(10, 4.2))
    for column, (ax, unit) in enumerate(zip(axes, ("time (s)", "memory (GB)"), strict=True), 1):
        for k, rows in measured.items():
            n, y = np.array(rows, dtype=float)[:, [0, column]].T
            ax.plot(n, y, "o-", color=HOMOLOGY_COLOURS[k], label=f"H{k}, measured")
            far = np.array([n[-1], target])
            ax.plot(far, trend(n, y)(far), ls=(0, (2, 3)), color=HOMOLOGY_COLOURS[k])
        ax.axvline(target, color=style.CORAL, lw=1)
        ax.annotate("the blog's program hung", (target, 0.06), (-5, 0), rotation=90, ha="right",
                    xycoords=("data", "axes fraction"), textcoords="offset points",
                    fontsize=8.5, color=style.CORAL)  # fmt: skip
        ax.set(xscale="log", yscale="log", xlabel="points", ylabel=unit)
    axes[0].plot(*blog_s, "D", color=style.INK, ms=6, label="the blog, H1")
    for seconds, name in ((60, "a minute"), (3600, "an hour")):
        axes[0].axhline(seconds, color=style.EDGE, lw=0.8)
        axes[0].annotate(name, (0.01, seconds), (0, 2), xycoords=("axes fraction", "data"),
                         textcoords="offset points", fontsize=8, color=style.MUTED)  # fmt: skip
    axes[0].legend(loc="lower right", bbox_to_anchor=(0.86, 0.02))
    return fig


def trend(n, y):
    """Power law through the larger half of the measurements, as a function of n."""
    n, y = np.asarray(n, dtype=float), np.asarray(y, dtype=float)
    half = len(n) // 2
    power, level = np.polyfit(np.log(n[half:]), np.log(y[half:]), 1)
    return lambda far: np.exp(level) * np.asarray(far, dtype=float) ** power
