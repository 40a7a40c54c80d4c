"""A claim under what its sentence and its section suppose.

A step is refuted only if no hypothesis around it could have been meant: one that lasts makes it true with a caveat; one of
another sentence, and one that symbn cannot use, leave it undecided, unless the counterexample respects it.
"""

from __future__ import annotations

from dataclasses import replace

from symbn.answer import PROVED, REFUTED, UNREADABLE, Step
from symbn.elaboration.conditions import on_indices
from symbn.elaboration.notation import BATCH_NAMES
from symbn.following import calls
from symbn.following.bounds import respects
from symbn.following.hypotheses import on_sizes, opposites
from symbn.following.restrictions import ORDER
from symbn.following.state import Claim, Hypothesis
from symbn.judging import MAX_BATCH, Options, in_doubt, judge
from symbn.kernel.verdict import Refuted
from symbn.syntax.tree import Name, Relation, names_in, number_value

_LOOKED_BACK = 4  # hypotheses of other sentences
_MORE_BATCHES = 4  # sizes that are tried beyond that of a counterexample that breaks a bound


def judged_under_hypotheses(claim: Claim, functions: frozenset[str]) -> Step:
    """Return the answer to a claim, with no place yet. functions: those that the document defines."""
    usable = tuple(h.relation for h in claim.hypotheses if h.usable)
    step = _under(claim, usable, functions)
    if step.verdict == REFUTED:
        step = _remembered(step, claim, usable, functions)
    if step.verdict == REFUTED:
        step = _bounded(step, claim, usable, functions)
    return step if step.decision is None or claim.options.keep else replace(step, decision=None)


def _under(claim: Claim, hypotheses: tuple[Relation, ...], functions: frozenset[str], batch: int | None = None) -> Step:
    """Judge a step under hypotheses; what cannot be used as a condition leaves doubt, and no refutation."""
    left, right = (calls.called(side.node, functions) for side in (claim.first, claim.second))
    names = names_in(left) | names_in(right) if hypotheses else set()
    sizes = [h for h in hypotheses if on_sizes(h)]
    used = tuple(h for h in hypotheses if h not in sizes and (not on_indices(h) or names_in(h) <= names))
    unused = [h for h in hypotheses if h not in used and h.operator == "\\neq"]
    text = claim.second.text
    pair = (left, claim.relation, right)
    conditions = claim.chain.conditions
    options = claim.options if batch is None else replace(claim.options, batch=batch)
    step = judge(text.text, pair, (*conditions, *used), options, keep=True)
    size = _batch_of(sizes, claim.options)
    if step.verdict == REFUTED and size is not None:
        # The sentence speaks of a batch of this size, so that a counterexample of another size says nothing.
        step = judge(text.text, pair, (*conditions, *used), replace(options, batch=size), keep=True)
    unread = {d.code for d in step.diagnostics} & {"unsupported-condition", "unknown-name"}
    if used and step.verdict == UNREADABLE and unread:
        step = judge(text.text, pair, conditions, options, keep=True)
        if step.verdict == REFUTED:
            step = in_doubt(step, "the sentence sets a condition that symbn cannot use here")
    elif step.verdict == REFUTED and unused and step.counterexample is not None and step.counterexample.m == 1:
        step = in_doubt(step, "the sentence sets a condition on indices, and the counterexample has one example only")
    return step


