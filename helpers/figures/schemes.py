"""Diagrams of the method, drawn by code: they show no data, and so stand in every run alike."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle

from . import style
from .style import Picture


def how_cebra_sees() -> Picture:
    """From a window of spikes to a point on a sphere, and what the loss does to the points."""
    fig, axes = plt.subplots(
        1, 3, figsize=(10.5, 3.6), width_ratios=(1.25, 0.8, 1.2), layout="none"
    )
    fig.subplots_adjust(left=0.01, right=0.99, top=0.86, bottom=0.13, wspace=0.16)
    _window(axes[0])
    _network(axes[1])
    _sphere(axes[2])
    for left, right in ((0, 1), (1, 2)):
        _arrow(fig, axes[left], axes[right])
    for ax in axes:
        ax.set_axis_off()
    return Picture(
        fig,
        alt="Left, a raster of spikes with a box of ten bins around one bin. Middle, a stack of "
        "convolutions. Right, a sphere: a white reference point with a teal positive drawn towards "
        "it and grey negatives pushed away.",
        caption="How CEBRA sees. Ten bins of all neurons become one point on a sphere. For a "
        "<em>reference</em> bin a <em>positive</em> is chosen, by labels or by time alone, and "
        "<em>negatives</em> at random; the loss draws the first together and pushes the others "
        "apart. Nothing says where a point should lie.",
        name="how-cebra-sees",
        schematic=True,
    )


def _window(ax) -> None:
    rng = np.random.default_rng(1)
    times, rows = np.arange(40), 9
    for row in range(rows):
        rate = np.exp(-0.5 * ((times - 4 - 4 * row) / 3.5) ** 2)
        fired = times[rng.random(40) < 0.75 * rate + 0.04]
        ax.vlines(fired, row - 0.36, row + 0.36, color=style.INK, lw=1.6)
    ax.add_patch(Rectangle((14.5, -0.7), 10, rows + 0.4, fc=style.TEAL, alpha=0.18))
    ax.add_patch(Rectangle((14.5, -0.7), 10, rows + 0.4, fc="none", ec=style.TEAL, lw=1.6))
    ax.set(xlim=(-1, 40), ylim=(-1.1, rows + 0.2))
    ax.set_title("ten bins of all neurons")
    ax.text(19.5, -1.25, "a quarter of a second", ha="center", va="top", color=style.TEAL)


def _network(ax) -> None:
    for number, (width, height) in enumerate(((9, 8), (8, 5.4), (6, 5.4), (4, 5.4), (1, 2.2))):
        x, y = number * 1.7, -height / 2
        ax.add_patch(
            Rectangle((x, y), 0.55 + 0.06 * width, height, fc=style.CARD, ec=style.BLUE, lw=1.4)
        )
    ax.set(xlim=(-0.8, 9), ylim=(-5.2, 5))
    ax.set_title("the encoder")
    ax.text(4, -5.3, "five convolutions", ha="center", va="top", color=style.BLUE)


def _sphere(ax) -> None:
    ax.add_patch(Circle((0, 0), 1, fc=style.CARD, ec=style.EDGE, lw=1.4))
    ax.add_patch(Circle((0, 0), 1, fc="none", ec=style.MUTED, lw=0.7, ls=(0, (4, 4))))
    reference, positive = np.array([-0.15, 0.55]), np.array([0.38, 0.62])
    crowd = np.array([[-0.75, 0.1], [-0.45, -0.6], [0.2, -0.75], [0.7, -0.3], [0.1, -0.15]])
    ax.scatter(*crowd.T, s=60, color=style.GREY, zorder=3)
    for point in crowd[[0, 3, 4]]:
        away = (point - reference) / np.linalg.norm(point - reference)
        _pull(ax, point + 0.06 * away, point + 0.28 * away, style.GREY)
    _pull(ax, positive - [0.06, 0.01], reference + [0.12, 0.02], style.TEAL)
    ax.scatter(*reference, s=95, color=style.INK, zorder=4)
    ax.scatter(*positive, s=75, color=style.TEAL, zorder=4)
    ax.text(*(reference + [-0.06, 0.1]), "reference", ha="center", va="bottom", color=style.INK)
    ax.text(*(positive + [0.08, 0]), "positive", ha="left", va="center", color=style.TEAL)
    ax.text(-0.45, -0.72, "negatives", ha="center", va="top", color=style.MUTED)
    ax.set(xlim=(-1.25, 1.35), ylim=(-1.12, 1.08), aspect="equal")
    ax.set_title("one point each, on a sphere")


def _pull(ax, start, end, colour: str) -> None:
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=13, color=colour))


def _arrow(fig, left, right) -> None:
    start, end = left.get_position(), right.get_position()
    y = (start.y0 + start.y1) / 2
    fig.add_artist(
        FancyArrowPatch(
            (start.x1 - 0.005, y), (end.x0 + 0.012, y), arrowstyle="-|>", mutation_scale=18,
            color=style.INK, transform=fig.transFigure,
        )
    )  # fmt: skip


def birth_and_death() -> Picture:
    """Balls that grow around points of a ring and of an arc: when a loop is born, when it dies."""
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    arc = np.stack([np.cos(a := np.linspace(0.5 * np.pi, 2.1 * np.pi, 12)), np.sin(a)], axis=1)
    radii = (0.14, 0.3, 0.62, 1.02)
    said = ("pieces, no loop", "a loop is born", "it lives", "it has died")
    late = ("pieces, no loop", "one piece, no loop", "born late: the ends touch", "it has died")
    fig, axes = plt.subplots(2, 4, figsize=(10.5, 5.2))
    for row, points, words, title in ((0, ring, said, "a ring"), (1, arc, late, "an arc")):
        for ax, radius, text in zip(axes[row], radii, words, strict=True):
            for point in points:
                ax.add_patch(Circle(point, radius, fc=style.TEAL, alpha=0.22, lw=0))
            ax.scatter(*points.T, s=14, color=style.INK, zorder=3)
            ax.set(xlim=(-2.1, 2.1), ylim=(-2.1, 2.1), aspect="equal")
            ax.set_axis_off()
            ax.set_title(text, fontsize=10)
        axes[row, 0].text(-2.1, 0, title, rotation=90, ha="right", va="center", color=style.INK)
    return Picture(
        fig,
        alt="Two rows of four drawings with balls growing around a dozen points. On a ring a loop "
        "appears as soon as neighbouring balls touch and vanishes when the middle is filled; on an "
        "open arc it appears only when the balls bridge the gap between the ends.",
        caption="Birth and death of a loop. A bar runs from the size of the balls at which a loop "
        "closes to the size at which its middle is filled. A ring's loop is born early; an arc "
        "makes one, too, but late: look at births, not at lengths alone.",
        name="birth-and-death",
        schematic=True,
    )


def two_metrics() -> Picture:
    """Nearest neighbours in a plane by distance and by cosine: one of them forgets the radius."""
    rng = np.random.default_rng(3)
    angle, radius = rng.uniform(0.1, 1.5, 70), rng.uniform(0.15, 1.5, 70)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    query = np.array([0.86, 0.62])
    near = np.argsort(np.linalg.norm(points - query, axis=1))[:6]
    alike = np.argsort(-(points @ query) / np.linalg.norm(points, axis=1))[:6]
    fig, axes = plt.subplots(1, 2, figsize=(8.6, 4.1), sharex=True, sharey=True)
    titles = "nearest by distance", "nearest by cosine"
    for ax, chosen, colour, title in zip(
        axes, (near, alike), (style.TEAL, style.AMBER), titles, strict=True
    ):
        ax.scatter(*points.T, s=22, color=style.GREY, alpha=0.6, linewidths=0)
        ax.scatter(*points[chosen].T, s=60, color=colour, linewidths=0, zorder=3)
        ax.scatter(*query, s=90, marker="*", color=style.INK, zorder=4)
        ax.set(xlim=(0, 1.5), ylim=(0, 1.5), aspect="equal", title=title, xticks=[], yticks=[])
    ends = query / np.linalg.norm(query) * 2
    axes[1].plot([0, ends[0]], [0, ends[1]], color=style.AMBER, lw=1, ls=(0, (4, 3)))
    axes[0].add_patch(
        Circle(query, np.linalg.norm(points[near[-1]] - query), fc="none", ec=style.TEAL)
    )
    return Picture(
        fig,
        alt="The same points in a plane twice, with the six nearest to a star marked: by distance "
        "they lie in a disc around it, by cosine along the line from the origin through it, near "
        "and far.",
        caption="Two ways to be near. On a sphere both agree. In a plane cosine looks at the angle "
        "only: points far out and close in are neighbours, and what the radius knew is lost. "
        "The published maps of PCA, UMAP and t-SNE were read so.",
        name="two-metrics",
        schematic=True,
    )
