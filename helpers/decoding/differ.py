"""Why our medians and the paper's differ: from our protocol to theirs, one choice at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpers import claims

from .contest import MINE, TIME, Contest
from .names import CEBRA
from .neighbours import DecodingResult
from .paper import BEHAVIOUR, HELD_OUT, ByPaper
from .paper import TIME as THEIR_TIME
from .planes import BESIDE, METRICS, Found
from .report import estimate

BATCH = "their batch of 20,000, trips glued"
SEEN = "the encoder saw the tested trips, unlabelled"
PLANES = {"pca": "PCA", "umap": "UMAP", "tsne": "t-SNE"}
CLAIMS = {
    "posdir": "CEBRA, position + direction",
    "time": "CEBRA, time only",
    **PLANES,
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
            f"{'' if method == 'PCA' else 'their settings, '}counts, not their roots": found.get(
                (method, 2, "euclidean")
            ),
            "cosine neighbours: the angle alone": found.get((method, 2, "cosine")),
        }
        for id, method in PLANES.items()
    }
    tried = _tried(contest, found)
    return [
        claims.Path(
            f"{CLAIMS[id]}, median error (cm)",
            claims.published(f"decode.{id}.median_cm", "paper"),
            _taken(steps),
            _taken(tried.get(id, {})),
        )
        for id, steps in (cebra | planes).items()
        if list(steps.values())[-1]
    ]


def _tried(contest: Contest, found: Found) -> dict[str, dict]:
    """What else was tried, by claim, where the files do not say what was done."""
    return {"time": {f"ours, but {SEEN}": contest.held_out.seen}} | {
        id: {
            f"{metric}, ten bins {BESIDE}": found.get((method, 2, f"{metric}, {BESIDE}"))
            for metric in METRICS
        }
        for id, method in PLANES.items()
    }


def _taken(steps: Mapping[str, Sequence[DecodingResult] | None]) -> list[claims.Step]:
    return [_step(changed, results) for changed, results in steps.items() if results]


def _step(changed: str, results: Sequence[DecodingResult]) -> claims.Step:
    return claims.Step(changed, *estimate(results, "median_cm"))
