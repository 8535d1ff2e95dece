"""A ruler for each word of the claim: order, two ways, two clusters, arcs that meet, a sphere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from IPython.display import Markdown

from helpers import claims
from helpers.figures.style import VARIANT_NAMES
from helpers.recordings import Recording
from helpers.tables import markdown
from helpers.training import Fit, so_far

from . import shape
from .persistence import p_value

Maps = Mapping[str, np.ndarray]  # embedding (T, 3) by variant


@dataclass(frozen=True, eq=False)
class Order:
    """What embeddings tell of position and direction, on the bins that they were trained on.

    Attributes
    ----------
    r2, within : mapping of variant to float
        R² of position by a straight line, and by a line within each direction.
    lagged : mapping of variant to (200,) array
        The first of positions that lag by five trips at least.
    separation, accuracy, rand : mapping of variant to float
        Of the directions: share of variance between them; how often neighbours from other trips
        name them; Rand index of two clusters.
    accuracy_null : float
        The largest accuracy of the shuffled model when directions lag.
    """

    r2: Mapping[str, float]
    within: Mapping[str, float]
    lagged: Maps
    separation: Mapping[str, float]
    accuracy: Mapping[str, float]
    rand: Mapping[str, float]
    accuracy_null: float

    @property
    def null(self) -> dict[str, float]:
        """R² that a twentieth of the lagged ones exceed, by variant."""
        return {v: float(np.quantile(values, 0.95)) for v, values in self.lagged.items()}

    def said(self) -> Markdown:
        """Position where it was not told, and against the lagged null."""
        null, p = self.null["shuffled"], p_value(self.r2["shuffled"], self.lagged["shuffled"])
        return Markdown(
            "The model trained on direction never heard of position; still a line within each of "
            f"its directions explains **{self.within['dir']:.2f}** of it (position + direction: "
            f"{self.within['posdir']:.2f}, shuffled: {self.within['shuffled']:.2f}). The shuffled "
            f"model's R² of position, {self.r2['shuffled']:.3f}, compares with {null:.3f} at the "
            f"upper end of its lagged null (p = {p:.3f})."
        )

    def expect(self) -> None:
        """Check order and ways of every variant."""
        for v in self.r2:
            claims.expect(f"embed.{v}.position_r2", self.r2[v])
            claims.expect(f"embed.{v}.direction_separation", self.separation[v])
            claims.expect(f"embed.{v}.direction_accuracy", self.accuracy[v])

    def expect_controls(self) -> None:
        """Check clusters, position within directions, and the nulls."""
        claims.expect("embed.dir.rand_index", self.rand["dir"])
        claims.expect("embed.dir.within_position_r2", self.within["dir"])
        claims.expect("embed.shuffled.position_null", self.null["shuffled"])
        claims.expect("embed.shuffled.direction_null", self.accuracy_null)


def order(rec: Recording, maps: Maps, seed: int = 0) -> Order:
    """Measure how embeddings are ordered by what the rat did.

    Parameters
    ----------
    rec : Recording
    maps : mapping of variant to (T, 3) array
        Embeddings of all its bins.
    seed : int
        Of lags and of k-means.

    Returns
    -------
    Order
    """
    position, direction, trips = rec.position, rec.direction, rec.trials()
    lag = 5 * int(np.median([trip.stop - trip.start for trip in trips]))
    null = shape.lagged_accuracy(maps["shuffled"], direction, trips, lag, seed=seed)

    def each(measure, *behaviour, **more):
        return {v: measure(points, *behaviour, **more) for v, points in maps.items()}

    return Order(
        r2=each(shape.linear_r2, position),
        within=each(shape.linear_r2, position, direction),
        lagged=each(shape.lagged_r2, position, lag, seed=seed),
        separation=each(shape.direction_separation, direction),
        accuracy=each(shape.direction_accuracy, direction, trips),
        rand=each(shape.direction_rand_index, direction, seed),
        accuracy_null=float(null.max()),
    )


@dataclass(frozen=True, eq=False)
class Arcs:
    """How far apart the two directions lie along the track.

    Attributes
    ----------
    length_m : float
    gaps : mapping of variant to (n,) array
        At equal places of the track; NaN where there were too few bins.
    repeats : (n,) array
        The same between odd and even runs of one direction, position + direction.
    growth : mapping of variant to mapping of steps to (n,) array
        The gaps of younger models and of the final one, youngest first.
    """

    length_m: float
    gaps: Maps
    repeats: np.ndarray
    growth: Mapping[str, Mapping[int, np.ndarray]]

    @property
    def ratio(self) -> dict[str, float]:
        """Gap at the ends over that in the middle, by variant."""
        return {v: shape.end_gap_ratio(values) for v, values in self.gaps.items()}

    @property
    def aged(self) -> dict[str, list[float]]:
        """The same at each age."""
        return {
            v: [shape.end_gap_ratio(gaps) for gaps in by_age.values()]
            for v, by_age in self.growth.items()
        }

    def said(self) -> Markdown:
        """How far the rings close."""
        ratio, (ends, _) = self.ratio, shape.ends_and_middle(self.gaps["posdir"])
        return Markdown(
            "Gap at the ends over gap in the middle: position + direction "
            f"**{ratio['posdir']:.2f}**, time **{ratio['time']:.2f}**, direction "
            f"{ratio['dir']:.2f}. One would be two parallel lines, zero a ring that closes "
            "fully; what the labels do without neurons, chapter 06 measures. "
            f"The ends of the first model lie {np.nanmean(ends):.2f} apart, where repeats "
            f"of one direction differ by {np.nanmean(self.repeats):.2f}."
        )

    def said_of_ages(self) -> Markdown:
        """Whether training opens or closes the ends."""
        ages, told, time = list(self.growth["posdir"]), self.aged["posdir"], self.aged["time"]
        trend = "opened" if told[-1] > told[0] else "closed"
        return Markdown(
            f"From {ages[0]:,} to {ages[-1]:,} steps the ends of the position + direction ring "
            f"have **{trend}** ({told[0]:.2f} to {told[-1]:.2f} of the middle), while time went "
            f"from {time[0]:.2f} to {time[-1]:.2f}. All of this is in sample; the chapter that "
            "builds CEBRA from scratch measures the gap on held-out runs."
        )

    def expect(self) -> None:
        """Check how far the arcs meet."""
        for v in ("posdir", "dir", "time"):
            claims.expect(f"embed.{v}.end_gap_ratio", self.ratio[v])

    def expect_young(self) -> None:
        """Check the same of the youngest models."""
        for v, values in self.aged.items():
            claims.expect(f"embed.{v}.end_gap_ratio_young", values[0])


def arcs(rec: Recording, trained: Mapping[str | tuple, Fit]) -> Arcs:
    """Walk along the track and measure the gap between the two directions.

    Parameters
    ----------
    rec : Recording
    trained : mapping
        `Fit` by variant, and by (variant, steps) for those that stopped early, as of `jobs_02`;
        others are left aside.

    Returns
    -------
    Arcs
    """
    run = rec.position, rec.direction
    aged = {k: f for k, f in trained.items() if isinstance(k, str) or isinstance(k[1], int)}
    gaps = {key: shape.arc_gaps(f.embedding, *run, rec.length_m) for key, f in aged.items()}
    final = {key: values for key, values in gaps.items() if isinstance(key, str)}
    growth: dict[str, dict[int, np.ndarray]] = {}
    for variant, steps in (key for key in gaps if key not in final):
        growth.setdefault(variant, {})[steps] = gaps[variant, steps]
    for variant, by_age in growth.items():
        by_age[len(trained[variant].loss)] = final[variant]
    points = trained["posdir"].embedding
    repeats = shape.repeat_gaps(points, *run, rec.laps(), rec.length_m)
    return Arcs(rec.length_m, final, repeats, growth)


@dataclass(frozen=True, eq=False)
class Spheres:
    """How evenly points fill the sphere: length of the mean, and shares of the axes (3,)."""

    lopsided: Mapping[str, float]
    shares: Maps

    def table(self) -> Markdown:
        """Both by variant, above those of a filled sphere."""
        head = ["variant", "length of the mean", "share of each axis"]
        rows = [
            [VARIANT_NAMES[v], f"{mean:.2f}", _joined(self.shares[v])]
            for v, mean in self.lopsided.items()
        ]
        filled = ["*a filled sphere*", f"*{0:.2f}*", f"*{_joined([1 / 3] * 3)}*"]
        lines = [head, ["---", "--:", "---"], *rows, filled]
        return Markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))

    def said(self) -> Markdown:
        """Whether the shuffled one is a sphere."""
        mean = self.lopsided["shuffled"]
        side = "on one side: a cap, not a sphere" if mean > 0.5 else "all around"
        return Markdown(f"The shuffled model's points lie mostly **{side}** (`{mean:.2f}`).")

    def expect(self) -> None:
        """Check the balance of the shuffled points, and how flat those of position lie."""
        claims.expect("embed.shuffled.lopsidedness", self.lopsided["shuffled"])
        claims.expect("embed.pos.least_axis_share", float(self.shares["pos"][-1]))


def spheres(maps: Maps) -> Spheres:
    """Measure how evenly embeddings, (T, 3) by variant, fill the unit sphere."""
    return Spheres(
        {v: shape.lopsidedness(points) for v, points in maps.items()},
        {v: shape.axis_shares(points) for v, points in maps.items()},
    )


def shapes_judged(order: Order, arcs: Arcs, spheres: Spheres, rec, profile: str) -> Markdown:
    """Judge the blog's words by the conditions that stand beside them.

    Parameters
    ----------
    order, arcs, spheres
        What was measured.
    rec : Recording
    profile : {"quick", "full"}
    """
    r2, null, ratio = order.r2, order.null["shuffled"], arcs.ratio
    word = partial(so_far, recording=rec, profile=profile)
    ours = {
        "posdir": f"direction named {order.accuracy['posdir']:.0%}, gap at ends "
        f"{ratio['posdir']:.2f} of the middle",
        "dir": f"Rand index {order.rand['dir']:.2f}",
        "time": f"R² of position {r2['time']:.2f} (shuffled model {r2['shuffled']:.2f}), gap at "
        f"ends {ratio['time']:.2f} of the middle",
        "shuffled": f"R² of position {r2['shuffled']:.3f} (lagged behaviour: up to {null:.3f}), "
        f"direction named {order.accuracy['shuffled']:.0%}, mean "
        f"{spheres.lopsided['shuffled']:.2f}",
    }
    values = {
        "embed.dir.rand_index": order.rand["dir"],
        "embed.posdir.end_gap_ratio": ratio["posdir"],
        "embed.shuffled.lopsidedness": spheres.lopsided["shuffled"],
    }
    values |= {f"embed.{v}.position_r2": one for v, one in r2.items()}
    values |= {f"embed.{v}.direction_accuracy": one for v, one in order.accuracy.items()}
    said = {v: claims.published(f"embed.{v}.shape", "blog") for v in ours}
    verdicts = {v: word(claims.holds(_without_holes(claim), values)) for v, claim in said.items()}
    for v in ("time", "shuffled"):
        verdicts[v] = f"but for holes: {verdicts[v]}; the hole: [chapter 05](05_ring_topology)"
    head = ["variant", "the blog's words", "criterion", "ours", "verdict"]
    rows = [
        [VARIANT_NAMES[v], claim.value, claim.rule["criterion"], ours[v], verdicts[v]]
        for v, claim in said.items()
    ]
    return Markdown(markdown(head, rows, 5))


def _without_holes(claim: claims.Claim) -> claims.Claim:
    """Leave out the conditions that need persistent cohomology, which chapter 05 measures."""
    here = [one for one in claim.rule["all"] if not one.startswith("topology.")]
    return replace(claim, rule={**claim.rule, "all": here})


def _joined(shares) -> str:
    return " · ".join(f"{share:.2f}" for share in shares)
