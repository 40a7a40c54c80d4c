"""Each member of a chain against its first one: what follows, what only happens to be true, and where errors cancel."""

from __future__ import annotations

from dataclasses import replace

from symbn.answer import ASSUMED, PROVED, REFUTED, Step
from symbn.decision.decide import decide
from symbn.elaboration.conditions import on_indices
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.errors import SymbnError
from symbn.equivocation import is_withheld, with_one_reading
from symbn.following import calls
from symbn.following.chains import Chain, Side
from symbn.following.state import Claim, Follower, origin, short, source
from symbn.following.supposing import judged_under_hypotheses
from symbn.judging import Options
from symbn.kernel.verdict import Proved, Refuted
from symbn.repairing import with_repair
from symbn.syntax.tree import Node, Relation, names_in

_LOOKED_BACK = 8  # members of a chain, to see whether one of them comes back


def compare(follower: Follower, chain: Chain, options: Options, first: int) -> None:
    """Compare the members of a chain with its first one, say what follows from what, and repair what is wrong.

    The first member is taken as what the author wants to compute, so that a later one is true if it equals that.
    """
    if follower.head is None:
        return
    for place, right in enumerate(chain.sides[1:]):
        step = follower.steps[first + place]
        if place == 0 and not chain.continued:
            follower.caveat = step.caveat is not None
            equal = {PROVED: True, ASSUMED: True, REFUTED: False}.get(step.verdict)
            if step.verdict == REFUTED and options.repair:
                step = _repaired(step, follower, chain, options, place, [])
            head = step.lhs
        else:
            step, equal = _compared(step, follower, chain, options, place, follower.claims.get(first + place))
            head = source(follower, follower.head.source)
        follower.steps[first + place] = replace(step, chain_head=head, equals_head=equal)
        follower.members.append((right, equal))


def _compared(
    step: Step, follower: Follower, chain: Chain, options: Options, place: int, claim: Claim | None
) -> tuple[Step, bool | None]:
    """Return a later step of a chain with what there is to say of it, and whether its right side equals the first member."""
    assert follower.head is not None
    sound = follower.members[-1][1] is True
    right = chain.sides[place + 1].node
    follower.caveat = follower.caveat or step.caveat is not None
    if sound and step.verdict == PROVED and follower.caveat and claim is not None:
        step = _one_reading(step, follower, claim)
        if step.verdict != PROVED:
            return step, None if step.verdict != REFUTED else False
    plain = sound and step.verdict == PROVED
    equal = True if plain else _holds(follower.head.node, right, chain, options, follower)
    if not equal and any(h.lasting for h in follower.remembered):
        equal = None  # the section assumes something, which is not used here
    if is_withheld(step) and sound and equal is False and claim is not None:
        step = _one_reading(step, follower, claim)
        return step, False if step.verdict == REFUTED else None
    shown = short(source(follower, follower.head.source))
    notes = list(step.notes)
    again: Side | None = None
    if step.verdict == PROVED and equal is False:
        notes.append(f"true algebra inside a chain that is already false: the right side is not {shown}")
    elif step.verdict == REFUTED and equal:
        again = follower.head
        if sound:
            notes.append(f"the right side equals {shown}, although it does not follow from the left side")
    elif step.verdict == REFUTED and not sound:
        earlier = [side for side, _ in follower.members[-_LOOKED_BACK:-1] if side is not follower.head]
        again = next((side for side in reversed(earlier) if _holds(side.node, right, chain, options, follower)), None)
        if again is None and equal is False:
            notes.append(f"the left side was already wrong: it is not {shown}")
    if again is not None and not sound:
        line = follower.document.place(origin(again).start)[0]
        what = shown if again is follower.head else f"the member on line {line}, {short(source(follower, again.source))},"
        notes.append(
            "this step is wrong, and it puts right what was wrong before it: two errors cancel, "
            f"since the right side equals {what} again"
        )
    step = replace(step, notes=tuple(notes))
    if step.verdict == REFUTED and options.repair:
        step = _repaired(step, follower, chain, options, place, [again] if again is not None and not sound else [])
    return step, equal


def _one_reading(step: Step, follower: Follower, claim: Claim) -> Step:
    """Compare a step of a chain that has needed a caveat with every member before its left side."""
    members = [side for side, _ in follower.members[:-1]]
    looked_at = dict.fromkeys((*members[:1], *members[-_LOOKED_BACK:]))
    earlier = [(side, short(source(follower, side.source))) for side in looked_at]
    return with_one_reading(
        step, earlier, lambda side: judged_under_hypotheses(replace(claim, first=side, relation="="), follower.functions)
    )


def _repaired(step: Step, follower: Follower, chain: Chain, options: Options, place: int, right_again: list[Side]) -> Step:
    """Repair a refuted step: its left side, if the right one is right again; else its right side, to equal the left one or, if
    that is less far-fetched and the left one was wrong already, the first member of the chain."""
    left, right = chain.sides[place], chain.sides[place + 1]
    sides = [calls.called(side.node, follower.functions) for side in (left, right)]
    conditions = conditions_at(follower, chain, sides)
    if right_again:
        return with_repair(step, left.text.text, sides[1], sides[0], conditions, options, "left")
    near = with_repair(step, right.text.text, sides[0], sides[1], conditions, options)
    sound = not follower.members or follower.members[-1][1] is not False
    if sound or follower.head is None:
        return near
    head = calls.called(follower.head.node, follower.functions)
    shown = source(follower, follower.head.source)
    far = with_repair(step, right.text.text, head, sides[1], conditions, options, other=shown)
    if near.repair is None or far.repair is None:
        return far if near.repair is None else near
    return near if near.repair.cost <= far.repair.cost else far


def conditions_at(follower: Follower, chain: Chain, sides: list[Node]) -> tuple[Relation, ...]:
    """Return the conditions of a chain and of its sentence that say something about these sides."""
    conditions = (*chain.conditions, *(h.relation for h in follower.hypotheses if h.usable))
    names = names_in(sides[0]) | names_in(sides[1])
    return tuple(h for h in conditions if not on_indices(h) or names_in(h) <= names)


def _holds(left: Node, right: Node, chain: Chain, options: Options, follower: Follower) -> bool | None:
    if options.spent is not None:
        return None
    sides = [calls.called(left, follower.functions), calls.called(right, follower.functions)]
    used = conditions_at(follower, chain, sides)
    try:
        verdict = decide(readings(sides[0], sides[1], used, options.notation, options.batch)).verdict
    except (SymbnError, OutsideError):
        return None
    except Exception:
        return None  # Our own fault; the step itself reports it.
    return True if isinstance(verdict, Proved) else False if isinstance(verdict, Refuted) else None
