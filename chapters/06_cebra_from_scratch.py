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
# # CEBRA from scratch
#
# **Question.** What is CEBRA, line by line, and who closes the ring: the labels, the loss, or the neurons?
#
# **Method.** The method in about a hundred lines, held against the library step by step; then the ring again with no
# neurons, and with neurons dealt anew on the way back.
#
# **Limit.** Equal code shares the library's mistakes; the experiment is one rat's, on one split, with a few seeds.

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
import copy
from functools import partial

import cebra.solver
import joblib

from helpers import claims, figures, recordings, scratch, training
from helpers.figures import show

rec = recordings.load_recording(recording, on_missing="simulate")
claims.open_chapter("06", rec, profile, seed)

# %% [markdown]
# ## The claim
#
# Trained on a rat's position and running direction, CEBRA ends at a loss of 5.496 and shows the
# hippocampus as a ring ([Schneider, Lee and Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6), Extended Data
# Figure 5).
#
# The method itself needs four libraries: arrays, tensors with gradients, and a search tree.

# %% tags=["method"]
import numpy as np
import torch
import torch.nn.functional as F
from scipy.spatial import cKDTree
from torch import nn

# %% [markdown]
# ## One: a window of spikes becomes a point
#
# The encoder looks at ten bins at once, a quarter of a second, and answers with a single point. A convolution of width
# two mixes the neurons into a few dozen channels. Three more, of width three, each *add* what they find to what came
# in: the input, cropped by one bin at either end, goes straight past the layer. A last convolution leaves three numbers
# and no time. Dividing by the length puts the point on the unit sphere, so that all it can express is a direction, and
# no point can win by running off to infinity.


# %% tags=["method"]
class Skip(nn.Module):
    """Add what a convolution finds to what was there."""

    def __init__(self, units):
        super().__init__()
        self.convolution = nn.Conv1d(units, units, kernel_size=3)

    def forward(self, x):  # (batch, units, bins)
        return x[..., 1:-1] + F.gelu(self.convolution(x))  # two bins less


class Encoder(nn.Module):
    """A window of spike counts to one point on the unit sphere."""

    def __init__(self, neurons, units=32, dimension=3):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(neurons, units, kernel_size=2),
            nn.GELU(),
            Skip(units),
            Skip(units),
            Skip(units),
            nn.Conv1d(units, dimension, kernel_size=3),
        )

    def forward(self, x):  # (batch, neurons, bins)
        return F.normalize(self.layers(x), dim=1)  # nine bins less


# %% [markdown]
# `windows` cuts the recording into all its windows without copying (PyTorch's `unfold` is a view), and tells which
# window serves which bin. Where the recording has a gap, windows near it are pushed back inside: none straddles a gap.
# `embed` runs the trained encoder over each stretch in one go, first and last bin repeated beyond the ends.

# %% tags=["method"]
BEFORE, AFTER = 5, 5  # bins of a window before its own bin, and from it on


def windows(spikes, segments):
    """All windows of the recording, and which of them each bin uses."""
    spikes = torch.as_tensor(spikes, dtype=torch.float32)
    first = torch.arange(len(spikes)) - BEFORE
    for part in segments:
        first[part] = first[part].clamp(part.start, part.stop - BEFORE - AFTER)
    # (T - 9, neurons, 10) and (T,)
    return spikes.unfold(0, BEFORE + AFTER, 1), first


@torch.no_grad()
def embed(encoder, spikes, segments):
    """One point per bin; ends are padded with their outermost bin."""
    points = []
    for part in segments:
        signal = torch.as_tensor(spikes[part], dtype=torch.float32).T[None]
        signal = F.pad(signal, (BEFORE, AFTER - 1), mode="replicate")
        points.append(encoder(signal)[0].T)
    return torch.cat(points).numpy()  # (T, dimension)


