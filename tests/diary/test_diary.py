"""The bugs of the diary, as tests: each is there when it should be, and the guard sees it."""

from types import SimpleNamespace

import numpy as np
import pytest

from helpers import tables
from helpers.decoding.baselines import COUNTS, few_baselines, leaking_baselines
from helpers.decoding.scores import mean_score
from helpers.decoding.splits import leaky_split, nested_splits
from helpers.diary import bugs as diary
from helpers.diary import cascade as diary_cascade
from helpers.diary import hang, ties
from helpers.diary import pages as diary_pages
from helpers.figures import diary as pictures
from helpers.recordings.loading import load_recording, simulate_recording
from helpers.training.one import train
from helpers.training.plan import variant_job

RAT = simulate_recording(40, 3000, seed=1)


def dir_job(**parameters):
    return variant_job(RAT, "dir", **{"max_iterations": 20, "batch_size": 64, **parameters})


@pytest.mark.parametrize(
    ("one", "other", "n"),
    [("total_mem", "total_memory", 3), ("", "abc", 3), ("same", "same", 0), ("ab", "ba", 2)],
)
def test_edit_distance_counts_characters(one, other, n):
    assert diary.edit_distance(one, other) == n
    assert diary.edit_distance(other, one) == n


def test_expected_errors_are_kept_and_others_pass():
    with diary.told(ValueError) as lines:
        raise ValueError("first line\nsecond")
    assert lines == ["ValueError: first line"]
    with pytest.raises(KeyError), diary.told(ValueError):
        raise KeyError("other")


def test_random_ties_change_the_positives_and_nothing_else():
    job = dir_job()
    first, drawn = (
        ties.sampler_of(job, rule).draw(30).numpy() for rule in (ties.FIRST, ties.RANDOM)
    )
    np.testing.assert_array_equal(first[:, 0], drawn[:, 0])
    np.testing.assert_array_equal(first[:, 2], drawn[:, 2])
    assert len(np.unique(first[:, 1])) <= 2
    assert len(np.unique(drawn[:, 1])) > 500
    plain = ties.sampler_of(job, ties.FIRST)
    same = RAT.direction[plain.centre[first[:, 1]]] == RAT.direction[plain.centre[drawn[:, 1]]]
    assert same.mean() > 0.98  # a window's centre moves at the border of the recording only


def test_random_ties_of_distinct_labels_are_the_plain_sampler():
    job = variant_job(RAT, "pos", max_iterations=20, batch_size=64)
    distinct = np.unique(job.labels, axis=0, return_counts=True)[1].max() == 1
    first, drawn = (
        ties.sampler_of(job, rule).draw(5).numpy() for rule in (ties.FIRST, ties.RANDOM)
    )
    assert (first == drawn).mean() > 0.9
    assert not distinct or np.array_equal(first, drawn)


def test_training_with_random_ties_repeats_and_differs_from_the_first():
    one, again = (ties.train_random_ties(dir_job()) for _ in range(2))
    np.testing.assert_array_equal(one["embedding"], again["embedding"])
    assert one["embedding"].shape == (3000, 3)
    assert not np.array_equal(one["loss"], train(dir_job()).log["total"])


def test_ties_need_labels_and_a_rule():
    with pytest.raises(ValueError, match="labels missing"):
        ties.sampler_of(variant_job(RAT, "time"), ties.FIRST)
    with pytest.raises(ValueError, match="ties='last'"):
        ties.sampler_of(dir_job(), "last")


def test_an_invented_position_is_decoded_by_the_leak_alone():
    rat = load_recording("simulated")
    fake = diary.invented(rat, 0)
    assert abs(np.corrcoef(fake.position, rat.position)[0, 1]) < 0.5
    np.testing.assert_array_equal(fake.spikes, rat.spikes)
    assert mean_score(leaking_baselines(fake, leaky_split(rat))[COUNTS], "r2") > 0.7
    assert mean_score(few_baselines(fake, nested_splits(rat))[COUNTS], "r2") < 0.1


