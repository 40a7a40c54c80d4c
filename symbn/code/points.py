"""Exact inputs at a shape at which every root is rational: small whole numbers, and eps so that var + eps is a square."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random
from time import monotonic

from symbn.code.roots import EPS, replaced
from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.goal import Goal
from symbn.kernel.term import Power, Term, Var, num, subterms
from symbn.kernel.verdict import Refuted, refute

Scalars = dict[str, Fraction]
TRIES = 400


def refuted_at_scalars(goal: Goal, groups: Sequence[Sequence[Var]], seconds: float) -> Refuted | None:
    """Return a refutation of a goal over scalars, or None. groups: the entries of x that are normalised together."""
    deadline = monotonic() + seconds
    for scalars in points(goal, groups) if seconds > 0 else ():
        if monotonic() > deadline:
            break
        answer = refute(goal, Point(1, scalars))
        if isinstance(answer, Refuted):
            return answer
    return None


def points(goal: Goal, groups: Sequence[Sequence[Var]]) -> Iterator[Scalars]:
    """Yield values for the scalars of the goal, the plainest first."""
    nodes = [node for side in (goal.left, goal.right) for node in subterms(side)]
    names = sorted({node.name for node in nodes if isinstance(node, Var)})
    radicands = list(dict.fromkeys(n.base for n in nodes if isinstance(n, Power) and n.exponent.denominator != 1))
    # What eps has to be is found from the radicands at eps = 0 and 1.
    ends = [
        (replaced(radicand, {EPS: num(0)}), replaced(radicand, {EPS: num(1)}))
        for radicand in radicands
        if any(part == EPS for part in subterms(radicand))
    ]
    degree = max([2, *(n.exponent.denominator for n in nodes if isinstance(n, Power))])
    if any(isinstance(part, Power) and part.exponent.denominator != 1 for base in radicands for part in subterms(base)):
        degree = 4
    for number in range(TRIES):
        scalars = _values(names, groups, number)
        for root in (2 + number % 3, *((5, 7) if number else (3, 4))):
            chosen = _with_root(scalars, ends, root, degree)
            if chosen is not None:
                yield chosen


def _values(names: Sequence[str], groups: Sequence[Sequence[Var]], number: int) -> Scalars:
    """Every group of x is the first one turned and shifted, so that one eps serves the variances of all."""
    random = Random(f"symbn {number}")
    widest = 2 if number < 3 else 4 if number < 50 else 12
    size = max((len(group) for group in groups), default=1)
    first = [2 * place for place in range(size)] if number == 0 else [random.randint(0, widest * 2) for _ in range(size)]
    scalars: Scalars = {}
    for turn, group in enumerate(groups):
        for place, entry in enumerate(group):
            scalars[entry.name] = Fraction(
                first[(place + turn) % len(group)] + (turn if number < 3 else random.choice((0, turn)))
            )
    own = {entry.name for group in groups for entry in group}
    for name in names:
        if name in own:
            continue
        kind = name.split("[")[0]
        if kind == "eps":
            scalars[name] = Fraction(1)
        elif kind == "gamma":
            scalars[name] = Fraction(1 if number == 0 else random.choice((2, 3, -1, -2, 5)))
        elif kind == "beta":
            scalars[name] = Fraction(0 if number == 0 else random.randint(-3, 3))
        else:
            scalars[name] = Fraction(1 if number == 0 and name.rstrip("]").endswith("0") else random.randint(-widest, widest))
    return {name: value for name, value in scalars.items() if name in names or name in own}


def _with_root(scalars: Scalars, ends: Sequence[tuple[Term, Term]], root: int, degree: int) -> Scalars | None:
    """Choose eps so that the first radicand that holds it is a power of the root, or of a larger one. None if none will do."""
    if "eps" not in scalars:
        return scalars
    for ends_of_one in ends:
        at = Point(1, {name: value for name, value in scalars.items() if name != "eps"})
        try:
            low, high = (evaluate(end, at) for end in ends_of_one)
        except (Undefined, Irrational):
            continue
        if high == low:
            continue
        for larger in range(root, root + 12):
            value = (Fraction(larger) ** degree - low) / (high - low)
            if value > 0:
                return {**scalars, "eps": value}
        return None
    return scalars
