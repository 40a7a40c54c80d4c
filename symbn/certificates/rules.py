"""A rule of calculus about any functions, such as (f/g)' = (g f' - f g')/g^2.

It is read about f + f' t at t = 0 (`symbn.elaboration.functions`), which is enough to decide it. What Coq is asked to believe
is the rule itself, for any functions f, g: R -> R with the derivatives f', g' at a point t0. So f + f' t becomes the *function*
f, a leaf marked by @; the condition t = 0 goes.
"""

from __future__ import annotations

from dataclasses import replace

from symbn.certificates.expressions import NotCertified
from symbn.elaboration.elaborate import Equation
from symbn.elaboration.functions import slope
from symbn.elaboration.meaning import Constant, Meaning, Plus, Quantity, Slope, Times, names, parts, changed
from symbn.kernel.term import Add, Mul, Num, Power, Term, Var, add, mul, num

MARK, TIME, POINT = "@", "t", "t0"


def is_rule(equation: Equation) -> bool:
    return equation.given == ((Quantity(TIME), Constant(num(0).value)),)


def rule_of(equation: Equation) -> Equation:
    """Return the rule that is meant. Raises: NotCertified."""
    left, right = _about_functions(equation.left), _about_functions(equation.right)
    rest = names(left) | names(right)
    every = [part for side in (left, right) for part in _within(side)]
    slopes = [part for part in every if isinstance(part, Slope)]
    if every.count(Quantity(TIME)) > len(slopes) or not any(name.endswith(MARK) for name in rest):
        raise NotCertified(f"the name {TIME}")
    if any(part.by != Quantity(TIME) for part in slopes):
        raise NotCertified("a rule with another derivative in it")
    if rest & {name.removesuffix(MARK) for name in rest if name.endswith(MARK)}:
        raise NotCertified("a rule in which a letter is a function and a number")
    return replace(equation, left=left, right=right, given=())


def _within(meaning: Meaning) -> list[Meaning]:
    return [meaning, *(inner for part in parts(meaning) for inner in _within(part))]


def _about_functions(meaning: Meaning) -> Meaning:
    match meaning:
        case Plus(terms=(Quantity(name=name), Times(factors=(Quantity(name=change), Quantity(name=time))))) if (
            change == slope(_letter(name)) and time == TIME
        ):
            return Quantity(_letter(name) + MARK)
        case _:
            return changed(meaning, _about_functions)


def _letter(name: str) -> str:
    """Return the function of a free number: g is an input of the layer, so that the number is called otherwise."""
    return name.removesuffix("free")


def term_of_rule(term: Term) -> Term:
    """Return a term of the kernel at t = 0 as one about functions."""
    match term:
        case Add(terms=(Var(name=name), Mul(factors=(Var(name=change), Num(value=value))))) if value == 0 and change == slope(
            _letter(name)
        ):
            return Var(_letter(name) + MARK)
        case Add(terms=terms):
            return add(*map(term_of_rule, terms))
        case Mul(factors=factors):
            return mul(*map(term_of_rule, factors))
        case Power(base=base, exponent=exponent):
            return Power(term_of_rule(base), exponent)
        case _:
            return term
