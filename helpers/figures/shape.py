"""Shapes: scores by variant, and the gap between the two arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from helpers import tables

from . import style
from .losses import named_bars
from .style import Picture

if TYPE_CHECKING:
    from helpers.topology import Arcs, Order


def scores(order: Order) -> Picture:
    """Order, ways and clusters: a panel each, a bar a variant, a light tick where a null ends."""
    fig, axes = plt.subplots(1, 3, figsize=(10, 2.9), sharey=True)
    panels = (
        ("order: R² of position", order.r2, list(order.null.values())),
        ("two ways: direction named", order.accuracy, [0.5] * len(order.r2)),
        ("two clusters: Rand index", order.rand, []),
    )
    for ax, (title, values, ticks) in zip(axes, panels, strict=True):
        named_bars(ax, values, 0.58, 4, 8.5)
        for row, value in enumerate(reversed(ticks)):
            ax.plot([value, value], [row - 0.4, row + 0.4], color=style.INK, lw=1.4)
        ax.set_title(title, fontsize=9.5)
        ax.set(xlim=(min(0, *values.values()), 1.2), xticks=(0, 0.5, 1))
    said = [
        f"{name}: R² {tables.number(order.r2[v])}, direction {order.accuracy[v]:.2f}, Rand index "
        f"{tables.number(order.rand[v])}"
        for v, name in style.VARIANT_NAMES.items()
    ]
    return Picture(
        fig,
        alt=f"Three panels of bars, by variant: {'; '.join(said)}",
        caption="In sample. Left: R² of position; the tick is the upper end of the lagged null "
        "(its top twentieth lies beyond). Middle: share of bins whose direction is named by "
        "neighbours from other trips; the tick is a coin. Right: agreement of two k-means clusters "
        "with the directions.",
        name="shape-scores",
    )


def gaps(arcs: Arcs) -> Picture:
    """The distance between right and left runs along the track, one line a variant."""
    fig, ax = plt.subplots(figsize=(9, 4.2))
    for variant, values in arcs.gaps.items():
        _along(ax, values, arcs.length_m, color=style.VARIANT_COLOURS[variant],
               label=style.VARIANT_NAMES[variant], ms=4)  # fmt: skip
    ax.fill_between(_places(arcs.repeats, arcs.length_m), 0, arcs.repeats, color=style.INK,
                    alpha=0.13, lw=0)  # fmt: skip
    ax.axhline(2, color=style.MUTED, lw=0.8, ls=(0, (2, 3)))
    ax.annotate("opposite points of the sphere", (0, 2), (4, 4), textcoords="offset points",
                color=style.MUTED, fontsize=8.5)  # fmt: skip
    ax.set(ylabel="distance between the two directions", ylim=(0, 2.15))
    ax.legend(ncols=5, loc="upper center", bbox_to_anchor=(0.5, -0.16))
    ratios = ", ".join(f"{style.VARIANT_NAMES[v]} {ratio:.2f}" for v, ratio in arcs.ratio.items())
    return Picture(
        fig,
        alt="Distance between right and left runs along the track, by variant. At the ends, as a "
        f"share of the middle: {ratios}.",
        caption="How far apart the two directions lie at the same place. A ring rises and falls, "
        "two clusters stay apart, a folded line stays together. Shaded: odd against even runs of "
        "one direction in the first model, the least to expect.",
        name="arc-gaps",
    )


def gaps_in_training(arcs: Arcs) -> Picture:
    """The gap after fewer and after more training, one panel a variant, the oldest brightest."""
    fig, axes = plt.subplots(1, len(arcs.growth), figsize=(10, 3.6), sharey=True, squeeze=False)
    for ax, (variant, by_age) in zip(axes[0], arcs.growth.items(), strict=True):
        for rank, (steps, values) in enumerate(by_age.items(), start=1):
            share = rank / len(by_age)
            _along(ax, values, arcs.length_m, color=style.VARIANT_COLOURS[variant],
                   label=f"{steps:,} steps", ms=3 * share + 1, lw=0.8 + 1.2 * share,
                   alpha=share)  # fmt: skip
        ax.set(title=style.VARIANT_NAMES[variant], ylim=(0, 2.05))
        ax.legend(loc="lower center")
    axes[0][0].set_ylabel("distance between directions")
    aged = "; ".join(
        f"{style.VARIANT_NAMES[v]} {', '.join(f'{ratio:.2f}' for ratio in ratios)}"
        for v, ratios in arcs.aged.items()
    )
    return Picture(
        fig,
        alt="Distance between right and left runs along the track at three ages of the model. Ends "
        f"as a share of the middle, from young to old: {aged}.",
        caption="The same gap after a tenth, three tenths and all of the training. Left, a model "
        "with the direction; right, one without.",
        name="gaps-in-training",
    )


def _along(ax: Axes, values: np.ndarray, length_m: float, **look) -> None:
    """Draw values at equal places along the track."""
    ax.plot(_places(values, length_m), values, "o-", **look)
    ax.set(xlabel="position on the track (m)", xlim=(0, length_m))


def _places(values: np.ndarray, length_m: float) -> np.ndarray:
    return (np.arange(len(values)) + 0.5) * length_m / len(values)
