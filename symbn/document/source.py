"""A document as values: its text, the formulas and remarks in it, and where every character comes from.

A formula is read from a text that may differ from the file's: macros are expanded, HTML entities and JSON escapes decoded, the
last right-hand side of an earlier formula put in front of one that begins with `=`. `Text` carries the way back: each of its
characters knows the range of the outer text that it stands for, so that a caret always points into the file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from symbn.diagnostic import Diagnostic, Span, Value, position


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Piece(Value):
    """`length` characters from `start` on stand for `origin`: one for one if `exact`, else each of them for all of it."""

    start: int
    length: int
    origin: Span
    exact: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Text(Value):
    """A text and where it comes from. pieces: in order, without gaps."""

    text: str
    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, outer: str, span: Span) -> Text:
        """Return a part of the outer text, as it stands."""
        part = outer[span.start : span.end]
        return cls(part, (Piece(0, len(part), Span(span.start, span.start + len(part)), True),) if part else ())

    @classmethod
    def standing_for(cls, text: str, origin: Span) -> Text:
        """Return a text that stands as a whole for a range of the outer one: a decoded entity, an expanded macro."""
        return cls(text, (Piece(0, len(text), origin, False),) if text else ())

    @classmethod
    def joined(cls, parts: Iterable[Text]) -> Text:
        """Return the texts one after the other."""
        texts: list[str] = []
        pieces: list[Piece] = []
        length = 0
        for part in parts:
            texts.append(part.text)
            if length:
                pieces.extend(Piece(piece.start + length, piece.length, piece.origin, piece.exact) for piece in part.pieces)
            else:
                pieces.extend(part.pieces)
            length += len(part.text)
        return cls("".join(texts), tuple(pieces))

    def part(self, start: int, end: int) -> Text:
        """Return the characters [start, end) with their origins."""
        pieces = []
        for piece in self.pieces[self._place(start) :]:
            low, high = max(start, piece.start), min(end, piece.start + piece.length)
            if low >= high:
                if piece.start >= end:
                    break
                continue
            at = piece.origin.start + low - piece.start
            origin = Span(at, at + high - low) if piece.exact else piece.origin
            pieces.append(Piece(low - start, high - low, origin, piece.exact))
        return Text(self.text[start:end], tuple(pieces))

    def origin(self, span: Span) -> Span:
        """Return the range of the outer text that a range of this one stands for; of an empty range, the place."""
        if not self.pieces:
            return Span(0, 0)
        if span.start >= span.end:
            place = self._at(min(span.start, len(self.text) - 1))
            at = place.end if span.start >= len(self.text) else place.start
            return Span(at, at)
        ends = [self._at(min(place, len(self.text) - 1)) for place in (span.start, span.end - 1)]
        return ends[0].to(ends[1])

    def _place(self, offset: int) -> int:
        if len(self.pieces) == 1:
            return 0
        return max(0, bisect_right(self.pieces, offset, key=lambda piece: piece.start) - 1)

    def _at(self, offset: int) -> Span:
        piece = self.pieces[self._place(offset)]
        at = piece.origin.start + offset - piece.start
        return Span(at, at + 1) if piece.exact else piece.origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Formula(Value):
    """One formula. span: its characters, without its delimiters, in the document's text. display: it stands on its own line,
    as between $$ and $$, and not in a sentence. text: what is read, with macros expanded; its origins are in the document."""

    span: Span
    display: bool
    text: Text


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Remark(Value):
    """What a comment says to symbn: the words after `symbn:`. span: of those words."""

    span: Span
    words: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Document(Value):
    """path: as given, or `<stdin>`. text: what every span counts: the file's own text, or what an HTML page or a notebook says.
    raw: the file's own text; layout: where each character of `text` stands in it (None: `text` is the file's own).
    items: formulas and remarks in order; the prose is what lies between them. settings: its front matter, a TOML table.
    problems: faults of the document itself, with spans in `text`."""

    path: str
    text: str
    items: tuple[Formula | Remark, ...]
    settings: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[Diagnostic, ...] = ()
    raw: str | None = None
    layout: Text | None = None

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column in the file, both from 1, of a character of `text`."""
        if self.layout is not None and self.raw is not None:
            return position(self.raw, self.layout.origin(Span(offset, offset)).start)
        return position(self.text, offset)