def _remembered(step: Step, claim: Claim, usable: tuple[Relation, ...], functions: frozenset[str]) -> Step:
    """Look at the hypotheses that are around but not in the sentence of a refuted step."""
    own = {h.relation for h in claim.hypotheses}
    others = [h for h in claim.remembered if h.relation not in own and h.usable and not _replaced(h, claim.hypotheses)]
    lasting = tuple(h for h in others if h.lasting)
    if lasting:
        found = _under(claim, (*usable, *(h.relation for h in lasting)), functions)
        if found.verdict == PROVED:
            where = " and ".join(dict.fromkeys(f"{h.shown} (line {h.line})" for h in lasting))
            words = f"what the paragraph assumes holds: {where}"
            caveat = words if found.caveat is None else f"{found.caveat}; {words}"
            return replace(found, caveat=caveat, readings=(*found.readings, words))
        if found.verdict != REFUTED:
            return in_doubt(step, f"line {lasting[-1].line} assumes {lasting[-1].shown}, which symbn cannot use here")
    values = [h for h in others if not on_indices(h.relation)][-_LOOKED_BACK:]
    for together in (values, others[-_LOOKED_BACK:]):
        relations = tuple(h.relation for h in together)
        if len(together) > 1 and _under(claim, (*usable, *relations), functions).verdict == PROVED:
            said = " and ".join(h.shown for h in together)
            return in_doubt(step, f"false as it stands, but true under {said}: write the conditions beside the equation")
    for other in list(reversed(others))[:_LOOKED_BACK]:
        for relation in (other.relation, *(h.relation for h in opposites([other]) if h.usable)):
            if _under(claim, (*usable, relation), functions).verdict == PROVED:
                said = f"{other.shown}" if relation is other.relation else f"the contrary of {other.shown}"
                reason = (
                    f"false as it stands, but true under {said} (line {other.line}): write the condition beside the equation"
                )
                return in_doubt(step, reason)
    return step


def _replaced(old: Hypothesis, own: tuple[Hypothesis, ...]) -> bool:
    """Tell whether the sentence itself says something else of what an older hypothesis is about."""
    if on_indices(old.relation):
        return any(on_indices(h.relation) and h.letters == old.letters for h in own)
    return any(names_in(h.relation.left) == names_in(old.relation.left) for h in own)


def _bounded(step: Step, claim: Claim, usable: tuple[Relation, ...], functions: frozenset[str]) -> Step:
    """Keep a refutation only if its counterexample, or one of a larger batch, respects what else is said around."""
    around = [h for h in (*claim.hypotheses, *claim.remembered) if not h.usable]
    bounds = [h for h in around if h.relation.operator in ORDER]
    if len(bounds) < len(around):
        return in_doubt(step, _doubt(next(h for h in reversed(around) if h not in bounds)))
    # Where two examples are said to differ nearby, one example alone shows nothing.
    bounds += [h for h in claim.attached if h.relation.operator == "\\neq"]
    broken = _broken(step, bounds, claim.options)
    first = 0 if step.counterexample is None else step.counterexample.m
    for batch in range(first + 1, first + 1 + _MORE_BATCHES):
        if broken is None or claim.options.batch is not None:
            break
        larger = _under(claim, usable, functions, batch)
        if larger.verdict == REFUTED and _broken(larger, bounds, claim.options) is None:
            return _respecting(larger, bounds)
    return _respecting(step, bounds) if broken is None else in_doubt(step, _doubt(broken))


def _respecting(step: Step, bounds: list[Hypothesis]) -> Step:
    said = dict.fromkeys(h.shown for h in bounds if h.shown)
    return replace(step, notes=(*step.notes, *(f"the counterexample respects {shown}" for shown in said)))


def _broken(step: Step, bounds: list[Hypothesis], options: Options) -> Hypothesis | None:
    """Return a bound that the counterexample of a step does not surely respect."""
    refuted = None if step.decision is None else step.decision.verdict
    if not isinstance(refuted, Refuted):
        return bounds[0] if bounds else None
    point = refuted.point
    return next((h for h in bounds if not (point.m > 1 if h.usable else respects(point, h.relation, options.notation))), None)


def _doubt(condition: Hypothesis) -> str:
    where = f" (line {condition.line})" if condition.line else ""
    return f"it may hold only under {condition.shown or 'a condition'}{where}, which symbn cannot use here"


def _batch_of(sizes: list[Relation], options: Options) -> int | None:
    """Return the batch size that the sentence speaks of, if it does."""
    names = set(BATCH_NAMES) if options.notation.batch is None else {options.notation.batch}
    found = [number_value(h.right) for h in sizes if isinstance(h.left, Name) and h.left.text in names]
    size = found[-1] if found else None
    whole = size is not None and size.denominator == 1 and 1 <= size <= MAX_BATCH and options.batch is None
    return int(size) if whole and size is not None else None
