"""Drawings of three-dimensional embeddings on the unit sphere, their losses, and their shape."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import style

PANELS = ("posdir", "pos", "dir", "time", "shuffled")
POINT = {"s": 1.6, "linewidths": 0, "alpha": 0.85}


def check(embedding, **labels) -> np.ndarray:
    """Return `embedding` as (T, 3) float64 after checking it and the labels that go with it.

    Raises
    ------
    ValueError
        The embedding is not (T, 3), holds NaN or infinity, or a label has another length.
    """
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
    """Scatter an embedding, turned face-on, on a faint unit sphere.

    Parameters
    ----------
    ax : mpl_toolkits.mplot3d.Axes3D
    embedding : (T, 3) array
    colours : (T,) values or T colours
    **scatter
        Passed on to `Axes3D.scatter`, e.g. ``cmap`` and ``norm``.
    """
    points = face_on(check(embedding))
    _sphere(ax)
    ax.scatter(*points.T, c=colours, **(POINT | scatter))


def _direction_colours(direction) -> np.ndarray:
    return np.where(np.asarray(direction) > 0, style.RIGHT, style.LEFT)


def _direction_legend(ax: Axes, **where) -> None:
    handles = [
        Line2D([], [], marker="o", ls="", color=colour, label=label, markersize=6)
        for colour, label in ((style.RIGHT, "right runs"), (style.LEFT, "left runs"))
    ]
    ax.legend(handles=handles, **where)


def six_panels(embeddings: Mapping[str, np.ndarray], position, direction, length_m) -> Figure:
    """Draw five embeddings coloured by position, and P+D once more coloured by direction.

    Parameters
    ----------
    embeddings : mapping of variant to (T, 3) array
        Holds "posdir", "pos", "dir", "time" and "shuffled".
    position : (T,) array
        Metres along the track.
    direction : (T,) array
        +1 running right, -1 running left.
    length_m : float
        Length of the track in metres, the end of the colour scale.

    Raises
    ------
    ValueError
        A variant is missing, or shapes do not fit.
    """
    missing = [variant for variant in PANELS if variant not in embeddings]
    if missing:
        raise ValueError(f"embeddings lack {', '.join(missing)}; six_panels draws all five")
    for variant in PANELS:
        check(embeddings[variant], position=position, direction=direction)
    fig = plt.figure(figsize=(10.5, 7.4), layout="none")
    axes = [fig.add_subplot(2, 3, k + 1, projection="3d") for k in range(6)]
    norm = Normalize(0, length_m)
    for ax, variant in zip(axes[:5], PANELS, strict=True):
        cloud(ax, embeddings[variant], position, cmap=style.POSITION, norm=norm)
        ax.set_title(style.VARIANT_NAMES[variant], loc="center", y=1.0)
    cloud(axes[5], embeddings["posdir"], _direction_colours(direction))
    axes[5].set_title("position + direction, by direction", loc="center", y=1.0)
    fig.subplots_adjust(left=0, right=1, top=0.94, bottom=0.10, wspace=-0.1, hspace=0.1)
    bar = fig.add_axes((0.16, 0.062, 0.36, 0.018))
    mappable = plt.cm.ScalarMappable(norm, style.POSITION)
    fig.colorbar(mappable, cax=bar, orientation="horizontal", label="position on the track (m)")
    _direction_legend(axes[5], loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=2)
    return fig


def ring_portrait(embedding, position, length_m, size=(8.0, 4.5)) -> Figure:
    """Draw one embedding large and without words: the picture of README and first page.

    Save it with ``Path("_static/ring.png").write_bytes(style.to_png(fig))``.

    Parameters
    ----------
    embedding : (T, 3) array
    position : (T,) array
        Metres along the track.
    length_m : float
        Length of the track in metres.
    size : (float, float)
        Width and height in inches.
    """
    check(embedding, position=position)
    fig = plt.figure(figsize=size, layout="none")
    ax = fig.add_axes((0, -0.03, 1, 1.06), projection="3d")
    cloud(ax, embedding, position, cmap=style.POSITION, norm=Normalize(0, length_m), s=2.6)
    return fig
