"""The consistency chapter's parts: which models, on which neurons and bins, and the figures."""

import dataclasses
import functools
import json
import re

import matplotlib.pyplot as plt
import numpy as np
import plotly.graph_objects as go
import pytest

from helpers import claims
from helpers.consistency import baselines, compare, jobs
from helpers.consistency.alignment import time_aligned
from helpers.consistency.groups import groups_of_neurons
from helpers.consistency.jobs import FIRST_FOLD, cells, four_rats, jobs_04, recording_of
from helpers.consistency.measure import Ring
from helpers.consistency.rats import Between, Controls
from helpers.consistency.runs import Repeated
from helpers.consistency.summary import summary
from helpers.decoding.jobs import SEEDS_OF_OTHERS, jobs_03, named_split
from helpers.decoding.layouts import paper_layout, thinned, tsne_layout, umap_layout
from helpers.decoding.plain import root_counts
from helpers.figures import consistency as pictures
from helpers.figures.interactive_rats import rings
from helpers.recordings.loading import simulate_recording
from helpers.topology import jobs_05
from helpers.training import Model, lagged_labels
from helpers.training.cache import key

RATS = {
    name: simulate_recording(n_neurons=n, n_bins=6000, seed=seed, name=name)
    for seed, (name, n) in enumerate({"achilles": 24, "buddy": 16, "cicero": 18}.items())
}
FIRST, *OTHERS = RATS.values()


class Counting:
    """Stands in for a `Fit`: embeds as three sums of root counts, and notes what it was given."""

    def __init__(self):
        self.given = []

    def transform(self, spikes, segments=()):
        self.given.append((spikes.shape, segments))
        counts = root_counts()(spikes, segments)
        return np.stack([counts[:, k::3].sum(1) for k in range(3)], axis=1)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_models_train_on_training_trips_and_seeds_follow_the_first():
    made = jobs_04(FIRST, "full", OTHERS)
    for model, job in made.items():
        seen = recording_of(RATS[model.rat], model)
        bins = slice(None) if model.split == "all" else named_split(seen, model.split).train
        np.testing.assert_array_equal(job.spikes, seen.spikes[bins])
    later = jobs_04(FIRST, "full", OTHERS, seed=100)
    assert {model._replace(seed=model.seed + 100) for model in made} == set(later)
    assert len({job.name for job in made.values()}) == len(made)
    # one setting of the search is the book's own: its fit is shared
    shared = len(RATS)
    assert len({key(job, "cpu") for job in made.values()}) == len(made) - shared


def test_models_that_chapter_03_trains_are_not_trained_twice():
    theirs = {key(job, "cpu") for job in jobs_03(FIRST, "full", OTHERS).values()}
    ours = {m: key(job, "cpu") for m, job in jobs_04(FIRST, "full", OTHERS).items()}
    shared = {m for m in ours if ours[m] in theirs}
    common = range(SEEDS_OF_OTHERS["full"])
    true = {m for m in ours if m.name in ("posdir", "time") and not m.size}
    assert {m for m in true if m.seed in common} <= shared


def test_nulls_that_chapter_05_trains_are_not_trained_twice():
    theirs = {key(job, "cpu") for job in jobs_05(FIRST, "full", OTHERS).values()}
    ours = jobs_04(FIRST, "full", OTHERS)
    nulls = [job for m, job in ours.items() if m.name in ("shuffled", "lagged") and not m.size]
    assert len(nulls) == 2 * 21 * len(RATS)
    assert {key(job, "cpu") for job in nulls} <= theirs


def test_the_quick_profile_is_small_and_compares_all_rats():
    made = jobs_04(FIRST, "quick", OTHERS)
    assert len(made) <= 17
    assert {m.rat for m in made if m.name == "time"} == set(RATS)
    assert len({m.seed for m in made if (m.rat, m.name, m.size) == ("achilles", "posdir", 0)}) == 2


