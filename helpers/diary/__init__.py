"""The bugs of chapter 07, small enough to watch."""

from .bugs import (
    Invented,
    Loaders,
    Repeats,
    decode_invented,
    device_properties,
    edit_distance,
    loaders,
    r2_and_correlation,
    r2_table,
    repeats,
    told,
)
from .cascade import Cascade, play
from .hang import Hang, measure_hang, same_loops, solids, void_table
from .pages import Forged, forge
from .ties import Ties, break_ties
