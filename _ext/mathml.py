"""Write formulas as MathML, which browsers draw by themselves: no script, no other host."""

from html import escape

from docutils.nodes import SkipNode
from latex2mathml.converter import convert


def inline(self, node):
    """Write a formula within a line."""
    self.body.append(f'<span class="math">{formula(node.astext(), "inline")}</span>')
    raise SkipNode


def block(self, node):
    """Write a formula that stands alone; it scrolls where the screen is narrow."""
    self.body.append(f'<div class="math">{formula(node.astext(), "block")}</div>\n')
    raise SkipNode


def formula(latex: str, display: str) -> str:
    """Translate; the source stays with it, for those who copy it."""
    math = convert(" ".join(latex.split()), display=display)
    return math.replace("<math ", f'<math alttext="{escape(latex.strip(), quote=True)}" ', 1)


def setup(app):
    """Register with Sphinx in place of MathJax."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