def test_groups_are_disjoint_and_new_in_every_run():
    for size, n_groups in ((6, 4), (3, 4), (12, 2)):
        dealt = [set(cells(24, size, group, seed=1)) for group in range(n_groups)]
        assert [len(group) for group in dealt] == [size] * n_groups
        assert len(set().union(*dealt)) == size * n_groups
    assert set(cells(24, 3, 2, 1)) <= set(cells(24, 6, 2, 1))
    assert set(cells(24, 6, 1, 1)) <= set(cells(24, 12, 0, 1))
    assert set(cells(24, 6, 0, 1)) != set(cells(24, 6, 0, 2))
    for size, group in ((6, 4), (12, 2), (7, 0), (0, 0)):
        with pytest.raises(ValueError, match="no group"):
            cells(24, size, group, 0)


def test_groups_start_from_weights_of_their_own():
    groups = [job for m, job in jobs_04(FIRST, "quick", OTHERS).items() if m.size]
    assert len({job.seed for job in groups}) == len(groups) == 4


def test_controls_keep_what_they_should_keep():
    made = {m.name: (m, job) for m, job in jobs_04(FIRST, "full", OTHERS).items() if not m.size}
    model, job = made["lagged"]
    truth = RATS[model.rat].labels("posdir")
    bins = named_split(RATS[model.rat], model.split).train
    assert (job.labels != truth[bins]).any()
    told = lagged_labels(RATS[model.rat], model.seed)
    np.testing.assert_array_equal(job.labels, told[bins])
    steps = np.abs(np.diff(told[:, 0]))
    assert (steps > 0.2).sum() <= 1  # smooth but where the end meets the beginning
    model, job = made["spikes-time"]
    assert job.labels is None
    seen = recording_of(RATS[model.rat], model)
    np.testing.assert_array_equal(seen.spikes.sum(0), RATS[model.rat].spikes.sum(0))
    assert (seen.spikes != RATS[model.rat].spikes).any()


def test_lags_are_at_least_five_trips_either_way_round():
    late = jobs.lags(FIRST, 500, seed=0)
    least = 5 * len(FIRST.spikes) // len(FIRST.trials())
    assert late.min() >= least
    assert (len(FIRST.spikes) - late).min() >= least
    with pytest.raises(ValueError, match="round trips"):
        jobs.lags(simulate_recording(n_neurons=5, n_bins=1500, seed=0), 1, seed=0)


def test_profiles_and_names_are_checked():
    with pytest.raises(ValueError, match="profile is 'fast'"):
        jobs_04(FIRST, "fast", OTHERS)
    with pytest.raises(ValueError, match="one name"):
        jobs_04(FIRST, "quick", [FIRST])


def test_a_simulated_rat_is_compared_with_simulated_rats_only(capsys):
    found = four_rats(FIRST)
    assert [rat.name for rat in found] == ["achilles", "buddy", "cicero", "gatsby"]
    assert {rat.source for rat in found} == {"simulated"}
    assert len({rat.spikes.shape[1] for rat in found}) == 4


def test_no_real_rat_is_compared_with_a_simulated_one(monkeypatch):
    real = jobs.replace(FIRST, source="local")
    monkeypatch.setattr(jobs, "load_recording", lambda name, **_: RATS.get(name, OTHERS[0]))
    assert {rat.source for rat in four_rats(real)} == {"simulated"}


def embedded(part, names=("posdir",), seeds=(0,)):
    fits = {
        Model(rat, FIRST_FOLD, name, seed): Counting()
        for rat in RATS
        for name in names
        for seed in seeds
    }
    return jobs.embed(fits, RATS, part)


