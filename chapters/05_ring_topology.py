# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Is the ring real?
#
# **The claim.** The embedding of a rat that runs there and back is a ring: one piece, one loop, and no hollow, [β₀,
# β₁, β₂] = [1, 1, 0], in three, eight and sixteen dimensions alike, and the angle around it predicts position with an
# R² of 0.956, 0.893 and 0.95 ([Schneider, Lee & Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6), the authors'
# cohomology notebook). The blog agrees in its text, β₀ = 1 and β₁ = 1, "confirmed ring". The titles of its own figure
# say 5 and 3, 27 and 3, 37 and 3.
#
# **What you will see.** What persistent cohomology counts, and how much its counts depend on a threshold. Models that
# should *not* have a ring, as the yardstick. A model with a splendid loop that is no ring at all. And then better
# evidence than any Betti number: an angle read off the loop, and a rat followed round it, lap by lap, on laps the
# model has never seen.

# %% tags=["bootstrap"]
import os
import subprocess
import sys
from pathlib import Path

if "google.colab" in sys.modules and not Path("_toc.yml").exists():  # in Colab only
    if not Path("book").exists():
        url, tag = "https://github.com/your-name/a-ring-from-spikes", "main"
        clone = ["git", "clone", "--quiet", "--depth=1", "--branch", tag, url, "book"]
        subprocess.run(clone, check=True)
    os.chdir("book")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "-r", "requirements-colab.txt"]
    subprocess.run(pip, check=True)
root = next(p for p in (Path.cwd(), *Path.cwd().parents) if (p / "_toc.yml").exists())
sys.path.insert(0, str(root))

# %% tags=["parameters"]
from helpers.claims import default_profile

recording = os.environ.get("CEBRA_BOOK_RECORDING", "achilles")
profile = os.environ.get("CEBRA_BOOK_PROFILE") or default_profile()
seed = int(os.environ.get("CEBRA_BOOK_SEED", "0"))  # other values measure the spread

# %% tags=["nbval-ignore-output"]
import numpy as np
from IPython.display import Markdown, display

from helpers.claims import Judged, banner, begin, expect, note, published, verdict_table
from helpers.figures import rings, style
from helpers.figures import topology as pictures
from helpers.recordings import RATS, load_recording
from helpers.topology import (
    Model,
    circular_coordinate,
    jobs_05,
    lifespans,
    p_value,
    pick,
    report,
    scrambled_along,
    share_wound,
    stand_ins,
    tables,
    turns,
    whole_trips,
)
from helpers.topology import cost as topology_cost
from helpers.topology import rounds as around
from helpers.topology.persistence import persistence
from helpers.training import VARIANTS, fast_dtype, fit_many

rec = load_recording(recording, on_missing="simulate")
begin("05", rec, profile, overridden=seed != 0)
style.use(rec)
banner(rec, profile)

# %% [markdown]
# ## What persistence counts
#
# Take a few hundred points of the embedding and let a ball grow around each. Balls that touch are joined. At first
# every point is a piece of its own; pieces merge and *die*. When the joined balls close a loop around something empty,
# a loop is *born*; when they have filled it, it dies. Each piece and each loop is thus a bar, from its birth to its
# death. Long bars are shape; short ones are what any cloud of points has. β₀ is the number of long bars among pieces,
# β₁ among loops (H1), β₂ among hollows (H2).
#
# Long compared with what? Everything hangs on that word. The authors' answer: longer than 1.1 times the longest bar of
# a model trained on shuffled labels. It is a good idea with a weakness, and we shall come to it. First their rule and
# the blog's settings, with its five headline models.

# %% tags=["nbval-ignore-output"]
others = []
if profile == "full" and rec.source != "simulated" and rec.name in RATS:
    others = [load_recording(rat, on_missing="simulate") for rat in RATS if rat != rec.name]
    others = [other for other in others if other.source != "simulated"]
jobs = jobs_05(rec, profile, others, seed=seed, dtype=fast_dtype())
fits = dict(zip(jobs, fit_many(list(jobs.values())), strict=True))

# %% tags=["nbval-ignore-output"]
mine = pick(fits, recording=rec.name)
cloud = {model: fit.embedding for model, fit in mine.items() if "nested" not in model.use}
n_points, n_subsamples = report.POINTS[profile], report.SUBSAMPLES[profile]
headline = pick(cloud, use="headline", dimension=3)
found = report.subsampled(headline, n_points, n_subsamples, seed=seed)
null = report.subsampled(pick(cloud, use="null", dimension=3), n_points)
bars = {model.told: each for model, each in found.items()}

