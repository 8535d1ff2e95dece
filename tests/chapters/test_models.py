"""The table of models in CONTRIBUTING.md against the jobs that the chapters build."""

import ast
import importlib
import inspect
import re
from collections import Counter

import pytest

from helpers.files import ROOT
from helpers.recordings.loading import RATS, load_recording
from helpers.sweep.jobs import sweep_jobs_09

ROW = re.compile(r"^\| (\d\d) \| (quick|full) \| ([\d,+ ×?]+) \|$", re.MULTILINE)
TABLE = ROW.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))


def builder(number):
    """Find a chapter's `jobs_NN(recording, profile)`: in helpers, or in the chapter itself."""
    wanted = f"jobs_{number}"
    for path in (ROOT / "helpers").rglob("*.py"):
        if f"def {wanted}(" in path.read_text(encoding="utf-8"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            return getattr(importlib.import_module(module), wanted)
    (chapter,) = (ROOT / "chapters").glob(f"{number}_*.py")
    source = chapter.read_text(encoding="utf-8")
    if wanted not in source:
        return None
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef)
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if isinstance(node, kept)]
    names = {}
    exec(compile(tree, str(chapter), "exec"), names)
    return names[wanted]


def chapters():
    return sorted(path.name[:2] for path in (ROOT / "chapters").glob("[0-9][0-9]_*.py"))


@pytest.mark.parametrize(("number", "profile", "models"), TABLE)
def test_the_table_counts_what_the_chapter_trains(number, profile, models):
    if number not in chapters():
        pytest.skip(f"chapter {number} is not written yet")
    build = builder(number)
    assert build, f"chapter {number} has no jobs_{number}(recording, profile) to count"
    recordings = [load_recording(f"simulated-{rat}".removesuffix("-achilles")) for rat in RATS]
    compares = number == "04"  # it has nothing to compare without the other rats
    more = "others" in inspect.signature(build).parameters and (profile == "full" or compares)
    jobs = [*build(recordings[0], profile, *([recordings[1:]] if more else [])).values()]
    if number == "09":
        jobs += sweep_jobs_09(recordings[0], profile).values()
    steps = Counter(job.parameters["max_iterations"] for job in jobs)
    parts = [f"{count:,} × {each:,}" for each, count in sorted(steps.items(), reverse=True)]
    assert " + ".join(parts) == models


def test_the_table_has_every_chapter_in_both_profiles():
    rows = {(number, profile) for number, profile, *_ in TABLE}
    train = [number for number in chapters() if number != "08"]  # the scorecard trains nothing
    assert rows >= {(number, profile) for number in train for profile in ("quick", "full")}
