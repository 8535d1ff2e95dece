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
# # Do different brains agree?
#
# **The claim.** Other animals, other neurons, the same latent space: that is what the C in CEBRA stands for. The blog
# makes four "subjects" of one rat by dealing out its neurons, and states a pairwise R² of 0.88 to 0.91 for CEBRA and of
# −0.51 to −0.21 for PCA, which it calls anti-correlated. The paper compares four real rats: a mean R² of 0.943 for
# CEBRA-Behaviour, 0.771 for CEBRA-Time, 0.669 for PCA and 0.411 for UMAP
# ([Schneider, Lee & Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6), Figure 1; authors' figure repository).
#
# **What you will see.** The blog's experiment, on the neurons of one rat. What a negative R² means, and what it cannot
# mean. Then four rats, aligned place by place, and their rings in one scene that you can turn. The same on laps that no
# model has met. Controls that were told nonsense, and how far they agree on it. At the end, whether UMAP and t-SNE
# change their minds from run to run.

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
from functools import partial

import numpy as np
from IPython.display import HTML, Markdown, display

from helpers.claims import Judged, banner, begin, expect, published, verdict_table
from helpers.consistency import (
    FIRST_FOLD,
    RUNS,
    correlation,
    embed,
    four_rats,
    jobs_04,
    report,
    rivals,
    study,
    time_aligned,
    time_aligned_correlation,
)
from helpers.figures import consistency as pictures
from helpers.figures import style
from helpers.figures.interactive_rats import rings
from helpers.recordings import RATS, load_recording
from helpers.training import fast_dtype, fit_many

rec = load_recording(recording, on_missing="simulate")
recordings = four_rats(rec)  # all of them real, or all simulated
rec = recordings[0]
begin("04", rec, profile, overridden=seed != 0)
style.use(rec)
banner(rec, profile)

# %% [markdown]
# All models of this chapter train on the training trips of the paper's nested split (chapter 03), so that trips are left
# over on which nobody has trained. A *run* is one training from its own first weights. CEBRA-Behaviour is told position
# and direction, as in the paper's figure; CEBRA-Time is told nothing.

# %% tags=["nbval-ignore-output"]
animals = {rat.name: rat for rat in recordings}
jobs = jobs_04(rec, profile, recordings[1:], seed=seed, dtype=fast_dtype())
fits = dict(zip(jobs, fit_many(list(jobs.values())), strict=True))
seen, unseen = (embed(fits, animals, part) for part in ("train", "test"))

# %% [markdown]
# ## Four subjects out of one rat
#
# Deal the neurons into four groups that share none, train a CEBRA on each, and lay one group's embedding on another's.
# All groups saw the same rat at the same moments, so the comparison goes moment by moment: turn and reflect the first
# embedding until it comes as near as it can to the second (an orthogonal *Procrustes* alignment), then ask what share of
# the second's variance the first now explains. Source and target can be swapped, so four groups make twelve ordered
# pairs. Each run deals the neurons anew.
#
# PCA gets the same groups, the same ten bins at a time, and three dimensions too.

# %% tags=["nbval-ignore-output"]
size = study.group_size(seen)
pca = {part: rivals.pca_of_groups(rec, fits, part) for part in ("train", "test")}
single = rivals.pca_of_groups(rec, fits, "train", width=1)
sources = {"CEBRA": (seen, unseen), "PCA": (pca["train"], pca["test"])}


def groups(how, points, held_out=None, **choice):
    """Matrices (runs, 4, 4) of R² between groups of neurons."""
    return study.across_groups(points, partial(time_aligned, how=how), other=held_out, **choice)


agree = {
    (name, how): (groups(how, train), groups(how, train, test))
    for name, (train, test) in sources.items()
    for how in ("procrustes", "scaled", "linear")
}
likeness = {
    name: study.across_groups(train, time_aligned_correlation)
    for name, (train, _) in sources.items()
}


def summaries(pair):
    """Summaries of groups on training and on held-out laps."""
    return tuple(report.summary([matrices], same_pairs=False) for matrices in pair)


