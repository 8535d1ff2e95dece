"""InfoNCE losses: on the way, at the end, and in bits against what was published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from helpers import tables

from . import style
from .style import Picture

if TYPE_CHECKING:
    from helpers.training import Losses

DIAMOND = {"marker": "D", "ls": "", "mec": style.INK}


def curves(losses: Losses) -> Picture:
    """The loss of each variant during training, chance, and the published final losses."""
    ours = ", ".join(f"{style.VARIANT_NAMES[v]} {loss:.2f}" for v, loss in losses.final.items())
    published = {v: claim.value for v, claim in losses.published.items()}
    return Picture(
        falling({v: fit.loss for v, fit in losses.fits.items()}, published, np.log(losses.batch)),
        alt="Training loss of the five variants over the steps, with the level of chance as a "
        f"dashed line. Final losses: {ours}.",
        caption="InfoNCE during training, smoothed, over its raw trace. Diamonds: the authors' "
        "final losses, after the full training.",
        name="losses",
    )


def goodness_of_fit(losses: Losses) -> Picture:
    """Goodness of fit of each variant as bars, with what an ideal embedding would score."""
    ours = ", ".join(f"{style.VARIANT_NAMES[v]} {bits:.2f}" for v, bits in losses.bits.items())
    return Picture(
        bars(losses.bits, losses.published_bits, losses.bounds),
        alt="Bars of goodness of fit in bits, with diamonds for the published values. Ours: "
        f"{ours}.",
        caption="Goodness of fit at the end of training, in bits above chance. Diamonds: the "
        "published losses on the same scale. Dotted: what a faultless embedding would score that "
        "fills a circle or the sphere evenly.",
        name="goodness-of-fit",
    )


def falling(curves: Mapping[str, np.ndarray], published: Mapping[str, float], chance) -> Figure:
    """Draw losses (steps,) in nats by variant, and published ones as diamonds in the margin."""
    for variant, curve in curves.items():
        if not len(curve) or not np.isfinite(curve).all():
            raise ValueError(f"loss of {variant} is empty or not finite; the training went wrong")
    fig, ax = plt.subplots(figsize=(9, 4.6))
    steps = max(len(curve) for curve in curves.values())
    for number, (variant, curve) in enumerate(curves.items()):
        colour, x = style.VARIANT_COLOURS[variant], np.arange(1, len(curve) + 1)
        ax.plot(x, curve, color=colour, lw=0.4, alpha=0.16)
        ax.plot(x, _smooth(np.asarray(curve), max(1, steps // 50)), color=colour,
                label=style.VARIANT_NAMES[variant])  # fmt: skip
        if variant in published:
            aside = 1.02 + 0.008 * number  # equal values would hide each other
            ax.plot(steps * aside, published[variant], color=colour, ms=7, mew=0.7, clip_on=False,
                    **DIAMOND)  # fmt: skip
    ax.axhline(chance, color=style.INK, lw=1, ls=(0, (4, 3)))
    ax.annotate("chance: ln(batch size)", (steps, chance), (0, 4), textcoords="offset points",
                ha="right", color=style.INK, fontsize=9)  # fmt: skip
    ax.set(xlabel="training step", ylabel="InfoNCE loss (nats)", xlim=(0, steps * 1.07))
    handles, labels = ax.get_legend_handles_labels()
    handles.append(Line2D([], [], color=style.MUTED, mew=0.7, **DIAMOND))
    ax.legend(handles, [*labels, "published, final"], ncols=3, loc="upper center",
              bbox_to_anchor=(0.5, -0.16))  # fmt: skip
    return fig


def bars(
    bits: Mapping[str, float], published: Mapping[str, float], bounds: Mapping[str, float]
) -> Figure:
    """Draw bits by variant as bars, the published as diamonds, bounds as labelled dotted lines."""
    fig, ax = plt.subplots(figsize=(9, 3.2))
    rows = np.arange(len(bits))[::-1]
    named_bars(ax, bits, 0.56, 5, 9)
    for row, variant in zip(rows, bits, strict=True):
        if variant in published:
            ax.plot(published[variant], row + 0.37, ms=6, color=style.VARIANT_COLOURS[variant],
                    mew=0.8, zorder=3, **DIAMOND)  # fmt: skip
    ax.axvline(0, color=style.INK, lw=1, ls=(0, (4, 3)))
    for label, bound in bounds.items():
        ax.axvline(bound, color=style.MUTED, lw=1, ls=(0, (1, 2)))
        ax.annotate(label, (bound, 1), (0, 3), ("data", "axes fraction"), "offset points",
                    ha="center", va="bottom", color=style.MUTED, fontsize=8.5)  # fmt: skip
    ax.set(xlabel="goodness of fit (bits)", ylim=(-0.6, len(bits) - 0.3))
    top = max([*bits.values(), *published.values(), *bounds.values()])
    ax.set_xlim(min(0, *bits.values()) - 0.02 * top, 1.08 * top)
    marker = Line2D([], [], color=style.MUTED, mew=0.8, **DIAMOND)
    ax.legend([marker], ["published"], loc="lower left", bbox_to_anchor=(0, 1))
    return fig


def named_bars(ax: Axes, values: Mapping[str, float], height, gap, fontsize) -> None:
    """Draw a bar a variant from the top down, each with its value `gap` points behind its end."""
    rows = np.arange(len(values))[::-1]
    colours = [style.VARIANT_COLOURS[variant] for variant in values]
    ax.barh(rows, list(values.values()), height=height, color=colours, alpha=0.9)
    for row, value in zip(rows, values.values(), strict=True):
        ax.annotate(tables.number(value), (max(value, 0), row), (gap, 0), va="center",
                    textcoords="offset points", color=style.INK, fontsize=fontsize,
                    path_effects=[withStroke(linewidth=4, foreground=style.CARD)])  # fmt: skip
    ax.set_yticks(rows, [style.VARIANT_NAMES[variant] for variant in values])
    ax.grid(False, axis="y")


def _smooth(values: np.ndarray, width: int) -> np.ndarray:
    """Mean over the last `width` steps at each step, over fewer at the start."""
    total = np.concatenate([[0.0], np.cumsum(values, dtype=float)])
    stop = np.arange(1, len(values) + 1)
    start = np.maximum(stop - width, 0)
    return (total[stop] - total[start]) / (stop - start)
