"""The decoding chapter's parts: jobs, the leak taken apart, baselines, sentences and figures."""

from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers import claims
from helpers.decoding import leak, report
from helpers.decoding.baselines import COUNTS, few_baselines, leaking_baselines, of_pca
from helpers.decoding.jobs import (
    ITERATIONS,
    PAPER_ITERATIONS,
    PAPER_KINDS,
    PAPER_SEEDS,
    SEEDS_OF_OTHERS,
    decode_models,
    jobs_03,
    named_split,
)
from helpers.decoding.neighbours import DecodingResult, decode_knn, encode
from helpers.decoding.scores import Difference, mean_score
from helpers.decoding.splits import leaky_split, nested_split, nested_splits
from helpers.decoding.windows import window_counts
from helpers.figures import decoded
from helpers.figures import decoding as pictures
from helpers.recordings.loading import simulate_recording
from helpers.training import Model

RECORDING = simulate_recording(n_neurons=30, n_bins=6000, seed=4)
OTHER = simulate_recording(n_neurons=25, n_bins=6000, seed=5, name="buddy")


class Counting:
    """Stands in for a `Fit`: embeds as summed counts, and notes the segments it was given."""

    def __init__(self):
        self.given = []

    def transform(self, spikes, segments=()):
        self.given.append(segments)
        return window_counts(spikes, segments).sum(axis=1).astype(np.float32)


def result(predicted_cm, *, split="nested 0", trips=None, seed=0) -> DecodingResult:
    n = len(predicted_cm)
    label = np.tile([0.5, 1, 0], (n, 1))
    predicted = label.copy()
    predicted[:, 0] = np.asarray(predicted_cm) / 100
    trips = np.arange(n) if trips is None else np.asarray(trips)
    return DecodingResult("m", split, np.arange(n), trips, label, predicted, np.ones(n, bool), seed)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_every_model_of_the_nested_split_trains_on_its_training_trips_only():
    for model, job in jobs_03(RECORDING, "full").items():
        if model.split == "all":
            assert len(job.spikes) == len(RECORDING.spikes)
            continue
        bins = named_split(RECORDING, model.split).train
        np.testing.assert_array_equal(job.spikes, RECORDING.spikes[bins])
        glued = model.name == "joined" or model.name in PAPER_KINDS
        assert (len(job.segments) <= 1) == (glued or model.split == "contiguous")


def test_seeds_follow_the_first_one_and_names_are_told_apart():
    first, later = (jobs_03(RECORDING, "full", seed=seed) for seed in (0, 100))
    assert {model._replace(seed=model.seed + 100) for model in first} == set(later)
    assert all(job.seed == model.seed for model, job in later.items())
    assert len({job.name for job in first.values()}) == len(first)


def test_profiles_differ_in_steps_and_other_rats_come_in_the_nested_split():
    for profile in ("quick", "full"):
        jobs = jobs_03(RECORDING, profile).items()
        ours = {j.parameters["max_iterations"] for m, j in jobs if m.name not in PAPER_KINDS}
        theirs = {j.parameters["max_iterations"] for m, j in jobs if m.name in PAPER_KINDS}
        assert ours == {1, ITERATIONS[profile]}
        assert theirs == {PAPER_ITERATIONS[profile]}
    alone, both = jobs_03(RECORDING, "full"), jobs_03(RECORDING, "full", [OTHER])
    added = Counter((model.rat, model.name) for model in both if model not in alone)
    each, seeds = 3 * SEEDS_OF_OTHERS["full"], PAPER_SEEDS["full"][1]
    theirs = {("buddy", "paper-posdir"): 3 * seeds, ("buddy", "paper-time"): 4 * seeds}
    assert added == {("buddy", "posdir"): each, ("buddy", "time"): each} | theirs


