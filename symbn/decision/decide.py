"""One equation under all its readings -> one answer.

The language's own reading comes first. Proved under it: proved. Proved under another only: proved, with a caveat that names
the reading, unless the reading is too loose for that: then undecided. Refuted: false under every admissible reading, each
with a counterexample of its own. Anything else is undecided, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from symbn.diagnostic import Value
from symbn.elaboration.elaborate import Equation
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.readings import TooManyReadingsError
from symbn.kernel.goal import Goal
from symbn.kernel.verdict import Proved, Refuted, Undecided, prove


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Decision(Value):
    """equation: the reading that the verdict is about (None if no reading gave a goal). holds_below: see `Counterexample`."""

    verdict: Proved | Refuted | None
    equation: Equation | None
    reason: str | None = None
    holds_below: bool = False


SECONDS = 5.0
_BUDGET = "budget: the readings of the equation take longer than {:g} s: write the brackets and indices out, or split it"


def decide(equations: Iterator[Equation], seconds: float = SECONDS) -> Decision:
    """Return the decision over all readings. Raises: UnreadableError if a reading cannot be given a meaning.

    seconds: after that long no further reading is begun; one takes a few seconds at most, by the kernel's own budget.
    """
    deadline = monotonic() + seconds
    open_goals: list[tuple[Equation, Goal, Undecided | Refuted]] = []
    first: Equation | None = None
    reasons: list[str] = []
    while True:
        try:
            equation = next(equations, None)
            if equation is None:
                break
            if monotonic() > deadline:
                reasons.append(_BUDGET.format(seconds))
                break
            first = first or equation
            goal = equation.goal()
            answer = _answer(goal)
            if isinstance(answer, Proved):
                if not equation.reading.withheld:
                    return Decision(answer, equation)
                reasons.extend(equation.reading.withheld)
                continue
            open_goals.append((equation, goal, answer))
        except OutsideError as error:
            reasons.append(str(error))
            if first is None:
                break
        except TooManyReadingsError:
            reasons.append("there are more readings than are tried: write the brackets and indices out")
            break
    reasons.extend(doubt for equation, _, _ in open_goals for doubt in equation.reading.doubts)
    if reasons or not open_goals:
        return Decision(None, first, reasons[0] if reasons else "the equation has no admissible reading")
    # Looked for only now: a proof, which is what most formulas get, starts sooner without the search.
    from symbn.decision.refute import Counterexample, counterexample, is_false

    found = None
    for equation, goal, answer in open_goals:
        if monotonic() > deadline + seconds:
            reasons.append(_BUDGET.format(seconds))
            break
        if isinstance(answer, Refuted):
            found, first = (Counterexample(answer, False), equation) if found is None else (found, first)
            continue
        if found is None:
            found, first = counterexample(goal, answer.differs), equation
            false = found is not None
        else:
            false = is_false(goal, answer.differs, found.refuted.point)
        if not false:
            reasons.append(answer.reason if not answer.differs else "the sides differ, but no exact counterexample was found")
            break
    if found is None or reasons:
        return Decision(None, first, reasons[0] if reasons else "the equation has no admissible reading")
    return Decision(found.refuted, first, None, found.holds_below)


def _answer(goal: Goal) -> Proved | Undecided | Refuted:
    """Return what the kernel says. At a chosen batch size plain points are tried before every sum is written out: where the
    sides differ, a point shows it in time that grows as the batch does, and the sums in its square."""
    answer = prove(goal, written_out=False)
    if goal.batch is None or isinstance(answer, Proved):
        return answer
    from symbn.decision.refute import at_plain_points

    refuted = at_plain_points(goal)
    return prove(goal) if refuted is None else refuted


def proved(equations: Iterator[Equation], seconds: float = SECONDS) -> Equation | None:
    """Return the reading that `decide` would prove, or None; no time goes into a search for counterexamples.

    Raises: UnreadableError, as `decide` does.
    """
    deadline = monotonic() + seconds
    with suppress(TooManyReadingsError):
        while monotonic() <= deadline:
            with suppress(OutsideError):
                equation = next(equations, None)
                if equation is None:
                    return None
                if isinstance(_answer(equation.goal()), Proved) and not equation.reading.withheld:
                    return equation
    return None
