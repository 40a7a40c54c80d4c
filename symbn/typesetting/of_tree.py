"""The user's own tree -> a box, in the author's names and layout, with the parts that are pointed at marked.

A mark (span, kind) is put on the largest nodes inside its span, and on the signs and relations in it; where it holds no node,
on the smallest node around it. What the tree does not keep (a decimal, \\times, the kind of d) is seen in the source text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from symbn.diagnostic import Span
from symbn.errors import UnreadableError
from symbn.syntax.parser import parse
from symbn.syntax.tree import (
    BARE_ELLIPSIS,
    Additive,
    Big,
    Call,
    Cases,
    Derivative,
    Fraction,
    Group,
    Indicator,
    Listing,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Root,
    Scripted,
    Statement,
    children,
)
from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box, row
from symbn.typesetting.letters import name_box

Marks = tuple[tuple[Span, str], ...]
_DIGITS = re.compile(r"[\d.]+\Z")
_SIGN = re.compile(r"\s*(?:[-+−*/·×=<>≠]|!=|:=|\\(?:cdot|times|odot|neq?|equiv|approx|leq?|geq?))\s*")
_SIGNS = {
    "*": boxes.DOT,
    "/": boxes.SLASH,
    "\\odot": boxes.Operator(r"\odot", "⊙", boxes.TIMES),
    "\\times": boxes.Operator(r"\times", "×", boxes.TIMES),
}


def box_of_tree(node: Node | Statement, text: str, marks: Iterable[tuple[Span, str]] = ()) -> Box:
    """Return the box of a node or a statement. text: the source that its spans count in."""
    marks = tuple(marks)
    layout = _Layout(text, marks + tuple(_around(node, text, marks)))
    return layout.statement(node) if isinstance(node, Statement) else layout.box(node)


def box_of_source(text: str, marks: Iterable[tuple[Span, str]] = (), dialect: str = "auto") -> Box:
    """Return the box of a formula; of what cannot be read, the text itself as code. dialect: as for `parse`."""
    try:
        statements = parse(text, dialect)
    except UnreadableError:
        return boxes.Code(text)
    marks = tuple(marks)
    first, *others = [box_of_tree(statement, text, marks) for statement in statements]
    return row(first, *(part for other in others for part in (boxes.COMMA, boxes.Gap(), other)))


def _around(node: Node | Statement, text: str, marks: Marks) -> Iterator[tuple[Span, str]]:
    """Yield the smallest node around each mark that holds none itself, and no sign."""
    for span, kind in marks:
        if not any(_within(inner.span, span) for inner in _nodes(node)) and not _SIGN.fullmatch(text, span.start, span.end):
            holding = [inner.span for inner in _nodes(node) if _within(span, inner.span)]
            if holding:
                yield min(holding, key=lambda found: found.end - found.start), kind


def _nodes(node: Node | Statement) -> Iterator[Node]:
    for child in children(node):
        yield child
        yield from _nodes(child)


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


class _Layout:
    def __init__(self, text: str, marks: Marks) -> None:
        self.text, self.marks = text, marks

    def box(self, node: Node, marked: bool = False) -> Box:
        """Return the box of a node. marked: it is inside a marked part already."""
        kind = None if marked else next((kind for span, kind in self.marks if _within(node.span, span)), None)
        inner = self.inside(node, marked or kind is not None)
        return inner if kind is None else boxes.Marked(kind, inner)

    def inside(self, node: Node, marked: bool) -> Box:
        def box(part: Node) -> Box:
            return self.box(part, marked)

        def perhaps(part: Node | None) -> Box | None:
            return None if part is None else box(part)

        match node:
            case Number(span=span, value=value):
                source = self.text[span.start : span.end].replace("{,}", ".")
                return _number(source if _DIGITS.match(source) else str(value))
            case Name(text=name):
                return name_box("\\ldots" if name == BARE_ELLIPSIS else name)
            case Scripted(base=base, sub=sub, sup=sup, primes=primes):
                under = box(base)
                prime = (boxes.Letter("\\prime", "′"),) * primes
                over = row(*prime, *([box(sup)] if sup is not None else [])) if prime or sup is not None else None
                return boxes.Script(under, perhaps(sub), over)
            case Call(function=Name(text="\\odot") as sign, arguments=(power,)):
                return row(_SIGNS[sign.text], box(power))
            case Call(function=function, arguments=arguments):
                bracket = "[" if "[" in self.between(function, arguments[0]) else "("
                return row(box(function), boxes.Bracket(bracket, self.listed(arguments, marked)))
            case Group(bracket="{", body=body):
                return box(body)
            case Group(bracket=bracket, body=body):
                return boxes.Bracket(bracket, box(body))
            case Fraction(top=top, bottom=bottom):
                return boxes.Quotient(box(top), box(bottom))
            case Root(radicand=radicand, degree=degree):
                # The brackets of sqrt(..) are what the root sign covers.
                covered = radicand.body if isinstance(radicand, Group) and radicand.bracket == "(" else radicand
                return boxes.Radical(box(covered), perhaps(degree))
            case Product():
                return self.product(node, marked)
            case Additive():
                return self.additive(node, marked)
            case Big(operator=operator, lower=lower, upper=upper, body=body):
                return row(boxes.Big(operator, perhaps(lower), perhaps(upper)), box(body))
            case Derivative():
                return self.derivative(node, marked)
            case Relation(operator="\\le\\le", left=left, right=Listing(items=(middle, last))):
                below = boxes.RELATIONS["\\le"]
                return row(box(left), below, box(middle), below, box(last))
            case Relation():
                return self.relation(node, marked)
            case Indicator(condition=condition):
                return row(name_box("\\mathbb 1"), boxes.Bracket("[", box(condition)))
            case Cases(values=values, conditions=conditions):
                rows = zip(values, conditions, strict=True)
                return boxes.Choices(tuple((box(value), perhaps(condition)) for value, condition in rows))
            case Listing(items=items):
                return self.listed(items, marked)

    def statement(self, statement: Statement) -> Box:
        parts = [self.box(statement.sides[0])]
        for before, relation, after in zip(statement.sides, statement.relations, statement.sides[1:], strict=False):
            parts += [self.sign(boxes.RELATIONS[relation], before, after), self.box(after)]
        for condition in statement.conditions:
            parts += [boxes.COMMA, boxes.Gap(), self.box(condition)]
        return row(*parts)

    def between(self, before: Node, after: Node) -> str:
        return self.text[before.span.end : after.span.start]

    def sign(self, sign: boxes.Operator, before: Node | int, after: Node, marked: bool = False) -> Box:
        """Return the sign, marked if a mark holds its place in the text."""
        start = before if isinstance(before, int) else before.span.end
        gap = self.text[start : after.span.start]
        place = Span(start + len(gap) - len(gap.lstrip(" &\t\n")), start + len(gap.rstrip()))
        kind = None if marked else next((kind for span, kind in self.marks if _touch(place, span)), None)
        return sign if kind is None else boxes.Marked(kind, sign)

    def relation(self, node: Relation, marked: bool) -> Box:
        sign = self.sign(boxes.RELATIONS[node.operator], node.left, node.right, marked)
        return row(self.box(node.left, marked), sign, self.box(node.right, marked))

    def listed(self, items: tuple[Node, ...], marked: bool) -> Box:
        """Return a list; in a script of letters without commas there are none."""
        parts: list[Box] = [self.box(items[0], marked)]
        for before, after in pairwise(items):
            if self.between(before, after).strip():
                parts.append(boxes.COMMA)
            parts.append(self.box(after, marked))
        return row(*parts)

    def product(self, node: Product, marked: bool) -> Box:
        parts = [self.factor(node.factors[0], marked)]
        for before, operator, after in zip(node.factors, node.operators, node.factors[1:], strict=False):
            gap = self.between(before, after)
            if operator:
                cross = operator == "*" and ("\\times" in gap or "×" in gap)
                parts.append(self.sign(_SIGNS["\\times" if cross else operator], before, after, marked))
            parts.append(self.factor(after, marked))
        return row(*parts)

    def factor(self, node: Node, marked: bool) -> Box:
        """Return a factor; in brackets where only invisible ones of the source keep it together."""
        inner = self.box(node, marked)
        body = self.bare(node)
        return boxes.bracketed(inner) if body is not node and isinstance(body, Additive) else inner

    def additive(self, node: Additive, marked: bool) -> Box:
        parts: list[Box] = []
        before: Node | int = node.span.start
        for sign, term in zip(node.signs, node.terms, strict=True):
            if parts:
                parts.append(self.sign(boxes.PLUS if sign > 0 else boxes.MINUS, before, term, marked))
            elif sign < 0:
                parts.append(self.sign(boxes.NEGATIVE, before, term, marked))
            inner = self.box(term, marked)
            nested = isinstance(self.bare(term), Additive) and not isinstance(boxes.bare(inner), boxes.Bracket)
            parts.append(boxes.bracketed(inner) if nested else inner)
            before = term
        return row(*parts)

    def derivative(self, node: Derivative, marked: bool) -> Box:
        source = self.text[node.span.start : node.span.end]
        by = [self.box(one, marked) for one in node.by]
        if source.lstrip().startswith(("\\nabla", "∇")):
            return row(boxes.Script(name_box("\\nabla"), by[0]), self.factor(node.of, marked))
        # A \delta of calculus is written \partial, so that nobody takes it for a letter.
        letter: Box = boxes.Letter("d", "d") if node.sign == "d" else boxes.PARTIAL
        order = len(by)
        above = letter if order == 1 else boxes.Script(letter, None, _number(str(order)))
        same = order > 1 and len(set(node.by)) == 1
        below = row(*(part for one in by for part in (letter, one)))
        if same:
            below = row(letter, boxes.raised(by[0], _number(str(order))))
        of = self.factor(node.of, marked)
        if node.of.span.start >= max(one.span.end for one in node.by):
            return row(boxes.Quotient(above, below), of)
        return boxes.Quotient(row(above, of), below)

    def bare(self, node: Node) -> Node:
        """Return what is inside the source's invisible braces."""
        while isinstance(node, Group) and node.bracket == "{":
            node = node.body
        return node


def _touch(place: Span, mark: Span) -> bool:
    return place.start < place.end and place.start < mark.end and mark.start < place.end


def _number(text: str) -> Box:
    """Return a number; of a fraction, a quotient."""
    if text.startswith("-"):
        return row(boxes.NEGATIVE, _number(text[1:]))
    top, slash, bottom = text.partition("/")
    return boxes.Quotient(boxes.Numeral(top), boxes.Numeral(bottom)) if slash else boxes.Numeral(text)
