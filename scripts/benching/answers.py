"""What a system may answer, and what is shared by the ways of asking.

`equal`, `different` (the system claims that the sides differ) or `open` (it claims nothing: what a simplification left was
not zero, or it gave up). Building the expressions and differentiating them belongs to the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from scripts.benching.formula import Identity
from scripts.benching.questions import ASKED

EQUAL, DIFFERENT, OPEN = "equal", "different", "open"
Run = Callable[[], tuple[str, str]]  # -> the answer and a note
Prepare = Callable[[str, int | None], Run]  # the key of a question and the size -> how to answer it


def identity_of(key: str, size: int | None) -> Identity:
    build = ASKED[key].written
    if build is None or size is None:
        raise ValueError(f"{key} is asked at a size only")
    return build(size)


def all_equal(answers: Iterable[str]) -> str:
    """Return the answer to several equations together, each looked at: the worst."""
    found = set(answers)
    return next((answer for answer in (DIFFERENT, OPEN) if answer in found), EQUAL)


def zero(simplified: Any) -> str:
    """Return what a simplifier says: that it left no zero claims nothing."""
    return EQUAL if simplified == 0 else OPEN
