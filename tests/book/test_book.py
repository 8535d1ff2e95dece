"""The runner, on a toy book of three chapters: success, failure, dependants, publishing."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_notebook

from helpers import recordings
from helpers.book import __main__ as book
from helpers.book import address, ahead, runner, site
from helpers.book.pairing import BOOTSTRAP, differences, read_source, stripped, with_prose
from helpers.book.publishing import STAMP, check_published, publish_chapter, sync_prose, take_over
from helpers.book.runner import Run, chapter_files, run_chapters
from helpers.claims import expected
from helpers.claims.provenance import code_hash
from helpers.files import ROOT
from helpers.recordings.loading import load_recording

HEAD = """\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Toy

# %% tags=["parameters"]
recording, profile = "none", "none"
recording = "none"
profile = "none"

"""
GOOD = """\
# %%
import os
from pathlib import Path
from types import SimpleNamespace
from helpers.claims import begin, expect
begin("01", SimpleNamespace(key=recording, digest="d"), profile)
expect("toy.value", 1.0)

# %% tags=["nbval-ignore-output"]
recording, profile, os.getcwd(), os.environ["CEBRA_BOOK_SEED"]
"""
BAD = """\
# %%
fine = 1

# %%
# the comment is no help
raise RuntimeError("a toy broke")

# %%
never = 1
"""
SERVED = {"key": "toy", "digest": "d", "source": "local"}


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A book in a temporary folder: 01 runs, 02 fails, 03 needs 02, 04 needs 01."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "chapters").mkdir()
    (tmp_path / "intro.md").write_text("# Toy book\n")
    bodies = {"01_one": GOOD, "02_two": BAD, "03_three": GOOD, "04_four": "# %%\n1 + 1\n"}
    for name, body in bodies.items():
        (tmp_path / f"chapters/{name}.py").write_text(HEAD + body)
    parts = [{"caption": "Toys", "chapters": [{"file": f"chapters/{name}"} for name in bodies]}]
    toc = {"format": "jb-book", "root": "intro", "parts": parts}
    (tmp_path / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False))
    return Run("toy", "quick", root=tmp_path, served=SERVED)


def run_toy(toy, *numbers):
    depends = {"03": ("02",), "04": ("01",)}
    return run_chapters(toy, chapter_files(toy.root, numbers), depends)


def outputs(path):
    cells = nbformat.read(path, as_version=4).cells
    return [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]


def test_a_failing_chapter_stops_its_dependants_only(toy, capsys):
    outcomes = {outcome.chapter: outcome for outcome in run_toy(toy)}
    assert [outcomes[name].ok for name in sorted(outcomes)] == [True, False, False, True]
    assert outcomes["01_one"].verdict == "ran: 1 not recorded"
    assert outcomes["03_three"].verdict == "not run: needs 02"
    assert outcomes["04_four"].verdict == "ran: checks nothing"
    failed = outcomes["02_two"].verdict
    assert "cell 4," in failed
    assert "RuntimeError: a toy broke" in failed
    kept = toy.folder / "02_two.ipynb"
    assert str(kept) in capsys.readouterr().err
    assert any(output.output_type == "error" for output in outputs(kept))
    assert not (toy.folder / "03_three.ipynb").exists()


def test_chapters_side_by_side_tell_the_same(toy, monkeypatch, capsys):
    """Each with its own variables; who needs another waits for it, who measures time is alone."""
    trained, both = [], {}
    monkeypatch.setattr(runner, "train_ahead", lambda run, numbers: trained.append(numbers))
    depends = {"03": ("02",), "04": ("01",)}
    for jobs in (1, 3):
        outcomes = run_chapters(toy, chapter_files(toy.root), depends, jobs)
        both[jobs] = [(o.chapter, o.verdict, o.ok) for o in outcomes]
    assert both[1] == both[3]
    assert trained == [["01", "02", "03", "04"]]
    assert "01_one: " in capsys.readouterr().err
    result = [o for o in outputs(toy.folder / "01_one.ipynb") if o.output_type == "execute_result"]
    assert eval(result[0].data["text/plain"]) == ("toy", "quick", str(toy.root), "0")


def test_who_may_start():
    needs, alone = {"03": ("02",)}, ("06",)
    one, two, three, six = (Path(f"{number}_toy.py") for number in ("01", "02", "03", "06"))
    assert runner.startable([one, two, three, six], [], needs, alone) == [one, two]
    assert runner.startable([three, six], [two], needs, alone) == []
    assert runner.startable([six], [one], needs, alone) == []
    assert runner.startable([three], [six], needs, alone) == []
    assert runner.startable([six, three], [], needs, alone) == [three]
    assert runner.startable([six], [], needs, alone) == [six]
    assert runner.startable([six, three], [], needs) == [six, three], "one by one: the book's order"


def test_what_cannot_be_planned_is_left_to_its_chapter(monkeypatch, capsys):
    """One chapter's error must not keep the models of the others from training."""

    def wanted(number, *_):
        if number == "02":
            raise ValueError("too few round trips")
        return [number]

    trained = []
    monkeypatch.setattr(ahead, "wanted", wanted)
    monkeypatch.setattr(ahead, "end_with", lambda caller: None)
    monkeypatch.setattr("helpers.training.fit_many", lambda jobs, progress: trained.extend(jobs))
    for name, value in runner.variables(Run("simulated", "quick")).items():
        monkeypatch.setenv(name, value)
    ahead.main("1", "01", "02", "03")
    assert trained == ["01", "03"]
    assert "02, ahead of the chapters: too few round trips" in capsys.readouterr().err


