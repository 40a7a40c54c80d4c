"""Random formulas of the whole grammar, and equations that hold for small batches only."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from random import Random

from scripts.attacking.formula import (
    ARRAYS, LETTERS, Add, Claim, Delta, Formula, Index, Mul, Name, Num, Pow, Size, Slope, Sum,
    ZERO, add, mul, neg, num, over, power,
)  # fmt: skip
from scripts.attacking.rewriting import rewritten


@dataclass
class Inventor:
    random: Random
    free: tuple[Index, ...] = ("i", "k")

    def formula(self, depth: int, scope: tuple[Index, ...] | None = None) -> Formula:
        random = self.random
        scope = self.free if scope is None else scope
        if depth == 0 or random.random() < 0.15:
            return self.leaf(scope)
        match random.choice(("add", "add", "mul", "mul", "mul", "sum", "sum", "pow", "root", "slope")):
            case "add":
                terms = [self.formula(depth - 1, scope) for _ in range(2)]
                return add(*(neg(t) if random.random() < 0.4 else t for t in terms))
            case "mul":
                return mul(*(self.formula(depth - 1, scope) for _ in range(2)))
            case "sum":
                bound = next(letter for letter in LETTERS if letter not in scope)
                skip = (random.choice(scope),) if scope and random.random() < 0.15 else ()
                return Sum(bound, self.formula(depth - 1, (*scope, bound)), skip)
            case "pow":
                return power(self.formula(depth - 1, scope), random.choice((2, 2, 3, -1)))
            case "root":
                base = random.choice((add(Name("var"), Name("eps")), Name("s"), Name("var"), Name("eps")))
                return Pow(
                    base, Fraction(random.choice((-3, -1, 1, 3)), random.choice((2, 2, 4)) if base != Name("var") else 2)
                )
            case _:
                by = (
                    self.array(("x", "x", "xhat", "c"), scope)
                    if random.random() < 0.6
                    else Name(random.choice(("mu", "var", "gamma")))
                )
                if random.random() < 0.4 or not scope:
                    return Slope(Name("L"), by)
                of = self.array(("xhat", "c", "y"), scope) if random.random() < 0.6 else Name(random.choice(("mu", "var", "s")))
                return Slope(of, by)

    def array(self, roles: tuple[str, ...], scope: tuple[Index, ...]) -> Name:
        return Name(self.random.choice(roles), (self.random.choice(scope or (1,)),))

    def leaf(self, scope: tuple[Index, ...]) -> Formula:
        random = self.random
        if random.random() < 0.5 and scope:
            return self.array(ARRAYS, scope)
        if random.random() < 0.1 and len(scope) > 1:
            return Delta(*random.sample(scope, 2))
        names = ("mu", "var", "s", "gamma", "beta", "eps", "a")
        return random.choice(
            (num(random.choice((1, 2, 3, Fraction(1, 2)))), Size(), Name(random.choice(names)), Name(random.choice(names)))
        )


def invented(random: Random) -> Claim:
    """Return a random claim: two formulas of their own, or one and its rewriting, or one with a small change of it."""
    free: tuple[Index, ...] = random.choice(((), ("i",), ("i", "k"), ("i", 1)))
    inventor = Inventor(random, free)
    mode = "eval" if random.random() < 0.1 else "train"
    left = inventor.formula(random.randint(1, 4))
    if random.random() < 0.5:
        return Claim(left, inventor.formula(random.randint(0, 3)), mode)
    right = rewritten(left, mode, random.randint(1, 4), random)
    if random.random() < 0.3:
        right = add(right, inventor.formula(1)) if random.random() < 0.5 else mul(right, inventor.formula(1))
    return Claim(left, right, mode)


def small_only(random: Random) -> Claim:
    """Return a claim that holds for every batch of at most k examples, and of no larger one (if nothing else vanishes)."""
    k = random.randint(1, 4)
    match random.choice(("distinct", "distinct", "product", "sizes", "entries", "moments")):
        case "distinct":
            # No k + 1 entries are distinct: the sum over distinct indices, as products of plain sums, is 0.
            k = min(k, 3)
            roles = [random.choice(("c", "x", "g", "xhat")) for _ in range(k + 1)]
            if random.random() < 0.3:
                roles = ["c"] * (k + 1)
            terms = list(_distinct(roles))
            random.shuffle(terms)
            cut = random.randint(0, len(terms) - 1)
            claim = Claim(add(*terms[cut:]), add(*(neg(t) for t in terms[:cut])))
        case "product":
            rest = Inventor(random, ("i",)).formula(1)
            vanishing = [add(Size(), num(-n)) for n in range(1, k + 1)]
            base = Inventor(random, ("i",)).formula(2)
            claim = Claim(add(base, mul(*vanishing, add(power(rest, 2), num(1)))), base)
        case "sizes":
            claim = Claim(power(Size(), 2), add(mul(num(3), Size()), num(-2)))
        case "entries":
            role = random.choice(("x", "c", "g"))
            k = max(k, 2)
            left = mul(*(add(Name(role, ("i",)), neg(Name(role, (n,)))) for n in range(1, k + 1)))
            claim = Claim(left, ZERO) if random.random() < 0.5 else Claim(
                Sum("j", Name(role, ("j",))), add(*(Name(role, (n,)) for n in range(1, k + 1)))
            )  # fmt: skip
        case _:
            two = (
                Claim(Sum("j", power(Name("c", ("j",)), 3)), ZERO),
                Claim(power(Name("c", ("i",)), 2), Name("var")),
                Claim(Sum("j", power(Name("xhat", ("j",)), 5)), ZERO),
                Claim(over(Name("var"), add(Name("var"), Name("eps"))), power(Name("xhat", ("i",)), 2)),
                Claim(mul(Size(), Sum("j", power(Name("c", ("j",)), 4))), mul(power(Size(), 2), power(Name("var"), 2))),
            )
            three = (
                Claim(mul(num(2), Sum("j", power(Name("c", ("j",)), 4))), power(Sum("j", power(Name("c", ("j",)), 2)), 2)),
            )
            claim = random.choice((*two, *three))
    if random.random() < 0.4:
        scale = random.choice((Name("gamma"), Size(), Name("s"), num(3)))
        claim = Claim(mul(scale, claim.left), mul(scale, claim.right))
    steps = random.randint(0, 3)
    return Claim(rewritten(claim.left, "train", steps, random), rewritten(claim.right, "train", steps, random))


def _distinct(roles: list[str]) -> list[Formula]:
    """Return the terms of the sum over distinct indices of a product of entries: one for each partition of the factors."""
    found = []
    for blocks in _partitions(list(range(len(roles)))):
        sign = 1
        sums = []
        for block in blocks:
            for n in range(1, len(block)):
                sign *= -n
            sums.append(Sum("j", mul(*(Name(roles[n], ("j",)) for n in block))))
        found.append(mul(num(sign), *(_renamed(s, n) for n, s in zip(count(), sums, strict=False))))
    return found


def _renamed(formula: Sum, number: int) -> Formula:
    letter = "jklpq"[number]
    body = formula.body
    factors = body.factors if isinstance(body, Mul) else (body,)
    return Sum(letter, mul(*(Name(f.role, (letter,)) for f in factors if isinstance(f, Name))))


def _partitions(items: list[int]) -> list[list[list[int]]]:
    if not items:
        return [[]]
    first, rest = items[0], items[1:]
    found = []
    for partition in _partitions(rest):
        found.append([[first], *partition])
        found += [[*partition[:n], [first, *block], *partition[n + 1 :]] for n, block in enumerate(partition)]
    return found


__all__ = ["Add", "Inventor", "Num", "invented", "small_only"]
