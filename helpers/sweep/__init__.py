"""Many models over a grid of settings, resumable, in one table, and what it taught."""

from .engines import cluster, on_a_cluster
from .grid import Grid, read_grid
from .study import Effect, Taught, taught
from .sweep import run, sweep
