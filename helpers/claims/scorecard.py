"""The scorecard: every claim of data/claims.yml beside what a run measured, judged by its rule.

`judge_all` finds the measurements of each claim in a run's results and lets `verdicts` judge them.
Nothing here knows a verdict; change a value in the results, and its verdict changes.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from helpers.files import ROOT

from . import expected
from .published import Claim, claims
from .rules import ids_of
from .verdicts import OPEN, WORDS, Measured, Verdict, verdict

RAT = "achilles"  # whose recording the claims about rats speak of
ABOUT_RATS = ("embed", "loss", "decode", "consistency", "topology")
CHAPTERS = {
    "synth": "01", "embed": "02", "loss": "02", "decode": "03", "consistency": "04",
    "topology": "05", "time": "05", "speed": "06", "diary": "07",
}  # fmt: skip
"""Chapter that a claim belongs to, by the first part of its id."""


class Row(NamedTuple):
    """One claim of the scorecard; what was measured is None where the run measured nothing."""

    claim: Claim
    measured: Measured
    honest: Measured | None  # the same without leakage, where the claim names it
    ours: Measured | None  # by our protocol, where the verdict stands on the source's own
    verdict: Verdict
    chapter: str  # that measured it, or would
    profile: str  # "quick" if any part was measured so; empty if nothing was measured
    recordings: tuple[str, ...]

    @property
    def preview(self) -> bool:
        """True if the claim is about the full profile and the measurement is not."""
        return self.profile == "quick" and "full profile" in self.claim.protocol


def results_file() -> Path:
    """Return the results file of the run that is going on, else that of the published run."""
    return Path(os.environ.get("CEBRA_BOOK_RESULTS") or ROOT / "data" / "results.json")


def ids_measuring(claim: Claim, field: str = "measured") -> dict[str, str]:
    """Say which recorded ids measure a claim: the one place that knows.

    By key of the claim's value, ``""`` where it is single; empty where the claim has no such field.
    """
    given = claim.more.get(field)
    if isinstance(given, Mapping):
        return dict(given)
    if given is not None or field != "measured":
        return {"": given} if given else {}
    if claim.rule["kind"] == "shape" and ids_of(claim.rule):
        return {id: id for id in ids_of(claim.rule)}
    if isinstance(claim.value, Mapping):
        return {key: f"{claim.id}.{key}" for key in claim.value}
    return {"": claim.id}


def measurement(claim: Claim, results: Mapping, field: str = "measured") -> Measured:
    """Collect what a run measured about a claim, in the form of its rule.

    A value that brought no spread over seeds along takes the recorded one.
    """
    ids = ids_measuring(claim, field)
    if not ids or any(id not in results for id in ids.values()):
        return Measured(None)
    values = {key: results[id]["value"] for key, id in ids.items()}
    spreads = {key: _spread(id, results[id]) for key, id in ids.items()}
    if list(ids) == [""]:
        return Measured(values[""], spreads[""])
    return Measured(values, spreads)


def judge_all(results: Mapping, of: Mapping | None = None) -> list[Row]:
    """Judge claims, all of data/claims.yml if left out, by the content of a results file."""
    return [_row(claim, results) for claim in (claims() if of is None else of).values()]


def totals(rows: list[Row]) -> dict[str, dict[str, int]]:
    """Count verdicts by source: ``{"blog": {"reproduced": 3, …}, "paper": {…}}``."""
    found = {by: Counter() for by in ("blog", "paper")}
    for row in rows:
        found[row.claim.said_by][row.verdict.word] += 1
    return {by: {word: count[word] for word in WORDS if count[word]} for by, count in found.items()}


def missing_chapters(rows: list[Row], results: Mapping) -> list[str]:
    """List the chapters that claims belong to and that left nothing in the results."""
    ran = {entry["chapter"] for entry in results.values()}
    return sorted({row.chapter for row in rows if row.verdict.word == OPEN} - ran)


def as_records(rows: list[Row]) -> list[dict]:
    """Turn rows into plain values, for a file that machines read."""
    return [
        {
            "id": row.claim.id,
            "said_by": row.claim.said_by,
            "where": row.claim.where,
            "protocol": row.claim.protocol,
            "rule": dict(row.claim.rule),
            "claimed": row.claim.value,
            "claimed_sd": row.claim.sd,
            "measured_by": ids_measuring(row.claim),
            "measured": row.measured.value,
            "measured_sd": row.measured.sd,
            "without_leakage": row.honest and row.honest.value,
            "by_our_protocol": row.ours and row.ours.value,
            "our_protocol": row.claim.more.get("ours_protocol"),
            "amended": row.claim.more.get("amended", []),
            "verdict": row.verdict.word,
            "why": row.verdict.why,
            "preview": row.preview,
            "profile": row.profile,
            "recordings": list(row.recordings),
            "chapter": row.chapter,
            "figure": row.claim.more.get("figure"),
        }
        for row in rows
    ]


def _row(claim: Claim, results: Mapping) -> Row:
    family = claim.id.split(".")[0]
    used = [results[i] for i in ids_measuring(claim).values() if i in results]
    measured = measurement(claim, results)
    honest, ours = (
        measurement(claim, results, field) if ids_measuring(claim, field) else None
        for field in ("honest", "ours")
    )
    recordings = tuple(dict.fromkeys(entry["recording"] for entry in used))
    judged = family not in ABOUT_RATS or set(recordings) <= {RAT}
    found = verdict(claim, measured.value, measured.sd, judged, honest)
    if found.word == OPEN and claim.more.get("unmeasured"):
        found = Verdict(OPEN, claim.more["unmeasured"])
    profiles = {entry["profile"] for entry in used}
    profile = "quick" if "quick" in profiles else "full" if profiles else ""
    first = next(iter(ids_measuring(claim).values()), claim.id)  # its chapter draws the figure
    chapter = results.get(first, {}).get("chapter") or CHAPTERS[first.split(".")[0]]
    return Row(claim, measured, honest, ours, found, chapter, profile, recordings)


def _spread(id: str, entry: Mapping):
    """Spread over seeds: the value's own, else that of several recorded runs, else None.

    A spread borrowed from the quick profile serves the regression checks, but judges nothing.
    """
    if entry["sd"] is not None or isinstance(entry["value"], (str, bool)):
        return entry["sd"]
    recorded = expected.pair_of(entry["recording"], entry["profile"]).get(id, {})
    if recorded.get("runs", 1) < 2 or "spread_of" in recorded or isinstance(recorded["sd"], list):
        return None
    return recorded["sd"]
