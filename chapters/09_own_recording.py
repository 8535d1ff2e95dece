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
# # Your own recording
#
# **Question.** What do these analyses say about a recording of your own, and how does it have to look?
#
# **Method.** Spikes or calcium traces with a position go in as a file; inspection, embeddings, decoding beside plain
# decoders, a ring test with its null, and a report come out.
#
# **Limit.** One recording is one animal: every interval here is over its laps or over seeds.

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
from IPython.display import Markdown, display

from helpers import claims, figures, own, recordings, sweep
from helpers.figures import show
from helpers.places import runs

rec = recordings.load_recording(recording, on_missing="simulate")
claims.open_chapter("09", rec, profile, seed)

# %% [markdown]
# ## The claim
#
# CEBRA is for any neural recording, with or without behaviour, say its authors, who show it on rats, mice
# and monkeys ([Schneider, Lee & Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6)). They state no number for
# yours. This chapter measures one: hand in spikes and a position on a line or a circle, and get what the other chapters
# do to Achilles, with their splits, their baselines and their nulls.
#
# ## What to bring
#
# Three things, on one clock: **spikes**, as one list of seconds per unit or as counts per bin; **places**, along the track
# or as x and y from a camera; and the **times** of the places. Direction may be given; else it is read off the movement.
# Put them into a `.npz`, a `.mat` or an NWB file, under these names:
#
# | name | what |
# | --- | --- |
# | `spike_times` and `spike_units` | seconds of all spikes, and the unit of each, a number or a name (in a `.mat`, a cell a unit will do) |
# | or `spikes` | counts: whole numbers, bins × units |
# | or `traces` | calcium imaging: real numbers, bins × cells; `trace_times` if on a clock of their own |
# | `position` | along the track, or two columns: x and y. Not tracked: NaN |
# | `times` | seconds of each place; with counts, the middles of the bins |
# | `unit`, or `scale` | of the places: `m`, `cm` or `mm`; or the metres of one unit, of a pixel say |
# | `geometry`, `length_m` | `line` or `circle`; how long, in metres |
# | `direction`, `ends`, `centre`, `margin_m`, `bin_s`, `max_gap_s` | if you know better than the defaults |
#
# Then, from a terminal in the book's folder:
#
# ```sh
# python -m helpers.book analyse your-animal.nwb             # inspect, analyse, write your-animal.html
# python -m helpers.book analyse --help                      # what can be asked, with examples
# python -m helpers.book run 09 --recording your-animal      # this chapter, on data/recordings/your-animal.npz
# ```
#
# ## From time stamps to bins
#
# What happens to your data should be no secret, so here is each step by itself. The animal is simulated, and small: its
# spikes have been scattered within their bins, its path drawn across a room, in centimetres, with a sway, as a camera
# would have it. If the steps are right, they must lead back to what it was made from.

# %% tags=["nbval-ignore-output"]
animal = recordings.simulate_recording(n_neurons=24, n_bins=4000, seed=1)
round_animal = own.lessons.on_a_circle(animal)
raw = own.lessons.laboratory(animal)
figures.use(animal)  # a figure of this animal says that it is none
print(", ".join(raw))

# %% [markdown]
# **Bins.** Time is cut into bins; a spike belongs to the bin in which it falls, and on a border to the one that begins
# there. Nothing is smoothed. A bin's place is read off the track at its middle, interpolated between two samples, never
# across a gap in tracking: such bins are left out, and the recording is *cut* there, so that no window and no pair of
# neighbours in time reaches over the hole.

# %%
edges = own.bin_edges(raw["times"][0], raw["times"][-1], raw["bin_s"])
counts = own.bin_spikes(raw["spike_times"], edges)
middles = edges[:-1] + raw["bin_s"] / 2
xy_cm, tracked = own.sample_position(
    raw["times"], raw["position"], middles, max_gap_s=0.25
)

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: binning
show(figures.own.binning(raw["spike_times"], edges, counts))

# %% [markdown]
# **Unrolling.** A camera sees a plane, a track has one coordinate. On a line, places are projected onto the way from end
# to end; round a circle they become the distance gone round, where the end is the beginning again. Points that lie on no
# line and no circle are refused, not squeezed.

# %%
xy = xy_cm / 100
line = xy, *own.linearise(xy, "line", ends=raw["ends"] / 100)
raw_round = own.lessons.laboratory(round_animal)
xy_round = raw_round["position"] / 100
circle = xy_round, *own.linearise(xy_round, "circle")

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: unrolled
show(figures.own.unrolled(line, circle))

