"""Bars of what takes long: in a notebook below its cell, in `make book` below the chapter's bar."""

import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

TOLD = "CEBRA_BOOK_PROGRESS"  # names the file that holds the last line of a chapter's bar
EVERY = 0.5  # seconds


class LastLine:
    """What a bar writes to when someone else shows it: a file that holds its last line."""

    encoding = "utf-8"  # tqdm asks, and draws with # where it may not use blocks

    def __init__(self, path: Path):
        self.path = path

    def write(self, text: str) -> None:
        """Replace the line; what only moves the cursor or wipes the line leaves an empty one."""
        with contextlib.suppress(OSError):  # whoever watched may be gone; work goes on
            self.path.write_text(text.strip(), encoding=self.encoding)

    def flush(self) -> None:
        """Nothing waits."""


def bar(shown: bool = True, **options) -> tqdm:
    """Open a bar where its reader looks.

    Parameters
    ----------
    shown : bool
        False for a bar that shows nothing; such a bar does not count either.
    **options
        As `tqdm` takes them: ``total``, ``desc``, ``unit``, an iterable.

    Returns
    -------
    tqdm
        On stderr; in a chapter under `watched`, in the file that the watcher reads, so that no
        stored notebook holds a bar.
    """
    told = os.environ.get(TOLD)
    if told:
        options |= {"file": LastLine(Path(told)), "leave": False, "mininterval": EVERY}
    return tqdm(disable=not shown, **options)


@contextlib.contextmanager
def watched(shown: bool = True) -> Iterator[dict[str, str]]:
    """Show the bars of another process, as long as stderr is a terminal.

    Parameters
    ----------
    shown : bool
        False to take them and show nothing.

    Yields
    ------
    dict of str to str
        The variables which that process must inherit.
    """
    finished = threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line"
        # Below papermill's bar of cells, and only on a terminal.
        line = tqdm(position=1, leave=False, bar_format="{desc}",
                    disable=None if shown else True, file=sys.stderr)  # fmt: skip

        def follow():
            while not finished.wait(EVERY):
                with contextlib.suppress(OSError, UnicodeDecodeError):  # not there, half written
                    line.set_description_str(path.read_text(encoding="utf-8"))

        watcher = threading.Thread(target=follow, daemon=True)
        watcher.start()
        try:
            yield {TOLD: str(path)}
        finally:
            finished.set()
            watcher.join()
            line.close()
