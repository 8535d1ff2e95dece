"""Mistakes that chapter 09's values must not survive, each made for real and small."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np

from helpers.decoding import plain
from helpers.decoding.splits import contiguous_split
from helpers.own import inspection
from helpers.own.export import write_recording
from helpers.own.files import read_recording
from helpers.own.ingest import recording_from_arrays
from helpers.own.inspection import honest_split
from helpers.own.lessons import laboratory, on_a_circle, refusals
from helpers.own.ring import _share
from helpers.own.steps import bin_edges, bin_spikes
from helpers.recordings.loading import load_recording, simulate_recording
from helpers.topology import whole_trips
from helpers.topology.persistence import bars, lifespans
from helpers.topology.winding import scrambled_along, turns

RAT = load_recording("simulated")
SMALL = simulate_recording(n_neurons=24, n_bins=4000, seed=1)
ROUND = on_a_circle(SMALL)


def mistakes(id):
    """Values that mistakes would hand to `expect` under this id; errors of decoding are apart."""
    last = id.split(".")[-1]
    if id.startswith("own.steps."):
        return STEPS[last]()
    if id.startswith("own.files."):
        return {"a spike lost": a_spike_lost(last.split("_")[0])}
    if id == "own.refused":
        return {"inspection left out": refused_without_inspection()}
    if id.startswith("own.buddy."):
        return of_buddy(last)
    if last == "wound":
        return {"trips out of order": share_out_of_order()}
    lengths = {kind: loops_of(kind) for kind in CLOUDS}
    if last == "longest_h1":
        found = {kind: longest for kind, (longest, _) in lengths.items()}
        return found | {"runs to the right alone": loops_of("half of the truth")[0]}
    found = {kind: 1 - after / longest for kind, (longest, after) in lengths.items()}
    longest, after = lengths[CLOUDS[0]]
    return found | {"held against the next loop, not the longest": longest / after - 1}


def shifted_bins():
    raw = laboratory(SMALL)
    edges = bin_edges(raw["times"][0], raw["times"][-1], raw["bin_s"]) + raw["bin_s"]
    return {
        "bins one too late": np.array_equal(bin_spikes(raw["spike_times"], edges), SMALL.spikes)
    }


def swapped_ends():
    raw = laboratory(SMALL)
    found = recording_from_arrays(**{**raw, "ends": raw["ends"][::-1]})
    return {"ends exchanged": bool(1000 * np.abs(found.position - SMALL.position).max() < 1)}


def another_centre():
    found = recording_from_arrays(**laboratory(ROUND), centre=(75, 45))  # 7 cm from it
    apart = found.position / found.length_m - ROUND.position / ROUND.length_m
    return {"a centre beside it": bool(np.abs((apart + 0.5) % 1 - 0.5).max() < 0.01)}


STEPS = {
    "counts_come_back": shifted_bins,
    "places_within_a_millimetre": swapped_ends,
    "circle_within_a_hundredth": another_centre,
}


def a_spike_lost(kind):
    """Whether a file would pass as the recording although it lacks a spike."""
    spikes = SMALL.spikes.copy()
    spikes[tuple(np.argwhere(spikes)[7])] -= 1
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"animal.{kind}"
        write_recording(path, replace(SMALL, spikes=spikes))
        return read_recording(path).digest == SMALL.digest


def refused_without_inspection():
    with patch.object(inspection, "CHECKS", ()):
        return len(refusals(RAT).lines)


def of_buddy(last):
    buddy = load_recording("simulated-buddy")
    if last == "trips":
        return {"laps taken for trips": len(buddy.laps())}
    late = np.roll(buddy.direction, 40)  # a second late
    moves = buddy.running()
    return {"directions a second late": float(np.mean(late[moves] == buddy.direction[moves]))}


def share_out_of_order():
    test = honest_split(RAT).test
    trips = whole_trips(RAT, test)
    return _share(turns(scrambled_along(RAT.true_phase[test], trips, 0), trips))


def ring(phase):
    return np.c_[np.cos(phase), np.sin(phase), 0 * phase]


CLOUDS = ("PCA served as CEBRA", "labels shuffled", "a control that is told the truth")


@cache
def loops_of(cloud):
    """The longest loop among held-out points that are no CEBRA's, and the next, (2,)."""
    split = contiguous_split(RAT)
    phase = RAT.true_phase[split.test]
    points = {
        "PCA served as CEBRA": plain.pca(RAT, split, 3)(RAT.spikes, RAT.segments)[split.test],
        "labels shuffled": np.random.default_rng(0).normal(size=(len(split.test), 3)),
        "a control that is told the truth": ring(phase),
        "half of the truth": ring(phase[phase < np.pi]),
    }[cloud]
    points = points / np.linalg.norm(points, axis=1, keepdims=True)
    return [*lifespans(bars(points, 300)["h1"])[:2], 0.0, 0.0][:2]
