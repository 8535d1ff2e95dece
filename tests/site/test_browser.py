"""Every page in a real browser: it loads without errors, fits a phone, and says what it shows."""

import browse
import pytest
from sitebuild import NAMES

every_page = pytest.mark.parametrize("name", [*NAMES, "search", "genindex"])


@every_page
def test_a_page_opens_from_a_file_without_errors(visit, name):
    opened = visit(name)
    assert opened.errors == []
    assert opened.strangers <= browse.FONTS
    assert opened.page.locator("main h1:visible").first.is_visible()


@every_page
def test_a_page_opens_from_a_server_without_errors(visit, served, name):
    opened = visit(name, served=served)
    assert opened.errors == []
    assert opened.strangers <= browse.FONTS


@every_page
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_is_wider_than_a_phone(visit, name, theme):
    page = visit(name, viewport=browse.PHONE, theme=theme).page
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert page.evaluate("document.documentElement.scrollWidth") <= browse.PHONE["width"]
