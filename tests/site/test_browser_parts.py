"""What moves, opens and filters on the pages, tried with mouse, keyboard, and without either."""

import json

import browse
import pytest
from sitebuild import NAMES, PLAIN, ROOT, STORED, soup

PICTURE = "a.zoom"


def results():
    return json.loads((ROOT / "data/results.json").read_text(encoding="utf-8"))


def opened_by_mouse(page):
    page.locator(PICTURE).first.click()


def opened_by_keyboard(page):
    page.locator(PICTURE).first.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("opener", "close"),
    [(opened_by_mouse, "Escape"), (opened_by_keyboard, "button"), (opened_by_mouse, "ground")],
)
def test_a_figure_opens_and_closes(visit, opener, close):
    opened = visit("toy")
    page = opened.page
    opener(page)
    dialog = page.locator("dialog.zoomed")
    dialog.locator("img").wait_for(state="visible")
    assert dialog.locator("img").get_attribute("alt") == "A line that rises"
    assert dialog.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert page.evaluate("document.activeElement.ariaLabel") == "Close"
    if close == "Escape":
        page.keyboard.press("Escape")
    elif close == "button":
        page.keyboard.press("Enter")
    else:
        dialog.locator("figure").click(position={"x": 4, "y": 4})
    dialog.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.className") == "zoom", "focus goes back"
    assert opened.errors == []


def test_a_figure_that_is_opened_on_a_phone_can_be_read(visit):
    page = visit(f"chapters/{STORED[0]}", viewport=browse.PHONE).page
    opened_by_mouse(page)
    share = "image => image.decode().then(() => image.clientWidth / image.naturalWidth)"
    page.wait_for_function("document.querySelector('.zoomed img').classList.contains('scrolls')")
    assert page.locator(".zoomed img").evaluate(share) >= 0.54, "eight points are nine pixels"
    figure = page.locator(".zoomed figure").bounding_box()
    assert page.locator(".zoomed img").bounding_box()["x"] >= figure["x"], "its left end is there"


def test_figures_are_leafed_through(visit):
    page = visit(f"chapters/{STORED[0]}").page
    opened_by_mouse(page)
    dialog = page.locator("dialog.zoomed")
    first = dialog.locator("img").get_attribute("src")
    page.keyboard.press("ArrowRight")
    second = dialog.locator("img").get_attribute("src")
    assert second != first
    dialog.locator("[data-step='-1']").click()
    assert dialog.locator("img").get_attribute("src") == first
    assert dialog.locator("figcaption").inner_text()


def test_the_theme_button_changes_the_theme_and_figures_stay_legible(visit, served):
    page = visit("toy", theme="light", served=served).page
    looks = set()
    for _ in range(3):
        page.locator(".theme-switch-button").first.click()
        theme = page.evaluate("document.documentElement.dataset.theme")
        ground, ink = page.evaluate(CONTRAST)
        looks.add(theme)
        assert (ground < 60 and ink > 150) if theme == "dark" else (ground > 225 and ink < 140)
    assert looks == {"dark", "light"}


# brightness of a figure's ground and of its most different pixel, as the style sheet shows them
CONTRAST = """async () => {
  const image = document.querySelector("article .cell_output img");
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
  const pen = canvas.getContext("2d");
  pen.filter = getComputedStyle(image).filter;
  pen.drawImage(image, 0, 0);
  const data = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  const at = (i) => 0.2126 * data[i] + 0.7152 * data[i + 1] + 0.0722 * data[i + 2];
  const ground = at(0);
  let ink = ground;
  for (let i = 0; i < data.length; i += 4)
    if (Math.abs(at(i) - ground) > Math.abs(ink - ground)) ink = at(i);
  return [ground, ink];
}"""


def drag(page, selector):
    """Drag from the middle of an element, once it stands still and nothing lies over it."""
    place = page.locator(selector)
    place.hover()
    box = place.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.down()
    page.mouse.move(x + 120, y + 40, steps=5)
    page.mouse.up()


