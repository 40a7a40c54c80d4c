"""The normal form of a term: a quotient of polynomials in generators that are independent for a generic batch.

- *Centred entries*: x_j = mean(x) + c_j, for every family of entries.
- *No sum*: sum_j c_j^a d_j^b becomes one generator, the moment (a, b). A moment of degree 1 is 0, sum_j 1 is m,
  sum_j delta_jk f_j is f_k, and a restricted sum is the sum of (1 - delta_jk) f_j.
- *No radical*: a positive radicand R that is linear in a scalar such as eps gets a root r with R = r^2, and the scalar is
  eliminated: eps = r^2 - (R - eps). Powers of r may be any rational number. With a feature index the second moment of that
  feature is eliminated instead, since eps belongs to all features.

Invariants: I1 each step is an identity of real functions wherever both sides are defined, so that equal normal forms mean equal
values, for every m >= 1; I2 only what is never negative gets a fractional exponent: sqrt(a^2) has no normal form; I3 what is
divided by is never zero. Outside: denominators that depend on a summed index, other roots. Unequal forms refute nothing.
Source: I. G. Macdonald, Symmetric Functions and Hall Polynomials, I.2: power sums are independent (here polarised).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import floor, prod
from typing import assert_never

from symbn.kernel import polynomial as poly
from symbn.kernel.evaluate import Irrational, exact_power
from symbn.kernel.polynomial import UNIT, Exact, Polynomial
from symbn.kernel.term import BATCH, SIZE_NAME, Add, Delta, Entry, Index, Mul, Num, Power, Sum, Term, Var, subterms


class OutsideFragment(Exception):
    """The term is outside what the normal form decides; the message says why."""


@dataclass(frozen=True, slots=True)
class Generator:
    """One of the independent quantities; the indices it depends on are all in `indices` and `parts`.

    scalar name | fixed name indices: an entry without a batch index (gamma_c) | mean name features
    centred name (batch index, features) | delta (i, k) | root number features: the square root of an adjoined radicand
    number n: a whole number under a root that is not rational
    moment parts: sum_j prod (centred entry of the family at j)^e over the parts (family, e), sorted
    """

    kind: str
    name: str = ""
    indices: tuple[Index, ...] = ()
    parts: tuple[tuple[Generator, Exact], ...] = ()

    def depends(self) -> frozenset[Index]:
        return frozenset(self.indices).union(*(part.depends() for part, _ in self.parts))

    def renamed(self, old: Index, new: Index) -> Generator:
        if self.kind == "moment":
            return moment([(part.renamed(old, new), e) for part, e in self.parts])
        return Generator(self.kind, self.name, tuple(new if i == old else i for i in self.indices))

    def pattern(self) -> tuple[tuple[str, str], tuple[Index, ...]]:
        """Return what is eliminated for all features alike: a scalar, an entry per feature, or a family's second moment."""
        if self.kind == "moment" and len(self.parts) == 1 and self.parts[0][1] == 2:
            return ("moment", self.parts[0][0].name), self.parts[0][0].indices
        return (self.kind, self.name), self.indices if self.kind == "fixed" else ()


def moment(parts: Sequence[tuple[Generator, Exact]]) -> Generator:
    powers: dict[Generator, Exact] = {}
    for part, exponent in parts:
        powers[part] = powers.get(part, 0) + exponent
    return Generator("moment", parts=tuple(sorted(powers.items(), key=lambda p: (p[0].name, repr(p[0].indices)))))


@dataclass(frozen=True, slots=True)
class Ratio:
    top: Polynomial
    bottom: Polynomial


_ONE: Polynomial = {UNIT: 1}


