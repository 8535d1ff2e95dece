"""A recording as a file that other laboratories read: `.npz`, `.mat`, or `.nwb`.

Bins get time stamps, their centres, with a pause wherever the recording is cut; so a file read by
`helpers.own.files` gives the recording that was written.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
from scipy.io import savemat

from helpers.files import whole
from helpers.recordings import Recording

PAUSE_BINS = 400  # between segments; longer than any gap in tracking that is interpolated over


def time_stamps(recording: Recording) -> np.ndarray:
    """Centres of the bins in seconds, (T,), segments apart by `PAUSE_BINS` bins."""
    segment = np.repeat(
        np.arange(len(recording.segments)), [part.stop - part.start for part in recording.segments]
    )
    return recording.bin_s * (np.arange(len(segment)) + PAUSE_BINS * segment + 0.5)


def spike_times(recording: Recording) -> list[np.ndarray]:
    """Spike times of each unit, seconds: every spike at the centre of its bin."""
    times = time_stamps(recording)
    return [np.repeat(times, column) for column in recording.spikes.T]


def write_recording(path: Path, recording: Recording) -> None:
    """Write a recording, whole or not at all.

    Parameters
    ----------
    path : Path
        Its suffix says which kind: ``.npz`` and ``.mat`` with counts, ``.nwb`` with spike times.
    recording : Recording

    Raises
    ------
    ValueError
        If the suffix is another.
    """
    path = Path(path)
    if path.suffix not in WRITERS:
        raise ValueError(f"{path.name} is of no kind that is written; use {', '.join(WRITERS)}")
    with whole(path) as part:
        WRITERS[path.suffix](part, recording)


def _arrays(recording: Recording) -> dict:
    names = ("spikes", "position", "direction", "bin_s", "length_m", "geometry")
    return {name: getattr(recording, name) for name in names} | {"times": time_stamps(recording)}


def _write_npz(path: Path, recording: Recording) -> None:
    np.savez_compressed(path, **_arrays(recording))


def _write_mat(path: Path, recording: Recording) -> None:
    savemat(path, _arrays(recording), do_compression=True)


def _write_nwb(path: Path, recording: Recording) -> None:
    from pynwb import NWBHDF5IO, NWBFile, TimeSeries
    from pynwb.behavior import SpatialSeries

    file = NWBFile(
        session_description=f"{recording.name} on a track ({recording.geometry})",
        identifier=recording.digest,
        session_start_time=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC),  # not known
    )
    for number, spikes in enumerate(spike_times(recording)):
        file.add_unit(spike_times=spikes, id=number)
    clock = {"timestamps": time_stamps(recording)}
    where = {"unit": "meters", "reference_frame": "metres along the track"}
    file.add_acquisition(SpatialSeries(name="position", data=recording.position, **where, **clock))
    file.add_acquisition(
        TimeSeries(name="direction", data=recording.direction, unit="sign", **clock)
    )
    with NWBHDF5IO(str(path), "w") as io:
        io.write(file)


WRITERS = {".npz": _write_npz, ".mat": _write_mat, ".nwb": _write_nwb}
