"""The synthetic benchmark's generators: moments, an invertible mixing, Poisson counts, seeds."""

import numpy as np
import pytest
from scipy import stats

from helpers.synthetic.latent import draw_latent, label_variance, log_density, log_marginal
from helpers.synthetic.population import (
    GENERATORS,
    N_NEURONS,
    Coupling,
    RealNVP,
    label_mean,
    poisson_counts,
    rates,
    simulate,
)


def test_labels_are_uniform_and_the_latent_has_the_published_moments():
    label, latent = draw_latent(200_000, seed=3)
    assert stats.kstest(label, stats.uniform(0, 2 * np.pi).cdf).pvalue > 1e-3
    band = np.minimum((label / (2 * np.pi) * 12).astype(int), 11)
    away = latent - np.stack([label, 2 * np.sin(label)], axis=1)
    for number in range(12):
        here = away[band == number]
        bend = np.abs(np.sin(label[band == number]))
        wanted = np.array([np.mean(0.6 - 0.3 * bend), np.mean(0.3 * bend)])
        error = np.sqrt(2 / len(here)) * wanted  # of a variance of normal numbers
        assert (np.abs(here.var(axis=0) - wanted) < 5 * error).all()
        assert (np.abs(here.mean(axis=0)) < 5 * np.sqrt(wanted / len(here))).all()
    standard = away / np.sqrt(label_variance(label))
    assert stats.kstest(standard.ravel(), "norm").pvalue > 1e-3


def test_the_label_alone_explains_nine_tenths():
    label, latent = draw_latent(100_000, seed=0)
    left = (latent - label_mean(label)).var(axis=0) / latent.var(axis=0)
    assert 1 - left.mean() == pytest.approx(0.90, abs=0.005)


def test_the_mixing_can_be_undone():
    x = np.random.default_rng(0).standard_normal((500, N_NEURONS)) * 3
    for seed in range(3):
        flow = RealNVP(N_NEURONS, seed)
        np.testing.assert_allclose(flow.inverse(flow.forward(x)), x, atol=1e-10)
        assert np.abs(flow.forward(x) - x).max() > 0.1
    layer = Coupling(N_NEURONS, np.random.default_rng(1))
    np.testing.assert_allclose(layer.inverse(layer.forward(x)), x, atol=1e-12)
    np.testing.assert_array_equal(layer.forward(x)[:, 50:], x[:, :50])  # halves swap


def test_the_flow_has_the_published_widths_and_blocks():
    flow = RealNVP(N_NEURONS, 0)
    assert [len(block) for block in flow.blocks] == [2, 2, 2, 2]
    shapes = [weights.shape for weights in flow.blocks[0][0].weights]
    assert shapes == [(50, 25), (25, 25), (25, 100)]
    bound = np.sqrt(6 / 75)
    assert 0.9 * bound < np.abs(flow.blocks[0][0].weights[0]).max() <= bound
    assert [sorted(order) for order in flow.orders] == [list(range(N_NEURONS))] * 3


def test_a_coupling_scales_and_shifts_the_moved_half_as_published():
    rng = np.random.default_rng(2)
    layer, x = Coupling(8, rng), rng.standard_normal((5, 8))
    hidden = x[:, :4]
    for weights in layer.weights[:2]:
        hidden = np.maximum(hidden @ weights, 0)
    raw = hidden @ layer.weights[2]
    by_hand = x[:, 4:] * np.exp(0.1 * np.tanh(raw[:, :4])) + raw[:, 4:]
    np.testing.assert_allclose(layer.forward(x)[:, :4], by_hand)


def test_published_rates_are_those_of_the_padded_flow():
    _, latent = draw_latent(100, seed=0)
    mixed = RealNVP(N_NEURONS, 7).forward(np.pad(latent, ((0, 0), (0, 98))))
    np.testing.assert_allclose(rates("published", latent, 7), np.exp(2.2 * np.tanh(mixed)))


