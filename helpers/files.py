"""Writing files that a reader never finds half written."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Lend a place beside `path` to write to; what was written there then replaces `path`.

    A reader, or a run that is interrupted or fails, sees the old file or the new one, never a part.

    Parameters
    ----------
    path : Path
        The file to be; its folder is made when missing.

    Yields
    ------
    Path
        A name not taken yet, in the same folder, with the same suffix. Open it plainly, so that
        the file gets the usual permissions.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem[:16]}.{uuid.uuid4().hex}{path.suffix}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all.

    Parameters
    ----------
    path : Path
        Where to write; its folder is made when missing.
    text : str
        The whole content, encoded as UTF-8 with plain newlines on every platform.
    """
    with whole(path) as part, part.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)


def read_json(path: Path) -> dict:
    """Read a JSON object.

    Parameters
    ----------
    path : Path
        A JSON file; one that is missing reads as an empty object.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If the file does not hold a JSON object.
    """
    path = Path(path)
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON ({error}); delete it or restore it") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds a {type(content).__name__}, not a JSON object")
    return content


def update_json(path: Path, change: Callable[[dict], dict]) -> dict:
    """Read a JSON object, change it, write it back, alone and atomically.

    A lock file beside `path` lets several processes merge into one file without losing entries.

    Parameters
    ----------
    path : Path
        The file; made when missing.
    change : callable
        Takes the present content, returns the new one.

    Returns
    -------
    dict
        What was written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock"), timeout=60):
        content = change(read_json(path))
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        write_text(path, text + "\n")
    return content
