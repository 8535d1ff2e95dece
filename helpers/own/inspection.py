"""What is wrong with a recording, where, and what to do about it, before a model is trained on it.

An *error* would make the analysis wrong or impossible; a *warning* is to be known when its numbers
are read. `Recording` itself refuses what cannot be a recording at all.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from helpers.decoding import CEBRA_WINDOW, Split, contiguous_split, nested_split
from helpers.recordings import JUMP_M_S, Finding, Recording, stretches

from .movement import n_too_fast

NESTED_TRIPS = 18
"""Round trips that the nested split needs; with fewer, the last fifth is held out in one piece."""
FEWEST_TRIPS = 5
LEAST_WAY = 0.3
JUMPING = 0.02  # of the bins: more of them faster than 2 m/s are another unit
SHORTEST_M = 0.2
PAUSE_S = 5.0  # no spike of any unit for so long: the two clocks differ, or recording had stopped
SILENT_SHARE = 0.2
EMPTY_SHARE = 0.6
FEWEST_UNITS = 4
ALWAYS = 0.9  # share of bins; the fastest cells of the hippocampus fire in a third of 25 ms bins
ALIKE = 0.95
UNVISITED = {"warning": 0.15, "error": 0.5}
STANDING = {"warning": 0.8, "error": 0.97}
UNUSED = {"warning": 0.02, "error": 0.5}
STILL_M_S = 0.05
PLACES = 40


def inspect_recording(recording: Recording) -> list[Finding]:
    """Look for whatever would spoil the analysis.

    Parameters
    ----------
    recording : Recording

    Returns
    -------
    list of Finding
        Errors first; empty if nothing was found.
    """
    found = [*recording.findings]
    found += [finding for check in CHECKS for finding in check(recording)]
    return sorted(found, key=lambda one: one.severity != "error")


def check_recording(recording: Recording) -> list[Finding]:
    """Raise a ValueError if there are errors, all of them in one message; return the warnings."""
    found = inspect_recording(recording)
    errors = [one.line for one in found if one.severity == "error"]
    if errors:
        raise ValueError(f"{recording.name} cannot be analysed: {' · '.join(errors)}")
    return found


def honest_split(recording: Recording, fold: int = 0) -> Split:
    """The split by which a recording is judged: nested by round trip, or its end in one piece.

    With fewer than `NESTED_TRIPS` there is one split only, number 0.
    """
    if len(recording.trials()) >= NESTED_TRIPS:
        return nested_split(recording, fold)
    if fold:
        raise ValueError(f"{recording.name} has too few round trips for fold {fold}; use fold 0")
    return contiguous_split(recording)


def memory_of_position(recording: Recording) -> float:
    """Seconds after which position no longer tells where the animal will be.

    The lag at which the autocorrelation of position falls below 1/e; round a circle, that of its
    cosine and sine together. Gaps are closed up.
    """
    turn = 2 * np.pi * recording.position.astype(float) / recording.length_m
    columns = [np.cos(turn), np.sin(turn)] if recording.geometry == "circle" else [turn]
    size = 2 * len(turn)
    power = sum(np.abs(np.fft.rfft(one - one.mean(), size)) ** 2 for one in columns)
    alike = np.fft.irfft(power, size)[: len(turn)]
    return float(np.argmax(np.append(alike < alike[0] / np.e, True)) * recording.bin_s)


def _unit_of_position(recording: Recording) -> Iterator[Finding]:
    track = recording.bin_s, recording.length_m, recording.geometry, recording.segments
    fast = n_too_fast(recording.position, *track) / len(recording.position)
    if fast > JUMPING:
        yield Finding(
            f"the animal is faster than {JUMP_M_S:g} m/s in {fast:.0%} of the bins",
            f"a track of {recording.length_m:.3g} m", "error",
            "if position is in cm or mm, say so: unit; else mend its time stamps",
        )  # fmt: skip
    if recording.length_m < SHORTEST_M:
        yield Finding(
            f"the track is {100 * recording.length_m:.2g} cm long", "length_m", "error",
            "check the unit of position; metres may have been taken for cm",
        )  # fmt: skip


def _spikes_missing(recording: Recording) -> Iterator[Finding]:
    if recording.signal == "traces":
        return
    empty = ~recording.spikes.any(axis=1)
    parts = stretches(np.flatnonzero(empty), recording.segments) if empty.any() else ()
    length = np.array([part.stop - part.start for part in parts], dtype=int)
    long = length[length * recording.bin_s >= PAUSE_S]
    if len(long):
        share = long.sum() / len(empty)
        severity = "error" if share > SILENT_SHARE else "warning"
        yield Finding(
            f"no unit fires for {long.max() * recording.bin_s:.0f} s on end",
            f"{share:.0%} of the recording", severity,
            "put spikes and position on one clock, in seconds; leave out what was not recorded",
        )  # fmt: skip
    elif empty.mean() > EMPTY_SHARE:
        yield Finding(
            f"{empty.mean():.0%} of the bins hold no spike at all", "all units together", "warning",
            "use wider bins (bin_s), or more units",
        )  # fmt: skip


def _units(recording: Recording) -> Iterator[Finding]:
    if recording.signal == "traces":
        fires = (np.diff(recording.spikes, axis=0) != 0).mean(axis=0)
    else:
        fires = (recording.spikes > 0).mean(axis=0)
    silent = np.flatnonzero(fires == 0)
    active = len(fires) - len(silent)
    if active < FEWEST_UNITS:
        yield Finding(
            f"{active} units fire", f"of {len(fires)}", "error",
            f"give at least {FEWEST_UNITS}; are rows of spikes bins, columns units?",
        )  # fmt: skip
    elif len(silent):
        yield Finding(
            f"{_n(silent)} without a spike", f"units {_named(recording, silent)}", "warning",
            "they do no harm; leave them out, or see whether their spikes were lost",
        )  # fmt: skip
    always = np.flatnonzero(fires > ALWAYS)
    if len(always) and recording.signal == "counts":
        yield Finding(
            f"{_n(always)} with spikes in nearly every bin", f"units {_named(recording, always)}",
            "error", "these are no single cells, or no counts; leave them out, or use shorter bins",
        )  # fmt: skip


def _twins(recording: Recording) -> Iterator[Finding]:
    """Units that are copies of each other, or of what they are to predict."""
    changes = np.diff(recording.spikes.astype(np.float32), axis=0) != 0
    used = np.flatnonzero(changes.sum(axis=0) >= 10)
    if len(used) < 2:
        return
    counts = _standard(recording.spikes[:, used].astype(np.float32))
    alike = np.triu(counts.T @ counts / len(counts), 1) > ALIKE
    if alike.any():
        name = recording.unit_names or np.arange(recording.spikes.shape[1])
        pairs = [f"{name[used[a]]} and {name[used[b]]}" for a, b in np.argwhere(alike)[:4]]
        yield Finding(
            f"units come in pairs of copies, {alike.sum()} of them", f"units {_some(pairs)}",
            "error", "the sorting found one cell twice; leave one of each pair out",
        )  # fmt: skip
    told = _standard(np.stack([recording.position, recording.direction], axis=1).astype(float))
    leaks = used[(np.abs(counts.T @ told / len(told)) > ALIKE).any(axis=1)]
    if len(leaks):
        yield Finding(
            f"{_n(leaks)} that copy position or direction", f"units {_named(recording, leaks)}",
            "error", "the label leaks into the input; leave these columns out",
        )  # fmt: skip


def _standard(columns: np.ndarray) -> np.ndarray:
    return (columns - columns.mean(axis=0)) / np.maximum(columns.std(axis=0), 1e-9)


def _laps(recording: Recording) -> Iterator[Finding]:
    trips, ways = recording.trials(), np.unique(recording.direction)
    n_trips = len(trips)
    covered = [np.ptp(recording.position[trip]) for trip in trips]
    way = float(np.median(covered)) / recording.length_m
    if recording.geometry == "line" and len(ways) == 1:
        yield Finding(
            f"one direction is missing: all bins run {'right' if ways[0] > 0 else 'left'}",
            "direction", "error",
            "laps are cut where the animal turns; leave direction out to have it read off, or take "
            "a one-way track for a circle",
        )  # fmt: skip
    elif way < LEAST_WAY:
        yield Finding(
            f"a typical lap covers {way:.0%} of the track", f"{n_trips} laps", "error",
            "direction flickers, or length_m is too long; leave direction out to have it read off",
        )  # fmt: skip
    elif n_trips < FEWEST_TRIPS:
        yield Finding(
            f"{n_trips} round trips", "the whole recording", "error",
            f"at least {FEWEST_TRIPS} are needed to train on some and test on others",
        )  # fmt: skip
    elif n_trips < NESTED_TRIPS:
        yield Finding(
            f"{n_trips} round trips, fewer than {NESTED_TRIPS}", "the whole recording", "warning",
            "the last fifth is held out in one piece, and its few trips tell little of the spread",
        )  # fmt: skip


def _visits(recording: Recording) -> Iterator[Finding]:
    place = np.minimum(PLACES * recording.position / recording.length_m, PLACES - 1).astype(int)
    never = np.flatnonzero(np.bincount(np.maximum(place, 0), minlength=PLACES) == 0)
    share = len(never) / PLACES
    if severity := _grade(share, UNVISITED):
        ends = never[[0, -1]] / PLACES * recording.length_m
        yield Finding(
            f"{share:.0%} of the track is never visited",
            f"between {ends[0]:.2f} and {ends[1] + recording.length_m / PLACES:.2f} m", severity,
            "check length_m and the unit of position",
        )  # fmt: skip


def _standing(recording: Recording) -> Iterator[Finding]:
    share = float(1 - recording.running(STILL_M_S).mean())
    if severity := _grade(share, STANDING):
        yield Finding(
            f"the animal stands in {share:.0%} of the bins", f"slower than {STILL_M_S:g} m/s",
            severity, "leave these bins out (running), or check the unit of position",
        )  # fmt: skip


def _short_stretches(recording: Recording) -> Iterator[Finding]:
    """Bins in stretches that are shorter than the encoder's window enter no batch."""
    length = np.array([part.stop - part.start for part in recording.segments])
    share = float(length[length < CEBRA_WINDOW].sum() / length.sum())
    if severity := _grade(share, UNUSED):
        yield Finding(
            f"{share:.0%} of the bins lie in stretches shorter than the encoder's window of "
            f"{CEBRA_WINDOW} bins", f"{len(length)} stretches", severity,
            "no model can train on them; bridge longer stops (running), or a longer gap "
            "(max_gap_s)",
        )  # fmt: skip


