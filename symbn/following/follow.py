"""A document -> the answers to its steps, in order.

The follower goes through the formulas once and keeps what a reader keeps in mind: what the names mean so far, the hypotheses
of the sentence, the right side that a row beginning with `=` goes on from, the first member of every chain. A name that is
used before it is defined ("where q = ..") is looked at again at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from time import perf_counter

from symbn.answer import ASSUMED, PROVED, REFUTED, UNDECIDED, UNREADABLE, DocumentReport, Step
from symbn.decision.decide import decide
from symbn.diagnostic import Diagnostic, Span
from symbn.document.source import Document, Formula, Remark, Text
from symbn.elaboration.conditions import on_indices
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.notation import Notation
from symbn.errors import SymbnError, UnreadableError, UsageError
from symbn.following import defining, prose
from symbn.following.chains import DEFINES, EXACT, Chain, Fault, Side, begins_with_relation, chains, relations
from symbn.following.conventions import (
    HYPOTHESIS,
    IGNORE,
    Conventions,
    assignments,
    expectations,
    inferred,
    with_settings,
)
from symbn.judging import Options, judge, unreadable_step
from symbn.kernel.verdict import Proved, Refuted
from symbn.syntax.tree import Name, Node, Number, Relation, children

_MARKUP = re.compile(r"\$+`?|`|\\[\[\]()]|<[^<>]{0,300}>|[*_]{1,2}|\\begin\{[a-z]+\*?\}|\\end\{[a-z]+\*?\}")
_CONDITIONS = ("=", "\\neq")


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A condition that the prose sets. lasting: it holds from here on, and not for its sentence only."""

    relation: Relation
    lasting: bool

    @property
    def letters(self) -> frozenset[str]:
        return frozenset(_names(self.relation))


@dataclass(slots=True)
class _Claim:
    """A step to be judged: `first` and `second` are sides of a chain."""

    first: Side
    relation: str
    second: Side
    chain: Chain
    place: int
    options: Options
    hypotheses: tuple[Relation, ...]


@dataclass(slots=True)
class _Follower:
    document: Document
    base: Options
    conventions: Conventions
    notation: Notation
    words: dict[str, None] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    later: dict[int, _Claim] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    hypotheses: list[Hypothesis] = field(default_factory=list)
    functions: frozenset[str] = frozenset()
    last: Side | None = None
    last_line: int = 0
    head: Side | None = None
    expected: tuple[str, ...] = ()
    next_role: str | None = None
    role: str | None = None
    numbers: dict[int, int] = field(default_factory=dict)


def check_document(
    document: Document, options: Options, conventions: Conventions, progress: Callable[[int], None] = lambda done: None
) -> DocumentReport:
    """Return the answers to every step of the document. progress: told how many formulas are done.

    Raises: UsageError for conventions that cannot be.
    """
    start = perf_counter()
    options = with_settings(options, conventions.settings)
    notation, words = inferred(_equations(document), options.notation)
    follower = _Follower(document, replace(options, notation=notation), conventions, notation)
    said = [f"{role} is {name}" for role, _, name in (let.partition("=") for let in options.notation.said)]
    follower.words.update(dict.fromkeys((*said, *words)))
    for place, item in enumerate(document.items):
        if isinstance(item, Remark):
            _remark(follower, place, item)
        else:
            _formula(follower, place, item)
        progress(place + 1)
    _again(follower)
    milliseconds = round((perf_counter() - start) * 1000, 3)
    problems = (*document.problems, *follower.problems)
    return DocumentReport(document.path, tuple(follower.steps), tuple(follower.words), problems, document.text, milliseconds)


def _equations(document: Document) -> Iterator[tuple[Node, Node]]:
    for item in document.items:
        if isinstance(item, Formula) and relations(item.text.text):
            for chain in chains(item.text):
                if isinstance(chain, Chain):
                    yield from ((a.node, b.node) for a, b in zip(chain.sides, chain.sides[1:], strict=False))


# ---------------------------------------------------------------------- remarks


