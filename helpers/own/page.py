"""The report page of a recording of one's own: one HTML file that holds all it shows.

``python -m helpers.own_page FILE`` reads a ``.npz``, ``.mat`` or ``.nwb``, inspects it, does the
whole analysis, and writes the page beside it.
"""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from helpers import places
from helpers.claims import describe_device, versions, warning
from helpers.figures import own as drawings
from helpers.figures import style
from helpers.files import write_text

from . import study as own
from .decoding import PLAIN
from .files import read_recording
from .ingest import UNITS
from .inspection import honest_split
from .jobs import TIME, TOLD

BAYES = PLAIN[2]
COLOURS = {name: style.VARIANT_COLOURS[told] for told, name in own.NAMES.items()}
COLOURS |= {BAYES: style.VIOLET}
SHEET = f"""
body {{ background: {style.PAGE}; color: {style.INK}; margin: 0 auto; max-width: 60rem;
  padding: 2rem; font: 1.05rem/1.6 Georgia, serif; }}
h1, h2 {{ font-weight: 400; }} strong {{ color: {style.TEAL}; }} img {{ max-width: 100%; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
th, td {{ border-bottom: 1px solid {style.EDGE}; padding: .3rem .8rem; text-align: right; }}
th:first-child, td:first-child {{ text-align: left; }}
figcaption, .provenance {{ color: {style.MUTED}; font-size: .9rem; }} figure {{ margin: 1.5rem 0; }}
"""


class Picture(NamedTuple):
    """A figure, and what `helpers.figures.style.show` wants to know of it."""

    fig: Figure
    alt: str
    caption: str
    name: str


def spheres(analysis: own.Analysis) -> Picture:
    """The embedding of each kind of model, on the training laps of the first fold."""
    recording = analysis.recording
    where = recording.position[honest_split(recording).train]
    found = {own.NAMES[told]: (fit.embedding, where) for told, fit in analysis.first.items()}
    return Picture(
        drawings.spheres(found, recording.length_m),
        "Three spheres with the embedding of each model, coloured by position: told the position, "
        "told only time, and told nonsense.",
        "Training laps of the first fold, a dot a bin, coloured by where the animal was. The model "
        "in the middle was never told a place: whatever order its colours have, the units brought.",
        "own-spheres",
    )


def paths(analysis: own.Analysis) -> Picture:
    """Where the animal was on held-out laps, and where decoders believe it was."""
    recording = analysis.recording
    first = {name: analysis.results[name][0] for name in (own.NAMES[TOLD], own.NAMES[TIME], BAYES)}
    truth = next(iter(first.values())).label[:, 0]
    guesses = {name: result.predicted[:, 0] for name, result in first.items()}
    if recording.geometry == "circle":  # a guess is kept as that one of its equals nearest to truth
        guesses = {name: guess % recording.length_m for name, guess in guesses.items()}
    time = recording.bin_s * np.arange(len(truth))
    return Picture(
        drawings.decoded_paths(time, truth, guesses, COLOURS),
        "Position against time on held-out laps, a panel a decoder: the animal's path in grey, the "
        "decoded places as coloured dots over it.",
        "Held-out laps of the first fold. No model here, and no rate map, has seen them.",
        "own-paths",
    )


def loops(analysis: own.Analysis) -> Picture:
    """The longest loop of each model beside those of models that were told nonsense."""
    lengths = {own.NAMES[told]: ring.longest for told, ring in analysis.rings.items()}
    return Picture(
        drawings.loops(lengths, analysis.null, COLOURS),
        "Dots: how long the longest loop lives in each embedding, a row a kind of model; a dashed "
        "line marks the longest among models that were told nonsense.",
        "A dot a subsample of an embedding; below, a dot a model that was told nonsense. Only "
        "beyond the dashed line is a loop more than what noise grows by itself.",
        "own-loops",
    )


