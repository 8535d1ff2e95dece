"""What others state: the claims of `data/claims.yml`, so that nothing types them twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from helpers.files import ROOT

CLAIMS = ROOT / "data" / "claims.yml"


@dataclass(frozen=True)
class Claim:
    """One published statement.

    Attributes
    ----------
    id, said_by : str
        The key: what is claimed, and by whom (`"blog"` or `"paper"`).
    value : float, list, dict, str or bool
        What the source states; errors are in cm.
    where : str
        Where in the source it stands.
    protocol : str
        How the book measures it: generator or recording, split, profile.
    rule : dict
        How it is judged: `kind` and its settings, see the head of `data/claims.yml`.
    sd : float or None
        Standard deviation over the source's seeds, where stated.
    more : dict
        Whatever else the entry holds: `note`, `range`, `n_seeds`, `heldout`, `relation`.
    """

    id: str
    said_by: str
    value: object
    where: str
    protocol: str
    rule: Mapping
    sd: float | None = None
    more: Mapping = field(default_factory=dict)


@cache
def claims(path: Path = CLAIMS) -> dict[tuple[str, str], Claim]:
    """Read all claims.

    Parameters
    ----------
    path : Path
        A file like `data/claims.yml`.

    Returns
    -------
    dict
        `Claim` by (id, said_by).

    Raises
    ------
    ValueError
        If an entry lacks a field, or two have one key.
    """
    content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    default, found = content["default_rule"], {}
    for entry in content["claims"]:
        entry = {"rule": default, **entry}
        missing = {"id", "said_by", "value", "where", "protocol"} - set(entry)
        if missing:
            raise ValueError(f"{path}: claim {entry.get('id', entry)} lacks {sorted(missing)}")
        names = ("id", "said_by", "value", "where", "protocol", "rule", "sd")
        known = {name: entry.pop(name) for name in names if name in entry}
        key = known["id"], known["said_by"]
        if key in found:
            raise ValueError(f"{path}: claim {key} stands twice; give one of them another id")
        found[key] = Claim(**known, more=entry)
    return found


def published(id: str, said_by: str) -> Claim:
    """Look up what a source states, so that no figure or table types it a second time.

    Parameters
    ----------
    id : str
        For example `"decode.posdir.median_cm"`.
    said_by : str
        `"blog"` or `"paper"`.

    Returns
    -------
    Claim

    Raises
    ------
    KeyError
        If `data/claims.yml` holds no such claim.
    """
    known = claims()
    if (id, said_by) not in known:
        others = [by for name, by in known if name == id]
        mend = f"said by {others}" if others else "add it to data/claims.yml"
        raise KeyError(f"no claim {id!r} by {said_by!r}; {mend}")
    return known[id, said_by]
