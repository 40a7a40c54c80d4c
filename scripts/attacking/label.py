"""True or false, by evaluation at many points of several batch sizes; and nothing else.

A point is chosen so that var + eps is the fourth power of a rational number: then every quarter power of it is rational. Where
another root is not, the two sides are compared as floating-point numbers with a wide margin; what falls between is unlabelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product
from random import Random

from scripts.attacking import floating
from scripts.attacking.formula import Claim, Index, free
from scripts.attacking.value import Irrational, Point, Undefined, Unlabelled, World, least_batch

SIZES = (2, 3, 1, 4, 5)
FEW, PLACEMENTS = 6, 5


@cache
def points(m: int, mode: str) -> tuple[Point, ...]:
    """Return the points of this batch size, the same ones in every run."""
    random = Random(f"{m} {mode}")
    found = []
    for number in range(8):
        x = [Fraction(random.randint(-6, 6)) for _ in range(m)]
        g = [Fraction(random.choice([v for v in range(-5, 6) if v])) for _ in range(m)]
        mean = sum(x, Fraction(0)) / m
        var = sum(((v - mean) ** 2 for v in x), Fraction(0)) / m
        scalars = {
            "gamma": Fraction(random.choice((-3, 2, 5))),
            "beta": Fraction(random.choice((-2, 3, 7)), 2),
            "a": Fraction(random.choice((-4, 3, 5)), 3),
        }
        if mode == "eval":
            scalars["var"] = var = Fraction(random.randint(1, 9) ** 2, 4)
            scalars["mu"] = Fraction(random.randint(-5, 5))
        root = Fraction(random.randint(3, 9), 2 if number % 2 else 1)
        while root**4 <= var:
            root += 1
        scalars["eps"] = root**4 - var
        found.append(Point(m, {"x": tuple(x), "g": tuple(g)}, scalars, mode))
    return tuple(found)


def placements(claim: Claim, m: int) -> Iterator[dict[Index, int]]:
    named = sorted(i for i in free(claim.left) | free(claim.right) if isinstance(i, str))
    every = [dict[Index, int](zip(named, at, strict=True)) for at in product(range(1, m + 1), repeat=len(named))]
    if len(every) > PLACEMENTS:
        # Where all indices coincide, and where none do, are the cases that differ most.
        random = Random(f"{m} {named}")
        every = [every[0], every[-1], *random.sample(every[1:-1], PLACEMENTS - 2)]
    yield from every


def label(claim: Claim) -> bool | None:
    """Tell whether the claim holds at every admissible point; None if too few points have a value."""
    met, at_larger = 0, False
    sizes = SIZES if claim.batch is None else (claim.batch,)
    for m in sizes:
        if m < least_batch(claim.left, claim.right):
            continue
        for point in points(m, claim.mode)[: 8 if claim.batch is not None else 4 if m < 5 else 2]:
            for at in placements(claim, m):
                same = compare(claim, point, at)
                if same is False:
                    return False
                if same:
                    met += 1
                    at_larger = at_larger or m > 1 or claim.batch == 1
    return True if met >= FEW and at_larger else None


def holds_up_to(claim: Claim, m: int) -> bool:
    """Tell whether nothing contradicts the claim in batches of at most m."""
    return all(label(replace(claim, batch=n)) is not False for n in range(least_batch(claim.left, claim.right), m + 1))


def alike(left: float, right: float, near: float = 1e-8, far: float = 1e-4) -> bool | None:
    """Tell whether two rounded values are surely the same or surely not."""
    apart, scale = abs(left - right), max(abs(left), abs(right))
    if apart > max(far * scale, 1e-9):
        return False
    return True if apart < max(near * scale, 1e-13) else None


def compare(claim: Claim, point: Point, at: dict[Index, int]) -> bool | None:
    try:
        try:
            world = World(point, claim.local)
            return world.value(claim.left, at).get(frozenset(), 0) == world.value(claim.right, at).get(frozenset(), 0)
        except Irrational:
            left, right = (floating.value(side, point, at, claim.local) for side in (claim.left, claim.right))
            return alike(left, right)
    except (Undefined, Unlabelled, OverflowError):
        return None


def differences(claim: Claim) -> bool | None:
    """Label the claim by central differences of a loss that is not linear. A wide margin: what falls between is unlabelled."""
    met = 0
    for m in (2, 3, 5):
        random = Random(f"{m} differences")
        for _ in range(3):
            arrays = {"x": tuple(Fraction(random.randint(-20, 20), 10) for _ in range(m)), "g": (Fraction(1),) * m}
            scalars = {name: Fraction(random.choice((-1, 1)) * random.randint(5, 15), 10) for name in ("gamma", "beta", "a")}
            scalars["eps"] = Fraction(random.randint(5, 15), 10)
            if claim.mode == "eval":
                scalars |= {"mu": Fraction(3, 10), "var": Fraction(13, 10)}
            point = Point(m, arrays, scalars, claim.mode)
            for at in placements(claim, m):
                try:
                    sides = [floating.value(side, point, at, claim.local, True) for side in (claim.left, claim.right)]
                except (Undefined, Unlabelled, OverflowError):
                    continue
                left, right = sides
                same = alike(left, right, 1e-5, 1e-2) if abs(left - right) > 1e-6 else True
                if same is False and abs(left - right) > 1e-3:
                    return False
                met += bool(same)
    return True if met >= FEW else None
