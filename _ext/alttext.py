"""Give the notebooks' pictures their alternative text.

`helpers.figures.style.show` stores it in the output's metadata, under `image/png` and `alt`, which
MyST-NB does not read. It names a picture's file by the SHA-256 of its bytes: that finds the text.
"""

import hashlib
import json
from binascii import a2b_base64
from pathlib import Path

from docutils import nodes


def alt_texts(notebook: dict) -> dict[str, str]:
    """Read all alternative texts of a notebook, by the SHA-256 of the picture."""
    found = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            text = output.get("metadata", {}).get("image/png", {}).get("alt")
            if text:
                picture = a2b_base64("".join(output["data"]["image/png"]))
                found[hashlib.sha256(picture).hexdigest()] = text
    return found


def add_to_document(app, doctree):
    """Set `alt` on every picture of a document that comes from a notebook."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    texts = alt_texts(json.loads(path.read_text(encoding="utf-8")))
    for image in doctree.findall(nodes.image):
        text = texts.get(Path(image["uri"]).stem)
        if text:
            image["alt"] = text


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-read", add_to_document)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
