"""Exit statuses: 0 everything proved, 1 something refuted, 2 a usage error, 3 something undecided or unreadable."""

from __future__ import annotations

from collections.abc import Iterable

from symbn.answer import ASSUMED, PROVED, REFUTED

OK, SOME_REFUTED, USAGE, SOME_OPEN, INTERRUPTED = 0, 1, 2, 3, 130


def status_of(verdicts: Iterable[str]) -> int:
    """Return the status of answers; 1 wins over 3."""
    kinds = set(verdicts)
    return SOME_REFUTED if REFUTED in kinds else OK if kinds <= {PROVED, ASSUMED} else SOME_OPEN
