"""stub"""

from __future__ import annotations
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    code: str
    title: str
    meaning: str
    example: str | None
    cure: str


CATALOGUE: dict[str, Entry] = {}
