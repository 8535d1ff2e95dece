"""One style sheet for the site: what the theme and its extensions bring, less what no page uses.

The sheets arrive as ten files of half a megabyte, most of it for components that the book has not.
They are joined in their order; a rule goes when it names a class or an id that stands neither on
a page nor in a script.
"""

import hashlib
import posixpath
import re
from pathlib import Path
from urllib.parse import quote

import fallbacks

NAME = "site.css"
THEME = ("styles/theme.css", "styles/bootstrap.css", "styles/pydata-sphinx-theme.css")
TOKEN = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};])""")
NAMED = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
# components that the book never uses, whose names bootstrap's script would keep alive
SCRIPTS_WITHOUT_WORD = ("bootstrap.js", "plotly", "searchtools", "language_data")
BY_BOOTSTRAP = {"show", "fade", "active", "collapsing", "tooltip", "tooltip-inner", "tooltip-arrow"}
NESTED = ("@media", "@supports", "@layer", "@container")


def collect(app, pagename, templatename, context, doctree):
    """Take the links to style sheets off a page; note which they were, in order."""
    sheets = app.env.__dict__.setdefault("book_sheets", {})
    for sheet in context.get("css_files", ()):
        sheets.setdefault(str(sheet.filename).removeprefix("_static/").split("?")[0])
    context["css_files"] = []


def read(folder: Path, name: str) -> str:
    """Read a sheet with what it imports; its addresses become relative to the folder."""
    path = folder / name
    if not path.exists():
        return ""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r'@charset "[^"]*";', "", text)

    def imported(found):
        return read(folder, posixpath.normpath(posixpath.join(posixpath.dirname(name), found[1])))

    def moved(found):
        address = found[2]
        if re.match(r"data:|https?:|#|/", address):
            return found[0]
        place = posixpath.normpath(posixpath.join(posixpath.dirname(name), address))
        if place.endswith(".svg") and (folder / place).exists():
            return f'url("data:image/svg+xml,{drawing(folder / place)}")'
        return f"url({place})"

    text = re.sub(r"""url\((["']?)([^"')]+)\1\)""", moved, text)
    return re.sub(r"""@import ["']([^"']+)["'];""", imported, text)


def drawing(path: Path) -> str:
    """Write a drawing into the sheet: a page that is opened from a file may mask with no other."""
    return quote(re.sub(r">\s+<", "><", path.read_text(encoding="utf-8")).strip(), safe=" /:='")


def blocks(text: str):
    """Split a sheet into (head, body) pairs; the body of a statement without braces is None."""
    depth, head, body = 0, [], []
    for part in TOKEN.split(text):
        if part == "{":
            depth += 1
            if depth > 1:
                body.append(part)
        elif part == "}":
            depth -= 1
            if depth == 0:
                yield "".join(head).strip(), "".join(body)
                head, body = [], []
            else:
                body.append(part)
        elif part == ";" and depth == 0:
            yield "".join(head).strip(), None
            head = []
        else:
            (body if depth else head).append(part)


def is_used(selector: str, words: set[str]) -> bool:
    """Whether every class and id that a selector asks for exists; what it excludes need not."""
    asked = re.sub(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]", "", selector)
    return all(name in words for name in NAMED.findall(asked))


def purged(text: str, words: set[str]) -> str:
    """Drop the rules that fit nothing."""
    kept = []
    for head, body in blocks(text):
        if body is None:
            kept.append(f"{head};")
        elif head.startswith(NESTED):
            inner = purged(body, words)
            kept += [f"{head}{{{inner}}}"] if inner else []
        elif head.startswith("@"):
            kept.append(f"{head}{{{squeezed(body)}}}")
        else:
            used = [s.strip() for s in re.split(r",(?![^(]*\))", head) if is_used(s, words)]
            kept += [f"{','.join(used)}{{{squeezed(body)}}}"] if used else []
    return "".join(kept)


def squeezed(body: str) -> str:
    """Take superfluous white space out of declarations."""
    return re.sub(r"\s+", " ", re.sub(r"\s*([;{}])\s*", r"\1", body)).strip().rstrip(";")


def words_of(folder: Path) -> set[str]:
    """Every word that could be a class or an id: of all pages, and of the scripts' strings."""
    words = set(BY_BOOTSTRAP)
    for page in folder.rglob("*.html"):
        for value in re.findall(r"""(?:class|id)=["']([^"']*)["']""", page.read_text("utf-8")):
            words.update(value.split())
    for script in (folder / "_static").rglob("*.js"):
        if not any(name in script.name for name in SCRIPTS_WITHOUT_WORD):
            words.update(re.findall(r"-?[A-Za-z_][\w-]*", script.read_text("utf-8")))
    return words | {f"bs-tooltip-{side}" for side in ("auto", "top", "bottom", "start", "end")}


def write(app, error):
    """Join, drop, and write the sheet; pages ask for this very version of it."""
    folder = Path(app.outdir)
    sheets = app.env.__dict__.get("book_sheets") if error is None else None
    if not sheets:
        return
    joined = "".join(read(folder / "_static", name) for name in (*THEME, *sheets))
    sheet = purged(fallbacks.sheet() + joined, words_of(folder))
    (folder / "_static" / NAME).write_text(sheet, encoding="utf-8")
    version = hashlib.sha256(sheet.encode()).hexdigest()[:8]
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        asked = re.sub(rf'(_static/{NAME})(\?v=\w+)?"', rf'\1?v={version}"', text)
        if asked != text:
            page.write_text(asked, encoding="utf-8")


def setup(app):
    """Register with Sphinx, after all who add style sheets."""
    app.connect("html-page-context", collect, priority=950)
    app.connect("build-finished", write, priority=900)  # after the theme wrote its own sheet
    return {"parallel_read_safe": True, "parallel_write_safe": False}