# %% tags=["nbval-ignore-output"]
pairs = {name: report.pairs_of([agree[name, "procrustes"][0]], False) for name in sources}
untold = []  # the control, in the full profile
if any(model.size and model.name == "shuffled" for model in fits):
    untold = [groups("procrustes", seen, name="shuffled")]
    pairs["CEBRA, shuffled\nlabels"] = report.pairs_of(untold, same_pairs=False)
pairs["PCA of\nsingle bins"] = report.pairs_of([groups("procrustes", single)], False)
blog = {name: published(f"consistency.partition.{name.lower()}", "blog").value for name in sources}
style.show(
    pictures.agreement(
        {f"{name}, first run": agree[name, "procrustes"][0][0] for name in sources},
        [f"group {n + 1}" for n in range(4)],
        pairs,
        blog if rec.key == "achilles" else {},
        "blog",
        "R² between groups of neurons",
    ),
    alt="Left: two matrices of R² between four groups of neurons, for CEBRA and for PCA. Right: every ordered pair of "
    "every run as a dot, for CEBRA, PCA and controls, with the ranges that the blog states.",
    caption=f"Groups of {size} neurons, time-aligned by turning and reflecting alone, training laps. Row laid on column. "
    "Each dot is one ordered pair of one run.",
    name="groups",
)

# %% tags=["nbval-ignore-output"]
rows = {}
MOVES = {"procrustes": "turned", "scaled": "turned and scaled", "linear": "any linear map"}
for name in sources:
    for how, move in MOVES.items():
        rows[f"{name}, {move}"] = summaries(agree[name, how])
for how, move in MOVES.items() if untold else ():
    both = [groups(how, seen, part, name="shuffled") for part in (None, unseen)]
    rows[f"CEBRA, shuffled labels, {move}"] = summaries(both)
display(Markdown(report.score_table(rows, "pairs and runs")))

# %% [markdown]
# *Over pairs and runs* is the range from the smallest to the largest, and *±* a standard deviation over runs. There is
# no interval here: twelve pairs of four groups are not twelve independent things. On held-out laps the turn is the one
# found on training laps.

# %%
for name in sources:
    for how, end in (("procrustes", ""), ("linear", ".linear")):
        for matrices, part in zip(summaries(agree[name, how]), ("", ".heldout"), strict=True):
            id = f"consistency.partition.{name.lower()}{end}{part}"
            expect(id, matrices.mean, sd=matrices.sd, n=matrices.n_runs, split=FIRST_FOLD)
for name, matrices in likeness.items():
    alike = report.summary([matrices], False)
    id = f"consistency.partition.{name.lower()}.correlation"
    expect(id, alike.mean, sd=alike.sd, n=alike.n_runs, split=FIRST_FOLD)
if untold:
    alike = report.summary(untold, same_pairs=False)
    expect(
        "consistency.partition.shuffled", alike.mean, sd=alike.sd, n=alike.n_runs, split=FIRST_FOLD
    )

# %% [markdown]
# ## What a negative R² is
#
# The blog reads PCA's negative numbers as anti-correlation. R² is no correlation. It compares a prediction with the
# laziest one there is, the target's own mean: 1 is perfect, 0 is no better than the mean, and below 0 the mean would have
# done better. A prediction that is right in every wiggle and merely too large can fall as far as you like. And a
# prediction that really runs against the target has the same negative R² as one that is only too loud:

# %% tags=["nbval-ignore-output"]
wave = np.sin(np.linspace(0, 4 * np.pi, 200))[:, None]
noise = np.random.default_rng(seed).normal(size=wave.shape)
guesses = {"three times too large": 3 * wave, "upside down": -wave, "pure noise": noise}


def explained(target, guess):
    """R²: one less the squared errors over the squared deviations from the mean."""
    return 1 - ((target - guess) ** 2).sum() / ((target - target.mean()) ** 2).sum()


style.show(
    pictures.predictions(
        {
            f"{name}\nR² = {report.said(explained(wave, guess))}, "
            f"correlation {report.said(correlation(wave, guess))}": (wave[:, 0], guess[:, 0])
            for name, guess in guesses.items()
        }
    ),
    alt="Three predictions of one sine wave: three times too large, upside down, and noise. R² and correlation stand above "
    "each.",
    caption="One target, three predictions. R² punishes the wrong size as hard as the wrong sign; the correlation tells "
    "them apart.",
    name="negative",
)

