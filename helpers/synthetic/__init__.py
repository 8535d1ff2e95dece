"""Spikes of a latent that is known, and how much of it each method finds."""

from .beyond import Beyond
from .breaking import Breaking
from .checks import Checks, checks, seconds, table_of_moments
from .jobs import Baseline, Model, baselines, embed_all, jobs_01, main_setting, population
from .limits import Limits
from .names import NAMES
from .race import Race, populations, race
from .scored import Scored, Spread, score_all
