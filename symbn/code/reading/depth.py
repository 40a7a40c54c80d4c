"""How deeply terms are nested: whoever is handed one goes down into it, and must come back."""

from __future__ import annotations

from symbn.code.model import Array, StoppedError, Tensor
from symbn.kernel.term import Term, children

DEEPEST = 250


class Depths:
    """The depth of every term that was measured; what terms share is measured once. The terms are kept, with their
    addresses."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[Term, int]] = {}

    def check(self, array: Array) -> None:
        """Raises: StoppedError if a term of the array is too deep."""
        for term in array.entries if isinstance(array, Tensor) else (array.term,):
            if self.of(term) > DEEPEST:
                raise StoppedError("limit", "the result is nested too deeply")

    def of(self, term: Term) -> int:
        pending = [term]
        while pending:
            each = pending[-1]
            below = children(each)
            unknown = [child for child in below if id(child) not in self.known]
            if unknown:
                pending.extend(unknown)
            else:
                pending.pop()
                self.known[id(each)] = each, 1 + max((self.known[id(child)][1] for child in below), default=0)
        return self.known[id(term)][1]