# %% [markdown]
# ## Two: which time bins belong together
#
# Contrastive learning needs examples of what is alike. For every *reference* bin, CEBRA draws a *positive*: another bin
# whose label, position and direction, is about the same. But what is "about"? A fixed radius would be a guess, and a
# different one for metres than for degrees. CEBRA lets the rat answer: take any bin of the recording, see how much the
# label changed over the ten bins before it, and add that *difference* to the reference's label. The positive is the bin
# whose label comes nearest to the sum. A rat that runs fast makes wide neighbourhoods, one that dawdles narrow ones,
# and no one has to set a radius.
#
# Nearest is plain distance over all columns of the label, so units still matter: on a track shorter than two metres, a
# wrong direction costs about as much as the whole way. And it means a search among all labels. The library computes
# every distance at every step; a tree over the distinct labels finds the same answer without looking everywhere. Where
# several bins share a label, the library takes the earliest, so we do too.


# %% tags=["method"]
class Positives:
    """For each reference a bin whose label is one typical change away."""

    def __init__(self, labels, segments, time_offset=10):
        self.labels = labels  # (T, k) float32
        self.change = np.zeros_like(labels)
        for part in segments:
            stretch = labels[part]
            change = stretch[time_offset:] - stretch[:-time_offset]
            self.change[part][time_offset:] = change
        distinct, self.first_bin = np.unique(labels, axis=0, return_index=True)
        self.tree = cKDTree(distinct)

    def nearest(self, query):
        """The bin with the nearest label to each query; of equal the first."""
        return self.first_bin[self.tree.query(query)[1]]

    def draw(self, reference, rng):
        """One positive for each reference bin."""
        some_time = rng.integers(len(self.change), size=len(reference))
        return self.nearest(self.labels[reference] + self.change[some_time])


# %% [markdown]
# The last fifth of the recording is kept away from every model in this chapter; here are the bins to train on.

# %% tags=["hide-input"]
# @title The bins to train on
laps = scratch.training_laps(rec)
spikes, labels, segments = laps.spikes, laps.labels, laps.segments
positives = Positives(labels, segments)

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: positive pairs
rng = np.random.default_rng(seed)
by_direction = Positives(np.ascontiguousarray(labels[:, 1:]), segments)
pairs = scratch.pairs(laps, positives, by_direction, rng)
show(figures.training.positive_pairs(pairs))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
pairs.said()

# %% [markdown]
# ## Three: what to want
#
# Each batch holds references, one positive for each, and as many *negatives*: bins drawn blindly. InfoNCE, the loss of
# the paper, has one term for each. With $x$ a reference, $y^+$ its positive and $y_j$ the negatives, all on the sphere,
#
# $$ \text{loss} \;=\; -\,\underbrace{x \cdot y^+}_{\text{attraction}} \;+\;
#    \underbrace{\log \sum_j e^{\,x \cdot y_j}}_{\text{repulsion}} \quad \text{averaged over the batch.} $$
#
# The first wants each pair to point the same way. The second grows with every negative that is near, and the nearest
# count most. An encoder that ignores its input cannot satisfy both and pays the logarithm of the number of negatives:
# that is chance. (The paper divides both products by a temperature. Here it is one.)


# %% tags=["method"]
def info_nce(reference, positive, negative, temperature=1.0):
    """Mean loss of a batch of points, each (batch, dimension)."""
    attraction = (reference * positive).sum(dim=1) / temperature
    repulsion = torch.logsumexp(reference @ negative.T / temperature, dim=1)
    return (repulsion - attraction).mean()


# %% [markdown]
# ## Four: downhill
#
# One step: embed the three groups, compute the loss, let Adam move the weights. Training is nothing but many steps.


# %% tags=["method"]
def descend(encoder, optimiser, triples):
    """One step on windows (3 * batch, neurons, 10); the loss before it."""
    points = encoder(triples)[..., 0]
    loss = info_nce(*points.chunk(3))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


