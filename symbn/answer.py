"""The answer to one equality step, as plain data that every report is made from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symbn.diagnostic import Diagnostic, Span, Value
from symbn.layers.batchnorm import ClosedForm

SCHEMA = 1
PROVED, REFUTED, UNDECIDED, UNREADABLE, ASSUMED = "proved", "refuted", "undecided", "unreadable", "assumed"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Counterexample(Value):
    """Exact values at which the sides differ. entries: inputs by name; indices: the free indices; derived: nodes, to redo it
    by hand."""

    m: int
    entries: tuple[tuple[str, Fraction], ...]
    indices: tuple[tuple[str, int], ...]
    left: Fraction
    right: Fraction
    derived: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Step(Value):
    """The answer to one equality step. Fields as in the JSON record; `span` and `diagnostics` count the characters of
    `source`."""

    source: str
    span: Span
    step: int
    lhs: str
    rhs: str
    verdict: str
    scope: str
    file: str | None = None
    line: int = 1
    column: int = 1
    caveat: str | None = None
    readings: tuple[str, ...] = ()
    statement: str | None = None
    counterexample: Counterexample | None = None
    true_up_to: int | None = None
    reason: str | None = None
    notes: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    sympy: str | None = None
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Row(Value):
    """One closed form: the kernel's answer for every batch size, and both engines' at each chosen one."""

    form: ClosedForm
    general: Step
    chosen: tuple[Step, ...]

    @property
    def agreement(self) -> str:
        """What SymPy says at the chosen sizes, in one word or two."""
        answers = {step.sympy or "not run" for step in self.chosen}
        return answers.pop() if len(answers) == 1 else "mixed: " + ", ".join(sorted(answers))

    @property
    def seconds(self) -> float:
        return sum(step.milliseconds for step in self.chosen) / 1000
