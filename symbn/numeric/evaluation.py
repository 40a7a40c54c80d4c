"""What was understood, in float64: sums are added up, and derivatives taken of the layer's forward pass, never by a rule.

The nodes of the layer are computed from their definitions. For dA/dB the node B is moved, and A computed again: through every
path (total), or from A's own definition with its other parents held (local), as `symbn.layers.graph` says. So nothing of
what the kernel knows about derivatives is used here. A term of the kernel is evaluated as the meaning it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from typing import assert_never

from symbn.elaboration.meaning import LOCAL, Constant, Meaning, OutsideError, Plus, Quantity, Raised, Same, Slope, SumOver
from symbn.elaboration.meaning import Times, meaning_of_term
from symbn.kernel.term import SIZE_NAME, Entry, Index, Term, Var, subterms
from symbn.layers.graph import Graph
from symbn.numeric.backends import Array, Backend
from symbn.numeric.labelled import Labelled, aligned, labelled

FALLBACK_SCALE = 1e-3  # where a quantity does not vary at all: less than the root of any usual eps


class Evaluation:
    """The layer at one point. values: arrays by name, one axis for each index: inputs, and nodes that are held or moved."""

    def __init__(self, graph: Graph, values: Mapping[str, Array], sizes: Mapping[str, int], backend: Backend) -> None:
        self.graph, self.values, self.sizes, self.backend = graph, values, sizes, backend
        self.nodes: dict[str, tuple[Array, Array]] = {}

    def moved(self, name: str, array: Array) -> Evaluation:
        """Return the point at which a node has this value, and what is computed from it is computed again."""
        kept = {other: value for other, value in self.values.items() if not self.graph.depends(other, name)}
        return Evaluation(self.graph, {**kept, name: array}, self.sizes, self.backend)

    def node(self, name: str) -> tuple[Array, Array]:
        """Return the values of a node and their sizes, an axis for each of its slots. Raises: OutsideError."""
        if name not in self.nodes:
            node = self.graph.nodes.get(name)
            if name in self.values:
                self.nodes[name] = self.values[name], abs(self.values[name])
            elif node is None or node.definition is None:
                raise OutsideError(f"there is no value for {name}")
            else:
                self.nodes[name] = self.spread(self.term(node.definition), node.formal)
        return self.nodes[name]

    def spread(self, found: Labelled, formal: tuple[Index, ...]) -> tuple[Array, Array]:
        """Return the arrays with exactly these axes, also those on which the value does not depend."""
        ones = self.constant(1.0)
        for index in formal:
            axis = labelled(self.ones((self.sizes[index.axis],)), (index,), self.backend)
            ones = self.product([ones, axis])
        whole = self.product([found, ones])
        places = [whole.axes.index(index) for index in formal]
        return self.backend.permuted(whole.value, places), self.backend.permuted(whole.size, places)

    def ones(self, shape: tuple[int, ...]) -> Array:
        import numpy as np

        return self.backend.array(np.ones(shape))

    def constant(self, value: float) -> Labelled:
        array = self.ones(()) * value
        return Labelled((), array, abs(array))

    def term(self, term: Term) -> Labelled:
        """Return the value of a kernel term. Raises: OutsideError."""
        return self.meaning(meaning_of_term(term))

    def meaning(self, meaning: Meaning) -> Labelled:
        """Return the value, with an axis for each free index. Raises: OutsideError."""
        match meaning:
            case Constant(value=value):
                return self.constant(float(value))
            case Quantity(name=name, indices=indices):
                return self.quantity(name, indices)
            case Same(left=left, right=right):
                return self.same(left, right)
            case SumOver(index=index, excluding=excluding, body=body):
                return self.sum(index, excluding, self.meaning(body))
            case Plus(terms=terms):
                axes, parts = aligned([self.meaning(term) for term in terms] or [self.constant(0.0)], self.sizes)
                value, size = reduce(lambda a, b: (a[0] + b[0], a[1] + b[1]), parts)
                return Labelled(axes, value, size)
            case Times(factors=factors):
                return self.product([self.meaning(factor) for factor in factors])
            case Raised(base=base, exponent=exponent):
                return raised(self.meaning(base), exponent)
            case Slope(of=of, by=by, kind=kind):
                return self.slope(of, by, kind)
            case _:
                assert_never(meaning)

    def quantity(self, name: str, indices: tuple[Index, ...]) -> Labelled:
        for axis, size_name in SIZE_NAME.items():
            if name == size_name and not indices:
                return self.constant(float(self.sizes[axis]))
        value, size = self.node(name)
        if len(value.shape) != len(indices):
            raise OutsideError(f"{name} has {len(value.shape)} indices")
        return labelled(value, indices, self.backend, size)

    def same(self, left: Index, right: Index) -> Labelled:
        import numpy as np

        return labelled(self.backend.array(np.eye(self.sizes[left.axis])), (left, right), self.backend)

    def sum(self, index: Index, excluding: tuple[Index, ...], body: Labelled) -> Labelled:
        every = labelled(self.ones((self.sizes[index.axis],)), (index,), self.backend)
        masks = [self.same(index, other) for other in dict.fromkeys(excluding)]
        kept = [Labelled(mask.axes, 1 - mask.value, 1 - mask.value) for mask in masks]
        whole = self.product([body, every, *kept])
        at = whole.axes.index(index)
        return Labelled(whole.axes[:at] + whole.axes[at + 1 :], whole.value.sum(at), whole.size.sum(at))

    def product(self, factors: list[Labelled]) -> Labelled:
        axes, parts = aligned(factors or [self.constant(1.0)], self.sizes)
        value, size = reduce(lambda a, b: (a[0] * b[0], a[1] * b[1]), parts)
        return Labelled(axes, value, size)

    def slope(self, of: Meaning, by: Quantity, kind: str) -> Labelled:
        """Return the derivative as a table over the free indices of `of` and all positions of `by`, then at its indices."""
        point, target = self, of
        if kind == LOCAL and isinstance(of, Quantity) and of.name != self.graph.loss:
            term = self.graph.own_term(self.graph.leaf(of.name, of.indices), by.name)
            if term is None:
                raise OutsideError(f"{by.name} is not a parent of {of.name}")
            held = {leaf.name for leaf in subterms(term) if isinstance(leaf, Var | Entry)} & set(self.graph.nodes)
            values = {name: self.node(name)[0] for name in held if name != self.graph.loss}
            # Nothing is computed again: in this graph the parents are inputs.
            inputs = Graph("held", {}, self.graph.loss, self.graph.upstream, self.graph.positive)
            point, target = Evaluation(inputs, {**self.values, **values}, self.sizes, self.backend), meaning_of_term(term)
        at = point.node(by.name)[0]
        now = point.meaning(target)
        table = point.backend.jacobian(
            lambda array: point.moved(by.name, array).meaning(target).value, at, point.scale(by.name)
        )
        noise = now.size.reshape(tuple(now.size.shape) + (1,) * len(at.shape)) / point.scale(by.name)
        return labelled(table, (*now.axes, *by.indices), self.backend, abs(table) + noise)

    def scale(self, name: str) -> float:
        """Return the distance over which functions of a quantity change: its spread over the batch, or a number's own size."""
        if name in ("var", "eps") and "s" in self.graph.nodes and "eps" in self.values:
            name, power = "s", 2  # what depends on them does so by var + eps: a small eps is not what it changes over
        else:
            power = 1
        values = self.backend.plain(self.node(name)[0])
        least = name in self.graph.positive or power == 2
        found = float(abs(values).min() if least or values.size == 1 else values.std()) ** power
        return found if found > 0 else FALLBACK_SCALE


def raised(base: Labelled, exponent: Fraction) -> Labelled:
    power = exponent.numerator if exponent.denominator == 1 else float(exponent)
    value = base.value**power
    if exponent >= 0:
        return Labelled(base.axes, value, base.size**power)
    # To first order, the relative error of a power is that of its base, |p| times.
    return Labelled(base.axes, value, abs(value) * (1 + abs(float(exponent)) * base.size / abs(base.value)))
