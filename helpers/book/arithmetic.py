"""The same arithmetic on every x86 processor, so that a quick run repeats to the last digit.

Libraries choose their loops by the processor they meet: with wider vectors sums run in another
order, and bfloat16 is fast on some machines only. One model hardly notices (losses agree to six
digits after 300 steps), but a UMAP layout does, and so does a choice between near ties. The quick
profile, whose values tests compare on any machine, therefore keeps to what all x86 processors of
the last ten years have. A full run takes all that the processor offers.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path

CPU_FLAGS = Path("/proc/cpuinfo")
AVX2: Mapping[str, str] = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_CBWR": "AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "OPENBLAS_CORETYPE": "Haswell",
    "NUMBA_CPU_NAME": "haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "CEBRA_BOOK_BF16": "0",
}


def steady(cpu_flags: Path = CPU_FLAGS) -> dict[str, str]:
    """List the environment variables under which libraries compute alike, with AVX2.

    They count only where they are set before a process first loads these libraries.

    Parameters
    ----------
    cpu_flags : Path
        Linux's description of the processor.

    Returns
    -------
    dict of str to str
        On a processor without AVX2, on another architecture, or where none can be told, only the
        one that keeps training in float32.
    """
    x86 = platform.machine().lower() in ("x86_64", "amd64") and cpu_flags.is_file()
    if x86 and "avx2" in cpu_flags.read_text(encoding="utf-8").split():
        return dict(AVX2)
    return {"CEBRA_BOOK_BF16": "0"}
