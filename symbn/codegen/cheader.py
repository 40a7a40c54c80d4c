"""A program as one C99 header: two functions that allocate nothing.

Arrays are row-major. The outer loop runs over the groups (or over the parameters, for a total across groups), whose values
are scalars of type double whatever the arrays hold; the inner ones run over the entries. Stages join into *passes*, one walk
over the entries each, as long as none needs a total that its own pass has not finished. What is neither given nor returned
has no array: it is computed again in every pass that needs it, which rounds the same and costs less than memory would.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from symbn.codegen.operations import ATOM, PRODUCT, infix
from symbn.codegen.program import (
    ACROSS, ELEMENT, GROUP, MEAN, PARAMETER, SCALAR, Expression, Minus, Name, Number, Over, Plus, Program, Root, Square,
    Stage, Times, names,
)  # fmt: skip
from symbn.codegen.proving import Claim
from symbn.codegen.wording import PROVED, about, formulas, paragraph

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class _Function:
    """given, returned: the names of its arrays, in the order of its arguments."""

    program: Program
    stages: tuple[Stage, ...]
    given: tuple[str, ...]
    returned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pass:
    """Stages that one walk over the entries computes. Without a walk: a single scalar."""

    stages: tuple[Stage, ...]
    walks: bool


def header(program: Program, name: str, dtype: str, proved: Iterable[Claim]) -> str:
    """Return the header. It includes nothing but <math.h> and <stddef.h>."""
    by_name = {claim.stage.name: claim for claim in proved}
    guard, real = f"{name.upper()}_H", f"{name}_real"
    kept = tuple(given for given in program.cache if program.given(given) is None)
    forward = _Function(program, program.forward, program.arguments, ("y", *kept))
    backward = _Function(program, program.backward, ("dout", *program.received), program.gradients)
    number = {"float64": "double", "float32": "float"}[dtype]
    summary, lines = about(program, "c", dtype, _WIDTH - 3)
    words = (
        "C99, linked with -lm. Arrays are row-major and do not overlap; none may be null. Nothing is allocated. All arithmetic "
        f"is of type double; {name.upper()}_REAL, which is {number} unless it is defined, says what arrays hold: float or "
        "double. Not for -ffast-math, which may take x - shift - residual for x - (shift + residual)."
    )
    lines += paragraph(words, _WIDTH - 3)[:-1]
    return "\n".join(
        [
            *_comment([summary, "", *lines]),
            f"#ifndef {guard}", f"#define {guard}", "", "#include <math.h>", "#include <stddef.h>", "",
            f"#ifndef {name.upper()}_REAL", f"#define {name.upper()}_REAL {number}", "#endif",
            f"typedef {name.upper()}_REAL {real};", "",
            *_function(forward, f"{name}_forward", real, by_name), "",
            *_function(backward, f"{name}_backward", real, by_name), "",
            "#endif", "",
        ]
    )  # fmt: skip


def _comment(lines: list[str]) -> list[str]:
    return ["/*", *(f" * {line}".rstrip() for line in lines), " */"]


def _function(function: _Function, name: str, real: str, proved: dict[str, Claim]) -> list[str]:
    program = function.program
    scalars = ["double eps"] if any("eps" in names(stage.value) for stage in function.stages) else []
    arguments = [
        ", ".join(f"size_t {axis}" for axis in program.layout.axes),
        *(f"const {real} *restrict {given}" for given in function.given), *scalars,
        *(f"{real} *restrict {returned}" for returned in function.returned),
    ]  # fmt: skip
    words = [f"{role} {_shapes(program, of)}" for role, of in (("Given:", function.given), ("Written:", function.returned))]
    lines = formulas(function.stages, proved, _WIDTH - 7)
    body: list[str] = []
    for outer, stages in _blocks(function):
        body += _loops(program, program.layout.own(outer), _block(function, outer, stages, real))
    return [
        *_comment([*words, PROVED, *(f"    {line}" for line in lines)]),
        f"static inline void {name}(",
        *(f"    {argument}{',' if n < len(arguments) else ')'}" for n, argument in enumerate(arguments, 1)),
        "{",
        *(f"    {line}" for line in body),
        "}",
    ]


def _shapes(program: Program, given: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {program.layout.shape(program.kind(name))}" for name in given) + "."


def _blocks(function: _Function) -> list[tuple[str, tuple[Stage, ...]]]:
    """Return the stages by what the outer loop runs over: parameters for a total across groups, else groups."""
    blocks: list[tuple[str, tuple[Stage, ...]]] = []
    for stage in function.stages:
        outer = PARAMETER if stage.reduction == ACROSS else GROUP
        if blocks and blocks[-1][0] == outer:
            blocks[-1] = (outer, (*blocks[-1][1], stage))
        else:
            blocks.append((outer, (stage,)))
    return blocks


def _loops(program: Program, places: tuple[int, ...], body: list[str]) -> list[str]:
    """Return the body inside a loop over each of the axes."""
    for place in reversed(places):
        axis, letter = program.layout.axes[place], program.layout.axes[place].lower()
        body = [f"for (size_t {letter} = 0; {letter} < {axis}; ++{letter}) {{", *(f"    {line}" for line in body), "}"]
    return body


def _block(function: _Function, outer: str, stages: tuple[Stage, ...], real: str) -> list[str]:
    """Return what is done for one group, or for one parameter."""
    program = function.program
    inner = program.layout.outside(program.layout.own(outer))
    lines: list[str] = []
    for walk in _passes(function, stages):
        if not walk.walks:
            (stage,) = walk.stages
            lines += [*_why(stage), f"const double {_local(function, stage.name)} = {_text(function, stage.value)};"]
            lines += _stored(function, stage, real)
            continue
        totals = [stage for stage in walk.stages if stage.reduction is not None]
        for stage in totals:
            lines += [*_why(stage), f"double {_local(function, stage.name)} = 0.0;"]
        lines += _loops(program, inner, _entry(function, walk, real))
        for stage in totals:
            if stage.reduction == MEAN:
                lines.append(f"{_local(function, stage.name)} /= {_count(program)};")
            lines += _stored(function, stage, real)
    return lines


def _passes(function: _Function, stages: tuple[Stage, ...]) -> list[_Pass]:
    passes: list[_Pass] = []
    for stage in stages:
        is_element = stage.reduction is None and function.program.kind_of(stage) == ELEMENT
        if is_element and stage.name not in function.returned:
            continue  # computed again where it is needed
        walks = is_element or stage.reduction is not None
        last = passes[-1] if passes else None
        if walks and last is not None and last.walks:
            finished = {other.name for other in last.stages if other.reduction is not None}
            if not finished & _needed(function, stage):
                passes[-1] = _Pass((*last.stages, stage), True)
                continue
        passes.append(_Pass((stage,), walks))
    return passes


def _needed(function: _Function, stage: Stage) -> frozenset[str]:
    """Return all names that an entry of the stage is computed from, through other entries of the same function."""
    found = set(names(stage.value))
    for name in tuple(found):
        earlier = next((other for other in function.stages if other.name == name), None)
        if earlier is not None and function.program.kind(name) == ELEMENT:
            found |= _needed(function, earlier)
    return frozenset(found)


def _entry(function: _Function, walk: _Pass, real: str) -> list[str]:
    """Return what is done for one entry: the values on the way, then what is summed or stored."""
    program = function.program
    wanted = frozenset[str]().union(*(_needed(function, stage) | {stage.name} for stage in walk.stages))
    lines = [f"const size_t at = {_place(program, ELEMENT)};"]
    for stage in function.stages:
        if stage.name not in wanted:
            continue
        if stage.reduction is not None and stage in walk.stages:
            lines.append(f"{_local(function, stage.name)} += {_text(function, stage.value)};")
        elif stage.reduction is None and program.kind_of(stage) == ELEMENT:
            lines.append(f"const double {_local(function, stage.name)} = {_text(function, stage.value)};")
            lines += _stored(function, stage, real) if stage in walk.stages else []
    return lines


def _why(stage: Stage) -> list[str]:
    return [f"/* {stage.words} */"] if stage.words else []


def _stored(function: _Function, stage: Stage, real: str) -> list[str]:
    if stage.name not in function.returned:
        return []
    return [f"{_element(function.program, stage.name)} = ({real}){_local(function, stage.name)};"]


def _local(function: _Function, name: str) -> str:
    """Return what a computed value is called: an array of the same name would be hidden otherwise."""
    return f"{name}_here" if name in function.returned else name


def _element(program: Program, name: str) -> str:
    kind = program.kind(name)
    return f"{name}[{'at' if kind == ELEMENT else _place(program, kind)}]"


def _place(program: Program, kind: str) -> str:
    """Return where a value of the kind is in its array: ((n * C + c) * H + h) * W + w."""
    first, *rest = program.layout.own(kind)
    text = program.layout.axes[first].lower()
    for place in rest:
        axis = program.layout.axes[place]
        text = f"{f'({text})' if '+' in text else text} * {axis} + {axis.lower()}"
    return text


def _count(program: Program) -> str:
    sizes = [program.layout.axes[place] for place in program.layout.outside(program.layout.group)]
    product = " * ".join(f"(double){size}" for size in sizes)
    return f"({product})" if len(sizes) > 1 else product


def _text(function: _Function, value: Expression) -> str:
    return _printed(function, value)[0]


def _printed(function: _Function, value: Expression) -> tuple[str, int]:
    def inside(part: Expression, least: int) -> str:
        text, bond = _printed(function, part)
        return text if bond >= least else f"({text})"

    match value:
        case Name("count"):
            return _count(function.program), ATOM
        case Name(name) if name in function.given and function.program.kind(name) != SCALAR:
            # a product of two floats would be rounded to a float before it is summed
            return f"(double){_element(function.program, name)}", ATOM
        case Name(name):
            return _local(function, name), ATOM
        case Number(number):
            return f"{number}.0", ATOM
        case Plus() | Minus() | Times() | Over():
            return infix(value, inside)
        case Square(base):
            return f"{inside(base, ATOM)} * {inside(base, ATOM)}", PRODUCT
        case Root(base):
            return f"sqrt({_printed(function, base)[0]})", ATOM
        case _:
            assert_never(value)
