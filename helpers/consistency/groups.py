"""Four subjects out of one rat: do groups of its neurons that share none agree?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables
from helpers.decoding import named_split
from helpers.recordings import Recording
from helpers.training import Fit, Model

from . import baselines
from .alignment import ALIGNMENTS, time_aligned, time_aligned_correlation
from .compare import Points, across_groups, group_size, label
from .jobs import FIRST_FOLD
from .measure import between_subjects
from .summary import Summary, pairs_of, said, score_table, summary

MOVES = dict(zip(ALIGNMENTS, ("Procrustes", "Procrustes, scaled", "any linear map"), strict=True))
Parts = tuple[Points, Points]  # embeddings of training and of held-out laps


@dataclass(frozen=True, eq=False)
class Groups:
    """Agreement between groups of neurons, (runs, n, n) arrays of R², row laid on column.

    Attributes
    ----------
    sources : mapping of str to (points, points)
        Embeddings of training and held-out laps, of CEBRA and PCA.
    single : mapping
        PCA of single bins, on training laps.
    has_control : bool
        Whether models of shuffled labels were trained.
    is_achilles : bool
        The rat that the blog speaks of.
    place : (n_bins,) array
        Metres along the track and back at the training bins.
    """

    sources: Mapping[str, Parts]
    single: Points
    has_control: bool
    is_achilles: bool
    place: np.ndarray

    def matrices(self, source: str, how: str = "procrustes", held_out: bool = False, **choice):
        """R² between groups, (runs, n, n), by how they may be aligned."""
        train, test = self.sources[source]
        measure = partial(time_aligned, how=how)
        return across_groups(train, measure, other=test if held_out else None, **choice)

    @cached_property
    def size(self) -> int:
        """Neurons in a group."""
        return group_size(self.sources["CEBRA"][0])

    @cached_property
    def agree(self) -> dict[tuple[str, str, bool], np.ndarray]:
        """Matrices by source, alignment, and whether laps were held out."""
        return {
            (name, how, held_out): self.matrices(name, how, held_out)
            for name in self.sources
            for how in ALIGNMENTS
            for held_out in (False, True)
        }

    @cached_property
    def control(self) -> dict[tuple[str, bool], np.ndarray]:
        """The same of models of shuffled labels, by alignment; empty in the quick profile."""
        return {
            (how, held_out): self.matrices("CEBRA", how, held_out, name="shuffled")
            for how in (ALIGNMENTS if self.has_control else ())
            for held_out in (False, True)
        }

    @cached_property
    def likeness(self) -> dict[str, np.ndarray]:
        """Correlations between groups, turned, on training laps."""
        return {
            name: across_groups(train, time_aligned_correlation)
            for name, (train, _) in self.sources.items()
        }

    @cached_property
    def by_place(self) -> dict[str, Summary]:
        """Training laps averaged by place and direction, any linear map, as rats are compared."""

        def measure(points, held_out=None):
            return between_subjects(points, [self.place] * len(points))

        return {n: _summary(across_groups(both[0], measure)) for n, both in self.sources.items()}

    def summaries(self, name: str, how: str = "procrustes") -> tuple[Summary, Summary]:
        """Summaries on training and on held-out laps."""
        return tuple(_summary(self.agree[name, how, held_out]) for held_out in (False, True))

    def claimed(self, name: str) -> tuple[float, float]:
        """The blog's range of a source."""
        return claims.published(f"consistency.partition.{name.lower()}", "blog").value

    def pairs(self) -> dict[str, np.ndarray]:
        """Every ordered pair of every run, turned, on training laps."""
        found = {n: _pairs(self.agree[n, "procrustes", False]) for n in self.sources}
        if self.control:
            found["CEBRA, shuffled\nlabels"] = _pairs(self.control["procrustes", False])
        found["PCA of\nsingle bins"] = _pairs(across_groups(self.single, time_aligned))
        return found

    def table(self) -> Markdown:
        """R² by source and alignment."""
        rows = {
            f"{name}, {move}": self.summaries(name, how)
            for name in self.sources
            for how, move in MOVES.items()
        }
        for how in ALIGNMENTS if self.control else ():
            both = tuple(_summary(self.control[how, held_out]) for held_out in (False, True))
            rows[f"CEBRA, shuffled labels, {MOVES[how]}"] = both
        placed = ", ".join(f"{name} {said(one.mean)}" for name, one in self.by_place.items())
        return Markdown(
            f"{score_table(rows, 'pairs and runs')}\n\nWhat one calls agreement decides the "
            "number. Averaged by place and direction and mapped linearly, as rats are compared "
            f"below, the same groups agree at: {placed}."
        )

    def expect(self) -> None:
        """Check the means that the scorecard and the tests know."""
        for name in self.sources:
            for how, end in (("procrustes", ""), ("linear", ".linear")):
                for one, part in zip(self.summaries(name, how), ("", ".heldout"), strict=True):
                    _expect(f"{name.lower()}{end}{part}", one)
        for name, one in self.by_place.items():
            _expect(f"{name.lower()}.by_place", one)
        for name, matrices in self.likeness.items():
            _expect(f"{name.lower()}.correlation", _summary(matrices))
        if self.control:
            _expect("shuffled", _summary(self.control["procrustes", False]))

    def paths(self) -> list[claims.Path]:
        """From the blog's measure to the agreement that it states: what must one compare?"""
        found = []
        for name in self.sources:
            claim = claims.published(f"consistency.partition.{name.lower()}", "blog")
            procrustes, linear = (
                self.summaries(name, how)[0].mean for how in ("procrustes", "linear")
            )
            steps = [
                claims.Step("bin by bin, Procrustes", procrustes),
                claims.Step("bin by bin, any linear map", linear),
                claims.Step("averaged by place, any linear map", self.by_place[name].mean),
            ]
            single = _summary(across_groups(self.single, time_aligned)).mean
            tried = [claims.Step("single bins", single)] if name == "PCA" else []
            found.append(claims.Path(f"groups of neurons, {name}", claim, steps, tried))
        return found

    def opposed(self) -> Markdown:
        """R² and correlation side by side: a negative R² is no anti-correlation."""
        head = ("Procrustes", "R²", "pairs below 0", "correlation", "pairs below 0")
        rows, below = [], {}
        for name, alike in self.likeness.items():
            turned = self.agree[name, "procrustes", False]
            below[name] = float((_pairs(alike) < 0).mean())
            r2, r = _summary(turned), _summary(alike)
            negative = float((_pairs(turned) < 0).mean())
            span = f"{said(r.mean)} ({said(r.low)} to {said(r.high)})"
            rows.append((name, said(r2.mean), f"{negative:.0%}", span, f"{below[name]:.0%}"))
        scaled = _summary(self.agree["PCA", "scaled", False])
        return Markdown(
            f"{tables.markdown(head, rows)}\n\nAllowed to change its size as well, PCA has a mean "
            f"R² of {said(scaled.mean)} ({said(scaled.low)} to {said(scaled.high)}). "
            + (
                "**Groups of neurons agree poorly by PCA; they are not anti-correlated.**"
                if below["PCA"] == 0
                else "**Some pairs are anti-correlated even after the best turn.**"
            )
        )

    @cached_property
    def sizes(self) -> list[int]:
        """Sizes of groups that were trained, ascending."""
        return sorted({m.size for m in self.sources["CEBRA"][0] if m.size and m.name == "posdir"})

    def growth(self) -> dict[tuple[str, bool], dict[int, Summary]]:
        """Any linear map, by source, held-out laps or not, and size."""
        return {
            (name, held_out): {
                n: _summary(self.matrices(name, "linear", held_out, size=n)) for n in self.sizes
            }
            for name in self.sources
            for held_out in (False, True)
        }

    def expect_growth(self) -> None:
        """Check the means on held-out laps, where several sizes were trained.

        Other sizes are dealt once: the spread of the groups that are dealt more often stands in.
        """
        for (name, held_out), found in self.growth().items() if len(self.sizes) > 1 else ():
            for number, one in enumerate(found.values() if held_out else ()):
                sd = self.summaries(name, "linear")[1].sd
                _expect(f"{name.lower()}.heldout.size{number}", one, sd)

    def judged(self) -> list[claims.Judged]:
        """Lines for the table of verdicts: what the blog says of groups."""
        lines = []
        for name in self.sources:
            one = self.summaries(name)[0]
            for end, what in (("", "pairs"), ("_mean", "mean")):
                claim = claims.published(f"consistency.partition.{name.lower()}{end}", "blog")
                text = f"{name}, groups of neurons, {what}"
                lines.append(claims.Judged(text, claim, one.mean, one.sd))
        return lines


