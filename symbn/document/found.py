"""What the scanners find in a text, before macros are expanded: a formula, a remark or a macro definition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from symbn.diagnostic import Diagnostic, Span, Value
from symbn.document.macros import Definition
from symbn.document.source import Text

Kind = Literal["inline", "display", "remark", "definition"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Found(Value):
    """span: of the formula without its delimiters, of the remark's words, or of the whole definition."""

    span: Span
    kind: Kind
    definition: Definition | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scanned(Value):
    """What a reader hands over: the text that spans count, what was found in it, and how it lies in the file (see Document).
    percent: % begins a comment. quotes: > begins a line of a block quotation."""

    text: str
    found: tuple[Found, ...]
    settings: dict[str, object] = field(default_factory=dict)
    problems: tuple[Diagnostic, ...] = ()
    raw: str | None = None
    layout: Text | None = None
    percent: bool = False
    quotes: bool = False


def trimmed(text: str, start: int, end: int) -> Span:
    """Return [start, end) without the white space at both ends."""
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    return Span(start + left, max(start + left, start + len(part.rstrip())))
