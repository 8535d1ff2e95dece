"""Load on a page only what it uses, and nothing that it must wait for.

jupyter-book puts thebe, MathJax, tabs and toggles on every page. Here each script must find on the
page what it works on; all that stay are deferred. Style sheets are left to `bundle.py`. Elements
that change nothing are taken out: a long chapter has thousands, and a phone lays out each of them.
"""

import re
from pathlib import Path

# a part of a script's address, and what a page must hold to need it; None: no page does
USES = {
    "thebe": None,  # the book does not run code in the page
    "mathjax": None,  # formulas are MathML: see mathml.py
    "design-tabs": r'class="[^"]*sd-tab',
    "togglebutton": r'class="[^"]*(?:toggle|dropdown admonition|admonition dropdown)',
    "clipboard": r'class="[^"]*highlight',
    "copybutton": r'class="[^"]*highlight',
    "neurons": r'id="neurons"',
    "globes": r'class="book-plotly"',
}
# names, marks and space of code look like the text around them: see "code" in book.css
PLAIN = re.compile(r'<span class="(?:n|p|o|w|nn|err)">([^<]*)</span>')
# strings and what stands in them look alike too
STRING = r'<span class="s[12abdehir]?">([^<]*)</span>'
STRINGS = re.compile(f"(?:{STRING}){{2,}}")
# a cell of a table that is one paragraph
CELL = re.compile(r"(<t[dh](?: [^>]*)?>)<p>((?:(?!</?p>|</?t[dh]\b).)*)</p>(</t[dh]>)", re.DOTALL)
# inline scripts of libraries that are gone
INLINE = ("MathJax", "THEBE", "thebe")


def is_used(script, body: str) -> bool:
    """Whether a page with this body needs a script."""
    attributes = script.attributes
    source = str(script.filename or "").lower()
    if not source:
        text = attributes.get("body", "")
        if any(word in text for word in INLINE):
            return False
        return "oggle" not in text or bool(re.search(USES["togglebutton"], body))
    for name, pattern in USES.items():
        if name in source:
            return pattern is not None and bool(re.search(pattern, body))
    return True


def trim(app, pagename, templatename, context, doctree):
    """Keep the scripts that the page needs; defer them, in order."""
    kept = []
    for script in context.get("script_files", ()):
        if script in kept or not is_used(script, context.get("body", "")):
            continue
        # the theme sets a property of DOCUMENTATION_OPTIONS in the page itself, and the scripts of
        # the search begin before the next one is there: these may not wait
        prompt = pagename == "search" or "documentation_options" in str(script.filename or "")
        script.attributes.pop("defer", None)
        if script.filename and not prompt:
            script.attributes["defer"] = "defer"
        kept.append(script)
    context["script_files"] = kept


def joined(run: str) -> str:
    """Make one element of several strings in a row."""
    text = re.sub(STRING, r"\1", run)
    return f'<span class="s2">{text}</span>'


def mend(app, pagename, templatename, context, doctree):
    """Turn links to chapters that a build lacks into plain words; call no list what is none."""
    missing = r'<a class="[^"]*" href="#chapters/[^"]*">(.*?)</a>'
    body = re.sub(missing, r"\1", context.get("body") or "", flags=re.DOTALL)
    body = CELL.sub(r"\1\2\3", PLAIN.sub(r"\1", body))
    body = STRINGS.sub(lambda run: joined(run[0]), body)
    # a screen reader would look in vain for the items of docutils' list of citations
    body = body.replace('<div role="list" class="citation-list">', "<div>")
    body = body.replace(' role="doc-biblioentry"', "")
    body = re.sub(r'(<figure class="book-(?:plotly|track)"[^>]*) role="group"', r"\1", body)
    context["body"] = body.replace('<th class="head"></th>', "<td></td>")  # it heads nothing


def remove_unused(app, error):
    """Leave the icon font and libraries that no page loads out of the site."""
    static = Path(app.outdir) / "_static"
    if error is not None:
        return
    for pattern in ("vendor/fontawesome/**/*", "scripts/*.map", "styles/*.map"):
        for file in static.glob(pattern):
            if file.is_file():
                file.unlink()


def setup(app):
    """Register with Sphinx, after all who add scripts."""
    app.connect("html-page-context", mend)
    app.connect("html-page-context", trim, priority=900)
    app.connect("build-finished", remove_unused)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
