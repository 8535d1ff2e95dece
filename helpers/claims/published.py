"""Claims and checks: what others state, what a chapter measured, and whether it still holds.

`published` reads a claim from `data/claims.yml`. `expect` compares a measured value with the
one recorded in `data/expected.json` and passes it on to the run's results file.
`python -m helpers.claims record <results.json>...` is the deliberate command that records.
"""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from helpers.files import ROOT, update_json

from . import expected

CLAIMS = ROOT / "data" / "claims.yml"
AS_RECORDED, NOT_RECORDED = "as recorded", "not recorded"
_chapter: dict | None = None  # what begin() said; one chapter runs in one process


@dataclass(frozen=True)
class Claim:
    """One published statement.

    Attributes
    ----------
    id, said_by : str
        The key: what is claimed, and by whom (`"blog"` or `"paper"`).
    value : float, list, dict, str or bool
        What the source states; errors are in cm.
    where : str
        Where in the source it stands.
    protocol : str
        How the book measures it: generator or recording, split, profile.
    rule : dict
        How it is judged: `kind` and its settings, see the head of `data/claims.yml`.
    sd : float or None
        Standard deviation over the source's seeds, where stated.
    more : dict
        Whatever else the entry holds: `note`, `range`, `n_seeds`, `heldout`, `relation`.
    """

    id: str
    said_by: str
    value: object
    where: str
    protocol: str
    rule: Mapping
    sd: float | None = None
    more: Mapping = field(default_factory=dict)


@cache
def claims(path: Path = CLAIMS) -> dict[tuple[str, str], Claim]:
    """Read all claims.

    Parameters
    ----------
    path : Path
        A file like `data/claims.yml`.

    Returns
    -------
    dict
        `Claim` by (id, said_by).

    Raises
    ------
    ValueError
        If an entry lacks a field, or two have one key.
    """
    content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    default, found = content["default_rule"], {}
    for entry in content["claims"]:
        entry = {"rule": default, **entry}
        missing = {"id", "said_by", "value", "where", "protocol"} - set(entry)
        if missing:
            raise ValueError(f"{path}: claim {entry.get('id', entry)} lacks {sorted(missing)}")
        names = ("id", "said_by", "value", "where", "protocol", "rule", "sd")
        known = {name: entry.pop(name) for name in names if name in entry}
        key = known["id"], known["said_by"]
        if key in found:
            raise ValueError(f"{path}: claim {key} stands twice; give one of them another id")
        found[key] = Claim(**known, more=entry)
    return found


def published(id: str, said_by: str) -> Claim:
    """Look up what a source states, so that no figure or table types it a second time.

    Parameters
    ----------
    id : str
        For example `"decode.posdir.median_cm"`.
    said_by : str
        `"blog"` or `"paper"`.

    Returns
    -------
    Claim

    Raises
    ------
    KeyError
        If `data/claims.yml` holds no such claim.
    """
    known = claims()
    if (id, said_by) not in known:
        others = [by for name, by in known if name == id]
        mend = f"said by {others}" if others else "add it to data/claims.yml"
        raise KeyError(f"no claim {id!r} by {said_by!r}; {mend}")
    return known[id, said_by]


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
    global _chapter
    if profile not in ("quick", "full"):
        raise ValueError(f"profile is {profile!r}; it is 'quick' or 'full'")
    other_seed = os.environ.get("CEBRA_BOOK_SEED", "0") != "0"
    recording_now = os.environ.get("CEBRA_BOOK_COMPARE") == "0"
    _chapter = {
        "chapter": chapter,
        "recording": recording.key,
        "digest": recording.digest,
        "profile": profile,
        "overridden": bool(overridden or other_seed or recording_now),
    }


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
        If the value lies outside the recorded tolerance, or its id is missing although this
        recording and profile are recorded.
    RuntimeError
        If `begin` was not called before.
    ValueError
        If the value is of another type or not finite.
    """
    if _chapter is None:
        raise RuntimeError(f"expect({id!r}) before begin(chapter, recording, profile)")
    value = plain(id, value)
    pair = None if _chapter["overridden"] else expected.recorded(_chapter)
    problem = None if pair is None else expected.compare(id, value, pair)
    status = NOT_RECORDED if pair is None else "outside" if problem else AS_RECORDED
    _store(id, {"value": value, "sd": sd and float(sd), "n": n, "split": split, "status": status})
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
    value = plain(id, value)
    _store(id, {"value": value, "sd": None, "n": None, "split": None, "status": expected.NOTED})


def _store(id: str, entry: dict) -> None:
    """Put a value into the run's results file, if this is a run that has one."""
    results = os.environ.get("CEBRA_BOOK_RESULTS")
    if results:
        update_json(Path(results), lambda old: {**old, id: {**_chapter, **entry}})


def plain(id: str, value):
    """Turn numpy scalars and arrays into what JSON can hold, checked.

    Parameters
    ----------
    id : str
        For the error message.
    value : float, sequence of float, str or bool
        Also as numpy types.

    Returns
    -------
    float, list of float, str or bool

    Raises
    ------
    ValueError
        If the value is of another type or not finite.
    """
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
    return numbers if isinstance(value, (list, tuple)) else numbers[0]
