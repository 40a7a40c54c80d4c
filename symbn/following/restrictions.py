r"""Formulas that only restrict: ranges `i = 1, \dots, m`, lists `m = 1, 2`, bounds `m \le 2`, exclusions `i \neq 1, 2`.

    formula := group (, group)*
    group   := name (, name)* sign item (, item)*  |  side order side (order side)*          sign: = \neq \in

The whole range of an index restricts nothing. Consecutive numbers are a bound, and numbers that are excluded are conditions
one by one. A bound never helps to prove, but a counterexample may be shown to respect it. Anything else can only leave doubt:
of `i \neq j, k` it is not even sure what it says of k.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from symbn.diagnostic import Span
from symbn.elaboration.notation import BATCH_NAMES, FEATURE_NAMES, Notation
from symbn.errors import UnreadableError
from symbn.syntax import latex
from symbn.syntax.parser import sole_expression
from symbn.syntax.tokens import Token
from symbn.syntax.tree import Name, Node, Relation

UNUSABLE = "?"
ORDER = frozenset(("<", ">", "\\le", "\\ge"))
_SIZES = frozenset((*BATCH_NAMES, *FEATURE_NAMES))
_SIGNS = frozenset(("=", "\\neq", "\\in"))
_DOTS = frozenset(("\\dots", "\\ldots", "\\cdots"))
_UNKNOWN = re.compile(
    r"\\(?:n?[lg]e?q?slant|notin|not|in|ni|setminus|ll|gg|n?[lg]eq?|neq?|lesssim|gtrsim|downarrow|nearrow|searrow|subset\w*)"
    r"(?![A-Za-z])|[<>∈∉≠≤≥]"
)
# Without one of these an equality has one piece, no dots and no order, so that it restricts nothing: most equations are seen
# to be none at once.
_SEPARATES = re.compile(r",|\\q?quad|&|\.\.|dots|[<>≤≥∈]|\\(?:[lg](?:eq?|t)|in|to|rightarrow)(?![A-Za-z])")
_MEMBERS = re.compile(r"\\(?:mathcal|mathbb|mathbf|mathrm)\s*\{?\s*[A-Z]\s*\}?(?:\^\{?[\w\s]*\}?)?|[A-Z]")
# The set of all indices; any other one may be a part of it.
_WHOLE = re.compile(r"\\mathbb\s*\{?\s*[NZ]\s*\}?|(?:\\(?:mathcal|mathrm)\s*\{?\s*)?B\s*\}?")
_NATURAL = re.compile(r"\\mathbb\s*\{?\s*[NZ]")


@dataclass(slots=True)
class _Group:
    """Pieces of the text around one sign: the names before it, and what follows it."""

    sign: str
    names: list[str]
    items: list[str] = field(default_factory=list)


def restriction(text: str, notation: Notation, is_index: Callable[[Node], bool]) -> tuple[Relation, ...] | None:
    """Return what a formula restricts, an empty tuple if that is nothing, or None if it is not of this kind.

    The operators of the relations are those of conditions (= and \\neq, to be used), of bounds (ORDER) or UNUSABLE.
    is_index: tells whether a node is a letter for an index.
    """
    if "=" in text and _SEPARATES.search(text) is None:
        return None
    try:
        tokens = latex.scan(text)[:-1]
    except UnreadableError:
        return (unknown(),) if _UNKNOWN.search(text) and "=" not in text else None
    pieces = list(_pieces(text, tokens))
    signs = [sign for piece in pieces for sign in piece[1]]
    if not signs or any(sign not in _SIGNS | ORDER | {"\\to"} for sign in signs):
        return None
    if "\\to" in signs:
        return () if ":" in text else (unknown(),)
    groups: list[_Group] = []
    waiting: list[str] = []
    bounds: list[Relation] = []
    for sides, found in pieces:
        if not found and groups and not waiting:
            groups[-1].items.append(sides[0])
        elif not found:
            waiting.append(sides[0])
        elif len(found) == 1 and found[0] in _SIGNS:
            groups.append(_Group(found[0], [*waiting, sides[0]], [sides[1]]))
            waiting = []
        elif set(found) <= ORDER:
            bounds += _bounds(waiting, sides, found)
            waiting = []
        else:
            return None
    lists = [
        group for group in groups if len(group.items) > 1 or len(group.names) > 1 or group.sign == "\\in" or _dotted(group)
    ]
    if not lists and not bounds:
        return None
    relations = list(bounds)
    for group in groups:
        made = _meant(group, notation, is_index) if group in lists else _plain(group, is_index)
        if made is None:
            return None
        relations += made
    return tuple(relations)


def is_bound(relation: Relation) -> bool:
    return relation.operator in ORDER


def unknown() -> Relation:
    """Return a condition that says only that there is one: under it nothing is refuted."""
    nothing = Name(Span(0, 0), UNUSABLE)
    return Relation(Span(0, 0), UNUSABLE, nothing, nothing)


def _pieces(text: str, tokens: list[Token]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the pieces between the commas outside of brackets, each as its sides and the signs between them."""
    depth, start = 0, 0
    sides: list[str] = []
    signs: list[str] = []
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth:
            continue
        cut = (token.kind, token.text) == ("mark", ",") or token.kind == "gap"
        if not cut and token.kind != "relation":
            continue
        sides.append(text[start : token.span.start].strip())
        start = token.span.end
        if not cut:
            signs.append(token.text)
        elif any(sides):
            yield sides, signs
        if cut:
            sides, signs = [], []
    sides.append(text[start:].strip().rstrip(".;:").strip() if not text.rstrip().endswith("..") else text[start:].strip())
    if any(sides):
        yield sides, signs


