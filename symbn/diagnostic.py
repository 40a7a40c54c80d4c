"""What is wrong with a text, and where: plain values, made low down and rendered high up."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

_LINE_END = re.compile("\n")


class Value:
    """The base of the many small node classes: equality, hash and repr by their fields, written once.

    `dataclass` would compile four more functions for each class, which is half the start-up time of the command line.
    """

    __slots__: tuple[str, ...] = ()

    def parts(self) -> tuple[Any, ...]:
        read = _READERS.get(type(self)) or _reader(type(self))
        return read(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and type(self) is type(other) and self.parts() == other.parts()

    def __hash__(self) -> int:
        return hash((type(self), self.parts()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.parts()))})"


# What reads all fields of a value at once, by its class: the trees are walked many times for each equation.
_READERS: dict[type, Callable[[Value], tuple[Any, ...]]] = {}


def _reader(kind: type[Value]) -> Callable[[Value], tuple[Any, ...]]:
    names = kind.__slots__
    found = attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)
    _READERS[kind] = found
    return found


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters [start, end) of the text that was read."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault of a text. code: stable, kebab-case. help: what to write instead, if that is known."""

    code: str
    message: str
    span: Span
    help: str | None = None


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the 1-based line and column of a character offset."""
    starts = _line_starts(text)
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


@lru_cache(maxsize=4)
def _line_starts(text: str) -> list[int]:
    """Return where the lines begin. Kept for a few texts: a long document is asked for the place of each of its steps."""
    return [0, *(found.end() for found in _LINE_END.finditer(text))]