def _remark(follower: _Follower, place: int, remark: Remark) -> None:
    where = f"{follower.document.path}:{follower.document.place(remark.span.start)[0]}"
    words = remark.words.strip()
    try:
        roles = assignments(words)
        if roles is not None:
            follower.base = with_settings(follower.base, roles)
            notation = with_settings(Options(follower.notation), roles).notation
            follower.notation = notation
            follower.words.update(dict.fromkeys(f"{role} is {name}" for role, name in roles.items()))
        elif words in (HYPOTHESIS, IGNORE):
            follower.next_role = words
        else:
            expected = expectations(words, where)
            if not _behind(follower, place, remark, expected):
                follower.expected = expected
    except UsageError as error:
        message = str(error).removeprefix(f"{where}: ")
        follower.problems.append(Diagnostic("bad-remark", message, remark.span, "see `symbn check --help`"))


def _behind(follower: _Follower, place: int, remark: Remark, expected: tuple[str, ...]) -> bool:
    """Give the expectation to the formula before, if the remark stands behind it on its line."""
    before = follower.document.items[place - 1] if place else None
    if not isinstance(before, Formula):
        return False
    between = follower.document.text[before.span.end : remark.span.start]
    if "\n" in between.strip("\n") or "\n" in between:
        return False
    line = follower.document.place(before.span.start)[0]
    own = [n for n, step in enumerate(follower.steps) if step.formula == line and before.span.start <= step.span.start]
    for n, verdict in zip(own, _spread([follower.steps[n] for n in own], expected), strict=True):
        follower.steps[n] = replace(follower.steps[n], expected=verdict)
    return bool(own)


def _spread(steps: list[Step], expected: tuple[str, ...]) -> list[str | None]:
    """Return the expectation of every step of a formula: one each, or one for the worst of them while the others are proved."""
    if len(expected) == len(steps):
        return list(expected)
    if len(expected) > 1 or not expected:
        return [", ".join(expected) or None] * len(steps)
    order = (REFUTED, UNREADABLE, UNDECIDED, PROVED, ASSUMED)
    wanted = expected[0]
    found = [n for n, step in enumerate(steps) if not replace(step, expected=wanted).surprising]
    worst = min(range(len(steps)), key=lambda n: order.index(steps[n].verdict), default=0)
    chosen = found[0] if found else worst
    plain = {PROVED, ASSUMED}
    return [wanted if n == chosen or (wanted in plain) else (step.verdict if step.verdict in plain else PROVED) for n, step in enumerate(steps)]


# ---------------------------------------------------------------------- formulas


def _formula(follower: _Follower, place: int, formula: Formula) -> None:
    document = follower.document
    before = document.items[place - 1] if place else None
    between = document.text[before.span.end if before else 0 : formula.span.start]
    between = _MARKUP.sub(" ", re.sub(r"<!--.*?-->", " ", between, flags=re.DOTALL))
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
    role = prose.HYPOTHESIS if marked == HYPOTHESIS else prose.role(between, follower.role)
    follower.role = role
    first = len(follower.steps)
    line = document.place(formula.span.start)[0]
    continued = begins_with_relation(text.text) and follower.last is not None
    if continued:
        assert follower.last is not None
        text = Text.joined((follower.last.source, Text.standing_for(" ", Span(formula.span.start, formula.span.start)), text))
    options = follower.conventions.at(line, replace(follower.base, notation=follower.notation))
    found = list(chains(text, continued))
    spoiled = any(isinstance(chain, Fault) and chain.spoils for chain in found)
    trailing = _trailing(follower, place, formula)
    for chain in found:
        if isinstance(chain, Fault):
            _fault(follower, chain)
        elif role != prose.CLAIM and _assumed(follower, chain, role, options):
            pass
        elif _is_index_condition(chain):
            _assume(follower, chain, lasting=False)
        else:
            _chain(follower, chain, replace(options, notation=_current(follower, options)), trailing, spoiled)
    _finish(follower, first, line, expected)


def _finish(follower: _Follower, first: int, line: int, expected: tuple[str, ...]) -> None:
    """Number the steps of a formula, and say what the document expects of them."""
    new = follower.steps[first:]
    wanted: list[str | None] = list(_spread(new, expected)) if expected else [None] * len(new)
    for n, (step, verdict) in enumerate(zip(new, wanted, strict=True), first):
        number = follower.numbers[line] = follower.numbers.get(line, 0) + 1
        if verdict is None and follower.conventions.expect is not None:
            verdict = ASSUMED if step.verdict == ASSUMED else follower.conventions.expect
        follower.steps[n] = replace(step, step=number, formula=line, expected=verdict)


