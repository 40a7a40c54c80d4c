"""The answer about one function, as plain immutable data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symbn.answer import PROVED, REFUTED, UNDECIDED

READ, RUN = "read", "run"
Nested = Fraction | tuple["Nested", ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Exact inputs at which the result is wrong. entry: the first one that differs, dx[0, 1]. inputs: x, dout, gamma, eps..
    with their values, nested as the arrays are."""

    shape: tuple[int, ...]
    entry: str
    inputs: tuple[tuple[str, Nested], ...]
    computed: Fraction
    exact: Fraction


@dataclass(frozen=True, slots=True)
class Part:
    """The answer about one of the results. name: dx, dgamma, dbeta, or y for the forward pass. scope: for which sizes.
    likeness: what a wrong result equals, proved. where: the sizes for which a wrong result is right after all.
    condition: what may not be 0 for a proof to hold, since the code divides by it."""

    name: str
    verdict: str
    scope: str
    reason: str | None = None
    difference: Difference | None = None
    likeness: str | None = None
    where: str | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """An intermediate value that is not what its name says. used: whether a result depends on it."""

    line: int
    place: str
    name: str
    message: str
    used: bool


@dataclass(frozen=True, slots=True)
class FunctionReport:
    """The answer about a backward function.

    how: `read` (by an interpreter that executes nothing) or `run` (by Python, in a sandbox). layout: as what it was understood.
    matched: what names were taken for. forward: the name of the forward pass that gave the cache, None if there was none.
    forward_part: whether that is the layer's. readings: what was read in a way that a person should know. needs_running: the
    interpreter does not know what stands there, which says nothing against the code. numeric: figures of the second witness.
    """

    file: str
    function: str
    line: int
    layout: str
    how: str
    parts: tuple[Part, ...] = ()
    findings: tuple[Finding, ...] = ()
    forward: str | None = None
    forward_part: Part | None = None
    matched: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    reason: str | None = None
    milliseconds: float = 0.0
    output: str = ""
    needs_running: bool = False
    layout_name: str | None = None
    numeric: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Return the worst of the parts' verdicts; without parts, undecided."""
        kinds = {part.verdict for part in self.parts}
        if REFUTED in kinds:
            return REFUTED
        return PROVED if kinds == {PROVED} else UNDECIDED
