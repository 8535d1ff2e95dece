"""Three-dimensional embeddings on the unit sphere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import style
from .style import Picture

if TYPE_CHECKING:
    from helpers.recordings import Recording

PANELS = tuple(style.VARIANT_NAMES)
POINT = {"s": 1.6, "linewidths": 0, "alpha": 0.85}


def check(embedding, **labels) -> np.ndarray:
    """Return `embedding` as (T, 3) float64 after checking it and the labels that go with it."""
    points = np.asarray(embedding, dtype=float)
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(f"embedding has shape {points.shape}; these figures need (T, 3)")
    if not np.isfinite(points).all():
        bad = int((~np.isfinite(points).all(1)).sum())
        raise ValueError(f"embedding has {bad} rows with NaN or infinity; check the training loss")
    for name, values in labels.items():
        if np.shape(values) != (len(points),):
            raise ValueError(
                f"{name} has shape {np.shape(values)}; the embedding needs ({len(points)},)"
            )
        if not np.isfinite(values).all():
            raise ValueError(f"{name} holds NaN or infinity; drop those bins")
    return points


def face_on(points: np.ndarray) -> np.ndarray:
    """Turn (T, 3) points so that their flattest direction is z: a rigid rotation, no reshaping.

    The axes of a CEBRA embedding mean nothing (the loss does not change under rotation), so every
    panel may be turned to show its points from the side where they spread most.
    """
    _, axes = np.linalg.eigh(points.T @ points)
    axes = axes[:, ::-1]
    axes[:, 2] *= np.sign(np.linalg.det(axes))  # a rotation, never a mirror image
    return points @ axes


def _sphere(ax) -> None:
    """Draw a faint globe, set equal axes and hide the frame."""
    u, v = np.linspace(0, 2 * np.pi, 121), np.linspace(0, np.pi, 61)
    for polar in np.linspace(0, np.pi, 9)[1:-1]:
        ring = np.sin(polar) * np.cos(u), np.sin(polar) * np.sin(u), np.full_like(u, np.cos(polar))
        ax.plot(*ring, color=style.EDGE, lw=0.35, alpha=0.55)
    for azimuth in np.linspace(0, np.pi, 7)[:-1]:
        for half in (1, -1):
            arc = half * np.sin(v) * np.cos(azimuth), half * np.sin(v) * np.sin(azimuth), np.cos(v)
            ax.plot(*arc, color=style.EDGE, lw=0.35, alpha=0.55)
    ax.set(xlim=(-0.8, 0.8), ylim=(-0.8, 0.8), zlim=(-0.8, 0.8))
    ax.set_box_aspect((1, 1, 1), zoom=1.08)
    ax.set_facecolor(style.BACKGROUND)
    ax.view_init(elev=68, azim=-90)
    ax.set_axis_off()


def cloud(ax, embedding, colours, **scatter) -> None:
    """Scatter an embedding (T, 3), turned face-on, on a faint unit sphere, in T colours."""
    points = face_on(check(embedding))
    _sphere(ax)
    ax.scatter(*points.T, c=colours, **(POINT | scatter))


def direction_legend(where: Axes | Figure, **look) -> None:
    """Say which colour runs which way."""
    handles = [
        Line2D([], [], marker="o", ls="", color=colour, label=label, markersize=6)
        for colour, label in ((style.RIGHT, "right runs"), (style.LEFT, "left runs"))
    ]
    where.legend(handles=handles, **look)


def six_panels(maps: Mapping[str, np.ndarray], rec: Recording, steps: int) -> Picture:
    """Five embeddings coloured by position, and the first once more by direction."""
    missing = [variant for variant in PANELS if variant not in maps]
    if missing:
        raise ValueError(f"embeddings lack {', '.join(missing)}; six_panels draws all five")
    for variant in PANELS:
        check(maps[variant], position=rec.position, direction=rec.direction)
    return Picture(
        _six(maps, rec),
        alt="Six globes with one dot a time bin: position with direction, position, direction, "
        "time only and shuffled labels, coloured by position, and the first once more by "
        "direction. The measures further down say in numbers what shapes the dots form.",
        caption=f"One dot a time bin, after {steps:,} steps. All globes are coloured by position "
        "but the last, which shows the first again by direction. The axes of an embedding carry no "
        "meaning: each globe is turned to the side where its dots spread most, and nothing is "
        "stretched.",
        name="six-panels",
    )


def _six(maps: Mapping[str, np.ndarray], rec: Recording) -> Figure:
    fig = plt.figure(figsize=(10.5, 7.4), layout="none")
    axes = [fig.add_subplot(2, 3, k + 1, projection="3d") for k in range(6)]
    norm = Normalize(0, rec.length_m)
    for ax, variant in zip(axes[:5], PANELS, strict=True):
        cloud(ax, maps[variant], rec.position, cmap=style.POSITION, norm=norm)
        ax.set_title(style.VARIANT_NAMES[variant], loc="center", y=1.0)
    cloud(axes[5], maps["posdir"], np.where(rec.direction > 0, style.RIGHT, style.LEFT))
    axes[5].set_title("position + direction, by direction", loc="center", y=1.0)
    fig.subplots_adjust(left=0, right=1, top=0.94, bottom=0.10, wspace=-0.1, hspace=0.1)
    bar = fig.add_axes((0.16, 0.062, 0.36, 0.018))
    mappable = plt.cm.ScalarMappable(norm, style.POSITION)
    fig.colorbar(mappable, cax=bar, orientation="horizontal", label="position on the track (m)")
    direction_legend(axes[5], loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=2)
    return fig


def ring_portrait(embedding, position, length_m: float) -> Figure:
    """Draw one embedding large and without words: the picture of README and first page.

    Save it with ``Path("_static/ring.png").write_bytes(style.to_png(fig))``.
    """
    check(embedding, position=position)
    fig = plt.figure(figsize=(8.0, 4.5), layout="none")
    ax = fig.add_axes((0, -0.03, 1, 1.06), projection="3d")
    cloud(ax, embedding, position, cmap=style.POSITION, norm=Normalize(0, length_m), s=2.6)
    return fig
