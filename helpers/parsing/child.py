"""Parse a file in a child process: a crash, a hang-up or an odd exception becomes one line.

Libraries that read foreign files raise what they like, and some end with a signal on a single
flipped byte. ``python -m helpers.parsing`` is the child; it imports no more than it must.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from helpers.files import ROOT

from .errors import FileError
from .wire import unpacked

KINDS = {
    ".npz": "save it anew with np.savez, plain arrays only: pickles are not opened",
    ".mat": "save it anew in MATLAB, or as .npz",
    ".nwb": "check it with nwbinspector, or save its arrays as .npz",
}
"""Kinds of file by suffix, and what to do about one that cannot be read."""
QUESTIONS = {
    ".npz": ("position_file",),
    ".mat": ("field",),
    ".nwb": ("position_key", "epochs", "units_where", "traces_key", "without_direction"),
}
"""What each kind can be asked, beside what `recording_from_arrays` is told."""


def parse(path: Path, **questions) -> tuple[dict, list[tuple[str, str, str, str]]]:
    """Read a file's arrays.

    Parameters
    ----------
    path : Path
        Of one of `KINDS`.
    **questions
        ``field`` for a ``.mat``, and what `helpers.parsing.nwb` can be asked.

    Returns
    -------
    fields : dict
        Arrays and single values, by the names that `recording_from_arrays` has for them.
    findings : list of (what, where, severity, mend)
        What one must know of how they were read.

    Raises
    ------
    ValueError
        In one line, if the file is damaged or does not hold what is needed.
    """
    command = [sys.executable, "-m", "helpers.parsing"]
    asked = json.dumps((str(Path(path).resolve()), questions), default=str).encode()
    done = subprocess.run(command, input=asked, capture_output=True, cwd=ROOT, check=False)
    if done.returncode:
        suffix = Path(path).suffix.lower()
        raise ValueError(f"not readable ({_end(done)}); {KINDS[suffix]}")
    kind, answer = unpacked(done.stdout)
    if kind == "error":
        raise ValueError(answer)
    return answer


def _end(done: subprocess.CompletedProcess) -> str:
    """How a child ended without an answer."""
    if done.returncode < 0:
        return f"its library ended by {signal.Signals(-done.returncode).name}"
    last = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no word"]
    return f"its library ended with {last[-1][:120]}"


def answer(path: str, questions: dict) -> tuple[str, object]:
    """What the child has to say: ``("read", (fields, findings))`` or ``("error", line)``."""
    path = Path(path)
    suffix = path.suffix.lower()
    try:
        if suffix == ".npz":
            from .npz import read
        elif suffix == ".mat":
            from .matlab import read
        else:
            from .nwb import read
        return "read", read(path, **questions)
    except (FileError, MemoryError) as error:
        return "error", _line(error)
    except OSError as error:
        if error.filename and Path(error.filename) != path:  # the machine's trouble, not the file's
            return "error", f"{error.filename}: {error.strerror}, while {path.name} was read"
        return "error", f"not readable ({_line(error)}); {KINDS[suffix]}"
    except Exception as error:  # noqa: BLE001 - a foreign file makes its library raise anything
        return "error", f"not readable ({_line(error)}); {KINDS[suffix]}"


def _line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__
