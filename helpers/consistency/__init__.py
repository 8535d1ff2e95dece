"""Do two embeddings agree, up to the turn that aligns them?"""

from .alignment import correlation, time_aligned, time_aligned_correlation
from .jobs import FIRST_FOLD, RUNS, embed, four_rats, jobs_04
from .measure import Ring
