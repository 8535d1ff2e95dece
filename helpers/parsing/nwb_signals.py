"""Units, traces and intervals of an NWB file, chosen by what its tables say of them."""

from __future__ import annotations

import numpy as np
from pynwb.ophys import RoiResponseSeries

from .errors import FileError
from .nwb_values import values_of

OBSERVED = 0.99  # of the time with a position, in which a unit should have been observed


def units(table, query: str | None, times: np.ndarray, findings: list) -> dict:
    """Spike times of the units that were asked for, under their own numbers."""
    if "spike_times" not in table.colnames:
        raise FileError(f"its units hold no spike_times but {', '.join(table.colnames)}")
    rows = np.arange(len(table))
    if query:
        ragged = {"spike_times", "obs_intervals", "waveform_mean", "waveforms", "electrodes"}
        columns = [name for name in table.colnames if name not in ragged]
        frame = table.to_dataframe(exclude=set(table.colnames) - set(columns)).reset_index(
            drop=True
        )
        rows = _queried(frame, query, "units_where").index.to_numpy()
    spikes = [np.asarray(table["spike_times"][int(row)], dtype=float) for row in rows]
    if "obs_intervals" in table.colnames:
        findings += _observed(table, rows, times)
    return {"spike_times": spikes, "unit_names": [str(table.id[int(row)]) for row in rows]}


def _observed(table, rows, times: np.ndarray) -> list[tuple]:
    """A finding of units that were not observed all the time that has a position."""
    short = []
    for row in rows:
        seen = np.zeros(len(times), dtype=bool)
        for start, stop in np.reshape(table["obs_intervals"][int(row)], (-1, 2)):
            seen |= (times >= start) & (times <= stop)
        if seen.mean() < OBSERVED:
            short.append(str(table.id[int(row)]))
    if not short:
        return []
    named = ", ".join(short[:6]) + ", …" * (len(short) > 6)
    what = f"{len(short)} units were observed in a part of the time only (obs_intervals)"
    return [(what, f"units {named}", "warning", "leave them out (units_where), or choose epochs")]


def traces(file, wanted: str | None) -> dict:
    """Activity of regions of interest, rows in time, and its clock."""
    series = {one.name: one for one in file.objects.values() if isinstance(one, RoiResponseSeries)}
    key = wanted or next(iter(series), None)
    if key not in series or (wanted is None and len(series) > 1):
        if not series and wanted is None:
            raise FileError("holds neither units with spike times nor traces of regions (ROI)")
        raise FileError(
            f"holds {len(series)} series of traces; name one of {', '.join(series)}: traces_key"
        )
    values, times = values_of(series[key], key)
    names = [str(one) for one in series[key].rois.data[:]]
    return {"traces": values, "trace_times": times, "unit_names": names}


def intervals(file, wanted: str) -> np.ndarray:
    """Start and stop of the intervals that were asked for, (n, 2) seconds."""
    name, _, query = wanted.partition(":")
    tables = dict(file.intervals or {})
    tables |= {k: t for k in ("epochs", "trials", "invalid_times") if (t := getattr(file, k))}
    if name.strip() not in tables:
        raise FileError(
            f"has no intervals {name.strip()!r}; epochs may be {', '.join(tables) or 'left out'}"
        )
    table = tables[name.strip()].to_dataframe()
    if query.strip():
        table = _queried(table, query, "epochs")
    return table[["start_time", "stop_time"]].to_numpy(dtype=float)


def _queried(table, query: str, what: str):
    try:
        found = table.query(query.strip())
    except Exception as error:  # noqa: BLE001 - pandas raises what its parsers raise
        columns = ", ".join(map(str, table.columns))
        raise FileError(
            f"{what}: {query.strip()!r} is no question ({error}) of {columns}"
        ) from None
    if not len(found):
        raise FileError(f"{what}: {query.strip()!r} holds of none of {len(table)} rows")
    return found
