"""Where the headline models' losses end: in nats, in bits, and beside those of the paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from cebra.integrations.sklearn.metrics import infonce_to_goodness_of_fit
from IPython.display import Markdown
from scipy.special import hyp0f1

from helpers import claims
from helpers.figures.style import VARIANT_NAMES
from helpers.recordings import Recording
from helpers.tables import markdown

from .fit import Fit
from .headline import DIMENSIONS, SHUFFLED, SHUFFLED_AGAIN, in_words
from .plan import VARIANTS

CLAIMED = {v: f"loss.{v}" for v in VARIANTS} | {"shuffled": "loss.posdir_shuffled"}
CHANGED = {
    "dir": "time offset 1, not 10",
    "time": "temperature 1.12, not 1",
    "shuffled": "positives by the library's search",
}
"""By what the authors' trainings differ from ours."""


@dataclass(frozen=True, eq=False)
class Losses:
    """Final losses of the headline models, each the mean over the last twentieth of its training.

    Parameters
    ----------
    fits : mapping of variant to Fit
        All of `VARIANTS`.
    others : mapping of (variant, what is different) to Fit
        Trained otherwise; of a variant by the authors' own settings, ``(variant, "theirs")``.
    by_library : mapping of bool to (seeds, steps) array
        The shuffled model's by the library's search for positives, from `losses_by_library`.
    """

    fits: Mapping[str, Fit]
    others: Mapping[tuple, Fit] = field(default_factory=dict)
    by_library: Mapping[bool, np.ndarray] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Length of the training."""
        return len(self.fits["posdir"].loss)

    @property
    def last(self) -> slice:
        """Steps that are averaged."""
        return slice(-(self.steps // 20), None)

    @property
    def batch(self) -> int:
        """Negatives of a step: an embedding that knows nothing pays the logarithm of it."""
        return self.fits["posdir"].job.parameters["batch_size"]

    @cached_property
    def final(self) -> dict[str, float]:
        """InfoNCE by variant, nats."""
        return {v: self._end(self.fits[v]) for v in VARIANTS}

    def _end(self, fit: Fit) -> float:
        return float(fit.loss[self.last].mean())

    @cached_property
    def by_paper(self) -> dict[str, float]:
        """The same by the authors' settings, for the variants for which theirs are others."""
        found = {v: self._end(fit) for (v, how), fit in self.others.items() if how == "theirs"}
        if self.by_library:
            found["shuffled"] = float(self._ends_by_library().mean())
        return found

    def _ends_by_library(self, is_tf32: bool = False) -> np.ndarray:
        return self.by_library[is_tf32][:, self.last].mean(axis=1)

    @cached_property
    def published(self) -> dict[str, claims.Claim]:
        """What the paper states, by variant."""
        return {v: claims.published(CLAIMED[v], "paper") for v in VARIANTS}

    @cached_property
    def bits(self) -> dict[str, float]:
        """Goodness of fit by variant, as the `cebra` package judges its own fitted estimators."""
        return {
            v: float(infonce_to_goodness_of_fit(loss, model=self.fits[v].estimator))
            for v, loss in self.final.items()
        }

    def _bits(self, loss: float) -> float:
        return float(infonce_to_goodness_of_fit(loss, batch_size=self.batch, num_sessions=1))

    @cached_property
    def published_bits(self) -> dict[str, float]:
        """The published losses on the same scale."""
        return {v: self._bits(claim.value) for v, claim in self.published.items()}

    @property
    def bounds(self) -> dict[str, float]:
        """Bits of a faultless embedding that fills a circle, or the sphere, evenly."""
        return {
            "circle": (1 - np.log(np.i0(1))) / np.log(2),
            "sphere": (1 - np.log(np.sinh(1))) / np.log(2),
        }

    def table(self) -> Markdown:
        """Nats and bits beside the published ones."""
        head = ["variant", "published loss", "ours", "by their settings"]
        head += ["published, bits", "ours"]
        theirs = {v: f"**{loss:.3f}**" for v, loss in self.by_paper.items()}
        rows = [
            [
                VARIANT_NAMES[v],
                f"{self.published[v].value:.3f}",
                f"**{self.final[v]:.3f}**",
                theirs.get(v, "the same"),
                f"{self.published_bits[v]:.3f}",
                f"**{self.bits[v]:.3f}**",
            ]
            for v in VARIANTS
        ]
        return Markdown(markdown(head, rows))

    def expect(self) -> None:
        """Check the final losses."""
        for v, loss in self.final.items():
            claims.expect(CLAIMED[v], loss)
        for v, loss in self.by_paper.items():
            seeds = self._ends_by_library() if v == "shuffled" else np.array([loss])
            sd = seeds.std(ddof=1) if len(seeds) > 1 else None
            id = CLAIMED[v].replace("loss.", "loss.paper.")
            claims.expect(id, loss, sd=sd, n=len(seeds))

    def paths(self) -> list[claims.Path]:
        """From our losses to the published ones, where the authors' settings are others."""
        again = {
            how: self._end(fit)
            for (v, how), fit in self.others.items()
            if v == "shuffled" and how in SHUFFLED_AGAIN
        }
        if self.by_library:
            again["the same search in TF32"] = float(self._ends_by_library(True).mean())
        return [
            claims.Path(
                f"{VARIANT_NAMES[v]}, loss",
                self.published[v],
                [claims.Step("ours", self.final[v]), claims.Step(CHANGED[v], loss)],
                [claims.Step(*one) for one in again.items()] if v == "shuffled" else [],
            )
            for v, loss in self.by_paper.items()
        ]

    def by_dimension(self) -> Markdown:
        """Losses of shuffled models by dimension, beside the paper's, whose dimension is not known.

        Where every positive is one moment, in `d` dimensions at most `most_of_one_moment` nats can
        be learnt.
        """
        if not any(v in SHUFFLED and how == in_words(3) for v, how in self.others):
            return Markdown("Shuffled models of other dimensions are for the full profile.")
        head = ["loss, shuffled", *map(in_words, DIMENSIONS), "published"]
        rows = []
        for v, of in SHUFFLED.items():
            losses = [self._end(self.others[v, in_words(d)]) for d in DIMENSIONS]
            claim = claims.published(f"loss.{of}_shuffled", "paper")
            name = VARIANT_NAMES[of]
            rows.append([name, *(f"{loss:.3f}" for loss in losses), f"**{claim.value:.3f}**"])
        chance = np.log(self.batch)
        least = [f"*{chance - most_of_one_moment(d):.3f}*" for d in DIMENSIONS]
        rows.append(["*one moment for all, at best*", *least, ""])
        return Markdown(markdown(head, rows))

    def verdicts(self, recording: Recording, profile: str) -> Markdown:
        """Judge each loss by its rule, in bits below chance, by the authors' settings.

        The published losses end a full training: a quick profile's are not held against them.
        """

        def word(v: str) -> str:
            if profile != "full":
                return "not judged: quick profile"
            return so_far(claims.holds(self.published[v], judged[v]), recording, profile)

        judged = self.final | self.by_paper
        rows = [
            [
                VARIANT_NAMES[v],
                f"{self.published_bits[v]:.2f}",
                f"{self._bits(judged[v]):.2f}",
                word(v),
            ]
            for v in VARIANTS
        ]
        return Markdown(markdown(["bits below chance", "published", "ours", "verdict"], rows))