@pytest.mark.parametrize("generator", GENERATORS)
def test_counts_are_poisson_at_their_rates(generator):
    data = simulate(generator, 20_000, mixing_seed=1)
    rate = rates(generator, data.latent, 1)
    standard = (data.spikes - rate) / np.sqrt(rate)
    assert np.abs(standard.mean(axis=0)).max() < 5 / np.sqrt(20_000)
    assert ((data.spikes - rate) ** 2).sum() / rate.sum() == pytest.approx(1, abs=0.01)  # Fano
    silent = np.exp(-rate)
    error = np.sqrt((silent * (1 - silent)).sum())
    assert abs((data.spikes == 0).sum() - silent.sum()) < 5 * error


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_seed_reproduces_its_data_and_others_differ(generator):
    first, again = (simulate(generator, 300, mixing_seed=2, data_seed=5) for _ in range(2))
    np.testing.assert_array_equal(first.spikes, again.spikes)
    np.testing.assert_array_equal(first.latent, again.latent)
    assert first.digest == again.digest
    mixed = simulate(generator, 300, mixing_seed=3, data_seed=5)
    np.testing.assert_array_equal(mixed.latent, first.latent)  # only the way to the rates differs
    assert (mixed.spikes != first.spikes).any()
    other = simulate(generator, 300, mixing_seed=2, data_seed=6)
    assert (other.latent != first.latent).all()
    assert len({data.digest for data in (first, mixed, other)}) == 3


def test_fewer_neurons_and_fewer_spikes_change_nothing_else():
    whole = simulate("published", 5000)
    few = simulate("published", 5000, n_neurons=7)
    assert few.spikes.shape == (5000, 7)
    np.testing.assert_array_equal(few.latent, whole.latent)
    assert few.spikes.mean() == pytest.approx(whole.spikes[:, :7].mean(), rel=0.05)
    quiet = simulate("published", 5000, spikes=0.2)
    assert quiet.spikes.mean() == pytest.approx(0.2 * whole.spikes.mean(), rel=0.02)


def test_the_density_is_that_of_the_draws():
    label, latent = np.array([0.3, 2.0, 4.5]), np.array([[0.5, 0.4], [4.0, -1.5]])
    wanted = [
        stats.multivariate_normal(mean, np.diag(variance)).logpdf(latent)
        for mean, variance in zip(label_mean(label), label_variance(label), strict=True)
    ]
    np.testing.assert_allclose(log_density(latent, label), wanted, rtol=1e-4)
    _, drawn = draw_latent(200_000, seed=1)
    near = np.abs(drawn - (np.pi / 2, 2)).max(axis=1) < 0.15
    assert np.exp(log_marginal(np.array([[np.pi / 2, 2]])))[0] == pytest.approx(
        near.mean() / 0.09, rel=0.1
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_samples": 1}, "n_samples is 1; give at least 10"),
        ({"n_neurons": 0}, "n_neurons is 0; give a whole number from 1 to 100"),
        ({"n_neurons": 101}, "n_neurons is 101"),
        ({"spikes": -1.0}, "spikes is -1.0; give a positive factor"),
        ({"generator": "blog"}, "generator 'blog' is unknown; use one of published, simple"),
    ],
)
def test_bad_recipes_are_refused(change, message):
    recipe = {"generator": "published", "n_samples": 100, **change}
    with pytest.raises(ValueError, match=message):
        simulate(**recipe)


def test_bad_rates_and_sizes_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"2 negative or infinite values in neurons \[1, 2\]"):
        poisson_counts(np.array([[1.0, -1.0, np.nan]]), rng)
    with pytest.raises(ValueError, match="does not fit; lower spikes"):
        poisson_counts(np.full((1, 1), 1e4), rng)
    with pytest.raises(ValueError, match="even number of at least 4"):
        RealNVP(5, 0)
    with pytest.raises(ValueError, match="latent has shape"):
        rates("published", np.zeros((5, 3)), 0)
