r"""Which local derivatives a careful reader would grant, seen when the equation is built.

\partial\hat x_i / \partial x_i with mean and variance held fixed is an edge of the computation graph, and staged derivations
write it all the time. Between two entries the local derivative is a Kronecker delta, and who writes
\partial\hat x_i / \partial x_k means the Jacobian: reading it as local would pardon the commonest mistake there is, to forget
that the moments depend on every entry. It is granted only in the chain rule over all paths, such as
sum_j dL/dxhat_j dxhat_j/dx_i + .., with a term for each quantity that is held fixed.
"""

from __future__ import annotations

from collections.abc import Iterator

from symbn.elaboration.derivatives import held_fixed
from symbn.elaboration.meaning import LOCAL, Meaning, Quantity, Slope, SumOver, Times, parts
from symbn.elaboration.readings import TRUE_ONLY_IF
from symbn.kernel.goal import Condition
from symbn.kernel.term import BATCH, Index
from symbn.layers.graph import Graph

_Pairs = frozenset[frozenset[Index]]
_Upstream = frozenset[tuple[str, Index]]
_LOSS = Quantity("L")


def is_granted(left: Meaning, right: Meaning, conditions: tuple[Condition, ...], graph: Graph) -> tuple[bool, str | None]:
    """Tell whether the local derivatives make a reading at all, and why nothing is proved by it, or None.

    It is none where the text itself says that the two entries differ: the local derivative would be 0 by being written.
    """
    apart = frozenset(frozenset({c.left, c.right}) for c in conditions if not c.equal)
    doubt = None
    for side in (left, right):
        paths = frozenset(_paths(side))
        for slope, chained, differ in _between_entries(side, apart, frozenset()):
            of = slope.of
            assert isinstance(of, Quantity)
            if differ:
                return False, None
            if not (chained and paths.issuperset(held_fixed(graph, of, slope.by))):
                doubt = doubt or (
                    f"{TRUE_ONLY_IF}d{of.name}/d{slope.by.name} between two entries is the local derivative, 0 unless they are "
                    "the same: say what is held fixed, or write the total derivative, since mean and variance depend on every "
                    "entry"
                )
    return True, doubt


def _paths(meaning: Meaning) -> Iterator[str]:
    """Yield the nodes by which the loss is differentiated."""
    if isinstance(meaning, Slope) and meaning.of == _LOSS:
        yield meaning.by.name
    for part in parts(meaning):
        yield from _paths(part)


def _between_entries(meaning: Meaning, apart: _Pairs, upstream: _Upstream) -> Iterator[tuple[Slope, bool, bool]]:
    """Yield the local derivatives of an entry by another one, whether each stands in a chain rule, and whether the entries
    surely differ.

    upstream: the nodes, with the bound index, by which the loss is differentiated in the same product.
    """
    match meaning:
        case Slope(of=Quantity(name=of, indices=row), by=Quantity(indices=column), kind=kind) if kind == LOCAL:
            pair = [i for i in (*row, *column) if i.axis == BATCH]
            if len(pair) == 2 and pair[0] != pair[1]:
                numbers = all(isinstance(index.name, int) for index in pair)
                yield meaning, (of, pair[0]) in upstream, numbers or frozenset(pair) in apart
        case SumOver(index=index, excluding=excluding, body=body):
            apart = frozenset(pair for pair in apart if index not in pair) | {frozenset({index, i}) for i in excluding}
            upstream = frozenset(known for known in upstream if known[1] != index)
            factors = body.factors if isinstance(body, Times) else (body,)
            chained = {
                (factor.by.name, index)
                for factor in factors
                if isinstance(factor, Slope) and factor.of == _LOSS and index in factor.by.indices
            }
            yield from _between_entries(body, apart, upstream | chained)
        case _:
            for part in parts(meaning):
                yield from _between_entries(part, apart, upstream)
