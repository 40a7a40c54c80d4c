"""The ways to follow a function: at all sizes or at a shape, read or run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Protocol, assert_never

from symbn.code.answer import READ, RUN
from symbn.code.layouts import Layout
from symbn.code.model import Array, Binding, Call, IndexedTensor, Result, StoppedError, Structure, Tensor, Trace
from symbn.code.source import Source
from symbn.kernel.term import Add, Delta, Entry, Mul, Num, Power, Sum, Term, Var

Memo = dict[int, tuple[Term, Term]]


class Engine(Protocol):
    """how: `read` or `run`. Both methods raise StoppedError."""

    @property
    def how(self) -> str: ...

    def at_all_sizes(self, layout: Layout, calls: Sequence[Call]) -> Trace: ...

    def at_shape(self, calls: Sequence[Call]) -> Trace: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """Follows the file with the interpreter, which executes nothing."""

    source: Source
    how: str = field(default=READ, init=False)

    def at_all_sizes(self, layout: Layout, calls: Sequence[Call]) -> Trace:
        from symbn.code.reading import read
        from symbn.code.reading.all_sizes import AllSizes

        batch, feature = (tuple(layout.sizes[axis] for axis in axes) for axes in (layout.normalised, layout.others))
        return read(self.source.module, calls, AllSizes(batch, feature))

    def at_shape(self, calls: Sequence[Call]) -> Trace:
        from symbn.code.reading import read
        from symbn.code.reading.chosen import ChosenShapes

        return read(self.source.module, calls, ChosenShapes())


@dataclass(frozen=True, slots=True)
class Running:
    """Has Python run the file, in a sandbox."""

    source: Source
    seconds: float
    how: str = field(default=RUN, init=False)

    def at_all_sizes(self, layout: Layout, calls: Sequence[Call]) -> Trace:
        raise StoppedError("outside", "code that is run is run at chosen shapes")

    def at_shape(self, calls: Sequence[Call]) -> Trace:
        from symbn.code.sandbox import Limits, run

        return run(self.source.path, calls, limits=Limits(seconds=self.seconds, cpu=max(1, ceil(self.seconds))))


def with_number_for(trace: Trace, number: Fraction, put: Term) -> Trace:
    """Return the trace with a term in place of a number: what holds for every eps holds for 1e-5."""
    memo: Memo = {}
    results = tuple(_put(result, number, put, memo) for result in trace.results)
    bindings = tuple(Binding(b.name, b.line, _array(b.value, number, put, memo)) for b in trace.bindings)
    return Trace(results, bindings, trace.readings, trace.output)


def terms(structure: Structure) -> list[Term]:
    """Return every term in a structure."""
    match structure:
        case Tensor(entries=entries):
            return list(entries)
        case IndexedTensor(term=term):
            return [term]
        case tuple() | list():
            return [term for part in structure for term in terms(part)]
        case None | bool() | int() | str() | Fraction() | Result():
            return []
        case _:
            return [term for part in structure.values() for term in terms(part)]


def _put(structure: Structure, number: Fraction, put: Term, memo: Memo) -> Structure:
    match structure:
        case Tensor() | IndexedTensor():
            return _array(structure, number, put, memo)
        case tuple():
            return tuple(_put(part, number, put, memo) for part in structure)
        case list():
            return [_put(part, number, put, memo) for part in structure]
        case None | bool() | int() | str() | Fraction() | Result():
            return structure
        case _:
            return {key: _put(part, number, put, memo) for key, part in structure.items()}


def _array(array: Array, number: Fraction, put: Term, memo: Memo) -> Array:
    if isinstance(array, Tensor):
        return Tensor(array.shape, tuple(replaced_number(entry, number, put, memo) for entry in array.entries))
    return IndexedTensor(array.axes, replaced_number(array.term, number, put, memo))


def replaced_number(term: Term, number: Fraction, put: Term, memo: Memo) -> Term:
    if id(term) in memo:
        return memo[id(term)][1]
    new: Term
    match term:
        case Num(value=value):
            new = put if value == number else term
        case Var() | Entry() | Delta():
            new = term
        case Sum(index=index, body=body, excluding=excluding):
            new = Sum(index, replaced_number(body, number, put, memo), excluding)
        case Add(terms=parts):
            new = Add(tuple(replaced_number(part, number, put, memo) for part in parts))
        case Mul(factors=parts):
            new = Mul(tuple(replaced_number(part, number, put, memo) for part in parts))
        case Power(base=base, exponent=exponent):
            new = Power(replaced_number(base, number, put, memo), exponent)
        case _:
            assert_never(term)
    memo[id(term)] = (term, new)
    return new
