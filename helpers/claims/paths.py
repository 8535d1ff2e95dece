"""Why we differ: from our number to a published one, one choice changed at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from IPython.display import Markdown

from helpers import tables

from .published import Claim
from .rules import digits
from .verdicts import stated


class Step(NamedTuple):
    """A measurement on the way, and what was changed since the one before."""

    changed: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Path:
    """The way from our protocol to a source's.

    Attributes
    ----------
    title : str
        What is claimed, with its unit.
    claim : Claim
        What the source states.
    steps : sequence of Step
        The first is ours, the last the source's own protocol.
    tried : sequence of Step
        What else was tried, where the source does not say what it did.
    """

    title: str
    claim: Claim
    steps: Sequence[Step]
    tried: Sequence[Step] = ()

    @property
    def largest(self) -> Step:
        """The step that goes farthest."""
        moved = zip(self.steps, self.steps[1:], strict=False)
        return max(moved, key=lambda pair: abs(pair[1].value - pair[0].value))[1]


def table_of_paths(paths: Sequence[Path]) -> Markdown:
    """Say for each path where the difference goes.

    Parameters
    ----------
    paths : sequence of Path

    Returns
    -------
    Markdown
    """
    rows = []
    for path in paths:
        first, *_, last = path.steps
        place = digits(first.value)
        ours, theirs = (f"{step.value:.{place}f}" for step in (first, last))
        tried = "; ".join(f"{one.changed}: {one.value:.{place}f}" for one in path.tried) or "–"
        row = [path.title, path.largest.changed, ours, theirs, stated(path.claim), tried]
        rows.append(row)
    head = ["claim", "what moves it most", "ours", "by their protocol", "published", "also tried"]
    return boxed(tables.markdown(head, rows, left=2))


def boxed(text: str) -> Markdown:
    """Set what explains a difference apart from the page's flow.

    Parameters
    ----------
    text : str
        Markdown.

    Returns
    -------
    Markdown
    """
    return Markdown(f'<div class="book-differ" data-label="why we differ">\n\n{text}\n\n</div>')
