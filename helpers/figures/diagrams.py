"""Chapter 05's pictures, with their words: studies of bars, angles and laps, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML
from matplotlib.colors import Normalize

from . import embeddings, rings, style, threshold, topology
from .flipbook import Frame, flipbook
from .style import Picture

if TYPE_CHECKING:
    from helpers.recordings import Recording
    from helpers.topology import Ages, Angles, Animals, Compared, Diagrams, HeldOut, Price, Winding

NAMES, COLOURS = style.VARIANT_NAMES, style.VARIANT_COLOURS
SHOWN = 25  # longest bars by rank


def birth_death(study: Diagrams) -> Picture:
    """One subsample of each headline model: births against deaths."""
    panels, said = {}, []
    for v, found in study.bars.items():
        first = study.by_distribution[v].all[0]
        text = f"β₀ = {first[0]}, β₁ = {first[1]}\n(null distribution)"
        panels[NAMES[v]] = topology.Panel(found[0], study.limits, text)
        ends = np.median([one["h1"][np.argmax(np.diff(one["h1"]))] for one in found], axis=0)
        said.append(f"{NAMES[v]} from {ends[0]:.2f} to {ends[1]:.2f}")
    return Picture(
        topology.birth_death(panels),
        alt="Births against deaths of pieces and loops in five panels, one a model, with a dashed "
        "line parallel to the diagonal for each threshold. The longest loop: "
        f"{', '.join(said)}.",
        caption="One subsample of each headline model. Above its dashed line a bar counts under "
        "the authors' rule; the line is 1.1 times the longest bar of the shuffled model, the "
        "median over subsamples. Bars that never die lie on the top edge.",
        name="birth-death",
    )


def move_the_threshold(study: Diagrams) -> HTML:
    """Three of the models' diagrams with a threshold that can be moved."""
    panels = {NAMES[v]: study.bars[v][0] for v in ("posdir", "time", "shuffled") if v in study.bars}
    return threshold.threshold(
        panels,
        study.limits[1],
        "One subsample of each model. Move the threshold: bars that live longer count. It starts "
        "at the authors' rule. Is there a threshold at which all three have the Betti numbers "
        "that you expect?",
    )


def ages(study: Ages, rec: Recording) -> HTML:
    """The sphere of time alone at each age, with its measures."""
    frames = []
    for steps, points in study.clouds.items():
        fig = plt.figure(figsize=(4.6, 4.4), layout="none")
        ax = fig.add_axes((0, 0, 1, 1), projection="3d")
        norm = Normalize(0, rec.length_m)
        embeddings.cloud(ax, points, rec.position, cmap=style.POSITION, norm=norm)
        alt = f"A globe of dots coloured by position, after {steps:,} steps"
        frames.append(Frame(f"{steps:,}", study.said(steps), fig, alt))
    return flipbook(
        frames,
        name="ages",
        question="Steps of training without labels",
        caption="The model of time alone, first seed, one dot a time bin, coloured by position; "
        "the line has means over seeds. When does the sphere fill?",
        slider=True,
    )


def ranked_bars(study: Diagrams) -> Picture:
    """The longest bars of each headline model by rank."""
    ranked = {}
    for v, found in study.bars.items():
        lengths = [[_lifespans(one[f"h{k}"]) for one in found] for k in (0, 1)]
        if min(map(len, lengths[1])) >= SHOWN:
            ranked[v] = [np.stack([one[:SHOWN] for one in each]) for each in lengths]
    return Picture(
        topology.ranked_bars(ranked, study.limits),
        alt="Lifespans from the longest down, pieces left, loops right, one line a model, with "
        "the threshold dashed.",
        caption="The longest bars by rank: median and range over subsamples. Dashed: the authors' "
        "threshold.",
        name="ranked-bars",
    )


def betti_shares(study: Diagrams) -> Picture:
    """How often each Betti number was counted, under both rules."""
    counts = {f"{NAMES[v]}, one shuffled": one.all for v, one in study.by_paper.items()}
    counts |= {f"{NAMES[v]}, null": one.all for v, one in study.by_distribution.items()}
    return Picture(
        topology.betti_shares(counts),
        alt="Two tables of shares: for each model and rule, how often each number of pieces and "
        "of loops was counted.",
        caption="How many subsamples gave which count. <em>One shuffled</em>: the authors' rule. "
        "<em>Null</em>: bars longer than all but one in twenty longest bars of shuffled models "
        "(of fewer steps; where the profile trains few of them, longer than all).",
        name="betti-shares",
    )


def among_nulls(study: Compared) -> Picture:
    """Longest loops of models among those of nulls."""
    models = {
        NAMES[v]: (np.concatenate([_longest(found) for found in each]), COLOURS[v])
        for v, each in study.seeds.items()
    }
    models |= {
        f"headline: {NAMES[v]}": (_longest(found), COLOURS[v])
        for v, found in study.diagrams.bars.items()
    }
    label = "longest loop (distance on the sphere)"
    return Picture(
        topology.among_nulls(study.lengths, models, label, study.significant),
        alt="Rows of dots, a row a kind of model: the longest loop in each subsample, coloured "
        "for models under test, grey for four kinds of null models below them.",
        caption="The longest loop, a dot a subsample (null models: a dot a model). White ticks: "
        "medians. Dashed: the length that is significant among shuffled models.",
        name="among-nulls",
    )


