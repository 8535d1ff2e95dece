"""What others state, what was measured, and the verdict."""

from .opening import open_chapter
from .provenance import (
    banner,
    code_hash,
    default_profile,
    describe_device,
    stamp,
    versions,
    warning,
)
from .published import AS_RECORDED, NOT_RECORDED, begin, claims, expect, note, published
from .rules import SHARES, shown
from .verdicts import (
    CONTRADICTION,
    LEAKAGE,
    REPRODUCED,
    WORDS,
    Judged,
    holds,
    row_of,
    stated,
    verdict_table,
    verdicts_on,
)
