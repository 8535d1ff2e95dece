"""`make` on a machine as newcomers have it: a Python of another version, a .venv half made."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from helpers.files import ROOT

needs_make = pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")


def python_of(folder: Path, version: str, is_supported: bool) -> Path:
    """A stand-in for a Python: it knows its version, and makes environments of stand-ins."""
    name = folder / "python"
    name.write_text(
        "#!/bin/sh\n"
        f'case "$*" in --version) echo Python {version};;\n'
        f"  *sys.exit*) exit {int(not is_supported)};;\n"
        '  *"-m venv"*) shift 2; mkdir -p "$1/bin"; cp "$0" "$1/bin/python"; touch "$1/new";;\n'
        "esac\n",
        encoding="utf-8",
    )
    name.chmod(name.stat().st_mode | stat.S_IEXEC)
    return name


def install(folder: Path, python: Path) -> subprocess.CompletedProcess:
    (folder / "requirements.txt").touch()
    command = ["make", "-f", str(ROOT / "Makefile"), "install", f"PYTHON={python}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@needs_make
def test_a_python_that_is_too_old_is_one_line_and_leaves_nothing(tmp_path):
    """Fault D9: pip's list of versions, and a .venv that the right Python then was given."""
    done = install(tmp_path, python_of(tmp_path, "3.10.13", is_supported=False))
    assert done.returncode
    first = done.stderr.splitlines()[0]
    assert first == (
        "Python 3.10.13 here; the book needs 3.11 to 3.13: make book PYTHON=python3.12"
    )
    assert not (tmp_path / ".venv").exists()


@needs_make
def test_an_environment_of_another_python_is_made_anew_and_a_good_one_kept(tmp_path):
    old = tmp_path / ".venv/bin"
    old.mkdir(parents=True)
    python_of(old, "3.10.13", is_supported=False)
    (tmp_path / "good").mkdir()
    good = python_of(tmp_path / "good", "3.12.1", is_supported=True)
    assert install(tmp_path, good).returncode == 0
    assert (tmp_path / ".venv/new").exists()
    (tmp_path / ".venv/new").unlink()
    (tmp_path / ".venv/.installed").unlink()
    assert install(tmp_path, good).returncode == 0
    assert not (tmp_path / ".venv/new").exists()  # one of a right Python is only completed
