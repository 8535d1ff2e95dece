"""`fit_many` leaves what ``cebra.CEBRA.fit`` would have left, keeps it, and names what failed."""

import subprocess
import sys
import time

import cebra
import joblib
import numpy as np
import psutil
import pytest
import torch

from helpers.recordings.loading import simulate_recording
from helpers.training import cache as fitcache
from helpers.training import many as training
from helpers.training.jobs import Job
from helpers.training.many import TrainingError, default_device, fit, fit_many
from helpers.training.one import Training, new_sampler, train
from helpers.training.plan import VARIANTS, variant_job
from helpers.training.sampling import Sampler

FEW = {"batch_size": 64, "max_iterations": 60}


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CEBRA_BOOK_DEVICE", "cpu")
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def recording():
    return simulate_recording(n_neurons=20, n_bins=1500, seed=7)


def cached(folder):
    return sorted(folder.glob("*.npz"))


def test_fifty_steps_leave_the_weights_of_the_official_solver(recording):
    job = variant_job(recording, "posdir", batch_size=128)
    ours = Training(job)
    official = cebra.CEBRA(**{**job.parameters, "device": "cpu"})
    solver, model, loader, _ = official._prepare_fit(
        recording.spikes.astype(np.float32), job.labels
    )
    model.load_state_dict(ours.module.state_dict())
    for centres in new_sampler(job, ours.module).batches(50):
        loss, *_ = ours.step(centres)
        reference, positive, negative = (loader.dataset[part] for part in centres)
        batch = cebra.data.Batch(reference=reference, positive=positive, negative=negative)
        stats = solver.step(batch)
        assert loss == pytest.approx(stats["total"], abs=1e-5)
    for mine, theirs in zip(ours.module.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-4)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_fit_repeats_bit_for_bit_and_follows_its_seed(recording, variant):
    first, again, other = (train(variant_job(recording, variant, seed=s, **FEW)) for s in (3, 3, 4))
    np.testing.assert_array_equal(first.log["total"], again.log["total"])
    for name, weights in first.model.items():
        np.testing.assert_array_equal(weights, again.model[name])
    assert (first.log["total"] != other.log["total"]).any()


def test_training_leaves_the_global_generator_alone(recording):
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    assert fit(variant_job(recording, "pos", **FEW), progress=False).estimator is not None
    assert torch.equal(torch.rand(3), expected)


def test_the_loss_falls_below_chance(recording):
    job = variant_job(recording, "posdir", batch_size=128, max_iterations=300, learning_rate=1e-3)
    shuffled = variant_job(
        recording, "shuffled", batch_size=128, max_iterations=300, learning_rate=1e-3
    )
    told, untold = (one.loss[-50:].mean() for one in fit_many([job, shuffled], progress=False))
    assert told < untold - 0.2
    assert told < np.log(128) - 0.4


def test_the_estimator_is_a_fitted_cebra_that_saves_and_loads(recording, tmp_path):
    one = fit(variant_job(recording, "posdir", **FEW), progress=False)
    spikes = recording.spikes.astype(np.float32)
    np.testing.assert_allclose(
        one.estimator.transform(spikes), one.transform(recording.spikes), atol=1e-6
    )
    one.estimator.save(tmp_path / "model.pt")
    loaded = cebra.CEBRA.load(tmp_path / "model.pt")
    np.testing.assert_array_equal(loaded.transform(spikes), one.estimator.transform(spikes))
    assert loaded.solver_.history == pytest.approx(one.loss.tolist())
    assert loaded.max_iterations == FEW["max_iterations"]
    assert cebra.plot_loss(one.estimator) is not None
    score = cebra.sklearn.metrics.infonce_loss(
        loaded, spikes, recording.labels("posdir"), num_batches=3
    )
    assert np.isfinite(score)


def test_embedding_is_per_stretch_and_in_chunks(recording, monkeypatch):
    job = variant_job(recording, "time", bins=np.r_[0:400, 600:1000], **FEW)
    assert len(job.segments) == 2
    one = fit(job, progress=False)
    parts = [one.transform(job.spikes[:400]), one.transform(job.spikes[400:])]
    np.testing.assert_array_equal(one.embedding, np.concatenate(parts))
    monkeypatch.setattr(sys.modules["helpers.training.fit"], "CHUNK", 70)
    np.testing.assert_allclose(one.transform(job.spikes, job.segments), one.embedding, atol=1e-6)


def test_a_stretch_of_one_bin_is_embedded_too(recording):
    # The bug: the package's networks drop the time axis there, and the pieces no longer fitted.
    one = fit(variant_job(recording, "posdir", **FEW), progress=False)
    pieces = (slice(0, 1), slice(1, 40), slice(40, 41))
    embedded = one.transform(recording.spikes[:41], pieces)
    assert embedded.shape == (41, 3)
    np.testing.assert_allclose(embedded[40:], one.transform(recording.spikes[40:41]), atol=1e-6)


