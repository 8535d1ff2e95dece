"""What a chapter measured: noted for the scorecard, and held to what is recorded.

`expect` compares a value with the one in `data/expected.json` and passes it on to the run's results
file. `python -m helpers.claims record <results.json>...` is the deliberate command that records.
"""

import math
import os
from pathlib import Path

from helpers.files import update_json

from . import expected
from .ranges import impossible

AS_RECORDED, NOT_RECORDED = "as recorded", "not recorded"
_chapter: dict | None = None  # what begin() said; one chapter runs in one process
_length_m = 1.6  # of the track of its recording
_values: dict[str, dict] = {}  # what it has measured so far


def begin(chapter: str, recording, profile: str, overridden: bool = False) -> None:
    """Say which chapter runs, on what; a chapter's first act after loading its recording.

    Parameters
    ----------
    chapter : str
        Its number, for example `"02"`.
    recording : Recording
        The recording that served; its `key` and `digest` are noted.
    profile : str
        `"quick"` or `"full"`.
    overridden : bool
        True when a parameter differs from the chapter's own: then values are noted, not compared.
        So they are with another base seed (`$CEBRA_BOOK_SEED`) and while values are recorded.

    Raises
    ------
    ValueError
        If the profile is neither.
    """
    global _chapter, _length_m, _values
    _values = {}
    if profile not in ("quick", "full"):
        raise ValueError(f"profile is {profile!r}; it is 'quick' or 'full'")
    _length_m = getattr(recording, "length_m", _length_m)
    other_seed = os.environ.get("CEBRA_BOOK_SEED", "0") != "0"
    recording_now = os.environ.get("CEBRA_BOOK_COMPARE") == "0"
    _chapter = {
        "chapter": chapter,
        "recording": recording.key,
        "digest": recording.digest,
        "profile": profile,
        "overridden": bool(overridden or other_seed or recording_now),
    }


def so_far() -> tuple[dict, dict]:
    """Return what `begin` said of the chapter that runs, and what it has measured, by id.

    Returns
    -------
    tuple of dict

    Raises
    ------
    RuntimeError
        If `begin` was not called before.
    """
    if _chapter is None:
        raise RuntimeError("no chapter has begun: call begin(chapter, recording, profile)")
    return _chapter, dict(_values)


def expect(id: str, value, *, sd: float | None = None, n=None, split: str | None = None) -> None:
    """Compare a measured value with the recorded one, and note it for the scorecard.

    Prints one line without numbers, the same on every machine, so that nbval can compare it.

    Parameters
    ----------
    id : str
        Names the value for ever, for example `"decode.posdir.median_cm"`.
    value : float, list of float, str or bool
        What was measured.
    sd : float, optional
        Its standard deviation over seeds, in the value's unit.
    n : int, optional
        Number of seeds behind `value` and `sd`.
    split : str, optional
        The split it was measured on.

    Raises
    ------
    AssertionError
        If the value lies outside the recorded tolerance or cannot be true at all (`ranges`), or its
        id is missing although this recording and profile are recorded.
    RuntimeError
        If `begin` was not called before.
    ValueError
        If the value is of another type or not finite.
    """
    if _chapter is None:
        raise RuntimeError(f"expect({id!r}) before begin(chapter, recording, profile)")
    value = _plain(id, value)
    pair = None if _chapter["overridden"] else expected.recorded(_chapter)
    problem = None if pair is None else expected.compare(id, value, pair)
    status = NOT_RECORDED if pair is None else "outside" if problem else AS_RECORDED
    more = {"sd": sd and float(sd), "n": n, "split": split}
    _store(id, {"value": value, "status": status, **more})
    if problem:
        raise AssertionError(f"{problem} ({_chapter['recording']}, {_chapter['profile']})")
    print(f"{id}: {status}")


def note(id: str, value) -> None:
    """Note a value for the scorecard that nothing can be compared with.

    Seconds or memory of this machine; or a p-value of a null among its own kind, which may be any.

    Parameters
    ----------
    id : str
        As for `expect`.
    value : float, list of float, str or bool

    Raises
    ------
    RuntimeError
        If `begin` was not called before.
    ValueError
        If the value is of another type or not finite.
    """
    if _chapter is None:
        raise RuntimeError(f"note({id!r}) before begin(chapter, recording, profile)")
    _store(id, {"value": _plain(id, value), "status": expected.NOTED})


def _store(id: str, entry: dict) -> None:
    """Put a value into the run's results file, if this is a run that has one."""
    full = {**_chapter, "sd": None, "n": None, "split": None, **entry}
    _values[id] = full
    if results := os.environ.get("CEBRA_BOOK_RESULTS"):
        update_json(Path(results), lambda old: {**old, id: full})


def _plain(id: str, value):
    """Turn numpy scalars and arrays into what JSON can hold; ValueError if that is not finite."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, (str, bool)):
        return value
    numbers = list(value) if isinstance(value, (list, tuple)) else [value]
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            kind = type(number).__name__
            raise ValueError(f"{id} holds a {kind}; give a number, a list of them, a str or a bool")
        if not math.isfinite(number):
            raise ValueError(f"{id} is {number}; find out why before it is recorded")
    numbers = [float(number) for number in numbers]
    if problem := impossible(id, numbers, _length_m):
        raise AssertionError(problem)
    return numbers if isinstance(value, (list, tuple)) else numbers[0]
