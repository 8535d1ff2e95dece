"""Agreement between rats by the paper's settings: who saw what, ways to align, verdicts."""

import numpy as np
import pytest

from helpers import claims
from helpers.claims.scorecard import ids_measuring
from helpers.consistency import paper
from helpers.consistency.compare import Part, compare
from helpers.consistency.jobs import FIRST_FOLD, embed, jobs_04
from helpers.consistency.search import Search, search
from helpers.consistency.trainings import Trainings
from helpers.consistency.ways import distances, nearest_way, table_of_ways
from helpers.decoding import PAPER_KINDS, named_split
from helpers.decoding.windows import window_counts
from helpers.figures import consistency as pictures
from helpers.recordings import RATS
from helpers.recordings.loading import simulate_recording
from helpers.training import Model

RECORDING = simulate_recording(n_neurons=30, n_bins=6000, seed=4)
OTHER = simulate_recording(n_neurons=25, n_bins=6000, seed=5, name="buddy")


class Noting:
    """Stands in for a `Fit`: embeds as the summed counts of the first neurons."""

    def __init__(self):
        self.given = []

    def transform(self, spikes, segments=()):
        self.given.append(segments)
        return window_counts(spikes, segments).sum(axis=1)[:, :3].astype(np.float32)


def matrices(runs, level):
    made = np.full((runs, 4, 4), level) + 0.01 * np.arange(runs)[:, None, None]
    made[:, np.eye(4, dtype=bool)] = np.nan
    return made


@pytest.fixture
def study():
    """Every method at a level of its own, one fold; CEBRA in three dimensions."""
    levels = dict(zip(paper.IDS, (0.9, 0.8, 0.6, 0.5, 0.3, 0.4), strict=True))
    found = {
        (method, made, part, by): [matrices(2, level)]
        for method, level in levels.items()
        for made in (("", paper.BESIDE, paper.SPACE) if method in paper.PLANES else ("",))
        for part in ("train", "test")
        for by in paper.WAYS
    }
    runs = {(m, rat): matrices(1, 0.95)[0] for m in (paper.BEHAVIOUR, paper.TIME) for rat in RATS}
    return paper.ByPaper(found, True, Trainings(runs, True))


def test_the_paper_s_models_are_trained_in_the_full_profile_in_every_rat():
    full = [m for m in jobs_04(RECORDING, "full", [OTHER]) if m.name in PAPER_KINDS]
    assert {model.rat for model in full} == {"achilles", "buddy"}
    assert {model.split for model in full if model.name == "paper-posdir"} == {
        "nested 0", "nested 1", "nested 2"
    }  # fmt: skip
    assert not [m for m in jobs_04(RECORDING, "quick", [OTHER]) if m.name in PAPER_KINDS]


def test_rats_whose_three_trainings_fell_apart_are_trained_seven_times_on_all_trips():
    """Of three trainings, one that went astray is in two thirds of the pairs."""
    jobs = jobs_04(RECORDING, "full", [OTHER], seed=20)
    seeds = {rat: set() for rat in ("achilles", "buddy")}
    for model in jobs:
        if (model.name, model.split) == ("paper-time", "all"):
            seeds[model.rat].add(model.seed)
    assert seeds == {"achilles": set(range(20, 23)), "buddy": set(range(20, 27))}


def test_one_training_that_went_astray_lowers_the_mean_of_pairs_and_not_their_median():
    matrix = np.full((10, 10), 0.9)
    matrix[3] = matrix[:, 3] = 0.3
    np.fill_diagonal(matrix, np.nan)
    found = {(paper.TIME, "cicero"): matrix}
    row = Trainings(found, True).table().data.splitlines()[-1]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == [
        "CEBRA-Time, Cicero", "10", "**0.780**", "0.900", "0.30 to 0.90", "0.791", "0.41 to 0.89"
    ]  # fmt: skip
    assert "0.791" not in Trainings(found, False).table().data


def test_a_model_of_all_trips_is_shown_on_every_fold_and_knows_nothing_of_cuts():
    fit = Noting()
    shown = embed({Model("achilles", "all", "paper-time"): fit}, {"achilles": RECORDING}, "test")
    assert {model.split for model in shown} == {"nested 0", "nested 1", "nested 2"}
    assert {model.name for model in shown} == {"paper-time-seen"}
    for model, points in shown.items():
        assert len(points) == len(named_split(RECORDING, model.split).test)
    assert fit.given == [()] * 3
    cut = Noting()
    embed({Model("achilles", FIRST_FOLD, "time"): cut}, {"achilles": RECORDING}, "test")
    assert len(cut.given[0]) > 1


