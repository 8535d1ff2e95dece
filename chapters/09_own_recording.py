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
# **The claim.** CEBRA is for any neural recording, with or without behaviour, say its authors, who show it on rats, mice
# and monkeys ([Schneider, Lee & Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6)). They state no number for
# yours. This chapter measures one: hand in spikes and a position on a line or a circle, and get what the other chapters
# do to Achilles, with their splits, their rivals and their nulls.
#
# **What you will see.** The way from time stamps to bins, one explicit step after the other, on an animal whose truth is
# known. The same recording as three kinds of file. Twelve broken recordings, each refused in a line. Then the whole
# analysis: embeddings, decoding beside the plainest of decoders, a ring test with its null, and a report to take along.
# Last, a sweep: which settings matter, and for what.

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

# %% tags=["nbval-ignore-output", "remove-stderr"]
import tempfile

import numpy as np
from IPython.display import Markdown, display

from helpers.claims import banner, begin, expect
from helpers.decoding import mean_score
from helpers.figures import own as pictures
from helpers.figures import style
from helpers.figures import sweep as sweep_pictures
from helpers.own import (
    PLAIN,
    TIME,
    TOLD,
    bin_edges,
    bin_spikes,
    honest_split,
    inspect_recording,
    laboratory,
    linearise,
    on_a_circle,
    only_running,
    plain_methods,
    read_recording,
    recording_from_arrays,
    refusals,
    sample_position,
    write_recording,
)
from helpers.own import page as own_page
from helpers.own import study as own
from helpers.places import runs
from helpers.recordings import load_recording, simulate_recording
from helpers.sweep import grid_09
from helpers.sweep import report as taught
from helpers.sweep.sweep import sweep

rec = load_recording(recording, on_missing="simulate")
begin("09", rec, profile, overridden=seed != 0)
style.use(rec)
banner(rec, profile)

# %% [markdown]
# ## What to bring
#
# Three things, on one clock: **spikes**, as one list of seconds per unit or as counts per bin; **places**, along the track
# or as x and y from a camera; and the **times** of the places. Direction may be given; else it is read off the movement.
# Put them into a `.npz`, a `.mat` or an NWB file, under these names:
#
# | name | what |
# | --- | --- |
# | `spike_times`, or `spikes` | seconds, a list a unit; or whole numbers, bins × units |
# | `position` | along the track, or two columns: x and y. Not tracked: NaN |
# | `times` | seconds of each place; with counts, the middles of the bins |
# | `unit` | of the places: `m`, `cm` or `mm` |
# | `geometry`, `length_m` | `line` or `circle`; how long, in metres |
# | `direction`, `ends`, `centre`, `bin_s` | if you know better than the defaults |
#
# Then, from a terminal in the book's folder:
#
# ```sh
# python -m helpers.own_page your-animal.nwb                 # inspect, analyse, write your-animal.html
# python -m helpers.book run 09 --recording your-animal      # this chapter, on data/recordings/your-animal.npz
# ```
#
# ## From time stamps to bins
#
# What happens to your data should be no secret, so here is each step by itself. The animal is simulated, and small: its
# spikes have been scattered within their bins, its path drawn across a room, in centimetres, with a sway, as a camera
# would have it. If the steps are right, they must lead back to what it was made from.

# %% tags=["nbval-ignore-output"]
animal = simulate_recording(n_neurons=24, n_bins=4000, seed=1)
round_animal = on_a_circle(animal)
raw = laboratory(animal)
style.use(animal)  # a figure of this animal says that it is none
print(", ".join(raw))

# %% [markdown]
# **Bins.** Time is cut into bins; a spike belongs to the bin in which it falls, and on a border to the one that begins
# there. Nothing is smoothed. A bin's place is read off the track at its middle, interpolated between two samples, never
# across a gap in tracking: such bins are left out, and the recording is *cut* there, so that no window and no pair of
# neighbours in time reaches over the hole.

# %%
edges = bin_edges(raw["times"][0], raw["times"][-1], raw["bin_s"])
counts = bin_spikes(raw["spike_times"], edges)
xy_cm, tracked = sample_position(
    raw["times"], raw["position"], edges[:-1] + raw["bin_s"] / 2, max_gap_s=0.25
)

# %% tags=["nbval-ignore-output"]
busy = np.argsort(counts.sum(axis=0))[::-1][:8]
shown = slice(40, 121)
style.show(
    pictures.binning(
        [raw["spike_times"][unit] for unit in busy], edges[shown], counts[40:120, busy]
    ),
    alt="Above, spikes of eight units as ticks, with the borders of the bins as thin lines; below, the same stretch as a "
    "grid of counts, a row a unit, a column a bin.",
    caption="The eight busiest units. Above, spike times; below, what is left of them: a whole number a bin.",
    name="binning",
)

