"""Why we differ, drawn: a dot for each choice on the way from our number to the published one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import style
from .style import Picture

if TYPE_CHECKING:
    from helpers.claims import Path


def why_we_differ(paths: Sequence[Path], xlabel: str) -> Picture:
    """One panel a claim: our number on top, the source's protocol at the bottom."""
    titles = "; ".join(
        f"{path.title}: {path.steps[0].value:.3g} to {path.steps[-1].value:.3g}, published "
        f"{path.claim.value:.3g}"
        for path in paths
    )
    return Picture(
        panels(paths, xlabel),
        alt="Panels of dots, from our protocol at the top to the source's at the bottom. "
        f"{titles}.",
        caption="From our number to the published one, one choice changed at a time. Filled: ours, "
        "and the source's own protocol; apart below it, what else was tried. Lines: 95 % intervals "
        "where there are any. The vertical line is the published value, the band two of its "
        "standard deviations over seeds.",
        name="why-we-differ",
    )


def panels(paths: Sequence[Path], xlabel: str) -> Figure:
    """Draw the paths below each other, on one axis.

    Parameters
    ----------
    paths : sequence of Path
    xlabel : str

    Raises
    ------
    ValueError
        If there are no paths.
    """
    if not paths:
        raise ValueError("no paths to draw; leave the figure out")
    heights = [len(path.steps) + len(path.tried) + 0.8 for path in paths]
    shape = {"figsize": (9.5, 0.9 + 0.34 * sum(heights)), "squeeze": False, "sharex": True}
    fig, grid = plt.subplots(len(paths), 1, height_ratios=heights, **shape)
    for ax, path in zip(grid[:, 0], paths, strict=True):
        _panel(ax, path)
    grid[-1, 0].set_xlabel(xlabel)
    return fig


def _panel(ax: Axes, path: Path) -> None:
    value, spread = path.claim.value, 2 * (path.claim.sd or 0)
    ax.axvspan(value - spread, value + spread, color=style.INK, alpha=0.15, lw=0)
    ax.axvline(value, color=style.INK, lw=1.2)
    every, last = [*path.steps, *path.tried], len(path.steps) - 1
    ax.plot([step.value for step in path.steps], range(last + 1), color=style.EDGE, lw=2)
    for y, step in enumerate(every):
        if step.low is not None:
            ax.plot([step.low, step.high], [y, y], color=style.TEAL, lw=1.4)
        filled = y in (0, last)
        face = style.TEAL if filled else style.BACKGROUND
        ax.plot(step.value, y, "o", ms=7, mfc=face, mec=style.TEAL)
    ax.set_yticks(range(len(every)), [step.changed for step in every], fontsize=9)
    ax.set(ylim=(len(every) - 0.4, -0.6))
    ax.set_title(path.title, fontsize=10, loc="left")
    ax.grid(axis="y", visible=False)
