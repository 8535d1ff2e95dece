"""Give every picture its size, so that nothing jumps while a page loads; let late ones wait."""

import posixpath
import re
import struct
from pathlib import Path

IMAGE = re.compile(r"<img\b[^>]*>")


def png_size(path: Path) -> tuple[int, int] | None:
    """Read width and height from a PNG's head; None for other files."""
    with path.open("rb") as file:
        head = file.read(24)
    if head[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    return struct.unpack(">II", head[16:24])


def file_of(source: str, pagename: str, app) -> Path | None:
    """Find the file behind the address that a page uses."""
    place = posixpath.normpath(posixpath.join(posixpath.dirname(pagename), source))
    first, _, rest = place.partition("/")
    if first == "_images":
        return {name: Path(app.srcdir, path) for path, name in app.builder.images.items()}.get(rest)
    return Path(app.srcdir, "_static", rest) if first == "_static" else None


def is_figure(file: Path | None) -> bool:
    """Whether a picture came out of a notebook."""
    return file is not None and "jupyter_execute" in file.parts


def add_sizes(app, pagename, templatename, context, doctree):
    """Complete the tags of a page's pictures; link figures to themselves."""

    def complete(found):
        tag = found[0]
        source = re.search(r'src="([^"]+)"', tag)
        file = file_of(source[1], pagename, app) if source else None
        size = png_size(file) if file is not None and file.exists() else None
        added = []
        if size and "width=" not in tag:
            added += [f'width="{size[0]}" height="{size[1]}"']
        if "loading=" not in tag:
            added += ['loading="lazy"']  # the words above it are what one waits for
        added += ['decoding="async"']
        tag = f"<img {' '.join(added)}{tag[4:]}"
        # without scripts a figure of a notebook opens by itself; with them, over the page
        return f'<a class="zoom" href="{source[1]}">{tag}</a>' if is_figure(file) else tag

    context["body"] = IMAGE.sub(complete, context.get("body") or "")


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", add_sizes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