def groups_of_neurons(
    rec: Recording, fits: Mapping[Model, Fit], seen: Points, unseen: Points
) -> Groups:
    """Measure how groups of one rat's neurons agree.

    Parameters
    ----------
    rec : Recording
        The rat whose neurons are grouped.
    fits : mapping of Model to Fit
    seen, unseen : mapping of Model to (n, 3) array
        Embeddings of training and of held-out laps, from `embed`.

    Returns
    -------
    Groups
    """
    pca = tuple(baselines.pca_of_groups(rec, fits, part) for part in ("train", "test"))
    return Groups(
        {"CEBRA": (seen, unseen), "PCA": pca},
        baselines.pca_of_groups(rec, fits, "train", width=1),
        any(model.size and model.name == "shuffled" for model in fits),
        rec.key == "achilles",
        label(rec, named_split(rec, FIRST_FOLD).train, "ring"),
    )


def _summary(matrices: np.ndarray) -> Summary:
    return summary([matrices], same_pairs=False)  # every run deals its own pairs


def _pairs(matrices: np.ndarray) -> np.ndarray:
    return pairs_of([matrices], same_pairs=False)


def _expect(end: str, one: Summary, sd: float | None = None) -> None:
    sd = one.sd if sd is None else sd
    claims.expect(f"consistency.partition.{end}", one.mean, sd=sd, n=one.n_runs, split=FIRST_FOLD)
