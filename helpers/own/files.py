"""Your own recording from a file: `.npz` without pickles, `.mat` of any version, or `.nwb`."""

from __future__ import annotations

from pathlib import Path

from helpers import parsing
from helpers.recordings import Finding, Recording

from .ingest import recording_from_arrays

SAID_BEFORE = ("scale", "unit", "length_m")
"""What a reader says of places before an NWB file is read, which states a unit of its own."""


def read_recording(path, **options) -> Recording:
    """Read a recording of one's own from a file.

    Parameters
    ----------
    path : path
        ``.npz`` or ``.mat`` with the arrays of `helpers.parsing.KEYS`; in a ``.mat`` `spike_times`
        may be a cell array, a cell a unit. Or ``.nwb`` with units or traces, and a position.
    **options
        Arguments of `recording_from_arrays`, which go before what the file says; and by kind of
        file: ``position_file`` (a second ``.npz``); ``field`` (the struct of a ``.mat``);
        ``position_key``, ``epochs``, ``units_where``, ``traces_key``, ``without_direction``.

    Returns
    -------
    Recording
        Named after the file; `Recording.findings` say what was seen while it was read.

    Raises
    ------
    ValueError
        In one line that begins with the file's name.
    FileNotFoundError
        If there is no such file.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in parsing.KINDS:
        raise ValueError(
            f"{path.name} is of no kind that is read here; give {', '.join(parsing.KINDS)}"
        )
    if path.is_dir():
        raise ValueError(f"{path.name} is a folder (NWB in Zarr is not read); give one file")
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; check the path")
    try:
        asked = _asked(options, suffix)
        fields, seen = parsing.parse(path, **asked)
        findings = [Finding(*one) for one in seen]
        said = {
            key: value for key, value in options.items() if key not in asked or key in SAID_BEFORE
        }
        return recording_from_arrays(**{"name": path.stem, "findings": findings, **fields, **said})
    except ValueError as error:
        raise ValueError(f"{path.name}: {str(error).splitlines()[0]}") from error


def _asked(options: dict, suffix: str) -> dict:
    """Questions to the file among the options; one that its kind cannot be asked is an error."""
    for kind, names in parsing.QUESTIONS.items():
        for name in names:
            if kind != suffix and options.get(name) is not None:
                raise ValueError(f"{name} is a question to {kind} files; leave it out")
    names = parsing.QUESTIONS[suffix] + (SAID_BEFORE if suffix == ".nwb" else ())
    asked = {name: options[name] for name in names if name in options}
    if asked.get("position_file") is not None:  # the child stands in another folder
        asked["position_file"] = str(Path(asked["position_file"]).resolve())
    return asked
