"""Drawings of InfoNCE losses: on the way, at the end, and in bits against what was published."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import style


def _smooth(values: np.ndarray, width: int) -> np.ndarray:
    """Mean over the last `width` steps at each step, over fewer at the start."""
    total = np.concatenate([[0.0], np.cumsum(values, dtype=float)])
    stop = np.arange(1, len(values) + 1)
    start = np.maximum(stop - width, 0)
    return (total[stop] - total[start]) / (stop - start)


def losses(curves: Mapping[str, np.ndarray], published: Mapping[str, float], chance) -> Figure:
    """Draw the loss of each variant during training, chance, and the published final losses.

    Parameters
    ----------
    curves : mapping of variant to (steps,) array
        InfoNCE in nats at every step.
    published : mapping of variant to float
        Published final losses, drawn as diamonds in the right margin.
    chance : float
        Loss of an embedding that knows nothing, ln(batch size).

    Raises
    ------
    ValueError
        A curve is empty or not finite.
    """
    for variant, curve in curves.items():
        if not len(curve) or not np.isfinite(curve).all():
            raise ValueError(f"loss of {variant} is empty or not finite; the training went wrong")
    fig, ax = plt.subplots(figsize=(9, 4.6))
    steps = max(len(curve) for curve in curves.values())
    for variant, curve in curves.items():
        colour, x = style.VARIANT_COLOURS[variant], np.arange(1, len(curve) + 1)
        ax.plot(x, curve, color=colour, lw=0.4, alpha=0.16)
        ax.plot(x, _smooth(np.asarray(curve), max(1, steps // 50)), color=colour,
                label=style.VARIANT_NAMES[variant])  # fmt: skip
        if variant in published:
            ax.plot(steps * 1.035, published[variant], "D", color=colour, ms=7, mec=style.INK,
                    mew=0.7, clip_on=False)  # fmt: skip
    ax.axhline(chance, color=style.INK, lw=1, ls=(0, (4, 3)))
    ax.annotate("chance: ln(batch size)", (steps, chance), (0, 4), textcoords="offset points",
                ha="right", color=style.INK, fontsize=9)  # fmt: skip
    ax.set(xlabel="training step", ylabel="InfoNCE loss (nats)", xlim=(0, steps * 1.07))
    _legend(ax)
    return fig


def _legend(ax: Axes) -> None:
    handles, labels = ax.get_legend_handles_labels()
    handles.append(Line2D([], [], marker="D", ls="", color=style.MUTED, mec=style.INK, mew=0.7))
    ax.legend(handles, [*labels, "published, final"], ncols=3, loc="upper center",
              bbox_to_anchor=(0.5, -0.16))  # fmt: skip


def goodness_of_fit(
    bits: Mapping[str, float],
    published: Mapping[str, float],
    bounds: Mapping[str, float] | None = None,
) -> Figure:
    """Draw goodness of fit of each variant as bars, the published one as diamonds.

    Parameters
    ----------
    bits : mapping of variant to float
        Goodness of fit in bits; 0 is chance, whatever the batch size.
    published : mapping of variant to float
        The published losses on the same scale.
    bounds : mapping of label to float, optional
        What an ideal embedding of some shape would score, drawn as labelled dotted lines.
    """
    fig, ax = plt.subplots(figsize=(9, 3.2))
    rows = np.arange(len(bits))[::-1]
    for row, (variant, value) in zip(rows, bits.items(), strict=True):
        ax.barh(row, value, height=0.56, color=style.VARIANT_COLOURS[variant], alpha=0.9)
        ax.annotate(f"{value:.2f}", (max(value, 0), row), (5, 0), textcoords="offset points",
                    va="center", color=style.INK, fontsize=9)  # fmt: skip
        if variant in published:
            ax.plot(published[variant], row + 0.37, "D", ms=6, color=style.VARIANT_COLOURS[variant],
                    mec=style.INK, mew=0.8, zorder=3)  # fmt: skip
    ax.axvline(0, color=style.INK, lw=1, ls=(0, (4, 3)))
    for label, bound in (bounds or {}).items():
        ax.axvline(bound, color=style.MUTED, lw=1, ls=(0, (1, 2)))
        ax.annotate(label, (bound, 1), (0, 3), ("data", "axes fraction"), "offset points",
                    ha="center", va="bottom", color=style.MUTED, fontsize=8.5)  # fmt: skip
    ax.set_yticks(rows, [style.VARIANT_NAMES[variant] for variant in bits])
    ax.set(xlabel="goodness of fit (bits)", ylim=(-0.6, len(bits) - 0.3))
    top = max([*bits.values(), *published.values(), *(bounds or {}).values()])
    ax.set_xlim(min(0, *bits.values()) - 0.02 * top, 1.08 * top)
    ax.grid(False, axis="y")
    marker = Line2D([], [], marker="D", ls="", color=style.MUTED, mec=style.INK, mew=0.8)
    ax.legend([marker], ["published"], loc="lower left", bbox_to_anchor=(0, 1))
    return fig
