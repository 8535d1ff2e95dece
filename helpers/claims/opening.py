"""How a chapter opens and closes: what is noted, what it runs on, and the result at its head."""

from helpers.figures import style

from . import answers
from .checks import begin, so_far
from .provenance import banner


def open_chapter(number: str, recording, profile: str, seed: int = 0, shown=None) -> None:
    """Begin a chapter: its values are noted, its figures dressed, its provenance displayed.

    Parameters
    ----------
    number : str
        For example ``"02"``.
    recording : Recording
        What served.
    profile : {"quick", "full"}
    seed : int
        The base seed; with another than 0 values are noted, not compared.
    shown : Population, optional
        What the figures show, where it is not the recording.

    Raises
    ------
    ValueError
        If the profile is neither.
    """
    begin(number, recording, profile, overridden=seed != 0)
    style.use(shown or recording)
    answers.reserve(number)
    banner(shown or recording, profile)


def close_chapter(results: dict | None = None) -> None:
    """End a chapter: what it measured goes to the head of its page.

    Parameters
    ----------
    results : dict, optional
        What the head tells of, where it is more than this chapter's own values.

    Raises
    ------
    RuntimeError
        If no chapter was opened.
    """
    chapter, values = so_far()
    answers.fill(chapter["chapter"], chapter, values if results is None else results)
