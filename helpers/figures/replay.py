"""A slider and a play button that walk through a recording: for the globe and for the track.

`SCRIPT` defines ``bookReplay(figure, count, rate, show)``: it drives the controls within `figure`
through `count` steps, `rate` of them a second, and writes what ``show(step)`` returns beside them.
Who asked for less motion gets the slider without the play button.
"""

from html import escape
from pathlib import Path

SCRIPT = "\n" + Path(__file__).with_name("replay.js").read_text(encoding="utf-8")


def controls(label: str) -> str:
    """Write slider, button and the line that says where one is; hidden until the script runs.

    `label` says to those who cannot see it what the slider moves through.
    """
    return (
        '<div class="book-replay" hidden><button type="button" aria-pressed="false">play</button>'
        f'<input type="range" min="0" value="0" step="1" aria-label="{escape(label, quote=True)}" '
        'style="width:60%;vertical-align:middle"><output></output></div>'
    )
