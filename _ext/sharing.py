"""What a page tells other sites: its title, its first words, a picture, its address.

The address of the site is `html.baseurl` of _config.yml, or what the host says, or GitHub Pages'
own form of the repository's address.
"""

import os
import re
import shutil
from html import unescape
from pathlib import Path

# without Source Serif's axis of optical sizes, which would more than double its weight
FONTS = (
    "https://fonts.googleapis.com/css2?family=Instrument+Serif:ital@0;1"
    "&family=JetBrains+Mono:wght@400;600"
    "&family=Source+Serif+4:ital,wght@0,400..700;1,400..700&display=swap"
)
PICTURE = "_static/ring.png"
LENGTH = 200  # characters of a description


def address(config) -> str:
    """Say where the site will stand, with a slash at its end."""
    if config.html_baseurl:
        return config.html_baseurl.rstrip("/") + "/"
    if host := os.environ.get("VERCEL_PROJECT_PRODUCTION_URL"):
        return f"https://{host}/"
    repository = config.html_theme_options.get("repository_url", "")
    found = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+?)/?", repository)
    return f"https://{found[1]}.github.io/{found[2]}/" if found else ""


def first_words(body: str) -> str:
    """Take the beginning of a page's first paragraphs, without marks, cut at a word."""
    paragraphs = re.findall(r"<p(?: class=\"lede\")?>(.*?)</p>", body, flags=re.DOTALL)
    text = unescape(re.sub(r"<[^>]+>|\[.*?\]", "", " ".join(paragraphs)))
    # a citation that is gone leaves its space before the mark that followed it
    text = re.sub(r" ([.,;:])", r"\1", re.sub(r"\s+", " ", text)).strip()
    return text if len(text) <= LENGTH else text[:LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def describe(app, pagename, templatename, context, doctree):
    """Hand the page's template what it says about itself."""
    home, body = address(app.config), context.get("body") or ""
    title = unescape(re.sub(r"<[^>]+>", "", context.get("title") or "")) or app.config.html_title
    words = first_words(body) or app.config.html_title
    first = pagename == app.config.root_doc
    here = f"{home}{'' if first else f'{pagename}.html'}"
    context["fonts"] = FONTS
    context["pageurl"] = here if home else None  # of <link rel="canonical">
    # of the window, where the book's own name need not stand twice
    context["window_title"] = f"{title}: {app.config.book_subtitle}" if first else title
    context["sharing"] = {
        "description": words,
        "og:type": "website" if first else "article",
        "og:site_name": app.config.html_title,
        "og:title": title,
        "og:description": words,
        "og:url": here,
        "og:image": f"{home}{PICTURE}",
        "og:image:width": "1200",
        "og:image:height": "675",
        "og:image:alt": "A ring of dots on a dark globe: spikes of place cells, coloured by place",
        "twitter:card": "summary_large_image",
    }


def put_first(app, error):
    """Let the site's bare address show the first page itself, as few who fetch titles follow on."""
    if error is None and app.builder.name == "html":
        first = Path(app.outdir) / f"{app.config.root_doc}.html"
        shutil.copyfile(first, first.with_name("index.html"))


def setup(app):
    """Register with Sphinx; the first page is copied once all have written to it."""
    app.add_config_value("book_subtitle", "", "html")
    app.connect("html-page-context", describe)
    app.connect("build-finished", put_first, priority=990)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
