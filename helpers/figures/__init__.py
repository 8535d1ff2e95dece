"""Arrays or a study in, picture out: a room a wing. `show` puts a picture on the page."""

from . import (
    consistency,
    decoded,
    decoding,
    diagrams,
    diary,
    embeddings,
    flipbook,
    interactive,
    interactive_rats,
    limits,
    losses,
    own,
    paths,
    raster,
    rings,
    schemes,
    scorecard,
    seen,
    shape,
    style,
    sweep,
    synthetic,
    threshold,
    topology,
    trackplayer,
    training,
)
from .scorecard import Point
from .style import Picture, show, use