def train(spikes, labels, segments, steps, seed=0, batch=512, snapshots=()):
    """Train an encoder; each step's loss, and embeddings at `snapshots`."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    encoder = Encoder(spikes.shape[1])
    optimiser = torch.optim.Adam(encoder.parameters(), lr=3e-4)
    view, first = windows(spikes, segments)
    positives = Positives(labels, segments)
    loss, film = np.empty(steps, np.float32), {}
    for step in range(steps):
        if step in snapshots:
            film[step] = embed(encoder, spikes, segments)
        reference, negative = rng.integers(len(spikes), size=(2, batch))
        positive = positives.draw(reference, rng)
        bins = np.concatenate([reference, positive, negative])
        loss[step] = descend(encoder, optimiser, view[first[bins]])
    return encoder, loss, film | {steps: embed(encoder, spikes, segments)}


# %% [markdown]
# That was all of CEBRA. Train it.

# %%
STEPS = {"quick": 1000, "full": 3000}[profile]
moments = [0, *np.geomspace(10, STEPS, 7).round().astype(int).tolist()]
given = spikes, labels, segments, STEPS
encoder, loss, film = train(*given, seed, snapshots=moments)

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: film
place = scratch.places(laps)
means = place.means(film[STEPS])
show(figures.training.film(film, means, loss, laps))

# %% [markdown]
# ## Why a ring?
#
# Watch the film with two forces in mind. At first the untrained encoder puts everything in one patch, and repulsion
# rules: the crowd bursts apart. Attraction decides *how*. It ties every bin to bins slightly ahead and behind, so the
# points cannot scatter at random; they have to spread like beads on strings. A string of neighbours that must keep
# together and wants to be far from everything else lies stretched along the sphere.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: partners
forces = scratch.forces(film, laps, positives, rng)
show(figures.training.partners(forces, means))

# %% [markdown]
# ## Take the neurons away
#
# The labels already know that places form a line, twice over. So did the neurons add anything, or did we draw the ring
# ourselves? Replace the network by free beads, one for each place and direction. They feel the same attraction, with
# the same pairs, and the same repulsion; nothing else. They need not read a single spike. A second set of beads gets
# pairs of another kind: each bin with the one ten bins later, which knows nothing of labels, only how the rat moved.

# %% tags=["hide-input"]
# @title Pairs of places, counted
BATCH = training.PARAMETERS["batch_size"]


def pair_table(place, reference, positive):
    """How often each place is paired with each, as shares of all pairs."""
    _, at = np.unique(place, return_inverse=True)
    table = np.zeros((at.max() + 1, at.max() + 1))
    np.add.at(table, (at[reference], at[positive]), 1)
    return torch.as_tensor(table / table.sum(), dtype=torch.float32)


# %%
def settle(pairs, seed, steps=800):
    """Free points on the sphere, moved by InfoNCE alone; the loss at rest."""
    crowd = pairs.sum(dim=1)  # how often each place is visited
    dice = torch.Generator().manual_seed(seed)
    beads = torch.randn(len(crowd), 3, generator=dice)
    beads.requires_grad_()
    optimiser = torch.optim.Adam([beads], lr=0.05)
    for _ in range(steps):
        points = F.normalize(beads, dim=1)
        likeness = points @ points.T
        attraction = (pairs * likeness).sum()
        repulsion = (crowd * torch.log(BATCH * likeness.exp() @ crowd)).sum()
        optimiser.zero_grad()
        (repulsion - attraction).backward()
        optimiser.step()
    return points.detach().numpy(), (repulsion - attraction).item()


# %% tags=["hide-input"]
# @title Beads for pairs by labels and by time, and the floor of the loss
reference = rng.integers(len(labels), size=400_000)
partner = positives.draw(reference, rng)
label_pairs = pair_table(place.number, reference, partner)
now = [np.arange(part.start, part.stop - 10) for part in segments]
now = np.concatenate(now)
time_pairs = pair_table(place.number, now, now + 10)
arrangements = range(seed, seed + scratch.BEADS)
by_label = [settle(label_pairs, n) for n in arrangements]
by_time = [settle(time_pairs, n) for n in arrangements]
floor = min(loss for _, loss in by_label)

# the published model saw all laps
everywhere = Positives(rec.labels("posdir"), rec.segments)
reference = rng.integers(len(rec.position), size=400_000)
partner = everywhere.draw(reference, rng)
all_pairs = pair_table(scratch.places(rec).number, reference, partner)
floor_of_all = min(settle(all_pairs, n)[1] for n in arrangements)

# %% [markdown]
# Beads have no neurons; the network has. If cells that fire alike just before and just after a turn close the ring,
# then it should open when they no longer do. So a last experiment deals the neurons anew on the way back: each cell's
# left runs are taken from another cell. Either direction keeps its place cells, rates and rhythm. Only that the same
# cell fires on both sides of a turn is gone.


# %%
def dealt_anew(spikes, direction, seed):
    """Spikes (T, neurons), those of left runs with the neurons permuted."""
    other = np.random.default_rng(seed).permutation(spikes.shape[1])
    return np.where(direction[:, None] > 0, spikes, spikes[:, other])


# %% tags=["hide-input"]
# @title Neurons dealt anew, once a seed
seeds = scratch.seeds_06(profile, seed)
dealt = [dealt_anew(spikes, laps.direction, n) for n in seeds]

# %% tags=["hide-input", "nbval-ignore-output", "remove-stderr"]
# @title Training on both, all cores
lot = [(spikes, n) for n in seeds[1:]] + list(zip(dealt, seeds, strict=True))
lot = [joblib.delayed(train)(x, labels, segments, STEPS, n) for x, n in lot]
lot = joblib.Parallel(n_jobs=-1)(lot)
ours = [(encoder, loss, film), *lot[: len(seeds) - 1]]
on_dealt = lot[len(seeds) - 1 :]

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: beads
made = {
    "label pairs, no neurons": [beads for beads, _ in by_label],
    "label pairs and neurons": [place.means(f[STEPS]) for *_, f in ours],
    "neurons dealt anew": [place.means(f[STEPS]) for *_, f in on_dealt],
    "time pairs, no neurons": [beads for beads, _ in by_time],
}
rings = scratch.Rings(laps, place, made)
show(figures.training.beads(rings))

# %% tags=["hide-input"]
# @title Check against the recorded values
rings.expect()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
rings.table()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title In words
rings.said()

# %% [markdown]
# ## The loss, and what it can and cannot say
#
# The beads also settle a question about the published loss. They rest where no arrangement of places on a sphere can do
# better under these pairs: a floor that the labels and the sphere set, whatever the neurons. How far above it an
# encoder stays tells how much it could not read from the spikes. To get below, it would have to tell apart time bins
# within one place: fine detail, or memory of the very bins it trained on.

# %% tags=["nbval-ignore-output", "remove-stderr"]
jobs = scratch.jobs_06(rec, profile, seed)
fits = dict(zip(jobs, training.fit_many(list(jobs.values())), strict=True))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: loss
descent = scratch.Descent(loss, fits, floor, floor_of_all, rec.source)
show(figures.training.loss_curves(descent))
descent.said()

# %% [markdown]
# ## Proof: these lines are CEBRA
#
# It is easy to write something *like* a paper. So put both to the same test. The official network gets our weights,
# the official dataset cuts the windows, the official loss and solver do the rest.


# %% tags=["hide-input", "proof"]
# @title One step: loss and gradients of both
def twin(encoder):
    """The library's own network with the weights of `encoder`."""
    first, last = encoder.layers[0], encoder.layers[-1]
    size = first.in_channels, first.out_channels, last.out_channels
    model = cebra.models.init("offset10-model", *size)
    nn.utils.vector_to_parameters(
        nn.utils.parameters_to_vector(encoder.parameters()),
        model.parameters(),
    )
    return model


