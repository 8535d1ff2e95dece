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
# # Where is the rat?
#
# **The claim.** Read the rat's place off the embedding, by asking which moments lie nearest, and you get an R² above
# 0.9 and a mean error of about 5 cm on a track of 160 cm, against about 50 cm with shuffled labels and about 15 cm with
# PCA. So says the blog. The paper, on trips that it held out, states a median error of 5.46 ± 0.21 cm and R² 0.875
# for position and direction, and 4.71 ± 0.12 cm for time alone
# ([Schneider, Lee & Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6), Figure 2; authors' figure repository).
#
# **What you will see.** The blog's number, and the leak that makes it. The honest number, on trips that neither encoder
# nor decoder has met. The same model under both, side by side. Then rivals that are given what CEBRA is given: some of
# them need no training at all, and you will want to know how they did. At the end, all four rats.

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
from IPython.display import HTML, Markdown, display

from helpers.claims import banner, begin, expect, published
from helpers.decoding import (
    BAYES,
    CEBRA_WINDOW,
    COUNTS,
    LONG_BAYES,
    PAPER_SETTINGS,
    contiguous_split,
    decode_constant,
    decode_models,
    ensemble,
    few_rivals,
    jobs_03,
    leak,
    leaking,
    leaking_rivals,
    leaky_split,
    mean_score,
    nested_splits,
    paired_difference,
    report,
    seed_sd,
    trip_of_bin,
)
from helpers.decoding.rivals import rivals
from helpers.figures import decoding as pictures
from helpers.figures import style, trackplayer
from helpers.recordings import RATS, load_recording
from helpers.training import VARIANTS, Model, fast_dtype, fit_many, headline_jobs

rec = load_recording(recording, on_missing="simulate")
begin("03", rec, profile, overridden=seed != 0)
style.use(rec)
banner(rec, profile)

# %% [markdown]
# ## How to get a splendid number
#
# The recipe, as the blog cooked it. Train CEBRA on the whole recording. Deal its bins at random into a large part and a
# small one. For each bin of the small part, look up its nearest neighbours in the large part, average their positions,
# and compare.
#
# How many neighbours is decided on a third part, so that nothing is tuned on what is scored. It looks like good
# practice; every bin that is scored was held out of the decoder.

# %% tags=["nbval-ignore-output"]
jobs = headline_jobs(rec, profile, seed)
headline = dict(zip(jobs, fit_many(list(jobs.values())), strict=True))

# %% tags=["nbval-ignore-output"]
hat = leaky_split(rec, seed)
names = {variant: f"CEBRA, {style.VARIANT_NAMES[variant]}" for variant in VARIANTS}
flattered = {v: [leaking(rec, hat, v, headline[v].transform)] for v in VARIANTS}
flattered_rivals = leaking_rivals(rec, hat)
shown = {names[v]: (v, flattered[v]) for v in VARIANTS}
shown |= {n: ("pca", flattered_rivals[n]) for n in ("PCA, 3-D, single bins", "PCA, 3-D")}
rows = [
    f"| {name} | {published(f'decode.{id}.mae_cm', 'blog').value:g} "
    f"| **{mean_score(results, 'mean_cm'):.1f}** | {mean_score(results, 'r2'):.3f} |"
    for name, (id, results) in shown.items()
]
head = "| method | the blog's mean error (cm) | ours (cm) | our R² |\n| --- | --: | --: | --: |\n"
note = "\n\nThe blog does not say whether its PCA saw one bin or a window of ten, so here are both."
display(Markdown(head + "\n".join(rows) + note))

# %%
for name in ("posdir", "pos", "dir", "time", "shuffled"):
    expect(f"decode.leaky.{name}.mae_cm", mean_score(flattered[name], "mean_cm"), split="leaky")
expect("decode.leaky.posdir.r2", mean_score(flattered["posdir"], "r2"), split="leaky")
for id, name in {"pca": "PCA, 3-D, single bins", "pca3": "PCA, 3-D", "knn_counts": COUNTS}.items():
    error = mean_score(flattered_rivals[name], "mean_cm")
    expect(f"decode.leaky.{id}.mae_cm", error, split="leaky")

