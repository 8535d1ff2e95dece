"""Rows of bins: counts, spike times or traces, each beside the animal's place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from helpers.recordings import Finding

from .steps import (
    bin_edges,
    bin_spikes,
    checked,
    clock,
    nearest,
    numbers,
    positive,
    sample_position,
)
from .tracking import Path, ordered

BIN_S = 0.025
LONGEST_BIN_S = 2.0  # a longer bin holds a good part of a lap: times are in another unit
RATE_HZ = 20  # a bin of 50 ms with one spike
JITTER = 0.5  # of a bin: time stamps of successive bins may be this much late


class Binned(NamedTuple):
    """A row a bin: counts or traces, metres or NaN, directions or None, and the bin's number.

    Numbers of bins that follow each other in time are successive; at a cut one is left out.
    """

    signal: np.ndarray
    position: np.ndarray
    direction: np.ndarray | None
    number: np.ndarray
    bin_s: float
    findings: list[Finding]


def from_times(spike_times, path: Path, bin_s: float | None) -> Binned:
    """Cut time into bins, the first of them centred on the first position."""
    if path.times is None:
        raise ValueError("times is missing; give the seconds at which position was sampled")
    bin_s = BIN_S if bin_s is None else bin_s
    _check_direction(path)
    path, findings = ordered(path)
    edges = bin_edges(path.times[0], path.times[-1], bin_s)
    centres = edges[:-1] + bin_s / 2
    sampled, direction = _at(path, centres)
    counts = bin_spikes(spike_times, edges)
    return Binned(counts, sampled, direction, np.arange(len(centres)), bin_s, findings)


def from_counts(spikes, path: Path, bin_s: float | None) -> Binned:
    """Counts, a row for each position."""
    bin_s = _width(path.times, bin_s)
    spikes = checked(spikes, "spikes", 2)
    _check_no_rates(spikes)
    return _row_by_row(spikes, "spikes", path, bin_s)


def from_traces(traces, trace_times, path: Path, bin_s: float | None) -> Binned:
    """Traces, a row for each position, or on a clock of their own."""
    traces = checked(traces, "traces", 2)
    if trace_times is None:
        return _row_by_row(traces, "traces", path, _width(path.times, bin_s))
    if path.times is None:
        raise ValueError("times is missing; give the seconds at which position was sampled")
    stamps = clock(trace_times, "trace_times")
    if len(stamps) != len(traces):
        raise ValueError(
            f"trace_times has {len(stamps)} stamps, traces {len(traces)} rows; give one a row"
        )
    bin_s = _width(stamps, bin_s)
    _check_direction(path)
    path, findings = ordered(path)
    sampled, direction = _at(path, stamps)
    number = np.arange(len(stamps))
    number[1:] += np.cumsum(np.diff(stamps) > (1 + JITTER) * bin_s)
    return Binned(traces, sampled, direction, number, bin_s, findings)


def _row_by_row(signal, field: str, path: Path, bin_s: float) -> Binned:
    n_bins = len(path.position)
    if len(signal) != n_bins:
        other = {"spikes": "spike_times and times", "traces": "trace_times"}[field]
        raise ValueError(
            f"{field} has {len(signal)} rows, position {n_bins}; give one position a bin, "
            f"or {other}"
        )
    number = np.arange(n_bins)
    if path.times is not None:
        times = clock(path.times)
        if len(times) != n_bins:
            raise ValueError(f"times has {len(times)} stamps, position {n_bins}; give one a bin")
        number[1:] += np.cumsum(np.diff(times) > (1 + JITTER) * bin_s)
    return Binned(signal, path.position, _check_direction(path), number, bin_s, [])


def _at(path: Path, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Place and direction at the bins' centres."""
    typical = float(np.median(np.diff(path.times)))
    if typical > path.max_gap_s:
        raise ValueError(
            f"position is sampled every {typical:.3g} s, and max_gap_s is {path.max_gap_s:g}; give "
            "times in seconds, or a larger max_gap_s"
        )
    sampled, _ = sample_position(path.times, path.position, centres, path.max_gap_s, path.period)
    if path.direction is None:
        return sampled, None
    return sampled, np.asarray(path.direction, dtype=float)[nearest(path.times, centres)]


def _width(times, bin_s: float | None) -> float:
    """The width of the bins, seconds, as their time stamps have it."""
    if bin_s is not None or times is None:
        bin_s = positive(bin_s, "bin_s", "give the width of the bins of spikes, in seconds")
    if times is None:
        return bin_s
    steps = np.diff(clock(times))
    step = float(np.median(steps))
    if bin_s is None and step > LONGEST_BIN_S:
        raise ValueError(
            f"times step by {step:.4g} s, which is longer than a bin can be; are they in "
            "milliseconds? give seconds"
        )
    if bin_s is not None and abs(bin_s - step) > 0.02 * step:
        raise ValueError(f"bin_s is {bin_s:g}, and times step by {step:.4g} s; mend one of the two")
    if steps.min() < (1 - JITTER) * step:
        raise ValueError(
            f"times step by {steps.min():.3g} s once and by {step:.3g} s mostly; bins of counts "
            "must not overlap"
        )
    return float(np.round(step, 9)) if bin_s is None else bin_s


def _check_no_rates(spikes) -> None:
    """Counts over the width of a bin are whole numbers again, where that divides a second."""
    fires = spikes[spikes > 0]
    if fires.size and fires.max() >= RATE_HZ and (fires == np.round(fires)).all():
        common = np.gcd.reduce(np.minimum(fires, 2**53).astype(np.int64))
        if common > 1:
            raise ValueError(
                f"spikes holds multiples of {common} only: rates, it seems; give counts per bin"
            )


def _check_direction(path: Path) -> np.ndarray | None:
    if path.direction is None:
        return None
    direction, n = numbers(path.direction, "direction", 1), len(path.position)
    if len(direction) != n:
        raise ValueError(f"direction has {len(direction)} values, position {n}; give as many")
    return direction