def test_the_globe_draws_turns_and_replays(visit, served):
    opened = visit("globe", served=served)
    page = opened.page
    page.locator("#toy-ring .js-plotly-plot canvas").first.wait_for()
    plot = "document.querySelector('#toy-ring .js-plotly-plot')"
    eye = f"JSON.stringify({plot}._fullLayout.scene._scene.getCamera().eye)"
    before = page.evaluate(eye)
    for _ in range(5):  # on a busy machine a drag can be lost, which a visitor would repeat, too
        drag(page, "#toy-ring .book-plotly-canvas")
        if page.evaluate(eye) != before:
            break
        page.wait_for_timeout(1000)
    assert page.evaluate(eye) != before
    slider = page.locator("#toy-ring input[type=range]")
    slider.fill("200")
    assert "run 2 of 2" in page.locator("#toy-ring output").inner_text()
    assert page.evaluate(f"{plot}.data[2].x.length") > 1
    page.locator("#toy-ring [data-colour=direction]").click()
    pressed = page.locator("#toy-ring [aria-pressed=true]:not(.book-replay button)")
    assert pressed.inner_text() == "by direction"
    assert opened.errors == []


def test_plotly_comes_once_and_only_when_a_globe_is_near(visit, served):
    page = visit("globe", served=served, viewport=browse.PHONE).page
    fetched = """performance.getEntriesByType("resource")
        .map(entry => entry.name).filter(name => /plotly|points-/.test(name))"""
    page.locator("#toy-ring .js-plotly-plot canvas").first.wait_for()
    assert len(page.evaluate(fetched)) == 2, "the library and the points of the first"
    page.locator("#toy-ring-below").scroll_into_view_if_needed()
    page.locator("#toy-ring-below .js-plotly-plot canvas").first.wait_for()
    names = page.evaluate(fetched)
    assert sum("plotly.min.js" in name for name in names) == 1
    assert sum("points-" in name for name in names) == 2, names


def test_the_head_of_a_chapter_needs_no_plotly(visit, served):
    page = visit("chapters/02_place_cell_embeddings", served=served).page
    page.wait_for_load_state("networkidle")
    names = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert any("globes.js" in name for name in names)
    assert not any("plotly" in name for name in names)


def test_a_globe_without_its_library_says_so(visit, served):
    opened = visit("intro", served=served)
    opened.page.route("**/plotly.min.js", lambda route: route.abort())
    opened.page.goto(f"{served}/globe.html")
    said = opened.page.locator("#toy-ring .book-plotly-canvas", has_text="did not load")
    said.wait_for()
    assert "cannot be turned" in said.inner_text()


def test_the_decoded_runs_play(visit):
    opened = visit("toy")
    page = opened.page
    rat = page.locator("#toy-track .rat")
    before = rat.get_attribute("cx")
    page.locator("#toy-track input[type=range]").fill("30")
    assert rat.get_attribute("cx") != before
    line = page.locator("#toy-track output")
    assert line.inner_text().startswith("run 1 of 2")
    page.locator("#toy-track button").click()
    page.wait_for_function(
        "document.querySelector('#toy-track output').textContent.includes('run 2')"
    )
    assert opened.errors == []


def test_stat_cards_equal_the_results_file(visit):
    page = visit("intro").page
    cards = page.locator(".statcard").all()
    measured = results()
    assert len(cards) >= 4
    for card in cards:
        value = measured[card.get_attribute("data-id")]["value"]
        shown = card.locator(".value").get_attribute("data-value")
        numbers = value if isinstance(value, list) else [value]
        for text, number in zip(shown.split(", "), numbers, strict=True):
            digits = len(text.partition(".")[2])
            assert text == f"{number:.{digits}f}"
            assert text in card.locator(".value").inner_text()


def test_the_scorecard_filters(visit):
    page = visit("toy").page
    rows = page.locator(".book-scorecard tr[data-claim]")
    assert rows.count() == 3
    page.locator(".scorefilter select[name=verdict]").select_option("reproduced")
    assert page.locator(".book-scorecard tr[data-claim]:visible").count() == 2
    page.locator(".scorefilter input").fill("sph")
    assert page.locator(".book-scorecard tr[data-claim]:visible").count() == 1
    assert "1 of 3 claims" in page.locator(".scorefilter output").inner_text()
    assert page.locator(".book-scorecard tr.group:visible").count() == 1


def test_search_finds_words_of_a_chapter(visit, served):
    opened = visit("search", served=served)
    opened.page.goto(f"{served}/search.html?q=hippocampus")
    opened.page.locator("#search-results li a").first.wait_for()
    assert opened.errors == []


def test_code_can_be_copied(visit):
    page = visit("intro").page
    page.locator("div.highlight").first.hover()
    assert page.locator("button.copybtn").count() >= 1


