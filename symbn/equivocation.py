"""In one chain one expression has one reading.

Each step of a chain is judged by itself, and may be true under a reading of its own: dxhat/dx the local derivative in one step,
the total one in the next. Then the ends of the chain need not be equal. So from the first step on that needs a caveat, every
member is compared with all those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from symbn.answer import PROVED, REFUTED, UNDECIDED, Step
from symbn.elaboration.readings import TRUE_ONLY_IF

Member = TypeVar("Member")


def is_withheld(step: Step) -> bool:
    """Tell whether a step is undecided since it is true under a reading only that is too loose to prove anything."""
    return step.verdict == UNDECIDED and (step.reason or "").startswith(TRUE_ONLY_IF)


def with_one_reading(step: Step, earlier: Iterable[tuple[Member, str]], ask: Callable[[Member], Step]) -> Step:
    """Return a step that may be true by itself, or what becomes of it if its right side is not an earlier member of its chain.

    earlier: the members before its left side, with their sources; ask: judges that one is equal to the right side.
    """
    for member, shown in earlier:
        against = ask(member)
        if against.verdict == PROVED:
            continue
        readings = f"true if {step.caveat}" if step.caveat is not None else step.reason or "true"
        note = f"alone it is {readings}; but then it is not what the chain has before, {shown}, which is compared here"
        step = replace(step, caveat=None, decision=against.decision, sympy=against.sympy)
        if against.verdict != REFUTED and step.verdict != PROVED:
            continue
        if against.verdict != REFUTED:
            reason = f"an earlier step needs another reading than this one: it cannot be told whether the right side is {shown}"
            return replace(step, verdict=UNDECIDED, reason=reason, notes=(*step.notes, note))
        return replace(
            step, verdict=REFUTED, readings=against.readings, statement=against.statement, reason=against.reason,
            counterexample=against.counterexample, true_up_to=against.true_up_to, notes=(*step.notes, note),
        )  # fmt: skip
    return step
