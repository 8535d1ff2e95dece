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
# # The debugging diary
#
# **Question.** Which bugs cost the blog its fifteen minutes, and which ones did nobody notice because nothing crashed?
#
# **Method.** Each bug is staged in a few lines, alive, with its guard beside it; the silent ones are measured.
#
# **Limit.** Only bugs that were found are here.

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

# %% tags=["hide-input", "nbval-ignore-output", "remove-stderr"]
# @title Imports, and what this page runs on
import numpy as np
from IPython.display import Markdown, display
from tqdm import tqdm

from helpers import claims, diary, figures, topology
from helpers.claims import describe_device, expect
from helpers.figures import show
from helpers.recordings import load_recording

rec = load_recording(recording, on_missing="simulate")
claims.open_chapter("07", rec, profile, seed)

# %% [markdown]
# ## The claim
#
# The blog spent about 15 minutes on four bugs: an attribute that does not exist, a data loader that finds
# no host, a computation that hangs, and pictures of an earlier run that look like new ones. The first, it says, took a
# *one-character fix*. It is the most human part of the post, and the most useful: nothing teaches like other
# people's bugs.
#
# ## The attribute
#
# **Symptom.** A line that should print the memory of the graphics card stops the notebook.

# %% tags=["nbval-ignore-output"]
card = diary.device_properties()
with diary.told(AttributeError) as line:
    print(card.total_mem)
print(*line)

# %% [markdown]
# (Without a card, a stand-in with the same attributes plays it.) **Cause.** The name was guessed, and it is a good guess:
# short, likely, and wrong. **Fix.** `total_memory`. And how many characters is that?

# %% tags=["nbval-ignore-output"]
distance = diary.edit_distance("total_mem", "total_memory")
Markdown(
    f"The two names are **{distance}** characters apart. The blog says one."
)

# %% tags=["hide-input"]
# @title Check against the recorded values
expect("diary.one_character", distance)

# %% [markdown]
# Now one function describes the device, on a card and without. Each chapter's first line prints what it says, so it
# cannot be broken for long:

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
print(describe_device())

# %% [markdown]
# <div class="book-debug" data-label="bug: the attribute">
#
# **What it cost.** One crash, in the first lines, before anything was computed. The cheapest kind there is.
#
# **Guard.** `describe_device()`, run by a test with a card and without, and by every chapter.
#
# **Moral.** Code for hardware that you do not have is code that you have not run. Give the test a stand-in.
#
# </div>
#
# ## The data loader
#
# **Symptom.** The recording is not found: the package's download asks a host that has stopped handing out files. figshare
# now answers with status 202 and an empty page.
#
# **Cause.** An address is part of the code, and it is the part that others can change. CEBRA's interface differs from
# version to version, and with version `0.6.1` its files moved to another host.
#
# **Fix.** A cascade: a local file; the official download; the package's own loader; a simulated rat, clearly labelled.
# Each step can fail in its own way, and a fallback that has never been seen to fall is a hope. So here is a data host of
# our own, on this machine, that misbehaves on request, and a small recording made up for it.

# %% tags=["nbval-ignore-output", "remove-stderr"]
cascade = diary.play()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
cascade.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
cascade.expect()

# %% [markdown]
# Two rows end in an error on purpose. Bytes that are not the registered ones are never unpickled: a pickle is a program.
# And a folder that was named and is missing is a mistake to point out, no reason to go and fetch something else.
#
# <div class="book-debug" data-label="bug: the data loader">
#
# **What it cost.** To whoever reads this book, at most the seconds in the table. To whoever falls back in silence,
# every figure after it: they show a rat that never lived.
#
# **Guard.** These acts, and a dozen more, are tests. What was downloaded is checked before it is opened, and the
# banner of each chapter names what served.
#
# **Moral.** A fallback must say that it was taken. A simulated rat that passes for a real one is worse than no rat.
#
# </div>
#
# ## The hang
#
# **Symptom.** Persistent homology up to H₂ of 2,000 points; nothing happens, for ever. **Cause.** Not a hang but a bill:
# the computation looks at all triples of points for H₁ and at all quadruples for H₂.

# %% tags=["nbval-ignore-output"]
bodies = diary.solids(seed, n_ring=2000, n=800)
cloud = bodies["a noisy ring"]
hang = diary.measure_hang(cloud, (60, 85, 120, 170, 240), at=2000, seed=seed)

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
hang.table()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: growth
show(figures.diary.growth(hang))

# %% [markdown]
# **Fix.** The blog went down to `maxdim=1` and 800 points. What is lost is the void that tells a hollow sphere from a full
# one. What is kept are the loops, which do not depend on what is computed above them, and which more points show better.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
diary.void_table(bodies, few=150, many=800)

# %% [markdown]
# This book's function tries a few points first, and refuses what would not come back, with the size that would:

# %% tags=["nbval-ignore-output"]
with diary.told(ValueError) as refused:
    topology.check_cost(cloud, 2)
print(*refused)

