"""The site: built strictly from stored outputs, without torch, and looked at by a browser."""

import os
import re
import shutil
import subprocess
import sys
import time
from base64 import b64encode

import nbformat
import numpy as np
import pytest
import yaml
from bs4 import BeautifulSoup
from matplotlib import pyplot as plt
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.figures import style
from helpers.files import ROOT
from helpers.interactive import ring
from helpers.site import SITE_FILES, allow_missing_links, shortened_toc

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
LISTED = re.findall(r"file: chapters/(\w+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
STORED = sorted(path.stem for path in (ROOT / "chapters").glob("[0-9][0-9]_*.ipynb"))
# The site's hosts have none of these: importing one while building fails.
BUILD = """
import sys
for name in ("torch", "cebra", "helpers", "sklearn"):
    sys.modules[name] = None
sys.argv = ["jupyter-book", "build", ".", "-W", "--keep-going"]
from jupyter_book.cli.main import main
main()
"""


def toy_chapter():
    """A notebook with everything that helpers put on a page."""
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    png = b64encode(style.to_png(figure)).decode()
    plt.close(figure)
    angle = np.linspace(0, 6, 300)
    points = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    turn = ring(
        points, angle / 6, np.sign(angle - 3), 1.6,
        name="toy-ring", alt="A toy ring", caption="Turn it.", simulated=True,
    )  # fmt: skip
    picture = new_output(
        "display_data",
        {"image/png": png, "text/plain": "toy"},
        metadata={"image/png": {"alt": "A line that rises"}},
    )
    html = new_output("display_data", {"text/html": turn, "text/plain": "toy"})
    table = "| a | b |\n| --- | --- |\n| 1 | **2** |\n\nand $r^2$"
    prose = new_output("display_data", {"text/markdown": table, "text/plain": "toy"})
    cells = [
        new_markdown_cell("# A toy\n\n> An aside with $x^2$ and `code`."),
        new_code_cell("import os", metadata={"tags": ["bootstrap"]}),
        new_code_cell("toy()", outputs=[picture, html, prose]),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The built site of all stored chapters and a toy one."""
    folder = tmp_path_factory.mktemp("book")
    for name in SITE_FILES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    (folder / "chapters").mkdir()
    for stem in STORED:
        shutil.copy2(ROOT / "chapters" / f"{stem}.ipynb", folder / "chapters")
    nbformat.write(toy_chapter(), folder / "toy.ipynb")
    toc = yaml.safe_load(shortened_toc(ROOT, STORED))
    toc["parts"][-1]["chapters"].append({"file": "toy"})
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False), encoding="utf-8")
    if len(STORED) < len(LISTED):
        allow_missing_links(folder / "_config.yml")
    start = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", BUILD], cwd=folder, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert time.monotonic() - start < 60
    return folder / "_build" / "html"


def soup(page):
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def content(pages):
    found = sorted([*pages.glob("*.html"), *pages.glob("chapters/*.html")])
    return [p for p in found if p.name not in ("index.html", "genindex.html", "search.html")]


def look(page):
    """The page as the browser has it after its scripts ran, and what it said meanwhile."""
    if BROWSER is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no chromium; .ci/run installs it")
        pytest.skip("no chromium to look with")
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader", "--disable-dev-shm-usage", "--enable-logging=stderr",
        "--allow-file-access-from-files", "--virtual-time-budget=15000", "--dump-dom",
        page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    said = "\n".join(line for line in done.stderr.splitlines() if ":CONSOLE" in line)
    return BeautifulSoup(done.stdout, "html.parser"), said


def test_every_chapter_of_the_book_has_its_page(pages):
    for stem in LISTED:
        page = pages / "chapters" / f"{stem}.html"
        assert page.exists()
        assert soup(page).find("h1")
    assert (pages / "index.html").exists()


@pytest.mark.parametrize("stem", STORED)
def test_chapters_keep_their_figures(pages, stem):
    notebook = nbformat.read(ROOT / "chapters" / f"{stem}.ipynb", as_version=4)
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", ())]
    stored = [o for o in outputs if "image/png" in o.get("data", {})]
    shown = soup(pages / "chapters" / f"{stem}.html").select("article .cell_output img")
    assert stored, "a chapter has figures"
    assert len(shown) == len(stored)
    assert all((pages / "chapters" / image["src"]).resolve().exists() for image in shown)


def test_every_picture_has_a_text(pages):
    for page in content(pages):
        for image in soup(page).select("article img"):
            assert image.get("alt", "").strip(), f"{page.name}: {image}"
            assert not image["alt"].startswith("../_images"), f"{page.name}: {image}"
    (image,) = soup(pages / "toy.html").select("article .cell_output img")
    assert image["alt"] == "A line that rises"


def test_tables_and_formulas_of_outputs_are_rendered(pages):
    output = soup(pages / "toy.html").select_one("article .cell_output:has(table)")
    assert output.select_one("td strong").get_text() == "2"
    assert output.select_one(".math")


def test_plotly_is_loaded_once_and_only_where_needed(pages):
    for page in content(pages):
        scripts = soup(page).select('script[src*="plotly"]')
        needed = 'class="book-plotly"' in page.read_text(encoding="utf-8")
        assert len(scripts) == needed, page.name
        for script in scripts:
            assert (page.parent / script["src"].split("?")[0]).resolve().exists()
    assert (pages / "_static/plotly.min.js").exists()


def test_the_launch_button_leads_to_the_notebook(pages):
    address = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]
    owner_and_name = address.removeprefix("https://github.com/")
    for stem in STORED:
        links = [a["href"] for a in soup(pages / "chapters" / f"{stem}.html").select("a[href]")]
        wanted = (
            f"colab.research.google.com/github/{owner_and_name}/blob/main/chapters/{stem}.ipynb"
        )
        assert any(wanted in link for link in links)


def test_links_within_the_site_lead_somewhere(pages):
    if len(STORED) < len(LISTED):
        pytest.skip("not all chapters are published, so some links must dangle")
    for page in content(pages):
        for link in soup(page).select("article a[href]"):
            target, _, anchor = link["href"].partition("#")
            if re.match(r"\w+:", target):
                continue
            file = (page.parent / target).resolve() if target else page
            assert file.exists(), f"{page.name}: {link['href']}"
            if anchor:
                assert soup(file).find(id=anchor), f"{page.name}: {link['href']}"


def test_a_browser_shows_the_toy_page(pages):
    dom, said = look(pages / "toy.html")
    assert dom.html["data-theme"] == "dark"
    assert "Uncaught" not in said, said
    figure = dom.select_one("#toy-ring")
    assert figure.select_one(".js-plotly-plot"), "plotly drew"
    assert "Loading the rotatable figure" not in figure.get_text()


@pytest.mark.parametrize("name", ["intro", "references", *(f"chapters/{s}" for s in STORED)])
def test_a_browser_shows_every_page_without_errors(pages, name):
    dom, said = look(pages / f"{name}.html")
    assert dom.html["data-theme"] == "dark"
    assert "Uncaught" not in said, said
    assert dom.select_one("article h1").get_text(strip=True)
    drawn = dom.select(".book-plotly .js-plotly-plot")
    assert len(drawn) == len(dom.select(".book-plotly"))


def rule(selector):
    """Declarations of the first rule of book.css whose selectors hold `selector`."""
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "_static/book.css").read_text(), flags=re.DOTALL)
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        if selector in [part.strip() for part in selectors.split(",\n")]:
            return dict(re.findall(r"([\w-]+):\s*([^;]+);", body))
    raise AssertionError(f"book.css has no rule for {selector}")


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("text", ["text-base", "text-muted", "heading", "link", "inline-code"])
@pytest.mark.parametrize("ground", ["background", "surface"])
def test_text_is_legible_in_both_themes(theme, text, ground):
    """Contrast of WCAG AA, 4.5 to 1."""
    colours = rule(f'html[data-theme="{theme}"]')
    pair = [luminance(colours[f"--pst-color-{name}"]) for name in (text, ground)]
    assert (max(pair) + 0.05) / (min(pair) + 0.05) >= 4.5


def test_outputs_have_no_pane_and_pictures_are_not_dimmed():
    assert rule("html[data-theme] .bd-content div.cell_output img")["background"] == "transparent"
    assert rule("html[data-theme] .bd-content img")["filter"] == "none"
