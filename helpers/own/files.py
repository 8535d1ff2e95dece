"""Your own recording from a file: `.npz` without pickles, `.mat`, or `.nwb` through pynapple."""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from scipy.io import loadmat

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
MENDS = {
    ".npz": "save it anew with np.savez, plain arrays only: pickles are not opened",
    ".mat": "save it anew, with -v7",
    ".nwb": "check it with nwbinspector, or save the arrays as .npz",
}


def read_recording(path, *, position_key: str | None = None, **options) -> Recording:
    """Read a recording of one's own from a file.

    Parameters
    ----------
    path : path
        ``.npz`` or ``.mat`` with the arrays of `KEYS`; in a ``.mat`` `spike_times` is a cell array,
        a cell a unit. Or ``.nwb`` with units and one position, a `SpatialSeries` say.
    position_key : str, optional
        Of an ``.nwb`` that holds several positions.
    **options
        Arguments of `recording_from_arrays`, which go before what the file says.

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
    if path.suffix not in MENDS:
        raise ValueError(f"{path.name} is of no kind that is read here; give {', '.join(MENDS)}")
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; check the path")
    try:
        content = _opened(path)
        if path.suffix == ".nwb":
            fields = _of_nwb(content, position_key)
        else:
            fields = _known(_of_mat(content) if path.suffix == ".mat" else content)
        return recording_from_arrays(**{"name": path.stem, **fields, **options})
    except ValueError as error:
        raise ValueError(f"{path.name}: {str(error).splitlines()[0]}") from error


def _opened(path: Path) -> dict:
    """What a file holds, by name, as its library gives it; a damaged one is one line."""
    try:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as archive:
                if not isinstance(archive, np.lib.npyio.NpzFile):
                    raise ValueError("it is a single array")
                return {key: archive[key] for key in archive.files}
        if path.suffix == ".mat":
            return {key: value for key, value in loadmat(path).items() if not key.startswith("__")}
        import pynapple

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of units with one spike, whose rate it cannot tell
            file = pynapple.load_file(str(path))
            return {key: file[key] for key in file}
    except ImportError:
        raise ValueError("needs pynapple to be read; pip install pynapple") from None
    except NotImplementedError:  # what scipy says to HDF5
        raise ValueError("is a MATLAB 7.3 file; save it with -v7, or as .npz") from None
    except UNREADABLE as error:
        reason = [*str(error).strip().splitlines(), type(error).__name__][0]
        raise ValueError(f"not readable ({reason}); {MENDS[path.suffix]}") from None


def _of_mat(fields: dict) -> dict:
    """MATLAB's cells as lists, and vectors, of which it has none, out of narrow matrices."""
    if "spike_times" in fields:
        cells = np.asarray(fields["spike_times"])
        if cells.dtype != object:
            raise ValueError("spike_times is no cell array; give one cell of seconds a unit")
        fields["spike_times"] = [np.ravel(cell) for cell in cells.ravel()]
    for key in ("position", "times", "direction"):
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
    for key in fields.keys() & {"bin_s", "length_m", "unit", "geometry"}:
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


def _of_nwb(data: dict, position_key: str | None) -> dict:
    """Arguments of `recording_from_arrays` out of what pynapple finds in an NWB file."""
    import pynapple

    units = data.get("units")
    if not isinstance(units, pynapple.TsGroup):
        raise ValueError(
            f"holds no units with spike times; it holds {', '.join(data) or 'nothing'}"
        )
    series = {k: v for k, v in data.items() if isinstance(v, pynapple.Tsd | pynapple.TsdFrame)}
    position = _position_of(series, position_key)
    fields = {
        "spike_times": [units[unit].index.values for unit in units.index],
        "position": np.squeeze(np.asarray(position.values)),
        "times": position.index.values,
    }
    direction = series.get("direction")
    if isinstance(direction, pynapple.Tsd) and len(direction) == len(fields["times"]):
        fields["direction"] = direction.values
    return fields


def _position_of(series: dict, wanted: str | None):
    """The position: the one asked for, or the only one that can be."""
    if wanted is None:
        found = [key for key in series if "position" in key.lower() or "spatial" in key.lower()]
    else:
        found = [key for key in series if key == wanted]
    if len(found) != 1:
        raise ValueError(
            f"holds {len(found)} positions among {', '.join(series) or 'no series'}; "
            "name one: position_key"
        )
    return series[found[0]]