@pytest.mark.parametrize("architecture", ["offset1-model-mse", "offset5-model", "offset36-model"])
def test_other_architectures_train_through_their_own_module(recording, architecture):
    distance = "euclidean" if architecture.endswith("mse") else "cosine"
    settings = {"model_architecture": architecture, "distance": distance, "max_iterations": 5}
    one = fit(variant_job(recording, "pos", **settings), progress=False)
    spikes = recording.spikes.astype(np.float32)
    np.testing.assert_allclose(
        one.embedding[100:200], one.estimator.transform(spikes)[100:200], atol=1e-5
    )


def test_a_learnt_temperature_is_learnt(recording):
    job = variant_job(recording, "posdir", temperature_mode="auto", learning_rate=1e-2, **FEW)
    one = fit(job, progress=False)
    assert one.trained.log["temperature"][-1] != one.trained.log["temperature"][0]
    assert one.estimator.solver_.criterion.temperature == pytest.approx(
        one.trained.log["temperature"][-1], rel=0.1
    )


def test_results_come_in_order_and_only_missing_ones_are_trained(recording, own_cache, monkeypatch):
    jobs = [variant_job(recording, "posdir", seed=s, **FEW) for s in (0, 1, 0)]
    fits = fit_many(jobs, progress=False)
    assert [f.job.seed for f in fits] == [0, 1, 0]
    assert len(cached(own_cache)) == 2
    monkeypatch.setattr(training, "_train_into", lambda *_: pytest.fail("trained again"))
    again = fit_many(jobs, progress=False)
    np.testing.assert_array_equal(again[1].loss, fits[1].loss)


def test_a_damaged_cache_entry_is_reported_and_trained_again(recording, own_cache, capsys):
    job = variant_job(recording, "dir", **FEW)
    loss = fit(job, progress=False).loss
    (entry,) = cached(own_cache)
    entry.write_bytes(entry.read_bytes()[:500])
    np.testing.assert_array_equal(fit(job, progress=False).loss, loss)
    assert "damaged" in capsys.readouterr().out


def test_one_failing_job_is_named_and_spares_the_others(recording, own_cache):
    good = variant_job(recording, "posdir", **FEW)
    bad = variant_job(recording, "pos", learning_rate=1e30, **FEW)
    with pytest.raises(
        TrainingError, match="1 of 2 jobs failed: simulated pos seed 0: the loss is not finite"
    ):
        fit_many([good, bad], progress=False)
    assert len(cached(own_cache)) == 1


KILLED_RUN = """
from helpers.recordings import simulate_recording
from helpers.training import fit_many, variant_job

rec = simulate_recording(n_neurons=20, n_bins=1500, seed=7)
steps = [60, 60, 10**7]  # the long one starts first and leaves a core to the others
few = {"batch_size": 64}
jobs = [variant_job(rec, "pos", seed=s, max_iterations=n, **few) for s, n in enumerate(steps)]
fit_many(jobs, progress=False)
"""


@pytest.mark.skipif(
    joblib.effective_n_jobs(-1) < 2, reason="one core: the long job blocks the others"
)
def test_a_killed_run_keeps_what_was_finished_and_leaves_no_worker(recording, own_cache):
    process = subprocess.Popen([sys.executable, "-c", KILLED_RUN], cwd=fitcache.code.ROOT)
    wait_for(lambda: len(cached(own_cache)) == 2 or process.poll() is not None)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    assert len(cached(own_cache)) == 2
    assert not list(own_cache.glob(".*.npz")), "a half-written entry lies in the cache"
    wait_for(lambda: not any(map(busy, workers)))
    assert not any(map(busy, workers)), "a worker trains on for nobody"
    before = {path: path.stat().st_mtime_ns for path in cached(own_cache)}
    fit_many([variant_job(recording, "pos", seed=s, **FEW) for s in (0, 1)], progress=False)
    assert {path: path.stat().st_mtime_ns for path in cached(own_cache)} == before


def busy(process, seconds=1.0):
    """Does it compute? (joblib leaves idle workers for some minutes, which is no harm.)"""
    try:
        return process.cpu_percent(interval=seconds) > 20
    except psutil.NoSuchProcess:
        return False


def wait_for(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"dtype": "bfloat16"},
        {"learning_rate": 1e-3},
        {"max_iterations": 61},
        {"bins": np.arange(1499)},
        {"bins": np.r_[0:700, 701:1500]},
        {"variant": "pos"},
    ],
    ids=str,
)
def test_the_key_covers_whatever_the_result_depends_on(recording, change):
    base = {"variant": "posdir", **FEW}
    keys = {
        fitcache.key(variant_job(recording, **{**base, **extra}), "cpu") for extra in ({}, change)
    }
    assert len(keys) == 2
    assert fitcache.key(variant_job(recording, **base), "cpu") in keys


