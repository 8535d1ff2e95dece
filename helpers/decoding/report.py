"""Tables and sentences of the decoding chapter, made from results: no text outlives its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from IPython.display import Markdown

from helpers import tables
from helpers.claims import Judged, published

from .neighbours import DecodingResult
from .scores import Difference, bootstrap, interval, mean_score, seed_sd
from .splits import N_FOLDS, Split, trip_of_bin

if TYPE_CHECKING:
    from helpers.recordings import Recording

Estimate = tuple[float, float, float]
"""A value and the two ends of its interval."""

COLUMNS = {
    "median_cm": "median error (cm)",
    "mean_cm": "mean error (cm)",
    "r2": "R² of position",
    "r2_total": "R² of position, direction",
    "direction": "direction right",
}


def estimate(results: Sequence[DecodingResult], metric: str, running: bool = False) -> Estimate:
    """Mean score and its interval over round trips."""
    return (
        mean_score(results, metric, running),
        *interval(bootstrap(results, metric, running=running)),
    )


def score_table(methods: Mapping[str, Sequence[DecodingResult]]) -> str:
    """Write scores of several methods as a Markdown table.

    Parameters
    ----------
    methods : mapping of str to sequence of DecodingResult
        By the name to print.

    Returns
    -------
    str
        One row a method: the median error of all bins, with its interval over trips and its
        standard deviation over seeds, of running bins; and the other scores.
    """
    head = ["method", "median error (cm)", "over trips", "over seeds"]
    head += [COLUMNS[metric] for metric in ("mean_cm", "r2", "r2_total", "direction")]
    head += ["median error, running bins"]
    rows = []
    for name, results in methods.items():
        value, low, high = estimate(results, "median_cm")
        sd = seed_sd(results, "median_cm")
        cells = [name, f"**{value:.1f}**", f"{low:.1f} to {high:.1f}"]
        cells += ["–" if sd is None else f"± {sd:.2f}"]
        cells += [f"{mean_score(results, 'mean_cm'):.1f}"]
        cells += [f"{mean_score(results, metric):.3f}" for metric in ("r2", "r2_total")]
        cells += [f"{mean_score(results, 'direction'):.1%}"]
        cells += [f"{mean_score(results, 'median_cm', running=True):.1f}"]
        rows.append(cells)
    return tables.markdown(head, rows)


def compare(first: str, second: str, difference: Difference) -> str:
    """Say in one sentence which of two methods has the smaller error, if either has.

    Parameters
    ----------
    first, second : str
        Names; ``difference`` is the error of the first less that of the second, centimetres.
    difference : Difference

    Returns
    -------
    str
    """
    span = f"{abs(difference.value):.1f} cm (interval of the difference {_span(difference)})"
    if difference.sign == 0:
        return f"{first} and {second} cannot be told apart: they differ by {span}."
    better, worse = (first, second) if difference.sign < 0 else (second, first)
    return f"{better} beats {worse} by {span}."


def judge(
    text: str, id: str, said_by: str, metric: str, results: Sequence[DecodingResult]
) -> Judged:
    """Set a published claim beside our results.

    Parameters
    ----------
    text : str
        What is claimed.
    id, said_by : str
        The claim's key, without its "decode.".
    metric : str
        Of `helpers.decoding.scores.score`, the one that the claim speaks of.
    results : sequence of DecodingResult
    """
    value, sd = mean_score(results, metric), seed_sd(results, metric)
    return Judged(text, published(f"decode.{id}", said_by), value, sd)


def split_table(recording: Recording, splits: Sequence[Split]) -> Markdown:
    """Count the bins and round trips of each part of several splits; the first are the nested."""
    trips = trip_of_bin(recording)
    rows = [
        [s.name, *(f"{len(b):,} ({len(set(trips[b]))})" for b in (s.train, s.valid, s.test))]
        for s in splits
    ]
    tested = sum(len(set(trips[split.test])) for split in splits[:N_FOLDS])
    head = ["split", "training bins (trips)", "validation", "test"]
    return Markdown(
        f"{tables.markdown(head, rows)}\n\nThe nested folds test {tested} round trips between "
        "them. These, and not the bins, are what our intervals resample: a hundred bins of one "
        "trip are one trip."
    )


def _span(difference: Difference) -> str:
    return f"{difference.low:+.1f} to {difference.high:+.1f}".replace("-", "−")
