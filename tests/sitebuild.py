"""The site that the tests look at: all stored chapters and a toy one, built as hosts do."""

import os
import re
import shutil
import subprocess
import sys
import time
from base64 import b64encode

import matplotlib
import nbformat
import numpy as np
import yaml
from bs4 import BeautifulSoup
from matplotlib import pyplot as plt
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.book.site import SITE_FILES, allow_missing_links, shortened_toc
from helpers.figures import style
from helpers.figures.flipbook import Frame, flipbook
from helpers.figures.interactive import ring
from helpers.figures.threshold import threshold
from helpers.figures.trackplayer import player
from helpers.files import ROOT

LISTED = re.findall(r"file: chapters/(\w+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
STORED = sorted(path.stem for path in (ROOT / "chapters").glob("[0-9][0-9]_*.ipynb"))
PLAIN = re.findall(r"(?:file|root): (\w+)$", (ROOT / "_toc.yml").read_text(), re.MULTILINE)
NAMES = [
    *PLAIN,
    *(f"chapters/{stem}" for stem in STORED),
    "toy",
    "globe",
    "telling",
]  # every page with content
SECONDS = 60
# The site's hosts have none of these: importing one while building fails.
BUILD = """
import sys
for name in ("torch", "cebra", "helpers", "sklearn", "matplotlib", "scipy"):
    sys.modules[name] = None
sys.argv = ["jupyter-book", "build", ".", "-W", "--keep-going"]
from jupyter_book.cli.main import main
main()
"""

OTHER = "toy.c: not recorded\n"
SAME = "toy.a: as recorded\ntoy.b: as recorded\n"
SCORES = (
    '<table class="scorecard book-scorecard"><thead><tr><th scope="col">claim</th></tr></thead>'
    "<tbody>"
    '<tr class="group"><th>02</th></tr>'
    '<tr data-claim="a.b" data-said-by="blog" data-chapter="02" data-verdict="reproduced">'
    "<td><strong>a sphere</strong></td></tr>"
    '<tr class="group"><th>03</th></tr>'
    '<tr data-claim="a.c" data-said-by="paper" data-chapter="03" data-verdict="reproduced">'
    "<td><strong>a score</strong></td></tr>"
    '<tr data-claim="a.d" data-said-by="blog" data-chapter="03" data-verdict="not reproduced">'
    "<td><strong>a path</strong></td></tr></tbody></table>"
)


def notebook(*cells):
    """A stored chapter of these cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=list(cells), metadata={"kernelspec": kernel})


def toy_globe():
    """A chapter with two rotatable figures, far apart; nothing weighs more than their library."""
    angle = np.linspace(0, 6, 300)
    points = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    turns = [
        ring(
            points, angle / 6, np.sign(angle - 3), 1.6,
            name=name, alt="A toy ring", caption="Turn it.", simulated=True,
        )
        for name in ("toy-ring", "toy-ring-below")
    ]  # fmt: skip
    far = '<div style="height: 3000px"></div>'
    html = new_output("display_data", {"text/html": far.join(turns), "text/plain": "toy"})
    return notebook(new_markdown_cell("# A globe"), new_code_cell("globe()", outputs=[html]))


def toy_chapter():
    """A chapter with everything else that helpers put on a page."""
    figure, alt = toy_picture()
    with plt.style.context(style.STYLE_FILE):
        png = b64encode(style.to_png(figure)).decode()
    plt.close(figure)
    picture = new_output(
        "display_data",
        {"image/png": png, "text/plain": "toy"},
        metadata={"image/png": {"alt": alt}},
    )
    walk = np.r_[np.linspace(0.1, 1.5, 40), np.linspace(1.5, 0.1, 40)]
    track = player(
        walk, walk + 0.05, [slice(0, 40), slice(40, 80)], 0.025, 1.6,
        name="toy-track", alt="A toy run", caption="Play it.", simulated=True,
    )  # fmt: skip
    html = new_output("display_data", {"text/html": track + SCORES, "text/plain": "toy"})
    table = "| a | b |\n| --- | --- |\n| 1 | **2** |\n\nand $r^2$"
    prose = new_output("display_data", {"text/markdown": table, "text/plain": "toy"})
    return notebook(
        new_markdown_cell("# A toy\n\n> An aside with $x^2$ and `code`."),
        new_code_cell("import os", metadata={"tags": ["bootstrap"]}),
        new_code_cell("toy()", outputs=[picture, html, prose]),
        new_code_cell("checks()", outputs=[new_output("stream", text=SAME)]),
        new_code_cell(
            "checks()", outputs=[new_output("stream", text=f"{SAME}toy.c: not recorded\n")]
        ),
    )


def toy_telling():
    """A chapter's first screen, folded code, pictures to choose among, and a wide table."""
    head = "# Telling\n\n**Question.** What?\n\n**Method.** So.\n\n**Limit.** Not all."
    answer = (
        '<div class="book-answer" data-figure="toy-line"><p><strong>Result.</strong></p><ul>'
        '<li>It is 5.</li></ul><a class="answer-picture" href="#fig-toy-line"><img alt="small" '
        'src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></a></div>'
    )
    with matplotlib.rc_context():  # a style outlives the fixture that builds the site
        style.use(Toy)
        books = [toy_book("slider", True), toy_book("choice", False)]
        style.use()
    bars = {"h0": np.array([[0, 0.2], [0, np.inf]]), "h1": np.array([[0.1, 0.9], [0.3, 0.4]])}
    books.append(threshold({"a model": bars}, 0.3, "Move it."))
    figure, alt = toy_picture()
    png = b64encode(style.to_png(figure)).decode()
    plt.close("all")
    picture = new_output("display_data", {"image/png": png}, metadata={"image/png": {"alt": alt}})
    caption = '<p class="book-caption" id="fig-toy-line">A line.</p>'
    wide = f"| {' | '.join('abcdefgh')} |\n|{'---|' * 8}\n| {' | '.join('12345678')} |"
    html = [new_output("display_data", {"text/html": one}) for one in (answer, caption)]
    return notebook(
        new_markdown_cell(head),
        new_code_cell("# @title Imports\nimport os", outputs=html[:1], metadata=FOLDED),
        new_code_cell("# @title Figure\ndraw()", outputs=[picture, html[1]], metadata=FOLDED),
        new_code_cell(
            "choose()",
            outputs=[new_output("display_data", {"text/html": one.data}) for one in books],
        ),
        new_code_cell("table()", outputs=[new_output("display_data", {"text/markdown": wide})]),
    )


def toy_book(kind, slides):
    """Two pictures to choose between."""
    frames = [Frame(label, f"{label} it is", *toy_picture()) for label in ("one", "two")]
    return flipbook(frames, name=f"toy-{kind}", question="Which?", caption="Choose.", slider=slides)


FOLDED = {"tags": ["hide-input"]}


class Toy:
    """A real recording, as far as figures ask."""

    source = "local"


def toy_picture():
    """A figure and what it shows."""
    with plt.style.context(style.STYLE_FILE):
        figure, axes = plt.subplots()
        axes.plot([1, 2, 3])
    return figure, "A line that rises"


def lay_out(folder):
    """Copy what the site is built from, with all stored chapters and the toy one."""
    for name in SITE_FILES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    for part in ("chapters", "data"):
        (folder / part).mkdir()
    shutil.copy2(ROOT / "data/results.json", folder / "data")
    for stem in STORED:
        shutil.copy2(ROOT / "chapters" / f"{stem}.ipynb", folder / "chapters")
    nbformat.write(toy_chapter(), folder / "toy.ipynb")
    nbformat.write(toy_globe(), folder / "globe.ipynb")
    nbformat.write(toy_telling(), folder / "telling.ipynb")
    toc = yaml.safe_load(shortened_toc(ROOT, STORED))
    toc["parts"][-1]["chapters"] += [{"file": name} for name in ("toy", "globe", "telling")]
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False), encoding="utf-8")
    if len(STORED) < len(LISTED):
        allow_missing_links(folder / "_config.yml")


def build(folder):
    """Build it with the packages that its hosts lack out of reach; the folder of its pages."""
    start = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", BUILD], cwd=folder, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert time.monotonic() - start < SECONDS
    return folder / "_build" / "html"


def soup(page):
    """A built page, parsed."""
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
