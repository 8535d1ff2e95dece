"""Decoders against scikit-learn, scores against known cases, and decoding against chance."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import r2_score
from sklearn.neighbors import KNeighborsRegressor

from helpers.decoding.neighbours import (
    DecodingResult,
    Features,
    as_result,
    decode_constant,
    decode_knn,
    encode,
    encode_leaking,
    ensemble,
)
from helpers.decoding.plain import pca, root_counts
from helpers.decoding.scores import (
    METRICS,
    bootstrap,
    interval,
    mean_score,
    paired_difference,
    score,
    seed_sd,
)
from helpers.decoding.splits import contiguous_split, leaky_split, nested_split, nested_splits
from helpers.recordings.loading import simulate_recording, stretches

RECORDING = simulate_recording(n_neurons=40, n_bins=6000, seed=2)
SPLIT = nested_split(RECORDING, 0)
COUNTS = encode(root_counts(), RECORDING, SPLIT)


def toy(errors_cm, trips, *, seed=0, split="toy", method="toy") -> DecodingResult:
    """A result with given errors of position, half of the bins in each direction."""
    n = len(errors_cm)
    label = np.stack([np.linspace(0, 1, n), np.arange(n) % 2, 1 - np.arange(n) % 2], axis=1)
    predicted = label.copy()
    predicted[:, 0] += np.asarray(errors_cm) / 100
    running = np.ones(n, bool)
    return DecodingResult(
        method, split, np.arange(n), np.asarray(trips), label, predicted, running, seed
    )


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("k", [1, 25])
def test_knn_equals_scikit_learn(metric, k):
    rng = np.random.default_rng(0)  # continuous features: counts have ties, broken arbitrarily
    features = Features(*(rng.normal(size=(len(part), 3)) for part in _parts(SPLIT)))
    ours = decode_knn(features, RECORDING, SPLIT, "knn", metrics=(metric,), neighbours=(k,))
    theirs = KNeighborsRegressor(k, metric=metric, algorithm="brute")
    theirs.fit(features.train, RECORDING.labels("posdir")[SPLIT.train])
    np.testing.assert_allclose(ours.predicted, theirs.predict(features.test), atol=1e-5)


def test_knn_chooses_on_validation_and_never_looks_at_test_labels():
    chosen = decode_knn(COUNTS, RECORDING, SPLIT, "knn", metrics=("euclidean", "cosine"))
    by_hand = {}
    labels = RECORDING.labels("posdir")
    for metric in ("euclidean", "cosine"):
        for k in (1, 4, 9, 16, 25, 36, 49, 64, 81, 100):
            knn = KNeighborsRegressor(k, metric=metric).fit(COUNTS.train, labels[SPLIT.train])
            error = np.median(np.abs(knn.predict(COUNTS.valid)[:, 0] - labels[SPLIT.valid, 0]))
            by_hand[metric, k] = 100 * error
    best = by_hand[chosen.settings["metric"], chosen.settings["k"]]
    assert best == pytest.approx(min(by_hand.values()), abs=0.2)  # ties between counts
    scrambled = RECORDING.position.copy()
    scrambled[SPLIT.test] = scrambled[SPLIT.test][::-1]
    other = replace(RECORDING, position=scrambled, segments=RECORDING.segments)
    again = decode_knn(COUNTS, other, SPLIT, "knn", metrics=("euclidean", "cosine"))
    assert again.settings == chosen.settings
    np.testing.assert_array_equal(again.predicted, chosen.predicted)


def test_encoding_a_part_ignores_all_other_bins():
    flooded = np.full_like(RECORDING.spikes, 50)
    flooded[SPLIT.test] = RECORDING.spikes[SPLIT.test]
    other = replace(RECORDING, spikes=flooded)
    np.testing.assert_array_equal(encode(root_counts(), other, SPLIT).test, COUNTS.test)
    assert (encode_leaking(root_counts(), other, SPLIT).test != COUNTS.test).any()


def test_pca_is_fitted_on_training_bins_only():
    rows = root_counts()(RECORDING.spikes[SPLIT.train], stretches(SPLIT.train, RECORDING.segments))
    expected = PCA(3, svd_solver="full").fit(rows)
    found = encode(pca(RECORDING, SPLIT, 3), RECORDING, SPLIT)
    np.testing.assert_allclose(found.test, expected.transform(COUNTS.test), atol=1e-4)


def test_windowed_counts_decode_better_than_chance_and_the_leak_flatters_them():
    honest = [
        decode_knn(encode(root_counts(), RECORDING, split), RECORDING, split, "counts")
        for split in nested_splits(RECORDING)
    ]
    chance = [decode_constant(RECORDING, split) for split in nested_splits(RECORDING)]
    against = paired_difference(honest, chance, "mean_cm")
    assert against.sign == -1 and against.value < -15
    leaky = leaky_split(RECORDING, seed=0)
    features = encode_leaking(root_counts(), RECORDING, leaky)
    flattered = decode_knn(features, RECORDING, leaky, "counts")
    assert mean_score([flattered], "mean_cm") < 0.7 * mean_score(honest, "mean_cm")


def test_shuffled_labels_decode_at_chance():
    order = np.random.default_rng(0).permutation(len(RECORDING.position))
    shuffled = replace(
        RECORDING,
        position=RECORDING.position[order],
        direction=RECORDING.direction[order],
        segments=RECORDING.segments,
    )
    split = contiguous_split(RECORDING)
    result = decode_knn(encode(root_counts(), shuffled, split), shuffled, split, "shuffled")
    assert mean_score([result], "r2") < 0.05
    assert mean_score([result], "direction") == pytest.approx(0.5, abs=0.1)


def test_constant_is_the_mean_training_label():
    result = decode_constant(RECORDING, SPLIT)
    np.testing.assert_allclose(result.predicted[0], RECORDING.labels("posdir")[SPLIT.train].mean(0))
    assert mean_score([result], "r2") < 0.01


def test_scores_equal_scikit_learn_and_numpy():
    result = decode_knn(COUNTS, RECORDING, SPLIT, "counts")
    label, predicted = result.label.astype(float), result.predicted.astype(float)
    error = 100 * np.abs(label[:, 0] - predicted[:, 0])
    right = (predicted[:, 1] > predicted[:, 2]) == (label[:, 1] == 1)
    expected = {
        "median_cm": np.median(error),
        "mean_cm": error.mean(),
        "r2": r2_score(label[:, 0], predicted[:, 0]),
        "r2_total": r2_score(label, predicted),
        "direction": right.mean(),
    }
    assert set(expected) == set(METRICS)
    for metric, value in expected.items():
        assert score(result, metric)[0] == pytest.approx(value, abs=1e-5), metric


def test_running_scores_leave_slow_bins_out():
    result = toy([1, 1, 9, 9], [0, 0, 1, 1])
    slow = replace(result, running=np.array([True, True, True, False]))
    assert score(slow, "mean_cm", running=True)[0] == pytest.approx(11 / 3)
    assert score(slow, "mean_cm")[0] == pytest.approx(5)


@pytest.mark.parametrize("metric", list(METRICS))
def test_weights_count_trips_as_repeating_them_would(metric):
    rng = np.random.default_rng(0)
    result = toy(rng.gamma(2, 5, 60), np.repeat([3, 4, 8], 20))
    flips = rng.random(60) < 0.2
    result.predicted[flips, 1:] = result.predicted[flips, 2:0:-1]
    weights = np.array([[1, 1, 1], [2, 0, 1], [0, 3, 0]])
    for row, value in zip(weights, score(result, metric, weights), strict=True):
        rows = np.repeat(np.arange(60), np.repeat(row, 20))
        repeated = replace(
            result,
            **{
                name: getattr(result, name)[rows]
                for name in ("bins", "trips", "label", "predicted", "running")
            },
        )
        assert value == pytest.approx(score(repeated, metric)[0], rel=1e-9)


def test_bootstrap_over_trips_of_known_means():
    """Four trips of constant error: the mean of 4 draws with replacement from 0, 4, 8, 12 cm."""
    result = toy(np.repeat([0, 4, 8, 12], 25), np.repeat(np.arange(4), 25))
    draws = bootstrap([result], "mean_cm", n_draws=20_000)
    assert draws.mean() == pytest.approx(6, abs=0.1)
    assert draws.std() == pytest.approx(np.sqrt(20 / 4), abs=0.05)  # variance 20, four trips
    assert interval(draws) == pytest.approx((2, 10), abs=1.01)


def test_bootstrap_averages_splits_and_seeds():
    results = [
        toy(np.repeat([a, b], 10), np.repeat([0, 1], 10), seed=seed, split=split)
        for seed in (0, 1)
        for split, (a, b) in {"nested 0": (0, 2), "nested 1": (10, 30)}.items()
    ]
    draws = bootstrap(results, "mean_cm", n_draws=20_000)
    assert mean_score(results, "mean_cm") == pytest.approx(10.5)
    assert draws.mean() == pytest.approx(10.5, abs=0.2)
    assert draws.std() == pytest.approx(np.sqrt(1 / 2 + 100 / 2) / 2, rel=0.03)  # folds drawn apart


def test_seed_sd_is_that_of_the_means_over_splits():
    results = [
        toy([error] * 4, [0, 0, 1, 1], seed=seed, split=split)
        for seed, errors in {0: (1, 3), 5: (5, 9)}.items()
        for split, error in zip("ab", errors, strict=True)
    ]
    assert seed_sd(results, "mean_cm") == pytest.approx(np.std([2, 7], ddof=1))
    assert seed_sd(results[:2], "mean_cm") is None


def test_paired_difference_cancels_what_both_methods_share():
    rng = np.random.default_rng(1)
    hard = np.repeat(rng.gamma(2, 10, 12), 30)
    trips = np.repeat(np.arange(12), 30)
    worse, better = toy(hard + 1, trips, method="worse"), toy(hard, trips, method="better")
    difference = paired_difference([worse], [better], "mean_cm")
    assert difference.value == pytest.approx(1)
    assert difference.high - difference.low < 1e-6
    assert difference.sign == 1
    low, high = interval(bootstrap([worse], "mean_cm"))
    assert high - low > 5
    assert paired_difference([better], [better], "mean_cm").sign == 0


def test_ensemble_averages_predictions_and_beats_its_members():
    rng = np.random.default_rng(0)
    members = [toy(rng.normal(0, 10, 200), np.repeat([0, 1], 100), seed=s) for s in range(5)]
    (together,) = ensemble(members, "ensemble")
    np.testing.assert_allclose(together.predicted, np.mean([m.predicted for m in members], axis=0))
    assert mean_score([together], "mean_cm") < min(mean_score([m], "mean_cm") for m in members)


def _parts(split):
    return split.train, split.valid, split.test


def _bad_features(value):
    test = COUNTS.test.copy()
    test[0, 0] = value
    return Features(COUNTS.train, COUNTS.valid, test)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: decode_knn(COUNTS, RECORDING, nested_split(RECORDING, 1), "x"), "rows for"),
        (lambda: decode_knn(_bad_features(np.nan), RECORDING, SPLIT, "x"), "not finite"),
        (lambda: decode_knn(COUNTS, RECORDING, SPLIT, "x", metrics=("city",)), "unknown"),
        (lambda: decode_knn(COUNTS, RECORDING, SPLIT, "x", neighbours=(0,)), "neighbours must"),
        (lambda: decode_knn(COUNTS, RECORDING, SPLIT, "x", neighbours=(9999,)), "neighbours must"),
        (lambda: as_result(RECORDING, SPLIT, "x", np.zeros((2, 3))), "lengths"),
        (lambda: toy([np.nan, 1], [0, 0]), "not finite"),
        (
            lambda: as_result(replace(RECORDING, geometry="circle"), SPLIT, "x", np.zeros((1, 3))),
            "lengths",
        ),
        (lambda: score(toy([1, 2], [0, 1]), "mae"), "metric 'mae'"),
        (lambda: score(toy([1, 2], [0, 1]), "r2", np.ones((1, 3))), "2 tested trips"),
        (lambda: mean_score([], "r2"), "no decoding results"),
        (
            lambda: mean_score(
                [toy([1], [0]), toy([1], [0], seed=1), toy([1], [0], split="b")], "mean_cm"
            ),
            "unequal numbers of seeds",
        ),
        (
            lambda: paired_difference([toy([1, 2], [0, 1])], [toy([1], [0])], "mean_cm"),
            "different bins",
        ),
        (
            lambda: ensemble([toy([1, 2], [0, 1]), toy([1], [0], seed=1)], "e"),
            "different bins",
        ),
    ],
)
def test_bad_input_is_refused_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as refused:
        call()
    assert "\n" not in str(refused.value)
