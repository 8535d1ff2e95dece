"""How traces are scaled before an encoder sees them: it is not scale-free, so one must say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from helpers.decoding import Split
from helpers.recordings import Recording

from .steps import one_of

SCALINGS = ("z-scored", "as given")
"""``z-scored``: each cell less its mean, over its standard deviation, both of training bins."""


def seen_by_split(
    recording: Recording, tested: Mapping[str, Split], scaling: str
) -> dict[str, Recording]:
    """The recording as models of each split see it: counts as they are, traces scaled.

    Parameters
    ----------
    recording : Recording
    tested : mapping of str to Split
    scaling : {"z-scored", "as given"}

    Returns
    -------
    dict
        Recording by name of the split.
    """
    one_of(scaling, "scaling", SCALINGS)
    if recording.signal == "counts" or scaling == "as given":
        return dict.fromkeys(tested, recording)
    return {name: _standardised(recording, split.train) for name, split in tested.items()}


def _standardised(recording: Recording, bins: np.ndarray) -> Recording:
    known = recording.spikes[bins].astype(np.float64)
    sd = known.std(axis=0)
    scaled = (recording.spikes - known.mean(axis=0)) / np.where(sd > 0, sd, 1.0)
    return replace(recording, spikes=scaled.astype(np.float32))