# %% tags=["nbval-ignore-output"]
NAMES = {v: style.VARIANT_NAMES[v] for v in VARIANTS}
one_shuffled = report.paper_thresholds(bars["shuffled"])
by_null = report.null_thresholds(null, "shuffled")
paper_count = {v: report.counted(bars[v], one_shuffled) for v in VARIANTS if v != "shuffled"}
null_count = {v: report.counted(bars[v], by_null) for v in VARIANTS}
said = {}
for v in ("posdir", "pos", "time"):
    claim = published(f"topology.{v}.betti", "blog")
    said[NAMES[v]] = f"{claim.value}, its figure {claim.more['elsewhere']['value']}"
text = tables.diagram_table(
    {NAMES[v]: bars[v] for v in VARIANTS},
    {NAMES[v]: count for v, count in paper_count.items()},
    {NAMES[v]: count for v, count in null_count.items()},
    said,
)
steps = jobs[next(iter(headline))].parameters["max_iterations"]
display(
    Markdown(
        f"{text}\n\n{n_points} random points of each model of {steps:,} steps; the commonest count over "
        f"{n_subsamples} subsamples, and how common it is; distances between points on a sphere of radius 1."
    )
)

# %%
for v in ("posdir", "pos", "time"):
    expect(f"topology.{v}.betti", paper_count[v].betti)
expect("topology.shuffled.betti1", float(np.median(null_count["shuffled"].all[:, 1])))
for v in VARIANTS:
    lengths = report.longest_bars(bars[v])
    expect(f"topology.{v}.longest_h1", lengths.mean())

# %% tags=["nbval-ignore-output"]
limits = [float(np.median(limit)) for limit in one_shuffled]
panels = {
    NAMES[v]: pictures.Panel(
        bars[v][0],
        limits,
        f"β₀ = {null_count[v].all[0, 0]}, β₁ = {null_count[v].all[0, 1]}\n(null distribution)",
    )
    for v in VARIANTS
}
longest_said = ", ".join(
    "{} from {:.2f} to {:.2f}".format(NAMES[v], *report.main_bar(bars[v])[:2]) for v in VARIANTS
)
style.show(
    pictures.birth_death(panels),
    alt="Births against deaths of pieces and loops in five panels, one a model, with a dashed line parallel to the "
    f"diagonal for each threshold. The longest loop: {longest_said}.",
    caption="One subsample of each headline model. Above its dashed line a bar counts under the authors' rule; the line is "
    "1.1 times the longest bar of the shuffled model, the median over subsamples. Bars that never die lie on the top edge.",
    name="birth-death",
)

# %% tags=["nbval-ignore-output"]
ranked = {
    v: [np.stack([lifespans(one[f"h{k}"])[:25] for one in bars[v]]) for k in (0, 1)]
    for v in VARIANTS
    if min(len(lifespans(one["h1"])) for one in bars[v]) >= 25
}
style.show(
    pictures.ranked_bars(ranked, limits),
    alt="Lifespans from the longest down, pieces left, loops right, one line a model, with the threshold dashed.",
    caption="The longest bars by rank: median and range over subsamples. Dashed: the authors' threshold.",
    name="ranked-bars",
)

# %% [markdown]
# ## How often? A Betti number is a statistic
#
# A count of one subsample is an anecdote: draw other points, and it may change. So here is how often each count
# occurs, over the same subsamples.

# %% tags=["nbval-ignore-output"]
counts = {f"{NAMES[v]}, one shuffled": paper_count[v].all for v in VARIANTS if v != "shuffled"}
counts |= {f"{NAMES[v]}, null": null_count[v].all for v in VARIANTS}
style.show(
    pictures.betti_shares(counts),
    alt="Two tables of shares: for each model and rule, how often each number of pieces and of loops was counted.",
    caption="How many subsamples gave which count. <em>One shuffled</em>: the authors' rule. <em>Null</em>: bars longer "
    "than all but one in twenty longest bars of shuffled models (of fewer steps; where the profile trains few of them, "
    "longer than all).",
    name="betti-shares",
)

# %% [markdown]
# ## Long compared with what?
#
# The weakness of the rule: *one* shuffled model sets the threshold, and it has a spread of its own. Take more of them
# and keep the longest, and the threshold can only grow. A distribution does not have that flaw: count how many null
# models have a loop at least as long, and you have a p-value, (1 + that number) / (1 + all).
#
# And shuffled labels are the easiest null there is: they leave nothing to learn. Three harder ones stand beside them:
#
# - **lagged labels**: the true labels, late by at least 5 whole round trips. As smooth and rhythmic as the real
#   ones, and tied to the wrong spikes. If smooth labels alone could bend the points into a ring, this would show it.
# - **untrained**: a network after a single step.
# - **PCA** of the same windowed counts, projected onto the sphere: no labels, no training. (No null in the strict
#   sense: if the spikes themselves hold a ring, it may show.)
#
# All models of this section were trained equally long.

