"""Load plotly.js on the pages that hold a rotatable figure, when the reader comes near one.

The file comes from the installed plotly package at build time, so nothing is vendored and the page
needs no other host. It weighs more than all else on the page and takes seconds of a phone, and the
figures' points are longer than the text around them. So the figures' own scripts are made inert
here, their points move to files of their own, and `globes.js` fetches all that for a figure that
is near.
"""

import hashlib
import json
import re
import shutil
from pathlib import Path

import plotly

MARK = 'class="book-plotly"'  # what helpers/figures/interactive_page.py writes
PARTS = re.compile(
    r'(<script type="application/json" class="book-plotly-data")>([^<]*)(</script>\s*<script)>'
)
# said in the figure's place until it is drawn: by chapters, and by pages, where scripts may be off
LOADING = "Loading the rotatable figure …"
WAITING = "A figure that can be turned appears here, where scripts may run."
NAME = "plotly.min.js"
SOURCE = Path(plotly.__file__).parent / "package_data" / NAME


def put_to_sleep(app, pagename, templatename, context, doctree):
    """Let the figures of a page wait; store their points."""

    def asleep(found):
        # a script, not bare JSON: pages that are opened from a file may load the one only
        text = f"window.bookPoints = {json.dumps(found[2])};\n"
        name = f"points-{hashlib.sha256(text.encode()).hexdigest()[:16]}.js"
        folder = Path(app.outdir) / "_images"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        address = context["pathto"](f"_images/{name}", 1)
        return f'{found[1]} data-points="{address}">{found[3]} type="text/book-plotly">'

    body = PARTS.sub(asleep, context.get("body") or "")
    context["body"] = body.replace(LOADING, WAITING)


def copy(app, error):
    """Put plotly.js into the built site if a page asks for it."""
    pages = Path(app.outdir).rglob("*.html") if error is None else ()
    if any(MARK in page.read_text(encoding="utf-8") for page in pages):
        shutil.copyfile(SOURCE, Path(app.outdir) / "_static" / NAME)


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", put_to_sleep)
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