def test_a_chapter_that_stops_the_command_is_not_swallowed(toy, monkeypatch):
    """A full disk under one of several chapters once would have been nobody's error."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runner, "run_chapter", full)
    with pytest.raises(OSError, match="No space left"):
        run_toy(toy, "01")


WATCHED = """
import os, subprocess, sys
child = "import sys, time; from helpers.book import ahead; ahead.EVERY = 0.1; "
child += "ahead.end_with(int(sys.argv[1])); time.sleep(60)"
command = [sys.executable, "-c", child, str(os.getpid())]
print(subprocess.Popen(command, stdout=subprocess.DEVNULL).pid, flush=True)
"""


def test_what_trains_ahead_ends_with_the_command():
    """Also when the command is gone before it has begun: asked for its parent, it is told of 1."""
    command = [sys.executable, "-c", WATCHED]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(done.stdout)).wait(timeout=20)


@pytest.mark.parametrize("number", ["01", "02", "03", "04", "05", "06", "07", "09"])
def test_what_trains_ahead_is_what_its_chapter_names(number):
    """No job of a chapter twice, none without a name, and the scorecard wants none."""
    rec = load_recording("simulated")
    jobs = ahead.wanted(number, rec, "quick")
    assert jobs
    assert all(job.name for job in jobs)
    assert ahead.wanted("08", rec, "quick") == []


def test_the_exit_code_tells(toy, monkeypatch, capsys):
    monkeypatch.setattr(book, "ROOT", toy.root)
    monkeypatch.setattr(book, "resolve", lambda name: ("toy", SERVED))
    assert book.main(["run", "01", "--jobs", "1"]) == 0
    table = capsys.readouterr().out
    assert "01_one" in table
    assert "1 not recorded" in table
    assert book.main(["run", "2", "--jobs", "1"]) == 1
    assert "a toy broke" in capsys.readouterr().out


def test_chapters_get_their_parameters_folder_and_environment(toy):
    (outcome,) = run_toy(toy, "01")
    assert outcome.ok
    result = [o for o in outputs(toy.folder / "01_one.ipynb") if o.output_type == "execute_result"]
    assert eval(result[0].data["text/plain"]) == ("toy", "quick", str(toy.root), "0")
    recorded = json.loads(toy.results.read_text())["toy.value"]
    assert (recorded["value"], recorded["recording"], recorded["profile"]) == (1.0, "toy", "quick")


def test_a_run_leaves_the_environment_and_the_book_alone(toy):
    before, files = dict(os.environ), sorted(p for p in toy.root.rglob("*") if p.is_file())
    run_toy(toy, "01")
    assert dict(os.environ) == before
    left = sorted(p for p in toy.root.rglob("*") if p.is_file() and "_run" not in p.parts)
    assert left == files


def test_a_rerun_forgets_what_the_chapter_measured_before(toy):
    stale = {"old.value": {"chapter": "01"}, "other.value": {"chapter": "09"}}
    toy.folder.mkdir(parents=True)
    toy.results.write_text(json.dumps(stale))
    run_toy(toy, "01")
    assert set(json.loads(toy.results.read_text())) == {"toy.value", "other.value"}


def test_publishing_strips_the_run_and_stamps_the_page(toy):
    run_toy(toy, "01")
    source = toy.root / "chapters/01_one.py"
    target = publish_chapter(toy, source)
    notebook, text = nbformat.read(target, as_version=4), target.read_text()
    assert "papermill" not in text
    assert "injected-parameters" not in text
    assert "iopub" not in text
    assert str(toy.root) not in json.dumps(notebook.metadata)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3]
    assert "toy.value: not recorded\n" in [o.get("text") for o in outputs(target)]
    assert differences(read_source(source), notebook) == []
    mark = notebook.metadata[STAMP]
    assert mark["recording"] == SERVED
    assert {"profile", "code", "versions", "device", "date"} <= set(mark)
    assert "toy.value" in json.loads((toy.root / "data/results.json").read_text())


def test_a_scorecard_published_alone_judges_the_stored_results_of_the_others(toy):
    # The bug: it found an empty results file, and every claim open.
    same = {"digest": SERVED["digest"], "profile": toy.profile, "chapter": "03"}
    stored = {
        "a": same,
        "of another rat": {**same, "digest": "x"},
        "of another profile": {**same, "profile": "full"},
        "no longer measured": {**same, "chapter": "04"},
    }
    for path in (toy.root / "data", toy.folder):
        path.mkdir(parents=True)
    (toy.root / "data/results.json").write_text(json.dumps(stored))
    toy.results.write_text(json.dumps({"c": {**same, "chapter": "04"}}))
    take_over(toy)
    assert set(json.loads(toy.results.read_text())) == {"a", "c"}


def test_a_run_recorded_from_itself_is_published_as_recorded(toy, monkeypatch):
    monkeypatch.setattr(expected, "EXPECTED", toy.root / "expected.json")
    run_toy(toy, "01")
    source = toy.root / "chapters/01_one.py"
    (entry,) = json.loads(toy.results.read_text()).values()
    kept = {"value": entry["value"], "tolerance": 0.1, "sd": 0.03, "chapter": "01", "runs": 1}
    pair = f"{entry['recording']}/{entry['profile']}"
    expected.EXPECTED.write_text(json.dumps({pair: {"toy.value": kept}}))
    target = publish_chapter(toy, source)
    assert "toy.value: as recorded\n" in [o.get("text") for o in outputs(target)]
    results = json.loads((toy.root / "data/results.json").read_text())
    assert results["toy.value"]["status"] == "as recorded"
    expected.EXPECTED.write_text(json.dumps({pair: {"toy.value": {**kept, "value": 9.0}}}))
    with pytest.raises(ValueError, match="toy.value is .* recorded 9.0"):
        publish_chapter(toy, source)


def test_stored_pages_name_no_folder_of_the_machine():
    # The bug: a library's warning, with the path of the environment in it, went to the site.
    for path in (ROOT / "chapters").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert "site-packages" not in text, path.name
        assert str(ROOT) not in text, path.name


def test_publishing_twice_changes_no_cell_id(toy):
    source = toy.root / "chapters/01_one.py"
    ids = []
    for _ in range(2):
        run_toy(toy, "01")
        cells = nbformat.read(publish_chapter(toy, source), as_version=4).cells
        ids.append([cell.id for cell in cells])
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0])


def test_check_finds_drift_in_code_and_prose(toy, tmp_path):
    run_toy(toy, "01")
    source = toy.root / "chapters/01_one.py"
    text = source.read_text()
    publish_chapter(toy, source)
    assert check_published([source]) == []
    source.write_text(text.replace("# # Toy", "# # Other"))
    assert check_published([source]) == ["01_one: cell 1 differs in text"]
    assert sync_prose(source)
    assert check_published([source]) == []
    assert not sync_prose(source)
    source.write_text(text.replace("1.0)", "2.0)"))
    assert any("code or a helper's changed" in line for line in check_published([source]))
    with pytest.raises(ValueError, match="01_one: code cells changed"):
        sync_prose(source)
    assert check_published([tmp_path / "chapters/04_four.py"]) == ["04_four: not published yet"]


def test_check_finds_cells_run_out_of_order_and_mixed_data(toy):
    sources = [toy.root / f"chapters/{name}.py" for name in ("01_one", "04_four")]
    run_toy(toy, "01", "04")
    first = publish_chapter(toy, sources[0])
    other = Run("toy", "quick", root=toy.root, served={**SERVED, "digest": "e"})
    publish_chapter(other, sources[1])
    assert any("different data" in line for line in check_published(sources))
    doctored = nbformat.read(first, as_version=4)
    code = [cell for cell in doctored.cells if cell.cell_type == "code"]
    code[1].execution_count, code[2].execution_count = 3, 2
    nbformat.write(doctored, first)
    assert any("in order" in line for line in check_published(sources[:1]))


def test_check_finds_an_output_of_another_run(toy):
    # The bug: after a reset, a picture of an earlier run stays in its place and looks like new.
    run_toy(toy, "01")
    source = toy.root / "chapters/01_one.py"
    target = publish_chapter(toy, source)
    assert check_published([source]) == []
    doctored = nbformat.read(target, as_version=4)
    cell = next(c for c in doctored.cells if c.cell_type == "code" and c.outputs)
    cell.outputs[0].text = cell.outputs[0].text + "stale\n"
    nbformat.write(doctored, target)
    assert check_published([source]) == [
        "01_one: its outputs are not all of the run that it is stamped with"
    ]


def test_publishing_refuses_a_chapter_edited_meanwhile(toy):
    run_toy(toy, "01")
    source = toy.root / "chapters/01_one.py"
    source.write_text(source.read_text() + "\n# %%\n2 + 2\n")
    with pytest.raises(ValueError, match=r"01_one\.py changed while it ran"):
        publish_chapter(toy, source)


def test_a_stand_in_is_not_published_in_a_rats_name(toy, monkeypatch, capsys):
    monkeypatch.setattr(book, "ROOT", toy.root)
    served = {**SERVED, "source": "simulated"}
    monkeypatch.setattr(book, "resolve", lambda name: ("simulated", served))
    assert book.main(["publish", "01", "--recording", "achilles"]) == 1
    assert "a stand-in is not published" in capsys.readouterr().err
    assert not (toy.root / "chapters/01_one.ipynb").exists()


def test_recording_runs_several_seeds_without_comparing(toy, monkeypatch, capsys):
    seen = []

    def fake(run, files, jobs):
        seen.append((run.seed, run.compare, run.folder.name))
        run.folder.mkdir(parents=True)
        entry = {"chapter": "01", "recording": "toy", "digest": "d", "profile": "quick", "sd": None}
        run.results.write_text(json.dumps({"toy.value": {**entry, "value": float(run.seed)}}))
        return [SimpleNamespace(chapter="01", seconds=1, recording="toy", verdict="", ok=True)]

    monkeypatch.setattr(book, "ROOT", toy.root)
    monkeypatch.setattr(book, "resolve", lambda name: ("toy", SERVED))
    monkeypatch.setattr(book, "run_chapters", fake)
    monkeypatch.setattr(book.expected, "EXPECTED", toy.root / "expected.json")
    assert book.main(["record", "01", "--seeds", "3"]) == 0
    assert [(seed, compare) for seed, compare, _ in seen] == [
        (0, False),
        (100, False),
        (200, False),
    ]
    assert len({folder for *_, folder in seen}) == 3
    stored = json.loads((toy.root / "expected.json").read_text())["toy/quick"]["toy.value"]
    assert (stored["value"], stored["tolerance"], stored["runs"]) == (100.0, 300.0, 3)


@pytest.mark.parametrize(("asked", "alone"), [([], runner.ALONE), (["--together"], ())])
def test_who_measures_time_is_alone_unless_asked_together(toy, monkeypatch, asked, alone):
    seen = []
    monkeypatch.setattr(book, "ROOT", toy.root)
    monkeypatch.setattr(book, "resolve", lambda name: ("toy", SERVED))
    monkeypatch.setattr(book, "run_chapters", lambda *_, **how: seen.append(how["alone"]) or [])
    assert book.main(["run", "01", *asked]) == 0
    assert seen == [alone]


@pytest.mark.parametrize("number", ["9", "99_none"])
def test_an_unknown_chapter_is_named(toy, number, monkeypatch, capsys):
    monkeypatch.setattr(book, "ROOT", toy.root)
    assert book.main(["run", number]) == 1
    assert f"no chapter '{number}'; the book has 01_one, " in capsys.readouterr().err


def test_an_unknown_rat_gets_one_line():
    command = [sys.executable, "-m", "helpers.book", "run", "06", "--recording", "nobody"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "nobody" in done.stderr
    assert "Traceback" not in done.stderr


def test_chapters_come_in_the_books_order(toy):
    assert [f.stem for f in chapter_files(toy.root, ["04", "1"])] == ["01_one", "04_four"]


def test_the_site_of_a_part_of_the_book_holds_that_part(toy):
    (toy.root / "_config.yml").write_text("title: Toy\nsphinx: {config: {}}\n")
    run_toy(toy, "01")
    folder = site.stage(toy, ["01_one"])
    toc = yaml.safe_load((folder / "_toc.yml").read_text())
    assert toc["parts"][0]["chapters"] == [{"file": "chapters/01_one"}]
    assert [p.name for p in (folder / "chapters").iterdir()] == ["01_one.ipynb"]
    assert "injected" not in (folder / "chapters/01_one.ipynb").read_text()
    assert (folder / "data/results.json").exists()
    with pytest.raises(FileNotFoundError, match="nothing to build"):
        site.stage(toy, [])


def test_the_address_is_set_everywhere(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(address, "ROOT", tmp_path)
    (tmp_path / "chapters").mkdir()
    (tmp_path / "_config.yml").write_text("repository:\n  url: https://github.com/old/name\n")
    for name in ("README.md", "CITATION.cff", "intro.md", "chapters/01_x.py"):
        (tmp_path / name).write_text("clone https://github.com/old/name.git\n")
    assert book.main(["address", "https://github.com/new/other.git"]) == 0
    for file in tmp_path.rglob("*.*"):
        assert "old/name" not in file.read_text()
        assert "https://github.com/new/other" in file.read_text()
    assert book.main(["address", "new/other"]) == 1
    assert "no address of a repository" in capsys.readouterr().err


def test_a_release_is_set_everywhere(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(address, "ROOT", tmp_path)
    (tmp_path / "chapters").mkdir()
    config = "repository:\n  url: https://github.com/old/name\n  branch: main\n  path: main\n"
    (tmp_path / "_config.yml").write_text(config)
    for name in ("README.md", "CITATION.cff", "intro.md"):
        (tmp_path / name).write_text("main\n")
    code = BOOTSTRAP.replace("{address}", "https://github.com/old/name").replace("{tag}", "main")
    (tmp_path / "chapters/01_x.py").write_text(code)
    nbformat.write(new_notebook(cells=[new_code_cell(code)]), tmp_path / "chapters/01_x.ipynb")
    assert book.main(["release", "v1.2"]) == 0
    assert (tmp_path / "_config.yml").read_text() == config.replace("branch: main", "branch: v1.2")
    changed = code.replace('"main"', '"v1.2"')
    assert (tmp_path / "chapters/01_x.py").read_text() == changed
    (cell,) = nbformat.read(tmp_path / "chapters/01_x.ipynb", as_version=4).cells
    assert cell.source == changed
    assert (tmp_path / "intro.md").read_text() == "main\n"
    assert book.main(["release", "no tag"]) == 1
    assert "no name of a git tag" in capsys.readouterr().err


def test_the_bootstrap_cell_does_not_date_a_page(tmp_path):
    head = '# %% tags=["bootstrap"]\nurl = "{}"\n\n# %%\nvalue = {}\n'
    hashes = []
    for url, value in (("a", 1), ("b", 1), ("a", 2)):
        (tmp_path / "x.py").write_text(head.format(url, value))
        hashes.append(code_hash(tmp_path / "x.py"))
    assert hashes[0] == hashes[1] != hashes[2]


def test_help_explains_each_command(capsys):
    with pytest.raises(SystemExit) as stop:
        book.main(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text for name in book.COMMANDS)


def test_stripping_and_prose_leave_the_given_notebook_alone(toy):
    run_toy(toy, "01")
    executed = nbformat.read(toy.folder / "01_one.ipynb", as_version=4)
    before = json.dumps(executed)
    clean = stripped(executed)
    assert json.dumps(executed) == before
    again = with_prose(read_source(toy.root / "chapters/01_one.py"), clean)
    assert [c.get("outputs") for c in again.cells] == [c.get("outputs") for c in clean.cells]


def test_depends_names_chapters_that_may_exist():
    for number, needs in runner.DEPENDS.items():
        assert number not in needs
        assert all(need < number for need in needs)


def test_a_recording_is_resolved_once_for_all_chapters(monkeypatch):
    name, served = runner.resolve("simulated")
    assert (name, served["key"], served["source"]) == ("simulated", "simulated", "simulated")
    stand_in = recordings.load_recording("simulated-buddy")
    monkeypatch.setattr(recordings, "load_recording", lambda *_, **__: stand_in)
    assert runner.resolve("buddy")[0] == "simulated-buddy"
