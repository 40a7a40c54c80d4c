"""From characters to answers: the passes in a row.

    text -> statements (syntax) -> equations, one for each reading (elaboration) -> decision (kernel) -> Step -> Verdict

A fault of the text is an answer too (`unreadable`, with its place); only a fault of the caller is raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from time import perf_counter
from typing import NoReturn

from symbn.answer import PROVED, REFUTED, UNDECIDED, UNREADABLE, Counterexample, Row, Step
from symbn.decision.decide import Decision, decide
from symbn.diagnostic import Diagnostic, Span, position
from symbn.elaboration.elaborate import Equation, readings
from symbn.elaboration.meaning import OutsideError, show_term
from symbn.elaboration.notation import Notation
from symbn.errors import UnreadableError, UsageError
from symbn.kernel.evaluate import Irrational, Undefined, evaluate
from symbn.kernel.term import Entry, Index, KernelError, Var
from symbn.kernel.verdict import Proved, Refuted
from symbn.layers.batchnorm import CLOSED_FORMS, EVALUATION, TRAINING
from symbn.report.terminal import render
from symbn.syntax.parser import parse
from symbn.syntax.tree import Node, Relation

MAX_BATCH = 4096
MAX_SYMPY_BATCH = 64
_SHOWN_SOURCE = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answers to all steps of a text. It has no truth value: look at `kind`, or use `symbn.testing.assert_proved`."""

    steps: tuple[Step, ...]

    @property
    def kind(self) -> str:
        """The worst answer: refuted, else unreadable, else undecided, else proved."""
        found = {step.verdict for step in self.steps}
        return next((kind for kind in (REFUTED, UNREADABLE, UNDECIDED) if kind in found), PROVED)

    @property
    def caveats(self) -> tuple[str, ...]:
        """The readings without which a proved step fails."""
        return tuple(step.caveat for step in self.steps if step.caveat is not None)

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict is not a truth value: compare verdict.kind, or use symbn.testing.assert_proved")

    def __str__(self) -> str:
        return "\n".join(render(step) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Options:
    """How to check. batch: a chosen batch size, at which SymPy has to agree, or None for every batch size at once."""

    notation: Notation = field(default_factory=Notation)
    batch: int | None = None

    def __post_init__(self) -> None:
        check_batch(self.batch)


def check_batch(batch: object) -> None:
    """Refuse a batch size that cannot be. Raises: UsageError."""
    if batch is None:
        return
    if isinstance(batch, bool) or not isinstance(batch, int) or not 1 <= batch <= MAX_BATCH:
        raise UsageError(
            f"the batch size is a whole number from 1 to {MAX_BATCH}; got {batch!r} "
            "(without one the answer holds for every batch size)"
        )


def verify(text: str, *, batch: int | None = None, let: Iterable[str] = (), mode: str = TRAINING) -> Verdict:
    """Return the verdict on every equality step of a formula, in LaTeX or plain text.

    batch: decide at this batch size, with the kernel and with SymPy, instead of for every one. let: `role=spelling` pairs
    such as r"mean=\\mu_B". mode: "train", or "eval", in which mean and variance are constants.
    Raises: UsageError for an option that makes no sense; a text that cannot be read is the answer `unreadable`.

    >>> verify("sum_i xhat_i = 0").kind
    'proved'
    """
    options = Options(Notation(mode=mode).with_lets(let), batch)
    return Verdict(tuple(check_formula(text, options)))


def check_formula(text: str, options: Options, file: str | None = None, line: int = 1, column: int = 1) -> Iterator[Step]:
    """Yield the answer to each equality step of one formula. line, column: the place of its first character in the file."""
    for number, step in enumerate(_steps(text, options), 1):
        below, right = position(text, step.span.start)
        yield replace(step, step=number, file=file, line=line + below - 1, column=right + (column - 1 if below == 1 else 0))


def closed_forms(batches: tuple[int, ...]) -> Iterator[Row]:
    """Yield the closed forms of the layer as they are decided: for every batch size, and by both engines at the chosen ones."""
    for form in CLOSED_FORMS:
        notation = Notation(mode=form.mode)
        (general,) = check_formula(form.formula, Options(notation))
        chosen = tuple(step for batch in batches for step in check_formula(form.formula, Options(notation, batch)))
        yield Row(form, general, chosen)


def _steps(text: str, options: Options) -> Iterator[Step]:
    start = perf_counter()
    scope = "all m" if options.batch is None else str(options.batch)
    whole = Span(0, len(text))
    try:
        statements = parse(text)
    except UnreadableError as error:
        yield _unreadable(text, whole, (text, ""), scope, error.diagnostic, start)
        return
    lone = next((statement for statement in statements if not statement.relations), None)
    if lone is not None:
        # A piece that claims nothing may be the rest of an equation, so that no part of the text is judged without it.
        what = "this is an expression, not an equation" if len(statements) == 1 else "this part of the text has no relation"
        yield _unreadable(
            text, whole, (text, ""), scope, Diagnostic("no-equation", what, lone.span, "write what it is equal to"), start
        )
        return
    steps = []
    for statement in statements:
        pairs = zip(statement.sides, statement.relations, statement.sides[1:], strict=False)
        steps.append([_step(text, pair, statement.conditions, options, scope) for pair in pairs])
    for place, found in enumerate(steps):
        others = [step for n, other in enumerate(steps) if n != place for step in other]
        doubtful = any(step.verdict == UNREADABLE for step in others)
        yield from (_in_doubt(step) if doubtful and step.verdict == REFUTED else step for step in found)


def _in_doubt(step: Step) -> Step:
    reason = "another part of the text cannot be read, and it may be a condition of this equation"
    return replace(step, verdict=UNDECIDED, counterexample=None, true_up_to=None, reason=reason)


def _unreadable(
    text: str, span: Span, sides: tuple[str, str], scope: str, diagnostic: Diagnostic, start: float
) -> Step:  # fmt: skip
    lhs, rhs = (side if len(side) <= _SHOWN_SOURCE else side[:_SHOWN_SOURCE] + "..." for side in sides)
    return Step(
        text, span, 1, lhs, rhs, UNREADABLE, scope, reason=diagnostic.message, diagnostics=(diagnostic,),
        milliseconds=_since(start)
    )  # fmt: skip


def _since(start: float) -> float:
    return round((perf_counter() - start) * 1000, 3)


def _step(text: str, equation: tuple[Node, str, Node], conditions: tuple[Relation, ...], options: Options, scope: str) -> Step:
    start = perf_counter()
    left, relation, right = equation
    span = left.span.to(right.span)
    sides = text[left.span.start : left.span.end], text[right.span.start : right.span.end]
    blank = Step(text, span, 1, *sides, UNDECIDED, scope)
    if relation not in ("=", ":="):
        return replace(
            blank, reason=f"only exact equality is decided, and this step claims `{relation}`", milliseconds=_since(start)
        )
    try:
        decision = decide(readings(left, right, conditions, options.notation, options.batch))
        step = _with_decision(blank, decision)
        if decision.equation is not None:
            step = _with_notes(step, decision, (left, right), conditions, options)
    except UnreadableError as error:
        return _unreadable(text, span, sides, scope, error.diagnostic, start)
    except OutsideError as error:
        step = replace(blank, reason=str(error))
    except Exception as error:
        # Our own fault, on input we did not think of: the other formulas still get their answers, and this one no false claim.
        step = replace(blank, reason=f"this is a bug in symbn: {type(error).__name__}: {error}; please report the formula")
    return replace(step, milliseconds=_since(start))


def _with_decision(step: Step, decision: Decision) -> Step:
    equation, answer = decision.equation, decision.verdict
    if equation is not None:
        reading = equation.reading
        caveat = "; ".join(reading.caveats) if reading.caveats and isinstance(answer, Proved) else None
        step = replace(
            step,
            statement=equation.statement(),
            readings=(*reading.notes, *reading.caveats),
            caveat=caveat,
            scope="all m" if equation.batch is None else str(equation.batch),
        )
    match answer:
        case Proved(nonzero=nonzero):
            conditions = [shown for term in nonzero if len(shown := show_term(term)) <= 60]
            if len(conditions) < len(nonzero):
                conditions.append("every other denominator")
            where = f" (wherever {', '.join(dict.fromkeys(conditions))} is not 0)" if conditions else ""
            return replace(step, verdict=PROVED, statement=(step.statement or "") + where)
        case Refuted():
            point = answer.point
            found = Counterexample(
                point.m,
                (
                    # x before its upstream gradient, as one computes.
                    *(
                        (f"{name}_{','.join(map(str, at))}", value)
                        for (name, at), value in sorted(point.entries.items(), key=lambda entry: (entry[0][0] != "x", entry[0]))
                    ),
                    *sorted(point.scalars.items()),
                ),
                tuple(sorted((str(index.name), at) for index, at in point.indices.items())),
                answer.left,
                answer.right,
                _derived(equation, answer),
            )
            below = point.m - 1 if decision.holds_below else None
            return replace(step, verdict=REFUTED, counterexample=found, true_up_to=below)
        case _:
            return replace(step, verdict=UNDECIDED, reason=decision.reason)


def _derived(equation: Equation | None, refuted: Refuted) -> tuple[tuple[str, Fraction], ...]:
    """Return mu, var, s and xhat at the point, for a person who redoes the counterexample on paper."""
    if equation is None or any(index.axis != "batch" for node in equation.graph.nodes.values() for index in node.formal):
        return ()
    found: list[tuple[str, Fraction]] = []
    names = {name for name, _ in refuted.point.entries} | set(refuted.point.scalars)
    for name in ("mu", "var", "s", "xhat"):
        node = equation.graph.nodes[name]
        if node.definition is None or "x" not in names or (name in ("s", "xhat") and "eps" not in names):
            continue
        leaves = [Entry(name, (Index(j),)) for j in range(1, refuted.point.m + 1)] if node.slots else [Var(name)]
        try:
            for leaf in leaves:
                shown = f"{name}_{leaf.indices[0].name}" if isinstance(leaf, Entry) else name
                found.append((shown, evaluate(equation.graph.expand(leaf), refuted.point)))
        except (KernelError, Irrational, Undefined):
            continue
    return tuple(found)


def _with_notes(
    step: Step, decision: Decision, sides: tuple[Node, Node], conditions: tuple[Relation, ...], options: Options
) -> Step:
    equation = decision.equation
    assert equation is not None
    notes: list[str] = []
    diagnostics: list[Diagnostic] = list(equation.warnings)
    if step.verdict in (REFUTED, UNDECIDED):
        for letter, span in equation.unmatched:
            diagnostics.append(
                Diagnostic(
                    "unmatched-index",
                    f"the index {letter} is free on one side only, so the equation is claimed for every {letter}",
                    span,
                    f"sum over {letter}, or rename it to an index of the other side",
                )
            )
    if step.verdict == REFUTED and options.notation.mode == TRAINING:
        other = replace(options.notation, mode=EVALUATION)
        try:
            constant = decide(readings(*sides, conditions, other, options.batch))
            if isinstance(constant.verdict, Proved):
                notes.append(
                    "true in evaluation mode, where mean and variance are constants (--mode eval); "
                    "in training they depend on every x_i"
                )
        except (UnreadableError, OutsideError):
            pass
    step = replace(step, notes=tuple(notes), diagnostics=tuple(diagnostics))
    return _with_sympy(step, equation) if equation.batch is not None else step


def _with_sympy(step: Step, equation: Equation) -> Step:
    """Ask SymPy the same question at the chosen batch size; a contradiction is a bug of ours, and no verdict."""
    from symbn.symbolic import ask

    assert equation.batch is not None
    if equation.batch > MAX_SYMPY_BATCH:
        return replace(step, notes=(*step.notes, f"SymPy is not run beyond m = {MAX_SYMPY_BATCH}"))
    start = perf_counter()
    answer, reason = ask(equation)
    took = f"{perf_counter() - start:.2f} s"
    if {"equal": REFUTED, "different": PROVED}.get(answer) == step.verdict:
        said = f"the kernel says {step.verdict}, SymPy says {answer} at m = {equation.batch}"
        bug = f"this is a bug in symbn: {said}; please report it"
        return replace(step, verdict=UNDECIDED, caveat=None, counterexample=None, true_up_to=None, reason=bug)
    verb = "agrees" if step.verdict in (PROVED, REFUTED) else "finds without the kernel, so that this is no proof,"
    words = {
        "equal": f"SymPy {verb} at m = {equation.batch}: the sides are equal ({took})",
        "different": f"SymPy {verb} at m = {equation.batch}: the sides differ ({took})",
        "undecided": f"SymPy does not decide this at m = {equation.batch}: {reason}",
    }
    return replace(step, notes=(*step.notes, words[answer]), sympy=answer)
