"""Deliberate breaks: for every recorded value, a mistake that `expect` must not let pass.

That right values pass is what running the chapters shows. Here values are computed with one thing
broken, on the simulated recording, and handed to `expect` as its chapter would: labels shuffled, or
not shuffled where a control wants them to be; principal components served as CEBRA; the sign of
InfoNCE flipped; a decoder off by one bin; a neuron lost. Models train a hundred steps at most.
"""

import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from mutant import pushed_away
from own_mistakes import mistakes
from ripser import ripser
from test_from_scratch import load, some_triples

from helpers import claims
from helpers.claims import expected, scorecard
from helpers.claims.verdicts import WORDS
from helpers.consistency import compare as consistency_study
from helpers.consistency import measure as consistency
from helpers.consistency.alignment import time_aligned
from helpers.decoding import plain
from helpers.decoding.baselines import BAYES, COUNTS, few_baselines, leaking_baselines
from helpers.decoding.scores import mean_score
from helpers.decoding.splits import contiguous_split, leaky_split, nested_splits
from helpers.diary import bugs as diary
from helpers.diary import ties
from helpers.recordings.loading import load_recording
from helpers.synthetic import jobs as synthetic_jobs
from helpers.synthetic.methods import embed
from helpers.synthetic.scores import scores
from helpers.topology import persistence as topology
from helpers.topology import shape
from helpers.training.plan import variant_job

RAT = load_recording("simulated")
PAIR = expected.pair_of("simulated", "quick")
IDS = sorted(PAIR)
OWN_ERROR = ("09", "median_cm")
METRICS = {"mae_cm": "mean_cm", "decode_median_cm": "median_cm"}
MEASURES = {
    "end_gap": "end_gap_ratio",
    "position_null": "position_r2",
    "direction_null": "direction_accuracy",
}


@cache
def of_shape(broken):
    """The measures of chapter 02 on principal components, or with shuffled behaviour."""
    points = plain.pca(RAT, contiguous_split(RAT), 3)(RAT.spikes, RAT.segments)
    position, direction = RAT.position, RAT.direction
    if broken == "labels shuffled":
        order = np.random.default_rng(0).permutation(len(position))
        position, direction = position[order], direction[order]
    return {
        "position_r2": shape.linear_r2(points, position),
        "within_position_r2": shape.linear_r2(points, position, direction),
        "direction_separation": shape.direction_separation(points, direction),
        "direction_accuracy": shape.direction_accuracy(points, direction, RAT.trials()),
        "rand_index": shape.direction_rand_index(points, direction),
        "end_gap_ratio": shape.end_gap_ratio(
            shape.arc_gaps(points, position, direction, RAT.length_m)
        ),
        "lopsidedness": shape.lopsidedness(points),
        "least_axis_share": float(shape.axis_shares(points)[-1]),
    }


@cache
def decoded(broken):
    """A good decoder's predictions, and the same dealt out to other bins."""
    (result,) = few_baselines(RAT, [contiguous_split(RAT)])[BAYES]
    if broken == "labels shuffled":
        order = np.random.default_rng(0).permutation(len(result.bins))
        result = replace(result, predicted=result.predicted[order])
    return [result]


@cache
def flipped_loss(variant):
    """The last loss of a model that is pushed away from its positives."""
    behaviour = variant.removesuffix("_shuffled")
    job = variant_job(RAT, "shuffled" if "_shuffled" in variant else behaviour, max_iterations=60)
    return pushed_away(job, 60)[-1]