def _current(follower: _Follower, options: Options) -> Notation:
    """Return the options' notation with every definition made so far, those of this formula included."""
    return replace(options.notation, definitions=follower.notation.definitions)


def _inequality(text: str) -> bool:
    return "\\ne" in text or "≠" in text


def _trailing(follower: _Follower, place: int, formula: Formula) -> tuple[Relation, ...]:
    """Return the conditions that follow the formula in its sentence: `$a = b$ for $i = j$`."""
    items = follower.document.items
    after = items[place + 1] if place + 1 < len(items) else None
    if not isinstance(after, Formula):
        return ()
    between = _MARKUP.sub(" ", follower.document.text[formula.span.end : after.span.start])
    if not prose.attaches_back(between):
        return ()
    return tuple(relation for chain in chains(after.text) if isinstance(chain, Chain) for relation in _conditions(chain))


def _conditions(chain: Chain) -> Iterator[Relation]:
    for left, sign, right in zip(chain.sides, chain.relations, chain.sides[1:], strict=False):
        if sign in _CONDITIONS and isinstance(left.node, Name | Number) or (sign == "=" and not isinstance(left.node, Number)):
            yield Relation(left.node.span.to(right.node.span), sign, left.node, right.node)


def _is_index_condition(chain: Chain) -> bool:
    return (
        len(chain.sides) == 2
        and chain.relations[0] in _CONDITIONS
        and not chain.continued
        and all(_is_index(side.node) for side in chain.sides)
        and any(isinstance(side.node, Name) for side in chain.sides)
    )


def _is_index(node: Node) -> bool:
    return (isinstance(node, Name) and len(node.text) == 1 and node.text.isalpha()) or isinstance(node, Number)


def _assumed(follower: _Follower, chain: Chain, role: str, options: Options) -> bool:
    """Take a chain as a hypothesis of the prose, if it is one, and tell whether it is.

    What `let`, `where` and `assume` introduce is checked when it defines a node of the layer.
    """
    left = chain.sides[0].node
    if _is_index_condition(chain) or defining.is_size(left, chain.sides[-1].node, options.notation):
        _assume(follower, chain, role != prose.HYPOTHESIS)
        return True
    key = defining.defines(left, options.notation)
    if role == prose.HYPOTHESIS:
        _assume(follower, chain, lasting=False)
        return True
    node = defining.layer_node(left, options.notation)
    if key is not None or node == "defined":
        return False
    if node == "input" or (node is not None and role == prose.ASSUMPTION and isinstance(chain.sides[-1].node, Number)):
        _assume(follower, chain, lasting=True)
        return True
    return False


def _assume(follower: _Follower, chain: Chain, lasting: bool) -> None:
    found = list(_conditions(chain))
    letters = set[str]().union(*(_names(relation) for relation in found if on_indices(relation)))
    follower.hypotheses = [h for h in follower.hypotheses if not (on_indices(h.relation) and h.letters <= letters)]
    follower.hypotheses += [Hypothesis(relation, lasting) for relation in found]
    for place, (left, sign, right) in enumerate(zip(chain.sides, chain.relations, chain.sides[1:], strict=False)):
        if sign not in ("=", *DEFINES):
            continue
        step = _blank(follower, left, right, place, chain)
        what = "from here on" if lasting else "for its sentence"
        follower.steps.append(replace(step, verdict=ASSUMED, reason=f"a hypothesis, which holds {what}"))


def _fault(follower: _Follower, fault: Fault) -> None:
    text = fault.text
    span = text.origin(fault.left.to(fault.right) if fault.right.end > fault.right.start else fault.left)
    sides = tuple(_source(follower, text.part(part.start, part.end)) for part in (fault.left, fault.right))
    diagnostic = _relocated(fault.diagnostic, text)
    step = unreadable_step(follower.document.text, span, (sides[0], sides[1]), "all m", diagnostic, perf_counter())
    follower.steps.append(_placed(follower, step))
    follower.last = None
    follower.head = None


