"""A program is written only after the kernel has proved it, stage by stage.

The claim of a stage is `head = value`, where every name in the value stands for its own head: an input's, or that of an
earlier stage, proved before. Stages without a head are written out. So by induction every stage is what its head says, and
the last ones are the layer's output and the exact gradient of any loss by x, gamma and beta. The same claims are the lines of
the LaTeX listing and the formulas in the documentation: nothing is printed that is not one of them.

A stage marked `anything` is a free scalar in the claims of the others, so that they are proved for every value of it.
A total *across* groups adds what each group contributes: the loss is the sum of the groups' losses, and so the gradient of a
parameter that they share is the sum of their gradients. What is proved is the contribution of one group.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from symbn.codegen.program import (
    ACROSS, MEAN, Expression, Minus, Name, Number, Over, Plus, Program, Root, Square, Stage, Times,
)  # fmt: skip
from symbn.codegen.targets import ROW
from symbn.elaboration.meaning import Constant, Meaning, Quantity, Raised, SumOver, renamed, show, to_term
from symbn.elaboration.meaning import Plus as Sum
from symbn.elaboration.meaning import plus, times
from symbn.errors import SymbnError
from symbn.kernel.goal import Goal
from symbn.kernel.term import Index
from symbn.kernel.verdict import Proved, prove

_SUMMED = Index("j")
_MINUS, _INVERSE = Constant(Fraction(-1)), Fraction(-1)
_HALF, _TWO = Fraction(1, 2), Fraction(2)


class UnprovedProgramError(SymbnError):
    """A stage of a program that symbn would write is not proved: a bug in symbn, and nothing is written."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a stage is proved to be. across: it is the contribution of one group, and the stage adds them up."""

    stage: Stage
    head: Meaning
    value: Meaning
    across: bool

    def __str__(self) -> str:
        return f"{show(self.head)} = {show(self.value)}"


def claims(program: Program, stages: tuple[Stage, ...]) -> tuple[Claim, ...]:
    """Return the claims of those of the stages that have one, in their order."""
    return tuple(
        Claim(stage, stage.head, _stage_value(program, stage), stage.reduction == ACROSS)
        for stage in stages
        if stage.head is not None and not stage.anything
    )


def prove_program(program: Program) -> tuple[Claim, ...]:
    """Return the claims of the program, each proved for every batch size. Raises: UnprovedProgramError."""
    found = claims(program, program.stages)
    stated = {claim.stage.name for claim in found}
    wanted = {"y", *program.gradients}
    if not wanted <= stated:
        raise UnprovedProgramError(f"this is a bug in symbn: nothing is claimed of {', '.join(sorted(wanted - stated))}")
    graph = program.graph
    free = [stage.head for stage in program.stages if stage.anything]
    if any(not isinstance(head, Quantity) or head.indices or head.name in graph.nodes for head in free) or len(free) > 1:
        raise UnprovedProgramError(f"this is a bug in symbn: a stage of {program.target} passes for anything, but is not free")
    for claim in found:
        answer = prove(Goal(to_term(claim.head, graph), to_term(claim.value, graph), positive=graph.positive))
        if not isinstance(answer, Proved) or answer.nonzero:
            raise UnprovedProgramError(f"this is a bug in symbn: a stage of {program.target} is not proved: {claim}")
    return found


def _stage_value(program: Program, stage: Stage) -> Meaning:
    body = _meaning(program, stage.value)
    if stage.reduction in (None, ACROSS):
        return body
    total = SumOver(_SUMMED, (), renamed(body, {str(ROW.name): str(_SUMMED.name)}))
    return times(total, Raised(Quantity("m"), _INVERSE)) if stage.reduction == MEAN else total


def _named(program: Program, name: str) -> Meaning:
    given, stage = program.given(name), program.stage(name)
    if given is not None:
        return given.head
    if stage is None:
        raise UnprovedProgramError(f"this is a bug in symbn: the program gives no {name}")
    return stage.head if stage.head is not None else _stage_value(program, stage)


def _meaning(program: Program, value: Expression) -> Meaning:
    match value:
        case Name(name):
            return _named(program, name)
        case Number(number):
            return Constant(Fraction(number))
        case Plus(left, right):
            return plus(*_terms(_meaning(program, left)), *_terms(_meaning(program, right)))
        case Minus(left, right):
            return plus(*_terms(_meaning(program, left)), times(_MINUS, _meaning(program, right)))
        case Times(left, right):
            return times(_meaning(program, left), _meaning(program, right))
        case Over(Number(1), right):
            return _raised(_meaning(program, right), _INVERSE)
        case Over(left, right):
            return times(_meaning(program, left), _raised(_meaning(program, right), _INVERSE))
        case Square(base):
            return _raised(_meaning(program, base), _TWO)
        case Root(base):
            return _raised(_meaning(program, base), _HALF)
        case _:
            assert_never(value)


def _terms(meaning: Meaning) -> tuple[Meaning, ...]:
    return meaning.terms if isinstance(meaning, Sum) else (meaning,)


def _raised(base: Meaning, exponent: Fraction) -> Meaning:
    """Return the power; 1/sqrt(a) is one power, as a person writes it. The exponents here leave no sign to lose: s and m are
    positive, and of the others only whole powers are taken."""
    if isinstance(base, Raised) and base.exponent == _HALF and exponent == _INVERSE:
        return Raised(base.base, base.exponent * exponent)
    return Raised(base, exponent)
