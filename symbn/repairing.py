"""Refuted and unreadable steps with the smallest edit that is proved to make them true."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING

from symbn.answer import REFUTED, Repair, Step
from symbn.decision.decide import proved
from symbn.diagnostic import Span
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.errors import UnreadableError
from symbn.judging import SLOW, Options, judge
from symbn.syntax.parser import parse
from symbn.syntax.tree import Node, Relation, Statement

if TYPE_CHECKING:
    from symbn.decision.repair import Found

_TRIED = 40  # ways to put a bracket right: each is read, and decided
_SECONDS = 4.0  # for all of that
_COMBINED = 3  # of them, those for which an edit of the mathematics is looked for as well


def with_repair(
    step: Step,
    text: str,
    target: Node,
    written: Node,
    conditions: tuple[Relation, ...],
    options: Options,
    side: str = "right",
    other: str | None = None,
) -> Step:
    """Return a refuted step with the smallest edit of one side that is proved to make it true, if one is found.

    written: the side to edit; its spans count the characters of `text`. target: what it should equal; other: its source, if
    it is not the other side of the step.
    """
    if step.milliseconds > SLOW:
        return replace(step, notes=(*step.notes, "no repair is looked for, since the step takes so long to decide"))
    if options.spent is not None:
        return step
    from symbn.decision.repair import find_repair  # only now: a document without mistakes is done sooner

    found = find_repair(text, target, written, conditions, options.notation, options.batch)
    if found is None:
        return step
    if side == "right":
        before = f"{step.lhs if other is None else other} = "
        latex, shift = before + found.side, len(before)
    else:
        latex, shift = f"{found.side} = {step.rhs}", 0
    return replace(step, repair=_repair(found, latex, shift, side))


def _repair(found: Found, latex: str, shift: int, side: str, before: str = "") -> Repair:
    changed = tuple(Span(span.start + shift, span.end + shift) for span in found.changed)
    message = found.message if found.caveat is None else f"{found.message} (then it is true if {found.caveat})"
    return Repair(found.code, before + message, latex, changed, side, found.cost)


def with_syntax_repair(step: Step, text: str, fault: Span, options: Options) -> Step:
    """Return an unreadable step with the edit that makes it readable and true: one of its brackets or differential signs,
    and if that is not enough one of its mathematics as well. text: the step; fault: its span there."""
    from symbn.decision.repair import find_repair, syntax_repairs

    refuted: list[tuple[Found, Statement]] = []
    deadline = monotonic() + _SECONDS
    for found in islice(syntax_repairs(text, fault), _TRIED):
        statement = _equation(found.side)
        if statement is None or monotonic() > deadline:
            continue
        left, right = statement.sides
        try:
            equation = proved(readings(left, right, statement.conditions, options.notation, options.batch), 0.5)
        except (UnreadableError, OutsideError):
            continue
        if equation is not None:
            return replace(step, repair=_repair(found, found.side, 0, "both"))
        refuted.append((found, statement))
    for found, statement in refuted[:_COMBINED]:
        left, right = statement.sides
        if monotonic() > deadline:
            break
        if judge(found.side, (left, "=", right), statement.conditions, options).verdict != REFUTED:
            continue
        second = find_repair(found.side, left, right, statement.conditions, options.notation, options.batch)
        if second is not None and second.code != "other-formula":
            latex = found.side[: right.span.start] + second.side
            shifted = _repair(second, latex, right.span.start, "both", f"{found.message}; besides, ")
            kept = tuple(span for span in found.changed if span.end <= right.span.start)
            return replace(step, repair=replace(shifted, code=found.code, changed=(*kept, *shifted.changed)))
    return step


def _equation(text: str) -> Statement | None:
    """Return the one equation that the text is, or None."""
    try:
        statements = parse(text)
    except UnreadableError:
        return None
    if len(statements) != 1 or statements[0].relations != ("=",):
        return None
    return statements[0]
