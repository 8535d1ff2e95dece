"""More base seeds for what is recorded already: sums of squares add up, runs need no repetition.

Recording a book under five seeds takes as long as five runs. A machine that is lent for two of them
records two, and another sitting adds the next. The mean and the standard deviation over all runs
follow exactly from those of the parts (Chan, Golub & LeVeque 1983,
https://doi.org/10.1080/00031305.1983.10483115).
"""

import math
from collections.abc import Collection
from pathlib import Path

from helpers.files import read_json

from . import expected


def add(results: list[Path], chapters: Collection[str]) -> int:
    """Add runs under further base seeds to the values recorded for their recording and profile.

    Parameters
    ----------
    results : list of Path
        Results files of one recording and profile, of base seeds that no recorded run had.
    chapters : collection of str
        Numbers of the chapters to add.

    Returns
    -------
    int
        Number of values recorded.

    Raises
    ------
    ValueError
        If a value was recorded from a single run or not at all, has another kind, or the new runs
        cannot be recorded themselves; nothing is changed then.
    """
    new, problems = {}, []
    runs = [
        {i: e for i, e in read_json(path).items() if e["chapter"] in chapters} for path in results
    ]
    if not runs or not all(runs):
        raise ValueError("nothing to add: a run left no results for these chapters")
    entries = {i: [run[i] for run in runs if i in run] for i in set().union(*runs)}
    some = next(iter(runs[0].values()))
    old = expected.pair_of(some["recording"], some["profile"])
    for id, found in sorted(entries.items()):
        if found[0].get("status") == expected.NOTED:
            continue
        try:
            new[id] = pooled(id, old.get(id), found)
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError("nothing recorded:\n  " + "\n  ".join(problems))
    expected.merge(new, (some["recording"], some["digest"], some["profile"]))
    return len(new)


def pooled(id: str, old: dict | None, entries: list[dict]) -> dict:
    """Pool a recorded entry with what further runs measured.

    Parameters
    ----------
    id : str
    old : dict or None
        The entry of `data/expected.json`.
    entries : list of dict
        Those of the runs' results files.

    Returns
    -------
    dict
        An entry, its tolerance `expected.WIDTH` standard deviations over all runs.

    Raises
    ------
    ValueError
        If there is no entry of at least two runs, or the values are of another kind.
    """
    values = [entry["value"] for entry in entries]
    if old is None or (old["runs"] < 2 and expected.shape(old["value"])[0] == "number"):
        raise ValueError(f"{id} is not recorded from several runs; record it anew instead")
    if {expected.shape(value) for value in [old["value"], *values]} != {expected.shape(values[0])}:
        raise ValueError(f"{id} is of another kind or length than the recorded {old['value']!r}")
    n = old["runs"] + len(values)
    if expected.shape(values[0])[0] in ("str", "bool"):
        if any(value != old["value"] for value in values):
            raise ValueError(f"{id} differs between seeds: {[old['value'], *values]}")
        return {**old, "runs": n}
    columns = zip(*map(expected.aslist, values), strict=True)
    past = zip(expected.aslist(old["value"]), expected.aslist(old["sd"]), strict=True)
    both = [_extended(old["runs"], *p, c) for p, c in zip(past, columns, strict=True)]
    means, spreads = (list(part) for part in zip(*both, strict=True))
    room = [max(expected.WIDTH * s, expected.ROUNDING * abs(m)) for m, s in both]
    if not isinstance(values[0], list):
        means, spreads, room = means[0], spreads[0], room[0]
    kept = {key: value for key, value in old.items() if key == "chapter"}
    return {**kept, "runs": n, "value": means, "tolerance": room, "sd": spreads}


def _extended(n: int, mean: float, sd: float, values: tuple) -> tuple[float, float]:
    """Mean and standard deviation of ``n`` values, known by theirs, and some more."""
    total = n + len(values)
    new = (n * mean + math.fsum(values)) / total
    squares = (n - 1) * sd**2 + n * (mean - new) ** 2
    squares += math.fsum((value - new) ** 2 for value in values)
    return new, math.sqrt(squares / (total - 1))
