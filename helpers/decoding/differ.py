"""Why our medians and the paper's differ: from our protocol to theirs, one choice at a time."""

from __future__ import annotations

from collections.abc import Sequence

from helpers import claims

from .contest import MINE, TIME, Contest
from .names import CEBRA
from .neighbours import DecodingResult
from .paper import BEHAVIOUR, HELD_OUT, ByPaper
from .paper import TIME as THEIR_TIME
from .report import estimate

BATCH = "their batch of 20,000, trips glued"
SEEN = "the encoder saw the tested trips, unlabelled"
CLAIMS = {
    "posdir": "CEBRA, position + direction",
    "time": "CEBRA, time only",
    "pca": "PCA",
    "umap": "UMAP",
    "tsne": "t-SNE",
}


def why_we_differ(contest: Contest, theirs: ByPaper) -> list[claims.Path]:
    """From our median errors to the paper's, for each method that was decoded both ways.

    Parameters
    ----------
    contest : Contest
        Ours.
    theirs : ByPaper
        By the paper's protocol; its first rat is the contest's.

    Returns
    -------
    list of Path
        Empty on a recording that the paper does not speak of.
    """
    if not contest.is_achilles:
        return []
    ours, found = contest.results, theirs.found["achilles"]
    cebra = {
        "posdir": {
            "ours: batch of 512, trips cut": ours[MINE],
            "their width, rate, temperature": ours.get(CEBRA["posdir-paper"]),
            BATCH: theirs.theirs("achilles", BEHAVIOUR),
        },
        "time": {
            "ours: batch of 512, trips cut": ours[TIME],
            f"their settings, {BATCH.removeprefix('their ')}": theirs.theirs("achilles", HELD_OUT),
            SEEN: theirs.theirs("achilles", THEIR_TIME),
        },
    }
    planes = {
        id: {
            "ours: roots of counts summed over ten bins": ours.get(f"{method}, 2-D"),
            f"{'' if method == 'PCA' else 'their settings, '}ten bins side by side": found.get(
                (method, 2, "euclidean")
            ),
            "cosine neighbours: the angle alone": found.get((method, 2, "cosine")),
        }
        for id, method in (("pca", "PCA"), ("umap", "UMAP"), ("tsne", "t-SNE"))
    }
    return [
        claims.Path(
            f"{CLAIMS[id]}, median error (cm)",
            claims.published(f"decode.{id}.median_cm", "paper"),
            [_step(changed, results) for changed, results in steps.items() if results],
            [_step(f"ours, but {SEEN}", contest.held_out.seen)] if id == "time" else (),
        )
        for id, steps in (cebra | planes).items()
        if list(steps.values())[-1]
    ]


def _step(changed: str, results: Sequence[DecodingResult]) -> claims.Step:
    return claims.Step(changed, *estimate(results, "median_cm"))
