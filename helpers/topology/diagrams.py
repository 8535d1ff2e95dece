"""Bars counted: the headline models' diagrams, and longest loops among their nulls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from IPython.display import Markdown

from helpers import claims
from helpers.figures.style import VARIANT_NAMES
from helpers.recordings import Recording
from helpers.training import VARIANTS, Fit, Model

from . import report
from .persistence import null_threshold
from .report import Bars, Counted, pick
from .tables import diagram_table, null_table

CLAIMED = ("posdir", "pos", "time")
NULLS = {"shuffled": "shuffled labels", "lagged": "lagged labels", "untrained": "untrained"}
PCA = "PCA of the window"


@dataclass(frozen=True, eq=False)
class Models:
    """The models of a recording, and how many points of each are looked at.

    Attributes
    ----------
    rec : Recording
    fits : mapping of Model to Fit
        All models of the chapter.
    profile : {"quick", "full"}
    seed : int
    """

    rec: Recording
    fits: Mapping[Model, Fit]
    profile: str
    seed: int = 0

    @cached_property
    def clouds(self) -> dict[Model, np.ndarray]:
        """Embeddings of the models of all bins, (T, d) each."""
        mine = pick(self.fits, rat=self.rec.name)
        return {model: fit.embedding for model, fit in mine.items() if "nested" not in model.split}

    @cached_property
    def headline_null(self) -> dict[Model, np.ndarray]:
        """Clouds of shuffled models that were trained as long as the headline."""
        return self.pick("headline null") or self.pick("null", name="shuffled", dimension=3)

    def steps(self, use: str) -> int:
        """Training steps of the models of a use, those of a single step left aside."""
        return max(len(fit.loss) for fit in pick(self.fits, split=use).values())

    def pick(self, use: str, **wanted) -> dict[Model, np.ndarray]:
        """Clouds of the models of a use: ``headline``, ``compared`` or ``null``."""
        return pick(self.clouds, split=use, **wanted)

    def model(self, use: str, told: str, dimension: int = 3) -> Model:
        """Name of this recording's model of the first seed."""
        return Model(self.rec.name, use, told, self.seed, dimension)

    @property
    def n_points(self) -> int:
        """Random points of a diagram."""
        return report.POINTS[self.profile]

    @property
    def n_subsamples(self) -> int:
        """Subsamples of a headline model."""
        return report.SUBSAMPLES[self.profile]

    @property
    def n_landmarks(self) -> int:
        """Greedy landmarks of a circular coordinate."""
        return report.LANDMARKS[self.profile]

    @property
    def n_starts(self) -> int:
        """First landmarks that a headline model's coordinate is made from."""
        return report.STARTS[self.profile]


@dataclass(frozen=True, eq=False)
class Diagrams:
    """Bars of the five headline models, and Betti numbers under two rules.

    Attributes
    ----------
    models : Models
    bars : mapping of variant to its subsamples
    null : list of subsamples
        One of each shuffled model that was trained as long.
    """

    models: Models
    bars: Mapping[str, list[Bars]]
    null: list[Bars]

    @cached_property
    def one_shuffled(self) -> list:
        """The authors' thresholds, by homology and subsample."""
        return report.paper_thresholds(self.bars["shuffled"])

    @cached_property
    def by_null(self) -> list:
        """Thresholds of the null distribution of shuffled labels, by homology."""
        return report.null_thresholds(self.null)

    @cached_property
    def by_paper(self) -> dict[str, Counted]:
        """Betti numbers by the authors' rule; the shuffled model sets it and is not counted."""
        true = [v for v in VARIANTS if v != "shuffled"]
        return {v: report.counted(self.bars[v], self.one_shuffled) for v in true}

    @cached_property
    def by_distribution(self) -> dict[str, Counted]:
        """Betti numbers by the null distribution."""
        return {v: report.counted(self.bars[v], self.by_null) for v in VARIANTS}

    @property
    def limits(self) -> list[float]:
        """The authors' thresholds of H0 and H1, median over subsamples."""
        return [float(np.median(limit)) for limit in self.one_shuffled]

    @property
    def p(self) -> dict[str, float]:
        """P of each model's longest loop among shuffled models, trained equally long."""
        null = report.longest_bars(self.null)
        return {v: report.p_of(found, null) for v, found in self.bars.items()}

    @property
    def shuffled_loops(self) -> float:
        """Loops of the shuffled model, median over subsamples."""
        return float(np.median(self.by_distribution["shuffled"].all[:, 1]))

    def table(self) -> Markdown:
        """Betti numbers beside the blog's."""
        said = {}
        for v in CLAIMED:
            claim = claims.published(f"topology.{v}.betti", "blog")
            said[v] = f"{claim.value}, its figure {claim.more['elsewhere']['value']}"
        parts = (self.bars, self.by_paper, self.by_distribution, said)
        text = diagram_table(*(_named(part) for part in parts))
        return Markdown(
            f"{text}\n\n{self.models.n_points} random points of each model of "
            f"{self.models.steps('headline'):,} steps; the commonest count over "
            f"{self.models.n_subsamples} subsamples, and how common it is; distances between "
            f"points on a sphere of radius 1. The null: {len(self.null)} shuffled models, trained "
            "equally long."
        )

    def expect(self) -> None:
        """Check Betti numbers and longest loops; a p-value of few nulls is only noted."""
        for v in CLAIMED:
            claims.expect(f"topology.{v}.betti", self.by_paper[v].betti)
        claims.expect("topology.shuffled.betti1", self.shuffled_loops)
        for v in VARIANTS:
            claims.expect(f"topology.{v}.longest_h1", report.longest_bars(self.bars[v]).mean())
            claims.note(f"topology.{v}.h1_p", self.p[v])

    def judged(self) -> list[claims.Judged]:
        """Lines for the table of verdicts."""
        lines = [
            claims.Judged(
                f"[β₀, β₁], {VARIANT_NAMES[v]}",
                claims.published(f"topology.{v}.betti", "blog"),
                self.by_paper[v].betti,
            )
            for v in CLAIMED
        ]
        claim = claims.published("topology.shuffled.betti1", "blog")
        return [*lines, claims.Judged("β₁, shuffled labels", claim, self.shuffled_loops)]


