"""Random steps that change how a formula is written and nothing that it means: the material of true equations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random

from scripts.attacking.formula import (
    Add, Claim, Delta, Formula, Mul, Name, Num, Pow, Size, Slope, Sum,
    add, free, fresh, letters, mul, neg, num, over, places, power, put, rename, size,
)  # fmt: skip
from scripts.attacking.sources import sources

HALF = Fraction(1, 2)


def identity(random: Random) -> Claim:
    """Return a true claim: a source with both sides rewritten, or a piece of one against its own rewriting."""
    source = random.choice(sources())
    if random.random() < 0.3:
        pieces = [node for _, node, _ in places(source.right) if 2 < size(node) < 30]
        piece = random.choice(pieces or [source.right])
        source = replace(source, left=piece, right=piece)
    steps = random.randint(1, 6)
    right = rewritten(source.right, source.mode, steps, random)
    left = rewritten(source.left, source.mode, random.randint(0, 2), random)
    return replace(source, left=left, right=right) if random.random() < 0.5 else replace(source, left=right, right=left)


def rewritten(formula: Formula, mode: str, steps: int, random: Random, limit: int = 70) -> Formula:
    """Return the formula after so many steps; those that would make it too large are left out."""
    for _ in range(steps):
        taken = letters(formula)
        # A name under a derivative, or after its sign, stays what it is: dL/dx_i is not dL/d(c_i + mu).
        slopes = [path for path, node, _ in places(formula) if isinstance(node, Slope)]
        found = [
            (path, new)
            for path, node, _ in places(formula)
            if not any(path[: len(p)] == p and path != p for p in slopes)
            for new in _steps(node, taken, mode, random)
        ]
        path, new = random.choice(found)
        changed = put(formula, path, new)
        if size(changed) <= limit:
            formula = changed
    return formula


def definition(name: Name, mode: str, avoid: frozenset[str]) -> Iterator[Formula]:
    j = fresh(avoid)
    k = fresh(avoid | {j})
    match name.role, name.indices:
        case "c", (i,):
            yield add(Name("x", (i,)), neg(Name("mu")))
            yield mul(Name("s"), Name("xhat", (i,)))
        case "x", (i,):
            yield add(Name("c", (i,)), Name("mu"))
        case "mu", () if mode == "train":
            yield over(Sum(j, Name("x", (j,))), Size())
        case "var", ():
            yield add(power(Name("s"), 2), neg(Name("eps")))
            if mode == "train":
                c, d, x = Name("c", (j,)), Name("c", (k,)), Name("x", (j,))
                yield over(Sum(j, power(c, 2)), Size())
                yield add(over(Sum(j, power(x, 2)), Size()), neg(power(Name("mu"), 2)))
                yield over(Sum(j, mul(c, x)), Size())
                yield over(Sum(j, Sum(k, power(add(c, neg(d)), 2))), num(2), power(Size(), 2))
        case "s", ():
            yield power(add(Name("var"), Name("eps")), HALF)
        case "eps", ():
            yield add(power(Name("s"), 2), neg(Name("var")))
        case "xhat", (i,):
            yield over(Name("c", (i,)), Name("s"))
            if mode == "train":
                yield over(Slope(Name("var"), Name("x", (i,))), mul(num(2), Name("s"), power(Size(), -1)))
        case "y", (i,):
            yield add(mul(Name("gamma"), Name("xhat", (i,))), Name("beta"))
        case "g", (i,):
            yield Slope(Name("L"), Name("y", (i,)))
            yield over(Slope(Name("L"), Name("xhat", (i,))), Name("gamma"))


def zeros(mode: str, avoid: frozenset[str], random: Random) -> Formula:
    """Return a formula that is 0 everywhere."""
    j = fresh(avoid)
    c, xhat, g = (Name(role, (j,)) for role in ("c", "xhat", "g"))
    mean_g = over(Sum(fresh(avoid | {j}), Name("g", (fresh(avoid | {j}),))), Size())
    choices: list[Formula] = [Sum(j, add(g, neg(mean_g)))]
    if mode == "train":
        choices += [Sum(j, c), Sum(j, xhat), add(Sum(j, power(c, 2)), neg(mul(Size(), Name("var")))),
                    Sum(j, Slope(Name("L"), Name("x", (j,))))]  # fmt: skip
    return random.choice(choices)


def _steps(node: Formula, taken: frozenset[str], mode: str, random: Random) -> Iterator[Formula]:
    scalars = (Size(), Name("s"), num(2), add(Name("var"), Name("eps")))
    match node:
        case Name():
            yield from definition(node, mode, taken)
        case Add(terms=terms):
            scale = random.choice(scalars)
            yield mul(scale, Add(tuple(over(term, scale) for term in terms)))
            yield Add(tuple(reversed(terms)))
        case Mul(factors=factors):
            for place, factor in enumerate(factors):
                rest = (*factors[:place], *factors[place + 1 :])
                if isinstance(factor, Add):
                    yield add(*(mul(*rest, term) for term in factor.terms))
                if isinstance(factor, Sum) and factor.index not in {i for r in rest for i in free(r)}:
                    yield Sum(factor.index, mul(*rest, factor.body), factor.excluding)
        case Sum(index=index, body=body, excluding=excluding):
            new = fresh(taken)
            yield Sum(new, rename(body, {index: new}), excluding)
            if isinstance(body, Add):
                yield add(*(Sum(index, term, excluding) for term in body.terms))
            if isinstance(body, Mul):
                out = [f for f in body.factors if index not in free(f)]
                if out:
                    yield mul(*out, Sum(index, mul(*(f for f in body.factors if f not in out)), excluding))
            if isinstance(body, Sum) and index not in body.excluding and body.index not in excluding:
                yield Sum(body.index, Sum(index, body.body, excluding), body.excluding)
            for i in sorted(str(i) for i in taken if i != index):
                if not excluding and i in free(body):
                    yield add(Sum(index, body, (i,)), rename(body, {index: i}))
            if len(excluding) == 1:
                yield add(Sum(index, body), neg(rename(body, {index: excluding[0]})))
        case Pow(base=base, exponent=exponent):
            if isinstance(base, Mul) and exponent.denominator == 1:
                yield mul(*(power(f, exponent) for f in base.factors))
            if exponent == 2:
                yield mul(base, base) if not isinstance(base, Add) else add(*(mul(t, base) for t in base.terms))
            yield mul(power(base, exponent - 1), base) if exponent != 1 else node
            if base == add(Name("var"), Name("eps")):
                yield power(Name("s"), 2 * exponent)
            if base == Name("s"):
                yield power(add(Name("var"), Name("eps")), exponent / 2)
        case Delta(left=left, right=right):
            new = fresh(taken)
            yield Sum(new, mul(Delta(left, new), Delta(new, right)))
            yield Delta(right, left)
            yield mul(node, node)
        case Num(value=value) if value not in (0, 1):
            yield add(num(value - 1), num(1))
        case Slope():
            yield from _known(node, mode)
        case _:
            pass
    kind = random.randrange(5)
    if kind == 0:
        yield add(node, mul(zeros(mode, taken, random), random.choice((Name("gamma"), Name("beta"), num(3), Size()))))
    elif kind == 1:
        scale = random.choice(scalars)
        yield over(mul(scale, node), scale)
    elif kind == 2:
        named = sorted(i for i in free(node) if isinstance(i, str))
        if named:
            new = fresh(taken)
            yield Sum(new, mul(Delta(named[0], new), rename(node, {named[0]: new})))
        else:
            yield over(Sum(fresh(taken), node), Size())
    elif kind == 3:
        other = Name(random.choice(("gamma", "beta", "a", "eps")))
        yield add(node, other, neg(other))
    else:
        yield over(mul(node, power(Name("s"), 2)), add(Name("var"), Name("eps")))


def _known(node: Slope, mode: str) -> Iterator[Formula]:
    """Use a source whose left side is this derivative, at these indices."""
    for source in sources():
        left = source.left
        if source.mode != mode or not isinstance(left, Slope) or left.by.role != node.by.role:
            continue
        names = dict(zip(left.by.indices, node.by.indices, strict=True))
        if isinstance(left.of, Name) and isinstance(node.of, Name):
            names |= dict(zip(left.of.indices, node.of.indices, strict=False))
        if rename(left, names) == node:
            yield rename(source.right, names)
