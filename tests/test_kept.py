"""Results kept on disk: computed once, by content and code, never half written."""

import joblib
import numpy as np
import pytest

from helpers import kept as keeping
from helpers.decoding.plain import root_counts
from helpers.files import whole
from helpers.kept import kept, kept_many, path_of
from helpers.recordings.simulation import simulate_recording
from helpers.synthetic.methods import embed

POINTS = np.random.default_rng(0).normal(size=(40, 3))


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def function(monkeypatch):
    """A function that counts its calls and passes for one of a helpers module."""
    calls = []

    def double(points, factor=2.0):
        calls.append(factor)
        return {"doubled": factor * np.asarray(points)}

    double.__module__, double.__qualname__ = "helpers.toy", "double"
    monkeypatch.setattr(keeping.code, "digest", lambda *roots: "code")
    double.calls = calls
    return double


def test_a_second_call_reads_what_the_first_wrote(function):
    first, second = (kept(function, points=POINTS) for _ in range(2))
    np.testing.assert_array_equal(first["doubled"], 2 * POINTS)
    np.testing.assert_array_equal(second["doubled"], first["doubled"])
    assert function.calls == [2.0]


def test_other_arguments_are_another_result(function):
    kept(function, points=POINTS)
    kept(function, points=POINTS, factor=3.0)
    kept(function, points=POINTS + 1e-12)
    assert function.calls == [2.0, 3.0, 2.0]


def test_other_code_is_another_result(function, monkeypatch):
    before = path_of(function, {"points": POINTS})
    monkeypatch.setattr(keeping.code, "digest", lambda *roots: "edited")
    assert path_of(function, {"points": POINTS}) != before


def test_many_calls_come_back_in_their_order(function):
    calls = [{"points": POINTS, "factor": float(n)} for n in range(3)]
    kept(function, **calls[1])
    # one is missing per call here, so that no worker process has to import a function of a test
    for results in (kept_many(function, calls[:2]), kept_many(function, calls)):
        for call, result in zip(calls, results, strict=False):
            np.testing.assert_array_equal(result["doubled"], call["factor"] * POINTS)
    assert function.calls == [1.0, 0.0, 2.0]


def test_many_missing_results_are_computed_side_by_side(function):
    calls = [{"points": POINTS, "factor": float(n)} for n in range(4)]
    with joblib.parallel_config(backend="threading"):  # a function of a test has no importable name
        results = kept_many(function, calls)
    assert sorted(function.calls) == [0, 1, 2, 3]
    assert [result["doubled"][0, 0] / POINTS[0, 0] for result in results] == [0, 1, 2, 3]


def test_large_arguments_are_computed_once(own_cache):
    # The bug: workers hashed their copies in memory files, and everything was computed again here.
    spikes = np.random.default_rng(0).poisson(1.0, size=(3_000, 100))
    calls = [{"method": "pca", "spikes": spikes + n, "n_train": 2_000} for n in range(2)]
    kept_many(embed, calls)
    assert {path.name for path in own_cache.iterdir()} == {path_of(embed, c).name for c in calls}


def test_a_damaged_file_is_reported_and_computed_again(function, capsys):
    kept(function, points=POINTS)
    path = path_of(function, {"points": POINTS})
    path.write_bytes(path.read_bytes()[:100])
    np.testing.assert_array_equal(kept(function, points=POINTS)["doubled"], 2 * POINTS)
    assert "damaged" in capsys.readouterr().out
    assert len(function.calls) == 2


def test_only_functions_with_a_name_in_helpers_are_kept():
    with pytest.raises(ValueError, match="cannot be kept"):
        kept(lambda: {"a": POINTS})
    with pytest.raises(ValueError, match="module of helpers"):
        kept(root_counts(3), spikes=simulate_recording(n_bins=500).spikes)


def test_what_is_no_dict_of_arrays_is_refused(function, own_cache):
    for wrong in (POINTS, {"a": 1.0}, {"a": np.array([None])}):
        with pytest.raises(TypeError, match="return {name: array}"):
            kept(_as(function, wrong), points=POINTS)
    assert list(own_cache.iterdir()) == []


def _as(function, value):
    def other(points):
        return value

    other.__module__, other.__qualname__ = function.__module__, "other"
    return other


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.npz"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="full"), whole(path) as part:
        part.write_bytes(b"ne")
        raise OSError("disk full")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]
