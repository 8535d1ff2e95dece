"""Rotatable 3-D figures for the site, as HTML: a placeholder, data as JSON, a short script.

`interactive_page` writes the HTML. A slider below the globe
replays the runs: a marker walks the embedding as the animal walked the track.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from IPython.display import HTML

from . import style
from .embeddings import check, face_on
from .interactive_page import MAX_BYTES as MAX_BYTES
from .interactive_page import page_of

if TYPE_CHECKING:
    from helpers.recordings import Recording

CONFIG = {"displaylogo": False, "responsive": True, "scrollZoom": False}


def headline(points, rec: Recording) -> HTML:
    """The headline model of position and direction (T, 3), to drag and to zoom."""
    page = ring(
        points,
        rec.position,
        rec.direction,
        rec.length_m,
        name="ring-posdir",
        alt="Rotatable globe: the embedding trained on position and direction, one dot a time bin. "
        "Two buttons colour it by position or by running direction.",
        caption="The model trained on position and direction, to drag and to zoom. The buttons "
        "switch its colours.",
        simulated=rec.source == "simulated",
    )
    return HTML(page)


def ring(
    embedding,
    position,
    direction,
    length_m: float,
    *,
    name: str,
    alt: str,
    caption: str,
    simulated: bool,
    max_points: int = 6000,
) -> str:
    """Write a rotatable embedding (T, 3), coloured by position or by direction, as HTML.

    `name` is the figure's id on its page, the caption may hold inline HTML, and longer recordings
    are thinned evenly to `max_points` bins.
    """
    points = check(embedding, position=position, direction=direction)
    if max_points < 2:
        raise ValueError(f"max_points is {max_points}; draw at least 2")
    n = min(max_points, len(points))
    kept = np.unique(np.linspace(0, len(points) - 1, n).round().astype(int))
    position, direction = np.asarray(position, float)[kept], np.asarray(direction, float)[kept]
    figure = _figure(face_on(points)[kept], position, direction, float(length_m), simulated)
    return page_of(figure, name, alt, caption)


def _figure(points, position, direction, length_m: float, simulated: bool) -> dict:
    """The figure as plotly's own JSON, with one marker setting for each colouring beside it."""
    colourings = {
        "position": position_marker(position, length_m),
        "direction": direction_marker(direction),
    }
    x, y, z = points.round(3).T.tolist()
    trace = {
        "type": "scatter3d", "mode": "markers", "x": x, "y": y, "z": z,
        "marker": colourings["position"], "hovertemplate": "%{marker.color}<extra></extra>",
    }  # fmt: skip
    return {
        "data": [trace, globe(), walker(points[0])],
        "layout": layout(simulated),
        "config": CONFIG,
        "colourings": colourings,
        "replay": {"walker": 2, "starts": starts_of_runs(direction), "length": length_m},
    }


def starts_of_runs(direction: np.ndarray) -> list[int]:
    """Find the bins, among those kept, at which the animal turned round; the first is bin 0."""
    return [0, *(np.flatnonzero(np.diff(direction)) + 1).tolist()]


def walker(start: np.ndarray) -> dict:
    """Plotly's trace of the animal on its walk: a trail whose head is the present bin."""
    x, y, z = ([value] for value in start.round(3).tolist())
    return {
        "type": "scatter3d", "mode": "lines+markers", "hoverinfo": "skip", "showlegend": False,
        "x": x, "y": y, "z": z, "line": {"color": style.AMBER, "width": 5},
        "marker": {"color": style.AMBER, "size": [9]},
    }  # fmt: skip


def position_marker(position: np.ndarray, length_m: float, scale: bool = True) -> dict:
    """Plotly's marker setting for points coloured by position in metres."""
    stops = [[k / (len(style.POSITION_STOPS) - 1), c] for k, c in enumerate(style.POSITION_STOPS)]
    return {
        "size": 2, "color": position.round(2).tolist(), "colorscale": stops,
        "cmin": 0, "cmax": length_m, "showscale": scale, "colorbar": _bar("position (m)"),
    }  # fmt: skip


def direction_marker(direction: np.ndarray, scale: bool = True) -> dict:
    """Plotly's marker setting for points coloured by running direction."""
    halves = [[0, style.LEFT], [0.5, style.LEFT], [0.5, style.RIGHT], [1, style.RIGHT]]
    ticks = {"tickvals": [-0.5, 0.5], "ticktext": ["left", "right"]}
    return {
        "size": 2, "color": direction.astype(int).tolist(), "colorscale": halves,
        "cmin": -1, "cmax": 1, "showscale": scale, "colorbar": _bar("direction") | ticks,
    }  # fmt: skip


def _bar(title: str) -> dict:
    return {
        "thickness": 12, "len": 0.7, "outlinewidth": 0, "tickfont": {"color": style.MUTED},
        "title": {"font": {"color": style.MUTED}, "side": "right", "text": title},
    }  # fmt: skip


def globe() -> dict:
    """Equator and two meridians of the unit sphere: the points lie on it by construction."""
    turn = np.linspace(0, 2 * np.pi, 73)
    a, b, gap = np.cos(turn).round(3).tolist(), np.sin(turn).round(3).tolist(), [None]
    flat = [0.0] * len(turn)
    return {
        "type": "scatter3d", "mode": "lines", "hoverinfo": "skip", "showlegend": False,
        "x": a + gap + a + gap + flat, "y": b + gap + flat + gap + a, "z": flat + gap + b + gap + b,
        "line": {"color": style.EDGE, "width": 1.5}, "connectgaps": False,
    }  # fmt: skip


def layout(simulated: bool) -> dict:
    """Plotly's layout: a dark cube without axes, stamped where the recording is simulated."""
    axis = {"visible": False, "range": [-1.05, 1.05]}
    layout = {
        "paper_bgcolor": style.BACKGROUND,
        "font": {"color": style.INK},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "scene": {
            "xaxis": axis, "yaxis": axis, "zaxis": axis, "aspectmode": "cube",
            "bgcolor": style.BACKGROUND, "camera": {"eye": {"x": 0, "y": -0.75, "z": 1.15}},
        },
    }  # fmt: skip
    if simulated:
        layout["annotations"] = [{
            "text": "SIMULATED", "showarrow": False, "xref": "paper", "yref": "paper", "x": 0.01,
            "y": 0.99, "font": {"color": style.CORAL}, "bordercolor": style.CORAL, "borderpad": 4,
        }]  # fmt: skip
    return layout
