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
# # Synthetic benchmark: where the truth is known
#
# **Question.** Does CEBRA recover hidden numbers that made the spikes, better than UMAP, t-SNE and PCA, and better than
# the label alone that it is trained with?
#
# **Method.** Made-up neurons driven by two known numbers; every method is scored by how much of them a straight line
# reads off its embedding, then by how much of them it tells beyond the label, beside the most that Bayes' rule allows.
#
# **Limit.** The generator is artificial and known; how real neurons mix their inputs, nobody knows.

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

# %% [markdown]
# No rat takes part in this chapter. The recording named above is loaded as everywhere in the book, but only to file the
# results under its name; the data below are made up, on purpose, and every figure says so.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Imports, and what this page runs on
import numpy as np
from sklearn.linear_model import LinearRegression

from helpers import claims, figures, recordings, synthetic, training
from helpers.figures import show

rec = recordings.load_recording(recording, on_missing="simulate")
data = synthetic.population(synthetic.main_setting(profile))
claims.open_chapter("01", rec, profile, seed, shown=data)

# %% [markdown]
# ## The claim
#
# Make neurons that listen to two hidden numbers, hide the numbers, and ask each method to find them again. CEBRA
# recovers them best. The blog, on a generator of its own and in one training: R² 0.76, before UMAP with 0.742, t-SNE
# with 0.721 and PCA with 0.68. The paper, over 100 seeds: 0.9199 ± 0.0021, before UMAP with 0.8092 and t-SNE with
# 0.7881 ([Schneider, Lee & Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6), Figure 1; authors' figure
# repository).
#
# ## A world of two numbers
#
# The published generator is that of pi-VAE ([Zhou & Wei 2020](https://arxiv.org/abs/2011.04798)), as the CEBRA package
# describes it. A label $u$ is drawn evenly from $[0, 2\pi]$. The latent $z$ scatters around $(u, 2 \sin u)$, with variances
# $0.6 - 0.3\,|\sin u|$ and $0.3\,|\sin u|$. Ninety-eight zeros are appended, and the whole is stirred by a random flow:
# four blocks of two coupling layers, each of which scales and shifts one half of the numbers by a small random network of
# the other half, then swaps the halves; between blocks the numbers are shuffled. Nothing is lost: every step can be
# undone. What comes out, squeezed, is the logarithm of each neuron's rate, $2.2 \tanh(\cdot)$. Then dice: Poisson counts.
#
# Each sample is a draw of its own. There is no time in this world.
#
# The blog's generator is not published; we know "100 neurons, nonlinear mixing, Poisson". Our stand-in sends the same
# latent through one random hidden layer. One constant is then still free, how much the neurons fire. We set it so that
# PCA has the blog's 0.68, before looking at any other method: that parameter is fitted to PCA, so only the other three
# methods can be compared.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
synthetic.populations(profile)

# %% [markdown]
# ## Train everyone
#
# CEBRA with the paper's settings for this benchmark: one sample a window, Euclidean distance, two dimensions, trained
# with $u$; a pair is positive if its labels differ by a normal draw of width 0.1 or so. Two controls: CEBRA trained
# with a shuffled $u$, and CEBRA trained with nothing but the order of the samples, which here means nothing. PCA of the
# counts; UMAP with 68 neighbours and minimal distance 0.2475, t-SNE with perplexity 84, both the paper's.
#
# The first four fifths train. UMAP and PCA place the rest afterwards. t-SNE has no way to place anything afterwards, so it
# is shown all samples at once, an advantage that no one else gets.
#
# And three who stand outside the race:
#
# - **ridge regression of $u$**: $(u, \sin u)$ from the counts, by the plainest regression there is. It is given what
#   CEBRA is given.
# - **the label alone**: $(u, \sin u)$ itself. It sees no neuron.
# - **the Bayes-optimal ceiling**: the mean of $z$ given the counts, by the rule of Bayes with the true generator. Of
#   all functions of one sample's counts none has a smaller squared error. Nobody has this in a laboratory. It shows how
#   much there is to find.

# %% tags=["nbval-ignore-output"]
jobs = synthetic.jobs_01(rec, profile, seed=seed)
fits = dict(zip(jobs, training.fit_many(list(jobs.values())), strict=True))

# %% tags=["nbval-ignore-output", "remove-stderr"]
baselines = synthetic.embed_all(synthetic.baselines(profile, seed))

# %% tags=["nbval-ignore-output"]
scored = synthetic.score_all(fits, baselines, profile)
race = synthetic.race(scored, fits, baselines, seed)
show(figures.synthetic.embeddings(race))

# %% [markdown]
# ## The published score
#
# Fit a line from the embedding to the latent, on the samples that trained, and report R² on the same samples: that is
# the published way. It makes two kinds of spread, which must not be mixed. Train again on the same data with another
# seed: how reliable is the *method*? Draw another mixing: how far does the result carry to another *brain*? The paper's
# ± 0.0021 is probably the first kind.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
race.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
race.expect()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: published race
show(figures.synthetic.published_race(race))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: stand in
show(figures.synthetic.stand_in(race))

