"""Is it a ring: persistent cohomology, the angle of a loop, laps around it."""

from .circular import circular_coordinate, follow
from .cost import peak_gb
from .jobs import Model, jobs_05, stand_ins
from .persistence import PRIME, bars, check_cost, lifespans, longest, p_value
from .report import LANDMARKS, POINTS, Bars, longest_bars, main_bar, p_of, pick
from .rulers import Arcs, Order, Spheres, arcs, order, shapes_judged, spheres
from .shape import arc_gaps, end_gap_ratio, ends_and_middle
from .tables import table
from .winding import LEAST_WAY, scrambled_along, share_wound, turns, whole_trips
