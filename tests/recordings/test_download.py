"""The cascade over the network, against a server on this machine: right, wrong, silent and dead."""

import gzip
import pickle
import socket
import time

import numpy as np
import pytest
import requests
from datahost import GZ, ONE, Malice, free_port, left_behind, md5

from helpers.recordings import download
from helpers.recordings import loading as recordings
from helpers.recordings.formats import REGISTRY
from helpers.recordings.loading import load_recording


def one_line(caught):
    return "\n" not in str(caught.value)


def test_the_official_file_is_downloaded_once(host, no_cebra, capsys):
    first = load_recording()
    assert capsys.readouterr().out == (
        "achilles: recording from the official download, checksummed\n"
    )
    assert (first.source, first.key, first.digest) == ("download", "achilles", ONE.digest)
    assert set(host.paths) == {"/data/achilles.jl.gz"}
    assert left_behind() == ["achilles.npz"]
    host.paths.clear()
    again = load_recording()
    assert (again.source, again.digest) == ("local", ONE.digest)
    assert (host.paths, no_cebra) == ([], [])
    with np.load(recordings.RECORDINGS / "achilles.npz", allow_pickle=False) as archive:
        assert not any(archive[key].dtype.hasobject for key in archive.files)


@pytest.mark.parametrize(
    "bad",
    [{"body": GZ[:-1] + b"!"}, {"body": GZ[:100], "length": len(GZ)}],
    ids=["wrong bytes", "broken off"],
)
def test_a_bad_answer_is_asked_for_again(host, no_cebra, bad):
    host.answers = [{}, bad, {}]  # to the probe, to the first try, to the second
    assert load_recording().source == "download"
    assert len(host.paths) == 3


@pytest.mark.parametrize(
    "body",
    [GZ[:-1] + b"!", GZ[:100], GZ + b"!", b""],
    ids=["changed", "truncated", "longer", "empty"],
)
def test_a_corrupt_download_is_an_error_and_leaves_nothing(host, no_cebra, no_pause, body):
    host.answers = [{"body": body}]
    for on_missing in ("error", "simulate"):  # corrupt is not missing
        with pytest.raises(ValueError, match=r"achilles\.jl\.gz .*its MD5 differs") as caught:
            load_recording(on_missing=on_missing)
    assert one_line(caught)
    assert left_behind() == []


def test_a_download_that_breaks_off_is_missing(host, no_cebra, no_pause):
    host.answers = [{"body": GZ[:100], "length": len(GZ)}]
    with pytest.raises(FileNotFoundError, match="the download broke off") as caught:
        load_recording()
    assert one_line(caught)
    assert (no_cebra, left_behind()) == (["achilles"], [])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"status": 202, "body": b""}, "status 202"),
        ({"status": 404, "body": b"no"}, "status 404"),
        ({"status": 503, "body": b"no"}, "status 503"),
        ({"type": "text/html; charset=utf-8", "body": b"<html>"}, "a web page"),
    ],
)
def test_what_is_not_the_file_is_missing(host, no_cebra, answer, reason):
    host.answers = [answer]
    with pytest.raises(FileNotFoundError, match=f"the data host answers with {reason}") as caught:
        load_recording()
    assert one_line(caught)
    assert no_cebra == ["achilles"]
    assert load_recording(on_missing="simulate").source == "simulated"
    assert left_behind() == []


def test_a_malicious_pickle_is_never_opened(host, no_cebra, no_pause, tmp_path, monkeypatch):
    trace = tmp_path / "trace"
    evil = pickle.dumps(Malice(trace))
    packed = gzip.compress(evil, mtime=0)
    host.answers = [{"body": packed}]
    with pytest.raises(ValueError, match="MD5 differs"):
        load_recording()
    # the outer checksum alone must not open it
    known = REGISTRY["achilles"] | {"md5_gz": md5(packed), "bytes": len(packed)}
    monkeypatch.setitem(REGISTRY, "achilles", known)
    with pytest.raises(ValueError, match="was not unpickled"):
        load_recording()
    assert not trace.exists()
    assert left_behind() == []
    pickle.loads(evil)
    assert trace.exists()  # the pickle would have run its code


