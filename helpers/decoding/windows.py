"""Spike counts in a window around each bin, never across the border of a segment.

The window of width 10 is the receptive field of CEBRA's ``offset10-model``: five bins before, the
bin, four after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np


def whole(n_bins: int, segments: Sequence[slice]) -> Sequence[slice]:
    """Check that segments tile ``n_bins`` bins; no segments mean a single one.

    Raises
    ------
    ValueError
        If the segments overlap, leave a gap or end elsewhere.
    """
    if not segments:
        return (slice(0, n_bins),)
    edges = [(segment.start, segment.stop) for segment in segments]
    starts = [0] + [stop for _, stop in edges]
    if starts != [start for start, _ in edges] + [n_bins] or any(a >= b for a, b in edges):
        raise ValueError(f"segments must tile the {n_bins} bins in order; use recordings.stretches")
    return segments


def window_counts(
    spikes: np.ndarray, segments: Sequence[slice] = (), width: int = 10
) -> np.ndarray:
    """Counts of each bin's window.

    Beyond the ends of a segment its first and last bins are repeated, as CEBRA does.

    Parameters
    ----------
    spikes : ndarray, (T, N)
        Counts per bin.
    segments : sequence of slice
        Contiguous stretches that tile the T bins; none: a single one.
    width : int
        Bins in the window, ``width // 2`` of them before the bin itself.

    Returns
    -------
    ndarray, (T, width, N)

    Raises
    ------
    ValueError
        If ``width`` is below 1 or the segments do not tile the bins.
    """
    before, after = _reach(width)
    out = np.empty((len(spikes), width, spikes.shape[1]), spikes.dtype)
    for segment in whole(len(spikes), segments):
        bins = np.arange(segment.start, segment.stop)[:, None] + np.arange(-before, after)
        out[segment] = spikes[bins.clip(segment.start, segment.stop - 1)]
    return out


def window_sums(
    spikes: np.ndarray, segments: Sequence[slice] = (), width: int = 10
) -> tuple[np.ndarray, np.ndarray]:
    """Spikes in each bin's window, cut off at the segment's ends, and how many bins were summed.

    Parameters
    ----------
    spikes, segments, width
        As in `window_counts`.

    Returns
    -------
    sums : ndarray of int64, (T, N)
    n_bins : ndarray of int64, (T,)
        The window's width, less near the ends of a segment.

    Raises
    ------
    ValueError
        As in `window_counts`.
    """
    before, after = _reach(width)
    sums = np.empty(spikes.shape, np.int64)
    n_bins = np.empty(len(spikes), np.int64)
    for segment, first, last in _windows(len(spikes), segments, before, after):
        running = np.cumsum(np.pad(spikes[segment].astype(np.int64), ((1, 0), (0, 0))), axis=0)
        sums[segment] = running[last] - running[first]
        n_bins[segment] = last - first
    return sums, n_bins


def _windows(
    n_bins: int, segments: Sequence[slice], before: int, after: int
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """For each segment, the first bin of each window and the one after its last."""
    for segment in whole(n_bins, segments):
        length = segment.stop - segment.start
        here = np.arange(length)
        yield segment, (here - before).clip(0, length), (here + after).clip(0, length)


def _reach(width: int) -> tuple[int, int]:
    if width < 1:
        raise ValueError(f"window of {width} bins; it needs at least 1")
    return width // 2, width - width // 2
