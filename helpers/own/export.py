"""A recording as a file that other laboratories read: `.npz`, `.mat`, or `.nwb`.

Bins get time stamps, their centres, with a pause wherever the recording is cut; so a file read by
`helpers.own.files` gives the recording that was written.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.io import savemat

from helpers.files import whole
from helpers.recordings import Recording

ROOM_M = np.array([0.7, 0.4])  # where the track begins in the room of `laboratory`
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


def laboratory(recording: Recording, seed: int = 0) -> dict:
    """What a laboratory would hold of such an animal: spike times, and (x, y) in cm from a camera.

    Parameters
    ----------
    recording : Recording
    seed : int
        Of the moment of each spike within its bin, and of how the animal sways.

    Returns
    -------
    dict
        Arguments of `recording_from_arrays`, which gives the recording back: on a
        line its position to the last digits, round a circle to what the sway leaves.
    """
    rng = np.random.default_rng(seed)
    jitter = 0.49 * recording.bin_s
    spikes = [np.sort(t + rng.uniform(-jitter, jitter, len(t))) for t in spike_times(recording)]
    along = recording.position.astype(float)
    sway = rng.normal(scale=0.01, size=along.shape)
    given = {
        "spike_times": spikes, "times": time_stamps(recording), "bin_s": recording.bin_s,
        "geometry": recording.geometry, "unit": "cm", "direction": recording.direction,
    }  # fmt: skip
    if recording.geometry == "circle":
        angle = 2 * np.pi * along / recording.length_m
        radius = recording.length_m / (2 * np.pi) + sway
        xy = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius[:, None]
    else:
        axis, across = np.array([0.8, 0.6]), np.array([-0.6, 0.8])
        xy = np.outer(along, axis) + np.outer(sway, across)
        given["ends"] = 100 * (ROOM_M + np.outer([0, recording.length_m], axis))
    return {"position": 100 * (ROOM_M + xy), **given}


def on_a_circle(recording: Recording) -> Recording:
    """Bend a simulated animal's way there and back into one lap of a circle, twice as long.

    Parameters
    ----------
    recording : Recording

    Returns
    -------
    Recording

    Raises
    ------
    ValueError
        If its latent is not known.
    """
    if recording.true_phase is None:
        raise ValueError(f"{recording.name} has no true_phase; only a simulated animal is bent")
    length_m = 2 * recording.length_m
    position = recording.true_phase % (2 * np.pi) / (2 * np.pi) * length_m
    ahead = np.ones(len(position))
    return replace(
        recording, position=position, direction=ahead, geometry="circle", length_m=length_m,
        segments=(), name=f"{recording.name}-circle",
    )  # fmt: skip


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
