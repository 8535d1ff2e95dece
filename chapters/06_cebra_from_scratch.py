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
# **The claim.** Trained on a rat's position and running direction, CEBRA ends at a loss of 5.496 and shows the
# hippocampus as a ring ([Schneider, Lee and Mathis 2023](https://doi.org/10.1038/s41586-023-06031-6), Extended Data
# Figure 5).
#
# **What you will see.** The whole method in about a hundred lines, written here cell by cell and hiding nothing. A film
# of the ring as it forms. An experiment that takes the neurons away, to find out who makes the ring: the labels, the
# loss, or the brain. Then the proof that these lines are CEBRA and not something like it: the same loss, the same
# gradients, the same weights after fifty steps as the official package, and an embedding of the same quality. Last, how
# long each way takes.

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
import copy
import tempfile
import time
from functools import partial
from unittest.mock import patch

import cebra
import cebra.solver
import joblib
from IPython.display import Markdown, display
from ripser import ripser
from scipy import stats

from helpers.claims import banner, begin, expect, published
from helpers.decoding import contiguous_split, decode_knn, encode, scores
from helpers.figures import style
from helpers.figures import training as figures
from helpers.recordings import load_recording, stretches
from helpers.topology import shape
from helpers.training import PARAMETERS, fast_dtype, fit_many, variant_job

rec = load_recording(recording, on_missing="simulate")
begin("06", rec, profile, overridden=seed != 0)
style.use(rec)
banner(rec, profile)

# %% [markdown]
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
        return x[..., 1:-1] + F.gelu(self.convolution(x))  # (batch, units, bins - 2)


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
        return F.normalize(self.layers(x), dim=1)  # (batch, dimension, bins - 9)


# %% [markdown]
# `windows` cuts the recording into all its windows without copying (PyTorch's `unfold` is a view), and tells which
# window serves which bin. Where the recording has a gap, windows near it are pushed back inside: none straddles a gap.
# `embed` runs the trained encoder over each stretch in one go, first and last bin repeated beyond the ends.

# %% tags=["method"]
BEFORE, AFTER = 5, 5  # bins of a window before its own bin, and from it on


def windows(spikes, segments):
    """All windows of the recording, and for each bin the number of the window it uses."""
    spikes = torch.as_tensor(spikes, dtype=torch.float32)
    first = torch.arange(len(spikes)) - BEFORE
    for part in segments:
        first[part] = first[part].clamp(part.start, part.stop - BEFORE - AFTER)
    return spikes.unfold(0, BEFORE + AFTER, 1), first  # (T - 9, neurons, 10), (T,)


@torch.no_grad()
def embed(encoder, spikes, segments):
    """One point per bin; the ends of a segment are padded with their outermost bin."""
    points = []
    for part in segments:
        signal = torch.as_tensor(spikes[part], dtype=torch.float32).T[None]
        signal = F.pad(signal, (BEFORE, AFTER - 1), mode="replicate")
        points.append(encoder(signal)[0].T)
    return torch.cat(points).numpy()  # (T, dimension)


# %% [markdown]
# ## Two: which moments belong together
#
# Contrastive learning needs examples of what is alike. For every *reference* bin, CEBRA draws a *positive*: another bin
# whose label, position and direction, is about the same. But what is "about"? A fixed radius would be a guess, and a
# different one for metres than for degrees. CEBRA lets the rat answer: take any moment of the recording, see how much
# the label changed over the ten bins before it, and add that *difference* to the reference's label. The positive is the
# bin whose label comes nearest to the sum. A rat that runs fast makes wide neighbourhoods, one that dawdles narrow
# ones, and no one has to set a radius.
#
# Nearest is plain distance over all columns of the label, so units still matter: on a track shorter than two metres, a
# wrong direction costs about as much as the whole way. And it means a search among all labels. The library computes
# every distance at every step; a tree over the distinct labels finds the same answer without looking everywhere. Where
# several bins share a label, the library takes the earliest, so we do too.

