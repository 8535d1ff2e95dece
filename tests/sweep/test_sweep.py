"""Sweeps: grids checked first, cells as by hand, resumed, and equal whoever computes them."""

import csv
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from helpers.book import __main__ as book
from helpers.decoding.neighbours import decode_knn, encode
from helpers.decoding.splits import Split, nested_split, trip_of_bin
from helpers.files import ROOT
from helpers.recordings.formats import write_npz
from helpers.recordings.loading import simulate_recording, stretches
from helpers.sweep import cell as sweep_cell
from helpers.sweep import engines
from helpers.sweep.engines import Task, attempt, cluster, on_a_cluster, on_this_machine
from helpers.sweep.grid import Grid, read_grid
from helpers.sweep.sweep import kept_row, prepare, report, row_path, sweep
from helpers.sweep.table import write_table
from helpers.topology.circular import follow
from helpers.topology.persistence import bars, lifespans
from helpers.topology.winding import share_wound, turns, whole_trips
from helpers.training import many as training
from helpers.training.many import fit
from helpers.training.plan import variant_job

TINY = {"batch_size": 64, "max_iterations": 20}
GRID = Grid(
    recordings=["short"],
    variants=["posdir", "time"],
    seeds=[0, 1, 2],
    parameters={**TINY, "temperature": [1, 0.5], "output_dimension": [3, 8]},
)
SHORT = replace(simulate_recording(n_neurons=16, n_bins=5000, seed=4), name="short")
KNOWN = {"short": SHORT}
needs_sigkill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("CEBRA_BOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The 24 cells of `GRID`, one after the other in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEBRA_BOOK_CACHE", str(tmp_path_factory.mktemp("alone")))
        return sweep(GRID, KNOWN, here, progress=False)


@pytest.fixture
def data(monkeypatch, tmp_path):
    """A data folder with the short recording, for whoever loads it by name."""
    (tmp_path / "data/rat_hippocampus").mkdir(parents=True)
    write_npz(tmp_path / "data/rat_hippocampus/short.npz", SHORT)
    monkeypatch.setenv("CEBRA_DATADIR", str(tmp_path / "data"))
    return tmp_path


def here(tasks):
    """An engine without processes."""
    for task in tasks:
        yield attempt(task.recording, task.place, task.cell, task.key)


def smaller(**changes):
    return replace(GRID, **{"variants": ["posdir"], "seeds": [0], "parameters": TINY, **changes})


def write_grid(path, text):
    path.write_text(text, encoding="utf-8")
    return path


# Grids


def test_a_product_has_every_combination_once():
    cells = GRID.cells()
    assert len(cells) == len({cell.title for cell in cells}) == 24
    assert GRID.varied == ["temperature", "output_dimension"]


def test_one_at_a_time_changes_one_parameter_of_the_first_values():
    grid = replace(GRID, design="one-at-a-time", variants=["posdir"], seeds=[0])
    tried = [(dict(s)["temperature"], dict(s)["output_dimension"]) for s in grid.settings()]
    assert tried == [(1, 3), (0.5, 3), (1, 8)]


def test_a_file_is_read_as_it_is_written(tmp_path):
    text = "recordings: [simulated]\nseeds: [0, 1]\nparameters: {learning_rate: [3e-4, 1.0e-3]}\n"
    grid = read_grid(write_grid(tmp_path / "grid.yml", text))
    assert grid == Grid(["simulated"], seeds=[0, 1], parameters={"learning_rate": [3e-4, 1e-3]})


