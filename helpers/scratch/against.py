"""The page's lines against the package: step by step, and trained to the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import cebra
import numpy as np
from IPython.display import Markdown
from ripser import ripser
from scipy import stats

from helpers import claims
from helpers.decoding import Split, Transform, contiguous_split, decode_knn, encode, mean_score
from helpers.recordings import Recording
from helpers.tables import markdown, number
from helpers.topology import arc_gaps, end_gap_ratio
from helpers.training import Fit, fast_dtype

TITLES = {
    "loss": "training loss (nats)",
    "decode_median_cm": "decoding error (cm)",
    "end_gap": "gap at the ends / middle",
    "longest_loop": "longest loop (lifespan)",
}
LOOP_POINTS = 400
NO_FARTHER = 1e-9  # metres: rounding
LEVEL = 1 - 0.05 / len(
    TITLES
)  # of an interval: one in twenty for all of them together (Bonferroni)


@dataclass(frozen=True, eq=False)
class Proof:
    """Largest differences between the page's lines and the package on the same batches.

    Attributes
    ----------
    loss, gradient : float
        Of one batch, in double precision.
    weight : float
        After `n_steps` steps.
    farther : (n,) array
        Distance from a query to our positive's label, less that to the package's, metres.
    change : float
        Of the tables of label changes.
    n_weights, n_steps : int
    """

    loss: float
    gradient: float
    weight: float
    farther: np.ndarray
    change: float
    n_weights: int
    n_steps: int

    def expect(self) -> None:
        """Check that nothing differs by more than rounding."""
        claims.expect("scratch.loss_difference", self.loss < 1e-6)
        claims.expect("scratch.gradients_equal", self.gradient < 1e-6)
        claims.expect("scratch.weights_equal_after_50", self.weight < 1e-4)
        claims.expect("scratch.positives_never_farther", bool((self.farther <= NO_FARTHER).all()))
        claims.expect("scratch.changes_equal", bool(self.change == 0))

    def table(self) -> Markdown:
        """The differences, and which of two nearest labels is nearer."""
        head = [f"from scratch against `cebra` {cebra.__version__}", "largest difference"]
        rows = {
            "loss of one batch": self.loss,
            f"gradients of all {self.n_weights:,} weights": self.gradient,
            f"weights after {self.n_steps} steps on the same batches": self.weight,
            "table of label changes": self.change,
        }
        table = markdown(head, [[what, f"{most:.1e}"] for what, most in rows.items()], left=2)
        nearer = 100 * (self.farther < -NO_FARTHER).mean()
        return Markdown(
            f"{table}\n\nOf {len(self.farther):,} positives ours is the farther one in "
            f"{(self.farther > NO_FARTHER).sum()} cases and the nearer one in {nearer:.0f} %, by "
            f"up to {1000 * -self.farther.min():.2f} mm: the library subtracts large numbers in "
            "single precision to get a small distance. Nothing that a rat would notice."
        )


@dataclass(frozen=True, eq=False)
class Quality:
    """Measures of models, trained to the end, on laps that they never saw.

    Attributes
    ----------
    groups : mapping of group to mapping of measure to (n,) array
        ``float32`` and ``fast`` are the package's, seed by seed, ``scratch`` is ours; the measures
        are those of `titles`.
    split : str
    fast : str
        The fast number type.
    """

    groups: Mapping[str, Mapping[str, np.ndarray]]
    split: str
    fast: str
    titles: ClassVar = TITLES

    def expect(self) -> None:
        """Check our models and the package's."""
        for measure in TITLES:
            for kind, name in (("scratch", "scratch"), ("float32", "scratch.package")):
                values = self.groups[kind][measure]
                spread = {"sd": values.std(ddof=1), "n": len(values), "split": self.split}
                claims.expect(f"{name}.{measure}", values.mean(), **spread)

    def table(self) -> Markdown:
        """Means, and differences with half their simultaneous 95 % intervals."""
        rows, unlike = [], []
        for measure, title in TITLES.items():
            ours, plain, fast = (self.groups[k][measure] for k in ("scratch", "float32", "fast"))
            mean, reach = _apart(ours, plain)
            fast_mean, fast_reach = _paired(fast, plain)
            unlike += [title] if abs(mean) > reach else []
            rows.append(
                [
                    title,
                    f"{ours.mean():.3f}",
                    f"{plain.mean():.3f} ± {plain.std(ddof=1):.3f}",
                    f"{number(mean, 3, '+')} ± {reach:.3f}",
                    f"{number(fast_mean, 4, '+')} ± {fast_reach:.4f}",
                ]
            )
        verdict = (
            f"**Different beyond the spread over seeds: {', '.join(unlike)}.** Step by step the "
            "two are the same; what the steps do not show are first weights and random draws."
            if unlike
            else "**No measure tells our models from the package's beyond the spread over seeds.**"
        )
        head = ["measure", "from scratch", "package", "difference", f"{self.fast} − float32"]
        return Markdown(
            f"{markdown(head, rows, left=5)}\n\n{len(ours)} models from scratch, {len(plain)} of "
            "the package. ± is the standard deviation over seeds; behind a difference, half its "
            f"95 % interval, for all {len(TITLES)} measures together (Bonferroni). {verdict}"
        )


def quality(
    rec: Recording,
    ours: Sequence[tuple[Transform, np.ndarray]],
    fits: Mapping[tuple[str, int], Fit],
) -> Quality:
    """Judge models on the last laps: decoding, how far the arcs meet, the longest loop.

    Parameters
    ----------
    rec : Recording
    ours : sequence of (transform, losses)
        Of each model from scratch: ``transform(spikes, segments)``, and its loss at each step.
    fits : mapping of (type, seed) to Fit
        As of `jobs_06`.

    Returns
    -------
    Quality
    """
    split = contiguous_split(rec)
    models = {
        kind: [(fit.transform, fit.loss) for key, fit in fits.items() if kind in key]
        for kind in ("float32", "fast")
    }
    groups = {}
    for kind, each in (models | {"scratch": ours}).items():
        measured = [_measured(*model, rec, split) for model in each]
        groups[kind] = {name: np.array([row[name] for row in measured]) for name in TITLES}
    return Quality(groups, split.name, fast_dtype())


def _measured(transform: Transform, losses, rec: Recording, split: Split) -> dict[str, float]:
    """Measure one trained model; all but the loss on held-out laps."""
    features = encode(transform, rec, split)
    decoded = decode_knn(features, rec, split, "kNN")
    held_out = rec.position[split.test], rec.direction[split.test], rec.length_m
    thinned = np.linspace(0, len(features.test) - 1, min(LOOP_POINTS, len(features.test)))
    loops = ripser(features.test[thinned.astype(int)], maxdim=1)["dgms"][1]
    return {
        "loss": float(losses[-100:].mean()),
        "decode_median_cm": mean_score([decoded], "median_cm"),
        "end_gap": end_gap_ratio(arc_gaps(features.test, *held_out)),
        "longest_loop": float(np.ptp(loops, axis=1).max(initial=0.0)),
    }


def _apart(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """Difference of means and half its interval, equal spread assumed."""
    interval = stats.ttest_ind(ours, theirs).confidence_interval(LEVEL)
    return ours.mean() - theirs.mean(), (interval.high - interval.low) / 2


def _paired(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """The same for models that share seeds and batches."""
    difference = ours - theirs
    reach = stats.t.ppf((1 + LEVEL) / 2, len(difference) - 1) * stats.sem(difference)
    return difference.mean(), reach
