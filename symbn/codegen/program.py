"""What is computed, in which order: the one description that every printer prints.

A program is a list of stages. A stage gives a name to a value: something pointwise, or a mean or a total of it.

    value ::= Name | Number | Plus | Minus | Times | Over | Square | Root

Every name has a *kind*, which says what it is one for each of:

    ELEMENT  of every entry of x         GROUP  of every group of entries that share a mean (a feature, for batch norm)
    PARAMETER  of every scale gamma      SCALAR  of the call: eps, and the number of entries in a group

A *layout* says which axes of x a group and a parameter belong to, so that one program serves (N, D) and (N, C, H, W) alike.
A stage's *head* is what it has to be in the graph of the layer, and what `symbn.codegen.proving` proves it to be.

Invariants, checked when a program is made: I1 a name is given once, before it is used, and backward uses no more of forward
than the cache; I2 a mean or a total is a whole stage, and of elements; I3 a parameter's gradient is a total over the group
where parameters and groups have the same axes, and otherwise one across groups, which no other stage uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from symbn.elaboration.meaning import Meaning
from symbn.layers.graph import Graph

ELEMENT, GROUP, PARAMETER, SCALAR = "element", "group", "parameter", "scalar"
MEAN, TOTAL, ACROSS = "mean", "total", "across"  # over a group; over a group; over all that share a parameter


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Number:
    value: int


@dataclass(frozen=True, slots=True)
class Plus:
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Minus:
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Times:
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Over:
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Square:
    base: Expression


@dataclass(frozen=True, slots=True)
class Root:
    base: Expression


Expression = Name | Number | Plus | Minus | Times | Over | Square | Root


@dataclass(frozen=True, slots=True)
class Stage:
    """One line. reduction: None, or MEAN, TOTAL, ACROSS of the value. words: why it is computed so. head: what it is in the
    graph of the layer; None for what is only a step on the way. anything: the program is right whatever value this stage has,
    so that its rounding does no harm; its head is then a letter that the graph does not have."""

    name: str
    value: Expression
    words: str = ""
    reduction: str | None = None
    head: Meaning | None = None
    anything: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """An argument, or a name that the layout gives (`count`). head: what it is in the graph. words: for the documentation."""

    name: str
    kind: str
    head: Meaning
    words: str


@dataclass(frozen=True, slots=True)
class Layout:
    """axes: the lengths of x's axes, by name. group, parameter: the places of the axes that a group and a parameter have."""

    axes: tuple[str, ...]
    group: tuple[int, ...]
    parameter: tuple[int, ...]

    def outside(self, places: tuple[int, ...]) -> tuple[int, ...]:
        """Return the places of the other axes: those that are summed over."""
        return tuple(place for place in range(len(self.axes)) if place not in places)

    def own(self, kind: str) -> tuple[int, ...]:
        """Return the places of the axes that a value of the kind has."""
        whole = tuple(range(len(self.axes)))
        return {ELEMENT: whole, GROUP: self.group, PARAMETER: self.parameter, SCALAR: ()}[kind]

    def shape(self, kind: str) -> str:
        """Return the shape in words: `(N, D)`, `(D,)`."""
        names = [self.axes[place] for place in self.own(kind)]
        return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


@dataclass(frozen=True, slots=True)
class Program:
    """target: the name on the command line. title: of the layer, in words. arguments: of forward, without eps. constants: names
    among them that no gradient is taken of. cache: what backward is given. letters: the meaning of x's axes."""

    target: str
    title: str
    graph: Graph
    layout: Layout
    letters: str
    inputs: tuple[Input, ...]
    arguments: tuple[str, ...]
    constants: tuple[str, ...]
    forward: tuple[Stage, ...]
    cache: tuple[str, ...]
    backward: tuple[Stage, ...]

    def __post_init__(self) -> None:
        given = [name.name for name in self.inputs if name.name != "dout"]
        self._check(given, self.forward)
        known = {*given, *(stage.name for stage in self.forward)}
        if not known.issuperset(self.cache):
            raise ValueError("this is a bug in symbn: the cache holds what forward does not give")
        self._check([*self.cache, "dout", "count"], self.backward)

    def _check(self, given: list[str], stages: tuple[Stage, ...]) -> None:
        known, shared = set(given), self.layout.group != self.layout.parameter
        for stage in stages:
            used_here = set(names(stage.value))
            if not used_here <= known or self.stage(stage.name) is not stage or self.given(stage.name) is not None:
                raise ValueError(f"this is a bug in symbn: {stage.name} is given twice, or uses what is not there")
            if stage.reduction is not None and ELEMENT not in {self.kind(name) for name in used_here}:
                raise ValueError(f"this is a bug in symbn: {stage.name} is a sum of what is no element")
            if (stage.reduction == ACROSS) != (shared and stage.name in self.gradients and stage.name != "dx"):
                raise ValueError(f"this is a bug in symbn: {stage.name} is summed over the wrong axes")
            if stage.reduction != ACROSS:
                known.add(stage.name)

    @property
    def stages(self) -> tuple[Stage, ...]:
        return (*self.forward, *self.backward)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The arguments that a gradient is taken of; that of `x` is called dx."""
        return tuple(name for name in self.arguments if name not in self.constants)

    @property
    def gradients(self) -> tuple[str, ...]:
        return tuple(f"d{name}" for name in self.parameters)

    @property
    def received(self) -> tuple[str, ...]:
        """What backward needs of the cache: `used` there and not computed there."""
        needed = used(self.backward)
        return tuple(name for name in self.cache if name in needed)

    def given(self, name: str) -> Input | None:
        return next((given for given in self.inputs if given.name == name), None)

    def stage(self, name: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.name == name), None)

    def kind(self, name: str) -> str:
        """Return the kind of a name."""
        given, stage = self.given(name), self.stage(name)
        if given is not None:
            return given.kind
        if stage is None:
            raise KeyError(f"this is a bug in symbn: the program gives no {name}")
        return self.kind_of(stage)

    def kind_of(self, stage: Stage) -> str:
        """Return the kind of a stage. A gradient of a parameter has the parameter's, also where a group has the same axes."""
        if stage.reduction is not None:
            return PARAMETER if stage.name in self.gradients else GROUP
        kinds = {self.kind(name) for name in names(stage.value)}
        return next((kind for kind in (ELEMENT, GROUP, PARAMETER) if kind in kinds), SCALAR)


def parts(value: Expression) -> tuple[Expression, ...]:
    match value:
        case Name() | Number():
            return ()
        case Plus(left, right) | Minus(left, right) | Times(left, right) | Over(left, right):
            return left, right
        case Square(base) | Root(base):
            return (base,)
        case _:
            assert_never(value)


def names(value: Expression) -> Iterator[str]:
    """Yield the names in a value, from left to right."""
    if isinstance(value, Name):
        yield value.name
    for part in parts(value):
        yield from names(part)


def used(stages: tuple[Stage, ...]) -> frozenset[str]:
    """Return the names that the stages use and that none of them gives."""
    return frozenset(name for stage in stages for name in names(stage.value)) - {stage.name for stage in stages}