def test_the_example_has_24_cells():
    assert len(read_grid(ROOT / "benchmarks/sweep.yml").cells()) == 24


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parameters: {temprature: 1}", "'temprature' is unknown; did you mean 'temperature'?"),
        ("parameters: {model_architecture: ofset10-model}", "did you mean 'offset10-model'"),
        ("temperature: [1, 2]", "'temperature' is a parameter; write it under parameters:"),
        ("variant: pos", "'variant' is unknown; did you mean 'variants'?"),
        ("variants: [posdri]", "did you mean 'posdir'?"),
        ("design: grid", "design 'grid' is unknown; use product, one-at-a-time"),
        ("dtype: float64", "dtype 'float64' is unknown; did you mean 'bfloat16'?"),
        ("seeds: []", "seeds is an empty list"),
        ("parameters: {temperature: []}", "temperature is an empty list"),
        ("parameters: {temperature: [1, 1.0]}", "temperature holds 1.0 twice"),
        ("seeds: [0, 1, 0]", "seeds holds 0 twice"),
        ("seeds: [0.5]", "seeds holds 0.5; give whole numbers"),
        ("seeds: [-1]", "seeds holds -1; give whole numbers, 0 or more"),
        ("seeds: [yes]", "seeds holds True; give numbers or names"),
        ("folds: [3]", "folds 0, 1 and 2"),
        ("parameters: {output_dimension: 1}", "no ring fits on a line"),
        ("parameters: [temperature]", "parameters must be a mapping"),
        ("parameters: {temperature: 1, temperature: 2}", "temperature stands twice"),
        ("recordings: [achilles\nseeds: 1", "is not YAML"),
        ("", "it holds no entries"),
        ("- achilles", "it holds no entries"),
    ],
)
def test_a_bad_grid_is_refused_in_one_line(tmp_path, text, said):
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        read_grid(write_grid(tmp_path / "grid.yml", text))
    assert "grid.yml" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parameters": {"temperature": [1, -1]}}, "temperature is -1; give a positive number"),
        ({"parameters": {"batch_size": "many"}}, "batch_size is 'many'"),
        ({"dtype": "bfloat16", "parameters": {"model_architecture": "offset1-model"}}, "bfloat16"),
        ({"parameters": {"conditional": "delta"}}, "delta is None"),
    ],
)
def test_what_cannot_train_is_said_before_anything_does(monkeypatch, changes, said):
    monkeypatch.setattr(training, "fit", None)
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        sweep(smaller(**changes), KNOWN, here, progress=False)
    assert "\n" not in str(error.value)


def test_recordings_that_cannot_be_swept_are_refused(data):
    with pytest.raises(ValueError, match="recording 'nobody' is unknown"):
        prepare(smaller(recordings=["nobody"]))
    brief = simulate_recording(n_neurons=8, n_bins=1500, seed=0)
    with pytest.raises(ValueError, match="the nested split needs 18"):
        prepare(smaller(), {"short": brief})
    with pytest.raises(ValueError, match="ran on a circle"):
        prepare(smaller(), {"short": replace(SHORT, geometry="circle")})


def test_the_same_recording_under_two_names_is_refused():
    with pytest.raises(ValueError, match="two cells are the same"):
        prepare(smaller(recordings=["short", "again"]), {"short": SHORT, "again": SHORT})


# Cells


def test_a_cell_is_what_the_chapters_functions_give(alone):
    row = alone.rows[3]  # position and direction, temperature 1, eight dimensions, seed 0
    assert (row["temperature"], row["output_dimension"], row["seed"]) == (1, 8, 0)
    split = nested_split(SHORT, 0)
    settings = {**TINY, "temperature": 1, "output_dimension": 8}
    model = fit(variant_job(SHORT, "posdir", bins=split.train, seed=0, **settings), progress=False)

    trips = trip_of_bin(SHORT)[split.valid]
    odd = np.isin(trips, np.unique(trips)[::2])
    error_cm, ks = [], []
    for chosen_on, scored_on in ((odd, ~odd), (~odd, odd)):
        half = Split("half", split.train, split.valid[chosen_on], split.valid[scored_on])
        result = decode_knn(encode(model.transform, SHORT, half), SHORT, half, "by hand")
        error_cm.append(result.error_cm)
        ks.append(str(result.settings["k"]))
    assert row["median_cm"] == pytest.approx(np.median(np.concatenate(error_cm)), abs=1e-4)
    assert row["k"] == "/".join(ks)

    known = model.embedding
    unseen = model.transform(SHORT.spikes[split.valid], stretches(split.valid, SHORT.segments))
    along = follow(known, np.concatenate([known, unseen]), 300)["along"]
    training_trips, trips = (whole_trips(SHORT, bins) for bins in (split.train, split.valid))
    on_training = [share_wound(turns(one[: len(known)], training_trips)) for one in along]
    best = along[int(np.argmax(on_training))][len(known) :]
    assert row["wound"] == share_wound(turns(best, trips))
    assert row["trips"] == len(trips) > 2
    lengths = lifespans(bars(unseen, 300)["h1"])
    assert (row["loop"], row["next_loop"]) == tuple(lengths[:2])
    assert row["gap"] == 1 - lengths[1] / lengths[0]
    assert row["loss"] == pytest.approx(model.loss.mean(), abs=1e-6)


