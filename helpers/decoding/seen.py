"""Who saw what: the bins that encoder and decoder learn from and that are scored, by protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .scores import mean_score
from .splits import contiguous_split, nested_split

if TYPE_CHECKING:
    from helpers.recordings import Recording

    from .held_out import HeldOut
    from .neighbours import DecodingResult
    from .random_bins import RandomBins
    from .splits import Split


@dataclass(frozen=True, eq=False)
class Protocol:
    """A way to judge a decoder, and what it makes of one recording.

    Attributes
    ----------
    title, model : str
        What it is called, and whose error stands below.
    split : Split
        What the decoder learns from and is scored on.
    encoder : ndarray of int64, (n_bins,)
        Bins that trained the encoder.
    labelled : bool
        Whether these came with labels.
    results : sequence of DecodingResult
        Of all folds and seeds.
    """

    title: str
    model: str
    split: Split
    encoder: np.ndarray
    labelled: bool
    results: Sequence[DecodingResult]

    @property
    def said(self) -> str:
        """Error and R² in a line."""
        return (
            f"{self.title}. {self.model}: median error "
            f"{mean_score(self.results, 'median_cm'):.1f} cm, mean error "
            f"{mean_score(self.results, 'mean_cm'):.1f} cm, R² {mean_score(self.results, 'r2'):.2f}"
        )


def protocols(rec: Recording, by_bins: RandomBins, held_out: HeldOut) -> list[Protocol]:
    """List the chapter's protocols, from the most flattering to the strictest.

    Parameters
    ----------
    rec : Recording
    by_bins : RandomBins
    held_out : HeldOut

    Returns
    -------
    list of Protocol
    """
    everything = np.arange(len(rec.position))
    fold, end = nested_split(rec, 0), contiguous_split(rec)
    model, alone = "CEBRA, position + direction", "CEBRA, time only"
    of = {"nested": held_out.nested["posdir"], "end": held_out.piece["posdir"]}
    leaky = by_bins.cebra["posdir"]
    return [
        Protocol("Random split of bins", model, by_bins.split, everything, True, leaky),
        Protocol("Tested trips seen without labels", alone, fold, everything, False, held_out.seen),
        Protocol("Held-out trips (nested)", model, fold, fold.train, True, of["nested"]),
        Protocol("Last fifth held out", model, end, end.train, True, of["end"]),
    ]
