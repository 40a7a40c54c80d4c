"""Plain text -> the same tokens as LaTeX: `dL/dx_i = gamma/(m*sqrt(var + eps)) * (m*g_i - sum_j g_j)`.

A run of letters is one word; Greek letters may be spelled out or be Unicode; `**` is `^`. Words have no meaning here.
"""

from __future__ import annotations

import re

from symbn.diagnostic import Span
from symbn.syntax.latex import scan_symbol
from symbn.syntax.symbols import ACCENTS, GREEK_NAMES
from symbn.syntax.tokens import Token, check_characters, check_count

_NUMBER = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3}(?![A-Za-z0-9]))?")
_WORD = re.compile(r"[A-Za-z]+")
_COMMAND_WORDS = {"sqrt": "\\sqrt", "sum": "\\sum", "prod": "\\prod", "partial": "\\partial"}
_HAT = re.compile(r"(x_hat|x_mu|x_norm)(?![A-Za-z])")


def scan(text: str) -> list[Token]:
    """Return the tokens of a formula, ending with one of kind `end`. Raises: UnreadableError."""
    check_characters(text)
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        character = text[place]
        if character.isspace() or character == "$":
            place += 1
        elif text.startswith("**", place):
            tokens.append(Token("mark", "^", Span(place, place + 2)))
            place += 2
        elif text.startswith("...", place):
            tokens.append(Token("command", "\\ldots", Span(place, place + 3)))
            place += 3
        elif number := _NUMBER.match(text, place):
            tokens.append(Token("number", number[0], Span(place, number.end())))
            place = number.end()
        elif joined := _HAT.match(text, place):
            tokens.append(Token("word", joined[0].replace("_", ""), Span(place, joined.end())))
            place = joined.end()
        elif word := _WORD.match(text, place):
            end = word.end()
            if end < len(text) and text[end] in ACCENTS:
                tokens.extend(_word(word[0][:-1], place) if len(word[0]) > 1 else [])
                tokens.append(Token("name", f"\\{ACCENTS[text[end]]} {word[0][-1]}", Span(end - 1, end + 1)))
                end += 1
            else:
                tokens.extend(_word(word[0], place))
            place = end
        else:
            place = scan_symbol(text, place, tokens)
        check_count(tokens)
    tokens.append(Token("end", "", Span(len(text), len(text))))
    return tokens


def _word(word: str, place: int) -> list[Token]:
    span = Span(place, place + len(word))
    if word in _COMMAND_WORDS:
        return [Token("command", _COMMAND_WORDS[word], span)]
    if word in GREEK_NAMES or word in ("epsilon", "varepsilon", "ell"):
        return [Token("name", "\\" + word, span)]
    return [Token("name" if len(word) == 1 else "word", word, span)]
