"""Files as laboratories have them: each kind that was read wrong, or refused without a way out."""

import argparse
import inspect
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.behavior import Position, SpatialSeries
from pynwb.ophys import DfOverF, ImageSegmentation, OpticalChannel, RoiResponseSeries
from scipy.io import savemat

from helpers import parsing
from helpers.own import command
from helpers.own.files import read_recording
from helpers.own.ingest import recording_from_arrays
from helpers.parsing import child
from helpers.recordings import load_recording

N, T = 20, 4000
TIMES = 100 + 0.025 * np.arange(T)
PLACE = 0.8 - 0.8 * np.cos(TIMES * np.pi / 4)
RNG = np.random.default_rng
COUNTS = RNG(0).poisson(0.375 * np.exp(-((PLACE[:, None] - np.linspace(0, 1.6, N)) ** 2) / 0.05))
SPIKES = [np.sort(np.repeat(TIMES, c) + RNG(1).uniform(-0.01, 0.01, c.sum())) for c in COUNTS.T]
OF_SPIKE = np.repeat(np.arange(N), [len(one) for one in SPIKES])
FLAT = {"spike_times": np.concatenate(SPIKES), "position": PLACE, "times": TIMES}


@pytest.fixture(autouse=True)
def in_this_process(request, monkeypatch):
    """Parse without a child, which takes a second, but where the child is what is tested."""
    if "child" in request.keywords:
        return

    def parse(path, **questions):
        kind, answer = child.answer(str(path), questions)
        if kind == "error":
            raise ValueError(answer)
        return answer

    monkeypatch.setattr(parsing, "parse", parse)


def nwb(path, series=(), units=True, direction=None, epochs=(), quality=None, observed=None):
    """Write an NWB file; `series` are name and arguments of a `SpatialSeries` each."""
    file = NWBFile("made up", "1", datetime(2020, 1, 1, tzinfo=UTC))
    box = Position(name="Position")
    for name, more in series:
        given_ = {"data": PLACE, "unit": "meters", "timestamps": TIMES} | more
        box.add_spatial_series(SpatialSeries(name=name, reference_frame="corner", **given_))
    module = file.create_processing_module("behavior", "made up")
    module.add(box)
    if direction is not None:
        file.add_acquisition(
            TimeSeries(name="direction", data=direction[0], unit="sign", timestamps=direction[1])
        )
    for start, stop, label in epochs:
        if not file.epochs:
            file.add_epoch_column("label", "where")
        file.add_epoch(start_time=float(start), stop_time=float(stop), label=label)
    if quality is not None:
        file.add_unit_column("quality", "of sorting")
    for number, times in enumerate(SPIKES if units else ()):
        more = {} if quality is None else {"quality": quality[number]}
        if observed is not None:
            more["obs_intervals"] = observed[number]
        file.add_unit(spike_times=times, id=100 + number, **more)
    with NWBHDF5IO(str(path), "w") as io:
        io.write(file)
    return path


def same_animal(recording, length_m=1.6):
    """The animal that all files of this module hold."""
    assert recording.spikes.shape == (T, N)
    assert recording.length_m == pytest.approx(length_m, abs=2e-3)
    np.testing.assert_allclose(recording.position, PLACE * length_m / 1.6, atol=2e-3)
    assert recording.spikes.sum() == COUNTS.sum()


CONVERTED = {
    "conversion": {"data": PLACE / 4, "conversion": 4.0},
    "conversion and offset": {"data": (PLACE - 0.3) / 0.5, "conversion": 0.5, "offset": 0.3},
    "centimetres": {"data": PLACE * 100, "unit": "cm"},
    "of centimetres": {"data": PLACE, "unit": "centimeters", "conversion": 100.0},
    "millimetres": {"data": PLACE * 1000, "unit": "millimeters"},
    "a column": {"data": PLACE[:, None]},
    "rate": {"timestamps": None, "starting_time": 100.0, "rate": 40.0},
}


