"""The plan of models: what a wing says of its models is what is trained."""

import numpy as np
import pytest

from helpers.recordings import simulate_recording
from helpers.training import (
    LEAST_LAG,
    Kind,
    Model,
    lagged_labels,
    of_profile,
    plan,
    several,
    variant_job,
)
from helpers.training.cache import key

REC = simulate_recording(n_neurons=6, n_bins=900, seed=1)
CUT = np.r_[0:300, 500:900]


def one(model, kind=None, bins=None, **settings):
    made = plan([model], {model.name: kind or Kind()}, lambda _: (REC, bins), **settings)
    return made[model]


def test_a_model_is_the_job_of_its_variant_on_its_bins():
    job = one(Model("rat", "nested 0", "pos", 3, dimension=8), Kind("pos"), CUT, max_iterations=7)
    same = variant_job(REC, "pos", bins=CUT, seed=3, output_dimension=8, max_iterations=7)
    assert key(job, "cpu") == key(same, "cpu")
    assert job.name == "rat pos 8-D on nested 0, seed 3"


def test_a_kind_s_own_parameters_go_before_the_plan_s():
    job = one(Model("rat", "all", "untrained"), Kind(parameters={"max_iterations": 1}))
    assert job.parameters["max_iterations"] == 1
    later = one(Model("rat", "all", "x"), Kind(parameters={"max_iterations": 1}), max_iterations=9)
    assert later.parameters["max_iterations"] == 1


def test_labels_of_a_kind_are_given_at_every_bin_and_cut_with_the_spikes():
    late = np.roll(REC.labels("posdir"), 50, axis=0)
    seen = []
    kind = Kind(labels=lambda recording, model: seen.append((recording, model)) or late)
    model = Model("rat", "nested 0", "lagged", 2)
    np.testing.assert_array_equal(one(model, kind, CUT).labels, late[CUT])
    assert seen == [(REC, model)]


@pytest.mark.parametrize(("joined", "pieces"), [(False, 2), (True, 1)])
def test_joined_models_ignore_the_cuts(joined, pieces):
    job = one(Model("rat", "nested 0", "x"), Kind(joined=joined), CUT)
    assert len(job.segments) == pieces


def test_groups_of_neurons_start_from_weights_of_their_own():
    jobs = [one(Model("rat", "all", "posdir", 4, size=3, group=group)) for group in range(3)]
    assert [job.seed for job in jobs] == [4, 1004, 2004]


def test_several_names_count_their_seeds_from_the_first():
    models = several("rat", "all", {"time": 2, "pos": 1}, seed=5, dimension=8)
    assert [(m.name, m.seed, m.dimension) for m in models] == [
        ("time", 5, 8), ("time", 6, 8), ("pos", 5, 8),
    ]  # fmt: skip


def test_a_profile_that_is_none_is_named():
    assert of_profile({"quick": 1}, "quick") == 1
    with pytest.raises(ValueError, match="profile is 'slow'; it is 'quick' or 'full'"):
        of_profile({"quick": 1, "full": 2}, "slow")


def test_lagged_labels_are_the_labels_rolled_by_whole_trips():
    long = simulate_recording(n_neurons=4, n_bins=9000)
    starts = [trip.start for trip in long.trials()]
    least = starts[LEAST_LAG] - starts[0]
    true = long.labels("posdir")
    n = len(starts) - 2 * LEAST_LAG + 1
    made = [lagged_labels(long, seed) for seed in range(3, 3 + n)]
    for labels in made:
        lags = [lag for lag in starts if (np.roll(true, lag - starts[0], axis=0) == labels).all()]
        assert len(lags) == 1
        assert least <= lags[0] - starts[0] <= starts[-LEAST_LAG] - starts[0]
    assert len({labels.tobytes() for labels in made}) == n
    with pytest.raises(ValueError, match="round trips; a lag of 5 either way round needs 10"):
        lagged_labels(REC, 0)