def cocycle(study: Angles) -> Picture:
    """The cut that a cocycle makes through the ring, and the angle it becomes."""
    return Picture(
        rings.cocycle(study.coordinate, study.points, study.coordinate(study.points)),
        alt="Left: landmarks on the sphere and the edges between them on which the cocycle is not "
        "zero. Right: all points, coloured by the angle that smoothing makes of it.",
        caption="Left: the edges that the cocycle counts, one cut through the ring. Right: the "
        "angle after smoothing, at every bin. Where the cut lies means nothing; another cocycle "
        "would cut elsewhere.",
        name="cocycle",
    )


def angle_by_position(study: Angles) -> Picture:
    """The angle of every bin against the animal's place, a panel a headline model."""
    rec = study.models.rec
    drawn = {
        f"{NAMES[v]}\nR² {each[0].reading.r2:.2f}": each[0].angle
        for v, each in study.by_variant.items()
        if each[0].reading
    }
    return Picture(
        rings.angle_by_position(drawn, rec.position, rec.direction, rec.length_m),
        alt="Five panels: the circular coordinate of every bin against the position on the track, "
        "right runs teal, left runs coral, with the R² in each title.",
        caption="A ring that carries the way there and back shows two slopes, one falling, one "
        "rising; where it closes, they meet at the ends of the track. An arc shows both directions "
        "on one line. Where the angle passes the cut it leaves at the top and comes in at the "
        "bottom.",
        name="angle-by-position",
    )


def turning(study: Winding) -> Picture:
    """The angle counted on along laps, and turns in each of them."""
    found = study.angles.by_variant
    paths = {
        NAMES[v]: (found[v][0].along, COLOURS[v])
        for v in ("posdir", "time", "pos", "shuffled")
        if found[v][0].reading
    }
    return Picture(
        rings.turning(paths, study.trips, study.angles.models.rec.bin_s),
        alt="Left: turns round the ring against time over the first round trips, staircases for "
        "some models and flat zigzags for others. Right: a histogram of the turns in each round "
        "trip.",
        caption="Left: the angle, counted on over whole turns, along the first round trips. Who "
        "winds climbs one step a trip. Right: turns in every whole round trip of the session.",
        name="turning",
    )


def stand_ins(study: Animals, ring) -> Picture:
    """Angle against place of the two simulated rats; `ring` is the recording that both share."""
    found = {m.rat: one.rounds.longest for m, one in study.found.items() if m.name == "time"}
    drawn = {f"{name}: {one.share:.0%} wound": one.angle for name, one in found.items()}
    return Picture(
        rings.angle_by_position(drawn, ring.position, ring.direction, ring.length_m),
        alt="Angle against position for the two simulated rats, models of time alone, with the "
        "share of trips that wind in each title.",
        caption="Both rats are simulated, both models saw time alone. The left one's cells tell "
        "the directions apart, the right one's do not.",
        name="stand-ins",
    )


def rats(study: HeldOut) -> Picture:
    """Loops and turns of every rat, on trips that no model has seen."""
    looks = {v: (NAMES[v], COLOURS[v]) for v in ("posdir", "time", "shuffled")}
    looks["lagged"] = ("lagged labels", style.VIOLET)
    bars = {rat: {v: one["h1"] for v, (one, *_) in k.items()} for rat, k in study.bars.items()}
    turned = {rat: {v: one.turned for v, one in k.items()} for rat, k in study.found.items()}
    once = [
        f"{rat.capitalize()} {kinds['posdir'].best.mean():.0%} and {kinds['time'].best.mean():.0%}"
        for rat, kinds in study.found.items()
    ]
    return Picture(
        rings.of_rats(bars, turned, looks),
        alt="A column a rat. Above, births against deaths of loops of two models; below, how many "
        "turns held-out trips make round the loop, beside models of shuffled and lagged labels. "
        f"Wound once, position + direction and time only: {', '.join(once)}.",
        caption="Above: loops of training trips, one model each; far above the line is a long "
        "loop. Below: turns of held-out trips round the best of three loops, all models together; "
        "a ring would put every trip at <em>once</em>. <em>Back</em> is against the commoner "
        "sense.",
        name="rats",
    )


def cost(study: Price) -> Picture:
    """Time and memory of H1 and H2 against the number of points."""
    return Picture(
        topology.cost(study.measured, study.hung, (study.stated_points, study.stated_s)),
        alt="Time and memory against the number of points on logarithmic axes, for H1 and H2, "
        "with dotted lines to the number of points at which the blog's program hung.",
        caption="Random points of the headline model of position and direction. Dotted: the power "
        "law of the larger half of the measurements, carried on.",
        name="cost",
    )


def _lifespans(diagram: np.ndarray) -> np.ndarray:
    lengths = np.diff(diagram).ravel()
    return np.sort(lengths[np.isfinite(lengths)])[::-1]


def _longest(found) -> np.ndarray:
    return np.array([_lifespans(one["h1"])[0] for one in found])
