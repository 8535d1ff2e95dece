"""Faults of the disk: damaged entries of the cache, no space left."""

import contextlib
import pickle
import resource
import subprocess
from types import SimpleNamespace

import numpy as np
import pytest
from datahost import Malice
from nbformat.v4 import new_code_cell, new_notebook

from helpers import kept
from helpers.book.pairing import write_notebook
from helpers.files import update_json
from helpers.recordings.formats import write_npz
from helpers.recordings.loading import load_recording, simulate_recording
from helpers.training import cache as fitcache
from helpers.training import many as training
from helpers.training.plan import variant_job

SMALL_B, DISK_KB = 1000, 512


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CEBRA_BOOK_DEVICE", "cpu")
    return tmp_path / "cache"


def fitted(monkeypatch):
    """A small fit: how to get it, where it lies, how often it was trained."""
    rec = simulate_recording(n_neurons=8, n_bins=400, seed=3)
    job = variant_job(rec, "pos", batch_size=16, max_iterations=20, num_hidden_units=4)
    done, plain = [], training.train
    monkeypatch.setattr(training, "train", lambda *a: done.append(1) or plain(*a))
    return SimpleNamespace(
        get=lambda: training.fit(job, progress=False).loss,
        path=lambda: fitcache.path_of(job, "cpu"),
        done=done,
    )


def computed(monkeypatch):
    """A small result that is no fit, alike."""
    done, given = [], {"points": np.arange(500.0)}

    def double(points):
        done.append(1)
        return {"doubled": 2 * points}

    double.__module__, double.__qualname__ = "helpers.toy", "double"
    monkeypatch.setattr(kept.code, "digest", lambda *roots: "code")
    return SimpleNamespace(
        get=lambda: kept.kept(double, **given)["doubled"],
        path=lambda: kept.path_of(double, given),
        done=done,
    )


@pytest.fixture(params=[fitted, computed], ids=["fit", "result"])
def work(request, monkeypatch, cache):
    return request.param(monkeypatch)


DAMAGES = {
    "empty": lambda good: b"",
    "half written": lambda good: good[: len(good) // 2],
    "half zeros": lambda good: good[: len(good) // 2] + bytes(len(good) - len(good) // 2),
    "a byte flipped": lambda good: good[:400] + bytes([good[400] ^ 1]) + good[401:],
    "a web page": lambda good: b"<html>moved</html>",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_entry_is_reported_and_made_again(work, damage, capsys):
    first = work.get()
    good = work.path().read_bytes()
    work.path().write_bytes(DAMAGES[damage](good))
    np.testing.assert_array_equal(work.get(), first)
    assert f"cache entry {work.path().name} is damaged" in capsys.readouterr().out
    np.testing.assert_array_equal(work.get(), first)
    assert len(work.done) == 2  # before the damage and after it


def test_a_cache_entry_that_is_a_pickle_stays_closed(work, tmp_path):
    first = work.get()
    work.path().write_bytes(pickle.dumps(Malice(tmp_path / "mark")))
    np.testing.assert_array_equal(work.get(), first)
    np.savez(work.path(), **{"log/total": np.array([Malice(tmp_path / "mark")])})
    np.testing.assert_array_equal(work.get(), first)
    assert not (tmp_path / "mark").exists()


# ---- no space left -------------------------------------------------------------------------------


@contextlib.contextmanager
def limited(_folder):
    """No file may grow beyond a thousand bytes; what the kernel then says is "File too large"."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_B, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def filled(folder):
    """Not a byte is left on the folder's disk: "No space left on device"."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        ballast.unlink()


@pytest.fixture(params=["file-size limit", "tmpfs"])
def disk(request, tmp_path):
    """A folder, and how to let its disk run full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param == "file-size limit":
        yield SimpleNamespace(folder=folder, full=limited)
        return
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_KB}k", "tmpfs", str(folder)]
    tried = subprocess.run(mount, capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no tmpfs may be mounted here ({tried.stderr.strip()})")
    yield SimpleNamespace(folder=folder, full=filled)
    subprocess.run(["umount", str(folder)], check=True)


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "ballast")


WRITERS = {
    "results": lambda path, n: update_json(path, lambda old: {**old, str(n): "value" * n}),
    "notebook": lambda path, n: write_notebook(
        new_notebook(cells=[new_code_cell("1 + 1\n" * n, id="one")]), path
    ),
    "recording": lambda path, n: write_npz(path, simulate_recording(5, 100 + n)),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_full_disk_leaves_the_old_file_whole(disk, kind):
    path = disk.folder / ("a.npz" if kind == "recording" else "a.json")
    WRITERS[kind](path, 1)
    old, listed = path.read_bytes(), names(disk.folder)
    with disk.full(disk.folder), pytest.raises(OSError, match="File too large|No space left"):
        WRITERS[kind](path, 2000)
    assert path.read_bytes() == old
    assert names(disk.folder) == listed
    WRITERS[kind](path, 2000)
    assert path.read_bytes() != old


def test_a_full_disk_keeps_no_half_a_fit_or_result(disk, work, monkeypatch):
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(disk.folder))
    with disk.full(disk.folder), pytest.raises(OSError, match="File too large|No space left"):
        work.get()
    assert names(disk.folder) == []
    assert len(work.get()) > 0
    assert names(disk.folder) == [work.path().name]


def test_a_full_disk_keeps_no_half_a_download(disk, host, no_cebra, monkeypatch):
    monkeypatch.setattr("helpers.recordings.loading.RECORDINGS", disk.folder)
    with disk.full(disk.folder), pytest.raises(OSError, match="File too large|No space left"):
        load_recording()
    assert names(disk.folder) == []
    assert load_recording().source == "download"
    assert names(disk.folder) == ["achilles.npz"]
