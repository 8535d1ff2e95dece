"""Fonts of the reader's own, scaled so that little moves when the web fonts take their place.

A web font arrives after the text is shown. Lines break elsewhere then, and what one reads jumps,
unless the letters of both are equally wide: `size-adjust` sees to that. `bundle.py` puts these
rules at the head of the site's sheet, and the families stand in book.css behind the web fonts.

Widths are means of a letter of this book's first page, in em, measured in Chromium; Georgia's by
Gelasio, which is made to its measure.
"""

STYLES = ("normal", "italic", "bold")
WEB = {
    "text": (0.469, 0.430, 0.483),  # Source Serif 4
    "display": (0.333, 0.350),  # Instrument Serif, of which headings use no bold
}
HEIGHTS = {"text": (1.04, 0.34), "display": (0.99, 0.31)}
"""Ascent and descent of the web fonts: else a line that mixes styles would be higher at first."""
LOCAL = {
    "Georgia": (("Georgia", "Gelasio"), (0.437, 0.446, 0.508)),
    "Noto": (("Noto Serif",), (0.472, 0.460, 0.501)),
    "Times": (("Times New Roman", "Liberation Serif"), (0.399, 0.400, 0.424)),
    "DejaVu": (("DejaVu Serif",), (0.509, 0.509, 0.562)),
}
"""By a short name: the fonts as systems call them, and their widths in the order of `STYLES`."""


def face(kind: str, short: str, style: str) -> str:
    """Write one rule."""
    names, widths = LOCAL[short]
    at = STYLES.index(style)
    suffix = "" if style == "normal" else f" {style.title()}"
    source = ",".join(f'local("{name}{suffix}")' for name in names)
    scale = WEB[kind][at] / widths[at]
    above, below = (share / scale for share in HEIGHTS[kind])
    look = "font-style:italic" if style == "italic" else f"font-weight:{style}"
    return (
        f'@font-face{{font-family:"{kind} like {short}";{look};'
        f"size-adjust:{scale:.1%};ascent-override:{above:.1%};descent-override:{below:.1%};"
        f"line-gap-override:0%;src:{source}}}"
    )


def sheet() -> str:
    """Write all rules."""
    return "\n".join(
        face(kind, short, style)
        for kind, widths in WEB.items()
        for short in LOCAL
        for style in STYLES[: len(widths)]
    )
