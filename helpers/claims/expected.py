"""The recorded values of `data/expected.json`: look up, compare, and record with a tolerance.

The file holds one object a pair, `"achilles/quick"`, and in it one entry an id: `value`,
`tolerance` (0 for text and truth values), `sd`, `runs`, `chapter`, and `spread_of`
where the spread is another profile's.

Recording a book under five seeds takes as long as five runs. A machine that is lent for two of them
records two, and another sitting adds the next: mean and standard deviation over all runs follow
from those of the parts (Chan, Golub & LeVeque 1983,
https://doi.org/10.1080/00031305.1983.10483115).
"""

from collections.abc import Collection
from pathlib import Path

import numpy as np

from helpers.files import ROOT, read_json, update_json

EXPECTED = ROOT / "data" / "expected.json"
NOTED = "of this machine"  # the status of a value that is compared with nothing
WIDTH = 3  # a tolerance in standard deviations over seeds
ROUNDING = 1e-3  # relative: another processor's arithmetic, where a value has no seed at all


def recorded(chapter: dict) -> dict | None:
    """Find the entries of a chapter (`recording`, `profile`, `chapter`); None if never recorded."""
    pair = pair_of(chapter["recording"], chapter["profile"])
    return {i: e for i, e in pair.items() if e["chapter"] == chapter["chapter"]} or None


def pair_of(recording: str, profile: str) -> dict:
    """Read the entries of all chapters for a recording and profile."""
    return read_json(EXPECTED).get(f"{recording}/{profile}", {})


def compare(id: str, value, pair: dict) -> str | None:
    """Compare a value with its entry: None if it lies within its tolerance, else what is wrong."""
    if id not in pair:
        return f"{id} is not in data/expected.json, although this recording and profile are"
    centre, tolerance = pair[id]["value"], pair[id]["tolerance"]
    kind = shape(value)
    if kind != shape(centre):
        return f"{id} is {value!r}, recorded {centre!r}: another kind or length"
    if kind[0] != "number":
        return None if value == centre else f"{id} is {value!r}, recorded {centre!r}"
    triples = zip(aslist(value), aslist(centre), aslist(tolerance), strict=True)
    if all(abs(one - middle) <= allowed for one, middle, allowed in triples):
        return None
    return f"{id} is {value}, recorded {centre} ± {tolerance}"


def record(
    results: list[Path],
    chapters: Collection[str] = (),
    exact: Collection[str] = (),
    further: bool = False,
) -> int:
    """Record the values of several runs, which differ in their base seed only.

    The recorded value is the mean over the runs and the tolerance `WIDTH` standard deviations
    over them. One run alone serves if its values brought a spread over their seeds along, or if the
    quick profile of the same recording was recorded before: its spread then stands in, since the
    full profile's models differ less from seed to seed, not more.

    Parameters
    ----------
    results : list of Path
        Results files of one recording and profile.
    chapters : collection of str
        Numbers of the chapters to record; all in the files when empty.
    exact : collection of str
        Ids measured once, under one seed or none, and held to it up to rounding.
    further : bool
        Add these runs to those recorded, whose base seeds were others, instead of replacing them.

    Returns
    -------
    int
        Number of values recorded. Entries of other chapters and pairs stay as they are, but for
        spreads that the full profile borrows from these.

    Raises
    ------
    ValueError
        If the runs differ in pair or data, or a value has no spread or differs in kind; nothing is
        changed then.
    """
    runs = [_results(path, chapters) for path in results]
    everything = [entry for run in runs for entry in run.values()]
    kinds = {(entry["recording"], entry["digest"], entry["profile"]) for entry in everything}
    if len(kinds) != 1:
        raise ValueError(f"the results are of different recordings or profiles: {sorted(kinds)}")
    ((recording, _, profile),) = kinds
    old = pair_of(recording, profile)
    quick = pair_of(recording, "quick") if profile == "full" else {}
    new, problems = {}, []
    for id in sorted(set().union(*runs)):
        entries = [run[id] for run in runs if id in run]
        if id in exact:
            entries = [{**entry, "sd": 0.0} for entry in entries]
        try:
            before = _several(id, old) if further else None
            new[id] = entry_of(id, entries, quick.get(id), before)
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError("nothing recorded:\n  " + "\n  ".join(problems))
    _merge(new, f"{recording}/{profile}")
    if profile == "quick":
        _hand_on(new, f"{recording}/full")
    return len(new)


