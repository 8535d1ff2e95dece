"""Drawings of the synthetic benchmark: embeddings of a known latent, and what they hold of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from scipy.linalg import orthogonal_procrustes

from . import style

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
MARKS = {"blog": ("D", style.CORAL), "paper": ("v", style.INK)}
LABEL_LINE, BOUND_LINE = {"color": style.INK, "ls": ":"}, {"color": style.MUTED, "ls": "--"}


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
        1, len(clouds), figsize=(2.35 * len(clouds), 2.9), layout=_below_the_stamp()
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
    """Draw a bar at the mean and a dot for each seed and mixing, and published values.

    Parameters
    ----------
    lanes : sequence of Lane
        From top to bottom.
    lines : mapping of str to float
        At most two levels, drawn through all lanes: one dotted, one dashed.
    xlabel : str
    limits : (low, high)

    Raises
    ------
    ValueError
        If there are no lanes or one has no values.
    """
    if not lanes or any(not len(lane.seeds) and not len(lane.mixings) for lane in lanes):
        raise ValueError("a lane has no values to draw; leave it out")
    fig, ax = plt.subplots(figsize=(9, 1.5 + 0.5 * len(lanes)), layout=_below_the_stamp())
    for y, lane in enumerate(lanes):
        colour = COLOURS[lane.method]
        values = lane.mixings if len(lane.mixings) else lane.seeds
        ax.barh(y, np.mean(values), 0.72, color=colour, alpha=0.3)
        for shift, some, filled in ((-0.17, lane.seeds, True), (0.17, lane.mixings, False)):
            face = colour if filled else style.BACKGROUND
            at = np.full(len(some), y + shift)
            ax.plot(some, at, "o", ms=5, mfc=face, mec=colour, mew=1.1, alpha=0.9)
        for said_by, value in lane.published.items():
            marker, face = MARKS[said_by]
            ax.plot(value, y, marker, ms=8.5, color=face, mec=style.BACKGROUND, zorder=5)
    handles = _levels(ax.axvline, lines) + _dot_handles(lanes)
    ax.set(xlabel=xlabel, xlim=limits, ylim=(len(lanes) - 0.5, -0.5))
    ax.set_yticks(range(len(lanes)), [lane.label for lane in lanes])
    ax.grid(axis="y", visible=False)
    fig.legend(handles=handles, loc="outside lower center", ncols=3)
    return fig


def sweep(
    lines: Mapping[str, Mapping[str, Mapping[str, Mapping[float, Sequence[float]]]]],
    names: Mapping[str, str],
) -> Figure:
    """Draw scores against the number of neurons and of spikes.

    Parameters
    ----------
    lines : mapping of measure to mapping of axis to mapping of method to mapping of place to values
        Measures are rows, titled by their key, axes are columns, labelled by theirs. A line goes
        through the means; dots are the values.
    names : mapping of method to str
    """
    axes_names = list(next(iter(lines.values())))
    shape = {"figsize": (10, 3.1 * len(lines)), "sharex": "col", "sharey": "row"}
    shape |= {"squeeze": False, "layout": _below_the_stamp()}
    fig, grid = plt.subplots(len(lines), len(axes_names), **shape)
    for row, (measure, columns) in zip(grid, lines.items(), strict=True):
        for ax, methods in zip(row, columns.values(), strict=True):
            for method, places in methods.items():
                _line(ax, method, places, names[method])
            ax.set_xscale("log")
            ticks = sorted({place for places in methods.values() for place in places})
            ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
            ax.minorticks_off()
        row[0].set_ylabel(measure)
    for ax, axis in zip(grid[-1], axes_names, strict=True):
        ax.set_xlabel(axis)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=4)
    return fig


def room(bounds: np.ndarray, known: Sequence[tuple[float, float]], lines, published) -> Figure:
    """Draw how much mixings let anyone know, and what CEBRA made of some of them.

    Parameters
    ----------
    bounds : array of shape (n,)
        Highest R² that each of many mixings allows.
    known : sequence of (bound, R² of CEBRA)
        Mixings on which CEBRA was trained.
    lines : mapping of str to float
        At most two levels of R².
    published : float
        The paper's R².
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout=_below_the_stamp())
    low = min(*lines.values(), *np.ravel(known), *bounds) - 0.005
    high = max(published, *np.ravel(known), *bounds) + 0.005
    left.hist(bounds, np.linspace(low, high, 25), color=style.TEAL, alpha=0.7)
    left.axvline(published, color=style.INK, lw=1.4)
    left.set(xlabel="highest R² that the mixing allows", ylabel="mixings", xlim=(low, high))
    left.yaxis.set_major_locator(MaxNLocator(integer=True))
    left.set_title("how much there is to find")
    right.plot(*np.transpose(known), "o", color=style.TEAL, ms=6)
    right.plot([low, high], [low, high], color=style.GREY, lw=1)
    right.axhline(published, color=style.INK, lw=1.4)
    handles = _levels(left.axvline, lines)
    _levels(right.axhline, lines)
    handles += [
        Line2D([], [], color=style.INK, lw=1.4, label=f"the paper's CEBRA: {published:.3f}")
    ]
    handles += [Line2D([], [], color=style.GREY, lw=1, label="all that there is")]
    right.set(xlabel="highest R² that the mixing allows", ylabel="CEBRA's R²")
    right.set_title("how much CEBRA found, in sample")
    fig.legend(handles=handles, loc="outside lower center", ncols=2)
    return fig


