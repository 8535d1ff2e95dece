"""Decoding by the paper's own protocol, and what each of its choices is worth.

Settings as the authors' result files name them; counts of ten bins summed; trips glued together;
cosine neighbours; every plane also with Euclidean neighbours, of bins side by side, and in 3-D.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from IPython.display import Markdown

from helpers import claims, tables
from helpers.recordings import RATS

from .jobs import PAPER_ITERATIONS
from .neighbours import DecodingResult
from .planes import BESIDE, METRICS, Found, decode_baselines
from .report import estimate, judge
from .scores import mean_score, seed_sd

if TYPE_CHECKING:
    from helpers.recordings import Recording

BEHAVIOUR, TIME, HELD_OUT = "CEBRA-Behaviour", "CEBRA-Time", "CEBRA-Time, held out"
IDS = {BEHAVIOUR: "posdir", TIME: "time", HELD_OUT: "time.heldout"}
IDS |= {"PCA": "pca", "UMAP": "umap", "t-SNE": "tsne"}
SAW = {TIME: "all trips, unlabelled"}


@dataclass(frozen=True, eq=False)
class ByPaper:
    """Decoding by the paper's protocol.

    Attributes
    ----------
    found : mapping of str to mapping
        Results by rat, then by (method, dimension, metric of neighbours).
    is_real : bool
        The rats that the paper speaks of.
    steps : int
        Of CEBRA's trainings.
    """

    found: Mapping[str, Found]
    is_real: bool
    steps: int

    def theirs(self, rat: str, method: str) -> list[DecodingResult]:
        """Results of a method as published: CEBRA in three dimensions, others in a plane."""
        return self.found[rat][method, _dimension(method), "cosine"]

    def methods(self, rat: str) -> list[str]:
        """Methods that were decoded, in order."""
        return list(dict.fromkeys(method for method, _, _ in self.found[rat]))

    def table(self) -> Markdown:
        """Median errors, a table a rat: as published, and with the other metric and dimension."""
        parts = [self._table_of(rat) for rat in self.found]
        if self.steps < PAPER_ITERATIONS["full"]:
            full = PAPER_ITERATIONS["full"]
            parts.append(f"CEBRA after {self.steps:,} steps here, after {full:,} in the paper.")
        return Markdown("\n\n".join(parts))

    def expect(self) -> None:
        """Check errors and R² by the protocol, and errors of planes made or read otherwise."""
        for rat in self.found:
            for method in self.methods(rat):
                name = _id(method, rat)
                columns = ("r2_total",) if method.startswith("CEBRA") else ()
                for metric in ("median_cm", "r2", *columns):
                    _expect(f"{name}.{metric}", self.theirs(rat, method), metric)
                for end, how in (("euclidean", "euclidean"), ("beside", f"cosine, {BESIDE}")):
                    if plane := self.found[rat].get((method, 2, how)):
                        _expect(f"{name}.{end}.median_cm", plane, "median_cm")

    def judged(self) -> list[claims.Judged]:
        """Lines for the table of verdicts: each published number by its own protocol."""
        metrics = {BEHAVIOUR: ("median_cm", "r2", "r2_total"), TIME: ("median_cm", "r2")}
        lines = []
        for rat in (rat for rat in self.found if rat in RATS):
            for method in (m for m in self.methods(rat) if m != HELD_OUT):
                some = metrics.get(method, ("median_cm",)) if rat == "achilles" else ("median_cm",)
                for metric in some if method in metrics or rat == "achilles" else ():
                    end = f"{_published(method, rat)}.{metric}"
                    line = judge(
                        f"{metric}, {method}, {rat.capitalize()}",
                        end,
                        "paper",
                        metric,
                        self.theirs(rat, method),
                    )
                    honest = self._honest(rat, method, metric)
                    lines.append(line._replace(honest=honest))
        return lines

    def said(self) -> Markdown:
        """What follows for the first rat: who had seen what, and what a plane's angle forgets."""
        rat = next(iter(self.found))
        of = self.found[rat]
        time, held_out = (mean_score(self.theirs(rat, m), "median_cm") for m in (TIME, HELD_OUT))
        lines = [
            f"CEBRA-Time by its own settings decodes at **{time:.1f} cm** if its encoder saw the "
            f"tested trips, without labels, and at **{held_out:.1f} cm** if it did not."
        ]
        for method in ("PCA", "t-SNE", "UMAP"):
            if (method, 2, "cosine") in of:
                angle, both = (mean_score(of[method, 2, m], "median_cm") for m in METRICS)
                lines.append(
                    f"{method} in a plane: {angle:.1f} cm by cosine neighbours, which look at the "
                    f"angle alone; {both:.1f} cm by Euclidean ones, all else the same."
                )
        behaviour = mean_score(self.theirs(rat, BEHAVIOUR), "median_cm")
        lines.append(f"CEBRA-Behaviour lies on a sphere, where both agree: {behaviour:.1f} cm.")
        return Markdown(tables.listed(lines))

    def _honest(self, rat: str, method: str, metric: str) -> claims.Measured | None:
        """The same with an encoder that did not see the tested trips, where it did."""
        if method not in SAW:
            return None
        results = self.theirs(rat, HELD_OUT)
        return claims.Measured(mean_score(results, metric), seed_sd(results, metric))

    def _table_of(self, rat: str) -> str:
        head = ["median error (cm)", "published", "by its protocol", "Euclidean"]
        head += [BESIDE, f"{BESIDE}, Euclidean", f"3-D, {BESIDE}, Euclidean"]
        others = (
            (2, "euclidean"),
            (2, f"cosine, {BESIDE}"),
            *((d, f"euclidean, {BESIDE}") for d in (2, 3)),
        )
        rows = []
        for method in self.methods(rat):
            cells = [_said(self.found[rat].get((method, d, how))) for d, how in others]
            published = _stated(method, rat) if self.is_real else "–"
            rows.append([method, published, _said(self.theirs(rat, method), True), *cells])
        return f"**{rat.capitalize()}**\n\n{tables.markdown(head, rows)}"


