"""What other sites show of a link to a page: its title, its first words, a picture.

The address of the site is `html.baseurl` of _config.yml, or what the host says, or GitHub Pages'
own form of the repository's address.
"""

import os
import re
from html import unescape

FONTS = (
    "https://fonts.googleapis.com/css2?family=Instrument+Serif:ital@0;1"
    "&family=JetBrains+Mono:wght@400;600"
    "&family=Source+Serif+4:ital,opsz,wght@0,8..60,400..700;1,8..60,400..700&display=swap"
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
    text = re.sub(r"\s+", " ", text).strip()
    return text if len(text) <= LENGTH else text[:LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def describe(app, pagename, templatename, context, doctree):
    """Hand the page's template what it says about itself."""
    home, body = address(app.config), context.get("body") or ""
    title = unescape(re.sub(r"<[^>]+>", "", context.get("title") or ""))
    words = first_words(body) or app.config.html_title
    context["fonts"] = FONTS
    context["sharing"] = {
        "description": words,
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:site_name": app.config.html_title,
        "og:title": title or app.config.html_title,
        "og:description": words,
        "og:url": f"{home}{pagename}.html",
        "og:image": f"{home}{PICTURE}",
        "og:image:width": "1200",
        "og:image:height": "675",
        "og:image:alt": "A ring of dots on a dark globe: spikes of place cells, coloured by place",
        "twitter:card": "summary_large_image",
    }


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
