"""Several animals' embeddings in one rotatable scene, each switched on and off by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from IPython.display import HTML

from . import style
from .embeddings import face_on
from .interactive import CONFIG, direction_marker, globe, layout, page_of, position_marker

if TYPE_CHECKING:
    from helpers.consistency import Ring
    from helpers.recordings import Recording

LINE_STEPS = 40  # of a line: narrower bins of a few held-out moments make a scribble of it
COLOURS = (style.TEAL, style.AMBER, style.VIOLET, style.CORAL, style.BLUE)


def four(animals: Mapping[str, Ring], rec: Recording) -> HTML:
    """Animals' held-out laps, turned onto the first: a globe for the page."""
    return HTML(
        rings(
            {who.capitalize(): ring for who, ring in animals.items()},
            rec.length_m,
            name="four-rings",
            alt="A globe that can be turned, with dots and a closed line for each of four animals, "
            "aligned to each other.",
            caption="Four animals with different neurons, one training each, held-out laps, turned "
            "onto the first. Colour by animal, by position or by direction.",
            simulated=rec.source == "simulated",
        )
    )


def rings(
    animals: Mapping[str, Ring],
    length_m: float,
    *,
    name: str,
    alt: str,
    caption: str,
    simulated: bool,
    max_points: int = 1500,
) -> str:
    """Write the aligned embeddings of several animals as one rotatable figure, as HTML.

    Parameters
    ----------
    animals : mapping of str to Ring
        Drawn as dots, and a line through their means that closes, in at most `LINE_STEPS` steps.
    length_m : float
        Length of the track in metres, the end of the colour scale.
    name, alt, caption, simulated
        As in `helpers.figures.interactive.ring`, whose markup this is.
    max_points : int
        Dots of an animal; longer recordings are thinned evenly.

    Returns
    -------
    str
        For ``display(HTML(...))``.

    Raises
    ------
    ValueError
        There are no animals, or more than there are colours; shapes do not fit, values are not
        finite; the words are unusable or the result would exceed 1.5 MB.
    """
    if not 1 <= len(animals) <= len(COLOURS):
        raise ValueError(f"{len(animals)} animals to draw; give 1 to {len(COLOURS)}")
    for who, ring in animals.items():
        _check(who, ring)
    # One turn for all: what was aligned stays aligned.
    stacked = face_on(np.concatenate([part for ring in animals.values() for part in ring[::3]]))
    cuts = np.cumsum([len(part) for ring in animals.values() for part in ring[::3]])[:-1]
    turned = np.split(stacked, cuts)
    dots, lines = [], []
    colourings: dict[str, list] = {"rat": [], "position": [], "direction": []}
    for number, (who, ring) in enumerate(animals.items()):
        kept = np.linspace(0, len(ring.points) - 1, min(max_points, len(ring.points)))
        kept, colour = np.unique(kept.round().astype(int)), COLOURS[number]
        position, direction = np.asarray(ring.position)[kept], np.asarray(ring.direction)[kept]
        colourings["rat"].append({"size": 2, "color": colour, "showscale": False})
        colourings["position"].append(position_marker(position, length_m, scale=not number))
        colourings["direction"].append(direction_marker(direction, scale=not number))
        dots.append(_dots(who, turned[2 * number][kept], colourings["rat"][-1]))
        lines.append(_line(who, turned[2 * number + 1], colour))
    scene = layout(simulated) | {
        "showlegend": True,
        "legend": {"x": 0.01, "y": 0.01, "itemsizing": "constant", "bgcolor": style.CARD},
    }
    figure = {"data": [*dots, *lines, globe()], "layout": scene, "config": CONFIG}
    return page_of(figure | {"colourings": colourings}, name, alt, caption)


def _check(who: str, ring: Ring) -> None:
    n = len(ring.points)
    if np.shape(ring.points) != (n, 3) or np.ndim(ring.means) != 2 or ring.means.shape[1] != 3:
        raise ValueError(
            f"{who} has points {np.shape(ring.points)} and means {np.shape(ring.means)}; a "
            "rotatable figure needs (n, 3) and (n_bins, 3)"
        )
    for what in ("position", "direction"):
        if np.shape(getattr(ring, what)) != (n,):
            raise ValueError(f"{who}: {what} has not one value for each of the {n} points")
    if not all(np.isfinite(np.asarray(part, dtype=float)).all() for part in ring):
        raise ValueError(f"{who} holds NaN or infinity; drop those bins")


def _dots(who: str, points: np.ndarray, marker: dict) -> dict:
    x, y, z = points.round(3).T.tolist()
    return {
        "type": "scatter3d", "mode": "markers", "x": x, "y": y, "z": z, "marker": marker,
        "opacity": 0.55, "name": who, "legendgroup": who, "showlegend": False,
        "hovertemplate": f"{who}<extra></extra>",
    }  # fmt: skip


def _line(who: str, means: np.ndarray, colour: str) -> dict:
    n_steps = min(LINE_STEPS, len(means))
    means = np.array([part.mean(0) for part in np.array_split(means, n_steps)])
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    x, y, z = np.vstack([means, means[:1]]).round(3).T.tolist()
    return {
        "type": "scatter3d", "mode": "lines", "x": x, "y": y, "z": z,
        "line": {"color": colour, "width": 6}, "name": who, "legendgroup": who,
        "hoverinfo": "skip",
    }  # fmt: skip
