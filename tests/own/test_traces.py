"""Calcium imaging: traces in place of counts, through everything that needs no counts."""

from dataclasses import replace

import numpy as np
import pytest

from helpers import own
from helpers.decoding import decode_gaussian, mean_score
from helpers.own import jobs as own_jobs
from helpers.own import ring as own_ring
from helpers.own.decoding import PLAIN, plain_methods
from helpers.own.inspection import honest_split, inspect_recording
from helpers.own.jobs import NAMES, TIME, TOLD
from helpers.own.lessons import calcium
from helpers.own.scaling import seen_by_split
from helpers.recordings import Recording, simulate_recording
from helpers.training import fit_many

RING = simulate_recording(n_neurons=40, n_bins=6000, seed=4)
ARC = simulate_recording(n_neurons=40, n_bins=6000, seed=4, same_tuning=True)
FAST = {"decay_s": 0.25, "noise": 0.2}
SEEN = calcium(RING, **FAST)


def test_traces_are_kept_as_they_are_and_counts_are_not_taken_for_them():
    assert SEEN.spikes.dtype == np.float32
    assert (SEEN.spikes < 0).any()
    assert SEEN.digest != RING.digest
    with pytest.raises(ValueError, match="calcium imaging as traces"):
        replace(SEEN, signal="counts")
    with pytest.raises(ValueError, match=r"traces has 2 NaN or infinite values in columns \[3\]"):
        spoilt = SEEN.spikes.copy()
        spoilt[[5, 9], 3] = np.nan
        replace(SEEN, spikes=spoilt)


def test_a_spike_leaves_a_trace_that_decays():
    counts = np.zeros((400, 2))
    counts[100, 0] = 1
    place = np.linspace(0, 1.6, 400)
    one = Recording("one", counts, place, np.ones(400))
    trace = calcium(one, decay_s=0.5, noise=0).spikes[:, 0]
    assert trace[99] == 0
    assert trace[100] == 1
    assert trace[120] == pytest.approx(np.exp(-20 * 0.025 / 0.5))


def test_the_inspection_has_nothing_against_traces_but_cells_that_never_change():
    assert not inspect_recording(SEEN)
    dead = SEEN.spikes.copy()
    dead[:, [2, 7]] = 0.1
    named = replace(SEEN, spikes=dead, unit_names=tuple(f"cell{n}" for n in range(40)))
    (found,) = inspect_recording(named)
    assert found.where == "units cell2, cell7"


def test_scaling_is_of_training_bins_alone_and_said():
    split = honest_split(SEEN)
    scaled = seen_by_split(SEEN, {"one": split}, "z-scored")["one"]
    known = scaled.spikes[split.train]
    np.testing.assert_allclose(known.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(known.std(axis=0), 1, atol=1e-5)
    assert abs(scaled.spikes[split.test].mean()) > 1e-4
    assert seen_by_split(SEEN, {"one": split}, "as given")["one"] is SEEN
    assert seen_by_split(RING, {"one": split}, "z-scored")["one"] is RING
    with pytest.raises(ValueError, match="scaling is 'none'; use one of z-scored, as given"):
        seen_by_split(SEEN, {}, "none")


def test_the_gaussian_decoder_is_the_posterior_by_hand():
    split = honest_split(SEEN)
    found = decode_gaussian(SEEN, split, "by hand")
    assert found.settings["smoothing_cm"] in (2.0, 4.0, 6.0, 10.0)
    assert mean_score([found], "median_cm") < 15
    assert mean_score([found], "direction") > 0.85
    nothing = replace(SEEN, spikes=np.random.default_rng(0).normal(size=SEEN.spikes.shape))
    lost = decode_gaussian(nothing, split, "noise")
    assert mean_score([lost], "median_cm") > 25


def test_scaling_changes_no_plain_bayesian_decoder():
    split = honest_split(SEEN)
    tenfold = replace(SEEN, spikes=10 * SEEN.spikes + 3)
    here, there = (decode_gaussian(one, split, "x") for one in (SEEN, tenfold))
    np.testing.assert_allclose(here.predicted, there.predicted, atol=1e-3)


def test_every_plain_method_decodes_traces():
    found = plain_methods(SEEN, honest_split(SEEN))
    error = {name: mean_score([one], "median_cm") for name, one in found.items()}
    assert tuple(error) == PLAIN
    assert max(error[name] for name in PLAIN[:3]) < 0.6 * error["constant"]


@pytest.mark.slow
def test_the_whole_analysis_finds_the_ring_in_calcium_and_not_in_the_arc(monkeypatch, tmp_path):
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(own_jobs, "ITERATIONS", {"quick": 400, "full": 400})
    monkeypatch.setattr(own_jobs, "NULL_MODELS", {"quick": 1, "full": 1})  # nothing here asks for p
    for name in ("POINTS", "LANDMARKS"):
        monkeypatch.setattr(own_ring.topology, name, {"quick": 250, "full": 250})
    ring, arc = (own.analyse(calcium(one, **FAST), progress=False) for one in (RING, ARC))
    told = ring.decoding.median_cm(NAMES[TOLD])
    assert told < 0.5 * ring.decoding.median_cm("constant")
    assert ring.ring.rings[TIME].share > 0.6 > 0.4 > arc.ring.rings[TIME].share
    assert ring.numbers()["recording"]["signal"] == "traces"


def test_an_encoder_is_not_scale_free(monkeypatch, tmp_path):
    """Why scaling has to be said: the same traces, times a thousand, make another embedding."""
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(own_jobs, "ITERATIONS", {"quick": 30, "full": 30})
    large = replace(SEEN, spikes=1000 * SEEN.spikes)
    first = [next(iter(own_jobs.jobs_09(one, "quick", scaling="as given").values()))
             for one in (SEEN, large)]  # fmt: skip
    here, there = (one.embedding for one in fit_many(first, progress=False))
    assert np.abs(here - there).max() > 0.1
    jobs = [own_jobs.jobs_09(one, "quick", scaling="z-scored") for one in (SEEN, large)]
    np.testing.assert_allclose(*(next(iter(one.values())).spikes for one in jobs), atol=1e-3)
