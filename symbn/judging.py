"""One equality step -> its answer: every reading tried, the verdict of the kernel as plain data, notes and diagnostics."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from time import perf_counter, process_time
from typing import Any

from symbn.answer import PROVED, REFUTED, UNDECIDED, UNREADABLE, Counterexample, Step
from symbn.decision.decide import Decision, decide, proved
from symbn.diagnostic import Diagnostic, Span, Value
from symbn.elaboration.elaborate import Equation, readings
from symbn.elaboration.meaning import OutsideError, show_term
from symbn.elaboration.notation import Notation
from symbn.errors import UnreadableError, UsageError
from symbn.kernel.evaluate import Irrational, Undefined, evaluate
from symbn.kernel.term import Entry, Index, KernelError, Var
from symbn.kernel.verdict import Proved, Refuted
from symbn.layers.batchnorm import EVALUATION, TRAINING
from symbn.syntax.tree import Node, Relation

MAX_BATCH = 4096
MAX_SYMPY_BATCH = 64
DOCUMENT_SECONDS = 600.0  # of processor time, unless another limit is asked for: ten times what 10,000 plain equations take
SLOW = 1500.0  # milliseconds: what takes longer to decide is not decided once more for a note or a repair
_SHOWN_SOURCE = 2000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Options(Value):
    """How to check. batch: a chosen batch size, at which SymPy has to agree, or None for every batch size at once. repair:
    look for the smallest edit that makes a refuted step true, which takes longer than refuting it. keep: leave the kernel's
    decision with the answer, for a certificate. seconds: of processor time for a document, or None; until: when they are over,
    by the clock of this process."""

    notation: Notation = field(default_factory=Notation)
    batch: int | None = None
    repair: bool = False
    keep: bool = False
    seconds: float | None = None
    until: float | None = None

    def __post_init__(self) -> None:
        check_batch(self.batch)

    def started(self) -> Options:
        """Return the options with the time for a document running."""
        return self if self.seconds is None else replace(self, until=process_time() + self.seconds)

    def reading(self, notation: Notation) -> Options:
        """Return the options with another notation; these, if it is the one that they have."""
        return self if notation is self.notation else replace(self, notation=notation)

    @property
    def spent(self) -> str | None:
        """The reason for deciding nothing more, once the time for the document is over."""
        if self.until is None or self.seconds is None or process_time() < self.until:
            return None
        return (
            f"budget: the document has used up its {self.seconds:g} s of processor time, so that this equation was not looked "
            "at: give it more with --time-limit, or split the document"
        )

    @property
    def scope(self) -> str:
        return "all m" if self.batch is None else str(self.batch)


def check_batch(batch: object) -> None:
    """Refuse a batch size that cannot be. Raises: UsageError."""
    if batch is None:
        return
    if isinstance(batch, bool) or not isinstance(batch, int) or not 1 <= batch <= MAX_BATCH:
        raise UsageError(
            f"the batch size is a whole number from 1 to {MAX_BATCH}; got {batch!r} "
            "(without one the answer holds for every batch size)"
        )


def unreadable_step(
    text: str, span: Span, sides: tuple[str, str], scope: str, diagnostic: Diagnostic, start: float
) -> Step:  # fmt: skip
    lhs, rhs = (side if len(side) <= _SHOWN_SOURCE else side[:_SHOWN_SOURCE] + "..." for side in sides)
    return Step(
        text, span, 1, lhs, rhs, UNREADABLE, scope, reason=diagnostic.message, diagnostics=(diagnostic,),
        milliseconds=since(start)
    )  # fmt: skip


def in_doubt(step: Step, reason: str) -> Step:
    """Take a refutation back: something that may be a condition of the equation was not used."""
    return replace(step, verdict=UNDECIDED, counterexample=None, true_up_to=None, repair=None, reason=reason)


def since(start: float) -> float:
    """Return the milliseconds since then."""
    return round((perf_counter() - start) * 1000, 3)


def judge(
    text: str, equation: tuple[Node, str, Node], conditions: tuple[Relation, ...], options: Options, keep: bool = False
) -> Step:
    """Return the answer to one step; the spans of its sides count the characters of `text`. keep: with the kernel's decision,
    even if the options do not ask for it."""
    start = perf_counter()
    left, relation, right = equation
    span = left.span.to(right.span)
    sides = text[left.span.start : left.span.end], text[right.span.start : right.span.end]
    blank = Step(text, span, 1, *sides, UNDECIDED, options.scope)
    if relation not in ("=", ":="):
        return replace(
            blank, reason=f"only exact equality is decided, and this step claims `{relation}`", milliseconds=since(start)
        )
    if options.spent is not None:
        return replace(blank, reason=options.spent)
    try:
        decision = decide(readings(left, right, conditions, options.notation, options.batch))
        step = _with_decision(blank, decision, keep or options.keep)
        if decision.equation is not None:
            step = _with_notes(step, decision, (left, right), conditions, options, start)
    except UnreadableError as error:
        return unreadable_step(text, span, sides, options.scope, error.diagnostic, start)
    except OutsideError as error:
        step = replace(blank, reason=str(error))
    except MemoryError:
        step = replace(blank, reason="budget: there is not enough memory to decide this equation")
    except Exception as error:
        # Our own fault, on input we did not think of: the other formulas still get their answers, and this one no false claim.
        step = replace(blank, reason=f"this is a bug in symbn: {type(error).__name__}: {error}; please report the formula")
    return replace(step, milliseconds=since(start))


def _with_decision(step: Step, decision: Decision, keep: bool) -> Step:
    """Return the step with what was decided. keep: with the decision itself too."""
    equation, answer = decision.equation, decision.verdict
    letters = {} if equation is None else equation.letters()
    meant: dict[str, Any] = {"decision": decision if keep else None}  # put in at once: a step has many fields
    if equation is not None:
        reading = equation.reading
        meant |= {
            "statement": equation.statement(letters),
            "readings": (*equation.notes(letters), *reading.caveats),
            "caveat": "; ".join(reading.caveats) if reading.caveats and isinstance(answer, Proved) else None,
            "scope": "all m" if equation.batch is None else str(equation.batch),
        }
    match answer:
        case Proved(nonzero=nonzero):
            conditions = [shown for term in nonzero if len(shown := show_term(term)) <= 60]
            if len(conditions) < len(nonzero):
                conditions.append("every other denominator")
            conditions = list(dict.fromkeys(conditions))
            verb = "is" if len(conditions) == 1 else "are"
            where = f" (wherever {', '.join(conditions)} {verb} not 0)" if conditions else ""
            meant["statement"] = meant.get("statement", "") + where
            return replace(step, **meant, verdict=PROVED)
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
                tuple(sorted((letters.get(str(index.name), str(index.name)), at) for index, at in point.indices.items())),
                answer.left,
                answer.right,
                _derived(equation, answer),
            )
            below = point.m - 1 if decision.holds_below else None
            return replace(step, **meant, verdict=REFUTED, counterexample=found, true_up_to=below)
        case _:
            return replace(step, **meant, verdict=UNDECIDED, reason=decision.reason)


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
    step: Step,
    decision: Decision,
    sides: tuple[Node, Node],
    conditions: tuple[Relation, ...],
    options: Options,
    start: float,
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
    if step.verdict == REFUTED and since(start) < SLOW:
        training = options.notation.mode == TRAINING
        other = replace(options.notation, mode=EVALUATION if training else TRAINING)
        try:
            if proved(readings(*sides, conditions, other, options.batch), SLOW / 1000) is not None:
                notes.append(
                    "true in evaluation mode, where mean and variance are constants (--mode eval); "
                    "in training they depend on every x_i"
                    if training
                    else "true in training, where mean and variance are those of the batch; here they are constants"
                )
        except (UnreadableError, OutsideError):
            pass
    if notes or diagnostics:
        step = replace(step, notes=tuple(notes), diagnostics=tuple(diagnostics))
    return _with_sympy(step, equation) if equation.batch is not None else step


def _with_sympy(step: Step, equation: Equation) -> Step:
    """Ask SymPy the same question at the chosen batch size; a contradiction is a bug of ours, and no verdict."""
    from symbn.symbolic import ask

    assert equation.batch is not None
    if equation.given:
        return replace(step, notes=(*step.notes, "SymPy is not run where a condition gives a value to an input"))
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
