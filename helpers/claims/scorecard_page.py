"""What the scorecard's page shows: totals, one row a claim, the points of its picture, its JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from html import escape

from helpers.figures import Point
from helpers.files import ROOT

from . import scorecard
from .published import Claim
from .rules import satisfied, shown
from .scorecard import Row
from .verdicts import (
    CONTRADICTION,
    LEAKAGE,
    NOT_REPRODUCED,
    REPRODUCED,
    WORDS,
    Measured,
    ours,
    stated,
)

TITLES = {
    "01": "Synthetic benchmark", "02": "Place-cell embeddings", "03": "Position decoding",
    "04": "Consistency", "05": "Ring topology", "06": "Speed", "07": "The diary",
}  # fmt: skip
PHRASES = {
    "synth": "synthetic data", "embed": "embedding", "loss": "final loss", "decode": "decoding",
    "consistency": "consistency", "topology": "topology", "time": "time only",
    "posdir": "position + direction", "pos": "position", "dir": "direction",
    "shuffled": "shuffled labels", "posdir_shuffled": "position + direction, shuffled",
    "pos_shuffled": "position, shuffled", "dir_shuffled": "direction, shuffled",
    "cebra": "CEBRA", "pca": "PCA", "umap": "UMAP", "tsne": "t-SNE", "pivae": "pi-VAE",
    "autolfads": "AutoLFADS", "r2": "R²", "r2_total": "R² of position and direction",
    "mae_cm": "mean error (cm)", "median_cm": "median error (cm)", "mae": "of mean errors",
    "buddy": "Buddy", "cicero": "Cicero", "gatsby": "Gatsby", "shape": "its shape",
    "n_neurons": "neurons", "betti": "Betti numbers", "betti1": "loops (β₁)",
    "circular": "angle along the ring", "monotonic": "rises with position",
    "partition": "groups of one rat's neurons", "rats": "between rats", "runs": "between runs",
    "cebra_behavior": "CEBRA with labels", "cebra_time": "CEBRA, time only",
    "cebra_mean": "CEBRA, mean", "pca_mean": "PCA, mean", "umap_tsne": "UMAP and t-SNE",
    "pivae_labels": "pi-VAE with labels", "heldout": "held-out laps", "diary": "the diary",
    "one_character": "characters of the fix", "speed": "speed", "gpu_it_per_s": "steps a second",
    "book": "the whole book", "a100_min": "minutes on an A100", "t4_min": "minutes on a T4",
    "topology_s": "seconds for H₀ and H₁", "h2_ripser": "H₂ of 2,000 points",
    "build_hours": "hours to build it", "debugging_min": "minutes of debugging",
    "modalities": "spikes and calcium agree",
}  # fmt: skip
HEAD = ("claim", "claimed", "measured", "by our protocol", "verdict")
COLOURS = {REPRODUCED: "#64dcc8", NOT_REPRODUCED: "#e74c6f", LEAKAGE: "#f2c14e"}
COLOURS |= {CONTRADICTION: "#b79bf2"}
STYLE = """<style>
.scorecard{border-collapse:collapse;width:100%;font-size:.9em}
.scorecard th,.scorecard td{text-align:left;vertical-align:top;padding:.45em .6em;
 border-bottom:1px solid rgba(128,140,150,.35);white-space:normal}
.scorecard .group th{font-size:1.1em;padding-top:1.4em}
.scorecard small{opacity:.75;display:block}
.verdict{border-left:4px solid;padding-left:.5em;display:block;font-weight:600}
.totals{display:flex;flex-wrap:wrap;gap:.7em;margin:.6em 0 1.2em}
.totals div{border:1px solid rgba(128,140,150,.4);border-radius:8px;padding:.5em .9em;flex:1 1 8em}
.totals b{display:block;font-size:1.9em;line-height:1.2}
@media (max-width:700px){.scorecard thead{display:none}
 .scorecard tr,.scorecard td,.scorecard .group th{display:block;border:0}
 .scorecard tr{border-bottom:1px solid rgba(128,140,150,.5);padding:.6em 0}
 .scorecard td{padding:.15em 0}
 .scorecard td[data-label]::before{content:attr(data-label) ": ";opacity:.7}}
