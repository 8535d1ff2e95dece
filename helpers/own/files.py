"""Your own recording from a file: `.npz` without pickles, `.mat`, or `.nwb` through pynapple."""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from helpers.recordings import Recording

from .ingest import recording_from_arrays

KEYS = (
    "spikes", "spike_times", "spike_units", "position", "times", "direction", "bin_s", "unit",
    "length_m", "geometry", "ends", "centre",
)  # fmt: skip
"""What a file may hold, as `recording_from_arrays` names it. `spike_units` belongs to the `.npz`,
whose spike times are one array: the number of the unit, 0 to N − 1, of each spike."""
UNREADABLE = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, OSError, OverflowError,
    RuntimeError, MemoryError, ArithmeticError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What damaged files make numpy, scipy, h5py and pynapple raise, found by flipping their bytes."""


def read_recording(path, **options) -> Recording:
    """Read a recording of one's own from a file.

    Parameters
    ----------
    path : path
        ``.npz`` or ``.mat`` with the arrays of `KEYS`; in a ``.mat`` `spike_times` is a cell array,
        a cell a unit. Or ``.nwb`` with units and one position, a `SpatialSeries` say.
    **options
        Arguments of `recording_from_arrays`, which go before what the file says. For an ``.nwb``
        also `position_key`, where it holds several that could be meant.

    Returns
    -------
    Recording
        Named after the file.

    Raises
    ------
    ValueError
        In one line that begins with the file's name.
    FileNotFoundError
        If there is no such file.
    """
    path = Path(path)
    readers = {".npz": _read_npz, ".mat": _read_mat}
    if path.suffix not in (*readers, ".nwb"):
        raise ValueError(f"{path.name} is of no kind that is read here; give .npz, .mat, .nwb")
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; check the path")
    position_key = options.pop("position_key", None)
    try:
        if path.suffix == ".nwb":
            fields = _read_nwb(path, position_key)
        else:
            fields = _known(readers[path.suffix](path))
        return recording_from_arrays(**{"name": path.stem, **fields, **options})
    except ValueError as error:
        raise ValueError(f"{path.name}: {str(error).splitlines()[0]}") from error


def _damaged(error: BaseException, mend: str) -> ValueError:
    reason = str(error).strip().splitlines()
    return ValueError(f"not readable ({reason[0] if reason else type(error).__name__}); {mend}")


def _read_npz(path: Path) -> dict:
    try:
        with np.load(path, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("it is a single array")
            return {key: archive[key] for key in archive.files}
    except UNREADABLE as error:
        mend = "save it anew with np.savez, plain arrays only: pickles are not opened"
        raise _damaged(error, mend) from None


def _read_mat(path: Path) -> dict:
    from scipy.io import loadmat

    try:
        arrays = loadmat(path)
    except NotImplementedError:  # what scipy says to HDF5
        raise ValueError("is a MATLAB 7.3 file; save it with -v7, or as .npz") from None
    except UNREADABLE as error:
        raise _damaged(error, "save it anew, with -v7") from None
    fields = {key: value for key, value in arrays.items() if not key.startswith("__")}
    if "spike_times" in fields:
        cells = np.asarray(fields["spike_times"])
        if cells.dtype != object:
            raise ValueError("spike_times is no cell array; give one cell of seconds a unit")
        fields["spike_times"] = [np.ravel(cell) for cell in cells.ravel()]
    for key in ("position", "times", "direction"):  # MATLAB has no vectors, only narrow matrices
        if np.ndim(fields.get(key)) == 2 and 1 in fields[key].shape:
            fields[key] = np.ravel(fields[key])
    return fields


def _known(arrays: dict) -> dict:
    """Arguments of `recording_from_arrays` out of a file's arrays."""
    for key in arrays:
        near = get_close_matches(key, KEYS, n=1, cutoff=0.8)
        if key not in KEYS and near and near[0] not in arrays:
            raise ValueError(f"holds {key!r}; did you mean {near[0]!r}?")
    if "position" not in arrays or not {"spikes", "spike_times"} & set(arrays):
        raise ValueError(
            f"lacks position, or spikes or spike_times; it holds {', '.join(arrays) or 'nothing'}"
        )
    fields = {key: arrays[key] for key in KEYS if key in arrays and key != "spike_units"}
    for key in ("bin_s", "length_m", "unit", "geometry"):
        if key in fields:
            fields[key] = _single(fields[key], key)
    if "spike_times" in fields and not isinstance(fields["spike_times"], list):
        fields["spike_times"] = _by_unit(fields["spike_times"], arrays.get("spike_units"))
    if np.ndim(fields["position"]) == 2 and np.shape(fields["position"])[1] == 3:
        fields["position"], fields["direction"] = _posdir(fields["position"])
    if "centre" in fields:
        fields["centre"] = np.ravel(fields["centre"])
    return fields