@pytest.mark.parametrize("name", CONVERTED)
def test_nwb_places_are_what_the_file_means(name, tmp_path):
    """Fault D1: conversion, offset and unit were dropped; a track came out twice as long."""
    series = {k: v for k, v in CONVERTED[name].items() if v is not None}
    if name == "rate":
        series = {"rate": 40.0, "starting_time": 100.0, "timestamps": None}
    same_animal(read_recording(nwb(tmp_path / "a.nwb", [("pos", series)])))


def test_an_unknown_unit_is_refused_and_a_scale_mends_it(tmp_path):
    path = nwb(tmp_path / "a.nwb", [("pos", {"data": PLACE / 1.6, "unit": "normalized"})])
    with pytest.raises(ValueError, match=r"a.nwb: pos is in 'normalized', .* give scale.*length_m"):
        read_recording(path)
    same_animal(read_recording(path, scale=1.6))
    same_animal(read_recording(path, length_m=1.6))
    same_animal(read_recording(path, scale=3.2), 3.2)
    pixels = nwb(tmp_path / "b.nwb", [("pos", {"data": PLACE / 0.005, "unit": "pixels"})])
    same_animal(read_recording(pixels, scale=0.005))


def test_stamps_that_go_back_are_refused_in_nwb_as_in_arrays(tmp_path):
    """Fault D2: pynapple sorts the stamps and not the data, so places were 1.57 m wrong."""
    back = np.r_[TIMES[:2000], TIMES[2000:] - 30.01]
    path = nwb(tmp_path / "back.nwb", [("pos", {"timestamps": back})])
    with pytest.raises(ValueError, match="times does not increase at sample 2000"):
        read_recording(path)
    with pytest.raises(ValueError, match="times does not increase at sample 2000"):
        recording_from_arrays(PLACE, spike_times=SPIKES, times=back)
    holes = np.where(np.arange(T) == 7, np.nan, TIMES)
    with pytest.raises(ValueError, match="times holds 1 NaN .* among 4000, the first at sample 7"):
        recording_from_arrays(PLACE, spike_times=SPIKES, times=holes)


def test_a_few_repeated_stamps_are_left_out_and_said():
    times = TIMES.copy()
    times[[500, 2000]] = times[[499, 1998]]
    made = recording_from_arrays(PLACE, spike_times=SPIKES, times=times)
    assert len(made.spikes) == T
    (found,) = made.findings
    assert found.what.startswith("2 of 4000 samples of position have a repeated or late time stamp")
    np.testing.assert_allclose(made.position, PLACE, atol=0.02)


def test_one_of_several_positions_is_named(tmp_path):
    series = [("led0", {}), ("led1", {"data": PLACE / 2}), ("x", {"data": 0.6 * PLACE}),
              ("y", {"data": 0.8 * PLACE})]  # fmt: skip
    path = nwb(tmp_path / "a.nwb", series)
    with pytest.raises(
        ValueError, match="holds 4 series of places, led0, led1, x, y; .*position_k"
    ):
        read_recording(path)
    same_animal(read_recording(path, position_key="led0"))
    same_animal(read_recording(path, position_key="led1"), 0.8)
    same_animal(read_recording(path, position_key="x, y"))
    with pytest.raises(ValueError, match="holds 0 series of places, none"):
        read_recording(nwb(tmp_path / "none.nwb"))
    broken = nwb(tmp_path / "b.nwb", [("pos", {})])
    with h5py.File(broken, "r+") as file:  # pynwb writes no such file, others do
        place = file["processing/behavior/Position/pos"]
        attributes = dict(place["data"].attrs)
        del place["data"]
        place["data"] = PLACE[:-10]
        place["data"].attrs.update(attributes)
    with pytest.raises(ValueError, match="pos has 3990 places and 4000 time stamps"):
        read_recording(broken)


