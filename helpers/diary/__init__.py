"""The bugs of chapter 07, small enough to watch."""

from .bugs import device_properties, edit_distance, r2_and_correlation, r2_table, told
from .cascade import play
from .hang import Hang, measure_hang, same_loops, solids, void_table
from .pages import forge
from .silent import Invented, decode_invented, loaders, repeats
from .ties import Ties, break_ties
