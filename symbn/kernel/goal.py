"""The equation as meant: two terms that are to be equal at every admissible point.

Admissible: m >= 1 (or m = batch), reals, those in `positive` > 0, free indices that satisfy the conditions; both sides defined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

from symbn.kernel.term import BATCH, Add, Index, KernelError, Term, free_indices


@dataclass(frozen=True, slots=True)
class Condition:
    """A side condition on two indices: equal, or different."""

    left: Index
    right: Index
    equal: bool


@dataclass(frozen=True, slots=True)
class Goal:
    left: Term
    right: Term
    conditions: tuple[Condition, ...] = ()
    positive: frozenset[str] = frozenset({"eps"})
    batch: int | None = None
    indices: frozenset[Index] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        compared = {i for c in self.conditions for i in (c.left, c.right)}
        object.__setattr__(self, "indices", free_indices(Add((self.left, self.right))) | compared)
        if self.batch is not None and self.batch < self.least_batch():
            raise KernelError(f"a batch of {self.batch} has no entry {self.least_batch()}")

    def least_batch(self) -> int:
        """Return the least batch size at which the explicit entries exist (x_2 needs m >= 2)."""
        return max([1, *(i.name for i in self.indices if isinstance(i.name, int) and i.axis == BATCH)])

    def placements(self, batch: int) -> list[dict[Index, int]]:
        """Return the admitted positions of the named indices that stand for all: those alike are tried once.

        Entries are interchangeable, so beside the explicit ones it is enough to try one more position for each free index.
        """
        count = min(batch, self.least_batch() + len(self.indices))
        named = sorted((i for i in self.indices if isinstance(i.name, str)), key=lambda i: (i.axis, str(i.name)))
        choices = (dict(zip(named, places, strict=True)) for places in product(range(1, count + 1), repeat=len(named)))
        return [at for at in choices if self.admits(at)]

    def admits(self, at: Mapping[Index, object]) -> bool:
        """Tell whether the values of the indices satisfy the conditions; an explicit index stands for itself."""
        values = {i: at.get(i, i.name) for c in self.conditions for i in (c.left, c.right)}
        return all((values[c.left] == values[c.right]) == c.equal for c in self.conditions)
