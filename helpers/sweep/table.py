"""The table of a sweep: one row a cell, tidy, with where each number comes from."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from helpers.files import whole, write_text
from helpers.recordings import Recording
from helpers.training import DEFAULTS, PARAMETERS

from .cell import ORIGIN, VALUES
from .grid import Cell

SUFFIXES = (".csv", ".parquet")


def table_row(recording: Recording, cell: Cell, measured: dict) -> dict:
    """One row of the table: what was tried, what came out, where it comes from.

    The book's nine parameters are always among the columns, others where the grid names them.
    """
    parameters = PARAMETERS | dict(cell.parameters)
    return {
        "recording": cell.recording,
        "source": recording.source,
        "digest": recording.digest,
        "variant": cell.variant,
        "seed": cell.seed,
        "split": f"nested {cell.fold}, validation laps",
        "dtype": cell.dtype,
        **{name: parameters[name] for name in DEFAULTS if name in parameters},
        **{name: _plain(measured[name]) for name in (*VALUES, *ORIGIN)},
    }


def _plain(value):
    """A text, a whole number, or a finite float; None where there is none."""
    if isinstance(value, str | int):
        return value
    return float(value) if np.isfinite(value) else None


def check_suffix(path: Path) -> None:
    """Raise before anything is trained if a table cannot be written under this name."""
    if path.suffix not in SUFFIXES:
        raise ValueError(f"{path} ends in neither .csv nor .parquet; name the table so")
    if path.suffix == ".parquet" and find_spec("pyarrow") is None:
        raise ValueError(
            f"{path.name} needs pyarrow, which is not installed; end it in .csv, "
            "or: pip install pyarrow"
        )


def write_table(path: Path, rows: Sequence[dict]) -> None:
    """Write rows as CSV or Parquet, by the suffix of `path`, whole or not at all."""
    check_suffix(path)
    if path.suffix == ".parquet":
        import pyarrow
        import pyarrow.parquet

        with whole(path) as part:
            pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows)), part)
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)  # floats as repr: they come back as the same bits
    write_text(path, text.getvalue())