# %% [markdown]
# ## Why it is too good
#
# A bin lasts 25 ms. In that time a rat moves a centimetre or two, and CEBRA's window of ten bins moves on by one: nine
# tenths of what it reads are the same. Whoever throws single bins into a hat and draws some out for testing leaves
# their twins in the hat.

# %% tags=["nbval-ignore-output"]
overlap, same_trip = leak.neighbours_nearby(rec, hat, CEBRA_WINDOW)
raw, model = flattered_rivals[COUNTS], flattered["posdir"]
display(
    Markdown(
        f"Of the tested bins, **{overlap:.1%}** share spikes with the window of a training bin, and {same_trip:.0%} "
        "have training bins in their own round trip. Nothing need know where the rat is. It is enough to recognise "
        "the moment.\n\nIf so, something that recognises well and understands nothing should shine. Take no network "
        "at all: the bare spike counts of the same ten bins, and nearest neighbours among them. Under this split their "
        f"mean error is **{mean_score(raw, 'mean_cm'):.1f} cm**, their R² {mean_score(raw, 'r2'):.3f}; "
        f"CEBRA has {mean_score(model, 'mean_cm'):.1f} cm and {mean_score(model, 'r2'):.3f}."
    )
)

# %% [markdown]
# ## Trips never seen
#
# Honest splits hold out *trips*: runs there and back. We use two.
#
# - **Nested**, the paper's own: the session is cut into three blocks, and in each block some trips train, some validate
#   and some test. Three folds; `cebra.datasets.hippocampus` describes it, and a test of this book checks that our
#   trips are its trips.
# - **Contiguous**, the authors' demo: the last fifth of the session is held out in one piece. Harder, since brains
#   drift.
#
# The encoder sees the training trips only. So does the decoder. Windows and positive pairs stop where a cut-out piece
# stops, so not a spike is shared. Settings are chosen on validation trips. Test trips are only scored.

# %% tags=["nbval-ignore-output"]
splits, last_fifth = nested_splits(rec), contiguous_split(rec)
trips = trip_of_bin(rec)
head = "| split | training bins (trips) | validation | test |\n| --- | --: | --: | --: |"
for split in (*splits, last_fifth, hat):
    parts = [f"{len(b):,} ({len(set(trips[b]))})" for b in (split.train, split.valid, split.test)]
    head += f"\n| {split.name} | {' | '.join(parts)} |"
tested = sum(len(set(trips[split.test])) for split in splits)
display(
    Markdown(
        f"{head}\n\nThe nested folds test {tested} round trips between them. These, and not the bins, are what our "
        "intervals resample: a hundred bins of one trip are one trip."
    )
)

# %% tags=["nbval-ignore-output"]
others = []
if profile == "full" and rec.source != "simulated" and rec.name in RATS:
    others = [load_recording(rat, on_missing="simulate") for rat in RATS if rat != rec.name]
    others = [other for other in others if other.source != "simulated"]
jobs = jobs_03(rec, profile, others, seed=seed, dtype=fast_dtype())
fits = dict(zip(jobs, fit_many(list(jobs.values())), strict=True))

# %% tags=["nbval-ignore-output"]
everyone = {one.name: one for one in (rec, *others)}
decoded = decode_models(fits, everyone)
nested = {
    name: r for (rat, kind, name), r in decoded.items() if (rat, kind) == (rec.name, "nested")
}
glued = nested.pop("joined")
nested["constant"] = [decode_constant(rec, split) for split in splits]
names |= {
    "untrained": "CEBRA, untrained",
    "constant": "always the mean label",
    "posdir-8": "CEBRA, position + direction, 8-D",
    "posdir-16": "CEBRA, position + direction, 16-D",
    "posdir-paper": "CEBRA, the paper's settings",
}
order = ("posdir", "time", "pos", "dir", "untrained", "shuffled", "constant")
display(Markdown(report.score_table({names[n]: nested[n] for n in order if n in nested})))