def _leak_through_time(recording: Recording) -> Iterator[Finding]:
    """Tested bins need company of their own: stretches longer than position remembers itself.

    Where a tested stretch is shorter than the time in which position changes, its bins have nearly
    the label, and nearly the spikes, of the training bins on both sides of it. Whatever recognises
    the moment then scores as if it had recognised the place.
    """
    if len(recording.trials()) < FEWEST_TRIPS or len(np.unique(recording.position)) < 2:
        return  # said already
    parts = stretches(honest_split(recording).test)  # gaps do not bring training bins nearer
    length = np.array([part.stop - part.start for part in parts])
    typical = float(np.median(np.repeat(length, length))) * recording.bin_s
    memory = memory_of_position(recording)
    if typical < 2 * memory:
        yield Finding(
            f"the label leaks through time: held-out stretches last {typical:.2g} s, and position "
            f"stays alike for {memory:.2g} s",
            "between training and tested laps", "error",
            "record for longer, or choose laps in which position changes faster",
        )  # fmt: skip


def _grade(share: float, limits: dict[str, float]) -> str:
    return next((grade for grade in ("error", "warning") if share >= limits[grade]), "")


def _n(items) -> str:
    return f"{len(items)} unit{'s' * (len(items) != 1)}"


def _named(recording: Recording, units) -> str:
    """Units by their own names, where they have any."""
    names = recording.unit_names
    return _some([names[unit] for unit in units] if names else units)


def _some(items) -> str:
    return ", ".join(map(str, items[:6])) + ", …" * (len(items) > 6)


CHECKS = (
    _unit_of_position, _spikes_missing, _units, _twins, _laps, _visits, _standing,
    _short_stretches, _leak_through_time,
)  # fmt: skip