# %% tags=["method"]
class Positives:
    """For each reference a partner: a bin whose label is one typical change away."""

    def __init__(self, labels, segments, time_offset=10):
        self.labels = labels  # (T, k) float32
        self.change = np.zeros_like(labels)
        for part in segments:
            later, sooner = labels[part][time_offset:], labels[part][:-time_offset]
            self.change[part][time_offset:] = later - sooner
        distinct, self.first_bin = np.unique(labels, axis=0, return_index=True)
        self.tree = cKDTree(distinct)

    def nearest(self, query):
        """The bin with the label nearest to each query; of equal labels the earliest bin."""
        return self.first_bin[self.tree.query(query)[1]]

    def draw(self, reference, rng):
        """One positive for each reference bin."""
        some_time = rng.integers(len(self.change), size=len(reference))
        return self.nearest(self.labels[reference] + self.change[some_time])


# %% [markdown]
# The last fifth of the recording is kept away from every model in this chapter; here are the bins to train on.

# %%
def training_bins(rec):
    """Bins of the training laps, but for scraps of recording shorter than a window of ten bins."""
    train = contiguous_split(rec).train
    pieces = stretches(train, rec.segments)
    return np.concatenate([train[piece] for piece in pieces if piece.stop - piece.start >= 10])


bins = training_bins(rec)
segments = stretches(bins, rec.segments)

spikes, labels = rec.spikes[bins], rec.labels("posdir")[bins]
position, direction = rec.position[bins], rec.direction[bins]
positives = Positives(labels, segments)

# %% tags=["nbval-ignore-output"]
rng = np.random.default_rng(seed)
places = {}
for share in (0.03, 0.5, 0.97):
    aim = share * rec.length_m
    reference = np.argmin(np.abs(position - aim) + rec.length_m * (direction < 0))
    drawn = positives.draw(np.full(4000, reference), rng)
    same, other = (position[drawn[direction[drawn] == sign]] for sign in (1, -1))
    places[f"{100 * position[reference]:.0f} cm"] = position[reference], same, other

style.show(
    figures.positive_pairs(positives.change[:, 0], places),
    name="positive-pairs",
    alt="Left: histogram of the changes of position over ten bins. Right: for references near one end, in the middle "
    "and near the other end of the track, the positions of their positives, almost all on right runs.",
    caption="Left, all changes of position over ten bins of the training laps: fast runs either way and pauses between. "
    "Right, where the positives of three reference bins (dotted) lie. Beyond the end of the track there is no label, so "
    "the nearest one is the last: positives pile up at the ends. The coral slivers are positives on a left run.",
)

# %% tags=["nbval-ignore-output"]
reference = rng.integers(len(labels), size=100_000)
crossed = direction[reference] != direction[positives.draw(reference, rng)]
by_direction = Positives(np.ascontiguousarray(labels[:, 1:]), segments)
few = np.unique(by_direction.draw(reference[:20_000], rng))
display(
    Markdown(
        f"**{100 * crossed.mean():.1f} %** of all positives run the other way. They come from the turns: a change drawn "
        "there flips the direction, wherever on the track the reference stands. "
        f"And ties matter: with direction as the only label, 20,000 draws give **{len(few)}** distinct positives, since "
        "every right run has the same label and the earliest bin always wins. That is the library's rule too."
    )
)

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
    """One step downhill on (3 * batch, neurons, 10) windows; returns the loss before it."""
    points = encoder(triples)[..., 0]
    loss = info_nce(*points.chunk(3))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


def train(spikes, labels, segments, steps, seed=0, batch=512, snapshots=()):
    """Train an encoder; also return the loss of each step and the embedding at `snapshots`."""
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
        bins = np.concatenate([reference, positives.draw(reference, rng), negative])
        loss[step] = descend(encoder, optimiser, view[first[bins]])
    return encoder, loss, film | {steps: embed(encoder, spikes, segments)}


# %% [markdown]
# That was all of CEBRA. Train it.

# %%
STEPS = {"quick": 1000, "full": 3000}[profile]
moments = [0, *np.geomspace(10, STEPS, 7).round().astype(int).tolist()]
encoder, loss, film = train(spikes, labels, segments, STEPS, seed, snapshots=moments)

