"""From jobs to fits: what to train, on which bins, through which products, and what is kept."""

from .fit import Fit
from .headline import distinct_labels, headline_jobs, jobs_02, jobs_by_library
from .jobs import DEFAULTS, DTYPES, PARAMETERS, Job
from .losses import Losses, so_far
from .many import TrainingError, default_device, fast_dtype, fit, fit_many
from .one import Training, check_finite, new_module, new_sampler, one_thread, train
from .plan import (
    LEAST_LAG,
    VARIANTS,
    Kind,
    Model,
    lagged_labels,
    of_profile,
    plan,
    several,
    variant_job,
)
from .sampling import Sampler
from .searched import losses_by_library
