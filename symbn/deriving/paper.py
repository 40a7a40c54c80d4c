"""What one does on paper with sums, deltas and brackets, a function for each: and what comes of it is proved."""

from __future__ import annotations

from fractions import Fraction

from symbn.deriving.algebra import ONE, SIZE, ZERO, Powers, instance, over, plus, product, rewrite, split, times
from symbn.elaboration.meaning import Constant, Meaning, Plus, Quantity, Raised, Same, SumOver, Times, free
from symbn.kernel.term import Index


def expanded(meaning: Meaning) -> Meaning:
    """Multiply out: a (b + c) = a b + a c."""

    def rule(part: Meaning) -> Meaning | None:
        if not isinstance(part, Times):
            return None
        number, powers = split(part)
        brackets = [b for b, p in powers.items() if isinstance(b, Plus) and p.denominator == 1 and 1 <= p <= 2]
        if not brackets:
            return None
        first = brackets[0]
        assert isinstance(first, Plus)
        rest = product(number, {**powers, first: powers[first] - 1})
        return plus(rule(t) or t for t in (times(rest, term) for term in first.terms))

    def squares(part: Meaning) -> Meaning | None:
        if isinstance(part, Raised) and isinstance(part.base, Plus) and part.exponent == 2:
            return plus(times(a, b) for a in part.base.terms for b in part.base.terms)
        return rule(part)

    return rewrite(meaning, squares)


def sums_split(meaning: Meaning) -> Meaning:
    """sum_j (a_j + b_j) = sum_j a_j + sum_j b_j, and what does not depend on j goes before its sum."""

    def rule(part: Meaning) -> Meaning | None:
        if not isinstance(part, SumOver) or part.excluding:
            return None
        body = expanded(part.body)
        terms = body.terms if isinstance(body, Plus) else (body,)
        return plus(_pulled_out(part.index, term) for term in terms)

    return rewrite(meaning, rule)


def pulled_out(meaning: Meaning) -> Meaning:
    """What does not depend on j goes before the sum over j."""

    def rule(part: Meaning) -> Meaning | None:
        if not isinstance(part, SumOver) or part.excluding or isinstance(part.body, Plus):
            return None
        return _pulled_out(part.index, part.body)

    return rewrite(meaning, rule)


def _pulled_out(index: Index, term: Meaning) -> Meaning:
    number, powers = split(term)
    inside = {b: p for b, p in powers.items() if index in free(b)}
    outside = product(number, {b: p for b, p in powers.items() if b not in inside})
    return times(outside, SumOver(index, (), product(Fraction(1), inside)) if inside else SIZE)


def deltas_picked(meaning: Meaning) -> Meaning:
    """sum_j delta_jk f_j = f_k."""

    def rule(part: Meaning) -> Meaning | None:
        if not isinstance(part, SumOver) or part.excluding:
            return None
        number, powers = split(part.body)
        for base in powers:
            if isinstance(base, Same) and part.index in (base.left, base.right):
                other = base.right if base.left == part.index else base.left
                rest = product(number, {b: p for b, p in powers.items() if b != base})
                return instance(rest, {part.index: other})
        return None

    return rewrite(meaning, rule)


def centred_sums_vanish(meaning: Meaning) -> Meaning:
    """sum_j c_j = 0, sum_j xhat_j = 0 and sum_j (x_j - mu) = 0."""

    def rule(part: Meaning) -> Meaning | None:
        if not isinstance(part, SumOver) or part.excluding:
            return None
        at = (part.index,)
        centred = Plus((Quantity("x", at), Times((Constant(Fraction(-1)), Quantity("mu")))))
        return ZERO if part.body in (Quantity("c", at), Quantity("xhat", at), centred) else None

    return rewrite(meaning, rule)


