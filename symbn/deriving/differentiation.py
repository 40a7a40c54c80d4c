"""The derivative of an expression, down to the derivatives of the quantities in it, and the name of the rule that gives it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import assert_never

from symbn.deriving.algebra import ONE, ZERO, fresh, instance, minus, plus, split, tidy, times
from symbn.elaboration.meaning import TOTAL, Constant, Meaning, Plus, Quantity, Raised, Same, Slope, SumOver, Times
from symbn.kernel.term import Index

LINEAR, POWER, PRODUCT, QUOTIENT, CHAIN = "term by term", "power rule", "product rule", "quotient rule", "chain rule"


Depends = Callable[[str, str], bool]


def varies(meaning: Meaning, by: Quantity, depends: Depends) -> bool:
    """Tell whether the meaning depends on the quantity."""
    match meaning:
        case Quantity(name=name):
            return depends(name, by.name)
        case Constant() | Same():
            return False
        case Plus(terms=inner) | Times(factors=inner):
            return any(varies(part, by, depends) for part in inner)
        case SumOver(body=body) | Raised(base=body) | Slope(of=body):
            return varies(body, by, depends)
        case _:
            assert_never(meaning)


def differentiated(
    meaning: Meaning, by: Quantity, depends: Depends, quotients: bool = False
) -> tuple[Meaning, tuple[str, ...]]:
    """Return d meaning / d by, with the derivatives of quantities left to be put in, and the rules used.

    depends: whether a quantity (first) moves with another one; graph.depends for a total derivative. quotients: use the
    quotient rule for f/g, not the product rule for f g^(-1).
    """
    rules: list[str] = []

    def use(rule: str) -> None:
        if rule not in rules:
            rules.append(rule)

    def run(part: Meaning) -> Meaning:
        if not varies(part, by, depends):
            return ZERO
        match part:
            case Quantity(name=name, indices=indices):
                if name != by.name:
                    return Slope(part, by, TOTAL)
                return tidy(times(ONE, *(Same(a, b) for a, b in zip(indices, by.indices, strict=True) if a != b)))
            case SumOver(index=index, excluding=excluding, body=body):
                if index in by.indices:  # d (sum_j x_j) / d x_j: the bound letter makes way
                    other = Index(fresh(part, (str(i.name) for i in by.indices)), index.axis)
                    index, body = other, instance(body, {index: other})
                return SumOver(index, excluding, run(body))
            case Plus(terms=terms):
                return plus(run(t) for t in terms)
            case Raised(base=base, exponent=exponent):
                use(CHAIN if exponent.denominator != 1 or exponent < 0 else POWER)
                return times(Constant(exponent), Raised(base, exponent - 1), run(base))
            case Times():
                return _product(part)
            case _:
                raise AssertionError(part)

    def _product(part: Times) -> Meaning:
        number, powers = split(part)
        moving = {b: p for b, p in powers.items() if varies(b, by, depends)}
        still = times(Constant(number), *(Raised(b, p) for b, p in powers.items() if b not in moving))
        above = [b for b, p in moving.items() if p > 0]
        below = [b for b, p in moving.items() if p < 0]
        if quotients and len(above) == len(below) == 1 and moving[above[0]] == 1 and moving[below[0]] == -1:
            use(QUOTIENT)
            f, g = above[0], below[0]
            return times(still, Raised(g, Fraction(-2)), plus((times(g, run(f)), minus(times(f, run(g))))))
        if len(moving) > 1:
            use(PRODUCT)
        return plus(
            times(still, *(Raised(o, q) for o, q in moving.items() if o != b), run(b if p == 1 else Raised(b, p)))
            for b, p in sorted(moving.items(), key=lambda item: item[1] < 0)
        )

    return run(meaning), tuple(rules) or (LINEAR,)