# %% [markdown]
# How to read it. *Over trips* is a percentile bootstrap interval over the tested round trips, drawn within each fold;
# *over seeds*, the standard deviation between trainings, is another thing. *R² of position, direction* averages the R²
# of the label's three columns: position, running right, running left; a direction is predicted as the share of
# neighbours that ran that way. *Running bins* leaves out those slower than five centimetres a second.
#
# *Shuffled* is an encoder trained on permuted labels, then decoded with the true ones. *Untrained* has taken a single
# step: its network is as good as random.

# %%
for name in ("posdir", "time"):
    n = len({result.seed for result in nested[name]})
    for metric in ("median_cm", "r2", "r2_total", "direction"):
        value, sd = mean_score(nested[name], metric), seed_sd(nested[name], metric)
        expect(f"decode.{name}.{metric}", value, sd=sd, n=n, split="nested")
expect("decode.shuffled.mae_cm", mean_score(nested["shuffled"], "mean_cm"), split="nested")
expect("decode.untrained.median_cm", mean_score(nested["untrained"], "median_cm"), split="nested")

# %% [markdown]
# And with the last fifth of the session held out in one piece:

# %% tags=["nbval-ignore-output"]
piece = {name: decoded[rec.name, "contiguous", name] for name in ("posdir", "time")}
few = few_rivals(rec, [last_fifth])
piece |= {"bayes": few[BAYES], "bayes600": few[LONG_BAYES]}
piece["constant"] = [decode_constant(rec, last_fifth)]
labels = names | {"bayes": f"{BAYES} (see below)", "bayes600": LONG_BAYES}
display(Markdown(report.score_table({labels[name]: results for name, results in piece.items()})))

# %%
for name in ("posdir", "time", "bayes", "bayes600"):
    for metric in ("median_cm", "r2"):
        value = mean_score(piece[name], metric)
        expect(f"decode.contiguous.{name}.{metric}", value, split="contiguous")

# %% [markdown]
# ## Rivals at equal information
#
# The paper decodes at 22.39 cm from PCA (two dimensions), 12.14 from UMAP and 8.12 from t-SNE, against CEBRA's 5.46.
# But those were shown one bin at a time, and CEBRA ten. A quarter of a second of spikes says more about a place than a
# fortieth, whoever reads it. So here everyone gets the same ten bins:
#
# - **bare counts**: the square root of each neuron's spikes in the window, and nearest neighbours among them. No
#   training. They even know less than CEBRA, which also sees the order of the ten bins.
# - **PCA** and **UMAP** of those counts, fitted on training trips. (t-SNE cannot place new points: its layout has to be
#   drawn with the test trips in it, an advantage that no one else gets. The full profile shows it all the same.)
# - **naive Bayes**, the field's standard since the nineties: for each neuron a map of its rate along the track, one for
#   each direction, smoothed; then the rule of Bayes with Poisson spikes and no place favoured. It is told the labels,
#   as CEBRA is. Once with CEBRA's window, once with a longer one.
#
# Distance, number of neighbours and smoothing are chosen on validation trips, for each method and fold.

# %% tags=["nbval-ignore-output"]
rival = rivals(rec, splits, profile, seed)
ranking = sorted(rival, key=lambda name: mean_score(rival[name], "median_cm"))
table = {f"*{names[v]}*": nested[v] for v in ("posdir", "time")} | {n: rival[n] for n in ranking}
display(Markdown(report.score_table(table)))

# %%
EXPECTED = {"bayes": BAYES, "bayes600": LONG_BAYES, "knn_counts": COUNTS, "umap3": "UMAP, 3-D"}
EXPECTED |= {f"pca{d}": f"PCA, {d}-D" for d in (3, 8, 16)} | {"pca": "PCA, 2-D, single bins"}
EXPECTED |= {"umap": "UMAP, 2-D, single bins", "tsne": "t-SNE, 2-D, single bins"}
for id, name in EXPECTED.items():
    if name in rival:
        expect(f"decode.{id}.median_cm", mean_score(rival[name], "median_cm"), split="nested")


