"""Looking for a counterexample that a person can redo on paper: the smallest batch, small whole numbers, rational roots.

A radicand such as var + eps is made a perfect power by choosing eps = r^q - var for a small r (q = 2 for square roots, 4 if
quarter powers occur). At each batch size m = 1, 2, 3, ... a few simple points are tried, then the kernel decides that size
completely; so "the smallest m" and "true for m <= k" are proved, not sampled. What is found is claimed by
`kernel.verdict.refute` alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product
from math import lcm
from random import Random
from time import monotonic

from symbn.diagnostic import Value
from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.goal import Goal
from symbn.kernel.term import BATCH, Add, Entry, Index, KernelError, Power, Sum, Term, Var, free_indices, subterms
from symbn.kernel.verdict import Proved, Refuted, Undecided, prove, refute

LARGEST_BATCH = 12
WIDEST = 40  # of the spread and the root that are tried where several roots have to be rational at once
MAX_PLACES = 64
_PLAIN = 2  # points that are tried at each batch size before it is decided completely
SECONDS = 2.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Counterexample(Value):
    """A refutation at the smallest batch size. holds_below: the goal is proved for every smaller batch that has its entries."""

    refuted: Refuted
    holds_below: bool


def counterexample(goal: Goal, differs: bool) -> Counterexample | None:
    """Return a counterexample, or None. differs: the normal forms are known to differ, so that a longer search pays."""
    plan = _Plan(goal)
    deadline = monotonic() + SECONDS
    first = goal.batch or goal.least_batch()
    last = goal.batch or max(first + 3, LARGEST_BATCH if differs else 4)
    holds = True
    for m in range(first, last + 1):
        if monotonic() > deadline:
            break
        found = _search(goal, plan.points(m, _PLAIN), deadline)
        if found is None:
            decided = _decided(replace(goal, batch=m))
            if isinstance(decided, Proved):
                continue
            if "no indices" not in decided.reason:
                found = _search(goal, plan.points(m, 40 if decided.differs else 12, skip=_PLAIN), deadline)
                holds = holds and found is not None
        if found is not None:
            return Counterexample(found, holds and goal.batch is None and m > first)
    if first <= 2 and goal.batch in (None, 2) and (found := _search(goal, plan.several_roots(), deadline)) is not None:
        return Counterexample(found, False)
    return None


def is_false(goal: Goal, differs: bool, hint: Point) -> bool:
    """Tell whether the goal is refuted somewhere. hint: a point that refutes a goal much like it, which is tried first."""
    if {i for i in goal.indices if isinstance(i.name, str)} <= set(hint.indices):
        try:
            if isinstance(refute(goal, hint), Refuted):
                return True
        except KernelError:
            pass  # The hint lacks a value that this goal needs.
    return counterexample(goal, differs) is not None


def _decided(goal: Goal) -> Proved | Undecided:
    """Decide a small batch size. The general forms have told the sides apart already; they are asked again, at this size, only
    where the sums written out give no answer."""
    answer = prove(goal, general=False)
    return answer if isinstance(answer, Proved) or answer.differs else prove(goal)


def at_plain_points(goal: Goal) -> Refuted | None:
    """Return a refutation at one of the plainest points of the goal's batch size, or None; without a longer search."""
    return None if goal.batch is None else _search(goal, _Plan(goal).points(goal.batch, _PLAIN), monotonic() + SECONDS)


def _search(goal: Goal, points: Iterator[Point], deadline: float) -> Refuted | None:
    for point in points:
        if monotonic() > deadline:
            break
        answer = refute(goal, point)
        if isinstance(answer, Refuted):
            return answer
    return None


