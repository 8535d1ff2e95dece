"""Drawings of how CEBRA learns: pairs, the ring forming, the forces behind it, loss, speed."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D

from . import style
from .embeddings import check

# Dark where a run starts at 0 m, light at the far end; the hue tells the direction.
RUN_COLOURS = {
    1: LinearSegmentedColormap.from_list("book.right", ["#10594f", style.RIGHT, "#e9fffa"]),
    -1: LinearSegmentedColormap.from_list("book.left", ["#6d1730", style.LEFT, "#ffeaf0"]),
}


def camera(points) -> np.ndarray:
    """Rotation that looks along the axis of a ring: ``points @ camera(points)``: right, up, near.

    Parameters
    ----------
    points : (n, 3) array
        Best one mean per place, so that where the rat lingers does not decide.
    """
    centred = check(points) - np.mean(points, axis=0)
    axes = np.linalg.svd(centred, full_matrices=True)[2].T
    axes[:, 2] *= np.sign(np.mean(points, axis=0) @ axes[:, 2] or 1.0)
    axes[:, 0] *= np.sign(np.linalg.det(axes))
    return axes


def run_colours(position, direction, length_m) -> np.ndarray:
    """Colours (T, 4): hue for the direction, lightness for the position."""
    along = np.clip(np.asarray(position) / length_m, 0, 1)
    right = np.asarray(direction) > 0
    return np.where(right[:, None], RUN_COLOURS[1](along), RUN_COLOURS[-1](along))


def _globe(ax: Axes) -> None:
    """Draw the outline of the unit sphere seen from far away, and hide the frame."""
    around = np.linspace(0, 2 * np.pi, 200)
    ax.fill(np.cos(around), np.sin(around), color=style.CARD, zorder=0)
    ax.plot(np.cos(around), np.sin(around), color=style.EDGE, lw=0.8, zorder=1)
    ax.set(xlim=(-1.08, 1.08), ylim=(-1.08, 1.08), aspect="equal")
    ax.set_axis_off()


def _scatter(ax: Axes, seen: np.ndarray, colours: np.ndarray, **kwargs) -> None:
    """Scatter rotated points, those on the near side over those behind."""
    order = np.argsort(seen[:, 2])
    faded = colours[order].copy()
    faded[:, 3] = np.where(seen[order, 2] > 0, 0.9, 0.35)
    ax.scatter(*seen[order, :2].T, c=faded, linewidths=0, zorder=3, **kwargs)


def _below_the_stamp() -> ConstrainedLayoutEngine:
    """Lay a figure out so that no title lies under the "simulated" stamp."""
    return ConstrainedLayoutEngine(rect=(0, 0, 1, 0.95))


def _direction_legend(where, **kwargs) -> None:
    handles = [
        Line2D([], [], marker="o", ls="", color=colour, label=label, markersize=6)
        for colour, label in ((style.RIGHT, "right runs"), (style.LEFT, "left runs"))
    ]
    where.legend(handles=handles, **kwargs)


def positive_pairs(change_m, places) -> Figure:
    """Draw where positives come from: changes of position in the data, and where they lead.

    Parameters
    ----------
    change_m : (T,) array
        Change of position over the time offset, metres.
    places : mapping of str to (reference_m, same_m, other_m)
        For each named reference: its position, and the positions of the positives that run the
        same way and the other way, metres.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), width_ratios=(1, 1.5))
    reach = 100 * np.abs(change_m).max()
    left.hist(100 * np.asarray(change_m), np.linspace(-reach, reach, 61), color=style.AMBER)
    left.set(xlabel="change of position in ten bins (cm)", ylabel="bins")
    left.set_title("every change the rat made …")
    edges = np.linspace(0, 1, 41) * 100 * max(max(v[1].max(), v[0]) for v in places.values())
    for row, (reference, same, other) in enumerate(places.values()):
        for values, colour in ((same, style.RIGHT), (other, style.LEFT)):
            height = np.histogram(100 * values, edges)[0] / (len(same) + len(other))
            right.stairs(row + 2 * height, edges, baseline=row, fill=True, color=colour, alpha=0.85)
        right.plot([100 * reference] * 2, [row, row + 0.9], color=style.INK, lw=1, ls=":")
    right.set(xlabel="position of the positive (cm)", yticks=range(len(places)))
    right.set_yticklabels([f"reference\n{name}" for name in places])
    right.grid(axis="y", alpha=0)
    right.set_title("… added to one label, a right run")
    _direction_legend(right, loc="lower right", bbox_to_anchor=(1, 0.06))
    return fig


