r"""Expanding an author's macros in a formula, with origins.

Expansion works on TeX's tokens, so that `\partial#1` with the argument L is `\partial L`. The characters of a body stand for
the whole use, `\pd{L}{x}`; those of an argument keep their own place. A macro whose arguments are missing stays as it is: the
formula's own scanner then says what is wrong with it.

Limits, each an answer (None) and never a hang: 10 000 expansions and 64 KiB a formula, and what is moved about in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symbn.diagnostic import Span, Value
from symbn.document.macros import TOKEN, Macro
from symbn.document.source import Piece, Text
from symbn.syntax.tokens import MAX_CHARACTERS

MAX_EXPANSIONS = 10_000
MAX_MOVED = 4 * MAX_CHARACTERS
MAX_MOVED_IN_A_DOCUMENT = 32 * MAX_CHARACTERS


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Token(Value):
    """exact: each character stands for its own in `origin`. final: not a macro, whatever its name."""

    text: str
    origin: Span
    exact: bool
    final: bool = False


class Allowance:
    """How many tokens may still be moved about in this document: a hostile one has many formulas just below the limits."""

    def __init__(self, left: int = MAX_MOVED_IN_A_DOCUMENT) -> None:
        self.left = left


class LimitError(Exception):
    """A formula's macros expand without end, or nearly so. span: the use, in the document's text."""

    def __init__(self, span: Span) -> None:
        super().__init__("macro-limit")
        self.span = span


def expand(source: Text, macros: Mapping[str, Macro], allowance: Allowance) -> Text:
    """Return the formula with its macros expanded. Raises: LimitError."""
    if not macros or "\\" not in source.text:
        return source
    words = [(match[0], match.start(), match.end()) for match in TOKEN.finditer(source.text)]
    if not any(word in macros for word, _, _ in words):
        return source
    pending = []
    for word, start, end in reversed(words):
        origin = source.origin(Span(start, end))
        pending.append(_Token(word, origin, origin.end - origin.start == end - start))
    return _text(_expanded(pending, macros, allowance))


def _expanded(pending: list[_Token], macros: Mapping[str, Macro], allowance: Allowance) -> list[_Token]:
    """Return the tokens without macros. pending: what is still to be read, the next one last."""
    done: list[_Token] = []
    uses = length = 0
    least = allowance.left - MAX_MOVED
    while pending:
        token = pending.pop()
        macro = None if token.final or token.text[0] != "\\" else macros.get(token.text)
        if macro is None:
            done.append(token)
            length += len(token.text)
            if length > MAX_CHARACTERS and uses:
                raise LimitError(token.origin)
            continue
        uses += 1
        before = len(pending)
        arguments, use = _arguments(pending, macro, token)
        allowance.left -= before - len(pending) + len(macro.body)
        if arguments is None:
            done.append(token)
            continue
        for part in reversed(macro.body):
            if len(part) == 2 and part[0] == "#":
                given = arguments[int(part[1]) - 1] if int(part[1]) <= macro.parameters else []
                allowance.left -= len(given)
                if uses > MAX_EXPANSIONS or allowance.left < max(least, 0):
                    raise LimitError(use)
                pending.extend(reversed(given))
            else:
                pending.append(_Token(part, use, False, macro.final))
        if uses > MAX_EXPANSIONS or allowance.left < max(least, 0):
            raise LimitError(use)
    return done


def _arguments(pending: list[_Token], macro: Macro, name: _Token) -> tuple[list[list[_Token]] | None, Span]:
    """Take a macro's arguments from `pending`, and return them with the range of the whole use; None if they are missing."""
    saved: list[_Token] = []
    arguments: list[list[_Token]] = []
    use = name.origin
    for number in range(macro.parameters):
        optional = number == 0 and macro.default is not None
        if optional and _next_mark(pending) != "[":
            arguments.append([_Token(word, name.origin, False) for word in macro.default or ()])
            continue
        argument = _argument(pending, saved, "[]" if optional else "{}")
        if argument is None:
            pending.extend(reversed(saved))
            return None, use
        arguments.append(argument)
        use = use.to(saved[-1].origin)
    return arguments, use


def _next_mark(pending: list[_Token]) -> str:
    return next((token.text for token in reversed(pending) if not token.text.isspace()), "")


def _argument(pending: list[_Token], saved: list[_Token], brackets: str) -> list[_Token] | None:
    """Take one argument: what a pair of brackets holds, or one token. saved: everything taken, to give it back."""
    while pending and pending[-1].text.isspace():
        saved.append(pending.pop())
    if not pending:
        return None
    saved.append(pending.pop())
    if saved[-1].text != brackets[0]:
        return None if saved[-1].text == "}" else [saved[-1]]
    held: list[_Token] = []
    depth = 0
    while pending:
        token = pending.pop()
        saved.append(token)
        if token.text == brackets[1] and depth == 0:
            return held
        depth += (token.text == "{") - (token.text == "}")
        if depth < 0:
            return None
        held.append(token)
    return None


def _text(tokens: list[_Token]) -> Text:
    words: list[str] = []
    pieces: list[Piece] = []
    length = 0
    for at, token in enumerate(tokens):
        word, exact = token.text, token.exact
        if (
            at
            and word[0].isascii()
            and word[0].isalpha()
            and tokens[at - 1].text[0] == "\\"
            and tokens[at - 1].text[-1].isalpha()
        ):
            words.append(" ")  # \partial and L from two places are not \partialL
            pieces.append(Piece(length, 1, token.origin, False))
            length += 1
        last = pieces[-1] if pieces else None
        if last is not None and last.exact and exact and last.origin.end == token.origin.start:
            pieces[-1] = Piece(last.start, last.length + len(word), last.origin.to(token.origin), True)
        elif last is not None and not last.exact and not exact and last.origin == token.origin:
            pieces[-1] = Piece(last.start, last.length + len(word), last.origin, False)
        else:
            pieces.append(Piece(length, len(word), token.origin, exact))
        words.append(word)
        length += len(word)
    return Text("".join(words), tuple(pieces))
