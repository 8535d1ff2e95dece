"""Reading the place off spikes or an embedding, on laps never seen, and how well it went."""

from .baselines import few_baselines, leaking, leaking_baselines
from .bayes import PLACE_CM, PRIOR_S, SMOOTHING_CM, RateMaps, decode_bayes, posterior
from .contest import Contest, contest
from .differ import why_we_differ
from .gaussian import decode_gaussian, window_means
from .held_out import HeldOut, held_out
from .jobs import (
    ITERATIONS,
    PAPER_KINDS,
    PAPER_SEEDS,
    decode_models,
    jobs_03,
    named_split,
    paper_jobs,
    paper_models,
)
from .leak import Leak, one_model
from .names import BAYES, COUNTS, LONG_BAYES
from .neighbours import (
    NEIGHBOURS,
    DecodingResult,
    Features,
    Transform,
    decode_constant,
    decode_knn,
    encode,
)
from .paper import ByPaper, by_paper
from .plain import CEBRA_WINDOW, pca, root_counts
from .planes import paper_layouts
from .random_bins import RandomBins, random_bins
from .rats import Rats, rats
from .report import split_table
from .scores import bootstrap, interval, mean_score, paired_difference, score, seed_sd
from .seen import Protocol, protocols
from .splits import (
    N_FOLDS,
    Split,
    contiguous_split,
    leaky_split,
    nested_split,
    nested_splits,
    trip_of_bin,
)
