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

Member = TypeVar("Member")


def with_one_reading(step: Step, earlier: Iterable[tuple[Member, str]], ask: Callable[[Member], Step]) -> Step:
    """Return a proved step, or what becomes of it if its right side is not equal to an earlier member of its chain.

    earlier: the members before its left side, with their sources; ask: judges that one is equal to the right side.
    """
    for member, shown in earlier:
        against = ask(member)
        if against.verdict == PROVED:
            continue
        alone = "alone it is true" if step.caveat is None else f"alone it is true if {step.caveat}"
        note = f"{alone}; but then it is not what the chain has before, {shown}, which is compared here"
        step = replace(step, caveat=None, decision=against.decision, sympy=against.sympy)
        if against.verdict != REFUTED:
            reason = f"an earlier step needs another reading than this one: it cannot be told whether the right side is {shown}"
            return replace(step, verdict=UNDECIDED, reason=reason, notes=(*step.notes, note))
        return replace(
            step, verdict=REFUTED, readings=against.readings, statement=against.statement, reason=against.reason,
            counterexample=against.counterexample, true_up_to=against.true_up_to, notes=(*step.notes, note),
        )  # fmt: skip
    return step