# %% tags=["nbval-ignore-output"]
compared = pick(cloud, use="compared", dimension=3)
equal = report.subsampled(compared, n_points, report.STARTS[profile], seed=seed)
pca = {Model(rec.name, "compared", "pca", 3, seed): report.pca_cloud(rec)}
pca_bars = next(iter(report.subsampled(pca, n_points, n_subsamples, seed=seed).values()))
NULLS = {"shuffled": "shuffled labels", "lagged": "lagged labels", "untrained": "untrained"}
lengths = {name: report.null_lengths(null, told) for told, name in NULLS.items()}
lengths["PCA of the window"] = report.longest_bars(pca_bars)
kinds = [v for v in VARIANTS if pick(compared, told=v)]
seeds = {NAMES[v]: list(pick(equal, told=v).values()) for v in kinds}
n_null = len(lengths["shuffled labels"])
display(
    Markdown(
        f"{tables.null_table(seeds, lengths)}\n\nMean over seeds of the longest loop in {n_points} points; p against "
        f"{n_null} models of each kind, or {len(pca_bars)} subsamples of PCA. The least p that {n_null} models can give is "
        f"{1 / (1 + n_null):.3f}. The headline models, trained longer, against the same nulls:\n\n"
        + tables.null_table({NAMES[v]: [bars[v]] for v in VARIANTS}, lengths)
    )
)

# %% tags=["nbval-ignore-output"]
models = {
    name: (np.concatenate([report.longest_bars(one) for one in each]), style.VARIANT_COLOURS[v])
    for (name, each), v in zip(seeds.items(), kinds, strict=True)
}
models |= {
    f"headline: {NAMES[v]}": (report.longest_bars(bars[v]), style.VARIANT_COLOURS[v])
    for v in VARIANTS
}
style.show(
    pictures.among_nulls(lengths, models, "longest loop (distance on the sphere)", by_null[1][0]),
    alt="Rows of dots, a row a kind of model: the longest loop in each subsample, coloured for models under test, grey "
    "for four kinds of null models below them.",
    caption="The longest loop, a dot a subsample (null models: a dot a model). White ticks: medians. Dashed: the length "
    "that is significant among shuffled models.",
    name="among-nulls",
)

# %%
for v, each in zip(kinds, seeds.values(), strict=True):
    by_seed = [np.median(report.longest_bars(one)) for one in each]
    sd = np.std(by_seed, ddof=1) if len(by_seed) > 1 else None
    expect(f"topology.compared.{v}.longest_h1", np.mean(by_seed), sd=sd, n=len(by_seed))
for name in ("shuffled", "lagged", "untrained"):
    values = lengths[NULLS[name]]
    expect(f"topology.null.{name}.longest_h1", values.mean(), sd=values.std(ddof=1), n=len(values))
expect("topology.null.pca.longest_h1", lengths["PCA of the window"].mean())
note("topology.shuffled.h1_p", report.p_of(bars["shuffled"], lengths["shuffled labels"]))

# %% [markdown]
# Look at *position* in the tables above. Nobody told that model about directions; it may put the way there and the way
# back on top of each other, and then its points lie on an arc, not on a ring. But an arc may be bent so far that its
# two ends face each other across a gap, and once the balls are as wide as the gap, they close it: one long bar. A
# Betti number does not know a ring from a horseshoe. When is the loop *born*? A ring closes as soon as neighbours
# touch, an arc late.
#
# It is not quite so simple. *Random* points are as dense as the data: where a rat hurries through a turn, few bins
# mark the passage, and even a ring seems to have a gap. *Greedy* landmarks, each as far as can be from all before,
# cover the whole cloud, rare passages and stray points included, and strays can bridge an arc. So here are both, after
# long and after short training.

# %% tags=["nbval-ignore-output"]
n_landmarks, n_starts = report.LANDMARKS[profile], report.STARTS[profile]
known = {rec.name: rec}
rounds = around.followed(headline, known, n_landmarks, n_starts)
round_of = {model.told: around.longest(each) for model, each in rounds.items()}
compared_rounds = around.followed(compared, known, n_landmarks)


def births(of, subsamples, told):
    """Median births of the longest loop: of random points, and of greedy landmarks."""
    greedy = [one.longest.bar[0] for each in pick(of, told=told).values() for one in each]
    random = [report.main_bar(one)[0] for one in pick(subsamples, told=told).values()]
    return f"{np.median(random):.2f}", f"{np.nanmedian(greedy):.2f}"


