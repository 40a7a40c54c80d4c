"""What a proof leaves out: the inputs at which the code divides by 0, where the gradient has a value all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symbn.code.quantities import Indexed, Written
from symbn.code.roots import prove_at_all_sizes, prove_over_scalars
from symbn.kernel.goal import Goal
from symbn.kernel.term import BATCH, Mul, Num, Power, Term, Var, add, mul, num
from symbn.kernel.verdict import Proved

SOMETHING = "something else that the code divides by"
M = Var("m")


def conditions(divisors: Sequence[Term], space: Indexed | Written) -> tuple[str, ...]:
    """Return names for what may not be 0, so that no divisor is. divisors: the terms that the kernel divided by."""
    found = [_name(factor, space) for divisor in divisors for factor in _factors(divisor, space)]
    said = dict.fromkeys(name for name in found if name)
    return tuple(sorted(said, key=lambda name: name == SOMETHING))


def joined(names: Sequence[str]) -> str | None:
    """Return several conditions as one: var and gamma."""
    several = sorted(dict.fromkeys(names), key=lambda name: name == SOMETHING)
    return " and ".join(several) or None


def _factors(divisor: Term, space: Indexed | Written) -> Iterator[Term]:
    """Yield the factors of a product that has no name of its own; the mean is a product, too."""
    match divisor:
        case Mul(factors=factors) if _name(divisor, space) == SOMETHING:
            for factor in factors:
                yield from _factors(factor, space)
        case Power(base=base, exponent=exponent) if exponent:
            yield from _factors(base, space)
        case _:
            yield divisor


def _name(term: Term, space: Indexed | Written) -> str:
    """Return what the term is called, "" for what is never 0."""
    if (isinstance(term, Num) and term.value) or term == M:
        return ""
    return next((name for name, known in _known(space) if _equal(term, known, space)), SOMETHING)


def _known(space: Indexed | Written) -> Iterator[tuple[str, Term]]:
    indexed = space if isinstance(space, Indexed) else space.indexed
    named = [("var", "var"), ("gamma", "gamma"), ("dout", "g"), ("beta", "beta"), ("x", "x"), ("the mean", "mu"), ("xhat", "xhat"),
             ("x - mean", "c")]  # fmt: skip
    if isinstance(space, Written):
        for name, node in named:
            for entry in space.tensor(node).entries:
                yield name, entry
                yield name, mul(num(space.sizes[BATCH]), entry)
        return
    yield f"{space.layout.count} - 1", add(M, num(-1))
    for name, node in named:
        yield name, indexed.value(node)
        yield name, mul(M, indexed.value(node))


def _equal(term: Term, known: Term, space: Indexed | Written) -> bool:
    """Tell whether the term is what is known, or minus that."""
    prove = prove_at_all_sizes if isinstance(space, Indexed) else prove_over_scalars
    return any(isinstance(prove(Goal(term, mul(num(sign), known))), Proved) for sign in (Fraction(1), Fraction(-1)))
