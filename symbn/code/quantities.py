"""The exact values of the layer's nodes, and of the gradients by them, in both spaces."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import assert_never

from symbn.code.layouts import Layout, Place, Shape, length, places, position
from symbn.code.model import Axis, IndexedTensor, StoppedError, Tensor
from symbn.code.roots import EPS
from symbn.kernel.term import (
    BATCH,
    FEATURE,
    ONE,
    SIZE_NAME,
    ZERO,
    Add,
    Delta,
    Entry,
    FreeMemo,
    Index,
    Mul,
    Num,
    Power,
    Sum,
    Term,
    Var,
    add,
    free_indices,
    mul,
    num,
    power,
)
from symbn.layers.graph import Graph

SHOWN = {"g": "dout"}  # what the code calls the inputs that the layer calls otherwise
AT: dict[str, Index] = {BATCH: Index("i"), FEATURE: Index("c", FEATURE)}


def entry_name(name: str, place: Place) -> str:
    """Return the scalar that stands for an entry of an input: x[0,1]."""
    own = SHOWN.get(name, name)
    return f"{own}[{','.join(map(str, place))}]" if place else own


class Indexed:
    """The values at all sizes, each term in the indices of `AT`."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.graph = layout, layout.graph

    def leaf(self, node: str) -> Var | Entry:
        return self.graph.leaf(node, tuple(AT[axis] for axis in self.graph.nodes[node].slots))

    def value(self, node: str) -> Term:
        return self.graph.expand(self.leaf(node))

    def gradient(self, node: str) -> Term:
        """Return dL/d(node) through every path, over the inputs."""
        return gradient(self.graph, self.leaf(node))

    def tensor(self, node: str, kept: bool = False) -> IndexedTensor:
        return IndexedTensor(self.axes(node, kept), self.value(node))

    def epsilon(self) -> IndexedTensor:
        return IndexedTensor((), EPS)

    def length(self, axes: tuple[int, ...]) -> IndexedTensor:
        """Return the product of the lengths of some axes as a number. Raises: StoppedError if these are only a part of those
        that are normalised together, whose product alone has a name."""
        for every, size in ((self.layout.normalised, SIZE_NAME[BATCH]), (self.layout.others, SIZE_NAME[FEATURE])):
            if set(axes) == set(every):
                return IndexedTensor((), Var(size))
        raise StoppedError(
            "outside", f"the length of {' and '.join(self.layout.sizes[a] for a in axes)} by itself, at all sizes"
        )

    def axes(self, node: str, kept: bool = False) -> tuple[Axis, ...]:
        """Return the axes of an array of this node: those that it lacks have length 1, or are left out unless `kept`."""
        own, sizes = self.layout.axes(node), self.layout.sizes
        if node in ("gamma", "beta"):
            kept = kept or self.layout.kept
        whole = range(len(sizes)) if kept else own
        return tuple(Axis((sizes[axis],), self.index(axis)) if axis in own else Axis((), None) for axis in whole)

    def index(self, axis: int) -> Index:
        return AT[BATCH if axis in self.layout.normalised else FEATURE]