def apart(one, other):
    """Largest difference between two networks' weights, or gradients."""
    pairs = zip(one, other, strict=True)
    return max((a - b).abs().max().item() for a, b in pairs)


def library_batch(spikes, triple):
    """The windows of (3, batch) bins, cut by the library's dataset."""
    neural = torch.as_tensor(spikes, dtype=torch.float32)
    offset = cebra.data.Offset(BEFORE, AFTER)
    label = neural[:, :1]  # it wants one, and does not look at it here
    data = cebra.data.TensorDataset(neural, continuous=label, offset=offset)
    return cebra.data.Batch(*(data[torch.as_tensor(bins)] for bins in triple))


def one_step(encoder, spikes, triple):
    """Differences of loss and gradients, in double precision."""
    ours, theirs = copy.deepcopy(encoder).double(), twin(encoder).double()
    view, first = windows(spikes, [slice(0, len(spikes))])
    points = ours(view[first[triple.ravel()]].double())[..., 0]
    loss = info_nce(*points.chunk(3))
    batch = library_batch(spikes, triple)
    groups = batch.reference, batch.positive, batch.negative
    official = cebra.models.criterions.FixedCosineInfoNCE(temperature=1.0)
    expected, _, _ = official(*(theirs(group.double()) for group in groups))
    loss.backward()
    expected.backward()
    gradients = ([p.grad for p in one.parameters()] for one in (ours, theirs))
    return abs(loss.item() - expected.item()), apart(*gradients)


