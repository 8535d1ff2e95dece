"""How a page tells: the answer first, code a click away, pictures and tables that answer."""

import browse
import pytest
from sitebuild import STORED, soup

FOLDS = "details.code-fold"


def texts(page, selector):
    return [part.text_content() for part in page.locator(selector).all()]


def test_the_answer_stands_between_method_and_limit(pages):
    article = soup(pages / "telling.html").select_one("article")
    heads = [part.get_text()[:7] for part in article.select("p:has(> strong), .book-answer > p")]
    assert heads == ["Questio", "Method.", "Result.", "Limit. "]
    (picture,) = article.select(".answer-picture img")
    (figure,) = article.select(".cell_output img:not([src^=data])")
    assert picture["src"] == figure["src"], "the page's own picture, not a second copy of it"
    assert picture["alt"] == "A line that rises"


@pytest.mark.parametrize("stem", STORED)
def test_a_chapter_answers_on_its_first_screen(visit, stem):
    page = visit(f"chapters/{stem}").page
    fold = browse.SCREEN["height"]
    for part in ("article p:has(> strong:text('Question.'))", ".book-answer"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= fold, part
    assert page.locator(".book-answer li").count() >= 2
    assert page.locator(".book-answer").count() == 1


def test_all_code_opens_at_once_and_stays_open_on_the_next_page(visit, served):
    page = visit("telling", served=served).page
    assert texts(page, f"{FOLDS} > summary") == ["code: Imports", "code: Figure"]
    assert not page.locator(f"{FOLDS} pre").first.is_visible()
    page.locator(".open-all").click()
    assert page.locator(f"{FOLDS} pre").first.is_visible()
    assert page.locator(".open-all").get_attribute("aria-pressed") == "true"
    page.goto(f"{served}/chapters/{STORED[0]}.html")
    assert page.locator(f"{FOLDS}[open]").count() == page.locator(FOLDS).count() > 5
    page.locator(".open-all").click()
    assert page.locator(f"{FOLDS}[open]").count() == 0


def test_a_picture_is_chosen_by_slider_and_by_name(visit):
    opened = visit("telling")
    page = opened.page
    slider = page.locator("#fig-toy-slider input")
    assert texts(page, "#fig-toy-slider output") == ["two it is"]
    slider.focus()
    page.keyboard.press("ArrowLeft")
    assert texts(page, "#fig-toy-slider output") == ["one it is"]
    assert page.locator("#fig-toy-slider figure:visible").count() == 1
    assert slider.get_attribute("aria-valuetext") == "one it is"
    page.locator("#fig-toy-choice label", has_text="one").click()
    assert texts(page, "#fig-toy-choice output") == ["one it is"]
    assert opened.errors == []


def test_a_threshold_counts_what_lies_above_it(visit):
    opened = visit("telling")
    page = opened.page
    assert texts(page, "#fig-threshold .count") == ["β₀ = 1, β₁ = 1"]
    page.locator("#fig-threshold input").fill("0.05")
    assert texts(page, "#fig-threshold .count") == ["β₀ = 2, β₁ = 2"]
    assert "longer than 0.05: a model: β₀ = 2" in page.locator("#fig-threshold output").inner_text()
    assert opened.errors == []


def test_without_scripts_there_is_a_still_picture(visit):
    page = visit("telling", scripts=False).page
    for name in ("toy-slider", "toy-choice"):
        assert page.locator(f"#fig-{name} img:visible").count() == 1
        assert page.locator(f"#fig-{name} fieldset:visible").count() == 0
    assert texts(page, "#fig-threshold .count") == ["β₀ = 1, β₁ = 1"]
    assert page.locator("article td:visible").count() == 8


def test_a_wide_table_shows_six_columns_and_all_on_demand(visit):
    page = visit("telling").page
    assert page.locator("article td:visible").count() == 6
    page.get_by_role("button", name="all columns").click()
    assert page.locator("article td:visible").count() == 8


@pytest.mark.parametrize("stem", [STORED[0], STORED[3]])
def test_a_sentence_among_numbers_wraps(visit, stem):
    """A bug of once: what else was tried stood in one line of two pages' width."""
    page = visit(f"chapters/{stem}").page
    page.add_style_tag(content="* { content-visibility: visible !important }")  # laid out, all
    widths = "boxes => boxes.map(box => box.scrollWidth / box.clientWidth)"
    shares = page.locator(".pst-scrollable-table-container").evaluate_all(widths)
    assert max(shares) < 1.35


def test_a_decoded_path_can_be_had_as_csv(visit):
    page = visit("toy").page
    with page.expect_download() as waiting:
        page.get_by_role("button", name="points as CSV").click()
    lines = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "hc-11" in lines[0]
    assert lines[1:3] == ["run,bin,position_cm,decoded_cm", "1,0,10,15"]
    assert len(lines) == 2 + 80


def test_the_points_of_a_globe_can_be_had_as_csv(visit, served):
    page = visit("globe", served=served).page
    page.locator("#toy-ring .js-plotly-plot canvas").first.wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="points as CSV").first.click()
    lines = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[1] == "name,x,y,z,colour"
    assert len(lines) >= 2 + 300


def test_a_table_can_be_had_as_csv(visit):
    page = visit("telling").page
    with page.expect_download() as waiting:
        page.get_by_role("button", name="as CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    assert text.splitlines()[1] == ",".join(f'"{n}"' for n in range(1, 9))
    assert waiting.value.suggested_filename == "telling-table-1.csv"
