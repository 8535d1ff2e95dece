"""Spikes of a latent that is known, and how much of it each method finds."""

from .jobs import Model, Rival, jobs_01
from .report import over_mixings, over_seeds
