"""Values of a time series of an NWB file as they are meant, and their clock."""

from __future__ import annotations

import numpy as np

from .errors import FileError


def values_of(series, key: str) -> tuple[np.ndarray, np.ndarray]:
    """A series' values, times conversion and plus offset, and its time stamps in seconds."""
    data = np.asarray(series.data[:], dtype=float)
    if series.timestamps is not None:
        times = np.asarray(series.timestamps[:], dtype=float)
    else:
        times = float(series.starting_time or 0) + np.arange(len(data)) / float(series.rate)
    if times.ndim != 1 or len(times) != len(data):
        turned = (
            "; its data lie transposed" if data.ndim == 2 and data.shape[1] == len(times) else ""
        )
        raise FileError(
            f"{key} has {len(data)} places and {len(times)} time stamps{turned}; mend the file"
        )
    return data * float(series.conversion) + float(series.offset or 0.0), times
