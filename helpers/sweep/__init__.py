"""Many models over a grid of settings, resumable, in one table."""

from .engines import cluster, on_a_cluster
from .grid import Grid, read_grid
from .jobs import grid_09
