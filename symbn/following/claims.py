"""One step of a chain -> its answer: a definition, or a claim judged under the hypotheses of its sentence."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from symbn.answer import ASSUMED, PROVED, REFUTED, UNDECIDED, UNREADABLE, Step
from symbn.decision.decide import proved
from symbn.elaboration.conditions import on_indices
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.notation import BATCH_NAMES, ROLE_WORDS, Notation
from symbn.errors import SymbnError, UnreadableError
from symbn.following import defining
from symbn.following.chains import DEFINES, EXACT, Chain, Side
from symbn.following.hypotheses import UNUSABLE, on_sizes, opposites
from symbn.following.state import Claim, Follower, blank_step, origin, placed, relocated
from symbn.judging import MAX_BATCH, Options, in_doubt, judge, since, unreadable_step
from symbn.syntax.tree import Name, Node, Relation, Scripted, names_in, number_value

_SAME_SENTENCE = 4  # lines from a formula to its `where`
_LOOKED_BACK = 4  # hypotheses of other sentences


def judged(follower: Follower, claim: Claim) -> Step:
    """Judge a step under the hypotheses of its sentence.

    A step is refuted only if no other hypothesis around it could have been meant: one that lasts makes it true with a caveat;
    one of another sentence, and one that symbn cannot use, leave it undecided.
    """
    step = _under(claim, claim.hypotheses, follower)
    if step.verdict == REFUTED:
        step = _remembered(step, claim, follower)
    if step.verdict == REFUTED and follower.loss_line is not None and _on_loss(claim):
        step = in_doubt(step, f"line {follower.loss_line} gives the loss, which symbn knows by its gradient only")
    over = claim.options.spent
    if step.verdict in (REFUTED, UNDECIDED) and over is not None:
        step = in_doubt(step, over)  # another hypothesis may make it true, and there was no time to see
    text = claim.second.text
    blank = blank_step(follower, claim.first, claim.second, claim.place, claim.chain)
    diagnostics = tuple(relocated(d, text) for d in step.diagnostics)
    return replace(
        step, source=blank.source, span=blank.span, lhs=blank.lhs, rhs=blank.rhs, file=blank.file, line=blank.line,
        column=blank.column, diagnostics=diagnostics, notes=(*step.notes, *blank.notes),
    )  # fmt: skip


def _under(claim: Claim, hypotheses: tuple[Relation, ...], follower: Follower) -> Step:
    """Judge a step under hypotheses; what cannot be used as a condition leaves doubt, and no refutation."""
    left, right = (defining.called(side.node, follower.functions) for side in (claim.first, claim.second))
    names = names_in(left) | names_in(right)
    idle = [h for h in hypotheses if h.operator == UNUSABLE]
    hypotheses = tuple(h for h in hypotheses if h not in idle)
    sizes = [h for h in hypotheses if on_sizes(h)]
    used = tuple(h for h in hypotheses if h not in sizes and (not on_indices(h) or names_in(h) <= names))
    unused = [h for h in hypotheses if h not in used and h.operator == "\\neq"]
    text = claim.second.text
    pair = (left, claim.relation, right)
    conditions = claim.chain.conditions
    step = judge(text.text, pair, (*conditions, *used), claim.options)
    size = _batch_of(sizes, claim.options)
    if step.verdict == REFUTED and size is not None:
        # The sentence speaks of a batch of this size, so that a counterexample of another size says nothing.
        step = judge(text.text, pair, (*conditions, *used), replace(claim.options, batch=size))
    if step.verdict == REFUTED and idle:
        return in_doubt(step, "the sentence sets a condition that symbn cannot use here")
    unread = {d.code for d in step.diagnostics} & {"unsupported-condition", "unknown-name"}
    if used and step.verdict == UNREADABLE and unread:
        step = judge(text.text, pair, conditions, claim.options)
        if step.verdict == REFUTED:
            step = in_doubt(step, "the sentence sets a condition that symbn cannot use here")
    elif step.verdict == REFUTED and unused and step.counterexample is not None and step.counterexample.m == 1:
        step = in_doubt(step, "the sentence sets a condition on indices, and the counterexample has one example only")
    return step


def _remembered(step: Step, claim: Claim, follower: Follower) -> Step:
    """Look at the hypotheses that are around but not in the sentence of a refuted step."""
    others = [h for h in claim.remembered if h.relation not in claim.hypotheses]
    if any(h.relation.operator == UNUSABLE for h in others):
        return in_doubt(step, "the section sets a condition that symbn cannot use here")
    lasting = tuple(h for h in others if h.lasting)
    if lasting:
        found = _under(claim, (*claim.hypotheses, *(h.relation for h in lasting)), follower)
        if found.verdict == PROVED:
            where = " and ".join(dict.fromkeys(f"{h.shown} (line {h.line})" for h in lasting))
            words = f"only under what the section assumes: {where}"
            caveat = words if found.caveat is None else f"{found.caveat}; {words}"
            return replace(found, caveat=caveat, readings=(*found.readings, words))
        if found.verdict != REFUTED:
            return in_doubt(step, f"line {lasting[-1].line} assumes {lasting[-1].shown}, which symbn cannot use here")
    values = [h for h in others if not on_indices(h.relation)][-_LOOKED_BACK:]
    together = tuple(h.relation for h in values)
    if len(values) > 1 and _under(claim, (*claim.hypotheses, *together), follower).verdict == PROVED:
        said = " and ".join(h.shown for h in values)
        return in_doubt(step, f"false as it stands, but true under {said}: write the conditions beside the equation")
    for other in list(reversed(others))[:_LOOKED_BACK]:
        for relation in (other.relation, *opposites([other.relation])):
            if _under(claim, (*claim.hypotheses, relation), follower).verdict == PROVED:
                said = f"{other.shown}" if relation is other.relation else f"the contrary of {other.shown}"
                reason = (
                    f"false as it stands, but true under {said} (line {other.line}): write the condition beside the equation"
                )
                return in_doubt(step, reason)
    return step


def _on_loss(claim: Claim) -> bool:
    roles = {role for side in (claim.first, claim.second) for role in defining.roles_in(side.node, claim.options.notation)}
    return bool(roles & {"L", "g"})


def _batch_of(sizes: list[Relation], options: Options) -> int | None:
    """Return the batch size that the sentence speaks of, if it does."""
    names = set(BATCH_NAMES) if options.notation.batch is None else {options.notation.batch}
    found = [number_value(h.right) for h in sizes if isinstance(h.left, Name) and h.left.text in names]
    size = found[-1] if found else None
    whole = size is not None and size.denominator == 1 and 1 <= size <= MAX_BATCH and options.batch is None
    return int(size) if whole and size is not None else None


def definition_step(follower: Follower, chain: Chain, options: Options, again: bool = False) -> Step | None:
    """Take the first step of a chain as a definition, if it is one, and return its answer. again: the prose says that it is."""
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
    key = defining.defines(node, options.notation, again)
    if key is None:
        # A gradient has a meaning of its own, so that `dL/dbeta := ..` claims what it is.
        named = isinstance(left.node, Name | Scripted) and not defining.is_gradient(left.node, options.notation)
        defined = defining.layer_node(left.node, options.notation) == "defined"
        if sign in DEFINES and named and (not defined or defining.updates(left.node, right.node)):
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
    follower.notation = defining.redefined(follower.notation, key, made)
    follower.defined.append((key, blank.line, follower.section))
    shown = f"{blank.lhs} = {blank.rhs}" if len(blank.rhs) < 60 else blank.lhs
    follower.words[f"{shown} is a definition (line {blank.line})"] = None
    return replace(blank, verdict=ASSUMED, reason=f"the document defines {blank.lhs} here", milliseconds=since(start))


def _true_by_habit(left: Node, right: Node, notation: Notation) -> bool:
    try:
        return proved(readings(left, right, (), notation)) is not None
    except (SymbnError, OutsideError):
        return False


def _settled(follower: Follower, chain: Chain, options: Options, key: str, role: str) -> Step | None:
    """A name that equals a node of the layer plays its role from here on; the step is then an ordinary claim, and true."""
    lets = [f"{role}={key}"]
    kept = {name: made for name, made in follower.notation.definitions.items() if name != key}
    bare = replace(follower.notation, free=follower.notation.free - {key}, definitions=kept)
    follower.notation = bare.with_lets(lets)
    follower.base = replace(follower.base, notation=replace(follower.base.notation, free=follower.base.notation.free - {key}))
    left, right = chain.sides[0], chain.sides[1]
    line = follower.document.place(origin(right).start)[0]
    what = f"{key} is the {ROLE_WORDS.get(role, role)}, by its definition on line "
    if not any(word.startswith(what) for word in follower.words):
        follower.words[f"{what}{line}"] = None
    follower.defined.append((key, line, follower.section))
    # The name on the left stands for itself only: \\sigma = \\sqrt{\\sigma^2 + \\epsilon} says nothing of its right side.
    ours = options.notation.with_lets([f"{role}={defining.OURS}"])
    own = Side(defining.renamed(left.node), left.text)
    step = judged(follower, Claim(own, "=", right, chain, 0, replace(options, notation=ours), ()))
    caveat = None if step.caveat is None else step.caveat.replace(defining.OURS, key)
    return replace(step, caveat=caveat, readings=tuple(reading.replace(defining.OURS, key) for reading in step.readings))


def judge_again(follower: Follower) -> None:
    """Judge once more what used a name before its definition.

    What could not be read gets the answer that the definition gives it. What could, since the name is known by habit, gets it
    if the definition stands in the same sentence; else, if the two answers differ, it is undecided what was meant.
    """
    made: dict[str, list[tuple[int, int, int]]] = {}
    for number, (key, line, section) in enumerate(follower.defined):
        made.setdefault(key, []).append((number, line, section))
    for number, claim in follower.claims.items():
        old = follower.steps[number]
        names = names_in(claim.first.node) | names_in(claim.second.node)
        roles, usual = claim.options.notation.roles, Notation().roles
        own = sorted((*place, key) for key in names for place in made.get(key, ()))
        before = {key for at, _, _, key in own if at < claim.known}
        before |= {key for key in names if roles.get(key) != usual.get(key)}
        after = [(key, line) for at, line, section, key in own if at >= claim.known and section == claim.section]
        later = [line for key, line in after if key not in before]
        count = {key: len(made.get(key, ())) for key in names}
        old_names, new_names = claim.options.notation.definitions, follower.notation.definitions
        changed = {key for key in names & before if old_names.get(key) != new_names.get(key)}
        changed |= {key for key in names & before if roles.get(key) != follower.notation.roles.get(key)}
        again = [line for key, line in after if key in changed]
        if old.verdict in (PROVED, REFUTED) and _near(old, again):
            follower.steps[number] = in_doubt(old, f"a name of it gets another meaning on line {again[0]}")
            continue
        unread = old.verdict == UNREADABLE and {d.code for d in old.diagnostics} & {"unknown-name", "two-roles"}
        if not later and not unread:
            continue
        notation = replace(
            claim.options.notation, definitions=follower.notation.definitions,
            roles={**claim.options.notation.roles, **follower.notation.roles},
            free=follower.notation.free,
        )  # fmt: skip
        step = judged(follower, replace(claim, options=replace(claim.options, notation=notation)))
        if step.verdict == old.verdict or (unread and step.verdict == UNREADABLE):
            continue
        if step.verdict == REFUTED and any(count[key] > 1 for key in names):
            step = in_doubt(step, "a name of it is defined more than once")
        if not unread and (not _near(old, later) or any(count[key] > 1 for key in names)):
            step = in_doubt(old, f"a name of it is defined on line {later[0]} as something else: define it before it is used")
        follower.steps[number] = replace(
            step, step=old.step, formula=old.formula, expected=old.expected, chain_head=old.chain_head
        )


def _near(step: Step, lines: list[int]) -> bool:
    """Tell whether a definition follows right after the step: `.. where s = ..`."""
    return any(0 <= line - step.line <= _SAME_SENTENCE for line in lines)