def test_an_endless_answer_is_cut_off(host, no_cebra, no_pause):
    host.answers = [{}, {"body": GZ, "length": 10**12, "endless": True}]
    with pytest.raises(ValueError, match="MD5 differs"):
        load_recording()
    assert host.sent < 20_000_000  # what fits into the sockets of two tries


# ---- hosts that do not answer --------------------------------------------------------------------


def seconds(action):
    started = time.monotonic()
    action()
    return time.monotonic() - started


def simulated():
    assert load_recording(on_missing="simulate").source == "simulated"


def test_a_closed_port_is_dead_and_the_rest_is_skipped(host, no_cebra, monkeypatch, capsys):
    monkeypatch.setenv("CEBRA_BOOK_DATA_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(FileNotFoundError, match="the data host does not answer") as caught:
        load_recording()
    assert one_line(caught)
    simulated()
    assert no_cebra == []
    assert capsys.readouterr().out == (
        "achilles: simulated stand-in, no real recording within reach\n"
    )


def test_a_host_that_accepts_and_stays_silent_costs_seconds_once(host, no_cebra, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv("CEBRA_BOOK_DATA_URL", f"http://127.0.0.1:{port}")
        assert seconds(simulated) < download.WAIT_S / 2 + 1
        assert seconds(simulated) < 2  # remembered for the process
    assert no_cebra == []


def test_a_name_that_never_resolves_is_left_behind(host, no_cebra, monkeypatch):
    """No timeout of requests covers the look-up of a name; the thread that hangs is abandoned."""
    monkeypatch.setattr(download, "WAIT_S", 1.0)

    def hang(*_args, **_options):
        host.released.wait(30)
        raise requests.ConnectionError

    monkeypatch.setattr(requests, "get", hang)
    assert seconds(simulated) < 5
    assert no_cebra == []


def test_a_host_that_stalls_half_way_is_dead_in_time(host, no_cebra, monkeypatch):
    monkeypatch.setattr(download, "WAIT_S", 3.0)
    host.answers = [{}, {"body": GZ[:100], "length": len(GZ), "stall": True}]
    assert seconds(simulated) < 3.0 + 2
    assert no_cebra == []
    assert seconds(simulated) < 2
    assert left_behind() == []


def test_a_host_that_drips_is_given_up(host, no_cebra, no_pause, monkeypatch):
    monkeypatch.setattr(download, "PATIENCE_S", 0.5)
    host.answers = [{}, {"drip": True}]
    with pytest.raises(FileNotFoundError, match="the data host does not answer"):
        load_recording()
    assert left_behind() == []


def test_an_address_that_is_none_is_an_error(host, monkeypatch):
    monkeypatch.setenv("CEBRA_BOOK_DATA_URL", "localhost/data")
    with pytest.raises(ValueError, match="CEBRA_BOOK_DATA_URL is 'localhost/data'"):
        load_recording(on_missing="simulate")


# ---- step 3 --------------------------------------------------------------------------------------


def test_cebra_serves_what_the_download_could_not(host, monkeypatch, capsys):
    """The package's own downloader, in its own process, from our host."""
    monkeypatch.setattr(download, "WAIT_S", 60.0)  # importing torch takes long on a busy machine
    host.answers = [{"status": 202, "body": b""}, {}]
    recording = load_recording()
    assert (recording.source, recording.digest) == ("cebra", ONE.digest)
    assert left_behind() == ["achilles.npz"]
    assert "fetched through cebra.datasets" in capsys.readouterr().out


def test_cebra_is_stopped_at_the_deadline(host):
    deadline = time.monotonic() + 0.5
    with pytest.raises(download.NotServedError, match="took too long"):
        download.from_cebra("achilles", deadline)
    assert time.monotonic() < deadline + 5


def test_what_cebra_left_is_checked_again(host, monkeypatch):
    """A child that reports success with another file: it stays closed."""
    child = "import sys, pathlib; p = pathlib.Path(sys.argv[2], 'rat_hippocampus'); p.mkdir(); "
    child += "(p / 'achilles.jl').write_bytes(b'foreign')"
    monkeypatch.setattr(download, "_THROUGH_CEBRA", child)
    with pytest.raises(ValueError, match="was not unpickled"):
        download.from_cebra("achilles", time.monotonic() + 20)
