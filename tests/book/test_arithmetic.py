"""Quick runs compute alike on every x86 machine.

The bug: `.ci/run` failed on values of UMAP and of near ties that another processor had recorded.
"""

import json
import os
import platform
import subprocess
import sys

import pytest

from helpers.book.arithmetic import AVX2, steady
from helpers.book.kernels import ALLOCATION, variables
from helpers.book.runner import Run

FOUND = """
import json, numpy, torch
from numpy._core._multiarray_umath import __cpu_features__ as found
print(json.dumps([torch.backends.cpu.get_cpu_capability(), bool(found.get("X86_V4"))]))
"""


@pytest.mark.parametrize(("flags", "kept"), [("sse2 avx avx2 fma", AVX2), ("sse2 avx", None)])
def test_only_a_processor_with_avx2_is_held_to_it(tmp_path, monkeypatch, flags, kept):
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    file = tmp_path / "cpuinfo"
    file.write_text(f"flags\t\t: {flags}\n")
    assert steady(file) == (kept or {"CEBRA_BOOK_BF16": "0"})


def test_other_architectures_are_left_alone(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    assert steady() == {"CEBRA_BOOK_BF16": "0"}


@pytest.mark.skipif(steady() != AVX2, reason="no x86 processor with AVX2")
def test_libraries_keep_to_avx2():
    new = {**os.environ, **steady()}
    run = subprocess.run([sys.executable, "-c", FOUND], env=new, capture_output=True, text=True)
    assert json.loads(run.stdout) == ["AVX2", False], run.stderr


def test_quick_runs_are_steady_and_full_ones_take_what_there_is():
    assert variables(Run("toy", "quick")).items() >= steady().items()
    assert not set(AVX2) & set(variables(Run("toy", "full")))


HELD = """
import psutil
resident = lambda: psutil.Process().memory_info().rss
before = resident()
for step in range(3):
    [bytearray(b"x") * 2**22 for _ in range(12)]  # a step's arrays, freed together
print((resident() - before) // 2**20)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc reads these variables")
def test_the_memory_of_a_step_is_kept_for_the_next():
    """A fifth of a step's time went into pages that were given back and asked for again."""
    new = {**os.environ, **variables(Run("toy", "full"))}
    old = {name: value for name, value in new.items() if name not in ALLOCATION}
    kept, given_back = (
        subprocess.run([sys.executable, "-c", HELD], env=env, capture_output=True, text=True)
        for env in (new, old)
    )
    assert int(given_back.stdout) < 24 < int(kept.stdout), kept.stderr + given_back.stderr
