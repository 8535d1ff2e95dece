"""HTML of a rotatable figure: a placeholder, its data as JSON, a short script.

What `page_of` emits, for `_ext/plotlyjs.py` and for anyone who styles the page::

    <figure class="book-plotly" id="NAME" role="group" aria-label="ALT">
      <div class="book-plotly-switch">            some <button type="button" data-colour=KEY
        <button …>position</button> …               aria-pressed="true|false">
      </div>
      <div class="book-plotly-canvas"></div>      Plotly draws here, over the words "Loading …"
      <div class="book-replay">…</div>            see `replay`; where there is a replay
      <figcaption class="book-caption">CAPTION</figcaption>
      <script type="application/json" class="book-plotly-data">
        {"data": [points, globe], "layout": …, "config": …, "colourings": {KEY: marker(s), …},
         "replay": {"walker": trace, "starts": […], "length": metres}}
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

from . import replay, style

MAX_BYTES = 1_500_000
CDN = "https://cdn.plot.ly/plotly-{version}.min.js"


def page_of(figure: dict, name: str, alt: str, caption: str) -> str:
    """Write a figure as HTML, with a button for each of its colourings.

    Parameters
    ----------
    figure : dict
        Plotly's ``data``, ``layout`` and ``config``, and ``colourings``: by the word on its button
        a marker setting for the first trace, or a list of them for the first traces. The first
        colouring is the one drawn at first. If there is a `replay`, a slider walks through the bins
        of the first trace: it moves the trace `walker`, and counts runs from their `starts`.
    name, alt, caption : str
        As in `ring`.

    Raises
    ------
    ValueError
        `name`, `alt` or `caption` is unusable, or the result would exceed 1.5 MB.
    """
    check_words(name, alt, caption)
    first = next(iter(figure["colourings"]))
    data = json.dumps(figure, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    page = _PAGE.format(
        name=name,
        alt=html.escape(alt, quote=True),
        caption=caption,
        buttons="".join(_button(key, key == first) for key in figure["colourings"]),
        data=data,
        controls=replay.controls("Bin of the recording") if "replay" in figure else "",
        replay=replay.SCRIPT if "replay" in figure else "",
        script=_SCRIPT.replace("FIGURE_ID", name).replace("PLOTLY_URL", _plotlyjs_url()),
        teal=style.TEAL, page=style.PAGE, background=style.BACKGROUND, muted=style.MUTED,
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
{controls}<figcaption class="book-caption">{caption}</figcaption>
<script type="application/json" class="book-plotly-data">{data}</script>
<script>{replay}{script}</script>
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
    if (spec.replay) walk(spec.replay, spec.data[0], spec.data[spec.replay.walker].line.color);
  }
  function walk(plan, points, colour) {
    const place = spec.colourings.position.color;
    bookReplay(figure, points.x.length, 20, (bin) => {
      let run = plan.starts.length - 1;
      while (plan.starts[run] > bin) run -= 1;
      const start = Math.max(plan.starts[run], bin - 40);
      const trail = ["x", "y", "z"].map((axis) => points[axis].slice(start, bin + 1));
      const size = trail[0].map((_, k) => (start + k === bin ? 9 : 0));
      const [x, y, z] = trail.map((values) => [values]);
      Plotly.restyle(canvas, { x, y, z, marker: [{ color: colour, size }] }, [plan.walker]);
      return `run ${run + 1} of ${plan.starts.length}, at ${place[bin].toFixed(2)} m of ` +
        `${plan.length.toFixed(2)} m`;
    });
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