class Normalizer:
    """Normal forms that can be compared. positive: names known to be > 0. batch: None for every m. explicit: at a chosen batch,
    write the sums out over c_1..c_m with c_m = -(c_1 + .. + c_{m-1}), which decides completely."""

    def __init__(self, positive: frozenset[str], batch: int | None = None, explicit: bool = False) -> None:
        self.positive = positive | frozenset(SIZE_NAME.values())
        self.batch, self.explicit = batch, explicit
        self.table: list[Generator] = []
        self.numbers: dict[Generator, int] = {}
        self.depends: list[frozenset[Index]] = []
        self.memo: dict[int, tuple[Term, Ratio]] = {}
        self.eliminated: dict[tuple[str, str], tuple[tuple[Index, ...] | None, Polynomial]] = {}
        self.divided_by: dict[int, Term] = {}

    def number(self, generator: Generator) -> int:
        which = self.numbers.setdefault(generator, len(self.table))
        if which == len(self.table):
            self.table.append(generator)
            self.depends.append(generator.depends())
        return which

    def make(self, generator: Generator) -> Polynomial:
        """Return the generator as a polynomial, with what is known about it applied."""
        key, feature = generator.pattern()
        formal, value = self.eliminated.get(key, (None, _ONE))
        if formal is not None and len(formal) == len(feature):
            return self.rename(value, formal[0], feature[0]) if feature else value
        match generator:
            case Generator("scalar", name) if self.batch is not None and name == SIZE_NAME[BATCH]:
                return poly.constant(self.batch)
            case Generator("delta", _, (left, right)):
                if left == right:
                    return _ONE
                if isinstance(left.name, int) and isinstance(right.name, int):
                    return {}
                if str(right.name) < str(left.name):
                    generator = Generator("delta", "", (right, left))
            case Generator("moment", parts=parts) if self.explicit and self.batch is not None:
                written: Polynomial = {}
                for place in range(1, self.batch + 1):
                    entries = [(Generator("centred", f.name, (Index(place), *f.indices)), e) for f, e in parts]
                    written[tuple(sorted((self.number(entry), e) for entry, e in entries))] = 1
                return written
            case _:
                pass
        return {((self.number(generator), 1),): 1}

    def rename(self, polynomial: Polynomial, old: Index, new: Index) -> Polynomial:
        """Return the polynomial with one index put for another; the deltas that this decides become 1 or 0."""
        result: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            product: Polynomial = {tuple((w, e) for w, e in monomial if old not in self.depends[w]): coefficient}
            for which, exponent in monomial:
                if old in self.depends[which]:
                    put = self.make(self.table[which].renamed(old, new))
                    product = poly.multiply(product, self.raised(put, exponent))
            result = poly.add(result, product)
        return result

    def renamed(self, value: Ratio, old: Index, new: Index) -> Ratio:
        return Ratio(self.rename(value.top, old, new), self.rename(value.bottom, old, new))

    def raised(self, base: Polynomial, exponent: Exact) -> Polynomial:
        if isinstance(exponent, int) and (exponent >= 0 or len(base) == 1):
            return poly.integer_power(base, exponent)
        if list(base.values()) == [1] and all(self.never_negative(w) for w, _ in next(iter(base))):
            return {tuple((w, poly.exact(e * Fraction(exponent))) for w, e in next(iter(base))): 1}
        raise OutsideFragment("a negative or fractional power of a sum")

    def never_negative(self, which: int) -> bool:
        return self.strictly(which) or (bool(self.table[which].parts) and all(e % 2 == 0 for _, e in self.table[which].parts))

    def surely_positive(self, polynomial: Polynomial) -> bool:
        """Tell whether the value is > 0 wherever it is defined (a sufficient test)."""
        sums = [(c, all(self.never_negative(w) or e % 2 == 0 for w, e in monomial)) for monomial, c in polynomial.items()]
        return all(c > 0 and even for c, even in sums) and any(all(self.strictly(w) for w, _ in m) for m in polynomial)

    def strictly(self, which: int) -> bool:
        kind, name = self.table[which].kind, self.table[which].name
        return kind in ("root", "number") or (kind in ("scalar", "fixed") and name in self.positive)

    def ratio(self, term: Term) -> Ratio:
        if id(term) not in self.memo:
            self.memo[id(term)] = (term, self.compute(term))
        return self.memo[id(term)][1]

    def compute(self, term: Term) -> Ratio:
        match term:
            case Num(value=value):
                return Ratio(poly.constant(value), _ONE)
            case Var(name=name):
                return Ratio(self.make(Generator("scalar", name)), _ONE)
            case Entry(name=name, indices=indices):
                return Ratio(self.entry(name, indices), _ONE)
            case Delta(left=left, right=right):
                return Ratio(self.make(Generator("delta", "", (left, right))), _ONE)
            case Add(terms=terms):
                return reduce(_plus, map(self.ratio, terms), Ratio({}, _ONE))
            case Mul(factors=factors):
                return reduce(_times, map(self.ratio, factors), Ratio(_ONE, _ONE))
            case Power(base=base, exponent=exponent):
                return self.power(base, exponent)
            case Sum(index=index, body=body, excluding=excluding):
                top, bottom = self.ratio(body).top, self.ratio(body).bottom
                if any(index in self.depends[which] for monomial in bottom for which, _ in monomial):
                    raise OutsideFragment(f"a denominator depends on the summed index {index.name}")
                for other in excluding:
                    top = poly.add(top, poly.multiply(top, self.make(Generator("delta", "", (index, other)))), -1)
                return Ratio(self.total(top, index), bottom)
            case _:
                assert_never(term)

    def entry(self, name: str, indices: tuple[Index, ...]) -> Polynomial:
        batch, others = (tuple(i for i in indices if (i.axis == BATCH) == which) for which in (True, False))
        if len(batch) != 1:
            return self.make(Generator("fixed", name, indices))
        return poly.add(self.make(Generator("mean", name, others)), self.make(Generator("centred", name, batch + others)))

    def power(self, base: Term, exponent: Fraction) -> Ratio:
        inner = self.ratio(base)
        if exponent < 0:
            if not self.folded(inner.top):
                raise OutsideFragment("a division by zero")
            if not self.surely_positive(inner.top):
                self.divided_by[id(base)] = base
            if len(inner.top) == 1 and any(self.table[w].kind == "delta" for w, _ in next(iter(inner.top))):
                raise OutsideFragment("a division by a Kronecker delta")
        if exponent.denominator == 1:
            top, bottom, count = inner.top, inner.bottom, abs(exponent.numerator)
            if exponent < 0:
                single = len(top) == 1
                top, bottom = (poly.multiply(bottom, poly.integer_power(top, -1)), _ONE) if single else (bottom, top)
            return Ratio(poly.integer_power(top, count), poly.integer_power(bottom, count))
        if len(inner.top) == 1 and inner.bottom == _ONE:
            ((monomial, coefficient),) = inner.top.items()
            if coefficient > 0 and all(self.never_negative(which) for which, _ in monomial):
                raised: Polynomial = {tuple((w, poly.exact(e * exponent)) for w, e in monomial): 1}
                return Ratio(poly.multiply(raised, self.root_of_number(Fraction(coefficient), exponent)), _ONE)
        raise OutsideFragment("a root of something that is not a product of powers known to be nonnegative")

    def root_of_number(self, value: Fraction, exponent: Fraction) -> Polynomial:
        try:
            return poly.constant(exact_power(value, exponent))
        except Irrational:
            parts = [(n, e) for n, e in ((value.numerator, exponent), (value.denominator, -exponent)) if n > 1]
            return {tuple(sorted((self.number(Generator("number", str(n))), e) for n, e in parts)): 1}

    def folded(self, polynomial: Polynomial) -> Polynomial:
        """Return the polynomial with whole powers of the numbers under roots worked out: sqrt(2) sqrt(2) = 2."""
        result: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            numbers = [(which, e) for which, e in monomial if self.table[which].kind == "number"]
            scale = prod(Fraction(int(self.table[which].name)) ** floor(e) for which, e in numbers)
            rest = dict(monomial) | {which: poly.exact(e - floor(e)) for which, e in numbers}
            result = poly.add(result, {tuple((w, e) for w, e in sorted(rest.items()) if e): poly.exact(scale * coefficient)})
        return result

    def total(self, body: Polynomial, index: Index) -> Polynomial:
        """Return the sum of the polynomial over all values of the index."""
        result: Polynomial = {}
        for monomial, coefficient in body.items():
            bound = [(which, e) for which, e in monomial if index in self.depends[which]]
            rest: Polynomial = {tuple(factor for factor in monomial if factor not in bound): coefficient}
            total = self.total_of(bound, index) if bound else self.make(Generator("scalar", SIZE_NAME[index.axis]))
            result = poly.add(result, poly.multiply(rest, total))
        return result

    def total_of(self, factors: list[tuple[int, Exact]], index: Index) -> Polynomial:
        """Return the sum over the index of a product of generators that all depend on it."""
        for place, (which, exponent) in enumerate(factors):
            if self.table[which].kind == "delta":
                left, right = self.table[which].indices
                if exponent <= 0:
                    raise OutsideFragment("a division by a Kronecker delta")
                return self.rename({tuple(factors[:place] + factors[place + 1 :]): 1}, index, right if left == index else left)
        families: list[tuple[Generator, Exact]] = []
        for which, exponent in factors:
            generator = self.table[which]
            if generator.kind != "centred" or generator.indices[0] != index:
                raise OutsideFragment(f"the sum over {index.name} of something other than entries of the batch")
            families.append((Generator("mean", generator.name, generator.indices[1:]), exponent))
        if len(families) == 1 and families[0][1] == 1:
            return {}
        return self.make(moment(families))

    def adjoin(self, radicand: Term) -> None:
        """Give a positive radicand a root, if it is a G + rest, `a` a positive monomial, the generator G in no other term."""
        value = self.ratio(radicand)
        if isinstance(radicand, Power) and radicand.exponent.denominator == 1:
            self.adjoin(radicand.base)
            return
        indices = tuple({i for monomial in value.top for w, _ in monomial for i in self.depends[w]})
        # A radicand that may be negative gets no root: what is under a root in one place need not be evaluated in another.
        found = len(value.top) > 1 and value.bottom == _ONE and self.surely_positive(value.top)
        for which in sorted({w for m in value.top for w, _ in m}, key=lambda w: (not self.strictly(w), w)) if found else ():
            key, feature = self.table[which].pattern()
            free = key[0] == "scalar" and key[1] not in SIZE_NAME.values() and all(isinstance(i.name, int) for i in indices)
            if not free and not (len(feature) == 1 and feature == indices):
                continue
            holding = [monomial for monomial in value.top if any(w == which for w, _ in monomial)]
            coefficient = {tuple((w, e) for w, e in holding[0] if w != which): value.top[holding[0]]}
            if len(holding) == 1 and dict(holding[0])[which] == 1 and self.surely_positive(coefficient):
                rest = {m: c for m, c in value.top.items() if m != holding[0]}
                square = poly.integer_power(self.make(Generator("root", str(len(self.table)), indices)), 2)
                put = poly.multiply(poly.add(square, rest, -1), poly.integer_power(coefficient, -1))
                self.eliminated[key] = (feature, put)
                self.memo.clear()
                self.divided_by.clear()
                break

    def difference(self, left: Term, right: Term) -> Ratio:
        """Return the normal form of left - right, every radicand (innermost first) given a root where that can be done."""
        for node in subterms(Add((left, right))):
            if isinstance(node, Power) and node.exponent.denominator != 1:
                self.adjoin(node.base)
        a, b = self.ratio(left), self.ratio(right)
        value = _plus(a, Ratio(poly.add({}, b.top, -1), b.bottom))
        return Ratio(self.folded(value.top), self.folded(value.bottom))

    def without_last(self, polynomial: Polynomial) -> Polynomial:
        """Return the polynomial with c_m = -(c_1 + .. + c_(m-1)) put in, for each family. Last, since it is the costly step."""
        for which, generator in list(enumerate(self.table)):
            if generator.kind == "centred" and generator.indices[0].name == self.batch:
                rest: Polynomial = {}
                for place in range(1, generator.indices[0].name):
                    rest = poly.add(rest, self.make(generator.renamed(generator.indices[0], Index(place))), -1)
                by_power: dict[Exact, Polynomial] = {}
                for monomial, coefficient in polynomial.items():
                    kept = tuple((w, e) for w, e in monomial if w != which)
                    by_power.setdefault(dict(monomial).get(which, 0), {})[kept] = coefficient
                polynomial = reduce(poly.add, (poly.multiply(p, self.raised(rest, e)) for e, p in by_power.items()), {})
        return polynomial

    def cases(self, value: Ratio, distinct: frozenset[frozenset[Index]]) -> Iterator[Ratio]:
        """Yield the value for every way in which the indices of its deltas may coincide; those of a `distinct` pair may not."""
        used = (self.table[w] for p in (value.top, value.bottom) for monomial in p for w, _ in monomial)
        delta = next((generator for generator in used if generator.kind == "delta"), None)
        if delta is None:
            yield value
            return
        old, new = sorted(delta.indices, key=lambda index: isinstance(index.name, int))
        if frozenset(delta.indices) not in distinct:
            merged = frozenset(frozenset(new if i == old else i for i in pair) for pair in distinct)
            yield from self.cases(self.renamed(value, old, new), merged)
        which = self.number(delta)
        top, bottom = ({m: c for m, c in p.items() if all(w != which for w, _ in m)} for p in (value.top, value.bottom))
        yield from self.cases(Ratio(top, bottom), distinct | {frozenset(delta.indices)})


def _plus(left: Ratio, right: Ratio) -> Ratio:
    if left.bottom == right.bottom:
        return Ratio(poly.add(left.top, right.top), left.bottom)
    top = poly.add(poly.multiply(left.top, right.bottom), poly.multiply(right.top, left.bottom))
    return Ratio(top, poly.multiply(left.bottom, right.bottom))


def _times(left: Ratio, right: Ratio) -> Ratio:
    bottom = left.bottom if right.bottom == _ONE else poly.multiply(left.bottom, right.bottom)
    return Ratio(poly.multiply(left.top, right.top), bottom)