def checks(losses, by_steps, distances, delta: float, names: Mapping[str, str]) -> Figure:
    """Draw three checks of a training: loss, scores against steps, and how near positives are.

    Parameters
    ----------
    losses : mapping of method to array of shape (steps,)
        InfoNCE, nats.
    by_steps : mapping of str to mapping of steps to float
        Scores after so many steps.
    distances : array of shape (n,)
        Label of the positive less that of its reference, radians.
    delta : float
        Standard deviation that it should have.
    names : mapping of method to str
    """
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.3), layout=_below_the_stamp())
    for method, loss in losses.items():
        window = min(50, len(loss))
        smooth = np.convolve(loss, np.ones(window) / window, mode="valid")
        steps = np.arange(len(smooth)) + (window + 1) / 2
        left.plot(steps, smooth, color=COLOURS[method], label=names[method])
    left.set(xlabel="training step", ylabel="InfoNCE loss (nats)", xscale="log")
    left.legend(fontsize=8)
    colours = (style.TEAL, style.AMBER, style.CORAL, style.GREY)
    for (name, values), colour in zip(by_steps.items(), colours, strict=False):
        middle.plot(list(values), list(values.values()), "o-", color=colour, ms=4, label=name)
    middle.set(xlabel="steps trained", ylabel="score", xscale="log")
    places = sorted({place for values in by_steps.values() for place in values})
    middle.set_xticks(places, [f"{place:,}" for place in places], fontsize=8)
    middle.minorticks_off()
    middle.legend(fontsize=8)
    reach = 4 * delta
    right.hist(distances, np.linspace(-reach, reach, 61), density=True, color=style.TEAL, alpha=0.6)
    x = np.linspace(-reach, reach, 200)
    normal = np.exp(-((x / delta) ** 2) / 2) / (delta * np.sqrt(2 * np.pi))
    right.plot(x, normal, color=style.AMBER, label=f"normal, σ = {delta:g}")
    right.set(xlabel="positive's u − reference's u (rad)", ylabel="density")
    right.legend(fontsize=8)
    return fig


def runtimes(seconds: Mapping[str, float], names: Mapping[str, str]) -> Figure:
    """Draw how long methods took, processor seconds of one core, on a logarithmic axis."""
    fig, ax = plt.subplots(figsize=(9, 0.9 + 0.42 * len(seconds)), layout=_below_the_stamp())
    order = sorted(seconds, key=seconds.get)
    values, colours = [seconds[m] for m in order], [COLOURS[m] for m in order]
    bars = ax.barh(range(len(order)), values, color=colours, height=0.6)
    ax.bar_label(bars, [f" {v:.{0 if v >= 10 else 2}f} s" for v in values], padding=3)
    ax.set(
        xscale="log", xlabel="processor time (s, one core)", xlim=(min(values) / 2, 6 * max(values))
    )
    ax.set_yticks(range(len(order)), [names[method] for method in order])
    ax.grid(axis="y", visible=False)
    return fig


def _line(ax: Axes, method: str, places: Mapping[float, Sequence[float]], name: str) -> None:
    look = {"label": LABEL_LINE, "bound": BOUND_LINE}.get(method, {"color": COLOURS[method]})
    x = sorted(places)
    marker = "" if method in ("label", "bound") else "o"
    ax.plot(x, [np.mean(places[place]) for place in x], marker=marker, ms=4, label=name, **look)
    if marker:
        for place in x:
            ax.plot([place] * len(places[place]), places[place], ".", ms=3, alpha=0.6, **look)


def _levels(draw, lines: Mapping[str, float]) -> list[Line2D]:
    handles = []
    for (name, value), look in zip(lines.items(), (LABEL_LINE, BOUND_LINE), strict=False):
        draw(value, lw=1.2, **look)
        handles.append(Line2D([], [], lw=1.2, label=f"{name}: {value:.3f}", **look))
    return handles


def _dot_handles(lanes: Sequence[Lane]) -> list[Line2D]:
    look = {"ls": "", "color": style.TEAL, "ms": 5}
    handles = [Line2D([], [], marker="o", label="one mixing, training seeds", **look)]
    if any(len(lane.mixings) for lane in lanes):
        handles += [Line2D([], [], marker="o", mfc="none", label="mixings, one seed each", **look)]
    named = {said_by for lane in lanes for said_by in lane.published}
    for said_by, (marker, colour) in MARKS.items():
        if said_by in named:
            label = f"the {said_by} says"
            handles.append(Line2D([], [], ls="", marker=marker, color=colour, ms=8, label=label))
    return handles


def _below_the_stamp() -> ConstrainedLayoutEngine:
    """Lay a figure out so that no title lies under the stamp."""
    return ConstrainedLayoutEngine(rect=(0, 0, 1, 0.94))
