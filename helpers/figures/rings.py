"""Drawings of circular coordinates: the cocycle on its ring, angle by place, turns along laps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d.art3d import Line3DCollection

from . import style
from .embeddings import check, face_on

ANGLE = LinearSegmentedColormap.from_list(
    "book.angle", (style.TEAL, style.BLUE, style.VIOLET, style.CORAL, style.AMBER, style.TEAL)
)
"""Colours that come round to where they began."""
SIDES = ((1, style.RIGHT, "right runs"), (-1, style.LEFT, "left runs"))


def cocycle(coordinate, points, angle) -> Figure:
    """Draw the edges on which a cocycle is not zero, and the angle that smoothing makes of it.

    Parameters
    ----------
    coordinate : helpers.topology.circular.CircularCoordinate
        Of landmarks in three dimensions.
    points : (T, 3) array
        The whole cloud.
    angle : (T,) array
        Its angles, radians.
    """
    everything = face_on(np.concatenate([check(coordinate.landmarks), check(points, angle=angle)]))
    marks, cloud = np.split(everything, [len(coordinate.landmarks)])
    fig = plt.figure(figsize=(10, 4.9), layout="none")
    axes = [fig.add_subplot(1, 2, k + 1, projection="3d") for k in range(2)]
    i, j = np.nonzero(np.triu(coordinate.cocycle != 0))
    edges = np.stack([marks[i], marks[j]], axis=1)
    axes[0].scatter(*marks.T, s=3, color=style.MUTED, linewidths=0)
    axes[0].add_collection3d(
        Line3DCollection(edges, colors=style.AMBER, linewidths=0.35, alpha=0.4)
    )
    norm = Normalize(0, 2 * np.pi)
    drawn = axes[1].scatter(*cloud.T, s=1.6, c=angle, cmap=ANGLE, norm=norm, linewidths=0)
    titles = ("where the cocycle jumps", "the angle it becomes")
    for ax, title in zip(axes, titles, strict=True):
        ax.set(xlim=(-0.8, 0.8), ylim=(-0.8, 0.8), zlim=(-0.8, 0.8))
        ax.set_box_aspect((1, 1, 1), zoom=1.1)
        ax.set_facecolor(style.BACKGROUND)
        ax.view_init(elev=68, azim=-90)
        ax.set_axis_off()
        ax.set_title(title, loc="center", y=1.0)
    fig.subplots_adjust(left=0, right=0.93, top=0.92, bottom=0, wspace=-0.05)
    bar = fig.colorbar(drawn, cax=fig.add_axes((0.94, 0.2, 0.014, 0.6)), label="angle (rad)")
    bar.set_ticks([0, np.pi, 2 * np.pi], labels=["0", "π", "2π"])
    return fig


def angle_by_position(angles: Mapping[str, np.ndarray], position, direction, length_m) -> Figure:
    """Draw the angle of each bin against the animal's place, coloured by direction of running.

    Parameters
    ----------
    angles : mapping of title to (T,) array
        Radians; one panel each.
    position, direction : (T,) arrays
        Metres, and +1 or -1.
    length_m : float
        Length of the track.
    """
    position, direction = np.asarray(position), np.asarray(direction)
    fig, axes = plt.subplots(
        1, len(angles), figsize=(2.55 * len(angles), 3.5), sharey=True, squeeze=False
    )
    for ax, (title, angle) in zip(axes[0], angles.items(), strict=True):
        if np.shape(angle) != position.shape:
            raise ValueError(f"{title}: {np.shape(angle)} angles for {position.shape} positions")
        for sign, colour, label in SIDES:
            here = direction == sign
            ax.scatter(position[here], np.asarray(angle)[here], s=1.2, color=colour, alpha=0.5,
                       linewidths=0, label=label)  # fmt: skip
        ax.set(title=title, xlabel="position (m)", xlim=(0, length_m), ylim=(0, 2 * np.pi))
        ax.set_yticks([0, np.pi, 2 * np.pi], labels=["0", "π", "2π"])
    axes[0][0].set_ylabel("circular coordinate (rad)")
    handles, labels = axes[0][0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2, markerscale=6, fontsize=9)
    return fig


def turning(
    paths: Mapping[str, tuple[np.ndarray, str]],
    trips: Sequence[slice],
    bin_s: float,
    shown: int = 8,
) -> Figure:
    """Draw the angle counted on along some round trips, and turns of each of all trips.

    Parameters
    ----------
    paths : mapping of name to ((T,) array of radians, colour)
        From `CircularCoordinate.along`; turned so that most trips count up.
    trips : sequence of slice
        Whole round trips.
    bin_s : float
        Width of a bin in seconds.
    shown : int
        Trips on the left.
    """
    if not trips:
        raise ValueError("no whole round trip to draw; use a longer recording")
    fig, axes = plt.subplots(1, 2, figsize=(10, 4.2), width_ratios=(2.2, 1))
    first, last = trips[0].start, trips[min(shown, len(trips)) - 1].stop
    bins = np.arange(-2.125, 2.25, 0.25)  # centred on whole turns
    for name, (along, colour) in paths.items():
        along = np.asarray(along, dtype=float) / (2 * np.pi)
        each = np.array([along[trip.stop - 1] - along[trip.start] for trip in trips])
        sense = -1.0 if each.sum() < 0 else 1.0
        seconds = np.arange(last - first) * bin_s
        axes[0].plot(seconds, sense * (along[first:last] - along[first]), color=colour, label=name)
        axes[1].hist(sense * each, bins, histtype="step", color=colour, lw=1.6)
    for trip in trips[:shown]:
        axes[0].axvline((trip.start - first) * bin_s, color=style.EDGE, lw=0.8)
    axes[0].set(xlabel="time (s); a line where a round trip begins", ylabel="turns round the ring")
    axes[1].set(xlabel="turns in one round trip", ylabel="round trips")
    axes[0].legend(loc="upper left")
    return fig


def of_rats(
    bars: Mapping[str, Mapping[str, np.ndarray]],
    turned: Mapping[str, Mapping[str, np.ndarray]],
    looks: Mapping[str, tuple[str, str]],
) -> Figure:
    """Draw loops and turns of several rats, a column each: births and deaths above, turns below.

    Parameters
    ----------
    bars : mapping of rat to mapping of name to (k, 2) array
        Births and deaths of loops.
    turned : mapping of rat to mapping of name to (n,) array
        Whole turns of trips.
    looks : mapping of name to (label, colour)
        In the order of drawing.
    """
    fig, axes = plt.subplots(
        2, len(bars), figsize=(max(4.2, 2.7 * len(bars)), 6), sharex="row", sharey="row",
        squeeze=False,
    )  # fmt: skip
    whole = np.arange(-1, 3)
    for column, rat in zip(axes.T, bars, strict=True):
        column[0].axline((0, 0), slope=1, color=style.EDGE, lw=0.8)
        for name, loops in bars[rat].items():
            label, colour = looks[name]
            column[0].scatter(*loops.T, s=12, color=colour, alpha=0.8, linewidths=0, label=label)
        for place, (name, turns) in enumerate(turned[rat].items()):
            label, colour = looks[name]
            share = [(np.clip(turns, -1, 2) == n).mean() for n in whole]
            at = whole + 0.8 * ((place + 0.5) / len(turned[rat]) - 0.5)
            column[1].bar(at, share, 0.8 / len(turned[rat]), color=colour, label=label)
        column[0].set(title=rat.capitalize(), xlabel="birth")
        column[1].set(xlabel="turns in one trip", xticks=whole)
        column[1].set_xticklabels(["back", "none", "once", "more"])
        column[1].grid(False, axis="x")
    axes[0, 0].set_ylabel("death (distance on the sphere)")
    axes[1, 0].set_ylabel("share of held-out trips")
    handles, labels = axes[1, 0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=8)
    return fig
