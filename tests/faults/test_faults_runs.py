"""Faults of whole runs: killed, two at a time, on a checkout that cannot be written."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import faultstage
import numpy as np
import psutil
import pytest

KILLS = 10
BIND = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return faultstage.lay_out(tmp_path_factory.mktemp("toy") / "book")


@pytest.fixture(scope="module")
def undisturbed(root):
    """The stage of a run that nothing happens to."""
    stage = faultstage.Stage(root, root.parent / "undisturbed")
    code, said = stage.finish()
    assert code == 0, said
    assert len(stage.done()) == len(stage.begun()) == 7
    return stage


def assert_same(stage, reference):
    """Fits, kept results, the results file and the notebook, all bit for bit."""
    assert stage.results == reference.results
    assert stage.outputs() == reference.outputs()
    ours, theirs = stage.arrays(), reference.arrays()
    assert ours.keys() == theirs.keys()
    for name, arrays in theirs.items():
        for key, array in arrays.items():
            np.testing.assert_array_equal(ours[name][key], array)


def killed(stage, things, delay, alone):
    """Kill a run once it has begun so many things; return whom it left, or None if it ended."""
    process = stage.start()
    while process.poll() is None and len(stage.begun_now()) < things:
        time.sleep(0.02)
    try:
        code = process.wait(timeout=delay)
    except subprocess.TimeoutExpired:
        kin = faultstage.family(process)
        process.kill()
        if not alone:
            faultstage.slay(kin)
        process.wait()
        return kin
    finally:
        process.stdout.close()
    assert code == 0
    return None


@pytest.mark.slow
def test_a_run_killed_at_ten_random_moments_goes_on_where_it_stopped(undisturbed, tmp_path):
    """While it starts, trains or ends; half the kills hit kernel and workers too."""
    draws = np.random.default_rng(9)
    stages, orphans = [faultstage.Stage(undisturbed.root, tmp_path / "0")], []
    for number in range(KILLS):
        things, delay = draws.integers(0, 4), draws.uniform(0, 1)
        while (kin := killed(stages[-1], things, delay, alone=number % 2 == 0)) is None:
            assert_same(stages[-1], undisturbed)  # it ended before its moment: begin anew
            stages.append(faultstage.Stage(stages[-1].root, tmp_path / str(len(stages))))
        orphans += kin
    code, said = stages[-1].finish()
    assert code == 0, said
    assert_same(stages[-1], undisturbed)
    assert [stage.begun_again() for stage in stages] == [[] for _ in stages]
    kernels = [one for one in orphans if faultstage.is_kernel(one)]
    _, alive = psutil.wait_procs(kernels, timeout=60)
    faultstage.slay(orphans)  # idle workers, which would stay for minutes
    assert alive == [], "a kernel goes on for nobody"


def test_two_runs_at_the_same_time_share_a_cache(undisturbed, tmp_path):
    stages = [faultstage.Stage(undisturbed.root, tmp_path / name) for name in "ab"]
    stages[1].cache = stages[0].cache
    runs = [stage.start() for stage in stages]
    said = [run.communicate(timeout=300)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    for stage in stages:
        assert_same(stage, undisturbed)
    assert not list(stages[0].cache.glob(".*.npz")), "a part of a file was left"


@pytest.fixture
def locked(root):
    """A copy of the toy book that its runs cannot write, and a prefix to the command of a run."""
    folder = Path(tempfile.mkdtemp(prefix="locked-"))  # not pytest's: nobody else may enter those
    folder.chmod(0o755)
    copy = folder / "book"
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "runs").mkdir()
    yield copy, locking(copy)
    subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)
    shutil.rmtree(folder)


def locking(copy):
    """Lock a folder: root by a read-only mount of the run's own, else by permissions."""
    prefix = ["unshare", "-m", "sh", "-c", BIND, str(copy)]
    if os.geteuid() == 0:
        tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return prefix
    subprocess.run(["chmod", "-R", "a-w", str(copy)], check=True)
    subprocess.run(["chmod", "a+rwx", str(copy.parent / "runs")], check=True)
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    return nobody if os.geteuid() == 0 else []


def test_a_read_only_checkout_runs_with_its_folders_elsewhere(undisturbed, locked):
    copy, prefix = locked
    stage = faultstage.Stage(copy, copy.parent / "runs" / "own")
    shutil.copytree(undisturbed.cache, stage.cache)
    for path in list(stage.cache.glob("lagged-*"))[:1]:
        path.unlink()  # something is left to compute and to write
    subprocess.run(["chmod", "-R", "a+rwX", str(stage.folder)], check=True)
    before = sorted(copy.rglob("*"))
    code, said = stage.finish(prefix=prefix, HOME=str(stage.folder))
    assert code == 0, said
    assert_same(stage, undisturbed)
    assert sorted(copy.rglob("*")) == before


@pytest.mark.parametrize("variable", ["CEBRA_BOOK_RUNS", "CEBRA_BOOK_CACHE"])
def test_a_read_only_checkout_says_what_to_set(locked, variable):
    copy, prefix = locked
    stage = faultstage.Stage(copy, copy.parent / "runs" / "own")
    subprocess.run(["chmod", "-R", "a+rwX", str(stage.folder)], check=True)
    code, said = stage.finish(prefix=prefix, HOME=str(stage.folder), **{variable: ""})
    assert code == 1
    assert said.startswith(f"error: {copy}")
    assert f"cannot be written (Read-only file system); set {variable} to a folder" in said.replace(
        "Permission denied", "Read-only file system"
    )
    assert said.count("\n") == 1