# %% tags=["nbval-ignore-output"]
N_PLACES = 32


def places(position, direction):
    """Number of the place of each bin: right runs first, then left runs."""
    along = np.minimum((position / rec.length_m * N_PLACES).astype(int), N_PLACES - 1)
    return along + N_PLACES * (direction < 0)


def place_means(values):
    """Mean row of `values` (T, k) in each place that was visited."""
    return np.stack([values[place == number].mean(axis=0) for number in np.unique(place)])


place = places(position, direction)
means = place_means(film[STEPS])
style.show(
    figures.film(film, means, loss, position, direction, rec.length_m),
    name="film",
    alt="Eight views of a sphere during training. The points start in one crowded patch, spread, sort themselves by "
    "direction and position, and end as two arcs, teal and coral, that join at their dark and at their light ends.",
    caption="The ring forms. Each dot is a moment of the training laps; teal runs right, coral left, from dark at one "
    "end of the track to light at the other. All views look along the axis of the final ring.",
)

# %% [markdown]
# ## Why a ring?
#
# Watch the film with two forces in mind. At first the untrained encoder puts everything in one patch, and repulsion
# rules: the crowd bursts apart. Attraction decides *how*. It ties every moment to moments slightly ahead and behind, so
# the points cannot scatter at random; they have to spread like beads on strings. A string of neighbours that must keep
# together and wants to be far from everything else lies stretched along the sphere.

# %% tags=["nbval-ignore-output"]
def angle(a, b):
    """Angle between the rows of `a` and `b`, degrees."""
    return np.degrees(np.arccos(np.clip((a * b).sum(axis=-1), -1, 1)))


def star(points, reference, drawn, sample):
    """Where a reference's positives are, and how hard a sample of all points pushes it."""
    cosine = points[sample] @ points[reference]
    push = np.exp(cosine) * np.sqrt(np.clip(1 - cosine**2, 0, None))  # along the sphere
    return points[sample], push, points[reference], points[drawn]


everyone = np.arange(len(labels))
partner, stranger = positives.draw(everyone, rng), rng.permutation(everyone)
angles = {
    "positives": np.array([angle(points, points[partner]).mean() for points in film.values()]),
    "negatives": np.array([angle(points, points[stranger]).mean() for points in film.values()]),
}
chosen = np.argmin(np.abs(position - rec.length_m / 2) + rec.length_m * (direction < 0))
drawn, sample = positives.draw(np.full(40, chosen), rng), rng.choice(len(labels), 1500, False)
stars = {step: star(film[step], chosen, drawn, sample) for step in (0, moments[3], STEPS)}

style.show(
    figures.partners(stars, means, angles, list(film)),
    name="partners",
    alt="Three views of a sphere with one reference point in mid-track joined to its positives, early, later and at the "
    "end of training, and a plot of the mean angle to positives and to negatives over training steps.",
    caption="One moment in mid-track (white), forty of its positives (teal), and everything that pushes it (coral, "
    "stronger is brighter). Right: over training, positives and negatives part company.",
)

# %% [markdown]
# ## Take the neurons away
#
# The labels already know that places form a line, twice over. So did the neurons add anything, or did we draw the ring
# ourselves? Replace the network by free beads, one for each place and direction. They feel the same attraction, with
# the same pairs, and the same repulsion; nothing else. They need not read a single spike. A second set of beads gets
# pairs of another kind: each moment with the one ten bins later, which knows nothing of labels, only how the rat moved.

# %%
BATCH = PARAMETERS["batch_size"]


def pair_table(place, reference, positive):
    """How often each place is paired with each, as shares of all pairs."""
    _, at = np.unique(place, return_inverse=True)
    table = np.zeros((at.max() + 1, at.max() + 1))
    np.add.at(table, (at[reference], at[positive]), 1)
    return torch.as_tensor(table / table.sum(), dtype=torch.float32)


