"""MATLAB's `.mat` of every version: scipy reads those up to 7, h5py the HDF5 of 7.3."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
from scipy.io import loadmat

from .errors import FileError
from .names import KEYS, SIGNALS, known

LEAST = 128  # bytes of a MATLAB header


def read(path: Path, field: str | None = None) -> tuple[dict, list[tuple]]:
    """Read arrays; `field` names the struct that holds them, ``session`` or ``session.rat``."""
    if path.stat().st_size < LEAST:
        raise FileError(f"has {path.stat().st_size} bytes, less than any .mat; copy it anew")
    if h5py.is_hdf5(path):
        with h5py.File(path) as file:
            arrays = _of_group(file, file)
    else:
        found = loadmat(path, simplify_cells=True)
        arrays = {key: _simple(one) for key, one in found.items() if not key.startswith("__")}
    return known(_struct(arrays, field))


def _struct(arrays: dict, field: str | None) -> dict:
    """The struct that was named, or the only one that holds what is needed."""
    if field:
        for name in field.split("."):
            if not isinstance(arrays.get(name), dict):
                structs = [key for key, one in arrays.items() if isinstance(one, dict)]
                raise FileError(
                    f"has no struct {name!r}; field may be {', '.join(structs) or 'left out'}"
                )
            arrays = arrays[name]
        return arrays
    if "position" in arrays:
        return arrays
    held = {key: one for key, one in _structs(arrays) if _holds_recording(one)}
    if len(held) == 1:
        return next(iter(held.values()))
    if held:
        raise FileError(
            f"holds {len(held)} structs with a recording; name one: field {' or '.join(held)}"
        )
    return arrays


def _structs(arrays: dict, prefix: str = ""):
    for key, one in arrays.items():
        if isinstance(one, dict):
            yield f"{prefix}{key}", one
            yield from _structs(one, f"{prefix}{key}.")


def _holds_recording(one: dict) -> bool:
    return "position" in one and bool(set(SIGNALS) & set(one) & set(KEYS))


def _simple(value):
    """Cells as lists, structs as dicts; arrays of objects are cells."""
    if isinstance(value, dict):
        return {key: _simple(one) for key, one in value.items()}
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [_simple(one) for one in value.ravel()]
    if isinstance(value, list):
        return [_simple(one) for one in value]
    return value


def _of_group(group, file) -> dict:
    return {key: _of_hdf5(one, file) for key, one in group.items() if not key.startswith("#")}


def _of_hdf5(item, file):
    """A MATLAB value out of HDF5, where matrices lie transposed and cells are references."""
    if isinstance(item, h5py.Group):
        if "MATLAB_sparse" in item.attrs:
            raise FileError(f"{item.name[1:]} is sparse; save full({item.name[1:]})")
        return _of_group(item, file)
    kind = item.attrs.get("MATLAB_class", b"")
    kind = kind.decode() if isinstance(kind, bytes) else str(kind)
    if "MATLAB_empty" in item.attrs:
        return "" if kind == "char" else np.empty(0)
    if item.dtype == h5py.ref_dtype:
        return [_of_hdf5(file[ref], file) for ref in item[()].T.ravel()]
    value = item[()].T
    if kind == "char":
        return "".join(map(chr, value.ravel()))
    if kind == "logical":
        return value.astype(bool)
    return value