# %% [markdown]
# **Standing still.** A rat that rests may think of elsewhere: its cells replay other places. Whether slow bins are kept is
# your decision, so nothing is left out unless you ask, `running=0.05` for five centimetres a second. Speed is read off a
# path smoothed over a quarter of a second, since a camera trembles; a run begins above that speed and ends below half of
# it, and runs of less than half a second go (`own.Running` has all of it by name). Where bins go, the recording is cut.

# %%
whole = own.recording_from_arrays(**raw, name="whole")
moving = own.only_running(whole, 0.05)

# %% tags=["nbval-ignore-output"]
kept = own.when_running(whole, 0.05)
speed = own.smoothed_speed(whole)
show(figures.own.speed_filter(whole, speed, kept, 0.05))
Markdown(
    f"The filter keeps {len(moving.spikes):,} of {len(whole.spikes):,} bins, "
    f"in {len(moving.segments)} stretches instead of {len(whole.segments)}."
)

# %% [markdown]
# All steps are one call, `recording_from_arrays(position, spike_times=…, times=…, unit="cm")`. Does it lead back?

# %%
bent = own.recording_from_arrays(**raw_round)
own.lessons.expect_steps_lead_back(animal, whole, round_animal, bent)

# %% [markdown]
# ## Three kinds of file
#
# The same animal, written as NumPy's `.npz`, as MATLAB's `.mat`, and in Neurodata Without Borders, whose files hold spike
# times and say in which unit their places are. They have no place for the length of the track, so it has to be said. What
# comes back is compared to the last bit: spikes, places, directions, cuts.

# %% tags=["nbval-ignore-output"]
known = recordings.load_recording("simulated")
files = own.lessons.three_files(known)
files.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
files.expect()

# %% [markdown]
# A file is never trusted further than its numbers. It is opened in a process of its own, so that whatever it does to the
# library that reads it ends in a line. Pickles, which can run any code, stay closed; a damaged file is
# refused by name.
#
# ## Traces in place of spikes
#
# Calcium imaging gives no counts but traces: real numbers, slow, noisy, and in a unit of the laboratory's own. Hand them
# in as `traces`. The analysis is the same, with a Bayesian decoder for Gaussian noise. One question is new: how are they
# scaled? Counts have a scale by nature, traces have not, and the encoder is not free of it. By default each cell is taken
# less its mean over its standard deviation, both of training laps; `--scaling "as given"` leaves them alone. Here is what
# that does, with the small animal from above under a microscope:

# %% tags=["nbval-ignore-output", "remove-stderr"]
traces = own.lessons.calcium(animal)
figures.use(traces)
scaled = own.scalings(traces, seed)
show(figures.own.scaled(scaled))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
scaled.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
scaled.expect()

# %% [markdown]
# ## Twelve that are refused
#
# A wrong answer that looks right is worse than none. Before a model is trained, a recording is *inspected*. Errors stop
# the analysis, all of them in one message; warnings are to be known when its numbers are read. Here are twelve ways to
# hand in a recording that cannot be right, and what the book says to each:

# %% tags=["nbval-ignore-output"]
refused = own.lessons.refusals(known)
refused.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
refused.expect()

# %% [markdown]
# The subtlest is the label that is slower than the laps. If position hardly changes while a lap lasts, then bins held
# out have neighbours in time, with the same label, in training: whatever recognises the *time* looks as if it knew the
# *place*. So the inspection measures for how long position remembers itself, and compares.
#
# ## Buddy, as raw arrays
#
# A rat from another chapter, as a stranger would hand him in: counts, metres, and not a word about direction.

# %% tags=["nbval-ignore-output"]
stand_in = rec.source == "simulated"
buddy = recordings.load_recording(
    "simulated-buddy" if stand_in else "buddy", on_missing="simulate"
)
given = own.recording_from_arrays(
    buddy.position.copy(), spikes=buddy.spikes.copy(),
    bin_s=0.025, length_m=1.6, name="buddy-as-arrays",
)  # fmt: skip
figures.use(buddy)
claims.banner(buddy, profile)
stranger = own.lessons.stranger(given, buddy)
stranger.report()

# %% tags=["hide-input"]
# @title Check against the recorded values
if (buddy.source == "simulated") == stand_in:
    stranger.expect()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
if profile == "full":
    buddys = own.analyse(given, "quick", seed)
    display(Markdown("And the whole analysis, in its quick profile:"))
    display(buddys.decoding.table(), buddys.ring.table())