# %% [markdown]
# **Unrolling.** A camera sees a plane, a track has one coordinate. On a line, places are projected onto the way from end
# to end; round a circle they become the distance gone round, where the end is the beginning again. Points that lie on no
# line and no circle are refused, not squeezed.

# %%
along, length_m = linearise(xy_cm / 100, "line", ends=raw["ends"] / 100)
raw_round = laboratory(round_animal)
xy_round = raw_round["position"] / 100
along_round, round_m = linearise(xy_round, "circle")

# %% tags=["nbval-ignore-output"]
style.show(
    pictures.unrolled(
        {
            "a line across the room": (xy_cm[tracked] / 100, along[tracked], length_m),
            "a circle": (xy_round, along_round, round_m),
        }
    ),
    alt="Two tracks seen from above: a slanting line and a circle, each dot a place of the animal, coloured from one end of "
    "the track to the other; on the circle the two ends of the colours meet.",
    caption="Places in the room, coloured by the metres that they become. The circle is the same animal's way there and "
    "back, bent until its ends met.",
    name="unrolled",
)

# %% [markdown]
# **Standing still.** A rat that rests may think of elsewhere: its cells replay other places. Whether slow bins are kept is
# your decision, so nothing is left out unless you ask, `running=0.05` for five centimetres a second. Where bins go, the
# recording is cut.

# %%
whole = recording_from_arrays(**raw, name="whole")
moving = only_running(whole, 0.05)

# %% tags=["nbval-ignore-output"]
part = slice(0, 800)
style.show(
    pictures.speed_filter(
        whole.position[part], whole.speed()[part], whole.running(0.05)[part], whole.bin_s, 0.05
    ),
    alt="Above, the position over the first runs: a zigzag of kept bins, with crosses at the ends of the track where the "
    "animal stood. Below, its speed, with the limit as a dashed line.",
    caption="Crosses: bins that the filter leaves out. They lie at the ends of the track, where the animal waits.",
    name="speed",
)
display(
    Markdown(
        f"The filter keeps {len(moving.spikes):,} of {len(whole.spikes):,} bins, in {len(moving.segments)} stretches "
        f"instead of {len(whole.segments)}."
    )
)

# %% [markdown]
# All steps are one call, `recording_from_arrays(position, spike_times=…, times=…, unit="cm")`. Does it lead back?

# %%
expect("own.steps.counts_come_back", bool(np.array_equal(whole.spikes, animal.spikes)))
away_mm = 1000 * np.abs(whole.position - animal.position).max()
expect("own.steps.places_within_a_millimetre", bool(away_mm < 1))
bent = recording_from_arrays(**raw_round)
apart = np.abs(bent.position / bent.length_m - round_animal.position / round_animal.length_m)
expect("own.steps.circle_within_a_hundredth", bool(np.minimum(apart, 1 - apart).max() < 0.01))

# %% [markdown]
# ## Three kinds of file
#
# The same animal, written as NumPy's `.npz`, as MATLAB's `.mat`, and in Neurodata Without Borders, whose files hold spike
# times and are read through pynapple. They have no place for the length of the track, so it has to be said. What comes
# back is compared to the last bit: spikes, places, directions, cuts.

# %% tags=["nbval-ignore-output"]
known = load_recording("simulated")
folder = tempfile.TemporaryDirectory()
said = {"nwb": {"length_m": known.length_m}}
back, rows = {}, []
for kind in ("npz", "mat", "nwb"):
    path = Path(folder.name) / f"animal.{kind}"
    write_recording(path, known)
    back[kind] = read_recording(path, **said.get(kind, {}))
    bins, units = back[kind].spikes.shape
    equal = "equal" if back[kind].digest == known.digest else "DIFFERENT"
    megabytes = f"{path.stat().st_size / 1e6:.2f}"
    rows.append((f"`.{kind}`", megabytes, f"{bins:,}", f"{units}", equal))
display(Markdown(own.markdown_table(("file", "megabytes", "bins", "units", "read back"), rows)))

# %%
for kind, found in back.items():
    expect(f"own.files.{kind}_is_equal", found.digest == known.digest)

# %% [markdown]
# A file is never trusted further than its numbers. Pickles, which can run any code, stay closed; a damaged file is
# refused by name.
#
# ## Twelve that are refused
#
# A wrong answer that looks right is worse than none. Before a model is trained, a recording is *inspected*. Errors stop
# the analysis, all of them in one message; warnings are to be known when its numbers are read. Here are twelve ways to
# hand in a recording that cannot be right, and what the book says to each:

