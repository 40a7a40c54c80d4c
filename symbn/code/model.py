"""What a Python function is given and what it answered, as plain immutable values.

A function is followed in one of two spaces:

- *chosen shapes*: every array is a `Tensor` of kernel terms over scalars such as x[0,1], dout[2,0], gamma[1], eps;
- *all sizes*: every array is an `IndexedTensor`, one kernel term in the indices of its axes, over x_ic, g_ic, gamma_c, eps.

and in one of two ways: *read*, by an interpreter of ours that executes nothing, or *run*, by Python itself in a sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from symbn.kernel.term import Index, Term


@dataclass(frozen=True, slots=True)
class Tensor:
    """An array at a chosen shape: its entries in row-major order, terms over scalars (`Var`) without any index."""

    shape: tuple[int, ...]
    entries: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of an array at all sizes. size: the names of the sizes whose product is its length, () for length 1.
    index: what the term calls the position on it; None on an axis of length 1."""

    size: tuple[str, ...]
    index: Index | None


@dataclass(frozen=True, slots=True)
class IndexedTensor:
    """An array at all sizes: the entry at the positions of its axes is `term`."""

    axes: tuple[Axis, ...]
    term: Term


@dataclass(frozen=True, slots=True)
class Result:
    """A place in what an earlier call of the same session returned: the call's number, then the keys on the way."""

    call: int
    path: tuple[int | str, ...] = ()


Array = Tensor | IndexedTensor
Structure = (
    Array
    | Result
    | Fraction
    | int
    | str
    | bool
    | None
    | tuple["Structure", ...]
    | list["Structure"]
    | Mapping[str, "Structure"]
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function of the file, by the name it has there."""

    function: str
    arguments: tuple[Structure, ...]
    keywords: Mapping[str, Structure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Binding:
    """A value that the last function called bound to a name (also in place: `dx += ..`) on a line of the file (from 1)."""

    name: str
    line: int
    value: Array


@dataclass(frozen=True, slots=True)
class Trace:
    """results: one for each call, without `Result` in it. readings: what was read in a way that a person should know
    ("1e-5 on line 3 is taken as 1/100000"). output: what the code printed."""

    results: tuple[Structure, ...]
    bindings: tuple[Binding, ...] = ()
    readings: tuple[str, ...] = ()
    output: str = ""


Kind = Literal["outside", "inexact", "raised", "limit", "exit", "crashed"]


class StoppedError(Exception):
    """The function came to no exact result.

    kind: "outside": the interpreter does not know what is written there (running may help); "inexact": a comparison, a float
    or a function (exp) that has no exact value; "raised": the code raised an exception; "limit": time, memory or output;
    "exit": the code left the process; "crashed": the process died. line: of the file, where it is known.
    """

    def __init__(self, kind: Kind, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.kind, self.reason, self.line = kind, reason, line
