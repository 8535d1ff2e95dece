"""Figures of the book: arrays in, a matplotlib figure out; nothing here computes a result."""
