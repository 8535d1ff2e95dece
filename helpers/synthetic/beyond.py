"""What an embedding tells of the latent that the label could not."""

from __future__ import annotations

from dataclasses import dataclass

from IPython.display import Markdown

from helpers import tables

from .names import NAMES, ONCE, OTHERS, RACE, compare
from .race import Lane, expect, over_mixings
from .scored import Scored

HEAD = ("first mixing", "R², in sample", "R², held out", "R², held out, kNN")
HEAD += ("**beyond the label**", "within bands of the label")
MEASURES = ("in_sample", "held_out", "knn", "beyond", "in_bands")
EVERYONE = (*RACE, *OTHERS, "told")
TITLES = {"readout": "ridge regression of the label", "umap": "UMAP", "tsne": "t-SNE", "pca": "PCA"}


@dataclass(frozen=True, eq=False)
class Beyond:
    """Shares of the latent's scatter around its label that embeddings explain, held out."""

    scored: Scored

    def table(self) -> Markdown:
        """All measures on the first mixing, over seeds."""
        rows = [
            [NAMES[name], *(self.scored.spread(name, measure).text() for measure in MEASURES)]
            for name in EVERYONE
        ]
        return Markdown(tables.markdown(HEAD, rows))

    def expect(self) -> None:
        """Check held-out R² and both shares, and the first share over mixings."""
        for name in EVERYONE:
            for measure in ("held_out", "beyond", "in_bands"):
                if name != "label" or measure == "held_out":
                    expect(f"{name}.{measure}", self.scored.spread(name, measure), "held out")
        for name in (*RACE, "readout", "bound"):
            many = self.scored.spread(name, "beyond", "mixings")
            expect(f"mixings.{name}.beyond", many, "held out")

    def lanes(self) -> list[Lane]:
        """Method, values over seeds, over mixings, and nothing published, from the top."""
        return [
            (n, self.scored.spread(n, "beyond").values, over_mixings(self.scored, n, "beyond"), {})
            for n in ("cebra", "readout", "umap", "tsne", "pca", *ONCE)
        ]

    def levels(self) -> dict[str, float]:
        """The Bayes-optimal ceiling, without and with the label."""
        titles = {"bound": "the Bayes-optimal ceiling", "told": "Bayes-optimal, knowing u too"}
        return {title: self.scored.spread(n, "beyond").mean for n, title in titles.items()}

    def finding(self) -> Markdown:
        """How much of what the label leaves open CEBRA explains, and who is behind."""
        adds, room, readout, pca = (
            self.scored.spread(name, "beyond", "mixings")
            for name in ("cebra", "bound", "readout", "pca")
        )
        lines = [
            compare("CEBRA", who, self.scored.paired("cebra", name, "beyond"))
            for name, who in TITLES.items()
        ]
        return Markdown(
            f"**The finding.** Of what the label leaves open, CEBRA explains **{adds.mean:.0%}** "
            f"(mean of {adds.n} mixings), of {room.mean:.0%} that can be had from the counts: "
            f"{adds.mean / room.mean:.0%} of the possible. Ridge regression, given the same label, "
            f"explains {readout.mean:.0%}; PCA, without it, {pca.mean:.0%}.\n\n"
            f"{tables.listed(lines)}"
        )
