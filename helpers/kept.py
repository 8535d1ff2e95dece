"""What takes long is kept on disk: fits, and slow results such as t-SNE or many subsamples' bars.

A result is named by the function, its arguments, the code that it runs and the versions of the
libraries, and lies in one folder as arrays without pickles, written whole or not at all: a run that
was interrupted goes on where it stopped, and an edit of a figure computes nothing anew. (joblib's
`Memory`, which does the like, looks at the function's own text only, comments included, and pickles
what it keeps.)
"""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from . import code, places
from .files import whole
from .progress import bar

LIBRARIES = ("numpy", "scipy", "scikit-learn", "umap-learn", "openTSNE", "ripser")
Result = dict[str, np.ndarray]


def kept(function: Callable[..., Result], **arguments) -> Result:
    """Call a function, unless what it returns is on disk already.

    Parameters
    ----------
    function : callable
        Of a module of ``helpers``; returns a dict of arrays, the same for the same arguments.
    **arguments
        Arrays, numbers, texts, and tuples, lists and dicts of them; compared by content.

    Returns
    -------
    dict of str to array

    Raises
    ------
    ValueError
        If the function is not one that a module of ``helpers`` names.
    TypeError
        If it returns something else than a dict of arrays.
    """
    path = path_of(function, arguments)
    found = load(path)
    return _made(path, function, arguments) if found is None else found


def kept_many(function: Callable[..., Result], calls: Sequence[dict]) -> list[Result]:
    """Make many calls of a function, one a core, those whose results are not on disk yet.

    Parameters
    ----------
    function : callable
        As for `kept`.
    calls : sequence of dict
        Arguments by name, a dict a call.

    Returns
    -------
    list of dict of str to array
        In the order of `calls`.
    """
    missing = [(path_of(function, call), call) for call in calls]
    missing = [(path, call) for path, call in missing if not path.exists()]
    if len(missing) > 1:
        workers = min(len(missing), joblib.effective_n_jobs(-1))
        pool = joblib.Parallel(n_jobs=workers, batch_size=1, return_as="generator_unordered")
        # The path is told: large arrays reach a worker as files in memory, whose hash is another.
        made = pool(joblib.delayed(_into_the_cache)(path, function, call) for path, call in missing)
        for _ in bar(iterable=made, total=len(missing), desc=function.__name__):
            pass  # what it returns is on disk
    return [kept(function, **call) for call in calls]


def path_of(function: Callable[..., Result], arguments: dict) -> Path:
    """Return where the result of a call is kept, whether it exists yet or not."""
    module, name = function.__module__, function.__qualname__
    if not module.startswith(f"{code.PACKAGE}.") or "." in name:
        raise ValueError(
            f"{module}.{name} cannot be kept: its code must have a name in a module of helpers; "
            "move it there"
        )
    libraries = " ".join(f"{library} {version(library)}" for library in LIBRARIES)
    named = f"{name} {code.digest((module, name))} {libraries} {joblib.hash(arguments)}"
    return places.cache() / f"{name}-{hashlib.sha256(named.encode()).hexdigest()}.npz"


def store(path: Path, arrays: Result) -> None:
    """Write arrays by name, whole or not at all, without pickles."""
    with whole(path) as part:
        np.savez(part, **arrays)


def load(path: Path) -> Result | None:
    """Read arrays back, None where there are none.

    A damaged file counts as none, and is reported: what it held can be computed again.
    """
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        print(f"cache entry {path.name} is damaged ({type(error).__name__}); computing it again")
        return None


def _into_the_cache(path: Path, function: Callable[..., Result], call: dict) -> None:
    _made(path, function, call)  # what it returns is on disk; it need not travel


def _made(path: Path, function: Callable[..., Result], arguments: dict) -> Result:
    with threadpool_limits(1):  # sums in another order would be another result
        found = _checked(function, function(**arguments))
    store(path, found)
    return found


def _checked(function: Callable, result) -> Result:
    if not isinstance(result, dict) or not all(
        isinstance(value, np.ndarray) and not value.dtype.hasobject for value in result.values()
    ):
        kind = type(result).__name__
        raise TypeError(f"{function.__name__} returned {kind}; to be kept, return {{name: array}}")
    return result
