"""Where a run may write: said before the first minute is spent, not after the last."""

import errno
import os
import uuid
from pathlib import Path

from .files import ROOT

READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


def runs(root: Path = ROOT) -> Path:
    """Return the folder of all runs: ``$CEBRA_BOOK_RUNS``, else ``_run`` of the book.

    Parameters
    ----------
    root : Path
        The book's root.

    Returns
    -------
    Path
        Absolute: kernels start in other folders.
    """
    return Path(os.environ.get("CEBRA_BOOK_RUNS") or root / "_run").resolve()


def cache() -> Path:
    """Return the folder of all that is kept: ``$CEBRA_BOOK_CACHE``, else ``data/cache``."""
    return Path(os.environ.get("CEBRA_BOOK_CACHE") or ROOT / "data" / "cache")


def lend_homes() -> None:
    """Let other packages keep their caches in ours, where the home that they like is read-only.

    numba, pynwb and matplotlib each fail in a way of their own without a folder to write to, and
    read these variables as they are imported.
    """
    home = Path("~").expanduser()
    if os.access(home, os.W_OK):
        return
    for variable in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "MPLCONFIGDIR"):
        os.environ.setdefault(variable, str(cache().resolve() / variable.lower()))


def check(root: Path = ROOT) -> None:
    """Make the folders that a run writes to, and try them.

    Parameters
    ----------
    root : Path
        The book's root.

    Raises
    ------
    OSError
        In one line that names the folder and the variable that puts it elsewhere.
    """
    for variable, folder in (("CEBRA_BOOK_RUNS", runs(root)), ("CEBRA_BOOK_CACHE", cache())):
        trial = folder / f".{uuid.uuid4().hex}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            trial.touch()
            trial.unlink()
        except OSError as error:
            reason = f"{folder} cannot be written ({error.strerror})"
            raise OSError(f"{reason}; set {variable} to a folder that can") from error


def mend(error: OSError) -> str:
    """Say what to set when a write failed on a read-only book; "" for any other failure.

    Parameters
    ----------
    error : OSError
        As the system raised it.

    Returns
    -------
    str
        What to add to the error's own line.
    """
    if error.errno not in READ_ONLY:
        return ""
    return (
        "; the book is read-only here: set CEBRA_BOOK_RUNS and CEBRA_BOOK_CACHE to folders that "
        "can be written, and CEBRA_DATADIR to one that has the recordings"
    )
