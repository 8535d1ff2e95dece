"""The leak taken apart: who profits from seeing the test trips, the encoder or the decoder?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from IPython.display import Markdown

from helpers import claims, tables
from helpers.training import Model

from .baselines import Results, leaking
from .names import BAYES, COUNTS
from .neighbours import DecodingResult, decode_knn, encode, encode_leaking
from .report import Estimate, estimate
from .scores import mean_score
from .splits import N_FOLDS, Split, leaky_split, nested_split, trip_of_bin

if TYPE_CHECKING:
    from helpers.recordings import Recording
    from helpers.training import Fit

    from .contest import Contest
    from .random_bins import RandomBins

ONE = "CEBRA, 3-D"
COMPARED = (ONE, "PCA, 3-D", "PCA, 16-D", COUNTS, BAYES)
SAW = {
    (False, False): "none",
    (True, False): "encoder",
    (False, True): "decoder",
    (True, True): "both",
}
FourWays = dict[tuple[bool, bool], list[DecodingResult]]


@dataclass(frozen=True, eq=False)
class Leak:
    """One model under two splits, beside what its baselines gain.

    Attributes
    ----------
    length_m : float
        Of the track.
    random_bins, kept_away : mapping
        Results under a random split and on held-out trips, by the name of the method.
    ways : mapping
        Results by (encoder saw the tested trips, decoder saw them).
    """

    length_m: float
    random_bins: Results
    kept_away: Results
    ways: FourWays

    def clouds(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """True and decoded positions of the model under both splits, metres."""
        leaky, fair = self.random_bins[ONE], self.kept_away[ONE]
        both = {"a random split of bins": leaky, "trips held out": fair}
        return {
            title: tuple(
                np.concatenate([array[:, 0] for array in arrays])
                for arrays in zip(*((r.label, r.predicted) for r in results), strict=True)
            )
            for title, results in both.items()
        }

    def pairs(self) -> dict[str, tuple[Estimate, Estimate]]:
        """Mean error under the random split and on held-out trips, by method."""
        both = (self.random_bins, self.kept_away)
        return {name: tuple(estimate(of[name], "mean_cm") for of in both) for name in COMPARED}

    def table(self) -> Markdown:
        """Who leaks: encoder or decoder."""
        said, error = {}, {}
        for who, results in self.ways.items():
            said[who] = "**{:.1f}** ({:.1f} to {:.1f})".format(*estimate(results, "mean_cm"))
            error[who] = mean_score(results, "mean_cm")
        by_encoder, by_decoder = (
            error[False, False] - error[who] for who in ((True, False), (False, True))
        )
        flattered, honest = (
            mean_score(of[COUNTS], "mean_cm") for of in (self.random_bins, self.kept_away)
        )
        head = ["mean error (cm)", "decoder has other trips only"]
        head += ["decoder has bins of the tested trips"]
        rows = [
            [f"encoder trained on {trips} trips", said[saw, False], said[saw, True]]
            for saw, trips in ((False, "other"), (True, "all"))
        ]
        return Markdown(
            f"{tables.markdown(head, rows)}\n\nHaving met the tested trips is worth "
            f"{by_encoder:.1f} cm to the encoder and {by_decoder:.1f} cm to the decoder; to "
            "nearest neighbours on bare counts, which have no encoder to blame, "
            f"{honest - flattered:.1f} cm. Holding out bins for the decoder alone is not enough, "
            "however carefully it is done."
        )

    def expect(self) -> None:
        """Check the four ways."""
        for saw, results in self.ways.items():
            value = mean_score(results, "mean_cm")
            claims.expect(f"decode.leak.{SAW[saw]}.mae_cm", value, split="nested")


def one_model(
    rec: Recording, fits: Mapping[Model, Fit], by_bins: RandomBins, contest: Contest, seed: int = 0
) -> Leak:
    """Judge one trained model under the random split and on held-out trips.

    Parameters
    ----------
    rec : Recording
    fits : mapping of Model to Fit
        With models of all bins and of each nested fold.
    by_bins : RandomBins
        The baselines under the random split.
    contest : Contest
        Everyone on held-out trips.
    seed : int
        Of the models.

    Returns
    -------
    Leak
    """
    everything = fits[Model(rec.name, "all", "posdir", seed)]
    folds = [fits[Model(rec.name, f"nested {n}", "posdir", seed)] for n in range(N_FOLDS)]
    mine = [r for r in contest.held_out.nested["posdir"] if r.seed == seed]
    return Leak(
        rec.length_m,
        {ONE: [leaking(rec, by_bins.split, "posdir", everything.transform)]} | by_bins.baselines,
        {ONE: mine} | contest.baselines,
        four_ways(everything, folds, rec, seed=seed),
    )


def four_ways(
    everything: Fit, folds: Sequence[Fit], recording: Recording, *, seed: int = 0
) -> FourWays:
    """Decode the same trips with an encoder that saw them or not, and a decoder that did or not.

    The decoder that saw them takes its neighbours from a random four fifths of all bins, those of
    the tested trips included, and its windows from the whole recording.

    Parameters
    ----------
    everything : Fit
        Trained on all bins.
    folds : sequence of Fit
        Trained alike on the training trips of each nested fold.
    recording : Recording
    seed : int
        Of the random bins.

    Returns
    -------
    dict
        Results, one a fold, by (encoder saw the tested trips, decoder saw them).
    """
    results: FourWays = {}
    for fold, held_out in enumerate(folds):
        honest = nested_split(recording, fold)
        mixed = among_all_bins(recording, honest, seed)
        for encoder_saw, fit in ((False, held_out), (True, everything)):
            for decoder_saw, split, method in (
                (False, honest, encode),
                (True, mixed, encode_leaking),
            ):
                features = method(fit.transform, recording, split)
                result = decode_knn(features, recording, split, "posdir", seed=seed)
                results.setdefault((encoder_saw, decoder_saw), []).append(result)
    return results


def among_all_bins(recording: Recording, honest: Split, seed: int) -> Split:
    """Split bin by bin, but test only bins of the trips that another split tests."""
    leaky = leaky_split(recording, seed)
    test = np.intersect1d(leaky.test, honest.test)
    return Split(honest.name, leaky.train, leaky.valid, test)


def neighbours_nearby(recording: Recording, split: Split, window: int) -> tuple[float, float]:
    """How much the test bins of a split share with its training bins.

    Parameters
    ----------
    recording : Recording
    split : Split
    window : int
        Bins.

    Returns
    -------
    overlapping : float
        Share of test bins whose window overlaps that of a training bin in the same segment.
    same_trip : float
        Share of test bins with training bins in their round trip.
    """
    trips = trip_of_bin(recording)
    starts = np.array([segment.start for segment in recording.segments])
    segment = np.searchsorted(starts, np.arange(len(trips)), side="right")
    place = np.searchsorted(split.train, split.test)
    overlapping = np.zeros(len(split.test), bool)
    for neighbour in (place - 1, place):
        bins = split.train[neighbour.clip(0, len(split.train) - 1)]
        near = np.abs(bins - split.test) < window
        overlapping |= near & (segment[bins] == segment[split.test])
    same_trip = np.isin(trips[split.test], trips[split.train])
    return float(overlapping.mean()), float(same_trip.mean())
