"""Each member of a chain against its first one: what follows, what only happens to be true, and where errors cancel."""

from __future__ import annotations

from dataclasses import replace

from symbn.answer import ASSUMED, PROVED, REFUTED
from symbn.decision.decide import decide
from symbn.elaboration.conditions import on_indices
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.errors import SymbnError
from symbn.following import defining
from symbn.following.chains import Chain
from symbn.following.state import Follower, names_in, short, source
from symbn.judging import Options
from symbn.kernel.verdict import Proved, Refuted
from symbn.syntax.tree import Node


def compare(follower: Follower, chain: Chain, options: Options, first: int) -> None:
    """Compare the members of a chain with its first one, and say what follows from what."""
    head = follower.head
    if head is None:
        return
    sound = True
    for place, right in enumerate(chain.sides[1:]):
        number = first + place
        step = follower.steps[number]
        if place == 0 and not chain.continued:
            sound = step.verdict in (PROVED, ASSUMED)
            holds = {PROVED: True, ASSUMED: True, REFUTED: False}.get(step.verdict)
            follower.steps[number] = replace(step, chain_head=step.lhs, equals_head=holds)
            continue
        equal = True if sound and step.verdict == PROVED else _holds(head.node, right.node, chain, options, follower)
        notes = list(step.notes)
        shown = short(source(follower, head.source))
        if step.verdict == REFUTED and equal and not sound:
            notes.append(
                "this step is wrong, and it puts right what was wrong before it: two errors cancel, "
                f"since the right side equals {shown} again"
            )
        elif step.verdict == REFUTED and equal:
            notes.append(f"the right side equals {shown}, although it does not follow from the left side")
        elif step.verdict == PROVED and equal is False:
            notes.append(f"true algebra inside a chain that is already false: the right side is not {shown}")
        elif step.verdict == REFUTED and equal is False and not sound:
            notes.append(f"the left side was already wrong: it is not {shown}")
        follower.steps[number] = replace(step, notes=tuple(notes), chain_head=source(follower, head.source), equals_head=equal)
        sound = equal is True


def _holds(left: Node, right: Node, chain: Chain, options: Options, follower: Follower) -> bool | None:
    conditions = (*chain.conditions, *(h.relation for h in follower.hypotheses))
    sides = (defining.called(left, follower.functions), defining.called(right, follower.functions))
    names = names_in(sides[0]) | names_in(sides[1])
    used = tuple(h for h in conditions if not on_indices(h) or names_in(h) <= names)
    try:
        verdict = decide(readings(*sides, used, options.notation, options.batch)).verdict
    except (SymbnError, OutsideError):
        return None
    except Exception:
        return None  # Our own fault; the step itself reports it.
    return True if isinstance(verdict, Proved) else False if isinstance(verdict, Refuted) else None
