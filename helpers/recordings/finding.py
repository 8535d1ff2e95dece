"""What one must know of a recording, or mend in it, in one line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or that one must know when numbers of the recording are read."""

    what: str
    where: str
    severity: str  # "error" or "warning"
    mend: str

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.what} ({self.where}); {self.mend}"