def _results(path: Path, chapters: Collection[str]) -> dict:
    """Read what a run left that can be recorded."""
    found = {
        id: entry
        for id, entry in read_json(path).items()
        if (not chapters or entry["chapter"] in chapters) and entry.get("status") != NOTED
    }
    if not found:
        raise ValueError(f"no results in {path}; run the chapters with that results file first")
    return found


def _several(id: str, old: dict) -> dict:
    """Find the entry that further runs are added to."""
    entry = old.get(id)
    if entry is None or (entry["runs"] < 2 and shape(entry["value"])[0] == "number"):
        raise ValueError(f"{id} is not recorded from several runs; record it anew instead")
    return entry


def _merge(new: dict, pair: str) -> None:
    """Put new entries into the file; those of the same chapters that are gone go."""
    chapters = {entry["chapter"] for entry in new.values()}

    def change(old: dict) -> dict:
        kept = {i: e for i, e in old.get(pair, {}).items() if e["chapter"] not in chapters}
        return {**old, pair: {**kept, **new}}

    update_json(EXPECTED, change)


def _hand_on(quick: dict, pair: str) -> None:
    """Renew the spreads that the full profile borrows from these entries."""

    def change(old: dict) -> dict:
        full = dict(old.get(pair, {}))
        for id in quick.keys() & {id for id, entry in full.items() if "spread_of" in entry}:
            full[id] = entry_of(id, [{**full[id], "sd": None}], quick[id])
        return {**old, pair: full} if full else old

    update_json(EXPECTED, change)


def entry_of(
    id: str, entries: list[dict], stand_in: dict | None = None, before: dict | None = None
) -> dict:
    """Make the entry of one id from its values in some runs, pooled with the entry from before.

    One run alone takes the spread that it brought along, or the stand-in's.
    """
    values = [entry["value"] for entry in entries]
    known = values if before is None else [before["value"], *values]
    runs = np.array([1] * len(values) if before is None else [before["runs"]] + [1] * len(values))
    base = {"chapter": entries[0]["chapter"], "runs": int(runs.sum())}
    if len(set(map(shape, known))) > 1:
        raise ValueError(f"{id} is of different kinds or lengths: {known}")
    if shape(values[0])[0] != "number":
        if any(value != known[0] for value in known):
            raise ValueError(f"{id} differs between seeds: {known}; expect what does not")
        return {**base, "value": values[0], "tolerance": 0, "sd": 0}
    if len(known) == 1:
        mean, sd = np.array(values[0]), _spread_of_one(id, entries[0], stand_in, base)
    else:
        mean, sd = _pooled(runs, np.array(known), 0 if before is None else before["sd"])
    sd = np.broadcast_to(sd, mean.shape)
    tolerance = np.maximum(WIDTH * sd, ROUNDING * abs(mean))
    return {**base, "value": mean.tolist(), "tolerance": tolerance.tolist(), "sd": sd.tolist()}


def _spread_of_one(id: str, entry: dict, stand_in: dict | None, base: dict):
    """Standard deviation of a single run's value; `base` notes if it is another profile's."""
    if entry["sd"] is not None:
        return entry["sd"]
    if stand_in is None or shape(stand_in["value"]) != shape(entry["value"]):
        raise ValueError(f"{id} has one run and no sd: record at least two base seeds")
    base["spread_of"] = "quick"
    return stand_in["sd"]


def _pooled(runs: np.ndarray, means: np.ndarray, first_sd) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation over all runs; only the first mean may stand for several."""
    total = runs.sum()
    mean = np.tensordot(runs, means, 1) / total
    squares = np.tensordot(runs, (means - mean) ** 2, 1) + (runs[0] - 1) * np.square(first_sd)
    return mean, np.sqrt(squares / (total - 1))


def aslist(value) -> list:
    """Wrap a single value in a list."""
    return value if isinstance(value, list) else [value]


def shape(value) -> tuple[str, int]:
    """Say what kind a value is (`"str"`, `"bool"` or `"number"`), and its length, -1 if single."""
    if isinstance(value, list):
        return "number", len(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return "number" if is_number else type(value).__name__, -1
