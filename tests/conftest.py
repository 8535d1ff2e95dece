"""Fixtures that several modules share: the built site, a server for it, a browser."""

import browse
import pytest
import sitebuild

from helpers.serving import serving


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """The folder of the built site: all stored chapters and a toy one."""
    folder = tmp_path_factory.mktemp("book")
    sitebuild.lay_out(folder)
    return sitebuild.build(folder)


@pytest.fixture(scope="module")
def browser():
    """Chromium under Playwright; closed with its module, as its loop would block other ones."""
    with browse.chromium() as launched:
        yield launched


@pytest.fixture(scope="session")
def served(pages):
    """The address of a local server that shows the site, compressed as its hosts do."""
    with serving(pages) as address:
        yield address


@pytest.fixture
def visit(browser, pages):
    """Open a page of the site and collect what goes wrong on it: `visit(name, **settings)`."""
    with browse.visitor(browser, pages) as opened:
        yield opened
