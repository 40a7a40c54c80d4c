"""What was understood: an expression over the named quantities of a layer, derivatives still unevaluated.

    meaning ::= Constant q | Quantity name index* | SumOver index excluding* meaning | Same index index
              | Plus meaning* | Times meaning* | Raised meaning q | Slope meaning Quantity kind

`show` prints it as plain text that symbn reads back to the same meaning; `to_term` evaluates the derivatives on a graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from symbn.diagnostic import Value
from symbn.kernel.term import Add, Delta, Entry, Index, Mul, Num, Power, Sum, Term, Var, add, mul, num, subterms
from symbn.layers.graph import Graph

TOTAL, LOCAL = "total", "local"


class OutsideError(Exception):
    """The meaning is mathematics, but not of the kind that symbn decides; the message says why."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Constant(Value):
    """A rational number."""

    value: Fraction


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quantity(Value):
    """A named quantity, at its indices."""

    name: str
    indices: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SumOver(Value):
    """The sum of the body over an index, some values of it left out."""

    index: Index
    excluding: tuple[Index, ...]
    body: Meaning


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Same(Value):
    """1 where the indices are the same, else 0."""

    left: Index
    right: Index


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Plus(Value):
    """The sum of the terms."""

    terms: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Times(Value):
    """The product of the factors."""

    factors: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Raised(Value):
    """A power with a rational exponent."""

    base: Meaning
    exponent: Fraction


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Slope(Value):
    """The derivative of `of` by a quantity: total or local (see `symbn.layers.graph`)."""

    of: Meaning
    by: Quantity
    kind: str


Meaning = Constant | Quantity | SumOver | Same | Plus | Times | Raised | Slope


def parts(meaning: Meaning) -> tuple[Meaning, ...]:
    match meaning:
        case Constant() | Quantity() | Same():
            return ()
        case SumOver(body=body):
            return (body,)
        case Plus(terms=inner) | Times(factors=inner):
            return inner
        case Raised(base=base):
            return (base,)
        case Slope(of=of, by=by):
            return (of, by)
        case _:
            assert_never(meaning)


def changed(meaning: Meaning, change: Callable[[Meaning], Meaning]) -> Meaning:
    """Return the meaning with its parts changed, all but what a derivative is taken by."""
    match meaning:
        case Constant() | Quantity() | Same():
            return meaning
        case SumOver(index=index, excluding=excluding, body=body):
            return SumOver(index, excluding, change(body))
        case Plus(terms=terms):
            return Plus(tuple(map(change, terms)))
        case Times(factors=factors):
            return Times(tuple(map(change, factors)))
        case Raised(base=base, exponent=exponent):
            return Raised(change(base), exponent)
        case Slope(of=of, by=by, kind=kind):
            return Slope(change(of), by, kind)
        case _:
            assert_never(meaning)


def times(*factors: Meaning) -> Meaning:
    flat: list[Meaning] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Times) else (factor,))
    return flat[0] if len(flat) == 1 else Times(tuple(flat))


def plus(*terms: Meaning) -> Meaning:
    return terms[0] if len(terms) == 1 else Plus(tuple(terms))


def free(meaning: Meaning) -> frozenset[Index]:
    match meaning:
        case Quantity(indices=indices):
            return frozenset(indices)
        case Same(left=left, right=right):
            return frozenset((left, right))
        case SumOver(index=index, excluding=excluding, body=body):
            return (free(body) - {index}) | frozenset(excluding)
        case _:
            return frozenset[Index]().union(*[free(part) for part in parts(meaning)])


