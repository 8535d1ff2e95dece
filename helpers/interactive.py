"""Rotatable 3-D figures for the site, as HTML: a placeholder, data as JSON, a short script.

What `ring` emits, for `_ext/plotlyjs.py` and for anyone who styles the page::

    <figure class="book-plotly" id="NAME" role="group" aria-label="ALT">
      <div class="book-plotly-switch">            some <button type="button" data-colour=KEY
        <button …>position</button> …               aria-pressed="true|false">
      </div>
      <div class="book-plotly-canvas"></div>      Plotly draws here, over the words "Loading …"
      <figcaption class="book-caption">CAPTION</figcaption>
      <script type="application/json" class="book-plotly-data">
        {"data": [points, globe], "layout": …, "config": …, "colourings": {KEY: marker(s), …}}
      </script>
      <script>…</script>                          draws this one figure
    </figure>

plotly.js itself is not in it. A page of the book that holds ``class="book-plotly"`` must load it
once, by an element ``<script src="…plotly….js">`` (``async`` or ``defer`` are fine): the script
above finds it by the word "plotly" in its ``src`` and waits for it. Where no such element stands
(Colab, JupyterLab), the first figure adds one itself, from plotly's own server, and the others wait
for that.
"""

from __future__ import annotations

import html
import json
import re

import numpy as np

from helpers.figures import style
from helpers.figures.embeddings import face_on

MAX_BYTES = 1_500_000
CONFIG = {"displaylogo": False, "responsive": True, "scrollZoom": False}
CDN = "https://cdn.plot.ly/plotly-{version}.min.js"


def ring(
    embedding,
    position,
    direction,
    length_m,
    *,
    name: str,
    alt: str,
    caption: str,
    simulated: bool,
    max_points: int = 6000,
) -> str:
    """Write a rotatable embedding, coloured by position or by direction, as HTML.

    Parameters
    ----------
    embedding : (T, 3) array
    position : (T,) array
        Metres along the track.
    direction : (T,) array
        +1 in right runs, -1 in left runs.
    length_m : float
        Length of the track in metres, the end of the colour scale.
    name : str
        The figure's id on its page: lower-case words joined by hyphens.
    alt, caption : str
        What it shows, for those who cannot see it, and for those who can (inline HTML allowed).
    simulated : bool
        True stamps the figure "simulated".
    max_points : int
        Longer recordings are thinned evenly to this many bins.

    Returns
    -------
    str
        For ``display(HTML(...))``; see the module's docstring for its markup.

    Raises
    ------
    ValueError
        Shapes do not fit, values are not finite, `name` or `alt` is unusable, or the result
        would exceed 1.5 MB.
    """
    points, position, direction = _thinned(embedding, position, direction, max_points)
    figure = _figure(points, position, direction, float(length_m), simulated)
    return page_of(figure, name, alt, caption)