def normalised(meaning: Meaning) -> Meaning:
    """c_i / s = xhat_i, with s taken into a sum where it is needed there."""

    def rule(part: Meaning) -> Meaning | None:
        if not isinstance(part, Times):
            return None
        number, powers = split(part)
        made, s = dict(powers), Quantity("s")
        while made.get(s, Fraction(0)) <= -1:
            found = next(((b, new) for b, p in made.items() if p == 1 and (new := _over_s(b)) is not None), None)
            if found is None:
                break
            made = {found[1] if b == found[0] else b: p for b, p in made.items()}
            made[s] += 1
        return product(number, made) if made != powers else None

    return rewrite(meaning, rule)


def _over_s(factor: Meaning) -> Meaning | None:
    """Return factor / s where that holds an xhat, or None."""
    match factor:
        case Quantity(name="c", indices=indices):
            return Quantity("xhat", indices)
        case Plus() if isinstance(gap := centred(factor), Quantity):
            return Quantity("xhat", gap.indices)
        case SumOver(index=index, excluding=(), body=body):
            number, powers = split(body)
            found = next(((b, new) for b, p in powers.items() if p == 1 and (new := _over_s(b)) is not None), None)
            if found is None or isinstance(found[0], SumOver):
                return None
            return SumOver(index, (), product(number, {found[1] if b == found[0] else b: p for b, p in powers.items()}))
        case _:
            return None


def rooted(meaning: Meaning) -> Meaning:
    """sqrt(var + eps) = s."""
    radicand = Plus((Quantity("var"), Quantity("eps")))

    def rule(part: Meaning) -> Meaning | None:
        if isinstance(part, Raised) and part.base == radicand and (2 * part.exponent).denominator == 1:
            return Raised(Quantity("s"), 2 * part.exponent)
        return None

    return rewrite(meaning, rule)


def centred(meaning: Meaning) -> Meaning:
    """x_i - mu = c_i."""

    def rule(part: Meaning) -> Meaning | None:
        match part:
            case Plus(terms=(Quantity(name="x", indices=at), Times(factors=(Constant(value=value), Quantity(name="mu"))))) if (
                value == -1
            ):
                return Quantity("c", at)
            case _:
                return None

    return rewrite(meaning, rule)


def common(meaning: Meaning) -> Meaning:
    """Return the factor to collect from a sum of terms: what every term has, and what a common denominator needs.

    1 where only a denominator would be gained, which makes delta - 1/m no clearer.
    """
    if not isinstance(meaning, Plus):
        return ONE
    pieces = [split(term) for term in meaning.terms]
    bases = list(dict.fromkeys(b for _, powers in pieces for b in powers))
    least = {b: min(powers.get(b, Fraction(0)) for _, powers in pieces) for b in bases}
    kept: Powers = {b: p for b, p in least.items() if p != 0 and not isinstance(b, Same)}
    if len(kept) <= 1 and not all(b in powers for b in kept for _, powers in pieces):
        return ONE
    denominator = max(number.denominator for number, _ in pieces)
    numerators = {abs(number.numerator) for number, _ in pieces}
    number = Fraction(min(numerators) if len(numerators) == 1 else 1, denominator)
    return product(number, kept)


def _sums_last(term: Meaning) -> tuple[bool, int]:
    """Order what is collected: what has no sum keeps its place, then sums, the plain ones first."""
    _, powers = split(term)
    summed = any(isinstance(base, SumOver) for base in powers)
    return summed, len(powers) if summed else 0


def collected(meaning: Meaning) -> tuple[Meaning, Meaning]:
    """Return the meaning with the common factor of its terms in front of a bracket, and that factor."""
    number, powers = split(meaning)
    inner = next((b for b, p in powers.items() if isinstance(b, Plus) and p == 1), None)
    factor = common(inner) if inner is not None else ONE
    if inner is None or factor == ONE:
        return meaning, ONE
    assert isinstance(inner, Plus)
    rest = plus(sorted((over(term, factor) for term in inner.terms), key=_sums_last))
    outside = product(number, {b: p for b, p in powers.items() if b != inner})
    return times(outside, factor, rest), times(outside, factor)
