"""Tables and sentences of the decoding chapter, made from results: no text outlives its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpers.claims import Judged, published, row_of, verdicts

from .neighbours import DecodingResult
from .scores import Difference, bootstrap, interval, mean_score, seed_sd

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
    head = ["method", "median error (cm)", "over trips", "over seeds", "running bins"]
    head += [COLUMNS[metric] for metric in ("mean_cm", "r2", "r2_total", "direction")]
    lines = [row_of(head), row_of(["---", *["--:"] * (len(head) - 1)])]
    for name, results in methods.items():
        value, low, high = estimate(results, "median_cm")
        sd = seed_sd(results, "median_cm")
        cells = [name, f"**{value:.1f}**", f"{low:.1f} to {high:.1f}"]
        cells += ["–" if sd is None else f"± {sd:.2f}"]
        cells += [f"{mean_score(results, 'median_cm', running=True):.1f}"]
        cells += [f"{mean_score(results, 'mean_cm'):.1f}"]
        cells += [f"{mean_score(results, metric):.3f}" for metric in ("r2", "r2_total")]
        cells += [f"{mean_score(results, 'direction'):.1%}"]
        lines.append(row_of(cells))
    return "\n".join(lines)


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
        The claim's key.
    metric : str
        Of `helpers.decoding.scores.score`, the one that the claim speaks of.
    results : sequence of DecodingResult
    """
    value, sd = mean_score(results, metric), seed_sd(results, metric)
    return Judged(text, published(id, said_by), value, sd)


def verdict_table(lines: Sequence[Judged], caveat: str = "", judged: bool = True) -> str:
    """Write claims, measured values and verdicts; see `helpers.claims.verdicts.verdict_table`.

    One claim has several rows here, a split each, so every row is judged by the rule alone; the
    scorecard weighs them together.
    """
    return verdicts.verdict_table(lines, caveat, judged, by_rule=True)


def _span(difference: Difference) -> str:
    return f"{difference.low:+.1f} to {difference.high:+.1f}".replace("-", "−")
