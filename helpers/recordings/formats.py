"""Recordings on disk: .npz without pickles, .jl unpickled only after its checksum."""

import hashlib
import io
import json
import zipfile
import zlib

import joblib
import numpy as np

from helpers.files import ROOT, whole

# what a damaged zip makes numpy and zipfile raise, found by flipping every byte of one
UNREADABLE = (ValueError, EOFError, OSError, RuntimeError, zipfile.BadZipFile, zlib.error)
REGISTRY = json.loads((ROOT / "data" / "registry.json").read_text(encoding="utf-8"))


def read_npz(path):
    """Read a recording's arrays from a pickle-free .npz.

    Parameters
    ----------
    path : Path
        Holds `spikes` (T, N) and `position`: (T, 3) as metres, running right, running left; or (T,)
        beside `direction` (T,) of ±1. `bin_s`, `length_m`, `geometry` may stand beside them.

    Returns
    -------
    dict
        Arguments of `Recording`.

    Raises
    ------
    ValueError
        In one line, if the file is truncated, corrupt, holds pickles or lacks a key.
    """
    mend = f"replace {path}, or delete it to download the recording again"
    try:
        with np.load(path, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("it is a single array")
            arrays = {key: archive[key] for key in archive.files}
    except UNREADABLE as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"{path.name} is not a readable npz ({reason}); {mend}") from error
    return _fields(arrays, path.name)


def read_jl(content, name):
    """Unpickle the official file of a rat, if it is that file.

    Parameters
    ----------
    content : bytes
        The .jl as it lies on disk, gunzipped.
    name : str
        A rat of the registry.

    Raises
    ------
    ValueError
        If the MD5 is not the registered one: a pickle can run any code, so it stays closed.
    """
    if name not in REGISTRY:
        raise ValueError(f"{name}.jl has no registered checksum, so it stays closed; save an .npz")
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if md5 != REGISTRY[name]["md5_jl"]:
        raise ValueError(
            f"{name}.jl has MD5 {md5}, not {REGISTRY[name]['md5_jl']}, so it was not unpickled; "
            "replace it by the official file"
        )
    return _fields(joblib.load(io.BytesIO(content)), f"{name}.jl")


def write_npz(path, recording):
    """Write a `Recording` as a compressed .npz without pickles, whole or not at all."""
    with whole(path) as part:
        np.savez_compressed(
            part,
            spikes=recording.spikes,
            position=recording.labels("posdir"),
            bin_s=recording.bin_s,
            length_m=recording.length_m,
            geometry=recording.geometry,
        )


def _fields(arrays, file):
    """Turn a file's arrays into Recording's arguments; `file` names it in errors."""
    missing = [key for key in ("spikes", "position") if key not in arrays]
    if missing:
        raise ValueError(f"{file} lacks {' and '.join(missing)}; it holds {', '.join(arrays)}")
    fields = {"spikes": arrays["spikes"], "position": np.asarray(arrays["position"])}
    if fields["position"].ndim == 2:
        fields["position"], fields["direction"] = _split(fields["position"], file)
    elif "direction" in arrays:
        fields["direction"] = arrays["direction"]
    else:
        raise ValueError(f"{file} lacks direction; add it, or give position as three columns")
    for key, kind in (("bin_s", float), ("length_m", float), ("geometry", str)):
        if key in arrays:
            if np.size(arrays[key]) != 1:
                raise ValueError(f"{file}: {key} has {np.size(arrays[key])} values; give one")
            fields[key] = kind(np.asarray(arrays[key]).item())
    return fields


def _split(columns, file):
    """Position and direction (±1) from CEBRA's three columns: metres, right, left."""
    if columns.shape[1] != 3:
        raise ValueError(
            f"{file}: position has shape {columns.shape}; give (T, 3): metres, right, left"
        )
    if columns.dtype.kind not in "biuf" or not np.isfinite(columns).all():
        bad = int((~np.isfinite(columns)).sum()) if columns.dtype.kind == "f" else "text"
        raise ValueError(f"{file}: position holds {bad} NaN or infinite values; remove those bins")
    right, left = columns[:, 1], columns[:, 2]
    if not (np.isin(right, (0, 1)).all() and (right + left == 1).all()):
        raise ValueError(
            f"{file}: position columns 1 and 2 must be one-hot (right, left); recode them"
        )
    return columns[:, 0], np.where(right == 1, 1, -1).astype(np.int8)
