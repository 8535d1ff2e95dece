"""Values that came out as recorded take one line, which unfolds.

A cell of checks prints a line for each value (helpers/claims/published.py), thirty in a long one.
Where all say the same, a reader needs the count; lines that say anything else stay as they are.
"""

import re

SAID = re.compile(
    r'<div class="output stream[^"]*"><div class="highlight"><pre>(?:<span></span>)?'
    r"((?:[\w.]+: as recorded\n)+)</pre></div>\s*</div>"
)


def folded(found: re.Match) -> str:
    """Fold one cell's lines."""
    count = found[1].count("\n")
    line = f"{count} values, each" if count > 1 else "1 value,"
    return (
        f'<details class="recorded"><summary>{line} as recorded</summary>'
        f"<pre>{found[1].replace(': as recorded', '')}</pre></details>"
    )


def fold(app, pagename, templatename, context, doctree):
    """Fold all of a page."""
    context["body"] = SAID.sub(folded, context.get("body") or "")


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
