"""What a sweep taught: effects against seeds, by hand; and the chapter's grids."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.stats import ttest_1samp

from helpers.figures import style
from helpers.figures import sweep as pictures
from helpers.own.lessons import on_a_circle
from helpers.recordings.loading import load_recording
from helpers.sweep.grid import Grid
from helpers.sweep.jobs import grid_09, sweep_jobs_09
from helpers.sweep.study import DECODING, Taught, taught

GRID = Grid(
    recordings=["rat"],
    seeds=[0, 1, 2, 3],
    parameters={"temperature": [1.0, 0.5], "output_dimension": [3, 8], "max_iterations": [300]},
)
NOISE = np.random.default_rng(0).normal(size=(4, 2, 2))


def rows(grid=GRID, warmth=0.0, width=-2.0):
    """A table in which the dimension takes two centimetres off the error; the rest is noise."""
    out = []
    for cell in grid.cells():
        given = dict(cell.parameters)
        high, wide = given["temperature"] != 1, given["output_dimension"] != 3
        noise = 0.1 * NOISE[cell.seed, int(high), int(wide)]
        error = 7 + warmth * high + width * wide + noise
        out.append(
            {"recording": "rat", "variant": "posdir", "split": "nested 0", "seed": cell.seed,
             "median_cm": error, "gap": 0.5 + 0.1 * noise, **given}
        )  # fmt: skip
    return out


def test_effects_are_those_of_a_paired_t_test_over_seeds():
    warm, wide = Taught(rows(), GRID).changes[DECODING]
    noise = 0.1 * NOISE
    by_hand = -2 + (noise[:, :, 1] - noise[:, :, 0]).mean(axis=1)
    np.testing.assert_allclose(wide.changes, by_hand)
    low, high = ttest_1samp(by_hand, 0).confidence_interval(1 - 0.05 / 2)  # two settings
    np.testing.assert_allclose((wide.low, wide.high), (low, high))
    assert (wide.sign, warm.sign) == (-1, 0)
    assert (wide.name, warm.slug) == ("output_dimension = 8", "temperature_0_5")


def test_one_at_a_time_pairs_with_the_base_alone():
    grid = Grid(
        recordings=["rat"], seeds=GRID.seeds, parameters=GRID.parameters, design="one-at-a-time"
    )
    table = rows(grid)
    assert len(table) == 12
    _, wide = Taught(table, grid).changes[DECODING]
    np.testing.assert_allclose(wide.changes, -2 + 0.1 * (NOISE[:, 0, 1] - NOISE[:, 0, 0]))
    base = Taught(table, grid).values(DECODING)
    np.testing.assert_allclose(base, 7 + 0.1 * NOISE[:, 0, 0])
    changed = Taught(table, grid).values(DECODING, output_dimension=8)
    np.testing.assert_allclose(changed - base, wide.changes)


def test_a_missing_cell_takes_its_partner_along():
    table = [row for row in rows() if (row["seed"], row["temperature"]) != (2, 0.5)]
    warm, wide = Taught(table, GRID).changes[DECODING]
    assert len(warm.changes) == 3
    np.testing.assert_allclose(wide.changes, -2 + 0.1 * (NOISE[:, 0, 1] - NOISE[:, 0, 0]))


def test_the_verdict_names_what_matters_and_what_cannot_be_told():
    said = Taught(rows(), GRID).verdict().data
    assert "For decoding: output_dimension = 8 helps (−2.0 cm)." in said
    assert "For the ring: no setting stands out." in said
    assert "over 4 seeds" in said
    said = Taught(rows(warmth=3.0, width=0.0), GRID).verdict().data
    hurts = 3 + 0.1 * (NOISE[:, 1] - NOISE[:, 0]).mean()
    assert f"For decoding: temperature = 0.5 hurts ({hurts:+.1f} cm)." in said


def test_settings_that_lean_one_way_with_every_seed_are_named():
    noise = 0.1 * (NOISE[:, 1] - NOISE[:, 0]).mean(axis=1)
    warmth = 0.02 - noise.min()  # every seed a little warmer, none of it beyond its interval
    said = Taught(rows(warmth=warmth), GRID).verdict().data
    leaning = f"temperature = 0.5 ({warmth + noise.mean():+.1f} cm)"
    assert "For decoding: output_dimension = 8 helps" in said
    assert f"every seed moves the same way with {leaning}; luck alone does that to one" in said
    assert "one setting in 8" in said
    mixed = Taught(rows(warmth=-noise.mean()), GRID).verdict().data
    assert "moves the same way" not in mixed.split("For the ring")[0]


def test_few_seeds_claim_little():
    one = Grid(recordings=["rat"], seeds=[0], parameters=GRID.parameters)
    said = Taught(rows(one), one).verdict().data
    assert "no setting stands out" in said
    assert "With so few seeds" in said
    assert "one seed" in Taught(rows(one), one).table().data


def test_the_table_has_the_base_and_every_change():
    lines = Taught(rows(), GRID).table().data.splitlines()
    assert "temperature = 1.0, output_dimension = 3" in lines[2]
    assert lines[4].startswith("| output_dimension = 8 | **−2.0** | −2.")
    with pytest.raises(ValueError, match="no cell of the sweep"):
        Taught([], GRID).table()


@pytest.mark.parametrize(
    ("profile", "counts"), [("quick", {300: 8}), ("full", {500: 80, 1000: 10})]
)
def test_the_chapters_grids_keep_to_their_size(profile, counts):
    recording = load_recording("simulated")
    jobs = sweep_jobs_09(recording, profile)
    steps = [job.parameters["max_iterations"] for job in jobs.values()]
    assert {n: steps.count(n) for n in set(steps)} == counts
    assert len(jobs) == len(grid_09(recording, profile).cells()) <= 100
    assert sum(steps) <= 50_000
    shifted = sweep_jobs_09(recording, profile, seed=100)
    assert {job.seed for job in shifted.values()} == {
        100 + job.seed for job in sweep_jobs_09(recording, profile).values()
    }
    with pytest.raises(ValueError, match="profile is 'long'"):
        grid_09(recording, "long")


def test_what_cannot_be_swept_is_said_and_teaches_nothing(capsys):
    assert taught(on_a_circle(load_recording("simulated")), "quick") is None
    assert "no sweep: " in (said := capsys.readouterr().out)
    assert "ran on a circle" in said


def test_the_figure_shows_every_seed_and_cuts_wide_intervals():
    style.use()
    study = Taught(rows(), GRID)
    wide = [one._replace(low=-np.inf) for one in study.changes[DECODING]]
    study.changes[DECODING] = wide
    fig = pictures.changes(study).fig
    left, right = fig.axes
    dots = [len(c.get_offsets()) for c in left.collections if len(c.get_offsets()) > 1]
    assert dots == [4, 4]
    assert left.get_xlabel() == "change of the median error (cm)"
    assert left.get_xlim()[0] > -10
    assert [label.get_text() for label in left.get_yticklabels()] == [one.name for one in wide]
    plt.close(fig)
    with pytest.raises(ValueError, match="no changes to draw"):
        pictures.changes(Taught([], GRID))
