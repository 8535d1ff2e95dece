"""The analysis of one's own recording: by hand where truth is known, and from each kind of file."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.book import __main__ as book
from helpers.decoding import Features, decode_knn
from helpers.decoding.scores import mean_score
from helpers.decoding.splits import nested_split
from helpers.figures import style
from helpers.own import command as own_command
from helpers.own import decoding as own_decoding
from helpers.own import jobs as own_jobs
from helpers.own import page as own_page
from helpers.own import ring as own_ring
from helpers.own import study as own
from helpers.own.broken import broken
from helpers.own.export import write_recording
from helpers.own.files import read_recording
from helpers.own.ingest import recording_from_arrays
from helpers.own.inspection import honest_split
from helpers.own.jobs import NAMES, SHUFFLED, TIME, TOLD, jobs_09, splits
from helpers.own.lessons import laboratory, on_a_circle
from helpers.recordings.geometry import Circle
from helpers.recordings.loading import load_recording, simulate_recording
from helpers.topology import whole_trips
from helpers.training.plan import Model

RAT = simulate_recording(n_neurons=24, n_bins=5000, seed=4)
ROUND = on_a_circle(RAT)
MINE = replace(RAT, name="<b>mine & yours")
CLAIM, NO_CLAIM = "longer than that of every one of 9 models", "no ring is claimed"


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CEBRA_BOOK_DEVICE", "cpu")
    for name in ("POINTS", "LANDMARKS"):  # enough to see a ring, few enough for many tests
        monkeypatch.setattr(own_ring.topology, name, {"quick": 250, "full": 250})


# The laboratory's raw data


@given(seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_raw_data_lead_back_to_what_they_were_made_from(seed):
    line = recording_from_arrays(**laboratory(RAT, seed))
    np.testing.assert_array_equal(line.spikes, RAT.spikes)
    np.testing.assert_allclose(line.position, RAT.position, atol=1e-6)
    np.testing.assert_array_equal(line.direction, RAT.direction)
    bent = recording_from_arrays(**laboratory(ROUND, seed))
    np.testing.assert_array_equal(bent.spikes, ROUND.spikes)
    share = bent.position / bent.length_m - ROUND.position / ROUND.length_m
    assert np.abs((share + 0.5) % 1 - 0.5).max() < 0.01


def test_only_an_animal_of_known_phase_is_bent():
    assert (ROUND.geometry, ROUND.length_m, ROUND.name) == ("circle", 3.2, "achilles-circle")
    with pytest.raises(ValueError, match="has no true_phase"):
        on_a_circle(replace(RAT, true_phase=None))


# Jobs


@pytest.mark.parametrize(("profile", "told", "null"), [("quick", 1, 4), ("full", 3, 19)])
def test_jobs_learn_from_training_laps_alone(profile, told, null):
    jobs = jobs_09(RAT, profile, seed=5)
    kinds = [model.name for model in jobs]
    assert [kinds.count(kind) for kind in (TOLD, TIME, SHUFFLED)] == [told, told, null]
    assert len(jobs) == 2 * told + null
    for model, job in jobs.items():
        train = nested_split(RAT, int(model.split.split()[1])).train
        np.testing.assert_array_equal(job.spikes, RAT.spikes[train])
        truth = RAT.labels("posdir")[train]
        if model.name == TOLD:
            np.testing.assert_array_equal(job.labels, truth)
        elif model.name == SHUFFLED:
            assert not np.array_equal(job.labels, truth)
            np.testing.assert_array_equal(*(np.sort(one, axis=0) for one in (job.labels, truth)))
        else:
            assert job.labels is None


def test_labels_close_where_the_circle_does():
    labels = ROUND.track.training_labels(ROUND.labels("posdir"), "posdir")
    assert labels.shape == (len(ROUND.position), 2)  # it runs one way: no direction to tell
    seam = np.flatnonzero(np.abs(np.diff(ROUND.position)) > ROUND.length_m / 2)
    assert len(seam) > 5
    assert np.linalg.norm(np.diff(labels, axis=0)[seam], axis=1).max() < 0.1
    jobs = jobs_09(ROUND, "quick")
    assert {job.labels.shape[1] for model, job in jobs.items() if model.name != TIME} == {2}


def test_few_trips_have_one_fold_and_another_profile_is_refused():
    short = simulate_recording(n_neurons=12, n_bins=2500, seed=1)
    assert list(splits(short, "full")) == ["contiguous"]
    assert list(splits(RAT, "full")) == ["nested 0", "nested 1", "nested 2"]
    with pytest.raises(ValueError, match="profile is 'long'"):
        jobs_09(RAT, "long")


# Decoding round a circle


@given(truth=st.floats(0, 3), position=st.floats(0, 3), length=st.floats(3.01, 10))
@settings(max_examples=200, deadline=None)
def test_a_guess_is_written_as_its_equal_nearest_to_the_truth(truth, position, length):
    beside = float(Circle(length).beside(truth, position))
    laps = (beside - position) / length
    assert abs(beside - truth) <= length / 2 + 1e-9
    assert abs(laps - round(laps)) < 1e-6


@given(seed=st.integers(0, 50))
@settings(max_examples=5, deadline=None)
def test_neighbours_across_the_seam_are_neighbours(seed):
    split = honest_split(ROUND)
    noise = np.random.default_rng(seed).normal(scale=0.01, size=(len(ROUND.position), 2))
    angle = 2 * np.pi * ROUND.position / ROUND.length_m
    points = np.c_[np.cos(angle), np.sin(angle)] + noise
    features = Features(*(points[b] for b in (split.train, split.valid, split.test)))
    result = decode_knn(features, ROUND, split, "by hand", neighbours=(1, 9))
    assert result.error_cm.max() < 10  # a mean of metres would be half a circle off at the seam


def test_bayes_reads_the_circle_and_a_constant_cannot():
    split = honest_split(ROUND)
    found = own_decoding.plain_methods(ROUND, split)
    error = {name: mean_score([result], "median_cm") for name, result in found.items()}
    assert tuple(found) == own_decoding.PLAIN
    assert error["Bayesian decoder"] < 12 < 40 < error["constant"] < 100 * ROUND.length_m / 2
    turned = replace(
        ROUND, position=(ROUND.position + 1.0) % ROUND.length_m, segments=ROUND.segments
    )
    again = own_decoding.plain_methods(turned, split)
    here, there = (f["Bayesian decoder"].error_cm for f in (found, again))
    assert abs(np.median(here) - np.median(there)) < 1  # where the circle begins does not matter


# The ring test


def model_of(points, split):
    """A model that places each bin where it is told."""
    return SimpleNamespace(
        embedding=points[split.train], transform=lambda spikes, segments: points[split.test]
    )


def measured(recording, noise=0.05, n_null=9):
    split, rng = honest_split(recording), np.random.default_rng(0)
    phase = RAT.true_phase
    ring = np.c_[np.cos(phase), np.sin(phase)] + noise * rng.normal(size=(len(phase), 2))
    fits = {Model("rat", split.name, told): model_of(ring, split) for told in (TOLD, TIME)}
    for seed in range(n_null):
        cloud = max(noise, 0.3) * rng.normal(size=ring.shape)
        fits[Model("rat", split.name, SHUFFLED, seed)] = model_of(cloud, split)
    found = own_ring.ring_test(fits, {split.name: recording}, "quick")
    return found.rings, found.null


@pytest.mark.parametrize("recording", [RAT, ROUND], ids=["line", "circle"])
def test_a_true_ring_is_found_and_wound_once(recording):
    rings, null = measured(recording)
    assert len(null) == 9
    for ring in rings.values():
        assert ring.p == pytest.approx(0.1)
        assert ring.bar[1] - ring.bar[0] > 2 * null.max()
        assert len(ring.turned) == len(whole_trips(recording, honest_split(recording).test))
        assert ring.share > 0.9 > 0.5 > own_ring._share(ring.scrambled)


def test_a_ring_lost_in_noise_is_none():
    rings, null = measured(RAT, noise=3.0)
    for ring in rings.values():
        assert ring.bar[1] - ring.bar[0] < 1.5 * null.max()
        assert ring.share < 0.5


def test_a_cloud_without_a_loop_has_one_of_no_length():
    found = own_ring._with_a_loop({"h1": np.empty((0, 2))})
    np.testing.assert_array_equal(found["h1"], [[0, 0]])
    assert own_ring._share(np.empty(0)) == 0


# All of it


@pytest.fixture
def hasty(monkeypatch):
    """Models of thirty steps: what is tested is the way, not where it leads."""
    monkeypatch.setattr(own_jobs, "ITERATIONS", {"quick": 30, "full": 30})


@pytest.mark.parametrize("recording", [RAT, ROUND], ids=["line", "circle"])
def test_the_whole_analysis_on_every_kind_of_file(recording, tmp_path, hasty):
    plain = replace(recording, true_phase=None, name="mine")
    results = []
    for kind in (".npz", ".mat", ".nwb"):
        path = tmp_path / f"mine{kind}"
        write_recording(path, plain)
        options = {} if kind != ".nwb" else {"bin_s": 0.025, "length_m": plain.length_m}
        analysis = own.analyse(
            read_recording(path, geometry=plain.geometry, **options), progress=False
        )
        results.append((analysis.decoding.rows, analysis.ring.rows))
        assert len(analysis.fits) == 6
        assert set(analysis.decoding.results) == {*NAMES.values(), *own_decoding.PLAIN}
    assert results[0] == results[1] == results[2]
    test = honest_split(plain).test
    for each in analysis.decoding.results.values():
        np.testing.assert_array_equal(each[0].bins, test)


def test_a_broken_recording_trains_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(own, "fit_many", None)  # calling it would raise TypeError
    with pytest.raises(ValueError, match="one direction is missing"):
        own.analyse(replace(RAT, direction=np.ones(len(RAT.direction))))
    cases = broken(load_recording("simulated"), tmp_path)
    assert len(cases) == 12
    for name, call in cases.items():
        with pytest.raises(ValueError) as error:
            own.analyse(call())
        assert "\n" not in str(error.value), name
        assert ";" in str(error.value), f"{name}: the line names no mend"


@pytest.mark.parametrize(("p", "said"), [(0.1, CLAIM), (0.2, NO_CLAIM)])
def test_the_verdict_claims_a_ring_only_beyond_the_null(p, said, monkeypatch):
    scores = dict.fromkeys(NAMES.values(), 5.0) | {"constant": 40.0, "Bayesian decoder": 4.0}
    scores[NAMES[SHUFFLED]] = 45.0
    monkeypatch.setattr(own, "mean_score", lambda results, metric: results)
    ring = own_ring.RingTest({TIME: SimpleNamespace(p=p)}, np.zeros(9))
    analysis = own.Analysis(RAT, "quick", 0, {}, (), {}, own.Decoded(scores, 0), ring)
    sentences = analysis.verdict()
    assert "<strong>Bayesian decoder</strong>, 4.0 cm" in sentences[0]
    assert "off by 40.0 cm" in sentences[0]
    assert said in sentences[-1]
    assert len(sentences) == 2
    scores[NAMES[TOLD]] = 39.0
    assert "these units say little of it" in analysis.verdict()[1]


# The report


@pytest.fixture(scope="module")
def hasty_analysis(tmp_path_factory):
    """An analysis in haste: what is tested is the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEBRA_BOOK_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("CEBRA_BOOK_DEVICE", "cpu")
        patch.setattr(own_jobs, "ITERATIONS", {"quick": 20, "full": 20})
        for name in ("POINTS", "LANDMARKS"):
            patch.setattr(own_ring.topology, name, {"quick": 150, "full": 150})
        return own.analyse(MINE, progress=False)


