"""The scorecard as a study: all claims, judged by one run, and what a page says of them."""

from __future__ import annotations

import os
from dataclasses import dataclass

from IPython.display import HTML, Markdown

from helpers import tables
from helpers.figures import Point
from helpers.files import read_json, write_text

from . import scorecard, scorecard_page
from .checks import expect
from .published import claims
from .rules import shown
from .scorecard import Row
from .verdicts import CONTRADICTION, LEAKAGE, NOT_REPRODUCED, REPRODUCED, WORDS, stated


@dataclass(frozen=True)
class Scorecard:
    """Every claim with its verdict.

    Parameters
    ----------
    results : dict
        Content of a results file: what the chapters of a run measured, by id.
    rows : list of Row
        One a claim, in the order of the claims.
    is_this_run : bool
        False if the results are the published run's.
    """

    results: dict
    rows: list[Row]
    is_this_run: bool = False

    def described(self) -> Markdown:
        """Say where the measurements come from, and what is missing."""
        source = "this run's results" if self.is_this_run else "the published results"
        runs = {f"{e['recording']}, {e['profile']} profile" for e in self.results.values()}
        measured = [row for row in self.rows if row.measured.value is not None]
        said = [
            f"From {source} ({'; '.join(sorted(runs)) or 'empty'}): {len(measured)} of "
            f"{len(self.rows)} claims have a measurement."
        ]
        if missing := scorecard.missing_chapters(self.rows, self.results):
            said.append(
                f"> **Not all chapters have run.** Nothing here comes from {', '.join(missing)}; "
                "their claims stand as *open*. `make book` runs them all."
            )
        if any(row.preview for row in self.rows):
            said.append(
                "> **The quick profile.** The rules speak of the full training. What follows is a "
                "preview of the verdicts, and each row that it concerns says so."
            )
        return Markdown("\n\n".join(said))

    def totals(self) -> HTML:
        """Count the verdicts, one box a verdict."""
        return HTML(scorecard_page.totals_html(self.rows))

    def score(self) -> Markdown:
        """Say how many judged claims of each source hold, and name those that hold by half."""
        leaking, torn = self._named(LEAKAGE), self._named(CONTRADICTION)
        return Markdown(
            f"- Of {self._held('paper')}; of {self._held('blog')}.\n"
            f"- Claims that hold only if the test is allowed to leak: {leaking}.\n"
            f"- Claims whose source says two things about one: {torn}."
        )

    def _held(self, who: str) -> str:
        """Count a source's judged claims, without those it contradicts, and the reproduced ones."""
        found = scorecard.totals(self.rows)[who]
        judged = sum(found.get(word, 0) for word in (REPRODUCED, NOT_REPRODUCED, LEAKAGE))
        held = found.get(REPRODUCED, 0)
        share = f" ({held / judged:.0%})" if judged else ""
        return f"the {who}'s {judged} judged claims, **{held}** are reproduced{share}"

    def _named(self, word: str) -> str:
        """Count the claims with a verdict, and name them."""
        names = [scorecard_page.phrase(r.claim.id) for r in self.rows if r.verdict.word == word]
        return f"{len(names)} ({'; '.join(names) or 'none'})"

    def points(self) -> list[Point]:
        """Take the numbers out of the measured claims, for the figure."""
        return scorecard_page.points(self.rows)

    def table(self) -> HTML:
        """Write one row a claim: who and where, what, claimed, ours, verdict and why."""
        return HTML(scorecard_page.table_html(self.rows))

    def for_machines(self) -> HTML:
        """Link to the scorecard as JSON; a run that leaves results has it as a file beside them."""
        if self.is_this_run:
            path = scorecard.results_file().with_name("scorecard.json")
            write_text(path, scorecard_page.as_json(self.rows))
        return HTML(scorecard_page.json_link(self.rows))

    def kinds(self) -> Markdown:
        """Count the claims of each kind of rule, and those that were reproduced."""
        words: dict[str, list[str]] = {}
        for row in self.rows:
            words.setdefault(row.claim.rule["kind"], []).append(row.verdict.word)
        rows = [[k, f"{len(all_)}", f"{all_.count(REPRODUCED)}"] for k, all_ in words.items()]
        return Markdown(tables.markdown(["rule", "claims", "reproduced"], rows))

    def amendments(self) -> Markdown:
        """List the rules that were written or changed after a result, by date and reason."""
        claims_of: dict[str, list[str]] = {}
        for row in self.rows:
            for line in row.claim.more.get("amended", []):
                claims_of.setdefault(line, []).append(scorecard_page.phrase(row.claim.id))
        rows = [
            [*line.split(": ", 1), "; ".join(dict.fromkeys(names))]
            for line, names in sorted(claims_of.items())
        ]
        return Markdown(tables.markdown(["date", "what and why", "claims"], rows, left=3))

    def expect(self) -> None:
        """Hold the scorecard to what is recorded: every claim has a verdict and a reason."""
        verdicts = [row.verdict for row in self.rows]
        expect("scorecard.claims", len(self.rows))
        expect("scorecard.every_claim_has_a_verdict", all(v.word in WORDS for v in verdicts))
        expect("scorecard.every_verdict_has_a_reason", all(v.why.strip() for v in verdicts))


def read_scorecard() -> Scorecard:
    """Judge every claim by the results of the run that is going on, else by the published ones.

    Returns
    -------
    Scorecard
    """
    results = read_json(scorecard.results_file())
    rows = scorecard.judge_all(results)
    return Scorecard(results, rows, is_this_run=bool(os.environ.get("CEBRA_BOOK_RESULTS")))


def contradictions() -> Markdown:
    """Set what a source says in one place beside what it says of the same thing in another.

    Returns
    -------
    Markdown
    """
    rows = []
    for claim in claims().values():
        if other := claim.more.get("elsewhere"):
            here = f"{claim.where}: {stated(claim)}"
            rows.append([f"`{claim.id}`", here, f"{other['where']}: {shown(other['value'])}"])
    return Markdown(tables.markdown(["claim", "says here", "and there"], rows, left=3))
