"""HTML of a rotatable figure: a placeholder, its data as JSON, a short script.

`globe.html` is the markup, which `_ext/plotlyjs.py` and `_static/globes.js` know; `globe.js` draws
one figure, and `replay.js` walks through its runs. The JSON holds plotly's ``data``, ``layout`` and
``config``, ``colourings``, and ``replay`` where there is one (see `page_of`).

plotly.js itself is not in it. A page of the book that holds ``class="book-plotly"`` must load it
once, by an element ``<script src="…plotly….js">`` (``async`` or ``defer`` are fine): the script
finds it by the word "plotly" in its ``src`` and waits for it. Where no such element stands (Colab,
JupyterLab), the first figure adds one itself, from plotly's own server, and the others wait for
that.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from . import replay, style

HERE = Path(__file__).parent
MAX_BYTES = 1_500_000
CDN = "https://cdn.plot.ly/plotly-{version}.min.js"


def page_of(figure: dict, name: str, alt: str, caption: str) -> str:
    """Write a figure as HTML, with a button for each of its colourings.

    Parameters
    ----------
    figure : dict
        Plotly's ``data``, ``layout`` and ``config``, and ``colourings``: by the word on its button
        a marker setting for the first trace, or a list of them for the first traces. The first
        colouring is the one drawn at first. If there is a ``replay``, a slider walks through the
        bins of the first trace: it moves the trace ``walker``, and counts runs from ``starts``.
    name, alt, caption : str
        Lower-case words joined by hyphens; words for those who cannot see it; words below it.

    Raises
    ------
    ValueError
        `name`, `alt` or `caption` is unusable, or the result would exceed 1.5 MB.
    """
    check_words(name, alt, caption)
    pages = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, autoescape=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    script = (HERE / "globe.js").read_text(encoding="utf-8")
    script = "\n" + script.replace("FIGURE_ID", name).replace("PLOTLY_URL", _plotlyjs_url())
    is_replayed = "replay" in figure
    page = pages.get_template("globe.html").render(
        name=name, alt=alt, caption=caption, figure=figure, style=style,
        data=json.dumps(figure, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c"),
        controls=replay.controls("Bin of the recording") if is_replayed else "",
        scripts=replay.SCRIPT + script if is_replayed else script,
    )  # fmt: skip
    if len(page.encode()) > MAX_BYTES:
        raise ValueError(
            f"{name} takes {len(page.encode())} bytes, over {MAX_BYTES}; lower max_points"
        )
    return page


def check_words(name: str, alt: str, caption: str) -> None:
    """Refuse a name that is no anchor, and empty words."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise ValueError(f"figure name {name!r} is not lower-case words joined by hyphens")
    for what, text in (("alt", alt), ("caption", caption)):
        if not text.strip():
            raise ValueError(f"figure {name!r} has an empty {what}; say what it shows")


def _plotlyjs_url() -> str:
    from plotly.offline import get_plotlyjs_version  # slow to import: only when drawing

    return CDN.format(version=get_plotlyjs_version())
