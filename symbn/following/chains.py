r"""A formula of a document -> its chains, with what cannot be read set apart.

A formula that begins with `=` goes on from the last right side before it. Where the whole formula cannot be read, it is cut
at its relations, so that one bad side spoils the two steps it belongs to and no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from symbn.diagnostic import Diagnostic, Span, Value
from symbn.document.source import Text
from symbn.errors import UnreadableError
from symbn.syntax.parser import parse
from symbn.syntax.tree import Node, Relation, Statement

EXACT = ("=", ":=")
DEFINES = (":=", "\\leftarrow")
LOOSE = ("\\approx", "\\propto", "\\sim", "\\simeq")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Side(Value):
    """One side of a chain: its tree, whose spans count the characters of `text`."""

    node: Node
    text: Text

    @property
    def source(self) -> Text:
        return self.text.part(self.node.span.start, self.node.span.end)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Chain(Value):
    """side relation side ..., with its conditions. continued: its first side is the last one of an earlier formula. beside: an
    expression that claims nothing stands beside it, which may belong to it."""

    sides: tuple[Side, ...]
    relations: tuple[str, ...]
    conditions: tuple[Relation, ...] = ()
    continued: bool = False
    beside: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fault(Value):
    """A step that cannot be read: the texts of its sides, and why. spoils: it may hold a condition of the steps beside it."""

    text: Text
    left: Span
    right: Span
    diagnostic: Diagnostic
    spoils: bool

    @property
    def lists(self) -> bool:
        """Tell whether the step names the entries of its left side, x = (x_1, \\ldots, x_m), and so claims nothing."""
        left, right = (self.text.text[span.start : span.end].strip() for span in (self.left, self.right))
        return bool(left) and _LIST.fullmatch(right) is not None and _BRACKET.sub("", right).startswith(left)


# What separates sides: a relation sign outside of braces. Scripts, environments and text have braces around them.
_RELATION = re.compile(
    r":=|(?<![<>!:])=(?!=)|\\(?:equiv|triangleq|coloneqq|approx|propto|simeq|sim|leftarrow|gets)(?![A-Za-z])|[≈≡∝≔]"
)
_TRANSPARENT = re.compile(r"\\(?:boxed|underbrace|overbrace|color\{\w+\}|textcolor\{\w+\})\s*\Z")
_LEADING = re.compile(r"(?:\s|&|\\\\|\\begin\{[A-Za-z]+\*?\}(?:\{[^{}]*\})?|\\displaystyle|\\q?quad|\\[,;:! ]|\{\})*")
_ROW = re.compile(
    r"\\\\(?:\[[^\]]*\])?|\\(?:begin|end)\{(?!cases|dcases|[pbvBV]?matrix)[A-Za-z]+\*?\}(?:\{[lrc|]*\})?|\\q?quad|&"
)
_BRACKET = re.compile(r"^(?:\\left)?\s*(?:[(\[{]|\\\{)\s*")
_ASIDE = re.compile(
    r"[_^]\s*\{(?:[^{}]|\{[^{}]*\})*\}|\\(?:text|mbox|mathrm|textrm|label|tag|operatorname|substack)\*?\{[^{}]*\}|%[^\n]*"
)
_LIST = re.compile(r"(?:\\left)?\s*(?:[(\[{]|\\\{)[^=]*,\s*(?:\.\.\.|\\[lc]?dots)\s*(?:,[^=]*)?[)\]}](?:\^.{1,20})?")
_CONDITION = re.compile(r"[,;]|\\(?:quad|qquad|text|mbox|mathrm|forall|textrm)|\bfor\b|\bif\b")


def relations(text: str) -> list[Span]:
    """Return where the relation signs stand that are in no braces but those of an environment or a box."""
    found, depth = [], 0
    openers: list[bool] = []
    place = 0
    while place < len(text):
        character = text[place]
        if character == "%":
            newline = text.find("\n", place)
            place = len(text) if newline < 0 else newline
            continue
        if (match := _RELATION.match(text, place)) is not None:
            if depth == 0:
                found.append(Span(place, match.end()))
            place = match.end()
            continue
        if character == "\\":
            place += 2
            continue
        if character == "{":
            transparent = _TRANSPARENT.search(text, max(0, place - 40), place) is not None
            openers.append(transparent)
            depth += not transparent
        elif character == "}" and openers:
            depth -= not openers.pop()
        place += 1
    return found


def mentions_relation(text: str) -> bool:
    """Tell whether there is a relation sign anywhere but in scripts, words and labels."""
    return bool(relations(text)) or _RELATION.search(_ASIDE.sub(" ", text)) is not None


def begins_with_relation(text: str) -> bool:
    start = _LEADING.match(text)
    return start is not None and _RELATION.match(text, start.end()) is not None


def chains(text: Text, continued: bool = False) -> Iterator[Chain | Fault]:
    """Yield the chains of a formula and the steps that cannot be read, in order. What has no relation is neither."""
    try:
        statements = parse(text.text, "latex")
    except UnreadableError as error:
        yield from _recovered(text, error.diagnostic, continued)
        return
    beside = any(not statement.relations for statement in statements)
    for place, statement in enumerate(statements):
        if statement.relations:
            yield _chain(statement, text, continued and place == 0, beside)


def _chain(statement: Statement, text: Text, continued: bool, beside: bool = False) -> Chain:
    sides = tuple(Side(side, text) for side in statement.sides)
    return Chain(sides, statement.relations, statement.conditions, continued, beside)


def _recovered(text: Text, whole: Diagnostic, continued: bool) -> Iterator[Chain | Fault]:
    signs = relations(text.text)
    if not signs:
        if mentions_relation(text.text):
            yield Fault(text, Span(0, len(text.text)), Span(len(text.text), len(text.text)), whole, False)
        return
    steps, loose = _cut(text.text, signs)
    for number, (low, high) in enumerate(steps):
        step = text.part(low.start, high.end)
        fault = whole
        try:
            found = [statement for statement in parse(step.text, "latex") if statement.relations]
            if len(found) == 1:
                yield _chain(found[0], step, continued and number == 0, loose)
                continue
        except UnreadableError as error:
            own = error.diagnostic
            span = Span(own.span.start + low.start, own.span.end + low.start)
            fault = Diagnostic(own.code, own.message, span, own.help)
        yield Fault(text, low, high, fault, loose or bool(_CONDITION.search(step.text)))


def _cut(text: str, signs: list[Span]) -> tuple[list[tuple[Span, Span]], bool]:
    """Return the sides of every step, and whether something stands beside them that may be a condition.

    A row that begins with a sign goes on with the side before it; one that begins with + or - belongs to it.
    """
    steps: list[tuple[Span, Span]] = []
    last: Span | None = None
    loose = False
    for number, sign in enumerate(signs):
        start = signs[number - 1].end if number else 0
        end = signs[number + 1].start if number + 1 < len(signs) else len(text)
        # Between two signs stand the right side of the first and, after the end of a row, the left side of the second.
        before, after = _sides(text, start, sign.start), _sides(text, sign.end, end)
        own = before[-1] if before and (number == 0 or len(before) > 1) else None
        loose = loose or len(before) > (1 if number == 0 else 2)
        left = own if own is not None else last
        last = after[0] if after else Span(sign.end, sign.end)
        steps.append((left if left is not None else Span(sign.start, sign.start), last))
    return steps, loose or len(after) > 1


def _sides(text: str, start: int, end: int) -> list[Span]:
    found: list[Span] = []
    for part in _rows(text, start, end):
        if found and text[part.start] in "+-":
            found[-1] = found[-1].to(part)
        else:
            found.append(part)
    return found


def _rows(text: str, start: int, end: int) -> list[Span]:
    """Return the parts of a range between the ends of rows, without blanks; environments do not count."""
    found, low = [], start
    for match in (*_ROW.finditer(text, start, end), None):
        high = end if match is None else match.start()
        part = text[low:high]
        bare = part.strip(" \t\r\n,.;")
        if bare:
            at = low + part.index(bare)
            found.append(Span(at, at + len(bare)))
        low = end if match is None else match.end()
    return found