class Written:
    """The values at one shape of x, written out over scalars."""

    def __init__(self, layout: Layout, shape: Shape) -> None:
        self.layout, self.shape, self.graph = layout, shape, layout.graph
        self.indexed = Indexed(layout)
        self.sizes = {BATCH: length(shape, layout.normalised), FEATURE: length(shape, layout.others)}
        self.memo: dict[tuple[int, frozenset[tuple[Index, int]]], tuple[Term, Term]] = {}
        self.free: FreeMemo = {}

    @cached_property
    def inputs(self) -> dict[tuple[str, tuple[int, ...]], Var]:
        """The scalar for every entry of every input, by the layer's name and the positions of its indices."""
        found = {}
        for name in ("x", "g", "gamma", "beta"):
            axes = self.layout.axes(name)
            for place in places(self.shape):
                slots = self.graph.nodes[name].slots
                at = tuple(1 + position(place, self.shape, self.along(axis)) for axis in slots)
                found[name, at] = Var(entry_name(name, tuple(place[axis] for axis in axes)))
        return found

    def epsilon(self) -> Tensor:
        return Tensor((), (EPS,))

    def length(self, axes: tuple[int, ...]) -> int:
        return length(self.shape, axes)

    def along(self, axis: str) -> tuple[int, ...]:
        return self.layout.others if axis == FEATURE else self.layout.normalised

    def groups(self) -> list[list[Var]]:
        """Return the entries of x that are normalised together."""
        found: dict[int, list[Var]] = {}
        for place in places(self.shape):
            found.setdefault(position(place, self.shape, self.layout.others), []).append(Var(entry_name("x", place)))
        return list(found.values())

    def tensor(self, node: str, kept: bool = False) -> Tensor:
        return self.spread(node, self.indexed.value(node), kept)

    def gradient(self, node: str, kept: bool = False) -> Tensor:
        return self.spread(node, self.indexed.gradient(node), kept)

    def spread(self, node: str, term: Term, kept: bool = False) -> Tensor:
        """Return a term in the indices of `AT` as an array with the axes of the node."""
        own = self.layout.axes(node)
        if node in ("gamma", "beta"):
            kept = kept or self.layout.kept
        whole = range(len(self.shape)) if kept else own
        shape = tuple(self.shape[axis] if axis in own else 1 for axis in whole)
        entries = []
        for at in places(shape):
            place = [0] * len(self.shape)
            for axis, where in zip(whole, at, strict=True):
                place[axis] = where
            entries.append(self.at(term, tuple(place)))
        return Tensor(shape, tuple(entries))

    def at(self, term: Term, place: Place) -> Term:
        """Return the term in the indices of `AT`, written out at a place of x."""
        return self.written(term, {index: 1 + position(place, self.shape, self.along(axis)) for axis, index in AT.items()})

    def written(self, term: Term, at: Mapping[Index, int]) -> Term:
        """Return the term with every sum written out and every entry put as its scalar."""
        # Only the indices that the term has matter: most parts of a sum are the same at every place.
        key = (id(term), frozenset((index, at[index]) for index in free_indices(term, self.free) if index in at))
        if key not in self.memo:
            self.memo[key] = (term, self._written(term, at))
        return self.memo[key][1]

    def _written(self, term: Term, at: Mapping[Index, int]) -> Term:
        match term:
            case Num():
                return term
            case Var(name=name):
                axis = next((axis for axis, size in SIZE_NAME.items() if size == name), None)
                return self.inputs.get((name, ()), term) if axis is None else num(self.sizes[axis])
            case Entry(name=name, indices=indices):
                return self.inputs[name, tuple(_where(index, at) for index in indices)]
            case Delta(left=left, right=right):
                return ONE if _where(left, at) == _where(right, at) else ZERO
            case Sum(index=index, body=body, excluding=excluding):
                skipped = {_where(other, at) for other in excluding}
                every = range(1, self.sizes[index.axis] + 1)
                return add(*(self.written(body, {**at, index: place}) for place in every if place not in skipped))
            case Add(terms=terms):
                return add(*(self.written(part, at) for part in terms))
            case Mul(factors=factors):
                parts = [self.written(part, at) for part in factors]
                return ZERO if ZERO in parts else mul(*parts)
            case Power(base=base, exponent=exponent):
                return power(self.written(base, at), exponent)
            case _:
                assert_never(term)


def _where(index: Index, at: Mapping[Index, int]) -> int:
    return index.name if isinstance(index.name, int) else at[index]


def gradient(graph: Graph, leaf: Var | Entry) -> Term:
    """Return dL/d(leaf) through every path, over the inputs of the graph."""
    return graph.expand(graph.total(graph.leaf(graph.loss, ()), leaf))
