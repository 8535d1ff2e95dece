"""Recording, its checks, and local files; the network is in test_download.py."""

import dataclasses
import hashlib
import os
import pickle
from pathlib import Path

import joblib
import numpy as np
import pytest
from datahost import Malice
from hypothesis import given
from hypothesis import strategies as st

from helpers.recordings import loading as recordings
from helpers.recordings.formats import REGISTRY, read_npz, write_npz
from helpers.recordings.loading import (
    RATS,
    Recording,
    load_recording,
    simulate_recording,
    stretches,
)

REAL = Path(os.environ.get("CEBRA_DATADIR") or "unset", "rat_hippocampus")
needs_real = pytest.mark.skipif(
    not REAL.is_dir(), reason="CEBRA_DATADIR is not set or holds no rats: no real recordings"
)


def small(**changes):
    """A valid recording of 40 bins and 3 neurons, with some fields changed."""
    position = np.concatenate([np.linspace(0.1, 0.9, 20), np.linspace(0.9, 0.1, 20)])
    fields = {
        "name": "small",
        "spikes": np.arange(120).reshape(40, 3) % 4,
        "position": position,
        "direction": np.repeat([1, -1], 20),
    }
    return Recording(**(fields | changes))


def with_value(array, value, at):
    array = np.array(array, dtype=float)
    array[at] = value
    return array


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """No data folder set, and an empty `data/recordings`; returns a data folder to fill."""
    monkeypatch.delenv("CEBRA_DATADIR", raising=False)
    monkeypatch.setattr(recordings, "RECORDINGS", tmp_path / "recordings")
    folder = tmp_path / "data" / "rat_hippocampus"
    folder.mkdir(parents=True)
    return folder


# ---- Recording ---------------------------------------------------------------------------------


