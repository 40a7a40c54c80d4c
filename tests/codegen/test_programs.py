"""A program is proved stage by stage, and one that is wrong in any place is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from symbn.codegen.program import (
    ACROSS, ELEMENT, MEAN, TOTAL, Expression, Layout, Minus, Name, Number, Over, Plus, Program, Root, Square, Stage, Times,
)  # fmt: skip
from symbn.codegen.proving import UnprovedProgramError, prove_program
from symbn.codegen.targets import PROGRAMS, program_of
from symbn.codegen.writing import Request, generate
from symbn.elaboration.meaning import Quantity
from symbn.errors import UsageError
from symbn.layers.batchnorm import EVALUATION, TRAINING, batch_norm
from symbn.checking import verify


SWAPPED: dict[type, Callable[[Expression, Expression], Expression]] = {Plus: Minus, Minus: Plus, Times: Over, Over: Times}


def wrong(value: Expression) -> Iterator[Expression]:
    """Yield the expression with one thing wrong in it."""
    match value:
        case Name() | Number():
            return
        case Square(base) | Root(base):
            yield base
            yield from (type(value)(other) for other in wrong(base))
        case Plus(left, right) | Minus(left, right) | Times(left, right) | Over(left, right):
            yield SWAPPED[type(value)](left, right)
            yield left
            yield right
            yield from (type(value)(other, right) for other in wrong(left))
            yield from (type(value)(left, other) for other in wrong(right))


def wrong_stages(stage: Stage) -> Iterator[Stage]:
    for value in wrong(stage.value):
        yield replace(stage, value=value)
    if stage.reduction is not None and not stage.anything:
        for reduction in {MEAN, TOTAL, ACROSS, None} - {stage.reduction}:
            yield replace(stage, reduction=reduction)


def with_stage(program: Program, old: Stage, new: Stage) -> Program:
    forward, backward = (
        tuple(new if stage is old else stage for stage in stages) for stages in (program.forward, program.backward)
    )
    return replace(program, forward=forward, backward=backward)


@pytest.mark.parametrize("target", PROGRAMS)
def test_every_program_is_proved(target: str) -> None:
    program = PROGRAMS[target]
    proved = {claim.stage.name for claim in prove_program(program)}
    assert proved >= {"y", "dx", "dgamma", "dbeta", "inv_std", "xhat"}


@pytest.mark.parametrize("target", PROGRAMS)
def test_a_program_with_one_thing_wrong_is_refused(target: str) -> None:
    program, tried = PROGRAMS[target], 0
    for stage in program.stages:
        for mutant in wrong_stages(stage):
            tried += 1
            with pytest.raises((UnprovedProgramError, ValueError)):
                prove_program(with_stage(program, stage, mutant))
    assert tried > 20


def test_the_shift_may_be_anything_at_all() -> None:
    program = PROGRAMS["batchnorm"]
    shift = program.stages[0]
    for value, reduction in ((Times(Name("x"), Name("x")), TOTAL), (Name("x"), TOTAL), (Plus(Name("x"), Name("x")), MEAN)):
        assert prove_program(with_stage(program, shift, replace(shift, value=value, reduction=reduction)))


def test_no_other_stage_passes_as_anything() -> None:
    program = PROGRAMS["batchnorm"]
    for stage in program.stages:
        if stage.head is not None and not stage.anything and stage.name != "mean":
            loose = replace(stage, value=Times(stage.value, stage.value), anything=True)
            with pytest.raises(UnprovedProgramError):
                prove_program(with_stage(program, stage, loose))


@pytest.mark.parametrize("name", ["dx", "dgamma", "y"])
def test_a_gradient_of_which_nothing_is_claimed_is_refused(name: str) -> None:
    program = PROGRAMS["batchnorm"]
    stage = program.stage(name)
    assert stage is not None
    with pytest.raises(UnprovedProgramError, match="nothing is claimed"):
        prove_program(with_stage(program, stage, replace(stage, head=None)))


def test_the_training_program_is_no_evaluation_program() -> None:
    for target, mode in (("batchnorm", EVALUATION), ("batchnorm-eval", TRAINING)):
        with pytest.raises((UnprovedProgramError, ValueError)):
            prove_program(replace(PROGRAMS[target], graph=batch_norm(mode)))


@pytest.mark.parametrize(
    ("target", "layout"),
    [("batchnorm", Layout(("N", "D"), (0,), (1,))), ("layernorm", Layout(("N", "D"), (1,), (1,)))],
)
def test_a_layout_that_does_not_fit_the_layer_is_refused(target: str, layout: Layout) -> None:
    with pytest.raises(ValueError, match="wrong axes"):
        replace(PROGRAMS[target], layout=layout)


@pytest.mark.parametrize(
    "stage",
    [
        Stage("late", Name("y")),
        Stage("xhat", Name("x")),
        Stage("dout", Name("x")),
        Stage("loose", Name("gamma"), reduction=MEAN),
        Stage("loose", Name("x"), reduction=ACROSS),
    ],
)
def test_a_stage_out_of_place_is_refused(stage: Stage) -> None:
    program = PROGRAMS["batchnorm"]
    with pytest.raises(ValueError, match="bug in symbn"):
        replace(program, forward=(stage, *program.forward))


def test_backward_gets_no_more_than_the_cache() -> None:
    program = PROGRAMS["batchnorm"]
    with pytest.raises(ValueError, match="uses what is not there"):
        replace(program, cache=("inv_std", "gamma", "mean", "variance"))
    with pytest.raises(ValueError, match="does not give"):
        replace(program, cache=(*program.cache, "dx"))


def test_nothing_is_written_unless_it_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    program = PROGRAMS["batchnorm"]
    stage = program.stage("dx")
    assert stage is not None
    monkeypatch.setitem(PROGRAMS, "batchnorm", with_stage(program, stage, replace(stage, value=Name("rest"))))
    with pytest.raises(UnprovedProgramError, match="dL/dx_i = g_i"):
        generate(Request("batchnorm", "numpy"))


@pytest.mark.parametrize("target", ["batchnorm", "batchnorm-eval", "spatial-batchnorm", "spatial-batchnorm-eval"])
def test_the_documented_formulas_read_back_and_are_proved(target: str) -> None:
    mode = EVALUATION if target.endswith("eval") else TRAINING
    for claim in prove_program(PROGRAMS[target]):
        assert verify(str(claim), mode=mode).kind == "proved"


def test_a_target_that_is_not_known_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="layernorm"):
        program_of("groupnorm")


def test_the_kinds_of_the_stages() -> None:
    program = PROGRAMS["spatial-batchnorm"]
    assert program.kind("rest") == program.kind("xhat") == ELEMENT
    assert program.layout.shape(program.kind("dgamma")) == program.layout.shape(program.kind("inv_std")) == "(C,)"
    assert PROGRAMS["layernorm"].layout.shape(PROGRAMS["layernorm"].kind("projection")) == "(N,)"
    assert program.stages[0].head == Quantity("a")
