"""Tables in Markdown: the first column to the left, the others to the right."""

import re
from collections.abc import Iterable, Sequence

HYPHEN = re.compile(r"(?<!\w)-(?=\d)")
"""What stands for a minus where a number was written by a format."""


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """Set a table.

    Parameters
    ----------
    head : sequence of str
    rows : iterable of sequences of str
        As many cells as the head has.
    left : int
        Columns that are set to the left.

    Returns
    -------
    str
        Negative numbers have a minus sign, whoever formatted them.
    """
    rule = ["---"] * left + ["--:"] * (len(head) - left)
    signed = ([HYPHEN.sub("−", cell) for cell in row] for row in rows)
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *signed))


def number(value: float, digits: int = 2, sign: str = "") -> str:
    """Write a number with a proper minus sign, nought with none; a ``sign`` of "+" is written."""
    return f"{round(float(value), digits) + 0.0:{sign}.{digits}f}".replace("-", "−")


def listed(lines: Iterable[str]) -> str:
    """Set sentences as a list."""
    return "\n".join(f"- {line}" for line in lines)
