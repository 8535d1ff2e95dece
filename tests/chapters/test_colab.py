"""On other people's machines. In Colab a chapter's first cell fetches the book and leaves torch be,
in Binder all is installed that the chapters import.

The environment holds Colab's own versions of what must not change, and a stand-in for torch, whose
real weight would add nothing: pip reads its name and version only.
"""

import ast
import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import yaml

from helpers.book.pairing import read_source
from helpers.book.runner import chapter_files
from helpers.files import ROOT

COLAB = {"numpy": "2.1.3", "scikit-learn": "1.6.1", "pandas": "2.2.3"}
STAND_INS = {"torch": "2.11.0"}
OTHER_NAME = {
    "sklearn": "scikit-learn", "yaml": "PyYAML", "umap": "umap-learn", "PIL": "Pillow",
    "IPython": "ipykernel", "mpl_toolkits": "matplotlib",
}  # fmt: skip
# pyarrow is for tables of sweeps in Parquet alone; the others run chapters from the command line
BROUGHT_ALONG = {"pyarrow", "papermill", "nbclient"}
CHAPTERS = chapter_files(ROOT)
REPOSITORY = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]


def python_of(folder):
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """An environment with Colab's versions; skipped where no package index answers (not in CI)."""
    folder = tmp_path_factory.mktemp("colab") / "venv"
    venv.create(folder, with_pip=True)
    pins = [f"{name}=={version}" for name, version in COLAB.items()]
    command = [python_of(folder), "-m", "pip", "install", "--quiet", "--upgrade", "pip", *pins]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"Colab's versions could not be installed: {done.stderr[-300:]}"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    (packages,) = folder.glob("lib/python*/site-packages")
    for name, version in STAND_INS.items():
        made = packages / f"{name}-{version}.dist-info"
        made.mkdir()
        (made / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (made / "RECORD").write_text("")
        (made / "INSTALLER").write_text("pip\n")
    return folder


@pytest.fixture(scope="module")
def remote(tmp_path_factory):
    """A bare clone of this repository, with the tag that the chapters ask for."""
    bare = tmp_path_factory.mktemp("remote") / "book.git"
    git = ["git", "-c", f"safe.directory={ROOT}"]
    subprocess.run([*git, "clone", "--quiet", "--bare", str(ROOT), str(bare)], check=True)
    has = subprocess.run(
        ["git", "-C", bare, "rev-parse", "--verify", "--quiet", REPOSITORY["branch"]]
    )
    if has.returncode:
        subprocess.run(["git", "-C", bare, "tag", REPOSITORY["branch"], "HEAD"], check=True)
    return bare


def first_cell(path):
    (cell,) = [c for c in read_source(path).cells if "bootstrap" in c.metadata.get("tags", [])]
    return cell.source


def run_first_cell(path, colab, remote, folder):
    """Run a chapter's first cell as Colab would, pip only reporting what it would do."""
    program = f"import sys; sys.modules['google.colab'] = sys\n{first_cell(path)}\n"
    program += "import os; print(os.getcwd()); print(sys.path[0])"
    environment = {
        **os.environ,
        "GIT_CONFIG_COUNT": "2",  # the book's address leads to the local clone
        "GIT_CONFIG_KEY_0": f"url.{remote.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": REPOSITORY["url"],
        "GIT_CONFIG_KEY_1": "safe.directory",
        "GIT_CONFIG_VALUE_1": "*",
        "PIP_DRY_RUN": "1",
        "PIP_REPORT": str(folder / "report.json"),
    }
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [python_of(colab), "-c", program], cwd=folder, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_the_first_cell_fetches_the_book_and_leaves_colabs_packages_alone(colab, remote, tmp_path):
    done = run_first_cell(CHAPTERS[0], colab, remote, tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    planned = {
        one["metadata"]["name"].lower(): one["metadata"]["version"] for one in report["install"]
    }
    assert "cebra" in planned
    assert not set(planned) & {*COLAB, *STAND_INS}, planned
    where = Path(done.stdout.splitlines()[-2])
    assert where == tmp_path / "book"
    assert (where / "_toc.yml").exists()
    again = run_first_cell(CHAPTERS[0], colab, remote, where)
    assert again.returncode == 0, again.stderr
    assert Path(again.stdout.splitlines()[-1]) == where


@pytest.mark.slow
@pytest.mark.parametrize("path", CHAPTERS[1:], ids=lambda path: path.stem)
def test_all_chapters_start_alike(path):
    assert first_cell(path) == first_cell(CHAPTERS[0])


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_outside_colab_the_first_cell_only_finds_the_root(path, tmp_path):
    program = f"{first_cell(path)}\nprint(sys.path[0]); print(sorted(Path.cwd().iterdir()))"
    chapters = tmp_path / "chapters"
    chapters.mkdir()
    (tmp_path / "_toc.yml").write_text("")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=chapters, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(tmp_path), "[]"]


def imported():
    """Names of the packages that chapters and helpers import, wherever they do."""
    found = set()
    for path in [*CHAPTERS, *(ROOT / "helpers").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"helpers"}


def names_in(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return {re.split(r"[=<>;\s]", line)[0].lower() for line in lines if re.match(r"\w", line)}


def test_binder_installs_what_the_chapters_import():
    binder = names_in(ROOT / ".binder/requirements.txt")
    assert binder < names_in(ROOT / "requirements.txt"), "versions stand there"
    lacking = {OTHER_NAME.get(name, name).lower() for name in imported()} - binder - BROUGHT_ALONG
    assert lacking == set()


def test_what_colab_lacks_has_the_books_own_names():
    assert names_in(ROOT / "requirements-colab.txt") < names_in(ROOT / "requirements.txt")
