"""How a chapter opens: what is noted, how figures look, and the line that says what it runs on."""

from helpers.figures import style

from .checks import begin
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
    banner(shown or recording, profile)
