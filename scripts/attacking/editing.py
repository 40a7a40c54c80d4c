"""One edit of a formula, of the kinds that people make by mistake. Whether it makes the claim false is for the label to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random

from scripts.attacking.formula import (
    ARRAYS, ONE, Add, Claim, Delta, Formula, Index, Mul, Name, Num, Path, Pow, Size, Slope, Sum,
    add, free, fresh, letters, mul, neg, num, over, places, power, put, rename,
)  # fmt: skip

_SWAPS = {
    "x": ("c", "xhat", "g"), "c": ("x", "xhat"), "xhat": ("x", "c", "g", "y"), "g": ("x", "xhat", "y"), "y": ("xhat", "g"),
    "gamma": ("beta",), "beta": ("gamma",), "mu": ("var", "beta"), "var": ("s", "eps", "mu"), "s": ("var", "eps"),
    "eps": ("var", "s"), "a": ("gamma",),
}  # fmt: skip
_FACTORS = (num(2), num(Fraction(1, 2)), num(3), Size(), Name("gamma"), Name("s"), Name("eps"), add(Size(), num(-1)))


def mutant(claim: Claim, count: int, random: Random) -> tuple[Claim, tuple[str, ...]]:
    """Return the claim after so many edits, the right side four times out of five, and their kinds."""
    kinds = []
    for _ in range(count):
        on_right = random.random() < 0.8
        formula = claim.right if on_right else claim.left
        taken = letters(claim.left, claim.right)
        edits = list(edited(formula, taken))
        by_kind = sorted({kind for kind, _, _ in edits})
        kind = random.choice(by_kind)
        _, path, new = random.choice([edit for edit in edits if edit[0] == kind])
        changed = put(formula, path, new)
        claim = replace(claim, right=changed) if on_right else replace(claim, left=changed)
        kinds.append(kind)
    return claim, tuple(kinds)


def edited(formula: Formula, taken: frozenset[str]) -> Iterator[tuple[str, Path, Formula]]:
    """Yield every single edit: its kind, the place, and what stands there afterwards."""
    inside_slope: set[Path] = set()
    for path, node, scope in places(formula):
        if any(path[: len(p)] == p and len(path) > len(p) for p in inside_slope):
            continue
        for kind, new in _at(node, scope, taken):
            yield kind, path, new
        if isinstance(node, Slope):
            inside_slope.add(path)


def _at(node: Formula, scope: tuple[str, ...], taken: frozenset[str]) -> Iterator[tuple[str, Formula]]:
    yield "sign", neg(node)
    for factor in _FACTORS:
        yield "factor", mul(factor, node)
        yield "divisor", over(node, factor)
    yield "exponent", power(node, 2)
    for letter in sorted(i for i in free(node) if isinstance(i, str) and i not in scope):
        yield "added sum", Sum(letter, node)
    match node:
        case Num(value=value):
            yield "number", num(value + 1)
            yield "number", num(value - 1)
        case Size():
            yield "size", add(Size(), num(-1))
            yield "size", add(Size(), num(1))
            yield "size", ONE
        case Name(role=role, indices=indices):
            for other in _SWAPS.get(role, ()):
                if not indices or other in ARRAYS:
                    yield "symbol", Name(other, indices)
            if role == "eps":
                yield "epsilon", num(0)
            if role == "x":
                yield "moved mean", add(node, neg(Name("mu")))
            if role in ("xhat", "c"):
                yield "symbol", Name("s")
            for index in indices:
                for new in _other_indices(index, scope, taken):
                    yield "index", Name(role, (new,))
        case Delta(left=left, right=right):
            yield "delta", ONE
            yield "delta", num(0)
            for new in _other_indices(right, scope, taken):
                if new != left:
                    yield "index", Delta(left, new)
        case Sum(index=index, body=body, excluding=excluding):
            yield "dropped sum", body
            for letter in sorted(taken - {index}):
                yield "dropped sum", rename(body, {index: letter})
                if not excluding and letter in free(body):
                    yield "restricted sum", Sum(index, body, (letter,))
            if excluding:
                yield "restricted sum", Sum(index, body)
            if isinstance(body, Add):
                yield "bracket", add(Sum(index, body.terms[0], excluding), *body.terms[1:])
            if isinstance(body, Mul):
                yield "bracket", mul(Sum(index, body.factors[0], excluding), *body.factors[1:])
        case Add(terms=terms):
            for place, term in enumerate(terms):
                rest = (*terms[:place], *terms[place + 1 :])
                yield "sign", add(*rest, neg(term))
                yield "dropped term", add(*rest)
        case Mul(factors=factors):
            for place, factor in enumerate(factors):
                rest = (*factors[:place], *factors[place + 1 :])
                yield "dropped factor", mul(*rest)
                if isinstance(factor, Add):
                    yield "bracket", add(mul(*rest, factor.terms[0]), *factor.terms[1:])
                if isinstance(factor, Sum) and rest:
                    yield "bracket", Sum(factor.index, mul(*rest, factor.body), factor.excluding)
        case Pow(base=base, exponent=exponent):
            for new_exponent in {exponent + 1, exponent - 1, -exponent, exponent / 2, exponent * 2} - {Fraction(0)}:
                yield "exponent", power(base, new_exponent)
            if isinstance(base, Add):
                yield "bracket", add(power(base.terms[0], exponent), *base.terms[1:])
            if isinstance(base, Mul):
                yield "bracket", mul(power(base.factors[0], exponent), *base.factors[1:])
        case Slope(of=of, by=by):
            if isinstance(of, Name):
                for other in _SWAPS.get(of.role, ()):
                    if not of.indices or other in ARRAYS:
                        if other != "g":
                            yield "derivative", Slope(Name(other, of.indices), by)
            for role in {"x": ("c", "xhat"), "xhat": ("x", "y"), "mu": ("var",), "var": ("mu", "s"), "gamma": ("beta",),
                         "beta": ("gamma",), "y": ("xhat",)}.get(by.role, ()):  # fmt: skip
                yield "derivative", Slope(of, Name(role, by.indices))
            for index in by.indices:
                for new in _other_indices(index, scope, taken):
                    yield "index", Slope(of, Name(by.role, (new,)))


def _other_indices(index: Index, scope: tuple[str, ...], taken: frozenset[str]) -> Iterator[Index]:
    found = {*taken, *scope} - {index}
    yield from sorted(found)
    yield fresh(taken)
    yield 1
