"""Drawings of shapes: scores by variant, and the gap between the two arcs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from . import style


def score_bars(
    scores: Mapping[str, Mapping[str, float]],
    titles: Sequence[str],
    ticks: Mapping[str, Sequence[float]] | None = None,
) -> Figure:
    """Draw one panel a measure, one bar a variant, with an optional tick for a null's bound.

    Parameters
    ----------
    scores : mapping of measure to mapping of variant to float
        Panels from left to right; measures that run to 1.
    titles : sequence of str
        One a measure, with its unit.
    ticks : mapping of measure to sequence of float, optional
        One value a variant, drawn as a light tick across its bar (95th percentile of a null).

    Raises
    ------
    ValueError
        The number of titles or ticks does not fit.
    """
    if len(titles) != len(scores):
        raise ValueError(f"{len(titles)} titles for {len(scores)} measures; give one each")
    fig, axes = plt.subplots(1, len(scores), figsize=(10, 2.9), sharey=True, squeeze=False)
    for ax, (measure, values), title in zip(axes[0], scores.items(), titles, strict=True):
        rows = np.arange(len(values))[::-1]
        colours = [style.VARIANT_COLOURS[variant] for variant in values]
        ax.barh(rows, list(values.values()), height=0.58, color=colours, alpha=0.9)
        for row, value in zip(rows, values.values(), strict=True):
            ax.annotate(f"{value:.2f}", (max(value, 0), row), (4, 0), textcoords="offset points",
                        va="center", fontsize=8.5, color=style.INK)  # fmt: skip
        if ticks and measure in ticks:
            for row, value in zip(rows, ticks[measure], strict=True):
                ax.plot([value, value], [row - 0.4, row + 0.4], color=style.INK, lw=1.4)
        ax.set_yticks(rows, [style.VARIANT_NAMES[variant] for variant in values])
        ax.set_title(title, fontsize=9.5)
        ax.set_xlim(min(0, *values.values()), 1.2)
        ax.set_xticks((0, 0.5, 1))
        ax.grid(False, axis="y")
    return fig


def arc_gaps(gaps: Mapping[str, np.ndarray], length_m: float, floor=None) -> Figure:
    """Draw the distance between right and left runs along the track, one line a variant.

    Parameters
    ----------
    gaps : mapping of variant to (n,) array
        From `helpers.topology.shape.arc_gaps`; NaN leaves a hole.
    length_m : float
        Length of the track in metres.
    floor : (n,) array, optional
        Distance between repeats of one direction, shaded: the least to expect.
    """
    fig, ax = plt.subplots(figsize=(9, 4.2))
    for variant, values in gaps.items():
        places = (np.arange(len(values)) + 0.5) * length_m / len(values)
        ax.plot(places, values, "o-", ms=4, color=style.VARIANT_COLOURS[variant],
                label=style.VARIANT_NAMES[variant])  # fmt: skip
    if floor is not None:
        places = (np.arange(len(floor)) + 0.5) * length_m / len(floor)
        ax.fill_between(places, 0, floor, color=style.INK, alpha=0.13, lw=0)
    ax.axhline(2, color=style.MUTED, lw=0.8, ls=(0, (2, 3)))
    ax.annotate("opposite points of the sphere", (0, 2), (4, 4), textcoords="offset points",
                color=style.MUTED, fontsize=8.5)  # fmt: skip
    ax.set(
        xlabel="position on the track (m)",
        ylabel="distance between the two directions",
        xlim=(0, length_m),
        ylim=(0, 2.15),
    )
    ax.legend(ncols=5, loc="upper center", bbox_to_anchor=(0.5, -0.16))
    return fig


def gaps_in_training(gaps: Mapping[str, Mapping[int, np.ndarray]], length_m: float) -> Figure:
    """Draw the gap along the track after fewer and after more training, one panel a variant.

    Parameters
    ----------
    gaps : mapping of variant to mapping of steps to (n,) array
        From `helpers.topology.shape.arc_gaps`; the most trained is drawn brightest.
    length_m : float
        Length of the track in metres.
    """
    fig, axes = plt.subplots(1, len(gaps), figsize=(10, 3.6), sharey=True, squeeze=False)
    for ax, (variant, by_steps) in zip(axes[0], gaps.items(), strict=True):
        for rank, (steps, values) in enumerate(sorted(by_steps.items()), start=1):
            places = (np.arange(len(values)) + 0.5) * length_m / len(values)
            share = rank / len(by_steps)
            ax.plot(places, values, "o-", ms=3 * share + 1, lw=0.8 + 1.2 * share, alpha=share,
                    color=style.VARIANT_COLOURS[variant], label=f"{steps:,} steps")  # fmt: skip
        ax.set(title=style.VARIANT_NAMES[variant], xlabel="position on the track (m)")
        ax.set(xlim=(0, length_m), ylim=(0, 2.05))
        ax.legend(loc="lower center")
    axes[0][0].set_ylabel("distance between directions")
    return fig