def test_test_laps_are_not_looked_at():
    split = nested_split(SHORT, 0)
    other_spikes = SHORT.spikes.copy()
    other_spikes[split.test] = 255
    changed = replace(SHORT, spikes=other_spikes)
    first, second = (
        sweep(smaller(), {"short": recording}, here, progress=False).rows[0]
        for recording in (SHORT, changed)
    )
    assert first["digest"] != second["digest"]
    assert {name: first[name] for name in sweep_cell.VALUES} == {
        name: second[name] for name in sweep_cell.VALUES
    }


def test_halves_hold_every_validation_lap_once():
    split = nested_split(SHORT, 1)
    one, other = sweep_cell.validation_halves(SHORT, split)
    np.testing.assert_array_equal(np.sort(np.r_[one.valid, one.test]), split.valid)
    np.testing.assert_array_equal(one.valid, other.test)
    assert not np.isin(one.test, split.test).any()


def test_a_cloud_without_a_loop_winds_nowhere():
    line = np.linspace(0, 1, 400)[:, None] * np.array([[1.0, 2.0]])
    assert sweep_cell._wound(line, line[:50], [slice(0, 100)], [slice(0, 20)]) == 0.0


# Rows on disk


def test_a_finished_cell_is_not_computed_again(monkeypatch):
    first = sweep(smaller(), KNOWN, here, progress=False)
    monkeypatch.setattr(training, "fit", None)  # calling it would raise
    second = sweep(smaller(), KNOWN, here, progress=False)
    assert (first.computed, second.computed) == (1, 0)
    assert second.rows == first.rows
    assert second.seconds == first.seconds
    more = prepare(smaller(seeds=[0, 1]), KNOWN)
    assert [kept_row(task.key) is not None for task in more] == [True, False]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"NUMPY", b"NUMPI"),
        lambda content: b"[]",
        lambda content: b"\0" * 10,
    ],
    ids=["half", "another letter", "a list", "zeros"],
)
def test_a_damaged_row_is_computed_again_and_said(capsys, damage):
    first = sweep(smaller(), KNOWN, here, progress=False)
    path = row_path(first.rows[0]["cell"])
    path.write_bytes(damage(path.read_bytes()))
    second = sweep(smaller(), KNOWN, here, progress=False)
    assert (second.computed, second.rows) == (1, first.rows)
    assert f"{path.name} is damaged" in capsys.readouterr().out
    assert kept_row(first.rows[0]["cell"])


def test_other_code_makes_other_rows(monkeypatch):
    (before,) = prepare(smaller(), KNOWN)
    monkeypatch.setattr(sweep_cell.code, "digest", lambda *roots: "edited")
    (after,) = prepare(smaller(), KNOWN)
    assert before.key != after.key
    done = attempt(SHORT, 0, before.cell, before.key)
    assert "another version" in done.failure


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_tables_come_back_as_the_same_bits(alone, tmp_path, suffix):
    if suffix == ".parquet":
        parquet = pytest.importorskip("pyarrow.parquet", reason="for those who have pyarrow")
    path = tmp_path / f"table{suffix}"
    write_table(path, alone.rows)
    if suffix == ".parquet":
        assert parquet.read_table(path).to_pylist() == alone.rows
        return
    with path.open(encoding="utf-8", newline="") as file:
        texts = list(csv.DictReader(file))
    for row, text in zip(alone.rows, texts, strict=True):
        assert {name: type(value)(text[name]) for name, value in row.items()} == row


# Engines


def test_every_cell_is_there_once(alone):
    assert [row["cell"] for row in alone.rows] == [task.key for task in prepare(GRID, KNOWN)]
    assert len({row["cell"] for row in alone.rows}) == 24
    assert len({row["loss"] for row in alone.rows}) == 24
    assert alone.failures == {}


def test_a_failed_cell_is_named_and_the_others_are_done():
    grid = smaller(parameters={**TINY, "learning_rate": [3e-4, 1e30]})
    done = sweep(grid, KNOWN, here, progress=False)
    assert [row["learning_rate"] for row in done.rows] == [3e-4]
    ((title, reason),) = done.failures.items()
    assert "learning_rate=1e+30" in title
    assert reason.startswith("the loss is not finite from step ")


