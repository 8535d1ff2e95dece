"""The book's whole analysis of one recording, the reader's own: embeddings, decoding, ring test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown

from helpers import tables
from helpers.claims import expect
from helpers.decoding import DecodingResult, Split, bootstrap, interval, mean_score
from helpers.recordings import Recording
from helpers.training import Fit, Model, fast_dtype, fit_many

from .decoding import PLAIN, decoded, plain_methods
from .inspection import Finding, check_recording
from .jobs import NAMES, SHUFFLED, TIME, TOLD, jobs_09, splits
from .ring import RingTest, ring_test
from .scaling import SCALINGS, seen_by_split

IDS = {name: told for told, name in NAMES.items()}
IDS |= dict(zip(PLAIN, ("counts", "pca", "bayes", "constant"), strict=True))


@dataclass(frozen=True, eq=False)
class Decoded:
    """Held-out laps as they were decoded: a result a fold, by method."""

    results: Mapping[str, list[DecodingResult]]
    seed: int  # of the bootstrap

    HEAD = ("method", "median error, cm", "95 % over trips", "running bins, cm", "direction right")

    def median_cm(self, name: str) -> float:
        """Median error of a method."""
        return mean_score(self.results[name], "median_cm")

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """A row a method."""
        rows = []
        for name, results in self.results.items():
            low, high = interval(bootstrap(results, "median_cm", seed=self.seed))
            running = "–"
            if all(result.running.any() for result in results):
                running = f"{mean_score(results, 'median_cm', running=True):.1f}"
            right = f"{mean_score(results, 'direction'):.0%}"
            spread = f"{low:.1f} to {high:.1f}"
            rows.append((name, f"{self.median_cm(name):.1f}", spread, running, right))
        return rows

    def numbers(self) -> dict[str, dict[str, float]]:
        """Error with its interval, and share of directions that are right, by method."""
        found = {}
        for name, results in self.results.items():
            low, high = interval(bootstrap(results, "median_cm", seed=self.seed))
            found[name] = {
                "median_cm": self.median_cm(name),
                "low_cm": float(low),
                "high_cm": float(high),
                "direction": mean_score(results, "direction"),
            }
        return found

    def table(self) -> Markdown:
        """Set all methods in a table."""
        return Markdown(tables.markdown(self.HEAD, self.rows))

    def expect(self) -> None:
        """Hold each method's median error to the recorded one."""
        for name, results in self.results.items():
            expect(f"own.{IDS[name]}.median_cm", self.median_cm(name), split=results[0].split)


@dataclass(frozen=True, eq=False)
class Analysis:
    """All that was measured of one recording."""

    recording: Recording
    profile: str
    seed: int
    splits: Mapping[str, Split]  # that were tested, by name
    findings: tuple[Finding, ...]  # what the inspection warned of
    fits: Mapping[Model, Fit]  # trained on training laps
    decoding: Decoded
    ring: RingTest

    @property
    def first_split(self) -> Split:
        """The split of the first fold."""
        return next(iter(self.splits.values()))

    @property
    def first(self) -> dict[str, np.ndarray]:
        """Embedding of the first fold's training laps by each kind of model, by its name."""
        found: dict[str, np.ndarray] = {}
        for model, fit in self.fits.items():
            found.setdefault(NAMES[model.name], fit.embedding)
        return found

    @property
    def held_out(self) -> str:
        """How laps were held out, in words."""
        if self.first_split.name == "contiguous":
            return "the last fifth, held out in one piece"
        n = len(self.splits)
        return f"{n} fold{'s' * (n > 1)} of the nested split by round trip"

    def numbers(self) -> dict:
        """Every number of the report, as plain values."""
        rows, units = self.recording.spikes.shape
        return {
            "recording": {
                "name": self.recording.name, "bins": rows, "units": units,
                "signal": self.recording.signal, "bin_s": float(self.recording.bin_s),
                "length_m": float(self.recording.length_m), "geometry": self.recording.geometry,
                "trips": len(self.recording.trials()), "segments": len(self.recording.segments),
                "digest": self.recording.digest,
            },
            "profile": self.profile, "seed": self.seed, "held_out": self.held_out,
            "findings": [vars(finding) for finding in self.findings],
            "decoding": self.decoding.numbers(),
            "ring": self.ring.numbers(),
        }  # fmt: skip

    def inspection(self) -> Markdown:
        """Say how laps were held out, and what the inspection warned of."""
        said = [finding.line for finding in self.findings] or ["nothing to warn of"]
        return Markdown(f"Held out: {self.held_out}. The inspection:\n\n- " + "\n- ".join(said))

    def verdict(self) -> list[str]:
        """What the numbers say, as plainly as they do: sentences."""
        score = {name: self.decoding.median_cm(name) for name in self.decoding.results}
        best = min(score, key=score.get)
        said = [
            f"The best decoder of held-out laps was <strong>{best}</strong>, {score[best]:.1f} cm; "
            f"the best constant guess is off by {score['constant']:.1f} cm."
        ]
        if score[NAMES[TOLD]] > 0.8 * min(score["constant"], score[NAMES[SHUFFLED]]):
            said.append(
                "CEBRA with position is hardly better than that, or than models with shuffled "
                "labels: "
                "these units say little of it."
            )
        n, p = len(self.ring.null), self.ring.rings[TIME].p
        least = 1 / (1 + n)
        if p <= least:
            of_loop = (
                f"longer than that of every one of {n} models with shuffled labels (p = {p:.3f}; "
                f"{least:.3f} is the least that so few can give)."
            )
        else:
            among = f"{n} models with shuffled labels (p = {p:.3f})"
            of_loop = f"no rarity among {among}: no ring is claimed."
        return [*said, f"The loop of the model without labels is {of_loop}"]


def analyse(
    recording: Recording,
    profile: str = "quick",
    seed: int = 0,
    progress: bool = True,
    scaling: str = SCALINGS[0],
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
    scaling : {"z-scored", "as given"}
        Of traces; counts are never scaled.

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
    if isinstance(seed, bool) or seed != int(seed) or seed < 0:
        raise ValueError(f"seed is {seed}; give a whole number, 0 or more")
    jobs = jobs_09(recording, profile, seed, fast_dtype(), scaling)
    fits = dict(zip(jobs, fit_many(list(jobs.values()), progress), strict=True))
    tested = splits(recording, profile)
    results: dict[str, list[DecodingResult]] = {name: [] for name in (*NAMES.values(), *PLAIN)}
    seen = seen_by_split(recording, tested, scaling)
    for split in tested.values():
        for told, name in NAMES.items():
            fit = fits[Model(recording.key, split.name, told, seed)]
            results[name].append(decoded(fit.transform, seen[split.name], split, name))
        for name, result in plain_methods(seen[split.name], split).items():
            results[name].append(result)
    ring = ring_test(fits, seen, profile, seed)
    return Analysis(recording, profile, seed, tested, findings, fits, Decoded(results, seed), ring)