# %% [markdown]
# No mixing is left out. Here is each of them, as published, in sample:

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
race.each_mixing()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
race.orders()

# %% [markdown]
# ## A baseline without spikes
#
# Look at the dotted line. CEBRA was trained with the label, and the latent was *made* from the label. So before we
# admire a score, let us ask what the label scores that has never seen a neuron.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
race.nought()

# %% [markdown]
# To be fair to CEBRA: it does not hand the label through. Its encoder reads spikes, and must get $u$ from them. But
# reading the label off the spikes is decoding. The question of this benchmark is whether the *latent* is found, of
# which the label is only a part.
#
# ## What CEBRA adds
#
# Take away from the latent what the label says, $z - (u, 2 \sin u)$. What is left is pure scatter: no function of $u$
# knows anything about it. How much of it does an embedding explain, given the label besides (a *partial R²*)? The label
# scores zero by construction, the latent itself one. A second version asks within narrow bands of $u$, 15 degrees each,
# with a line of its own in each band, so that an embedding may be bent. Both are scored on held-out samples.

# %% tags=["nbval-ignore-output"]
beyond = synthetic.Beyond(scored)
beyond.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
beyond.expect()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: beyond label
show(figures.synthetic.beyond_label(beyond))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
beyond.finding()

# %% [markdown]
# Why does it add anything at all, if it was taught the label only? Because the latent scatters *around* the label: a
# sample whose $z$ lies off its mean looks, to the neurons, like a sample of another $u$. Whoever reads $u$ off the spikes
# reads the place of $z$ along the curve, scatter included. The part across the curve must be found by some other virtue.
#
# ## How high could it go?
#
# Our CEBRA and the paper's differ. Is it our code, or our luck with the mixing? Bayes can tell, without any training: draw
# many mixings and compute for each the highest R² that its spikes allow.

# %% tags=["nbval-ignore-output"]
limits = synthetic.Limits(scored)
show(figures.limits.limits(limits))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
limits.said()

# %% tags=["hide-input"]
# @title Check against the recorded values
limits.expect()

# %% [markdown]
# ## Is it a bug?
#
# A score below the published one deserves suspicion. Three suspects: the data, the training, the pairs.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table of moments
synthetic.table_of_moments(profile)

# %% tags=["nbval-ignore-output"]
checks = synthetic.checks(scored, fits, seed)
show(figures.limits.three_checks(checks))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
checks.said()

# %% tags=["hide-input"]
# @title Check against the recorded values
checks.expect()

# %% [markdown]
# ## Where each one breaks
#
# Fewer neurons, or quieter ones. Small populations here (3,000 samples, short training), so that everyone can be
# trained many times.

# %% tags=["nbval-ignore-output"]
breaking = synthetic.Breaking(scored)
show(figures.limits.where_each_breaks(breaking))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
breaking.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
breaking.expect()

# %% [markdown]
# ## What it costs

# %% tags=["nbval-ignore-output"]
seconds = synthetic.seconds(baselines, profile, seed)
show(figures.limits.costs(seconds, len(data.spikes), checks.steps))

# %% [markdown]
# ## What could fool us
#
# **A score that rewards the label.** The whole race above takes place on a scale of which the label fills nearly all.
# Whenever a method is trained with something about the answer, set a baseline beside it that has the same, and one that
# has nothing else.
#
# **A linear score.** It favours methods that draw straight maps. The table has nearest neighbours too, and bands.
#
# **In sample.** The network can learn its training samples by heart; the score rises as it does. Held-out samples do not
# flatter it.
#
# **One mixing.** A hundred seeds on one mixing measure how reliably a method repeats itself. They say little about the
# next mixing.
#
# **A generator of our own.** The stand-in shares its latent with the blog's, and its score of PCA. What we find on it says
# something about generators of that sort, and nothing sure about the blog's.
#
# **Home advantage.** The published generator was made for pi-VAE, whose assumptions it meets by construction; pi-VAE is
# not tried here. No rat's neurons are known to be stirred by random flows.
#
# ## Verdicts

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Verdicts
quick = "(quick profile)" if profile == "quick" else ""
claims.verdicts_on(race.judged(), quick)

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
race.said_of_rule()

# %% [markdown]
# ## Try it
#
# The label alone, in a world of your choice: change the mixing, the number of spikes, the generator. It sees no neuron;
# how much does it score?

# %% tags=["nbval-ignore-output"]
setting = synthetic.main_setting(profile)._replace(mixing=3)
world = synthetic.population(setting)
label = np.stack([world.label, np.sin(world.label)], axis=1)
line = LinearRegression().fit(label, world.latent)
print(f"R² of the label alone: {line.score(label, world.latent):.3f}")

# %% [markdown]
# ## Take-aways

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Result
claims.close_chapter()

# %% [markdown]
# - Ask of any score what it gives to someone who knows only the labels that the method was trained with.
# - Where the truth is known, compute the best that is possible. A score means something between floor and ceiling.
# - Seeds and data sets are two kinds of luck. Report both.
# - Held-out samples, even when the published score is not.
#
# [Next in this book](02_place_cell_embeddings): a real rat, and no truth to look up.
