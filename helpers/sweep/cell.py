"""One cell of a sweep: trained on training laps, judged on validation laps, never on test laps.

A sweep chooses. What has been chosen on some laps may not be judged by them, so the test laps of
the nested split stay closed here: whoever has settled on parameters opens them once, with the
chapters. The number of neighbours is chosen on one half of the validation laps and scored on the
other, then the other way round, by the decoding chapter's own functions; the ring is found among
the training laps, and the animal followed round it on the validation laps, by those of the topology
chapter.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace

import numpy as np
from threadpoolctl import threadpool_limits

from helpers import code, decoding, topology
from helpers.claims import versions
from helpers.decoding import DecodingResult, Split
from helpers.recordings import Recording, stretches
from helpers.training import Fit, Job, one_thread, variant_job
from helpers.training import cache as fitcache
from helpers.training import many as training

from .grid import Cell

POINTS = 300
"""Landmarks and points of a diagram: fewer than the topology chapter's, as a sweep has many cells,
and few enough that `helpers.topology.check_cost` need not time anything first."""
LAST_STEPS = 100
VALUES = (
    "median_cm", "r2", "direction", "k", "wound", "trips", "loop", "next_loop", "gap", "loss",
)  # fmt: skip
"""What `evaluate` returns, in the order of the table; see there."""
ORIGIN = ("device", "versions", "code", "fit", "cell")
"""Where a row comes from: what `run_cell` adds."""


def cell_split(recording: Recording, cell: Cell) -> Split:
    """The fold of the nested split that a cell trains and validates on.

    A ValueError where a recording cannot be swept: a circular track, too few round trips, or no
    whole one among the validation laps.
    """
    if recording.geometry != "line":
        raise ValueError(f"{recording.name} ran on a circle; a sweep decodes linear tracks")
    split = decoding.nested_split(recording, cell.fold)
    if not topology.whole_trips(recording, split.valid):
        raise ValueError(
            f"{recording.name} has no whole round trip among the validation laps of {split.name}; "
            "use another fold, or a longer recording"
        )
    return split


def cell_job(recording: Recording, cell: Cell) -> Job:
    """The job of a cell, on the training laps of its fold; one that cannot train is named."""
    try:
        split = cell_split(recording, cell)
        job = variant_job(
            recording, cell.variant, bins=split.train, seed=cell.seed, dtype=cell.dtype,
            **dict(cell.parameters),
        )  # fmt: skip
    except ValueError as error:
        raise ValueError(f"{cell.title}: {error}") from None
    return replace(job, name=cell.title)


def cell_key(recording: Recording, job: Job, cell: Cell) -> str:
    """Name a row by all that it depends on: data, job, split, versions, code; sha256, hex."""
    parts = {"data": recording.digest, "fold": cell.fold, **origin(job)}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def origin(job: Job) -> dict[str, str]:
    """Where a row comes from: device, versions, hash of the code, key of the fit."""
    device = training.default_device()
    return {
        "device": device,
        "versions": ", ".join(f"{name} {version}" for name, version in versions().items()),
        "code": code.digest((__name__, "run_cell")),
        "fit": fitcache.key(job, device),
    }


def run_cell(recording: Recording, cell: Cell, key: str) -> dict:
    """Train and judge one cell, on one thread of whichever process.

    What was measured, `VALUES`, and where it comes from, `ORIGIN`: numbers and texts. A ValueError
    if this process has other code, libraries or devices than whoever asks, who expects `cell_key`
    to be `key`; a TrainingError if the loss was not finite.
    """
    job = cell_job(recording, cell)
    if cell_key(recording, job, cell) != key:
        raise ValueError(
            "this worker has another version of the book, of a library, or another device; "
            "start it from the same checkout and environment"
        )
    with one_thread(), threadpool_limits(1):  # sums in another order would be another result
        fit = training.fit(job, progress=False)
        values = evaluate(fit, recording, cell_split(recording, cell))
    return {**values, **origin(job), "cell": key}


def evaluate(fit: Fit, recording: Recording, split: Split) -> dict:
    """Judge a model on the validation laps of the split whose training laps it has learnt from.

    ``median_cm``, ``r2``, ``direction``: see `helpers.decoding.score`; ``k``: neighbours chosen on
    either half. ``wound``: share of the ``trips`` whole validation trips that wind once round the
    better loop, that which served better on training trips. ``loop``, ``next_loop``: the longest
    bars of H1 among validation points, in distance on the sphere; ``gap``: by which share of the
    longest the next is shorter, 0 to 1. ``loss``: mean over the last steps, nats.
    """
    decoded = decode_validation(fit, recording, split)
    found = {name: decoding.score(decoded, name)[0] for name in ("median_cm", "r2", "direction")}
    found["k"] = decoded.settings["k"]
    found |= ring(fit, recording, split)
    found["loss"] = np.mean(fit.loss[-LAST_STEPS:], dtype=float)
    return {name: found[name] for name in VALUES}


def decode_validation(fit: Fit, recording: Recording, split: Split) -> DecodingResult:
    """Decode every validation lap, with the number of neighbours that the other laps chose."""
    results = []
    for half in validation_halves(recording, split):
        features = decoding.encode(fit.transform, recording, half)
        results.append(decoding.decode_knn(features, recording, half, "sweep", seed=fit.job.seed))
    chosen = "/".join(str(result.settings["k"]) for result in results)
    arrays = {
        one.name: np.concatenate([getattr(result, one.name) for result in results])
        for one in fields(DecodingResult)
        if isinstance(getattr(results[0], one.name), np.ndarray)
    }
    return replace(results[0], split=split.name, settings={"k": chosen}, **arrays)


def validation_halves(recording: Recording, split: Split) -> tuple[Split, Split]:
    """Two splits of the training and validation laps; what one chooses by, the other scores.

    Every other validation lap goes into the same half, so that both see early and late running.
    """
    trips = decoding.trip_of_bin(recording)[split.valid]
    first = np.isin(trips, np.unique(trips)[::2])
    one, other = split.valid[first], split.valid[~first]
    name = f"validation laps of {split.name}"
    return Split(name, split.train, one, other), Split(name, split.train, other, one)


def ring(fit: Fit, recording: Recording, split: Split) -> dict:
    """Follow the animal round the loop on validation laps, and measure the loop there."""
    unseen = fit.transform(
        recording.spikes[split.valid], stretches(split.valid, recording.segments)
    )
    lengths = [
        *topology.lifespans(topology.bars(unseen, min(POINTS, len(unseen)))["h1"])[:2],
        0.0,
        0.0,
    ]
    trips = topology.whole_trips(recording, split.valid)
    return {
        "wound": _wound(fit.embedding, unseen, topology.whole_trips(recording, split.train), trips),
        "trips": len(trips),
        "loop": lengths[0],
        "next_loop": lengths[1],
        "gap": 1 - lengths[1] / lengths[0] if lengths[0] else 0.0,
    }


def _wound(known, unseen, known_trips, trips) -> float:
    """Share of trips wound once, round the loop that most training trips wind."""
    try:
        along = topology.follow(known, np.concatenate([known, unseen]), POINTS)["along"]
    except ValueError as error:
        if "no loop at all" not in str(error):
            raise
        return 0.0  # nothing to wind round
    best = topology.leading_loop(along, known_trips)
    if best is None:
        return 0.0
    return topology.share_wound(topology.turns(along[best][len(known) :], trips))
