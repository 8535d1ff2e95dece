"""The names under which a file holds its arrays, and what a file under other names is told."""

from __future__ import annotations

from difflib import get_close_matches

import numpy as np

from .errors import FileError

KEYS = (
    "spikes", "spike_times", "spike_units", "traces", "trace_times", "position", "times",
    "direction", "bin_s", "unit", "scale", "length_m", "geometry", "ends", "centre", "margin_m",
    "max_gap_s", "unit_names",
)  # fmt: skip
"""What a file may hold, as `recording_from_arrays` names it; `spike_units` holds the unit of each
spike where all spike times are one array."""
ONE_VALUE = ("bin_s", "unit", "scale", "length_m", "geometry", "margin_m", "max_gap_s")
VECTORS = ("position", "times", "trace_times", "direction", "spike_units", "centre")
SIGNALS = ("spikes", "spike_times", "traces")


def known(arrays: dict, needs_position: bool = True) -> tuple[dict, list[tuple]]:
    """Arguments of `recording_from_arrays` out of a file's arrays, and findings.

    Parameters
    ----------
    arrays : dict
        By the file's names; structs are dicts, cells are lists.
    needs_position : bool
        False for a file whose position comes from another.

    Returns
    -------
    fields : dict
    findings : list of (what, where, severity, mend)

    Raises
    ------
    FileError
        In one line that names the key.
    """
    _check_complete(arrays, needs_position)
    fields = {key: arrays[key] for key in KEYS if key in arrays}
    for key in ONE_VALUE:
        if key in fields:
            fields[key] = single(fields[key], key)
    for key in VECTORS:
        if key in fields:
            fields[key] = _vector(fields[key])
    if isinstance(fields.get("spikes"), dict):
        raise FileError(
            f"spikes is a struct ({', '.join(fields['spikes'])}); save its spike times as "
            "spike_times, a cell a unit"
        )
    if "spike_times" in fields and not isinstance(fields["spike_times"], list):
        fields |= by_unit(fields["spike_times"], fields.pop("spike_units", None), arrays)
    fields.pop("spike_units", None)
    if "spike_times" in fields:
        fields["spike_times"] = [np.ravel(times) for times in fields["spike_times"]]
    if np.ndim(fields.get("position")) == 2 and np.shape(fields["position"])[1] == 3:
        fields["position"], fields["direction"] = posdir(fields["position"])
    return fields, _unread(arrays)


def _check_complete(arrays: dict, needs_position: bool) -> None:
    has_signal = bool(set(SIGNALS) & set(arrays))
    if has_signal and ("position" in arrays or not needs_position):
        return
    lacking = []
    if not has_signal:
        lacking.append("spikes, spike_times or traces")
    if needs_position and "position" not in arrays:
        lacking.append("position")
    near = [
        f"{key!r} may be meant as {match[0]!r}"
        for key in arrays
        if key not in KEYS and (match := get_close_matches(key, KEYS, n=1, cutoff=0.75))
    ]
    hint = f" ({'; '.join(near)})" if near else ""
    raise FileError(
        f"lacks {' and '.join(lacking)}; it holds {', '.join(map(str, arrays)) or 'nothing'}{hint}"
    )


def _unread(arrays: dict) -> list[tuple]:
    others = [key for key in arrays if key not in KEYS]
    if not others:
        return []
    near = {key: get_close_matches(key, KEYS, n=1, cutoff=0.8) for key in others}
    meant = [f"is {key} meant as {m[0]}?" for key, m in near.items() if m and m[0] not in arrays]
    mend = "; ".join(meant) or "they are not needed"
    return [(f"the file also holds {', '.join(others)}", "not read", "warning", mend)]


def single(value, key: str):
    """The one value of an array, text as str."""
    value = np.asarray(value)
    if value.size != 1 or value.dtype.kind not in "biufUS":
        raise FileError(f"{key} has {value.size} values of dtype {value.dtype}; give one")
    value = value.item()
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return text.strip() if isinstance(text, str) else text


def _vector(value):
    """A column or a row as a vector; a matrix as it is."""
    if isinstance(value, list | dict):
        return value
    value = np.asarray(value)
    return np.ravel(value) if value.ndim == 2 and 1 in value.shape else value


def by_unit(times, units, arrays: dict) -> dict:
    """Spike times of each unit, and the units' own names, out of all times and the unit of each."""
    times = np.ravel(np.asarray(times))
    if units is None:
        same = [k for k, v in arrays.items() if k not in KEYS and np.shape(v) == times.shape]
        meant = f" ({same[0]!r} has as many values: name it spike_units)" if same else ""
        raise FileError(
            f"spike_units is missing{meant}; give the unit of each of spike_times, a number or a "
            "name"
        )
    units = np.asarray(units)
    if units.shape != times.shape or units.dtype.kind not in "iufUS":
        raise FileError(
            f"spike_units has shape {units.shape}, dtype {units.dtype}, spike_times {times.shape}; "
            "give one number or name a spike"
        )
    if units.dtype.kind == "f":
        if not (np.isfinite(units).all() and (units == np.round(units)).all()):
            raise FileError("spike_units holds fractions or NaN; give whole numbers or names")
        units = units.astype(np.int64)
    if units.size == 0:
        raise FileError("spike_units is empty; give the unit of each of spike_times")
    found, place = np.unique(units, return_inverse=True)
    order = np.argsort(place, kind="stable")  # within a unit as in the file
    parts = np.split(times[order], np.cumsum(np.bincount(place))[:-1])
    return {"spike_times": parts, "unit_names": [str(one) for one in found]}


def posdir(columns) -> tuple[np.ndarray, np.ndarray]:
    """Position and direction from CEBRA's columns: metres, right, left."""
    columns = np.asarray(columns)
    right, left = columns[:, 1], columns[:, 2]
    if not (np.isin(right, (0, 1)).all() and np.isin(left, (0, 1)).all()):
        raise FileError("position has three columns, not metres, right (0, 1), left; give x and y")
    if not (right + left == 1).all():
        raise FileError("position columns 1 and 2 must be one-hot (right, left); recode them")
    return columns[:, 0], np.where(right == 1, 1, -1)
