"""What a sweep tries: a grid file in YAML, and the cells it stands for.

A grid names recordings, variants, seeds, folds of the nested split, and CEBRA's parameters under
their own names. A single value may stand for a list of one::

    recordings: [achilles]
    variants: posdir
    seeds: [0, 1, 2, 3]
    parameters: {max_iterations: 1000, temperature: [1, 0.5], output_dimension: [3, 8]}
    design: product          # or: one-at-a-time

``product`` tries every combination; ``one-at-a-time`` starts from the first value of each list and
changes one parameter after the other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import cebra
import yaml

from helpers.decoding import N_FOLDS
from helpers.training import DEFAULTS, DTYPES, VARIANTS

SWEEPABLE = tuple(name for name in DEFAULTS if name not in ("optimizer_kwargs", "criterion"))
"""Parameters of CEBRA that a grid may set."""
DESIGNS = ("product", "one-at-a-time")
KEYS = ("recordings", "variants", "seeds", "folds", "parameters", "design", "dtype")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")  # YAML 1.1 takes 3e-4 for text


@dataclass(frozen=True)
class Cell:
    """One model of a sweep: on which recording, told what, with which seed and parameters."""

    recording: str
    variant: str
    seed: int
    fold: int
    parameters: tuple[tuple[str, object], ...]
    dtype: str = "float32"

    @property
    def title(self) -> str:
        """One line that no other cell of the grid has."""
        given = ", ".join(f"{name}={value}" for name, value in self.parameters)
        return f"{self.recording} {self.variant}, {given}, fold {self.fold}, seed {self.seed}"


@dataclass(frozen=True)
class Grid:
    """A checked grid.

    Parameters
    ----------
    recordings, variants, seeds, folds : list
        Each is combined with each.
    parameters : dict of str to list
        Values by CEBRA's name; those not named stand as in `helpers.training.jobs.PARAMETERS`.
    design : {"product", "one-at-a-time"}
        How values of parameters are combined.
    dtype : {"float32", "bfloat16"}
        Of the matrix products, as for `helpers.training.jobs.Job`.

    Raises
    ------
    ValueError
        In one line: an unknown name, an empty list, a value that stands twice.
    """

    recordings: list = field(default_factory=lambda: ["achilles"])
    variants: list = field(default_factory=lambda: ["posdir"])
    seeds: list = field(default_factory=lambda: [0])
    folds: list = field(default_factory=lambda: [0])
    parameters: dict = field(default_factory=dict)
    design: str = "product"
    dtype: str = "float32"

    def __post_init__(self):
        def put(name, value):
            object.__setattr__(self, name, value)

        for name in ("recordings", "variants", "seeds", "folds"):
            put(name, _values(name, getattr(self, name)))
        if not isinstance(self.parameters, Mapping):
            raise ValueError("parameters must be a mapping: CEBRA's names with their values")
        for name in self.parameters:
            _known("parameter", name, SWEEPABLE)
        put("parameters", {name: _values(name, given) for name, given in self.parameters.items()})
        for name in self.parameters.get("model_architecture", ()):
            _known("model_architecture", name, cebra.CEBRA.supported_model_architectures())
        dimensions = self.parameters.get("output_dimension", ())
        if any(isinstance(value, int | float) and value < 2 for value in dimensions):
            raise ValueError("output_dimension must be 2 or more: no ring fits on a line")
        for name in self.variants:
            _known("variant", name, VARIANTS)
        _known("design", self.design, DESIGNS)
        _known("dtype", self.dtype, DTYPES)
        _check_whole("seeds", self.seeds)
        _check_whole("folds", self.folds)
        if bad := [fold for fold in self.folds if fold not in range(N_FOLDS)]:
            raise ValueError(f"folds holds {bad[0]}; the nested split has folds 0, 1 and 2")

    @property
    def varied(self) -> list[str]:
        """Names of the parameters that have more than one value."""
        return [name for name, values in self.parameters.items() if len(values) > 1]

    def settings(self) -> list[tuple[tuple[str, object], ...]]:
        """Combinations of the parameters' values that the design asks for."""
        names, lists = list(self.parameters), list(self.parameters.values())
        if self.design == "product":
            return [tuple(zip(names, each, strict=True)) for each in itertools.product(*lists)]
        base = {name: values[0] for name, values in self.parameters.items()}
        others = [{**base, name: v} for name in names for v in self.parameters[name][1:]]
        return [tuple(one.items()) for one in (base, *others)]

    def cells(self) -> list[Cell]:
        """Every cell, in the order of the table."""
        return [
            Cell(recording, variant, seed, fold, setting, self.dtype)
            for recording, variant, setting, fold, seed in itertools.product(
                self.recordings, self.variants, self.settings(), self.folds, self.seeds
            )
        ]


def read_grid(path: Path) -> Grid:
    """Read and check a grid file.

    Parameters
    ----------
    path : Path
        YAML, see the head of `helpers.sweep.grid`.

    Returns
    -------
    Grid

    Raises
    ------
    ValueError
        In one line that names the file, the entry and the mend.
    FileNotFoundError
        If there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is no file; give a grid in YAML, as benchmarks/sweep.yml")
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_OnceLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} is not YAML ({reason})") from None
    try:
        if not isinstance(content, dict):
            raise ValueError(f"it holds no entries; give {', '.join(KEYS)}")
        for name in content:
            if name in DEFAULTS:
                raise ValueError(f"{name!r} is a parameter; write it under parameters:")
            _known("entry", name, KEYS)
        return Grid(**content)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


class _OnceLoader(yaml.SafeLoader):
    """As YAML's safe loader, which would take the last of two equal keys and say nothing."""

    def construct_mapping(self, node, deep=False):
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(name) for name in names if names.count(name) > 1})
        if twice:
            raise yaml.YAMLError(f"{', '.join(twice)} stands twice in one mapping")
        return super().construct_mapping(node, deep)


def _values(name: str, given) -> list:
    """A list of different plain values; one value is a list of one."""
    values = list(given) if isinstance(given, list | tuple) else [given]
    values = [
        float(value) if isinstance(value, str) and NUMBER.fullmatch(value) else value
        for value in values
    ]
    if not values:
        raise ValueError(f"{name} is an empty list: the grid would have no cell; give a value")
    for value in values:
        plain = isinstance(value, str | int | float) and not isinstance(value, bool)
        if not plain and not (name == "delta" and value is None):
            raise ValueError(f"{name} holds {value!r}; give numbers or names")
    twice = [value for place, value in enumerate(values) if value in values[:place]]
    if twice:
        raise ValueError(f"{name} holds {twice[0]!r} twice: its cells would be the same")
    return values


def _known(kind: str, name, known) -> None:
    """Raise if a name is not known, with the nearest one that is."""
    if name in known:
        return
    near = get_close_matches(str(name), known, n=1)
    some = list(known)[: len(SWEEPABLE)]  # there are a hundred architectures
    hint = f"did you mean {near[0]!r}?" if near else f"use {', '.join(some)}"
    raise ValueError(f"{kind} {name!r} is unknown; {hint}")


def _check_whole(name: str, values: list) -> None:
    for value in values:
        if not isinstance(value, int) or value < 0:
            raise ValueError(f"{name} holds {value!r}; give whole numbers, 0 or more")
