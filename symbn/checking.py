"""From characters to answers: the passes in a row.

    text -> statements (syntax) -> equations, one for each reading (elaboration) -> decision (kernel) -> Step -> Verdict

A fault of the text is an answer too (`unreadable`, with its place); only a fault of the caller is raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import NoReturn

import symbn
from symbn.answer import PROVED, REFUTED, UNDECIDED, UNREADABLE, Row, Step
from symbn.diagnostic import Diagnostic, Span, position
from symbn.elaboration.notation import Notation
from symbn.errors import UnreadableError
from symbn.equivocation import is_withheld, with_one_reading
from symbn.judging import Options, in_doubt, judge, unreadable_step
from symbn.layers.batchnorm import CLOSED_FORMS, TRAINING
from symbn.report.terminal import render
from symbn.syntax.parser import parse
from symbn.syntax.tree import Node, Relation, Statement

_REPAIRED = 2000  # the longest text that does not parse for which an edit is looked for
_BESIDE = "another part of the text cannot be read, and it may be a condition of this equation"


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

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return what a notebook shows."""
        return symbn.steps_bundle(self.steps)

    def __str__(self) -> str:
        return "\n".join(render(step) for step in self.steps)


def verify(
    text: str, *, batch: int | None = None, let: Iterable[str] = (), mode: str = TRAINING, repair: bool = False
) -> Verdict:
    """Return the verdict on every equality step of a formula, in LaTeX or plain text.

    batch: decide at this batch size, with the kernel and with SymPy, instead of for every one. let: `role=spelling` pairs
    such as r"mean=\\mu_B". mode: "train", or "eval", in which mean and variance are constants. repair: look for the
    smallest edit that makes a refuted step true.
    Raises: UsageError for an option that makes no sense; a text that cannot be read is the answer `unreadable`.

    >>> verify("sum_i xhat_i = 0").kind
    'proved'
    """
    options = Options(Notation(mode=mode).with_lets(let), batch, repair)
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


def _repaired(step: Step, pair: tuple[Node, str, Node], statement: Statement, options: Options) -> Step:
    if not options.repair or step.verdict != REFUTED:
        return step
    from symbn.repairing import with_repair

    left, _, right = pair
    return with_repair(step, step.source, left, right, statement.conditions, options)


def _equal(text: str, right: Node, conditions: tuple[Relation, ...], options: Options, left: Node) -> Step:
    return judge(text, (left, "=", right), conditions, options)


def _chain(text: str, statement: Statement, options: Options) -> Iterator[Step]:
    """Yield the answers to the steps of one chain, in which one expression has one reading."""
    sides = statement.sides
    sound, caveat = True, False
    for place, (left, sign, right) in enumerate(zip(sides, statement.relations, sides[1:], strict=False)):
        step = judge(text, (left, sign, right), statement.conditions, options)
        caveat = caveat or step.caveat is not None
        if sound and ((step.verdict == PROVED and caveat) or is_withheld(step)):
            earlier = [(side, text[side.span.start : side.span.end]) for side in sides[:place]]
            asked = partial(_equal, text, right, statement.conditions, options)
            step = with_one_reading(step, earlier, asked)
        sound = sound and step.verdict == PROVED
        yield _repaired(step, (left, sign, right), statement, options)


def _steps(text: str, options: Options) -> Iterator[Step]:
    start = perf_counter()
    scope = options.scope
    whole = Span(0, len(text))
    try:
        statements = parse(text)
    except UnreadableError as error:
        step = unreadable_step(text, whole, (text, ""), scope, error.diagnostic, start)
        if options.repair and len(text) <= _REPAIRED:
            from symbn.repairing import with_syntax_repair

            step = with_syntax_repair(step, text, error.diagnostic.span, options)
        yield step
        return
    lone = next((statement for statement in statements if not statement.relations), None)
    if lone is not None:
        # A piece that claims nothing may be the rest of an equation, so that no part of the text is judged without it.
        what = "this is an expression, not an equation" if len(statements) == 1 else "this part of the text has no relation"
        yield unreadable_step(
            text, whole, (text, ""), scope, Diagnostic("no-equation", what, lone.span, "write what it is equal to"), start
        )
        return
    steps = []
    for statement in statements:
        steps.append(list(_chain(text, statement, options)))
    for place, found in enumerate(steps):
        others = [step for n, other in enumerate(steps) if n != place for step in other]
        doubtful = any(step.verdict == UNREADABLE for step in others)
        yield from (in_doubt(step, _BESIDE) if doubtful and step.verdict == REFUTED else step for step in found)