def diagrams(models: Models) -> Diagrams:
    """Measure the bars of the headline models and of their null models.

    Parameters
    ----------
    models : Models

    Returns
    -------
    Diagrams
    """
    headline = models.pick("headline", dimension=3)
    found = report.subsampled(headline, models.n_points, models.n_subsamples, seed=models.seed)
    null = report.subsampled(models.headline_null, models.n_points).values()
    return Diagrams(models, {m.name: each for m, each in found.items()}, [one for (one,) in null])


@dataclass(frozen=True, eq=False)
class Compared:
    """Longest loops of equally long trained models, among four kinds of nulls.

    Attributes
    ----------
    diagrams : Diagrams
        Of the headline models.
    seeds : mapping of variant to a list over seeds of subsamples
    lengths : mapping of kind of null to (n,) array
    """

    diagrams: Diagrams
    seeds: Mapping[str, list[list[Bars]]]
    lengths: Mapping[str, np.ndarray]

    @property
    def significant(self) -> float:
        """Length that is significant among shuffled models."""
        return null_threshold(self.lengths[NULLS["shuffled"]])

    def table(self) -> Markdown:
        """p-values of trained models, and of the headline models."""
        n_null, n_pca = len(self.lengths[NULLS["shuffled"]]), len(self.lengths[PCA])
        headline = {v: [self.diagrams.bars[v]] for v in VARIANTS}
        long = {NULLS["shuffled"]: report.longest_bars(self.diagrams.null)}
        return Markdown(
            f"{null_table(_named(self.seeds), self.lengths)}\n\nMean over seeds of the longest "
            f"loop in {self.diagrams.models.n_points} points; p against {n_null} models of each "
            f"kind, or {n_pca} subsamples of PCA. The least p that {n_null} models can give is "
            f"{1 / (1 + n_null):.3f}. The headline models, of "
            f"{self.diagrams.models.steps('headline'):,} steps, against "
            f"{len(self.diagrams.null)} shuffled models of as many:\n\n"
            f"{null_table(_named(headline), long)}"
        )

    def expect(self) -> None:
        """Check longest loops of models and of nulls."""
        for v, each in self.seeds.items():
            by_seed = [np.median(report.longest_bars(one)) for one in each]
            sd = np.std(by_seed, ddof=1) if len(by_seed) > 1 else None
            id = f"topology.compared.{v}.longest_h1"
            claims.expect(id, np.mean(by_seed), sd=sd, n=len(by_seed))
        for name, kind in NULLS.items():
            values = self.lengths[kind]
            id = f"topology.null.{name}.longest_h1"
            claims.expect(id, values.mean(), sd=values.std(ddof=1), n=len(values))
        claims.expect("topology.null.pca.longest_h1", self.lengths[PCA].mean())


def compared(models: Models, of: Diagrams, pca: Mapping[Model, np.ndarray]) -> Compared:
    """Measure longest loops of trained models and of their nulls.

    Parameters
    ----------
    models : Models
    of : Diagrams
        Of the headline models.
    pca : mapping of Model to (T, 3) array
        Principal components of the windows.

    Returns
    -------
    Compared
    """
    equal = equally_trained(models)
    found = report.subsampled(pca, models.n_points, models.n_subsamples, seed=models.seed)
    null = report.subsampled(models.pick("null", dimension=3), models.n_points)
    lengths = {kind: report.null_lengths(null, name) for name, kind in NULLS.items()}
    lengths[PCA] = report.longest_bars(next(iter(found.values())))
    kinds = [v for v in VARIANTS if pick(equal, name=v)]
    return Compared(of, {v: list(pick(equal, name=v).values()) for v in kinds}, lengths)


def equally_trained(models: Models) -> dict[Model, list[Bars]]:
    """Subsamples of the models that are trained as long as the nulls."""
    clouds = models.pick("compared", dimension=3)
    return report.subsampled(clouds, models.n_points, models.n_starts, seed=models.seed)


def _named(of: Mapping[str, object]) -> dict[str, object]:
    return {VARIANT_NAMES[variant]: one for variant, one in of.items()}
