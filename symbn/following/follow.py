"""A document -> the answers to its steps, in order.

The follower goes through the formulas once and keeps what a reader keeps in mind: what the names mean so far, the hypotheses
of the sentence, the right side that a row beginning with `=` goes on from, the first member of every chain. A name that is
used before it is defined ("where q = ..") is looked at again at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter

from symbn.answer import ASSUMED, REFUTED, UNDECIDED, DocumentReport, Step
from symbn.diagnostic import Diagnostic, Span
from symbn.document.prose import prose_between
from symbn.document.source import Document, Formula, Remark, Text
from symbn.errors import UnreadableError, UsageError
from symbn.following import defining, prose
from symbn.following.chains import DEFINES, Chain, Fault, begins_with_relation, chains, mentions_relation
from symbn.following.claims import definition_step, judge_again, judged
from symbn.following.comparing import compare
from symbn.following.conventions import HYPOTHESIS, IGNORE, Conventions, inferred, with_settings
from symbn.following.hypotheses import (
    assume,
    gives_value_to_input,
    gives_value_to_node,
    gives_value_to_free,
    is_usable,
    is_index_condition,
    listed,
    own_and_around,
    otherwise,
    restrict,
    restrictions_of,
    taken_as_hypothesis,
    unread_value,
    unusable,
)
from symbn.following.restrictions import unknown
from symbn.following.meanings import assigned, judged_as_renamed, under_condition
from symbn.following.renaming import renamed, renamed_in_words
from symbn.following.remarks import looked_for, spread, take_remark, unheard
from symbn.following.sentences import defined_otherwise, subject, turn, unproved_premise, unused
from symbn.following.trailing import rest_of_sentence, trailing
from symbn.following.spoken import spoken
from symbn.following.state import Claim, Follower, Hypothesis, blank_step, current, origin, placed, relocated, source
from symbn.judging import Options, in_doubt, unreadable_step
from symbn.repairing import with_syntax_repair
from symbn.syntax.tree import Node

_SPOILED = "another part of the formula cannot be read, and it may be a condition of this equation"
_SUBJECT = "it goes on from an earlier formula, and the words in between may have changed the subject"
_SUPPOSED = (prose.HYPOTHESIS, prose.ASSUMPTION)
_NAME = re.compile(r"[\\\w^{} ]{1,16}")  # a formula that is a word of its sentence
_IMPLIES = re.compile(r"\\(?:implies|impliedby|iff|(?:Long)?(?:Right|Left|Leftright)arrow)(?![A-Za-z])|[⇒⟹⇐⇔]")
MAX_REPAIRED = 2000  # characters of a step that does not parse


def check_document(
    document: Document, options: Options, conventions: Conventions, progress: Callable[[int], None] = lambda done: None
) -> DocumentReport:
    """Return the answers to every step of the document. progress: told how many formulas are done.

    Raises: UsageError for conventions that cannot be.
    """
    start = perf_counter()
    options = with_settings(options, conventions.settings).started()
    read = {
        place: list(chains(item.text))
        for place, item in enumerate(document.items)
        if isinstance(item, Formula) and _claims(item.text.text) and options.spent is None
    }
    notation, words = inferred(_equations(read), options.notation)
    follower = Follower(document, options.reading(notation), conventions, notation, read)
    said = [f"{role} is {name}" for role, _, name in (let.partition("=") for let in options.notation.said)]
    follower.words.update(dict.fromkeys((*said, *words)))
    for place, item in enumerate(document.items):
        if isinstance(item, Remark):
            take_remark(follower, place, item)
        else:
            _guarded(follower, place, item)
        progress(place + 1)
    judge_again(follower)
    judged_as_renamed(follower)
    unheard(follower)
    milliseconds = round((perf_counter() - start) * 1000, 3)
    problems = (*document.problems, *follower.problems)
    return DocumentReport(document.path, tuple(follower.steps), tuple(follower.words), problems, document.text, milliseconds)


def _claims(text: str) -> bool:
    """Tell whether a formula may hold an equation; what compares indices only, `i \\neq j`, is read too."""
    return mentions_relation(text) or "\\ne" in text or "≠" in text


def _equations(read: dict[int, list[Chain | Fault]]) -> Iterator[tuple[Node, Node]]:
    for chain in (chain for found in read.values() for chain in found if isinstance(chain, Chain)):
        yield from ((a.node, b.node) for a, b in zip(chain.sides, chain.sides[1:], strict=False))


def _guarded(follower: Follower, place: int, formula: Formula) -> None:
    """Follow one formula; whatever goes wrong with it, the other ones still get their answers."""
    first, line = len(follower.steps), follower.document.place(formula.span.start)[0]
    try:
        _formula(follower, place, formula)
        return
    except UnreadableError as error:
        fault = relocated(error.diagnostic, formula.text)
    except UsageError:
        raise
    except MemoryError:
        fault = Diagnostic("unexpected", "there is not enough memory for this formula", formula.span)
    except Exception as error:
        message = f"this is a bug in symbn: {type(error).__name__}: {error}; please report the formula"
        fault = Diagnostic("unexpected", message, formula.span)
    del follower.steps[first:]
    text = follower.document.text
    sides = (text[formula.span.start : formula.span.end], "")
    step = unreadable_step(text, formula.span, sides, "all m", fault, perf_counter())
    follower.steps.append(placed(follower, step))
    follower.last = follower.head = None
    _finish(follower, first, line, ())


def _formula(follower: Follower, place: int, formula: Formula) -> None:
    document = follower.document
    last = next((n for n in range(place - 1, -1, -1) if isinstance(document.items[n], Formula)), -1)
    before = document.items[last] if last >= 0 else None
    raw = document.text[before.span.end if before is not None else 0 : formula.span.start]
    between = prose.plain("".join(prose_between(document, n) for n in range(last + 1, place + 1)))
    name = before.text.text if isinstance(before, Formula) and _NAME.fullmatch(before.text.text) else "(..)"
    turn(follower, raw, between, name, isinstance(before, Formula) and before.display, formula.display)
    renamed_in_words(follower, between, document.place(formula.span.start)[0])
    text = formula.text
    restricted = None if follower.base.spent is not None else restrictions_of(follower, place, formula)
    if restricted is not None:
        follower.role = prose.role(between, follower.role)
        restrict(follower, place, formula, restricted, follower.role, between)
        return
    if place not in follower.read and not _claims(text.text):
        renamed(follower, place, formula, between)
        subject(follower, formula, between, prose.plain(prose_between(document, place + 1)))
        return
    expected, follower.expected, follower.waiting = follower.expected, (), None
    if place not in follower.read:  # there was no time to read it
        over = follower.base.spent
        step = placed(
            follower, Step(document.text, formula.span, 1, source(follower, text), "", UNDECIDED, "all m", reason=over)
        )
        follower.steps.append(step)
        _finish(follower, len(follower.steps) - 1, step.line, expected)
        return
    marked, follower.next_role = follower.next_role, None
    if marked == IGNORE:
        return
    role = prose.HYPOTHESIS if marked == HYPOTHESIS else prose.role(between, None if formula.display else follower.role)
    if marked == HYPOTHESIS:
        between = "if"
    loose = False  # it may be claimed or assumed
    if role == prose.CLAIM and prose.supposing(follower.sentence):
        loose = prose.only_a_comma(between) or prose.announces(between)
        role = prose.CLAIM if loose else prose.ASSUMPTION
    follows = role == prose.CLAIM and not formula.display and prose.only_a_comma(between)
    before_role, follower.role = follower.role, role
    first = len(follower.steps)
    line = document.place(formula.span.start)[0]
    continued = begins_with_relation(text.text) and follower.last is not None
    if continued:
        assert follower.last is not None
        text = Text.joined((follower.last.source, Text.standing_for(" ", Span(formula.span.start, formula.span.start)), text))
    options = follower.conventions.at(line, follower.base.reading(follower.notation))
    found = list(chains(text, continued)) if continued else follower.read[place]
    if role != prose.CLAIM and any(isinstance(chain, Fault) for chain in found):
        conditions = listed(formula.text)
        if conditions and all(gives_value_to_input(chain, options) for chain in conditions):
            found = list(conditions)
    spoiled = any(chain.spoils if isinstance(chain, Fault) else chain.beside for chain in found)
    words = prose.new_subject(between) or (follower.inline and prose.speaks(between))
    doubt = _SPOILED if spoiled else _SUBJECT if continued and (words or follower.subject) else None
    after, near = ([], []) if options.spent is not None else trailing(follower, place, formula)
    behind = prose.plain(prose_between(document, place + 1)) + ("" if place + 1 < len(document.items) else ".")
    if (condition := spoken(f"{follower.sentence} (..) {rest_of_sentence(follower, place)[0]}")) is not None:
        after = [*after, Hypothesis(unknown(), False, line, f"`{condition}`")]
    if prose.otherwise_behind(behind):
        follower.hypotheses = otherwise(follower)
    for chain in found:
        new = len(follower.steps)
        if isinstance(chain, Fault):
            _fault(follower, chain, formula)
            if unread_value(chain, options.notation):
                shown = source(follower, chain.text)
                follower.remembered.append(Hypothesis(unknown(), False, line, shown))
        elif options.spent is not None:
            _chain(follower, chain, options, ([], []), None, False)
        elif role != prose.CLAIM and taken_as_hypothesis(follower, place, chain, role, options, between):
            continue
        elif follows and before_role in _SUPPOSED and is_usable(chain, options):
            follower.role = before_role
            assume(follower, place, chain, options, before_role == prose.ASSUMPTION, between)
        elif is_index_condition(chain, options.notation):
            assume(follower, place, chain, options, False, between)
            if spoiled:  # i = 1, 2
                follower.hypotheses = [unusable(h) for h in follower.hypotheses]
        elif role == prose.CLAIM and prose.conditional(follower.sentence, behind) and gives_value_to_node(chain, options):
            assume(follower, place, chain, options, False, between)
        elif role == prose.CLAIM and gives_value_to_free(chain, options, formula.display):
            assume(follower, place, chain, options, False, between, near=True)
        else:
            if chain.beside:  # of `x_i = x_1, i = 1, 2` the condition is not all that stands there
                chain = replace(chain, conditions=())
            here = options.reading(current(follower, options))
            conditional, known = any(h.usable for h in (*after, *follower.hypotheses)), len(follower.defined)
            _chain(follower, chain, here, (after, near), doubt, role in (prose.DEFINITION, prose.ASSUMPTION))
            if conditional:
                under_condition(follower, known, line)
        unused(follower, new, role in _SUPPOSED, loose)
    if _IMPLIES.search(text.text):
        unproved_premise(follower, first)
    if role == prose.DEFINITION:
        defined_otherwise(follower, first)
    if prose.otherwise_behind(behind):
        follower.attached, follower.hypotheses = [*follower.attached, *follower.hypotheses], []
    follower.subject, follower.inline = False, not formula.display
    _finish(follower, first, line, expected)


def _finish(follower: Follower, first: int, line: int, expected: tuple[str, ...]) -> None:
    """Number the steps of a formula, and say what the document expects of them."""
    new = follower.steps[first:]
    wanted: list[str | None] = list(spread(new, expected)) if expected else [None] * len(new)
    for n, (step, verdict) in enumerate(zip(new, wanted, strict=True), first):
        number = follower.numbers[line] = follower.numbers.get(line, 0) + 1
        if verdict is None and follower.conventions.expect is not None:
            verdict = ASSUMED if step.verdict == ASSUMED else looked_for(follower.conventions.expect, follower.base)
        follower.steps[n] = replace(step, step=number, formula=line, expected=verdict)


def _fault(follower: Follower, fault: Fault, formula: Formula) -> None:
    text = fault.text
    whole = text.origin(fault.left.to(fault.right) if fault.right.end > fault.right.start else fault.left)
    # Its left side may be the right side of an earlier formula; what cannot be read stands in this one.
    start = max(whole.start, formula.span.start)
    span = Span(start, max(whole.end, start))
    sides = tuple(source(follower, text.part(part.start, part.end)) for part in (fault.left, fault.right))
    if fault.lists:
        step = Step(follower.document.text, span, 1, sides[0], sides[1], ASSUMED, "all m", reason="it names the entries")
        follower.steps.append(placed(follower, step))
        return
    diagnostic = relocated(fault.diagnostic, text)
    step = unreadable_step(follower.document.text, span, (sides[0], sides[1]), "all m", diagnostic, perf_counter())
    if follower.base.repair and follower.base.spent is None and fault.right.end - fault.left.start <= MAX_REPAIRED:
        low, own = fault.left.start, fault.diagnostic.span
        part = text.text[low : max(fault.right.end, fault.left.end)]
        step = with_syntax_repair(step, part, Span(max(0, own.start - low), max(0, own.end - low)), follower.base)
    follower.steps.append(placed(follower, step))
    follower.last = None
    follower.head = None


def _chain(
    follower: Follower,
    chain: Chain,
    options: Options,
    conditions: tuple[list[Hypothesis], list[Hypothesis]],
    doubt: str | None,
    defines: bool,
) -> None:
    """Judge the steps of a chain. conditions: those that follow it, and those near it. doubt: why it must not be refuted."""
    if not chain.continued:
        follower.head = chain.sides[0]
        follower.members = [(chain.sides[0], True)]
    first = len(follower.steps)
    for place, (left, sign, right) in enumerate(zip(chain.sides, chain.relations, chain.sides[1:], strict=False)):
        options = options.reading(current(follower, options))
        step = None
        if (over := options.spent) is not None:
            step = replace(blank_step(follower, left, right, place, chain), reason=over)
        elif place == 0 and not chain.continued:
            if defining.is_loss(left.node, options.notation):
                follower.loss_line = follower.document.place(origin(left).start)[0]
            assigned(follower, chain, follower.document.place(origin(left).start)[0])
            options = options.reading(current(follower, options))
            step = definition_step(follower, chain, options, defines)
        if step is None:
            after, near = conditions
            supposed = own_and_around(after, follower.hypotheses)
            remembered = (*follower.remembered, *near)
            known = len(follower.defined)
            relation = "=" if sign in DEFINES else sign
            attached = tuple(follower.attached)
            claim = Claim(left, relation, right, chain, place, options, supposed, remembered, attached, known, follower.section)
            step = judged(follower, claim)
            follower.claims[len(follower.steps)] = claim
        if doubt is not None and step.verdict == REFUTED:
            step = in_doubt(step, doubt)
        follower.steps.append(step)
    compare(follower, chain, options, first)
    follower.last, follower.last_line = chain.sides[-1], follower.document.place(origin(chain.sides[-1]).start)[0]
