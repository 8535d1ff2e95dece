"""The recorded values of `data/expected.json`: look up, compare, and record with a tolerance.

The file holds one object a pair, `"achilles/quick"`, and in it one entry an id: `value`,
`tolerance` (0 for text and truth values), `sd`, `runs`, `chapter`, and `spread_of`
where the spread is another profile's.
"""

import statistics
from collections.abc import Collection
from pathlib import Path

from helpers.files import ROOT, read_json, update_json

EXPECTED = ROOT / "data" / "expected.json"
NOTED = "of this machine"  # the status of a value that is compared with nothing
WIDTH = 3  # a tolerance in standard deviations over seeds
ROUNDING = 1e-3  # relative: another processor's arithmetic, where a value has no seed at all


def recorded(chapter: dict) -> dict | None:
    """Find what is recorded for a chapter under a recording and profile.

    Parameters
    ----------
    chapter : dict
        With `recording` (its key), `profile` and `chapter` (its number).

    Returns
    -------
    dict or None
        Entries by id; None when the chapter was never recorded under this pair.
    """
    pair = pair_of(chapter["recording"], chapter["profile"])
    return {i: e for i, e in pair.items() if e["chapter"] == chapter["chapter"]} or None


def pair_of(recording: str, profile: str) -> dict:
    """Read the entries of all chapters for a recording and profile."""
    return read_json(EXPECTED).get(f"{recording}/{profile}", {})


def compare(id: str, value, pair: dict) -> str | None:
    """Compare a value with its entry.

    Parameters
    ----------
    id : str
    value : float, list of float, str or bool
    pair : dict
        What `recorded` returned.

    Returns
    -------
    str or None
        None if the value lies within its tolerance, else one line that says what is wrong.
    """
    if id not in pair:
        return f"{id} is not in data/expected.json, although this recording and profile are"
    entry = pair[id]
    numbers, centres, tolerances = (aslist(v) for v in (value, entry["value"], entry["tolerance"]))
    if shape(value) != shape(entry["value"]):
        return f"{id} is {value!r}, recorded {entry['value']!r}: another kind or length"
    if shape(value)[0] in ("str", "bool"):
        same = value == entry["value"]
        return None if same else f"{id} is {value!r}, recorded {entry['value']!r}"
    triples = zip(numbers, centres, tolerances, strict=True)
    if all(abs(number - centre) <= tolerance for number, centre, tolerance in triples):
        return None
    return f"{id} is {value}, recorded {entry['value']} ± {entry['tolerance']}"


def record(results: list[Path], chapters: Collection[str] = (), exact: Collection[str] = ()) -> int:
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

    Returns
    -------
    int
        Number of values recorded. Entries of other chapters and pairs stay as they are.

    Raises
    ------
    ValueError
        If the runs differ in pair or data, or a value has no spread or differs in kind.
    """
    runs = [
        {
            id: e
            for id, e in read_json(path).items()
            if (not chapters or e["chapter"] in chapters) and e.get("status") != NOTED
        }
        for path in results
    ]
    everything = [entry for run in runs for entry in run.values()]
    if not all(runs):
        empty = [str(path) for path, run in zip(results, runs, strict=True) if not run]
        raise ValueError(f"no results in {empty}; run the chapters with that results file first")
    kinds = {(entry["recording"], entry["digest"], entry["profile"]) for entry in everything}
    if len(kinds) > 1:
        raise ValueError(f"the results are of different recordings or profiles: {sorted(kinds)}")
    ids = sorted(set().union(*runs))
    is_full = everything[0]["profile"] == "full"
    quick = pair_of(everything[0]["recording"], "quick") if is_full else {}
    new, problems = {}, []
    for id in ids:
        try:
            entries = [run[id] for run in runs if id in run]
            if id in exact:
                entries = [{**entry, "sd": 0.0} for entry in entries]
            new[id] = entry_of(id, entries, quick.get(id))
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError("nothing recorded:\n  " + "\n  ".join(problems))
    merge(new, kinds.pop())
    return len(new)


def merge(new: dict, kind: tuple[str, str, str]) -> None:
    """Put new entries into the file; those of the same chapters that are gone go."""
    recording, _, profile = kind
    chapters = {entry["chapter"] for entry in new.values()}

    def change(old: dict) -> dict:
        name = f"{recording}/{profile}"
        kept = {i: e for i, e in old.get(name, {}).items() if e["chapter"] not in chapters}
        return {**old, name: {**kept, **new}}

    update_json(EXPECTED, change)


def entry_of(id: str, entries: list[dict], stand_in: dict | None = None) -> dict:
    """Make the entry of one id from its values in several runs, or one and a stand-in's spread."""
    values = [entry["value"] for entry in entries]
    base = {"chapter": entries[0]["chapter"], "runs": len(values)}
    if len({shape(value) for value in values}) > 1:
        raise ValueError(f"{id} is of different kinds or lengths: {values}")
    if shape(values[0])[0] in ("str", "bool"):
        if any(value != values[0] for value in values):
            raise ValueError(f"{id} differs between seeds: {values}; expect what does not")
        return {**base, "value": values[0], "tolerance": 0, "sd": 0}
    columns = list(zip(*map(aslist, values), strict=True))
    means = [statistics.fmean(column) for column in columns]
    if len(values) > 1:
        spreads = [statistics.stdev(column) for column in columns]
    elif entries[0]["sd"] is not None:
        spreads = [entries[0]["sd"]] * len(means)
    elif stand_in is not None and shape(stand_in["value"]) == shape(values[0]):
        spreads, base["spread_of"] = aslist(stand_in["sd"]), "quick"
    else:
        raise ValueError(f"{id} has one run and no sd: record at least two base seeds")
    pairs = zip(spreads, means, strict=True)
    tolerances = [max(WIDTH * sd, ROUNDING * abs(mean)) for sd, mean in pairs]
    if not isinstance(values[0], list):
        return {**base, "value": means[0], "tolerance": tolerances[0], "sd": spreads[0]}
    return {**base, "value": means, "tolerance": tolerances, "sd": spreads}


def aslist(value) -> list:
    """Wrap a single value in a list."""
    return value if isinstance(value, list) else [value]


def shape(value) -> tuple[str, int]:
    """Say what kind a value is (`"str"`, `"bool"` or `"number"`), and its length, -1 if single."""
    if isinstance(value, list):
        return "number", len(value)
    kind = "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    return kind or type(value).__name__, -1
