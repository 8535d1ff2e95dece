"""Twelve ways to hand in a recording that cannot be right, each to be refused with one clear line.

The tests of `helpers.own.ingest` and the chapter on one's own recording break the same things.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

from helpers.recordings import Recording

from .export import spike_times, time_stamps, write_recording
from .files import read_recording
from .ingest import recording_from_arrays
from .inspection import check_recording


def broken(recording: Recording, folder: Path) -> dict[str, Callable[[], object]]:
    """What was broken, and a call that must raise a `ValueError` of one line.

    Parameters
    ----------
    recording : Recording
        On a line, without faults; what is broken are copies of its arrays.
    folder : Path
        Files are written here.

    Returns
    -------
    dict of str to callable
    """
    arrays = {
        "spikes": recording.spikes, "position": recording.position,
        "direction": recording.direction, "bin_s": recording.bin_s, "length_m": recording.length_m,
    }  # fmt: skip

    def given(**changes):
        return lambda: check_recording(recording_from_arrays(**{**arrays, **changes}))

    return {
        "counts are missing": given(spikes=_with_nan(recording.spikes)),
        "rates in place of counts": given(spikes=recording.spikes / recording.bin_s),
        "units in rows, bins in columns": given(spikes=recording.spikes.T),
        "cm on a track in metres": given(position=100 * recording.position),
        "an animal that never moves": given(position=np.full(len(recording.position), 0.8)),
        "one direction for all": given(direction=np.ones(len(recording.position))),
        "a direction that flickers": given(direction=_flickering(len(recording.position))),
        "a label slower than the laps": given(**_slow(len(recording.position), recording)),
        "time stamps that go back": given(times=_going_back(recording), bin_s=None),
        "spike times in ms": lambda: check_recording(_in_ms(recording)),
        "a file cut short": lambda: read_recording(_cut_short(recording, folder)),
        "a file with pickles": lambda: read_recording(_pickled(recording, folder)),
    }


def refusals(recording: Recording, folder: Path) -> dict[str, str]:
    """The line with which each of the `broken` was refused; those that were not are left out."""
    lines = {}
    for name, call in broken(recording, folder).items():
        try:
            call()
        except ValueError as error:
            lines[name] = str(error)
    return lines


def _with_nan(spikes):
    spikes = spikes.astype(float)
    spikes[10:13, 2] = np.nan
    return spikes


def _flickering(n_bins):
    return np.where(np.arange(n_bins) // 4 % 2, 1, -1)


def _slow(n_bins, recording):
    """An animal that drifts, with laps shorter than the time in which its position changes."""
    noise = np.random.default_rng(0).normal(size=n_bins)
    drift = gaussian_filter1d(noise, 7 / recording.bin_s)
    position = (drift - drift.min()) / np.ptp(drift) * recording.length_m
    lap = max(1, min(n_bins // 38, round(6 / recording.bin_s)))
    return {"position": position, "direction": np.where(np.arange(n_bins) // lap % 2, 1, -1)}


def _going_back(recording):
    times = time_stamps(recording)
    times[1000:] -= 100 * recording.bin_s
    return times


def _in_ms(recording):
    return recording_from_arrays(
        recording.position,
        spike_times=[1000 * times for times in spike_times(recording)],
        times=time_stamps(recording),
        bin_s=recording.bin_s,
        length_m=recording.length_m,
    )


def _cut_short(recording, folder):
    path = Path(folder) / "cut-short.npz"
    write_recording(path, recording)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def _pickled(recording, folder):
    path = Path(folder) / "pickled.npz"
    spikes = np.empty(2, dtype=object)
    spikes[:] = [np.array([0.5]), np.array([1.0, 2.0])]
    np.savez(path, spikes=spikes, position=recording.position)
    return path