# %% tags=["hide-input"]
# @title Check against the recorded values
expect("diary.hang.refused", bool(refused))
expect("diary.hang.same_loops", diary.same_loops(cloud[:120]))

# %% [markdown]
# <div class="book-debug" data-label="bug: the hang">
#
# **What it cost.** Hours, or the machine: what has no progress bar is waited for. The table says how long it would
# have been on this shape; chapter 05 measures the real one.
#
# **Guard.** `check_cost`, called by this book's `persistence` itself; a test holds its estimate to measured times.
#
# **Moral.** Before starting what may not end, run a hundredth of it and multiply. Chapter 05 does the real thing.
#
# </div>
#
# ## The stale outputs
#
# **Symptom.** A runtime was reset, half of the cells were run again, and figures of two runs stand side by side. Nothing
# looks wrong. **Cause.** A notebook keeps an output until its cell runs again, whatever happened to the variables behind
# it. **Fix**, then: run all. And to see that it was done, every published page of this book is stamped with its data, its
# code, its versions and a hash of its outputs; a check compares. Here are four forgeries of a page of this book.

# %% tags=["nbval-ignore-output"]
stale = diary.forge("02")
stale.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
stale.expect()

# %% [markdown]
# <div class="book-debug" data-label="bug: the stale outputs">
#
# **What it cost.** Trust, and nobody knows when: a picture of last week carries no date.
#
# **Guard.** `make check` holds every page to its stamp, and the forgeries above are tests.
#
# **Moral.** An output belongs to a run, not to a cell. Publish runs.
#
# </div>
#
# ## Bugs that nobody noticed: whole numbers for labels
#
# The four so far made noise. The rest is about silence. Hand CEBRA positions in whole centimetres, and it takes them for
# *classes*: another loader, another algorithm, in which places a centimetre apart are as different as the ends of the
# track. The setting that asks for steps in time is ignored without a word. The cause is a convenience: the type of a
# label decides what it means.

# %% tags=["nbval-ignore-output"]
labels = diary.loaders(rec)
display(labels.table())
print("Here:", labels.refused)

# %% tags=["hide-input"]
# @title Check against the recorded values
labels.expect()

# %% [markdown]
# <div class="book-debug" data-label="bug: whole numbers">
#
# **What it cost.** No crash and no warning, only another algorithm than the one that was asked for. Every number
# after it is well made and answers another question.
#
# **Guard.** `Job` takes labels as `float32` and nothing else.
#
# **Moral.** A type is a poor place for a decision. Say it, or be asked.
#
# </div>
#
# ## Seeds that do nothing
#
# Train twice with one seed and get two models. The library's sampling distributions take a `seed`, and then draw one of
# their own from the operating system; the source calls it temporary.

# %% tags=["nbval-ignore-output", "remove-stderr"]
repeats = diary.repeats(rec, seed)
print(repeats)

# %% tags=["hide-input"]
# @title Check against the recorded values
repeats.expect()

# %% [markdown]
# So a training by the library cannot be repeated by giving its seed again; a spread over trainings comes by itself. The
# fix is one generator for all draws, which the job's seed starts.
#
# <div class="book-debug" data-label="bug: dead seeds">
#
# **What it cost.** No training by the library can be had again, by its authors either. Whoever fixed the seed to
# compare two settings compared two dice as well.
#
# **Guard.** A test trains twice with one seed and compares every weight, to the last bit.
#
# **Moral.** Whoever offers a seed should train twice and look.
#
# </div>
#
# ## The leak that decodes anything
#
# Chapter 03 tells how bins drawn at random into training and test flatter a decoder. By how much? Let us
# decode something that is *not in the recording*: an invented position, a slow random wave that no spike can know of.
# The decoder is the plainest, nearest neighbours among windows of spike counts.

# %% tags=["nbval-ignore-output"]
invented = diary.decode_invented(rec, seed)

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: invented
show(figures.diary.invented(invented))

# %% tags=["hide-input"]
# @title Check against the recorded values
invented.expect()

# %% [markdown]
# The cause is the overlap: ten bins make a window, so a test bin shares its spikes with training bins on either side. The
# fix is to cut by trips, and to keep windows within their part.
#
# <div class="book-debug" data-label="bug: the leak">
#
# **What it cost.** The blog's headline of decoding. Chapter 03 counts how many centimetres of it were shared spikes.
#
# **Guard.** Every number of this book names its split; a test sees that no window of one part reaches into the other.
#
# **Moral.** Feed your pipeline something that cannot work. If it works, it is broken.
#
# </div>
#
# ## The first of equals
#
# For each time bin CEBRA wants a positive: the bin whose label lies nearest to a wanted one. Where several are equally
# near, the library takes the first in the recording. Positions hardly repeat. Directions do nothing else. How many
# different bins, then, does training on direction ever see as a positive, and what if one of the equals is drawn at
# random instead? References, negatives and everything else stay the same, draw for draw.

# %% tags=["nbval-ignore-output", "remove-stderr"]
ties = diary.break_ties(rec, profile, seed)

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
ties.table()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: ties
show(figures.diary.ties(ties))