def test_variants_get_the_labels_they_name():
    made = {model.name: job for model, job in jobs_03(RECORDING, "full").items()}
    assert made["time"].labels is None
    assert {made[name].labels.shape[1] for name in ("posdir", "shuffled")} == {3}
    assert made["posdir-16"].parameters["output_dimension"] == 16
    assert made["posdir-paper"].parameters["num_hidden_units"] == 64
    bins = named_split(RECORDING, "nested 2").train
    assert (made["shuffled"].labels != RECORDING.labels("posdir")[bins]).any()


def test_models_are_decoded_on_their_own_split_and_within_its_segments():
    fits = {
        Model(rec.name, split, name, 0): Counting()
        for rec, split, name in (
            (RECORDING, "nested 1", "posdir"),
            (RECORDING, "nested 1", "joined"),
            (RECORDING, "all", "posdir"),
            (OTHER, "contiguous", "time"),
        )
    }
    found = decode_models(fits, {"achilles": RECORDING, "buddy": OTHER})
    assert set(found) == {
        ("achilles", "nested", "posdir"),
        ("achilles", "nested", "joined"),
        ("buddy", "contiguous", "time"),
    }
    split = nested_split(RECORDING, 1)
    (cut,), (glued,) = found["achilles", "nested", "posdir"], found["achilles", "nested", "joined"]
    np.testing.assert_array_equal(cut.bins, split.test)
    features = encode(Counting().transform, RECORDING, split)
    by_hand = decode_knn(features, RECORDING, split, "posdir")
    np.testing.assert_array_equal(cut.predicted, by_hand.predicted)
    assert (glued.predicted != cut.predicted).any()
    assert not fits[Model("achilles", "all", "posdir")].given


@pytest.mark.parametrize("name", ["leaky", "nested", "nested x", "nested 3"])
def test_unknown_splits_are_refused(name):
    with pytest.raises(ValueError, match="unknown|fold is 3"):
        named_split(RECORDING, name)


def test_unknown_profile_is_refused():
    with pytest.raises(ValueError, match="profile is 'fast'"):
        jobs_03(RECORDING, "fast")


def test_a_leaky_decoder_gains_more_than_a_leaky_encoder_without_learning():
    """The stand-in never learns, so its encoder cannot leak: only the decoder's columns differ."""
    ways = leak.four_ways(Counting(), [Counting() for _ in range(3)], RECORDING)
    error = {who: mean_score(results, "mean_cm") for who, results in ways.items()}
    assert error[True, False] == error[False, False]
    assert error[True, True] == error[False, True]
    assert error[False, True] < 0.8 * error[False, False]


def test_trips_tested_among_all_bins_are_those_of_the_honest_split():
    honest = nested_split(RECORDING, 2)
    mixed = leak.among_all_bins(RECORDING, honest, seed=0)
    assert np.isin(mixed.test, honest.test).all()
    assert 0.1 < len(mixed.test) / len(honest.test) < 0.3
    assert np.isin(honest.test, mixed.train).any()


def test_what_a_split_shares_is_counted():
    assert leak.neighbours_nearby(RECORDING, leaky_split(RECORDING), 10)[0] > 0.99
    honest = nested_split(RECORDING, 0)
    overlapping, same_trip = leak.neighbours_nearby(RECORDING, honest, 10)
    assert overlapping < 0.05  # the bins at the borders of a trip, which no window reaches across
    assert same_trip == 0


def test_baselines_are_flattered_by_the_leak():
    honest = few_baselines(RECORDING, nested_splits(RECORDING))
    flattered = leaking_baselines(RECORDING, leaky_split(RECORDING))
    assert mean_score(flattered[COUNTS], "mean_cm") < mean_score(honest[COUNTS], "mean_cm")
    pca = of_pca(RECORDING, nested_splits(RECORDING)[:1], 3)
    assert mean_score(pca, "mean_cm") > mean_score(flattered["PCA, 16-D"], "mean_cm")