def renamed(meaning: Meaning, letters: Mapping[str, str]) -> Meaning:
    """Return the meaning with other letters for its indices, free and bound. The new letters must not occur in it."""

    def index(old: Index) -> Index:
        return Index(letters.get(old.name, old.name), old.axis) if isinstance(old.name, str) else old

    def quantity(old: Quantity) -> Quantity:
        return Quantity(old.name, tuple(map(index, old.indices)))

    def inner(old: Meaning) -> Meaning:
        return renamed(old, letters)

    match meaning:
        case Quantity():
            return quantity(meaning)
        case Same(left=left, right=right):
            return Same(index(left), index(right))
        case SumOver(index=bound, excluding=excluding, body=body):
            return SumOver(index(bound), tuple(map(index, excluding)), inner(body))
        case Slope(of=of, by=by, kind=kind):
            return Slope(inner(of), quantity(by), kind)
        case _:
            return changed(meaning, inner)


def letters_of(meaning: Meaning) -> frozenset[str]:
    """Return the letters of all indices, free and bound."""
    match meaning:
        case Quantity(indices=own):
            pass
        case Same(left=left, right=right):
            own = (left, right)
        case SumOver(index=index, excluding=excluding):
            own = (index, *excluding)
        case _:
            own = ()
    named = frozenset([index.name for index in own if isinstance(index.name, str)])
    return named.union(*[letters_of(part) for part in parts(meaning)])


def names(meaning: Meaning) -> frozenset[str]:
    own = frozenset({meaning.name}) if isinstance(meaning, Quantity) else frozenset[str]()
    return own.union(*(names(part) for part in parts(meaning)))


def to_term(meaning: Meaning, graph: Graph) -> Term:
    """Return the meaning as a term over the inputs of the graph. Raises: OutsideError."""
    return graph.expand(_term(meaning, graph))


def _term(meaning: Meaning, graph: Graph) -> Term:
    match meaning:
        case Constant(value=value):
            return num(value)
        case Quantity(name=name, indices=indices):
            if name == graph.loss:
                raise OutsideError("the loss is known only through its gradient: its own value is not determined")
            return Entry(name, indices) if indices else Var(name)
        case SumOver(index=index, excluding=excluding, body=body):
            return Sum(index, _term(body, graph), excluding)
        case Same(left=left, right=right):
            return Delta(left, right)
        case Plus(terms=terms):
            return add(*(_term(t, graph) for t in terms))
        case Times(factors=factors):
            return mul(*(_term(f, graph) for f in factors))
        case Raised(base=base, exponent=exponent):
            return Power(_term(base, graph), exponent)
        case Slope(of=of, by=by, kind=kind):
            return _slope(of, by, kind, graph)
        case _:
            assert_never(meaning)


def _slope(of: Meaning, by: Quantity, kind: str, graph: Graph) -> Term:
    known = by.name in graph.nodes
    leaf = graph.leaf(by.name, by.indices) if known else Entry(by.name, by.indices) if by.indices else Var(by.name)
    if isinstance(of, Quantity) and of.name == graph.loss:
        return graph.total(Var(graph.loss), leaf)
    term = _term(of, graph)
    if any(isinstance(t, Var | Entry) and t.name == graph.upstream for t in subterms(term)):
        if by.name != graph.upstream:
            raise OutsideError("the derivative of an upstream gradient is not determined by the layer")
    if isinstance(of, Quantity) and kind == LOCAL:
        return graph.local(graph.leaf(of.name, of.indices), leaf)
    return graph.total(term, leaf)


# ---------------------------------------------------------------------- plain text

_SUM, _PRODUCT, _POWER, _ATOM = range(4)


def show(meaning: Meaning) -> str:
    """Return plain text with every bracket and every index that the reading put in."""
    return _show(meaning)[0]


