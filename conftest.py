"""Settings of every test run: the quick profile, one thread a process, the root on `sys.path`.

nbval starts a kernel per notebook, which inherits this environment: so the chapters run in the
quick profile also on a machine with a GPU, never fight over cores, and compute as they do in
`helpers.book run`.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent

os.environ.setdefault("CEBRA_BOOK_PROFILE", "quick")
os.environ.setdefault("TQDM_DISABLE", "1")
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")
sys.path.insert(0, str(ROOT))

from helpers.book.arithmetic import steady  # noqa: E402  (only now can they be found)
from helpers.book.kernels import ALLOCATION  # noqa: E402

for name, value in (steady() | ALLOCATION).items():
    os.environ.setdefault(name, value)
