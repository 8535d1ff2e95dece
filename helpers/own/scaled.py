"""What scaling does to an embedding of traces: the same cells, three scales, three models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from IPython.display import Markdown

from helpers import tables
from helpers.claims import expect
from helpers.decoding import Split, mean_score
from helpers.recordings import Recording
from helpers.training import fast_dtype, fit_many, variant_job

from .decoding import decoded
from .inspection import honest_split
from .scaling import seen_by_split

STEPS = 300
FACTORS = {"as given": 1.0, "times a hundredth": 0.01}


@dataclass(frozen=True, eq=False)
class Scaled:
    """Models told position and direction, by how the traces that they see were scaled.

    Attributes
    ----------
    recording : Recording
    split : Split
    points : mapping of str to (n, 3) array
        Embeddings of training bins.
    median_cm : mapping of str to float
        Error on held-out laps, by nearest neighbours.
    """

    recording: Recording
    split: Split
    points: Mapping[str, np.ndarray]
    median_cm: Mapping[str, float]

    def table(self) -> Markdown:
        """Errors by scaling."""
        rows = [(name, f"{error:.1f}") for name, error in self.median_cm.items()]
        head = ("traces", "median error on held-out laps, cm")
        return Markdown(
            f"{tables.markdown(head, rows)}\n\n{STEPS} steps each, the same first weights and "
            "batches: nothing differs but the scale. Which is best is no law; choose by validation "
            "laps, and say what was chosen."
        )

    def expect(self) -> None:
        """Check the errors."""
        for name, error in self.median_cm.items():
            expect(f"own.traces.{name.replace(' ', '_')}.median_cm", error, split=self.split.name)


def scalings(recording: Recording, seed: int = 0) -> Scaled:
    """Train the same model on the same traces, scaled in three ways.

    Parameters
    ----------
    recording : Recording
        Of traces.
    seed : int
        Of the models.

    Returns
    -------
    Scaled
    """
    split = honest_split(recording)
    seen = {
        name: replace(recording, spikes=factor * recording.spikes)
        for name, factor in FACTORS.items()
    }
    seen |= {"z-scored": seen_by_split(recording, {"": split}, "z-scored")[""]}
    settings = {"bins": split.train, "seed": seed, "dtype": fast_dtype(), "max_iterations": STEPS}
    jobs = [variant_job(one, "posdir", **settings) for one in seen.values()]
    fits = dict(zip(seen, fit_many(jobs, progress=False), strict=True))
    errors = {
        name: mean_score([decoded(fits[name].transform, one, split, name)], "median_cm")
        for name, one in seen.items()
    }
    return Scaled(recording, split, {name: fit.embedding for name, fit in fits.items()}, errors)
