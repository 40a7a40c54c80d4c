"""Proved, Refuted, Undecided: the answers, and the only functions that make them.

`prove` compares normal forms; `refute` evaluates both sides at a point, exactly, and wants them to differ. The constructors ask for a
seal that stays in this module, so that no verdict is made by mistake. No verdict has a truth value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import NoReturn

from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.goal import Goal
from symbn.kernel.normal import Normalizer, OutsideFragment, Ratio
from symbn.kernel.polynomial import TooLarge
from symbn.kernel.term import FEATURE, Index, KernelError, Term

_SEAL = object()
MAX_EXPLICIT_BATCH = 4096


class _Verdict:
    __slots__ = ()

    def __post_init__(self) -> None:
        if getattr(self, "seal", _SEAL) is not _SEAL:
            raise KernelError("only symbn.kernel.verdict makes verdicts")

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict is not a truth value: ask which one it is")


@dataclass(frozen=True, slots=True)
class Proved(_Verdict):
    """The goal holds at every admissible point. nonzero: terms both sides are divided by, not known to differ from 0."""

    goal: Goal
    nonzero: tuple[Term, ...]
    seal: object


@dataclass(frozen=True, slots=True)
class Refuted(_Verdict):
    """The two sides have different values at an admissible point."""

    goal: Goal
    point: Point
    left: Fraction
    right: Fraction
    seal: object


@dataclass(frozen=True, slots=True)
class Undecided(_Verdict):
    """Nothing is claimed. differs: the normal forms differ, so that a counterexample is worth looking for."""

    goal: Goal
    reason: str
    differs: bool = False


def prove(goal: Goal) -> Proved | Undecided:
    """Return Proved if the two sides have one normal form: for every m, or for the batch size of the goal."""
    answer = _attempt(_normal_forms, goal)
    return answer if goal.batch is None or isinstance(answer, Proved) else _attempt(_written_out, goal)


def _attempt(method: Callable[[Goal], Proved | Undecided], goal: Goal) -> Proved | Undecided:
    try:
        return method(goal)
    except OutsideFragment as error:
        return Undecided(goal, str(error))
    except (TooLarge, RecursionError) as error:
        return Undecided(goal, f"budget: {error}")


def _normal_forms(goal: Goal) -> Proved | Undecided:
    normalizer = Normalizer(goal.positive, goal.batch)
    value = normalizer.difference(goal.left, goal.right)
    compared = frozenset(i for c in goal.conditions for i in (c.left, c.right))
    met = False
    for _, case in normalizer.cases(value, compared, goal.admits):
        met = True
        if not case.bottom:
            return Undecided(goal, "a division by zero where some indices coincide")
        if case.top:
            return Undecided(goal, "the normal forms of the two sides differ", differs=True)
    if not met:
        return Undecided(goal, "no indices satisfy the conditions")
    return Proved(goal, tuple(normalizer.divided_by.values()), _SEAL)


def _written_out(goal: Goal) -> Proved | Undecided:
    """Decide at the goal's batch size with every sum written out: complete, since c_1..c_(m-1) are independent."""
    if goal.batch is None or goal.batch > MAX_EXPLICIT_BATCH:
        raise TooLarge(f"a batch of {goal.batch} written out")
    if any(i.axis == FEATURE for i in goal.indices()):
        raise OutsideFragment("the normal forms differ, and goals with features are not written out")
    named = sorted((i for i in goal.indices() if isinstance(i.name, str)), key=lambda i: str(i.name))
    normalizer = Normalizer(goal.positive, goal.batch, explicit=True)
    general = normalizer.difference(goal.left, goal.right)
    # The entries are interchangeable, so beside the explicit ones it is enough to try one more position for each free index.
    places = range(1, min(goal.batch, goal.least_batch() + len(named)) + 1)
    met = False
    for choice in product(places, repeat=len(named)):
        if not goal.admits(at := dict(zip(named, choice, strict=True))):
            continue
        met, value = True, general
        for old, new in at.items():
            value = Ratio(normalizer.rename(value.top, old, Index(new)), normalizer.rename(value.bottom, old, Index(new)))
        if not normalizer.without_last(value.bottom):
            return Undecided(goal, "a division by zero")
        if normalizer.without_last(value.top):
            return Undecided(goal, f"the two sides differ at m = {goal.batch}", differs=True)
    if not met:
        return Undecided(goal, f"no indices of a batch of {goal.batch} satisfy the conditions")
    return Proved(goal, tuple(normalizer.divided_by.values()), _SEAL)


def refute(goal: Goal, point: Point) -> Refuted | Undecided:
    """Return Refuted if the point is admissible and the two sides differ there. Raises: KernelError if a value is missing."""
    if point.m < goal.least_batch() or (goal.batch is not None and point.m != goal.batch):
        return Undecided(goal, "the point has another batch size")
    if not goal.admits(point.indices) or any(point.scalars.get(name, 1) <= 0 for name in goal.positive):
        return Undecided(goal, "the point violates a side condition")
    try:
        left, right = evaluate(goal.left, point), evaluate(goal.right, point)
    except (Undefined, Irrational) as error:
        return Undecided(goal, f"no exact value at the point: {error}")
    if left == right:
        return Undecided(goal, "the two sides agree at the point")
    return Refuted(goal, point, left, right, _SEAL)
