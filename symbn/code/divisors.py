"""What a proof leaves out: the inputs at which the code divides by 0, where the gradient has a value all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symbn.code.model import Tensor
from symbn.code.quantities import Indexed, Written
from symbn.code.roots import prove_at_all_sizes, prove_over_scalars
from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.goal import Goal
from symbn.kernel.term import BATCH, Mul, Num, Power, Term, Var, add, mul, num, subterms
from symbn.kernel.verdict import Proved

SOMETHING = "something else that the code divides by"
M = Var("m")


def conditions(divisors: Sequence[Term], space: Indexed | Written) -> tuple[str, ...]:
    """Return names for what may not be 0, so that no divisor is. divisors: the terms that the kernel divided by."""
    found = [_name(factor, space) for divisor in divisors for factor in _factors(divisor, space)]
    said = dict.fromkeys(name for name in found if name)
    return tuple(sorted(said, key=lambda name: name == SOMETHING))


def at_zeros(result: Tensor, written: Written) -> tuple[str, ...]:
    """Return what else the code divides by, below a root, where the kernel does not tell: seen at exact inputs at which the
    variance, gamma or dout is 0."""
    single = written.sizes[BATCH] == 1
    leaves = dict.fromkeys(part.name for term in result.entries for part in subterms(term) if isinstance(part, Var))
    usual = {leaf: Fraction(2 + number % 5) for number, leaf in enumerate(leaves)} | {"eps": Fraction(1)}
    found = []
    for name, zero in (("var", "x"), ("gamma", "gamma"), ("dout", "dout")):
        own = f"{written.layout.count} - 1" if single and zero == "x" else name
        # The variance is 0 where all entries of x are equal; their mean is not.
        values = usual | {leaf: Fraction(3 if zero == "x" else 0) for leaf in leaves if leaf.split("[")[0] == zero}
        if any(_undefined(entry, Point(1, values)) for entry in result.entries):
            found.append(own)
        if found and single:
            break  # Whatever else is 0, it is the single example.
    return tuple(found)


def at_all_zeros(node: str, term: Term, indexed: Indexed) -> tuple[str, ...]:
    """Return the same for a term at all sizes: at a shape, and at a single example if the variance may be 0."""
    layout = indexed.layout
    several, single = (Written(layout, shape) for shape in (max(layout.shapes[:3], key=len), tuple(1 for _ in layout.sizes)))
    found = at_zeros(several.spread(node, term), several)
    return found if "var" in found else tuple(dict.fromkeys((*found, *at_zeros(single.spread(node, term), single))))


def _undefined(term: Term, point: Point) -> bool:
    try:
        evaluate(term, point)
    except Undefined:
        return True
    except Irrational:
        pass
    return False


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
    named = [("var", "var"), ("gamma", "gamma"), ("dout", "g"), ("beta", "beta"), ("x", "x"), ("the mean", "mu"),
             ("xhat", "xhat"), ("x - mean", "c")]  # fmt: skip
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