def test_the_page_needs_nothing_else(hasty_analysis, tmp_path):
    style.use(MINE)
    page = tmp_path / "deep/report.html"
    own_page.write_page(page, hasty_analysis)
    html = page.read_text(encoding="utf-8")
    sources = re.findall(r'(?:src|href)="([^"]{0,22})', html)
    assert sources == ["data:image/png;base64,"] * 4
    assert all(len(alt) > 40 for alt in re.findall(r'alt="([^"]*)"', html))
    assert html.count("<table>") == 2
    assert html.count("No rat ran here") == 1
    assert "<b>mine" not in html
    assert "&lt;b&gt;mine &amp; yours" in html
    for rows in (hasty_analysis.decoding.rows, hasty_analysis.ring.rows):
        assert all(f"<td>{cell}</td>" in html for row in rows for cell in row)
    assert not re.search(r"<(script|link|iframe)", html)
    with pytest.raises(ValueError, match="name it something.html"):
        own_page.write_page(tmp_path / "report.txt", hasty_analysis)


def test_a_file_becomes_a_page_beside_it(hasty_analysis, tmp_path, capsys, monkeypatch):
    def known(recording, profile, seed, scaling):
        assert recording.spikes.tolist() == MINE.spikes.tolist()
        return replace(hasty_analysis, recording=recording, profile=profile, seed=seed)

    monkeypatch.setattr(own_command.study, "analyse", known)
    path = tmp_path / "mine.nwb"  # which says neither how long the track is, nor of what shape
    write_recording(path, replace(MINE, true_phase=None))
    options = ["--geometry", "line", "--length", "1.7", "--profile", "full"]
    assert book.main(["analyse", str(path), *options]) == 0
    html = path.with_suffix(".html").read_text(encoding="utf-8")
    assert "<h1>mine</h1>" in html
    assert "on a line of 1.70 m" in html
    assert "profile full · seed 0 ·" in html
    assert "No rat ran here" not in html  # the file does not say where it comes from
    assert capsys.readouterr().out.split()[-2:] == [
        str(path.with_suffix(end)) for end in (".html", ".json")
    ]
    numbers = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert numbers["recording"]["length_m"] == 1.7
    rows = {row[0]: row[1] for row in hasty_analysis.decoding.rows}
    for name, found in numbers["decoding"].items():
        assert f"{found['median_cm']:.1f}" == rows[name]
    assert len(numbers["ring"]["shuffled labels"]["longest"]) == len(hasty_analysis.ring.null)
    assert book.main(["analyse", str(path), *options]) == 0  # our own page may be written anew


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("report.pdf", "name it something.html: --out"),
        ("theirs.html", "is a page that is not ours"),
    ],
)
def test_where_the_page_goes_is_tried_before_anything_is_trained(
    out, said, tmp_path, capsys, monkeypatch
):
    """Fault D10: a wrong name was said after the training, and a stranger's page written over."""
    monkeypatch.setattr(own_command.study, "analyse", None)
    (tmp_path / "theirs.html").write_text("<html>mine</html>", encoding="utf-8")
    write_recording(tmp_path / "theirs.npz", replace(MINE, true_phase=None))
    file = str(tmp_path / "theirs.npz")
    assert book.main(["analyse", file, "--out", str(tmp_path / out)]) == 1
    assert said in capsys.readouterr().err
    assert (tmp_path / "theirs.html").read_text(encoding="utf-8") == "<html>mine</html>"
    assert book.main(["analyse", file]) == 1  # beside the file, where theirs stands
    assert "not ours" in capsys.readouterr().err
    (tmp_path / "notes.json").write_text("{}", encoding="utf-8")  # beside the page, as its numbers
    assert book.main(["analyse", file, "--out", str(tmp_path / "notes.html")]) == 1
    assert "notes.json holds numbers that are not ours" in capsys.readouterr().err
    assert (tmp_path / "notes.json").read_text(encoding="utf-8") == "{}"