def write_page(path: Path, analysis: own.Analysis) -> None:
    """Write the report, whole or not at all.

    Parameters
    ----------
    path : Path
        Ends in ``.html``.
    analysis : helpers.own.Analysis

    Raises
    ------
    ValueError
        If the path ends otherwise.
    """
    if Path(path).suffix != ".html":
        raise ValueError(f"{Path(path).name} is no page; name it something.html")
    recording = analysis.recording
    bins, units = recording.spikes.shape
    name = escape(recording.name)
    said = [finding.line for finding in analysis.findings] or ["Nothing to warn of."]
    parts = [
        warning(recording),
        f"<h1>{name}</h1><p>{bins:,} bins of {1000 * recording.bin_s:g} ms × {units} units, "
        f"{len(recording.trials())} round trips on a {recording.geometry} of "
        f"{recording.length_m:.2f} m.</p>",
        _list(own.verdict_sentences(analysis)),
        "<h2>Inspection</h2>" + _list(map(escape, said)),
        "<h2>Embeddings</h2>" + _figure(spheres(analysis), recording),
        f"<h2>Decoding</h2><p>{escape(analysis.split_name)}</p>"
        + _table(*own.decoding_rows(analysis)) + _figure(paths(analysis), recording),
        "<h2>The ring</h2>" + _table(*own.ring_rows(analysis))
        + _figure(loops(analysis), recording),
        f'<p class="provenance">{_provenance(analysis)}</p>',
    ]  # fmt: skip
    head = f'<meta charset="utf-8"><title>{name}</title><style>{SHEET}</style>'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    body = "\n".join(parts)
    page = f'<html lang="en"><head>{head}</head>\n<body>{body}</body></html>'
    write_text(Path(path), f"<!DOCTYPE html>\n{page}\n")


def _list(items) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["".join(f"<th>{escape(cell)}</th>" for cell in head)]
    lines += ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _figure(picture: Picture, recording) -> str:
    if recording.source in style.STAMPS:
        style.stamp(picture.fig, recording.source)
    png = base64.b64encode(style.to_png(picture.fig)).decode("ascii")
    plt.close(picture.fig)
    return (
        f'<figure><img src="data:image/png;base64,{png}" alt="{escape(picture.alt)}">'
        f"<figcaption>{picture.caption}</figcaption></figure>"
    )


def _provenance(analysis: own.Analysis) -> str:
    known = ", ".join(f"{name} {version}" for name, version in versions().items())
    parts = (
        f"profile {analysis.profile}", f"seed {analysis.seed}", describe_device(), known,
        f"data {analysis.recording.digest[:8]}", f"source {analysis.recording.source}",
    )  # fmt: skip
    return escape(" · ".join(parts))


def main(arguments: list[str] | None = None) -> int:
    """Analyse a file and write its page; what the reader can mend comes as one line."""
    parser = argparse.ArgumentParser(prog="python -m helpers.own_page", description=__doc__)
    parser.add_argument("file", type=Path, help="a recording: .npz, .mat or .nwb")
    parser.add_argument("--out", type=Path, help="the page (beside the file, .html)")
    parser.add_argument("--profile", choices=("quick", "full"), default="quick")
    parser.add_argument("--seed", type=int, default=0)
    said = parser.add_argument_group("what goes before what the file says")
    said.add_argument("--unit", choices=tuple(UNITS), help="of position")
    said.add_argument("--geometry", choices=("line", "circle"))
    said.add_argument("--length", type=float, dest="length_m", metavar="M", help="of the track")
    said.add_argument("--bin", type=float, dest="bin_s", metavar="S", help="width of a bin")
    said.add_argument("--running", type=float, metavar="M/S", help="leave slower bins out")
    given = parser.parse_args(arguments)
    names = ("unit", "geometry", "length_m", "bin_s", "running")
    options = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    try:
        recording = read_recording(given.file, **options)
        style.use(recording)
        out = given.out or given.file.with_suffix(".html")
        write_page(out, own.analyse(recording, given.profile, given.seed))
    except (ValueError, OSError, RuntimeError) as error:
        hint = places.mend(error) if isinstance(error, OSError) else ""
        print(f"error: {error}{hint}", file=sys.stderr)
        return 1
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
