"""What a recording is, and where it comes from."""

from .finding import Finding
from .formats import REGISTRY, write_npz
from .geometry import GEOMETRIES
from .loading import RATS, load_recording, other_rats
from .recording import JUMP_M_S, Recording, stretches
from .simulation import STAND_INS, simulate_recording
