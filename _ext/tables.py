"""A table keeps to the page: sentences among numbers wrap, columns of short words are narrow."""

from docutils import nodes

SENTENCE = 24  # characters; a number with its interval, "22.3 (20.5 to 24.2)", has fewer
SHORT = 8  # characters; "paper" needs no room for words to wrap in
LONG = 60  # characters; a column of such is not to be squeezed by one with still longer text


def is_number(cell: nodes.entry) -> bool:
    """Whether a cell's column is set as numbers are, to the right."""
    return "text-right" in cell["classes"]


def mark(cell: nodes.entry, word: str) -> None:
    """Give a cell a class; it is no number then."""
    cell["classes"] = [word, *(c for c in cell["classes"] if c != "text-right")]


def mark_cells(app, doctree, docname):
    """Mark cells that book.css treats apart, and the heads of columns of sentences."""
    for table in doctree.findall(nodes.tgroup):
        rows = [list(row.findall(nodes.entry)) for row in table.findall(nodes.row)]
        for head, *cells in zip(*rows, strict=False):
            numbers = [cell for cell in cells if is_number(cell) and cell.astext()]
            sentences = [cell for cell in numbers if len(cell.astext()) > SENTENCE]
            for cell in [*sentences, *([head] if sentences and sentences == numbers else [])]:
                mark(cell, "sentence")
            for cell in cells:
                length = len(cell.astext())
                if not is_number(cell) and not SHORT < length <= LONG:
                    mark(cell, "short" if length <= SHORT else "long")


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", mark_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