# %% tags=["nbval-ignore-output"]
def curve(pattern, of):
    """Estimates by dimension, of those that were decoded."""
    found = {d: of.get(pattern.format(d)) for d in (3, 8, 16)}
    return {d: report.estimate(results, "median_cm") for d, results in found.items() if results}


cebra = {"posdir-3": nested["posdir"], **nested}
curves = {"CEBRA, position + direction": curve("posdir-{}", cebra)}
curves |= {f"{kind} of the window": curve(kind + ", {}-D", rival) for kind in ("PCA", "UMAP")}
levels = {name: report.estimate(rival[name], "median_cm") for name in (BAYES, COUNTS)}
style.show(
    pictures.dimensions(curves, levels),
    alt="Median error against the number of dimensions. CEBRA and UMAP need only three; PCA is poor with three and "
    "falls steeply with eight and sixteen; naive Bayes and nearest neighbours on bare counts are level lines.",
    caption="Everyone reads the same quarter of a second. Whiskers and bands: 95 % intervals over held-out round trips. "
    "The level lines have no dimension to choose.",
    name="dimensions",
)

# %% [markdown]
# Differences are taken trip by trip on the same trips, which is sharper than comparing two intervals:


# %% tags=["nbval-ignore-output"]
def against(first, second):
    return paired_difference(first, second, "median_cm")


mine = nested["posdir"]
three = {
    "PCA, 3-D": "PCA of the window in three dimensions",
    "UMAP, 3-D": "UMAP of the window in three dimensions",
}
lines = [
    report.compare(
        "CEBRA with position and direction", three.get(name, name), against(mine, rival[name])
    )
    for name in (COUNTS, BAYES, LONG_BAYES, "PCA, 16-D", *three)
]
lines += [
    report.compare("CEBRA with time alone", other, against(nested["time"], results))
    for other, results in (("CEBRA with position and direction", mine), (COUNTS, rival[COUNTS]))
]
best = ranking[0]
display(
    Markdown(
        "- " + "\n- ".join(lines) + f"\n\nThe smallest median error is that of **{best}**, "
        f"{mean_score(rival[best], 'median_cm'):.1f} cm. In three dimensions, CEBRA has "
        f"{mean_score(mine, 'median_cm'):.1f} cm, PCA {mean_score(rival['PCA, 3-D'], 'median_cm'):.1f} cm and UMAP "
        f"{mean_score(rival['UMAP, 3-D'], 'median_cm'):.1f} cm."
    )
)

# %% [markdown]
# ### What the embedding is then for

# %% tags=["nbval-ignore-output"]
plain = {
    "nearest neighbours on the bare counts": COUNTS,
    "naive Bayes": BAYES,
    "naive Bayes with a longer window": LONG_BAYES,
}
level = [title for title, name in plain.items() if against(mine, rival[name]).sign >= 0]
behind = "None of the decoders without training reaches CEBRA on this recording."
level = " and ".join(filter(None, [", ".join(level[:-1]), *level[-1:]]))
text = (
    f"As good as CEBRA or better on this recording: {level}. If the rat's place were the aim, a histogram per neuron and "
    "a rule from the eighteenth century would do, in a second. Nobody needs to train a network for this number, and no "
    "embedding should be sold by it."
)
display(Markdown(text if level else behind))

# %% [markdown]
# What three dimensions buy is not accuracy. It is that one can *look*: see that there are two arcs and where they meet,
# turn the ring, notice a trip that strays. A hundred-odd dimensions decode, and show nothing. And a map that one can
# look at can be laid over the map of another rat, whose neurons are other neurons, where counts have nothing in common
# to compare. Decoding is the *check* that the picture still holds what the spikes held; the picture is the point.
#
# ## One model, two verdicts
#
# Back to the leak, now that there is something to compare it with. The same network, the same labels, the same number
# of steps: once judged on bins drawn from a hat, once on trips that were kept away. And beside it, what the hat is
# worth to everyone else.

