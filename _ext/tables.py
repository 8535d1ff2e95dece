"""Cells among numbers that hold a sentence: they wrap, so that a table keeps to the page."""

from docutils import nodes

SENTENCE = 24  # characters; a number with its interval, "22.3 (20.5 to 24.2)", has fewer


def holds_sentence(cell: nodes.entry) -> bool:
    """Whether a cell that is set as a number, to the right, is longer than numbers are."""
    return "text-right" in cell["classes"] and len(cell.astext()) > SENTENCE


def mark_sentences(app, doctree, docname):
    """Mark such cells, and the heads of columns that hold nothing else."""
    for table in doctree.findall(nodes.tgroup):
        rows = [list(row.findall(nodes.entry)) for row in table.findall(nodes.row)]
        for head, *cells in zip(*rows, strict=False):
            sentences = [cell for cell in cells if holds_sentence(cell)]
            alone = sentences and all(cell in sentences or not cell.astext() for cell in cells)
            for cell in [*sentences, *([head] if alone else [])]:
                cell["classes"] = ["sentence", *(c for c in cell["classes"] if c != "text-right")]


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", mark_sentences)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
