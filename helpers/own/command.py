"""``python -m helpers.book analyse FILE``: a recording of one's own read, analysed, reported.

Writes a page, ``FILE.html``, that needs nothing else, and every number of it as ``FILE.json``.
Where they go is tried before anything is trained.
"""

from __future__ import annotations

import argparse
import json
import uuid
from pathlib import Path

from helpers.figures import style
from helpers.files import write_text

from . import study
from .files import read_recording
from .movement import Running
from .page import MARK, write_page
from .scaling import SCALINGS
from .track import UNITS

EXAMPLES = """examples:
  python -m helpers.book analyse rat.npz --unit cm
  python -m helpers.book analyse session.nwb --position-key led --epochs "epochs: label == 'maze'"
  python -m helpers.book analyse mouse.mat --field session --running 0.05 --profile full
"""
MADE_BY = "A Ring from Spikes"
"""By which numbers of ours are known."""
NAMES = (
    "unit", "scale", "geometry", "length_m", "ends", "centre", "margin_m", "bin_s", "max_gap_s",
    "position_file", "field", "position_key", "epochs", "units_where", "traces_key",
    "without_direction",
)  # fmt: skip
"""Options that go to `read_recording` as they are."""


def add_options(command: argparse.ArgumentParser) -> None:
    """Describe the command: every question that a message of this wing names has an option."""
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.epilog = EXAMPLES
    command.add_argument("file", type=Path, help="a recording: .npz, .mat or .nwb")
    command.add_argument("--out", type=Path, help="the page (beside the file, .html)")
    command.add_argument("--profile", choices=("quick", "full"), default="quick")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--scaling", choices=SCALINGS, default=SCALINGS[0], help="of traces")
    said = command.add_argument_group("what goes before what the file says")
    said.add_argument("--unit", choices=tuple(UNITS), help="of position")
    said.add_argument("--scale", type=float, metavar="M", help="metres of one unit of position")
    said.add_argument("--geometry", choices=("line", "circle"))
    said.add_argument("--length", type=float, dest="length_m", metavar="M", help="of the track")
    unit = "of a line, in position's unit; NWB: in metres"
    said.add_argument("--ends", type=_points, metavar="X,Y:X,Y", help=unit)
    said.add_argument("--centre", type=_point, metavar="X,Y", help="of a circle, likewise")
    said.add_argument(
        "--margin", type=float, dest="margin_m", metavar="M", help="how far off the track is on it"
    )
    said.add_argument("--bin", type=float, dest="bin_s", metavar="S", help="width of a bin")
    said.add_argument(
        "--max-gap", type=float, dest="max_gap_s", metavar="S", help="in tracking, bridged"
    )
    runs = command.add_argument_group("which bins")
    runs.add_argument("--running", type=float, metavar="M/S", help="leave slower bins out")
    runs.add_argument("--bridge", type=float, metavar="S", help="keep shorter stops within a run")
    runs.add_argument("--shortest", type=float, metavar="S", help="leave shorter runs out")
    asked = command.add_argument_group("questions to the file")
    asked.add_argument("--position-file", metavar="NPZ", help="a second .npz, with the position")
    asked.add_argument("--field", help="the struct of a .mat: session, or session.rat")
    asked.add_argument("--position-key", metavar="NAME", help="series of an .nwb; x,y: two of them")
    asked.add_argument(
        "--epochs", metavar="TABLE", help="intervals of an .nwb: trials, or epochs: label == 'maze'"
    )
    asked.add_argument("--units-where", metavar="QUERY", help="units of an .nwb: quality == 'good'")
    asked.add_argument("--traces-key", metavar="NAME", help="series of regions' traces of an .nwb")
    asked.add_argument("--without-direction", action="store_const", const=True,
                       help="read it off the movement")  # fmt: skip


def do_analyse(given: argparse.Namespace) -> int:
    """Analyse a file and write its page and its numbers; print where they are."""
    out = given.out or given.file.with_suffix(".html")
    check_out(out)
    options = {name: getattr(given, name) for name in NAMES if getattr(given, name) is not None}
    if given.running is not None:
        more = {"bridge_s": given.bridge, "shortest_s": given.shortest}
        more = {name: value for name, value in more.items() if value is not None}
        options["running"] = Running(given.running, **more)
    recording = read_recording(given.file, **options)
    style.use(recording)
    analysis = study.analyse(recording, given.profile, given.seed, scaling=given.scaling)
    write_page(out, analysis)
    numbers = out.with_suffix(".json")
    write_text(
        numbers,
        json.dumps({"made_by": MADE_BY, **analysis.numbers()}, indent=1, ensure_ascii=False) + "\n",
    )
    print(out)
    print(numbers)
    return 0


def check_out(out: Path) -> None:
    """Raise before anything is trained if page or numbers cannot be written, or cover another's.

    Raises
    ------
    ValueError
        The name is none of a page, or a file of somebody else's stands there.
    OSError
        The folder cannot be written.
    """
    if out.suffix != ".html":
        raise ValueError(f"{out.name} is no page; name it something.html: --out")
    if out.is_file() and MARK not in out.read_text(encoding="utf-8", errors="replace"):
        raise ValueError(f"{out} is a page that is not ours; name another: --out")
    numbers = out.with_suffix(".json")
    if numbers.is_file() and MADE_BY not in numbers.read_text(encoding="utf-8", errors="replace"):
        raise ValueError(f"{numbers} holds numbers that are not ours; name another page: --out")
    trial = out.parent / f".{uuid.uuid4().hex}"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        trial.touch()
        trial.unlink()
    except OSError as error:
        reason = f"{out.parent} cannot be written ({error.strerror})"
        raise OSError(f"{reason}; name another place for the page: --out") from None


def _point(text: str) -> list[float]:
    numbers = [float(one) for one in text.split(",")]
    if len(numbers) != 2:
        raise ValueError(text)
    return numbers


def _points(text: str) -> list[list[float]]:
    points = [_point(one) for one in text.split(":")]
    if len(points) != 2:
        raise ValueError(text)
    return points
