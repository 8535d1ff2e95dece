"""A local server for a built site, which compresses text as the site's hosts do."""

import contextlib
import functools
import gzip
import http.server
import io
import threading
from collections.abc import Iterator
from pathlib import Path

COMPRESSED = (".html", ".css", ".js", ".json", ".svg", ".xml", ".txt")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files; compress text where the browser takes it."""

    protocol_version = "HTTP/1.1"  # keeps connections open, as real hosts do

    def send_head(self):
        """Answer with a compressed body where that pays, else as the library does."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        takes = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (takes and path.is_file() and path.suffix in COMPRESSED):
            return super().send_head()
        body = gzip.compress(path.read_bytes(), mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def log_message(self, *arguments):
        """Stay quiet: a reader of the terminal wants the address, no log."""


def server(
    folder: Path, port: int = 0, handler: type[Handler] = Handler
) -> http.server.ThreadingHTTPServer:
    """Make a server for a folder.

    Parameters
    ----------
    folder : Path
        Of a built site.
    port : int
        0 takes any free one.
    handler : subclass of Handler
        How it answers.

    Returns
    -------
    ThreadingHTTPServer
        Listens on this machine only, once `serve_forever` is called.

    Raises
    ------
    OSError
        If the port is taken.
    """
    answering = functools.partial(handler, directory=str(folder))
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), answering)


@contextlib.contextmanager
def serving(folder: Path, handler: type[Handler] = Handler) -> Iterator[str]:
    """Serve a folder in the background; yields the address, for example http://127.0.0.1:41234."""
    with server(folder, handler=handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()
            thread.join()