def page_of(figure: dict, name: str, alt: str, caption: str) -> str:
    """Write a figure as HTML, with a button for each of its colourings.

    Parameters
    ----------
    figure : dict
        Plotly's ``data``, ``layout`` and ``config``, and ``colourings``: by the word on its button
        a marker setting for the first trace, or a list of them for the first traces. The first
        colouring is the one drawn at first.
    name, alt, caption : str
        As in `ring`.

    Raises
    ------
    ValueError
        `name`, `alt` or `caption` is unusable, or the result would exceed 1.5 MB.
    """
    _check_words(name, alt, caption)
    first = next(iter(figure["colourings"]))
    data = json.dumps(figure, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    page = _PAGE.format(
        name=name,
        alt=html.escape(alt, quote=True),
        caption=caption,
        buttons="".join(_button(key, key == first) for key in figure["colourings"]),
        data=data,
        script=_SCRIPT.replace("FIGURE_ID", name).replace("PLOTLY_URL", _plotlyjs_url()),
        teal=style.TEAL, page=style.PAGE, background=style.BACKGROUND, muted=style.MUTED,
    )  # fmt: skip
    if len(page.encode()) > MAX_BYTES:
        raise ValueError(
            f"{name} takes {len(page.encode())} bytes, over {MAX_BYTES}; lower max_points"
        )
    return page


def _check_words(name: str, alt: str, caption: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise ValueError(f"figure name {name!r} is not lower-case words joined by hyphens")
    for what, text in (("alt", alt), ("caption", caption)):
        if not text.strip():
            raise ValueError(f"figure {name!r} has an empty {what}; say what it shows")


def _thinned(embedding, position, direction, max_points):
    """Check the arrays and keep at most `max_points` evenly spaced bins of each."""
    points = np.asarray(embedding, dtype=float)
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(f"embedding has shape {points.shape}; a rotatable figure needs (T, 3)")
    labels = [np.asarray(values, dtype=float) for values in (position, direction)]
    for what, values in zip(("position", "direction"), labels, strict=True):
        if values.shape != (len(points),):
            raise ValueError(
                f"{what} has shape {values.shape}; the embedding needs ({len(points)},)"
            )
    if not all(np.isfinite(values).all() for values in (points, *labels)):
        raise ValueError("embedding, position or direction holds NaN or infinity; drop those bins")
    if max_points < 2:
        raise ValueError(f"max_points is {max_points}; draw at least 2")
    points = face_on(points)
    kept = np.unique(
        np.linspace(0, len(points) - 1, min(max_points, len(points))).round().astype(int)
    )
    return points[kept], labels[0][kept], labels[1][kept]


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
        "data": [trace, globe()],
        "layout": layout(simulated),
        "config": CONFIG,
        "colourings": colourings,
    }


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


def _button(key: str, pressed: bool) -> str:
    look = (
        f"font:inherit;padding:.3em .9em;margin-right:.5em;border-radius:1em;cursor:pointer;"
        f"border:1px solid {style.TEAL};"
    )
    return (
        f'<button type="button" data-colour="{key}" aria-pressed="{str(pressed).lower()}" '
        f'style="{look}">by {key}</button>'
    )


def _plotlyjs_url() -> str:
    from plotly.offline import get_plotlyjs_version  # slow to import: only when drawing

    return CDN.format(version=get_plotlyjs_version())


_PAGE = """<figure class="book-plotly" id="{name}" role="group" aria-label="{alt}" style="margin:0">
<style>
.book-plotly-switch button {{ background: transparent; color: inherit; }}
.book-plotly-switch button[aria-pressed="true"] {{ background: {teal}; color: {page}; }}
</style>
<div class="book-plotly-switch" style="margin-bottom:.5em">{buttons}</div>
<div class="book-plotly-canvas"
 style="height:min(520px,80vh);background:{background};color:{muted}">
Loading the rotatable figure …</div>
<figcaption class="book-caption">{caption}</figcaption>
<script type="application/json" class="book-plotly-data">{data}</script>
<script>{script}</script>
</figure>
"""

_SCRIPT = """
(function () {
  const figure = document.getElementById("FIGURE_ID");
  const canvas = figure.querySelector(".book-plotly-canvas");
  const spec = JSON.parse(figure.querySelector(".book-plotly-data").textContent);
  function draw() {
    canvas.textContent = "";
    Plotly.newPlot(canvas, spec.data, spec.layout, spec.config);
    const buttons = figure.querySelectorAll("button[data-colour]");
    buttons.forEach((button) => button.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      const markers = [spec.colourings[button.dataset.colour]].flat();
      Plotly.restyle(canvas, { marker: markers }, markers.map((_, trace) => trace));
    }));
  }
  function sorry() {
    canvas.textContent = "plotly.js did not load: without it this figure cannot be turned.";
  }
  function whenLoaded() {
    if (window.Plotly) return draw();
    let script = document.querySelector('script[src*="plotly"]');
    if (!script) {
      script = document.createElement("script");
      script.src = "PLOTLY_URL";
      document.head.appendChild(script);
    }
    script.addEventListener("load", draw);
    script.addEventListener("error", sorry);
    window.addEventListener("load", () => { if (!window.Plotly) sorry(); });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", whenLoaded);
  else whenLoaded();
})();
"""