def settle(pairs, seed, steps=800):
    """Free points on the sphere, moved by InfoNCE alone; and the loss at which they rest."""
    crowd = pairs.sum(dim=1)  # how often each place is visited
    beads = torch.randn(len(crowd), 3, generator=torch.Generator().manual_seed(seed))
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


# %%
reference = rng.integers(len(labels), size=400_000)
by_label, floor = settle(pair_table(place, reference, positives.draw(reference, rng)), seed)

moment = np.concatenate([np.arange(part.start, part.stop - 10) for part in segments])
by_time, _ = settle(pair_table(place, moment, moment + 10), seed)

everywhere = Positives(rec.labels("posdir"), rec.segments)  # the published model saw all laps
reference = rng.integers(len(rec.position), size=400_000)
pairs = pair_table(
    places(rec.position, rec.direction), reference, everywhere.draw(reference, rng)
)
_, floor_of_all = settle(pairs, seed)


# %% tags=["nbval-ignore-output"]
def arcs(rows):
    """Rows of the places visited as (2, N_PLACES, k): right runs, left runs."""
    full = np.full((2 * N_PLACES, rows.shape[1]), np.nan)
    full[np.unique(place)] = rows
    return full.reshape(2, N_PLACES, -1)


clouds = {
    "label pairs, no neurons": by_label,
    "label pairs and neurons": means,
    "time pairs, no neurons": by_time,
}
style.show(
    figures.beads({title: arcs(points) for title, points in clouds.items()}),
    name="beads",
    alt="Three spheres with two chains of beads each, teal for right and coral for left runs; dotted amber lines join the "
    "ends of the chains.",
    caption="One bead for each place and direction; dotted lines join right and left at both ends of the track. Left, "
    "free beads under CEBRA's own pairs. Middle, the trained network's mean points. Right, free beads tied to where the "
    "rat was ten bins later.",
)


# %% tags=["nbval-ignore-output"]
def closure(points):
    """Gap between the two directions at the ends of the track, over that in the middle."""
    return shape.end_gap_ratio(np.linalg.norm(np.subtract(*arcs(points)), axis=1))


activity = arcs(place_means(spikes.astype(float)))
activity -= np.nanmean(activity, axis=(0, 1))
alike = [np.corrcoef(*activity[:, number])[0, 1] for number in range(N_PLACES)]
eighth, quarter = N_PLACES // 8, N_PLACES // 4
alike_ends = np.nanmean([alike[:eighth], alike[-eighth:]])
alike_middle = np.nanmean(alike[quarter:-quarter])
gaps = {title: closure(points) for title, points in clouds.items()}
told, learnt, moved = gaps.values()

display(
    Markdown(
        "Gap between the two directions at the ends of the track, over that in mid-track (below one, the arcs lean "
        f"together): labels alone **{told:.2f}**, with neurons **{learnt:.2f}**, time alone **{moved:.2f}**. "
        + (
            "So the labels made two arcs, and hold them apart along their whole length: to them, a turn at the end of "
            "the track is as far as one in the middle. **It was the neurons that closed the ring.** "
            if learnt < 0.75 * told
            else "On this recording the neurons add little to what the labels bring about. "
        )
        + f"Their activity in the two directions correlates at {alike_ends:+.2f} at the ends and {alike_middle:+.2f} in "
        "mid-track: an encoder that reads spikes can pull apart only what fires apart. "
        + (
            "Time pairs close the ring by themselves, since a rat that turns round is soon on its way back."
            if moved < 0.75 * told
            else "Time pairs do not close the ring here either."
        )
    )
)

# %% [markdown]
# ## The loss, and what it can and cannot say
#
# The beads also settle a question about the published loss. They rest where no arrangement of places on a sphere can do
# better under these pairs: a floor that the labels and the sphere set, whatever the neurons. How far above it an
# encoder stays tells how much it could not read from the spikes. To get below, it would have to tell apart moments
# within one place: fine detail, or memory of the very bins it trained on.

