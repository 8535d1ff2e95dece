"""Final losses of the headline models: their mean, their bits, and what is said of them."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.training import PARAMETERS, VARIANTS, Losses, so_far
from helpers.training.headline import DIMENSIONS, SHUFFLED, in_words

BATCH = PARAMETERS["batch_size"]
REAL, SIMULATED = SimpleNamespace(source="local"), SimpleNamespace(source="simulated")


@pytest.fixture
def losses(monkeypatch):
    """Position + direction ends at the paper's loss, the others know nothing."""
    job = SimpleNamespace(parameters=dict(PARAMETERS))
    found = Losses({})
    ends = {v: np.log(BATCH) for v in VARIANTS} | {"posdir": found.published["posdir"].value}
    for v, end in ends.items():
        loss = np.r_[np.full(95, 9.0), np.full(5, end)]
        found.fits[v] = SimpleNamespace(job=job, loss=loss, estimator=None)
    in_bits = "helpers.training.losses.infonce_to_goodness_of_fit"
    monkeypatch.setattr(in_bits, lambda loss, **_: (np.log(BATCH) - loss) / np.log(2))
    return found


def test_the_last_twentieth_is_the_final_loss(losses):
    assert losses.final["posdir"] == pytest.approx(losses.published["posdir"].value)
    assert losses.final["shuffled"] == pytest.approx(np.log(BATCH))
    assert losses.bits["shuffled"] == pytest.approx(0, abs=1e-9)
    assert losses.bits["posdir"] == pytest.approx(losses.published_bits["posdir"])


def test_a_loss_is_judged_by_the_settings_that_the_authors_had(losses):
    time = losses.published["time"].value
    end = SimpleNamespace(loss=np.r_[np.full(95, 9.0), np.full(5, time)])
    losses.others["time", "theirs"] = end
    losses.others["shuffled", "another seed"] = end
    ends = np.r_[np.full(95, 9.0), np.full(5, 6.15)]
    losses.by_library.update({False: ends[None], True: ends[None] - 0.05})
    lines = losses.verdicts(REAL, "full").data.splitlines()
    assert [line.count("**does not hold**") for line in lines[2:]] == [0, 1, 1, 0, 1]
    assert f"| **{time:.3f}** |" in losses.table().data
    time_only, shuffled = losses.paths()
    assert [step.changed for step in time_only.steps] == ["ours", "temperature 1.12, not 1"]
    assert [step.value for step in shuffled.steps[1:]] == [pytest.approx(6.15)]
    tried = {step.changed: step.value for step in shuffled.tried}
    assert tried == {"another seed": time, "the same search in TF32": pytest.approx(6.10)}


def test_losses_by_dimension_stand_beside_the_published_and_what_one_moment_can_teach(losses):
    assert "full profile" in losses.by_dimension().data
    for number, (v, d) in enumerate(product(SHUFFLED, DIMENSIONS)):
        losses.others[v, in_words(d)] = SimpleNamespace(loss=np.full(100, 6 + number / 100))
    *_, posdir, direction, best = losses.by_dimension().data.splitlines()
    assert "6.000 | 6.010 | 6.020 | 6.030 | **6.118**" in posdir
    assert "6.040 | 6.050 | 6.060 | 6.070 | **6.001**" in direction
    assert "*6.085* | *6.006* | *6.000* | *5.997*" in best


def test_bounds_are_those_of_even_circles_and_spheres(losses):
    rng = np.random.default_rng(0)
    for shape, dimension in (("circle", 2), ("sphere", 3)):
        points = rng.normal(size=(200_000, dimension))
        points /= np.linalg.norm(points, axis=1, keepdims=True)
        best = (1 - np.log(np.exp(points[:, 0]).mean())) / np.log(2)
        assert losses.bounds[shape] == pytest.approx(best, abs=0.01)


def test_only_long_trainings_of_a_rat_are_judged(losses):
    lines = losses.verdicts(REAL, "full").data.splitlines()
    assert [line.count("**does not hold**") for line in lines[2:]] == [0, 1, 1, 1, 1]
    assert lines[2].endswith("| holds |")
    assert losses.verdicts(REAL, "quick").data.count("not judged: quick profile") == 5
    assert losses.verdicts(SIMULATED, "full").data.count("not judged: simulated") == 5
    assert f"| **{np.log(BATCH):.3f}** |" in losses.table().data


@pytest.mark.parametrize(
    ("kept", "recording", "profile", "said"),
    [
        (True, REAL, "full", "holds"),
        (False, REAL, "full", "**does not hold**"),
        (True, REAL, "quick", "holds so far"),
        (True, SIMULATED, "full", "not judged: simulated"),
    ],
)
def test_a_quick_run_previews_and_a_simulation_is_not_judged(kept, recording, profile, said):
    assert so_far(kept, recording, profile) == said
