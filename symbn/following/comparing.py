"""Each member of a chain against its first one: what follows, what only happens to be true, and where errors cancel."""

from __future__ import annotations

from dataclasses import replace

from symbn.answer import ASSUMED, PROVED, REFUTED, UNDECIDED, Step
from symbn.decision.decide import decide
from symbn.elaboration.conditions import on_indices
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.readings import TRUE_ONLY_IF
from symbn.errors import SymbnError
from symbn.following import defining
from symbn.following.chains import Chain, Side
from symbn.following.state import Follower, origin, short, source
from symbn.judging import Options, in_doubt, judge
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
            equal = {PROVED: True, ASSUMED: True, REFUTED: False}.get(step.verdict)
            if step.verdict == REFUTED and options.repair:
                step = _repaired(step, follower, chain, options, place, [])
            head = step.lhs
        else:
            step, equal = _compared(step, follower, chain, options, place)
            head = source(follower, follower.head.source)
        follower.steps[first + place] = replace(step, chain_head=head, equals_head=equal)
        follower.members.append((right, equal))


def _compared(step: Step, follower: Follower, chain: Chain, options: Options, place: int) -> tuple[Step, bool | None]:
    """Return a later step of a chain with what there is to say of it, and whether its right side equals the first member."""
    assert follower.head is not None
    sound = follower.members[-1][1] is True
    right = chain.sides[place + 1].node
    plain = sound and step.verdict == PROVED and step.caveat is None
    equal = True if plain else _holds(follower.head.node, right, chain, options, follower)
    if not equal and any(h.lasting for h in follower.remembered):
        equal = None  # the section assumes something, which is not used here
    if step.caveat is not None and (over := options.spent) is not None:
        return replace(in_doubt(step, over), caveat=None), None  # the chain may need another reading before it
    shown = short(source(follower, follower.head.source))
    notes = list(step.notes)
    again: Side | None = None
    withheld = step.verdict == UNDECIDED and (step.reason or "").startswith(TRUE_ONLY_IF)
    if ((step.verdict == PROVED and step.caveat is not None) or withheld) and sound and equal is False:
        return _other_reading(step, follower, chain, options, right), False
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


def _other_reading(step: Step, follower: Follower, chain: Chain, options: Options, right: Node) -> Step:
    """A step that is true only under another reading of its left side than the step before it needed: the chain is false, and
    the counterexample is that of its first member against the right side."""
    assert follower.head is not None
    sides = [defining.called(side, follower.functions) for side in (follower.head.node, right)]
    against = judge(follower.document.text, (sides[0], "=", sides[1]), conditions_at(follower, chain, sides), options)
    shown = short(source(follower, follower.head.source))
    alone = f"true if {step.caveat}" if step.caveat is not None else step.reason
    note = f"alone it is {alone}; but then it is not what the chain began with, {shown}, which is compared here"
    return replace(
        step, verdict=against.verdict, caveat=None, readings=against.readings, statement=against.statement,
        reason=against.reason, counterexample=against.counterexample, true_up_to=against.true_up_to, notes=(*step.notes, note),
    )  # fmt: skip


def _repaired(step: Step, follower: Follower, chain: Chain, options: Options, place: int, right_again: list[Side]) -> Step:
    """Repair a refuted step: its left side, if the right one is right again; else its right side, to equal the left one or, if
    that is less far-fetched and the left one was wrong already, the first member of the chain."""
    left, right = chain.sides[place], chain.sides[place + 1]
    sides = [defining.called(side.node, follower.functions) for side in (left, right)]
    conditions = conditions_at(follower, chain, sides)
    if right_again:
        return with_repair(step, left.text.text, sides[1], sides[0], conditions, options, "left")
    near = with_repair(step, right.text.text, sides[0], sides[1], conditions, options)
    sound = not follower.members or follower.members[-1][1] is not False
    if sound or follower.head is None:
        return near
    head = defining.called(follower.head.node, follower.functions)
    shown = source(follower, follower.head.source)
    far = with_repair(step, right.text.text, head, sides[1], conditions, options, other=shown)
    if near.repair is None or far.repair is None:
        return far if near.repair is None else near
    return near if near.repair.cost <= far.repair.cost else far


def conditions_at(follower: Follower, chain: Chain, sides: list[Node]) -> tuple[Relation, ...]:
    """Return the conditions of a chain and of its sentence that say something about these sides."""
    conditions = (*chain.conditions, *(h.relation for h in follower.hypotheses))
    names = names_in(sides[0]) | names_in(sides[1])
    return tuple(h for h in conditions if not on_indices(h) or names_in(h) <= names)


def _holds(left: Node, right: Node, chain: Chain, options: Options, follower: Follower) -> bool | None:
    if options.spent is not None:
        return None
    sides = [defining.called(left, follower.functions), defining.called(right, follower.functions)]
    used = conditions_at(follower, chain, sides)
    try:
        verdict = decide(readings(sides[0], sides[1], used, options.notation, options.batch)).verdict
    except (SymbnError, OutsideError):
        return None
    except Exception:
        return None  # Our own fault; the step itself reports it.
    return True if isinstance(verdict, Proved) else False if isinstance(verdict, Refuted) else None
