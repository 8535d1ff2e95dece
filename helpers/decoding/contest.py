"""CEBRA and its baselines at equal information: the same trips, differences paired."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from IPython.display import Markdown

from helpers import claims

from .baselines import Results, all_baselines
from .held_out import HeldOut
from .jobs import PAPER_SETTINGS
from .names import (
    BASELINES,
    BAYES,
    BLOG,
    CEBRA,
    CONSTANT,
    COUNTS,
    LONG_BAYES,
    PAPER,
    UMAP_OF_ALL,
)
from .neighbours import DecodingResult
from .report import Estimate, compare, estimate, judge, score_table
from .scores import Difference, mean_score, paired_difference
from .splits import nested_splits

if TYPE_CHECKING:
    from helpers.recordings import Recording

MINE, TIME = CEBRA["posdir"], CEBRA["time"]
THREE = {f"{kind}, 3-D": f"{kind} of the window in three dimensions" for kind in ("PCA", "UMAP")}
WITHOUT_TRAINING = {
    COUNTS: "nearest neighbours on the bare counts",
    BAYES: "naive Bayes",
    LONG_BAYES: "naive Bayes with a longer window",
}
LANES = ("pos", "posdir", "time", "dir", "shuffled", "untrained")
METRICS = ("r2", "mean_cm", "median_cm")


@dataclass(frozen=True, eq=False)
class Contest:
    """CEBRA and its baselines on the same held-out trips.

    Attributes
    ----------
    held_out : HeldOut
        CEBRA's side.
    baselines : mapping
        Results on the nested folds, by the name of the method.
    is_achilles : bool
        The rat that was published.
    """

    held_out: HeldOut
    baselines: Results
    is_achilles: bool

    @cached_property
    def results(self) -> Results:
        """Results of everyone under the nested split, by printed name."""
        named = {CEBRA[name]: results for name, results in self.held_out.nested.items()}
        return named | self.baselines | {CONSTANT: self.held_out.constants[0]}

    @cached_property
    def ranking(self) -> list[str]:
        """Baselines by their median error, the smallest first."""
        return sorted(self.baselines, key=lambda name: self.median(name))

    def median(self, name: str) -> float:
        """Median error of a method, centimetres."""
        return mean_score(self.results[name], "median_cm")

    def against(self, first: str, second: str) -> Difference:
        """Median error of one method less that of another, on the same trips."""
        return paired_difference(self.results[first], self.results[second], "median_cm")

    def table(self) -> Markdown:
        """Scores of all, baselines by their median error."""
        names = [MINE, TIME, *self.ranking]
        rows = {f"*{n}*" if n in (MINE, TIME) else n: self.results[n] for n in names}
        note = "UMAP is given evenly spaced training bins: of all bins its nearest neighbours are "
        note += "the next ones of the same trip, whose windows overlap"
        if UMAP_OF_ALL in self.results:
            both = [f"{self.median(name):.1f} cm" for name in (UMAP_OF_ALL, "UMAP, 3-D")]
            note += ". With all of them it has {} in three dimensions, without {}".format(*both)
        return Markdown(f"{score_table(rows)}\n\n{note}.")

    def expect(self) -> None:
        """Check the baselines' median errors."""
        for id, name in BASELINES.items():
            if name in self.baselines:
                claims.expect(f"decode.{id}.median_cm", self.median(name), split="nested")

    def curves(self) -> dict[str, dict[int, Estimate]]:
        """Median error by number of dimensions, of CEBRA, PCA and UMAP."""
        names = {MINE: {3: MINE, 8: CEBRA["posdir-8"], 16: CEBRA["posdir-16"]}}
        for kind in ("PCA", "UMAP"):
            names[f"{kind} of the window"] = {d: f"{kind}, {d}-D" for d in (3, 8, 16)}
        return {
            title: {d: self.estimates(n)["median_cm"] for d, n in of.items() if n in self.results}
            for title, of in names.items()
        }

    def levels(self) -> dict[str, Estimate]:
        """Median error of decoders without dimensions."""
        return {name: self.estimates(name)["median_cm"] for name in (BAYES, COUNTS)}

    def estimates(self, name: str) -> dict[str, Estimate]:
        """R² of position, mean and median error of a method with their intervals; maybe none."""
        results = self.results.get(name)
        return {metric: estimate(results, metric) for metric in METRICS} if results else {}

    def marks(self, name: str) -> dict[tuple[str, str], float]:
        """What was published about a method: the blog's mean error, the paper's median and R²."""
        found = {}
        for id in (id for id, of in BLOG.items() if of == name):
            found["mean_cm", "blog"] = claims.published(f"decode.{id}.mae_cm", "blog").value
        for id in (id for id, of in PAPER.items() if of == name):
            found["median_cm", "paper"] = claims.published(f"decode.{id}.median_cm", "paper").value
            if id in ("posdir", "time"):
                found["r2", "paper"] = claims.published(f"decode.{id}.r2", "paper").value
        return found if self.is_achilles else {}

    def lanes(self) -> list[str]:
        """Names of all methods in the order of the figure, from top to bottom."""
        return [*(CEBRA[name] for name in LANES), *self.ranking[::-1], CONSTANT]

    def first_fold(self) -> dict[str, DecodingResult]:
        """One result of CEBRA's two and of Bayes each, on the first fold."""
        return {name: self.results[name][0] for name in (MINE, TIME, BAYES)}

    def differences(self) -> Markdown:
        """Who beats whom, trip by trip."""
        told, alone = "CEBRA with position and direction", "CEBRA with time alone"
        pairs = [(told, MINE, name) for name in (COUNTS, BAYES, LONG_BAYES, "PCA, 16-D", *THREE)]
        pairs += [(alone, TIME, MINE), (alone, TIME, COUNTS)]
        titles = THREE | {MINE: told}
        lines = [
            compare(title, titles.get(other, other), self.against(name, other))
            for title, name, other in pairs
        ]
        best = self.ranking[0]
        return Markdown(
            f"{_listed(lines)}\n\nThe smallest median error is that of **{best}**, "
            f"{self.median(best):.1f} cm. In three dimensions, CEBRA has {self.median(MINE):.1f} "
            f"cm, PCA {self.median('PCA, 3-D'):.1f} cm and UMAP {self.median('UMAP, 3-D'):.1f} cm."
        )

    def moral(self) -> Markdown:
        """Which decoders without any training are as good as CEBRA, and what follows."""
        level = [
            title for name, title in WITHOUT_TRAINING.items() if self.against(MINE, name).sign >= 0
        ]
        umap = self.against(MINE, "UMAP, 3-D")
        plain = "None of the decoders without training reaches CEBRA on this recording."
        pictures = compare(
            "CEBRA", "UMAP in three dimensions, which can be looked at as well,", umap
        )
        if not level:
            return Markdown(f"{plain} {pictures}")
        said = " and ".join(filter(None, [", ".join(level[:-1]), level[-1]]))
        return Markdown(
            f"As good as CEBRA or better on this recording, without training: {said}. {pictures} "
            "So the error of decoding does not speak for an embedding here; it says that the "
            "embedding lost little of what the counts held."
        )

    def pushed(self) -> Markdown:
        """Whether more dimensions, other settings or a mean over seeds help CEBRA."""
        settings = ", ".join(f"`{name}={value:g}`" for name, value in PAPER_SETTINGS.items())
        found = self.held_out.pushed
        said = "The quick profile trains one seed with one set of settings; the full one answers "
        said += "this."
        if found:
            rows = {MINE: self.results[MINE]} | {CEBRA[name]: of for name, of in found.items()}
            lines = []
            for name, results in found.items():
                plain = self.held_out.nested[name.split("-")[0]]
                for other, whose in (("its plain model", plain), (COUNTS, self.baselines[COUNTS])):
                    difference = paired_difference(results, whose, "median_cm")
                    lines.append(compare(CEBRA[name], other, difference))
            said = f"{score_table(rows)}\n\n{_listed(lines)}"
        return Markdown(f"{said}\n\nThe paper's settings: {settings}.")

    def judged(self) -> list[claims.Judged]:
        """Lines for the table of verdicts: every median error that the paper states."""
        return [
            judge(
                f"median error (cm), {name}",
                f"{id}.median_cm",
                "paper",
                "median_cm",
                self.results[name],
            )
            for id, name in PAPER.items()
            if name in self.baselines
        ]


def contest(rec: Recording, held_out: HeldOut, profile: str, seed: int = 0) -> Contest:
    """Decode the same trips with everyone else.

    Parameters
    ----------
    rec : Recording
    held_out : HeldOut
        CEBRA on these trips.
    profile : {"quick", "full"}
        The full one adds UMAP in more dimensions and of all bins, and t-SNE.
    seed : int
        Of UMAP and t-SNE.

    Returns
    -------
    Contest
    """
    baselines = all_baselines(rec, nested_splits(rec), profile, seed)
    return Contest(held_out, baselines, rec.key == "achilles")


def _listed(lines) -> str:
    return "- " + "\n- ".join(lines)
