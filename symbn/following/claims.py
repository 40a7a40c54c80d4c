"""One step of a chain -> its answer: a definition, or a claim judged under the hypotheses of its sentence."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from symbn.answer import ASSUMED, REFUTED, UNREADABLE, Step
from symbn.decision.decide import decide
from symbn.elaboration.conditions import on_indices
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.notation import BATCH_NAMES, FEATURE_NAMES, ROLE_WORDS, Notation
from symbn.errors import SymbnError, UnreadableError
from symbn.following import defining
from symbn.following.chains import DEFINES, EXACT, Chain
from symbn.following.state import Claim, Follower, blank_step, names_in, origin, placed, relocated
from symbn.judging import MAX_BATCH, Options, in_doubt, judge, since, unreadable_step
from symbn.kernel.verdict import Proved
from symbn.syntax.tree import Name, Node, Number, Relation, number_value

SIZES = frozenset((*BATCH_NAMES, *FEATURE_NAMES))


def judged(follower: Follower, claim: Claim) -> Step:
    """Judge a step under the hypotheses of its sentence; what cannot be used as a condition leaves doubt, and no refutation."""
    left, right = (defining.called(side.node, follower.functions) for side in (claim.first, claim.second))
    names = names_in(left) | names_in(right)
    sizes = [h for h in claim.hypotheses if _on_sizes(h)]
    used = tuple(h for h in claim.hypotheses if h not in sizes and (not on_indices(h) or names_in(h) <= names))
    unused = [h for h in claim.hypotheses if h not in used and h.operator == "\\neq"]
    text = claim.second.text
    pair = (left, claim.relation, right)
    conditions = claim.chain.conditions
    step = judge(text.text, pair, (*conditions, *used), claim.options)
    size = _batch_of(sizes, claim.options)
    if step.verdict == REFUTED and size is not None:
        # The sentence speaks of a batch of this size, so that a counterexample of another size says nothing.
        step = judge(text.text, pair, (*conditions, *used), replace(claim.options, batch=size))
    if (
        used
        and step.verdict == UNREADABLE
        and any(d.code in ("unsupported-condition", "unknown-name") for d in step.diagnostics)
    ):
        step = judge(text.text, pair, conditions, claim.options)
        if step.verdict == REFUTED:
            step = in_doubt(step, "the sentence sets a condition that symbn cannot use here")
    elif step.verdict == REFUTED and unused and step.counterexample is not None and step.counterexample.m == 1:
        step = in_doubt(step, "the sentence sets a condition on indices, and the counterexample has one example only")
    blank = blank_step(follower, claim.first, claim.second, claim.place, claim.chain)
    diagnostics = tuple(relocated(d, text) for d in step.diagnostics)
    return replace(
        step, source=blank.source, span=blank.span, lhs=blank.lhs, rhs=blank.rhs, file=blank.file, line=blank.line,
        column=blank.column, diagnostics=diagnostics, notes=(*step.notes, *blank.notes),
    )  # fmt: skip


def _on_sizes(relation: Relation) -> bool:
    """Tell whether a condition says how large something is, N = 2, which no equation takes as a condition on its indices."""
    return isinstance(relation.left, Name) and isinstance(relation.right, Number) and relation.left.text in SIZES


def _batch_of(sizes: list[Relation], options: Options) -> int | None:
    """Return the batch size that the sentence speaks of, if it does."""
    names = SIZES if options.notation.batch is None else {options.notation.batch}
    found = [number_value(h.right) for h in sizes if isinstance(h.left, Name) and h.left.text in names]
    size = found[-1] if found else None
    whole = size is not None and size.denominator == 1 and 1 <= size <= MAX_BATCH and options.batch is None
    return int(size) if whole and size is not None else None


def definition_step(follower: Follower, chain: Chain, options: Options) -> Step | None:
    """Take the first step of a chain as a definition, if it is one, and return its answer."""
    left, sign, right = chain.sides[0], chain.relations[0], chain.sides[1]
    if sign not in (*EXACT, *DEFINES):
        return None
    blank = blank_step(follower, left, right, 0, chain)
    if defining.is_size(left.node, right.node, options.notation):
        return replace(blank, verdict=ASSUMED, reason="it says how large the batch or a feature is")
    function = defining.function_defined(left.node)
    node: Node = left.node
    functions = follower.functions
    if function is not None:
        functions = functions | {function}
    node = defining.called(node, functions)
    body = defining.called(right.node, functions)
    key = defining.defines(node, options.notation)
    if key is None:
        defined = defining.layer_node(left.node, options.notation) == "defined"
        if sign in DEFINES and (not defined or defining.updates(left.node, right.node)):
            return replace(blank, verdict=ASSUMED, reason="an assignment, which claims no equality")
        return None
    start = perf_counter()
    try:
        role = None if function is not None else defining.role_of(key, node, body, options.notation)
        if role is not None:
            return _settled(follower, chain, options, key, role)
        if key in options.notation.roles and _true_by_habit(node, body, options.notation):
            return None
        made = defining.definition(node, body, options.notation)
    except UnreadableError as error:
        diagnostic = relocated(error.diagnostic, right.text)
        return placed(
            follower,
            unreadable_step(blank.source, blank.span, (blank.lhs, blank.rhs), options.scope, diagnostic, start),
        )
    follower.functions = functions
    follower.notation = follower.notation.with_definition(key, made)
    shown = f"{blank.lhs} = {blank.rhs}" if len(blank.rhs) < 60 else blank.lhs
    follower.words[f"{shown} is a definition (line {blank.line})"] = None
    return replace(blank, verdict=ASSUMED, reason=f"the document defines {blank.lhs} here", milliseconds=since(start))


def _true_by_habit(left: Node, right: Node, notation: Notation) -> bool:
    try:
        return isinstance(decide(readings(left, right, (), notation)).verdict, Proved)
    except (SymbnError, OutsideError):
        return False


def _settled(follower: Follower, chain: Chain, options: Options, key: str, role: str) -> Step | None:
    """A name that equals a node of the layer plays its role from here on; the step is then an ordinary claim, and true."""
    lets = [f"{role}={key}"]
    bare = replace(follower.notation, free=follower.notation.free - {key})
    follower.notation = bare.with_lets(lets)
    follower.base = replace(follower.base, notation=replace(follower.base.notation, free=follower.base.notation.free - {key}))
    left, right = chain.sides[0], chain.sides[1]
    line = follower.document.place(origin(right).start)[0]
    what = f"{key} is the {ROLE_WORDS.get(role, role)}, by its definition on line "
    if not any(word.startswith(what) for word in follower.words):
        follower.words[f"{what}{line}"] = None
    notation = replace(options.notation, free=options.notation.free - {key}).with_lets(lets)
    return judged(follower, Claim(left, "=", right, chain, 0, replace(options, notation=notation), ()))


def judge_again(follower: Follower) -> None:
    """Judge once more what used a name before its definition."""
    for number, claim in follower.later.items():
        old = follower.steps[number]
        notation = replace(
            claim.options.notation, definitions=follower.notation.definitions,
            roles={**follower.notation.roles, **claim.options.notation.roles},
        )  # fmt: skip
        step = judged(follower, replace(claim, options=replace(claim.options, notation=notation)))
        if step.verdict != UNREADABLE:
            follower.steps[number] = replace(step, step=old.step, formula=old.formula, expected=old.expected)
