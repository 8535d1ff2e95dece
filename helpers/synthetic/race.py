"""The published race: R² of a known latent, in sample, run by the label without spikes too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables
from helpers.training import Fit

from .jobs import PLANS, Baseline, Model, main_setting, population, simple
from .names import NAMES, ONCE, OTHERS, RACE, SHORT, compare, order, said, stated
from .population import Population
from .scored import Scored

NEIGHBOURS = (  # in the orders that the paper and the blog state
    ("cebra", "umap"),
    ("cebra", "tsne"),
    ("cebra", "pca"),
    ("umap", "tsne"),
    ("tsne", "pca"),
)
Lane = tuple[str, tuple[float, ...], tuple[float, ...], dict[str, float]]


@dataclass(frozen=True, eq=False)
class Race:
    """The benchmark as published, with every seed and every mixing.

    Attributes
    ----------
    scored : Scored
    data : Population
        The first mixing of the published generator.
    clouds : mapping of str to (T, 2) array
        An embedding of it by each method.
    """

    scored: Scored
    data: Population
    clouds: Mapping[str, np.ndarray]

    def first_r2(self) -> dict[str, float]:
        """R² of the embeddings in `clouds`, by method."""
        return {method: self.scored.spread(method).values[0] for method in self.clouds}

    def table(self) -> Markdown:
        """R² over seeds and over mixings, of both generators, beside what was published."""
        rows = []
        for name in (*RACE, *OTHERS):
            ours = [_cell(self.scored, name, kind) for kind in ("seeds", "mixings", "simple")]
            row = [NAMES[name], *ours[:2], said(name, "paper"), ours[2], said(name, "blog")]
            rows.append(row)
        head = ["R², linear, in sample", "first mixing, over seeds", "over mixings", "the paper"]
        head += ["stand-in for the blog's, over mixings", "the blog"]
        note = "Mean ± standard deviation (how many). PCA's value for the stand-in was set by the"
        return Markdown(f"{tables.markdown(head, rows)}\n\n{note} blog's.")

    def expect(self) -> None:
        """Check everyone over seeds, and those that race over mixings of both generators."""
        kinds = {"": "seeds", "mixings.": "mixings", "blog.": "simple"}
        for name in RACE:
            for prefix, kind in kinds.items():
                expect(f"{prefix}{name}.r2", self.scored.spread(name, kind=kind), "in sample")
        for name in OTHERS:
            expect(f"{name}.r2", self.scored.spread(name), "in sample")

    def lanes(self) -> list[Lane]:
        """Method, values over seeds, over mixings, and what the paper states, from the top."""
        return [
            (name, self.scored.spread(name).values, over_mixings(self.scored, name), _marks(name))
            for name in (*RACE, "readout", *ONCE)
        ]

    def lanes_of_stand_in(self) -> list[Lane]:
        """The same over mixings of the stand-in, with what the blog states."""
        return [
            (n, (), self.scored.spread(n, kind="simple").values, _marks(n, "blog"))
            for n in (*RACE, "readout")
        ]

    def levels(self, kind: str = "seeds") -> dict[str, float]:
        """What the label alone has, and the Bayes-optimal ceiling."""
        titles = {"label": "the label alone", "bound": "the Bayes-optimal ceiling"}
        return {title: self.scored.spread(n, kind=kind).mean for n, title in titles.items()}

    def each_mixing(self) -> Markdown:
        """Every mixing of the published generator, and every method's score on it."""
        columns = ("bound", *RACE, "readout")
        scores = [self.scored.spread(name, kind="mixings").values for name in columns]
        rows = [
            [str(n), *(tables.number(s[n], 3) if n < len(s) else "–" for s in scores)]
            for n in range(max(map(len, scores)))
        ]
        lowest = min(self.scored.spread("cebra", kind="mixings").values)
        table = tables.markdown(["mixing", *(NAMES[name] for name in columns)], rows)
        return Markdown(f"{table}\n\nCEBRA's lowest is **{lowest:.3f}**.")

    def orders(self) -> Markdown:
        """Who is ahead of whom, on the same mixings."""
        lines = []
        for kind, generator in (("mixings", "published"), ("simple", "simple")):
            means = self.scored.shared_means(RACE, kind)
            ranking = order({SHORT[name]: mean for name, mean in means.items()})
            lines.append(f"The {generator} generator's order: **{ranking}**.")
            for pair in NEIGHBOURS:
                difference = self.scored.paired(*pair, kind=kind)
                lines.append(compare(*(SHORT[name] for name in pair), difference))
        return Markdown(f"Compared on the same mixings:\n\n{tables.listed(lines)}")

    def nought(self) -> Markdown:
        """What the label scores, without any spikes."""
        claim, spread = claims.published("synth.cebra.r2", "paper"), self.scored.spread
        label, cebra, best = (spread(name).mean for name in ("label", "cebra", "bound"))
        held_out = [spread(name, "held_out").mean for name in ("cebra", "label")]
        passes = (
            "would pass for a reproduction"
            if claims.holds(_as_any_other(claim), label)
            else "would not pass"
        )
        side = "above the label" if cebra > label else "below the label"
        return Markdown(
            f"$(u, \\sin u)$ alone explains **{label:.3f}** of the latent. CEBRA, with all the "
            f"spikes of {self.data.spikes.shape[1]} neurons, has {cebra:.3f} in sample, "
            f"{abs(cebra - label):.3f} {side}, and {held_out[0]:.3f} on samples held out, where "
            f"the label has {held_out[1]:.3f}. The Bayes-optimal ceiling is {best:.3f}. By the "
            "rule that "
            f"this book wrote down for the claim, within five per cent of {claim.value:.4f}, the "
            f"label alone, without a spike, {passes}.\n\nSo everything that the published scale "
            "can "
            f"tell of the neurons lies between {label:.3f} and {best:.3f}; and the methods that "
            "have no label, UMAP, t-SNE and PCA, are compared with one that has most of "
            "the answer."
        )

    def judged(self) -> list[claims.Judged]:
        """Lines for the table of verdicts: the paper's values, the blog's, and its order."""
        spreads = {name: self.scored.spread(name, kind="simple") for name in RACE}
        ranked = sorted(RACE, key=lambda name: -spreads[name].mean)
        lines = [
            _judged(n, "published generator", "paper", self.scored.spread(n)) for n in RACE[:3]
        ]
        lines += [_judged(name, "stand-in", "blog", one) for name, one in spreads.items()]
        means, sds = (
            {SHORT[name]: getattr(spreads[name], part) for name in ranked}
            for part in ("mean", "sd")
        )
        claim = claims.published("synth.order", "blog")
        return [*lines, claims.Judged("order, stand-in", claim, means, sds)]

    def said_of_rule(self) -> Markdown:
        """Whether the rule for the paper's value tells CEBRA from the label."""
        claim, cebra = claims.published("synth.cebra.r2", "paper"), self.scored.spread("cebra")
        ours = claims.holds(_as_any_other(claim), cebra.mean, cebra.sd)
        theirs = claims.holds(_as_any_other(claim), self.scored.spread("label").mean)
        return Markdown(
            f"CEBRA {'keeps' if ours else 'does not keep'} the rule for the paper's value; the "
            f"label, without any spikes, {'keeps it' if theirs else 'does not'}."
            + (" On this scale the verdict means little." if theirs else "")
        )


