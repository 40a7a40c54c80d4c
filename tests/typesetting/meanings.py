"""Meanings to print: those of known equations, and random ones; and how a printed formula is read back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction as F

from symbn.elaboration.elaborate import Equation, readings
from symbn.elaboration.meaning import TOTAL, Constant, Meaning, Plus, Quantity, Raised, Same, Slope, SumOver, Times
from symbn.elaboration.notation import Notation
from symbn.kernel.term import FEATURE, Add, Delta, Entry, Index, Mul, Num, Power, Sum, Term, Var
from symbn.layers.batchnorm import CLOSED_FORMS
from symbn.syntax.parser import parse
from tests.formulas import FALSE, TRUE, WITH_CAVEAT

POWERS = tuple(map(F, ("-1", "2", "-2", "1/2", "-1/2", "3/2", "-3/2", "1", "3")))
CHANNEL = Index("p", FEATURE)


def read(text: str, notation: Notation) -> Equation:
    """Return the plain reading of one equation."""
    (statement,) = parse(text)
    left, right = statement.sides
    return next(readings(left, right, statement.conditions, notation))


def known_equations() -> Iterator[tuple[str, Equation]]:
    """Yield the plain reading of every step of the known formulas, with its mode."""
    texts: list[tuple[str, str, tuple[str, ...]]] = [(form.formula, form.mode, ()) for form in CLOSED_FORMS]
    texts += [(formula.text, formula.mode, formula.let) for formula in (*TRUE, *WITH_CAVEAT, *FALSE)]
    for text, mode, let in texts:
        for statement in parse(text):
            for left, right in zip(statement.sides, statement.sides[1:], strict=False):
                yield mode, next(readings(left, right, statement.conditions, Notation(mode=mode).with_lets(let)))


PLAIN_LETTERS = (("i", "k"), ("j", "k", "l", "i"))
ODD_LETTERS = (("m", "d", "ell"), ("m", "n", "d", "s", "c", "g", "x", "ell", "j'", "i0", "E", "N", "a"))  # have other uses too


def random_meaning(
    seed: str, depth: int = 4, wide: bool = False, letters: tuple[tuple[str, ...], tuple[str, ...]] = PLAIN_LETTERS
) -> Meaning:
    """Return any meaning. wide: with features, so that one entry shows their index. letters: of free and of bound indices."""
    source = random.Random(seed)
    meaning = _random(source, source.randint(1, depth), letters[0], letters[1], wide)
    return Times((Quantity("x", (Index("i"), CHANNEL)), meaning)) if wide else meaning


def _random(source: random.Random, depth: int, letters: tuple[str, ...], bound: tuple[str, ...], wide: bool) -> Meaning:
    features = (CHANNEL,) if wide else ()

    def index() -> Index:
        return Index(source.choice(letters))

    def inner(more: tuple[str, ...] = ()) -> Meaning:
        return _random(source, depth - 1, letters + more, bound, wide)

    kind = source.random() if depth else 1.0
    if kind < 0.2:
        return Plus(tuple(inner() for _ in range(source.randint(1, 3))))
    if kind < 0.5:
        return Times(tuple(inner() for _ in range(source.randint(1, 4))))
    if kind < 0.62:
        letter = source.choice(bound)
        left_out = tuple(Index(other) for other in sorted(set(letters)) if source.random() < 0.25 and other != letter)
        return SumOver(Index(letter), left_out, inner((letter,)))
    if kind < 0.78:
        return Raised(inner(), source.choice(POWERS))
    if kind < 0.9:
        entries = [Quantity(name, (index(), *features)) for name in ("x", "xhat")]
        scalars = [Quantity(name, features) for name in ("mu", "var", "s", "gamma")]
        by = source.choice([*entries, *scalars, Quantity("a"), Quantity("eps")])
        return Slope(source.choice([Quantity("L"), inner(), inner()]), by, TOTAL)
    leaves: list[Meaning] = [
        Quantity(source.choice(("x", "xhat", "g", "y", "c")), (index(), *features)),
        Quantity(source.choice(("mu", "var", "s", "gamma", "beta")), features),
        Quantity(source.choice(("m", "eps", "a", "b", "alpha"))),
        Constant(F(source.randint(-3, 4), source.randint(1, 3))),
        Same(index(), index()),
    ]
    return source.choice(leaves)


class UndefinedError(Exception):
    """The term has no value here that does not depend on a choice, such as the root of a negative number."""


def value(term: Term, at: dict[Index, int] | None = None) -> complex:
    """Return an approximate value at an arbitrary point with m = n = 3, for what the kernel does not decide."""
    at = at or {}

    def place(index: Index) -> int:
        return at.get(index, sum(map(ord, str(index.name))) % 3)

    match term:
        case Num(value=number):
            return complex(number)
        case Var(name="m" | "n"):
            return 3
        case Var(name=name):
            return complex(random.Random(name).uniform(0.3, 2))
        case Entry(name=name, indices=indices):
            return complex(random.Random(f"{name} {[*map(place, indices)]}").uniform(-1, 1))
        case Sum(index=index, body=body, excluding=excluding):
            left_out = {place(other) for other in excluding}
            return sum((value(body, {**at, index: n}) for n in range(3) if n not in left_out), 0j)
        case Delta(left=left, right=right):
            return complex(place(left) == place(right))
        case Add(terms=terms):
            return sum((value(inner, at) for inner in terms), 0j)
        case Mul(factors=factors):
            product = 1 + 0j
            for factor in factors:
                product *= value(factor, at)
            return product
        case Power(base=base, exponent=exponent):
            inner = value(base, at)
            whole = exponent.denominator == 1
            if (abs(inner) < 1e-9 and exponent < 0) or (not whole and inner.real < 0 and abs(inner.imag) < 1e-9):
                raise UndefinedError
            return inner ** int(exponent) if whole else inner ** float(exponent)
