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
# # The scorecard
#
# **Question.** Of everything that the blog and the paper state in numbers or in words that can be checked, what holds?
#
# **Method.** Each claim has a rule in one file; where its source says what it did, that protocol is measured and
# judged, and ours stands beside it.
#
# **Limit.** The claims and the criteria for words were chosen by us; *not reproduced* says these recordings, this code,
# these settings.

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
from helpers import claims, figures
from helpers.figures import show
from helpers.recordings import load_recording

rec = load_recording(recording, on_missing="simulate")
claims.open_chapter("08", rec, profile, seed)

# %% [markdown]
# ## The claim
#
# The blog's title promises a reproduction in *under two hours*, and its text tells of five results, all of
# them found again. The paper behind it ([Schneider, Lee & Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6))
# makes no such boast and leaves more numbers to check. This page holds both to every claim of theirs that we found.
#
# ## What there is to judge
#
# While the book runs, each chapter writes what it measured into one file. Read alone, this page takes the published
# run's file. It says which, and what is not in it.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
scorecard = claims.read_scorecard()
scorecard.described()

# %% [markdown]
# ## The score

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
scorecard.totals()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
scorecard.score()

# %% [markdown]
# The two are not alike as witnesses. The paper's numbers are mostly numbers, with spread and data behind them; many of
# the blog's are words, such as *ring* or *sphere*, or values to be read off a bar. A word gets a criterion that a
# program can check; that criterion is ours, and a reader may want another.
#
# ## Claimed against measured

# %% tags=["nbval-ignore-output"]
numbers = scorecard.points()
if numbers:
    show(figures.scorecard.claimed_against_measured(numbers))
else:
    print("No claimed number has a measurement in these results yet.")

# %% [markdown]
# ## Every claim
#
# In the order of the chapters. *Only with leakage*: our measurement keeps the rule when test bins leak into training,
# and breaks it when they do not. *Contradicts itself*: the same source states the same thing elsewhere, and by its own
# rule the two disagree. *Not testable here* and *open* come with their reasons. *Measured* is what the verdict stands
# on: the source's own protocol, where we know it. *By our protocol*, where it is another, is the same quantity with our
# settings, or without leakage.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
scorecard.table()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
scorecard.for_machines()

# %% tags=["hide-input"]
# @title Check against the recorded values
scorecard.expect()

# %% [markdown]
# ## How a verdict comes about
#
# A rule per claim, in one file, most of them written down before the first full training; those that were not are
# listed below. Where a source says what it did, its own protocol is measured and judged, and ours stands beside it. The
# kinds are few. *Close*: within two standard deviations, the source's own or, of a single training, those of ours, or
# within a share of the published value where the source was vague; *bits*, the same of a loss below chance. *In a
# range*, *more*, *less*, *equal*, *in this order*. And for shapes a criterion made of conditions on measured numbers.
# `helpers/claims/rules.py` has each as a few lines of code, and a test holds every kind to both sides of its border.
#
# Where a criterion speaks of a *null*, the null is measured, too: models as long trained, on labels that are shuffled or
# late.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
scorecard.kinds()

# %% [markdown]
# ### Rules that are younger than a result
#
# A rule that is written or changed when a result is known can be bent to it, even in good faith. Here is every one:

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
scorecard.amendments()

# %% [markdown]
# ## What could fool us
#
# **A generous rule.** A share of a value that is large before anything is learnt is lenient. So losses are judged in
# bits below chance, where zero is nothing; other values may have a floor that we do not know.
#
# **A strict one.** A spread over seeds is not a spread over rats. With few seeds it comes out small by chance, and a
# number may then miss by a hair what nobody would call wrong. Look at the distance, not only at the word.
#
# **Who chose the claims.** We did: what the post and the paper state plainly enough to be checked. What they show and do
# not say is not in the list.
#
# **One pair of eyes.** Values read off a published bar carry our reading. Their rule is wider for it.
#
# **Not reproduced is not false.** It says that these recordings, this code and these settings gave something else.
# Where an experiment explains the difference, the chapter shows it under *why we differ*; where none does, the claim's
# row names those that were tried.

# %% [markdown]
# ## Take-aways

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Result
claims.close_chapter(scorecard.results)

# %% [markdown]
# - A claim can be checked when it names its data, its split, its seeds and its spread. Ask for these four first.
# - Write the rule before the result. Everything after that is arithmetic.
# - Count the verdicts of those who contradict themselves apart: nobody can reproduce both halves.
# - A scorecard that cannot turn red is decoration. Change a number in this book's results, and this page changes its mind.
#
# [Next in this book](09_own_recording): the same questions, put to a recording of your own.
