"""What a child says to its parent: arrays and plain values as one `.npz`, without pickles."""

from __future__ import annotations

import io
import json

import numpy as np

from .errors import FileError

PLAIN, COUNTS = "json", "/n"


def packed(kind: str, answer: str | tuple) -> bytes:
    """Pack ``("error", line)`` or ``("read", (fields, findings))``."""
    if kind == "error":
        return _bytes({PLAIN: {"error": answer}}, {})
    fields, findings = answer
    arrays, plain = {}, {}
    for key, value in fields.items():
        if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
            arrays[key] = np.concatenate(value)
            arrays[key + COUNTS] = np.array([len(one) for one in value])
        elif isinstance(value, dict):
            raise FileError(f"{key} is a struct ({', '.join(value)}); name what is in it")
        elif isinstance(value, str | float | int | bool | list) or value is None:
            plain[key] = value
        else:
            arrays[key] = np.asarray(value)
    for key, array in arrays.items():
        if array.dtype.kind == "O":
            raise FileError(f"{key} holds objects, no numbers; give an array of numbers")
    return _bytes({PLAIN: {"plain": plain, "findings": findings}}, arrays)


def _bytes(plain: dict, arrays: dict) -> bytes:
    text = json.dumps(plain[PLAIN], default=_native).encode()
    buffer = io.BytesIO()
    np.savez(buffer, **{PLAIN: np.frombuffer(text, dtype=np.uint8)}, **arrays)
    return buffer.getvalue()


def _native(value):
    """JSON's own kind of a number or a list of numpy's."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise FileError(f"holds a {type(value).__name__} where a number or a text should be")


def unpacked(content: bytes) -> tuple[str, object]:
    """Turn `packed` round."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {key: archive[key] for key in archive.files}
    plain = json.loads(arrays.pop(PLAIN).tobytes())
    if "error" in plain:
        return "error", plain["error"]
    counts = {key: arrays.pop(key) for key in list(arrays) if key.endswith(COUNTS)}
    fields = plain["plain"] | arrays
    for key, lengths in counts.items():
        name = key.removesuffix(COUNTS)
        fields[name] = np.split(fields[name], np.cumsum(lengths)[:-1])
    return "read", (fields, [tuple(one) for one in plain["findings"]])
