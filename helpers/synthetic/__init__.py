"""Spikes of a latent that is known, and how much of it each method finds."""
