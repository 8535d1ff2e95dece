"""Take thebe off the pages: the book does not run code in the page.

jupyter-book always loads sphinx-thebe, whose inline script is added once too often and fails in the
browser with "THEBE_JS_URL has already been declared".
"""


def mentions_thebe(file) -> bool:
    """Whether a script or style sheet of a page belongs to thebe."""
    attributes = getattr(file, "attributes", {})
    return "thebe" in f"{file} {attributes.get('body', '')}".lower()


def remove(app, pagename, templatename, context, doctree):
    """Drop thebe's files from a page's lists."""
    for name in ("script_files", "css_files"):
        context[name] = [file for file in context.get(name, ()) if not mentions_thebe(file)]


def setup(app):
    """Register with Sphinx, after all who add files."""
    app.connect("html-page-context", remove, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
