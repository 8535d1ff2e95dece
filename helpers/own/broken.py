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

    What is broken are copies of the arrays of a recording without faults, on a line, and files
    that are written into `folder`.
    """
    spikes, position, bin_s = recording.spikes, recording.position, recording.bin_s
    n_bins, times = len(position), time_stamps(recording)
    arrays = {
        "spikes": spikes, "position": position, "direction": recording.direction,
        "bin_s": bin_s, "length_m": recording.length_m,
    }  # fmt: skip

    def given(**changes):
        return lambda: check_recording(recording_from_arrays(**{**arrays, **changes}))

    missing = spikes.astype(float)
    missing[10:13, 2] = np.nan
    back = np.r_[times[:1000], times[1000:] - 100 * bin_s]
    in_ms = [1000 * unit for unit in spike_times(recording)]
    return {
        "counts are missing": given(spikes=missing),
        "rates in place of counts": given(spikes=spikes / bin_s),
        "units in rows, bins in columns": given(spikes=spikes.T),
        "cm on a track in metres": given(position=100 * position),
        "an animal that never moves": given(position=np.full(n_bins, 0.8)),
        "one direction for all": given(direction=np.ones(n_bins)),
        "a direction that flickers": given(direction=_to_and_fro(n_bins, 4)),
        "a label slower than the laps": given(**_slow(recording)),
        "time stamps that go back": given(times=back, bin_s=None),
        "spike times in ms": given(spikes=None, spike_times=in_ms, times=times, direction=None),
        "a file cut short": lambda: read_recording(_cut_short(recording, folder)),
        "a file with pickles": lambda: read_recording(_pickled(recording, folder)),
    }


def _to_and_fro(n_bins: int, lap: int) -> np.ndarray:
    return np.where(np.arange(n_bins) // lap % 2, 1, -1)


def _slow(recording: Recording) -> dict:
    """An animal that drifts, with laps shorter than the time in which its position changes."""
    n_bins, bin_s = len(recording.position), recording.bin_s
    noise = np.random.default_rng(0).normal(size=n_bins)
    drift = gaussian_filter1d(noise, 7 / bin_s)
    position = (drift - drift.min()) / np.ptp(drift) * recording.length_m
    lap = max(1, min(n_bins // 38, round(6 / bin_s)))
    return {"position": position, "direction": _to_and_fro(n_bins, lap)}


def _cut_short(recording: Recording, folder: Path) -> Path:
    path = Path(folder) / "cut-short.npz"
    write_recording(path, recording)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def _pickled(recording: Recording, folder: Path) -> Path:
    path = Path(folder) / "pickled.npz"
    spikes = np.empty(2, dtype=object)
    spikes[:] = [np.array([0.5]), np.array([1.0, 2.0])]
    np.savez(path, spikes=spikes, position=recording.position)
    return path