# %% tags=["nbval-ignore-output"]
everything = fits[Model(rec.name, "all", "posdir", seed)]
from_hat = {"CEBRA, 3-D": [leaking(rec, hat, "posdir", everything.transform)]} | flattered_rivals
kept_away = {"CEBRA, 3-D": [result for result in mine if result.seed == seed]} | rival
compared = ("CEBRA, 3-D", "PCA, 3-D", "PCA, 16-D", COUNTS, BAYES)
pairs = {
    n: tuple(report.estimate(of[n], "mean_cm") for of in (from_hat, kept_away)) for n in compared
}


def cloud(results):
    """True and decoded positions of all folds."""
    columns = ([getattr(r, part)[:, 0] for r in results] for part in ("label", "predicted"))
    return tuple(map(np.concatenate, columns))


style.show(
    pictures.leak(
        {
            "bins from a hat": cloud(from_hat["CEBRA, 3-D"]),
            "trips held out": cloud(kept_away["CEBRA, 3-D"]),
        },
        pairs,
        rec.length_m,
    ),
    alt="Left and middle: decoded against true position of one CEBRA model. With bins from a hat the dots hug the "
    "diagonal; with trips held out they scatter around it, some far off. Right: mean error of five methods under both "
    "splits; most look far better with bins from a hat, nearest neighbours on bare counts most of all.",
    caption="The same CEBRA model (position and direction, one seed) under both splits, and mean errors with 95 % "
    "intervals over round trips. The hat flatters whoever memorises best.",
    name="leak",
)

# %% [markdown]
# Who leaks: the encoder that was trained on the test trips, or the decoder that has neighbours there? Both can be had
# apart. Any encoder, any decoder, scored on the same trips:

# %% tags=["nbval-ignore-output"]
folds = [fits[Model(rec.name, split.name, "posdir", seed)] for split in splits]
ways = leak.four_ways(everything, folds, rec, seed=seed)
told = {
    who: "**{:.1f}** ({:.1f} to {:.1f})".format(*report.estimate(r, "mean_cm"))
    for who, r in ways.items()
}
error = {who: mean_score(r, "mean_cm") for who, r in ways.items()}
by_encoder = error[False, False] - error[True, False]
by_decoder = error[False, False] - error[False, True]
bare = mean_score(rival[COUNTS], "mean_cm") - mean_score(flattered_rivals[COUNTS], "mean_cm")
display(
    Markdown(
        "| mean error (cm) | decoder has other trips only | decoder has bins of the tested trips |\n"
        "| --- | --: | --: |\n"
        f"| encoder trained on other trips | {told[False, False]} | {told[False, True]} |\n"
        f"| encoder trained on all trips | {told[True, False]} | {told[True, True]} |\n\n"
        f"Having met the tested trips is worth {by_encoder:.1f} cm to the encoder and {by_decoder:.1f} cm to the "
        f"decoder; to nearest neighbours on bare counts, which have no encoder to blame, {bare:.1f} cm. Holding out "
        "bins for the decoder alone is not enough, however carefully it is done."
    )
)

# %%
WHO = {
    (False, False): "none",
    (True, False): "encoder",
    (False, True): "decoder",
    (True, True): "both",
}
for saw, results in ways.items():
    expect(f"decode.leak.{WHO[saw]}.mae_cm", mean_score(results, "mean_cm"), split="nested")

# %% [markdown]
# ## All methods at once
#
# The blog's figure of methods, with what it left out: held-out trips, intervals, rivals at equal information.

# %% tags=["nbval-ignore-output"]
LIMITS = {
    "r2": ("R² of position", (-0.3, 1.03)),
    "mean_cm": ("mean error (cm)", (0, 60)),
    "median_cm": ("median error (cm)", (0, 60)),
}
PAPER = {names["posdir"]: "posdir", names["time"]: "time", "PCA, 2-D, single bins": "pca"}
PAPER |= {"UMAP, 2-D, single bins": "umap", "t-SNE, 2-D, single bins": "tsne"}
BLOG = {names[v]: v for v in VARIANTS} | {"PCA, 3-D, single bins": "pca"}


