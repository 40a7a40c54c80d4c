"""Values in floating point at random inputs: a sieve. They say what is worth a proof, and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, assert_never

from symbn.code.layouts import places, position
from symbn.code.model import Tensor
from symbn.code.quantities import AT, Written
from symbn.kernel.term import (
    BATCH,
    FEATURE,
    SIZE_NAME,
    Add,
    Delta,
    Entry,
    Index,
    Mul,
    Num,
    Power,
    Sum,
    Term,
    Var,
    free_indices,
    subterms,
)
from symbn.layers.graph import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLERANCE = 1e-7
INPUTS = ("x", "g", "gamma", "beta")


class NoValueError(Exception):
    """The term has no value there: a division by zero, a root of a negative number."""


class Sample:
    """A random input of m entries in a group and n groups. Of one seed and one size there is one."""

    def __init__(self, graph: Graph, sizes: Mapping[str, int], seed: int) -> None:
        import numpy as np

        self.sizes = dict(sizes)
        random = np.random.default_rng((seed, *sizes.values()))
        self.arrays: dict[str, Any] = {}
        for name in INPUTS:
            self.arrays[name] = random.uniform(-2, 2, tuple(self.sizes[axis] for axis in graph.nodes[name].slots))
        self.eps = float(random.uniform(0.3, 0.9))
        self.memo: dict[int, tuple[Term, tuple[Index, ...], Any]] = {}
        self.scalars: dict[str, float] = {}

    def at(self, written: Written) -> Sample:
        """Return the same sample with the names that its entries have at a shape."""
        self.scalars = {var.name: float(self.arrays[n][tuple(p - 1 for p in at)]) for (n, at), var in written.inputs.items()}
        return self

    def table(self, term: Term) -> NDArray[Any]:
        """Return the values of a term in the indices of `AT`, as an array (m, n). Raises: NoValueError."""
        import numpy as np

        return np.broadcast_to(self._over(term, tuple(AT.values())), tuple(self.sizes.values()))

    def entries(self, tensor: Tensor) -> list[float]:
        """Return the values of explicit terms. Raises: NoValueError."""
        return [float(self._over(entry, ())) for entry in tensor.entries]

    def close(self, left: Term, right: Term) -> bool:
        """Tell whether two explicit terms have the same value here, as far as floats tell."""
        try:
            return near([float(self._over(left, ()))], [float(self._over(right, ()))])
        except NoValueError:
            return True  # Not known to differ.

    def _over(self, term: Term, indices: tuple[Index, ...]) -> Any:
        import numpy as np

        with np.errstate(all="ignore"):
            for node in subterms(term):
                if id(node) not in self.memo:
                    self.memo[id(node)] = (node, *self._value(node))
        own, array = self.memo[id(term)][1:]
        if not set(own) <= set(indices):
            raise NoValueError
        return self._aligned(own, array, indices)

    def _value(self, term: Term) -> tuple[tuple[Index, ...], Any]:
        import numpy as np

        match term:
            case Num(value=value):
                return (), np.array(float(value))
            case Var(name=name):
                return (), np.array(self._scalar(name))
            case Entry(name=name, indices=indices):
                named = tuple(i for i in indices if isinstance(i.name, str))
                if len(set(named)) != len(indices) or name not in self.arrays:
                    raise NoValueError
                return named, self.arrays[name]
            case Delta(left=left, right=right):
                if not (isinstance(left.name, str) and isinstance(right.name, str)):
                    raise NoValueError
                return (left, right), np.eye(self.sizes[left.axis])
            case Sum(index=index, body=body, excluding=excluding):
                return self._sum(index, body, excluding)
            case Add(terms=parts) | Mul(factors=parts):
                every = tuple(dict.fromkeys(i for part in parts for i in self.memo[id(part)][1]))
                arrays = [self._aligned(*self.memo[id(part)][1:], every) for part in parts]
                total = arrays[0]
                for array in arrays[1:]:
                    total = total + array if isinstance(term, Add) else total * array
                return every, total
            case Power(base=base, exponent=exponent):
                indices, inner = self.memo[id(base)][1:]
                if exponent.denominator != 1 and bool((inner < 0).any()):
                    raise NoValueError
                value = inner ** float(exponent)
                if not bool(np.isfinite(value).all()):
                    raise NoValueError
                return indices, value
            case _:
                assert_never(term)

    def _sum(self, index: Index, body: Term, excluding: tuple[Index, ...]) -> tuple[tuple[Index, ...], Any]:
        if excluding:
            raise NoValueError  # No code makes such sums.
        own, array = self.memo[id(body)][1:]
        if index not in own:
            return own, array * self.sizes[index.axis]
        return tuple(i for i in own if i != index), array.sum(axis=own.index(index))

    def _scalar(self, name: str) -> float:
        axis = next((axis for axis, size in SIZE_NAME.items() if size == name), None)
        if axis is not None:
            return float(self.sizes[axis])
        if name == "eps":
            return self.eps
        if name in self.arrays and not self.arrays[name].shape:
            return float(self.arrays[name])
        if name not in self.scalars:
            raise NoValueError
        return self.scalars[name]

    def _aligned(self, own: tuple[Index, ...], array: Any, indices: tuple[Index, ...]) -> Any:
        if own == indices:
            return array
        order = sorted(range(len(own)), key=lambda axis: indices.index(own[axis]))
        shape = tuple(self.sizes[index.axis] if index in own else 1 for index in indices)
        return array.transpose(order).reshape(shape)


def positions(written: Written, node: str, tensor: Tensor) -> list[tuple[int, int]]:
    """Return where in a table (m, n) the entries of an array of the node stand, in their order."""
    axes, layout = written.layout.axes(node), written.layout
    found = []
    for at in places(tuple(written.shape[axis] for axis in axes)):
        place = [0] * len(written.shape)
        for axis, where in zip(axes, at, strict=True):
            place[axis] = where
        found.append(tuple(position(tuple(place), written.shape, along) for along in (layout.normalised, layout.others)))
    return [(batch, feature) for batch, feature in found]


def near(left: Sequence[float], right: Sequence[float]) -> bool:
    return all(abs(a - b) <= TOLERANCE * (1 + abs(a) + abs(b)) for a, b in zip(left, right, strict=True))


def close_at_all_sizes(left: Term, right: Term, graph: Graph) -> bool:
    """Tell whether two terms in the indices of `AT` have the same values at a random input, as far as floats tell."""
    if not free_indices(left) | free_indices(right) <= set(AT.values()):
        return True
    sample = Sample(graph, {BATCH: 5, FEATURE: 3}, 1)
    try:
        return near(sample.table(left).ravel().tolist(), sample.table(right).ravel().tolist())
    except NoValueError:
        return True  # Not known to differ.


def close_tensors(left: Tensor, right: Tensor, written: Written) -> bool:
    """The same for arrays at a shape."""
    if len(left.entries) != len(right.entries):
        return False
    sample = Sample(written.graph, written.sizes, 1).at(written)
    try:
        return near(sample.entries(left), sample.entries(right))
    except NoValueError:
        return True


def close_to_term(tensor: Tensor, term: Term, node: str, written: Written) -> bool:
    """The same for an array at a shape and a term in the indices of `AT`."""
    where = positions(written, node, tensor)
    if len(where) != len(tensor.entries):
        return False
    sample = Sample(written.graph, written.sizes, 1).at(written)
    try:
        table = sample.table(term)
        return near(sample.entries(tensor), [float(table[place]) for place in where])
    except NoValueError:
        return True
