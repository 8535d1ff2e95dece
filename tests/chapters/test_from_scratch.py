"""Chapter 06's own lines, loaded from its cells, against the `cebra` package."""

from types import SimpleNamespace

import cebra
import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from helpers.book.pairing import read_source
from helpers.files import ROOT
from helpers.recordings.loading import simulate_recording

CHAPTER = ROOT / "chapters" / "06_cebra_from_scratch.py"


def load(*tags, **replaced):
    """The names that the chapter's cells with these tags define; `replaced` source text first."""
    names = {"cebra": cebra, "__name__": "chapter"}
    exec("import copy\nimport cebra.solver", names)
    for cell in read_source(CHAPTER).cells:
        if set(tags) & set(cell.metadata.get("tags", [])):
            source = cell.source
            for old, new in replaced.get("edits", ()):
                source = source.replace(old, new)
            exec(compile(source, str(CHAPTER), "exec"), names)
    return SimpleNamespace(**names)


@pytest.fixture(scope="module")
def chapter():
    return load("method", "proof")


@pytest.fixture(scope="module")
def simulated():
    rec = simulate_recording(n_neurons=30, n_bins=1500)
    return rec.spikes, rec.labels("posdir")


def noise(seed=0, n_bins=400, neurons=7):
    rng = np.random.default_rng(seed)
    spikes = rng.poisson(0.3, (n_bins, neurons)).astype(np.uint8)
    return spikes, rng.random((n_bins, 2)).astype(np.float32)


def some_triples(chapter, spikes, labels, steps, batch=64, seed=0):
    rng = np.random.default_rng(seed)
    positives = chapter.Positives(labels, [slice(0, len(labels))])
    triples = []
    for _ in range(steps):
        reference, negative = rng.integers(len(spikes), size=(2, batch))
        triples.append(np.stack([reference, positives.draw(reference, rng), negative]))
    return triples


def untrained(chapter, spikes, seed=0):
    torch.manual_seed(seed)
    return chapter.Encoder(spikes.shape[1])


@pytest.mark.parametrize("source", ["noise", "simulated"])
def test_one_step_and_fifty_steps_equal_the_package(chapter, simulated, source):
    spikes, labels = noise() if source == "noise" else simulated
    triples = some_triples(chapter, spikes, labels, 50)
    encoder = untrained(chapter, spikes)
    loss, gradient = chapter.one_step(encoder, spikes, triples[0])
    assert loss < 1e-6
    assert gradient < 1e-6
    before = [p.clone() for p in encoder.parameters()]
    assert chapter.many_steps(encoder, spikes, triples) < 1e-4
    unmoved = zip(encoder.parameters(), before, strict=True)
    assert all(torch.equal(a, b) for a, b in unmoved), "the proof trains copies"


MUTATIONS = {
    "negatives among themselves": ("reference @ negative.T", "negative @ negative.T"),
    "no skip": ("x[..., 1:-1] + F.gelu", "F.gelu"),
    "no normalisation": ("F.normalize(self.layers(x), dim=1)", "self.layers(x)"),
    "window one bin late": ("BEFORE, AFTER = 5, 5", "BEFORE, AFTER = 4, 6"),
}


@pytest.mark.parametrize("edit", MUTATIONS.values(), ids=MUTATIONS)
def test_the_proof_finds_another_method(edit, simulated):
    spikes, labels = simulated
    wrong = load("method", "proof", edits=[edit])
    if "BEFORE" in edit[0]:  # the twin's windows stay the library's
        wrong.library_batch.__globals__["library_batch"] = load("method", "proof").library_batch
    triple = some_triples(wrong, spikes, labels, 1)[0]
    loss, gradient = wrong.one_step(untrained(wrong, spikes), spikes, triple)
    assert max(loss, gradient) > 1e-6


def test_the_proof_finds_another_optimiser(simulated):
    spikes, labels = simulated
    wrong = load("method", "proof", edits=[("Adam(ours.parameters(), lr=3e-4)",
                                             "Adam(ours.parameters(), lr=4e-4)")])  # fmt: skip
    triples = some_triples(wrong, spikes, labels, 50)
    assert wrong.many_steps(untrained(wrong, spikes), spikes, triples) > 1e-4


