"""What a measured value cannot be, by its id: no page shows an R² above one or a negative time."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

TRACK_M = 1.6
ROUNDING = 1e-6
RANGES = (
    (r"_cm$", 0, math.inf, "an error along the track"),
    (r"\.gain\.", -2, 2, "a difference of two shares"),
    (r"(^|[._])(r2|r2_total|rand_index)(\.d\d+)?$", -50, 1, "R² or an index of one at most"),
    (r"\.(held_out|beyond|in_bands|best_held_out)$", -50, 1, "R²"),
    (r"^consistency\.", -50, 1, "R² or a correlation"),
    (r"^synth\.(limits\.mean|pairs\.sd|limits\.allow_published)$", 0, 1, "a share or a spread"),
    (r"^embed\.n_neurons$", 1, 10_000, "neurons"),
    (r"^embed\..*end_gap_ratio(_young)?$|end_gap$", 0, 100, "a ratio of distances"),
    (r"^embed\.", 0, 1, "a share"),
    (r"longest_(h1|loop)$", 0, 2, "a length within the unit sphere"),
    (r"(^loss\.|\.loss$)", 0, math.log(512) + 0.5, "InfoNCE over 512 negatives, chance at 6.24"),
    (r"(direction|wound|gap|h1_p)$|^topology\.(wound|posdir\.agree)\.", 0, 1, "a share"),
    (r"circular\.rank_(left|right)$", -1, 1, "a rank correlation"),
    (r"betti", 0, 1_000, "a count of holes"),
    (r"(claims|refused|trips|positives|one_character)$", 0, 100_000, "a count"),
    (r"_gb_|\.gb_", 0, 1e6, "memory, GB"),
    (r"hours_|_s$", 0, 1e6, "a time"),
)  # fmt: skip
"""Pattern of the id, lowest, highest, and what it is; the first that fits counts."""


def range_of(id: str) -> tuple[float, float, str] | None:
    """Find the range outside of which a value cannot be true; None for an id of no known kind."""
    for pattern, *found in RANGES:
        if re.search(pattern, id):
            return tuple(found)
    return None


def impossible(id: str, value: float | Sequence[float], length_m: float = TRACK_M) -> str | None:
    """Say why a number, or one of a list, cannot be; None if it can.

    `length_m` is that of the recording's track: no error along it is larger.
    """
    if (found := range_of(id)) is None:
        return None
    low, high, what = found
    high = min(high, 100 * length_m) if id.endswith("_cm") else high
    for number in value if isinstance(value, (list, tuple)) else [value]:
        if not low - ROUNDING <= number <= high + ROUNDING:
            return f"{id} is {number}, which {what} cannot be: it lies in {low:g} to {high:g}"
    return None
