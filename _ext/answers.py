"""The first screen of a chapter, and what its folded cells are called.

A chapter's run leaves its result below the cell of imports (helpers/claims/answers.py). The page
shows it under the question and the method, with the key figure's own picture in place of the small
copy that a notebook carries. Folded code is named by its first line, `# @title …`, as in Colab.
"""

import re

ANSWER = re.compile(r'<(div|p) class="book-answer".*?</\1>', re.DOTALL)
NAME = re.compile(r'data-figure="([\w-]+)"')
# what the answer leaves behind: an output with nothing in it
EMPTY = re.compile(r'<div class="output text_html">\s*</div>')
LIMIT = re.compile(r"<p><strong>Limit\.</strong>.*?</p>", re.DOTALL)
PICTURE = re.compile(r'<a class="answer-picture".*?</a>', re.DOTALL)
FOLDED = re.compile(
    r'<details class="admonition hide above-input">\s*<summary[^>]*>.*?</summary>'
    r'(.*?<pre><span></span>)<span class="c1"># @title ([^<]*)</span>\n',
    re.DOTALL,
)


def lift(app, pagename, templatename, context, doctree):
    """Move the result to the head of the page."""
    body = context.get("body") or ""
    found, limit = ANSWER.search(body), LIMIT.search(body)
    if not found or not limit:
        return
    body = EMPTY.sub("", body.replace(found[0], "", 1))
    said = PICTURE.sub("", found[0])
    head = f"{said}{limit[0]}{picture(found[0], body)}"
    context["body"] = body.replace(limit[0], head, 1)


def picture(answer: str, body: str) -> str:
    """Show the key figure by its own picture, which opens; nothing if the page lacks it."""
    name = NAME.search(answer)
    place = body.find(f'id="fig-{name[1]}"') if name else -1
    pictures = re.findall(r"<img\b[^>]*>", body[:place]) if place >= 0 else []
    if not pictures:
        return ""
    return f'<div class="answer-picture">{pictures[-1]}</div>'


def name_folds(app, pagename, templatename, context, doctree):
    """Call each fold what its first line calls it."""
    body = context.get("body") or ""
    context["body"] = FOLDED.sub(r'<details class="code-fold"><summary>code: \2</summary>\1', body)


def setup(app):
    """Register with Sphinx, before pictures get their sizes."""
    app.connect("html-page-context", lift, priority=400)
    app.connect("html-page-context", name_folds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