short_steps = jobs[next(iter(compared))].parameters["max_iterations"]
rows = [
    [f"{NAMES[v]}, {which}", *births(of, subsamples, v)]
    for v in ("posdir", "time", "pos")
    for which, of, subsamples in (
        (f"{short_steps:,} steps", compared_rounds, equal),
        (f"headline, {steps:,} steps", rounds, found),
    )
    if pick(of, told=v)
]
head = ("loop born at", f"{n_points} random points", f"{n_landmarks} greedy landmarks")
display(Markdown(tables.table(head, rows)))

# %% [markdown]
# ## More dimensions, and hollows
#
# The paper repeats its count in 8 and 16 dimensions and adds β₂. H2 is costly (see the end of the chapter), so it gets
# few greedy landmarks.

# %% tags=["nbval-ignore-output"]
wide = pick(cloud, use="headline")
wide = {m: c for m, c in wide.items() if m.told in ("posdir", "shuffled")}
loops = report.subsampled(wide, report.PAPER_POINTS[profile], n_subsamples, seed=seed)
hollows = report.subsampled(
    wide, report.H2_POINTS[profile], n_subsamples, maxdim=2, how="greedy", seed=seed
)
triples = {
    m: [{**one, "h2": other["h2"]} for one, other in zip(loops[m], hollows[m], strict=True)]
    for m in wide
}
dimensions = sorted({m.dimension for m in wide})
triple, rows = {}, []
for d in dimensions:
    true, shuffled = (
        triples[Model(rec.name, "headline", v, d, seed)] for v in ("posdir", "shuffled")
    )
    triple[d] = report.counted(true, report.paper_thresholds(shuffled, (0, 1, 2)))
    birth, death, second = report.main_bar(true)
    counted = tables.betti_text(triple[d])
    rows.append([f"{d}-D", counted, f"{birth:.2f} to {death:.2f}", f"{second:.2f}"])
head = ("position + direction", "[β₀, β₁, β₂]", "longest loop lives", "runner-up")
display(Markdown(tables.table(head, rows)))

# %%
for d in dimensions:
    expect(f"topology.posdir.betti.d{d}", triple[d].betti)
    # Not compared: of a few subsamples, any share may come up from one seed to the next.
    note(f"topology.posdir.agree.d{d}", triple[d].share)

# %% [markdown]
# Against whole distributions, models and nulls equally long trained:

# %% tags=["nbval-ignore-output"]
shuffles = pick(cloud, use="null", told="shuffled")
true = {m: c for m, c in cloud.items() if (m.use, m.told) == ("compared", "posdir")}
measured = {}
for k, n, how in (
    (1, report.PAPER_POINTS[profile], "random"),
    (2, report.H2_POINTS[profile], "greedy"),
):
    settings = {"maxdim": k, "how": how, "seed": seed}
    measured[k] = (
        report.subsampled(shuffles, n, **settings),
        report.subsampled(true, n, **settings),
    )
p_wide, rows = {}, []
for d in sorted({m.dimension for m in shuffles}):
    for k, (nulls, models) in measured.items():
        among = report.null_lengths(nulls, "shuffled", d, k)
        p_wide[d, k] = np.median(
            [report.p_of(one, among, k) for one in pick(models, dimension=d).values()]
        )
    rows.append([f"{d}-D", str(len(among)), f"{p_wide[d, 1]:.3f}", f"{p_wide[d, 2]:.3f}"])
said = "" if len(rows) > 1 else "\n\nThe quick profile trains no nulls in more dimensions."
head = ("position + direction", "null models", "p of the longest loop", "p of the longest hollow")
display(Markdown(tables.table(head, rows) + said))

# %% [markdown]
# ## From a loop to an angle
#
# A long bar says that there is *a* loop. It does not say what runs around it. But cohomology hands over more than
# bars: for each loop a *cocycle*, a rule that tells for every pair of neighbours whether the way from one to the other
# crosses a certain cut through the ring, and in which sense. Smooth that rule, spread the one jump evenly over all
# edges, and every point has an angle ([de Silva and others 2011](https://doi.org/10.1007/s00454-011-9344-x); [Perea
# 2020](https://doi.org/10.1007/978-3-030-43408-3_17)). No position and no time goes into it: only which points are
# near which.
#
# The arithmetic is done modulo a prime, 47 as the authors have it, and must be lifted to whole numbers. That can fail;
# so the lifted rule is checked on every triangle, and if it fails, another prime is tried and the failure told.

