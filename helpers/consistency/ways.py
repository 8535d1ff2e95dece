"""By what were the rats aligned? The files do not say, and how well they agree hangs on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables

from .paper import HELD_OUT, IDS, LAPS, WAYS, ByPaper
from .rats import PARTS
from .summary import said, summary

GUESS = (
    "That is a guess about what was done, made when both numbers were known, and the paper's "
    "Methods name both directions; so it changes no verdict. It is the likeliest reason that this "
    "book has found; the authors' own script would settle it."
)


def table_of_ways(study: ByPaper, part: str) -> Markdown:
    """R² of every method, and of planes made otherwise, by each way to align, beside the published.

    Parameters
    ----------
    study : ByPaper
    part : {"train", "test"}

    Returns
    -------
    Markdown
    """
    published = {method: claim for method, where, claim in _published(study) if where == part}
    rows = []
    for method, made in dict.fromkeys((m, made) for m, made, *_ in study.found):
        stated = said(published[method].value, 3) if method in published and not made else "–"
        by_way = (study.found[method, made, part, way] for way in WAYS)
        name = f"{method}, {made}" if made else method
        rows.append([name, stated, *(said(summary(folds).mean) for folds in by_way)])
    return Markdown(tables.markdown([f"R², {LAPS[part]}", "published", *WAYS.values()], rows))


def nearest_way(study: ByPaper) -> Markdown:
    """Say how far each way to align comes from all published means, and which comes nearest.

    Parameters
    ----------
    study : ByPaper

    Returns
    -------
    Markdown
        Empty where the rats are not the paper's four, or a method is missing.
    """
    off = distances(study)
    if not off:
        return Markdown("")
    number = len(next(iter(off.values())))
    each = ", ".join(f"{WAYS[way]} {one.mean():.2f}" for way, one in off.items())
    best = min(off, key=lambda way: off[way].mean())
    nearest = (
        f"Nearest comes **{WAYS[best]}**, where none is off by more than {off[best].max():.2f}"
    )
    if best == "ring":
        nearest += ", as the Methods have it."
    else:
        nearest += f" (by {WAYS['ring']}, {off['ring'].max():.2f}). {GUESS}"
    return Markdown(f"Mean distance to the {number} published means: {each}. {nearest}")


def distances(study: ByPaper) -> dict[str, np.ndarray]:
    """How far our means lie from the published, training and held-out laps, (n,) by way to align.

    Parameters
    ----------
    study : ByPaper

    Returns
    -------
    dict
        Empty where the rats are not the paper's four, or a method is missing.
    """
    published = list(_published(study))
    if not study.is_real or len(published) < len(PARTS) * (len(IDS) - 1):
        return {}
    return {
        way: np.array([abs(study.theirs(m, part, way).mean - c.value) for m, part, c in published])
        for way in WAYS
    }


def _published(study: ByPaper) -> Iterator[tuple[str, str, claims.Claim]]:
    """Method, part and claim of what the paper states of methods that were run."""
    for method in study.methods if study.is_real else ():
        for part, end in PARTS.items():
            if method != HELD_OUT:
                id = f"consistency.rats.{IDS[method]}{end}"
                yield method, part, claims.published(id, "paper")
