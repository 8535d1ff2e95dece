"""Is it a ring: persistent cohomology, the angle of a loop, laps around it."""