def test_rats_are_compared_run_by_run_in_their_order():
    points = embedded("test", seeds=(0, 1))
    points[Model("achilles", FIRST_FOLD, "posdir", 2)] = points[
        Model("achilles", FIRST_FOLD, "posdir", 0)
    ]  # a run that the other rats lack
    found = compare.across_rats(points, RATS, "posdir", "test")
    assert found[FIRST_FOLD].shape == (2, 3, 3)
    parts = [
        compare.Part(
            points[Model(r, FIRST_FOLD, "posdir", 0)], named_split(RATS[r], FIRST_FOLD).test
        )
        for r in RATS
    ]
    np.testing.assert_array_equal(found[FIRST_FOLD][0], compare.compare(list(RATS.values()), parts))
    with pytest.raises(ValueError, match="no run of time"):
        compare.across_rats(points, RATS, "time", "test")
    with pytest.raises(ValueError, match="aligned by 'smell'"):
        compare.across_rats(points, RATS, "posdir", "test", by="smell")


def test_a_model_that_recites_what_it_was_told_agrees_by_that_alone():
    """Embeddings that are a circle of the lagged labels: nonsense by the true places."""
    points = {}
    for rat, recording in RATS.items():
        model = Model(rat, FIRST_FOLD, "lagged", 0)
        told = lagged_labels(recording, model.seed)[named_split(recording, FIRST_FOLD).train]
        angle = np.where(told[:, 1] > 0, told[:, 0], 3.2 - told[:, 0]) * 2 * np.pi / 3.2
        points[model] = np.stack([np.cos(angle), np.sin(angle), np.cos(2 * angle)], axis=1)
    told = compare.across_rats(points, RATS, "lagged", "train", told=True)[FIRST_FOLD]
    true = compare.across_rats(points, RATS, "lagged", "train")[FIRST_FOLD]
    assert np.nanmin(told) > 0.99
    assert np.nanmean(true) < 0.6


def test_windows_stop_where_trips_were_cut_out():
    fit = Counting()
    jobs.embed({Model("achilles", "nested 1", "posdir", 0): fit}, RATS, "train")
    ((shape, segments),) = fit.given
    assert shape[0] == segments[-1].stop
    assert len(segments) > 1


def test_groups_are_compared_within_their_run_and_size():
    models = [m for m in jobs_04(FIRST, "full") if m.size]
    train = baselines.pca_of_groups(FIRST, models, "train")
    test = baselines.pca_of_groups(FIRST, models, "test")
    assert compare.group_size(train) == 6
    found = compare.across_groups(train, lambda e, held_out: time_aligned(e))
    assert found.shape == (5, 4, 4)
    halves = compare.across_groups(
        train, lambda e, held_out: time_aligned(e, held_out=held_out), size=12, other=test
    )
    assert halves.shape == (jobs.SHARES["full"][2.0], 2, 2)
    with pytest.raises(ValueError, match="no group of 5"):
        compare.across_groups(train, time_aligned, size=5)
    with pytest.raises(ValueError, match="no groups"):
        compare.group_size([Model("achilles", FIRST_FOLD, "posdir", 0)])


def test_baselines_meet_the_same_bins(monkeypatch, tmp_path):
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(baselines, "LAYOUT_RUNS", {"quick": {"UMAP": 1, "t-SNE": 1}})
    monkeypatch.setattr(
        baselines, "kept_many", lambda function, calls: [shrunk(**c) for c in calls]
    )
    found = baselines.layouts_of_rats(RATS, "quick", seed=0)
    for method in ("UMAP", "t-SNE"):
        for part in ("train", "test"):
            for rat, shown in zip(RATS.values(), found[method][0][part], strict=True):
                assert shown.points.shape == (len(shown.bins), 2)
                assert np.isin(shown.bins, getattr(named_split(rat, FIRST_FOLD), part)).all()
    pca = baselines.pca_across_rats(RATS, [FIRST_FOLD, "nested 1"], "test")
    assert {split: one.shape for split, one in pca.items()} == {
        FIRST_FOLD: (1, 3, 3),
        "nested 1": (1, 3, 3),
    }


def shrunk(rows, n_components, seed, others=None):
    """A layout that takes no time: the first columns."""
    layout = {"rows": rows[:, :n_components]}
    return layout if others is None else layout | {"others": others[:, :n_components]}


