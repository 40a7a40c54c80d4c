"""The ways to follow a function: at all sizes or at a shape, read or run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil
from typing import Protocol

from symbn.code.answer import READ, RUN
from symbn.code.layouts import Layout
from symbn.code.model import Array, Binding, Call, IndexedTensor, Result, StoppedError, Structure, Tensor, Trace
from symbn.code.roots import replaced
from symbn.code.source import Source
from symbn.kernel.term import Num, Term, children, subterms

MOST_NODES = 100_000  # of one formula, written out


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
        return bounded(read(self.source.module, calls, AllSizes(batch, feature)))

    def at_shape(self, calls: Sequence[Call]) -> Trace:
        from symbn.code.reading import read
        from symbn.code.reading.chosen import ChosenShapes

        return bounded(read(self.source.module, calls, ChosenShapes()))


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

        return bounded(run(self.source.path, calls, limits=Limits(seconds=self.seconds, cpu=max(1, ceil(self.seconds)))))


def bounded(trace: Trace) -> Trace:
    """Return the trace. Raises: StoppedError if a formula in it is too long when written out: x = x * x in a loop doubles it
    each time, and what shares its parts in memory is written out where it is decided."""
    sizes: dict[int, int] = {}
    for term in [*terms(trace.results), *(term for binding in trace.bindings for term in terms(binding.value))]:
        for node in subterms(term):
            if id(node) not in sizes:
                sizes[id(node)] = 1 + sum(sizes[id(child)] for child in children(node))
        if sizes[id(term)] > MOST_NODES:
            raise StoppedError("limit", "its formulas become too long to be decided")
    return trace


def with_number_for(trace: Trace, number: Fraction, put: Term) -> Trace:
    """Return the trace with a term in place of a number: what holds for every eps holds for 1e-5."""
    known: dict[Term, Term] = {Num(number): put}
    results = tuple(_put(result, known) for result in trace.results)
    bindings = tuple(Binding(binding.name, binding.line, _array(binding.value, known)) for binding in trace.bindings)
    return replace(trace, results=results, bindings=bindings)


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


def _put(structure: Structure, put: Mapping[Term, Term]) -> Structure:
    match structure:
        case Tensor() | IndexedTensor():
            return _array(structure, put)
        case tuple():
            return tuple(_put(part, put) for part in structure)
        case list():
            return [_put(part, put) for part in structure]
        case None | bool() | int() | str() | Fraction() | Result():
            return structure
        case _:
            return {key: _put(part, put) for key, part in structure.items()}


def _array(array: Array, put: Mapping[Term, Term]) -> Array:
    if isinstance(array, Tensor):
        return Tensor(array.shape, tuple(replaced(entry, put) for entry in array.entries))
    return IndexedTensor(array.axes, replaced(array.term, put))