# %% tags=["nbval-ignore-output"]
refused = refusals(known, Path(folder.name))
display(
    Markdown(
        own.markdown_table(
            ("what was broken", "what the book says"),
            [(name, line.replace("|", "/")) for name, line in refused.items()],
        ).replace("--:", "---")
    )
)

# %%
expect("own.refused", len(refused))

# %% [markdown]
# The subtlest is the label that is slower than the laps. If position hardly changes while a lap lasts, then bins held out
# have neighbours in time, with the same label, in training: whatever recognises the *moment* looks as if it knew the
# *place*. So the inspection measures for how long position remembers itself, and compares.
#
# ## Buddy, as raw arrays
#
# A rat from another chapter, as a stranger would hand him in: counts, metres, and not a word about direction.

# %% tags=["nbval-ignore-output"]
stand_in = rec.source == "simulated"
buddy = load_recording("simulated-buddy" if stand_in else "buddy", on_missing="simulate")
arrays = {"spikes": np.array(buddy.spikes), "position": np.array(buddy.position)}
given = recording_from_arrays(**arrays, bin_s=0.025, length_m=1.6, name="buddy-as-arrays")
style.use(buddy)
banner(buddy, profile)
moves = buddy.running()
same_way = np.mean(given.direction[moves] == buddy.direction[moves])
plain = plain_methods(given, honest_split(given))
said = [finding.line for finding in inspect_recording(given)] or ["nothing to warn of"]
display(
    Markdown(
        f"Direction, read off the movement, sorts {max(same_way, 1 - same_way):.1%} of his moving bins as the data set "
        f"does{', with right and left exchanged' * bool(same_way < 0.5)}, and finds {len(given.trials())} round trips "
        f"where it has {len(buddy.trials())}. The inspection: {'; '.join(said)}. Without any training, the "
        f"Bayesian decoder reads his place to {mean_score([plain[PLAIN[2]]], 'median_cm'):.1f} cm "
        f"(median, held-out laps); a constant guess is off by {mean_score([plain[PLAIN[3]]], 'median_cm'):.1f} cm."
    )
)

# %%
if (buddy.source == "simulated") == stand_in:
    expect("own.buddy.direction", max(same_way, 1 - same_way))
    expect("own.buddy.trips", len(given.trials()))
    expect("own.buddy.bayes.median_cm", mean_score([plain[PLAIN[2]]], "median_cm"))

# %% tags=["nbval-ignore-output"]
if profile == "full":
    buddys = own.analyse(given, "quick", seed)
    display(Markdown("And the whole analysis, in its quick profile:"))
    display(Markdown(own.markdown_table(*own.decoding_rows(buddys))))
    display(Markdown(own.markdown_table(*own.ring_rows(buddys))))
else:
    print("The full profile puts Buddy through the whole analysis, too.")

# %% [markdown]
# ## The whole analysis
#
# Now the recording that this page was asked for. Three kinds of model, all trained on training laps alone: one told the
# position (and the direction, where there are two), one told nothing but time, and several told nonsense, which are the
# null. Then everything is measured on laps that none of them has met.

# %% tags=["nbval-ignore-output", "remove-stderr"]
style.use(rec)
analysis = own.analyse(rec, profile, seed)
said = [finding.line for finding in analysis.findings] or ["nothing to warn of"]
display(Markdown(f"Held out: {analysis.split_name}. The inspection:\n\n- " + "\n- ".join(said)))

# %% tags=["nbval-ignore-output"]
style.show(*own_page.spheres(analysis))

# %% [markdown]
# ### Decoding
#
# From each embedding the place is read by nearest neighbours, as in chapter 03, and beside it stand decoders that no
# network helps: neighbours among the bare counts, PCA, the Bayesian decoder with the same window of bins, and a constant
# guess. If your embedding does not beat the counts, that is no failure of yours. It is what decoding is like.

# %% tags=["nbval-ignore-output"]
display(Markdown(own.markdown_table(*own.decoding_rows(analysis))))
style.show(*own_page.paths(analysis))

# %%
SHORT = {own.NAMES[told]: told for told in own.NAMES}
SHORT |= dict(zip(PLAIN, ("counts", "pca", "bayes", "constant"), strict=True))
for name, results in analysis.results.items():
    expect(f"own.{SHORT[name]}.median_cm", mean_score(results, "median_cm"), split=results[0].split)

# %% [markdown]
# ### The ring
#
# Each embedding's longest loop is set against those of models that were told nonsense: a loop grows in any cloud of
# points, and only the null knows how long. Then the sharper question. On held-out trips, is the animal led round the loop
# exactly once, there and back? The same bins in random order say what chance would do.

