"""Proved, Refuted, Undecided: the answers, and the only functions that make them.

`prove` compares normal forms; `refute` evaluates both sides at a point and wants them to differ. The constructors ask for a
seal that stays in this module, so that no verdict is made by mistake. No verdict has a truth value.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from symbn.kernel import polynomial as poly
from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.goal import Goal
from symbn.kernel.normal import Normalizer, OutsideFragment
from symbn.kernel.polynomial import MAX_TERMS, TooLarge
from symbn.kernel.term import FEATURE, Index, KernelError, Term

_SEAL = object()


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


def prove(goal: Goal, general: bool = True, written_out: bool = True) -> Proved | Undecided:
    """Return Proved if the two sides have one normal form: the general one, or at the goal's batch the one written out."""
    answer: Proved | Undecided = Undecided(goal, "")
    poly.spent[0] = 0
    if goal.batch is not None and not goal.placements(goal.batch):
        return Undecided(goal, f"no indices of a batch of {goal.batch} satisfy the conditions")
    for method in [_normal_forms] * general + [_written_out] * (written_out and goal.batch is not None):
        try:
            answer = method(goal)
        except OutsideFragment as error:
            answer = Undecided(goal, str(error))
        except (TooLarge, RecursionError) as error:
            answer = Undecided(goal, f"budget: {error}")
        if isinstance(answer, Proved):
            break
    return answer


def _normal_forms(goal: Goal) -> Proved | Undecided:
    normalizer = Normalizer(goal.positive, goal.batch)
    value = normalizer.difference(goal.left, goal.right)
    same: dict[Index, Index] = {}
    for old, new in (sorted((c.left, c.right), key=lambda i: isinstance(i.name, int)) for c in goal.conditions if c.equal):
        same[old] = new
    for old, new in same.items():
        value = normalizer.renamed(value, old, new)
    pairs = [frozenset(same.get(i, i) for i in (c.left, c.right)) for c in goal.conditions if not c.equal]
    if any(len(pair) == 1 for pair in pairs) or sum(c.equal for c in goal.conditions) > 1:
        return Undecided(goal, "no indices satisfy the conditions, or there are several equalities among them")
    for case in normalizer.cases(value, frozenset(pairs)):
        if not case.bottom:
            return Undecided(goal, "a division by zero where some indices coincide")
        if case.top:
            return Undecided(goal, "the normal forms of the two sides differ", differs=True)
    return Proved(goal, tuple(dict.fromkeys(normalizer.divided_by.values())), _SEAL)


def _written_out(goal: Goal) -> Proved | Undecided:
    """Decide at the goal's batch size with every sum written out: complete, since c_1..c_(m-1) are independent."""
    if goal.batch is None or goal.batch > MAX_TERMS:
        raise TooLarge(f"a batch of {goal.batch} written out")
    if any(i.axis == FEATURE for i in goal.indices):
        raise OutsideFragment("the normal forms differ, and goals with features are not written out")
    normalizer = Normalizer(goal.positive, goal.batch, explicit=True)
    general = normalizer.difference(goal.left, goal.right)
    for at in goal.placements(goal.batch):
        value = general
        for old, new in at.items():
            value = normalizer.renamed(value, old, Index(new))
        if not normalizer.without_last(value.bottom):
            return Undecided(goal, "a division by zero")
        if normalizer.without_last(value.top):
            return Undecided(goal, f"the two sides differ at m = {goal.batch}", differs=True)
    return Proved(goal, tuple(dict.fromkeys(normalizer.divided_by.values())), _SEAL)


def refute(goal: Goal, point: Point) -> Refuted | Undecided:
    """Return Refuted if the point is admissible and the two sides differ there. Raises: KernelError if a value is missing."""
    if point.m < goal.least_batch() or (goal.batch is not None and point.m != goal.batch):
        return Undecided(goal, "the point has another batch size")
    values = (*point.scalars.items(), *((name, value) for (name, _), value in point.entries.items()))
    if not goal.admits(point.indices) or any(v <= 0 for name, v in values if name in goal.positive):
        return Undecided(goal, "the point violates a side condition")
    try:
        left, right = evaluate(goal.left, point), evaluate(goal.right, point)
    except (Undefined, Irrational) as error:
        return Undecided(goal, f"no exact value at the point: {error}")
    if left == right:
        return Undecided(goal, "the two sides agree at the point")
    return Refuted(goal, point, left, right, _SEAL)
