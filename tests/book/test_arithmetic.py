"""Quick runs compute alike on every x86 machine.

The bug: `.ci/run` failed on values of UMAP and of near ties that another processor had recorded.
"""

import json
import os
import subprocess
import sys

import pytest

from helpers.book.arithmetic import AVX2, steady
from helpers.book.kernels import variables
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
