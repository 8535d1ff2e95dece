"""A player of decoded trajectories: the rat on its track and where the decoder believes it is.

`player` writes HTML that stands alone: a drawing of the first run, which shows without scripts, the
runs as JSON, and a script that walks through them bin by bin.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence

import numpy as np

from . import replay, style
from .interactive_page import MAX_BYTES, check_words

LEFT, RIGHT = 60, 780  # the track on the drawing, which is 800 wide
TOP, BOTTOM = 110, 290  # the chart of the run below it


def player(
    position: np.ndarray,
    decoded: np.ndarray,
    runs: Sequence[slice],
    bin_s: float,
    length_m: float,
    *,
    name: str,
    alt: str,
    caption: str,
    simulated: bool,
) -> str:
    """Write a player of held-out runs.

    Parameters
    ----------
    position, decoded : (T,) array
        True and decoded position of each tested bin, in metres.
    runs : sequence of slice
        The runs within these bins, in the order in which they are to be shown.
    bin_s, length_m : float
        Width of a bin in seconds; length of the track in metres.
    name : str
        The figure's id on its page: lower-case words joined by hyphens.
    alt, caption : str
        What it shows, for those who cannot see it, and for those who can (inline HTML allowed).
    simulated : bool
        True stamps the figure "simulated".

    Returns
    -------
    str
        For ``display(HTML(...))``.

    Raises
    ------
    ValueError
        Shapes do not fit, values are not finite, no run holds a bin, a word is unusable, or the
        result would exceed 1.5 MB.
    """
    check_words(name, alt, caption)
    true, read = _checked(position, decoded, runs)
    data = {
        "true": [np.round(true[run] * 100).astype(int).tolist() for run in runs],
        "read": [np.round(read[run] * 100).astype(int).tolist() for run in runs],
        "bin": bin_s,
        "length": length_m * 100,
    }
    page = _PAGE.format(
        name=name, alt=html.escape(alt, quote=True), caption=caption,
        drawing=_drawing(data, simulated), controls=replay.controls("Bin of the tested runs"),
        data=json.dumps(data, allow_nan=False, separators=(",", ":")),
        script=replay.SCRIPT + _SCRIPT.replace("FIGURE_ID", name),
    )  # fmt: skip
    if len(page.encode()) > MAX_BYTES:
        raise ValueError(f"{name} takes {len(page.encode())} bytes, over {MAX_BYTES}; fewer runs")
    return page


def runs_of(tested: np.ndarray, laps: Sequence[slice]) -> list[slice]:
    """Cut the tested bins into the runs that they come from.

    Parameters
    ----------
    tested : (T,) array of int
        Tested bins of the recording, in order.
    laps : sequence of slice
        The recording's runs, as `Recording.laps` gives them.

    Returns
    -------
    list of slice
        Of `tested`; runs without a tested bin give none.
    """
    edges = [np.searchsorted(tested, [lap.start, lap.stop]) for lap in laps]
    return [slice(int(start), int(stop)) for start, stop in edges if stop > start]


def _checked(position, decoded, runs) -> tuple[np.ndarray, np.ndarray]:
    """Refuse what cannot be played."""
    true, read = np.asarray(position, dtype=float), np.asarray(decoded, dtype=float)
    if true.ndim != 1 or true.shape != read.shape:
        raise ValueError(f"position and decoded have shapes {true.shape} and {read.shape}, not one")
    if not (np.isfinite(true).all() and np.isfinite(read).all()):
        raise ValueError("position or decoded holds NaN or infinity; drop those bins")
    empty = [number for number, run in enumerate(runs) if not len(true[run])]
    if not len(runs) or empty:
        raise ValueError(f"runs {empty or 'are none'}: no bins to play; give slices that hold some")
    return true, read


def _line(values: Sequence[float], length: float, kind: str, colour: str) -> str:
    """Draw one run as a line of the chart: time to the right, position up."""
    n = max(len(values) - 1, 1)
    points = " ".join(
        f"{LEFT + (RIGHT - LEFT) * k / n:.1f},{BOTTOM - (BOTTOM - TOP) * v / length:.1f}"
        for k, v in enumerate(values)
    )
    return (
        f'<polyline class="{kind}" points="{points}" fill="none" stroke="{colour}" '
        'stroke-width="2"/>'
    )


def _drawing(data: dict, simulated: bool) -> str:
    """Draw track, both markers at the first bin, and the chart of the first run."""
    length = data["length"]
    true, read = data["true"][0], data["read"][0]
    at = [LEFT + (RIGHT - LEFT) * values[0] / length for values in (true, read)]
    stamp = (
        f'<text x="{RIGHT}" y="18" fill="{style.CORAL}" text-anchor="end">SIMULATED</text>'
        if simulated
        else ""
    )
    return (
        f'<rect x="{LEFT}" y="38" width="{RIGHT - LEFT}" height="14" rx="7" fill="{style.EDGE}"/>'
        f'<line class="error" x1="{at[0]:.1f}" x2="{at[1]:.1f}" y1="45" y2="45" '
        f'stroke="{style.CORAL}" stroke-width="3"/>'
        f'<circle class="rat" cx="{at[0]:.1f}" cy="45" r="9" fill="{style.INK}"/>'
        f'<circle class="guess" cx="{at[1]:.1f}" cy="45" r="11" fill="none" stroke="{style.TEAL}" '
        'stroke-width="3"/>'
        f'<g fill="{style.MUTED}" font-size="15"><text x="{LEFT}" y="80">0 m</text>'
        f'<text x="{RIGHT}" y="80" text-anchor="end">{length / 100:g} m</text>'
        f'<text x="{LEFT - 8}" y="{TOP + 5}" text-anchor="end">{length / 100:g}</text>'
        f'<text x="{LEFT - 8}" y="{BOTTOM}" text-anchor="end">0</text>'
        f'<text x="{RIGHT}" y="{BOTTOM + 22}" text-anchor="end">time in the run</text>'
        f'<text x="{LEFT + 8}" y="{TOP - 8}">position (m): '
        f'<tspan fill="{style.INK}">the rat</tspan>, '
        f'<tspan fill="{style.TEAL}">decoded</tspan></text></g>'
        + _line(true, length, "true", style.INK)
        + _line(read, length, "read", style.TEAL)
        + f'<line class="now" x1="{LEFT}" x2="{LEFT}" y1="{TOP}" y2="{BOTTOM}" '
        f'stroke="{style.MUTED}"/>{stamp}'
    )


_PAGE = """<figure class="book-track" id="{name}" aria-label="{alt}" style="margin:0">
<svg viewBox="0 0 800 320" role="img" aria-label="{alt}" font-family="sans-serif">{drawing}</svg>
{controls}<figcaption class="book-caption">{caption}</figcaption>
<script type="application/json" class="book-track-data">{data}</script>
<script>{script}</script>
</figure>
"""

_SCRIPT = """
(function () {
  const figure = document.getElementById("FIGURE_ID");
  const { true: truth, read, bin, length } = JSON.parse(
    figure.querySelector(".book-track-data").textContent);
  const part = (name) => figure.querySelector("svg ." + name);
  const [LEFT, RIGHT, TOP, BOTTOM] = [60, 780, 110, 290];
  const starts = [];
  let count = 0, shown = -1;
  for (const run of truth) { starts.push(count); count += run.length; }
  const along = (cm) => LEFT + ((RIGHT - LEFT) * cm) / length;
  function chart(name, values) {
    const n = Math.max(values.length - 1, 1);
    part(name).setAttribute("points", values.map((cm, k) =>
      [LEFT + ((RIGHT - LEFT) * k) / n, BOTTOM - ((BOTTOM - TOP) * cm) / length].join()).join(" "));
  }
  function set(name, values) {
    for (const key in values) part(name).setAttribute(key, values[key]);
  }
  function show(step) {
    let run = starts.length - 1;
    while (starts[run] > step) run -= 1;
    const k = step - starts[run];
    if (run !== shown) { chart("true", truth[run]); chart("read", read[run]); shown = run; }
    const rat = along(truth[run][k]), guess = along(read[run][k]);
    set("rat", { cx: rat });
    set("guess", { cx: guess });
    set("error", { x1: rat, x2: guess });
    const now = LEFT + ((RIGHT - LEFT) * k) / Math.max(truth[run].length - 1, 1);
    set("now", { x1: now, x2: now });
    return `run ${run + 1} of ${truth.length}, ${(k * bin).toFixed(1)} s: the rat at ` +
      `${truth[run][k]} cm, decoded ${read[run][k]} cm`;
  }
  bookReplay(figure, count, 1 / bin, show);
})();
"""
