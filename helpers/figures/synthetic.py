"""The synthetic benchmark: embeddings of a known latent, and how much of it they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from scipy.linalg import orthogonal_procrustes

from . import style
from .style import Picture

if TYPE_CHECKING:
    from helpers.synthetic import Beyond, Race

COLOURS = {
    "cebra": style.TEAL,
    "time": style.AMBER,
    "shuffled": style.GREY,
    "pca": style.BLUE,
    "umap": style.VIOLET,
    "tsne": style.CORAL,
    "readout": "#9ad07a",
    "label": style.INK,
    "bound": style.MUTED,
    "told": style.MUTED,
}
NAMES = {
    "cebra": "CEBRA with u",
    "time": "CEBRA, time only",
    "shuffled": "CEBRA, shuffled u",
    "pca": "PCA",
    "umap": "UMAP",
    "tsne": "t-SNE",
    "readout": "ridge regression of u",
    "label": "the label alone",
    "bound": "Bayes-optimal ceiling",
    "told": "Bayes-optimal, knowing u too",
}
SHORT = NAMES | {"cebra": "CEBRA"}
MARKS = {"blog": ("D", style.INK), "paper": ("v", style.INK)}
R2_AXIS = "R² of the latent (linear, in sample)"
LABEL_LINE, BOUND_LINE = {"color": style.INK, "ls": ":"}, {"color": style.MUTED, "ls": "--"}
LINES = {"the label alone": LABEL_LINE, "the Bayes-optimal ceiling": BOUND_LINE}
"""A line means the same in every figure of the chapter; any other level is dashed and dotted."""


def embeddings(study: Race) -> Picture:
    """The true latent, and what each method makes of it."""
    clouds = {SHORT[name]: cloud for name, cloud in study.clouds.items()}
    r2 = {SHORT[name]: value for name, value in study.first_r2().items()}
    return Picture(
        panels(study.data.latent, study.data.label, clouds, r2),
        alt="Five clouds of dots coloured by the label: the true latent, one period of a broad "
        "sine, and what CEBRA, PCA, UMAP and t-SNE make of it, each laid on it.",
        caption="The blog's first figure. Embeddings are turned, mirrored and scaled to lie on the "
        "latent, which no method promises. R²: linear, in sample, as published.",
        name="embeddings",
    )


def published_race(study: Race) -> Picture:
    """R² in sample on the published generator, every seed and every mixing."""
    return Picture(
        dots(_lanes(study.lanes()), study.levels(), R2_AXIS, (0.7, 0.96)),
        alt="Dots for each method on an axis of R², a dash at the mean. Dotted and dashed "
        "vertical lines mark the label alone and the Bayes-optimal ceiling, close together; marks "
        "show the paper's values.",
        caption="The blog's second figure with every seed and every mixing as a dot, on the "
        "published generator. Dotted: the label, without any neuron. Dashed: the best that one "
        "sample of counts allows on the first mixing (the label may lie above it: it knows u, "
        "which the counts tell only roughly). The controls, left of the axis, in numbers.",
        name="scores",
    )


def stand_in(study: Race) -> Picture:
    """The same on the stand-in for the blog's generator."""
    return Picture(
        dots(_lanes(study.lanes_of_stand_in()), study.levels("simple"), R2_AXIS, (0.6, 0.96)),
        alt="The same for the stand-in for the blog's generator: a dot a mixing for each "
        "method, with the blog's values as marks.",
        caption="The same for the stand-in, a dot a mixing. The two lines are means over its "
        "mixings. How much its neurons fire was set by PCA's mark.",
        name="stand-in",
    )


def beyond_label(study: Beyond) -> Picture:
    """The share of the latent's scatter around its label that embeddings explain."""
    xlabel = "share of the latent beyond the label (held out)"
    return Picture(
        dots(_lanes(study.lanes()), study.levels(), xlabel, (-0.05, 0.6)),
        alt="For each method the share of the latent's scatter around its label that the embedding "
        "explains, a dot a seed and a mixing, with the best possible values as lines.",
        caption="What the label cannot tell. Zero is the label alone; the lines are what Bayes "
        "makes of the first mixing, without and with the label.",
        name="beyond",
    )


def panels(
    latent: np.ndarray,
    label: np.ndarray,
    embeddings: Mapping[str, np.ndarray],
    r2: Mapping[str, float],
) -> Figure:
    """Draw the true latent and embeddings of it, coloured by the label.

    Parameters
    ----------
    latent : array of shape (T, 2)
    label : array of shape (T,)
        u, radians.
    embeddings : mapping of str to array of shape (T, 2)
        Turned, mirrored and scaled alike in both directions to lie on the latent: what no method
        promises.
    r2 : mapping of str to float
        Goes into the titles.

    Raises
    ------
    ValueError
        If an embedding has another shape than the latent.
    """
    clouds = {"true latent": latent} | {n: aligned(e, latent) for n, e in embeddings.items()}
    fig, axes = plt.subplots(
        1, len(clouds), figsize=(2.35 * len(clouds), 2.45), layout=below_the_stamp()
    )
    every = np.concatenate(list(clouds.values()))
    low, high = np.quantile(every, [0.001, 0.999], axis=0)  # a few stray dots may fall outside
    low, high = np.minimum(low, latent.min(0)) - 0.3, np.maximum(high, latent.max(0)) + 0.3
    for ax, (name, cloud) in zip(axes, clouds.items(), strict=True):
        dots = ax.scatter(*cloud.T, c=label, s=1.6, linewidths=0, vmin=0, vmax=2 * np.pi)
        ax.set(xticks=[], yticks=[], aspect="equal")
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        ax.grid(visible=False)
        ax.set_title(name + (f"\nR² {r2[name]:.3f}" if name in r2 else "\n"), fontsize=9.5)
    axes[0].set(xlabel="z₁", ylabel="z₂")
    bar = fig.colorbar(dots, ax=list(axes), shrink=0.75, pad=0.01, ticks=[0, np.pi, 2 * np.pi])
    bar.ax.set_yticklabels(["0", "π", "2π"])
    bar.set_label("label u (rad)")
    return fig


