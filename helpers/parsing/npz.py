"""NumPy's `.npz`, without pickles: the book's names, or what pynapple's objects save as."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .errors import FileError
from .names import KEYS, by_unit, known

POINTER = b"version https://git-lfs"


def read(path: Path, position_file: str | None = None) -> tuple[dict, list[tuple]]:
    """Read arrays; `position_file` is another `.npz` that holds the position and its times."""
    arrays = _opened(path)
    if position_file is None:
        return known(arrays)
    fields, findings = known(arrays, needs_position=False)
    where = _opened(Path(position_file))
    if "position" not in where:
        raise FileError(
            f"{Path(position_file).name} lacks position; it holds {', '.join(where) or 'nothing'}"
        )
    return fields | {key: where[key] for key in ("position", "times") if key in where}, findings


def _opened(path: Path) -> dict:
    with path.open("rb") as file:
        if file.read(len(POINTER)) == POINTER:
            raise FileError("is a pointer of git-lfs, not the file itself; run git lfs pull")
    with np.load(path, allow_pickle=False) as archive:
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise FileError("is a single array; save position beside spikes with np.savez")
        if "type" in archive.files:
            return _of_pynapple(archive)
        return {key: _plain(archive, key) for key in archive.files}


def _plain(archive, key: str):
    """An array, or None for one that is a pickle and not needed."""
    try:
        return archive[key]
    except ValueError as error:
        if "pickle" not in str(error):
            raise
        if key in KEYS:
            raise FileError(
                f"{key} is pickled, and pickles are not opened; give spike times as one array "
                "spike_times, and the unit of each as spike_units"
            ) from None
        return None


def _of_pynapple(archive) -> dict:
    """What `TsGroup.save`, `Tsd.save` and `TsdFrame.save` have written."""
    kind = str(np.asarray(archive["type"]).item())
    if kind == "TsGroup":
        units = archive["index"]
        return by_unit(archive["t"], units, {}) if len(units) else {"spike_times": []}
    if kind in ("Tsd", "TsdFrame"):
        return {"position": archive["d"], "times": archive["t"]}
    raise FileError(f"is a {kind} of pynapple's; give a TsGroup, and a Tsd or TsdFrame of places")
