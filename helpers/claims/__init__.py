"""What others state, what was measured, and the verdict."""

from .checks import AS_RECORDED, NOT_RECORDED, begin, expect, note
from .opening import close_chapter, open_chapter
from .paths import Path, Step, boxed, table_of_paths
from .provenance import (
    banner,
    code_hash,
    default_profile,
    describe_device,
    stamp,
    versions,
    warning,
)
from .published import Claim, claims, published
from .rules import SHARES, shown
from .study import Scorecard, contradictions, read_scorecard
from .verdicts import (
    CONTRADICTION,
    LEAKAGE,
    REPRODUCED,
    WORDS,
    Judged,
    Measured,
    holds,
    row_of,
    stated,
    verdict_table,
    verdicts_on,
)