def _bounds(names: list[str], sides: list[str], signs: list[str]) -> list[Relation]:
    """Return a < b < c as two bounds; of `a, b > 0` both are bounded."""
    nodes = [sole_expression(side) for side in sides]
    found = [_bound(left, sign, right) for left, sign, right in zip(nodes, signs, nodes[1:], strict=False)]
    return [*(_bound(sole_expression(name), signs[0], nodes[1]) for name in names), *found]


def _bound(left: Node | None, sign: str, right: Node | None) -> Relation:
    return unknown() if left is None or right is None else Relation(left.span.to(right.span), sign, left, right)


def _dotted(group: _Group) -> bool:
    return any(_is_dots(part) for item in group.items for part in _around_dots(item))


def _plain(group: _Group, is_index: Callable[[Node], bool]) -> list[Relation] | None:
    """Return a condition that stands beside a range, `i = 1, \\dots, m, \\gamma = 1`, or None for an equation."""
    left, right = sole_expression(group.names[0]), sole_expression(group.items[0])
    supposed = isinstance(left, Name) and (is_index(left) or left.text in _SIZES or left.text in ("\\gamma", "\\beta"))
    return [Relation(left.span, group.sign, left, right)] if supposed and left is not None and right is not None else None


def _meant(group: _Group, notation: Notation, is_index: Callable[[Node], bool]) -> list[Relation] | None:
    """Return what a range, a list or a set says of its names, or None for what is no restriction, such as f = g_1, .., g_m."""
    lefts = [sole_expression(name) for name in group.names]
    nodes = [left for left in lefts if left is not None]
    indices = len(nodes) == len(lefts) and all(map(is_index, nodes))
    sizes = {*_SIZES, notation.batch, notation.features}
    sized = len(nodes) == len(lefts) == 1 and isinstance(nodes[0], Name) and nodes[0].text in sizes
    if group.sign == "\\in":
        inner = _members(group.items)
        if inner is None:
            sets = _WHOLE if indices else _MEMBERS
            free = all(sets.fullmatch(item.strip()) for item in group.items)
            return [] if free and (indices or sized or not _NATURAL.match(group.items[0])) else [unknown()]
        items = inner
    else:
        items = [part for item in group.items for part in _around_dots(item)]
    if not (indices or sized):
        return [unknown()] if all(item.isdigit() or _is_dots(item) for item in items) else None
    if group.sign == "\\neq":
        excluded = [sole_expression(item) for item in items]
        if len(nodes) > 1 or not _numbers(items):
            return [unknown()]
        return [Relation(nodes[0].span, "\\neq", nodes[0], item) for item in excluded if item is not None]
    limits = _limits(items, {size for size in sizes if size is not None}, sized)
    if limits is None:
        return [unknown()]
    return [_bound(node, sign, sole_expression(limit)) for node in nodes for sign, limit in limits]


def _members(items: list[str]) -> list[str] | None:
    r"""Return the items of \{1, .., m\} or of [m], or None for a set that is not written out."""
    text = ", ".join(items)
    if match := re.fullmatch(r"\[\s*(\w)\s*\]", text):
        return ["1", "..", match[1]]
    if match := re.fullmatch(r"(?:\\left)?\s*\\[{l](?:brace)?(.*?)(?:\\right)?\s*\\[}r](?:brace)?", text):
        return [part for item in match[1].split(",") for part in _around_dots(item.strip())]
    return None


def _around_dots(item: str) -> list[str]:
    return [part.strip() for part in re.split(r"(\\[lc]?dots|\.{2,3})", item) if part.strip()]


def _is_dots(item: str) -> bool:
    return item in _DOTS or item.startswith("..")


def _numbers(items: list[str]) -> bool:
    return bool(items) and all(item.isdigit() for item in items)


def _limits(items: list[str], sizes: set[str], sized: bool) -> list[tuple[str, str]] | None:
    """Return the bounds that a range or consecutive numbers set: none for 1, .., m, at least 2 for 2, .., m."""
    dotted = [place for place, item in enumerate(items) if _is_dots(item)]
    if len(dotted) > 1:
        return None
    before, after = (items[: dotted[0]], items[dotted[0] + 1 :]) if dotted else (items, [])
    if not _numbers(before) or [int(item) for item in before] != list(range(int(before[0]), int(before[0]) + len(before))):
        return None
    low = [] if int(before[0]) <= 1 else [("\\ge", before[0])]
    if not dotted:
        return [*low, ("\\le", before[-1])]
    if not after:
        return low if sized else None  # m = 1, 2, ..: every size
    if len(after) > 1:
        return None
    if _numbers(after):
        return [*low, ("\\le", after[0])]
    return low if after[0] in sizes and not sized else None