# %% [markdown]
# An alignment that may turn and reflect but not scale keeps the size of the source. CEBRA's embeddings all live on the
# unit sphere and have one size by construction. Principal components have the variance of whatever neurons they come
# from: a group with busy cells makes a large cloud, one with quiet cells a small one. And the best turn never leaves two
# clouds anti-correlated: turning one of them round would be better, and that is a turn too.

# %% tags=["nbval-ignore-output"]
both = {
    name: (report.summary([agree[name, "procrustes"][0]], False), report.summary([alike], False))
    for name, alike in likeness.items()
}
negative = {
    n: float((report.pairs_of([agree[n, "procrustes"][0]], False) < 0).mean()) for n in both
}
opposed = {n: float((report.pairs_of([alike], False) < 0).mean()) for n, alike in likeness.items()}
head = "| | R², turned | pairs below 0 | correlation, turned | pairs below 0 |\n"
table = head + "| --- | --: | --: | --: | --: |\n"
table += "\n".join(
    f"| {name} | {report.said(r2.mean)} | {negative[name]:.0%} | {report.said(r.mean)} "
    f"({report.said(r.low)} to {report.said(r.high)}) | {opposed[name]:.0%} |"
    for name, (r2, r) in both.items()
)
scaled = report.summary([agree["PCA", "scaled"][0]], False)
display(
    Markdown(
        f"{table}\n\nAllowed to change its size as well, PCA has a mean R² of {report.said(scaled.mean)} "
        f"({report.said(scaled.low)} to {report.said(scaled.high)}). "
        + (
            "**Groups of neurons agree poorly by PCA; they are not anti-correlated.**"
            if opposed["PCA"] == 0
            else "**Some pairs are anti-correlated even after the best turn.**"
        )
    )
)

# %% [markdown]
# ## More neurons, more agreement
#
# If groups disagree because each of them sees too little of the track, larger groups should agree better.

# %% tags=["nbval-ignore-output"]
sizes = sorted({m.size for m in fits if m.size and m.name == "posdir"})


def span(points, held_out, n):
    """Mean, smallest and largest pair of groups of n neurons."""
    found = report.summary([groups("linear", points, held_out, size=n)], same_pairs=False)
    return found.mean, found.low, found.high


curves = {
    f"{name}, {part}": {n: span(train, test if part == "held-out laps" else None, n) for n in sizes}
    for name, (train, test) in sources.items()
    for part in ("training laps", "held-out laps")
}
if len(sizes) > 1:
    style.show(
        pictures.growth(curves),
        alt="R² between groups against the number of neurons in a group, for CEBRA and PCA, on training and held-out laps.",
        caption="Any linear map, which flatters whoever disagrees in size. Dots: mean over pairs and runs; bars: smallest "
        "to largest pair. The largest groups are halves of the rat: there are only two of them.",
        name="growth",
    )
else:
    print("Group sizes are compared in the full profile.")

# %%
# Other sizes are dealt once: the spread of the groups that are dealt more often stands in.
for n in sizes if len(sizes) > 1 else ():
    for name, (train, test) in sources.items():
        found = report.summary([groups("linear", train, test, size=n)], same_pairs=False)
        sd = summaries(agree[name, "linear"])[1].sd
        id = f"consistency.partition.{name.lower()}.heldout.size{sizes.index(n)}"
        expect(id, found.mean, sd=sd, n=found.n_runs, split=FIRST_FOLD)

# %% [markdown]
# ## Four rats
#
# Other rats ran at other moments, so there is no moment-by-moment. What they share is the track. Following the paper's
# Methods, cut it into 100 bins for each direction, average each rat's embedding in each bin, push the averages out to the
# unit sphere, and fit a linear map from one rat's averages to another's. The package does all of it
# (`cebra.sklearn.metrics.consistency_score`); we hand it one label that runs along the track and back. Every bin must hold
# samples of every rat, and `helpers/consistency/measure.py` refuses to go on if one does not.
#
# The authors' demo notebook uses position alone as the label, 100 bins for both directions together. Both are below: they
# are not the same question. As in the paper, CEBRA has three dimensions on a sphere, and the others two.

