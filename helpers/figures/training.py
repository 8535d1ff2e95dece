"""How CEBRA learns: pairs, the ring forming, the forces behind it, loss, speed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.layout_engine import ConstrainedLayoutEngine

from . import style
from .embeddings import check, direction_legend
from .style import Picture

if TYPE_CHECKING:
    from helpers.scratch import Descent, Forces, Laps, Pairs, Quality, Rings

LOOKS = (style.GREY, style.BLUE, style.TEAL)  # the package, in its fast number type, and ours

# Dark where a run starts at 0 m, light at the far end; the hue tells the direction.
RUN_COLOURS = {
    1: LinearSegmentedColormap.from_list("book.right", ["#10594f", style.RIGHT, "#e9fffa"]),
    -1: LinearSegmentedColormap.from_list("book.left", ["#6d1730", style.LEFT, "#ffeaf0"]),
}


def camera(points) -> np.ndarray:
    """Rotation along the axis of a ring: ``points @ camera(points)`` is right, up, near.

    Points (n, 3) are best one mean per place, so that where the rat lingers does not decide.
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


def _scatter(ax: Axes, seen: np.ndarray, colours: np.ndarray) -> None:
    """Scatter rotated points, those on the near side over those behind."""
    order = np.argsort(seen[:, 2])
    faded = colours[order].copy()
    faded[:, 3] = np.where(seen[order, 2] > 0, 0.9, 0.35)
    ax.scatter(*seen[order, :2].T, c=faded, s=2.2, linewidths=0, zorder=3)


def _below_the_stamp() -> ConstrainedLayoutEngine:
    """Lay a figure out so that no title lies under the "simulated" stamp."""
    return ConstrainedLayoutEngine(rect=(0, 0, 1, 0.95))


