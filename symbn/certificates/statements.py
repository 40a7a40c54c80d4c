"""The statement of a certificate, as data: what Coq is asked to believe, and the derivatives that it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from symbn.certificates.expressions import Expression, Leaf, rebuilt, reindexed, within
from symbn.certificates.letters import hygienic
from symbn.certificates.rules import MARK
from symbn.certificates.spelling import OF_BATCH, PRIME, Moved
from symbn.kernel.goal import Condition
from symbn.kernel.term import Index


@dataclass(frozen=True, slots=True)
class Derivative:
    """d function / d t at the point. formal: the indices that it depends on. loss: the index j of y_j = function, of which the
    loss is taken; None where there is no loss. batchwise: it is a function of the batch, since its own derivative is taken."""

    formal: tuple[Index, ...]
    function: Expression
    moved: Moved
    point: Expression
    loss: Index | None
    batchwise: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """An equation for Coq. direct: left is the lone derivative. nonzero: what must not be 0, by hypothesis. given: the inputs
    to which a condition gives a value; what is said of an entry is said of every entry."""

    mode: str
    left: Expression
    right: Expression
    derivatives: tuple[Derivative, ...]
    direct: bool
    letters: tuple[Index, ...]
    positions: tuple[int, ...]
    conditions: tuple[Condition, ...]
    nonzero: tuple[Expression, ...]
    batch: int | None
    given: tuple[tuple[Leaf, Expression], ...] = ()

    @property
    def functions(self) -> tuple[str, ...]:
        """Return the functions of a rule, in order."""
        sides = (self.left, self.right, *(derivative.function for derivative in self.derivatives))
        leaves = {part.name.removesuffix(PRIME) for side in sides for part in within(side) if isinstance(part, Leaf)}
        return tuple(sorted(name.removesuffix(MARK) for name in leaves if name.endswith(MARK)))

    @property
    def with_loss(self) -> bool:
        return any(derivative.loss is not None for derivative in self.derivatives)


def witness(place: int) -> str:
    """Return the name of a derivative in a claim."""
    return f"D{place + 1}"


def batchwise(place: int) -> str:
    """Return the name of a derivative as a function of the batch."""
    return f"{witness(place)}{OF_BATCH}"


def at_indices(derivative: Derivative, put: Mapping[Index, Index], letters: Iterable[Index]) -> Derivative:
    """Return the derivative with other indices, in the place of its own."""
    moved = derivative.moved
    index = None if moved.index is None else put.get(moved.index, moved.index)
    function = reindexed(hygienic(derivative.function, (*letters, *put.values())), put)
    return Derivative((), function, Moved(moved.name, index, moved.array), reindexed(derivative.point, put), derivative.loss)


def perturbed(expression: Expression, moved: set[str]) -> Expression:
    """Return the expression with the leaves of those names marked as moved."""

    def put(part: Expression) -> Expression | None:
        return Leaf(part.name + PRIME, part.indices) if isinstance(part, Leaf) and part.name in moved else None

    return rebuilt(expression, put)