def aligned(embedding: np.ndarray, latent: np.ndarray) -> np.ndarray:
    """Turn, mirror, scale and shift ``embedding`` (T, 2) to lie on ``latent`` (T, 2)."""
    if np.shape(embedding) != np.shape(latent):
        raise ValueError(f"embedding has shape {np.shape(embedding)}, latent {np.shape(latent)}")
    centred, goal = embedding - embedding.mean(axis=0), latent - latent.mean(axis=0)
    turn, overlap = orthogonal_procrustes(centred, goal)
    return centred @ turn * overlap / (centred**2).sum() + latent.mean(axis=0)


class Lane(NamedTuple):
    """One method in `dots`: a lane of dots for each kind of spread, and what was published."""

    method: str
    label: str
    seeds: Sequence[float] = ()
    mixings: Sequence[float] = ()
    published: Mapping[str, float] = {}


def dots(
    lanes: Sequence[Lane], lines: Mapping[str, float], xlabel: str, limits: tuple[float, float]
) -> Figure:
    """Draw a dash at the mean and a dot for each seed and mixing, and published values.

    Parameters
    ----------
    lanes : sequence of Lane
        From top to bottom.
    lines : mapping of str to float
        At most two levels, drawn through all lanes: one dotted, one dashed.
    xlabel : str
    limits : (low, high)
        A lane that lies below has its mean written at the edge.

    Raises
    ------
    ValueError
        If there are no lanes or one has no values.
    """
    if not lanes or any(not len(lane.seeds) and not len(lane.mixings) for lane in lanes):
        raise ValueError("a lane has no values to draw; leave it out")
    fig, ax = plt.subplots(figsize=(9, 1.5 + 0.5 * len(lanes)), layout=below_the_stamp())
    for y, lane in enumerate(lanes):
        colour = COLOURS[lane.method]
        mean = np.mean(lane.mixings if len(lane.mixings) else lane.seeds)
        if mean < limits[0]:
            ax.text(limits[0], y, f" ◂ {mean:.2f}", color=colour, ha="left", va="center")
            continue
        ax.plot([mean, mean], [y - 0.36, y + 0.36], color=colour, lw=3, alpha=0.5)
        for shift, some, filled in ((-0.17, lane.seeds, True), (0.17, lane.mixings, False)):
            face = colour if filled else style.BACKGROUND
            at = np.full(len(some), y + shift)
            ax.plot(some, at, "o", ms=5, mfc=face, mec=colour, mew=1.1, alpha=0.9)
        for said_by, value in lane.published.items():
            marker, face = MARKS[said_by]
            ax.plot(value, y, marker, ms=8.5, color=face, mec=style.BACKGROUND, zorder=5)
    handles = level_lines(ax.axvline, lines) + _dot_handles(lanes)
    ax.set(xlabel=xlabel, xlim=limits, ylim=(len(lanes) - 0.5, -0.5))
    ax.set_yticks(range(len(lanes)), [lane.label for lane in lanes])
    ax.grid(axis="y", visible=False)
    fig.legend(handles=handles, loc="outside lower center", ncols=3)
    return fig


def _lanes(lanes) -> list[Lane]:
    return [Lane(name, NAMES[name], *values) for name, *values in lanes]


def level_lines(draw, lines: Mapping[str, float]) -> list[Line2D]:
    """Draw the label's level and the bound's through an axis, and make their legend."""
    handles = []
    for name, value in lines.items():
        look = LINES.get(name, {**BOUND_LINE, "ls": (0, (6, 2, 1, 2))})
        draw(value, lw=1.2, **look)
        handles.append(Line2D([], [], lw=1.2, label=f"{name}: {value:.3f}", **look))
    return handles


def _dot_handles(lanes: Sequence[Lane]) -> list[Line2D]:
    look = {"ls": "", "color": style.MUTED, "ms": 5}
    handles = []
    if any(len(lane.seeds) for lane in lanes):
        handles += [Line2D([], [], marker="o", label="one mixing, training seeds", **look)]
    if any(len(lane.mixings) for lane in lanes):
        handles += [Line2D([], [], marker="o", mfc="none", label="mixings, one seed each", **look)]
    named = {said_by for lane in lanes for said_by in lane.published}
    for said_by, (marker, colour) in MARKS.items():
        if said_by in named:
            label = f"the {said_by} says"
            handles.append(Line2D([], [], ls="", marker=marker, color=colour, ms=8, label=label))
    return handles


def below_the_stamp() -> ConstrainedLayoutEngine:
    """Lay a figure out so that no title lies under the stamp."""
    return ConstrainedLayoutEngine(rect=(0, 0, 1, 0.94))