def test_arrays_get_their_types():
    recording = small(spikes=np.ones((40, 3)), direction=np.repeat([1.0, -1.0], 20))
    types = [getattr(recording, field).dtype for field in ("spikes", "position", "direction")]
    assert types == [np.uint8, np.float32, np.int8]
    with pytest.raises(dataclasses.FrozenInstanceError):
        recording.name = "other"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"spikes": np.ones(40)}, r"spikes has shape \(40,\)"),
        ({"spikes": np.ones((40, 0))}, r"spikes has shape \(40, 0\)"),
        ({"spikes": np.full((40, 3), "a")}, "spikes has dtype"),
        (
            {"spikes": with_value(np.ones((40, 9)), np.nan, (slice(0, 3), [4, 7]))},
            r"spikes has 6 NaN or infinite values in columns \[4, 7\]",
        ),
        ({"spikes": with_value(np.ones((40, 3)), -1, (0, 0))}, "negative or fractional"),
        ({"spikes": np.full((40, 3), 0.5)}, "negative or fractional"),
        ({"spikes": np.full((40, 3), 300)}, "count of 300, above 255"),
        ({"position": np.linspace(0, 1, 39)}, r"position has shape \(39,\), spikes 40 bins"),
        ({"position": with_value(np.zeros(40), np.inf, 3)}, "position has 1 NaN or infinite"),
        ({"position": np.linspace(0, 160, 40)}, "position runs from 0 to 160 m"),
        ({"position": np.linspace(-0.2, 1, 40)}, "position runs from -0.2 to 1 m"),
        ({"position": np.full(40, 0.5)}, "position is constant at 0.5 m"),
        ({"direction": np.repeat([1, 0], 20)}, "direction holds values other than"),
        ({"direction": np.ones((40, 2))}, "direction has shape"),
        ({"true_phase": np.zeros(3)}, "true_phase has shape"),
        ({"bin_s": 0}, "bin_s is 0"),
        ({"length_m": np.nan}, "length_m is nan"),
        ({"geometry": "figure-eight"}, "geometry is 'figure-eight'; use one of line, circle"),
        ({"source": "hearsay"}, "source is 'hearsay'"),
        ({"segments": (slice(0, 20), slice(21, 40))}, "segments must follow each other"),
        ({"segments": (slice(0, 20),)}, "segments must follow each other"),
    ],
)
def test_wrong_arrays_are_named_in_one_line(changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        small(**changes)
    assert "\n" not in str(caught.value)


def test_labels_are_in_the_form_cebra_takes():
    recording = small()
    posdir = recording.labels("posdir")
    assert posdir.dtype == np.float32
    assert posdir.flags["C_CONTIGUOUS"]
    assert np.array_equal(posdir[:, 0], recording.position)
    assert np.array_equal(posdir[:, 1], recording.direction == 1)
    assert np.array_equal(posdir[:, 2], recording.direction == -1)
    assert np.array_equal(recording.labels("pos"), posdir[:, :1])
    assert np.array_equal(recording.labels("dir"), posdir[:, 1:])
    with pytest.raises(ValueError, match="'time'"):
        recording.labels("time")


def test_a_jump_breaks_the_recording():
    position = np.linspace(0.1, 0.9, 40)
    position[25:] += 0.2
    assert small(position=position).segments == (slice(0, 25), slice(25, 40))
    slower = small(position=position, bin_s=0.25)  # 20 cm in 250 ms: a rat can
    assert slower.segments == (slice(0, 40),)


def test_speed_stays_within_segments():
    position = 0.01 * np.arange(40.0)
    position[25:] += 0.3
    assert np.allclose(small(position=position).speed(), 0.4, atol=1e-5)
    joined = small(position=position, segments=(slice(0, 40),))
    assert joined.speed().max() > 5
    lone = small(position=position, segments=(slice(0, 24), slice(24, 25), slice(25, 40)))
    assert lone.speed()[24] == 0
    assert not lone.running()[24]
    assert lone.running(above_m_s=0.3).sum() == 39


def test_a_circle_closes():
    position = (0.03 * np.arange(90.0)) % 1.6
    fields = {"spikes": np.ones((90, 2)), "direction": np.ones(90)}
    circle = small(position=position, geometry="circle", **fields)
    assert circle.segments == (slice(0, 90),)
    assert np.allclose(circle.speed(), 1.2, atol=1e-4)
    assert circle.laps() == [slice(0, 54), slice(54, 90)]
    assert circle.trials() == circle.laps()
    assert len(small(position=position, **fields).segments) == 2


directions = st.lists(st.sampled_from([-1, 1]), min_size=3, max_size=60)


@given(directions)
def test_laps_are_runs_in_one_direction(signs):
    n = len(signs)
    recording = small(spikes=np.ones((n, 1)), position=np.linspace(0, 1, n), direction=signs)
    laps = recording.laps()
    assert np.array_equal(np.concatenate([np.r_[lap] for lap in laps]), np.arange(n))
    assert all(len(set(signs[lap])) == 1 for lap in laps)
    assert all(signs[a.stop - 1] != signs[b.start] for a, b in zip(laps, laps[1:], strict=False))


@given(directions)
def test_trials_cover_every_bin_once(signs):
    n = len(signs)
    recording = small(spikes=np.ones((n, 1)), position=np.linspace(0, 1, n), direction=signs)
    trips = recording.trials()
    assert np.array_equal(np.concatenate([np.r_[trip] for trip in trips]), np.arange(n))
    assert len(trips) == (len(recording.laps()) - 1) // 2 + 1


def test_digest_follows_the_content_and_not_the_source():
    recording = small()
    assert recording.digest == small(name="x", source="simulated").digest
    changed = [
        small(spikes=with_value(recording.spikes, 9, (0, 0))),
        small(position=with_value(recording.position, 0.5, 0)),
        small(direction=with_value(recording.direction, -1, 0)),
        small(bin_s=0.05),
        small(length_m=1.7),
        small(segments=(slice(0, 7), slice(7, 40))),
    ]
    assert len({recording.digest, *(other.digest for other in changed)}) == 7


def test_key_never_lets_a_simulation_pass_for_a_rat():
    assert small(name="achilles").key == "achilles"
    assert small(name="achilles", source="simulated").key == "simulated"
    assert small(name="buddy", source="simulated").key == "simulated-buddy"


# ---- stretches -----------------------------------------------------------------------------------


@given(st.sets(st.integers(0, 29), min_size=1), st.sets(st.integers(1, 29)))
def test_stretches_are_contiguous_and_complete(bins, borders):
    bins = np.array(sorted(bins))
    edges = [0, *sorted(borders), 30]
    segments = tuple(slice(a, b) for a, b in zip(edges, edges[1:], strict=False))
    cuts = stretches(bins, segments)
    assert np.array_equal(np.concatenate([bins[cut] for cut in cuts]), bins)
    for cut in cuts:
        assert np.all(np.diff(bins[cut]) == 1)
        assert not borders & set(bins[cut][1:])
    joints = [cut.start for cut in cuts[1:]]
    assert all(bins[j] - bins[j - 1] > 1 or int(bins[j]) in borders for j in joints)


def test_stretches_without_segments_cut_at_gaps_only():
    assert stretches(np.array([2, 3, 4, 8, 9])) == (slice(0, 3), slice(3, 5))
    assert stretches(np.array([], dtype=int)) == ()


@pytest.mark.parametrize(
    ("bins", "segments"),
    [
        (np.array([True, False]), ()),
        (np.array([0.0, 1.0]), ()),
        (np.array([1, 1]), ()),
        (np.array([3, 2]), ()),
        (np.array([1, 50]), (slice(0, 40),)),
    ],
)
def test_stretches_refuse_what_is_no_selection(bins, segments):
    with pytest.raises(ValueError, match="bins"):
        stretches(bins, segments)


# ---- parity with the library ---------------------------------------------------------------------


def library_trials(recording, folder, monkeypatch):
    """The round trips that cebra's own class cuts from the same recording, and its arrays."""
    hippocampus = pytest.importorskip("cebra.datasets.hippocampus")
    path = folder / "rat_hippocampus" / "achilles.jl"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "spikes": recording.spikes.astype(float),
        "position": recording.labels("posdir").astype(float),
    }
    joblib.dump(content, path)
    known = dict(hippocampus.rat_dataset_urls["achilles"], checksum=md5(path))
    monkeypatch.setitem(hippocampus.rat_dataset_urls, "achilles", known)
    return hippocampus.SingleRatTrialSplitDataset("achilles", split="all", root=folder)


