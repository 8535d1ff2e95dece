"""What a chapter answers, on its first screen: filled in when its last cell has run.

The first cell with an output reserves the place, the last one fills it (Jupyter's `update_display`,
which papermill, Colab and the live page all follow). So the numbers at the head of a page are of
the run that made the page. What is said of them stands in `data/answers.yml`.
"""

from __future__ import annotations

import base64
import io
import re
from collections import Counter
from collections.abc import Mapping
from html import escape

import yaml
from IPython.display import HTML, display, update_display
from PIL import Image

from helpers.figures import style
from helpers.files import ROOT

from . import scorecard
from .verdicts import NOT_JUDGED, OPEN, WORDS

ANSWERS = ROOT / "data" / "answers.yml"
PLACE = "answer"
PIXELS = 900  # width of the picture at the head, where it is no link to the one below
SLOT = re.compile(r"\{([\w.]+)(\|sd)?(?::([^}]*))?\}")
BOLD = re.compile(r"\*\*(.+?)\*\*")


def answer_of(number: str) -> dict:
    """Read what a chapter's first screen is made of; nothing for a chapter that has none."""
    return yaml.safe_load(ANSWERS.read_text(encoding="utf-8")).get(number, {})


def filled(line: str, values: Mapping) -> str | None:
    """Put measured values into a line.

    Parameters
    ----------
    line : str
        With slots ``{id:format}``, or ``{id|sd:format}`` for the spread over seeds.
    values : mapping
        Entries of a results file, by id.

    Returns
    -------
    str or None
        HTML; None if a value is missing.
    """
    missing = []

    def value(slot: re.Match) -> str:
        found = values.get(slot[1], {}).get("sd" if slot[2] else "value")
        if found is None:
            missing.append(slot[1])
            return ""
        if isinstance(found, bool):
            return "yes" if found else "no"
        text = format(found, slot[3] or "")
        minus = "−" if float(text.strip("-%")) else ""  # zero has none
        return text.replace("-", minus)

    text = SLOT.sub(value, line)
    return None if missing else BOLD.sub(r"<strong>\1</strong>", escape(text))


def said_of(number: str, chapter: Mapping, values: Mapping) -> str:
    """Write what a run found as a list in HTML: numbers, verdicts, and in which rats.

    Parameters
    ----------
    number : str
        For example ``"03"``.
    chapter : mapping
        Its `recording` and `profile`.
    values : mapping
        Entries of a results file.

    Returns
    -------
    str
    """
    said = answer_of(number)
    lines = [text for line in said["result"] if (text := filled(line, values))]
    lines += _verdicts(number, chapter, values)
    rats = filled(said["rats"], values) if "rats" in said else None
    alone = f"one, {escape(chapter['recording'].capitalize())}"
    if chapter["profile"] == "quick" and "rats" in said:
        alone += "; the full profile has the others"
    items = "".join(f"<li>{line}</li>" for line in lines)
    items += f"<li>Rats: {rats or alone}</li>" if number != "08" else ""
    return f"<ul>{items}</ul>"


def html_of(number: str, chapter: Mapping, values: Mapping, picture: str = "") -> str:
    """Write the head of a page: what `said_of` says, and the key picture's tag if it was drawn."""
    name = answer_of(number)["figure"]
    link = f'<a class="answer-picture" href="#fig-{name}">{picture}</a>' if picture else ""
    return (
        f'<div class="book-answer" data-figure="{name}">'
        f"<p><strong>Result.</strong></p>{said_of(number, chapter, values)}{link}</div>"
    )


def _verdicts(number: str, chapter: Mapping, values: Mapping) -> list[str]:
    """Count the verdicts on the claims of a chapter, by source."""
    if chapter["recording"].startswith("simulated"):
        return ["Verdicts: none, the recording is simulated."]
    rows = scorecard.judge_all(values)
    rows = [row for row in rows if number in ("08", row.chapter)]
    parts = []
    for who in ("paper", "blog"):
        words = Counter(row.verdict.word for row in rows if row.claim.said_by == who)
        counts = [f"{words[w]} {w}" for w in WORDS if words[w] and w not in (OPEN, NOT_JUDGED)]
        parts += [f"the {who}'s claims: {', '.join(counts)}"] if counts else []
    preview = " (a preview: a quick profile)" if any(row.preview for row in rows) else ""
    if number == "08":
        return [f"{part[0].upper()}{part[1:]}{preview}." for part in parts]
    return [f"Verdicts on {'; '.join(parts)}{preview}."] if parts else []


def reserve(number: str) -> None:
    """Keep the place at the head of the page, and remember the key picture when it is shown."""
    style.remember(answer_of(number).get("figure"))
    later = "The result of this run stands here when its last cell has run."
    display(HTML(f'<p class="book-answer">{later}</p>'), display_id=PLACE)


def fill(number: str, chapter: Mapping, values: Mapping) -> None:
    """Write the result into its place, and here once more."""
    update_display(HTML(html_of(number, chapter, values, _picture())), display_id=PLACE)
    display(HTML(said_of(number, chapter, values)))


def _picture() -> str:
    """Make a small copy of the key picture, as a tag that needs no other file."""
    png, alt = style.remembered()
    if png is None:
        return ""
    full = Image.open(io.BytesIO(png)).convert("RGB")
    small = full.resize((PIXELS, round(full.height * PIXELS / full.width)))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=75)
    data = base64.b64encode(out.getvalue()).decode("ascii")
    return f'<img alt="{escape(alt)}" src="data:image/webp;base64,{data}" width="{PIXELS}">'
