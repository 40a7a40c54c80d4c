"""One step of a chain -> its answer: a definition, or a claim judged under the hypotheses of its sentence."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from symbn.answer import ASSUMED, PROVED, REFUTED, UNDECIDED, UNREADABLE, Step
from symbn.decision.decide import proved
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.notation import ROLE_WORDS, ROLES, Notation
from symbn.errors import SymbnError, UnreadableError
from symbn.following import calls, defining, meanings
from symbn.following.chains import DEFINES, EXACT, Chain, Side
from symbn.following.meanings import with_known_names
from symbn.following.state import Claim, Follower, blank_step, origin, placed, relocated
from symbn.following.supposing import judged_under_hypotheses
from symbn.judging import Options, in_doubt, since, unreadable_step
from symbn.syntax.tree import Name, Node, Scripted, names_in

_SAME_SENTENCE = 4  # lines from a formula to its `where`


def judged(follower: Follower, claim: Claim) -> Step:
    """Judge a step under the hypotheses of its sentence and its section, and put it where it stands."""
    step = with_known_names(judged_under_hypotheses(claim, follower.functions), claim, follower)
    if step.verdict == REFUTED and follower.loss_line is not None and _on_loss(claim):
        step = in_doubt(step, f"line {follower.loss_line} says what the loss or its gradient is, which symbn does not use")
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


def _on_loss(claim: Claim) -> bool:
    roles = {role for side in (claim.first, claim.second) for role in defining.roles_in(side.node, claim.options.notation)}
    return bool(roles & {"L", "g"})


def definition_step(follower: Follower, chain: Chain, options: Options, again: bool = False) -> Step | None:
    """Take the first step of a chain as a definition, if it is one, and return its answer. again: the prose says that it is."""
    left, sign, right = chain.sides[0], chain.relations[0], chain.sides[1]
    if sign not in (*EXACT, *DEFINES):
        return None

    def blank() -> Step:
        return blank_step(follower, left, right, 0, chain)

    if defining.is_size(left.node, right.node, options.notation):
        return replace(blank(), verdict=ASSUMED, reason="it says how large the batch or a feature is")
    function = calls.function_defined(left.node)
    node: Node = left.node
    functions = follower.functions
    if function is not None:
        functions = functions | {function}
    node = calls.called(node, functions)
    body = calls.called(right.node, functions)
    unknown = follower.unsettled.keys() - follower.renamed.keys()
    assigns = sign in DEFINES and isinstance(left.node, Name | Scripted)
    if assigns and (defining.updates(left.node, right.node) or defining.base_key(left.node) in unknown):
        return replace(blank(), verdict=ASSUMED, reason="an assignment, which claims no equality")
    again = again or (sign in DEFINES and defining.base_key(left.node) in options.notation.definitions)
    key = defining.defines(node, options.notation, again)
    known_anew = meanings.released(follower, left.node) if key is None else None
    if known_anew is not None:
        role = defining.role_of(known_anew, node, body, options.notation)
        if role is not None and ROLES[role] != options.notation.roles.get(known_anew):
            return _settled(follower, chain, options, known_anew, role)
    if key in follower.unsettled and not again:
        return None
    if key is None:
        if sign not in DEFINES:
            return None
        # A gradient has a meaning of its own, so that `dL/dbeta := ..` claims what it is.
        named = isinstance(left.node, Name | Scripted) and not defining.is_gradient(left.node, options.notation)
        defined = defining.layer_node(left.node, options.notation) == "defined"
        if named and (not defined or defining.updates(left.node, right.node)):
            return replace(blank(), verdict=ASSUMED, reason="an assignment, which claims no equality")
        return None
    start, step = perf_counter(), blank()
    try:
        role = None if function is not None else defining.role_of(key, node, body, options.notation)
        if defining.is_upstream(left.node, body, options.notation):
            follower.loss_line = step.line
        if role is not None:
            return _settled(follower, chain, options, key, role)
        if key in options.notation.roles and _true_by_habit(node, body, options.notation):
            return None
        new = key not in options.notation.definitions and not defining.updates(node, body)
        if new and key in meanings.reached(body, follower.notation):
            return None  # a = b and b = a: the second one is a claim
        made = defining.definition(node, body, options.notation)
    except UnreadableError as error:
        diagnostic = relocated(error.diagnostic, right.text)
        return placed(
            follower,
            unreadable_step(step.source, step.span, (step.lhs, step.rhs), options.scope, diagnostic, start),
        )
    follower.functions = functions
    if follower.renamed.pop(key, None) is not None:
        follower.unsettled.pop(key, None)
    follower.notation = defining.redefined(follower.notation, key, made)
    follower.defined.append((key, step.line, follower.section))
    shown = f"{step.lhs} = {step.rhs}" if len(step.rhs) < 60 else step.lhs
    follower.words[f"{shown} is a definition (line {step.line})"] = None
    return replace(step, verdict=ASSUMED, reason=f"the document defines {step.lhs} here", milliseconds=since(start))


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
    meanings.settled(follower, key, role)
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
        unread = old.verdict == UNREADABLE and {d.code for d in old.diagnostics} & {"unknown-name", "two-roles"}
        if not made and not unread:
            continue
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
