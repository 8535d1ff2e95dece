"""A recording of one's own: read, inspected, analysed, reported.

What chapter 09 tries out on animals whose truth is known is in `lessons`.
"""

from . import lessons
from .command import add_options, do_analyse
from .export import write_recording
from .files import read_recording
from .ingest import recording_from_arrays
from .inspection import inspect_recording
from .movement import Running, only_running, smoothed_speed, when_running
from .page import write_page
from .scaled import Scaled, scalings
from .steps import bin_edges, bin_spikes, sample_position
from .study import Analysis, analyse
from .track import linearise
