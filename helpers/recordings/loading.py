"""Where recordings come from: a local file, the official download, cebra, or a simulation."""

import os
import re
import time
from pathlib import Path

from helpers.files import ROOT

from . import download
from .formats import REGISTRY, read_jl, read_npz, write_npz
from .recording import Recording, stretches
from .simulation import STAND_INS, simulate_recording

__all__ = ["RATS", "Recording", "load_recording", "simulate_recording", "stretches"]

RATS = tuple(REGISTRY)
OWN = (".npz", ".mat", ".nwb")
RECORDINGS = ROOT / "data" / "recordings"
# the keys of the stand-ins, under which they can be asked for at once
SIMULATED = {"simulated": "achilles"} | {f"simulated-{rat}": rat for rat in RATS[1:]}
SERVED = {
    "local": "recording from a local file",
    "download": "recording from the official download, checksummed",
    "cebra": "recording fetched through cebra.datasets, checksummed",
    "simulated": "simulated stand-in, no real recording within reach",
}


def load_recording(name="achilles", on_missing="error", datadir=None):
    """Load a recording from the first source that has it, and print which one served.

    In order: (1) ``<name>.npz`` or ``<name>.jl`` in ``$CEBRA_DATADIR/rat_hippocampus/``, then in
    ``data/recordings/``; (2) the official download, kept in ``data/recordings/``;
    (3) `cebra.datasets`; (4) a simulated stand-in, only if asked for. A local file of another name
    than the four rats', ``.npz``, ``.mat`` or ``.nwb``, is a reader's own and read as
    `helpers.own.read_recording` reads it: nothing is assumed that it does not say. ``simulated``
    and ``simulated-buddy``, the keys of the stand-ins, are simulated at once.

    Parameters
    ----------
    name : str
        One of `RATS`, or the name of a local file.
    on_missing : {"error", "simulate"}
        What to do when no source has a known rat's recording.
    datadir : path, optional
        In place of ``$CEBRA_DATADIR``.

    Returns
    -------
    Recording
        Its `source` says which step served.

    Raises
    ------
    ValueError
        If the name is unknown, or a file is damaged or is not the registered one.
    FileNotFoundError
        If the data folder that was set is missing, or no source has the recording.
    """
    if on_missing not in ("error", "simulate"):
        raise ValueError(f"on_missing is {on_missing!r}; use 'error' or 'simulate'")
    folders = [*_data_folder(datadir), RECORDINGS]
    if name in SIMULATED:
        print(f"{name}: simulated, as asked for")
        return simulate_recording(**STAND_INS[SIMULATED[name]], name=SIMULATED[name])
    recording = _local(name, folders)
    if recording is None and name not in RATS:
        raise ValueError(
            f"recording {name!r} is unknown; use {', '.join(RATS)}, "
            f"or put {name}.npz into {folders[0]}"
        )
    if recording is None:
        recording, reason = _remote(name)
    if recording is None and on_missing == "simulate":
        recording = simulate_recording(**STAND_INS[name], name=name)
    if recording is None:
        raise FileNotFoundError(
            f"{name}: no recording in {' or '.join(map(str, folders))}, and {reason}; "
            "set CEBRA_DATADIR, or load with on_missing='simulate'"
        )
    print(f"{name}: {SERVED[recording.source]}")
    return recording


def _data_folder(datadir):
    """The folder the reader set, checked: a list of one, or empty."""
    root, said_by = (datadir, "datadir") if datadir else (os.environ.get("CEBRA_DATADIR"), "")
    if not root:
        return []
    if not Path(root).is_dir():
        raise FileNotFoundError(
            f"{said_by or 'CEBRA_DATADIR'} is {root}, which is no folder; "
            "give an absolute path that exists, or unset it"
        )
    return [Path(root).resolve() / "rat_hippocampus"]


def _local(name, folders):
    """Step 1: the first file of that name, or None. A damaged file is an error, not a miss."""
    if not re.fullmatch(r"\w[\w.-]*", str(name)):
        raise ValueError(f"recording {name!r} is no name; use {', '.join(RATS)}")
    if name not in RATS:
        return _own(name, folders)
    for folder in folders:
        if (path := folder / f"{name}.npz").is_file():
            return _checked(path, name, read_npz(path), "local")
        if (path := folder / f"{name}.jl").is_file():
            return _checked(path, name, read_jl(path.read_bytes(), name), "local")
    return None


def _own(name, folders):
    """A reader's own file of that name, or None."""
    from helpers.own.files import read_recording  # a floor above: the one door for such files

    for folder in folders:
        if (path := folder / f"{name}.jl").is_file():
            read_jl(path.read_bytes(), name)  # refused: no checksum is known
        for suffix in OWN:
            if (path := folder / f"{name}{suffix}").is_file():
                recording = read_recording(path, name=name)
                for finding in recording.findings:
                    print(f"{path.name}: {finding.line}")
                return recording
    return None


def _remote(name):
    """Steps 2 and 3: a recording and "", or None and why there is none."""
    deadline = time.monotonic() + download.WAIT_S
    reason = ""
    for source, fetch in (("download", download.from_host), ("cebra", download.from_cebra)):
        try:
            fields = fetch(name, deadline)
        except download.HostDeadError as error:
            return None, str(error)
        except download.NotServedError as error:
            reason = reason or str(error)
            continue
        recording = _checked(download.url_of(name), name, fields, source)
        write_npz(RECORDINGS / f"{name}.npz", recording)
        return recording, ""
    return None, reason


def _checked(path, name, fields, source):
    """Build the Recording; an error names the file it came from."""
    try:
        return Recording(name=name, source=source, **fields)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def other_rats(recording: Recording) -> list[Recording]:
    """Load the other three of the four rats, those that are not simulated stand-ins.

    Parameters
    ----------
    recording : Recording
        One of the four; of any other, or of a simulated one, nothing is a companion.

    Returns
    -------
    list of Recording
    """
    if recording.source == "simulated" or recording.name not in RATS:
        return []
    names = [rat for rat in RATS if rat != recording.name]
    others = [load_recording(rat, on_missing="simulate") for rat in names]
    return [other for other in others if other.source != "simulated"]