def marks(name):
    """What was published about a method: the blog's mean errors, the paper's medians and R²."""
    found = {}
    if name in BLOG:
        found["mean_cm", "blog"] = published(f"decode.{BLOG[name]}.mae_cm", "blog").value
    if name in PAPER:
        found["median_cm", "paper"] = published(f"decode.{PAPER[name]}.median_cm", "paper").value
    if PAPER.get(name) in ("posdir", "time"):
        found["r2", "paper"] = published(f"decode.{PAPER[name]}.r2", "paper").value
    return found if rec.key == "achilles" else {}


def row(name, colour, results, ringed=None):
    bars = {metric: report.estimate(results, metric) for metric in LIMITS} if results else {}
    rings = {metric: mean_score(ringed, metric) for metric in LIMITS} if ringed else {}
    return pictures.Row(name, colour, bars, rings, marks(name))


# %% tags=["nbval-ignore-output"]
rows = [
    row(names[v], style.VARIANT_COLOURS[v], nested.get(v), flattered[v])
    for v in ("pos", "posdir", "time", "dir", "shuffled")
]
rows += [row(names["untrained"], style.GREY, nested["untrained"])]
rows += [row(n, style.VIOLET, rival[n], flattered_rivals.get(n)) for n in ranking[::-1]]
rows += [row(names["constant"], style.GREY, nested["constant"])]
style.show(
    pictures.bars(rows, LIMITS),
    alt="Horizontal bars of R² of position, mean error and median error for CEBRA's variants, controls and rivals on "
    "held-out trips. Rings for the leaky split show smaller errors than the bars.",
    caption="Bars: held-out trips, nested split. Rings: the blog's leaky split (for CEBRA, the headline models of chapter "
    "02). The blog's values are mean errors of a leaky split, the paper's are of held-out trips. A variant without a "
    "bar was not trained on held-out trips in this profile.",
    name="methods",
)

# %% [markdown]
# ## On the track

# %% tags=["nbval-ignore-output"]
first = splits[0]
lanes = {
    names["posdir"]: kept_away["CEBRA, 3-D"][0],
    names["time"]: nested["time"][0],
    BAYES: rival[BAYES][0],
}
style.show(
    pictures.trajectories(
        {name: (r.predicted[:, 0], r.predicted[:, 1]) for name, r in lanes.items()},
        rec.position[first.test],
        first.test,
        rec.bin_s,
        rec.length_m,
    ),
    alt="Position against time in held-out trips: the animal's zigzag as a line, decoded positions as dots coloured by "
    "decoded direction, for CEBRA with position and direction, CEBRA with time, and naive Bayes. Dots follow the line, "
    "with outliers mostly where it turns or rests.",
    caption="All tested trips of the first fold, one after the other; dashed lines where trips in between were not "
    "tested. No model here has seen any of these trips.",
    name="trajectory",
)

# %% [markdown]
# The same, run by run, as it happened. The filled dot is the rat, the open one is where the decoder believes it to be.

# %% tags=["nbval-ignore-output"]
page = trackplayer.player(
    rec.position[first.test],
    lanes[names["posdir"]].predicted[:, 0],
    trackplayer.runs_of(first.test, rec.laps()),
    rec.bin_s,
    rec.length_m,
    name="decoded-runs",
    alt="Player: the rat on the track and its decoded place, bin by bin through the tested runs of the first fold, with "
    "the course of the present run below.",
    caption="Tested runs of the first fold, one after the other, at the rat's own pace; CEBRA with position and direction.",
    simulated=rec.source == "simulated",
)
display(HTML(page))

# %% [markdown]
# ## More seeds, more dimensions, other settings
#
# Could CEBRA be pushed? An average over seeds is the cheapest trick there is; more dimensions cost little; and the paper
# searched for settings of its own (its huge batches need a GPU and are not tried here).

# %% tags=["nbval-ignore-output"]
pushed = {
    name: nested[name] for name in ("posdir-8", "posdir-16", "posdir-paper") if name in nested
}
if len({result.seed for result in mine}) > 1:
    for name in ("posdir", "time"):
        names[f"{name}-ensemble"] = f"{names[name]}, mean of seeds"
        pushed[f"{name}-ensemble"] = ensemble(nested[name], f"{name}-ensemble")