def md5(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("n_turns", [17, 18, 40, 99])  # the library needs nine round trips
def test_trials_are_cut_as_in_cebra(n_turns, tmp_path, monkeypatch):
    turns = np.zeros(100, dtype=int)
    turns[1 + np.random.default_rng(n_turns).permutation(99)[:n_turns]] = 1
    recording = small(
        spikes=np.ones((100, 2)),
        position=np.linspace(0, 1.6, 100),
        direction=1 - 2 * (np.cumsum(turns) % 2),
    )
    theirs = library_trials(recording, tmp_path, monkeypatch)
    assert recording.trials() == [slice(int(s.start), int(s.stop)) for s in theirs.selected_indices]


def test_labels_are_those_of_cebra(tmp_path, monkeypatch):
    recording = simulate_recording(5, 2000)
    theirs = library_trials(recording, tmp_path, monkeypatch)
    assert np.array_equal(theirs.continuous_index.numpy(), recording.labels("posdir"))
    assert np.array_equal(theirs.neural.numpy(), recording.spikes)


@needs_real
@pytest.mark.parametrize("name", RATS)
def test_real_trials_are_cut_as_in_cebra(name, tmp_path, monkeypatch):
    recording = load_recording(name)
    theirs = library_trials(recording, tmp_path, monkeypatch)
    assert recording.trials() == [slice(int(s.start), int(s.stop)) for s in theirs.selected_indices]


# ---- the real recordings -------------------------------------------------------------------------

TABLE = {  # bins, units, single runs, silent units; the share of slow bins in %
    "achilles": (10178, 120, 84, 1, 6),
    "buddy": (6577, 48, 57, 3, 5),
    "cicero": (47431, 55, 92, 0, 34),
    "gatsby": (17026, 66, 84, 1, 17),
}


@needs_real
@pytest.mark.parametrize("name", RATS)
def test_real_recordings_are_those_described(name, capsys):
    recording = load_recording(name)
    assert capsys.readouterr().out == f"{name}: recording from a local file\n"
    assert (recording.source, recording.key) == ("local", name)
    silent = int((recording.spikes.sum(axis=0) == 0).sum())
    slow = round(100 * float(1 - recording.running().mean()))
    assert (*recording.spikes.shape, len(recording.laps()), silent, slow) == TABLE[name]
    steps = np.abs(np.diff(recording.position))
    assert len(recording.segments) == 1 + int((steps > 0.05).sum())


# ---- local files ---------------------------------------------------------------------------------


def test_npz_keeps_everything_and_no_pickle(tmp_path):
    recording = simulate_recording(5, 300)
    write_npz(tmp_path / "a" / "rat.npz", recording)
    again = Recording(name="rat", **read_npz(tmp_path / "a" / "rat.npz"))
    assert again.digest == recording.digest
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["rat.npz"]
    with np.load(tmp_path / "a" / "rat.npz", allow_pickle=False) as archive:
        assert not any(archive[key].dtype.hasobject for key in archive.files)


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "rat.npz"
    write_npz(path, simulate_recording(5, 300))
    before = path.read_bytes()

    def half(file, **_arrays):
        Path(file).write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez_compressed", half)
    with pytest.raises(OSError, match="disk full"):
        write_npz(path, simulate_recording(5, 400))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["rat.npz"]


def test_the_data_folder_comes_before_data_recordings(alone, monkeypatch):
    write_npz(recordings.RECORDINGS / "achilles.npz", simulate_recording(7, 300))
    assert load_recording().spikes.shape == (300, 7)
    write_npz(alone / "achilles.npz", simulate_recording(5, 300))
    assert load_recording(datadir=alone.parent).spikes.shape == (300, 5)
    monkeypatch.setenv("CEBRA_DATADIR", str(alone.parent))
    assert load_recording().spikes.shape == (300, 5)


def test_a_recording_of_ones_own_has_any_name(alone, capsys):
    one = simulate_recording(5, 300)
    np.savez(
        alone / "my-rat_2.npz",
        spikes=one.spikes.astype(np.int64),
        position=one.position,
        direction=one.direction,
        bin_s=0.05,
        length_m=2,
        geometry="circle",
    )
    own = load_recording("my-rat_2", datadir=alone.parent)
    assert (own.bin_s, own.length_m, own.geometry) == (0.05, 2.0, "circle")
    assert capsys.readouterr().out == "my-rat_2: recording from a local file\n"


@pytest.mark.parametrize("name", ["remy", "../achilles", "", "a/b"])
@pytest.mark.parametrize("on_missing", ["error", "simulate"])
def test_an_unknown_rat_is_an_error_that_lists_the_known(alone, name, on_missing):
    with pytest.raises(ValueError, match="achilles, buddy, cicero, gatsby") as caught:
        load_recording(name, on_missing=on_missing)
    assert "\n" not in str(caught.value)


def test_a_data_folder_that_is_not_there_is_an_error(alone, monkeypatch):
    monkeypatch.setenv("CEBRA_DATADIR", "nowhere/at/all")
    with pytest.raises(FileNotFoundError, match="CEBRA_DATADIR is nowhere/at/all"):
        load_recording(on_missing="simulate")
    with pytest.raises(FileNotFoundError, match="datadir is"):
        load_recording(datadir=alone / "absent", on_missing="simulate")


def test_on_missing_is_one_of_two(alone):
    with pytest.raises(ValueError, match="on_missing"):
        load_recording(on_missing="ignore")


@pytest.mark.parametrize("keep", [0, 10, 0.5, -10])
def test_a_truncated_npz_is_one_clear_line(alone, keep):
    path = alone / "achilles.npz"
    write_npz(path, simulate_recording(5, 300))
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content)) if isinstance(keep, float) else keep])
    with pytest.raises(ValueError, match=r"achilles\.npz is not a readable npz") as caught:
        load_recording(datadir=alone.parent, on_missing="simulate")
    assert "\n" not in str(caught.value)