@cache
def broken_proof():
    """What chapter 06 proves, with its loss's sign flipped and its search off by one label."""
    wrong = load("method", "proof", edits=[("repulsion - attraction", "repulsion + attraction")])
    spikes, labels = RAT.spikes[:1500], RAT.labels("posdir")[:1500]
    triples = some_triples(wrong, spikes, labels, 50)
    torch.manual_seed(0)
    encoder = wrong.Encoder(spikes.shape[1])
    loss, gradient = wrong.one_step(encoder, spikes, triples[0])
    positives = wrong.Positives(labels, [slice(0, len(labels))])
    query, changes = labels[triples[0].ravel()], positives.change.copy()
    positives.first_bin = np.roll(positives.first_bin, 1)
    return {
        "loss_difference": loss < 1e-6,
        "gradients_equal": gradient < 1e-6,
        "weights_equal_after_50": wrong.many_steps(encoder, spikes, triples) < 1e-4,
        "positives_never_farther": bool((wrong.how_much_farther(positives, query) <= 1e-9).all()),
        "changes_equal": bool(np.array_equal(changes, np.roll(changes, 1, axis=0))),
    }


@cache
def loop_of(broken):
    """The longest loop of held-out points of another encoder than CEBRA's."""
    split = contiguous_split(RAT)
    if broken == "PCA served as CEBRA":
        points = plain.pca(RAT, split, 3)(RAT.spikes, RAT.segments)[split.test]
    else:
        points = np.random.default_rng(0).normal(size=(len(split.test), 3))
        points /= np.linalg.norm(points, axis=1, keepdims=True)
    chosen = np.linspace(0, len(points) - 1, 400).astype(int)
    return float(np.ptp(ripser(points[chosen], maxdim=1)["dgms"][1], axis=1).max())


def broken_values(id):
    """Values that mistakes would hand to `expect` under this id, by mistake."""
    chapter, last = PAIR[id]["chapter"], id.split(".")[-1]
    if id == "embed.n_neurons":
        return {"a neuron lost": RAT.spikes.shape[1] - 1}
    if id.startswith("embed.") or last == "end_gap":
        measure = MEASURES.get(last, last.removesuffix("_young"))
        kinds = ("PCA served as CEBRA", "labels shuffled")
        return {kind: of_shape(kind)[measure] for kind in kinds}
    if last == "longest_loop":
        kinds = ("PCA served as CEBRA", "labels shuffled")
        return {kind: loop_of(kind) for kind in kinds}
    if id.startswith("loss.") or last == "loss":
        return {"sign flipped": flipped_loss(last if chapter == "02" else "posdir")}
    if id.startswith("decode.") or last == "decode_median_cm" or (chapter, last) == OWN_ERROR:
        metric = METRICS.get(last, last)
        kinds = ("labels shuffled", "control not shuffled")
        return {kind: mean_score(decoded(kind), metric) for kind in kinds}
    if chapter == "06":
        return {"sign flipped": broken_proof()[last]}
    if chapter == "09":
        return mistakes(id)
    if chapter == "01":
        place = (
            {"neurons": 12} if ".neurons." in id else {"spikes": 0.2} if ".spikes." in id else {}
        )
        return {kind: of_benchmark(kind, **place)[last] for kind in KINDS}
    if chapter == "04":
        aligned = "position" if id.endswith(".position") else "ring"
        return {kind: of_consistency(kind, id.split(".")[1], aligned) for kind in AGREEING}
    return of_other_chapters(PAIR[id]["value"], last)


KINDS = ("PCA served as CEBRA", "labels shuffled", "a control that is told the truth")


@cache
def of_benchmark(broken, **place):
    """The measures of chapter 01 of what is no CEBRA, or against a truth that is shuffled."""
    setting = synthetic_jobs.main_setting("quick")._replace(**place)
    data = synthetic_jobs.population(setting)
    points = embed("pca", data.spikes, data.n_train)["embedding"]
    if broken == "labels shuffled":
        order = np.random.default_rng(0).permutation(len(data.latent))
        data = replace(data, latent=data.latent[order], label=data.label[order])
    found = scores(data, data.latent if "truth" in broken else points)
    dealt = np.random.default_rng(0).permutation(data.label)
    return found | {
        "r2": found["in_sample"],
        "best_held_out": found["held_out"],
        "mean": found["in_sample"],  # of the limits
        "allow_published": float(
            found["in_sample"] > claims.published("synth.cebra.r2", "paper").value
        ),
        "sd": float((dealt - data.label).std()),  # of the pairs' labels
    }


