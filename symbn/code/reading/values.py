"""What a name can stand for, beside Python's own None, bool, int, str, tuple, list, dict and slice.

A float of the code is a `Fraction` here: literals are read by their shortest decimal, and no operation rounds.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import EllipsisType

from symbn.code.model import StoppedError


@dataclass(slots=True, eq=False)
class Scope:
    """The names of a call, of a comprehension or of the file. own: the names that are assigned here, and so nowhere further
    out. recorded: the assignments are those that the trace reports."""

    names: dict[str, object]
    own: frozenset[str]
    parent: Scope | None = None
    recorded: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the file, with the defaults as they were when it was defined. own: the names that are local to it."""

    name: str
    node: ast.FunctionDef | ast.Lambda
    scope: Scope
    defaults: tuple[object, ...]
    keyword_defaults: Mapping[str, object]
    own: frozenset[str]


@dataclass(frozen=True, slots=True)
class Library:
    """Something of NumPy's or of math's: a module, a function, a type. path: "numpy", "numpy.sqrt", "numpy.linalg.norm"."""

    path: str


@dataclass(frozen=True, slots=True)
class Builtin:
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    owner: object
    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text whose letters are not worked out, such as that of an f-string: it can be printed, and nothing else."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What a statement of the file would have bound, had it been understood."""

    reason: str


def described(value: object) -> str:
    """Return a few words for a message."""
    match value:
        case None | bool() | int() | str():
            return repr(value)[:40]
        case Fraction():
            return f"the number {value}"
        case tuple() | list() | dict():
            return f"a {type(value).__name__}"
        case Function(name=name):
            return f"the function {name}"
        case Library(path=name) | Builtin(name=name) | Method(name=name):
            return name
        case Text():
            return "a formatted text"
        case slice() | EllipsisType():
            return "a slice"
        case _:
            return "an array or a number"


def outside(reason: str) -> StoppedError:
    return StoppedError("outside", reason)


def raised(reason: str) -> StoppedError:
    return StoppedError("raised", reason)