# %% tags=["nbval-ignore-output"]
NAMES = {"posdir": "CEBRA-Behaviour", "time": "CEBRA-Time"}
IDS = {"CEBRA-Behaviour": "cebra_behavior", "CEBRA-Time": "cebra_time"}
IDS |= {"PCA": "pca", "UMAP": "umap", "t-SNE": "tsne"}
layouts = rivals.layouts_of_rats(animals, profile, seed)


def between_rats(part, by="ring"):
    """Matrices (runs, 4, 4) by method and fold."""
    points = {"train": seen, "test": unseen}[part]
    found = {
        name: study.across_rats(points, animals, model, part, by) for model, name in NAMES.items()
    }
    found["PCA"] = rivals.pca_across_rats(animals, list(RUNS[profile]), part, by)
    for method, runs in layouts.items():
        matrices = [study.compare(recordings, run[part], by) for run in runs]
        found[method] = {FIRST_FOLD: np.stack(matrices)}
    return {name: list(folds.values()) for name, folds in found.items()}


# %% tags=["nbval-ignore-output"]
rats = {(part, by): between_rats(part, by) for part in ("train", "test") for by in study.LABELS}
ranges = {
    name: published(f"consistency.rats.{IDS[name]}", "paper").more["range"]
    for name in rats["train", "ring"]
}
real = set(animals) == set(RATS) and rec.source != "simulated"
style.show(
    pictures.agreement(
        {n: report.mean_matrix(rats["train", "ring"][n]) for n in rats["train", "ring"]},
        [name.capitalize() for name in animals],
        {n: report.pairs_of(folds) for n, folds in rats["train", "ring"].items()},
        ranges if real else {},
        "paper",
        "R² between rats",
    ),
    alt="Left: matrices of R² between four rats for CEBRA-Behaviour, CEBRA-Time, PCA and others. Right: the twelve ordered "
    "pairs of each method as dots, with the paper's ranges.",
    caption="Training laps, aligned by place and direction, mean over runs and folds. Row mapped onto column. Four rats "
    "are four rats: every pair is shown, and no interval is drawn over them.",
    name="rats",
)

# %% tags=["nbval-ignore-output"]
for by, title in (("ring", "By place and direction"), ("position", "By place alone")):
    rows = {
        name: (report.summary(folds), report.summary(rats["test", by][name]))
        for name, folds in rats["train", by].items()
    }
    rows["*control: CEBRA, shuffled labels*"] = tuple(
        report.summary(list(study.across_rats(points, animals, "shuffled", part, by).values()))
        for points, part in ((seen, "train"), (unseen, "test"))
    )
    display(Markdown(f"**{title}**\n\n{report.score_table(rows)}"))

# %%
for (part, by), found in rats.items():
    end = {"train": "", "test": ".heldout"}[part] + {"ring": "", "position": ".position"}[by]
    for name, folds in found.items():
        one = report.summary(folds)
        expect(
            f"consistency.rats.{IDS[name]}{end}", one.mean, sd=one.sd, n=one.n_runs, split="nested"
        )

# %% [markdown]
# ## The picture
#
# Each rat's embedding, turned and reflected onto the first rat's and nothing else: no stretching, no bending. The dots are
# moments of held-out laps, the lines the averages along the track and back. Click a name to hide or show a rat.

# %% tags=["nbval-ignore-output"]
scene = study.aligned_rings(unseen, animals, "posdir", seed, "test")
display(
    HTML(
        rings(
            {who.capitalize(): ring for who, ring in scene.items()},
            rec.length_m,
            name="four-rings",
            alt="A globe that can be turned, with dots and a closed line for each of four animals, aligned to each other.",
            caption="Four animals with different neurons, one training each, held-out laps, turned onto the first. Colour "
            "by animal, by position or by direction.",
            simulated=rec.source == "simulated",
        )
    )
)