def test_layouts_repeat_under_one_seed():
    rows = np.random.default_rng(0).normal(size=(120, 6))
    for layout in (lambda s: umap_layout(rows, rows[:5], 2, s), lambda s: tsne_layout(rows, 2, s)):
        first, again = layout(3), layout(3)
        assert first["rows"].shape == (120, 2)
        for name in first:
            np.testing.assert_array_equal(first[name], again[name])
    assert thinned(10, 100).tolist() == list(range(10))
    assert len(thinned(1000, 100)) == 100
    with pytest.raises(ValueError, match="too few"):
        thinned(10, 1)


@pytest.mark.parametrize(
    "lay",
    [
        umap_layout,
        functools.partial(paper_layout, "UMAP"),
        functools.partial(paper_layout, "t-SNE"),
    ],
    ids=["UMAP", "UMAP of the paper", "t-SNE of the paper"],
)
def test_windows_without_a_spike_are_no_island(lay):
    """They were, far outside, in one rat of four, and pulled its map apart.

    openTSNE stopped at them, in the full profile alone.
    """
    rng, near = np.random.default_rng(0), np.linspace(0, 6, 20)
    rows = rng.poisson(3, (150, 1)) * np.exp(-((near - rng.uniform(0, 6, (150, 1))) ** 2))
    rows[::7] = 0
    silent = ~rows.any(axis=1)
    found = lay(rows, rows[:30], 2, 0)
    for layout, none in ((found["rows"], silent), (found["others"], silent[:30])):
        far = np.linalg.norm(layout - found["rows"][~silent].mean(axis=0), axis=1)
        assert far[none].max() < 1e-4 < far[~none].max()


def test_figures_draw_every_pair():
    matrix = np.where(np.eye(3), np.nan, 0.5)
    values = np.linspace(0.2, 0.9, 6)
    fig = pictures.agreement(
        {"a": matrix, "b": matrix}, ["x", "y", "z"], {"a": values, "b": values, "c": values},
        {"a": (0.1, 0.3)}, "blog",
    )  # fmt: skip
    assert [len(ax.texts) for ax in fig.axes[:2]] == [6, 6]
    dots = [line for line in fig.axes[2].lines if line.get_marker() == "o"]
    assert [len(line.get_ydata()) for line in dots] == [6, 6, 6]
    with pytest.raises(ValueError, match="3 names"):
        pictures.agreement({"a": matrix[:2, :2]}, ["x", "y", "z"], {"a": values}, {}, "blog")
    with pytest.raises(ValueError, match="no matrices"):
        pictures.agreement({}, [], {}, {}, "blog")


def matrices(*shape):
    """Agreement of 0.2 to 0.9 in every ordered pair, NaN on the diagonal."""
    made = np.linspace(0.2, 0.9, int(np.prod(shape))).reshape(shape)
    made[..., np.eye(shape[-1], dtype=bool)] = np.nan
    return made


@pytest.fixture(scope="module")
def groups():
    """CEBRA's place is taken by principal components, of two sizes of groups."""
    models = [Model("achilles", FIRST_FOLD, "posdir", seed, size=6, group=g)
              for seed in (0, 1) for g in range(4)]  # fmt: skip
    models += [Model("achilles", FIRST_FOLD, "posdir", 0, size=12, group=g) for g in range(2)]
    seen, unseen = (baselines.pca_of_groups(FIRST, models, part) for part in ("train", "test"))
    return groups_of_neurons(FIRST, dict.fromkeys(models), seen, unseen)


def between(is_real=True):
    ways = [(part, by) for part in ("train", "test") for by in compare.LABELS]
    found = {"CEBRA-Behaviour": [matrices(2, 3, 3)], "PCA": [matrices(1, 3, 3)] * 2}
    return Between(
        tuple(RATS), is_real, dict.fromkeys(ways, found), dict.fromkeys(ways, found["PCA"])
    )