# %% tags=["nbval-ignore-output", "remove-stderr"]
def jobs_06(rec, profile, seed=0):
    """The package's models to compare with: a few seeds in float32, and as many in the fast type."""
    steps, n_seeds = {"quick": (1000, 3), "full": (3000, 3)}[profile]
    settings = {"bins": training_bins(rec), "max_iterations": steps}
    return {
        (kind, number): variant_job(rec, "posdir", seed=number, dtype=dtype, **settings)
        for kind, dtype in (("float32", "float32"), ("fast", fast_dtype()))
        for number in range(seed, seed + n_seeds)
    }


jobs = jobs_06(rec, profile, seed)
fits = dict(zip(jobs, fit_many(list(jobs.values())), strict=True))

# %% tags=["nbval-ignore-output"]
claim = published("loss.posdir", "paper")
chance = np.log(BATCH)
by_type = {
    "library's models": [fit.loss for (kind, _), fit in fits.items() if kind == "float32"],
    f"the same in {fast_dtype()}": [fit.loss for (kind, _), fit in fits.items() if kind == "fast"],
}
lines = {"chance": chance, "published": claim.value, "free beads": floor}
style.show(
    figures.loss_curves(loss, by_type, lines),
    name="loss",
    alt="Loss of the from-scratch training and of the library's models over training steps, falling together from chance "
    "towards the published value and the floor of the free beads.",
    caption=f"Loss over training, smoothed over 25 steps; thin, every step of ours. The published value was reached "
    f"after ten thousand steps on all laps, ours trains for {STEPS:,} on fewer.",
)
final = float(loss[-100:].mean())
rat = rec.source != "simulated"
display(
    Markdown(
        f"Mean of our last hundred steps: **{final:.3f}**, chance {chance:.3f}, free beads under the same pairs "
        f"{floor:.3f}: training covered **{100 * (chance - final) / (chance - floor):.0f} %** of the way from chance to "
        f"the floor. With the pairs of all laps the floor is {floor_of_all:.3f}; the published loss is **{claim.value}**"
        + (
            f", {1000 * (claim.value - floor_of_all):+.0f} thousandths from it."
            if rat
            else ", but that belongs to a rat and this floor to a simulation."
        )
    )
)

# %% [markdown]
# ## Proof: these lines are CEBRA
#
# It is easy to write something *like* a paper. So put both to the same test. The official network gets our weights,
# the official dataset cuts the windows, the official loss and solver do the rest.

# %% tags=["proof"]
def twin(encoder):
    """The library's own network with the weights of `encoder`."""
    neurons, units = encoder.layers[0].in_channels, encoder.layers[0].out_channels
    model = cebra.models.init("offset10-model", neurons, units, encoder.layers[-1].out_channels)
    with torch.no_grad():
        for theirs, ours in zip(model.parameters(), encoder.parameters(), strict=True):
            theirs.copy_(ours)
    return model


def library_batch(spikes, triple):
    """The windows of (3, batch) bins, cut by the library's dataset."""
    neural = torch.as_tensor(spikes, dtype=torch.float32)
    offset = cebra.data.Offset(BEFORE, AFTER)
    data = cebra.data.TensorDataset(neural, continuous=neural[:, :1], offset=offset)
    return cebra.data.Batch(*(data[torch.as_tensor(bins)] for bins in triple))


def one_step(encoder, spikes, triple):
    """Difference of the losses, and largest difference of a gradient, in double precision."""
    ours, theirs = copy.deepcopy(encoder).double(), twin(encoder).double()
    view, first = windows(spikes, [slice(0, len(spikes))])
    loss = info_nce(*ours(view[first[triple.ravel()]].double())[..., 0].chunk(3))
    batch = library_batch(spikes, triple)
    groups = batch.reference, batch.positive, batch.negative
    official = cebra.models.criterions.FixedCosineInfoNCE(temperature=1.0)
    expected, _, _ = official(*(theirs(group.double()) for group in groups))
    loss.backward()
    expected.backward()
    pairs = zip(ours.parameters(), theirs.parameters(), strict=True)
    gradient = max((a.grad - b.grad).abs().max().item() for a, b in pairs)
    return abs(loss.item() - expected.item()), gradient


