"""What goes into the sandbox and comes out of it, as JSON that is checked when it is read. Nothing in it can name code.

Terms travel in one table of rows that name earlier rows, so that what is shared stays shared, and equal terms become one:

    row ::= ["n", number] | ["v", name] | ["+", [row..]] | ["*", [row..]] | ["^", row, number]     number ::= "-3/4"

A value is a list whose first word is its kind: ["tensor", shape, [row..]], ["dict", [[key, value]..]], ["int", "3"] ...
The reader accepts only the names that were sent in, only rows that come earlier, and only known words: I1 whatever bytes come
back, reading them gives a value of `model` or a `WireError`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, assert_never

from symbn.code.model import IndexedTensor, Result, Structure, Tensor
from symbn.kernel.term import Add, Mul, Num, Power, Term, Var, children

DEPTH = 40  # how deep lists may lie in each other: a list that contains itself ends here
_NUMBER = re.compile(r"-?[0-9]{1,4000}(/[0-9]{1,4000})?")


class WireError(Exception):
    """What came back is not what the sandbox writes."""


@dataclass(frozen=True, slots=True)
class Floats:
    """An array of float64: its entries in row-major order."""

    shape: tuple[int, ...]
    values: tuple[float, ...]


Numeric = Structure | Floats | float | tuple["Numeric", ...] | list["Numeric"] | Mapping[str, "Numeric"]


class TermTable:
    """The table of terms that a writer fills."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self._place_of: dict[int, int] = {}
        self._same: dict[tuple[Any, ...], int] = {}
        self._kept: list[Term] = []  # so that no address is used again

    def place(self, term: Term) -> int:
        """Return the row of the term, which is written if it is new. Not recursive: a loop builds terms of any depth."""
        waiting = [term]
        while waiting:
            top = waiting[-1]
            missing = [child for child in children(top) if id(child) not in self._place_of]
            if id(top) in self._place_of or not missing:
                waiting.pop()
                if id(top) not in self._place_of:
                    self._write(top)
            waiting += missing
        return self._place_of[id(term)]

    def _write(self, term: Term) -> None:
        match term:
            case Num(value=value):
                row: tuple[Any, ...] = ("n", str(value))
            case Var(name=name):
                row = ("v", name)
            case Add(terms=parts):
                row = ("+", tuple(self._place_of[id(part)] for part in parts))
            case Mul(factors=parts):
                row = ("*", tuple(self._place_of[id(part)] for part in parts))
            case Power(base=base, exponent=exponent):
                row = ("^", self._place_of[id(base)], str(exponent))
            case _:
                raise WireError("only terms over scalars are sent")
        if row not in self._same:
            self._same[row] = len(self.rows)
            self.rows.append(list(row))
        self._place_of[id(term)] = self._same[row]
        self._kept.append(term)


def read_terms(rows: object, names: frozenset[str] | None) -> list[Term]:
    """Return the terms of a table. names: the only variables there may be; None for any. Raises: WireError."""
    terms: list[Term] = []

    def parts(places: object) -> tuple[Term, ...]:
        return tuple(terms[_below(place, len(terms))] for place in _items(places))

    for row in _items(rows):
        match row:
            case ["n", text]:
                terms.append(Num(_number(text)))
            case ["v", str(name)] if names is None or name in names:
                terms.append(Var(name))
            case ["+", places]:
                terms.append(Add(parts(places)))
            case ["*", places]:
                terms.append(Mul(parts(places)))
            case ["^", place, exponent]:
                terms.append(Power(terms[_below(place, len(terms))], _number(exponent)))
            case _:
                raise WireError("a row of the table is no term over the inputs")
    return terms


def write(value: Numeric, table: TermTable, depth: int = DEPTH) -> list[Any]:
    """Return a value as JSON. Raises: WireError if lists lie in each other too deep."""
    if depth == 0:
        raise WireError("the value contains itself, or lists too deep in each other")
    match value:
        case Tensor(shape=shape, entries=entries):
            return ["tensor", list(shape), [table.place(entry) for entry in entries]]
        case Floats(shape=shape, values=values):
            return ["floats", list(shape), list(values)]
        case Result(call=call, path=path):
            return ["result", call, list(path)]
        case bool():
            return ["bool", value]
        case int():
            return ["int", str(value)]
        case Fraction():
            return ["fraction", str(value)]
        case float():
            return ["float", value]
        case str():
            return ["str", value]
        case None:
            return ["none"]
        case tuple():
            return ["tuple", [write(part, table, depth - 1) for part in value]]
        case list():
            return ["list", [write(part, table, depth - 1) for part in value]]
        case Mapping():
            return ["dict", [[key, write(part, table, depth - 1)] for key, part in value.items()]]
        case IndexedTensor():
            raise WireError("an array at all sizes cannot be run")
        case _:
            assert_never(value)


def read(row: object, terms: Sequence[Term], depth: int = DEPTH) -> Any:
    """Return the value that JSON stands for, as `write` has it. Raises: WireError."""
    if depth == 0:
        raise WireError("lists too deep in each other")
    match row:
        case ["tensor", lengths, places]:
            entries = tuple(terms[_below(place, len(terms))] for place in _items(places))
            return Tensor(_shape(lengths, len(entries)), entries)
        case ["floats", lengths, list(values)] if all(isinstance(value, float) for value in values):
            return Floats(_shape(lengths, len(values)), tuple(values))
        case ["result", int(call), list(path)] if all(isinstance(key, int | str) for key in path):
            return Result(call, tuple(path))
        case ["bool", bool(value)] | ["str", str(value)] | ["float", float(value)]:
            return value
        case ["int", text]:
            return int(_number(text))
        case ["fraction", text]:
            return _number(text)
        case ["none"]:
            return None
        case ["tuple", list(values)]:
            return tuple(read(value, terms, depth - 1) for value in values)
        case ["list", list(values)]:
            return [read(value, terms, depth - 1) for value in values]
        case ["dict", list(pairs)]:
            return dict(_pair(pair, terms, depth) for pair in pairs)
        case _:
            raise WireError("a value of an unknown kind")


def _pair(pair: object, terms: Sequence[Term], depth: int) -> tuple[str, Any]:
    match pair:
        case [str(key), value]:
            return key, read(value, terms, depth - 1)
        case _:
            raise WireError("a key that is no text")


def _number(text: object) -> Fraction:
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise WireError("no number")
    above, _, below = text.partition("/")
    if below and int(below) == 0:
        raise WireError("a number over zero")
    return Fraction(int(above), int(below or 1))


def _items(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise WireError("a list is missing")
    return value


def _below(place: object, end: int) -> int:
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < end:
        raise WireError("a row that is not there yet")
    return place


def _shape(lengths: object, count: int) -> tuple[int, ...]:
    shape = tuple(_items(lengths))
    if not all(isinstance(length, int) and length >= 0 for length in shape) or math.prod(shape) != count:
        raise WireError("a shape that does not fit the entries")
    return shape
