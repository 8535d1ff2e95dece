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
# # Topology: is the ring real?
#
# **Question.** Is the embedding of a rat that runs there and back a ring, and does the rat go round it on trips that no
# model has seen?
#
# **Method.** Persistent cohomology with null models, an angle read off the longest loop, and the winding number of each
# trip; on training bins, then held out, in four rats.
#
# **Limit.** Betti numbers hang on a threshold, on landmarks and on training length; the winding number does not, but it
# needs whole trips.

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
from IPython.display import display

from helpers import claims, figures, recordings, topology, training
from helpers.figures import show

rec = recordings.load_recording(recording, on_missing="simulate")
claims.open_chapter("05", rec, profile, seed)

# %% [markdown]
# ## The claim
#
# The embedding of a rat that runs there and back is a ring: one piece, one loop, and no hollow, [β₀,
# β₁, β₂] = [1, 1, 0], in three, eight and sixteen dimensions alike, and the angle around it predicts position with an
# R² of 0.956, 0.893 and 0.95 ([Schneider, Lee & Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6), the authors'
# cohomology notebook). The blog agrees in its text, β₀ = 1 and β₁ = 1, "confirmed ring". The titles of its own figure
# say 5 and 3, 27 and 3, 37 and 3.
#
# ## What persistence counts
#
# Take a few hundred points of the embedding and let a ball grow around each. Balls that touch are joined. At first
# every point is a piece of its own; pieces merge and *die*. When the joined balls close a loop around something empty,
# a loop is *born*; when they have filled it, it dies. Each piece and each loop is thus a bar, from its birth to its
# death. Long bars are shape; short ones are what any cloud of points has. β₀ is the number of long bars among pieces,
# β₁ among loops (H1), β₂ among hollows (H2).

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: birth and death of a loop
show(figures.schemes.birth_and_death())

# %% [markdown]
# Long compared with what? Everything hangs on that word. The authors' answer: longer than 1.1 times the longest bar of
# a model trained on shuffled labels. It is a good idea with a weakness, and we shall come to it. First their rule and
# the blog's settings, with its five headline models.

# %% tags=["nbval-ignore-output"]
others = recordings.other_rats(rec) if profile == "full" else []
fast = training.fast_dtype()
jobs = topology.jobs_05(rec, profile, others, seed=seed, dtype=fast)
fits = dict(zip(jobs, training.fit_many(list(jobs.values())), strict=True))

# %% tags=["nbval-ignore-output"]
models = topology.Models(rec, fits, profile, seed)
headline = topology.diagrams(models)
headline.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
headline.expect()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figures: birth and death, ranked bars, a threshold to move
show(figures.diagrams.birth_death(headline))
show(figures.diagrams.ranked_bars(headline))
show(figures.diagrams.move_the_threshold(headline))

# %% [markdown]
# ## How often? A Betti number is a statistic
#
# A count of one subsample is an anecdote: draw other points, and it may change. So here is how often each count
# occurs, over the same subsamples.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: betti shares
show(figures.diagrams.betti_shares(headline))

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
first = training.Model(rec.name, "compared", "pca", seed)
pca = {first: topology.pca_cloud(rec)}
compared = topology.compared(models, headline, pca)
show(figures.diagrams.among_nulls(compared))
compared.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
compared.expect()

# %% [markdown]
# Look at *position* in the tables above. That model was trained without directions; it may put the way there and the
# way back on top of each other, and then its points lie on an arc, not on a ring. But an arc may be bent so far that
# its two ends face each other across a gap, and once the balls are as wide as the gap, they close it: one long bar. A
# Betti number does not know a ring from a horseshoe. When is the loop *born*? A ring closes as soon as neighbours
# touch, an arc late.
#
# It is not quite so simple. *Random* points are as dense as the data: where a rat hurries through a turn, few bins
# mark the passage, and even a ring seems to have a gap. *Greedy* landmarks, each as far as can be from all before,
# cover the whole cloud, rare passages and stray points included, and strays can bridge an arc. So here are both, after
# long and after short training.

# %% tags=["nbval-ignore-output"]
angles = topology.angles(models)
equal = topology.equally_followed(models)
topology.births(models, headline, angles.rounds, equal)

# %% [markdown]
# ## More dimensions, and hollows
#
# The paper repeats its count in 8 and 16 dimensions and adds β₂. H2 is costly (see the end of the chapter), so it gets
# few greedy landmarks.

# %% tags=["nbval-ignore-output"]
dimensions = topology.dimensions(models)
dimensions.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
dimensions.expect()

# %% [markdown]
# That was one model in each dimension, and one shuffled model for a threshold. Several seeds, against whole
# distributions of shuffled models, all equally long trained:

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
topology.against_distributions(models)

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
# so the lifted rule is checked on every triangle, and if it fails, another prime is tried and the failure reported.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: cocycle
show(figures.diagrams.cocycle(angles))
display(angles.lifted())

# %% [markdown]
# ## What the angle knows
#
# Regress position on the cosine and the sine of the angle, as the paper does. (The root of that R² is Mardia's
# circular-linear correlation.) The blog calls the angle smooth and monotonic while its figure shows broken branches;
# so we also cut the circle open opposite the mean angle of each direction and rank it against position.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
show(figures.diagrams.angle_by_position(angles))
angles.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
angles.expect()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table of dimensions
angles.table_of_dimensions()

# %% tags=["hide-input"]
# @title Check against the recorded values
angles.expect_dimensions()