# %% tags=["nbval-ignore-output"]
ring = circular_coordinate(headline[Model(rec.name, "headline", "posdir", 3, seed)], n_landmarks)
points = headline[Model(rec.name, "headline", "posdir", 3, seed)]
style.show(
    rings.cocycle(ring, points, ring(points)),
    alt="Left: landmarks on the sphere and the edges between them on which the cocycle is not zero. Right: all points, "
    "coloured by the angle that smoothing makes of it.",
    caption="Left: the edges that the cocycle counts, one cut through the ring. Right: the angle after smoothing, at every "
    "bin. Where the cut lies means nothing; another cocycle would cut elsewhere.",
    name="cocycle",
)
failed = {v: sum(one.reading is None for one in each) for v, each in round_of.items()}
display(
    Markdown(
        f"Prime {ring.prime}; primes that failed before it: {len(ring.failed)}. Coordinates of the five models that no "
        f"prime could lift: {sum(failed.values())} of {n_starts * len(failed)}."
    )
)

# %% [markdown]
# ## What the angle knows
#
# Regress position on the cosine and the sine of the angle, as the paper does. (The root of that R² is Mardia's
# circular-linear correlation.) The blog calls the angle smooth and monotonic while its figure shows broken branches;
# so we also cut the circle open opposite the mean angle of each direction and rank it against position.

# %% tags=["nbval-ignore-output"]
display(Markdown(tables.reading_table({NAMES[v]: round_of[v] for v in VARIANTS})))

# %% tags=["nbval-ignore-output"]
drawn = {
    f"{NAMES[v]}\nR² {round_of[v][0].reading.r2:.2f}": round_of[v][0].angle
    for v in VARIANTS
    if round_of[v][0].reading
}
style.show(
    rings.angle_by_position(drawn, rec.position, rec.direction, rec.length_m),
    alt="Five panels: the circular coordinate of every bin against the position on the track, right runs teal, left runs "
    "coral, with the R² in each title.",
    caption="A ring that carries the way there and back shows two slopes which meet at the ends of the track, one "
    "falling, one rising. An arc shows both directions on one line. Where the angle passes the cut it leaves at the top "
    "and comes in at the bottom.",
    name="angle-by-position",
)

# %%
for v in ("posdir", "pos", "time"):
    r2 = [one.reading.r2 for one in round_of[v]]
    expect(f"topology.circular.{v}.r2", np.mean(r2))
best = [one.reading for one in round_of["posdir"]]
for id, field in {"right.r2": "right", "left.r2": "left"}.items():
    expect(f"topology.circular.{id}", np.mean([getattr(one, field) for one in best]))
for field in ("rank_right", "rank_left"):
    expect(f"topology.circular.{field}", np.mean([getattr(one, field) for one in best]))

# %% tags=["nbval-ignore-output"]
wider = around.followed(
    {m: c for m, c in wide.items() if m.told == "posdir"}, known, n_landmarks, n_starts
)
by_dimension = {m.dimension: around.longest(each) for m, each in wider.items()}
display(
    Markdown(
        tables.reading_table({f"position + direction, {d}-D": by_dimension[d] for d in dimensions})
    )
)

# %%
for d in dimensions:
    expect(f"topology.circular.r2.d{d}", np.mean([one.reading.r2 for one in by_dimension[d]]))

# %% [markdown]
# ## The rat goes round
#
# An R² of position still leaves room for doubt. An arc explains position too, and so does a bent line. Here is a
# question that only a ring can answer: *does the rat wind round it?* On a ring, a trip there and back goes once round,
# and ends one full turn from where it began. On an arc it goes there, comes back the way it came, and ends at zero.
# Nothing has to be fitted; turns are whole numbers; and the sign must be the same on every trip.
#
# Turns are counted on the complex itself: from bin to bin, the smoothed cocycle says how far the angle moves and which
# way round, so that no step is misread as the shorter way.

# %% tags=["nbval-ignore-output"]
trips = whole_trips(rec)
paths = {
    NAMES[v]: (round_of[v][0].along, style.VARIANT_COLOURS[v])
    for v in ("posdir", "time", "pos", "shuffled")
    if round_of[v][0].reading
}
style.show(
    rings.turning(paths, trips, rec.bin_s),
    alt="Left: turns round the ring against time over the first round trips, staircases for some models and flat zigzags "
    "for others. Right: a histogram of the turns in each round trip.",
    caption="Left: the angle, counted on over whole turns, along the first round trips. Who winds climbs one step a trip. "
    "Right: turns in every whole round trip of the session.",
    name="turning",
)