# %% tags=["hide-input"]
# @title Check against the recorded values
ties.expect()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
ties.conclusion()

# %% [markdown]
# <div class="book-debug" data-label="bug: the first of equals">
#
# **What it cost.** A published control that looks as if it had learnt something. A control that learns makes every
# comparison with it milder.
#
# **Guard.** Our sampler does as the library does, because this book reproduces, and a test holds it to that. The rule
# with random ties stands beside it, for comparison.
#
# **Moral.** A tie-break is a decision. And whoever trains on classes should hand them over as what they are.
#
# </div>
#
# ## Worse than the mean is not the opposite
#
# The blog finds an R² of −0.51 to −0.21 between PCA embeddings and calls it anti-correlated. It is not what the number
# says.

# %% tags=["nbval-ignore-output"]
truth = np.linspace(-1, 1, 50)
cases = {
    "three times too large": 3 * truth,
    "too high": truth + 2,
    "upside down": -truth,
}
diary.r2_table(truth, cases)

# %%
ids = {"large": "three times too large", "inverted": "upside down"}
for id, name in ids.items():
    r2, _ = diary.r2_and_correlation(truth, cases[name])
    expect(f"diary.negative.{id}_r2", r2)

# %% [markdown]
# The first two follow the truth perfectly and have a negative R²; so has the third, which really is inverted. R² below
# zero means that the mean would have been the better guess.
#
# <div class="book-debug" data-label="bug: worse than the mean">
#
# **What it cost.** One word in a post, and a wrong picture in the mind of whoever read it.
#
# **Guard.** Chapter 04 prints the correlation beside every negative R².
#
# **Moral.** Look up what a number is before giving it a name.
#
# </div>
#
# ## Titles against their text
#
# Some claims need no data to fail. Where a source says two things about one, `data/claims.yml` holds both, and the
# scorecard asks whether they agree by the claim's own rule.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
claims.contradictions()

# %% [markdown]
# <div class="book-debug" data-label="bug: titles">
#
# **What it cost.** Nothing, as long as nobody reads both.
#
# **Guard.** *contradicts itself* is a verdict of its own on the scorecard, whatever we measure.
#
# **Moral.** The title of a figure is written before the figure. Read it again after.
#
# </div>
#
# ## Our own
#
# This book has bugs of its own, and its history keeps what went wrong. Three of many:
#
# **A limit that watched a clock that stood still.** Downloads are cut off when more bytes arrive than the file has. The
# count was read off the progress bar. In published runs the bar is switched off:

# %% tags=["nbval-ignore-output"]
with tqdm(total=100, disable=True) as bar:
    for _ in range(1000):
        bar.update(1)
print(f"updated 1,000 times, the bar stands at {bar.n}")

# %% tags=["hide-input"]
# @title Check against the recorded values
expect("diary.own.bar_stands", bar.n == 0)

# %% [markdown]
# With the bar off, an endless answer was read on and on. Now the bytes written are counted.
#
# **Windows over the edge.** A stretch of recording shorter than a window still gave bins to the batches, and their
# windows ran over its border, at the ends out of the recording. No error; a few spikes of another minute.
#
# **A borrowed spread.** The first scorecard called a claim reproduced that chapter 03 calls not reproduced. A value with
# no spread of its own had been lent the quick profile's, which is wide, and so passed. Now what is borrowed
# judges nothing, and a test says so.
#
# ## What could fool us
#
# - **A diary is written by the survivor.** We list the bugs we found.
# - **A stand-in is not the thing.** The attribute fails here on a stand-in unless a card is present, and the host that
#   misbehaves is ours. Real hosts have more imagination.
# - **A fast look.** The extrapolated time and memory come from clouds of a few hundred points at most, on one machine that
#   may have had other work; read them as hours or days, not as numbers. The guard's own estimate is rougher still.
# - **The ties are not the whole story.** Ours shows that the rule is enough to teach something, and that without it
#   nothing is learnt. The paper's loss is lower still, lower than three dimensions have room for unless the shuffled labels
#   are learnt by heart: [chapter 02](02_place_cell_embeddings) has the geometry.

# %% [markdown]
# ## Try it
#
# Another invented position: change the seed, and so the wave. Does the random split ever admit that it knows nothing?

# %% tags=["nbval-ignore-output"]
another = diary.decode_invented(rec, seed=5)
print({name: round(r2, 2) for name, r2 in another.r2.items()})

# %% [markdown]
# ## Take-aways

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Result
claims.close_chapter()

# %% [markdown]
# - Bugs that crash are cheap. Count the others: wrong loader, dead seed, shared spikes, first of equals, stale picture.
# - Turn each silent bug into a check that fails loudly: that is what the guards above are.
# - Test the tests: give the pipeline an invented position, the sampler equal labels, the stamp a forged page, and see
#   each refuse.
# - Count: the blog's *one-character fix* is three characters.
#
# [Next in this book](08_scorecard): every claim, and what became of it.