AGREEING = ("labels shuffled", "a copy for another rat", "PCA served as CEBRA")


@cache
def of_consistency(broken, what, aligned):
    """The measures of chapter 04 where two rats are one, or the second's bins are shuffled."""
    split = contiguous_split(RAT)
    half = RAT.spikes.shape[1] // 2
    rats = [replace(RAT, spikes=RAT.spikes[:, part]) for part in (slice(half), slice(half, None))]
    if broken == "a copy for another rat":
        rats[1] = rats[0]
    points = [plain.pca(rat, split, 3)(rat.spikes, rat.segments) for rat in rats]
    if broken == "labels shuffled":
        points[1] = np.random.default_rng(0).permutation(points[1])
    if what not in ("rats", "paper"):
        return float(np.nanmean(time_aligned(points, "linear")))
    label = consistency_study.label(RAT, np.arange(len(RAT.position)), aligned)
    bins = consistency_study.LABELS[aligned]
    return float(np.nanmean(consistency.between_subjects(points, [label] * 2, bins)))


def of_other_chapters(value, last):
    """Mistakes for chapters 05 (loops, Betti numbers), 07 and 08, by kind of value.

    Their families are broken one by one further down, at small size.
    """
    if isinstance(value, str):
        return {"another step served": f"not {value}"}
    if isinstance(value, bool):
        return {"the comparison inverted": not value}
    kinds = ("PCA served as CEBRA", "labels shuffled")
    if isinstance(value, list):
        return {"noise for the embedding": [float(k) for k in betti_of_noise()][: len(value)]}
    if last == "longest_h1":
        return {kind: loop_of(kind) for kind in kinds}
    if last == "betti1":
        return {"noise counted as loops": float(betti_of_noise()[1])}
    return {
        "labels shuffled": of_shape("labels shuffled")["position_r2"],
        "the answer served as the embedding": shape.linear_r2(RAT.labels("pos"), RAT.position),
    }


@cache
def betti_of_noise():
    """Betti numbers of points without a shape, with a threshold that noise alone passes."""
    points = np.random.default_rng(0).normal(size=(60, 3))
    bars = ripser(points, maxdim=2)["dgms"]
    return [int((np.ptp(b[np.isfinite(b).all(1)], axis=1) > 0.05).sum()) for b in bars]


@pytest.mark.parametrize("id", IDS)
def test_a_mistake_trips_each_recorded_value(id):
    claims.begin(PAIR[id]["chapter"], RAT, "quick")
    caught = []
    for kind, value in broken_values(id).items():
        try:
            claims.expect(id, value)
        except AssertionError as error:
            caught.append((kind, str(error)))
    assert caught, f"no mistake trips {id}: {broken_values(id)} against {PAIR[id]}"
    assert all(id in message for _, message in caught)


@pytest.mark.parametrize("name", [BAYES, COUNTS])
def test_a_decoder_off_by_one_bin_is_noticed(name):
    id = {BAYES: "decode.bayes.median_cm", COUNTS: "decode.knn_counts.median_cm"}[name]
    right = few_baselines(RAT, nested_splits(RAT))[name]
    late = [replace(result, predicted=np.roll(result.predicted, 1, axis=0)) for result in right]
    claims.begin("03", RAT, "quick")
    claims.expect(id, mean_score(right, "median_cm"))
    with pytest.raises(AssertionError, match=id):
        claims.expect(id, mean_score(late, "median_cm"))


