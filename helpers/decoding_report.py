"""Tables and sentences of the decoding chapter, made from results: no text outlives its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from helpers.claims import Claim, published
from helpers.decoding import DecodingResult
from helpers.scores import Difference, bootstrap, interval, mean_score, seed_sd

Estimate = tuple[float, float, float]
"""A value and the two ends of its interval."""

COLUMNS = {
    "median_cm": "median error (cm)",
    "mean_cm": "mean error (cm)",
    "r2": "R² of position",
    "r2_total": "R² of position, direction",
    "direction": "direction right",
}

SHARES = {"close": 0.05, "about": 0.10}
"""Let pass in any case, as ``shares`` in data/claims.yml."""


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
    lines = [_line(head), _line(["---", *["--:"] * (len(head) - 1)])]
    for name, results in methods.items():
        value, low, high = estimate(results, "median_cm")
        sd = seed_sd(results, "median_cm")
        cells = [name, f"**{value:.1f}**", f"{low:.1f} to {high:.1f}"]
        cells += ["–" if sd is None else f"± {sd:.2f}"]
        cells += [f"{mean_score(results, 'median_cm', running=True):.1f}"]
        cells += [f"{mean_score(results, 'mean_cm'):.1f}"]
        cells += [f"{mean_score(results, metric):.3f}" for metric in ("r2", "r2_total")]
        cells += [f"{mean_score(results, 'direction'):.1%}"]
        lines.append(_line(cells))
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


class Judged(NamedTuple):
    """A line of the table of verdicts: what is claimed, by whom, and what we measured."""

    text: str
    claim: Claim
    value: float
    sd: float | None = None


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
        Of `helpers.scores.score`, the one that the claim speaks of.
    results : sequence of DecodingResult
    """
    value, sd = mean_score(results, metric), seed_sd(results, metric)
    return Judged(text, published(id, said_by), value, sd)


def verdict_table(lines: Sequence[Judged], caveat: str = "", judged: bool = True) -> str:
    """Write claims, measured values and verdicts as a Markdown table.

    Parameters
    ----------
    lines : sequence of Judged
    caveat : str
        Added to each verdict, for example "(quick run)".
    judged : bool
        False on a recording that the claims do not speak of.
    """
    table = [_line(["who", "claim", "published", "measured", "verdict"])]
    table += [_line(["---", "---", "--:", "--:", "---"])]
    for text, claim, value, sd in lines:
        sign = {">": "above ", "~": "about "}.get(claim.more.get("relation"), "")
        said = f"{sign}{claim.value:g}" + (f" ± {claim.sd:g}" if claim.sd else "")
        digits = 1 if abs(value) >= 10 else 2 if abs(value) > 1 else 3
        ours = f"{value:.{digits}f}" + (f" ± {sd:.{digits}f}" if sd else "")
        word = "reproduced" if holds(claim, value, sd) else "**not reproduced**"
        word = f"{word} {caveat}".strip() if judged else "not judged on this recording"
        table.append(_line([claim.said_by, text, said, ours, word]))
    return "\n".join(table)


def holds(claim: Claim, value: float, sd: float | None = None) -> bool:
    """Judge a number by the claim's own rule.

    Parameters
    ----------
    claim : Claim
        With a rule ``close`` or ``about`` (within two joint standard deviations or a share of the
        published value), or ``more``.
    value : float
        Ours.
    sd : float, optional
        Ours, over seeds.

    Raises
    ------
    ValueError
        If the rule is of another kind.
    """
    kind = claim.rule["kind"]
    if kind == "more":
        return value > claim.value
    if kind not in SHARES:
        raise ValueError(f"claim {claim.id} by the {claim.said_by} is judged by {kind!r}, not here")
    spread = 2 * ((sd or 0) ** 2 + (claim.sd or 0) ** 2) ** 0.5
    share = claim.rule.get("share", SHARES[kind])
    return abs(value - claim.value) <= max(spread, share * abs(claim.value))


def _span(difference: Difference) -> str:
    return f"{difference.low:+.1f} to {difference.high:+.1f}".replace("-", "−")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
