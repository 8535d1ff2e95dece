"""The paper's protocol: its neighbours are cebra's, a plane's radius is forgotten, who saw what."""

from dataclasses import replace

import cebra
import numpy as np
import openTSNE
import pytest
from sklearn.decomposition import PCA

from helpers import claims
from helpers.decoding import paper
from helpers.decoding.differ import why_we_differ
from helpers.decoding.jobs import decode_models, jobs_03
from helpers.decoding.layouts import paper_layout
from helpers.decoding.neighbours import PAPER_NEIGHBOURS, Features, decode_knn
from helpers.decoding.planes import BESIDE, paper_layouts
from helpers.decoding.scores import mean_score
from helpers.decoding.splits import nested_split
from helpers.decoding.windows import window_counts
from helpers.figures import paths as pictures
from helpers.recordings.loading import simulate_recording
from helpers.training import Model

RECORDING = simulate_recording(n_neurons=30, n_bins=6000, seed=4)
SPLIT = nested_split(RECORDING, 0)


def features_of(rows):
    return Features(rows[SPLIT.train], rows[SPLIT.valid], rows[SPLIT.test])


def as_cebra_reads(features, k):
    """Position that the package's own decoder predicts for the test bins."""
    labels = RECORDING.labels("posdir")[SPLIT.train]
    decoder = cebra.KNNDecoder(n_neighbors=k, metric="cosine").fit(features.train, labels)
    return decoder.predict(features.test)


@pytest.mark.parametrize("dimension", [2, 3])
def test_neighbours_are_those_of_cebra_s_own_decoder(dimension):
    features = features_of(np.random.default_rng(0).normal(size=(len(RECORDING.spikes), dimension)))
    for k in PAPER_NEIGHBOURS:
        ours = decode_knn(features, RECORDING, SPLIT, "m", neighbours=(k,))
        np.testing.assert_allclose(ours.predicted, as_cebra_reads(features, k), atol=1e-6)


def test_the_number_of_neighbours_is_chosen_on_validation_trips_as_by_hand():
    features = features_of(window_counts(RECORDING.spikes).sum(axis=1).astype(np.float32))
    chosen = decode_knn(features, RECORDING, SPLIT, "m", neighbours=PAPER_NEIGHBOURS)
    on_valid = replace(SPLIT, valid=SPLIT.test, test=SPLIT.valid)
    moved = Features(features.train, features.test, features.valid)
    error = {
        k: mean_score([decode_knn(moved, RECORDING, on_valid, "m", neighbours=(k,))], "median_cm")
        for k in PAPER_NEIGHBOURS
    }
    assert error[chosen.settings["k"]] == min(error.values())


def test_cosine_neighbours_forget_how_far_out_a_point_of_a_plane_lies():
    """Position is told by the radius alone: Euclidean neighbours read it, cosine ones cannot."""
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, len(RECORDING.position))
    rows = (1 + RECORDING.position)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    by = {
        metric: mean_score(
            [decode_knn(features_of(rows), RECORDING, SPLIT, "m", metrics=(metric,))], "median_cm"
        )
        for metric in ("cosine", "euclidean")
    }
    assert by["euclidean"] < 2
    assert by["cosine"] > 20


@pytest.mark.parametrize("method", ["PCA", "UMAP", "t-SNE"])
def test_layouts_place_rows_that_they_have_not_seen(method):
    """Two clouds far apart: a new point of either lands in its own."""
    rng = np.random.default_rng(0)
    clouds = [rng.normal(size=(80, 12)) + shift for shift in (4 * np.eye(12)[0], 4 * np.eye(12)[1])]
    rows = np.concatenate([cloud[:60] for cloud in clouds]).astype(np.float32)
    others = np.concatenate([cloud[60:] for cloud in clouds]).astype(np.float32)
    made = paper_layout(method, rows, others, 2, seed=0)
    assert made["rows"].shape == (120, 2)
    centres = made["rows"].reshape(2, 60, 2).mean(axis=1)
    away = np.linalg.norm(made["others"][:, None] - centres, axis=2)
    assert (away.argmin(axis=1) == np.repeat([0, 1], 20)).mean() > 0.9
    again = paper_layout(method, rows, others, 2, seed=0)
    np.testing.assert_array_equal(again["others"], made["others"])


