"""Four rats decoded alike: each one shown, no interval over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from IPython.display import Markdown

from helpers import claims

from .baselines import Results, few_baselines
from .names import CEBRA, LONG_BAYES
from .neighbours import DecodingResult
from .report import Estimate, estimate, judge, score_table
from .scores import mean_score, seed_sd
from .splits import nested_splits

if TYPE_CHECKING:
    from helpers.recordings import Recording

VARIANTS = ("posdir", "time")


@dataclass(frozen=True, eq=False)
class Rats:
    """Decoding of several rats on the nested split.

    Attributes
    ----------
    found : mapping
        Results by rat, then by the name of the method; empty if there is but one rat.
    slow : mapping of str to float
        Share of bins in which the rat is slower than 5 cm/s.
    first : str
        The rat that the rest of the chapter is about.
    is_simulated : bool
    """

    found: Mapping[str, Results]
    slow: Mapping[str, float]
    first: str
    is_simulated: bool

    def estimates(self) -> dict[str, dict[str, Estimate]]:
        """Median error with its interval, by rat and method."""
        return {
            rat: {name: estimate(results, "median_cm") for name, results in of.items()}
            for rat, of in self.found.items()
        }

    def published(self) -> dict[str, dict[str, float]]:
        """The paper's medians by rat and method."""
        return {
            rat: {
                CEBRA[v]: claims.published(f"decode.{_id(v, rat)}", "paper").value for v in VARIANTS
            }
            for rat in self.found
        }

    def table(self) -> Markdown:
        """Scores, a table a rat."""
        if not self.found:
            why = "simulated" if self.is_simulated else "full profile only"
            return Markdown(f"No claim about rats is judged here: {why}.")
        return Markdown(
            "\n\n".join(
                f"**{rat.capitalize()}**, {self.slow[rat]:.0%} of bins slow\n\n{score_table(of)}"
                for rat, of in self.found.items()
            )
        )

    def expect(self) -> None:
        """Check the medians of the rats that nothing before in the chapter has checked."""
        for rat, of in self._others.items():
            ids = {CEBRA[v]: _id(v, rat) for v in VARIANTS}
            for name, id in (ids | {LONG_BAYES: f"bayes600.{rat}.median_cm"}).items():
                value, sd = mean_score(of[name], "median_cm"), seed_sd(of[name], "median_cm")
                claims.expect(f"decode.{id}", value, sd=sd, split="nested")

    def judged(self) -> list[claims.Judged]:
        """Lines for the table of verdicts: the paper's medians of the other rats."""
        return [
            judge(
                f"median error (cm), {rat.capitalize()}, {CEBRA[v]}",
                _id(v, rat),
                "paper",
                "median_cm",
                of[CEBRA[v]],
            )
            for rat, of in self._others.items()
            for v in VARIANTS
        ]

    @property
    def _others(self) -> dict[str, Results]:
        return {rat: of for rat, of in self.found.items() if rat != self.first}


def rats(
    rec: Recording,
    others: Sequence[Recording],
    decoded: Mapping[tuple[str, str, str], list[DecodingResult]],
) -> Rats:
    """Decode further rats, and the first one again beside them.

    Parameters
    ----------
    rec : Recording
    others : sequence of Recording
        None in the quick profile.
    decoded : mapping
        From `decode_models`.

    Returns
    -------
    Rats
    """
    everyone = (rec, *others) if others else ()
    found = {
        one.name: {CEBRA[v]: decoded[one.name, "nested", v] for v in VARIANTS}
        | few_baselines(one, nested_splits(one))
        for one in everyone
    }
    slow = {one.name: 1 - one.running().mean() for one in everyone}
    return Rats(found, slow, rec.name, rec.source == "simulated")


def _id(variant: str, rat: str) -> str:
    where = "" if rat == "achilles" else f".{rat}"
    return f"{variant}{where}.median_cm"
