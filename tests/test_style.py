"""House rules that a machine can check: ruff, lengths, and no path of one machine."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.files import ROOT

FUNCTION_LINES, MODULE_LINES, CODE_WIDTH, PROSE_WIDTH = 40, 300, 100, 125
MODULES = sorted(
    path
    for folder in ("helpers", "benchmarks", "_ext", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
CHAPTERS = sorted((ROOT / "chapters").glob("*.py"))
# Folders that exist on one machine only; written so that this line is none of them.
MACHINE = re.compile(r"(?<![\w.~-])/(?:wor[k]|hom[e]|roo[t]|User[s])/\w|[A-Z]:\\User[s]")


def name(path):
    return str(path.relative_to(ROOT))


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / entry for entry in listed.stdout.split("\0") if entry]


def body_lines(function):
    """Lines from the first statement after the docstring to the last."""
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_ruff_is_content():
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", [*MODULES, *CHAPTERS], ids=name)
def test_functions_fit_the_eye(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [
        n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    long = {f.name: body_lines(f) for f in functions if body_lines(f) > FUNCTION_LINES}
    assert long == {}


@pytest.mark.parametrize("path", [p for p in MODULES if "tests" not in p.parts], ids=name)
def test_modules_have_one_subject(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MODULE_LINES


@pytest.mark.parametrize("path", [p for p in MODULES if "tests" not in p.parts], ids=name)
def test_modules_say_what_they_are(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_chapter_lines_are_not_too_wide(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        prose = line.startswith("#") or re.match(r'\s*(f?"|alt=|caption=|\+ f?")', line)
        limit = PROSE_WIDTH if prose else CODE_WIDTH
        unbreakable = "http" in line or line.startswith("# |")
        assert len(line) <= limit or unbreakable, f"line {number} has {len(line)} characters"


def test_no_file_names_a_folder_of_one_machine():
    found = {}
    for path in tracked():
        if path.suffix in (".png", ".ico") or not path.exists():
            continue
        hits = MACHINE.findall(path.read_text(encoding="utf-8", errors="replace"))
        if hits:
            found[name(path)] = hits
    assert found == {}


def test_nothing_of_a_run_is_committed():
    kept = {"_run", "_build", ".venv", "node_modules"}
    for path in tracked():
        inside = Path(name(path))
        assert not kept.intersection(inside.parts), inside
        assert inside.parts[:2] not in (("data", "recordings"), ("data", "cache")), inside
        assert inside.suffix not in (".npz", ".jl", ".pt"), inside


def test_requirements_are_pinned_and_explained():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").lower()
    for line in pins:
        package = re.match(r"([\w.-]+)==\d", line)
        assert package, f"{line!r} is not pinned"
        assert package[1].lower() in text, f"{package[1]} is not explained in CONTRIBUTING.md"


def test_the_smaller_requirements_agree_with_the_pins():
    def pins(file):
        found = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / file).read_text(encoding="utf-8"), re.M)
        return {(package.lower(), version) for package, version in found}

    assert pins("requirements-site.txt") <= pins("requirements.txt")
    assert pins("requirements-colab.txt") <= pins("requirements.txt")
    colab = (ROOT / "requirements-colab.txt").read_text(encoding="utf-8")
    assert not re.search(r"^(torch|numpy|scipy|scikit-learn|pandas)\b", colab, re.M)


def test_a_wing_knows_only_those_below_it():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted((ROOT / "helpers").rglob("*.py")), ids=name)
def test_imports_are_relative_inside_a_wing_and_absolute_between(path):
    wing = ".".join(path.relative_to(ROOT).parent.parts)
    inside = wing if wing != "helpers" else "helpers."
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level <= 1, f"line {node.lineno} leaves {wing}; import it from helpers"
            absolute = node.module if not node.level else ""
            assert not f"{absolute}.".startswith(f"{inside}."), f"line {node.lineno}: use a dot"


def test_the_ground_floor_is_small_and_the_wings_are_many():
    helpers = ROOT / "helpers"
    assert len(list(helpers.glob("*.py"))) <= 8
    assert len(list(helpers.glob("*/__init__.py"))) >= 10