def test_a_folder_that_cannot_be_written_is_said_first(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(own_command.study, "analyse", None)
    write_recording(tmp_path / "mine.npz", replace(MINE, true_phase=None))
    file = str(tmp_path / "mine.npz")
    assert book.main(["analyse", file, "--out", "/proc/none/report.html"]) == 1
    error = capsys.readouterr().err
    assert "/proc/none cannot be written" in error
    assert "--out" in error


def test_ctrl_c_is_a_line(tmp_path, capsys, monkeypatch):
    """Fault D15."""

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(own_command.study, "analyse", interrupted)
    write_recording(tmp_path / "mine.npz", replace(MINE, true_phase=None))
    assert book.main(["analyse", str(tmp_path / "mine.npz")]) == 130
    assert "interrupted; what had finished is kept" in capsys.readouterr().err


def test_a_negative_seed_is_named():
    with pytest.raises(ValueError, match="seed is -1; give a whole number, 0 or more"):
        own.analyse(MINE, seed=-1, progress=False)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mine.txt", b"1", "of no kind that is read here"),
        ("mine.npz", b"half", "mine.npz: not readable"),
        ("none.npz", None, "is missing; check the path"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(name, content, said, tmp_path, capsys):
    if content:
        (tmp_path / name).write_bytes(content)
    assert book.main(["analyse", str(tmp_path / name)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert said in error
    assert error.count("\n") == 1
    assert not list(tmp_path.glob("*.html"))