settings = (
    "The paper's settings: " + ", ".join(f"`{k}={v:g}`" for k, v in PAPER_SETTINGS.items()) + "."
)
lines = [
    report.compare(names[name], other, against(results, whose))
    for name, results in pushed.items()
    for other, whose in (("its plain model", nested[name.split("-")[0]]), (COUNTS, rival[COUNTS]))
]
table = {names["posdir"]: mine} | {names[name]: results for name, results in pushed.items()}
said = report.score_table(table) + "\n\n- " + "\n- ".join(lines)
quick = "The quick profile trains one seed with one set of settings; the full one answers this."
display(Markdown((said if pushed else quick) + "\n\n" + settings))

# %%
# One seed each, or all averaged: the spread of the single model in three dimensions stands in.
for name, results in pushed.items():
    value, sd = mean_score(results, "median_cm"), seed_sd(mine, "median_cm")
    expect(f"decode.{name}.median_cm", value, sd=sd, split="nested")

# %% [markdown]
# ## Four rats
#
# The paper decodes three more rats, on the same split. Its medians, for position and direction and for time: 13.5 and
# 12.8 cm for Buddy, 22.7 and 20.4 for Cicero, 12.5 and 8.9 for Gatsby. Four animals are four animals: each is shown, and
# no interval is drawn over them.

# %% tags=["nbval-ignore-output"]
CEBRAS = {f"CEBRA, {style.VARIANT_NAMES[v]}": v for v in ("posdir", "time")}
by_rat = {}
for one in (rec, *others) if others else ():
    by_rat[one.name] = {name: decoded[one.name, "nested", v] for name, v in CEBRAS.items()}
    by_rat[one.name] |= few_rivals(one, nested_splits(one))
where = {rat: "" if rat == "achilles" else f".{rat}" for rat in by_rat}
ids = {(rat, n): f"decode.{v}{where[rat]}.median_cm" for rat in by_rat for n, v in CEBRAS.items()}
if not by_rat:
    simulated = rec.source == "simulated"
    print("No claim about rats is judged here:", "simulated" if simulated else "full profile only")

# %% tags=["nbval-ignore-output"]
if by_rat:
    style.show(
        pictures.rats(
            {
                rat: {n: report.estimate(r, "median_cm") for n, r in by_rat[rat].items()}
                for rat in by_rat
            },
            {rat: {n: published(ids[rat, n], "paper").value for n in CEBRAS} for rat in by_rat},
        ),
        alt="Grouped bars of the median error in each rat for CEBRA with position and direction, CEBRA with time, naive "
        "Bayes with two windows and bare counts, with the paper's values as marks.",
        caption="Held-out trips, nested split, all bins. Lines: 95 % intervals over round trips.",
        name="rats",
    )
for rat, found in by_rat.items():
    slow = 1 - everyone[rat].running().mean()
    display(
        Markdown(f"**{rat.capitalize()}**, {slow:.0%} of bins slow\n\n{report.score_table(found)}")
    )

# %%
for one in others:
    for name, id in {
        **{n: ids[one.name, n] for n in CEBRAS},
        LONG_BAYES: f"decode.bayes600.{one.name}.median_cm",
    }.items():
        results = by_rat[one.name][name]
        expect(
            id, mean_score(results, "median_cm"), sd=seed_sd(results, "median_cm"), split="nested"
        )

# %% [markdown]
# ## What could fool us
#
# **The cuts.** Trips cut out of the recording and glued together put moments side by side that were minutes apart. The
# library glues; our windows and pairs stop at the cuts. Does it matter?

# %% tags=["nbval-ignore-output"]
cut = [r for r in mine if (r.split, r.seed) == (glued[0].split, seed)]
display(
    Markdown(
        f"On the first fold, one training each. Glued: median {mean_score(glued, 'median_cm'):.1f} cm, mean "
        f"{mean_score(glued, 'mean_cm'):.1f} cm; cut: {mean_score(cut, 'median_cm'):.1f} and "
        f"{mean_score(cut, 'mean_cm'):.1f} cm. "
        + report.compare("Glueing", "cutting", against(glued, cut))
    )
)

