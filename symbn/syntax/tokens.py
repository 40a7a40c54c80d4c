"""Tokens, the common language of the two scanners, and the limits on what is read at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from symbn.diagnostic import Span, Value
from symbn.errors import unreadable

MAX_CHARACTERS = 64 * 1024
MAX_TOKENS = 20_000
MAX_DEPTH = 64
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ud800-\udfff]")

# Kinds: number | name (a letter or a symbol such as \mu) | word (several upright letters) | command (\frac, \sum, ...)
# | open ( [ { | close ) ] } | mark (+ - * / \odot ^ _ , ; : ! ' & | . <) | relation (= \neq \approx ...) | row (\\) | end


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Token(Value):
    """One symbol of a formula; the kinds are those above."""

    kind: str
    text: str
    span: Span


def check_characters(text: str) -> None:
    """Refuse a text that is too long or that holds control characters. Raises: UnreadableError."""
    if len(text) > MAX_CHARACTERS:
        raise unreadable(
            "too-long",
            f"the formula has {len(text)} characters; at most {MAX_CHARACTERS} are read",
            Span(MAX_CHARACTERS, MAX_CHARACTERS + 1),
            "split it into several formulas",
        )
    for match in _UNREADABLE.finditer(text):
        place, character = match.start(), match[0]
        if (ord(character) < 32 and character not in "\t\n\r") or character in "\x7f\ufffd":
            what = "bytes that are not UTF-8" if character == "\ufffd" else f"the control character U+{ord(character):04X}"
            raise unreadable("bad-character", f"the formula holds {what}", Span(place, place + 1), "remove it")
        if 0xD800 <= ord(character) < 0xE000:
            raise unreadable(
                "bad-character", "the formula holds bytes that are not UTF-8", Span(place, place + 1), "remove them"
            )


def check_count(tokens: list[Token]) -> list[Token]:
    if len(tokens) > MAX_TOKENS:
        raise unreadable(
            "too-long",
            f"the formula has more than {MAX_TOKENS} symbols",
            tokens[MAX_TOKENS].span,
            "split it into several formulas",
        )
    return tokens