def by_paper(
    rec: Recording,
    others: Sequence[Recording],
    decoded: Mapping[tuple[str, str, str], list[DecodingResult]],
    profile: str,
    seed: int = 0,
) -> ByPaper:
    """Decode rats by the paper's protocol.

    Parameters
    ----------
    rec : Recording
    others : sequence of Recording
        Further rats.
    decoded : mapping
        CEBRA's side, from `decode_models`.
    profile : {"quick", "full"}
    seed : int
        Of UMAP and t-SNE.

    Returns
    -------
    ByPaper
    """
    found = {}
    for one in (rec, *others):
        of: Found = {}
        for method, key in (
            (BEHAVIOUR, ("nested", "paper-posdir")),
            (TIME, ("all", "paper-time")),
            (HELD_OUT, ("nested", "paper-time")),
        ):
            of[method, 3, "cosine"] = decoded[one.name, *key]
        found[one.name] = of | decode_baselines(one, profile, seed)
    return ByPaper(found, rec.source != "simulated", PAPER_ITERATIONS[profile])


def _dimension(method: str) -> int:
    return 3 if method.startswith("CEBRA") else 2


def _id(method: str, rat: str) -> str:
    where = "" if rat == "achilles" else f".{rat}"
    return f"paper.{IDS[method]}{where}"


def _published(method: str, rat: str) -> str:
    return _id(method, rat).removeprefix("paper.")


def _stated(method: str, rat: str) -> str:
    try:
        return claims.stated(
            claims.published(f"decode.{_published(method, rat)}.median_cm", "paper")
        )
    except KeyError:
        return "–"


def _said(results: Sequence[DecodingResult] | None, loud: bool = False) -> str:
    if not results:
        return "–"
    value, low, high = estimate(results, "median_cm")
    return f"{f'**{value:.1f}**' if loud else f'{value:.1f}'} ({low:.1f} to {high:.1f})"


def _expect(id: str, results: Sequence[DecodingResult], metric: str) -> None:
    n = len({result.seed for result in results})
    value, sd = mean_score(results, metric), seed_sd(results, metric)
    claims.expect(f"decode.{id}", value, sd=sd, n=n, split="nested")
