"""Edits of a text: what a repair is made of. What is shown is what was parsed and proved, so edits are of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symbn.diagnostic import Span, Value

Edit = tuple[Span, str]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Candidate(Value):
    """A change that would be a repair if it were proved. cost: how far-fetched the mistake is that it undoes."""

    cost: int
    code: str
    message: str
    edits: tuple[Edit, ...]

    @property
    def size(self) -> int:
        """Return how many characters are taken away or put in."""
        return sum(max(span.end - span.start, len(new.strip())) for span, new in self.edits)

    @property
    def order(self) -> tuple[int, int, int]:
        return self.cost, self.size, self.edits[0][0].start


def apart(first: Candidate, second: Candidate) -> bool:
    """Tell whether the edits of two candidates can be made together: they share no characters and no place to write at."""
    return all(
        (a.end <= b.start or b.end <= a.start) and not (a.start == a.end == b.start == b.end)
        for a, _ in first.edits
        for b, _ in second.edits
    )


def both(first: Candidate, second: Candidate) -> Candidate:
    """Return two candidates as one, with the code of the cheaper one."""
    first, second = sorted((first, second), key=lambda candidate: candidate.order)
    message = f"two mistakes: {first.message}; and {second.message}"
    return Candidate(first.cost + second.cost, first.code, message, (*first.edits, *second.edits))


def apply(text: str, side: Span, edits: Sequence[Edit]) -> tuple[str, tuple[Span, ...]]:
    """Return the text of a side with the edits made, and where its new characters are.

    A space is put in where two letters would meet that were apart: `\\gamma` and `x` are no `\\gammax`.
    """
    pieces: list[str] = []
    changed: list[Span] = []
    place, length = side.start, 0

    def put(piece: str) -> None:
        nonlocal length
        last = next((p for p in reversed(pieces) if p), "")
        if piece and last and piece[0].isalnum() and last[-1].isalnum() and _would_join(last, piece):
            pieces.append(" ")
            length += 1
        pieces.append(piece)
        length += len(piece)

    for span, new in sorted(edits, key=lambda edit: (edit[0].start, edit[0].end)):
        put(text[place : span.start])
        put(new)
        changed.append(Span(length - len(new), length))
        place = span.end
    put(text[place : side.end])
    return "".join(pieces), tuple(changed)


def _would_join(last: str, piece: str) -> bool:
    word = last[len(last.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")) :]
    before = last[: len(last) - len(word)]
    if before.endswith("\\"):
        return piece[0].isalpha() and word.isalpha()
    return word[-1:].isdigit() == piece[0].isdigit() or len(word) > 1
