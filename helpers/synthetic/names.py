"""What methods are called on the page, and what was published about them."""

from helpers import tables
from helpers.claims import published
from helpers.figures import synthetic as pictures

from .scored import Spread

NAMES, SHORT = pictures.NAMES, pictures.SHORT
RACE = ("cebra", "umap", "tsne", "pca")
OTHERS = ("shuffled", "time", "readout", "label", "bound")
ONCE = ("shuffled", "time")
"""Controls, run on one mixing only."""


def stated(method: str, said_by: str) -> float | None:
    """What a source states of a method's R², None if nothing."""
    try:
        return published(f"synth.{method}.r2", said_by).value
    except KeyError:
        return None


def said(method: str, said_by: str) -> str:
    """The same as text, with its spread; a dash if nothing."""
    if stated(method, said_by) is None:
        return "–"
    claim = published(f"synth.{method}.r2", said_by)
    return f"{claim.value:.3f}" + (f" ± {claim.sd:.3f}" if claim.sd else "")


def compare(first: str, second: str, difference: Spread) -> str:
    """Say in one sentence how two methods differ, and on how many mixings."""
    ahead = sum(value > 0 for value in difference.values)
    mixings = f"{ahead} of {difference.n} mixings" if difference.n > 1 else "the one mixing tried"
    spread = "" if difference.sd is None else f" ± {difference.sd:.3f}"
    if difference.n == 1 and not ahead:
        mixings = "none, of one mixing tried"
    apart = tables.number(difference.mean, 3, "+")
    return f"{first} is ahead of {second} on {mixings}; difference {apart}{spread}."


def order(means: dict[str, float]) -> str:
    """Names by falling value, as in "CEBRA > PCA"."""
    return " > ".join(sorted(means, key=means.get, reverse=True))