@pytest.fixture
def diary_book(tmp_path, monkeypatch):
    """An expected.json of the test's own, and a way to record a value and to hold one to it."""
    monkeypatch.setattr(expected, "EXPECTED", tmp_path / "expected.json")

    def trips(chapter, id, right, wrong):
        entry = {"value": right, "tolerance": 0, "sd": 0, "chapter": chapter, "runs": 2}
        if isinstance(right, list):
            entry["tolerance"] = entry["sd"] = [0] * len(right)
        elif not isinstance(right, (str, bool)):
            entry["tolerance"] = expected.ROUNDING * abs(right)
        expected.EXPECTED.write_text(json.dumps({"simulated/quick": {id: entry}}))
        claims.begin(chapter, RAT, "quick")
        claims.expect(id, right)
        with pytest.raises(AssertionError, match=re.escape(id)):
            claims.expect(id, wrong)

    return trips


def test_the_diary_s_values_trip(diary_book):
    def places_that_differ(one, other):  # the mistake: compares letter by letter
        return sum(a != b for a, b in zip(one, other, strict=False))

    names = "total_mem", "total_memory"
    diary_book("07", "diary.one_character", diary.edit_distance(*names), places_that_differ(*names))
    job = ties.jobs_07(RAT, "quick")["dir", ties.FIRST]
    drawn = {
        rule: len(np.unique(ties.sampler_of(job, rule).draw(10)[:, 1]))
        for rule in (ties.FIRST, ties.RANDOM)
    }
    diary_book("07", "diary.ties.dir.positives", drawn[ties.FIRST], drawn[ties.RANDOM])
    fake, split = diary.invented(RAT, 0), leaky_split(RAT)
    leaky = mean_score(leaking_baselines(fake, split)[COUNTS], "r2")
    honest = mean_score(few_baselines(fake, nested_splits(RAT)[:1])[COUNTS], "r2")
    diary_book("07", "diary.invented.leaky_r2", leaky, honest)


def test_consistency_trips_on_a_copy_out_of_time(diary_book):
    rng = np.random.default_rng(0)
    points = plain.pca(RAT, contiguous_split(RAT), 3)(RAT.spikes, RAT.segments)
    turned = points @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
    right = float(np.nanmean(consistency.between_runs([points, turned])))
    wrong = float(np.nanmean(consistency.between_runs([points, rng.permutation(turned)])))
    diary_book("04", "consistency.runs.cebra_behavior.achilles", right, wrong)


def test_topology_trips_on_a_ring_that_is_cut(diary_book):
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    ring = np.c_[np.cos(angle), np.sin(angle)]
    whole, cut = (topology.longest(ripser(points)["dgms"][1]) for points in (ring, ring[:60]))
    diary_book("05", "topology.posdir.longest_h1", whole, cut)
    betti = [
        [topology.betti(bars, 0.5) for bars in ripser(points)["dgms"]]
        for points in (ring, ring[:60])
    ]
    diary_book("05", "topology.posdir.betti", *betti)


def test_the_benchmark_trips_on_shuffled_truth(diary_book):
    latent = np.random.default_rng(0).uniform(0, 2 * np.pi, (500, 1))
    seen = np.c_[np.cos(latent), np.sin(latent)]
    right = shape.linear_r2(seen, np.sin(latent[:, 0] + 1))
    wrong = shape.linear_r2(seen, np.random.default_rng(1).permutation(np.sin(latent[:, 0] + 1)))
    diary_book("01", "synth.cebra.r2", right, wrong)


def test_the_scorecard_s_values_trip(diary_book):
    rows = scorecard.judge_all({})
    diary_book("08", "scorecard.claims", len(rows), len(rows) - 1)
    broken = [*rows[1:], rows[0]._replace(verdict=rows[0].verdict._replace(word="fine", why=""))]
    for id, holds in (
        ("every_claim_has_a_verdict", lambda row: row.verdict.word in WORDS),
        ("every_verdict_has_a_reason", lambda row: bool(row.verdict.why.strip())),
    ):
        diary_book("08", f"scorecard.{id}", all(map(holds, rows)), all(map(holds, broken)))
