"""Results that take long and are no fit (t-SNE, persistence of many subsamples), kept on disk.

A result is named by the function, its arguments, its code and the versions of the libraries, and
lies beside the cached fits, as arrays without pickles: a run that was interrupted goes on where it
stopped, and an edit of a figure computes nothing anew.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from helpers.claims.provenance import code_only, module_file, modules
from helpers.files import whole
from helpers.progress import bar
from helpers.training.cache import folder

LIBRARIES = ("numpy", "scipy", "scikit-learn", "umap-learn", "ripser")
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
    found = _load(path)
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
    module = function.__module__
    if not module.startswith("helpers.") or "." in function.__qualname__:
        raise ValueError(
            f"{module}.{function.__qualname__} cannot be kept: its code must have a name in a "
            "module of helpers; move it there"
        )
    named = f"{module}.{function.__name__} {code_digest(module)} {joblib.hash(arguments)}"
    return folder() / f"{function.__name__}-{hashlib.sha256(named.encode()).hexdigest()}.npz"


@cache
def code_digest(module: str) -> str:
    """sha256 of a module's code, of the helpers it needs, and of the versions of `LIBRARIES`."""
    source = module_file(module).read_text(encoding="utf-8")
    package = module.rpartition(".")[0]
    digest = hashlib.sha256(code_only(source).encode())
    for name in modules(source, package):
        digest.update(code_only(module_file(name).read_text(encoding="utf-8")).encode())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    return digest.hexdigest()


def _into_the_cache(path: Path, function: Callable[..., Result], call: dict) -> None:
    _made(path, function, call)  # what it returns is on disk; it need not travel


def _made(path: Path, function: Callable[..., Result], arguments: dict) -> Result:
    with threadpool_limits(1):  # sums in another order would be another result
        found = _checked(function, function(**arguments))
    with whole(path) as part:
        np.savez(part, **found)
    return found


def _checked(function: Callable, result) -> Result:
    if not isinstance(result, dict) or not all(
        isinstance(value, np.ndarray) and not value.dtype.hasobject for value in result.values()
    ):
        kind = type(result).__name__
        raise TypeError(f"{function.__name__} returned {kind}; to be kept, return {{name: array}}")
    return result


def _load(path: Path) -> Result | None:
    """Read a result back; a damaged file counts as none, and is reported."""
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        print(f"cache entry {path.name} is damaged ({type(error).__name__}); computing it again")
        return None
