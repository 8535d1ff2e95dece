"""A recording of one's own: read, inspected, analysed, reported."""

from .broken import refusals
from .decoding import PLAIN, plain_methods
from .export import laboratory, on_a_circle, write_recording
from .files import read_recording
from .ingest import recording_from_arrays
from .inspection import honest_split, inspect_recording
from .jobs import TIME, TOLD
from .page import main
from .steps import bin_edges, bin_spikes, sample_position
from .track import linearise, only_running
