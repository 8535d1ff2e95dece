"""What comes from outside: locked with hashes, never unpickled unchecked; nothing tells home."""

import ast
import importlib.metadata
import os
import re
import tomllib

import pytest
import yaml
from packaging.markers import Marker

from helpers.files import ROOT

LOCK = (ROOT / ".ci/locked.txt").read_text(encoding="utf-8")
ENTRY = re.compile(
    r"^([\w.-]+)==(\S+)(?: ; (.+?))? \\\n((?:    --hash=\S+(?: \\)?\n)+)", re.MULTILINE
)
LEFT_OUT = {"torch"}  # its file depends on the machine, see .ci/lock
SOURCES = sorted(
    path
    for folder in ("helpers", "benchmarks", "_ext", "chapters")
    for path in (ROOT / folder).rglob("*.py")
)
# Whatever can run code out of a file. numpy.load cannot unless it is asked to.
OPENERS = {
    "pickle.load", "pickle.loads", "pickle.Unpickler", "joblib.load", "torch.load",
    "cloudpickle.load", "cloudpickle.loads", "dill.load", "dill.loads", "marshal.load",
    "marshal.loads", "shelve.open", "pandas.read_pickle", "yaml.load", "yaml.unsafe_load", "eval",
    "exec",
}  # fmt: skip
# What may be called all the same: the official file, after its checksum.
CHECKED = {("helpers/recordings/formats.py", "joblib.load")}


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([\w.-]+)==([^\s;]+)(?:; ([^#]+?))?\s*(?:#.*)?$", line) for line in lines)
    return {(canonical(one[1]), one[2]) for one in found if one}


def locked():
    return [(canonical(name), version, hashes) for name, version, _, hashes in ENTRY.findall(LOCK)]


def test_the_lock_has_every_pin_and_no_other_version_of_it():
    versions = {}
    for name, version, _ in locked():
        versions.setdefault(name, set()).add(version)
    wanted = {}
    for name, version in pins():
        wanted.setdefault(name, set()).add(version)
    assert len(wanted) > 30
    assert {name: versions.get(name) for name in wanted if name not in LEFT_OUT} == {
        name: version for name, version in wanted.items() if name not in LEFT_OUT
    }, "run .ci/lock"
    assert not LEFT_OUT & set(versions)


def test_everything_in_the_lock_has_hashes():
    packages = re.findall(r"^[\w.-]+==", LOCK, re.MULTILINE)
    assert len(packages) == len(locked()) > 100
    for name, _, hashes in locked():
        assert re.fullmatch(r"(\s+--hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+", hashes), name
    rest = ENTRY.sub("", LOCK).strip().splitlines()
    assert all(line.startswith("#") for line in rest), "no line may go round the hashes"
    assert "://" not in LOCK


def test_the_ci_installs_the_lock_before_anything_else():
    run = (ROOT / ".ci/run").read_text(encoding="utf-8")
    by_lock = run.index("pip install --quiet --require-hashes --no-deps -r .ci/locked.txt")
    assert by_lock < run.index("\nmake install")
    test = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    holes = test["jobs"]["known-holes"]
    assert holes["continue-on-error"] is True
    assert any("pip_audit" in step.get("run", "") for step in holes["steps"])


def test_what_is_installed_is_what_was_locked():
    if not os.environ.get("CEBRA_BOOK_LOCKED"):
        pytest.skip("installed from requirements.txt alone, not by the lock; .ci/run does that")
    wanted = {
        name: version
        for name, version, marker, _ in ENTRY.findall(LOCK)
        if not marker or Marker(marker).evaluate()
    }
    assert {name: importlib.metadata.version(name) for name in wanted} == wanted


def test_the_newest_versions_are_tried_every_week():
    text = (ROOT / ".github/workflows/newest.yml").read_text(encoding="utf-8")
    minute, hour, day, month, weekday = yaml.safe_load(text)[True]["schedule"][0]["cron"].split()
    assert (day, month) == ("*", "*")
    assert weekday != "*"
    loosen = re.search(r"run: sed -E '(/.+?)' requirements\.txt", text)[1]
    kept, pattern, by = re.fullmatch(r"/(.+)/! s/(.+)/(\\1)/", loosen).groups()
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    loose = [line if re.search(kept, line) else re.sub(pattern, by, line) for line in lines]
    still = [line for line in loose if re.match(r"[\w.-]+==", line)]
    assert [line.split("==")[0] for line in still] == ["jupyter-book", "sphinx-book-theme"]


def dotted(node):
    """Return a name as it is written, ``a.b.c``; empty for what is no plain name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def aliases(tree):
    """What names of a module mean, by its imports."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.asname: a.name for a in node.names if a.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return found


def opened(source):
    """Calls that could run code out of what they read: name and line."""
    tree = ast.parse(source)
    known = aliases(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        first, _, rest = dotted(node.func).partition(".")
        name = known.get(first, first) + (f".{rest}" if rest else "")
        given = {word.arg: word.value for word in node.keywords}
        if name == "yaml.load" and "_OnceLoader" in dotted(given.get("Loader", node)):
            continue  # a SafeLoader, see helpers/sweep/grid.py
        asked = given.get("allow_pickle", node.args[2] if len(node.args) > 2 else None)
        harmless = asked is None or (isinstance(asked, ast.Constant) and asked.value is False)
        if name in OPENERS or (name == "numpy.load" and not harmless):
            yield name, node.lineno


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_unpickled_that_was_not_checked(path):
    name = path.relative_to(ROOT).as_posix()
    found = [f"{call} in line {line}" for call, line in opened(path.read_text(encoding="utf-8"))
             if (name, call) not in CHECKED]  # fmt: skip
    assert found == []


@pytest.mark.parametrize(
    ("source", "call"),
    [
        ("import pickle\npickle.loads(b'')", "pickle.loads"),
        ("from joblib import load as read\nread('a')", "joblib.load"),
        ("import torch as t\nt.load('a.pt')", "torch.load"),
        ("import numpy as np\nnp.load('a.npz', None, maybe)", "numpy.load"),
        ("import numpy\nnumpy.load('a.npz', allow_pickle=True)", "numpy.load"),
        ("import yaml\nyaml.load('a', Loader=yaml.Loader)", "yaml.load"),
        ("import pandas as p\np.read_pickle('a')", "pandas.read_pickle"),
    ],
)
def test_openers_are_found_under_any_name(source, call):
    assert [name for name, _ in opened(source)] == [call]
    assert list(opened("import numpy as np\nnp.load('a.npz', allow_pickle=False)")) == []


def test_the_one_pickle_that_is_opened_is_checked_first():
    source = (ROOT / "helpers/recordings/formats.py").read_text(encoding="utf-8")
    body = source[source.index("def read_jl") : source.index("def write_npz")]
    assert body.index('md5 != REGISTRY[name]["md5_jl"]') < body.index("raise ValueError(\n")
    assert body.index("raise ValueError(\n") < body.index("joblib.load")
    assert source.count("joblib.load") == 1


def test_no_secret_and_no_telemetry():
    secret = re.compile(r"(ghp_|github_pat_|AKIA|hf_)[A-Za-z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY")
    home = re.compile(r"google-analytics|googletagmanager|plausible\.io|sentry_sdk|posthog|matomo")
    own = {"test_supply.py"}
    texts = [
        path
        for folder in ("helpers", "_ext", "_static", "_templates", ".github", ".ci", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".js", ".html", ".yml", ".css", ".sh", "") and path.is_file()
        and "node_modules" not in path.parts and path.name not in own
    ]  # fmt: skip
    assert len(texts) > 100
    for path in [*texts, ROOT / "_config.yml"]:
        text = path.read_text(encoding="utf-8")
        assert not secret.search(text), path
        assert not home.search(text), path
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
