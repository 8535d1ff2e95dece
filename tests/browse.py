"""Chromium for the tests: find it, open pages in it, hear what they complain about."""

import contextlib
import os
import shutil
from urllib.parse import urlparse

import pytest
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FOUND = next(filter(None, map(shutil.which, NAMES)), None)
SCREEN = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
FONTS = {"fonts.googleapis.com", "fonts.gstatic.com"}  # the only strangers that a page may ask
ARGUMENTS = ["--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@contextlib.contextmanager
def chromium():
    """The system's Chromium; skips the tests where there is none, but never on a build machine."""
    if FOUND is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no chromium; .ci/run installs it")
        pytest.skip("no chromium to look with")
    with sync_playwright() as player:
        launched = player.chromium.launch(
            executable_path=FOUND, args=ARGUMENTS, chromium_sandbox=False
        )
        yield launched
        launched.close()


class Opened:
    """An open page and what went wrong on it."""

    def __init__(self, page, home):
        self.page, self.home = page, home
        self.errors, self.strangers = [], set()
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("console", self.heard)

    def heard(self, message):
        """Keep errors of ours; that a foreign host cannot be reached here is none."""
        if message.type == "error" and self.is_ours(message.location.get("url", "")):
            self.errors.append(f"console: {message.text} ({message.location.get('url')})")

    def is_ours(self, url):
        return not url or urlparse(url).hostname in (None, "", "127.0.0.1")

    def asked(self, route):
        """Let the page have what is ours; note and refuse the rest, so that no test needs a net."""
        if self.is_ours(route.request.url) or route.request.url.startswith(("data:", "blob:")):
            return route.continue_()
        self.strangers.add(urlparse(route.request.url).hostname)
        return route.abort()


@contextlib.contextmanager
def visitor(browser, pages):
    """Opens pages, each in a fresh context, and closes them all at the end."""
    contexts = []

    def visit(name, *, served=None, theme="dark", viewport=None, still=False, scripts=True):
        context = browser.new_context(
            viewport=viewport or SCREEN,
            reduced_motion="reduce" if still else "no-preference",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.set_default_timeout(60_000)
        if scripts:
            context.add_init_script(
                f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')"
            )
        opened = Opened(context.new_page(), served or pages.as_uri())
        opened.page.route("**/*", opened.asked)
        address = f"{served}/{name}.html" if served else (pages / f"{name}.html").as_uri()
        opened.page.goto(address, wait_until="load")
        return opened

    yield visit
    for context in contexts:
        context.close()