MOVING = """() => document.getAnimations().filter((one) => one.playState === "running").length"""


@pytest.mark.parametrize("name", ["intro", "toy", "globe"])
def test_nothing_moves_for_those_who_ask_for_that(visit, name):
    page = visit(name, still=True).page
    page.wait_for_timeout(1800)
    assert page.evaluate(MOVING) == 0
    assert page.locator(".is-below").count() == 0
    assert page.locator(".book-replay button:visible").count() == 0
    if name == "intro":
        assert page.locator("#neurons").get_attribute("data-moving") == "false"
        assert page.evaluate(FIELD) == page.evaluate(
            f"new Promise(r => setTimeout(() => r(({FIELD})()), 400))"
        )


FIELD = "() => document.getElementById('neurons').toDataURL()"


def test_the_field_moves_otherwise(visit):
    page = visit("intro").page
    page.wait_for_function("document.getElementById('neurons').dataset.moving === 'true'")
    first = page.evaluate(FIELD)
    page.wait_for_timeout(700)
    assert page.evaluate(FIELD) != first


@pytest.mark.parametrize("name", ["intro", "toy"])
def test_nothing_is_hidden_without_scripts(visit, name):
    page = visit(name, scripts=False).page
    # but for what is folded, and the first cell, which speaks to Colab alone
    parts = page.locator("article :is(h1, h2, h3, p, li, dt, img, td):not(details *)").all()
    hidden = [part.inner_text() for part in parts if not part.is_visible()]
    assert hidden == []


PAPER = """() => {
  const look = (selector) => getComputedStyle(document.querySelector(selector));
  const code = [...document.querySelectorAll("article pre")];
  return {
    ink: look("article p").color,
    filter: look("article .cell_output img").filter,
    cut: code.filter((box) => box.scrollWidth > box.clientWidth).length,
    row: look(".book-scorecard tr[data-claim]").display,
    filterbar: look(".scorefilter").display,
  };
}"""


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_page_on_paper_is_black_on_white_and_whole(visit, theme):
    page = visit("toy", theme=theme, viewport={"width": 640, "height": 900}).page
    page.emulate_media(media="print")
    seen = page.evaluate(PAPER)
    assert seen["ink"] == "rgb(0, 0, 0)"
    assert "invert(1)" in seen["filter"], "figures are drawn for the night"
    assert seen["cut"] == 0
    assert seen["row"] == "table-row", "no cards, though paper is as narrow as a phone"
    assert seen["filterbar"] == "none"
    assert page.pdf().startswith(b"%PDF")


def test_without_scripts_a_globe_promises_nothing(visit):
    page = visit("globe", scripts=False).page
    assert "where scripts may run" in page.locator(".book-plotly-canvas").first.inner_text()


def test_what_scrolls_sideways_can_be_reached_by_the_keyboard(visit):
    page = visit("chapters/03_position_decoding", viewport=browse.PHONE).page
    wide = 0
    for box in page.locator("article .pst-scrollable-table-container").all():
        box.scroll_into_view_if_needed()  # laid out only then
        if box.evaluate("box => box.scrollWidth > box.clientWidth"):
            page.wait_for_function("box => box.tabIndex === 0", arg=box.element_handle())
            wide += 1
    assert wide


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_on_the_page_has_a_text(visit, name):
    page = visit(name).page
    bare = page.evaluate("[...document.images].filter(i => !i.alt.trim()).map(i => i.outerHTML)")
    assert bare == []


def test_a_link_says_what_it_leads_to(pages):
    for name in [*PLAIN, *(f"chapters/{stem}" for stem in STORED)]:
        head = soup(pages / f"{name}.html").head
        said = {
            m.get("property") or m.get("name"): m["content"] for m in head.select("meta[content]")
        }
        assert len(said["description"]) > 20
        assert said["og:title"]
        assert said["og:image"].startswith("https://")
        assert said["og:image"].endswith("_static/ring.png")
        assert (pages / "_static/ring.png").exists()


def test_a_phone_has_the_menu_behind_a_button(visit):
    page = visit("intro", viewport=browse.PHONE).page
    assert not page.locator(".bd-sidebar-primary a", has_text="Glossary").is_visible()
    page.locator(".primary-toggle").click()
    page.locator(".bd-sidebar-primary a", has_text="Glossary").wait_for(state="visible")
