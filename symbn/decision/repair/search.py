"""The search: candidates by cost, a sieve by values at random points, and the kernel's proof of what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from time import monotonic

from symbn.decision.decide import proved
from symbn.decision.repair import factors, names, powers, signs
from symbn.decision.repair.edits import Candidate, Edit, apply
from symbn.decision.repair.points import PRIME, RandomPoint
from symbn.decision.repair.sieve import Sieve, Values, alone, values
from symbn.decision.repair.view import View
from symbn.diagnostic import Span, Value
from symbn.elaboration.elaborate import Equation, readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.notation import Notation
from symbn.elaboration.readings import TooManyReadingsError
from symbn.elaboration.scope import Scope
from symbn.errors import UnreadableError
from symbn.kernel.term import KernelError
from symbn.syntax.tree import Node, Relation

GENERATORS: tuple[Callable[[View], Iterator[Candidate]], ...] = (
    signs.signs, signs.brackets, signs.terms, powers.powers, powers.epsilons, factors.factors, factors.extra,
    factors.numbers, factors.upstream, factors.entries, names.symbols, names.indices, names.sums,
)  # fmt: skip
MAX_BATCH = 32
_OMITTED = " without an index "
_PLAUSIBLE = (UnreadableError, OutsideError, TooManyReadingsError, KernelError, RecursionError)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Budget(Value):
    """Counts, so that results do not depend on the clock. single, pairs: candidates tried with one edit and with two.
    proofs: goals handed to the kernel. seconds: a net for what is pathological."""

    single: int = 900
    pairs: int = 700
    proofs: int = 12
    seconds: float = 2.0
    pair_seconds: float = 1.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Found(Value):
    """A repair, proved. edits: of the text. side: the corrected side. changed: its new parts, as spans of `side`. caveat: the
    reading without which the corrected equation fails, and which the original did not need. cost: how far-fetched it is."""

    code: str
    message: str
    edits: tuple[Edit, ...]
    side: str
    changed: tuple[Span, ...]
    caveat: str | None = None
    cost: int = 0


@dataclass(slots=True)
class Question:
    """What a candidate is asked: is the edited side equal to the target at the points, and for the kernel."""

    view: View
    conditions: tuple[Relation, ...]
    batch: int | None
    points: tuple[RandomPoint, ...]
    targets: list[Values]
    written: Values | None
    usual: frozenset[str]
    sieve: Sieve
    omitted: bool
    proofs: int
    deadline: float

    def value(self, edits: tuple[Edit, ...]) -> Values | None:
        """Return the values of the edited side in the language's own reading."""
        node = self.sieve.edited(edits)
        return None if node is None else self.value_of(node)

    def value_of(self, node: Node) -> Values | None:
        try:
            if not self.omitted:
                return values(self.sieve.meaning(node), self.points)
            equation = next(readings(self.view.target, node, self.conditions, self.view.notation, self.batch))
        except _PLAUSIBLE:
            return None
        left, right = values(equation.left, self.points), values(equation.right, self.points)
        if left is None or right is None:
            return None
        # Both sides may have got another letter for an index that is left out, so it is their difference that counts.
        return tuple((t + r - v) % PRIME for t, r, v in zip(self.targets[0], right, left, strict=True))

    def passes(self, found: Values | None) -> bool:
        return found is not None and found in self.targets

    def proved(self, candidate: Candidate) -> Found | None:
        """Read the edited side again from its text, and hand the equation to the kernel."""
        side, changed = apply(self.view.text, self.view.side, candidate.edits)
        node = alone(" " * self.view.pad + side, self.view.latex)
        if node is None:
            return None
        self.proofs -= 1
        try:
            equation = proved(readings(self.view.target, node, self.conditions, self.view.notation, self.batch), 1.0)
        except _PLAUSIBLE:
            return None
        if equation is None:
            return None
        new = [caveat for caveat in equation.reading.caveats if _place(caveat) not in self.usual]
        return Found(candidate.code, candidate.message, candidate.edits, side, changed, "; ".join(new) or None, candidate.cost)


def ask(
    text: str,
    target: Node,
    written: Node,
    conditions: tuple[Relation, ...],
    notation: Notation,
    batch: int | None,
    budget: Budget,
) -> Question | None:
    """Prepare the question, or return None if the equation is outside what is searched."""
    try:
        tried: list[Equation] = []
        with suppress(TooManyReadingsError):
            tried.extend(islice(readings(target, written, conditions, notation, batch), 8))
        first = tried[0]
        scope = Scope.of((target, written), conditions, notation)
    except (*_PLAUSIBLE, IndexError):
        return None
    batch = first.batch
    view = View(text, written, target, notation, scope)
    numbers = [i for i in scope.numbers if i < 1000]
    least = max([1, *numbers])
    if (batch or least) > MAX_BATCH:
        return None
    apart = RandomPoint(first.graph, batch or max(least, 3), 2, False, 1)
    together = RandomPoint(first.graph, batch or max(least + 1, 4), 2, True, 2)
    same, different = any(c.equal for c in first.conditions), any(not c.equal for c in first.conditions)
    points = (together,) if same else (apart,) if different else (apart, together)
    found = [values(equation.left, points) for equation in tried]
    targets = list(dict.fromkeys(value for value in found if value is not None))
    if not targets:
        return None
    usual = frozenset(_place(caveat) for caveat in first.reading.caveats)
    # Where an index is left out, what it stands for depends on the letters of the whole equation.
    # A matrix equation is read as a whole, too.
    omitted, sieve = view.capital or any(_OMITTED in caveat for caveat in usual), Sieve(view, first.graph, batch)
    own, deadline = values(first.right, points), monotonic() + budget.seconds
    return Question(view, conditions, batch, points, targets, own, usual, sieve, omitted, budget.proofs, deadline)


def _place(caveat: str) -> str:
    """Return a caveat without the letter that it chose, which may be another one after an edit."""
    return caveat.split(_OMITTED)[0] + _OMITTED if _OMITTED in caveat else caveat


def candidates(view: View) -> list[Candidate]:
    """Return all single edits, the likeliest first; of edits that give one text the first one is kept."""
    found = sorted((candidate for generate in GENERATORS for candidate in generate(view)), key=lambda c: c.order)
    unique: dict[str, Candidate] = {}
    for candidate in found:
        unique.setdefault(apply(view.text, view.side, candidate.edits)[0], candidate)
    return list(unique.values())


@dataclass(slots=True)
class Sieved:
    """One candidate and the values of the side with it."""

    candidate: Candidate
    value: Values


def search(question: Question, budget: Budget) -> tuple[Found | None, list[Sieved]]:
    """Return the first single edit that is proved, and the values of all that were tried.

    One that needs a reading is taken only if nothing of about its cost does without.
    """
    sieved: list[Sieved] = []
    second: Found | None = None
    limit: int | None = None
    for candidate in islice(candidates(question.view), budget.single):
        if monotonic() > question.deadline or question.proofs <= 0 or (limit is not None and candidate.cost > limit):
            break
        value = question.value(candidate.edits)
        if value is None:
            continue
        if question.passes(value):
            found = question.proved(candidate)
            if found is not None and found.caveat is None:
                return found, sieved
            if second is None and found is not None:
                second, limit = found, candidate.cost + 6
        sieved.append(Sieved(candidate, value))
    return second, sieved
