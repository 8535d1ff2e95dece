"""What others state, what was measured, and the verdict."""
