"""The official recordings over the network: checksummed unopened, never waiting on dead hosts."""

import gzip
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pooch
import requests
from tqdm import tqdm

from .formats import REGISTRY, read_jl

WAIT_S = 10.0  # all that one recording may wait for hosts that do not answer
PATIENCE_S = 120.0  # a host that answers may take this long for less than half a megabyte
RETRY_PAUSE_S = 1.0  # pooch's, before its second try
AS_IT_IS = {"Accept-Encoding": "identity"}  # the file's own gzip must reach the checksum
_dead_hosts: set[str] = set()  # asked once in this process, not again

_THROUGH_CEBRA = """
import sys, cebra.datasets, cebra.datasets.hippocampus as hippocampus
name, root, url, md5_gz, md5_jl = sys.argv[1:]
hippocampus.rat_dataset_urls[name] = dict(url=url, gzipped_checksum=md5_gz, checksum=md5_jl)
cebra.datasets.init("rat-hippocampus-single-" + name, root=root)
"""


class NotServedError(Exception):
    """Raised by a step of the cascade that has no recording, and says why; the next may have it."""


class HostDeadError(NotServedError):
    """The host did not answer in time: asking it in another way is no use."""


def url_of(name):
    """Address of a rat's official file; `CEBRA_BOOK_DATA_URL` replaces the folder it lies in."""
    official = REGISTRY[name]["url"]
    folder = os.environ.get("CEBRA_BOOK_DATA_URL") or official.rpartition("/")[0]
    if not folder.startswith(("https://", "http://")):
        raise ValueError(f"CEBRA_BOOK_DATA_URL is {folder!r}; give an http(s) address, or unset it")
    return f"{folder.rstrip('/')}/{official.rpartition('/')[2]}"


def from_host(name, deadline):
    """Download the official file with pooch, check both MD5s, then unpickle it.

    Parameters
    ----------
    name : str
        A rat of the registry.
    deadline : float
        `time.monotonic()` after which nothing waits for a silent host.

    Returns
    -------
    dict
        Arguments of `Recording`.

    Raises
    ------
    NotServedError
        If the host is dead (`HostDeadError`) or answers with something else than the file.
    ValueError
        If what arrived, twice, is not the registered file.
    """
    url = url_of(name)
    _probe(url, deadline)
    file = f"{name}.jl.gz"
    with tempfile.TemporaryDirectory(prefix="recording-") as folder:
        fetcher = pooch.create(
            folder,
            base_url="",
            registry={file: f"md5:{REGISTRY[name]['md5_gz']}"},
            urls={file: url},
            retry_if_failed=1,
        )
        pooch.get_logger().setLevel("WARNING")
        try:
            packed = Path(fetcher.fetch(file, downloader=_stream(name, deadline)))
        except (requests.ConnectionError, requests.Timeout) as error:
            _give_up(url, error)
        except requests.RequestException as error:
            raise NotServedError(f"the download broke off ({type(error).__name__})") from error
        except ValueError as error:
            raise ValueError(
                f"{file} from {url} is not the registered file (its MD5 differs), so it was not "
                "opened; try again later, or set CEBRA_DATADIR to a folder that has the recording"
            ) from error
        return read_jl(gzip.decompress(packed.read_bytes()), name)


def from_cebra(name, deadline):
    """Let `cebra.datasets.init` fetch the recording, in a process that can be stopped.

    The package asks without a timeout, and fixes its data folder at import: hence the child
    process, and a folder of our own. What it fetched is checked here again before it is unpickled.

    Raises
    ------
    NotServedError
        If the package had no success before `deadline` (see `from_host`).
    ValueError
        If the file that it left is not the registered one.
    """
    with tempfile.TemporaryDirectory(prefix="recording-") as folder:
        known = REGISTRY[name]
        command = [sys.executable, "-c", _THROUGH_CEBRA]
        command += [name, folder, url_of(name), known["md5_gz"], known["md5_jl"]]
        left = max(deadline - time.monotonic(), 0.1)
        try:
            done = subprocess.run(command, timeout=left, capture_output=True, check=False)
        except subprocess.TimeoutExpired as error:
            raise NotServedError("cebra.datasets took too long") from error
        path = Path(folder, "rat_hippocampus", f"{name}.jl")
        if done.returncode or not path.exists():
            raise NotServedError("cebra.datasets could not fetch it either")
        return read_jl(path.read_bytes(), name)


def _probe(url, deadline):
    """Ask for the file's headers, within half of the time left, in a thread.

    A look-up of the host's name obeys no timeout, so only a thread can be left behind.
    """
    if urlsplit(url).netloc in _dead_hosts:
        raise HostDeadError("the data host does not answer")
    answers = queue.SimpleQueue()

    def ask():
        try:
            with requests.get(url, stream=True, timeout=3, headers=AS_IT_IS) as answer:
                answers.put(_refusal(answer))
        except requests.RequestException as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=max(deadline - time.monotonic(), 0.2) / 2)
    except queue.Empty:
        answer = requests.Timeout()
    if isinstance(answer, requests.RequestException):
        _give_up(url, answer)
    if answer:
        raise NotServedError(answer)


def _give_up(url, error):
    """Remember the host as dead for the rest of this process."""
    _dead_hosts.add(urlsplit(url).netloc)
    raise HostDeadError("the data host does not answer") from error


def _refusal(answer):
    """Why an HTTP answer cannot be the file, or "". A mirror has answered 202 since 2026."""
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code != 200:
        return f"the data host answers with status {answer.status_code}"
    return "the data host answers with a web page" if "html" in kind else ""


def _stream(name, deadline):
    """Make pooch's downloader: with progress, a timeout that shrinks, and a limit to the bytes."""
    size = REGISTRY[name]["bytes"]
    until = time.monotonic() + PATIENCE_S

    def download(url, output_file, _pooch):
        left = deadline - RETRY_PAUSE_S - time.monotonic()
        if left <= 0:
            raise requests.Timeout("no time left")
        with (
            requests.get(url, stream=True, timeout=min(3.0, left), headers=AS_IT_IS) as answer,
            Path(output_file).open("wb") as file,
            tqdm(total=size, unit="B", unit_scale=True, desc=f"{name}.jl.gz", leave=False) as bar,
        ):
            if refusal := _refusal(answer):
                raise requests.HTTPError(refusal)
            for chunk in answer.iter_content(256):
                written = file.tell() + file.write(chunk)
                bar.update(len(chunk))
                if time.monotonic() > until:
                    raise requests.Timeout("too slow")
                if written > size:
                    break  # not the file: its MD5 will say so

    return download
