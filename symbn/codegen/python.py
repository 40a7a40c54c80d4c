"""The two functions of a program in Python: one printer for NumPy, PyTorch and JAX, which differ in a few words.

The lines are straight-line code over whole arrays. A value of a group or of a parameter is an array with the axes of that
alone, `(D,)`; where it meets an element it gets the axes that are missing behind it: `gamma[:, None, None]`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import wrap
from typing import assert_never

from symbn.codegen.operations import ATOM, POWER, infix
from symbn.codegen.program import (
    ACROSS, ELEMENT, MEAN, SCALAR, Expression, Minus, Name, Number, Over, Plus, Program, Root, Square, Stage, Times, used,
)  # fmt: skip
from symbn.codegen.proving import Claim
from symbn.codegen.wording import PROVED, formulas

WIDTH = 88  # columns: what formatters of Python take


@dataclass(frozen=True, slots=True)
class Dialect:
    """array: the type of arrays. root: the square root. axis: what a reduction calls its axes."""

    array: str
    root: str
    axis: str


def functions(program: Program, dialect: Dialect, name: str, proved: Iterable[Claim]) -> str:
    """Return the forward and the backward function."""
    by_name = {claim.stage.name: claim for claim in proved}
    return f"{_forward(program, dialect, name, by_name)}\n\n\n{_backward(program, dialect, name, by_name)}\n"


def _forward(program: Program, dialect: Dialect, name: str, proved: dict[str, Claim]) -> str:
    arguments = [*(f"{given}: {dialect.array}" for given in program.arguments), "eps: float = 1e-5"]
    signature = signature_of(f"{name}_forward", arguments, f"tuple[{dialect.array}, Cache]")
    what = [_described(program, given) for given in (*program.arguments, "eps")]
    shapes = [f"y: {program.layout.shape(ELEMENT)}", *(f"{given}: {_shape(program, given)}" for given in program.cache)]
    cache = ", ".join(program.cache)
    lines = [
        f"The cache for the backward pass is ({cache}).",
        "",
        *_block("Arguments:", what),
        *_block("Shapes of what is returned:", shapes),
        *_block(PROVED, formulas(program.forward, proved, WIDTH - 8)),
    ]
    ending = [f"return y, ({cache})"]
    return "\n".join(
        [signature, *docstring("Return y and the cache.", lines), *_body(program, dialect, program.forward, ending)]
    )


def _backward(program: Program, dialect: Dialect, name: str, proved: dict[str, Claim]) -> str:
    result = ", ".join([dialect.array] * len(program.gradients))
    signature = signature_of(f"{name}_backward", [f"dout: {dialect.array}", "cache: Cache"], f"tuple[{result}]")
    shapes = [f"{gradient}: {_shape(program, gradient)}" for gradient in program.gradients]
    lines = [
        *_block("Arguments:", [_described(program, "dout"), "cache: what the forward pass returned"]),
        *_block("Shapes of what is returned:", shapes),
        *_block(PROVED, formulas(program.backward, proved, WIDTH - 8)),
    ]
    unpacked = [given if given in program.received else f"_{given}" for given in program.cache]
    opening = [f"{', '.join(unpacked)} = cache"]
    if "count" in used(program.backward):
        sizes = [f"dout.shape[{place}]" for place in program.layout.outside(program.layout.group)]
        opening.append(f"count = {' * '.join(sizes)}")
    ending = [f"return {', '.join(program.gradients)}"]
    summary = f"Return {', '.join(program.gradients)}: the gradients dL/dx, dL/dgamma, dL/dbeta of any loss L."
    return "\n".join(
        [signature, *docstring(summary, lines), *(f"    {line}" for line in opening),
         *_body(program, dialect, program.backward, ending)]
    )  # fmt: skip


def signature_of(name: str, arguments: Iterable[str], result: str, indent: str = "") -> str:
    """Return a `def` line, an argument a line."""
    return "\n".join([f"{indent}def {name}(", *(f"{indent}    {given}," for given in arguments), f"{indent}) -> {result}:"])


def docstring(summary: str, lines: list[str], indent: str = "    ") -> list[str]:
    """Return a docstring's lines, the last of which are its closing quotes."""
    while lines and not lines[-1]:
        lines = lines[:-1]
    return [f'{indent}"""{summary}', "", *(f"{indent}{line}".rstrip() for line in lines), f'{indent}"""']


def _block(title: str, items: list[str]) -> list[str]:
    return [title, *(f"    {item}" for item in items), ""]


def _described(program: Program, name: str) -> str:
    given = program.given(name)
    assert given is not None
    shape = "" if given.kind == SCALAR else f" {program.layout.shape(given.kind)},"
    return f"{name}:{shape} {given.words}"


def _shape(program: Program, name: str) -> str:
    return program.layout.shape(program.kind(name))


def _body(program: Program, dialect: Dialect, stages: tuple[Stage, ...], ending: list[str]) -> list[str]:
    lines: list[str] = []
    for stage in stages:
        lines += [f"# {line}" for line in wrap(stage.words, WIDTH - 6)]
        lines.append(f"{stage.name} = {_value(program, dialect, stage)}")
    return [f"    {line}" for line in (*lines, *ending)]


def _value(program: Program, dialect: Dialect, stage: Stage) -> str:
    kind = ELEMENT if stage.reduction is not None else program.kind_of(stage)
    text, bond = _printed(program, dialect, stage.value, kind)
    if stage.reduction is None:
        return text
    own = program.layout.parameter if stage.reduction == ACROSS else program.layout.group
    places = program.layout.outside(own)
    axes = str(places[0]) if len(places) == 1 else f"({', '.join(map(str, places))})"
    method = "mean" if stage.reduction == MEAN else "sum"
    return f"{text if bond == ATOM else f'({text})'}.{method}({dialect.axis}={axes})"


def _printed(program: Program, dialect: Dialect, value: Expression, kind: str) -> tuple[str, int]:
    """Return the value as an array of the kind, and how tightly its text holds together."""

    def inside(part: Expression, least: int) -> str:
        text, bond = _printed(program, dialect, part, kind)
        return text if bond >= least else f"({text})"

    match value:
        case Name(name):
            return name + _missing(program, name, kind), ATOM
        case Number(number):
            return f"{number}.0", ATOM
        case Plus() | Minus() | Times() | Over():
            return infix(value, inside)
        case Square(base):
            return f"{inside(base, ATOM)}**2", POWER
        case Root(base):
            return f"{dialect.root}({_printed(program, dialect, base, kind)[0]})", ATOM
        case _:
            assert_never(value)


def _missing(program: Program, name: str, kind: str) -> str:
    """Return the index that gives an array the axes it lacks behind its own."""
    own = program.kind(name)
    if own in (ELEMENT, SCALAR) or kind != ELEMENT:
        return ""
    (place,) = program.layout.own(own)
    missing = len(program.layout.axes) - 1 - place
    return f"[:{', None' * missing}]" if missing else ""