else:
    print("The full profile puts Buddy through the whole analysis, too.")

# %% [markdown]
# ## The whole analysis
#
# Now the recording that this page was asked for. Three kinds of model, all trained on training laps alone: one with
# labels of position (and of direction, where there are two), one with nothing but time, and several with shuffled
# labels, which are the null. Then everything is measured on laps that none of them has met.

# %% tags=["nbval-ignore-output", "remove-stderr"]
figures.use(rec)
analysis = own.analyse(rec, profile, seed)
analysis.inspection()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: spheres
show(figures.own.spheres(analysis))

# %% [markdown]
# ### Decoding
#
# From each embedding the place is read by nearest neighbours, as in chapter 03, and beside it stand decoders that no
# network helps: neighbours among the bare counts, PCA, the Bayesian decoder with the same window of bins, and a constant
# guess. Decoders of the counts are hard to beat: an embedding of three dimensions keeps less of them. (Models here train
# for a third of the steps of chapter 03. For the same rat, that makes those with labels worse and those without better.)

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: paths
display(analysis.decoding.table())
show(figures.own.paths(analysis))

# %% tags=["hide-input"]
# @title Check against the recorded values
analysis.decoding.expect()

# %% [markdown]
# ### The ring
#
# Each embedding's longest loop is set against those of models with shuffled labels: a loop grows in any cloud of
# points, and only the null knows how long. Then the sharper question. On held-out trips, is the animal led round the
# loop exactly once, there and back? The same bins in random order say what chance would do.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: loops
display(analysis.ring.table())
show(figures.own.loops(analysis.ring.lengths))

# %% tags=["hide-input"]
# @title Check against the recorded values
analysis.ring.expect()

# %% [markdown]
# ### The report
#
# All of this as one page that needs nothing else, to send to whoever made the recording:

# %% tags=["nbval-ignore-output"]
page = runs(root) / "own" / f"{rec.key}-{profile}.html"
own.write_page(page, analysis)
inside = page.is_relative_to(root)
shown = page.relative_to(root) if inside else page.name
said = [*analysis.verdict(), f"The report: `{shown}`"]
Markdown("- " + "\n- ".join(said))

# %% [markdown]
# ## What a sweep taught
#
# Temperature, dimension, receptive field: which of CEBRA's settings are worth your nights? A sweep trains a grid of
# models and judges each on *validation* laps, by the same decoder and the same loops; test laps stay closed, for
# whoever has chosen. Here one setting at a time leaves the blog's, over several seeds. On a cluster the same grid takes
# one more option; see *Sweeps* in the README.

# %% tags=["nbval-ignore-output"]
taught = sweep.taught(rec, profile, seed)
if taught:
    display(taught.table())

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: changes
if taught:
    show(figures.sweep.changes(taught))
    display(taught.verdict())

# %% tags=["hide-input"]
# @title Check against the recorded values
if taught:
    taught.expect()

# %% [markdown]
# ## What could fool us
#
# **One animal.** Every interval here is over laps or seeds of one recording. It says how well *this* session is read, and
# nothing about the next animal.
#
# **A null too small.** With few models with shuffled labels, the p-value cannot be small, however long the loop; the
# report says which is the least that it could have been.
#
# **A ring that was handed in.** On a circular track, a model trained with the position draws a ring because the labels
# are one. Ask the model without labels.
#
# **Two clocks.** Spikes and camera that drift apart by half a second ruin decoding and break nothing visible. The
# inspection finds clocks in different units, and long silences; a slow drift it cannot see.
#
# **Copies.** A unit sorted twice, or a column that *is* the position, makes every decoder shine. Both are errors of the
# inspection; near copies below its threshold are not.
#
# **Settings chosen by their outcome.** A sweep finds the best of many by luck as well as by merit. What it finds has to be
# tested once more, on laps that it has not seen.

# %% [markdown]
# ## Take-aways

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Result
claims.close_chapter()

# %% [markdown]
# - Every step from time stamps to bins is a choice. Make it by name, and look at the picture.
# - Let a recording be refused before it is analysed: the line that says why costs a second, the wrong figure a year.
# - Put the plain decoder beside the network, on the same laps, with the same window.
# - A loop is no ring until models with shuffled labels have failed to grow one, and held-out laps have gone round it.
# - A setting's effect is separated from the luck of a seed by many seeds, not by the best of a grid; the verdict above
#   says how many there were, and which settings they tell apart.
