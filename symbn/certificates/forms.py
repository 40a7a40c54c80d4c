"""What a proof needs to know of a term: its normal form as an expression, and the certificate of a sum.

The kernel's normal form is the oracle. It is not trusted here: Coq checks each certificate pointwise, and each equality.

    sum_j f_j = sum_k c_k (sum_j h_k j),    f_j = sum_k c_k h_k j,    h: 1, x_j - mean, (x_j - mean)^2, delta_ij .., ..
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from symbn.certificates.expressions import (
    ONE,
    SIZE,
    ZERO,
    BatchSum,
    Binary,
    Expression,
    Inverse,
    Kronecker,
    Leaf,
    Literal,
    NotCertified,
    Raise,
    RealPower,
    within,
)
from symbn.certificates.spelling import ROOT
from symbn.certificates.terms import term_of
from symbn.kernel import polynomial as poly
from symbn.kernel.normal import Generator, Normalizer, OutsideFragment, Ratio
from symbn.kernel.polynomial import UNIT, Monomial, Polynomial, TooLarge
from symbn.kernel.term import Index, Power, Term, subterms
from symbn.layers.graph import Graph, Node


@dataclass(frozen=True, slots=True)
class Certificate:
    """A sum as a combination. parts: (c, h, sum of h, the index of a delta in h or None)."""

    parts: tuple[tuple[Expression, Expression, Expression, Index | None], ...]


class Forms:
    """The normal forms of the expressions of one claim, which share their root.

    radicand = root^power, with the leaf `root` > 0; eliminated: the scalar that is put for it, as in eps = root^2 - var.
    rooted: leaves that are powers of a leaf of their own, as in var = root0^2, since they stand under a root themselves.
    """

    def __init__(
        self, graph: Graph, batch: int | None, expressions: list[Expression], given: Sequence[tuple[Leaf, Expression]] = ()
    ) -> None:
        """given: the values of inputs, which no normal form names."""
        self.graph = graph
        self.given = _definitions(graph, given)
        self.normalizer = Normalizer(graph.positive, batch)
        self.eliminated: dict[str, Expression] = {}
        self.radicand: Expression | None = None
        self.rooted: dict[Expression, tuple[str, int]] = {}
        self.power = 2
        self.letter = 0
        terms = [self.term(expression) for expression in expressions]
        poly.spent[0] = 0
        try:
            self._adjoin(terms)
            powers = [part for e in expressions for part in within(e) if isinstance(part, RealPower)]
            if not all(self.positive(part.base) for part in powers):
                # Coq's Rpower is 1 at 0.
                raise NotCertified("a fractional power of what may be 0")
        except (OutsideFragment, TooLarge) as error:
            raise NotCertified(str(error)) from None

    def _adjoin(self, terms: list[Term]) -> None:
        roots = [t for term in terms for t in subterms(term) if isinstance(t, Power) and t.exponent.denominator != 1]
        for node in roots:
            self.normalizer.adjoin(node.base)
        if self.normalizer.eliminated:
            self._eliminate(roots)
        degrees: dict[Expression, int] = {}
        for monomial in (m for node in roots for ratio in [self.normalizer.ratio(node)] for m in (*ratio.top, *ratio.bottom)):
            for base, exponent in self.powers(monomial)[1].items():
                degrees[base] = lcm(degrees.get(base, 1), exponent.denominator)
        found = [(base, degree) for base, degree in degrees.items() if degree > 1]
        if not all(isinstance(base, Leaf) for base, _ in found):
            raise NotCertified("a root of a moment other than the variance")
        self.rooted = {base: (f"{ROOT}{place}", degree) for place, (base, degree) in enumerate(found)}

    def _eliminate(self, roots: list[Power]) -> None:
        if len(self.normalizer.eliminated) > 1:
            raise NotCertified("more than one root")
        (((kind, name), (_, value)),) = self.normalizer.eliminated.items()
        if kind != "scalar":
            raise NotCertified("a root of an unusual radicand")
        exponents = [Fraction(1)]
        for node in roots:
            ratio = self.normalizer.ratio(node)
            for side in (ratio.top, ratio.bottom):
                exponents += [Fraction(e) for monomial in side for w, e in monomial if self._is_root(w)]
        self.power = 2 * lcm(*(e.denominator for e in exponents))
        square = [monomial for monomial in value if any(self._is_root(w) for w, _ in monomial)]
        if len(square) != 1 or value[square[0]] != 1 or len(square[0]) != 1:
            raise NotCertified("a root of an unusual radicand")
        rest: Polynomial = {m: -c for m, c in value.items() if m != square[0]}
        below = self.polynomial(rest)
        self.radicand = Binary("+", below, Leaf(name))
        self.eliminated = {name: Binary("-", Raise(Leaf(ROOT), self.power), below)}

    def positive(self, expression: Expression) -> bool:
        """Tell whether the value is > 0 for all inputs. Raises: NotCertified."""
        ratio = self.ratio(expression)
        return self.normalizer.surely_positive(ratio.top) and self.normalizer.surely_positive(ratio.bottom)

    def _is_root(self, which: int) -> bool:
        return self.normalizer.table[which].kind == "root"

    def term(self, expression: Expression) -> Term:
        """Return an expression over the nodes as a term over the inputs. The root is written as what it is of."""
        return self.given.expand(self.graph.expand(term_of(expression)))

    def ratio(self, expression: Expression) -> Ratio:
        """Return the normal form. Raises: NotCertified."""
        poly.spent[0] = 0
        try:
            return self.normalizer.ratio(self.term(expression))
        except (OutsideFragment, TooLarge) as error:
            raise NotCertified(str(error)) from None

    def same(self, left: Expression, right: Expression, distinct: frozenset[frozenset[Index]]) -> bool:
        """Tell whether the two sides have one normal form, however their indices coincide; those of a pair may not."""
        difference = self.ratio(Binary("-", left, right))
        return all(not case.top for case in self.normalizer.cases(difference, distinct))

    def form(self, expression: Expression) -> Expression:
        """Return the normal form as an expression, in which the only sums are moments."""
        return self.quotient(self.ratio(expression))

    def quotient(self, ratio: Ratio) -> Expression:
        top = self.polynomial(ratio.top)
        return top if ratio.bottom == {UNIT: 1} else Binary("/", top, self.polynomial(ratio.bottom))

    def polynomial(self, value: Polynomial) -> Expression:
        result: Expression | None = None
        for monomial, coefficient in value.items():
            part = self.monomial(monomial, Fraction(coefficient))
            result = part if result is None else Binary("+", result, part)
        return ZERO if result is None else result

    def powers(self, monomial: Monomial) -> tuple[Fraction, dict[Expression, Fraction]]:
        """Return a monomial as a number and powers of expressions."""
        coefficient, powers = Fraction(1), dict[Expression, Fraction]()
        for which, exponent in monomial:
            generator = self.normalizer.table[which]
            scaled = Fraction(exponent) * (self.power // 2 if generator.kind == "root" else 1)
            for base, power in self.generator(generator):
                powers[base] = powers.get(base, Fraction(0)) + power * scaled
            if generator.kind == "moment" and self.normalizer.batch is not None and SIZE in powers:
                size = powers.pop(SIZE)
                if size.denominator != 1:
                    raise NotCertified("a root of a number")
                coefficient *= Fraction(self.normalizer.batch) ** size.numerator
        return coefficient, powers

    def monomial(self, monomial: Monomial, coefficient: Fraction = Fraction(1)) -> Expression:
        scale, powers = self.powers(monomial)
        coefficient *= scale
        factors: list[Expression] = []
        if coefficient != 1 or not any(powers.values()):
            factors.append(_number(coefficient))
        for leaf, exponent in powers.items():
            name, degree = self.rooted.get(leaf, ("", 1))
            base, power = Leaf(name) if name else leaf, exponent * degree
            if power.denominator != 1:
                raise NotCertified("a root of something other than var + eps, var, or a positive number")
            if power:
                raised = base if abs(power) == 1 else Raise(base, abs(power.numerator))
                factors.append(raised if power > 0 else Inverse(raised))
        result = factors[0]
        for factor in factors[1:]:
            result = Binary("/", result, factor.of) if isinstance(factor, Inverse) else Binary("*", result, factor)
        return result

    def generator(self, generator: Generator) -> list[tuple[Expression, int]]:
        """Return a generator as a product: the second moment is m var."""
        match generator.kind:
            case "scalar":
                return [(Leaf(generator.name), 1)]
            case "mean":
                return [(Leaf(f"mean:{generator.name}"), 1)]
            case "centred":
                return [(self.centred(generator, generator.indices[0]), 1)]
            case "delta":
                return [(Kronecker(*generator.indices), 1)]
            case "root":
                return [(Leaf(ROOT), 1)]
            case "moment":
                parts = generator.parts
                if len(parts) == 1 and parts[0][1] == 2:
                    return [(SIZE, 1), (Leaf(f"var:{parts[0][0].name}"), 1)]
                return [(BatchSum(_BOUND, self.moment(generator, _BOUND)), 1)]
            case _:
                raise NotCertified("a number under a root, or a quantity for each feature")

    def centred(self, family: Generator, at: Index) -> Expression:
        return Binary("-", Leaf(family.name, (at,)), Leaf(f"mean:{family.name}"))

    def moment(self, generator: Generator, at: Index) -> Expression:
        result: Expression | None = None
        for family, exponent in generator.parts:
            if not isinstance(exponent, int) or exponent < 1:
                raise NotCertified("a moment with a fractional exponent")
            base = self.centred(family, at)
            factor = base if exponent == 1 else Raise(base, exponent)
            result = factor if result is None else Binary("*", result, factor)
        return ONE if result is None else result

    def certificate(self, total: BatchSum) -> Certificate:
        """Return the certificate of a sum. Raises: NotCertified."""
        normalizer, index = self.normalizer, total.index
        ratio = self.ratio(total.body)
        grouped: dict[Monomial, Polynomial] = {}
        for monomial, coefficient in ratio.top.items():
            bound = tuple(f for f in monomial if index in normalizer.depends[f[0]])
            rest = tuple(f for f in monomial if f not in bound)
            group = grouped.setdefault(bound, {})
            group[rest] = group.get(rest, 0) + coefficient
        if any(index in normalizer.depends[w] for monomial in ratio.bottom for w, _ in monomial):
            raise NotCertified(f"a denominator depends on the summed index {index.name}")
        parts = []
        for bound, coefficients in grouped.items():
            try:
                value = normalizer.total({bound: 1}, index) if bound else normalizer.make(Generator("scalar", "m"))
            except OutsideFragment as error:
                raise NotCertified(str(error)) from None
            summand, other = self.summand(bound, index)
            parts.append((self.quotient(Ratio(coefficients, ratio.bottom)), summand, self.polynomial(value), other))
        return Certificate(tuple(parts))

    def summand(self, bound: Monomial, index: Index) -> tuple[Expression, Index | None]:
        """Return a basis summand; one with a delta begins with it."""
        table = self.normalizer.table
        for place, (which, exponent) in enumerate(bound):
            if table[which].kind == "delta":
                left, right = table[which].indices
                others = bound[:place] + (((which, exponent - 1),) if exponent != 1 else ()) + bound[place + 1 :]
                rest = self.monomial(others)
                return Binary("*", Kronecker(left, right), rest), right if left == index else left
        families = [(table[which], exponent) for which, exponent in bound]
        return self.moment(Generator("moment", parts=tuple(sorted(families, key=lambda p: p[0].name))), index), None


_BOUND = Index("j'")


def _definitions(graph: Graph, given: Sequence[tuple[Leaf, Expression]]) -> Graph:
    nodes = {}
    for leaf, value in given:
        slots = tuple(index.axis for index in leaf.indices)
        nodes[leaf.name] = Node(leaf.name, slots, "given", leaf.name, graph.expand(term_of(value)), leaf.indices)
    return Graph("given", nodes)


def _number(value: Fraction) -> Expression:
    whole = Literal(value.numerator)
    return whole if value.denominator == 1 else Binary("/", whole, Literal(value.denominator))
