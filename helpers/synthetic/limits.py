"""How high a score could go: the best that a mixing's spikes allow, and what CEBRA made of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables

from .scored import Scored


@dataclass(frozen=True, eq=False)
class Limits:
    """The highest R² that random mixings allow."""

    scored: Scored

    @cached_property
    def allowed(self) -> np.ndarray:
        """The highest R² of each mixing, (n_mixings,)."""
        return self.scored.bounds()

    @cached_property
    def claim(self) -> claims.Claim:
        """The paper's value for CEBRA."""
        return claims.published("synth.cebra.r2", "paper")

    @cached_property
    def known(self) -> list[tuple[float, float]]:
        """Limit and CEBRA's R² on those mixings on which it was trained."""
        limits, cebra = (
            self.scored.spread(name, kind="mixings").values for name in ("bound", "cebra")
        )
        return list(zip(limits, cebra, strict=True))

    @cached_property
    def label(self) -> float:
        """R² of the label alone on the first mixing."""
        return self.scored.spread("label").mean

    def said(self) -> Markdown:
        """Whether the paper's value can be had at all, and how often."""
        allowed, claim = self.allowed, self.claim
        cebra, best = (self.scored.spread(name).mean for name in ("cebra", "bound"))
        gaps = [ours - limit for limit, ours in self.known]
        enough = claim.value - max(gaps)
        low, high, ours_off, best_off = (
            tables.number(value, 3, "+")
            for value in (min(gaps), max(gaps), cebra - claim.value, best - claim.value)
        )
        lost = ": that part no training could make up" if best < claim.value else ""
        return Markdown(
            f"On our first mixing CEBRA's mean is {ours_off} from the paper's value, and the limit "
            f"itself {best_off}{lost}. CEBRA's score less the limit of its mixing goes from {low} "
            f"to {high}.\n\nOf {len(allowed)} random mixings, "
            f"**{(allowed >= claim.value).mean():.0%}** allow {claim.value:.3f} at all; their "
            f"limits go from {allowed.min():.3f} to {allowed.max():.3f}. To see the paper's value, "
            f"ours would need a mixing with a limit of {enough:.3f} or more, which "
            f"{(allowed >= enough).mean():.0%} of them have. One mixing with "
            f"{claim.more['n_seeds']} seeds, as we take the paper to have, does not show this "
            "spread: it is the luck of one draw."
        )

    def expect(self) -> None:
        """Check the mean limit, and the share of mixings that allow the paper's value."""
        sd, n = self.allowed.std(ddof=1), len(self.allowed)
        claims.expect("synth.limits.mean", self.allowed.mean(), sd=sd, n=n)
        share = (self.allowed >= self.claim.value).mean()
        claims.expect("synth.limits.allow_published", share)
