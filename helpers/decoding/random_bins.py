"""A random split of bins: the blog's split, its numbers, and why they are too good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from IPython.display import Markdown

from helpers import claims, tables

from .baselines import Results, leaking, leaking_baselines
from .leak import neighbours_nearby
from .names import CEBRA, COUNTS, SINGLE
from .plain import CEBRA_WINDOW
from .report import judge
from .scores import mean_score
from .splits import Split, leaky_split

if TYPE_CHECKING:
    from helpers.recordings import Recording
    from helpers.training import Fit

PCAS = f"PCA, 3-D, {SINGLE}", "PCA, 3-D"
SHORT = {"pos": "Pos", "posdir": "P+D", "time": "Time", "dir": "Dir", "shuffled": "Shuffled"}


@dataclass(frozen=True, eq=False)
class RandomBins:
    """Decoding under a random split of single bins.

    Attributes
    ----------
    rec : Recording
    split : Split
    cebra : mapping
        Results by variant; the models have seen all bins.
    baselines : mapping
        Results by the name of the method.
    """

    rec: Recording
    split: Split
    cebra: Results
    baselines: Results

    def results(self, name: str):
        """Results of a method by its printed name, None if it was not decoded."""
        named = {CEBRA[variant]: of for variant, of in self.cebra.items()}
        return (named | self.baselines).get(name)

    def scores(self, name: str, metrics: Iterable[str]) -> dict[str, float]:
        """Several scores of a method by metric; none if it was not decoded."""
        results = self.results(name)
        return {metric: mean_score(results, metric) for metric in metrics} if results else {}

    def error(self, name: str) -> float:
        """Mean error of a method, centimetres."""
        return mean_score(self.results(name), "mean_cm")

    def table(self) -> Markdown:
        """What the blog states, beside ours."""
        rows = []
        for name, id in self._claimed.items():
            claim = claims.published(f"decode.{id}.mae_cm", "blog")
            r2 = mean_score(self.results(name), "r2")
            rows.append([name, f"{claim.value:g}", f"**{self.error(name):.1f}**", f"{r2:.3f}"])
        head = ["method", "the blog's mean error (cm)", "ours (cm)", "our R²"]
        note = "The blog does not say whether its PCA saw one bin or a window of ten, so here are"
        return Markdown(f"{tables.markdown(head, rows)}\n\n{note} both.")

    def expect(self) -> None:
        """Check every variant's mean error, the baselines', and the headline's R²."""
        for variant in ("posdir", "pos", "dir", "time", "shuffled"):
            _expect(f"{variant}.mae_cm", self.error(CEBRA[variant]))
        _expect("posdir.r2", mean_score(self.cebra["posdir"], "r2"))
        for id, name in {"pca": PCAS[0], "pca3": PCAS[1], "knn_counts": COUNTS}.items():
            _expect(f"{id}.mae_cm", self.error(name))

    def why(self) -> Markdown:
        """How much tested bins share with training bins, and what memory alone makes of it."""
        overlap, same_trip = neighbours_nearby(self.rec, self.split, CEBRA_WINDOW)
        bare, model = self.baselines[COUNTS], self.cebra["posdir"]
        return Markdown(
            f"Of the tested bins, **{overlap:.1%}** share spikes with the window of a training "
            f"bin, and {same_trip:.0%} have training bins in their own round trip. Nothing need "
            "know where the rat is. It is enough to recognise the moment.\n\nIf so, something that "
            "recognises well and understands nothing should shine. Take no network at all: the "
            "bare spike counts of the same ten bins, and nearest neighbours among them. Under this "
            f"split their mean error is **{self.error(COUNTS):.1f} cm**, their R² "
            f"{mean_score(bare, 'r2'):.3f}; CEBRA has {mean_score(model, 'mean_cm'):.1f} cm and "
            f"{mean_score(model, 'r2'):.3f}."
        )

    def judged(self) -> list[claims.Judged]:
        """Lines for the table of verdicts: the blog's mean errors but the headline's."""
        return [
            judge(
                f"mean error, {name}, leaky", f"{id}.mae_cm", "blog", "mean_cm", self.results(name)
            )
            for name, id in self._claimed.items()
            if id != "posdir"
        ]

    def order(self) -> Markdown:
        """The blog's order of mean errors and ours."""
        ours = {SHORT[variant]: self.error(CEBRA[variant]) for variant in self.cebra}
        ours["PCA"] = self.error(PCAS[1])
        claimed = claims.published("decode.order.mae", "blog").value
        return Markdown(
            f"The blog's order of mean errors: {claimed}. Ours, under its split, with PCA of the "
            f"window: {' < '.join(sorted(ours, key=ours.get))}."
        )

    @property
    def _claimed(self) -> dict[str, str]:
        """Ids of the blog's claims by the name of the method."""
        return {CEBRA[variant]: variant for variant in self.cebra} | dict.fromkeys(PCAS, "pca")


def random_bins(rec: Recording, headline: Mapping[str, Fit], seed: int = 0) -> RandomBins:
    """Decode bins drawn at random from among the bins that trained the models.

    Parameters
    ----------
    rec : Recording
    headline : mapping of str to Fit
        The five headline models, by variant.
    seed : int
        Of the split.

    Returns
    -------
    RandomBins
    """
    split = leaky_split(rec, seed)
    cebra = {v: [leaking(rec, split, v, fit.transform)] for v, fit in headline.items()}
    return RandomBins(rec, split, cebra, leaking_baselines(rec, split))


def _expect(end: str, value: float) -> None:
    claims.expect(f"decode.leaky.{end}", value, split="leaky")