@pytest.mark.parametrize(
    ("difference", "sentence"),
    [
        (
            Difference(-1.2, -2, -0.4),
            "A beats B by 1.2 cm (interval of the difference −2.0 to −0.4)",
        ),
        (Difference(1.2, 0.4, 2), "B beats A by 1.2 cm (interval of the difference +0.4 to +2.0)"),
        (Difference(0.3, -1, 2), "A and B cannot be told apart"),
    ],
)
def test_sentences_name_the_better_method_or_none(difference, sentence):
    assert report.compare("A", "B", difference).startswith(sentence)


def test_rows_of_one_claim_are_judged_one_by_one():
    claim = claims.published("decode.posdir.r2", "blog")
    rows = [claims.Judged(split, claim, r2) for split, r2 in (("leaky", 0.99), ("held out", 0.8))]
    leaky, held_out = claims.verdict_table(rows, by_rule=True).splitlines()[2:]
    assert leaky.endswith("| above 0.9 | 0.990 | reproduced |")
    assert held_out.endswith("| above 0.9 | 0.800 | **not reproduced** |")
    assert "reproduced" not in claims.verdict_table(rows, judged=False, by_rule=True)


def test_the_table_has_a_row_a_method():
    table = report.score_table({"one": [result([50, 52, 56])], "two": [result([60, 61, 62])]})
    assert len(table.splitlines()) == 4
    assert "| one | **2.0** |" in table


def test_figures_draw_what_they_are_given():
    scores = {"r2": (0.8, 0.7, 0.9), "mean_cm": (9.0, 8.0, 10.0)}
    row = pictures.Row("CEBRA", "#64dcc8", scores, {"r2": 0.99}, {("mean_cm", "blog"): 5.0})
    panels = {"r2": ("R²", (0, 1)), "mean_cm": ("mean error (cm)", (0, 60))}
    fig = pictures.bars([row, pictures.Row("other", "#ffffff", scores)], panels)
    assert [patch.get_width() for patch in fig.axes[0].patches] == [0.8, 0.8]
    drawn = [line.get_xdata() for line in fig.axes[1].lines]
    assert any(np.allclose(x, 5.0) for x in drawn)  # the blog's mark
    assert "the paper says" not in [text.get_text() for text in fig.legends[0].texts]


def test_trajectories_break_where_bins_skip():
    position = np.linspace(0, 1.6, 60)
    bins = np.r_[0:20, 30:50, 70:90]
    panels = {"a": (position, np.ones(60)), "b": (position[::-1], np.zeros(60))}
    fig = decoded.trajectories(panels, position, bins, 0.025, 1.6)
    for ax in fig.axes:
        pieces = [line for line in ax.lines if line.get_linestyle() == "-"]
        assert [len(piece.get_xdata()) for piece in pieces] == [20, 20, 20]
    with pytest.raises(ValueError, match="60 bins"):
        decoded.trajectories({"a": (position[1:], position[1:])}, position, bins, 0.025, 1.6)


def test_the_other_figures_draw():
    value = (5.0, 4.0, 6.0)
    cloud = np.linspace(0, 1.6, 10), np.linspace(1.6, 0, 10)
    fig = decoded.leak({"a": cloud, "b": cloud}, {"m": (value, (9.0, 8.0, 10.0))}, 1.6)
    assert len(fig.axes) == 3
    fig = pictures.dimensions({"PCA": {3: value, 8: value}, "CEBRA": {3: value}}, {"Bayes": value})
    assert len(fig.axes[0].get_legend().texts) == 3
    scores = {
        "achilles": {"CEBRA": value, "Bayes": value},
        "buddy": {"CEBRA": value, "Bayes": value},
    }
    fig = pictures.rats(scores, {"achilles": {"CEBRA": 5.46}})
    assert len(fig.axes[0].patches) == 4
    with pytest.raises(ValueError, match="same methods"):
        pictures.rats({**scores, "cicero": {"Bayes": value}}, {})
    with pytest.raises(ValueError, match="no rows"):
        pictures.bars([], {})
