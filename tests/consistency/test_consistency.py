"""Agreement between embeddings: known answers, invariance, the package's own measures, errors."""

import numpy as np
import pytest
from cebra.data.helper import OrthogonalProcrustesAlignment

from helpers.consistency import summary as report
from helpers.consistency.alignment import correlation, time_aligned, time_aligned_correlation
from helpers.consistency.measure import (
    aligned_to_first,
    between_runs,
    between_subjects,
    population,
    ring_label,
)

RNG = np.random.default_rng(0)
OFF = ~np.eye(3, dtype=bool)


def turn(seed=0, d=3):
    """A random rotation or reflection."""
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))[0]


def ring(label, noise=0.0, seed=0):
    """Points on the unit sphere that go round it with the label, from 0 to 3.2 m."""
    rng = np.random.default_rng(seed)
    angle = np.asarray(label) * 2 * np.pi / 3.2
    points = np.stack([np.cos(angle), np.sin(angle), 0.5 * np.cos(2 * angle)], axis=1)
    points = points + noise * rng.normal(size=points.shape)
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def labels(n, seed=0):
    return np.random.default_rng(seed).uniform(0, 3.2, n)


def test_a_turned_copy_agrees_fully_and_noise_does_not():
    label = labels(5000)
    points = ring(label)
    noise = RNG.normal(size=points.shape)
    found = between_subjects([points, points @ turn(), noise], [label] * 3, n_bins=100)
    assert np.isnan(np.diag(found)).all()
    assert found[0, 1] == pytest.approx(1, abs=1e-9)
    assert found[1, 0] == pytest.approx(1, abs=1e-9)
    assert abs(found[2, :2]).max() < 0.1
    assert abs(found[:2, 2]).max() < 0.1


def test_more_noise_means_less_agreement():
    label = [labels(4000, seed) for seed in range(2)]

    def agreement(noise):
        points = [ring(one, noise, seed) for seed, one in enumerate(label)]
        return between_subjects(points, label)[0, 1]

    assert 1 > agreement(0.2) > agreement(3.0) > agreement(30.0)


def test_the_order_of_time_points_does_not_matter():
    label = labels(3000)
    points, other = ring(label, 0.5), ring(label, 0.5, seed=1) @ turn()
    order = RNG.permutation(len(label))
    moved = between_subjects([points[order], other], [label[order], label], 60)
    np.testing.assert_allclose(moved, between_subjects([points, other], [label, label], 60))


def test_rats_may_differ_in_length_and_dimension():
    label = [labels(4000), labels(2500, 1), labels(3000, 2)]
    points = [ring(one) for one in label]
    points[2] = points[2][:, :2]
    found = between_subjects(points, label)
    assert np.isfinite(found[OFF]).all()
    assert found[0, 1] > 0.99
    assert found[0, 2] > 0.99  # from three dimensions to two


def test_direction_matters_where_it_is_asked_for():
    position, direction = RNG.uniform(0, 1.6, 6000), RNG.choice([-1, 1], 6000)
    along = ring_label(position, direction, 1.6)
    assert along.min() >= 0
    assert along.max() <= 3.2
    assert (along[direction > 0] <= 1.6).all()
    np.testing.assert_allclose(along[direction < 0], 3.2 - position[direction < 0])
    blind = ring(position)  # does not tell the directions apart
    assert between_subjects([blind, ring(along)], [along] * 2)[0, 1] < 0.7
    assert between_subjects([ring(along), ring(along)], [along] * 2)[0, 1] == pytest.approx(1)


def test_runs_are_compared_bin_by_bin():
    points = RNG.normal(size=(500, 3))
    found = between_runs([points, 2 * points @ turn() + 1, RNG.normal(size=(500, 3))])
    assert found[0, 1] == pytest.approx(1)
    assert abs(found[0, 2]) < 0.05


@pytest.mark.parametrize("how", ["procrustes", "scaled", "linear"])
def test_time_aligned_copies_agree_fully_on_held_out_bins_too(how):
    points, later = RNG.normal(size=(400, 3)), RNG.normal(size=(100, 3))
    pair, later = [points, points @ turn(3)], [later, later @ turn(3)]
    assert np.nanmin(time_aligned(pair, how)) == pytest.approx(1)
    assert np.nanmin(time_aligned(pair, how, held_out=later)) == pytest.approx(1)
    unlike = [later[0], RNG.normal(size=(100, 3))]
    assert np.nanmax(time_aligned(pair, how, held_out=unlike)) < 0.1


def test_the_turn_is_the_packages():
    a, b = RNG.normal(size=(300, 3)), RNG.normal(size=(300, 3))
    b = b + a @ turn(5)
    theirs = OrthogonalProcrustesAlignment(top_k=1).fit_transform(b, a)
    r2 = 1 - ((b - theirs) ** 2).sum() / ((b - b.mean(0)) ** 2).sum()
    assert time_aligned([a, b])[0, 1] == pytest.approx(r2)


def test_a_copy_of_another_size_has_a_negative_r2_and_correlation_one():
    points = RNG.normal(size=(400, 3))
    points -= points.mean(0)
    pair = [3 * points, points]
    assert time_aligned(pair)[0, 1] == pytest.approx(-3)
    assert time_aligned(pair, "scaled")[0, 1] == pytest.approx(1)
    assert time_aligned_correlation(pair)[0, 1] == pytest.approx(1)
    assert correlation(points, -points) == pytest.approx(-1)