def most_of_one_moment(dimension: int) -> float:
    """Nats that InfoNCE can fall below chance if the positive is the same point for everyone.

    At temperature one on the sphere. Whoever lies nearer to that point meets it better, and the
    others who do; so how many should lie at which angle is found by descent. The mean of
    exp(similarity) over a ring of points is what normalises a von Mises-Fisher density
    (https://doi.org/10.1002/9780470316979).

    Parameters
    ----------
    dimension : int
        Of the embedding, at least 3.

    Returns
    -------
    float
    """
    cosine = torch.linspace(-1, 1, 201, dtype=torch.float64)
    aside = np.outer(*2 * [np.sqrt(1 - cosine.numpy() ** 2)])
    ring = torch.from_numpy(hyp0f1((dimension - 1) / 2, aside**2 / 4))
    met = torch.exp(torch.outer(cosine, cosine)) * ring
    shares = torch.zeros_like(cosine, requires_grad=True)
    optimiser = torch.optim.Adam([shares], lr=0.1)
    for _ in range(2000):
        share = torch.softmax(shares, dim=0)
        loss = share @ (torch.log(met @ share) - cosine)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return -float(loss.detach())


def so_far(kept: bool, recording: Recording, profile: str) -> str:
    """Say whether a rule is kept.

    Parameters
    ----------
    kept : bool
    recording : Recording
        On which: only a real rat's models are judged.
    profile : {"quick", "full"}
        A quick profile previews the verdict.

    Returns
    -------
    str
    """
    if recording.source == "simulated":
        return "not judged: simulated"
    word = "holds" if kept else "**does not hold**"
    return f"{word} so far" if profile == "quick" else word