def _show(meaning: Meaning) -> tuple[str, int]:
    match meaning:
        case Constant(value=value):
            text = str(value)
            return text, _SUM if value < 0 else _PRODUCT if value.denominator != 1 else _ATOM
        case Quantity(name=name, indices=indices):
            return name + _subscript(indices), _ATOM
        case Same(left=left, right=right):
            return f"delta{_subscript((left, right))}", _ATOM
        case SumOver(index=index, excluding=excluding, body=body):
            skip = "".join(
                f" != {other.name}" if n == 0 else f", {index.name} != {other.name}" for n, other in enumerate(excluding)
            )
            bounds = f"{{{index.name}{skip}}}" if excluding else str(index.name)
            return f"(sum_{bounds} {_in(body, _POWER)})", _ATOM
        case Plus(terms=terms):
            if not terms:
                return "0", _ATOM
            text = _in(terms[0], _SUM)
            for term in terms[1:]:
                sign, rest = _sign(term)
                text += f" {sign} {_in(rest, _PRODUCT)}"
            return text, _SUM
        case Times(factors=factors):
            sign, rest = _sign(meaning)
            if sign == "-":
                return f"-{_in(rest, _POWER if isinstance(rest, Plus) else _PRODUCT)}", _SUM
            top = [f for f in factors if not (isinstance(f, Raised) and f.exponent < 0)]
            bottom = [_flip(f) for f in factors if isinstance(f, Raised) and f.exponent < 0]
            text = "*".join(_in(f, _POWER) for f in top if f != Constant(Fraction(1)) or len(top) == 1) or "1"
            if bottom:
                below = "*".join(_in(f, _POWER) for f in bottom)
                text += f"/({below})" if len(bottom) > 1 else f"/{below}"
            return text, _PRODUCT
        case Raised(base=base, exponent=exponent):
            if exponent == Fraction(1, 2):
                return f"sqrt({_show(base)[0]})", _ATOM
            if exponent == -1:
                return f"1/{_in(base, _POWER)}", _PRODUCT
            power = str(exponent) if exponent.denominator == 1 and exponent >= 0 else f"({exponent})"
            # A superscript after dL/dx_i would belong to x_i.
            bare = f"({show(base)})" if isinstance(base, Slope) else _in(base, _ATOM)
            return f"{bare}^{power}", _POWER
        case Slope(of=of, by=by):
            below = f"d{show(by)}" if by.name.isalpha() else f"d {show(by)}"
            if isinstance(of, Quantity):
                return f"d{show(of)}/{below}", _ATOM
            return f"(d/{below} {_in(of, _ATOM)})", _ATOM
        case _:
            assert_never(meaning)


def _in(meaning: Meaning, least: int) -> str:
    text, strength = _show(meaning)
    return text if strength >= least else f"({text})"


def _sign(meaning: Meaning) -> tuple[str, Meaning]:
    match meaning:
        case Constant(value=value) if value < 0:
            return "-", Constant(-value)
        case Times(factors=(Constant(value=value), *rest)) if value == -1 and rest:
            return "-", rest[0] if len(rest) == 1 else Times(tuple(rest))
        case Times(factors=(Constant(value=value), *rest)) if value < 0:
            return "-", Times((Constant(-value), *rest))
        case _:
            return "+", meaning


def _flip(raised: Raised) -> Meaning:
    return raised.base if raised.exponent == -1 else Raised(raised.base, -raised.exponent)


def _subscript(indices: tuple[Index, ...]) -> str:
    if not indices:
        return ""
    text = ",".join(str(i.name) for i in indices)
    return f"_{text}" if len(indices) == 1 else f"_{{{text}}}"


def show_term(term: Term) -> str:
    """Return a term of the kernel as plain text."""
    return show(meaning_of_term(term))


def meaning_of_term(term: Term) -> Meaning:
    """Return a term of the kernel as a meaning."""
    match term:
        case Num(value=value):
            return Constant(value)
        case Var(name=name):
            return Quantity(name)
        case Entry(name=name, indices=indices):
            return Quantity(name, indices)
        case Sum(index=index, body=body, excluding=excluding):
            return SumOver(index, excluding, meaning_of_term(body))
        case Delta(left=left, right=right):
            return Same(left, right)
        case Add(terms=terms):
            return Plus(tuple(meaning_of_term(t) for t in terms))
        case Mul(factors=factors):
            return Times(tuple(meaning_of_term(f) for f in factors))
        case Power(base=base, exponent=exponent):
            return Raised(meaning_of_term(base), exponent)
        case _:
            assert_never(term)