def _chain(follower: _Follower, chain: Chain, options: Options, trailing: tuple[Relation, ...], spoiled: bool) -> None:
    if not chain.continued:
        follower.head = chain.sides[0]
    first = len(follower.steps)
    for place, (left, sign, right) in enumerate(zip(chain.sides, chain.relations, chain.sides[1:], strict=False)):
        options = replace(options, notation=_current(follower, options))
        step = None
        if place == 0 and not chain.continued:
            step = _definition(follower, chain, options)
        if step is None:
            relevant = (*trailing, *(h.relation for h in follower.hypotheses))
            claim = _Claim(left, sign, right, chain, place, options, relevant)
            step = _judged(follower, claim)
            if step.verdict == UNREADABLE and {d.code for d in step.diagnostics} & {"unknown-name", "two-roles"}:
                follower.later[len(follower.steps)] = claim
        if spoiled and step.verdict == REFUTED:
            step = in_doubt(step, "another part of the formula cannot be read, and it may be a condition of this equation")
        follower.steps.append(step)
    _compare(follower, chain, options, first)
    follower.last, follower.last_line = chain.sides[-1], follower.document.place(_origin(chain.sides[-1]).start)[0]


def in_doubt(step: Step, reason: str) -> Step:
    return replace(step, verdict=UNDECIDED, counterexample=None, true_up_to=None, repair=None, reason=reason)


def _judged(follower: _Follower, claim: _Claim) -> Step:
    """Judge a step under the hypotheses of its sentence; what cannot be used as a condition leaves doubt, and no refutation."""
    left, right = (defining.called(side.node, follower.functions) for side in (claim.first, claim.second))
    names = _names(left) | _names(right)
    used = tuple(h for h in claim.hypotheses if not on_indices(h) or _names(h) <= names)
    unused = [h for h in claim.hypotheses if h not in used and h.operator == "\\neq"]
    text = claim.second.text
    pair = (left, claim.relation, right)
    conditions = claim.chain.conditions
    step = judge(text.text, pair, (*conditions, *used), claim.options, _scope(claim.options))
    if used and step.verdict == UNREADABLE and any(d.code in ("unsupported-condition", "unknown-name") for d in step.diagnostics):
        step = judge(text.text, pair, conditions, claim.options, _scope(claim.options))
        if step.verdict == REFUTED:
            step = in_doubt(step, "the sentence sets a condition that symbn cannot use here")
    elif step.verdict == REFUTED and unused and step.counterexample is not None and step.counterexample.m == 1:
        step = in_doubt(step, "the sentence sets a condition on indices, and the counterexample has one example only")
    blank = _blank(follower, claim.first, claim.second, claim.place, claim.chain)
    diagnostics = tuple(_relocated(d, text) for d in step.diagnostics)
    return replace(
        step, source=blank.source, span=blank.span, lhs=blank.lhs, rhs=blank.rhs, file=blank.file, line=blank.line,
        column=blank.column, diagnostics=diagnostics, notes=(*step.notes, *blank.notes),
    )  # fmt: skip


def _scope(options: Options) -> str:
    return "all m" if options.batch is None else str(options.batch)


def _definition(follower: _Follower, chain: Chain, options: Options) -> Step | None:
    """Take the first step of a chain as a definition, if it is one, and return its answer."""
    left, sign, right = chain.sides[0], chain.relations[0], chain.sides[1]
    if sign not in (*EXACT, *DEFINES):
        return None
    blank = _blank(follower, left, right, 0, chain)
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
        diagnostic = _relocated(error.diagnostic, right.text)
        return _placed(
            follower,
            unreadable_step(blank.source, blank.span, (blank.lhs, blank.rhs), _scope(options), diagnostic, start),
        )
    follower.functions = functions
    follower.notation = follower.notation.with_definition(key, made)
    shown = f"{blank.lhs} = {blank.rhs}" if len(blank.rhs) < 60 else blank.lhs
    follower.words[f"{shown} is a definition (line {blank.line})"] = None
    return replace(blank, verdict=ASSUMED, reason=f"the document defines {blank.lhs} here", milliseconds=_since(start))


def _true_by_habit(left: Node, right: Node, notation: Notation) -> bool:
    try:
        return isinstance(decide(readings(left, right, (), notation)).verdict, Proved)
    except (SymbnError, OutsideError):
        return False