# %% tags=["nbval-ignore-output"]
display(Markdown(own.markdown_table(*own.ring_rows(analysis))))
style.show(*own_page.loops(analysis))

# %%
for told in (TOLD, TIME):
    expect(f"own.ring.{told}.longest_h1", float(np.median(analysis.rings[told].longest)))
    expect(f"own.ring.{told}.wound", analysis.rings[told].share)
expect("own.ring.null.longest_h1", float(analysis.null.max()))

# %% [markdown]
# ### The report
#
# All of this as one page that needs nothing else, to send to whoever made the recording:

# %% tags=["nbval-ignore-output"]
page = runs(root) / "own" / f"{rec.key}-{profile}.html"
own_page.write_page(page, analysis)
shown = f"`{page.relative_to(root)}`" if page.is_relative_to(root) else f"`{page.name}`"
display(Markdown("- " + "\n- ".join([*own.verdict_sentences(analysis), f"The report: {shown}"])))

# %% [markdown]
# ## What a sweep taught
#
# Temperature, dimension, receptive field: which of CEBRA's settings are worth your nights? A sweep trains a grid of
# models and judges each on *validation* laps, by the same decoder and the same loops; test laps stay closed, for
# whoever has chosen. Here one setting at a time leaves the blog's, over several seeds. On a cluster the same grid takes
# one more option; see *Sweeps* in the README.

# %% tags=["nbval-ignore-output"]
grid = grid_09(rec, profile, seed)
try:
    swept = sweep(grid, {rec.key: rec}, progress=False)
except ValueError as error:  # a circle, or too few laps for the nested split
    swept = None
    print(f"no sweep: {error}")
if swept and swept.failures:
    print("failed:", swept.failures)
if swept:
    display(Markdown(taught.effect_table(swept.rows, grid)))

# %% tags=["nbval-ignore-output"]
if swept:
    panels = {}
    for measure, label in (
        (taught.DECODING, "change of the median error (cm)"),
        (taught.RING, "change of the longest loop's lead"),
    ):
        panels[label] = {
            one.name: sweep_pictures.Change(
                one.changes, one.low, one.high, one.sign * measure.better
            )
            for one in taught.effects(swept.rows, grid, measure)
        }
    style.show(
        sweep_pictures.changes(panels),
        alt="Two panels, a row a setting: the change of the median error and of the longest loop's lead against the base "
        "settings, a dot a seed, with the interval of the mean and a dashed line at no change.",
        caption="A dot a seed; short upright lines are means, long level ones their intervals. Left of zero, decoding "
        "is better; right of zero, the loop stands out more. Intervals are cut off at the edge of the picture.",
        name="sweep",
    )
    display(Markdown(taught.verdict(swept.rows, grid)))

# %%
if swept:
    for measure, last in ((taught.DECODING, "median_cm"), (taught.RING, "gap")):
        base = taught.base_values(swept.rows, grid, measure)
        expect(f"sweep.base.{last}", base.mean(), sd=base.std(ddof=1), n=len(base))
        for one in taught.effects(swept.rows, grid, measure):
            found = taught.setting_values(swept.rows, grid, {one.parameter: one.value}, measure)
            expect(f"sweep.{one.slug}.{last}", found.mean(), sd=found.std(ddof=1), n=len(found))

# %% [markdown]
# ## What could fool us
#
# **One animal.** Every interval here is over laps or seeds of one recording. It says how well *this* session is read, and
# nothing about the next animal.
#
# **A null too small.** With few models told nonsense, the p-value cannot be small, however long the loop; the report
# says which is the least that it could have been.
#
# **A ring that was handed in.** On a circular track, a model told the position draws a ring because the labels are one.
# Ask the model that was told only time.
#
# **Two clocks.** Spikes and camera that drift apart by half a second ruin decoding and break nothing visible. The
# inspection finds clocks in different units, and long silences; a slow drift it cannot see.
#
# **Copies.** A unit sorted twice, or a column that *is* the position, makes every decoder shine. Both are errors of the
# inspection; near copies below its threshold are not.
#
# **Settings chosen by their outcome.** A sweep finds the best of many by luck as well as by merit. What it finds has to be
# tested once more, on laps that it has not seen.
#
# ## Take-aways
#
# - Every step from time stamps to bins is a choice. Make it by name, and look at the picture.
# - Let a recording be refused before it is analysed: the line that says why costs a second, the wrong figure a year.
# - Put the plain decoder beside the network, on the same laps, with the same window.
# - A loop is no ring until models told nonsense have failed to grow one, and held-out laps have gone round it.
# - Most settings cannot be told from the luck of a seed. Those that can are worth knowing; the others are not worth a
#   sweep.
