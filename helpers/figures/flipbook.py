"""Pictures of which one shows at a time, chosen by a slider or by name, with a line that answers.

For questions that one still cannot answer: when does a sphere fill, what does a split change? The
page needs no server and no library; without scripts the last picture stands.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
from IPython.display import HTML
from matplotlib.figure import Figure
from PIL import Image

from . import style
from .interactive_page import check_words

MAX_BYTES = 300_000
DPI = 110
SCRIPT = """
(() => {
  const book = document.getElementById("fig-NAME");
  const frames = [...book.querySelectorAll("[data-said]")];
  const bar = book.querySelector("fieldset");
  const line = book.querySelector("output");
  const slider = bar.querySelector('[type="range"]');
  function show(at) {
    frames.forEach((frame, number) => (frame.hidden = number !== at));
    line.textContent = frames[at].dataset.said;
    if (slider) slider.setAttribute("aria-valuetext", line.textContent);
  }
  bar.addEventListener("input", (event) => show(Number(event.target.value)));
  bar.hidden = false;
  show(frames.length - 1);
})();
"""


class Frame(NamedTuple):
    """One picture: what it is chosen by, what it answers, and what it shows."""

    label: str
    said: str
    fig: Figure
    alt: str


def flipbook(
    frames: Sequence[Frame], *, name: str, question: str, caption: str, slider: bool
) -> HTML:
    """Write pictures with a control that chooses among them; the last is shown first.

    Parameters
    ----------
    frames : sequence of Frame
        At least two; their figures are closed.
    name : str
        The figure's id on its page: lower-case words joined by hyphens.
    question : str
        What the control asks, for example ``"Steps of training"``.
    caption : str
        Inline HTML allowed.
    slider : bool
        A slider where the labels are an order; else buttons with the labels on them.

    Returns
    -------
    HTML

    Raises
    ------
    ValueError
        There are fewer than two frames, a word is unusable, or the pictures weigh over 300 kB.
    """
    check_words(name, question, caption)
    if len(frames) < 2:
        raise ValueError(f"{name} has {len(frames)} frames; one can choose among two or more")
    pictures = "".join(_picture(frame, last=frame is frames[-1]) for frame in frames)
    control = _slider(frames, question) if slider else _buttons(frames, name)
    page = (
        f'<div class="book-flip" id="fig-{name}"><fieldset hidden>'
        f"<legend>{html.escape(question)}</legend>{control}"
        f'<output aria-live="polite"></output></fieldset>{pictures}'
        f"<script>{SCRIPT.replace('NAME', name)}</script></div>"
        f'<p class="book-caption">{caption}</p>'
    )
    if len(page.encode()) > MAX_BYTES:
        raise ValueError(f"{name} takes {len(page.encode())} bytes, over {MAX_BYTES}; fewer frames")
    return HTML(page)


def _picture(frame: Frame, last: bool) -> str:
    png = style.to_png(style.stamped(frame.fig), dpi=DPI)
    plt.close(frame.fig)
    out = io.BytesIO()
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.save(out, "WEBP", quality=70)
    data = base64.b64encode(out.getvalue()).decode("ascii")
    alt, said = (html.escape(text, quote=True) for text in (frame.alt, frame.said))
    return (
        f'<figure data-said="{said}"{"" if last else " hidden"}><img alt="{alt}" '
        f'src="data:image/webp;base64,{data}" width="{picture.width}" height="{picture.height}">'
        "</figure>"
    )


def _slider(frames: Sequence[Frame], question: str) -> str:
    end = len(frames) - 1
    return (
        f'<input type="range" min="0" max="{end}" value="{end}" step="1" '
        f'aria-label="{html.escape(question, quote=True)}">'
    )


def _buttons(frames: Sequence[Frame], name: str) -> str:
    end = len(frames) - 1
    return "".join(
        f'<label><input type="radio" name="{name}" value="{number}"'
        f"{' checked' if number == end else ''}> {html.escape(frame.label)}</label> "
        for number, frame in enumerate(frames)
    )
