"""Who saw what, on the session's time line: static for all protocols, and one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from . import style
from .flipbook import Frame, flipbook
from .style import Picture

if TYPE_CHECKING:
    from helpers.decoding import Protocol
    from helpers.recordings import Recording

WITH, WITHOUT, TESTED = style.TEAL, style.BLUE, style.AMBER
ALT = (
    "three bars along the session: bins that trained the encoder, bins that the decoder has as "
    "neighbours, and bins that are scored"
)


def who_saw_what(protocols: Sequence[Protocol], rec: Recording) -> Picture:
    """All protocols below one another, with the rat's path above."""
    fig, axes = plt.subplots(
        len(protocols) + 1, 1, figsize=(9.5, 1.25 * len(protocols) + 1.9), sharex=True
    )
    _path(axes[0], rec)
    for ax, protocol in zip(axes[1:], protocols, strict=True):
        _bars(ax, protocol, rec)
        ax.set_title(protocol.title, fontsize=10)
    axes[-1].set_xlabel("time into the session (min)")
    _legend(fig)
    return Picture(
        fig,
        alt=f"For each of {len(protocols)} protocols {ALT}. Under a random split of bins all three "
        "are mixed along the whole session; in the others the scored trips stand apart from "
        "what the decoder has, and in the last two from what trained the encoder.",
        caption="Who saw what. Above, the rat's path. A scored bin is held out in earnest only "
        "where neither the encoder nor the decoder has a bin of the same trip.",
        name="who-saw-what",
    )


def one_at_a_time(protocols: Sequence[Protocol], rec: Recording) -> HTML:
    """One protocol at a time, with the error that it gives."""
    frames = []
    for protocol in protocols:
        fig, axes = plt.subplots(2, 1, figsize=(8.5, 3.0), sharex=True)
        _path(axes[0], rec)
        _bars(axes[1], protocol, rec)
        axes[1].set_xlabel("time into the session (min)")
        frames.append(Frame(protocol.title, protocol.said, fig, f"{protocol.title}: {ALT}"))
    return flipbook(
        frames,
        name="choose-a-split",
        question="Choose a protocol, and see what the same network scores",
        caption="Means over the protocol's folds and seeds, as in the tables above.",
        slider=False,
    )


def _path(ax: Axes, rec: Recording) -> None:
    ax.plot(_minutes(rec), rec.position, color=style.MUTED, lw=0.6)
    ax.set(ylabel="position (m)", xlim=(0, len(rec.position) * rec.bin_s / 60))


def _minutes(rec: Recording) -> np.ndarray:
    return np.arange(len(rec.position)) * rec.bin_s / 60


def _bars(ax: Axes, protocol: Protocol, rec: Recording) -> None:
    seen = WITH if protocol.labelled else WITHOUT
    rows = (
        ("encoder", protocol.encoder, seen),
        ("decoder", protocol.split.train, WITH),
        ("scored", protocol.split.test, TESTED),
    )
    minutes = _minutes(rec)
    for number, (_, bins, colour) in enumerate(rows):
        inside = np.zeros(len(minutes), bool)
        inside[bins] = True
        low = -number
        ax.fill_between(minutes, low, low + 0.75, where=inside, color=colour, step="post", lw=0)
    ax.set(ylim=(-2.2, 0.95), yticks=[0.37, -0.63, -1.63], yticklabels=[name for name, *_ in rows])
    ax.tick_params(axis="y", length=0)
    ax.grid(False)


def _legend(fig) -> None:
    words = {WITH: "seen, with labels", WITHOUT: "seen, without labels", TESTED: "scored"}
    handles = [Line2D([], [], color=colour, lw=6, label=text) for colour, text in words.items()]
    fig.legend(handles=handles, loc="outside lower center", ncols=3)