</style>"""


def phrase(id: str) -> str:
    """Put a claim's id into words.

    >>> phrase("decode.posdir.median_cm")
    'decoding: position + direction, median error (cm)'
    """
    family, *rest = id.split(".")
    words = [PHRASES.get(part, part.replace("_", " ")) for part in rest]
    head = {"time": "time", "consistency": "consistency"}.get(family, PHRASES.get(family, family))
    return f"{head}: {', '.join(words)}"


def totals_html(rows: Sequence[Row]) -> str:
    """Write how many claims got which verdict, one box a verdict, blog and paper apart."""
    counts = scorecard.totals(list(rows))
    boxes = []
    for word in WORDS:
        split = {by: found.get(word, 0) for by, found in counts.items()}
        if not sum(split.values()):
            continue
        by = " · ".join(f"{name} {n}" for name, n in split.items())
        colour = COLOURS.get(word, "currentColor")
        boxes.append(
            f'<div><b style="color:{colour}">{sum(split.values())}</b>{word}'
            f"<small style='display:block;opacity:.75'>{by}</small></div>"
        )
    return STYLE + f'<div class="totals">{"".join(boxes)}</div>'


def table_html(rows: Sequence[Row]) -> str:
    """Write one row a claim, by chapter; a narrow screen shows cards, a bare one a table."""
    head = "".join(f"<th>{name}</th>" for name in HEAD)
    body = []
    for chapter in sorted({row.chapter for row in rows}):
        mine = [row for row in rows if row.chapter == chapter]
        title = f"{chapter} · {TITLES.get(chapter, 'other')}"
        body.append(f'<tr class="group"><th colspan="5">{title}</th></tr>')
        body += [_tr(row) for row in mine]
    table = f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>"
    return STYLE + f'<table class="scorecard book-scorecard">{table}</table>'


def as_json(rows: Sequence[Row]) -> str:
    """Write the scorecard as JSON, a list of one object a claim."""
    return json.dumps(scorecard.as_records(list(rows)), indent=1, ensure_ascii=False) + "\n"


def json_link(rows: Sequence[Row]) -> str:
    """Write a link that downloads the scorecard as JSON, wherever the page is read."""
    data = base64.b64encode(as_json(rows).encode()).decode()
    return (
        f'<p><a download="scorecard.json" href="data:application/json;base64,{data}">'
        "The same for machines: scorecard.json</a></p>"
    )


def points(rows: Sequence[Row]) -> list[Point]:
    """Take the numbers out of measured claims, one point each; two standard deviations about."""
    found = []
    for row in rows:
        claim, (value, sd) = row.claim, row.measured
        if value is None or claim.rule["kind"] in ("open", "shape", "order"):
            continue
        kept = satisfied(claim, value, sd)
        name = phrase(claim.id).partition(": ")[2].replace(" (cm)", "")
        several = isinstance(claim.value, Mapping)
        for key, said in claim.value.items() if several else (("", claim.value),):
            one, spread = (value[key], sd[key]) if several else (value, sd)
            found += _point(f"{name} {key}".strip(), claim, said, one, spread, kept)
    return found


def _point(name: str, claim: Claim, said, value, sd, kept: bool) -> list[Point]:
    """One point, or none where either side is no number."""
    if claim.rule["kind"] == "range":
        span, said = tuple(said), sum(said) / 2
    elif isinstance(said, (int, float)) and not isinstance(said, bool):
        span = (said - 2 * (claim.sd or 0), said + 2 * (claim.sd or 0))
    else:
        return []
    if isinstance(value, (bool, str, list)):
        return []
    reach = 2 * (sd or 0)
    return [Point(name, claim.said_by, said, span, value, (value - reach, value + reach), kept)]


def _tr(row: Row) -> str:
    claim, word = row.claim, row.verdict.word
    colour = COLOURS.get(word, "currentColor")
    preview = "<small>quick profile: a preview, the rule is about the full one</small>"
    cells = {
        "": f"<strong>{escape(phrase(claim.id))}</strong>"
        f"<small>{escape(claim.said_by)}: {escape(claim.where)}</small>{_link(row)}",
        "claimed": escape(stated(claim)),
        "measured": escape(_measured(row, row.measured)),
        "by our protocol": escape(_measured(row, row.ours or row.honest)),
        "verdict": f'<span class="verdict" style="border-color:{colour}">{word}</span>'
        f"<small>{escape(row.verdict.why)}</small>{preview if row.preview else ''}",
    }
    tds = [
        f"<td{f' data-label={label!r}' if cell and label in HEAD[1:4] else ''}>{cell}</td>"
        for label, cell in cells.items()
    ]
    # what the site's filter and its opening page read
    marks = {"claim": row.claim.id, "said-by": row.claim.said_by, "chapter": row.chapter}
    marks |= {"verdict": word}
    named = "".join(f' data-{key}="{escape(str(text))}"' for key, text in marks.items())
    return f"<tr{named}>{''.join(tds)}</tr>"


def _measured(row: Row, found: Measured | None) -> str:
    """A measurement, without the long names of ids; a shape's numbers stand in its reason."""
    if found is None:
        return ""
    value, sd = found
    if row.claim.rule["kind"] == "shape" and isinstance(value, Mapping):
        return "see the criterion's numbers"
    if isinstance(value, Mapping):
        spread = sd if isinstance(sd, Mapping) else {}
        return ", ".join(f"{key} {ours(one, spread.get(key))}" for key, one in value.items())
    return shown(value) if row.claim.rule["kind"] == "equal" else ours(value, sd)


def _link(row: Row) -> str:
    """Link to the figure, or the chapter, where the claim was measured, if the book has it."""
    found = sorted((ROOT / "chapters").glob(f"{row.chapter}_*.py"))
    if not found:
        return ""
    figure = row.claim.more.get("figure")
    anchor, text = (f"#fig-{figure}", "figure") if figure else ("", "chapter")
    return (
        f'<small><a href="{found[0].stem}.html{anchor}">{text} in chapter {row.chapter}</a></small>'
    )
