"""A recording of one's own: read, inspected, analysed, reported.

What chapter 09 tries out on animals whose truth is known is in `lessons`.
"""

from . import lessons
from .export import write_recording
from .files import read_recording
from .ingest import recording_from_arrays
from .inspection import inspect_recording
from .page import main, write_page
from .steps import bin_edges, bin_spikes, sample_position
from .study import Analysis, analyse
from .track import linearise, only_running