@needs_sigkill
def test_a_killed_process_of_this_machine_costs_no_cell(alone):
    killed = []

    def engine(tasks):
        for outcome in on_this_machine(tasks, 2):
            yield outcome
            if not killed:
                workers = [
                    child
                    for child in psutil.Process().children()
                    if "popen_loky" in " ".join(child.cmdline())
                ]
                workers[0].kill()
                killed.append(workers[0])

    fewer = replace(GRID, variants=["posdir"], seeds=[0, 1])
    done = sweep(fewer, KNOWN, engine, progress=False)
    assert killed
    assert not killed[0].is_running()
    keys = {task.key for task in prepare(fewer, KNOWN)}
    assert done.rows == [row for row in alone.rows if row["cell"] in keys]
    assert len(done.rows) == len(keys) == 8


class Deadly:
    """Ends whichever process unpickles it."""

    digest = "deadly"

    def __reduce__(self):
        return os._exit, (1,)


def test_a_cell_that_kills_its_process_is_named_in_the_end():
    tasks = prepare(smaller(seeds=[0, 1]), KNOWN)
    deadly = Task(2, Deadly(), tasks[0].cell, "no key")
    outcomes = {one.task_place: one for one in on_this_machine([deadly, *tasks], 2)}
    assert sorted(outcomes) == [0, 1, 2]
    assert outcomes[2].failure.startswith("its worker process died 3 times")
    assert not outcomes[0].failure
    assert not outcomes[1].failure


@pytest.fixture(scope="module")
def client():
    """A cluster of two separate processes, each with a thread."""
    pytest.importorskip("distributed")
    with cluster(workers=2) as connected:
        yield connected


def set_cache(folder):
    os.environ["CEBRA_BOOK_CACHE"] = folder


@needs_sigkill
def test_dask_with_a_killed_worker_equals_one_process(alone, client, own_cache, tmp_path):
    client.run(set_cache, str(own_cache))  # a restarted worker inherits it
    pids = client.run(os.getpid)
    assert len(set(pids.values()) | {os.getpid()}) == 3
    killed = []

    def engine(tasks):
        for outcome in on_a_cluster(tasks, client):
            yield outcome
            busy = [address for address, keys in client.processing().items() if keys]
            if not killed and busy:
                killed.append(psutil.Process(pids[busy[0]]))
                killed[0].kill()

    done = sweep(GRID, KNOWN, engine, progress=False)
    assert killed
    psutil.wait_procs(killed, timeout=60)
    assert not killed[0].is_running()
    assert killed[0].pid not in client.run(os.getpid).values()
    assert (done.computed, done.failures) == (24, {})
    assert done.rows == alone.rows
    for name, rows in (("dask", done.rows), ("alone", alone.rows)):
        write_table(tmp_path / f"{name}.csv", rows)
    assert (tmp_path / "dask.csv").read_bytes() == (tmp_path / "alone.csv").read_bytes()


def test_workers_have_one_thread(client):
    assert set(client.run(lambda: os.environ["OMP_NUM_THREADS"]).values()) <= {"1"}
    assert set(client.nthreads().values()) <= {1}


def test_what_befalls_a_worker_is_said_in_a_line():
    distributed = pytest.importorskip("distributed")
    from helpers.sweep.engines import _outcome

    def future(error):
        return SimpleNamespace(status="error", exception=lambda: error)

    (task,) = prepare(smaller(), KNOWN)
    killed = distributed.KilledWorker("cell", None, 3)
    assert _outcome(future(killed), task).failure.startswith("its worker process died 4 times")
    absent = ModuleNotFoundError("No module named 'helpers'")
    assert "start workers in the book's folder" in _outcome(future(absent), task).failure
    with pytest.raises(RuntimeError, match="the scheduler is gone"):
        _outcome(SimpleNamespace(status="cancelled"), task)


# The command line

GRID_TEXT = """
recordings: short
seeds: [0, 1]
parameters: {batch_size: 64, max_iterations: 20, temperature: [1, 0.5]}
"""