def noted(monkeypatch, study, ask="expect"):
    """What a study hands to `expect`: (value, sd, n) by id."""
    values = {}
    monkeypatch.setattr(
        claims,
        "expect",
        lambda id, value, sd=None, n=None, **_: values.update({id: (value, sd, n)}),
    )
    getattr(study, ask)()
    return values


def test_groups_have_models_of_shuffled_labels_beside_them(groups, monkeypatch):
    """Only the full profile trains them, so a table that could not name them went unnoticed."""
    rng = np.random.default_rng(0)
    both = [
        points
        | {m._replace(name="shuffled"): rng.normal(size=at.shape) for m, at in points.items()}
        for points in groups.sources["CEBRA"]
    ]
    study = dataclasses.replace(
        groups, sources={**groups.sources, "CEBRA": tuple(both)}, has_control=True
    )
    noise = study.control["linear", False]
    assert noise.shape == (2, 4, 4)
    # the models of noise are measured, not those whose place they take
    assert np.nanmax(noise) < np.nanmin(groups.agree["CEBRA", "linear", False])
    assert "CEBRA, shuffled labels, any linear map" in study.table().data
    assert "CEBRA, shuffled\nlabels" in study.pairs()
    assert "consistency.partition.shuffled" in noted(monkeypatch, study)


def test_groups_say_what_was_measured(groups, monkeypatch):
    assert (groups.size, groups.sizes) == (6, [6, 12])
    assert groups.agree["PCA", "linear", True].shape == (2, 4, 4)
    np.testing.assert_array_equal(
        groups.agree["CEBRA", "procrustes", False], groups.agree["PCA", "procrustes", False]
    )
    table = groups.table().data.splitlines()
    assert len(table[:-2]) == 2 + 2 * len(groups_of_neurons.__globals__["MOVES"])
    assert "PCA, any linear map" in table[-3]
    assert "the same groups agree at: CEBRA " in table[-1]
    values = noted(monkeypatch, groups)
    mean = np.nanmean(groups.agree["PCA", "procrustes", True])
    assert values["consistency.partition.pca.heldout"][0] == pytest.approx(mean)
    assert len(values) == 12
    later = noted(monkeypatch, groups, "expect_growth")
    assert sorted(later) == sorted(
        f"consistency.partition.{who}.heldout.size{k}" for who in ("cebra", "pca") for k in (0, 1)
    )
    # groups that are dealt once borrow the spread of those that are dealt more often
    assert later["consistency.partition.pca.heldout.size1"][1] > 0
    assert "anti-correlated" in groups.opposed().data
    cebra, pca = groups.paths()
    assert [step.value for step in cebra.steps[:2]] == [
        groups.summaries("CEBRA", how)[0].mean for how in ("procrustes", "linear")
    ]
    assert cebra.steps[-1].value == groups.by_place["CEBRA"].mean
    assert [step.changed for step in pca.tried] == ["single bins"]


def test_rats_say_what_was_measured(monkeypatch):
    rats = between()
    mean = np.nanmean(matrices(2, 3, 3))
    assert rats.summaries("CEBRA-Behaviour")[0].mean == pytest.approx(mean)
    assert rats.table("position").data.startswith("**By place alone**")
    values = noted(monkeypatch, rats)
    assert values["consistency.rats.cebra_behavior.heldout.position"][0] == pytest.approx(mean)
    assert len(values) == 8
    assert len(rats.judged_by_alignment()) == 2


def test_controls_of_one_run_borrow_a_spread(monkeypatch):
    many, single = (summary([matrices(n, 3, 3)]) for n in (2, 1))
    controls = Controls({"shuffled": (many, many), "lagged.told": (single, single)}, {})
    values = noted(monkeypatch, controls)
    assert values["consistency.rats.lagged.told.heldout"][1] == many.sd
    assert "the labels, recited" in controls.recited().data
    assert "full profile" in Controls({"shuffled": (many, many)}, {}).recited().data