# %% tags=["hide-input", "proof"]
# @title Many steps, and the search for positives
def many_steps(encoder, spikes, triples):
    """Difference of weights after the library's solver and ours took steps."""
    ours, theirs = copy.deepcopy(encoder), twin(encoder)
    view, first = windows(spikes, [slice(0, len(spikes))])
    adam = torch.optim.Adam(ours.parameters(), lr=3e-4)
    solver = cebra.solver.init(
        "single-session",
        model=theirs,
        criterion=cebra.models.criterions.FixedCosineInfoNCE(temperature=1.0),
        optimizer=torch.optim.Adam(theirs.parameters(), lr=3e-4),
    )
    for triple in triples:
        descend(ours, adam, view[first[triple.ravel()]])
        solver.step(library_batch(spikes, triple))
    return apart(ours.parameters(), theirs.parameters())


def how_much_farther(positives, query):
    """Distance from queries to our positives' labels, less the library's."""
    labels = torch.as_tensor(positives.labels)
    index = cebra.distributions.ContinuousIndex(labels)

    def distance(bins):
        difference = positives.labels[bins].astype(float) - query.astype(float)
        return np.linalg.norm(difference, axis=1)

    theirs = index.search(torch.as_tensor(query)).numpy()
    return distance(positives.nearest(query)) - distance(theirs)


# %% tags=["hide-input"]
# @title Both, put to the test
torch.manual_seed(seed)
untrained = Encoder(spikes.shape[1])
rng = np.random.default_rng(seed)
triples = []
for _ in range(50):
    reference, negative = rng.integers(len(spikes), size=(2, BATCH))
    partner = positives.draw(reference, rng)
    triples.append(np.stack([reference, partner, negative]))
differences = one_step(untrained, spikes, triples[0])
after_50 = many_steps(untrained, spikes, triples)

some_time = rng.integers(len(labels), size=3 * BATCH)
query = labels[triples[0].ravel()] + positives.change[some_time]
farther = how_much_farther(positives, query)
whole = Positives(labels, [slice(0, len(labels))]).change
theirs = cebra.distributions.TimedeltaDistribution(torch.as_tensor(labels), 10)
changes = np.abs(whole - theirs.time_difference.numpy()).max()

# %% tags=["hide-input"]
# @title Check against the recorded values
n_weights = sum(weights.numel() for weights in untrained.parameters())
proof = scratch.Proof(*differences, after_50, farther, changes, n_weights, 50)
proof.expect()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
proof.table()

