"""CEBRA on trips that neither encoder nor decoder has met: nested, in one piece, glued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from IPython.display import Markdown

from helpers import claims

from .baselines import Results, few_baselines
from .jobs import PAPER_KINDS
from .names import BAYES, CEBRA, CONSTANT, LONG_BAYES
from .neighbours import DecodingResult, decode_constant, ensemble
from .report import COLUMNS, compare, judge, score_table
from .scores import mean_score, paired_difference, seed_sd
from .splits import contiguous_split, nested_splits

if TYPE_CHECKING:
    from helpers.recordings import Recording

ORDER = ("posdir", "time", "pos", "dir", "untrained", "shuffled")
PUSHED = ("posdir-8", "posdir-16", "posdir-paper")


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Decoding of held-out trips.

    Attributes
    ----------
    seed : int
        The first of the encoders'.
    nested : mapping
        Results on all folds and seeds, by model.
    piece : mapping
        The same on the last fifth of the session, with the Bayesian decoders.
    glued : list of DecodingResult
        A model that does not know where trips were cut out, on the first fold.
    seen : list of DecodingResult
        Time alone, trained on all trips without labels, on the nested folds.
    constants : pair of lists of DecodingResult
        The mean label, under both splits.
    """

    seed: int
    nested: Results
    piece: Results
    glued: list[DecodingResult]
    seen: list[DecodingResult]
    constants: tuple[list[DecodingResult], list[DecodingResult]]

    def table(self) -> Markdown:
        """Scores under the nested split."""
        rows = {CEBRA[name]: self.nested[name] for name in ORDER if name in self.nested}
        return Markdown(score_table(rows | {CONSTANT: self.constants[0]}))

    def expect(self) -> None:
        """Check CEBRA under the nested split, and its controls."""
        for name in ("posdir", "time"):
            n = len({result.seed for result in self.nested[name]})
            for metric in ("median_cm", "r2", "r2_total", "direction"):
                value, sd = (
                    mean_score(self.nested[name], metric),
                    seed_sd(self.nested[name], metric),
                )
                claims.expect(f"decode.{name}.{metric}", value, sd=sd, n=n, split="nested")
        for name, end in (("shuffled", "mae_cm"), ("untrained", "median_cm")):
            value = mean_score(self.nested[name], end.replace("mae", "mean"))
            claims.expect(f"decode.{name}.{end}", value, split="nested")

    def table_of_last_fifth(self) -> Markdown:
        """Scores on the last fifth of the session."""
        titles = CEBRA | {"bayes": f"{BAYES} (see below)", "bayes600": LONG_BAYES}
        rows = {titles[name]: results for name, results in self.piece.items()}
        return Markdown(score_table(rows | {CONSTANT: self.constants[1]}))

    def expect_last_fifth(self) -> None:
        """Check all that was decoded on the last fifth."""
        for name, results in self.piece.items():
            for metric in ("median_cm", "r2"):
                value = mean_score(results, metric)
                claims.expect(f"decode.contiguous.{name}.{metric}", value, split="contiguous")

    @cached_property
    def pushed(self) -> Results:
        """More dimensions, the paper's settings, means over seeds; none in the quick profile."""
        found = {name: self.nested[name] for name in PUSHED if name in self.nested}
        if seed_sd(self.nested["posdir"], "median_cm") is not None:
            for name in ("posdir", "time"):
                found[f"{name}-ensemble"] = ensemble(self.nested[name], f"{name}-ensemble")
        return found

    def expect_pushed(self) -> None:
        """Check them; the spread of the single model in three dimensions stands in for theirs."""
        sd = seed_sd(self.nested["posdir"], "median_cm")
        for name, results in self.pushed.items():
            value = mean_score(results, "median_cm")
            claims.expect(f"decode.{name}.median_cm", value, sd=sd, split="nested")

    def said_of_cuts(self) -> Markdown:
        """What gluing trips together is worth, on the first fold."""
        fold = self.glued[0].split
        cut = [r for r in self.nested["posdir"] if (r.split, r.seed) == (fold, self.seed)]
        glued, apart = (
            [f"{mean_score(of, metric):.1f}" for metric in ("median_cm", "mean_cm")]
            for of in (self.glued, cut)
        )
        difference = paired_difference(self.glued, cut, "median_cm")
        return Markdown(
            f"On the first fold, one training each. Glued: median {glued[0]} cm, mean {glued[1]} "
            f"cm; cut: {apart[0]} and {apart[1]} cm. {compare('Glueing', 'cutting', difference)}"
        )

    def expect_cuts(self) -> None:
        """Check the glued model."""
        value = mean_score(self.glued, "median_cm")
        claims.expect("decode.joined.median_cm", value, split="nested 0")

    def judged_by_split(self, leaky: list[DecodingResult]) -> list[claims.Judged]:
        """Lines that set the blog's two headline claims beside each split."""
        kinds = {"leaky": leaky, "held-out trips": self.nested["posdir"]}
        kinds["last fifth"] = self.piece["posdir"]
        metrics = (("R²", "r2", "r2"), ("mean error", "mae_cm", "mean_cm"))
        return [
            judge(f"{what}, position + direction, {kind}", f"posdir.{id}", "blog", metric, results)
            for what, id, metric in metrics
            for kind, results in kinds.items()
        ]

    def judged(self) -> list[claims.Judged]:
        """Lines for the table of verdicts: what the paper says of CEBRA."""
        metrics = {"posdir": ("median_cm", "r2", "r2_total"), "time": ("median_cm", "r2")}
        return [
            judge(
                f"{COLUMNS[metric]}, {CEBRA[name].removeprefix('CEBRA, ')}",
                f"{name}.{metric}",
                "paper",
                metric,
                self.nested[name],
            )
            for name, some in metrics.items()
            for metric in some
        ]


def held_out(
    rec: Recording, decoded: Mapping[tuple[str, str, str], list[DecodingResult]], seed: int = 0
) -> HeldOut:
    """Gather what one rat's models decode on held-out trips.

    Parameters
    ----------
    rec : Recording
    decoded : mapping
        From `decode_models`.
    seed : int
        The first of the encoders'.

    Returns
    -------
    HeldOut
    """
    nested = {
        name: results
        for (rat, kind, name), results in decoded.items()
        if (rat, kind) == (rec.name, "nested") and name not in PAPER_KINDS
    }
    last_fifth = contiguous_split(rec)
    few = few_baselines(rec, [last_fifth])
    piece = {name: decoded[rec.name, "contiguous", name] for name in ("posdir", "time")}
    piece |= {"bayes": few[BAYES], "bayes600": few[LONG_BAYES]}
    glued = nested.pop("joined")
    constants = [decode_constant(rec, split) for split in nested_splits(rec)]
    seen = decoded[rec.name, "all", "time"]
    return HeldOut(
        seed, nested, piece, glued, seen, (constants, [decode_constant(rec, last_fifth)])
    )