def test_the_key_covers_the_code_and_not_the_name(recording, monkeypatch):
    jobs = [Job(recording.spikes, recording.labels("pos"), FEW, name=name) for name in "ab"]
    assert len({fitcache.key(job, "cpu") for job in jobs}) == 1
    before = fitcache.key(jobs[0], "cpu")
    monkeypatch.setattr(fitcache.code, "digest", lambda *roots: str(roots))
    assert fitcache.key(jobs[0], "cpu") != before
    assert fitcache.key(jobs[0], "cpu") != fitcache.key(jobs[0], "cuda:1")


SPIKES = np.ones((50, 4), dtype=np.uint8)
LABELS = np.linspace(0, 1, 50, dtype=np.float32)[:, None]
BAD = {
    "labels have dtype int64; give float32": {"labels": (LABELS * 9).astype(int)},
    r"labels have shape \(49, 1\), spikes 50 bins": {"labels": LABELS[:-1]},
    "labels are constant": {"labels": np.ones_like(LABELS)},
    r"labels have 2 NaN or infinite values in columns \[0\]": {
        "labels": np.where(LABELS > 0.97, np.nan, LABELS)
    },
    r"spikes has 1 NaN or infinite values in columns \[2\]": {
        "spikes": np.where(np.arange(200).reshape(50, 4) == 2, np.nan, 1.0)
    },
    "spikes has shape": {"spikes": np.ones(50)},
    "did you mean 'learning_rate'": {"parameters": {"learning_rat": 1e-3}},
    "max_iterations is 0; give a whole number of at least 1": {"parameters": {"max_iterations": 0}},
    "temperature is 0; give a positive number": {"parameters": {"temperature": 0}},
    "distance is 'manhattan'; use one of cosine, euclidean": {
        "parameters": {"distance": "manhattan"}
    },
    "delta is None; give a positive number": {"parameters": {"conditional": "delta"}},
    "segments must follow each other": {"segments": (slice(0, 20), slice(30, 50))},
    "dtype is 'float16'": {"dtype": "float16"},
    "seed is 0.5": {"seed": 0.5},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_jobs_are_refused_in_one_line(message):
    with pytest.raises(ValueError, match=message) as caught:
        Job(**{"spikes": SPIKES, "labels": LABELS, **BAD[message]})
    assert "\n" not in str(caught.value)


UNTRAINABLE = {
    "no architecture 'offset10'; near it": {"parameters": {"model_architecture": "offset10"}},
    "longest contiguous stretch has 50 bins, a window and its pair need 51": {
        "parameters": {"model_architecture": "offset36-model", "time_offsets": 50},
        "labels": None,
    },
    "'delta' needs labels": {"labels": None, "parameters": {"conditional": "delta", "delta": 0.1}},
    "bfloat16 is for": {"dtype": "bfloat16", "parameters": {"model_architecture": "offset1-model"}},
}


@pytest.mark.parametrize("message", UNTRAINABLE)
def test_jobs_that_cannot_train_stop_the_run_before_any_trains(message, own_cache):
    bad = Job(**{"spikes": SPIKES, "labels": LABELS, "name": "b", **UNTRAINABLE[message]})
    with pytest.raises(ValueError, match=f"job b: .*{message}"):
        fit_many([Job(SPIKES, LABELS, FEW), bad], progress=False)
    assert not cached(own_cache)


def test_unknown_variant_is_refused(recording):
    with pytest.raises(ValueError, match="variant 'speed' is unknown; use one of posdir"):
        variant_job(recording, "speed")


def test_fast_dtype_can_be_turned_off(monkeypatch):
    monkeypatch.setenv("CEBRA_BOOK_BF16", "0")
    assert training.fast_dtype.__wrapped__() == "float32"


def test_transform_refuses_other_neurons(recording):
    one = fit(variant_job(recording, "pos", **FEW), progress=False)
    with pytest.raises(ValueError, match=r"the model was trained on \(bins, 20\)"):
        one.transform(SPIKES)


def test_the_sampler_a_job_gets_is_the_one_under_test(recording):
    job = variant_job(recording, "posdir", **FEW)
    assert type(new_sampler(job, Training(job).module)) is Sampler


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("mps", "use cpu, cuda or cuda:1"), ("gpu", "use cpu"), ("cuda:99", "torch sees")],
)
def test_a_device_that_is_none_is_one_line(wanted, said, monkeypatch):
    """Fault D15: a KeyError of 28 lines, or an AssertionError of 47."""
    monkeypatch.setenv("CEBRA_BOOK_DEVICE", wanted)
    with pytest.raises(ValueError, match=f"CEBRA_BOOK_DEVICE is '{wanted}'.*{said}"):
        default_device()
    monkeypatch.setenv("CEBRA_BOOK_DEVICE", "cpu ")
    assert default_device() == "cpu"


def test_a_fit_refuses_what_a_job_refuses():
    """Fault D15: counts with NaN were embedded as NaN, without a word."""
    job = Job(np.random.default_rng(0).poisson(1.0, (200, 4)), None, {"max_iterations": 1})
    fitted = fit(job)
    with pytest.raises(ValueError, match="spikes has 1 NaN or infinite values"):
        fitted.transform(np.where(np.arange(80).reshape(20, 4) == 7, np.nan, 1.0))
