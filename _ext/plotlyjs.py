"""Load plotly.js on the pages that hold a rotatable figure, and only there.

The file comes from the installed plotly package at build time, so nothing is vendored and the page
needs no other host.
"""

import shutil
from pathlib import Path

import plotly

MARK = 'class="book-plotly"'  # what helpers/interactive.py writes
NAME = "plotly.min.js"
SOURCE = Path(plotly.__file__).parent / "package_data" / NAME


def add_to_page(app, pagename, templatename, context, doctree):
    """Add the script to a page that holds the mark."""
    if MARK in context.get("body", ""):
        app.add_js_file(NAME, loading_method="defer")


def copy(app, error):
    """Put plotly.js into the built site if a page asks for it."""
    pages = Path(app.outdir).rglob("*.html") if error is None else ()
    if any(MARK in page.read_text(encoding="utf-8") for page in pages):
        shutil.copyfile(SOURCE, Path(app.outdir) / "_static" / NAME)


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", add_to_page)
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