# %% tags=["nbval-ignore-output"]
null_rounds = around.followed(pick(cloud, use="null", dimension=3), known, n_landmarks)
null_shares = {
    name: around.shares_by_model(pick(null_rounds, told=told)) for told, name in NULLS.items()
}
null_shares["PCA of the window"] = around.shares_by_model(
    around.followed(pca, known, n_landmarks, n_starts)
)
short = {v: around.shares_by_model(pick(compared_rounds, told=v)) for v in kinds}
long = {v: around.shares_by_model(pick(rounds, told=v)) for v in VARIANTS}
pooled = np.concatenate([null_shares[name]["best"] for name in NULLS.values()])
rows = {f"{NAMES[v]}, headline, {steps:,} steps": (*long[v].values(), None) for v in VARIANTS}
rows |= {
    f"{NAMES[v]}, {short_steps:,} steps": (
        *short[v].values(),
        p_value(short[v]["best"].mean(), pooled),
    )
    for v in kinds
}
rows |= {name: (*values.values(), None) for name, values in null_shares.items()}
angle = round_of["posdir"][0].angle
mixed = [share_wound(turns(scrambled_along(angle, trips, one), trips)) for one in range(20)]
rows["position + direction, bins of each trip in random order"] = (*[np.array(mixed)] * 2, None)
display(
    Markdown(
        f"{tables.share_table(rows)}\n\n{len(trips)} whole round trips; medians over models, in brackets the range; "
        f"mean over first landmarks where there are several. p: the mean over seeds, best of three loops, among the "
        f"{len(pooled)} shuffled, lagged and untrained models, which were given three loops as well."
    )
)

# %%
for v in VARIANTS:
    expect(f"topology.wound.{v}", long[v]["best"].mean())
for v in kinds:
    values = short[v]["best"]
    sd = values.std(ddof=1) if len(values) > 1 else None
    expect(f"topology.wound.compared.{v}", values.mean(), sd=sd, n=len(values))
for told, name in NULLS.items():
    values = null_shares[name]["best"]
    expect(f"topology.wound.null.{told}", values.mean(), sd=values.std(ddof=1), n=len(values))
expect("topology.wound.pca", null_shares["PCA of the window"]["best"].mean())
expect("topology.wound.scrambled", np.mean(mixed))

# %% [markdown]
# One row needs a second look. PCA of the window is no null here but a witness. It was told nothing and trained on
# nothing; it is a rotation of the counts and a projection. If the rat winds round a loop of *that* cloud, then the
# ring was in the spikes before any model came, and all that CEBRA adds is to draw it more clearly.

# %% [markdown]
# ## On laps never seen
#
# All of this was measured on the bins that trained the models. Now the nested split of chapter 03: encoders that saw
# the training trips only. Landmarks, cocycle, the choice among three loops and the lines of the regression come from
# training trips; then the rat of the *tested* trips is sent round.

# %% tags=["nbval-ignore-output"]
unseen = around.followed_unseen(
    {m: fit for m, fit in mine.items() if "nested" in m.use}, rec, n_landmarks
)
held_out = {}
for v in ("posdir", "time", "shuffled"):
    by_seed = {}
    for m, one in pick(unseen, told=v).items():
        by_seed.setdefault(m.seed, []).append(one)
    pooled_shares = [
        [around.pooled_share(which(folds)) for which in (around.longest, around.best)]
        for folds in by_seed.values()
    ]
    r2 = [np.mean([one.best.reading.r2 for one in folds]) for folds in by_seed.values()]
    held_out[v] = (*np.transpose(pooled_shares), np.array(r2))
n_tested = sum(len(one.longest.turned) for m, one in unseen.items() if m[2:] == ("time", 3, seed))
rows = [
    [
        NAMES[v],
        str(len(r2)),
        f"**{longest.mean():.0%}**",
        f"**{best_of.mean():.0%}** ({best_of.min():.0%} to {best_of.max():.0%})",
        f"{r2.mean():.3f}",
    ]
    for v, (longest, best_of, r2) in held_out.items()
]
head = ("model", "seeds", "round the longest loop", "round the best of three", "R² of position")
said = f"Share of {n_tested} whole held-out round trips, three folds together, that wind once."
display(Markdown(tables.table(head, rows) + "\n\n" + said))

# %%
for v, (_, values, r2) in held_out.items():
    several = len(values) > 1
    sd = values.std(ddof=1) if several else None
    expect(f"topology.unseen.{v}.wound", values.mean(), sd=sd, n=len(values), split="nested")
    sd = r2.std(ddof=1) if several else None
    expect(f"topology.unseen.{v}.r2", r2.mean(), sd=sd, n=len(r2), split="nested")