def test_the_same_seed_draws_the_packages_weights(chapter):
    ours = untrained(chapter, np.zeros((1, 9)), seed=3)
    torch.manual_seed(3)
    theirs = cebra.models.init("offset10-model", 9, 32, 3)
    pairs = zip(ours.parameters(), theirs.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_embeds_as_the_package_transforms(chapter, simulated):
    spikes, _ = simulated
    encoder = untrained(chapter, spikes)
    solver = cebra.solver.init(
        "single-session", model=chapter.twin(encoder), criterion=None, optimizer=None
    )
    solver.n_features = spikes.shape[1]
    theirs = solver.transform(torch.as_tensor(spikes, dtype=torch.float32)).numpy()
    points = chapter.embed(encoder, spikes, [slice(0, len(spikes))])
    np.testing.assert_allclose(points, theirs, atol=2e-5)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-5)


def test_positives_are_never_farther_than_the_packages(chapter, simulated):
    for labels in (simulated[1], noise()[1]):
        positives = chapter.Positives(labels, [slice(0, len(labels))])
        rng = np.random.default_rng(1)
        some_time = rng.integers(len(labels), size=(2, 500))
        query = labels[some_time[0]] + positives.change[some_time[1]]
        farther = chapter.how_much_farther(positives, query)
        assert farther.max() <= 1e-9
        positives.first_bin = np.roll(positives.first_bin, 1)  # a wrong search is noticed
        assert chapter.how_much_farther(positives, query).max() > 1e-3


def test_changes_are_the_packages_and_stay_within_segments(chapter, simulated):
    labels = simulated[1]
    theirs = cebra.distributions.TimedeltaDistribution(torch.as_tensor(labels), 10)
    whole = chapter.Positives(labels, [slice(0, len(labels))])
    np.testing.assert_array_equal(whole.change, theirs.time_difference.numpy())
    cut = chapter.Positives(labels, [slice(0, 700), slice(700, len(labels))])
    assert not cut.change[700:710].any()
    np.testing.assert_array_equal(cut.change[710:], whole.change[710:])


def test_equal_labels_give_the_earliest_bin_as_in_the_package(chapter, simulated):
    labels = np.ascontiguousarray(simulated[1][:, 1:])
    positives = chapter.Positives(labels, [slice(0, len(labels))])
    query = labels[np.random.default_rng(0).integers(len(labels), size=300)]
    theirs = cebra.distributions.ContinuousIndex(torch.as_tensor(labels))
    ours = positives.nearest(query)
    np.testing.assert_array_equal(ours, theirs.search(torch.as_tensor(query)).numpy())
    assert set(ours) == {int(np.argmax(labels[:, 0])), int(np.argmax(labels[:, 1]))}


def test_windows_stay_within_their_segment(chapter):
    spikes = np.arange(40, dtype=np.float32)[:, None]
    segments = [slice(0, 15), slice(15, 40)]
    view, first = chapter.windows(spikes, segments)
    for bins in segments:
        seen = view[first[bins]]
        assert seen.shape == (bins.stop - bins.start, 1, 10)
        assert seen.min() >= bins.start
        assert seen.max() < bins.stop
    np.testing.assert_array_equal(view[first[20]][0], np.arange(15, 25))


def test_training_repeats_and_learns(chapter, simulated):
    spikes, labels = simulated
    given = spikes, labels, [slice(0, len(labels))]
    runs = [chapter.train(*given, 60, seed=5, batch=128, snapshots=(0, 30)) for _ in range(2)]
    np.testing.assert_array_equal(runs[0][1], runs[1][1])
    loss, film = runs[0][1:]
    assert list(film) == [0, 30, 60]
    assert loss[:5].mean() < np.log(128) + 0.1
    assert loss[-5:].mean() < loss[:5].mean() - 0.2
    other = chapter.train(*given, 5, seed=6, batch=128)[1]
    assert not np.array_equal(other, loss[:5])


def test_chance_is_the_log_of_the_number_of_negatives(chapter):
    same = torch.ones(32, 3) / 3**0.5
    assert chapter.info_nce(same, same, same).item() == pytest.approx(np.log(32), abs=1e-5)


def test_the_tree_is_exact(chapter):
    labels = noise(n_bins=300)[1]
    positives = chapter.Positives(labels, [slice(0, 300)])
    query = np.random.default_rng(2).random((50, 2)).astype(np.float32)
    distance = np.linalg.norm(labels[None].astype(float) - query[:, None].astype(float), axis=2)
    np.testing.assert_array_equal(positives.nearest(query), distance.argmin(axis=1))
    assert isinstance(positives.tree, cKDTree)
