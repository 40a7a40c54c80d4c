"""The answer to one equality step, as plain data that every report is made from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import symbn
from symbn.decision.decide import Decision
from symbn.diagnostic import Diagnostic, Span, Value, position
from symbn.layers.batchnorm import ClosedForm

SCHEMA = 1
PROVED, REFUTED, UNDECIDED, UNREADABLE, ASSUMED = "proved", "refuted", "undecided", "unreadable", "assumed"
VERDICTS = (PROVED, REFUTED, UNDECIDED, UNREADABLE, ASSUMED)
CAVEAT = "caveat"  # proved, but only under a reading that is named


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
class Repair(Value):
    """The smallest edit found that makes a refuted step true, and proved to do so.

    code: of the catalogue. message: what is wrong, in words. latex: the corrected equation. changed: the edited parts of
    `latex`. side: `right` or `left`, the side that was edited. cost: how far-fetched the mistake is.
    """

    code: str
    message: str
    latex: str
    changed: tuple[Span, ...] = ()
    side: str = "right"
    cost: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sample(Value):
    """Both sides of a step in float64, at one point. eps: None where the equation has none. error: the largest difference over
    the largest value (where both sides are 0 but for rounding, over the largest term that was added up). left, right, indices:
    where the difference is largest. close: whether numpy.allclose, at its own tolerances, finds no difference."""

    method: str
    m: int
    eps: float | None
    error: float
    left: float
    right: float
    indices: tuple[tuple[str, int], ...]
    close: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Witness(Value):
    """What floating-point numbers say of a step: evidence, never a verdict. reason: why there are no samples."""

    samples: tuple[Sample, ...] = ()
    reason: str | None = None

    @property
    def worst(self) -> Sample | None:
        return max(self.samples, key=lambda sample: sample.error, default=None)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Step(Value):
    """The answer to one equality step. Fields as in the JSON record; `span` and `diagnostics` count the characters of
    `source`. formula: line of the first character of its formula. expected: the verdict (and code) that the document states.
    chain_head: the first member of the chain, and whether this step's right side equals it. decision: what the kernel decided,
    kept only where `Options.keep` asks for it. numeric: the second witness, where it was asked for."""

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
    repair: Repair | None = None
    formula: int = 1
    expected: str | None = None
    chain_head: str | None = None
    equals_head: bool | None = None
    decision: Decision | None = None
    numeric: Witness | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The catalogue's codes for what is wrong: of the repair first, then of the diagnostics."""
        own = () if self.repair is None else (self.repair.code,)
        return (*own, *(diagnostic.code for diagnostic in self.diagnostics))

    @property
    def surprising(self) -> bool:
        """Tell whether the document states another verdict than this one."""
        return self.expected is not None and not _agrees(self, self.expected)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return what a notebook shows. How answers look is settled on a floor above, so the package's own door is asked."""
        return symbn.steps_bundle((self,))

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column in the file, both from 1, of a character of `source`, counted from the step's own."""
        line, column = position(self.source, offset)
        first, start = position(self.source, self.span.start)
        return self.line + line - first, column + (self.column - start if line == first else 0)


def _agrees(step: Step, expected: str) -> bool:
    verdict, _, code = expected.partition(" ")
    if verdict == CAVEAT:
        return step.verdict == PROVED and step.caveat is not None
    if verdict != step.verdict:
        return False
    return not code or code in step.codes


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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DocumentReport(Value):
    """The answers to one document. notation: what its names were taken to mean, in words. problems: faults of the document
    itself (its front matter, a directive), with their places. text: what spans count."""

    path: str
    steps: tuple[Step, ...]
    notation: tuple[str, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    text: str = ""
    milliseconds: float = 0.0

    def count(self, verdict: str) -> int:
        """Count the steps with a verdict; `caveat` counts the proved ones that need a reading."""
        if verdict == CAVEAT:
            return sum(step.verdict == PROVED and step.caveat is not None for step in self.steps)
        return sum(step.verdict == verdict for step in self.steps)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return what a notebook shows. How answers look is settled on a floor above, so the package's own door is asked."""
        return symbn.report_bundle(self)

    @property
    def surprises(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.surprising)