def _settled(follower: _Follower, chain: Chain, options: Options, key: str, role: str) -> Step | None:
    """A name that equals a node of the layer plays its role from here on; the step is then an ordinary claim, and true."""
    lets = [f"{role}={key}"]
    bare = replace(follower.notation, free=follower.notation.free - {key})
    follower.notation = bare.with_lets(lets)
    follower.base = replace(follower.base, notation=replace(follower.base.notation, free=follower.base.notation.free - {key}))
    left, right = chain.sides[0], chain.sides[1]
    line = follower.document.place(_origin(right).start)[0]
    follower.words[f"{key} is the {role}, by its definition on line {line}"] = None
    notation = replace(options.notation, free=options.notation.free - {key}).with_lets(lets)
    return _judged(follower, _Claim(left, "=", right, chain, 0, replace(options, notation=notation), ()))


# ---------------------------------------------------------------------- chains


def _compare(follower: _Follower, chain: Chain, options: Options, first: int) -> None:
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
        shown = _short(_source(follower, head.source))
        if step.verdict == REFUTED and equal and not sound:
            notes.append(f"this step is wrong, and it puts right what was wrong before it: two errors cancel, since the right side equals {shown} again")
        elif step.verdict == REFUTED and equal:
            notes.append(f"the right side equals {shown}, although it does not follow from the left side")
        elif step.verdict == PROVED and equal is False:
            notes.append(f"true algebra inside a chain that is already false: the right side is not {shown}")
        elif step.verdict == REFUTED and equal is False and not sound:
            notes.append(f"the left side was already wrong: it is not {shown}")
        follower.steps[number] = replace(step, notes=tuple(notes), chain_head=_source(follower, head.source), equals_head=equal)
        sound = equal is True


def _holds(left: Node, right: Node, chain: Chain, options: Options, follower: _Follower) -> bool | None:
    conditions = (*chain.conditions, *(h.relation for h in follower.hypotheses))
    sides = (defining.called(left, follower.functions), defining.called(right, follower.functions))
    names = _names(sides[0]) | _names(sides[1])
    used = tuple(h for h in conditions if not on_indices(h) or _names(h) <= names)
    try:
        verdict = decide(readings(*sides, used, options.notation, options.batch)).verdict
    except (SymbnError, OutsideError):
        return None
    except Exception:
        return None  # Our own fault; the step itself reports it.
    return True if isinstance(verdict, Proved) else False if isinstance(verdict, Refuted) else None


def _again(follower: _Follower) -> None:
    """Judge once more what used a name before its definition."""
    for number, claim in follower.later.items():
        old = follower.steps[number]
        notation = replace(
            claim.options.notation, definitions=follower.notation.definitions,
            roles={**follower.notation.roles, **claim.options.notation.roles},
        )  # fmt: skip
        step = _judged(follower, replace(claim, options=replace(claim.options, notation=notation)))
        if step.verdict != UNREADABLE:
            follower.steps[number] = replace(step, step=old.step, formula=old.formula, expected=old.expected)


# ---------------------------------------------------------------------- places


def _blank(follower: _Follower, left: Side, right: Side, place: int, chain: Chain) -> Step:
    """Return a step with its place and sources, undecided so far. It stands where its right side does, the first of a chain
    where its left side does."""
    sides = (_source(follower, left.source), _source(follower, right.source))
    own = _origin(right)
    notes: tuple[str, ...] = ()
    if place == 0 and not chain.continued:
        own = _origin(left).to(own)
    elif place == 0 and chain.continued:
        notes = (f"it goes on from the right side on line {follower.last_line}",)
    step = Step(follower.document.text, own, 1, *sides, UNDECIDED, "all m", notes=notes)
    return _placed(follower, step)


def _placed(follower: _Follower, step: Step) -> Step:
    line, column = follower.document.place(step.span.start)
    return replace(step, file=follower.document.path, line=line, column=column)


def _origin(side: Side) -> Span:
    return side.text.origin(side.node.span)


def _source(follower: _Follower, text: Text) -> str:
    """Return a text as its author wrote it, with the macros unexpanded."""
    span = text.origin(Span(0, len(text.text)))
    written = follower.document.text[span.start : span.end]
    return written if text.text else ""


def _relocated(diagnostic: Diagnostic, text: Text) -> Diagnostic:
    return Diagnostic(diagnostic.code, diagnostic.message, text.origin(diagnostic.span), diagnostic.help)


def _names(node: Node) -> set[str]:
    own = {node.text} if isinstance(node, Name) else set[str]()
    return own.union(*map(_names, children(node)))


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57] + "..."


def _since(start: float) -> float:
    return round((perf_counter() - start) * 1000, 3)