# %% [markdown]
# ## Laps that nobody trained on
#
# An encoder that is told position and direction can learn its laps by heart, and what four encoders learnt by heart is
# the same in all four: the labels. So look at trips that they have not met. There the paper's own repository holds other
# numbers than its figure: 0.678 for CEBRA-Behaviour, 0.735 for CEBRA-Time, 0.624 for PCA.

# %% tags=["nbval-ignore-output"]
joined = {
    name: tuple(report.pairs_of(rats[part, "ring"][name]) for part in ("train", "test"))
    for name in rats["train", "ring"]
}
papers = {
    name: tuple(
        published(f"consistency.rats.{IDS[name]}{end}", "paper").value for end in ("", ".heldout")
    )
    for name in joined
}
style.show(
    pictures.held_out(joined, papers if real else {}),
    alt="For each method the twelve ordered pairs of rats as dots, on training laps and on held-out laps, joined by lines, "
    "with the paper's means.",
    caption="Lines join the same pair on training and on held-out laps.",
    name="held-out",
)

# %% tags=["nbval-ignore-output"]
means = {
    part: {n: report.summary(f).mean for n, f in rats[part, "ring"].items()}
    for part in ("train", "test")
}
order = {part: sorted(of, key=of.get, reverse=True) for part, of in means.items()}
drop = {name: means["train"][name] - means["test"][name] for name in means["train"]}
most = max(drop, key=drop.get)
display(
    Markdown(
        f"From training to held-out laps **{most}** loses most, {drop[most]:.2f}; CEBRA-Behaviour loses "
        f"{drop['CEBRA-Behaviour']:.2f} and CEBRA-Time {drop['CEBRA-Time']:.2f}. The order of methods, "
        f"best first, is {', '.join(order['train'])} on training laps and "
        + ("the same" if order["train"] == order["test"] else ", ".join(order["test"]))
        + " on held-out laps."
    )
)

# %% [markdown]
# ## Told nonsense, and agreeing on it
#
# What would four rats agree on if there were nothing to agree on? Controls:
#
# - **shuffled labels**: the labels dealt out to other moments. Nothing can be learnt.
# - **lagged labels**: the labels of at least five trips earlier or later. They are as smooth as real ones and belong to
#   other moments.
# - **shuffled spikes**: each neuron late by a lag of its own. Every cell still fires as it did, and no two fire together.
#   For CEBRA-Time, which has no labels to shuffle, this is the null.
#
# All are aligned by the *true* places. The lagged models are also aligned by the places that they were told.

# %% tags=["nbval-ignore-output"]
CONTROLS = {
    "shuffled": "shuffled labels",
    "lagged": "lagged labels",
    "spikes": "shuffled spikes",
    "spikes-time": "CEBRA-Time, shuffled spikes",
}
trained = {m.name for m in fits if not m.size}
nulls = {
    name: tuple(
        list(study.across_rats(points, animals, name, part).values())
        for points, part in ((seen, "train"), (unseen, "test"))
    )
    for name in CONTROLS
    if name in trained
}
titles = {name: CONTROLS[name] for name in nulls}
if "lagged" in trained:
    nulls["lagged.told"] = tuple(
        list(study.across_rats(points, animals, "lagged", part, told=True).values())
        for points, part in ((seen, "train"), (unseen, "test"))
    )
    titles["lagged.told"] = "lagged labels, aligned by what they were told"
rows = {titles[name]: tuple(map(report.summary, folds)) for name, folds in nulls.items()}
rows |= {
    f"*{name}*": tuple(report.summary(rats[part, "ring"][name]) for part in ("train", "test"))
    for name in IDS
    if name.startswith("CEBRA")
}
display(Markdown(report.score_table(rows)))

# %% tags=["nbval-ignore-output"]
if "lagged.told" in nulls:
    fooled = rows[titles["lagged.told"]]
    display(
        Markdown(
            f"Told labels of other trips, four rats agree on them at R² {report.said(fooled[0].mean)} on the laps that "
            f"they were trained on, and at {report.said(fooled[1].mean)} on laps that they were not. Whatever part of an "
            "agreement on training laps lies below the first number needs no brain: it is the labels, recited. Only what "
            "survives on held-out laps has come from the neurons."
        )
    )
else:
    print("Lagged labels and shuffled spikes are trained in the full profile.")