def test_ten_thousand_rows_are_laid_out_in_three_dimensions(monkeypatch):
    """A bug: openTSNE changes to a grid at 10,000 rows, which stops in three dimensions: Cicero."""

    class Short(openTSNE.TSNE):
        def __init__(self, n_components, **settings):
            super().__init__(n_components, early_exaggeration_iter=1, n_iter=1, **settings)

        def transform(self, rows):
            return super().transform(rows, early_exaggeration_iter=1, n_iter=1)

    monkeypatch.setattr(openTSNE, "TSNE", Short)
    rows = np.random.default_rng(0).random((10_001, 4), dtype=np.float32)
    made = paper_layout("t-SNE", rows, rows[:5], 3, seed=0)
    assert made["rows"].shape == (10_001, 3)
    assert np.isfinite(made["others"]).all()


def test_a_method_that_the_paper_does_not_lay_out_by_is_named():
    with pytest.raises(ValueError, match="Isomap.*PCA, UMAP or t-SNE"):
        paper_layout("Isomap", np.eye(4), np.eye(4), 2, seed=0)


class Summing:
    """Stands in for a `Fit`."""

    def transform(self, spikes, segments=()):
        return window_counts(spikes, segments).sum(axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def study():
    models = [m for m in jobs_03(RECORDING, "quick") if m.name.startswith("paper")]
    assert Model("achilles", "all", "paper-time") in models
    decoded = decode_models({model: Summing() for model in models}, {"achilles": RECORDING})
    return paper.by_paper(RECORDING, [], decoded, "quick")


def test_time_alone_is_tested_on_trips_that_its_encoder_saw_and_on_trips_it_did_not(study):
    seen, unseen = (study.theirs("achilles", m) for m in (paper.TIME, paper.HELD_OUT))
    assert [r.split for r in seen] == [r.split for r in unseen] == [f"nested {n}" for n in range(3)]
    for one, other in zip(seen, unseen, strict=True):
        np.testing.assert_array_equal(one.bins, other.bins)


def test_methods_are_read_both_ways_and_the_table_says_so(study):
    of = study.found["achilles"]
    assert {(d, m) for method, d, m in of if method == "PCA"} == {
        *((2, m) for m in paper.METRICS),
        *((d, f"{m}, {BESIDE}") for d in (2, 3) for m in paper.METRICS),
    }
    row = next(line for line in study.table().data.splitlines() if line.startswith("| PCA"))
    assert row.count("(") == 5
    assert "cosine neighbours" in study.said().data


def test_a_plane_of_summed_counts_has_as_many_inputs_as_neurons():
    made = paper_layouts(RECORDING, "quick")
    assert list(made) == [("PCA", 2, 0, f"nested {n}") for n in range(3)]
    counts = window_counts(RECORDING.spikes[SPLIT.train]).sum(axis=1).astype(np.float32)
    theirs = PCA(2, svd_solver="full").fit_transform(counts)
    np.testing.assert_allclose(abs(made["PCA", 2, 0, "nested 0"].train), abs(theirs), atol=1e-3)


def test_a_reader_s_own_recording_is_decoded_and_judged_by_nothing(study):
    mine = replace(study, found={"mine": study.found["achilles"]})
    assert mine.judged() == []
    assert "**Mine**" in mine.table().data
    assert "CEBRA-Time" in mine.said().data


def test_a_path_leads_from_ours_to_theirs():
    claim = claims.published("decode.pca.median_cm", "paper")
    steps = [claims.Step("ours", 15.0, 14, 16), claims.Step("side by side", 17.0)]
    path = claims.Path("PCA, median error (cm)", claim, [*steps, claims.Step("cosine", 22.3)])
    assert path.largest.changed == "cosine"
    table = claims.table_of_paths([path]).data
    assert "| PCA, median error (cm) | cosine | 15.0 | 22.3 | 22.39 | – |" in table
    picture = pictures.why_we_differ([path, path], "cm")
    assert len(picture.fig.axes) == 2
    assert "22.3" in picture.alt
    with pytest.raises(ValueError, match="no paths"):
        pictures.panels([], "cm")


def test_another_recording_has_no_path_to_the_paper(study):
    class Contest:
        is_achilles = False

    assert why_we_differ(Contest(), study) == []