class _Plan:
    """What a point of the goal has to give values to."""

    def __init__(self, goal: Goal) -> None:
        self.goal = goal
        self.families: dict[str, tuple[Index, ...]] = {}
        self.scalars: set[str] = set()
        radicands: dict[Term, int] = {}
        self.wide = False
        for term in subterms(Add((goal.left, goal.right))):
            if isinstance(term, Entry):
                self.families[term.name] = term.indices
                self.wide = self.wide or any(i.axis != BATCH for i in term.indices)
            elif isinstance(term, Var) and term.name not in ("m", "n"):
                self.scalars.add(term.name)
            elif isinstance(term, Power) and term.exponent.denominator != 1:
                radicands[term.base] = lcm(radicands.get(term.base, 1), term.exponent.denominator)
            elif isinstance(term, Sum) and term.index.axis != BATCH:
                self.wide = True
        self.features = [1, *(i.name for i in goal.indices if isinstance(i.name, int) and i.axis != BATCH)]
        self.degree = lcm(*radicands.values())
        self.quarters = self.degree > 2
        if any(self._nested(base) for base in radicands):
            self.degree = max(self.degree, 4)
        self.radicands = [base for base in radicands if not free_indices(base) or self.wide]

    def _nested(self, base: Term) -> bool:
        return any(isinstance(term, Power) and term.exponent.denominator != 1 for term in subterms(base))

    def points(self, m: int, count: int, skip: int = 0) -> Iterator[Point]:
        """Yield points of batch size m, the plainest first, each at every place of the free indices."""
        for number in range(skip, skip + count):
            base = self.values(m, number)
            if base is None:
                continue
            for at in self.places(m, base.n):
                yield replace(base, indices=at)

    def places(self, m: int, n: int) -> Iterator[dict[Index, int]]:
        named = sorted((i for i in self.goal.indices if isinstance(i.name, str)), key=lambda i: (i.axis, str(i.name)))
        places = product(*(range(1, (m if i.axis == BATCH else n) + 1) for i in named))
        choices = (dict(zip(named, place, strict=True)) for place in places)
        yield from islice((at for at in choices if self.goal.admits(at)), MAX_PLACES)

    def values(self, m: int, number: int) -> Point | None:
        random = Random(f"{m} {number}")
        n = max(1 if not self.wide or (number % 2 == 0 and m > 1) else 2, *self.features)
        entries: dict[tuple[str, tuple[int, ...]], Fraction] = {}
        for name, indices in sorted(self.families.items()):
            sizes = [range(1, (m if i.axis == BATCH else n) + 1) for i in indices]
            salt = random.randint(0, 10**6)
            for place in product(*sizes):
                entries[name, place] = Fraction(_entry(name, place, len(sizes), m, number, salt))
        scalars = {name: Fraction(_scalar(name, name in self.goal.positive, number, random)) for name in sorted(self.scalars)}
        point = Point(m, scalars, entries, n=n)
        return self.with_roots(point, 2 + number % 3 if number < 3 else random.randint(2, 7))

    def several_roots(self) -> Iterator[Point]:
        """Yield points of a batch of two for goals with unrelated radicands, such as var + eps and var/2 + eps.

        The variance is then the square of half the spread, whatever that is, and var + eps = root^degree: of the pairs of
        spread and root a few make the other radicand a square too. Fourth powers are not looked for: var = b^4 - a^4 is no
        square (Fermat), and its like are as rare.
        """
        base = self.values(2, 1)
        if self.quarters or len(set(self.radicands)) < 2 or "x" not in self.families or self.wide or base is None:
            return
        for root, spread in product(range(1, WIDEST), range(1, WIDEST)):
            moved: dict[tuple[str, tuple[int, ...]], Fraction] = {("x", (1,)): Fraction(0), ("x", (2,)): Fraction(spread)}
            point = self.with_roots(replace(base, entries={**base.entries, **moved}), root, 1)
            if point is not None:
                for at in self.places(2, 1):
                    yield replace(point, indices=at)

    def with_roots(self, point: Point, root: int, tries: int = 40) -> Point | None:
        """Choose eps so that the first radicand that holds it is root^degree, or that of the next root. None if that would
        make eps negative."""
        for radicand in self.radicands:
            inner = {term.name for term in subterms(radicand) if isinstance(term, Var)}
            at = replace(point, indices=dict.fromkeys(free_indices(radicand), 1))
            for name in sorted(inner & self.goal.positive, key=lambda name: name != "eps"):
                try:
                    low, high = (evaluate(radicand, _set(at, name, value)) for value in (0, 1))
                except (Undefined, Irrational, KernelError):
                    continue
                if high == low:
                    continue
                for larger in range(root, root + tries):
                    value = (larger**self.degree - low) / (high - low)
                    if value > 0:
                        return _set(point, name, value)
                return None
        return point


def _set(point: Point, name: str, value: Fraction | int) -> Point:
    return replace(point, scalars={**point.scalars, name: Fraction(value)})


def _entry(name: str, place: tuple[int, ...], slots: int, m: int, number: int, salt: int) -> int:
    """The plainest points first: x = (0, 2, ..), g = (1, 0, ..).

    With features, every column of x is the first one turned and shifted, so that one eps serves the variances of all.
    """
    example, feature = place[0], place[1] if slots > 1 else 1
    if name in ("var", "eps"):
        return 1  # in evaluation mode the variance of every feature is an input; one value, so that one eps serves all
    if slots > 1 and name == "x":
        return _entry(name, ((example + feature - 2) % m + 1,), 1, m, number, salt) + feature - 1
    if number == 0:
        return (2 * (example - 1) if m > 1 else 2) if name == "x" else int(example == feature)
    if number == 1:
        return (0, 3, 0, 6, 1, 9, 4, 2)[(example - 1) % 8] if name == "x" else (2, 1, 5, 3)[(example + feature) % 4]
    width = 4 if number < 12 else 20
    return Random(f"{salt} {name} {place}").randint(-width, width)


def _scalar(name: str, positive: bool, number: int, random: Random) -> int:
    if number == 0:
        return 0 if name == "beta" else 1
    if number == 1:
        return 1 if name == "beta" else 2
    return random.randint(1, 9) if positive else random.choice((-3, -2, -1, 2, 3, 5))
