"""Meanings rewritten as one does on paper. Nothing here is trusted: the kernel proves every line that comes of it.

A product is a number and powers of bases, in the order in which they are met; a sum keeps the order of its terms. `tidy`
changes what a reader would not call a step: brackets, signs, numbers, equal factors, zeros and ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import assert_never

from symbn.elaboration.meaning import (
    Constant,
    Meaning,
    Plus,
    Quantity,
    Raised,
    Same,
    Slope,
    SumOver,
    Times,
    free,
    letters_of,
    changed,
)
from symbn.kernel.term import Index

ZERO, ONE, SIZE = Constant(Fraction(0)), Constant(Fraction(1)), Quantity("m")
_LETTERS = "jklpqrtuvw"
Powers = dict[Meaning, Fraction]


def product(number: Fraction, powers: Mapping[Meaning, Fraction]) -> Meaning:
    """Return number * prod base^exponent, tidy."""
    factors: list[Meaning] = [base if p == 1 else Raised(base, p) for base, p in powers.items() if p != 0]
    if number == 0:
        return ZERO
    factors.sort(key=_rank)
    below = number.denominator
    if below != 1 and factors:
        number, divisor = Fraction(number.numerator), [Raised(Constant(Fraction(below)), Fraction(-1))]
    else:
        divisor = []
    if number != 1 or not factors:
        factors = [Constant(number), *divisor, *factors] if factors or not divisor else [Constant(number), *divisor]
    else:
        factors = [*divisor, *factors]
    return factors[0] if len(factors) == 1 else Times(tuple(factors))


_ORDER = ("m", "n", "gamma", "beta", "s", "eps", "var", "mu", "g", "x", "c", "xhat", "y")


def _rank(factor: Meaning) -> tuple[int, int, str]:
    """Return where a factor stands in print: numbers, sizes, what belongs to the layer, entries, deltas, sums, brackets."""
    base = factor.base if isinstance(factor, Raised) else factor
    match base:
        case Constant():
            return 0, 0, ""
        case Quantity(name=name, indices=indices):
            return 1, _ORDER.index(name) if name in _ORDER else len(_ORDER), "".join(str(i.name) for i in indices)
        case Plus():
            return (5 if factor is base else 1), len(_ORDER), ""
        case SumOver():
            return 4, 0, ""
        case Same():
            return 3, 0, ""
        case _:
            return 2, 0, ""


def split(meaning: Meaning) -> tuple[Fraction, Powers]:
    """Return the number and the powers of a tidy product."""
    number, powers = Fraction(1), Powers()
    for factor in meaning.factors if isinstance(meaning, Times) else (meaning,):
        base, exponent = (factor.base, factor.exponent) if isinstance(factor, Raised) else (factor, Fraction(1))
        if isinstance(base, Constant) and exponent.denominator == 1 and (base.value != 0 or exponent > 0):
            number *= base.value**exponent.numerator
        elif isinstance(base, Times) and exponent.denominator == 1:
            inner, more = split(base)
            number *= inner**exponent.numerator
            for b, p in more.items():
                powers[b] = powers.get(b, Fraction(0)) + p * exponent
        elif isinstance(base, Raised) and (exponent.denominator == 1):
            powers[base.base] = powers.get(base.base, Fraction(0)) + base.exponent * exponent
        else:
            powers[base] = powers.get(base, Fraction(0)) + exponent
    return number, {b: p for b, p in powers.items() if p != 0}


def times(*factors: Meaning) -> Meaning:
    return product(*split(Times(factors)))


def plus(terms: Iterable[Meaning]) -> Meaning:
    """Return the sum of tidy terms, like ones put together where the first one stands."""
    numbers: dict[tuple[tuple[Meaning, Fraction], ...], Fraction] = {}
    for term in terms:
        for part in term.terms if isinstance(term, Plus) else (term,):
            number, powers = split(part)
            key = tuple(powers.items())
            same = next((k for k in numbers if dict(k) == powers), key)
            numbers[same] = numbers.get(same, Fraction(0)) + number
    kept = [product(number, dict(key)) for key, number in numbers.items() if number != 0]
    return ZERO if not kept else kept[0] if len(kept) == 1 else Plus(tuple(kept))


def minus(meaning: Meaning) -> Meaning:
    return times(Constant(Fraction(-1)), meaning)


def over(above: Meaning, below: Meaning) -> Meaning:
    return times(above, Raised(below, Fraction(-1)))


def tidy(meaning: Meaning) -> Meaning:
    """Return the meaning with the algebra done that no reader calls a step."""
    match meaning:
        case Constant() | Quantity():
            return meaning
        case Same(left=left, right=right):
            return ONE if left == right else meaning
        case SumOver(index=index, excluding=excluding, body=body):
            inner = tidy(body)
            return ZERO if inner == ZERO else SumOver(index, excluding, inner)
        case Plus(terms=terms):
            return plus(tidy(t) for t in terms)
        case Times(factors=factors):
            return times(*(tidy(f) for f in factors))
        case Raised(base=base, exponent=exponent):
            return times(Raised(tidy(base), exponent))
        case Slope(of=of, by=by, kind=kind):
            return Slope(tidy(of), by, kind)
        case _:
            assert_never(meaning)


def rewrite(meaning: Meaning, rule: Callable[[Meaning], Meaning | None]) -> Meaning:
    """Return the meaning with the rule applied wherever it has an answer, inside first, and tidied."""
    match meaning:
        case Constant() | Quantity() | Same():
            built: Meaning = meaning
        case SumOver(index=index, excluding=excluding, body=body):
            inner = rewrite(body, rule)
            built = ZERO if inner == ZERO else SumOver(index, excluding, inner)
        case Plus(terms=terms):
            built = plus(rewrite(t, rule) for t in terms)
        case Times(factors=factors):
            built = times(*(rewrite(f, rule) for f in factors))
        case Raised(base=base, exponent=exponent):
            built = times(Raised(rewrite(base, rule), exponent))
        case Slope():
            built = meaning
        case _:
            assert_never(meaning)
    found = rule(built)
    return built if found is None else tidy(found)


# ---------------------------------------------------------------------- indices


def instance(meaning: Meaning, put: Mapping[Index, Index]) -> Meaning:
    """Return the meaning at other free indices; a bound letter that is one of them makes way."""
    put = {old: new for old, new in put.items() if old != new and old in free(meaning)}
    if not put:
        return meaning
    match meaning:
        case Quantity(name=name, indices=indices):
            return Quantity(name, tuple(put.get(i, i) for i in indices))
        case Same(left=left, right=right):
            return tidy(Same(put.get(left, left), put.get(right, right)))
        case SumOver(index=index, excluding=excluding, body=body):
            if index in put.values():
                other = fresh(meaning, {str(i.name) for i in (*put, *put.values())})
                index, body = Index(other, index.axis), instance(body, {index: Index(other, index.axis)})
            inner = {old: new for old, new in put.items() if old != index}
            return SumOver(index, tuple(put.get(i, i) for i in excluding), instance(body, inner))
        case Slope(of=of, by=by, kind=kind):
            return Slope(instance(of, put), Quantity(by.name, tuple(put.get(i, i) for i in by.indices)), kind)
        case _:
            return changed(meaning, lambda part: instance(part, put))


def fresh(meaning: Meaning, avoid: Iterable[str] = ()) -> str:
    """Return a letter for a sum that does not occur in the meaning."""
    taken = {*letters_of(meaning), *avoid}
    letters: list[str] = [*_LETTERS, *(f"j{n}" for n in range(100))]
    return next(letter for letter in letters if letter not in taken)
