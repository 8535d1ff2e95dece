"""A table keeps to the page: sentences among numbers wrap, columns of short words are narrow."""

from docutils import nodes

SENTENCE = 24  # characters; a number with its interval, "22.3 (20.5 to 24.2)", has fewer
SHORT = 8  # characters; "paper" needs no room for words to wrap in
LONG = 60  # characters; a column of such is not to be squeezed by one with still longer text


def as_text(cell: nodes.entry) -> None:
    """Set a cell as text is, to the left and in several lines."""
    cell["classes"] = [name for name in cell["classes"] if name != "text-right"]


def mark_cells(app, doctree, docname):
    """Set sentences among numbers as text, with their head if they are alone; mark lengths."""
    for table in doctree.findall(nodes.tgroup):
        rows = [list(row.findall(nodes.entry)) for row in table.findall(nodes.row)]
        for head, *cells in zip(*rows, strict=False):
            numbers = [c for c in cells if "text-right" in c["classes"] and c.astext()]
            sentences = [cell for cell in numbers if len(cell.astext()) > SENTENCE]
            for cell in [*sentences, *([head] if sentences and sentences == numbers else [])]:
                as_text(cell)
            for cell in cells:
                length = len(cell.astext())
                if "text-right" not in cell["classes"] and not SHORT < length <= LONG:
                    cell["classes"].append("short" if length <= SHORT else "long")


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", mark_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
