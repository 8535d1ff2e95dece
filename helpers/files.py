"""Writing files that a reader never finds half written."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` atomically.

    The text goes to a temporary file in the same folder, which then replaces `path`: a reader, or
    a run that is interrupted, sees the old file or the new one, never a part.

    Parameters
    ----------
    path : Path
        Where to write; its folder is made when missing.
    text : str
        The whole content, encoded as UTF-8 with plain newlines on every platform.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}")  # opened plainly: usual permissions
    try:
        with part.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


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
