"""The cascade of the data loader put through its paces, against a data host on this machine."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.server
import io
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import joblib
from IPython.display import Markdown

from helpers.claims import expect, row_of
from helpers.recordings import REGISTRY, download, load_recording, simulate_recording, write_npz
from helpers.recordings import loading as recordings

RAT = "achilles"
# What the host may answer: the empty 202 of figshare, a web page, nothing, other bytes, the file.
GONE = {"status": 202, "type": "text/html", "body": b""}
PAGE = {"type": "text/html", "body": b"<html>we have moved</html>"}
SILENT = {"silent": True}
BROKEN = {"body": b"not the file"}
FINE: dict = {}
ACTS = {
    "a local file is there": ("local", {"answers": [FINE], "local": True}),
    "the host serves the file": ("download", {"answers": [FINE]}),
    "status 202 first, the file when the package asks": ("cebra", {"answers": [GONE, FINE]}),
    "a web page instead of the file, always": ("page", {"answers": [PAGE]}),
    "the host accepts and stays silent": ("silent", {"answers": [SILENT]}),
    "other bytes than the registered ones": ("broken", {"answers": [FINE, BROKEN]}),
    "`CEBRA_DATADIR` names no folder": ("folder", {"answers": [FINE], "datadir": "nowhere"}),
}
"""What happens on the stage: its id, and what `ask` is told."""


class Served(NamedTuple):
    """What became of a request: the step that served or the error, how long, what was said."""

    source: str
    seconds: float
    told: str


class _Host(http.server.ThreadingHTTPServer):
    """Answers the n-th request with the n-th of `answers`, then on with the last."""

    daemon_threads = True

    def __init__(self, answers: Sequence[dict], file: bytes):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.answers, self.file, self.asked = list(answers), file, 0
        self.over = threading.Event()

    def handle_error(self, request, client_address):
        """Say nothing when a client hangs up early: some acts are about that."""


class _Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        host = self.server
        answer = host.answers[min(host.asked, len(host.answers) - 1)]
        host.asked += 1
        if answer.get("silent"):
            host.over.wait(30)
            return
        body = answer.get("body", host.file)
        self.send_response(answer.get("status", 200))
        self.send_header("Content-Type", answer.get("type", "application/gzip"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


def ask(answers: Sequence[dict], local: bool = False, datadir: str | None = None) -> Served:
    """Ask for a recording as a chapter does, on a stage where the data host plays a part.

    `answers` are the host's to the first, second, … request, `local` says whether a local file is
    there, and `datadir` is what `CEBRA_DATADIR` is set to. What is served is the stage's own, a few
    hundred simulated bins; never the reader's data.
    """
    with _stage(answers, local, datadir), contextlib.redirect_stdout(io.StringIO()) as said:
        start = time.perf_counter()
        try:
            source = load_recording(RAT, on_missing="simulate").source
            told = said.getvalue().strip()
        except (ValueError, FileNotFoundError) as error:
            source, told = type(error).__name__, str(error)
        told = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", told)
        seconds = time.perf_counter() - start
    return Served(source, seconds, told)


@dataclass(frozen=True)
class Cascade:
    """What served in each of `ACTS`."""

    served: dict[str, Served]

    def table(self) -> Markdown:
        """Set what serves, how long it took and what the reader is told, by what happens."""
        rows = [["what happens", "what serves", "seconds", "what the reader is told"]]
        rows += [["---", "---", "--:", "---"]]
        for act, found in self.served.items():
            rows.append([act, f"**{found.source}**", f"{found.seconds:.1f}", found.told])
        return Markdown("\n".join(map(row_of, rows)))

    def expect(self) -> None:
        """Hold every act to what serves."""
        for act, found in self.served.items():
            expect(f"diary.cascade.{ACTS[act][0]}", found.source)


def play() -> Cascade:
    """Play all acts, each on a stage of its own.

    Returns
    -------
    Cascade
    """
    return Cascade({act: ask(**how) for act, (_, how) in ACTS.items()})


@contextlib.contextmanager
def _stage(answers: Sequence[dict], local: bool, datadir: str | None) -> Iterator[None]:
    """Set up host, registry and folders of the stage, and take them down again."""
    rec = simulate_recording(5, 300)
    jl, packed = _official(rec)
    known = {"md5_gz": _md5(packed), "md5_jl": _md5(jl), "bytes": len(packed)}
    with tempfile.TemporaryDirectory() as folder, _Host(answers, packed) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        place = Path(folder) / "recordings"
        if local:
            place.mkdir()
            write_npz(place / f"{RAT}.npz", rec)
        url = f"http://127.0.0.1:{host.server_port}/data"
        environment = {"CEBRA_BOOK_DATA_URL": url, "NO_PROXY": "127.0.0.1"}
        environment["CEBRA_DATADIR"] = datadir or ""
        with (
            patch.dict(os.environ, environment),
            patch.dict(REGISTRY, {RAT: REGISTRY[RAT] | known}),
            patch.object(recordings, "RECORDINGS", place),
            patch.object(download, "_dead_hosts", set()),
            # On a busy machine the package's import alone may outlast the ten seconds of a reader.
            patch.object(download, "WAIT_S", 60.0),
        ):
            try:
                yield
            finally:
                host.over.set()
                host.shutdown()


def _official(rec) -> tuple[bytes, bytes]:
    """A file such as the data host has, and the same gzipped."""
    content = {"spikes": rec.spikes.astype(float), "position": rec.labels("posdir").astype(float)}
    joblib.dump(content, file := io.BytesIO())
    return file.getvalue(), gzip.compress(file.getvalue(), mtime=0)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