def test_the_library_takes_whole_numbers_for_classes():
    centimetres = (100 * RAT.position).astype(int)
    assert diary.loader_of(centimetres, RAT.spikes) == ("DiscreteDataLoader", "ignored")
    floats = diary.loader_of(centimetres.astype(np.float32), RAT.spikes)
    assert floats == ("ContinuousDataLoader", "time_delta")


def test_the_library_ignores_its_seed():
    labels = RAT.labels("pos")
    assert not np.array_equal(diary.library_draws(labels, 0), diary.library_draws(labels, 0))


def test_costs_are_counted_and_followed_to_more_points():
    assert hang.simplices(5, 3) == 5 + 10 + 10 + 5
    assert hang.simplices(2000, 3) > 6.6e11
    n = np.array([50.0, 100.0, 200.0])
    power, hours, memory = hang.extrapolated(n, 3600 * n**4, 2 * n**3, 1000)
    assert power == pytest.approx(4)
    assert hours == pytest.approx(1e12)
    assert memory == pytest.approx(2e9)


def test_numbers_are_written_with_a_minus_and_nought_without():
    assert [tables.number(value) for value in (-0.344, -0.001, 2)] == [
        "−0.34",
        "0.00",
        "2.00",
    ]
    row = tables.markdown(["R²", "day"], [["-0.653 ± 0.1", "2026-11-28, 1e-05, -3 to -2"]])
    assert row.splitlines()[-1] == "| −0.653 ± 0.1 | 2026-11-28, 1e-05, −3 to −2 |"


def test_negative_r2_is_not_anticorrelation():
    truth = np.linspace(-1, 1, 50)
    assert diary.r2_and_correlation(truth, 3 * truth) == pytest.approx((-3, 1))
    assert diary.r2_and_correlation(truth, -truth) == pytest.approx((-3, -1))


@pytest.mark.parametrize(
    ("how", "source"),
    [
        ({"answers": [diary_cascade.FINE], "local": True}, "local"),
        ({"answers": [diary_cascade.FINE]}, "download"),
        ({"answers": [diary_cascade.FINE, diary_cascade.BROKEN]}, "ValueError"),
        ({"answers": [diary_cascade.FINE], "datadir": "nowhere"}, "FileNotFoundError"),
    ],
)
def test_the_stage_shows_each_step(how, source):
    served = diary_cascade.ask(**how)
    assert served.source == source
    assert served.told
    assert served.seconds < 30


@pytest.mark.parametrize("forgery", diary_pages.FORGERIES)
def test_every_forgery_is_found(forgery):
    assert diary_pages.findings("02", forgery)


def test_an_honest_page_is_left_alone():
    assert diary_pages.findings("02") == []


def test_the_pictures_draw_what_they_are_given():
    cost = hang.Hang(np.array([50, 100]), np.array([0.1, 1.0]), np.ones(2), 2000, 3.3, 5.6, 1.0)
    fig = pictures.growth(cost).fig
    assert [list(line.get_xdata()) for line in fig.axes[0].lines][2] == [2000]
    wave = np.linspace(0, 1.6, 100)[:, None]
    result = SimpleNamespace(bins=np.r_[0:50, 90:140], label=wave, predicted=wave)
    study = SimpleNamespace(recording=RAT, decoded={"a": [result]}, r2={"a": -0.001})
    picture = pictures.invented(study)
    assert np.isnan(picture.fig.axes[0].lines[0].get_xdata()).sum() == 1  # no line across the gap
    assert "with a 0.00" in picture.alt
    points = np.random.default_rng(0).normal(size=(20, 3))
    keys = [(of, tie) for of in ties.LABELS for tie in ties.RULES]
    every = [dict.fromkeys(keys, value) for value in (points, 1, 6.0, 0.5, 0.1)]
    fig = pictures.ties(ties.Ties(*every, 6.2, np.repeat([1, -1], 10))).fig
    assert fig.axes[0].get_title() == "direction,\nfirst of equals"
    assert len(fig.axes) == 4
