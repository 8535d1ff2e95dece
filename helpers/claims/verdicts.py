"""Verdicts: what a claim's own rule, in data/claims.yml, makes of what was measured.

The one place where the book judges. Chapters set their lines with `verdict_table`; the scorecard
asks `verdict` about every claim. `helpers/claims/rules.py` holds the rules themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from IPython.display import Markdown

from .published import Claim
from .rules import digits, reason, satisfied, shown

REPRODUCED, NOT_REPRODUCED = "reproduced", "not reproduced"
LEAKAGE, CONTRADICTION = "only with leakage", "contradicts itself"
NOT_TESTABLE, OPEN, NOT_JUDGED = "not testable here", "open", "not judged on this recording"
WORDS = (
    REPRODUCED,
    NOT_REPRODUCED,
    LEAKAGE,
    CONTRADICTION,
    NOT_TESTABLE,
    OPEN,
    NOT_JUDGED,
)
"""All verdicts there are, in the order in which the scorecard counts them."""

Value = float | Sequence[float] | Mapping[str, object] | str | bool
Spread = float | Mapping[str, float | None] | None


class Verdict(NamedTuple):
    """A word of `WORDS` and, in one line, why."""

    word: str
    why: str


class Measured(NamedTuple):
    """What we measured and its standard deviation over seeds, in the form of the claim."""

    value: Value | None
    sd: Spread = None


class Judged(NamedTuple):
    """A line of the table of verdicts: what is claimed, by whom, and what we measured."""

    text: str
    claim: Claim
    value: Value | None
    sd: Spread = None
    honest: Measured | None = None


def verdict(
    claim: Claim,
    value: Value | None,
    sd: Spread = None,
    judged: bool = True,
    honest: Measured | None = None,
) -> Verdict:
    """Judge a measurement, None if there is none, by the claim's rule.

    `honest` is the same without leakage: if it breaks the rule that `value` keeps, the claim holds
    with leakage only. Where the claim's entry holds `elsewhere`, what the same source states in
    another place, and that breaks the claim's own rule, the source contradicts itself, whatever we
    measure. `judged` is False on a recording that the claim does not speak of.
    """
    if claim.rule["kind"] == "open":
        return Verdict(NOT_TESTABLE, claim.rule["because"])
    if not judged:
        return Verdict(NOT_JUDGED, "it is about another recording")
    if value is None:
        return Verdict(OPEN, "nothing measured it in this run")
    holds_here, why = satisfied(claim, value, sd), reason(claim, value, sd)
    other = claim.more.get("elsewhere")
    if other is not None and not satisfied(claim, other["value"]):
        fits = [claim.where] if holds_here else []
        if isinstance(other["value"], bool):  # one of two opposites: ours fits the other
            fits_there = not holds_here
        else:
            stated_elsewhere = Claim(**{**vars(claim), "value": other["value"]})
            fits_there = satisfied(stated_elsewhere, value, sd)
        fits += [other["where"]] if fits_there else []
        match = f"ours fits the {' and the '.join(fits)}" if fits else "ours fits neither"
        return Verdict(
            CONTRADICTION,
            f"{claim.where}: {stated(claim)}; {other['where']}: {shown(other['value'])}; {match}",
        )
    if not holds_here:
        return Verdict(NOT_REPRODUCED, why)
    if honest is not None and honest.value is not None:
        if not satisfied(claim, honest.value, honest.sd):
            return Verdict(LEAKAGE, f"without leakage: {reason(claim, *honest)}")
        return Verdict(REPRODUCED, f"{why}; also without leakage: {shown(honest.value)}")
    return Verdict(REPRODUCED, why)


def holds(claim: Claim, value: Value, sd: Spread = None) -> bool:
    """Say whether a measurement keeps the claim's rule, whatever else the source states."""
    return satisfied(claim, value, sd)


def verdict_table(
    lines: Sequence[Judged], caveat: str = "", judged: bool = True, by_rule: bool = False
) -> str:
    """Write claims, measured values and verdicts as a Markdown table.

    Parameters
    ----------
    lines : sequence of Judged
    caveat : str
        Added to each verdict that was reached, for example "(quick profile)".
    judged : bool
        False on a recording that the claims do not speak of.
    by_rule : bool
        Judge each row by the rule alone: for tables that set one claim beside several splits.

    Returns
    -------
    str
    """
    table = [row_of(["who", "claim", "published", "measured", "verdict"])]
    table += [row_of(["---", "---", "--:", "--:", "---"])]
    for text, claim, value, sd, honest in lines:
        if by_rule and judged and claim.rule["kind"] != "open":
            word = REPRODUCED if holds(claim, value, sd) else NOT_REPRODUCED
        else:
            word = verdict(claim, value, sd, judged, honest).word
        table.append(
            row_of([claim.said_by, text, stated(claim), ours(value, sd), set_word(word, caveat)])
        )
    return "\n".join(table)


def verdicts_on(
    lines: Sequence[Judged],
    caveat: str = "",
    judged: bool = True,
    by_rule: bool = False,
    said: str = "",
) -> Markdown:
    """Display claims, measured values and verdicts; `said` stands above, the rest as above."""
    table = verdict_table(lines, caveat, judged, by_rule)
    return Markdown(f"{said}\n\n{table}" if said else table)


def set_word(word: str, caveat: str = "") -> str:
    """Set a verdict for a table: what a reader must not overlook in bold, with the caveat."""
    if word in (NOT_TESTABLE, OPEN, NOT_JUDGED):
        return word
    loud = word if word == REPRODUCED else f"**{word}**"
    return f"{loud} {caveat}".strip()


def stated(claim: Claim) -> str:
    """Write what a source states, as it states it."""
    sign = {">": "above ", "<": "below ", "~": "about "}.get(claim.more.get("relation"), "")
    if claim.rule["kind"] == "range":
        return f"{claim.value[0]:g} to {claim.value[1]:g}".replace("-", "−")
    if isinstance(claim.value, (int, float)) and not isinstance(claim.value, bool):
        said = f"{claim.value:g}".replace("-", "−")
        return f"{sign}{said}" + (f" ± {claim.sd:g}" if claim.sd else "")
    return shown(claim.value)


def ours(value: Value | None, sd: Spread = None) -> str:
    """Write what we measured, with its spread over seeds where there is one."""
    if value is None or isinstance(value, (str, bool, Mapping, Sequence)):
        return shown(value)
    places = digits(value)
    said = f"{value:.{places}f}".replace("-", "−")
    return said + (f" ± {sd:.{places}f}" if sd else "")


def row_of(cells: Sequence[str]) -> str:
    """Write one row of a Markdown table."""
    return f"| {' | '.join(cells)} |"
