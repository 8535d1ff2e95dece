"""Chapter 01's parts: what it trains and on what, how results are picked, figures, sentences."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers.claims.provenance import warning
from helpers.figures import limits as limit_pictures
from helpers.figures import synthetic as pictures
from helpers.synthetic import jobs as plan
from helpers.synthetic import names
from helpers.synthetic.checks import moments, pair_distances
from helpers.synthetic.jobs import Baseline, Model, Setting
from helpers.synthetic.population import simulate
from helpers.synthetic.race import Race
from helpers.synthetic.scored import Key, Scored, Spread, score_all

SMALL = Setting(samples=100)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def found_of(values):
    """Results with one value for every measure."""
    return {key: dict.fromkeys(("in_sample", "held_out", "beyond"), v) for key, v in values.items()}


def test_cebra_has_the_papers_settings_and_trains_on_four_fifths():
    jobs = plan.jobs_01(None, "quick")
    model = Model(plan.main_setting("quick"), "cebra", 0, 1000)
    job, data = jobs[model], plan.population(plan.main_setting("quick"))
    assert job.parameters | plan.SETTINGS == job.parameters
    assert job.spikes.shape == (2400, 100)
    np.testing.assert_array_equal(job.spikes, data.spikes[:2400])
    np.testing.assert_array_equal(job.labels[:, 0], data.label[:2400])


def test_controls_are_told_less():
    shuffled, timed = (
        plan.job_of(Model(SMALL, variant, 3, 10)) for variant in ("shuffled", "time")
    )
    label = plan.population(SMALL).label[:80]
    assert (shuffled.labels[:, 0] != label).any()
    np.testing.assert_array_equal(np.sort(shuffled.labels[:, 0]), np.sort(label))
    assert timed.labels is None
    assert timed.parameters["conditional"] == "time"
    with pytest.raises(ValueError, match="variant 'posdir' is unknown"):
        plan.job_of(Model(SMALL, "posdir", 0, 10))


def test_the_base_seed_moves_training_and_never_the_data():
    first, later = (plan.models("quick", seed) for seed in (0, 100))
    assert [m._replace(seed=m.seed + 100) for m in first] == later
    for model in later:
        assert plan.population(model.setting).data_seed == 0
    baselines = plan.baselines("quick", 100)
    assert {r.seed for r in baselines if r.method in ("umap", "tsne")} == {100}
    assert {r.seed for r in baselines if r.method in ("pca", "bound", "readout")} == {0}


def test_the_full_profile_has_ten_seeds_and_ten_mixings_of_the_published_size():
    main = plan.main_setting("full")
    assert main.samples == 15_000
    cebra = [m for m in plan.models("full") if m.variant == "cebra" and m.steps == 5000]
    assert {m.seed for m in cebra if m.setting == main} == set(range(10))
    published = [m.setting for m in cebra if m.setting.generator == "published" and m.seed == 0]
    assert {setting.mixing for setting in published} == set(range(10))


def test_everyone_who_is_told_of_was_planned():
    """The chapter picks results by profile; nothing it picks may be missing."""
    for profile in plan.PLANS:
        keys = {Key(m.setting, m.variant, m.seed, m.steps) for m in plan.models(profile)}
        keys |= {Key(r.setting, r.method, r.seed) for r in plan.baselines(profile)}
        keys |= {Key(key.setting, "label") for key in list(keys)}
        scored = Scored(found_of(dict.fromkeys(keys, 0.5)), profile)
        for method in names.NAMES:
            assert scored.spread(method).n >= 1
        for method in ("cebra", "umap", "tsne", "pca", "readout", "label", "bound"):
            for kind in ("mixings", "simple"):
                wanted = getattr(plan.PLANS[profile], kind)
                spread = scored.spread(method, "held_out", kind)
                assert spread.n == wanted.get(method, wanted["pca"])
        for axis in ("neurons", "spikes"):
            lines = scored.swept(axis, "beyond")
            assert {len(places) for places in lines.values()} == {len(lines["bound"])}
        assert len(scored.bounds()) == plan.PLANS[profile].bounds
        assert len(scored.by_steps("in_sample")) == 1 + len(plan.PLANS[profile].curve)


def test_seeds_and_mixings_are_told_apart():
    main, other = plan.main_setting("quick"), plan.mixings("quick", "cebra")[1]
    values = {
        Key(main, "cebra", 0, 1000): 0.1,
        Key(main, "cebra", 1, 1000): 0.3,
        Key(main, "cebra", 0, 300): 0.9,  # another training length is no seed
        Key(other, "cebra", 0, 1000): 0.5,
        Key(plan.mixings("quick", "cebra")[2], "cebra", 0, 1000): 0.6,
    }
    scored = Scored(found_of(values), "quick")
    seeds = scored.spread("cebra", "beyond")
    assert seeds.values == (0.1, 0.3)
    assert (seeds.mean, seeds.sd) == (pytest.approx(0.2), pytest.approx(np.sqrt(0.02)))
    assert scored.spread("cebra", "beyond", "mixings").values == (0.1, 0.5, 0.6)
    assert scored.by_steps("beyond") == {300: 0.9, 1000: 0.1}
    with pytest.raises(ValueError, match="umap was not run"):
        scored.spread("umap", "beyond", "mixings")
    with pytest.raises(ValueError, match="no result of umap"):
        scored.spread("umap", "beyond")


def test_differences_are_paired_by_mixing():
    keys = [Key(setting, "cebra", 0, 1000) for setting in plan.mixings("quick", "cebra")]
    baselines = [Key(setting, "pca") for setting in plan.mixings("quick", "pca")]
    found = found_of(dict(zip(keys, (0.5, 0.6, 0.7), strict=True)))
    found |= found_of(dict(zip(baselines, (0.4, 0.7, 0.5), strict=True)))
    scored = Scored(found, "quick")
    difference = scored.paired("cebra", "pca")
    np.testing.assert_allclose(difference.values, (0.1, -0.1, 0.2))
    shared = scored.shared_means(("cebra", "pca"), "mixings")
    assert shared == {"cebra": pytest.approx(0.6), "pca": pytest.approx(1.6 / 3)}
    assert "ahead of B on 2 of 3 mixings" in names.compare("A", "B", difference)
    assert "−0.100" in names.compare("A", "B", Spread((-0.1,)))
    assert "on none" in names.compare("A", "B", Spread((-0.1,)))


def test_every_mixing_has_its_row_and_what_was_not_run_a_dash():
    settings = plan.mixings("quick", "cebra")
    found = {Key(s, "cebra", 0, 1000): 0.5 + s.mixing / 10 for s in settings}
    found |= {Key(s, method): 0.9 for s in settings for method in ("bound", "pca", "readout")}
    found |= {Key(settings[0], "umap"): -0.25, Key(settings[0], "tsne"): 0.25}
    race = Race(Scored(found_of(found), "quick"), None, {})
    rows = race.each_mixing().data.split("\n\n")[0].splitlines()[2:]
    assert rows[0] == "| 0 | 0.900 | 0.500 | −0.250 | 0.250 | 0.900 | 0.900 |"
    assert rows[2] == "| 2 | 0.900 | 0.700 | – | – | 0.900 | 0.900 |"
    assert race.each_mixing().data.endswith("CEBRA's lowest is **0.500**.")


def test_methods_are_measured_by_the_best_there_is():
    quick = plan.PLANS["quick"]
    values = {"cebra": 0.4, "pca": 0.3, "readout": 0.2, "label": 0.9, "bound": 0.5}
    found = found_of({
        Key(s, method, 0, quick.steps if method == "cebra" else 0): value
        for s in plan.sweep("quick")
        for method, value in values.items()
    })  # fmt: skip
    shares = Scored(found, "quick").share_of_best("neurons")
    assert set(shares) == {"cebra", "pca", "readout", "label"}
    assert shares["cebra"] == pytest.approx(dict.fromkeys((12, 50, 100), 0.8))


def test_scores_go_by_population_and_the_label_stands_among_them():
    setting = Setting(samples=3000)
    data = plan.population(setting)
    baselines = {Baseline(setting, "truth"): {"embedding": data.latent}}
    found = score_all({}, baselines, "quick").found
    assert found[Key(setting, "truth")]["held_out"] == pytest.approx(1)
    assert found[Key(setting, "label")]["beyond"] == pytest.approx(0, abs=0.05)


def test_positive_pairs_differ_by_delta():
    model = Model(Setting(samples=3000), "cebra", 0, 10)
    away = pair_distances(model)
    assert away.std() == pytest.approx(0.1, rel=0.05)
    control = pair_distances(model._replace(variant="shuffled"))
    assert control.std() == pytest.approx(0.1, rel=0.05)


def test_moments_of_the_latent_are_near_what_they_should_be():
    for what, wanted, ours, error in moments(Setting(samples=15_000)):
        assert abs(ours - wanted) < 5 * error, what
        assert error < 0.05


def test_a_synthetic_population_calls_for_no_warning_about_rats():
    data = simulate("published", 100)
    assert warning(data) == ""
    assert data.source == "synthetic"
    assert "published" in data.name


def test_published_values_are_looked_up_and_missing_ones_are_dashes():
    assert names.said("cebra", "paper") == "0.920 ± 0.002"
    assert names.said("pca", "blog") == "0.680"
    assert names.said("pca", "paper") == "–"
    assert names.order({"a": 1, "b": 3, "c": 2}) == "b > c > a"


def test_unknown_profiles_are_refused():
    with pytest.raises(ValueError, match="profile is 'fast'"):
        plan.jobs_01(SimpleNamespace(), "fast")


def test_embeddings_are_laid_on_the_latent_by_turning_and_scaling_only():
    latent = np.random.default_rng(0).standard_normal((50, 2)) * (3, 1)
    mirrored = 0.1 * latent @ np.array([[0.0, 1.0], [1.0, 0.0]]) + 7
    np.testing.assert_allclose(pictures.aligned(mirrored, latent), latent, atol=1e-9)
    sheared = pictures.aligned(latent @ np.array([[1.0, 2.0], [0.0, 1.0]]), latent)
    assert np.abs(sheared - latent).max() > 0.1
    with pytest.raises(ValueError, match="embedding has shape"):
        pictures.aligned(latent[1:], latent)


def test_dots_are_drawn_for_every_seed_and_mixing():
    lane = pictures.Lane("cebra", "CEBRA", (0.8, 0.82, 0.81), (0.7, 0.9), {"paper": 0.92})
    fig = pictures.dots([lane], {"floor": 0.5, "ceiling": 0.95}, "R²", (0, 1))
    ax = fig.axes[0]
    drawn = [sorted(line.get_xdata()) for line in ax.lines if line.get_marker() == "o"]
    assert drawn == [[0.8, 0.81, 0.82], [0.7, 0.9]]
    assert ax.lines[0].get_xdata() == pytest.approx([0.8, 0.8]), "a dash at the mean"
    assert [text.get_text() for text in fig.legends[0].texts][:2] == [
        "floor: 0.500",
        "ceiling: 0.950",
    ]
    low = pictures.dots([pictures.Lane("cebra", "CEBRA", (0.1, 0.2))], {}, "R²", (0.6, 1)).axes[0]
    assert [text.get_text() for text in low.texts] == [" ◂ 0.15"]
    with pytest.raises(ValueError, match="no values to draw"):
        pictures.dots([pictures.Lane("cebra", "CEBRA")], {}, "R²", (0, 1))


def test_the_other_figures_draw():
    rng = np.random.default_rng(0)
    latent = rng.standard_normal((60, 2))
    fig = pictures.panels(latent, np.linspace(0, 6, 60), {"PCA": latent * 2}, {"PCA": 0.5})
    titles = [fig.axes[1].get_title(loc=side) for side in ("left", "center")]  # by the style in use
    assert "0.500" in "".join(titles)
    places = {"cebra": {12: [0.5, 0.6], 100: [0.8, 0.9]}, "label": {12: [0.9], 100: [0.9]}}
    fig = limit_pictures.sweep({"R²": {"neurons": places, "spikes": places}})
    assert len(fig.axes) == 2
    means = [line.get_ydata() for line in fig.axes[0].lines if len(line.get_xdata()) > 1]
    assert any(np.allclose(y, (0.55, 0.85)) for y in means)
    fig = limit_pictures.room(rng.uniform(0.9, 0.95, 30), [(0.91, 0.9)], {"label": 0.9}, 0.92)
    assert sum(patch.get_height() for patch in fig.axes[0].patches) == 30
    away = rng.normal(0, 0.1, 99)
    fig = limit_pictures.checks({"cebra": np.ones(80)}, {"R²": {10: 0.5}}, away, 0.1)
    assert len(fig.axes) == 3
    fig = limit_pictures.runtimes({"pca": 0.01, "tsne": 80.0})
    assert fig.axes[0].collections[0].get_offsets()[:, 0].tolist() == [0.01, 80.0]
    assert [text.get_text() for text in fig.axes[0].texts] == ["0.01 s", "80 s"]
