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
# # Consistency: do different brains agree?
#
# **Question.** Do encoders trained on different neurons, different rats or different seeds draw the same map?
#
# **Method.** Embeddings are aligned, bin by bin within a rat or place by place between rats, and scored by R²; on
# training laps, on held-out laps, beside lagged and shuffled controls, and by the paper's searched settings.
#
# **Limit.** Twelve pairs come from four animals and are not independent, and averages over places hide what single time
# bins do.

# %% tags=["bootstrap"]
import os
import subprocess
import sys
from pathlib import Path

in_colab = "google.colab" in sys.modules
if in_colab and not Path("_toc.yml").exists():
    if not Path("book").exists():
        url = "https://github.com/your-name/a-ring-from-spikes"
        tag = "main"
        clone = ["git", "clone", "--quiet", "--depth=1", "--branch", tag]
        subprocess.run([*clone, url, "book"], check=True)
    os.chdir("book")
    pip = [sys.executable, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", "requirements-colab.txt"], check=True)
folders = (Path.cwd(), *Path.cwd().parents)
root = next(path for path in folders if (path / "_toc.yml").exists())
sys.path.insert(0, str(root))

# %% tags=["parameters", "hide-input"]
# @title Parameters
from helpers.claims import default_profile

recording = os.environ.get("CEBRA_BOOK_RECORDING", "achilles")
profile = os.environ.get("CEBRA_BOOK_PROFILE") or default_profile()
# another base seed measures the spread
seed = int(os.environ.get("CEBRA_BOOK_SEED", "0"))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Imports, and what this page runs on
import numpy as np
from IPython.display import display

from helpers import claims, consistency, figures, recordings, training
from helpers.figures import show

rec = recordings.load_recording(recording, on_missing="simulate")
animals = {rat.name: rat for rat in consistency.four_rats(rec)}
rec = next(iter(animals.values()))  # all four are real, or all simulated
claims.open_chapter("04", rec, profile, seed)

# %% [markdown]
# ## The claim
#
# Other animals, other neurons, the same latent space: that is what the C in CEBRA stands for. The blog
# makes four "subjects" of one rat by dealing out its neurons, and states a pairwise R² of 0.88 to 0.91 for CEBRA and of
# −0.51 to −0.21 for PCA, which it calls anti-correlated. The paper compares four real rats: a mean R² of 0.943 for
# CEBRA-Behaviour, 0.771 for CEBRA-Time, 0.669 for PCA and 0.411 for UMAP
# ([Schneider, Lee & Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6), Figure 1; authors' figure repository).
#
# All models of this chapter train on the training trips of the paper's nested split (chapter 03), so that trips are
# left over on which nobody has trained. Each model is trained several times, from first weights of its own; the paper
# calls such a training a run. CEBRA-Behaviour is trained with position and direction, as in the paper's figure;
# CEBRA-Time without labels.

# %% tags=["nbval-ignore-output"]
others = list(animals.values())[1:]
fast = training.fast_dtype()
jobs = consistency.jobs_04(rec, profile, others, seed=seed, dtype=fast)
fits = dict(zip(jobs, training.fit_many(list(jobs.values())), strict=True))
seen = consistency.embed(fits, animals, "train")
unseen = consistency.embed(fits, animals, "test")

# %% [markdown]
# ## Four subjects out of one rat
#
# Deal the neurons into four groups that share none, train a CEBRA on each, and lay one group's embedding on another's.
# All groups saw the same rat in the same time bins, so the comparison goes bin by bin: an orthogonal *Procrustes*
# alignment turns and reflects the first embedding until it comes as near as it can to the second; then ask what share
# of the second's variance the first now explains. Source and target can be swapped, so four groups make twelve ordered
# pairs. Each training deals the neurons anew.
#
# PCA gets the same groups, the same ten bins at a time, and three dimensions too.

# %% tags=["nbval-ignore-output"]
groups = consistency.groups_of_neurons(rec, fits, seen, unseen)
show(figures.consistency.groups(groups))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
groups.table()

# %% [markdown]
# *Over pairs and trainings* is the range from the smallest to the largest, and *±* a standard deviation over trainings.
# There is no interval here: twelve pairs of four groups are not twelve independent things. On held-out laps the
# alignment is the one found on training laps.

# %% tags=["hide-input"]
# @title Check against the recorded values
groups.expect()

# %% [markdown]
# ## What a negative R² is
#
# The blog reads PCA's negative numbers as anti-correlation. R² is no correlation. It compares a prediction with the
# laziest one there is, the target's own mean: 1 is perfect, 0 is no better than the mean, and below 0 the mean would have
# done better. A prediction that is right in every wiggle and merely too large can fall as far as you like. And a
# prediction that really runs against the target has the same negative R² as one that is only too loud:

# %% tags=["nbval-ignore-output"]
wave = np.sin(np.linspace(0, 4 * np.pi, 200))
noise = np.random.default_rng(seed).normal(size=(200, 1))[:, 0]
guesses = {
    "three times too large": 3 * wave,
    "upside down": -wave,
    "pure noise": noise,
}
scores = {
    name: (
        consistency.explained(wave[:, None], guess[:, None]),
        consistency.correlation(wave[:, None], guess[:, None]),
    )
    for name, guess in guesses.items()
}
show(figures.consistency.negative(wave, guesses, scores))

# %% [markdown]
# A Procrustes alignment that may turn and reflect but not scale keeps the size of the source. CEBRA's embeddings all
# live on the unit sphere and have one size by construction. Principal components have the variance of whatever neurons
# they come from: a group with busy cells makes a large cloud, one with quiet cells a small one. And the best turn never
# leaves two clouds anti-correlated: turning one of them round would be better, and that is a turn too.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words, and why we differ
display(groups.opposed())
claims.table_of_paths(groups.paths())

# %% [markdown]
# ## More neurons, more agreement
#
# If groups disagree because each of them sees too little of the track, larger groups should agree better.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: growth
if len(groups.sizes) > 1:
    show(figures.consistency.growth(groups))
else:
    print("Group sizes are compared in the full profile.")

# %% tags=["hide-input"]
# @title Check against the recorded values
groups.expect_growth()

# %% [markdown]
# ## Four rats
#
# Other rats ran at other times, so there is no comparison bin by bin. What they share is the track. Following the
# paper's Methods, cut it into 100 bins for each direction, average each rat's embedding in each bin, push the averages
# out to the unit sphere, and fit a linear map from one rat's averages to another's. The package does all of it
# (`cebra.sklearn.metrics.consistency_score`); we hand it one label that runs along the track and back. Every bin must
# hold samples of every rat, and `helpers/consistency/measure.py` refuses to go on if one does not.
#
# The authors' demo notebook uses position alone as the label, 100 bins for both directions together. Both are below: they
# are not the same question. As in the paper, CEBRA has three dimensions on a sphere, and the others two.

# %% tags=["nbval-ignore-output"]
rats = consistency.between_rats(animals, seen, unseen, profile, seed)
show(figures.consistency.rats(rats))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
display(rats.table("ring"))
display(rats.table("position"))

# %% tags=["hide-input"]
# @title Check against the recorded values
rats.expect()

# %% [markdown]
# ## By the paper's own protocol
#
# Those were our settings. The paper's were *searched*: of all that were tried, the authors took the one with the highest
# agreement between rats on training trips (so their preparation script has it), 64 units and a batch of 20,000. So 0.943 is
# the best of a search and not a draw from it. Here are their settings, on their folds: CEBRA-Behaviour trained on training
# trips; CEBRA-Time on all trips, without labels, and beside it on training trips alone (see chapter 03); PCA, UMAP and
# t-SNE in two dimensions, of the counts of ten bins summed, as chapter 03 reads the files, fitted on training trips.

# %% tags=["nbval-ignore-output"]
theirs = consistency.by_paper(animals, seen, unseen, profile, seed)
theirs.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
theirs.expect()

# %% [markdown]
# ### Why we differ
#
# From our agreement on training laps to the published one, one choice changed at a time. What the files do not name, by
# what the rats were aligned and in how many dimensions, is tried each way.

# %% tags=["nbval-ignore-output"]
differ = theirs.paths(rats)
if differ:
    show(figures.paths.why_we_differ(differ, "R² between rats"))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table of paths
display(claims.table_of_paths(differ))

# %% [markdown]
# ### By what were the rats aligned?
#
# Two animals meet in bins of the track. The Methods bin the two directions apart; the authors' demo notebook takes the
# place alone; their result files name neither. A third way is to take the trips of one direction only, right or left as
# each rat's file has it. All four ways, with the very same embeddings:

# %% tags=["nbval-ignore-output"]
display(consistency.table_of_ways(theirs, "train"))
display(consistency.table_of_ways(theirs, "test"))
display(consistency.nearest_way(theirs))

# %% [markdown]
# ### What a search is worth
#
# A small search of our own, over the settings that the paper names: each is trained in all four rats, on the first fold.
# Choose the one with the highest agreement on training laps, and report it on the same laps, as published; or choose by
# validation laps; and look at laps that had no part in choosing.

# %% tags=["nbval-ignore-output"]
searched = consistency.search(animals, fits, seed)
searched.table()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: search
if profile == "full":
    show(figures.consistency.search(searched))

# %% tags=["hide-input"]
# @title Check against the recorded values
searched.note()

# %% [markdown]
# ## The picture
#
# Each rat's embedding, turned and reflected onto the first rat's and nothing else: no stretching, no bending. The dots
# are time bins of held-out laps, the lines the averages along the track and back. Click a name to hide or show a rat.

# %% tags=["nbval-ignore-output"]
scene = consistency.aligned_rings(unseen, animals, "posdir", seed, "test")
show(figures.interactive_rats.four(scene, rec))

# %% [markdown]
# ## Laps that nobody trained on
#
# An encoder that is trained with position and direction can learn its laps by heart, and what four encoders learnt by
# heart is the same in all four: the labels. So look at trips that they have not met. There the paper's own repository
# holds other numbers than its figure: 0.678 for CEBRA-Behaviour, 0.735 for CEBRA-Time, 0.624 for PCA.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: held out
show(figures.consistency.held_out(rats))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
rats.lost()

# %% [markdown]
# ## Agreement without anything to agree on
#
# What would four rats agree on if there were nothing to agree on? Controls:
#
# - **shuffled labels**: the labels dealt out to other time bins. Nothing can be learnt.
# - **lagged labels**: the labels of at least five trips earlier or later. They are as smooth as real ones and belong to
#   other times.
# - **shuffled spikes**: each neuron late by a lag of its own. Every cell still fires as it did, and no two fire together.
#   For CEBRA-Time, which has no labels to shuffle, this is the null.
#
# All are aligned by the *true* places. The lagged models are also aligned by the places that they were trained with.

# %% tags=["nbval-ignore-output"]
controls = consistency.controls(animals, fits, seen, unseen, rats)
controls.table()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
controls.recited()

# %% tags=["hide-input"]
# @title Check against the recorded values
controls.expect()

# %% [markdown]
# ## Train it twice
#
# The blog says of UMAP and t-SNE: run them twice, get different results. And the paper states how well CEBRA's
# trainings agree with each other, rat by rat.

# %% tags=["nbval-ignore-output"]
again = consistency.run_twice(rec, animals, seen, profile, seed)
show(figures.consistency.runs(again, rec.length_m))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
again.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
again.expect()

# %% [markdown]
# Those are our trainings. The paper's come with a range: two trainings of its CEBRA-Time in Cicero agree at anything
# from 0.41 to 0.89. So some of its trainings, too, ended elsewhere than the others. How many there are weighs: one that
# went astray is in two thirds of the pairs of three, and in two sevenths of those of seven. By the paper's settings every
# rat was trained three times; where those agreed less than the published ones, CEBRA-Time in Buddy and Cicero, seven
# times. Read a verdict on them with care. The rule allows twice the spread over our trainings, which is wide where some go
# astray, and only the two rats that fell short were given more of them.

# %% tags=["nbval-ignore-output"]
theirs.runs.table()

# %% [markdown]
# ## Verdicts
#
# The rules stood in `data/claims.yml` before the full training; what is judged, the paper's own protocol in place of
# ours, came later, and the scorecard says so.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Verdicts
quick = "" if profile == "full" else "(quick profile)"
lines = groups.judged() + again.judged_layouts()
claims.verdicts_on(lines, quick, judged=rec.key == "achilles")

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Verdicts
claims.verdicts_on(theirs.judged(), quick, judged=rats.is_real)

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Verdicts
claims.verdicts_on(
    rats.judged_by_alignment(),
    quick,
    judged=rats.is_real,
    by_rule=True,
    said="The same claim by both ways to align, the Methods' (which the "
    "scorecard takes) and the demo notebook's:",
)

# %% [markdown]
# ## What could fool us
#
# - **Labels in, labels out.** Encoders trained with the same labels will draw the same labels. Agreement of
#   CEBRA-Behaviour on training laps is in part the labels, and the lagged control measures how large a part. CEBRA-Time
#   has no such excuse.
# - **Averages hide single bins.** Two hundred averages are compared, not thousands of time bins. An embedding that is
#   hopeless from one bin to the next can have fine averages. Chapter 03 asks about single bins.
# - **The average is pushed out to the sphere.** The package does so for every method. It gives CEBRA's averages back the
#   length that they had lost. What keeps PCA low is rather what it is aligned by, and that it has two dimensions (see *Why
#   we differ*).
# - **A setting that was searched.** Whoever keeps the best of many settings keeps luck as well, if the same laps that chose
#   it report it.
# - **What is called right.** Buddy and Gatsby run "right" down the track, Achilles and Cicero up it. The labels are taken
#   as published. For a ring this is a reflection, which a linear map can do; it would matter for anything lopsided.
# - **Twelve pairs, four rats.** If one rat is odd, six of the twelve pairs are. Look for its row and column.
# - **The number of neurons.** The rats differ in it by more than two to one; the figure of group sizes shows what that
#   does within one rat. A weak pair of rats may be a pair with few neurons.
# - **The blog's pipeline.** What PCA was given there, and on which bins R² was taken, it does not say. Both windows are in
#   the figure.

# %% [markdown]
# ## Try it
#
# Two trainings, a few seconds each: how far do they agree, bin by bin? Change the variant to `shuffled`, or give them
# more steps.

# %% tags=["nbval-ignore-output"]
pair = [
    training.fit(training.variant_job(rec, "time", seed=n, max_iterations=100))
    for n in (seed, seed + 1)
]
agree = consistency.time_aligned([fit.embedding for fit in pair])
print(f"R² between two trainings: {agree[0, 1]:.2f}")

# %% [markdown]
# ## Take-aways

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Result
claims.close_chapter()

# %% [markdown]
# - Say what is aligned to what: bin by bin, by place, by place and direction; by Procrustes, by any linear map. Each
#   gives another number, and all are called consistency.
# - R² below zero means worse than the mean. To speak of correlation, compute the correlation.
# - Compare with a control that keeps the labels' smoothness. Shuffling alone is too easy to beat.
# - Agreement between animals that counts is agreement on laps that no model was trained on.
# - A setting chosen for the number it reports brings a maximum, not a draw. Choose by laps that report nothing.
#
# [Next in this book](05_ring_topology): whether the ring is one.
