"""A recording of one's own: read, inspected, analysed, reported."""
