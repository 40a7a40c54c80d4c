"""What a wrong result is instead: "the gradient with the last sum missing", "with eps outside the root".

A gradient by x is a sum of three terms. A wrong one mostly consists of the same terms, with other factors or with another root
in them; so the factors are fitted in floating point, for every variation of the layer that people write by mistake, and rounded
to simple numbers. What is said was then proved: the result equals the formula that was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, product

from symbn.code.floats import NoValueError, Sample, near, positions
from symbn.code.model import Tensor
from symbn.code.quantities import AT, Indexed, Written
from symbn.code.roots import EPS, prove_at_all_sizes, proves_entries
from symbn.kernel.goal import Goal
from symbn.kernel.term import BATCH, FEATURE, ONE, Sum, Term, Var, add, mul, num, power
from symbn.kernel.verdict import Proved

M = Var("m")
HALF = Fraction(1, 2)
GAMMA_MISSING = "the gradient with gamma missing"
Shown = tuple[Written, Tensor]


@dataclass(frozen=True, slots=True)
class Formula:
    """A sum of terms in the indices of `AT`. said: what was changed in the gradient to get them. names: of the terms, for
    people. instead: what the sum is, if it is no changed gradient."""

    said: tuple[str, ...]
    terms: tuple[Term, ...]
    names: tuple[str, ...] = ("it",)
    instead: str = ""


def likeness(node: str, indexed: Indexed, term: Term | None, shown: Sequence[Shown]) -> str | None:
    """Return what the result for dL/d(node) equals, proved, or None.

    term: the result at all sizes, in the indices of `AT`, if it is known. shown: else the result at several shapes.
    """
    # At N = 1 everything is 0, and a variation such as 1/(N - 1) has no value; where it has one, it has to agree there, too.
    single = [pair for pair in shown if pair[0].sizes[BATCH] == 1]
    shown = [pair for pair in shown if pair[0].sizes[BATCH] > 1]
    samples = _samples(node, indexed, term, shown)
    for formula in _formulas(node, indexed):
        factors = _factors(formula, samples)
        if factors is None:
            continue
        said = _said(formula, factors, indexed.layout.count)
        total = add(*(_product(factor, part) for factor, part in zip(factors, formula.terms, strict=True) if factor.value))
        if said and _equal(term, total, shown, node) and (term is not None or _agrees(total, single, node)):
            return said
    return None


def _product(factor: Factor, term: Term) -> Term:
    return term if factor == _PLAIN else mul(factor.term, term)


def _equal(term: Term | None, total: Term, shown: Sequence[Shown], node: str) -> bool:
    if term is not None:
        return isinstance(prove_at_all_sizes(Goal(term, total)), Proved)
    return all(proves_entries(tensor.entries, written.spread(node, total).entries) for written, tensor in shown)


def _agrees(total: Term, single: Sequence[Shown], node: str) -> bool:
    """Tell whether the formula, where it has a value at N = 1, has that of the result."""
    for written, tensor in single:
        other = Tensor(tensor.shape, written.spread(node, total).entries)
        sample = Sample(written.graph, written.sizes, 0).at(written)
        try:
            expected = sample.entries(other)
        except NoValueError:
            continue
        try:
            if not near(sample.entries(tensor), expected):
                return False
        except NoValueError:
            return False
    return True


# The variations of the layer, the likeliest first. A variation gives the inverse root that goes into the terms.


def _roots(indexed: Indexed) -> Iterator[tuple[str, Term]]:
    var, v = indexed.value("var"), indexed.value("v")
    unbiased = mul(M, power(add(M, num(-1)), -1), var)
    yield "", power(v, -HALF)
    yield "eps outside the root, sqrt(var) + eps", power(add(power(var, HALF), EPS), -1)
    yield "eps dropped, sqrt(var)", power(var, -HALF)
    yield "eps taken away under the root, sqrt(var - eps)", power(add(var, mul(num(-1), EPS)), -HALF)
    yield "eps squared, sqrt(var + eps^2)", power(add(var, power(EPS, 2)), -HALF)
    yield "the variance with m - 1 in place of m", power(add(unbiased, EPS), -HALF)
    yield "the root forgotten, 1/(var + eps)", power(v, -1)
    yield "a fourth root, (var + eps)^(1/4)", power(v, -HALF / 2)


def _formulas(node: str, indexed: Indexed) -> Iterator[Formula]:
    if node != "x":
        yield from _parameters(node, indexed)
        return
    g, gamma, c = indexed.leaf("g"), indexed.leaf("gamma"), indexed.value("c")
    scales = (("", mul(gamma, g)), ("gamma missing", g), ("gamma squared", mul(gamma, gamma, g)))
    for (said, root), (scaled, h) in product(_roots(indexed), scales):
        for last, cube in _cubes(indexed, root):
            if sum(map(bool, (said, scaled, last))) < 3:
                yield _three(tuple(filter(None, (said, scaled, last))), h, c, root, cube)
    h, root, xhat = mul(gamma, g), power(indexed.value("v"), -HALF), indexed.value("xhat")
    jacobian = add(M, num(-1), mul(num(-1), power(xhat, 2)))
    yield Formula((), (mul(h, root, power(M, -1), jacobian),), instead="dout times the diagonal of the Jacobian alone")
    yield Formula((), (h,), instead="the gradient by xhat")


def _three(said: tuple[str, ...], h: Term, c: Term, root: Term, cube: Term) -> Formula:
    """Return h root - root mean(h) - c cube mean(h c), whose `cube` is root^3 in the gradient itself."""
    terms = (mul(h, root), mul(num(-1), root, _mean(h)), mul(num(-1), c, cube, _mean(mul(h, c))))
    return Formula(said, terms, ("the direct term", "the first sum (of dxhat)", "the last sum (of dxhat * xhat)"))


def _mean(body: Term) -> Term:
    j = AT[BATCH]
    return mul(power(M, -1), Sum(j, body))


def _cubes(indexed: Indexed, root: Term) -> Iterator[tuple[str, Term]]:
    """Yield what may stand in the last term for root^3."""
    var = indexed.value("var")
    yield "", power(root, 3)
    yield "1/var for 1/(var + eps) in the last sum", mul(root, power(var, -1))
    yield "the exponent -2 for -3/2 in the last sum", power(root, 4)
    yield "the exponent -1/2 for -3/2 in the last sum", root
    yield "the exponent -1 for -3/2 in the last sum", power(root, 2)
    yield "the exponent -3 for -3/2 in the last sum", power(root, 6)
    yield "the exponent -5/2 for -3/2 in the last sum", power(root, 5)
    yield "var for var + eps in the last sum", power(var, -3 * HALF)


def _parameters(node: str, indexed: Indexed) -> Iterator[Formula]:
    g, gamma, c = indexed.leaf("g"), indexed.leaf("gamma"), indexed.value("c")
    over = FEATURE if indexed.layout.others and indexed.layout.scaled == indexed.layout.normalised else BATCH

    def total(body: Term) -> Term:
        return Sum(AT[over], body)

    own = "xhat" if node == "gamma" else "1"
    for said, root in _roots(indexed):
        if node == "gamma" or not said:
            yield Formula((said,) if said else (), (total(mul(g, c, root) if node == "gamma" else g),))
    xhat = indexed.value("xhat")
    other = {
        "xhat": xhat, "x - mu": c, "x": indexed.leaf("x"), "y": indexed.value("y"), "1": ONE, "gamma * xhat": mul(gamma, xhat),
        "gamma": gamma, "xhat^2": power(xhat, 2), "1/sqrt(var + eps)": power(indexed.value("v"), -HALF),
    }  # fmt: skip
    for name, body in other.items():
        if name != own:
            instead = f"the sum of dout * {name}" if name != "1" else "the sum of dout"
            yield Formula((), (total(mul(g, body)),), instead=instead)


# Fitting.


@dataclass(frozen=True, slots=True)
class Factor:
    """A constant times a power of m or m - 1, which stands in place of 1."""

    value: Fraction
    sizes: tuple[int, int]

    @property
    def term(self) -> Term:
        return mul(num(self.value), power(M, self.sizes[0]), power(add(M, num(-1)), self.sizes[1]))

    def shown(self, count: str) -> str:
        """Return the factor as people write it, with what they call m: 2, N/(N - 1), 1/(2 N)."""
        names = (count, f"({count} - 1)")
        above = [str(self.value.numerator)] if abs(self.value.numerator) != 1 else []
        below = [str(self.value.denominator)] if self.value.denominator != 1 else []
        for name, exponent in zip(names, self.sizes, strict=True):
            if exponent:
                part = name if abs(exponent) == 1 else f"{name}^{abs(exponent)}"
                (above if exponent > 0 else below).append(part)
        top, bottom = " ".join(above) or "1", " ".join(below)
        sign = "-" if self.value == -1 else ""
        return f"{sign}{top}" + (f"/({bottom})" if len(below) > 1 else f"/{bottom}" if below else "")


_SIZES = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1), (2, 0), (-2, 0))


@dataclass(frozen=True, slots=True)
class Observed:
    """What the result is at a random input. places: where in the table (m, n) its values stand."""

    sample: Sample
    values: tuple[float, ...]
    places: tuple[tuple[int, int], ...]


def _samples(node: str, indexed: Indexed, term: Term | None, shown: Sequence[Shown]) -> list[Observed]:
    """Return the result at random inputs of several sizes."""
    found = []
    try:
        if term is not None:
            for m, seed in product((3, 4, 5), range(2)):
                sample = Sample(indexed.graph, {BATCH: m, FEATURE: 2}, seed)
                places = tuple(product(range(m), range(2)))
                table = sample.table(term)
                found.append(Observed(sample, tuple(float(table[place]) for place in places), places))
            return found
        for (written, tensor), seed in product(shown, range(3)):
            sample = Sample(indexed.graph, written.sizes, seed).at(written)
            found.append(Observed(sample, tuple(sample.entries(tensor)), tuple(positions(written, node, tensor))))
    except NoValueError:
        return []
    return found


def _factors(formula: Formula, samples: Sequence[Observed]) -> tuple[Factor, ...] | None:
    """Return the factors with which the terms add up to the result in every sample, or None."""
    import numpy as np

    found: list[tuple[int, list[float]]] = []
    for m, group in groupby(samples, key=lambda observed: observed.sample.sizes[BATCH]):
        rows: list[list[float]] = []
        values: list[float] = []
        for observed in group:
            try:
                tables = [observed.sample.table(term) for term in formula.terms]
            except NoValueError:
                return None
            rows += [[float(table[place]) for table in tables] for place in observed.places]
            values += observed.values
        matrix, right = np.array(rows), np.array(values)
        answer, _, rank, _ = np.linalg.lstsq(matrix, right, rcond=1e-10)
        if not near((matrix @ answer).tolist(), values):
            return None
        if rank == matrix.shape[1]:
            found.append((m, [float(value) for value in answer]))
    if not found:
        return None
    factors = [_simple([(m, answer[k]) for m, answer in found]) for k in range(len(formula.terms))]
    return None if None in factors else tuple(factor for factor in factors if factor is not None)


def _simple(values: Sequence[tuple[int, float]]) -> Factor | None:
    """Return the simplest factor that has these values at these m."""
    for sizes in _SIZES:
        constants = [value / (m ** sizes[0] * (m - 1) ** sizes[1]) for m, value in values]
        close = Fraction(constants[0]).limit_denominator(12)
        if all(abs(constant - close) < 1e-6 for constant in constants) and (close or sizes == (0, 0)):
            return Factor(close, sizes)
    return None


_PLAIN, _OPPOSITE = Factor(Fraction(1), (0, 0)), Factor(Fraction(-1), (0, 0))


def _said(formula: Formula, factors: Sequence[Factor], count: str) -> str:
    """Return the formula in words: "twice the gradient with .."; "" for the gradient itself."""
    said = list(formula.said)
    times = ""
    if all(factor == factors[0] for factor in factors):
        if factors[0] != _PLAIN:
            times = "minus " if factors[0] == _OPPOSITE else f"{factors[0].shown(count)} times "
    elif factors[0] == _PLAIN and not any(factor.value for factor in factors[1:]):
        said.append("both sums missing")
    else:
        said += [_changed(factor, name, count) for factor, name in zip(factors, formula.names, strict=True) if factor != _PLAIN]
    if formula.instead:
        return times + formula.instead
    if not said and not times:
        return ""
    return f"{times}the gradient" + (f" with {' and '.join(said)}" if said else "")


def _changed(factor: Factor, name: str, count: str) -> str:
    if not factor.value:
        return f"{name} missing"
    return f"the wrong sign of {name}" if factor == _OPPOSITE else f"{name} {factor.shown(count)} times as large"