def positive_pairs(pairs: Pairs) -> Picture:
    """Changes of position in the data, and where they lead from three references."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), width_ratios=(1, 1.5))
    reach = 100 * np.abs(pairs.change_m).max()
    left.hist(100 * pairs.change_m, np.linspace(-reach, reach, 61), color=style.AMBER)
    left.set(xlabel="change of position in ten bins (cm)", ylabel="bins")
    left.set_title("every change the rat made …")
    places = pairs.reached
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
    direction_legend(right, loc="lower right", bbox_to_anchor=(1, 0.06))
    return Picture(
        fig,
        alt="Left: histogram of the changes of position over ten bins. Right: for references near "
        "one end, in the middle and near the other end of the track, the positions of their "
        "positives, almost all on right runs.",
        caption="Left, all changes of position over ten bins of the training laps: fast runs "
        "either way and pauses between. Right, where the positives of three reference bins "
        "(dotted) lie. Beyond the end of the track there is no label, so the nearest one is the "
        "last: positives pile up at the ends. The coral slivers are positives on a left run.",
        name="positive-pairs",
    )


def film(snapshots: Mapping[int, np.ndarray], means, loss, laps: Laps) -> Picture:
    """The embedding (T, 3) at an even number of moments, seen along the axis of its `means`."""
    view = camera(means)
    colours = run_colours(laps.position, laps.direction, laps.length_m)
    columns = (len(snapshots) + 1) // 2
    size = 2.35 * columns, 5.2
    fig, axes = plt.subplots(2, columns, figsize=size, squeeze=False, layout=_below_the_stamp())
    for ax in axes.flat:
        _globe(ax)
    for ax, (step, points) in zip(axes.flat, sorted(snapshots.items()), strict=False):
        _scatter(ax, check(points, position=laps.position) @ view, colours)
        nearby = loss[max(0, step - 10) : step + 10]
        ax.set_title(f"step {step:,} · loss {nearby.mean():.2f}", fontsize=9, loc="center", pad=2)
    direction_legend(fig, loc="outside lower center", ncols=2)
    return Picture(
        fig,
        alt="Eight views of a sphere during training. The points start in one crowded patch, "
        "spread, sort themselves by direction and position, and end as two arcs, teal and coral, "
        "that join at their dark and at their light ends.",
        caption="The ring forms. Each dot is a moment of the training laps; teal runs right, coral "
        "left, from dark at one end of the track to light at the other. All views look along the "
        "axis of the final ring.",
        name="film",
    )


def partners(forces: Forces, means) -> Picture:
    """What pulls at one reference and what pushes it, and how far both are over training."""
    n = len(forces.stars)
    shape = {"figsize": (11, 3.7), "layout": _below_the_stamp(), "width_ratios": (*[1] * n, 1.15)}
    fig, axes = plt.subplots(1, n + 1, **shape)
    view = camera(means)
    for ax, (step, star) in zip(axes, forces.stars.items(), strict=False):
        _globe(ax)
        _star(ax, view, *star)
        ax.set_title(f"step {step:,}", loc="center", fontsize=10)
    steps = np.asarray(forces.steps)
    for name, colour in (("positives", style.TEAL), ("negatives", style.CORAL)):
        axes[-1].plot(steps, forces.angles[name], "o-", ms=4, color=colour, label=name)
    axes[-1].set_xscale("symlog", linthresh=10)  # step nought is a step as well
    axes[-1].set(xlim=(-0.5, 1.15 * steps.max()), ylim=(0, None), xlabel="training step")
    axes[-1].set_title("mean angle to the reference (°)")
    axes[-1].legend()
    return Picture(
        fig,
        alt="Three views of a sphere with one reference point in mid-track joined to its "
        "positives, early, later and at the end of training, and a plot of the mean angle to "
        "positives and to negatives over training steps.",
        caption="One moment in mid-track (white), forty of its positives (teal), and everything "
        "that pushes it (coral, stronger is brighter). Right: over training, positives and "
        "negatives part company.",
        name="partners",
    )


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


def beads(rings: Rings) -> Picture:
    """Two arcs per panel: one bead per place and direction, neighbours joined."""
    arcs_of = rings.arcs
    shape = {"figsize": (3.2 * len(arcs_of), 3.8), "layout": _below_the_stamp()}
    fig, axes = plt.subplots(1, len(arcs_of), squeeze=False, **shape)
    for ax, (title, arcs) in zip(axes[0], arcs_of.items(), strict=True):
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
    direction_legend(fig, loc="outside lower center", ncols=2)
    return Picture(
        fig,
        alt="Four spheres with two chains of beads each, teal for right and coral for left runs; "
        "dotted amber lines join the ends of the chains.",
        caption="One bead for each place and direction; dotted lines join right and left at both "
        "ends of the track. Left, free beads under CEBRA's own pairs. Then the trained "
        "network's mean points, then those of a network whose neurons were dealt anew on the way "
        "back. Right, free beads tied to where the rat was ten bins later. One seed of each.",
        name="beads",
    )


def loss_curves(descent: Descent) -> Picture:
    """Our loss step by step and smoothed, among the package's and what bounds it."""
    fig, ax = plt.subplots(figsize=(9, 4.0))
    looks = (style.GREY, 3.6), (style.BLUE, 1.1)  # the second group often lies upon the first
    for (name, curves), (colour, width) in zip(descent.package.items(), looks, strict=True):
        for number, loss in enumerate(curves):
            ax.plot(*_smoothed(loss), color=colour, lw=width, label=None if number else name)
    steps = np.arange(1, len(descent.loss) + 1)
    ax.plot(steps, descent.loss, color=style.TEAL, lw=0.5, alpha=0.35)
    ax.plot(*_smoothed(descent.loss), color=style.TEAL, lw=2, label="from scratch")
    colours = (style.CORAL, style.AMBER, style.AMBER, style.VIOLET)
    for (name, value), colour in zip(descent.lines.items(), colours, strict=True):
        dash = ":" if name == "free beads, all laps" else "--"
        ax.axhline(value, color=colour, ls=dash, lw=1.2, label=f"{name}: {value:.3f}")
    ax.set(xlabel="training step", ylabel="InfoNCE loss (nats)", xscale="log")
    ax.legend()
    return Picture(
        fig,
        alt="Loss of the from-scratch training and of the library's models over training steps, "
        "falling together from chance towards the published value and the floor of the free beads.",
        caption="Loss over training, smoothed over 25 steps; thin, every step of ours. The "
        "published value was reached after ten thousand steps on all laps, ours trains for "
        f"{len(steps):,} on fewer.",
        name="loss",
    )