def test_no_damage_to_an_npz_passes_unseen(tmp_path):
    """Every byte flipped in turn: the same recording (a time stamp was hit), or a ValueError."""
    path = tmp_path / "rat.npz"
    recording = simulate_recording(4, 100)
    write_npz(path, recording)
    content = path.read_bytes()
    refused = 0
    for at in range(0, len(content), 5):
        damaged = bytearray(content)
        damaged[at] ^= 0xFF
        path.write_bytes(damaged)
        try:
            assert Recording(name="rat", **read_npz(path)).digest == recording.digest
        except ValueError as error:
            assert "\n" not in str(error)
            refused += 1
    assert refused > len(content) / 10


COLUMNS = simulate_recording(5, 300).labels("posdir")
COUNTS = np.ones((300, 5), dtype=np.uint8)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"spikes": COUNTS}, "lacks position; it holds spikes"),
        ({"neural": COUNTS, "labels": COLUMNS}, "lacks spikes and position"),
        ({"spikes": COUNTS, "position": COLUMNS[:, 0]}, "lacks direction"),
        ({"spikes": COUNTS, "position": COLUMNS[:, :2]}, r"position has shape \(300, 2\)"),
        ({"spikes": COUNTS, "position": COLUMNS[:, [0, 1, 1]]}, "one-hot"),
        ({"spikes": COUNTS, "position": COLUMNS * np.nan}, "NaN"),
        ({"spikes": COUNTS, "position": COLUMNS.astype(str)}, "position"),
        ({"spikes": COUNTS[:-1], "position": COLUMNS}, r"position has shape \(300,\), spikes 299"),
        ({"spikes": COUNTS * np.nan, "position": COLUMNS}, "spikes has 1500 NaN"),
        ({"spikes": COUNTS, "position": COLUMNS, "bin_s": [1, 2]}, "bin_s has 2 values"),
        ({"spikes": COUNTS.astype(object), "position": COLUMNS}, "not a readable npz"),
    ],
)
def test_an_npz_with_wrong_content_is_one_clear_line(alone, arrays, message):
    np.savez(alone / "achilles.npz", **arrays)
    with pytest.raises(ValueError, match=message) as caught:
        load_recording(datadir=alone.parent, on_missing="simulate")
    assert "achilles.npz" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_local_pickle_is_opened_only_if_it_is_the_registered_file(alone, tmp_path, monkeypatch):
    trace = tmp_path / "trace"
    (alone / "achilles.jl").write_bytes(pickle.dumps(Malice(trace)))
    with pytest.raises(ValueError, match="was not unpickled"):
        load_recording(datadir=alone.parent, on_missing="simulate")
    assert not trace.exists()
    pickle.loads((alone / "achilles.jl").read_bytes())
    assert trace.exists()  # the pickle would have run its code

    content = {"spikes": COUNTS.astype(float), "position": COLUMNS.astype(float)}
    joblib.dump(content, alone / "achilles.jl")
    known = REGISTRY["achilles"] | {"md5_jl": md5(alone / "achilles.jl")}
    monkeypatch.setitem(REGISTRY, "achilles", known)
    assert np.array_equal(load_recording(datadir=alone.parent).labels("posdir"), COLUMNS)


def test_a_pickle_of_an_unknown_rat_stays_closed(alone, tmp_path):
    (alone / "remy.jl").write_bytes(pickle.dumps(Malice(tmp_path / "trace")))
    with pytest.raises(ValueError, match="stays closed"):
        load_recording("remy", datadir=alone.parent)
    assert not (tmp_path / "trace").exists()
