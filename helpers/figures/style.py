"""The book's look: one style file, a palette by name, and `show`, which puts a figure on the page.

A chapter calls `use(rec)` once. From then on every figure is dark down to its legends, colour bars
and 3-D panes, and `show` stamps it "simulated" whenever the recording is not a real rat, or, less
loudly, "synthetic" where the data were never meant to be one.
"""

from __future__ import annotations

import base64
import html
import io
import re
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
from IPython.display import HTML, display
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation
from PIL import Image

STYLE_FILE = Path(__file__).with_name("book.mplstyle")

PAGE, BACKGROUND, CARD = "#060b10", "#0a0f14", "#0e1419"
TEAL, CORAL, AMBER, BLUE, VIOLET, GREY = (
    "#64dcc8", "#e74c6f", "#f2c14e", "#6ab0f3", "#b79bf2", "#93a5af",
)  # fmt: skip
INK, MUTED, EDGE, GRID = "#dfe9ee", "#a9b9c2", "#2f3f49", "#1c2831"
RIGHT, LEFT = TEAL, CORAL  # running direction, the same in every chapter

VARIANT_COLOURS = {"posdir": TEAL, "pos": BLUE, "dir": CORAL, "time": AMBER, "shuffled": GREY}
VARIANT_NAMES = {
    "posdir": "position + direction",
    "pos": "position",
    "dir": "direction",
    "time": "time only",
    "shuffled": "shuffled labels",
}

# Lightness rises steadily from indigo to cream: position reads in grey and for colour-blind eyes.
POSITION_STOPS = ("#4a3f9e", "#3f6fc4", "#38a3c4", "#64dcc8", "#b4efb0", "#fbf6c9")
POSITION = LinearSegmentedColormap.from_list("book.position", POSITION_STOPS)
matplotlib.colormaps.register(POSITION, force=True)

STAMPS = {"simulated": CORAL, "synthetic": MUTED}  # sources that a figure must not hide
_state: dict[str, str | None] = {"source": None}
_key: dict = {"name": None, "picture": (None, "")}  # a chapter's key picture, for its head


def use(recording=None) -> None:
    """Switch matplotlib to the book's style and remember where the figures' data come from.

    Parameters
    ----------
    recording : helpers.recordings.Recording or helpers.synthetic.Population, optional
        What the chapter's figures will show. Without it only the style is set, and `show`
        refuses to work: it could not know whether to stamp "simulated".
    """
    plt.style.use(STYLE_FILE)
    _state["source"] = None if recording is None else recording.source


def remember(name: str | None) -> None:
    """Keep the picture of this name when `show` puts it on the page, for the page's head."""
    _key.update(name=name, picture=(None, ""))


def remembered() -> tuple[bytes | None, str]:
    """Return the picture that was to be kept, as PNG, and its alternative text; None if not shown.

    Returns
    -------
    tuple
    """
    return _key["picture"]


def stamp(fig: Figure, text: str = "simulated") -> Figure:
    """Write `text` into the figure's upper right corner, so no copy of it can lose it."""
    colour = STAMPS[text]
    inside = ScaledTranslation(-7 / 72, -7 / 72, fig.dpi_scale_trans)  # the frame, too
    fig.text(
        1, 1, text.upper(), color=colour, fontsize=9, fontweight="bold",
        ha="right", va="top", gid="stamp", transform=fig.transFigure + inside,
        bbox={"boxstyle": "round,pad=0.35", "facecolor": BACKGROUND, "edgecolor": colour},
    )  # fmt: skip
    return fig


def stamped(fig: Figure) -> Figure:
    """Stamp a figure with what the chapter's data are, where they are no recording.

    Raises
    ------
    RuntimeError
        `use(recording)` has not been called.
    """
    if _state["source"] is None:
        raise RuntimeError("show() cannot tell real from simulated; call style.use(rec) first")
    return stamp(fig, _state["source"]) if _state["source"] in STAMPS else fig


def to_png(fig: Figure, colours: int = 256, dpi: float | None = None) -> bytes:
    """Return `fig` as PNG bytes of at most `colours` colours, a third of the full weight."""
    buffer = io.BytesIO()
    # savefig would hand a figure that chose layout="none" over to the style's layout afterwards
    with plt.rc_context({"figure.constrained_layout.use": False}):
        fig.savefig(buffer, format="png", dpi=dpi or plt.rcParams["savefig.dpi"])
    full = Image.open(buffer).convert("RGB")
    palette = full.quantize(colours)
    picture = full.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    out = io.BytesIO()
    picture.save(out, format="png", optimize=True)
    return out.getvalue()


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure with what a page says of it; `show` puts it there.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    alt : str
        What a reader who cannot see the figure needs to know.
    caption : str
        Shown below the figure; may hold inline HTML such as ``<em>``.
    name : str
        Lower-case words joined by hyphens; the anchor is ``#fig-NAME``.
    schematic : bool
        A diagram of the method, which shows no data and so needs no stamp.

    Raises
    ------
    ValueError
        `alt` or `caption` is empty, or `name` is no such name.
    """

    fig: Figure
    alt: str
    caption: str
    name: str
    schematic: bool = False

    def __post_init__(self):
        for what in ("alt", "caption"):
            if not (getattr(self, what) or "").strip():
                raise ValueError(f"figure {self.name!r} has an empty {what}; say what it shows")
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.name):
            raise ValueError(f"figure name {self.name!r} is not lower-case words joined by hyphens")


def show(picture: Picture | HTML) -> None:
    """Display a picture as a PNG with alternative text and a caption, then close its figure.

    The PNG carries `alt` in its output metadata (`_ext/alttext.py` moves it into the page), the
    caption follows as ``<p class="book-caption" id="fig-NAME">``. What is HTML already (a figure
    that turns, a player) is displayed as it is.

    Raises
    ------
    RuntimeError
        `use(recording)` has not been called.
    """
    if isinstance(picture, HTML):
        display(picture)
        return
    raw = to_png(picture.fig if picture.schematic else stamped(picture.fig))
    if picture.name == _key["name"]:
        _key["picture"] = (raw, picture.alt)
    png = base64.b64encode(raw).decode("ascii")
    plt.close(picture.fig)
    data = {"image/png": png, "text/plain": picture.alt}
    display(data, metadata={"image/png": {"alt": picture.alt}}, raw=True)
    anchor = html.escape(picture.name)
    display(HTML(f'<p class="book-caption" id="fig-{anchor}">{picture.caption}</p>'))
