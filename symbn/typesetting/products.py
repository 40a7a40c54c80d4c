"""How a textbook orders a product: what is above and below a bar, what stands behind it, and what may not be followed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symbn.elaboration.meaning import TOTAL, Constant, Meaning, Plus, Quantity, Raised, Slope, SumOver, Times, parts

HALF = Fraction(1, 2)
_MAX_ORDER = 4  # of a derivative in one fraction


@dataclass(frozen=True, slots=True)
class Factored:
    """A product, sorted: its sign and number, what is above and below the bar, and what stands behind the fraction."""

    number: Fraction
    above: tuple[Meaning, ...]
    below: tuple[Meaning, ...]
    behind: tuple[Meaning, ...]


def through(slope: Slope) -> tuple[Meaning, list[Quantity]]:
    """Return what a derivative of a higher order is taken of, and by what, in this order."""
    of, by = single(slope.of), [slope.by]
    while isinstance(of, Slope) and len(by) < _MAX_ORDER and slope.kind == of.kind == TOTAL:
        by.insert(0, of.by)
        of = single(of.of)
    return of, by


def terms_of(meaning: Meaning) -> list[Meaning]:
    """Return the terms of a sum, sums inside opened up."""
    return [inner for term in meaning.terms for inner in terms_of(term)] if isinstance(meaning, Plus) else [meaning]


def single(meaning: Meaning) -> Meaning:
    """Return a sum of one term, a product of one factor or a first power as what it is."""
    match meaning:
        case Plus(terms=(only,)) | Times(factors=(only,)):
            return single(only)
        case Raised(base=base, exponent=exponent) if exponent == 1:
            return single(base)
        case Times(factors=()):
            return Constant(Fraction(1))
        case Plus(terms=()):
            return Constant(Fraction(0))
        case _:
            return meaning


def factors_of(meaning: Meaning) -> list[Meaning]:
    meaning = single(meaning)
    return [inner for factor in meaning.factors for inner in factors_of(factor)] if isinstance(meaning, Times) else [meaning]


def factored(meaning: Meaning) -> Factored:
    number = Fraction(1)
    above: list[Meaning] = []
    below: list[Meaning] = []
    behind: list[Meaning] = []
    for factor in factors_of(meaning):
        match factor:
            case Constant(value=value):
                number *= value
            case Raised(base=base, exponent=exponent) if goes_below(factor):
                for part in factors_of(base) if exponent == -1 else [Raised(base, -exponent)]:
                    if isinstance(part, Constant) and part.value:
                        number /= part.value
                    else:
                        below.append(part)
            case _:
                (behind if is_open(factor) or _is_long(factor) else above).append(factor)
    if below or number.denominator != 1:
        # (var + eps)^{-3/2} belongs behind a bar, not above it.
        behind = [*filter(_is_negative_power, above), *behind]
        above = [factor for factor in above if not _is_negative_power(factor)]
    return Factored(number, tuple(above), tuple(sorted(below, key=_rank)), tuple(sorted(behind, key=is_open)))


def _is_negative_power(meaning: Meaning) -> bool:
    return isinstance(meaning, Raised) and meaning.exponent < 0


def goes_below(raised: Raised) -> bool:
    """Tell whether a negative power is written below a bar; other broken ones stay powers."""
    exponent = raised.exponent
    return exponent < 0 and (exponent.denominator == 1 or exponent == -HALF)


def is_open(meaning: Meaning) -> bool:
    """Tell whether it reaches to the right as far as the product goes."""
    return isinstance(meaning, SumOver) or (isinstance(meaning, Slope) and not is_short(through(meaning)[0]))


def is_short(meaning: Meaning) -> bool:
    """Tell whether a derivative of it is written in one fraction."""
    match meaning:
        case Quantity():
            return True
        case Raised(exponent=exponent) if exponent == HALF:
            return not _is_long(meaning.base)
        case Plus(terms=terms):
            return len(terms) == 2 and not _is_long(meaning)
        case _:
            return False


def _is_long(meaning: Meaning) -> bool:
    """Tell whether it is a sum that does not fit well into a fraction."""
    return isinstance(meaning, Plus) and (len(terms_of(meaning)) > 2 or any(map(_is_tall, meaning.terms)))


def _is_tall(meaning: Meaning) -> bool:
    match meaning:
        case SumOver() | Slope():
            return True
        case Raised(exponent=exponent) if exponent < 0:
            return True
        case Constant(value=value):
            return value.denominator != 1
        case _:
            return any(map(_is_tall, parts(meaning)))


def _rank(meaning: Meaning) -> int:
    """The order below a bar: sizes, names, powers, roots, brackets, sums."""
    match meaning:
        case Constant():
            return 0
        case Quantity(name="m" | "n") | Raised(base=Quantity(name="m" | "n")):
            return 1
        case Raised(exponent=exponent) if exponent == HALF:
            return 3
        case Plus() | Raised(base=Plus()):
            return 4
        case SumOver():
            return 5
        case _:
            return 2