# %% tags=["proof"]
def many_steps(encoder, spikes, triples):
    """Largest difference of a weight after the library's solver and ours took the same steps."""
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
    pairs = zip(ours.parameters(), theirs.parameters(), strict=True)
    return max((a - b).abs().max().item() for a, b in pairs)


def how_much_farther(positives, query):
    """Distance from each query to our positive's label, less that to the library's positive's."""
    index = cebra.distributions.ContinuousIndex(torch.as_tensor(positives.labels))
    theirs, ours = index.search(torch.as_tensor(query)).numpy(), positives.nearest(query)
    labels, query = positives.labels.astype(float), query.astype(float)
    ours, theirs = (np.linalg.norm(labels[bins] - query, axis=1) for bins in (ours, theirs))
    return ours - theirs


# %%
torch.manual_seed(seed)
untrained = Encoder(spikes.shape[1])
rng = np.random.default_rng(seed)
triples = []
for _ in range(50):
    reference, negative = rng.integers(len(spikes), size=(2, BATCH))
    triples.append(np.stack([reference, positives.draw(reference, rng), negative]))

loss_difference, gradient_difference = one_step(untrained, spikes, triples[0])
weight_difference = many_steps(untrained, spikes, triples)

query = labels[triples[0].ravel()] + positives.change[rng.integers(len(labels), size=3 * BATCH)]
farther = how_much_farther(positives, query)
whole = Positives(labels, [slice(0, len(labels))])
changes = cebra.distributions.TimedeltaDistribution(torch.as_tensor(labels), 10).time_difference

# %%
expect("scratch.loss_difference", loss_difference < 1e-6)
expect("scratch.gradients_equal", gradient_difference < 1e-6)
expect("scratch.weights_equal_after_50", weight_difference < 1e-4)
expect("scratch.positives_never_farther", bool((farther <= 1e-9).all()))
expect("scratch.changes_equal", bool(np.array_equal(whole.change, changes.numpy())))

# %% tags=["nbval-ignore-output"]
n_weights = sum(weights.numel() for weights in untrained.parameters())
display(
    Markdown(
        f"""
| from scratch against `cebra` {cebra.__version__} | largest difference |
| --- | --- |
| loss of one batch | {loss_difference:.1e} |
| gradients of all {n_weights:,} weights | {gradient_difference:.1e} |
| weights after {len(triples)} steps on the same batches | {weight_difference:.1e} |
| table of label changes | {np.abs(whole.change - changes.numpy()).max():.1e} |

"""
        f"Of {len(farther):,} positives ours is the farther one in {(farther > 1e-9).sum()} cases and the nearer one "
        f"in {100 * (farther < -1e-9).mean():.0f} %, by up to {1000 * -farther.min():.2f} mm: the library subtracts "
        "large numbers in single precision to get a small distance. Nothing that a rat would notice."
    )
)

# %% [markdown]
# ## The same quality, trained to the end
#
# Equal steps should lead to equally good embeddings. But training is a lottery: other first weights and other batches
# give another model. So train ours from more than one seed, and the package's own model too, by this book's `fit_many`,
# and compare group with group. Each model is judged on laps that it never saw: the median error of a nearest-neighbour
# decoder of position (how many neighbours is chosen on validation laps), how far the arcs meet at the ends, and how long
# the longest loop lives in persistent homology (four hundred test bins). Beside them stands the fast number type that
# `fit_many` uses where the processor has it.

# %% tags=["nbval-ignore-output", "remove-stderr"]
more = range(seed + 1, seed + 2)
lot = joblib.Parallel(n_jobs=-1)(
    joblib.delayed(train)(spikes, labels, segments, STEPS, number) for number in more
)
scratch = [(encoder, loss), *(result[:2] for result in lot)]


# %%
def longest_loop(points, n=400):
    """Lifespan of the longest loop among evenly spaced points."""
    thinned = points[np.linspace(0, len(points) - 1, min(n, len(points))).astype(int)]
    loops = ripser(thinned, maxdim=1)["dgms"][1]
    return float(np.ptp(loops, axis=1).max(initial=0.0))


