"""The tree of a formula as written. Every node knows its span; a child's span lies inside its parent's. Nothing here has a
meaning.

Statement = sides joined by relations, and the conditions after them
node      = Number | Name | Scripted | Call | Group | Fraction | Root | Product | Additive | Big | Derivative
          | Cases | Indicator | Listing | Relation
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction as Rational
from operator import is_
from typing import Any, TypeVar

from symbn.diagnostic import Span, Value


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Number(Value):
    """A number as written, exactly."""

    span: Span
    value: Rational


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Name(Value):
    """A name with its accents and styles, canonically spelled: `x`, `\\mu`, `\\hat x`, `\\mathcal L`, `Var`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scripted(Value):
    """base_sub^sup with n primes, the scripts in either order."""

    span: Span
    base: Node
    sub: Node | None
    sup: Node | None
    primes: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Value):
    """A function of arguments: E[x], Var(x), BN(x)."""

    span: Span
    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Group(Value):
    """Something in brackets: ( [ { | ; `{` is TeX's own invisible grouping."""

    span: Span
    bracket: str
    body: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fraction(Value):
    """One thing over another, with a bar."""

    span: Span
    top: Node
    bottom: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Root(Value):
    """A root; the degree is None for a square root."""

    span: Span
    radicand: Node
    degree: Node | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Product(Value):
    """factors[0] operators[0] factors[1] ..., left to right; an operator is `*`, `/`, `\\odot` (entry by entry) or ``
    (juxtaposition)."""

    span: Span
    factors: tuple[Node, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Additive(Value):
    """signs[0] terms[0] signs[1] terms[1] ...; a sign is +1 or -1."""

    span: Span
    signs: tuple[int, ...]
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Big(Value):
    r"""\sum or \prod with its bounds; `lower` may be a Name, a Relation or a Listing of those; the body ends before the next
    + or -."""

    span: Span
    operator: str
    lower: Node | None
    upper: Node | None
    body: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Derivative(Value):
    """d^n of / d by..., in any of its spellings; `of` is what the operator is applied to. sign: d, \\partial or \\delta."""

    span: Span
    of: Node
    by: tuple[Node, ...]
    sign: str = "\\partial"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Relation(Value):
    """Two sides and the sign between them, where that is a condition or a bound."""

    span: Span
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Indicator(Value):
    """1 if the relation holds, else 0."""

    span: Span
    condition: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cases(Value):
    """Values with their conditions; a condition of None is `otherwise`."""

    span: Span
    values: tuple[Node, ...]
    conditions: tuple[Node | None, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Listing(Value):
    """a, b, ... in a script or a condition."""

    span: Span
    items: tuple[Node, ...]


ELLIPSIS = "\\ldots"  # the name of the dots in a sum
BARE_ELLIPSIS = "\\ldots+"  # of dots without the sign that should follow them

Node = (
    Number
    | Name
    | Scripted
    | Call
    | Group
    | Fraction
    | Root
    | Product
    | Additive
    | Big
    | Derivative
    | Relation
    | Indicator
    | Cases
    | Listing
)


T = TypeVar("T", bound=Value)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Statement(Value):
    """side relation side ..., condition, ...: `relations` has one item fewer than `sides`."""

    span: Span
    sides: tuple[Node, ...]
    relations: tuple[str, ...]
    conditions: tuple[Relation, ...]


def children(node: Node | Statement) -> Sequence[Node]:
    """Return the nodes right below, in the order of their fields."""
    if isinstance(node, Name | Number):
        return ()
    found: list[Any] = []
    for value in node.parts():
        if isinstance(value, Value):
            found.append(value)
        elif isinstance(value, tuple):
            found += [item for item in value if isinstance(item, Value)]
    return found


def walk(node: Node) -> list[Node]:
    """Return the node and every one below it, parents before children."""
    found = [node]
    for inner in found:  # which grows meanwhile
        found += children(inner)
    return found


def names_in(node: Node) -> set[str]:
    """Return every name of a node, indices included."""
    return {inner.text for inner in walk(node) if isinstance(inner, Name)}


def rebuilt(node: T, change: Callable[[Node], Node]) -> T:
    """Return the node with `change` applied to every node right below; the node itself, if that changes none of them."""

    def changed(part: Any) -> Any:  # noqa: ANN401 - a field of any node
        if isinstance(part, tuple):
            items = tuple(changed(item) for item in part)
            return part if all(map(is_, items, part)) else items
        return change(part) if isinstance(part, Value) else part  # type: ignore[arg-type]

    parts = node.parts()
    made = tuple(changed(part) for part in parts)
    return node if all(map(is_, made, parts)) else type(node)(*made)


def number_value(node: Node | None) -> Rational | None:
    """Return the value of an expression of numbers only, or None."""
    match node:
        case Number(value=value):
            return value
        case Group(body=body):
            return number_value(body)
        case Fraction(top=top, bottom=bottom):
            above, below = number_value(top), number_value(bottom)
            return None if above is None or not below else above / below
        case Additive(signs=signs, terms=terms):
            values = [known for term in terms if (known := number_value(term)) is not None]
            if len(values) < len(terms):
                return None
            return sum((s * v for s, v in zip(signs, values, strict=True)), Rational(0))
        case Product(factors=factors, operators=operators):
            total: Rational | None = number_value(factors[0])
            for operator, factor in zip(operators, factors[1:], strict=True):
                by = number_value(factor)
                if total is None or by is None or (operator == "/" and by == 0):
                    return None
                total = total / by if operator == "/" else total * by
            return total
        case _:
            return None
