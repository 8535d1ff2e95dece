"""Fixtures that several modules share: the built site, a browser, a data host."""

import browse
import datahost
import matplotlib
import pytest
import sitebuild

from helpers.book.serving import serving


@pytest.fixture(autouse=True)
def own_style():
    """A figure's style ends with its test, in whichever order tests run."""
    with matplotlib.rc_context():
        yield


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


@pytest.fixture
def host(monkeypatch, tmp_path):
    """A data host of our own, and an empty folder for what is downloaded from it."""
    with datahost.standing_in(monkeypatch, tmp_path / "recordings") as server:
        yield server


@pytest.fixture
def no_cebra(monkeypatch):
    """Step 3 of the cascade fails at once; returns the list of rats that it was asked for."""
    return datahost.refuse_cebra(monkeypatch)


@pytest.fixture
def no_pause(monkeypatch):
    """Pooch tries again at once, so that the tests with two tries are quick."""
    monkeypatch.setattr("pooch.core.time.sleep", lambda _seconds: None)