def quality(transform, losses):
    """Four measures of one trained model; all but the loss on held-out laps."""
    features = encode(transform, rec, split)
    decoded = decode_knn(features, rec, split, "kNN")
    held_out = rec.position[split.test], rec.direction[split.test], rec.length_m
    return {
        "loss": float(losses[-100:].mean()),
        "decode_median_cm": scores.mean_score([decoded], "median_cm"),
        "end_gap": shape.end_gap_ratio(shape.arc_gaps(features.test, *held_out)),
        "longest_loop": longest_loop(features.test),
    }


def by_measure(rows):
    """From one mapping a model to one array a measure."""
    return {measure: np.array([row[measure] for row in rows]) for measure in rows[0]}


split = contiguous_split(rec)
groups = {
    kind: by_measure([quality(fit.transform, fit.loss) for key, fit in fits.items() if kind in key])
    for kind in ("float32", "fast")
}
groups["scratch"] = by_measure([quality(partial(embed, model), loss) for model, loss in scratch])

# %%
for measure in groups["scratch"]:
    for kind, name in (("scratch", "scratch"), ("float32", "scratch.package")):
        values = groups[kind][measure]
        spread = {"sd": values.std(ddof=1), "n": len(values), "split": split.name}
        expect(f"{name}.{measure}", values.mean(), **spread)

# %% tags=["nbval-ignore-output"]
titles = {
    "loss": "training loss (nats)",
    "decode_median_cm": "decoding error (cm)",
    "end_gap": "gap at the ends / middle",
    "longest_loop": "longest loop (lifespan)",
}
names = {"float32": "package", "fast": f"package,\n{fast_dtype()}", "scratch": "from\nscratch"}
style.show(
    figures.seeds_compared(
        {
            title: {name: groups[kind][measure] for kind, name in names.items()}
            for measure, title in titles.items()
        }
    ),
    name="quality",
    alt="Four panels, training loss, decoding error, gap at the ends and longest loop: dots for the package's models in "
    "two number types and for the from-scratch models, with a bar at each mean.",
    caption="One dot a model, a bar at the mean. Seeds of the two package groups are the same, pair by pair.",
)


# %% tags=["nbval-ignore-output"]
def pooled_interval(ours, theirs):
    """Difference of two groups' means and the half-width of its 95 % interval, equal spread assumed."""
    freedom = len(ours) + len(theirs) - 2
    variance = (np.var(ours) * len(ours) + np.var(theirs) * len(theirs)) / freedom
    error = np.sqrt(variance * (1 / len(ours) + 1 / len(theirs)))
    return ours.mean() - theirs.mean(), stats.t.ppf(0.975, freedom) * error


def paired_interval(ours, theirs):
    """The same for models that share seeds and batches."""
    difference = ours - theirs
    reach = stats.t.ppf(0.975, len(difference) - 1) / np.sqrt(len(difference))
    return difference.mean(), reach * difference.std(ddof=1)


rows, unlike = [], []
for measure, title in titles.items():
    plain = groups["float32"][measure]
    mean, reach = pooled_interval(groups["scratch"][measure], plain)
    fast_mean, fast_reach = paired_interval(groups["fast"][measure], plain)
    unlike += [title] if abs(mean) > reach else []
    rows.append(
        f"| {title} | {groups['scratch'][measure].mean():.3f} "
        f"| {plain.mean():.3f} ± {plain.std(ddof=1):.3f} | {mean:+.3f} ± {reach:.3f} "
        f"| {fast_mean:+.4f} ± {fast_reach:.4f} |"
    )
display(
    Markdown(
        f"""
| measure | from scratch | package | difference | {fast_dtype()} − float32 |
| --- | --- | --- | --- | --- |
"""
        + "\n".join(rows)
        + "\n\n"
        + f"{len(scratch)} models from scratch, {len(plain)} of the package. ± is the standard deviation over seeds; "
        "behind a difference, half its 95 % interval. "
        + (
            f"**Different beyond the spread over seeds: {', '.join(unlike)}.**"
            if unlike
            else "**No measure tells our models from the package's beyond the spread over seeds.**"
        )
    )
)