def test_epochs_select_the_part_on_the_track(tmp_path):
    rest = np.r_[np.full(1000, 0.8), PLACE[1000:]]
    epochs = [(0, TIMES[999], "sleep"), (TIMES[1000], 500, "maze")]
    path = nwb(tmp_path / "a.nwb", [("pos", {"data": rest})], epochs=epochs)
    maze = read_recording(path, epochs="epochs: label == 'maze'")
    assert len(maze.spikes) == 3000
    assert len(read_recording(path, epochs="epochs").spikes) == T
    for wrong, said in (
        ("trials", "has no intervals 'trials'; epochs may be epochs"),
        ("epochs: colour == 1", "no question"),
        ("epochs: label == 'home'", "holds of none of 2 rows"),
    ):
        with pytest.raises(ValueError, match=said):
            read_recording(path, epochs=wrong)


def test_units_are_chosen_by_what_the_file_says_of_them(tmp_path):
    quality = ["good" if n % 2 else "noise" for n in range(N)]
    path = nwb(tmp_path / "a.nwb", [("pos", {})], quality=quality)
    good = read_recording(path, units_where="quality == 'good'")
    assert good.unit_names == tuple(str(100 + n) for n in range(1, N, 2))
    np.testing.assert_array_equal(good.spikes, read_recording(path).spikes[:, 1::2])
    half = [[[TIMES[0], TIMES[2000 if n == 3 else -1]]] for n in range(N)]
    seen = read_recording(nwb(tmp_path / "b.nwb", [("pos", {})], observed=half))
    assert any("observed in a part of the time" in one.what for one in seen.findings)
    assert any(one.where == "units 103" for one in seen.findings)


def test_direction_is_taken_by_its_own_time_stamps(tmp_path):
    """Fault D5b: it was attached by its count, though of other moments."""
    sign = np.where(np.gradient(PLACE) >= 0, 1.0, -1.0)
    late = np.r_[TIMES[0] - 0.01, TIMES[:-1] + 0.01], np.r_[sign[0], sign[:-1]]
    path = nwb(tmp_path / "a.nwb", [("pos", {})], direction=late[::-1])
    assert (read_recording(path).direction == sign).mean() > 0.99
    wrong = nwb(tmp_path / "b.nwb", [("pos", {})], direction=(sign, TIMES + 60))
    with pytest.raises(ValueError, match=r"direction has no sample within .* without_direction"):
        read_recording(wrong)
    same_animal(read_recording(wrong, without_direction=True))


def imaging(path, traces, times):
    file = NWBFile("made up", "1", datetime(2020, 1, 1, tzinfo=UTC))
    device = file.create_device("microscope")
    channel = OpticalChannel("channel", "green", 510.0)
    plane = file.create_imaging_plane(
        name="plane", optical_channel=channel, description="CA1", device=device,
        excitation_lambda=488.0, indicator="GCaMP", location="CA1",
    )  # fmt: skip
    segmentation = ImageSegmentation()
    table = segmentation.create_plane_segmentation("cells", plane, name="cells")
    for _ in range(traces.shape[1]):
        table.add_roi(pixel_mask=[(0, 0, 1.0)])
    rois = table.create_roi_table_region("all", region=list(range(traces.shape[1])))
    module = file.create_processing_module("ophys", "made up")
    module.add(segmentation)
    module.add(DfOverF(RoiResponseSeries("dff", traces, "ratio", rois, timestamps=times)))
    where = file.create_processing_module("behavior", "made up")
    where.add(Position(SpatialSeries("pos", PLACE, "corner", unit="meters", timestamps=TIMES)))
    with NWBHDF5IO(str(path), "w") as io:
        io.write(file)
    return path


