"""What chapter 09 tries out on animals whose truth is known, before the analysis: a study each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from IPython.display import Markdown
from scipy.signal import lfilter

from helpers import tables
from helpers.claims import expect
from helpers.decoding import DecodingResult, mean_score
from helpers.recordings import Recording

from .broken import broken
from .decoding import PLAIN, plain_methods
from .export import spike_times, time_stamps, write_recording
from .files import read_recording
from .inspection import honest_split, inspect_recording

ROOM_M = np.array([0.7, 0.4])  # where the track begins in the room of `laboratory`


def on_a_circle(recording: Recording) -> Recording:
    """Bend a simulated animal's way there and back into one lap of a circle, twice as long."""
    if recording.true_phase is None:
        raise ValueError(f"{recording.name} has no true_phase; only a simulated animal is bent")
    length_m = 2 * recording.length_m
    position = recording.true_phase % (2 * np.pi) / (2 * np.pi) * length_m
    ahead = np.ones(len(position))
    return replace(
        recording, position=position, direction=ahead, geometry="circle", length_m=length_m,
        segments=(), name=f"{recording.name}-circle",
    )  # fmt: skip


def calcium(
    recording: Recording, decay_s: float = 0.7, noise: float = 0.3, seed: int = 0
) -> Recording:
    """The same animal under a microscope: each spike leaves a trace that decays, in noise.

    Parameters
    ----------
    recording : Recording
        Of counts.
    decay_s : float
        Time constant of the indicator, seconds.
    noise : float
        Standard deviation, in traces of one spike.
    seed : int
        Of the noise.

    Returns
    -------
    Recording
        Of traces, float32; each stretch starts from rest.
    """
    rng, keep = np.random.default_rng(seed), np.exp(-recording.bin_s / decay_s)
    traces = np.concatenate(
        [lfilter([1.0], [1.0, -keep], recording.spikes[part].astype(float), axis=0)
         for part in recording.segments]
    )  # fmt: skip
    traces += noise * rng.normal(size=traces.shape)
    return replace(
        recording,
        spikes=traces.astype(np.float32),
        signal="traces",
        name=f"{recording.name}-calcium",
    )


def laboratory(recording: Recording, seed: int = 0) -> dict:
    """What a laboratory would hold of such an animal: spike times, and (x, y) in cm from a camera.

    Arguments of `recording_from_arrays`, which gives the recording back: on a line its position to
    the last digits, round a circle to what the sway leaves. Each spike's moment within its bin, and
    the sway, are drawn by `seed`.
    """
    rng = np.random.default_rng(seed)
    jitter = 0.49 * recording.bin_s
    spikes = [np.sort(t + rng.uniform(-jitter, jitter, len(t))) for t in spike_times(recording)]
    along = recording.position.astype(float)
    sway = rng.normal(scale=0.01, size=along.shape)
    given = {
        "spike_times": spikes, "times": time_stamps(recording), "bin_s": recording.bin_s,
        "geometry": recording.geometry, "unit": "cm", "direction": recording.direction,
    }  # fmt: skip
    if recording.geometry == "circle":
        angle = 2 * np.pi * along / recording.length_m
        radius = recording.length_m / (2 * np.pi) + sway
        xy = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius[:, None]
    else:
        axis, across = np.array([0.8, 0.6]), np.array([-0.6, 0.8])
        xy = np.outer(along, axis) + np.outer(sway, across)
        given["ends"] = 100 * (ROOM_M + np.outer([0, recording.length_m], axis))
    return {"position": 100 * (ROOM_M + xy), **given}


def expect_steps_lead_back(
    animal: Recording, made: Recording, ring: Recording, bent: Recording
) -> None:
    """Hold what came back from raw data, on a line and round a circle, to what was there before."""
    expect("own.steps.counts_come_back", bool(np.array_equal(made.spikes, animal.spikes)))
    away_mm = 1000 * np.abs(made.position - animal.position).max()
    expect("own.steps.places_within_a_millimetre", bool(away_mm < 1))
    apart = np.abs(bent.position / bent.length_m - ring.position / ring.length_m)
    expect("own.steps.circle_within_a_hundredth", bool(np.minimum(apart, 1 - apart).max() < 0.01))


