"""Run it twice: do the layouts of UMAP and t-SNE, and CEBRA's trainings, agree with themselves?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables
from helpers.recordings import RATS, Recording

from . import baselines
from .alignment import time_aligned
from .compare import Points, Rats, runs_of_one
from .jobs import FIRST_FOLD
from .rats import IDS, NAMES
from .summary import pairs_of, said, spread_of_runs


@dataclass(frozen=True, eq=False)
class Repeated:
    """Agreement between runs of the same thing.

    Attributes
    ----------
    layouts : mapping
        Layouts (n, 2) of the first rat by method and start, one a run.
    shown : (n,) array
        Position in metres of the bins that they lay out.
    own : mapping of (str, str) to (runs, runs) array
        R² between CEBRA's trainings, by method and rat.
    rat : str
        The first rat.
    """

    layouts: Mapping[str, Mapping[str, list[np.ndarray]]]
    shown: np.ndarray
    own: Mapping[tuple[str, str], np.ndarray]
    rat: str

    @cached_property
    def between(self) -> dict[tuple[str, str], np.ndarray]:
        """R² between layouts, (runs, runs), by method and start."""
        return {
            (method, start): time_aligned(points)
            for method, starts in self.layouts.items()
            for start, points in starts.items()
        }

    @cached_property
    def apart(self) -> dict[tuple[str, str], tuple[float, float | None]]:
        """Mean and spread of `between`."""
        return {key: spread_of_runs(matrix) for key, matrix in self.between.items()}

    def pairs(self) -> dict[str, np.ndarray]:
        """Every ordered pair of runs: layouts by their start, and the first rat's trainings."""
        named = {f"{how},\n{start} start": m for (how, start), m in self.between.items()}
        for (name, rat), matrix in self.own.items():
            if rat == self.rat:
                named[f"{name},\n{rat.capitalize()}"] = matrix
        return {name: pairs_of([matrix[None]], False) for name, matrix in named.items()}

    def table(self) -> Markdown:
        """Mean R² between runs, and how much of it is a fixed start."""
        rows = [(f"{how}, {start} start", said(r[0])) for (how, start), r in self.apart.items()]
        rows += [
            (f"{name}, {rat.capitalize()}", said(spread_of_runs(matrix)[0]))
            for (name, rat), matrix in self.own.items()
        ]
        fixed, loose = (
            {how: said(self.apart[how, starts[k]][0]) for how, starts in baselines.STARTS.items()}
            for k in (0, 1)
        )
        return Markdown(
            f"{tables.markdown(('R² between trainings', 'mean'), rows)}\n\nBoth packages start "
            "from a layout that hardly depends on the seed, UMAP from a spectral one and t-SNE "
            "from PCA. "
            f"So started, their runs agree at {fixed['UMAP']} and {fixed['t-SNE']}; started at "
            f"random, at {loose['UMAP']} and {loose['t-SNE']}."
        )

    def expect(self) -> None:
        """Check every mean."""
        for (method, start), (mean, sd) in self.apart.items():
            end = "runs" if start == baselines.STARTS[method][0] else "runs.random"
            id = f"consistency.{method.lower().replace('-', '')}.{end}"
            claims.expect(id, mean, sd=sd, n=len(self.between[method, start]))
        for (name, rat), matrix in self.own.items():
            mean, sd = spread_of_runs(matrix)
            id = f"consistency.runs.{IDS[name]}.{rat}"
            claims.expect(id, mean, sd=sd, n=len(matrix), split=FIRST_FOLD)

    def judged_layouts(self) -> list[claims.Judged]:
        """The blog's line on UMAP and t-SNE."""
        measured = {
            "consistency.umap.runs": self.apart["UMAP", "spectral"][0],
            "consistency.tsne.runs": self.apart["t-SNE", "pca"][0],
        }
        claim = claims.published("consistency.umap_tsne.runs", "blog")
        text = "UMAP and t-SNE: run them twice, get different results"
        return [claims.Judged(text, claim, measured)]

    def judged_rats(self) -> list[claims.Judged]:
        """The paper's lines on runs of each rat, where all four were trained twice."""
        lines = []
        for name in IDS:
            mine = {r: spread_of_runs(m) for (n, r), m in self.own.items() if n == name}
            if set(mine) == set(RATS):
                mean, sd = ({rat: one[k] for rat, one in mine.items()} for k in (0, 1))
                claim = claims.published(f"consistency.runs.{IDS[name]}", "paper")
                lines.append(claims.Judged(f"{name}, runs of each rat", claim, mean, sd))
        return lines


def run_twice(rec: Recording, animals: Rats, seen: Points, profile: str, seed: int = 0) -> Repeated:
    """Lay one rat out again and again, and compare trainings of every rat that has several.

    Parameters
    ----------
    rec : Recording
        The first rat.
    animals : mapping of str to Recording
    seen : mapping of Model to (n, 3) array
        Embeddings of training laps.
    profile : {"quick", "full"}
    seed : int
        Of the first layout.

    Returns
    -------
    Repeated
    """
    trained = [(m.rat, m.name) for m in seen if m.split == FIRST_FOLD and not m.size]
    own = {
        (name, rat): runs_of_one(seen, rat, model)
        for model, name in NAMES.items()
        for rat in animals
        if trained.count((rat, model)) > 1
    }
    shown = rec.position[baselines.repeated_bins(rec, profile)]
    return Repeated(baselines.repeated_layouts(rec, profile, seed), shown, own, rec.name)
