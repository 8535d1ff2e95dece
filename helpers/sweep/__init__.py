"""Many models over a grid of settings, resumable, in one table."""
