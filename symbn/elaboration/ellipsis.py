r"""Sums written with dots, as sums: t(1) + t(2) + \ldots + t(i) + \ldots + t(m) is \sum_k t(k).

The first and the last term must be the same but for one index, which is 1 in the first and the batch size in the last; every
other term that is written must be the same at an index of its own. Anything else keeps its dots, and is refused.
"""

from __future__ import annotations

from fractions import Fraction as Rational

from symbn.diagnostic import Span
from symbn.elaboration.scope import FRESH_LETTERS
from symbn.errors import unreadable
from symbn.syntax.tree import (
    BARE_ELLIPSIS,
    ELLIPSIS,
    Additive,
    Big,
    Name,
    Node,
    Number,
    Relation,
    Scripted,
    children,
    names_in,
    rebuilt,
    walk,
)

DOTS = "the dots stand for every term between"
_NOTE = DOTS + ": the sum over {} from 1 to {}"
_SIGN = "a plus sign is missing after the dots"


def without_ellipses(sides: tuple[Node, ...]) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Return the sides with every dotted sum written with a sum sign, and what was understood. Raises: UnreadableError."""
    if not any(_has_dots(side) for side in sides):
        return sides, ()
    used = {name for side in sides for name in names_in(side)}
    letter = next(letter for letter in (*FRESH_LETTERS, "i_") if letter not in used)
    notes: dict[str, None] = {}

    def change(node: Node) -> Node:
        inner = rebuilt(node, change)
        return _summed(inner, letter, notes) if isinstance(inner, Additive) and any(map(_is_dots, inner.terms)) else inner

    changed = tuple(change(side) for side in sides)
    return changed, tuple(notes)


def _is_dots(node: Node) -> bool:
    return isinstance(node, Name) and node.text in (ELLIPSIS, BARE_ELLIPSIS)


def _has_dots(node: Node) -> bool:
    return any(map(_is_dots, walk(node)))


def _summed(node: Additive, letter: str, notes: dict[str, None]) -> Node:
    outer = _is_dots(node.terms[0]) or _is_dots(node.terms[-1])
    found = None if outer or len(set(node.signs)) > 1 else _pattern(node.terms[0], node.terms[-1], letter)
    if found is None or not _in_order(found[0], node.terms, letter):
        raise unreadable(
            "unsupported", "these dots do not say which terms they stand for", node.span, "write the sum with a sum sign"
        )
    body, last = found
    if any(isinstance(term, Name) and term.text == BARE_ELLIPSIS for term in node.terms):
        notes[_SIGN] = None
    here = Span(node.span.start, node.span.start)
    lower = Relation(here, "=", Name(here, letter), Number(here, Rational(1)))
    notes[_NOTE.format(letter, last.text if isinstance(last, Name) else last.value)] = None
    total: Node = Big(node.span, "sum", lower, last, body)
    return total if node.signs[0] > 0 else Additive(node.span, (-1,), (total,))


def _pattern(first: Node, last: Node, letter: str) -> tuple[Node, Name | Number] | None:
    """Return the common term with `letter` for what is 1 in the first, and what stands for it in the last."""
    ends: set[Name | Number] = set()

    def merge(one: Node, other: Node, index: bool) -> Node | None:
        if index and isinstance(one, Number) and one.value == 1 and isinstance(other, Name | Number) and not _same(one, other):
            ends.add(Name(Span(0, 0), other.text) if isinstance(other, Name) else Number(Span(0, 0), other.value))
            return Name(one.span, letter)
        if type(one) is not type(other):
            return None
        own, others = tuple(children(one)), tuple(children(other))
        if len(own) != len(others) or _shell(one) != _shell(other):
            return None
        merged = []
        for place, (left, right) in enumerate(zip(own, others, strict=True)):
            part = merge(left, right, index or (isinstance(one, Scripted) and place > 0))
            if part is None:
                return None
            merged.append(part)
        parts = iter(merged)
        return rebuilt(one, lambda _: next(parts))

    body = merge(first, last, False)
    return (body, ends.pop()) if body is not None and len(ends) == 1 else None


def _in_order(body: Node, terms: tuple[Node, ...], letter: str) -> bool:
    """Tell whether the terms count up from 1 to the dots, and whether what stands between dots is one term at a letter."""
    dots = [place for place, term in enumerate(terms) if _is_dots(term)]
    first = [_index(body, term, letter) for term in terms[: dots[0]]]
    between = [_index(body, term, letter) for term in terms[dots[0] + 1 : -1] if not _is_dots(term)]
    return first == list(range(1, dots[0] + 1)) and len(between) < len(dots) and all(isinstance(at, str) for at in between)


def _index(body: Node, term: Node, letter: str) -> object:
    """Return the index at which the term is the body, or None."""
    found: set[object] = set()

    def matches(one: Node, other: Node) -> bool:
        if isinstance(one, Name) and one.text == letter:
            found.add(other.text if isinstance(other, Name) else other.value if isinstance(other, Number) else None)
            return isinstance(other, Name | Number)
        own, others = tuple(children(one)), tuple(children(other))
        same = type(one) is type(other) and _shell(one) == _shell(other) and len(own) == len(others)
        return same and all(matches(left, right) for left, right in zip(own, others, strict=True))

    return found.pop() if matches(body, term) and len(found) == 1 else None


def _same(one: Node, other: Node) -> bool:
    return type(one) is type(other) and _shell(one) == _shell(other)


def _shell(node: Node) -> tuple[object, ...]:
    """Return what a node says itself: its fields without spans and children."""
    return tuple(part for part in node.parts() if isinstance(part, str | int) or _is_value(part) or _is_plain(part))


def _is_value(part: object) -> bool:
    return hasattr(part, "denominator")


def _is_plain(part: object) -> bool:
    return isinstance(part, tuple) and not any(hasattr(item, "span") for item in part)