# %% [markdown]
# ## Can the method say no?
#
# A test that always says yes is no test. Two simulated rats, alike but for one thing: in the first, place cells fire
# at different places on the way there and on the way back, so that what the cells encode is a ring by construction; in
# the second they fire at the same places both ways, and the latent is an arc.

# %% tags=["nbval-ignore-output"]
twins = stand_ins()
judged_twins = around.animals(fits, twins, profile, seed)
display(Markdown(tables.animal_table(judged_twins, NAMES)))

# %%
for m, one in judged_twins.items():
    expect(f"topology.{m.recording}.{m.told}.wound", one.rounds.best.share)
    expect(f"topology.{m.recording}.{m.told}.longest_h1", one.longest)

# %% tags=["nbval-ignore-output"]
time_of = {m.recording: one.rounds.longest for m, one in judged_twins.items() if m.told == "time"}
style.show(
    rings.angle_by_position(
        {f"{name}: {one.share:.0%} wound": one.angle for name, one in time_of.items()},
        twins["ring"].position,
        twins["ring"].direction,
        twins["ring"].length_m,
    ),
    alt="Angle against position for the two simulated rats, models of time alone, with the share of trips that wind in "
    "each title.",
    caption="Both rats are simulated, both models saw time alone. The left one's cells tell the directions apart, the right "
    "one's do not.",
    name="stand-ins",
)

# %% [markdown]
# ## Four rats

# %% tags=["nbval-ignore-output"]
everyone = {other.name: other for other in others}
rats = around.animals(fits, everyone, profile, seed) if others else {}
if rats:
    display(Markdown(tables.animal_table(rats, NAMES)))
else:
    simulated = rec.source == "simulated"
    print("No other rat is measured here:", "simulated" if simulated else "full profile only")

# %%
for m, one in rats.items():
    expect(f"topology.{m.recording}.{m.told}.wound", one.rounds.best.share)
    expect(f"topology.{m.recording}.{m.told}.longest_h1", one.longest)

# %% [markdown]
# ## What it costs, and what hangs
#
# The blog's third bug: asked for H2 of 2,000 points, its program never came back. Ripser has to look at triangles for
# H1 and at tetrahedra for H2, and there are as many as the third and fourth power of the number of points. Time and
# memory, measured here, each in a process of its own:

# %% tags=["nbval-ignore-output"]
HUNG = 2_000
price = {
    k: topology_cost.measure(points, k, topology_cost.MEASURED[profile][k], seed) for k in (1, 2)
}
seconds_800 = {n: seconds for n, seconds, _ in price[1]}[800]
n, seconds, gigabytes = np.array(price[2], dtype=float).T
hours, memory = pictures.trend(n, seconds)(HUNG) / 3600, pictures.trend(n, gigabytes)(HUNG)
stated = published("time.topology_s", "blog").value
style.show(
    pictures.cost(price, HUNG, (800, stated)),
    alt="Time and memory against the number of points on logarithmic axes, for H1 and H2, with dotted lines to the number "
    "of points at which the blog's program hung.",
    caption="Random points of the headline model of position and direction. Dotted: the power law of the larger half of the "
    "measurements, carried on.",
    name="cost",
)
display(
    Markdown(
        f"H1 of 800 points: {seconds_800:.1f} s (the blog: {stated} s). H2 of {HUNG:,} points, by extrapolation: "
        f"**{hours:.1f} hours** and {memory:.0f} GB; this machine has {topology_cost.machine_gb():.0f} GB."
    )
)

# %% tags=["nbval-ignore-output"]
note("time.topology_s", seconds_800)
note("topology.h2.hours_2000", float(hours))
note("topology.h2.gb_2000", float(memory))
note("topology.h2.gb_machine", topology_cost.machine_gb())

# %% [markdown]
# So `helpers/topology/persistence.py` tries a few points first, estimates, and refuses what would hang:

# %% tags=["nbval-ignore-output"]
try:
    persistence(points, HUNG, maxdim=2)
except ValueError as refusal:
    print(refusal)

# %% [markdown]
# ## What could fool us
#
# **The labels.** A model that is told position and direction is told a ring: two intervals, which the loss ties
# together where labels change at the turns. That it draws one is no news about the brain. The model that saw time
# alone is the one to look at, and laps that no model saw.
#
# **The landmarks.** How many, and how chosen, was settled while looking at this rat. So here are other choices:

# %% tags=["nbval-ignore-output"]
SCHEMES = {(how, n) for how in ("greedy", "random") for n in (n_landmarks // 2, n_landmarks)}
asked = {m: c for m, c in headline.items() if m.told in ("posdir", "time")}
rows = []
for how, n in sorted(SCHEMES):
    tried = around.followed(asked, known, n, n_starts, how)
    for m, each in tried.items():
        r2 = np.mean([one.reading.r2 for one in around.longest(each) if one.reading])
        wound = [around.shares(which(each)) for which in (around.longest, around.best)]
        told = [f"{one.mean():.0%} (at worst {one.min():.0%})" for one in wound]
        rows.append([f"{NAMES[m.told]}, {n} {how}", f"{r2:.3f}", *told])
head = ("landmarks", "R² of position", "wound, longest loop", "wound, best of three")
display(Markdown(tables.table(head, rows)))

# %% [markdown]
# **One loop among many.** The longest loop need not be the one that the rat runs round: where two are about as long, a
# few points more or less swap them. Hence the best of three, for every null model too, and on held-out trips chosen by
# other trips.
#
# **Density.** Smoothing turns the angle faster where landmarks are dense. That is why the angle need not be
# proportional to position even on a perfect ring, and why a rank tells more than an R².
#
# **Scale.** An untrained network puts all points into one patch, and whatever loops it has are small because it is.
# Bars of different models are comparable only if their clouds are about equally large. Turns do not depend on scale.
#
# **Counting twice.** Subsamples of one embedding are not independent animals, nor are seeds. The shares of subsamples
# say how stable a count is, not how true. What p-values compare is models.
#
# ## Verdicts


# %% tags=["nbval-ignore-output"]
def line(text, id, said_by, value, sd=None):
    return Judged(text, published(id, said_by), value, sd)


by_dim = {f"d{d}": triple[d].betti for d in dimensions}
r2_by_dim = {f"d{d}": np.mean([one.reading.r2 for one in by_dimension[d]]) for d in dimensions}
lines = [
    line(f"[β₀, β₁], {NAMES[v]}", f"topology.{v}.betti", "blog", paper_count[v].betti)
    for v in ("posdir", "pos", "time")
]
shuffled_count = float(np.median(null_count["shuffled"].all[:, 1]))
ranks = {
    f"topology.circular.{f}": float(np.mean([getattr(one, f) for one in best]))
    for f in ("rank_right", "rank_left")
}
lines += [
    line("β₁, shuffled labels", "topology.shuffled.betti1", "blog", shuffled_count),
    line("angle monotonic in position", "topology.circular.monotonic", "blog", ranks),
    line("[β₀, β₁, β₂], position + direction", "topology.posdir.betti", "paper", by_dim),
    line("circular R² of position", "topology.circular.r2", "paper", r2_by_dim),
]
lines += [
    line(
        f"circular R², {side} runs",
        f"topology.circular.{side}.r2",
        "paper",
        float(np.mean([getattr(one, side) for one in best])),
    )
    for side in ("right", "left")
]
lines += [
    line("seconds for H1 of 800 points", "time.topology_s", "blog", seconds_800),
    line(
        "H2 of 2,000 points hangs",
        "time.h2_ripser",
        "blog",
        {
            "topology.h2.hours_2000": float(hours),
            "topology.h2.gb_2000": float(memory),
            "topology.h2.gb_machine": topology_cost.machine_gb(),
        },
    ),
]
caveat = "(quick run)" if profile == "quick" else ""
display(Markdown(verdict_table(lines, caveat, judged=rec.key == "achilles")))


# %% tags=["nbval-ignore-output"]
def percent(v):
    return f"{held_out[v][1].mean():.0%}"


display(
    Markdown(
        f"**Is the ring real?** On trips that no model had seen, the rat winds once round the loop of the model of "
        f"position and direction on {percent('posdir')} of trips, round that of time alone, never told where it was, on "
        f"{percent('time')}, and round that of shuffled labels on {percent('shuffled')}. In PCA of the same windows, "
        f"which trains nothing, it winds on {null_shares['PCA of the window']['best'].mean():.0%} of all trips; round "
        f"the long loop of position alone on {long['pos']['longest'].mean():.0%}."
    )
)

# %% [markdown]
# ## Take-aways
#
# - A Betti number without a threshold is no number; a threshold without a null is a taste.
# - Look at births. An arc that closes late can have a loop as long as a ring's.
# - A null should be hard to beat: smooth labels at the wrong time rather than mere noise, and as long trained.
# - Ask what only a ring can do. Winding is a whole number, needs no fit and no threshold, and works on laps never seen.
# - Estimate before you start. Some programs do not fail, they just never end.
#
# [Next in this book](06_cebra_from_scratch): what the encoder does, in a hundred lines.
