"""The settings of the search: those that the paper names as searched, around its own and ours."""

from itertools import product

from helpers.training import Kind

GRID = {
    "temperature": (0.4, 1.0, 2.5),
    "learning_rate": (3e-4, 2e-3),
    "num_hidden_units": (32, 64),
}
SETTINGS = [dict(zip(GRID, values, strict=True)) for values in product(*GRID.values())]
SEARCHED = {f"search {n}": Kind(parameters=setting) for n, setting in enumerate(SETTINGS)}
"""CEBRA-Behaviour under each, by the name of the model; with our batch."""
