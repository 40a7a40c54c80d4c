"""A document -> the answers to its steps, in order.

The follower goes through the formulas once and keeps what a reader keeps in mind: what the names mean so far, the hypotheses
of the sentence, the right side that a row beginning with `=` goes on from, the first member of every chain. A name that is
used before it is defined ("where q = ..") is looked at again at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter

from symbn.answer import ASSUMED, REFUTED, UNREADABLE, DocumentReport, Step
from symbn.diagnostic import Span
from symbn.document.prose import prose_between
from symbn.document.source import Document, Formula, Remark, Text
from symbn.following import prose
from symbn.following.chains import DEFINES, Chain, Fault, begins_with_relation, chains, relations
from symbn.following.claims import definition_step, judge_again, judged
from symbn.following.comparing import compare
from symbn.following.conventions import HYPOTHESIS, IGNORE, Conventions, inferred, with_settings
from symbn.following.hypotheses import assume, gives_value_to_input, is_index_condition, taken_as_hypothesis, trailing
from symbn.following.remarks import looked_for, spread, take_remark
from symbn.following.state import Claim, Follower, current, origin, placed, relocated, source
from symbn.judging import Options, in_doubt, unreadable_step
from symbn.repairing import with_syntax_repair
from symbn.syntax.tree import Node, Relation

_SUPPOSED = (prose.HYPOTHESIS, prose.ASSUMPTION)
MAX_REPAIRED = 2000  # characters of a step that does not parse


def check_document(
    document: Document, options: Options, conventions: Conventions, progress: Callable[[int], None] = lambda done: None
) -> DocumentReport:
    """Return the answers to every step of the document. progress: told how many formulas are done.

    Raises: UsageError for conventions that cannot be.
    """
    start = perf_counter()
    options = with_settings(options, conventions.settings)
    notation, words = inferred(_equations(document), options.notation)
    follower = Follower(document, replace(options, notation=notation), conventions, notation)
    said = [f"{role} is {name}" for role, _, name in (let.partition("=") for let in options.notation.said)]
    follower.words.update(dict.fromkeys((*said, *words)))
    for place, item in enumerate(document.items):
        if isinstance(item, Remark):
            take_remark(follower, place, item)
        else:
            _formula(follower, place, item)
        progress(place + 1)
    judge_again(follower)
    milliseconds = round((perf_counter() - start) * 1000, 3)
    problems = (*document.problems, *follower.problems)
    return DocumentReport(document.path, tuple(follower.steps), tuple(follower.words), problems, document.text, milliseconds)


def _equations(document: Document) -> Iterator[tuple[Node, Node]]:
    for item in document.items:
        if isinstance(item, Formula) and relations(item.text.text):
            for chain in chains(item.text):
                if isinstance(chain, Chain):
                    yield from ((a.node, b.node) for a, b in zip(chain.sides, chain.sides[1:], strict=False))


def _formula(follower: Follower, place: int, formula: Formula) -> None:
    document = follower.document
    before = document.items[place - 1] if place else None
    between = prose.plain(prose_between(document, place))
    display = isinstance(before, Formula) and before.display
    if prose.ends_sentence(between, display):
        follower.hypotheses = [hypothesis for hypothesis in follower.hypotheses if hypothesis.lasting]
        follower.role = None
    text = formula.text
    if not (relations(text.text) or _inequality(text.text)):
        return
    expected, follower.expected = follower.expected, ()
    marked, follower.next_role = follower.next_role, None
    if marked == IGNORE:
        return
    role = prose.HYPOTHESIS if marked == HYPOTHESIS else prose.role(between, None if formula.display else follower.role)
    listed = role == prose.CLAIM and not formula.display and prose.only_a_comma(between)
    before_role, follower.role = follower.role, role
    first = len(follower.steps)
    line = document.place(formula.span.start)[0]
    continued = begins_with_relation(text.text) and follower.last is not None
    if continued:
        assert follower.last is not None
        text = Text.joined((follower.last.source, Text.standing_for(" ", Span(formula.span.start, formula.span.start)), text))
    options = follower.conventions.at(line, replace(follower.base, notation=follower.notation))
    found = list(chains(text, continued))
    spoiled = any(chain.spoils if isinstance(chain, Fault) else chain.beside for chain in found)
    after = trailing(follower, place, formula)
    for chain in found:
        if isinstance(chain, Fault):
            _fault(follower, chain)
        elif role != prose.CLAIM and taken_as_hypothesis(follower, chain, role, options, prose.negated(between)):
            pass
        elif listed and before_role in _SUPPOSED and gives_value_to_input(chain, options):
            follower.role = before_role
            assume(follower, chain, before_role == prose.ASSUMPTION)
        elif is_index_condition(chain):
            assume(follower, chain, False, prose.negated(between))
        else:
            _chain(follower, chain, replace(options, notation=current(follower, options)), after, spoiled)
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


def _inequality(text: str) -> bool:
    return "\\ne" in text or "≠" in text


def _fault(follower: Follower, fault: Fault) -> None:
    text = fault.text
    span = text.origin(fault.left.to(fault.right) if fault.right.end > fault.right.start else fault.left)
    sides = tuple(source(follower, text.part(part.start, part.end)) for part in (fault.left, fault.right))
    if fault.lists:
        step = Step(follower.document.text, span, 1, sides[0], sides[1], ASSUMED, "all m", reason="it names the entries")
        follower.steps.append(placed(follower, step))
        return
    diagnostic = relocated(fault.diagnostic, text)
    step = unreadable_step(follower.document.text, span, (sides[0], sides[1]), "all m", diagnostic, perf_counter())
    if follower.base.repair and fault.right.end - fault.left.start <= MAX_REPAIRED:
        low, own = fault.left.start, fault.diagnostic.span
        part = text.text[low : max(fault.right.end, fault.left.end)]
        step = with_syntax_repair(step, part, Span(max(0, own.start - low), max(0, own.end - low)), follower.base)
    follower.steps.append(placed(follower, step))
    follower.last = None
    follower.head = None


def _chain(follower: Follower, chain: Chain, options: Options, after: tuple[Relation, ...], spoiled: bool) -> None:
    if not chain.continued:
        follower.head = chain.sides[0]
        follower.members = [(chain.sides[0], True)]
    first = len(follower.steps)
    for place, (left, sign, right) in enumerate(zip(chain.sides, chain.relations, chain.sides[1:], strict=False)):
        options = replace(options, notation=current(follower, options))
        step = None
        if place == 0 and not chain.continued:
            step = definition_step(follower, chain, options)
        if step is None:
            relevant = (*after, *(h.relation for h in follower.hypotheses))
            claim = Claim(left, "=" if sign in DEFINES else sign, right, chain, place, options, relevant)
            step = judged(follower, claim)
            if step.verdict == UNREADABLE and {d.code for d in step.diagnostics} & {"unknown-name", "two-roles"}:
                follower.later[len(follower.steps)] = claim
        if spoiled and step.verdict == REFUTED:
            step = in_doubt(step, "another part of the formula cannot be read, and it may be a condition of this equation")
        follower.steps.append(step)
    compare(follower, chain, options, first)
    follower.last, follower.last_line = chain.sides[-1], follower.document.place(origin(chain.sides[-1]).start)[0]
