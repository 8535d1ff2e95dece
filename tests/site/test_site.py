"""The site: built strictly from stored outputs, without torch; its pages as they are stored."""

import functools
import re

import nbformat
import pytest
import yaml
from sitebuild import LISTED, STORED, soup

from helpers.figures.interactive import MAX_BYTES
from helpers.files import ROOT


def content(pages):
    found = sorted([*pages.glob("*.html"), *pages.glob("chapters/*.html")])
    return [p for p in found if p.name not in ("index.html", "genindex.html", "search.html")]


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
    images = soup(pages / "chapters" / f"{stem}.html").select("article .cell_output img")
    shown = [image for image in images if image.find_parent(class_="book-flip") is None]
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
    output = soup(pages / "toy.html").select_one("article .cell_output:has(.math)")
    assert "2" in [bold.get_text() for bold in output.select("td strong")]
    assert output.select_one(".math")


def test_checks_that_all_passed_are_folded_and_others_are_not(pages):
    parsed = soup(pages / "toy.html")
    (fold,) = parsed.select("details.recorded")
    assert fold.summary.get_text() == "2 values, each as recorded"
    assert fold.pre.get_text() == "toy.a\ntoy.b\n"
    (left,) = [pre.get_text() for pre in parsed.select(".output.stream pre")]
    assert left == "toy.a: as recorded\ntoy.b: as recorded\ntoy.c: not recorded\n"


def test_only_pages_with_a_globe_can_load_plotly_and_their_points_wait_in_files(pages):
    for page in content(pages):
        text, parsed = page.read_text(encoding="utf-8"), soup(page)
        globes = text.count('class="book-plotly"')
        assert len(parsed.select('script[src*="globes.js"]')) == bool(globes), page.name
        assert not parsed.select('script[src*="plotly"]'), "it would hold up the page"
        waiting = parsed.select(".book-plotly-data[data-points]")
        assert len(waiting) == len(parsed.select('script[type="text/book-plotly"]')) == globes
        for points in waiting:
            assert points.get_text() == ""
            file = (page.parent / points["data-points"]).resolve()
            assert 0 < file.stat().st_size < MAX_BYTES
    assert (pages / "_static/plotly.min.js").exists()


def test_the_launch_buttons_lead_to_the_notebook(pages):
    address = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]
    owner_and_name = address.removeprefix("https://github.com/")
    for stem in STORED:
        links = [a["href"] for a in soup(pages / "chapters" / f"{stem}.html").select("a[href]")]
        wanted = (
            f"colab.research.google.com/github/{owner_and_name}/blob/main/chapters/{stem}.ipynb"
        )
        assert any(wanted in link for link in links)
        binder = f"mybinder.org/v2/gh/{owner_and_name}/main?urlpath=lab/tree/chapters/{stem}.ipynb"
        assert any(binder in link for link in links)


def test_links_within_the_site_lead_somewhere(pages):
    if len(STORED) < len(LISTED):
        pytest.skip("not all chapters are published, so some links must dangle")
    read = functools.cache(soup)  # many links lead to few pages, and parsing is slow
    for page in content(pages):
        for link in read(page).select("article a[href]"):
            target, _, anchor = link["href"].partition("#")
            if re.match(r"\w+:", target):
                continue
            file = (page.parent / target).resolve() if target else page
            assert file.exists(), f"{page.name}: {link['href']}"
            if anchor:
                assert read(file).find(id=anchor), f"{page.name}: {link['href']}"


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
    colours = rule('html[data-theme="dark"]' if theme == "dark" else "html[data-theme]")
    pair = [luminance(colours[f"--pst-color-{name}"]) for name in (text, ground)]
    assert (max(pair) + 0.05) / (min(pair) + 0.05) >= 4.5


def test_outputs_have_no_pane_and_pictures_are_not_dimmed():
    assert rule("html[data-theme] .bd-content div.cell_output img")["background"] == "transparent"
    assert rule("html[data-theme] .bd-content img")["filter"] == "none"


@pytest.mark.parametrize(
    ("recording", "profile", "said"),
    [
        ("achilles", "full", []),
        ("achilles", "quick", ["Quick profile."]),
        ("simulated", "quick", ["Simulated recording. No rat", "Quick profile."]),
        ("simulated-buddy", "full", ["Simulated recording. No rat"]),
    ],
)
def test_the_first_page_says_what_its_numbers_rest_on(monkeypatch, recording, profile, said):
    """A bug of once: the first page of a simulated run had a rat's median error, and no rat ran."""
    monkeypatch.syspath_prepend(ROOT / "_ext")
    from holdings import caveats

    found = caveats({"toy": {"recording": recording, "profile": profile}})
    assert len(found) == len(said)
    assert all(text.startswith(start) for text, start in zip(found, said, strict=True))
