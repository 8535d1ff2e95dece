"""Agreement between embeddings: matrices and pairs, held-out laps, growth, runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers import tables

from . import style
from .style import Picture

if TYPE_CHECKING:
    from helpers.consistency import Between, Groups, Repeated, Search

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


def groups(study: Groups) -> Picture:
    """Groups of neurons: the first run's matrices, every pair of every run, the blog's ranges."""
    claimed = {name: study.claimed(name) for name in study.sources} if study.is_achilles else {}
    fig = agreement(
        {f"{n}, first training": study.agree[n, "procrustes", False][0] for n in study.sources},
        [f"group {n + 1}" for n in range(4)],
        study.pairs(),
        claimed,
        "blog",
        "R² between groups of neurons",
    )
    return Picture(
        fig,
        alt="Left: two matrices of R² between four groups of neurons, for CEBRA and for PCA. "
        "Right: every ordered pair of every run as a dot, for CEBRA, PCA and controls, with the "
        "ranges that the blog states.",
        caption=f"Groups of {study.size} neurons, time-aligned by turning and reflecting alone, "
        "training laps. Row laid on column. Each dot is one ordered pair of one run.",
        name="groups",
    )


def rats(study: Between) -> Picture:
    """Rats: mean matrices, every pair, the paper's ranges."""
    fig = agreement(
        {name: study.matrix(name) for name in study.methods},
        [rat.capitalize() for rat in study.rats],
        {name: study.pairs(name, "train") for name in study.methods},
        {name: study.range(name) for name in study.methods} if study.is_real else {},
        "paper",
        "R² between rats",
    )
    return Picture(
        fig,
        alt="Left: matrices of R² between four rats for CEBRA-Behaviour, CEBRA-Time, PCA and "
        "others. Right: the twelve ordered pairs of each method as dots, with the paper's ranges.",
        caption="Training laps, aligned by place and direction, mean over runs and folds. Row "
        "mapped onto column. Four rats are four rats: every pair is shown, and no interval is "
        "drawn over them.",
        name="rats",
    )


def search(study: Search) -> Picture:
    """Agreement on training laps against that on held-out laps, a dot a setting."""
    fig, ax = plt.subplots(figsize=(6.4, 4.2))
    train, _, test = study.scores.T
    ax.plot(train, test, "o", color=style.TEAL, ms=6)
    for part, colour in (("train", style.CORAL), ("valid", style.AMBER)):
        n = study.best_by(part)
        label = {"train": "chosen by training laps", "valid": "chosen by validation laps"}[part]
        size = 15 if part == "train" else 11
        ax.plot(train[n], test[n], "o", ms=size, mfc="none", mec=colour, mew=1.8, label=label)
    ax.set(xlabel="R² between rats, training laps", ylabel="R² between rats, held-out laps")
    ax.legend()
    return Picture(
        fig,
        alt="Dots, one a setting: agreement between rats on training laps to the right, on "
        "held-out laps upwards. Rings mark the settings chosen by training and by validation laps.",
        caption="CEBRA-Behaviour under each setting of the search, one training in each of four "
        "rats, first fold.",
        name="search",
    )


