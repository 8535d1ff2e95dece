"""Where a page's numbers come from: recording, profile, device, versions, hash of the code."""

import datetime
import importlib.metadata
import platform
import re
from html import escape
from pathlib import Path

from helpers import code

PACKAGES = ("torch", "cebra", "numpy", "scipy", "scikit-learn", "umap-learn", "ripser")
BOOTSTRAP_CELL = re.compile(r'^# %% tags=\["bootstrap"\]\n.*?(?=^# %%)', re.MULTILINE | re.DOTALL)


def default_profile() -> str:
    """Choose how long to train: `"full"` where torch finds a GPU, else `"quick"`.

    Returns
    -------
    str
    """
    import torch  # here, because the site's build and the command line do without it

    return "full" if torch.cuda.is_available() else "quick"


def describe_device() -> str:
    """Name what the models train on: the device, its memory, its cores, and torch's CUDA.

    Returns
    -------
    str
        For example ``"CPU (x86_64), 8 GiB, 2 cores, 1 thread, torch 2.13.0 without CUDA"``, or
        ``"NVIDIA A100, 40 GiB, 108 multiprocessors, torch 2.11.0 with CUDA 12.8"``.
    """
    import psutil
    import torch

    if torch.cuda.is_available():
        # `total_memory`: its shorter name, `total_mem`, was never there; chapter 07 tells.
        properties = torch.cuda.get_device_properties(torch.cuda.current_device())
        parts = [properties.name, _gibibytes(properties.total_memory)]
        parts += [f"{properties.multi_processor_count} multiprocessors"]
        return ", ".join([*parts, f"torch {torch.__version__} with CUDA {torch.version.cuda}"])
    threads = torch.get_num_threads()
    parts = [f"CPU ({platform.machine()})", _gibibytes(psutil.virtual_memory().total)]
    parts += [f"{psutil.cpu_count()} cores", f"{threads} thread{'s' * (threads > 1)}"]
    return ", ".join([*parts, f"torch {torch.__version__.partition('+')[0]} without CUDA"])


def _gibibytes(n_bytes: int) -> str:
    return f"{n_bytes / 2**30:.0f} GiB"


def versions() -> dict[str, str]:
    """List the versions that a result may depend on.

    Returns
    -------
    dict
        Python's version and those of the installed among `PACKAGES`.
    """
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def banner(rec, profile: str) -> None:
    """Display the provenance line, and a warning above it when the recording is simulated.

    Parameters
    ----------
    rec : Recording
        What the chapter runs on.
    profile : str
        `"quick"` or `"full"`.
    """
    from IPython.display import HTML, display

    bins, neurons = rec.spikes.shape
    parts = [
        f"<strong>{escape(rec.name)}</strong> ({escape(rec.source)})",
        f"{bins} bins × {neurons} units",
        f"profile <strong>{escape(profile)}</strong>",
        escape(describe_device()),
        ", ".join(f"{name} {version}" for name, version in list(versions().items())[:4]),
        f"data {rec.digest[:8]}",
    ]
    line = f'<p class="provenance">{" · ".join(parts)}</p>'
    display(HTML(warning(rec) + line))


def warning(rec) -> str:
    """Write the loud banner of a simulated recording.

    Parameters
    ----------
    rec : Recording

    Returns
    -------
    str
        HTML, which reads well without the book's style sheet too; empty for a real recording.
    """
    if rec.source != "simulated":
        return ""
    style = "border:2px solid #e74c6f;border-radius:6px;padding:.6em 1em;font-weight:600"
    return (
        f'<p class="simulated" role="note" style="{style}">Simulated recording. No rat ran here: '
        "the real recording was out of reach, so a generator with known truth stands in. Nothing "
        "on this page says anything about a rat, and no claim is judged by it.</p>"
    )


def code_hash(chapter: Path) -> str:
    """Hash the code of a chapter and of every definition of the helpers that it reaches.

    Parameters
    ----------
    chapter : Path
        Its `.py`.

    Returns
    -------
    str
        SHA-256, hexadecimal. Prose, comments and layout do not enter, nor does the bootstrap cell:
        where Colab fetches the book from changes no result.
    """
    source = Path(chapter).read_text(encoding="utf-8")
    return code.digest_of_source(BOOTSTRAP_CELL.sub("", source))


def stamp(chapter: Path, recording: dict, profile: str) -> dict:
    """Say what a published notebook's outputs were made from.

    Parameters
    ----------
    chapter : Path
        Its `.py`.
    recording : dict
        `key`, `digest` and `source` of the recording that served.
    profile : str

    Returns
    -------
    dict
        Plain values, for the notebook's metadata.
    """
    return {
        "recording": recording,
        "profile": profile,
        "code": code_hash(chapter),
        "versions": versions(),
        "device": describe_device(),
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
    }