def film(snapshots: Mapping[int, np.ndarray], means, loss, position, direction, length_m) -> Figure:
    """Draw the embedding at several moments of the training, all seen from the same side.

    Parameters
    ----------
    snapshots : mapping of step to (T, 3) array
        Points on the unit sphere; an even number of moments makes two full rows.
    means : (n, 3) array
        Mean of the last moment's points at each place: decides from where to look.
    loss : (steps,) array
        Loss of each step, nats; the title of each panel gives its mean over the steps around.
    position, direction : (T,) arrays
        Metres; +1 right, -1 left.
    length_m : float
        Length of the track in metres.
    """
    view, colours = camera(means), run_colours(position, direction, length_m)
    columns = (len(snapshots) + 1) // 2
    size = 2.35 * columns, 5.2
    fig, axes = plt.subplots(2, columns, figsize=size, squeeze=False, layout=_below_the_stamp())
    for ax in axes.flat:
        _globe(ax)
    for ax, (step, points) in zip(axes.flat, sorted(snapshots.items()), strict=False):
        _scatter(ax, check(points, position=position) @ view, colours, s=2.2)
        nearby = loss[max(0, step - 10) : step + 10]
        ax.set_title(f"step {step:,} · loss {nearby.mean():.2f}", fontsize=9, loc="center", pad=2)
    _direction_legend(fig, loc="outside lower center", ncols=2)
    return fig


def partners(moments: Mapping[int, tuple], means, angles, steps) -> Figure:
    """Draw what pulls at one reference and what pushes it, and how far both are over training.

    Parameters
    ----------
    moments : mapping of step to (points, push, reference, positives)
        A sample of points (n, 3), how hard each pushes the reference (n,), the reference's own
        point (3,) and the points of its positives (m, 3).
    means : (n, 3) array
        Decides from where to look, as in `film`.
    angles : mapping of "positives", "negatives" to (k,) arrays
        Mean angle to the reference in degrees.
    steps : (k,) array
        The steps at which the angles were taken.
    """
    widths = (*[1] * len(moments), 1.15)
    shape = {"figsize": (11, 3.7), "layout": _below_the_stamp(), "width_ratios": widths}
    fig, axes = plt.subplots(1, len(moments) + 1, **shape)
    view = camera(means)
    for ax, (step, moment) in zip(axes, moments.items(), strict=False):
        _globe(ax)
        _star(ax, view, *moment)
        ax.set_title(f"step {step:,}", loc="center", fontsize=10)
    for name, colour in (("positives", style.TEAL), ("negatives", style.CORAL)):
        axes[-1].plot(np.maximum(steps, 1), angles[name], "o-", ms=4, color=colour, label=name)
    axes[-1].set(xscale="log", ylim=(0, None), xlabel="training step")
    axes[-1].set_title("mean angle to the reference (°)")
    axes[-1].legend()
    return fig


def _star(ax: Axes, view, points, push, reference, positives) -> None:
    """Join a reference to its positives over a cloud coloured by how hard each point pushes."""
    colours = np.tile(matplotlib.colors.to_rgba(style.CORAL), (len(points), 1))
    colours[:, 3] = 0.06 + 0.84 * (push / push.max()) ** 2
    ax.scatter(*(points @ view)[:, :2].T, c=colours, s=5, linewidths=0, zorder=2)
    here = reference @ view
    for there in positives @ view:
        ax.plot(*zip(here[:2], there[:2], strict=True), color=style.TEAL, lw=0.7, zorder=3)
        ax.plot(*there[:2], "o", ms=2.5, color=style.TEAL, zorder=4)
    ax.plot(*here[:2], "o", ms=7, color=style.INK, mec=style.BACKGROUND, zorder=5)


def beads(clouds: Mapping[str, np.ndarray]) -> Figure:
    """Draw two arcs per panel: one bead per place and direction, neighbours joined.

    Parameters
    ----------
    clouds : mapping of title to (2, n, 3) array
        Points on the sphere for right and left runs, from 0 m to the far end.
    """
    shape = {"figsize": (3.2 * len(clouds), 3.8), "layout": _below_the_stamp()}
    fig, axes = plt.subplots(1, len(clouds), squeeze=False, **shape)
    for ax, (title, arcs) in zip(axes[0], clouds.items(), strict=True):
        _globe(ax)
        view = camera(arcs.reshape(-1, 3))
        along = np.linspace(0, 1, arcs.shape[1])
        for end in (0, -1):
            ax.plot(*(arcs[:, end] @ view)[:, :2].T, color=style.AMBER, lw=1.2, ls=":", zorder=2)
        for arc, sign in zip(arcs, (1, -1), strict=True):
            seen = arc @ view
            ax.plot(*seen[:, :2].T, color=style.MUTED, lw=0.8, zorder=2)
            ax.scatter(*seen[:, :2].T, c=RUN_COLOURS[sign](along), s=20, linewidths=0, zorder=3)
        ax.set_title(title, loc="center", fontsize=10)
    _direction_legend(fig, loc="outside lower center", ncols=2)
    return fig


