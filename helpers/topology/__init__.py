"""Is it a ring? Bars of persistent cohomology, the angle of a loop, laps sent round it.

Bars and Betti numbers (`persistence`, `report`, `diagrams`, `dimensions`), circular coordinates
(`circular`, `angles`), the rat followed round them (`winding`, `rounds`, `laps`, `unseen`), and the
`cost`.
"""

from .ages import Ages, ages
from .angles import Angles, angles
from .circular import circular_coordinate, follow
from .cost import Price, peak_gb, price
from .diagrams import Compared, Diagrams, Models, compared, diagrams
from .dimensions import Dimensions, against_distributions, births, dimensions
from .jobs import jobs_05, stand_ins
from .laps import (
    Animals,
    Winding,
    animals,
    equally_followed,
    other_landmarks,
    winding,
)
from .persistence import PRIME, bars, check_cost, lifespans, longest, p_value
from .report import LANDMARKS, POINTS, Bars, longest_bars, main_bar, p_of, pca_cloud, pick
from .rulers import Arcs, Order, Spheres, arcs, order, shapes_judged, spheres
from .shape import arc_gaps, end_gap_ratio, ends_and_middle
from .unseen import HeldOut, held_out
from .winding import leading_loop, scrambled_along, share_wound, turns, whole_trips
