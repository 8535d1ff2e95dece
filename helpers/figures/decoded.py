"""Decoded positions themselves: against the true ones, along the session, and run by run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import style, trackplayer
from .style import Picture

if TYPE_CHECKING:
    from helpers.decoding import Contest, Leak
    from helpers.recordings import Recording


def two_verdicts(study: Leak) -> Picture:
    """One model under both splits, and what the leak is worth to everyone."""
    return Picture(
        leak(study.clouds(), study.pairs(), study.length_m),
        alt="Left and middle: decoded against true position of one CEBRA model. With a random "
        "split of bins the dots hug the diagonal; with trips held out they scatter around it, "
        "some far off. "
        "Right: mean error of five methods under both splits; most look far better with a "
        "random split, nearest neighbours on bare counts most of all.",
        caption="The same CEBRA model (position and direction, one seed) under both splits, and "
        "mean errors with 95 % intervals over round trips. A random split of bins flatters "
        "whoever memorises best.",
        name="leak",
    )


def on_track(study: Contest, rec: Recording) -> Picture:
    """Decoded over true position, through the tested trips of the first fold."""
    lanes = study.first_fold()
    bins = next(iter(lanes.values())).bins
    return Picture(
        trajectories(
            {name: (r.predicted[:, 0], r.predicted[:, 1]) for name, r in lanes.items()},
            rec.position[bins],
            bins,
            rec.bin_s,
            rec.length_m,
        ),
        alt="Position against time in held-out trips: the animal's zigzag as a line, decoded "
        "positions as dots coloured by decoded direction, for CEBRA with position and direction, "
        "CEBRA with time, and naive Bayes. Dots follow the line, with outliers mostly where it "
        "turns or rests.",
        caption="All tested trips of the first fold, one after the other; dashed lines where trips "
        "in between were not tested. No model here has seen any of these trips.",
        name="trajectory",
    )


def as_it_happened(study: Contest, rec: Recording) -> HTML:
    """The rat and its decoded place as a player, through the tested runs of the first fold."""
    result = next(iter(study.first_fold().values()))
    page = trackplayer.player(
        rec.position[result.bins],
        result.predicted[:, 0],
        trackplayer.runs_of(result.bins, rec.laps()),
        rec.bin_s,
        rec.length_m,
        name="decoded-runs",
        alt="Player: the rat on the track and its decoded place, bin by bin through the tested "
        "runs of the first fold, with the course of the present run below.",
        caption="Tested runs of the first fold, one after the other, at the rat's own pace; CEBRA "
        "with position and direction.",
        simulated=rec.source == "simulated",
    )
    return HTML(page)


def leak(
    clouds: Mapping[str, tuple[np.ndarray, np.ndarray]],
    pairs: Mapping[str, tuple[tuple[float, float, float], tuple[float, float, float]]],
    length_m: float,
) -> Figure:
    """Draw one model under two splits, and what the leak is worth to every method.

    Parameters
    ----------
    clouds : mapping of str to (true (n,), decoded (n,))
        Metres; two splits of one model, by title.
    pairs : mapping of str to ((value, low, high), (value, low, high))
        Mean error in cm under the leaky and the honest split, by method, from top to bottom.
    length_m : float
        Of the track.
    """
    fig = plt.figure(figsize=(11, 3.9))
    grid = fig.add_gridspec(1, 3)
    for column, (title, (true, decoded)) in enumerate(clouds.items()):
        ax = fig.add_subplot(grid[column])
        ax.plot([0, 100 * length_m], [0, 100 * length_m], color=style.MUTED, lw=0.8)
        ax.plot(100 * true, 100 * decoded, ".", color=style.TEAL, ms=2.2, alpha=0.5)
        limits = (-4, 100 * length_m + 4)
        ax.set(title=title, xlabel="true position (cm)", xlim=limits, ylim=limits, aspect="equal")
        ax.set_ylabel("decoded position (cm)" if column == 0 else "")
    ax = fig.add_subplot(grid[2])
    for y, (leaky, honest) in enumerate(pairs.values()):
        ax.plot([leaky[0], honest[0]], [y, y], color=style.EDGE, lw=5, solid_capstyle="round")
        for (value, *ends), face in ((leaky, style.CARD), (honest, style.INK)):
            ax.plot(ends, [y, y], color=style.INK, lw=1.2)
            ax.plot(value, y, "o", mfc=face, mec=style.INK, ms=7)
    ax.set_yticks(range(len(pairs)), list(pairs))
    ax.set(xlabel="mean error (cm)", ylim=(len(pairs) - 0.4, -0.6), title="what the leak is worth")
    ax.set_xlim(left=0)
    ax.set_box_aspect(1)  # as high as its neighbours
    ax.grid(axis="y", visible=False)
    fig.legend(handles=[
        Line2D([], [], ls="", marker="o", mfc=style.CARD, mec=style.INK, label="random split"),
        Line2D([], [], ls="", marker="o", color=style.INK, label="held-out trips"),
    ], loc="outside lower right", ncols=2)  # fmt: skip
    return fig


def trajectories(
    panels: Mapping[str, tuple[np.ndarray, np.ndarray]],
    truth: np.ndarray,
    bins: np.ndarray,
    bin_s: float,
    length_m: float,
) -> Figure:
    """Draw decoded position over the true one, one panel a decoder.

    Parameters
    ----------
    panels : mapping of str to (position (n,) in metres, share running right (n,))
        What each decoder says of the same bins.
    truth : array of shape (n,)
        Metres.
    bins : array of shape (n,)
        Bin numbers; where they skip, the trips in between were not tested.
    bin_s : float
        Seconds a bin.
    length_m : float
        Of the track.

    Raises
    ------
    ValueError
        If the arrays differ in length.
    """
    n = len(truth)
    for label, arrays in {**panels, "bins": (bins,)}.items():
        if any(len(array) != n for array in arrays):
            raise ValueError(f"{label} does not have one value for each of the {n} bins")
    fig, axes = plt.subplots(
        len(panels), 1, figsize=(11, 0.8 + 1.75 * len(panels)), sharex=True, squeeze=False
    )
    seconds = np.arange(n) * bin_s
    breaks = np.flatnonzero(np.diff(bins) > 1) + 1
    for ax, (label, (position, right)) in zip(axes[:, 0], panels.items(), strict=True):
        for part in np.split(np.arange(n), breaks):
            ax.plot(seconds[part], 100 * truth[part], color=style.INK, lw=1.1, alpha=0.9)
        for chosen, colour in ((right > 0.5, style.RIGHT), (right <= 0.5, style.LEFT)):
            ax.plot(seconds[chosen], 100 * position[chosen], ".", color=colour, ms=3, alpha=0.8)
        for one in breaks:
            ax.axvline(seconds[one], color=style.MUTED, lw=0.7, ls=(0, (2, 3)))
        ax.set(title=label, ylabel="position (cm)", ylim=(-4, 100 * length_m + 4))
    axes[-1, 0].set(xlabel="time within the tested trips (s)", xlim=(0, n * bin_s))
    _legend_of_trajectories(fig)
    return fig


def _legend_of_trajectories(fig: Figure) -> None:
    handles = [Line2D([], [], color=style.INK, lw=1.1, label="the rat")]
    for label, colour in (("decoded, running right", style.RIGHT), ("left", style.LEFT)):
        handles.append(Line2D([], [], ls="", marker=".", color=colour, ms=8, label=label))
    fig.legend(handles=handles, loc="outside lower center", ncols=3)