def loss_curves(ours, others: Mapping[str, list], lines: Mapping[str, float]) -> Figure:
    """Draw one loss over training, step by step and smoothed, among others and reference lines.

    Parameters
    ----------
    ours : (steps,) array
        Loss of the from-scratch training, nats.
    others : mapping of name to list of (steps,) arrays
        Groups of trainings to compare with; smoothed, at most two groups.
    lines : mapping of name to float
        Chance, the published value and the like, nats; at most three.
    """
    fig, ax = plt.subplots(figsize=(9, 4.0))
    looks = (style.GREY, 3.6), (style.BLUE, 1.1)  # the second group often lies upon the first
    for (name, curves), (colour, width) in zip(others.items(), looks, strict=False):
        for number, loss in enumerate(curves):
            ax.plot(*_smoothed(loss), color=colour, lw=width, label=None if number else name)
    ax.plot(np.arange(1, len(ours) + 1), ours, color=style.TEAL, lw=0.5, alpha=0.35)
    ax.plot(*_smoothed(ours), color=style.TEAL, lw=2, label="from scratch")
    colours = (style.CORAL, style.AMBER, style.VIOLET)
    for (name, value), colour in zip(lines.items(), colours, strict=False):
        ax.axhline(value, color=colour, ls="--", lw=1.2, label=f"{name}: {value:.3f}")
    ax.set(xlabel="training step", ylabel="InfoNCE loss (nats)", xscale="log")
    ax.legend()
    return fig


def _smoothed(loss, window=25) -> tuple[np.ndarray, np.ndarray]:
    """Steps and running means of a loss; the means are centred."""
    window = min(window, len(loss))
    means = np.convolve(loss, np.ones(window) / window, mode="valid")
    return np.arange(len(means)) + (window + 1) / 2, means


def seeds_compared(measures: Mapping[str, Mapping]) -> Figure:
    """Draw groups of models beside each other, one panel a measure, a dot a model.

    Parameters
    ----------
    measures : mapping of title with unit to mapping of group to sequence of float
        At most three groups, ours last; a bar marks the mean of each.
    """
    fig, axes = plt.subplots(1, len(measures), figsize=(2.6 * len(measures), 3.4), squeeze=False)
    for ax, (title, groups) in zip(axes[0], measures.items(), strict=True):
        colours = [style.GREY, style.BLUE][: len(groups) - 1] + [style.TEAL]
        for place, (values, colour) in enumerate(zip(groups.values(), colours, strict=True)):
            spread = place + 0.16 * np.linspace(-1, 1, len(values)) * (len(values) > 1)
            ax.scatter(spread, values, color=colour, s=36, linewidths=0, zorder=3)
            ax.hlines(np.mean(values), place - 0.3, place + 0.3, color=colour, lw=1.2)
        ax.set(xlim=(-0.5, len(groups) - 0.5), xticks=range(len(groups)))
        ax.set_xticklabels(groups, fontsize=8)
        ax.set_title(title, fontsize=9)
        ax.grid(axis="x", alpha=0)
        ax.margins(y=0.2)
    return fig


def speed_bars(rates: Mapping[str, float]) -> Figure:
    """Draw iterations a second as bars, each with its ratio to the first.

    Parameters
    ----------
    rates : mapping of name to float
        Iterations a second of all models together; the first is the reference.
    """
    fig, ax = plt.subplots(figsize=(9, 0.65 * len(rates) + 0.9))
    values = np.array(list(rates.values()))
    colours = [style.GREY, style.BLUE, *[style.TEAL] * (len(values) - 2)]
    bars = ax.barh(range(len(values)), values, color=colours, height=0.62)
    ax.bar_label(bars, [f" {v:.0f} a second · {v / values[0]:.1f} ×" for v in values], padding=3)
    ax.set(yticks=range(len(values)), yticklabels=list(rates), xlim=(0, 1.3 * values.max()))
    ax.set_xlabel("training steps a second, all models together")
    ax.invert_yaxis()
    ax.grid(axis="y", alpha=0)
    return fig