def test_the_command_writes_a_table_and_finds_it_again(data, capsys, client, own_cache):
    grid, out = write_grid(data / "grid.yml", GRID_TEXT), data / "table.csv"
    assert book.main(["sweep", str(grid), "--out", str(out), "--workers", "1"]) == 0
    said = capsys.readouterr()
    assert "4 cells: 4 computed, 0 found on disk, 0 failed" in said.out
    assert "test laps untouched" in said.out
    assert str(out) in said.out
    assert "4/4" in said.err
    first = out.read_bytes()
    assert len(first.splitlines()) == 1 + 4
    client.run(set_cache, str(own_cache))
    address = client.scheduler.address
    assert book.main(["sweep", str(grid), "--out", str(out), "--scheduler", address]) == 0
    assert "4 cells: 0 computed, 4 found on disk" in capsys.readouterr().out
    assert out.read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("missing.yml", "missing.yml is no file"),
        ("grid.yml --out table.txt", "neither .csv nor .parquet"),
        ("grid.yml --workers 0", "0 workers"),
        ("grid.yml --scheduler tcp://127.0.0.1:9", "no scheduler at tcp://127.0.0.1:9"),
        ("grid.yml --scheduler nonsense://x", "no scheduler at nonsense://x"),
        ("grid.yml --dask", "Dask is not installed; pip install distributed"),
        ("grid.yml --out table.parquet", "needs pyarrow, which is not installed"),
    ],
)
def test_the_command_refuses_in_one_line(data, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(data)
    monkeypatch.setattr("helpers.sweep.engines.CONNECT_S", 2)
    monkeypatch.setattr("helpers.sweep.table.find_spec", lambda name: None)
    if "--dask" in arguments:
        monkeypatch.setitem(sys.modules, "distributed", None)
    write_grid(data / "grid.yml", GRID_TEXT)
    assert book.main(["sweep", *arguments.split()]) == 1
    (line,) = [one for one in capsys.readouterr().err.splitlines() if one.startswith("error:")]
    assert said in line


@needs_sigkill
def test_a_killed_sweep_leaves_no_process_and_goes_on_where_it_was(data, own_cache):
    many = GRID_TEXT.replace("seeds: [0, 1]", "seeds: [0, 1, 2, 3]")
    grid = write_grid(data / "grid.yml", many)
    command = [sys.executable, "-m", "helpers.book", "sweep", str(grid), "--workers", "2"]
    running = subprocess.Popen(
        [*command, "--out", str(data / "table.csv")], cwd=ROOT, stderr=subprocess.PIPE
    )
    while not list((own_cache / "sweep").glob("[0-9a-f]*.npz")):
        assert running.poll() is None, running.stderr.read()
        assert running.stderr.read(1)  # blocks until the bar moves, or the process ends
    family = psutil.Process(running.pid).children(recursive=True)
    running.kill()
    running.wait()
    running.stderr.close()
    assert psutil.wait_procs(family, timeout=60)[1] == []
    kept = {path: path.stat().st_mtime_ns for path in (own_cache / "sweep").glob("[0-9a-f]*.npz")}
    done = sweep(read_grid(grid), engine=here, progress=False)
    assert done.computed == 8 - len(kept) < 8
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len({row["cell"] for row in done.rows}) == 8
    assert not (data / "table.csv").exists()


def test_a_process_that_starts_after_its_caller_died_computes_nothing():
    # The bug: it was on no leash yet, and computed a whole cell for nobody.
    orphan = "from helpers.sweep.engines import _leash\n_leash(2**30)\nprint('computes')"
    run = subprocess.run([sys.executable, "-c", orphan], cwd=ROOT, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (1, ""), run.stderr


def test_the_summary_names_what_failed(alone, tmp_path, capsys):
    done = replace(alone, failures={"short posdir, temperature=9": "out of memory"})
    assert report(done, 25, tmp_path / "table.csv") == 1
    said = capsys.readouterr()
    assert said.err == "failed: short posdir, temperature=9: out of memory\n"
    assert "25 cells: 24 computed, 0 found on disk, 1 failed" in said.out


def test_a_port_that_answers_and_is_no_scheduler_ends_in_a_line(monkeypatch):
    """Fault D6: a dashboard's address was waited for without end."""
    monkeypatch.setattr(engines, "CONNECT_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(OSError, match=f"{address} .*scheduler"), engines.cluster(address):
            pass