# %% [markdown]
# ## The rat goes round
#
# An R² of position still leaves room for doubt. An arc explains position too, and so does a bent line. Here is a
# question that only a ring can answer: *does the rat wind round it?* (its *winding number* per trip) On a ring, a trip
# there and back goes once round, and ends one full turn from where it began. On an arc it goes there, comes back the
# way it came, and ends at zero. Nothing has to be fitted; a trip that ends where it began has turned by nearly a whole
# number; and the sign must be the same on every trip.
#
# Turns are counted on the complex itself: from bin to bin, the smoothed cocycle says how far the angle moves and which
# way round, so that no step is misread as the shorter way.

# %% tags=["nbval-ignore-output"]
winding = topology.winding(angles, equal, pca)
show(figures.diagrams.turning(winding))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
winding.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
winding.expect()

# %% [markdown]
# One row needs a second look. PCA of the window is no null here but a witness. It has no labels and no training; it is
# a rotation of the counts and a projection. If the rat winds round a loop of *that* cloud, then the ring was in the
# spikes before any model came, and all that CEBRA adds is to draw it more clearly.

# %% [markdown]
# ## Time alone, as it grows
#
# Look back at the model of time alone: a loop that is long after a short training and short after a long one. The loss
# pushes every time bin away from every other, and with no labels to hold them back the points go on spreading until the
# sphere is full. Persistence, which asks for an empty middle, then finds none, though the order round it may stay.

# %% tags=["nbval-ignore-output"]
ages = topology.ages(models)
show(figures.diagrams.ages(ages, rec))
ages.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
ages.expect()

# %% [markdown]
# ## On laps never seen, in every rat
#
# All of this was measured on the bins that trained the models, and in one rat. Now the nested split of chapter 03:
# encoders that saw the training trips only. Landmarks, cocycle, the choice among three loops and the lines of the
# regression come from training trips; then the rat of the *tested* trips is sent round. The null models are trained on
# the same trips, with labels that are shuffled or late.

# %% tags=["nbval-ignore-output"]
held_out = topology.held_out(models, others)
held_out.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
held_out.expect()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: rats
show(figures.diagrams.rats(held_out))

# %% [markdown]
# ## Can the method say no?
#
# A test that always says yes is no test. Two simulated rats, alike but for one thing: in the first, place cells fire
# at different places on the way there and on the way back, so that what the cells encode is a ring by construction; in
# the second they fire at the same places both ways, and the latent is an arc.

# %% tags=["nbval-ignore-output"]
twins = topology.stand_ins()
simulated = topology.animals(models, twins)
simulated.table()

# %% tags=["hide-input"]
# @title Check against the recorded values
simulated.expect()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: stand ins
show(figures.diagrams.stand_ins(simulated, twins["ring"]))

# %% [markdown]
# ## What H2 costs
#
# The blog's third bug: asked for H2 of 2,000 points, its program never came back. Ripser has to look at triangles for
# H1 and at tetrahedra for H2, and there are as many as the third and fourth power of the number of points. Time and
# memory, measured here, each in a process of its own:

# %% tags=["nbval-ignore-output"]
price = topology.price(angles.points, profile, seed)
show(figures.diagrams.cost(price))
display(price.said())
price.note()

# %% [markdown]
# So `helpers/topology/persistence.py` tries a few points first, estimates, and refuses what would hang. Its estimate is
# rougher than the curves above, which start from more points; to refuse, it need only be right to a factor of a few:

# %% tags=["nbval-ignore-output"]
try:
    topology.bars(angles.points, price.hung, maxdim=2)
except ValueError as refusal:
    print(refusal)

# %% [markdown]
# ## What could fool us
#
# **The labels.** Position and direction as labels are two lines. They need not meet: to the labels, a turn is as far as
# any other change of direction (chapter 06 measures how far the labels alone draw the ends together). That a model draws
# both lines in order is no news about the brain. Whether they close into a ring is, and so is the model that saw time
# alone, and so are laps that no model saw.
#
# **The landmarks.** How many, and how chosen, was settled while looking at this rat. So here are other choices:

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
topology.other_landmarks(models)

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


# %% tags=["hide-input", "nbval-ignore-output"]
# @title Verdicts
lines = headline.judged() + angles.judged_order() + dimensions.judged()
lines += angles.judged() + price.judged()
quick = "(quick profile)" if profile == "quick" else ""
display(claims.verdicts_on(lines, quick, judged=rec.key == "achilles"))
held_out.said(winding)

# %% [markdown]
# ## Try it
#
# The longest loop of one cloud: change the model, the number of points, or take `how="greedy"` landmarks. By how much
# does it move?

# %% tags=["nbval-ignore-output"]
cloud = models.clouds[models.model("headline", "time")]
found = topology.bars(cloud, 300, how="random", seed=seed)
print(f"longest loop: {topology.longest(found['h1']):.2f}")

# %% [markdown]
# ## Take-aways

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Result
claims.close_chapter()

# %% [markdown]
# - Give a Betti number with its threshold, and the threshold with a null: the count of the same model changes with
#   either.
# - Look at births. An arc that closes late can have a loop as long as a ring's.
# - A null should be hard to beat: smooth labels at the wrong time rather than mere noise, and as long trained.
# - Ask what only a ring can do. Winding needs no fit and no threshold, and works on laps never seen.
# - One rat's ring is one rat's. Follow the others, too, with nulls of their own.
# - Estimate before you start. Some programs do not fail, they just never end.
#
# [Next in this book](06_cebra_from_scratch): what the encoder does, in a hundred lines.