@pytest.mark.child
def test_traces_of_nwb_keep_their_own_clock(tmp_path):
    times = TIMES[0] + np.arange(1500) / 15.5
    traces = RNG(0).normal(size=(1500, 5)).astype("f4")
    made = read_recording(imaging(tmp_path / "a.nwb", traces, times))
    assert made.signal == "traces"
    assert made.bin_s == pytest.approx(1 / 15.5)
    np.testing.assert_array_equal(made.spikes, traces)
    np.testing.assert_allclose(made.position, np.interp(times, TIMES, PLACE), atol=1e-3)


def mat73(path, **more):
    """MATLAB 7.3 as MATLAB writes it: HDF5, matrices transposed, cells as references."""
    with h5py.File(path, "w", userblock_size=512) as file:
        file["position"], file["times"] = PLACE[None], TIMES[None]
        text = file.create_dataset("unit", data=np.array([[ord("m")]], dtype="u2"))
        text.attrs["MATLAB_class"] = np.bytes_("char")
        refs = file.create_group("#refs#")
        cells = file.create_dataset("spike_times", (1, N), dtype=h5py.ref_dtype)
        cells.attrs["MATLAB_class"] = np.bytes_("cell")
        for unit, times in enumerate(SPIKES):
            refs[f"u{unit}"] = times[None]
            cells[0, unit] = refs[f"u{unit}"].ref
        for name, values in more.items():
            file[name] = values
    with path.open("r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
    return path


@pytest.mark.child
def test_matlab_of_every_version_is_read(tmp_path):
    same_animal(read_recording(mat73(tmp_path / "new.mat")))
    cells = np.empty(N, dtype=object)
    cells[:] = SPIKES
    savemat(tmp_path / "old.mat", {"spike_times": cells, "position": PLACE, "times": TIMES})
    same_animal(read_recording(tmp_path / "old.mat"))
    (tmp_path / "old.mat").rename(tmp_path / "LOUD.MAT")
    same_animal(read_recording(tmp_path / "LOUD.MAT"))


def test_a_struct_is_found_or_named(tmp_path):
    inner = {"spikes": COUNTS, "position": PLACE, "times": TIMES}
    savemat(tmp_path / "one.mat", {"session": inner, "notes": "x"})
    same_animal(read_recording(tmp_path / "one.mat"))
    savemat(tmp_path / "two.mat", {"day": {"a": inner, "b": inner}})
    with pytest.raises(ValueError, match=r"2 structs with a recording; name one: field day.a or"):
        read_recording(tmp_path / "two.mat")
    same_animal(read_recording(tmp_path / "two.mat", field="day.b"))
    with pytest.raises(ValueError, match="has no struct 'night'; field may be day"):
        read_recording(tmp_path / "two.mat", field="night")
    savemat(tmp_path / "ce.mat", {"spikes": {"times": SPIKES, "UID": 1}, "position": PLACE})
    with pytest.raises(
        ValueError, match="spikes is a struct .*save its spike times as spike_times"
    ):
        read_recording(tmp_path / "ce.mat")


NUMBERED = {
    "from one": OF_SPIKE + 1,
    "tetrodes": 100 * (OF_SPIKE // 4) + OF_SPIKE % 4,
    "cluster numbers": 4_000 * OF_SPIKE + 3,
    "whole floats": OF_SPIKE.astype(float),
    "names": np.array([f"t{n:02}c1" for n in range(N)])[OF_SPIKE],
}


@pytest.mark.parametrize("name", NUMBERED)
def test_unit_numbers_are_labels_and_never_places_in_a_list(name, tmp_path):
    """Fault D12: 404 units of tetrode × 100 + cell, 720 MB for cluster numbers."""
    np.savez(tmp_path / "a.npz", spike_units=NUMBERED[name], **FLAT)
    made = read_recording(tmp_path / "a.npz")
    same_animal(made)
    told = [
        str(one.astype(int) if name == "whole floats" else one) for one in np.unique(NUMBERED[name])
    ]
    assert list(made.unit_names) == told


def test_what_pynapple_saves_is_read(tmp_path):
    nap = pytest.importorskip("pynapple")
    group = nap.TsGroup({7 * n: nap.Ts(one) for n, one in enumerate(SPIKES)})
    group.save(str(tmp_path / "units.npz"))
    np.savez(tmp_path / "place.npz", position=PLACE, times=TIMES)
    nap.Tsd(t=TIMES, d=PLACE).save(str(tmp_path / "tsd.npz"))
    for where in ("place.npz", "tsd.npz"):
        made = read_recording(tmp_path / "units.npz", position_file=str(tmp_path / where))
        same_animal(made)
        assert made.unit_names[1] == "7"
    with pytest.raises(ValueError, match="lacks position"):
        read_recording(tmp_path / "units.npz")


@pytest.mark.child
def test_a_second_file_is_named_from_where_the_reader_stands(tmp_path, monkeypatch):
    np.savez(tmp_path / "a.npz", spike_units=OF_SPIKE, spike_times=FLAT["spike_times"])
    np.savez(tmp_path / "place.npz", position=PLACE, times=TIMES)
    monkeypatch.chdir(tmp_path)
    same_animal(read_recording("a.npz", position_file="place.npz"))


REFUSED = {
    "units": ({**FLAT, "units": OF_SPIKE}, "'units' has as many values: name it spike_units"),
    "fractions": ({**FLAT, "spike_units": OF_SPIKE + 0.5}, "holds fractions or NaN"),
    "ms": ({"spikes": COUNTS, "position": PLACE, "times": 1000 * TIMES}, "are they in millisec"),
    "ms of spikes": ({**FLAT, "times": 1000 * TIMES, "spike_units": OF_SPIKE}, "give times in s"),
    "traces as spikes": ({"spikes": COUNTS + 0.1, "position": PLACE, "times": TIMES},
                         "calcium imaging as traces"),
    "too seldom": ({**FLAT, "position": PLACE[::13], "times": TIMES[::13], "spike_units": OF_SPIKE},
                   "sampled every 0.325 s, and max_gap_s is 0.25"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_right_is_said_with_its_mend(name, tmp_path):
    arrays, said = REFUSED[name]
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(ValueError, match=re.escape(said)):
        read_recording(tmp_path / "a.npz")


def test_columns_and_bytes_and_keys_of_others_are_no_trouble(tmp_path):
    column = {"position": 100 * PLACE[:, None], "times": TIMES[:, None], "unit": np.bytes_("cm ")}
    np.savez(tmp_path / "a.npz", spikes=COUNTS, note="x", **column)
    made = read_recording(tmp_path / "a.npz")
    same_animal(made)
    assert [one.what for one in made.findings] == ["the file also holds note"]


def test_spike_times_that_start_again_are_refused():
    """Fault D5: two files joined without an offset were laid over each other."""
    half = [np.r_[one[one < 150], one[one >= 150] - 50] for one in SPIKES]
    with pytest.raises(
        ValueError, match=r"spike_times of unit 0 go back by .* were two files joined"
    ):
        recording_from_arrays(PLACE, spike_times=half, times=TIMES)


def camera():
    """A diagonal track in pixels of half a centimetre: boxes at its ends, carried off at last."""
    rng, along = RNG(5), PLACE / 0.005
    xy = np.c_[140 + 0.8 * along, 150 + 0.6 * along] + rng.normal(0, 1.5, (T, 2))
    ends = (PLACE < 0.05) | (PLACE > 1.55)
    xy[ends] += rng.normal(0, 18, (ends.sum(), 2))
    xy[-150:] = np.linspace([420, 330], [560, 20], 150)
    xy[1000] = [600, 470]
    track = np.array([[140, 150], [140 + 0.8 * 320, 150 + 0.6 * 320]])
    return xy, track


def test_a_camera_s_places_off_the_track_are_untracked_and_counted():
    xy, track = camera()
    given_ = {"spike_times": SPIKES, "times": TIMES, "scale": 0.005}
    for ends in (track, None):
        made = recording_from_arrays(xy, ends=ends, **given_)
        # without ends, the boxes belong to the track: that is what the finding is for
        assert made.length_m == pytest.approx(1.6 if ends is not None else 2.0, abs=0.1)
        off = [one for one in made.findings if "lie off the track" in one.what]
        assert len(off) == 1
        middle = (PLACE[: len(made.position)] > 0.2) & (PLACE[: len(made.position)] < 1.4)
        from_end = 0 if ends is not None else (made.length_m - 1.6) / 2
        away = np.abs(made.position - from_end - PLACE[: len(made.position)])[middle]
        assert np.median(away) < 0.1
        assert len(made.segments) < 60
    with pytest.raises(ValueError, match="off the line between ends, .* give margin_m"):
        recording_from_arrays(xy, ends=track, margin_m=0.001, **given_)


def test_outliers_do_not_bound_a_track_of_one_column():
    place = PLACE.copy()
    place[[5, 700, 2400]] = 1.94
    made = recording_from_arrays(place, spike_times=SPIKES, times=TIMES)
    assert made.length_m == pytest.approx(1.6, abs=0.01)
    assert "3 places (0.1%) lie off the track" in made.findings[0].what


def test_lost_tracking_written_as_a_number_is_named():
    """Fault D14."""
    place = PLACE.copy()
    lost = RNG(0).choice(T, 70, replace=False)
    place[lost] = -1.0
    made = recording_from_arrays(place, spike_times=SPIKES, times=TIMES)
    assert any("exactly -1 in 70 samples" in one.what for one in made.findings)
    dwells = np.clip(PLACE, 0.05, 1.55)  # rests at the ends: held, but not reached by a leap
    assert not recording_from_arrays(dwells, spike_times=SPIKES, times=TIMES).findings


def test_one_door_for_a_file_of_one_s_own(tmp_path, monkeypatch):
    """Fault D4: the chapters took 25 ms and 1.6 m for granted where the command asked."""
    folder = tmp_path / "rat_hippocampus"
    folder.mkdir()
    np.savez(folder / "mine.npz", spikes=COUNTS, position=PLACE)
    with pytest.raises(ValueError, match="bin_s is None; give the width of the bins"):
        load_recording("mine", datadir=tmp_path)
    np.savez(folder / "mine.npz", spikes=COUNTS, position=1.2 * PLACE / 1.6, bin_s=0.02)
    chapters = load_recording("mine", datadir=tmp_path)
    assert (chapters.bin_s, chapters.length_m) == (0.02, pytest.approx(1.2, abs=1e-3))
    assert chapters.digest == read_recording(folder / "mine.npz").digest
    nwb(folder / "theirs.nwb", [("pos", {})])
    same_animal(load_recording("theirs", datadir=tmp_path))


def test_the_same_numbers_whatever_the_file(tmp_path):
    np.savez(tmp_path / "a.npz", spike_units=OF_SPIKE, **FLAT)
    cells = np.empty(N, dtype=object)
    cells[:] = SPIKES
    savemat(tmp_path / "a.mat", {"spike_times": cells, "position": PLACE, "times": TIMES})
    mat73(tmp_path / "b.mat")
    converted = [("pos", {"data": PLACE / 4, "conversion": 4.0})]
    nwb(tmp_path / "a.nwb", converted, epochs=[(0, 1000, "maze")])
    read = [read_recording(tmp_path / name) for name in ("a.npz", "a.mat", "b.mat")]
    read.append(read_recording(tmp_path / "a.nwb", epochs="epochs"))
    assert len({one.digest for one in read}) == 1


@pytest.mark.child
def test_a_library_that_is_killed_is_one_line(tmp_path, monkeypatch):
    """Fault D7: one flipped byte of a .mat ended the whole process by signal 11."""
    np.savez(tmp_path / "a.npz", spike_units=OF_SPIKE, **FLAT)
    killed = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"]
    run = subprocess.run
    monkeypatch.setattr(child.subprocess, "run", lambda _, **more: run(killed, **more))
    with pytest.raises(ValueError, match=r"a.npz: not readable \(its library ended by SIGSEGV\)"):
        read_recording(tmp_path / "a.npz")


@pytest.mark.parametrize("content", [b"", b"short", b"version https://git-lfs.github.com/spec/v1"])
@pytest.mark.parametrize("kind", parsing.KINDS)
def test_what_is_no_file_of_its_kind_is_one_line(kind, content, tmp_path):
    (tmp_path / f"a{kind}").write_bytes(content)
    with pytest.raises(ValueError, match=f"a{kind}: ") as error:
        read_recording(tmp_path / f"a{kind}")
    assert "\n" not in str(error.value)
    (tmp_path / f"z{kind}").mkdir()
    with pytest.raises(ValueError, match="is a folder"):
        read_recording(tmp_path / f"z{kind}")


def test_a_question_to_another_kind_of_file_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", spike_units=OF_SPIKE, **FLAT)
    with pytest.raises(ValueError, match=r"position_key is a question to \.nwb files"):
        read_recording(tmp_path / "a.npz", position_key="x")


def test_every_mend_that_a_message_names_can_be_said(tmp_path):
    """Fault D11: messages named position_key, ends, max_gap_s, which the command did not know."""
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    known = {action.dest for action in parser._actions}
    arguments = set(inspect.signature(recording_from_arrays).parameters)
    questions = {name for names in parsing.QUESTIONS.values() for name in names}
    assert questions <= known
    folders = [Path(command.__file__).parent, Path(parsing.__file__).parent]
    text = "\n".join(p.read_text() for folder in folders for p in sorted(folder.glob("*.py")))
    mends = re.findall(r'"[^"\n]*(?:give|mend|name one|larger|leave)[^"\n]*"', text)
    named = {word for mend in mends for word in re.findall(r"[a-z]+(?:_[a-z]+)+", mend)}
    of_files = set(parsing.KEYS) | {"running"}
    for word in named & (arguments | questions):
        assert word in known or word in of_files, word
    assert {"margin_m", "max_gap_s"} <= named & known


@settings(max_examples=12, deadline=None)
@given(
    conversion=st.floats(1e-3, 1e3),
    offset=st.floats(-5, 5),
    unit=st.sampled_from(["m", "cm", "mm"]),
    jitter=st.floats(0, 0.004),
    gap=st.integers(0, 400),
    column=st.booleans(),
    seed=st.integers(0, 99),
)
def test_no_length_rate_or_number_of_spikes_is_silently_wrong(
    conversion, offset, unit, jitter, gap, column, seed, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("animals")
    factor = {"m": 1.0, "cm": 0.01, "mm": 0.001}[unit]
    stamps = np.sort(TIMES + RNG(seed).uniform(-jitter, jitter, T))
    kept = np.r_[0:2000, 2000 + gap : T]
    data = ((PLACE / factor - offset) / conversion)[kept]
    series = {
        "data": data[:, None] if column else data, "conversion": conversion, "offset": offset,
        "unit": unit, "timestamps": stamps[kept],
    }  # fmt: skip
    made = read_recording(nwb(folder / "a.nwb", [("pos", series)]))
    assert made.length_m == pytest.approx(1.6, rel=1e-3)
    assert made.bin_s == 0.025
    lost = gap if gap >= 11 else 0  # a shorter silence of the camera is bridged
    seen = COUNTS.sum() - COUNTS[2000 : 2000 + lost].sum()
    assert abs(int(made.spikes.sum()) - seen) <= COUNTS[[0, 1, -2, -1]].sum() + 30
    assert len(made.segments) == 1 + bool(lost)
