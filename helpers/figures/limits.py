"""The benchmark's limits and checks: what mixings allow, where methods break, what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from . import style
from .style import Picture
from .synthetic import BOUND_LINE, COLOURS, LABEL_LINE, NAMES, below_the_stamp, level_lines

if TYPE_CHECKING:
    from helpers.synthetic import Breaking, Checks, Limits


def limits(study: Limits) -> Picture:
    """The highest R² that mixings allow, and what CEBRA made of some."""
    levels = {"the label alone": study.label}
    return Picture(
        room(study.allowed, study.known, levels, study.claim.value),
        alt="Left: histogram over random mixings of the highest R² that their spikes allow, with "
        "the paper's value and the label's as vertical lines. Right: CEBRA's R² against that "
        "limit, a dot a mixing, with the diagonal.",
        caption="Left: the limit, mixing by mixing. Right: CEBRA's R² in sample on those mixings "
        "on which it was trained. A dot on the diagonal has found all there is; in sample, a "
        "method may even pass it.",
        name="limits",
    )


def three_checks(study: Checks) -> Picture:
    """Loss, steps and pairs."""
    return Picture(
        checks(study.losses, study.curves, study.distances, study.delta),
        alt="Left: loss against training steps for CEBRA and its two controls. Middle: R² in "
        "sample, held out, and beyond the label against the number of steps. Right: histogram of "
        "label differences of positive pairs under a normal curve.",
        caption="Three checks: the loss, what longer training brings, and the labels of positive "
        "pairs, which should differ by a normal number of width delta.",
        name="checks",
    )


def where_each_breaks(study: Breaking) -> Picture:
    """Scores against the number of neurons and of spikes."""
    return Picture(
        sweep(study.lines()),
        alt="Four panels: R² and the share beyond the label, against the number of neurons and "
        "against a factor on the spikes, a line a method, with the label alone and the best there "
        "is.",
        caption="On the published generator. The dotted line, the label alone, needs no neuron; "
        "the dashed one is the Bayes-optimal ceiling. A method below the dotted line tells less of "
        "the latent than its label does. Dots: single mixings.",
        name="sweep",
    )


def costs(seconds: Mapping[str, float], n_samples: int, steps: int) -> Picture:
    """Processor time of one embedding by each method."""
    return Picture(
        runtimes(seconds),
        alt="Dots of processor seconds for each method on a logarithmic axis, from the fastest at "
        "the bottom to the slowest at the top.",
        caption=f"One embedding of {n_samples:,} samples: processor time of one core on the "
        f"machine that made this page. CEBRA: {steps:,} steps, extrapolated from two hundred. "
        "UMAP's includes the compilation of its code.",
        name="runtimes",
    )


def sweep(
    lines: Mapping[str, Mapping[str, Mapping[str, Mapping[float, Sequence[float]]]]],
) -> Figure:
    """Draw scores against the number of neurons and of spikes.

    Parameters
    ----------
    lines : mapping of measure to mapping of axis to mapping of method to mapping of place to values
        Measures are rows, titled by their key, axes are columns, labelled by theirs. A line goes
        through the means; dots are the values.
    """
    axes_names = list(next(iter(lines.values())))
    shape = {"figsize": (10, 3.1 * len(lines)), "sharex": "col", "sharey": "row"}
    shape |= {"squeeze": False, "layout": below_the_stamp()}
    fig, grid = plt.subplots(len(lines), len(axes_names), **shape)
    for row, (measure, columns) in zip(grid, lines.items(), strict=True):
        for ax, methods in zip(row, columns.values(), strict=True):
            for method, places in methods.items():
                _line(ax, method, places, NAMES[method])
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
    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout=below_the_stamp())
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
    handles = level_lines(left.axvline, lines)
    level_lines(right.axhline, lines)
    handles += [
        Line2D([], [], color=style.INK, lw=1.4, label=f"the paper's CEBRA: {published:.3f}")
    ]
    handles += [Line2D([], [], color=style.GREY, lw=1, label="all that there is")]
    right.set(xlabel="highest R² that the mixing allows", ylabel="CEBRA's R²")
    right.set_title("how much CEBRA found, in sample")
    fig.legend(handles=handles, loc="outside lower center", ncols=2)
    return fig


def checks(losses, by_steps, distances, delta: float) -> Figure:
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
    """
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.3), layout=below_the_stamp())
    for method, loss in losses.items():
        window = min(50, len(loss))
        smooth = np.convolve(loss, np.ones(window) / window, mode="valid")
        steps = np.arange(len(smooth)) + (window + 1) / 2
        left.plot(steps, smooth, color=COLOURS[method], label=NAMES[method])
    left.set(xlabel="training step", ylabel="InfoNCE loss (nats)", xscale="log")
    left.legend(fontsize=8)
    looks = ("-", "--", ":", "-.")  # all of one model: its colour
    for (name, values), look in zip(by_steps.items(), looks, strict=False):
        x, y = list(values), list(values.values())
        middle.plot(x, y, marker="o", ls=look, color=COLOURS["cebra"], ms=4, label=name)
    middle.set(xlabel="steps trained", ylabel="score", xscale="log")
    places = sorted({place for values in by_steps.values() for place in values})
    middle.set_xticks(places, [f"{place:,}" for place in places], fontsize=8)
    middle.minorticks_off()
    middle.legend(fontsize=8)
    reach = 4 * delta
    right.hist(distances, np.linspace(-reach, reach, 61), density=True, color=style.TEAL, alpha=0.6)
    x = np.linspace(-reach, reach, 200)
    normal = np.exp(-((x / delta) ** 2) / 2) / (delta * np.sqrt(2 * np.pi))
    right.plot(x, normal, color=style.INK, label=f"normal, σ = {delta:g}")
    right.set(xlabel="positive's u − reference's u (rad)", ylabel="density")
    right.legend(fontsize=8)
    return fig


def runtimes(seconds: Mapping[str, float]) -> Figure:
    """Draw how long methods took, processor seconds of one core, on a logarithmic axis."""
    fig, ax = plt.subplots(figsize=(9, 0.9 + 0.42 * len(seconds)), layout=below_the_stamp())
    order = sorted(seconds, key=seconds.get)
    values, colours = [seconds[m] for m in order], [COLOURS[m] for m in order]
    ax.scatter(values, range(len(order)), s=70, color=colours, zorder=3)
    for row, value in enumerate(values):
        said = f"{value:.3g} s" if value >= 0.01 else f"{1000 * value:.2g} ms"
        ax.annotate(said, (value, row), (9, 0), textcoords="offset points", va="center")
    ax.set(
        xscale="log", xlabel="processor time (s, one core)", xlim=(min(values) / 2, 6 * max(values))
    )
    ax.set_yticks(range(len(order)), [NAMES[method] for method in order])
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