# %%
# Controls of a single run borrow the spread of the one that has two.
for name, folds in nulls.items():
    borrowed = rows[titles["shuffled"]]
    for one, spare, end in zip(map(report.summary, folds), borrowed, ("", ".heldout"), strict=True):
        sd = spare.sd if one.sd is None else one.sd
        expect(f"consistency.rats.{name}{end}", one.mean, sd=sd, n=one.n_runs, split=FIRST_FOLD)

# %% [markdown]
# ## Run it twice
#
# The blog says of UMAP and t-SNE: run them twice, get different results. And the paper states how well CEBRA's runs agree
# with each other, rat by rat.

# %% tags=["nbval-ignore-output"]
repeated = rivals.repeated_layouts(rec, profile, seed)
between = {
    (method, start): time_aligned(points)
    for method, starts in repeated.items()
    for start, points in starts.items()
}
own = {}
for model, name in NAMES.items():
    for rat in animals:
        if sum((m.rat, m.split, m.name, m.size) == (rat, FIRST_FOLD, model, 0) for m in fits) > 1:
            own[name, rat] = study.runs_of_one(seen, rat, model)

# %% tags=["nbval-ignore-output"]
shown = rivals.repeated_bins(rec, profile)
pictured = {
    f"{method}, run {n + 1}": (repeated[method][starts[0]][n], rec.position[shown])
    for method, starts in rivals.STARTS.items()
    for n in range(2)
}
dots = {
    f"{method},\n{start} start": report.pairs_of([matrix[None]], False)
    for (method, start), matrix in between.items()
}
dots |= {
    f"{name},\n{rat.capitalize()}": report.pairs_of([matrix[None]], False)
    for (name, rat), matrix in own.items()
    if rat == rec.name
}
style.show(
    pictures.runs(pictured, dots, rec.length_m),
    alt="Left: two layouts each by UMAP and t-SNE of the same recording, coloured by position. Right: R² between runs for "
    "UMAP and t-SNE, with their own start and a random one, and for CEBRA.",
    caption="One rat. UMAP and t-SNE: two dimensions, turned and reflected onto each other. CEBRA: any linear map, as the "
    "package measures it.",
    name="runs",
)

# %% tags=["nbval-ignore-output"]
apart = {key: report.spread_of_runs(matrix) for key, matrix in between.items()}
lines = "\n".join(
    f"| {method}, {start} start | {report.said(mean)} |"
    for (method, start), (mean, _) in apart.items()
)
lines += "".join(
    f"\n| {name}, {rat.capitalize()} | {report.said(report.spread_of_runs(matrix)[0])} |"
    for (name, rat), matrix in own.items()
)
fixed = {m: apart[m, rivals.STARTS[m][0]][0] for m in rivals.STARTS}
loose = {m: apart[m, rivals.STARTS[m][1]][0] for m in rivals.STARTS}
display(
    Markdown(
        f"| R² between runs | mean |\n| --- | --: |\n{lines}\n\nBoth packages start from a layout that hardly depends "
        "on the seed, UMAP from a spectral one and t-SNE from PCA. So started, their runs agree at "
        f"{report.said(fixed['UMAP'])} and {report.said(fixed['t-SNE'])}; started at random, at "
        f"{report.said(loose['UMAP'])} and {report.said(loose['t-SNE'])}."
    )
)

# %%
for (method, start), (mean, sd) in apart.items():
    end = "runs" if start == rivals.STARTS[method][0] else "runs.random"
    id = f"consistency.{method.lower().replace('-', '')}.{end}"
    expect(id, mean, sd=sd, n=len(between[method, start]))
for (name, rat), matrix in own.items():
    mean, sd = report.spread_of_runs(matrix)
    expect(f"consistency.runs.{IDS[name]}.{rat}", mean, sd=sd, n=len(matrix), split=FIRST_FOLD)

# %% [markdown]
# ## Verdicts
#
# The rules stood in `data/claims.yml` before the full run.

# %% tags=["nbval-ignore-output"]
caveat = "" if profile == "full" else "(quick run)"


def claimed(text, id, said_by, one):
    """A line of the table of verdicts."""
    return Judged(text, published(id, said_by), one.mean, one.sd)


