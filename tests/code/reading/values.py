"""Traces in floating point: the value of what was read, at sizes and inputs of the test's choosing."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, assert_never

import numpy as np

from symbn.code.model import Axis, Call, IndexedTensor, Structure, Tensor, Trace
from symbn.code.reading import AllSizes, ChosenShapes, read
from symbn.kernel.term import BATCH, FEATURE, Add, Delta, Entry, Index, Mul, Num, Power, Sum, Term, Var

I, C = Index("i"), Index("c", FEATURE)
Floats = Mapping[str, "np.ndarray[Any, Any] | float"]


@dataclass(frozen=True)
class Layout:
    """names: the sizes of each argument's axes, in order. batch, feature: the sizes that make up the two axes of the kernel."""

    batch: tuple[str, ...]
    feature: tuple[str, ...]
    arguments: Mapping[str, tuple[str, ...]]

    def space(self) -> AllSizes:
        return AllSizes(self.batch, self.feature)

    def symbols(self) -> dict[str, Structure]:
        """Return the arguments at all sizes."""
        return {name: self.symbol(name, sizes) for name, sizes in self.arguments.items()}

    def symbol(self, name: str, sizes: tuple[str, ...]) -> IndexedTensor:
        axes = tuple(Axis((size,), I if size in self.batch else C) for size in sizes)
        used = tuple(index for index in (I, C) if any(axis.index == index for axis in axes))
        return IndexedTensor(axes, Entry(name, used) if used else Var(name))

    def tensors(self, sizes: Mapping[str, int]) -> dict[str, Structure]:
        """Return the arguments at chosen sizes, every entry a scalar of its own."""
        made: dict[str, Structure] = {}
        for name, axes in self.arguments.items():
            shape = tuple(sizes[axis] for axis in axes)
            places = product(*(range(n) for n in shape))
            made[name] = Tensor(shape, tuple(Var(f"{name}{list(place)}") for place in places))
        return made

    def floats(self, sizes: Mapping[str, int], seed: int = 0) -> Floats:
        """Return random arguments, all of them positive so that any root of one has a value."""
        random = np.random.default_rng(seed)
        return {
            name: random.uniform(0.5, 2.0, tuple(sizes[axis] for axis in axes)) if axes else float(random.uniform(0.5, 2.0))
            for name, axes in self.arguments.items()
        }

    def position(self, group: tuple[str, ...], at: Mapping[str, int], sizes: Mapping[str, int]) -> int:
        place = 0
        for name in group:
            place = place * sizes[name] + at[name]
        return place + 1


PLAIN = Layout(("N",), ("D",), {"x": ("N", "D"), "g": ("N", "D"), "gamma": ("D",), "beta": ("D",), "w": ("N",), "eps": ()})
IMAGES = Layout(
    ("N", "H", "W"), ("C",), {"x": ("N", "C", "H", "W"), "g": ("N", "C", "H", "W"), "gamma": ("C",), "beta": ("C",), "eps": ()}
)
LAST = Layout(("N", "H", "W"), ("C",), {"x": ("N", "H", "W", "C"), "g": ("N", "H", "W", "C"), "gamma": ("C",), "eps": ()})
ROWS = Layout(("N",), ("D",), {"x": ("D", "N"), "g": ("D", "N"), "gamma": ("D",), "beta": ("D",), "eps": ()})
LAYER = Layout(("D",), ("N",), {"x": ("N", "D"), "g": ("N", "D"), "eps": ()})


def read_all_sizes(source: str, layout: Layout, function: str = "f") -> Trace:
    return read(ast.parse(source), [Call(function, tuple(layout.symbols().values()))], layout.space())


def read_chosen(source: str, layout: Layout, sizes: Mapping[str, int], function: str = "f") -> Trace:
    return read(ast.parse(source), [Call(function, tuple(layout.tensors(sizes).values()))], ChosenShapes())


class Evaluation:
    """A term in floating point. at: the positions of indices, from 1."""

    def __init__(self, layout: Layout, sizes: Mapping[str, int], floats: Floats) -> None:
        self.layout, self.floats = layout, floats
        self.sizes = sizes
        self.length = {BATCH: prod(sizes[s] for s in layout.batch), FEATURE: prod(sizes[s] for s in layout.feature)}
        self.table: dict[str, dict[tuple[int, ...], float]] = {name: self.positions(name) for name in layout.arguments}

    def positions(self, name: str) -> dict[tuple[int, ...], float]:
        """Return an argument's entries by their kernel positions."""
        axes = self.layout.arguments[name]
        found: dict[tuple[int, ...], float] = {}
        value = np.asarray(self.floats[name])
        for place in np.ndindex(value.shape):
            at = dict(zip(axes, place, strict=True))
            groups = [group for group in (self.layout.batch, self.layout.feature) if set(group) & set(axes)]
            found[tuple(self.layout.position(group, at, self.sizes) for group in groups)] = float(value[place])
        return found

    def value(self, term: Term, at: Mapping[Index, int]) -> float:
        match term:
            case Num(value=number):
                return float(number)
            case Var(name="m"):
                return self.length[BATCH]
            case Var(name="n"):
                return self.length[FEATURE]
            case Var(name=name) if "[" in name:
                argument, _, place = name.partition("[")
                where = tuple(int(p) for p in place.rstrip("]").split(",") if p)
                return float(np.asarray(self.floats[argument])[where])
            case Var(name=name):
                return float(self.floats[name])
            case Entry(name=name, indices=indices):
                return self.table[name][tuple(at[i] for i in indices)]
            case Sum(index=index, body=body):
                return sum(self.value(body, {**at, index: place}) for place in range(1, self.length[index.axis] + 1))
            case Delta(left=left, right=right):
                return float(at[left] == at[right])
            case Add(terms=terms):
                return sum(self.value(t, at) for t in terms)
            case Mul(factors=factors):
                return prod(self.value(f, at) for f in factors)
            case Power(base=base, exponent=exponent):
                return float(self.value(base, at) ** float(exponent))
            case _:
                assert_never(term)

    def array(self, tensor: Structure) -> Any:
        """Return what was read as an array of floats: a shape of its own too, since that is part of the answer."""
        if isinstance(tensor, Tensor):
            return np.array([self.value(entry, {}) for entry in tensor.entries]).reshape(tensor.shape)
        if not isinstance(tensor, IndexedTensor):
            return tensor
        shape = tuple(prod(self.sizes[name] for name in axis.size) for axis in tensor.axes)
        result = np.empty(shape)
        for place in np.ndindex(shape):
            result[place] = self.value(tensor.term, self.where(tensor.axes, place))
        return result

    def where(self, axes: Sequence[Axis], place: tuple[int, ...]) -> dict[Index, int]:
        """Return the position of each index. Axes that share an index tell it together."""
        parts: dict[Index, dict[str, int]] = {}
        for axis, at in zip(axes, place, strict=True):
            if axis.index is not None:
                digits = np.unravel_index(at, tuple(self.sizes[name] for name in axis.size))
                parts.setdefault(axis.index, {}).update(zip(axis.size, (int(d) for d in digits), strict=True))
        groups = {BATCH: self.layout.batch, FEATURE: self.layout.feature}
        return {
            index: self.layout.position(groups[index.axis], at, self.sizes)
            for index, at in parts.items()
            if set(at) == set(groups[index.axis])
        }
