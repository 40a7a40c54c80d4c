r"""Rules of calculus about functions that are not named further: (f/g)' = (g f' - f g')/g^2.

In an equation with a prime, f, g, h, u and v (also written f(x)) are any differentiable functions. What is claimed is an
identity between their values and first derivatives, so that f stands for f + f' t with free numbers f and f', a prime on
brackets for d/dt, and the sides are compared at t = 0. That is exact for first derivatives; a second prime is refused.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as Rational

from symbn.elaboration.notation import Notation
from symbn.errors import unreadable
from symbn.syntax.tree import (
    Additive,
    Derivative,
    Group,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    children,
    rebuilt,
    walk,
)

LETTERS = frozenset("fghuv")
_TIME = "t"
_CONSTANTS = frozenset(("a", "b", "\\alpha", "\\lambda"))
_NOTE = "{} stand for any differentiable functions, and a prime for the derivative"


def with_functions(
    sides: tuple[Node, Node], notation: Notation
) -> tuple[tuple[Node, Node], Notation, tuple[Relation, ...], tuple[str, ...]]:
    """Return the sides in values and derivatives of the functions at t = 0; unchanged if there is no prime.

    Raises: UnreadableError.
    """
    if not any(isinstance(node, Scripted) and node.primes for side in sides for node in walk(side)):
        return sides, notation, (), ()
    named = {name for side in sides for name in _primed(side)}
    if not named or not named <= LETTERS:
        return sides, notation, (), ()
    every = named | {name for side in sides for name in _called(side)}
    for side in sides:
        _check(side, every)
    changed = tuple(_Rewriting(every).run(side) for side in sides)
    span = sides[0].span
    at_zero = Relation(span, "=", Name(span, _TIME), Number(span, Rational(0)))
    free = {_TIME} | every | {slope(name) for name in every}
    roles = {key: role for key, role in notation.roles.items() if key not in free}
    note = _NOTE.format(" and ".join(sorted(every)))
    return (changed[0], changed[1]), replace(notation, free=notation.free | free, roles=roles), (at_zero,), (note,)


def slope(name: str) -> str:
    """Return the name of the free number that stands for the derivative of a function."""
    return f"{name}prime"


def _primed(node: Node) -> set[str]:
    """Return the functions with a prime, and those inside brackets with one."""
    if isinstance(node, Scripted) and node.primes:
        base = node.base
        if isinstance(base, Name):
            return {base.text}
        inner = _letters(base)
        return inner or {"'"}
    return set[str]().union(*map(_primed, children(node)))


def _letters(node: Node) -> set[str]:
    own = {node.text} & LETTERS if isinstance(node, Name) else set[str]()
    return own.union(*map(_letters, children(node)))


def _called(node: Node) -> set[str]:
    found = set[str]()
    if isinstance(node, Product):
        for name, operator, argument in zip(node.factors, node.operators, node.factors[1:], strict=False):
            if operator == "" and isinstance(name, Name) and name.text in LETTERS and _is_argument(argument):
                found.add(name.text)
    return found.union(*map(_called, children(node)))


def _check(node: Node, functions: set[str]) -> None:
    """Refuse all but functions, numbers and constants: of others nobody says how they depend. Raises: UnreadableError."""
    match node:
        case Product(factors=factors, operators=operators):
            before: Node | None = None
            for operator, factor in zip(("*", *operators), factors, strict=True):
                base = before.base if isinstance(before, Scripted) else before
                applied = operator == "" and isinstance(base, Name) and base.text in functions and _in_brackets(factor)
                if not applied:
                    _check(factor, functions)
                before = factor
        case Name(span=span, text=text) if text not in functions and text not in _CONSTANTS:
            raise unreadable(
                "unsupported", f"{text} stands beside functions of x, and it is not said how it depends on x", span,
                "write rules about functions and numbers only",
            )  # fmt: skip
        case _:
            for child in children(node):
                _check(child, functions)


def _in_brackets(node: Node) -> bool:
    return isinstance(node.base if isinstance(node, Scripted) else node, Group)


def _is_argument(node: Node) -> bool:
    return isinstance(node, Group) and node.bracket == "(" and isinstance(node.body, Name) and node.body.text in ("x", "t", "z")


class _Rewriting:
    def __init__(self, names: set[str]) -> None:
        self.names = names

    def applied(self, function: Node, argument: Node) -> Node:
        """Return f for f(x), and its power for f(x)^2. Raises: UnreadableError."""
        if _is_argument(argument):
            return function
        if isinstance(argument, Scripted) and argument.sub is None and not argument.primes and _is_argument(argument.base):
            span = function.span.to(argument.span)
            return Scripted(span, Group(function.span, "(", function), None, argument.sup)
        raise unreadable(
            "unsupported", "a function without a definition is read at x only", argument.span, "write f(x), or define f"
        )

    def run(self, node: Node) -> Node:
        match node:
            case Product(span=span, factors=factors, operators=operators):
                kept, signs = [factors[0]], list[str]()
                for operator, factor in zip(operators, factors[1:], strict=True):
                    base = kept[-1].base if isinstance(kept[-1], Scripted) else kept[-1]
                    if operator == "" and isinstance(base, Name) and base.text in self.names and _in_brackets(factor):
                        kept[-1] = self.applied(kept[-1], factor)
                        continue
                    kept.append(factor)
                    signs.append(operator)
                parts = tuple(self.run(factor) for factor in kept)
                return parts[0] if len(parts) == 1 else Product(span, parts, tuple(signs))
            case Scripted(span=span, base=base, sub=None, sup=None, primes=1):
                if isinstance(base, Name):
                    return Name(span, slope(base.text))
                return Derivative(span, self.run(base), (Name(span, _TIME),))
            case Scripted(span=span, primes=primes) if primes > 1:
                raise unreadable("unsupported", "second derivatives of a function are not read", span)
            case Name(span=span, text=text) if text in self.names:
                moving = Product(span, (Name(span, slope(text)), Name(span, _TIME)), ("*",))
                return Group(span, "(", Additive(span, (1, 1), (node, moving)))
            case _:
                return rebuilt(node, self.run)