def agreement(
    matrices: Mapping[str, np.ndarray],
    names: Sequence[str],
    pairs: Mapping[str, np.ndarray],
    published: Mapping[str, tuple[float, float]],
    said_by: str,
    ylabel: str = "R²",
) -> Figure:
    """Draw (n, n) matrices, row onto column, and every pair as a dot over a source's band."""
    if not matrices or not pairs:
        raise ValueError("no matrices or no pairs to draw")
    columns = min(len(matrices), 2)
    rows = -(-len(matrices) // columns)
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
        text = tables.number(matrix[row, column])
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
            ax.fill_between([x - 0.42, x + 0.42], low, high, color=style.MUTED, alpha=0.3, lw=0)
        _dots(ax, x, values, _colour(name))
    ax.axhline(0, color=style.MUTED, lw=0.8)
    ax.set_xticks(range(len(pairs)), list(pairs), rotation=25, ha="right")
    ax.set(ylabel=ylabel, xlim=(-0.6, len(pairs) - 0.4))
    ax.grid(axis="x", visible=False)
    handles = [Line2D([], [], ls="", marker="o", color=style.INK, ms=4, label="an ordered pair")]
    if published:
        band = f"the {said_by}'s range"
        handles.append(Patch(color=style.MUTED, alpha=0.3, label=band))
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
    # neighbours in value apart: in a row they would slant, and look like a trend
    aside = np.arange(len(values)) * 0.618 % 1 - 0.5 if len(values) > 1 else np.zeros(1)
    ax.plot(x + 0.4 * aside, values, "o", color=colour, ms=3.5, alpha=0.85)


def held_out(study: Between) -> Picture:
    """Each ordered pair of rats on training and on held-out laps, joined by a line."""
    fig, ax = plt.subplots(figsize=(11, 4.6))
    for number, name in enumerate(study.methods):
        train, test = study.pairs(name, "train"), study.pairs(name, "test")
        x, colour = 2.4 * number, _colour(name)
        ax.plot([x, x + 1], [train, test], "-", color=colour, lw=0.8, alpha=0.45)
        ax.plot([x] * len(train), train, "o", color=colour, ms=4.5)
        ax.plot([x + 1] * len(test), test, "o", mfc=style.CARD, mec=colour, ms=4.5)
        ax.plot([x, x + 1], [np.mean(train), np.mean(test)], "-", color=style.INK, lw=2.2)
        if study.is_real:
            ax.plot(
                [x - 0.22, x + 1.22],
                study.published(name),
                "D",
                color=style.INK,
                mec=style.BACKGROUND,
                ms=7,
            )
    ax.set_xticks([2.4 * k + 0.5 for k in range(len(study.methods))], study.methods)
    ax.set(ylabel="R² between rats, aligned by place and direction")
    ax.grid(axis="x", visible=False)
    handles = [
        Line2D([], [], ls="", marker="o", color=style.MUTED, label="a pair, training laps"),
        Line2D([], [], ls="", marker="o", mfc=style.CARD, mec=style.MUTED, label="held-out laps"),
        Line2D([], [], color=style.INK, lw=2.2, label="mean"),
    ]
    if study.is_real:
        mark = {"ls": "", "marker": "D", "color": style.INK}
        handles.append(Line2D([], [], **mark, label="the paper's means"))
    fig.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return Picture(
        fig,
        alt="For each method the twelve ordered pairs of rats as dots, on training laps and on "
        "held-out laps, joined by lines, with the paper's means.",
        caption="Lines join the same pair on training and on held-out laps.",
        name="held-out",
    )


def growth(study: Groups) -> Picture:
    """Agreement against the number of neurons in a group: mean, smallest and largest pair."""
    fig, ax = plt.subplots(figsize=(9, 4.0))
    for shift, ((name, held_out), found) in enumerate(study.growth().items()):
        x = np.array(study.sizes) * 1.03**shift  # apart, so that none hides another
        mean, low, high = np.array([(one.mean, one.low, one.high) for one in found.values()]).T
        label = f"{name}, {'held-out' if held_out else 'training'} laps"
        look = {"color": _colour(label), "lw": 1.6, "elinewidth": 1, "label": label}
        if held_out:
            look |= {"ls": "--", "mfc": style.CARD}
        ax.errorbar(x, mean, [mean - low, high - mean], marker="o", **look)
    ax.axhline(0, color=style.MUTED, lw=0.8)
    ax.set_xscale("log", base=2)
    ax.set_xticks(study.sizes, [str(size) for size in study.sizes])
    ax.minorticks_off()
    ax.set(xlabel="neurons in a group", ylabel="R² between groups")
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return Picture(
        fig,
        alt="R² between groups against the number of neurons in a group, for CEBRA and PCA, on "
        "training and held-out laps.",
        caption="Any linear map, which flatters whoever disagrees in size. Dots: mean over pairs "
        "and runs; bars: smallest to largest pair. The largest groups are halves of the rat: "
        "there are only two of them.",
        name="growth",
    )


def negative(target: np.ndarray, guesses: Mapping[str, np.ndarray], scores) -> Picture:
    """One signal (n,) and several predictions of it; `scores` is (R², correlation) of each."""
    fig, axes = plt.subplots(1, len(guesses), figsize=(11, 2.7), sharey=True, squeeze=False)
    for ax, (name, guess) in zip(axes[0], guesses.items(), strict=True):
        ax.plot(target, color=style.INK, lw=1.4, label="target")
        ax.plot(guess, color=style.CORAL, lw=1.4, label="prediction")
        ax.axhline(0, color=style.MUTED, lw=0.8, ls=(0, (3, 3)), label="mean of the target")
        r2, r = (tables.number(value) for value in scores[name])
        ax.set(title=f"{name}\nR² = {r2}, correlation {r}", xlabel="sample")
    axes[0, 0].set_ylabel("value")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=3)
    return Picture(
        fig,
        alt="Three predictions of one sine wave: three times too large, upside down, and noise. "
        "R² and correlation stand above each.",
        caption="One target, three predictions. R² punishes the wrong size as hard as the wrong "
        "sign; the correlation tells them apart.",
        name="negative",
    )


def runs(study: Repeated, length_m: float) -> Picture:
    """What two runs made of one recording, and how well all runs agree."""
    fig = plt.figure(figsize=(11, 5.0))
    grid = fig.add_gridspec(2, 3, width_ratios=[1, 1, 2.0])
    for row, (method, starts) in enumerate(study.layouts.items()):
        for number, points in enumerate(next(iter(starts.values()))[:2]):
            ax = fig.add_subplot(grid[row, number])
            look = {"s": 1.5, "cmap": style.POSITION, "vmin": 0, "vmax": length_m}
            dots = ax.scatter(*np.asarray(points).T, c=study.shown, **look)
            ax.set_xticks([])
            ax.set_yticks([])
            ax.set_title(f"{method}, layout {number + 1}", fontsize=9.5)
            ax.grid(visible=False)
    fig.colorbar(dots, ax=fig.axes, location="left", shrink=0.6, label="position (m)")
    _pairs(fig.add_subplot(grid[:, 2]), study.pairs(), {}, "", "R² between trainings")
    return Picture(
        fig,
        alt="Left: two layouts each by UMAP and t-SNE of the same recording, coloured by "
        "position. Right: R² between runs for UMAP and t-SNE, with their own start and a random "
        "one, and for CEBRA.",
        caption="One rat. UMAP and t-SNE: two dimensions, Procrustes-aligned. "
        "CEBRA: any linear map, as the package measures it.",
        name="runs",
    )
