"""The search: candidates by cost, a sieve by values at random points, and the kernel's proof of what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from time import monotonic

from symbn.decision.decide import decide
from symbn.decision.repair import factors, names, powers, signs
from symbn.decision.repair.edits import Candidate, Edit, apply
from symbn.decision.repair.points import RandomPoint
from symbn.decision.repair.view import View
from symbn.diagnostic import Span, Value
from symbn.elaboration.context import Context, Inside
from symbn.elaboration.elaborate import Equation, meaning_of, readings
from symbn.elaboration.meaning import Meaning, OutsideError
from symbn.elaboration.notation import Notation
from symbn.elaboration.readings import Choices, TooManyReadingsError
from symbn.elaboration.scope import Scope
from symbn.errors import UnreadableError
from symbn.kernel.verdict import Proved
from symbn.layers.graph import Graph
from symbn.syntax.parser import parse
from symbn.syntax.tree import Group, Name, Node, Number, Relation, Scripted

GENERATORS: tuple[Callable[[View], Iterator[Candidate]], ...] = (
    signs.signs, signs.brackets, signs.terms, powers.powers, powers.epsilons, factors.factors, factors.extra, factors.numbers,
    factors.upstream, names.symbols, names.indices, names.sums,
)  # fmt: skip
MAX_BATCH = 32
_OMITTED = " without an index "
_PLAUSIBLE = (UnreadableError, OutsideError, TooManyReadingsError, RecursionError)


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
    reading without which the corrected equation fails, and which the original did not need."""

    code: str
    message: str
    edits: tuple[Edit, ...]
    side: str
    changed: tuple[Span, ...]
    caveat: str | None = None


@dataclass(slots=True)
class Question:
    """What a candidate is asked: is the edited side equal to the target at the points, and for the kernel."""

    view: View
    conditions: tuple[Relation, ...]
    batch: int | None
    points: tuple[RandomPoint, ...]
    targets: list[tuple[int, ...]]
    written: tuple[int, ...] | None
    usual: frozenset[str]
    sieve: Sieve | None
    proofs: int
    deadline: float

    def parsed(self, edits: tuple[Edit, ...]) -> tuple[Node, str, tuple[Span, ...]] | None:
        """Return the edited side, read again from its text."""
        side, changed = apply(self.view.text, self.view.side, edits)
        pad = self.view.pad
        try:
            statements = parse(" " * pad + side, "latex" if self.view.latex else "plain")
        except UnreadableError:
            return None
        if len(statements) != 1 or statements[0].relations or statements[0].conditions:
            return None
        return statements[0].sides[0], side, changed

    def value(self, node: Node, side: str) -> tuple[int, ...] | None:
        """Return the values of the edited side in the language's own reading."""
        try:
            if self.sieve is not None:
                return values(self.sieve.meaning(node, side), self.points)
            equation = next(readings(self.view.target, node, self.conditions, self.view.notation, self.batch))
        except _PLAUSIBLE:
            return None
        return values(equation.right, self.points)

    def passes(self, found: tuple[int, ...] | None) -> bool:
        return found is not None and found in self.targets

    def proved(self, candidate: Candidate, node: Node, side: str, changed: tuple[Span, ...]) -> Found | None:
        """Hand the edited equation to the kernel."""
        self.proofs -= 1
        try:
            decision = decide(readings(self.view.target, node, self.conditions, self.view.notation, self.batch))
        except _PLAUSIBLE:
            return None
        if not isinstance(decision.verdict, Proved) or decision.equation is None:
            return None
        new = [caveat for caveat in decision.equation.reading.caveats if _place(caveat) not in self.usual]
        return Found(candidate.code, candidate.message, candidate.edits, side, changed, "; ".join(new) or None)


class Sieve:
    """Gives sides that differ in a few characters their meaning, in the first reading; parts with the same text are read once.

    The scope is that of the original equation. A candidate that changes it may be missed, but never wrongly shown.
    """

    def __init__(self, view: View, graph: Graph, batch: int | None) -> None:
        self.context = Context(view.scope, graph, Choices({}), view.notation, batch, self.read)
        self.pad, self.side = view.pad, ""
        self.memo: dict[tuple[type, str, Inside], Meaning] = {}

    def meaning(self, node: Node, side: str) -> Meaning:
        self.side = side
        return self.context.read(node, Inside())

    def read(self, context: Context, node: Node, inside: Inside) -> Meaning:
        if isinstance(node, Name | Number | Scripted | Group):
            # Cheap; and the elaboration makes up nodes of these kinds whose span is another node's.
            return meaning_of(context, node, inside)
        key = type(node), self.side[node.span.start - self.pad : node.span.end - self.pad], inside
        if key not in self.memo:
            self.memo[key] = meaning_of(context, node, inside)
        return self.memo[key]


def values(meaning: Meaning, points: tuple[RandomPoint, ...]) -> tuple[int, ...] | None:
    found: list[int] = []
    for point in points:
        value = point.value(meaning)
        if value is None:
            return None
        found.append(value)
    return tuple(found)


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
        try:
            tried.extend(islice(readings(target, written, conditions, notation, batch), 8))
        except TooManyReadingsError:
            pass
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
    sieve = None if any(_OMITTED in caveat for caveat in usual) else Sieve(view, first.graph, batch)
    written_value, deadline = values(first.right, points), monotonic() + budget.seconds
    return Question(view, conditions, batch, points, targets, written_value, usual, sieve, budget.proofs, deadline)


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
    value: tuple[int, ...]


def search(question: Question, budget: Budget) -> tuple[Found | None, list[Sieved]]:
    """Return the first single edit that is proved, and the values of all that were tried."""
    sieved: list[Sieved] = []
    second: Found | None = None
    limit: int | None = None
    for candidate in islice(candidates(question.view), budget.single):
        if monotonic() > question.deadline or question.proofs <= 0 or (limit is not None and candidate.cost > limit):
            break
        parsed = question.parsed(candidate.edits)
        if parsed is None:
            continue
        value = question.value(*parsed[:2])
        if value is None:
            continue
        if question.passes(value):
            found = question.proved(candidate, *parsed)
            if found is not None and found.caveat is None:
                return found, sieved
            if second is None and found is not None:
                # One that needs a reading is taken only if nothing of about its cost does without.
                second, limit = found, candidate.cost + 6
        sieved.append(Sieved(candidate, value))
    return second, sieved