# %%
expect("decode.joined.median_cm", mean_score(glued, "median_cm"), split="nested 0")

# %% [markdown]
# **Resting.** A rat at rest at the end of the track is easily "decoded" by whoever guesses the end, and its cells may
# replay other places. The tables give running bins beside all bins; where the two differ much, trust the former.
#
# **Median against mean.** The median forgives the worst half of the errors. A decoder that is often exact and at times at
# the wrong end of the track has a fine median and a poor mean. Look at both.
#
# **Chance is not one number.** An encoder with shuffled labels is one chance level, the mean label another, and the
# untrained network is neither: even random weights keep some of what the spikes say. What training *adds* is the
# distance to that line.
#
# **Validation is small.** A handful of trips choose the number of neighbours and the smoothing. Another handful might
# choose otherwise, so every number here carries luck of that sort. No setting was chosen on test trips.
#
# **Drift.** The nested split tests trips between training trips. Whoever wants to know about tomorrow should look at the
# contiguous split.
#
# ## Verdicts

# %% tags=["nbval-ignore-output"]
judge = report.judge
kinds = {"leaky": flattered["posdir"], "held-out trips": mine, "last fifth": piece["posdir"]}
lines = [
    judge(f"R², position + direction, {kind}", "decode.posdir.r2", "blog", "r2", r)
    for kind, r in kinds.items()
]
lines += [
    judge(f"mean error, position + direction, {kind}", "decode.posdir.mae_cm", "blog", "mean_cm", r)
    for kind, r in kinds.items()
]
lines += [
    judge(f"mean error, {name}, leaky", f"decode.{id}.mae_cm", "blog", "mean_cm", results)
    for name, (id, results) in shown.items()
    if id != "posdir"
]
for name, metrics in (("posdir", ("median_cm", "r2", "r2_total")), ("time", ("median_cm", "r2"))):
    lines += [
        judge(
            f"{report.COLUMNS[m]}, {style.VARIANT_NAMES[name]}",
            f"decode.{name}.{m}",
            "paper",
            m,
            nested[name],
        )
        for m in metrics
    ]
lines += [
    judge(f"median error (cm), {name}", f"decode.{id}.median_cm", "paper", "median_cm", rival[name])
    for name, id in PAPER.items()
    if name in rival
]
if rec.key == "achilles":
    lines += [
        judge(
            f"median error (cm), {rat.capitalize()}, {name}",
            id,
            "paper",
            "median_cm",
            by_rat[rat][name],
        )
        for (rat, name), id in ids.items()
        if rat != rec.name
    ]
caveat = "(quick run)" if profile == "quick" else ""
display(Markdown(report.verdict_table(lines, caveat, judged=rec.key == "achilles")))

# %% tags=["nbval-ignore-output"]
short = {
    "pos": "Pos",
    "posdir": "P+D",
    "time": "Time",
    "dir": "Dir",
    "shuffled": "Shuffled",
    "pca": "PCA",
}
errors = {short[id]: mean_score(r, "mean_cm") for n, (id, r) in shown.items() if "single" not in n}
found = " < ".join(sorted(errors, key=errors.get))
claimed = published("decode.order.mae", "blog").value
display(
    Markdown(
        f"The blog's order of mean errors: {claimed}. Ours, under its split, with PCA of the window: {found}."
    )
)

# %% [markdown]
# ## Take-aways
#
# - Split by trip. Bins drawn from a hat test whether a decoder recognises a moment, not whether it knows a place. And
#   hold the trips out of the *encoder*, too.
# - A number without its split is not a number.
# - Give the rivals what you give yourself: a window of ten bins for everyone, or for no one.
# - Decode to check a picture, never to sell it.
#
# [Next in this book](06_cebra_from_scratch): what the encoder does, in a hundred lines.