def test_centred_clouds_are_never_anti_correlated_after_the_best_turn():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        clouds = [rng.normal(size=(50, 3)) * rng.uniform(0.1, 5) for _ in range(4)]
        found = time_aligned_correlation([cloud - cloud.mean(0) for cloud in clouds])
        assert np.nanmin(found) >= 0


def test_embeddings_are_turned_onto_the_first_and_keep_their_shape():
    label = [labels(4000), labels(3000, 1)]
    points = [ring(label[0], 0.1), ring(label[1], 0.1, 1) @ turn(7)]
    turned, means = aligned_to_first(points, label)
    np.testing.assert_array_equal(turned[0], points[0])
    np.testing.assert_allclose(turned[1] @ turned[1].T, points[1] @ points[1].T, atol=1e-9)
    assert np.abs(means[0] - means[1]).max() < 0.3
    assert means[0].shape == (200, 3)
    np.testing.assert_allclose(np.linalg.norm(means[1], axis=1), 1)


def test_bins_are_counted_and_bare_ones_refused():
    label = [np.linspace(0, 3.2, 400), np.linspace(0, 3.2, 300)]
    counts = population(label, 50)
    assert counts.shape == (2, 50)
    assert counts.sum() == 400 + 300 - 2  # the package, too, leaves out the largest label
    gap = label[1][(label[1] < 1) | (label[1] > 2)]
    with pytest.raises(ValueError, match=r"subject 1 has no sample in or near 1\d of 50 bins"):
        population([label[0], gap], 50)
    with pytest.raises(ValueError, match="use fewer bins"):
        between_subjects([ring(label[0]), ring(gap)], [label[0], gap], 50)


GOOD = ring(labels(2000))


@pytest.mark.parametrize(
    ("embeddings", "given", "message"),
    [
        ([GOOD], [labels(2000)], "at least 2"),
        ([GOOD, GOOD], [labels(2000)], "give one for each"),
        ([GOOD, GOOD], [labels(2000), labels(1999)], r"subject 1 have shape \(1999,\)"),
        ([GOOD, GOOD], [labels(2000), np.zeros(2000, int)], "dtype int64; give metres as floats"),
        ([GOOD, GOOD], [labels(2000), labels(2000) * np.nan], "finite"),
        ([GOOD, GOOD * np.nan], [labels(2000)] * 2, "embedding 1"),
        ([GOOD, GOOD[:, 0]], [labels(2000)] * 2, "embedding 1"),
    ],
)
def test_bad_input_is_named(embeddings, given, message):
    with pytest.raises(ValueError, match=message):
        between_subjects(embeddings, given)


def test_what_shares_a_clock_must_have_one_length():
    with pytest.raises(ValueError, match="same"):
        between_runs([GOOD, GOOD[1:]])
    with pytest.raises(ValueError, match="same"):
        time_aligned([GOOD, GOOD[1:]])
    with pytest.raises(ValueError, match="'bent' is unknown"):
        time_aligned([GOOD, GOOD], "bent")
    with pytest.raises(ValueError, match="3 held out"):
        time_aligned([GOOD, GOOD], held_out=[GOOD] * 3)
    with pytest.raises(ValueError, match="at least 2"):
        between_runs([GOOD])
    with pytest.raises(ValueError, match="dimension"):
        aligned_to_first([GOOD, GOOD[:, :2]], [labels(2000)] * 2)


def matrices(*values):
    """(runs, 2, 2) from pairs of off-diagonal values."""
    return np.array([[[np.nan, a], [b, np.nan]] for a, b in values])


def test_summaries_keep_pairs_runs_and_folds_apart():
    folds = [matrices((0.2, 0.6), (0.4, 0.8)), matrices((0.1, 0.5))]
    found = report.summary(folds)
    assert found.mean == pytest.approx((0.5 + 0.3) / 2)
    assert (found.low, found.high) == pytest.approx((0.2, 0.6))  # the pairs' own means
    assert found.sd == pytest.approx(np.std([0.4, 0.6], ddof=1))
    assert found.n_runs == 2
    apart = report.summary(folds[:1], same_pairs=False)
    assert (apart.low, apart.high) == pytest.approx((0.2, 0.8))
    assert report.summary(folds[1:]).sd is None
    np.testing.assert_allclose(report.mean_matrix(folds)[0, 1], (0.3 + 0.1) / 2)
    with pytest.raises(ValueError, match="no consistency matrices"):
        report.summary([])


def test_the_spread_over_runs_is_that_of_each_runs_own_mean():
    matrix = np.array([[np.nan, 0.8, 0.6], [0.8, np.nan, 0.4], [0.6, 0.4, np.nan]])
    mean, sd = report.spread_of_runs(matrix)
    assert mean == pytest.approx(0.6)
    assert sd == pytest.approx(np.std([0.7, 0.6, 0.5], ddof=1))
    assert report.spread_of_runs(matrix[:2, :2])[1] is None


def test_tables_show_the_minus_and_what_is_missing():
    one = report.Summary(-0.29, -0.51, 0.1, 0.02, 5)
    table = report.score_table({"PCA": (one, None), "CEBRA": (one, one)})
    assert "| PCA | **−0.29 ± 0.02** | −0.51 to 0.10 | – | – | 5 |" in table
    assert len(table.splitlines()) == 4
    assert report.said(-0.001) == "0.00"
