"""Drawings of agreement between embeddings: matrices and pairs, held-out laps, growth, runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from . import style

COLOURS = {  # the first that a name begins with
    "CEBRA-Time": style.AMBER,
    "CEBRA, shuffled": style.GREY,
    "CEBRA": style.TEAL,
    "PCA": style.BLUE,
    "UMAP": style.VIOLET,
    "t-SNE": style.CORAL,
}
# Dark enough everywhere for light digits: below zero reddish, above greenish.
AGREEMENT = LinearSegmentedColormap.from_list("agreement", ("#8c2f47", style.CARD, "#217a6c"))


def agreement(
    matrices: Mapping[str, np.ndarray],
    names: Sequence[str],
    pairs: Mapping[str, np.ndarray],
    published: Mapping[str, tuple[float, float]],
    said_by: str,
    ylabel: str = "R²",
) -> Figure:
    """Draw matrices of ordered pairs, and beside them every pair as a dot.

    Parameters
    ----------
    matrices : mapping of str to (n, n) array
        Row onto column; the diagonal is not drawn.
    names : sequence of str
        Of rows and columns.
    pairs : mapping of str to (k,) array
        All ordered pairs, by method; the methods of `matrices` and any others.
    published : mapping of str to (low, high)
        A source's range, drawn as a band behind the pairs of that method.
    said_by : str
        The source, for the legend.
    ylabel : str
        What the numbers are.

    Raises
    ------
    ValueError
        If a matrix has not the size that the names want, or there is nothing to draw.
    """
    if not matrices or not pairs:
        raise ValueError("no matrices or no pairs to draw")
    n = len(matrices)
    columns = min(n, 2)
    rows = -(-n // columns)
    fig = plt.figure(figsize=(11, 1.2 + 2.6 * rows))
    grid = fig.add_gridspec(rows, columns + 1, width_ratios=[1] * columns + [2.1])
    for number, (title, matrix) in enumerate(matrices.items()):
        ax = fig.add_subplot(grid[number // columns, number % columns])
        _matrix(ax, np.asarray(matrix, dtype=float), names, title)
    _pairs(fig.add_subplot(grid[:, columns]), pairs, published, said_by, ylabel)
    return fig


def _matrix(ax: Axes, matrix: np.ndarray, names: Sequence[str], title: str) -> None:
    if matrix.shape != (len(names), len(names)):
        raise ValueError(
            f"matrix of {title} has shape {matrix.shape}; {len(names)} names were given"
        )
    ax.imshow(matrix, cmap=AGREEMENT, vmin=-1, vmax=1)
    for row, column in np.argwhere(np.isfinite(matrix)):
        text = f"{matrix[row, column]:.2f}".replace("-", "−")
        ax.text(column, row, text, ha="center", va="center", color=style.INK, fontsize=8.5)
    ax.set_xticks(range(len(names)), names, rotation=30, ha="right", fontsize=8.5)
    ax.set_yticks(range(len(names)), names, fontsize=8.5)
    ax.set_title(title, fontsize=10)
    ax.grid(visible=False)


def _pairs(ax: Axes, pairs, published, said_by: str, ylabel: str) -> None:
    """A box and all its dots a method; the dots stand in order of size, so that none hides."""
    for x, (name, values) in enumerate(pairs.items()):
        if name in published:
            low, high = published[name]
            ax.fill_between([x - 0.42, x + 0.42], low, high, color=style.CORAL, alpha=0.3, lw=0)
        _dots(ax, x, values, _colour(name))
    ax.axhline(0, color=style.MUTED, lw=0.8)
    ax.set_xticks(range(len(pairs)), list(pairs), rotation=25, ha="right")
    ax.set(ylabel=ylabel, xlim=(-0.6, len(pairs) - 0.4))
    ax.grid(axis="x", visible=False)
    handles = [Line2D([], [], ls="", marker="o", color=style.INK, ms=4, label="an ordered pair")]
    if published:
        band = f"the {said_by}'s range"
        handles.append(Patch(color=style.CORAL, alpha=0.3, label=band))
    above = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": 2, "frameon": False}
    ax.legend(handles=handles, fontsize=8.5, **above)  # inside it would hide pairs


def _colour(name: str) -> str:
    return next((colour for start, colour in COLOURS.items() if name.startswith(start)), style.GREY)


def _dots(ax: Axes, x: float, values, colour: str) -> None:
    values = np.sort(np.asarray(values, dtype=float).ravel())
    ax.boxplot(
        values, positions=[x], widths=0.6, whis=(0, 100), showcaps=False, showfliers=False,
        boxprops={"color": colour}, whiskerprops={"color": colour},
        medianprops={"color": style.INK},
    )  # fmt: skip
    across = x + np.linspace(-0.2, 0.2, len(values)) if len(values) > 1 else [x]
    ax.plot(across, values, "o", color=colour, ms=3.5, alpha=0.85)


def held_out(
    pairs: Mapping[str, tuple[np.ndarray, np.ndarray]],
    published: Mapping[str, tuple[float, float]],
) -> Figure:
    """Draw each ordered pair of animals on training and on held-out laps, joined by a line.

    Parameters
    ----------
    pairs : mapping of str to ((k,) array, (k,) array)
        By method.
    published : mapping of str to (training, held out)
        The paper's means.

    Raises
    ------
    ValueError
        If a method has not the same pairs twice.
    """
    fig, ax = plt.subplots(figsize=(11, 4.6))
    for number, (name, (train, test)) in enumerate(pairs.items()):
        if np.shape(train) != np.shape(test):
            raise ValueError(f"{name} has {np.size(train)} pairs, and {np.size(test)} held out")
        x, colour = 2.4 * number, _colour(name)
        ax.plot([x, x + 1], [train, test], "-", color=colour, lw=0.8, alpha=0.45)
        ax.plot([x] * len(train), train, "o", color=colour, ms=4.5)
        ax.plot([x + 1] * len(test), test, "o", mfc=style.CARD, mec=colour, ms=4.5)
        ax.plot([x, x + 1], [np.mean(train), np.mean(test)], "-", color=style.INK, lw=2.2)
        if name in published:
            ax.plot([x - 0.22, x + 1.22], published[name], "D", color=style.CORAL, ms=6.5)
    ax.set_xticks([2.4 * k + 0.5 for k in range(len(pairs))], list(pairs))
    ax.set(ylabel="R² between rats, aligned by place and direction")
    ax.grid(axis="x", visible=False)
    handles = [
        Line2D([], [], ls="", marker="o", color=style.MUTED, label="a pair, training laps"),
        Line2D([], [], ls="", marker="o", mfc=style.CARD, mec=style.MUTED, label="held-out laps"),
        Line2D([], [], color=style.INK, lw=2.2, label="mean"),
    ]
    if published:
        mark = {"ls": "", "marker": "D", "color": style.CORAL}
        handles.append(Line2D([], [], **mark, label="the paper's means"))
    fig.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return fig


def growth(curves: Mapping[str, Mapping[int, tuple[float, float, float]]]) -> Figure:
    """Draw consistency against the number of neurons in a group.

    Parameters
    ----------
    curves : mapping of str to mapping of size to (mean, low, high)
        Low and high: the smallest and the largest pair. Dashed where the name says "held-out".
    """
    fig, ax = plt.subplots(figsize=(9, 4.0))
    sizes = sorted({size for points in curves.values() for size in points})
    for shift, (label, points) in enumerate(curves.items()):
        x = np.array(sorted(points)) * 1.03**shift  # apart, so that none hides another
        mean, low, high = np.array([points[size] for size in sorted(points)]).T
        look = {"color": _colour(label), "lw": 1.6, "elinewidth": 1, "label": label}
        if "held-out" in label:
            look |= {"ls": "--", "mfc": style.CARD}
        ax.errorbar(x, mean, [mean - low, high - mean], marker="o", **look)
    ax.axhline(0, color=style.MUTED, lw=0.8)
    ax.set_xscale("log", base=2)
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    ax.set(xlabel="neurons in a group", ylabel="R² between groups")
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return fig


def predictions(panels: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Draw one signal and several predictions of it, one panel a prediction.

    Parameters
    ----------
    panels : mapping of str to (target (n,), predicted (n,))
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(11, 2.7), sharey=True, squeeze=False)
    for ax, (title, (target, predicted)) in zip(axes[0], panels.items(), strict=True):
        ax.plot(target, color=style.INK, lw=1.4, label="target")
        ax.plot(predicted, color=style.CORAL, lw=1.4, label="prediction")
        ax.axhline(0, color=style.MUTED, lw=0.8, ls=(0, (3, 3)), label="mean of the target")
        ax.set(title=title, xlabel="moment")
    axes[0, 0].set_ylabel("value")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=3)
    return fig


def runs(
    layouts: Mapping[str, tuple[np.ndarray, np.ndarray]],
    pairs: Mapping[str, np.ndarray],
    length_m: float,
) -> Figure:
    """Draw what several runs made of one recording, and how well the runs agree.

    Parameters
    ----------
    layouts : mapping of str to ((n, 2) array, (n,) array)
        Points and their position in metres; up to four.
    pairs : mapping of str to (k,) array
        R² of all ordered pairs of runs, by method.
    length_m : float
        Of the track, the end of the colour scale.
    """
    fig = plt.figure(figsize=(11, 5.0))
    grid = fig.add_gridspec(2, 3, width_ratios=[1, 1, 2.0])
    for number, (title, (points, position)) in enumerate(layouts.items()):
        ax = fig.add_subplot(grid[number // 2, number % 2])
        dots = ax.scatter(
            *np.asarray(points).T, c=position, s=1.5, cmap=style.POSITION, vmin=0, vmax=length_m
        )
        ax.set_xticks([])
        ax.set_yticks([])
        ax.set_title(title, fontsize=9.5)
        ax.grid(visible=False)
    if layouts:
        fig.colorbar(dots, ax=fig.axes, location="left", shrink=0.6, label="position (m)")
    _pairs(fig.add_subplot(grid[:, 2]), pairs, {}, "", "R² between runs")
    return fig
