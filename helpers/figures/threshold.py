"""A persistence diagram with a threshold to move: how many loops count as long?

Dots are elements of an SVG; a few lines of script move the line and count what lies above it. Both
numbers of bars at the threshold that the page starts from stand in the picture without scripts.
"""

from __future__ import annotations

import html
from collections.abc import Mapping

import numpy as np
from IPython.display import HTML

from . import style
from .topology import HOMOLOGY_COLOURS

SIDE, EDGE, HEAD = 320, 34, 32  # of a panel: the diagram, and the room for its labels and title
STEP = 0.01
NAMES = {"h0": "pieces", "h1": "loops"}
COLOURS = dict(zip(("h0", "h1"), HOMOLOGY_COLOURS, strict=False))
SCRIPT = """
(() => {
  const figure = document.getElementById("fig-threshold");
  const bar = figure.querySelector(".book-replay");
  const slider = bar.querySelector("input");
  const line = bar.querySelector("output");
  const panels = [...figure.querySelectorAll("svg")].map((svg) => ({
    name: svg.dataset.name,
    dots: [...svg.querySelectorAll("[data-life]")],
    edge: svg.querySelector(".limit"),
    text: svg.querySelector(".count"),
    unit: Number(svg.dataset.unit),
  }));
  function show() {
    const limit = Number(slider.value);
    const said = panels.map((panel) => {
      const counts = { h0: 0, h1: 0 };
      for (const dot of panel.dots) {
        const long = Number(dot.dataset.life) > limit;
        counts[dot.dataset.k] += long;
        dot.style.opacity = long ? 1 : 0.3;
      }
      panel.edge.setAttribute("transform", `translate(0 ${-limit * panel.unit})`);
      panel.text.textContent = `β₀ = ${counts.h0}, β₁ = ${counts.h1}`;
      return `${panel.name}: ${panel.text.textContent}`;
    });
    line.textContent = `longer than ${limit.toFixed(2)}: ${said.join("; ")}`;
    slider.setAttribute("aria-valuetext", line.textContent);
  }
  slider.addEventListener("input", show);
  bar.hidden = false;
  show();
})();
"""


def threshold(panels: Mapping[str, Mapping[str, np.ndarray]], limit: float, caption: str) -> HTML:
    """Write diagrams side by side with one threshold for all.

    Parameters
    ----------
    panels : mapping of title to mapping
        Bars by ``"h0"`` and ``"h1"``, (k, 2) births and deaths; a death may be infinite.
    limit : float
        Where the threshold stands at first.
    caption : str

    Returns
    -------
    HTML

    Raises
    ------
    ValueError
        If there is nothing to draw.
    """
    if not panels:
        raise ValueError("no diagrams to draw; give at least one panel")
    finite = [b[np.isfinite(b)] for bars in panels.values() for b in bars.values()]
    top = 1.05 * max(values.max(initial=0.1) for values in finite)
    drawn = "".join(_panel(title, bars, limit, top) for title, bars in panels.items())
    control = (
        '<div class="book-replay" hidden><label>threshold '
        f'<input type="range" min="0" max="{top:.2f}" step="{STEP}" value="{limit:.2f}"></label>'
        '<output aria-live="polite"></output></div>'
    )
    return HTML(
        f'<div class="book-track book-threshold" id="fig-threshold"><div class="panels">{drawn}'
        f'</div>{control}<script>{SCRIPT}</script></div><p class="book-caption">{caption}</p>'
    )


def _panel(title: str, bars: Mapping[str, np.ndarray], limit: float, top: float) -> str:
    unit = SIDE / top
    counts = {k: int((np.diff(b)[:, 0] > limit).sum()) for k, b in bars.items()}
    count = f"β₀ = {counts['h0']}, β₁ = {counts['h1']}"
    dots = "".join(_dots(k, b, limit, top, unit) for k, b in bars.items())
    low, high = EDGE, EDGE + SIDE
    name = html.escape(title, quote=True)
    words = f'font-size="17" fill="{style.MUTED}"'
    return (
        f'<svg viewBox="0 0 {SIDE + EDGE + 8} {SIDE + HEAD + 28}" role="img" data-unit="{unit:.2f}"'
        f' data-name="{name}" aria-label="{name}: births against deaths of pieces and loops; '
        f'{count} bars longer than {limit:.2f}">'
        f'<rect x="{low}" y="{HEAD}" width="{SIDE}" height="{SIDE}" fill="{style.BACKGROUND}" '
        f'stroke="{style.EDGE}"/>'
        f'<clipPath id="within-{name.replace(" ", "-")}"><rect x="{low}" y="{HEAD}" width="{SIDE}" '
        f'height="{SIDE}"/></clipPath>'
        f'<line x1="{low}" y1="{HEAD + SIDE}" x2="{high}" y2="{HEAD}" stroke="{style.MUTED}"/>'
        f'<g clip-path="url(#within-{name.replace(" ", "-")})"><line class="limit" x1="{low}" '
        f'y1="{HEAD + SIDE}" x2="{high}" y2="{HEAD}" transform="translate(0 {-limit * unit:.1f})" '
        f'stroke="{style.MUTED}" stroke-dasharray="6 4" stroke-width="2"/></g>{dots}'
        f'<text x="{low}" y="21" font-size="20" fill="{style.INK}">{name}</text>'
        f'<text class="count" x="{high - 12}" y="{HEAD + SIDE - 14}" text-anchor="end" '
        f'font-size="24" fill="{style.INK}">{count}</text>'
        f'<text x="{low + SIDE / 2}" y="{HEAD + SIDE + 22}" text-anchor="middle" {words}>'
        "birth</text>"
        f'<text x="22" y="{HEAD + SIDE / 2}" text-anchor="middle" {words} '
        f'transform="rotate(-90 22 {HEAD + SIDE / 2})">death</text></svg>'
    )


def _dots(k: str, bars: np.ndarray, limit: float, top: float, unit: float) -> str:
    """Draw the bars of one homology; of bars close to the diagonal the longest hundred."""
    lives = np.diff(bars)[:, 0]
    shown = np.argsort(-lives)[:100]
    parts = []
    for birth, death, life in zip(*bars[shown].T, lives[shown], strict=True):
        x, y = EDGE + birth * unit, HEAD + SIDE - min(death, top) * unit
        parts.append(
            f'<circle data-k="{k}" data-life="{min(life, 9):.3f}" cx="{x:.1f}" cy="{y:.1f}" r="4" '
            f'fill="{COLOURS[k]}" style="opacity:{1 if life > limit else 0.3}"/>'
        )
    return "".join(parts)
