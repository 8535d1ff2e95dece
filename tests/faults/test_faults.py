"""Faults of data, met at the command line: the host's, and those of files. See the README's table.

Each is injected for real and goes through ``python -m helpers.book run``, but for the chapters.
"""

import ast
import gzip
import pickle
import re

import numpy as np
import pytest
from datahost import GZ, ONE, Malice, free_port, left_behind, md5

from helpers.book import __main__ as book
from helpers.files import ROOT
from helpers.recordings import download
from helpers.recordings.formats import REGISTRY, write_npz

TABLE = "## What was tried, and what happened"
COLUMNS = ONE.labels("posdir")
NO_FAULT = {
    "test_the_good_npz_runs",
    "test_every_fault_stands_in_the_readme_and_every_row_has_its_test",
}
GOOD = {"spikes": ONE.spikes, "position": COLUMNS}


@pytest.fixture(autouse=True)
def own_folders(monkeypatch, tmp_path):
    monkeypatch.setenv("CEBRA_BOOK_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a chapter on a rat; returns the exit code, the recording that served, and the error."""
    started = []
    monkeypatch.setattr(book, "run_chapters", lambda run, *_, **__: started.append(run) or [])

    def command(rat="achilles"):
        started.clear()
        code = book.main(["run", "02", "--recording", rat])
        served = started[0].served["key"] if started else None
        return code, served, capsys.readouterr().err

    return command


def assert_refused(outcome, message):
    """No chapter ran, and why stands in one line."""
    code, served, said = outcome
    assert (code, served) == (1, None)
    assert re.match(f"error: .*{message}", said), said
    assert said.count("\n") == 1


# ---- the data host -------------------------------------------------------------------------------

BROKEN_OFF = {"body": GZ[:100], "length": len(GZ)}


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([{"status": 202, "type": "text/html", "body": b""}], id="answers 202"),
        pytest.param([{"type": "text/html", "body": b"<html>moved</html>"}], id="a web page"),
        pytest.param([{}, BROKEN_OFF], id="truncates"),
        pytest.param([{}, {**BROKEN_OFF, "stall": True}], id="stalls"),
        pytest.param([{}, {"drip": True}], id="a byte at a time"),
    ],
)
def test_a_host_that_fails_leaves_the_stand_in(host, no_cebra, no_pause, run, monkeypatch, answers):
    monkeypatch.setattr(download, "WAIT_S", 2.0)
    monkeypatch.setattr(download, "PATIENCE_S", 0.5)
    host.answers = answers
    code, served, said = run()
    assert (code, served, said) == (0, "simulated", "")
    assert left_behind() == []


def test_a_host_out_of_reach_leaves_the_stand_in(host, no_cebra, run, monkeypatch):
    monkeypatch.setenv("CEBRA_BOOK_DATA_URL", f"http://127.0.0.1:{free_port()}")
    assert run() == (0, "simulated", "")
    assert (no_cebra, left_behind()) == ([], [])


def test_a_file_with_another_checksum_is_refused(host, no_cebra, no_pause, run):
    host.answers = [{"body": GZ[:-1] + b"!"}]
    assert_refused(run(), "is not the registered file")
    assert left_behind() == []


# ---- pickles -------------------------------------------------------------------------------------


@pytest.fixture
def evil(tmp_path):
    """A pickle that leaves a mark when it is opened, which no test may find afterwards."""
    mark = tmp_path / "mark"
    yield pickle.dumps(Malice(mark))
    assert not mark.exists(), "foreign code ran"
    pickle.loads(pickle.dumps(Malice(mark)))
    assert mark.exists()  # it would have


@pytest.mark.parametrize("forged", [False, True], ids=["as it is", "outer checksum forged"])
def test_a_malicious_download_stays_closed(
    host, no_cebra, no_pause, run, evil, monkeypatch, forged
):
    packed = gzip.compress(evil, mtime=0)
    if forged:
        known = REGISTRY["achilles"] | {"md5_gz": md5(packed), "bytes": len(packed)}
        monkeypatch.setitem(REGISTRY, "achilles", known)
    host.answers = [{"body": packed}]
    assert_refused(run(), "was not unpickled" if forged else "was not opened")
    assert left_behind() == []


@pytest.fixture
def local(host, monkeypatch, tmp_path):
    """The reader's own data folder, which comes before the host."""
    folder = tmp_path / "data/rat_hippocampus"
    folder.mkdir(parents=True)
    monkeypatch.setenv("CEBRA_DATADIR", str(folder.parent))
    return folder


@pytest.mark.parametrize("rat", ["achilles", "remy"])
def test_a_malicious_local_pickle_stays_closed(local, run, evil, rat):
    (local / f"{rat}.jl").write_bytes(evil)
    assert_refused(run(rat), "(was not unpickled|stays closed)")


def test_an_npz_that_hides_a_pickle_stays_closed(local, run, evil, tmp_path):
    hidden = np.array([[Malice(tmp_path / "mark")]])
    np.savez(local / "achilles.npz", spikes=hidden, position=COLUMNS)
    assert_refused(run(), r"achilles\.npz is not a readable npz \(Object arrays")
    (local / "achilles.npz").write_bytes(evil)
    assert_refused(run(), r"achilles\.npz is not a readable npz")


# ---- .npz files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_npz_is_refused(local, run, host, share):
    write_npz(local / "achilles.npz", ONE)
    content = (local / "achilles.npz").read_bytes()
    (local / "achilles.npz").write_bytes(content[: int(share * len(content))])
    assert_refused(run(), r"achilles\.npz is not a readable npz")
    assert host.paths == [], "a damaged file is no reason to download another"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"spikes": None, "neural": ONE.spikes}, "lacks spikes; it holds"),
        ({"position": None}, "lacks position; it holds"),
        ({"position": COLUMNS[:, 0]}, "lacks direction"),
        ({"position": COLUMNS[:, :2]}, "position has shape"),
        ({"position": COLUMNS[:-1]}, "position has shape"),
        ({"spikes": ONE.spikes.T}, "position has shape"),
        ({"spikes": ONE.spikes[0]}, "spikes has shape"),
        ({"spikes": ONE.spikes.astype(str)}, "spikes has dtype"),
        ({"spikes": ONE.spikes + 1j}, "spikes has dtype"),
        ({"spikes": ONE.spikes / 3}, "counts per bin, not rates"),
        ({"position": COLUMNS.astype(str)}, "position holds text"),
        ({"bin_s": np.array("fast")}, "could not convert"),
    ],
)
def test_an_npz_of_other_keys_shapes_or_types_is_refused(local, run, change, message):
    arrays = {name: array for name, array in {**GOOD, **change}.items() if array is not None}
    np.savez(local / "achilles.npz", **arrays)
    assert_refused(run(), message)


def test_the_good_npz_runs(local, run):
    np.savez(local / "achilles.npz", **GOOD)
    assert run() == (0, "achilles", "")


# ---- the table -----------------------------------------------------------------------------------


def fault_tests():
    """Names of all tests of tests/faults/ that inject a fault."""
    found = set()
    for path in (ROOT / "tests/faults").glob("test_faults*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return {name for name in found - NO_FAULT if name.startswith("test_")}


def test_every_fault_stands_in_the_readme_and_every_row_has_its_test():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.count(TABLE) == 1
    section = readme.split(TABLE)[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:2] == "| "]
    assert all(len(row) == 3 for row in rows), "three columns: fault, what the book does, test"
    named = [re.findall(r"`(test_\w+)`", row[2]) for row in rows[2:]]
    assert all(named), "a row names no test"
    assert {name for row in named for name in row} == fault_tests()
