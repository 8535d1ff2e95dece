"""The report page of a recording of one's own: one HTML file that holds all it shows.

``python -m helpers.own_page FILE`` reads a ``.npz``, ``.mat`` or ``.nwb``, inspects it, does the
whole analysis, and writes the page beside it. What stands where is `report.html`'s business.
"""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path

import matplotlib.pyplot as plt
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers import figures, places
from helpers.claims import describe_device, versions, warning
from helpers.figures import style
from helpers.files import write_text

from . import study
from .files import read_recording
from .study import Analysis
from .track import UNITS


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
    )
    write_text(Path(path), page + "\n")


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
        write_page(out, study.analyse(recording, given.profile, given.seed))
    except (ValueError, OSError, RuntimeError) as error:
        hint = places.mend(error) if isinstance(error, OSError) else ""
        print(f"error: {error}{hint}", file=sys.stderr)
        return 1
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