def test_runs_say_what_was_measured(monkeypatch):
    layouts = np.random.default_rng(0).normal(size=(3, 40, 2))
    starts = {method: dict.fromkeys(of, list(layouts)) for method, of in baselines.STARTS.items()}
    own = {("CEBRA-Time", rat): matrices(3, 3) for rat in ("achilles", "buddy")}
    again = Repeated(starts, np.linspace(0, 1.6, 40), own, "achilles")
    values = noted(monkeypatch, again)
    assert "consistency.tsne.runs.random" in values
    assert values["consistency.runs.cebra_time.buddy"][2] == 3
    assert "CEBRA-Time, Buddy" in again.table().data
    assert again.judged_rats() == []  # not all four rats were trained twice
    assert [line.get_marker() for line in pictures.runs(again, 1.6).fig.axes[-1].lines].count(
        "o"
    ) > 3


def test_the_other_figures_draw(groups):
    fig = pictures.held_out(between()).fig
    marks = [line for line in fig.axes[0].lines if line.get_marker() == "D"]
    assert len(marks) == 2
    assert not [line for line in pictures.held_out(between(False)).fig.axes[0].lines
                if line.get_marker() == "D"]  # fmt: skip
    assert pictures.growth(groups).fig.axes[0].get_xlabel() == "neurons in a group"
    assert len(pictures.groups(groups).fig.axes) == 3
    assert len(pictures.rats(between()).fig.axes) == 3
    wave = np.sin(np.arange(20))
    picture = pictures.negative(wave, {"a": wave, "b": -wave}, {"a": (1.0, 1.0), "b": (-3.0, -1.0)})
    assert "R² = −3.00, correlation −1.00" in picture.fig.axes[1].get_title()


def one_ring(n=300, seed=0):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return Ring(points, rng.uniform(0, 1.6, n), rng.choice([-1, 1], n), points[:50])


def scene(animals, **changes):
    words = {"name": "four-rings", "alt": "Rings", "caption": "They turn.", "simulated": False}
    page = rings(animals, 1.6, **(words | changes))
    found = re.search(r'class="book-plotly-data">(.*?)</script>', page, re.DOTALL)
    return page, json.loads(found.group(1))


def test_the_scene_holds_every_rat_turned_together():
    animals = {name: one_ring(seed=seed) for seed, name in enumerate(["A", "B", "C", "D"])}
    page, spec = scene(animals)
    go.Figure(data=spec["data"], layout=spec["layout"])  # raises on an unknown property
    drawn = [np.array([spec["data"][k][axis] for axis in "xyz"]).T for k in range(4)]
    for one, (who, ring) in zip(drawn, animals.items(), strict=True):
        np.testing.assert_allclose(one @ drawn[0].T, ring.points @ animals["A"].points.T, atol=0.01)
        assert who in {trace.get("name") for trace in spec["data"] if trace["mode"] == "lines"}
    assert re.findall(r'data-colour="(\w+)"', page) == ["rat", "position", "direction"]
    for markers in spec["colourings"].values():
        assert len(markers) == 4
        for marker in markers:
            go.scatter3d.Marker(marker)
    shown = [m["showscale"] for m in spec["colourings"]["position"]]
    assert shown == [True, False, False, False]


def test_the_scene_is_light_and_stamped_when_simulated():
    animals = {name: one_ring(40_000, seed) for seed, name in enumerate("abcd")}
    page, spec = scene(animals, simulated=True)
    assert len(page.encode()) < 1_500_000
    assert "SIMULATED" in json.dumps(spec["layout"])
    assert len(spec["data"][0]["x"]) == 1500


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": np.ones((300, 2))}, "needs"),
        ({"position": np.ones(5)}, "position has not"),
        ({"direction": np.ones(5)}, "direction has not"),
        ({"means": np.full((50, 3), np.nan)}, "NaN"),
    ],
)
def test_bad_rings_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        scene({"A": one_ring()._replace(**change)})
    with pytest.raises(ValueError, match="0 animals"):
        scene({})