# %% [markdown]
# ## How long it takes
#
# Three ways to the same model, timed here and now for a few steps each, start-up left out: the library as published,
# this chapter's loop, and the book's `fit_many`, which also packs several models onto one machine. The difference
# between the first two is almost all the search for positives. This is a glance, not a benchmark:
# `python -m benchmarks.training` makes the full table, with recordings up to a million bins and peak memory.

# %%
def steps_per_second(run, few, many, models=1):
    """Steps a second from the difference of two runs, so that start-up does not count."""
    seconds = []
    for steps in (few, many):
        start = time.perf_counter()
        run(steps)
        seconds.append(time.perf_counter() - start)
    return models * (many - few) / max(seconds[1] - seconds[0], 1e-9)


def library(steps):
    """Train as the package documents it."""
    cebra.CEBRA(**{**PARAMETERS, "max_iterations": steps, "verbose": False}).fit(spikes, labels)


def together(models):
    """Train several models with `fit_many`, into a cache that is empty."""

    def run(steps):
        with tempfile.TemporaryDirectory() as empty, patch.dict(os.environ, CEBRA_BOOK_CACHE=empty):
            wanted = {"dtype": fast_dtype(), "max_iterations": steps}
            jobs = [variant_job(rec, "posdir", bins=bins, seed=n, **wanted) for n in range(models)]
            fit_many(jobs, progress=False)

    return run


# %% tags=["nbval-ignore-output", "remove-stderr"]
library(2)  # the first call compiles the loss
speeds = {
    "cebra.CEBRA.fit, one model": steps_per_second(library, 10, 60),
    "from scratch, one model": steps_per_second(
        lambda steps: train(spikes, labels, segments, steps), 10, 60
    ),
    "fit_many, one model": steps_per_second(together(1), 20, 140),
    "fit_many, four models": steps_per_second(together(4), 20, 140, models=4),
}
style.show(
    figures.speed_bars(speeds),
    name="speed",
    alt="Bars of training steps a second: the library, this chapter's loop, fit_many with one model and with four.",
    caption="Training steps a second on the machine that made this page, all models of a run together; the ratio is to "
    f"the library in the same cell. fit_many computes in {fast_dtype()} here.",
)

# %% [markdown]
# ## What could fool us
#
# - **Equal code, equal mistakes.** The proof shows that we do what the library does. Whether that is right, it cannot
#   say. The ties above are an example: one arbitrary rule, faithfully repeated.
# - **A ring because we drew one.** Told position and direction, any encoder that can read them will make two arcs. Only
#   the closing is news from the neurons, and the beads are the control that shows it. Chapters two and five add others:
#   shuffled labels, no labels, and a null for the loop.
# - **A loss that looks like evidence.** It sits close to a floor set by labels and sphere. Low loss says that the
#   encoder can read the labels off the spikes it trained on, not that it will do so tomorrow. Hence the held-out laps.
# - **Wide intervals.** A few seeds make a generous yardstick; models somewhat worse would pass unnoticed in the quick
#   profile. The steps, compared one by one, are the sharper test.
# - **One split.** The last laps of one rat on one day. Chapter three uses all trips, four rats, and intervals.
# - **A stopwatch on a shared machine.** Neighbours, heat and the number of cores move the bars. Trust the ratios more
#   than the rates, and the benchmark more than either.
#
# ## Take-aways
#
# - CEBRA is short: an encoder, pairs, a loss with two terms, and a loop.
# - The *pairs* carry the idea. Adding a change seen in the data to a label sets the scale of "alike" without a knob.
# - Attraction makes strings of neighbours, repulsion stretches them along the sphere. Labels lay out the arcs; where the
#   ends meet is decided by neurons that fire alike.
# - The loss alone says little about the brain. Its floor can be computed without one.
# - Searching all labels at each step is the slow part of the library. A tree removes it.
