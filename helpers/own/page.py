"""The report page of a recording of one's own: one HTML file that holds all it shows.

What stands where is `report.html`'s business.
"""

from __future__ import annotations

import base64
from pathlib import Path

import matplotlib.pyplot as plt
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers import figures
from helpers.claims import describe_device, versions, warning
from helpers.figures import style
from helpers.files import write_text

from .study import Analysis

MARK = '<meta name="generator" content="A Ring from Spikes">'
"""By which a page of ours is known."""


def write_page(path: Path, analysis: Analysis) -> None:
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

    def png(picture: figures.Picture) -> str:
        if recording.source in style.STAMPS:
            style.stamp(picture.fig, recording.source)
        found = base64.b64encode(style.to_png(picture.fig)).decode("ascii")
        plt.close(picture.fig)
        return found

    here = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    here.filters["png"] = png
    page = here.get_template("report.html").render(
        analysis=analysis,
        recording=recording,
        warning=warning(recording),
        device=describe_device(),
        versions=versions(),
        figures=figures.own,
        style=style,
        mark=MARK,
    )
    write_text(Path(path), page + "\n")