lines = []
for name in sources:
    one = summaries(agree[name, "procrustes"])[0]
    for end, what in (("", "pairs"), ("_mean", "mean")):
        id = f"consistency.partition.{name.lower()}{end}"
        lines.append(claimed(f"{name}, groups of neurons, {what}", id, "blog", one))
measured = {
    "consistency.umap.runs": apart["UMAP", "spectral"][0],
    "consistency.tsne.runs": apart["t-SNE", "pca"][0],
}
changing = published("consistency.umap_tsne.runs", "blog")
lines.append(Judged("UMAP and t-SNE: run them twice, get different results", changing, measured))
display(Markdown(verdict_table(lines, caveat, judged=rec.key == "achilles")))

# %% tags=["nbval-ignore-output"]
lines = []
for end, part in (("", "train"), (".heldout", "test")):
    for name, folds in rats[part, "ring"].items():
        text = f"{name}, {'training' if part == 'train' else 'held-out'} laps"
        lines.append(
            claimed(text, f"consistency.rats.{IDS[name]}{end}", "paper", report.summary(folds))
        )
    if len(means[part]) == len(IDS):
        sds = {n: report.summary(f).sd for n, f in rats[part, "ring"].items()}
        order_claim = published(f"consistency.rats.order{end}", "paper")
        lines.append(Judged(f"order of methods, {part}", order_claim, means[part], sds))
for name in IDS:
    mine = {r: report.spread_of_runs(m) for (n, r), m in own.items() if n == name}
    if set(mine) == set(RATS):
        of = {rat: mean for rat, (mean, _) in mine.items()}
        spread = {rat: sd for rat, (_, sd) in mine.items()}
        claim = published(f"consistency.runs.{IDS[name]}", "paper")
        lines.append(Judged(f"{name}, runs of each rat", claim, of, spread))
display(Markdown(verdict_table(lines, caveat, real)))

# %% tags=["nbval-ignore-output"]
lines = []
for by, title in (("ring", "place and direction"), ("position", "place alone")):
    one = report.summary(rats["train", by]["CEBRA-Behaviour"])
    lines.append(
        claimed(f"CEBRA-Behaviour, {title}", "consistency.rats.cebra_behavior", "paper", one)
    )
display(
    Markdown(
        "The same claim by both ways to align, the Methods' (which the scorecard takes) and the demo notebook's:\n\n"
        + verdict_table(lines, caveat, real, by_rule=True)
    )
)

# %% [markdown]
# ## What could fool us
#
# - **Labels in, labels out.** Rats that are told the same thing will say the same thing. Agreement of CEBRA-Behaviour on
#   training laps is in part the labels, and the lagged control measures how large a part. CEBRA-Time has no such excuse.
# - **Averages hide moments.** Two hundred averages are compared, not thousands of moments. An embedding that is hopeless
#   from one moment to the next can have fine averages. Chapter 03 asks about moments.
# - **The average is pushed out to the sphere.** The package does so for every method. It gives CEBRA's averages back the
#   length that they had lost; it takes from PCA the distance from the centre, which was half of what it had.
# - **What is called right.** Buddy and Gatsby run "right" down the track, Achilles and Cicero up it. The labels are taken
#   as published. For a ring this is a reflection, which a linear map can do; it would matter for anything lopsided.
# - **Twelve pairs, four rats.** If one rat is odd, six of the twelve pairs are. Look for its row and column.
# - **The number of neurons.** The rats differ in it by more than two to one; the figure of group sizes shows what that
#   does within one rat. A weak pair of rats may be a pair with few neurons.
# - **The blog's pipeline.** What PCA was given there, and on which bins R² was taken, it does not say. Both windows are in
#   the figure.
#
# ## Take-aways
#
# - Say what is aligned to what: in time, by place, by place and direction; by a turn, by any linear map. Each gives
#   another number, and all are called consistency.
# - R² below zero means worse than the mean. To speak of correlation, compute the correlation.
# - Compare with a control that keeps the labels' smoothness. Shuffling alone is too easy to beat.
# - Agreement between animals that counts is agreement on laps that no model was told about.
