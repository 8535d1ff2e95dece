"""Homes that cannot be written: other packages then keep their caches in the book's."""

import os
import subprocess
import sys

from helpers import places
from helpers.files import ROOT

VARIABLES = ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "MPLCONFIGDIR")


def test_a_home_that_can_be_written_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    places.lend_homes()
    assert not set(VARIABLES) & set(os.environ)


def test_without_a_home_umap_and_nwb_still_run(tmp_path):
    """Fault D8: numba had no locator, pynwb a read-only file system, each in words of its own."""
    env = {k: v for k, v in os.environ.items() if k not in VARIABLES}
    env |= {"HOME": "/proc/none", "CEBRA_BOOK_CACHE": str(tmp_path)}
    program = "import helpers, os; print(os.environ['NUMBA_CACHE_DIR']); import pynwb, matplotlib"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(str(tmp_path))