@dataclass(frozen=True, eq=False)
class ThreeFiles:
    """One recording, and what came back from a file of each kind, with its size in megabytes."""

    known: Recording
    back: Mapping[str, tuple[Recording, float]]

    def table(self) -> Markdown:
        """Say of each kind of file how large it is, and whether it reads back equal."""
        head = ("file", "megabytes", "bins", "units", "read back")
        rows = []
        for kind, (found, megabytes) in self.back.items():
            bins, units = found.spikes.shape
            equal = "equal" if found.digest == self.known.digest else "DIFFERENT"
            rows.append((f"`.{kind}`", f"{megabytes:.2f}", f"{bins:,}", f"{units}", equal))
        return Markdown(tables.markdown(head, rows))

    def expect(self) -> None:
        """Hold each to be equal to the last bit."""
        for kind, (found, _) in self.back.items():
            expect(f"own.files.{kind}_is_equal", found.digest == self.known.digest)


def three_files(known: Recording) -> ThreeFiles:
    """Write a recording in every kind of file, and read it back."""
    back = {}
    with TemporaryDirectory() as folder:
        for kind in ("npz", "mat", "nwb"):
            path = Path(folder) / f"animal.{kind}"
            write_recording(path, known)
            said = {"length_m": known.length_m} if kind == "nwb" else {}  # it has no place for it
            back[kind] = read_recording(path, **said), path.stat().st_size / 1e6
    return ThreeFiles(known, back)


@dataclass(frozen=True)
class Refusals:
    """The line with which each broken recording was refused, by what was broken."""

    lines: Mapping[str, str]

    def table(self) -> Markdown:
        """Set what was broken beside what the book says."""
        rows = [(name, line.replace("|", "/")) for name, line in self.lines.items()]
        return Markdown(tables.markdown(("what was broken", "what the book says"), rows, left=2))

    def expect(self) -> None:
        """Hold the number of those that were refused to all there are."""
        expect("own.refused", len(self.lines))


def refusals(recording: Recording) -> Refusals:
    """Break a recording in twelve ways, and hear what the book says; silence is left out."""
    lines = {}
    with TemporaryDirectory() as folder:
        for name, call in broken(recording, Path(folder)).items():
            try:
                call()
            except ValueError as error:
                lines[name] = str(error)
    return Refusals(lines)


@dataclass(frozen=True, eq=False)
class Stranger:
    """A known rat handed in as arrays, and how he is decoded without any training."""

    given: Recording
    known: Recording
    plain: Mapping[str, DecodingResult]

    @property
    def same_way(self) -> float:
        """Share of moving bins whose direction, read off the movement, is the data set's."""
        moves = self.known.running()
        return float(np.mean(self.given.direction[moves] == self.known.direction[moves]))

    @property
    def direction(self) -> float:
        """The same, whichever way is called right."""
        return max(self.same_way, 1 - self.same_way)

    def median_cm(self, method: str) -> float:
        """Median error of a plain method on held-out laps."""
        return mean_score([self.plain[method]], "median_cm")

    def report(self) -> Markdown:
        """Say how his direction was found, what the inspection says, and how he decodes."""
        turned = ", with right and left exchanged" * (self.same_way < 0.5)
        said = [finding.line for finding in inspect_recording(self.given)] or ["nothing to warn of"]
        return Markdown(
            f"Direction, read off the movement, sorts {self.direction:.1%} of his moving bins as "
            f"the data set does{turned}, and finds {len(self.given.trials())} round trips where it "
            f"has {len(self.known.trials())}. The inspection: {'; '.join(said)}. Without any "
            f"training, the Bayesian decoder reads his place to {self.median_cm(PLAIN[2]):.1f} cm "
            f"(median, held-out laps); a constant guess is off by {self.median_cm(PLAIN[3]):.1f} "
            "cm."
        )

    def expect(self) -> None:
        """Hold directions, trips and error to the recorded ones."""
        expect("own.buddy.direction", self.direction)
        expect("own.buddy.trips", len(self.given.trials()))
        expect("own.buddy.bayes.median_cm", self.median_cm(PLAIN[2]))


def stranger(given: Recording, known: Recording) -> Stranger:
    """Compare a recording that was handed in, bin by bin, with the one that the book knows."""
    return Stranger(given, known, plain_methods(given, honest_split(given)))
