"""A data host on this machine for the tests: answers rightly, wrongly, slowly or not at all."""

import contextlib
import gzip
import hashlib
import http.server
import io
import socket
import threading
from pathlib import Path

import joblib

from helpers.recordings import download
from helpers.recordings import loading as recordings
from helpers.recordings.formats import REGISTRY
from helpers.recordings.loading import simulate_recording

ONE = simulate_recording(5, 300)


def md5(content):
    return hashlib.md5(content).hexdigest()


def official():
    """A .jl such as the data host has, and the same gzipped."""
    content = {
        "spikes": ONE.spikes.astype(float),
        "position": ONE.labels("posdir").astype(float),
    }
    joblib.dump(content, file := io.BytesIO())
    return file.getvalue(), gzip.compress(file.getvalue(), mtime=0)


JL, GZ = official()


class Host(http.server.ThreadingHTTPServer):
    """Answers the n-th request with the n-th of `answers`, then on with the last."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers = [{}]
        self.paths = []
        self.sent = 0
        self.released = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/data"

    def handle_error(self, request, client_address):
        """A client that hangs up early is part of the tests."""


class Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        turn = len(self.server.paths)
        self.server.paths.append(self.path)
        answer = self.server.answers[min(turn, len(self.server.answers) - 1)]
        body = answer.get("body", GZ)
        self.send_response(answer.get("status", 200))
        self.send_header("Content-Type", answer.get("type", "application/gzip"))
        self.send_header("Content-Length", str(answer.get("length", len(body))))
        self.end_headers()
        (self.drip if answer.get("drip") else self.wfile.write)(body)
        self.wfile.flush()
        while answer.get("endless") and self.server.sent < 50_000_000:
            self.server.sent += self.wfile.write(bytes(10_000))
        if answer.get("stall"):
            self.server.released.wait(30)

    def drip(self, body):
        """Send a byte at a time, often enough for no timeout to notice."""
        for byte in body:
            self.wfile.write(bytes([byte]))
            if self.server.released.wait(0.001):
                break

    def log_message(self, *_args):
        pass


class Malice:
    """Unpickling it leaves a file behind: proof that foreign code ran."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


@contextlib.contextmanager
def standing_in(monkeypatch, folder):
    """A data host of our own for Achilles, whose registered checksums are those of `ONE`."""
    known = {"md5_gz": md5(GZ), "md5_jl": md5(JL), "bytes": len(GZ)}
    monkeypatch.setitem(REGISTRY, "achilles", REGISTRY["achilles"] | known)
    monkeypatch.delenv("CEBRA_DATADIR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(recordings, "RECORDINGS", folder)
    monkeypatch.setattr(download, "_dead_hosts", set())
    with Host() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("CEBRA_BOOK_DATA_URL", server.url)
        yield server
        server.released.set()
        server.shutdown()


def refuse_cebra(monkeypatch):
    """Step 3 without its seconds of importing: it fails, and counts how often it was asked."""
    asked = []

    def refuse(name, deadline):
        asked.append(name)
        raise download.NotServedError("cebra.datasets could not fetch it either")

    monkeypatch.setattr(download, "from_cebra", refuse)
    return asked


def left_behind():
    """Names of what lies where downloads are kept."""
    folder = recordings.RECORDINGS
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def free_port():
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