# %% [markdown]
# ## The same quality, trained to the end
#
# Equal steps should lead to equally good embeddings. But training is a lottery: other first weights and other batches
# give another model. So train ours from more than one seed, and the package's own model too, by this book's `fit_many`,
# and compare group with group. Each model is judged on laps that it never saw: the median error of a nearest-neighbour
# decoder of position (how many neighbours is chosen on validation laps), how far the arcs meet at the ends, and how long
# the longest loop lives in persistent homology (four hundred test bins). Beside them stands the fast number type that
# `fit_many` uses where the processor has it.

# %% tags=["hide-input"]
# @title All models, judged on held-out laps
transforms = [(partial(embed, model), losses) for model, losses, _ in ours]
quality = scratch.quality(rec, transforms, fits)

# %% tags=["hide-input"]
# @title Check against the recorded values
quality.expect()

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Figure: seeds compared
show(figures.training.seeds_compared(quality))

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Table
quality.table()

# %% [markdown]
# ## How long it takes
#
# Three ways to the same model, timed here and now for a few steps each, start-up left out: the library as published,
# this chapter's loop, and the book's `fit_many`, which also packs several models onto one machine. The difference
# between the first two is almost all the search for positives. This is a glance, not a benchmark:
# `python -m benchmarks.training` makes the full table, with recordings up to a million bins and peak memory.

# %% tags=["hide-input", "nbval-ignore-output", "remove-stderr"]
# @title Figure: speed
speeds = scratch.speeds(train, laps, rec)
show(figures.training.speed_bars(speeds, training.fast_dtype()))

# %% [markdown]
# ## What could fool us
#
# - **Equal code, equal mistakes.** The proof shows that we do what the library does. Whether that is right, it cannot
#   say. The ties above are an example: one arbitrary rule, faithfully repeated.
# - **Equal up to rounding.** Where ours finds the nearest label, the library's search, in single precision, now and then
#   takes a neighbour of it. The two place nobody elsewhere while labels say something.
#   [Chapter two](02_place_cell_embeddings) has labels that say nothing, and there it shows.
# - **A ring because we drew one.** Trained with position and direction, any encoder that can read them will make two
#   arcs, and the beads show how far the labels alone draw the ends together. Only what the neurons add to that is news
#   from the brain. Chapters two and five have other controls: shuffled and late labels, no labels, and a null for the
#   loop.
# - **Dealing neurons anew changes more than one thing.** A window across a turn then mixes two deals. The experiment
#   says what alike firing does to the gap, not that nothing else could.
# - **A loss that looks like evidence.** It sits close to a floor set by labels and sphere. Low loss says that the
#   encoder can read the labels off the spikes it trained on, not that it will do so tomorrow. Hence the held-out laps.
# - **Wide intervals.** A few seeds make a generous yardstick; models somewhat worse would pass unnoticed in the quick
#   profile. The steps, compared one by one, are the sharper test.
# - **One split.** The last laps of one rat on one day. Chapter three uses all trips, four rats, and intervals.
# - **A stopwatch on a shared machine.** Neighbours, heat and the number of cores move the bars. Trust the ratios more
#   than the rates, and the benchmark more than either.

# %% [markdown]
# ## Try it
#
# Change a line above, say the temperature in `info_nce` or one of the skips, and train for a moment. What becomes of
# the loss?

# %% tags=["nbval-ignore-output"]
_, losses, _ = train(spikes, labels, segments, steps=50, seed=seed)
print(f"loss after 50 steps: {losses[-10:].mean():.2f}")

# %% [markdown]
# ## Take-aways

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Result
claims.close_chapter()

# %% [markdown]
# - CEBRA is short: an encoder, pairs, a loss with two terms, and a loop.
# - The *pairs* carry the idea. Adding a change seen in the data to a label sets the scale of "alike" without a knob.
# - Attraction makes strings of neighbours, repulsion stretches them along the sphere. Labels lay out the arcs and draw
#   their ends some way together; the table above says what the neurons add.
# - The loss alone says little about the brain. Its floor can be computed without one.
# - Searching all labels at each step is the slow part of the library. A tree removes it.
#
# [Next in this book](07_debugging_diary): what went wrong on the way, here and in the blog.
