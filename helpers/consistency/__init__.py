"""Do embeddings agree: groups of one rat's neurons, four rats, runs of the same thing?

Laid on each other moment by moment (`alignment`) or by the track (`measure`), on laps that were
trained on and on laps that were not, beside PCA, UMAP, t-SNE (`baselines`) and controls.
"""

from .alignment import correlation, explained, time_aligned, time_aligned_correlation
from .compare import aligned_rings
from .groups import Groups, groups_of_neurons
from .jobs import FIRST_FOLD, embed, four_rats, jobs_04
from .measure import Ring, between_runs, between_subjects
from .paper import ByPaper, by_paper
from .rats import Between, Controls, between_rats, controls
from .runs import Repeated, run_twice
from .search import Search, search
from .ways import nearest_way, table_of_ways
