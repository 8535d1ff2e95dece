"""The kernels that chapters run in: this very Python, each with the variables of its chapter."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .arithmetic import steady

if TYPE_CHECKING:
    from .runner import Run

# A training step frees what it allocated, some dozen arrays of megabytes. glibc gives such arrays
# back to the system and gets them anew, page by page, at the next step: a fifth of the step's time.
# So it shall keep them, up to 32 MiB each, which is the most that all its versions take.
ALLOCATION: Mapping[str, str] = {
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
    "MALLOC_TRIM_THRESHOLD_": str(2**30),
    "MALLOC_TOP_PAD_": str(2**26),
}


def variables(run: Run, told: Mapping[str, str] | None = None) -> dict[str, str]:
    """List the variables that a chapter's kernel has beside those of this process."""
    return {
        "CEBRA_BOOK_RECORDING": run.recording,
        "CEBRA_BOOK_PROFILE": run.profile,
        "CEBRA_BOOK_SEED": str(run.seed),
        "CEBRA_BOOK_COMPARE": str(int(run.compare)),
        "CEBRA_BOOK_RESULTS": str(run.results.resolve()),
        "TQDM_DISABLE": "1",  # other packages' bars: a hundred lines each in a stored notebook
        # Models train a process a core; threads beside them only wait for each other.
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        **{name: os.environ.get(name, value) for name, value in ALLOCATION.items()},
        **(steady() if run.profile == "quick" else {}),
        **(told or {}),
    }


@contextlib.contextmanager
def kernels() -> Iterator[Path]:
    """Lend a folder for kernels of our own, which Jupyter looks into first."""
    with tempfile.TemporaryDirectory() as folder:
        old = os.environ.get("JUPYTER_PATH")
        os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [folder, old]))
        try:
            yield Path(folder) / "kernels"
        finally:
            os.environ.pop("JUPYTER_PATH")
            if old is not None:
                os.environ["JUPYTER_PATH"] = old


def new_kernel(place: Path, name: str, env: Mapping[str, str]) -> str:
    """Make a kernel of this very Python, whatever others the user has installed; return its name.

    Chapters that run side by side have their variables by their kernels.
    """
    argv = [sys.executable, "-m", "ipykernel_launcher", "--log-level=50", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python", "env": dict(env)}
    folder = place / name.lower()
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return folder.name
