r"""Which local derivatives a careful reader would grant, seen when the equation is built.

\partial\hat x_i / \partial x_i with mean and variance held fixed is an edge of the computation graph, and staged derivations
write it all the time. Between two entries the local derivative is a Kronecker delta, and who writes
\partial\hat x_i / \partial x_k means the Jacobian: reading it as local would pardon the commonest mistake there is, to forget
that the moments depend on every entry. It is granted only in the chain rule over all paths, such as
sum_j dL/dxhat_j dxhat_j/dx_i + .., with a term for each quantity that is held fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symbn.elaboration.derivatives import held_fixed
from symbn.elaboration.meaning import LOCAL, Constant, Meaning, Plus, Quantity, Slope, SumOver, Times, parts
from symbn.elaboration.readings import TRUE_ONLY_IF
from symbn.kernel.goal import Condition
from symbn.kernel.term import BATCH, Index
from symbn.layers.graph import Graph

_Pairs = frozenset[frozenset[Index]]
_LOSS, _ZERO = Quantity("L"), Constant(Fraction(0))


def is_granted(left: Meaning, right: Meaning, conditions: tuple[Condition, ...], graph: Graph) -> tuple[bool, str | None]:
    """Tell whether the local derivatives make a reading at all, and why nothing is proved by it, or None.

    It is none where the text itself says that the two entries differ: the local derivative would be 0 by being written.
    """
    apart = frozenset(frozenset({c.left, c.right}) for c in conditions if not c.equal)
    doubt = None
    for side in (left, right):
        found = list(_between_entries(side, apart))
        if any(differ for _, differ in found):
            return False, None
        if len(found) > sum(1 for _ in _chained(side, graph)):
            slope, _ = found[0]
            assert isinstance(slope.of, Quantity)
            doubt = doubt or (
                f"{TRUE_ONLY_IF}d{slope.of.name}/d{slope.by.name} between two entries is the local derivative, 0 unless they "
                "are the same: say what is held fixed, or write the total derivative, since mean and variance depend on every "
                "entry"
            )
    return True, doubt


def _chained(side: Meaning, graph: Graph) -> Iterator[Slope]:
    """Yield the local derivatives between entries that stand in a chain rule over all paths: as sum_j dL/dA_j dA_j/dx_i, beside
    a product with dL/dP for each P that is held fixed."""
    terms = side.terms if isinstance(side, Plus) else (side,)
    for term in terms:
        match term:
            case SumOver(index=index, excluding=(), body=Times(factors=(first, second))):
                for upstream, slope in ((first, second), (second, first)):
                    if _is_step(upstream, slope, index):
                        assert isinstance(slope, Slope)
                        assert isinstance(slope.of, Quantity)
                        held = held_fixed(graph, slope.of, slope.by)
                        if all(any(_goes_through(other, node) for other in terms) for node in held):
                            yield slope


def _is_step(upstream: Meaning, slope: Meaning, index: Index) -> bool:
    """Tell whether these are dL/dA_j and the local dA_j/dx_i, for the summed j."""
    return (
        isinstance(upstream, Slope)
        and isinstance(slope, Slope)
        and upstream.of == _LOSS
        and slope.kind == LOCAL
        and upstream.by == slope.of
        and index in upstream.by.indices
        and index not in slope.by.indices
    )


def _goes_through(term: Meaning, node: str) -> bool:
    """Tell whether the term is a product of dL/dP with something else, which is not 0."""
    if not isinstance(term, Times) or _ZERO in term.factors:
        return False
    return any(isinstance(f, Slope) and f.of == _LOSS and f.by.name == node for f in term.factors)


def _between_entries(meaning: Meaning, apart: _Pairs) -> Iterator[tuple[Slope, bool]]:
    """Yield the local derivatives of an entry by another one, and whether the two surely differ."""
    match meaning:
        case Slope(of=Quantity(indices=row), by=Quantity(indices=column), kind=kind) if kind == LOCAL:
            pair = [i for i in (*row, *column) if i.axis == BATCH]
            if len(pair) == 2 and pair[0] != pair[1]:
                yield meaning, all(isinstance(index.name, int) for index in pair) or frozenset(pair) in apart
        case SumOver(index=index, excluding=excluding, body=body):
            apart = frozenset(pair for pair in apart if index not in pair) | {frozenset({index, i}) for i in excluding}
            yield from _between_entries(body, apart)
        case _:
            for part in parts(meaning):
                yield from _between_entries(part, apart)