def race(
    scored: Scored,
    fits: Mapping[Model, Fit],
    baselines: Mapping[Baseline, Mapping[str, np.ndarray]],
    seed: int = 0,
) -> Race:
    """Gather the published race.

    Parameters
    ----------
    scored : Scored
    fits : mapping of Model to Fit
    baselines : mapping of Baseline to dict
        From `embed_all`.
    seed : int
        The first training seed.

    Returns
    -------
    Race
    """
    main = main_setting(scored.profile)
    data = population(main)
    model = Model(main, "cebra", seed, PLANS[scored.profile].steps)
    clouds = {"cebra": fits[model].transform(data.spikes)}
    for name, number in (("pca", 0), ("umap", seed), ("tsne", seed)):
        clouds[name] = baselines[Baseline(main, name, number)]["embedding"]
    return Race(scored, data, clouds)


def populations(profile: str) -> Markdown:
    """Sizes of the two generators' first populations."""
    head = ["generator", "samples", "of which train", "neurons", "spikes a sample"]
    rows = []
    for data in map(population, (main_setting(profile), simple(profile, "cebra")[0])):
        sizes = [f"{len(data.spikes):,}", f"{data.n_train:,}", f"{data.spikes.shape[1]}"]
        rows.append([data.name, *sizes, f"{data.spikes.mean():.2f}"])
    return Markdown(tables.markdown(head, rows))


def expect(end: str, one, split: str) -> None:
    """Check a spread's mean."""
    claims.expect(f"synth.{end}", one.mean, sd=one.sd, n=one.n, split=split)


def over_mixings(scored: Scored, name: str, measure: str = "in_sample") -> tuple[float, ...]:
    """Values over mixings; none for controls that were run on one mixing only."""
    return () if name in ONCE else scored.spread(name, measure, "mixings").values


def _cell(scored: Scored, name: str, kind: str) -> str:
    return "–" if name in ONCE and kind != "seeds" else scored.spread(name, kind=kind).text()


def _marks(name: str, said_by: str = "paper") -> dict[str, float]:
    value = stated(name, said_by)
    return {} if value is None else {said_by: value}


def _judged(name: str, generator: str, said_by: str, one) -> claims.Judged:
    claim = claims.published(f"synth.{name}.r2", said_by)
    return claims.Judged(f"R², {NAMES[name]}, {generator}", claim, one.mean, one.sd)


def _as_any_other(claim: claims.Claim) -> claims.Claim:
    """The claim under the default rule, from which it was withdrawn for what is shown here."""
    return replace(claim, rule={"kind": "close", "share": claims.SHARES["close"]})
