"""Letters for indices that stand for one thing only, in a statement and in Coq."""

from __future__ import annotations

from collections.abc import Iterable

from symbn.certificates.expressions import BatchSum, Expression, Kronecker, Leaf, rebuilt, reindexed, within
from symbn.certificates.spelling import RESERVED
from symbn.kernel.term import Index

_LETTERS = "jkilpqruvwhabcdefo"


def fresh(avoid: Iterable[Index]) -> Index:
    taken = {str(index.name) for index in avoid} | RESERVED
    return next(
        Index(letter) for letter in (*_LETTERS, *(f"{a}{b}" for b in range(1, 100) for a in _LETTERS)) if letter not in taken
    )


def hygienic(expression: Expression, avoid: Iterable[Index]) -> Expression:
    """Return the expression with bound letters that stand for nothing else, in it or in Coq."""
    taken = set(avoid)

    def put(part: Expression) -> Expression | None:
        if not isinstance(part, BatchSum):
            return None
        index, body = part.index, part.body
        plain = isinstance(index.name, str) and index.name.isascii() and index.name.isidentifier()
        if index in taken or not plain or str(index.name) in RESERVED:
            new = fresh(taken | _letters_in(body))
            index, body = new, reindexed(body, {index: new})
        return BatchSum(index, hygienic(body, taken | {index}))

    return rebuilt(expression, put)


def _letters_in(expression: Expression) -> set[Index]:
    found: set[Index] = set()
    for part in within(expression):
        match part:
            case Leaf(indices=indices):
                found.update(indices)
            case Kronecker(left=left, right=right):
                found.update((left, right))
            case BatchSum(index=index):
                found.add(index)
            case _:
                pass
    return found


def free_indices(expression: Expression) -> set[Index]:
    """Return the indices of an expression that no sum in it binds. Each letter is bound once at most."""
    bound = {part.index for part in within(expression) if isinstance(part, BatchSum)}
    return _letters_in(expression) - bound
