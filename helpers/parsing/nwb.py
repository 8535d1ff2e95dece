"""Places of an NWB file by their meaning: conversion and offset, unit of measure, clock, epochs.

Read with pynwb, not through pynapple, which drops a series' conversion, offset and unit, sorts time
stamps away from their data, and makes the time axis of every object of the file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pynwb import NWBHDF5IO
from pynwb.behavior import CompassDirection, SpatialSeries

from .errors import FileError
from .nwb_signals import intervals, traces, units
from .nwb_values import values_of

LENGTHS = {
    "m": 1.0, "meter": 1.0, "meters": 1.0, "metre": 1.0, "metres": 1.0,
    "cm": 0.01, "centimeter": 0.01, "centimeters": 0.01, "centimetre": 0.01, "centimetres": 0.01,
    "mm": 0.001, "millimeter": 0.001, "millimeters": 0.001, "millimetre": 0.001,
    "millimetres": 0.001,
}  # fmt: skip
"""Units that are lengths, in metres."""
NEAR_S = 0.25  # a direction this far in time from a place is not of that place


def read(
    path: Path,
    position_key: str | None = None,
    epochs: str | None = None,
    units_where: str | None = None,
    traces_key: str | None = None,
    without_direction: bool = False,
    scale: float | None = None,
    unit: str | None = None,
    length_m: float | None = None,
) -> tuple[dict, list[tuple]]:
    """Read units or traces, and one position.

    `position_key` names the series of the position, two with a comma those of x and y. `epochs`
    names a table of intervals that select the part on the track, ``trials`` or, with a query of its
    columns, ``epochs: label == 'maze'``; `units_where` is a query of the table of units. `scale`,
    `unit` and `length_m` are what the reader says of the position, before the file.
    """
    with NWBHDF5IO(str(path), "r", load_namespaces=True) as io:
        file = io.read()
        findings: list[tuple] = []
        fields = _position(file, position_key, scale, unit, length_m)
        if epochs:
            fields["position"] = _within(fields, intervals(file, epochs))
        if not without_direction and (series := _named(file, "direction")) is not None:
            fields["direction"] = _direction(series, fields["times"])
        if traces_key or file.units is None:
            fields |= traces(file, traces_key)
        else:
            fields |= units(file.units, units_where, fields["times"], findings)
        return fields, findings


def _position(file, wanted, scale, unit, length_m) -> dict:
    """Places in metres, or in a unit that the reader gave, and their times."""
    series = _spatial(file)
    keys = [key.strip() for key in wanted.split(",")] if wanted else _likely(series)
    missing = [key for key in keys if key not in series]
    if len(keys) != (2 if wanted and "," in wanted else 1) or missing:
        raise FileError(
            f"holds {len(series)} series of places, {', '.join(series) or 'none'}; name one, or "
            "those of x and y with a comma between: position_key"
        )
    parts = [values_of(series[key], key) for key in keys]
    times = parts[0][1]
    if any(not np.array_equal(one, times) for _, one in parts):
        raise FileError(f"{' and '.join(keys)} have other time stamps each; give one of them")
    places = parts[0][0] if len(parts) == 1 else np.column_stack([one for one, _ in parts])
    if places.ndim == 2 and places.shape[1] == 1:
        places = places[:, 0]
    if unit is not None or scale is not None:
        return {"position": places, "times": times}
    said = str(series[keys[0]].unit)
    factor = LENGTHS.get(said.strip().lower())
    if factor is None and length_m is not None and places.ndim == 1:
        low, high = np.nanmin(places), np.nanmax(places)
        return {"position": (places - low) / (high - low), "times": times, "scale": length_m}
    if factor is None:
        raise FileError(
            f"{keys[0]} is in {said!r}, which is no length; give scale, the metres of one unit"
            + (", or length_m" if places.ndim == 1 else "")
        )
    return {"position": places * factor, "times": times}


def _spatial(file) -> dict:
    """Every series of places by its name, or by its path where two have one name."""
    found = [
        one
        for one in file.objects.values()
        if isinstance(one, SpatialSeries) and not isinstance(one.parent, CompassDirection)
    ]
    found += [
        one
        for one in (*file.acquisition.values(), *_processed(file))
        if "position" in str(one.name).lower()
        and hasattr(one, "data")
        and not isinstance(one, SpatialSeries)
    ]
    names = [one.name for one in found]
    named = {
        one.name if names.count(one.name) == 1 else f"{one.parent.name}/{one.name}": one
        for one in found
    }
    return dict(sorted(named.items()))


def _processed(file):
    for module in file.processing.values():
        yield from module.data_interfaces.values()


def _likely(series: dict) -> list[str]:
    """The only series, or the only one that is called position or spatial series."""
    if len(series) == 1:
        return list(series)
    return [
        k for k in series if "position" in k.lower().split("/")[-1] or "spatialseries" in k.lower()
    ]


def _within(fields: dict, intervals: np.ndarray) -> np.ndarray:
    """Places outside of all intervals as untracked."""
    times, places = fields["times"], np.array(fields["position"], dtype=float)
    inside = np.zeros(len(times), dtype=bool)
    for start, stop in intervals:
        inside |= (times >= start) & (times <= stop)
    if not inside.any():
        raise FileError("epochs hold no moment that has a place; name other intervals")
    places[~inside] = np.nan
    return places


def _named(file, name: str):
    """A plain time series of that name, or None."""
    found = [one for one in (*file.acquisition.values(), *_processed(file)) if one.name == name]
    return found[0] if found and hasattr(found[0], "data") else None


def _direction(series, times: np.ndarray) -> np.ndarray:
    """Direction at the places' own times, by the nearest of its samples."""
    values, stamps = values_of(series, "direction")
    order = np.argsort(stamps, kind="stable")
    values, stamps = values[order], stamps[order]
    after = np.clip(np.searchsorted(stamps, times), 1, max(len(stamps) - 1, 1))
    before = after - 1
    after = np.minimum(after, len(stamps) - 1)
    near = np.where(times - stamps[before] <= stamps[after] - times, before, after)
    far = int((np.abs(stamps[near] - times) > NEAR_S).sum())
    if far:
        raise FileError(
            f"direction has no sample within {NEAR_S:g} s of {far} of {len(times)} places; mend "
            "its time stamps, or have it read off the movement: without_direction"
        )
    return np.sign(values[near])
