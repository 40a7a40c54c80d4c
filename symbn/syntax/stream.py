"""The tokens of a formula as a stream: looking ahead, taking, and saying what was expected, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction as Rational

from symbn.diagnostic import Span
from symbn.errors import UnreadableError, unreadable
from symbn.syntax.tokens import MAX_DEPTH, Token
from symbn.syntax.tree import Number

CLOSING = {"(": ")", "[": "]", "{": "}"}
MAX_DIGITS = 200


class Stream:
    def __init__(self, tokens: list[Token], dialect: str) -> None:
        self.tokens, self.dialect = tokens, dialect
        self.place = 0
        self.depth = 0
        self.open: list[Token] = []

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.tokens[self.place]
        if token.kind != "end":
            self.place += 1
        return token

    def at(self, kind: str, *texts: str) -> bool:
        token = self.tokens[self.place]
        return token.kind == kind and (not texts or token.text in texts)

    def previous_end(self) -> int:
        return self.tokens[self.place - 1].span.end if self.place else 0

    def since(self, start: int) -> Span:
        return Span(start, max(start, self.previous_end()))

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise unreadable(
                "too-deep", f"more than {MAX_DEPTH} levels of brackets and fractions", self.next.span, "split the formula"
            )
        try:
            yield
        finally:
            self.depth -= 1

    def back_to(self, place: int, opened: int) -> None:
        """Undo a try: read on from the place, with that many brackets open."""
        self.place = place
        del self.open[opened:]

    def expected(self, what: str) -> UnreadableError:
        token = self.next
        if token.kind in ("end", "relation") and self.open:
            opener = self.open[-1]
            return unreadable(
                "unbalanced", f"this {opener.text} is never closed", opener.span, f"add the closing {CLOSING[opener.text]}"
            )
        found = "the end of the formula" if token.kind == "end" else f"`{token.text}`"
        if token.kind == "close":
            return unreadable("unbalanced", f"{found} closes nothing here; expected {what}", token.span)
        return unreadable("unexpected", f"expected {what}, found {found}", token.span)

    def close(self, opener: Token) -> None:
        if not self.at("close", CLOSING[opener.text]):
            if self.at("close"):
                raise unreadable(
                    "unbalanced",
                    f"this {opener.text} is closed by {self.next.text}",
                    opener.span.to(self.next.span),
                    f"close it with {CLOSING[opener.text]} first",
                )
            raise self.expected(f"the closing {CLOSING[opener.text]}")
        self.take()
        self.open.pop()

    def bad_number(self, token: Token) -> Rational:
        raise unreadable("unexpected", "not a number", token.span)

    def number(self) -> Number:
        token = self.take()
        if token.kind != "number":
            self.place -= token.kind != "end"
            raise self.expected("a number")
        if len(token.text) > MAX_DIGITS:
            raise unreadable("too-long", f"a number of more than {MAX_DIGITS} digits", token.span)
        return Number(token.span, Rational(token.text))