def test_a_quick_run_compares_pca_in_both_dimensions_and_by_every_way():
    found = paper.by_paper({"achilles": RECORDING, "buddy": OTHER}, {}, {}, "quick")
    assert found.methods == ["PCA"]
    assert not found.is_real
    assert "full profile" in found.runs.table().data
    assert table_of_ways(found, "train").data.splitlines()[-1].count("|") == 7
    assert nearest_way(found).data == ""
    assert "full profile" in found.table().data
    assert found.paths(None) == []


def test_every_line_is_judged_by_what_the_scorecard_looks_up(study, monkeypatch):
    noted = {}
    monkeypatch.setattr(claims, "expect", lambda id, value, **_: noted.update({id: value}))
    study.expect()
    for line in study.judged():
        for key, id in ids_measuring(line.claim).items():
            value = line.value[key] if key else line.value
            assert noted[id] == pytest.approx(value), line.text


def test_time_alone_on_held_out_laps_stands_beside_an_encoder_that_did_not_see_them(study):
    (line,) = [one for one in study.judged() if one.text == "CEBRA-Time, held-out laps"]
    assert line.value == pytest.approx(0.805)
    assert line.honest.value == pytest.approx(0.605)


def test_the_order_is_that_of_the_means(study):
    orders = [line for line in study.judged() if line.text.startswith("order")]
    ranked = [sorted(line.value, key=line.value.get, reverse=True) for line in orders]
    assert ranked == [["CEBRA-Behaviour", "CEBRA-Time", "PCA", "t-SNE", "UMAP"]] * 2


def test_what_else_was_tried_is_no_step_to_the_paper_s_protocol(study):
    class Ours:
        found = {("train", "ring"): {"PCA": [matrices(1, 0.3)]}}

    paths = {path.title.split(",")[0]: path for path in study.paths(Ours)}
    assert set(paths) == {"CEBRA-Behaviour", "CEBRA-Time", "PCA", "UMAP", "t-SNE"}
    assert paths["PCA"].steps[0].changed.startswith("ours")
    assert [step.value for step in paths["PCA"].tried] == pytest.approx([0.505] * 6)
    assert [step.value for step in paths["CEBRA-Time"].steps] == pytest.approx([0.605, 0.805])


@pytest.mark.parametrize("by", ["right", "left"])
def test_rats_aligned_on_trips_of_one_direction_know_nothing_of_the_other(by):
    """The other direction's points, made noise in one rat, would spoil what both directions say."""
    rng = np.random.default_rng(0)
    kept = 1 if by == "right" else -1
    bins = np.arange(len(RECORDING.spikes))
    place = RECORDING.position / RECORDING.length_m * np.pi
    points = np.stack([np.cos(place), np.sin(place), place * RECORDING.direction], axis=1)
    noisy = points.copy()
    other = RECORDING.direction != kept
    noisy[other] = rng.normal(size=(other.sum(), 3))
    parts = [Part(points, bins), Part(noisy, bins)]
    assert compare([RECORDING] * 2, parts, by)[0, 1] == pytest.approx(1)
    assert compare([RECORDING] * 2, parts, "ring")[0, 1] < 0.9


def test_the_way_to_align_that_comes_nearest_to_the_published_means_is_named(study):
    for method in paper.IDS:
        if method != paper.HELD_OUT:
            for part, end in (("train", ""), ("test", ".heldout")):
                claim = claims.published(f"consistency.rats.{paper.IDS[method]}{end}", "paper")
                key = (method, "", part, "right")
                study.found[key] = [np.full((1, 4, 4), claim.value + 0.02)]
    off = distances(study)
    assert off["right"] == pytest.approx([0.02] * 10)
    assert "**place, right trips**" in nearest_way(study).data
    assert "changes no verdict" in nearest_way(study).data


def test_what_a_search_wins_is_told_on_the_laps_that_chose_and_on_others():
    scores = np.array([[0.5, 0.4, 0.40], [0.9, 0.5, 0.42], [0.7, 0.6, 0.50]])
    found = Search(scores)
    assert (found.best_by("train"), found.best_by("valid")) == (1, 2)
    assert found.gains() == pytest.approx({"train": 0.2, "valid": 0.0, "test": 0.0})
    assert "wins 0.200 over the median setting" in found.table().data
    assert "validation laps wins 0.080" in found.table().data
    dots = pictures.search(found).fig.axes[0].lines
    assert [len(line.get_xdata()) for line in dots] == [3, 1, 1]


def test_a_quick_run_searches_nothing():
    found = search({"achilles": RECORDING}, {})
    assert found.gains() == {}
    assert "full profile" in found.table().data
