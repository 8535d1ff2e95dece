"""The book's whole analysis of one recording, the reader's own: embeddings, decoding, ring test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.decoding import DecodingResult, bootstrap, interval, mean_score
from helpers.recordings import Recording
from helpers.training import Fit, fast_dtype, fit_many

from .decoding import PLAIN, decoded, plain_methods
from .inspection import Finding, check_recording, honest_split
from .jobs import SHUFFLED, TIME, TOLD, Model, folds, jobs_09
from .ring import Ring, ring_test

NAMES = {
    TOLD: "CEBRA, told position",
    TIME: "CEBRA, told time only",
    SHUFFLED: "CEBRA, told nonsense",
}


@dataclass(frozen=True, eq=False)
class Analysis:
    """All that was measured.

    Attributes
    ----------
    recording : Recording
    profile : {"quick", "full"}
    seed : int
    findings : tuple of Finding
        What the inspection warned of.
    fits : mapping of Model to Fit
        Trained on training laps.
    results : mapping of str to list of DecodingResult
        Of held-out laps, a result a fold, by method.
    rings : mapping of str to Ring
        By what the models were told.
    null : (n,) array
        Longest loop of each model that was told nonsense.
    """

    recording: Recording
    profile: str
    seed: int
    findings: tuple[Finding, ...]
    fits: Mapping[Model, Fit]
    results: Mapping[str, list[DecodingResult]]
    rings: Mapping[str, Ring]
    null: np.ndarray

    @property
    def first(self) -> dict[str, Fit]:
        """The model of the first fold and seed of each kind, by what it was told."""
        kinds = dict.fromkeys(model.told for model in self.fits)
        return {told: self.fits[Model(told, 0, self.seed)] for told in kinds}

    @property
    def split_name(self) -> str:
        """How laps were held out, in words."""
        if honest_split(self.recording).name == "contiguous":
            return "the last fifth, held out in one piece"
        n = len(folds(self.recording, self.profile))
        return f"{n} fold{'s' * (n > 1)} of the nested split by round trip"


def analyse(
    recording: Recording, profile: str = "quick", seed: int = 0, progress: bool = True
) -> Analysis:
    """Analyse a recording: inspect it, train, decode held-out laps, test for a ring.

    Parameters
    ----------
    recording : Recording
    profile : {"quick", "full"}
    seed : int
        Of all that is drawn.
    progress : bool
        Show a bar while models train.

    Returns
    -------
    Analysis

    Raises
    ------
    ValueError
        If the inspection finds errors, with all of them in one line; or the profile is neither.
    TrainingError
        If a model's loss was not finite.
    """
    findings = tuple(check_recording(recording))
    jobs = jobs_09(recording, profile, seed, fast_dtype())
    fits = dict(zip(jobs, fit_many(list(jobs.values()), progress), strict=True))
    results: dict[str, list[DecodingResult]] = {name: [] for name in (*NAMES.values(), *PLAIN)}
    for fold in folds(recording, profile):
        split = honest_split(recording, fold)
        for told, name in NAMES.items():
            fit = fits[Model(told, fold, seed)]
            results[name].append(decoded(fit.transform, recording, split, name))
        for name, result in plain_methods(recording, split).items():
            results[name].append(result)
    rings, null = ring_test(fits, recording, profile, seed)
    return Analysis(recording, profile, seed, findings, fits, results, rings, null)


def decoding_rows(analysis: Analysis) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of the table of decoders, ready to be set in Markdown or HTML."""
    head = ("method", "median error, cm", "95 % over trips", "running bins, cm", "direction right")
    rows = []
    for name, results in analysis.results.items():
        low, high = interval(bootstrap(results, "median_cm", seed=analysis.seed))
        running = "–"
        if all(result.running.any() for result in results):
            running = f"{mean_score(results, 'median_cm', running=True):.1f}"
        rows.append(
            (
                name,
                f"{mean_score(results, 'median_cm'):.1f}",
                f"{low:.1f} to {high:.1f}",
                running,
                f"{mean_score(results, 'direction'):.0%}",
            )
        )
    return head, rows


def ring_rows(analysis: Analysis) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of the table of loops."""
    head = (
        "model", "longest loop lives", "runner-up", "p", "held-out trips wound once",
        "the same, out of order",
    )  # fmt: skip
    rows = []
    for told, ring in analysis.rings.items():
        birth, death, second = ring.bar
        n = len(ring.turned)
        wound = (f"{ring.share:.0%} of {n}", f"{ring.share_scrambled:.0%}") if n else ("–", "–")
        span = f"{birth:.2f} to {death:.2f}"
        rows.append((NAMES[told], span, f"{second:.2f}", f"{ring.p:.3f}", *wound))
    return head, rows


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Set a table in Markdown, the first column to the left, the others to the right."""
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " --: |" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def verdict_sentences(analysis: Analysis) -> list[str]:
    """What the numbers say, as plainly as they do."""
    score = {name: mean_score(each, "median_cm") for name, each in analysis.results.items()}
    chance = min(score["constant"], score[NAMES[SHUFFLED]])
    best = min(score, key=score.get)
    told = score[NAMES[TOLD]]
    said = [
        f"The best decoder of held-out laps was <strong>{best}</strong>, {score[best]:.1f} cm; "
        f"a guess that knows nothing is off by {chance:.1f} cm."
    ]
    if told > 0.8 * chance:
        said.append("CEBRA told position is hardly better than that: these units say little of it.")
    n, ring = len(analysis.null), analysis.rings[TIME]
    least = 1 / (1 + n)
    if ring.p <= least:
        said.append(
            "The loop of the model that was told only time is longer than that of every one of "
            f"{n} models told nonsense (p = {ring.p:.3f}; {least:.3f} is the least that so few can "
            "give)."
        )
    else:
        said.append(
            f"The loop of the model that was told only time is no rarity among {n} models told "
            f"nonsense (p = {ring.p:.3f}): no ring is claimed."
        )
    return said