def _single(value, key: str):
    value = np.asarray(value)
    if value.size != 1 or value.dtype.kind not in "biufU":
        raise ValueError(f"{key} has {value.size} values of dtype {value.dtype}; give one")
    return value.item()


def _by_unit(times, units) -> list[np.ndarray]:
    """Spike times of each unit, out of all times and the unit of each."""
    if units is None:
        raise ValueError("spike_units is missing; give the unit of each of spike_times, from 0 on")
    times, units = np.asarray(times), np.asarray(units)
    if times.ndim != 1 or times.shape != units.shape or units.dtype.kind not in "iu":
        raise ValueError(
            f"spike_units has shape {units.shape}, dtype {units.dtype}, spike_times {times.shape}; "
            "give one whole number a spike"
        )
    if units.size == 0 or units.min() < 0 or units.max() > 100_000:
        raise ValueError("spike_units holds no numbers of units, counted from 0 on; recode it")
    return [times[units == unit] for unit in range(int(units.max()) + 1)]


def _posdir(columns) -> tuple[np.ndarray, np.ndarray]:
    """Position and direction from CEBRA's columns: metres, right, left."""
    columns = np.asarray(columns)
    right, left = columns[:, 1], columns[:, 2]
    if not (np.isin(right, (0, 1)).all() and np.isin(left, (0, 1)).all()):
        raise ValueError("position has three columns, not metres, right (0, 1), left; give x and y")
    if not (right + left == 1).all():
        raise ValueError("position columns 1 and 2 must be one-hot (right, left); recode them")
    return columns[:, 0], np.where(right == 1, 1, -1)


def _read_nwb(path: Path, position_key: str | None = None) -> dict:
    try:
        import pynapple
    except ImportError:
        raise ValueError("needs pynapple to be read; pip install pynapple") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of units with one spike, whose rate it cannot tell
            file = pynapple.load_file(str(path))
            data = {key: file[key] for key in file}
    except UNREADABLE as error:
        raise _damaged(error, "check it with nwbinspector, or save the arrays as .npz") from None
    if not isinstance(data.get("units"), pynapple.TsGroup):
        raise ValueError(
            f"holds no units with spike times; it holds {', '.join(data) or 'nothing'}"
        )
    key = _position_in(data, position_key, (pynapple.Tsd, pynapple.TsdFrame))
    fields = {
        "spike_times": [data["units"][unit].index.values for unit in data["units"].index],
        "position": np.squeeze(np.asarray(data[key].values)),
        "times": data[key].index.values,
    }
    direction = data.get("direction")
    if isinstance(direction, pynapple.Tsd) and len(direction) == len(fields["times"]):
        fields["direction"] = direction.values
    return fields


def _position_in(data: dict, wanted: str | None, kinds: tuple) -> str:
    """The key of the position: the one asked for, or the only one that can be."""
    series = [key for key, value in data.items() if isinstance(value, kinds)]
    found = [key for key in series if "position" in key.lower() or "spatial" in key.lower()]
    if wanted is not None:
        found = [key for key in series if key == wanted]
    if len(found) != 1:
        raise ValueError(
            f"holds {len(found)} positions among {', '.join(series) or 'no series'}; "
            "name one: position_key"
        )
    return found[0]
