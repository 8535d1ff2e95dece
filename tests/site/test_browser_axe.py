"""axe-core on every page, in both themes: nothing at all."""

import os
import shutil
import subprocess

import pytest
from sitebuild import NAMES, ROOT

FOLDER = ROOT / "tests"
AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
# axe is to see also what is laid out only when it comes near
ALL = """new Promise(done => {
  for (const box of document.querySelectorAll("article *"))
    if (getComputedStyle(box).contentVisibility === "auto") box.style.contentVisibility = "visible";
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""


@pytest.fixture(scope="module")
def axe():
    """The checker's script, installed from npm as tests/package.json pins it."""
    if not AXE.exists() and shutil.which("npm"):
        command = ["npm", "ci", "--no-audit", "--no-fund", "--prefix", str(FOLDER)]
        subprocess.run(command, check=False, capture_output=True)
    if not AXE.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("no axe-core; .ci/run installs npm, and `npm ci --prefix tests` fetches it")
        pytest.skip("no axe-core: npm ci --prefix tests")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", [*NAMES, "search"])
def test_axe_finds_nothing(visit, axe, name, theme):
    page = visit(name, theme=theme, still=True).page
    page.evaluate(ALL)
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert found["passes"], "axe looked at something"
    wrong = {
        one["id"]: [node["html"][:120] for node in one["nodes"]][:4] for one in found["violations"]
    }
    assert wrong == {}
