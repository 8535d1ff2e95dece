"""CEBRA written on the page, held against the package.

The laps that chapter 06 trains on (`laps`), what pulls and pushes while a ring forms (`forces`),
free beads in place of neurons and the losses they bound (`beads`), the proof, quality and speed of
the page's lines beside the package's (`against`, `speed`).
"""

from .against import Proof, Quality, quality
from .beads import Descent, Rings
from .forces import Forces, Pairs, forces, pairs
from .laps import BEADS, Laps, Places, jobs_06, places, seeds_06, training_laps
from .speed import rate, speeds
