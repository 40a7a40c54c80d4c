"""Repairs of text that does not parse: a bracket that is missing, too much or misplaced; half a derivative."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from symbn.decision.repair.edits import Edit, apply
from symbn.decision.repair.search import Found
from symbn.diagnostic import Span
from symbn.errors import UnreadableError
from symbn.syntax.parser import parse

CLOSING = {"(": ")", "[": "]", "{": "}"}
MAX_TRIED = 4000
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+|\S")
_FRACTION = re.compile(r"\\[dtc]?frac")


def find_syntax_repair(text: str, fault: Span, check: Callable[[str], bool]) -> Found | None:
    """Return the first edit that makes the text parse and pass the check (that it is proved, say)."""
    return next((found for found in syntax_repairs(text, fault) if check(found.side)), None)


def syntax_repairs(text: str, fault: Span) -> Iterator[Found]:
    """Yield every single edit of a bracket or a differential sign with which the text parses, the likeliest first.

    `side` of what is found is the whole text. A statement without a relation is none: brackets around all of it do not help.
    """
    dialect = "latex" if "\\" in text else "plain"
    whole = Span(0, len(text))
    seen: set[str] = set()
    for code, message, edits in islice(_edits(text, fault), MAX_TRIED):
        fixed, changed = apply(text, whole, edits)
        if fixed in seen:
            continue
        seen.add(fixed)
        try:
            statements = parse(fixed, dialect)
        except UnreadableError:
            continue
        if all(statement.relations for statement in statements):
            yield Found(code, message, edits, fixed, changed)


def _edits(text: str, fault: Span) -> Iterator[tuple[str, str, tuple[Edit, ...]]]:
    yield from _halves(text, fault)
    tokens = [Span(match.start(), match.end()) for match in _TOKEN.finditer(text)]
    unmatched = _unmatched(text, tokens)
    if not unmatched:
        return
    ends, starts = ([span.end for span in tokens], [span.start for span in tokens])
    openers = [span for span in unmatched if text[span.start] in CLOSING]
    closers = [span for span in unmatched if text[span.start] not in CLOSING]
    for opener in openers:
        shape = CLOSING[text[opener.start]]
        for closer in closers:
            if text[closer.start] == shape:
                start = _sized(text, closer)
                for place in _near(ends, closer.start, opener.end + 1, len(text)):
                    put = text[start : closer.end]
                    yield (
                        "unbalanced",
                        f"`{shape}` stands at the wrong place",
                        ((Span(start, closer.end), ""), (Span(place, place), put)),
                    )
        put = ("\\right" if _sized(text, opener) < opener.start else "") + shape
        for place in _near(ends, fault.start, opener.end, len(text)):
            words = f"the bracket `{text[opener.start]}` is never closed"
            yield "unbalanced", words, ((Span(place, place), put),)
        start = _sized(text, opener)
        yield "unbalanced", f"the bracket `{text[opener.start]}` is too much", ((Span(start, opener.end), ""),)
    for closer in closers:
        start = _sized(text, closer)
        yield "unbalanced", f"the bracket `{text[closer.start]}` is too much", ((Span(start, closer.end), ""),)
        shape = next(opening for opening, closing in CLOSING.items() if closing == text[closer.start])
        for place in _near(starts, fault.start, 0, closer.start):
            yield "unbalanced", f"the bracket `{text[closer.start]}` was never opened", ((Span(place, place), shape),)


def _near(places: list[int], to: int, first: int, last: int) -> list[int]:
    """Return the places in a range, the nearest to a place first."""
    return sorted((place for place in places if first <= place <= last), key=lambda place: (abs(place - to), place))


def _sized(text: str, bracket: Span) -> int:
    sized = re.search(r"\\(?:left|right|[bB]igg?[lr]?)\s*$", text[: bracket.start])
    return sized.start() if sized else bracket.start


def _unmatched(text: str, tokens: list[Span]) -> list[Span]:
    """Return the brackets without a partner. A brace closes what is open inside it: TeX knows no other nesting."""
    stack: list[Span] = []
    alone: list[Span] = []
    for span in tokens:
        mark = text[span.start : span.end]
        if mark in CLOSING:
            stack.append(span)
        elif mark in CLOSING.values():
            partners = [place for place, opener in enumerate(stack) if CLOSING[text[opener.start]] == mark]
            inside = [place for place, opener in enumerate(stack) if text[opener.start] == "{"]
            if not partners or (mark != "}" and inside and partners[-1] < inside[-1]):
                alone.append(span)
                continue
            place = partners[-1]
            alone += stack[place + 1 :]
            del stack[place:]
    return sorted(alone + stack, key=lambda span: span.start)


def _halves(text: str, fault: Span) -> Iterator[tuple[str, str, tuple[Edit, ...]]]:
    """Put the differential sign on the part of a fraction that lacks it."""
    for match in _FRACTION.finditer(text):
        parts = list(islice(_arguments(text, match.end()), 2))
        if len(parts) < 2:
            continue
        signed = [text[part.start : part.end].lstrip("{ ").startswith("\\partial") for part in parts]
        if signed[0] == signed[1] or match.start() > fault.end or parts[1].end < fault.start:
            continue
        lacking = parts[1] if signed[0] else parts[0]
        inner = text[lacking.start : lacking.end]
        start = lacking.start + (1 if inner.startswith("{") else 0)
        words = f"`\\partial` is missing before `{inner.strip('{} ')}`"
        if inner.startswith("{"):
            yield "half-derivative", words, ((Span(start, start), "\\partial "),)
        else:
            yield "half-derivative", words, ((lacking, f"{{\\partial {inner}}}"),)


def _arguments(text: str, place: int) -> Iterator[Span]:
    while True:
        match = _TOKEN.search(text, place)
        if match is None:
            return
        end, depth = match.end(), 0
        if match[0] == "{":
            for end in range(match.start(), len(text)):
                depth += (text[end] == "{") - (text[end] == "}")
                if depth == 0:
                    break
            end += 1
        yield Span(match.start(), end)
        place = end
