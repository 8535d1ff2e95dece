"""Scores of a known latent: what the label is worth, and what an embedding adds to it."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from helpers.synthetic.bound import posterior_mean
from helpers.synthetic.latent import draw_latent
from helpers.synthetic.methods import METHODS, embed
from helpers.synthetic.population import rates, simulate
from helpers.synthetic.scores import MEASURES, beyond, in_bands, label_features, scores

DATA = simulate("published", 3000)
LATENTS = draw_latent(4000, (0, 1))[1]


def bound(data, **options):
    rate = rates(data.generator, LATENTS, data.mixing_seed)[:, : data.spikes.shape[1]]
    return posterior_mean(data.spikes, rate, LATENTS, **options)["embedding"]


def test_the_latent_itself_scores_one_in_every_measure():
    turned = DATA.latent @ np.array([[0.6, -0.8], [0.8, 0.6]]) * 3 + 5
    found = scores(DATA, turned)
    assert tuple(found) == MEASURES
    assert all(found[name] > 0.99 for name in MEASURES), found


def test_the_label_has_nine_tenths_of_the_latent_and_nothing_beyond():
    found = scores(DATA, label_features(DATA.label))
    assert found["in_sample"] == pytest.approx(0.90, abs=0.01)
    assert abs(found["beyond"]) < 0.01
    assert abs(found["in_bands"]) < 0.05


def test_nothing_made_of_the_label_counts_as_beyond_it():
    u = DATA.label.astype(float)
    bent = np.stack([np.cos(u) + u**2, np.exp(u / 3)], axis=1)
    assert abs(beyond(DATA, bent)) < 0.02
    assert abs(in_bands(DATA, bent)) < 0.05


def test_noise_scores_nothing_and_scatter_alone_everything_beyond():
    noise = np.random.default_rng(0).standard_normal((3000, 2))
    found = scores(DATA, noise)
    assert all(abs(found[name]) < 0.06 for name in MEASURES), found
    scatter = scores(DATA, DATA.residual)
    assert scatter["beyond"] > 0.99
    assert scatter["held_out"] < 0.2  # the published score does not see it


def test_a_part_of_the_scatter_gives_its_part():
    half = np.column_stack([DATA.latent[:, 0], label_features(DATA.label)])
    assert beyond(DATA, half) == pytest.approx(0.5, abs=0.02)  # one coordinate of two
    assert in_bands(DATA, half[:, :1]) == pytest.approx(0.5, abs=0.05)


def test_held_out_is_not_in_sample():
    rng = np.random.default_rng(1)
    memory = rng.standard_normal((3000, 2))
    memory[: DATA.n_train] = DATA.latent[: DATA.n_train]  # knows its training samples by heart
    found = scores(DATA, memory)
    assert found["in_sample"] == pytest.approx(1)
    assert max(found[name] for name in MEASURES[1:]) < 0


def test_bad_embeddings_are_refused():
    with pytest.raises(ValueError, match=r"give \(3000, dimensions\)"):
        scores(DATA, DATA.latent[1:])
    with pytest.raises(ValueError, match="1 NaN or infinite"):
        broken = DATA.latent.copy()
        broken[3, 1] = np.nan
        beyond(DATA, broken)
    with pytest.raises(ValueError, match="take fewer bands"):
        in_bands(DATA, DATA.latent, n_bands=500)


@pytest.mark.parametrize("method", ["pca", "readout"])
def test_baselines_learn_from_training_samples_only(method):
    changed = DATA.spikes.copy()
    changed[DATA.n_train :] = changed[DATA.n_train :][::-1]
    call = {"method": method, "n_train": DATA.n_train, "label": DATA.label}
    first = embed(spikes=DATA.spikes, **call)["embedding"]
    second = embed(spikes=changed, **call)["embedding"]
    np.testing.assert_allclose(first[: DATA.n_train], second[: DATA.n_train], atol=1e-5)
    np.testing.assert_allclose(first[DATA.n_train :], second[DATA.n_train :][::-1], atol=1e-5)


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_layouts_repeat_under_a_seed_and_find_the_band(method):
    small = simulate("published", 400)
    layouts = [
        embed(method, small.spikes, small.n_train, seed=seed)["embedding"] for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(layouts[0], layouts[1])
    assert np.abs(layouts[0] - layouts[2]).max() > 1e-3
    line = LinearRegression().fit(layouts[0], small.latent)
    assert line.score(layouts[0], small.latent) > 0.5


def test_ridge_reads_the_label_and_pca_is_told_nothing():
    told = embed("readout", DATA.spikes, DATA.n_train, label=DATA.label)["embedding"]
    wanted = label_features(DATA.label)
    assert np.corrcoef(told[2400:, 0], wanted[2400:, 0])[0, 1] > 0.9
    assert (
        scores(DATA, told)["held_out"]
        > scores(DATA, embed("pca", DATA.spikes, DATA.n_train)["embedding"])["held_out"]
    )


def test_no_one_beats_bayes_on_held_out_samples():
    best = scores(DATA, bound(DATA))
    for method in ("pca", "readout"):
        found = embed(method, DATA.spikes, DATA.n_train, label=DATA.label)["embedding"]
        assert scores(DATA, found)["held_out"] < best["held_out"]
    error = ((bound(DATA) - DATA.latent) ** 2).mean()
    assert error < ((label_features(DATA.label) * (1, 2) - DATA.latent) ** 2).mean()


def test_bayes_weighs_the_draws_by_their_likelihood():
    """Two latents, one neuron: the posterior is known in closed form."""
    latents, rate = np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([[1.0], [3.0]])
    counts = np.array([[0], [1], [4]])
    odds = 3.0 ** counts[:, 0] * np.exp(-2.0)  # of the second against the first
    share = odds / (1 + odds)
    found = posterior_mean(counts, rate, latents)["embedding"]
    np.testing.assert_allclose(found, share[:, None] * (1, 2), rtol=1e-5)


def test_who_knows_the_label_too_comes_closer():
    part = slice(0, 500)
    plain = bound(DATA)[part]
    told = bound(DATA, label=DATA.label)[part]
    away = [((e - DATA.latent[part]) ** 2).mean() for e in (plain, told)]
    assert away[1] < 0.9 * away[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "isomap"}, "method 'isomap' is unknown; use one of " + ", ".join(METHODS)),
        ({"spikes": DATA.spikes[:, :0]}, "at least 2 neurons"),
        ({"n_train": 1}, "n_train is 1 of 3000 samples; give at least 10"),
        ({"method": "readout"}, "readout is told the label"),
    ],
)
def test_bad_calls_are_refused(change, message):
    call = {"method": "pca", "spikes": DATA.spikes, "n_train": DATA.n_train, **change}
    with pytest.raises(ValueError, match=message):
        embed(**call)


def test_bad_draws_of_the_generator_are_refused():
    with pytest.raises(ValueError, match="a row a latent and a column a neuron"):
        posterior_mean(DATA.spikes, np.ones((5, 3)), np.zeros((5, 2)))
    with pytest.raises(ValueError, match="not positive"):
        posterior_mean(DATA.spikes, np.zeros((5, 100)), np.zeros((5, 2)))