def _smoothed(loss, window=25) -> tuple[np.ndarray, np.ndarray]:
    """Steps and running means of a loss; the means are centred."""
    window = min(window, len(loss))
    means = np.convolve(loss, np.ones(window) / window, mode="valid")
    return np.arange(len(means)) + (window + 1) / 2, means


def seeds_compared(quality: Quality) -> Picture:
    """Groups of models beside each other, one panel a measure, a dot a model."""
    fast = f"package,\n{quality.fast}"
    names = {"float32": "package", "fast": fast, "scratch": "from\nscratch"}
    titles = quality.titles
    fig, axes = plt.subplots(1, len(titles), figsize=(2.6 * len(titles), 3.4), squeeze=False)
    for ax, (measure, title) in zip(axes[0], titles.items(), strict=True):
        for place, (kind, colour) in enumerate(zip(names, LOOKS, strict=True)):
            values = quality.groups[kind][measure]
            spread = place + 0.16 * np.linspace(-1, 1, len(values)) * (len(values) > 1)
            ax.scatter(spread, values, color=colour, s=36, linewidths=0, zorder=3)
            ax.hlines(np.mean(values), place - 0.3, place + 0.3, color=colour, lw=1.2)
        ax.set(xlim=(-0.5, len(names) - 0.5), xticks=range(len(names)))
        ax.set_xticklabels(names.values(), fontsize=8)
        ax.set_title(title, fontsize=9)
        ax.grid(axis="x", alpha=0)
        ax.margins(y=0.2)
    return Picture(
        fig,
        alt="Four panels, training loss, decoding error, gap at the ends and longest loop: dots "
        "for the package's models in two number types and for the from-scratch models, with a bar "
        "at each mean.",
        caption="One dot a model, a bar at the mean. Seeds of the two package groups are the same, "
        "pair by pair.",
        name="quality",
    )


def speed_bars(rates: Mapping[str, float], dtype: str) -> Picture:
    """Steps a second of all models together as bars, each with its ratio to the first."""
    fig, ax = plt.subplots(figsize=(9, 0.65 * len(rates) + 0.9))
    values = np.array(list(rates.values()))
    colours = [style.GREY, style.BLUE, *[style.TEAL] * (len(values) - 2)]
    bars = ax.barh(range(len(values)), np.nan_to_num(values), color=colours, height=0.62)
    ax.bar_label(bars, [f" {_said_of_rate(v, values[0])}" for v in values], padding=3)
    longest = np.nanmax(values) if np.isfinite(values).any() else 1.0
    ax.set(yticks=range(len(values)), yticklabels=list(rates), xlim=(0, 1.3 * longest))
    ax.set_xlabel("training steps a second, all models together")
    ax.invert_yaxis()
    ax.grid(axis="y", alpha=0)
    return Picture(
        fig,
        alt="Bars of training steps a second: the library, this chapter's loop, fit_many with one "
        "model and with four.",
        caption="Training steps a second on the machine that made this page, all models of a run "
        "together, medians of three; the ratio is to the library in the same cell. No bar where "
        f"repeats differ by as much as they measure. fit_many computes in {dtype} here.",
        name="speed",
    )


def _said_of_rate(value: float, first: float) -> str:
    if not np.isfinite(value):
        return "could not be told: this machine was too busy"
    ratio = f" · {value / first:.1f} ×" if np.isfinite(first) else ""
    return f"{value:.0f} a second{ratio}"
