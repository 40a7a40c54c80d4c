"""Centring, c_i = x_i - mu: its Jacobian, why all its sums are zero, and why the gradient lives all the same."""

from __future__ import annotations

from fractions import Fraction

from symbn.deriving import closed
from symbn.deriving.algebra import SIZE, minus, over, plus, times
from symbn.deriving.article import Chain, Section, Words
from symbn.deriving.steps import PICKED, SPLIT, Working
from symbn.deriving.paper import deltas_picked, sums_split
from symbn.elaboration.meaning import TOTAL, Constant, Meaning, Quantity, Same, Slope, SumOver
from symbn.kernel.term import Index
from symbn.layers.graph import Graph

I, J, K = Index("i"), Index("j"), Index("k")
ONE = Constant(Fraction(1))


def entry(row: Index, column: Index) -> Meaning:
    """Return delta - 1/m, the entry of the Jacobian."""
    return plus((Same(row, column), minus(over(ONE, SIZE))))


def slope(row: Index, column: Index) -> Slope:
    return Slope(Quantity("c", (row,)), Quantity("x", (column,)), TOTAL)


def sections(graph: Graph) -> list[Section]:
    """Return the Jacobian of centring with its sums, its square, and what it does to a gradient."""
    found = closed.sections(graph, "c", "x", "i", "k")
    c = Quantity("c", (I,))
    sums = [
        _sum(graph, SumOver(K, (), slope(I, K))),
        _sum(graph, SumOver(I, (), slope(I, K))),
        _total(graph),
    ]
    found.append(
        Section(
            ("All sums of the Jacobian are zero",),
            (
                Words(("Along a row: if every entry grows by the same amount, so does the mean, and no ", c, " changes.",)),
                sums[0],
                Words(("Down a column: the centred entries sum to zero whatever ", Quantity("x", (K,)), " is.")),
                sums[1],
                Words(("So the sum of all entries is zero.",)),
                sums[2],
            ),
        )
    )  # fmt: skip
    found.append(
        Section(
            ("Yet centring is no dead end",),
            (
                Words(("Centring twice is centring once: the Jacobian is a projection. It takes the mean away, no more.",)),
                _square(graph),
                Words(("A gradient that comes back through it loses its mean, and only that.",)),
                _gradient(graph),
            ),
        )
    )  # fmt: skip
    return found


def _sum(graph: Graph, head: SumOver) -> Chain:
    of = head.body
    assert isinstance(of, Slope)
    assert isinstance(of.of, Quantity)
    working = Working(head, graph)
    working.step(SumOver(head.index, (), entry(of.of.indices[0], of.by.indices[0])), "substitute ", of)
    working.apply(lambda side: deltas_picked(sums_split(side)), SPLIT, ", ", PICKED)
    return working.chain()


def _total(graph: Graph) -> Chain:
    working = Working(SumOver(I, (), SumOver(K, (), slope(I, K))), graph)
    working.step(SumOver(I, (), Constant(Fraction(0))), "every row sums to zero")
    return working.chain()


def _square(graph: Graph) -> Chain:
    working = Working(SumOver(J, (), times(slope(I, J), slope(J, K))), graph)
    working.step(SumOver(J, (), times(entry(I, J), entry(J, K))), "substitute the entries")
    working.apply(lambda side: deltas_picked(sums_split(side)), "multiply out, ", PICKED)
    working.step(slope(I, K), "the entry itself")
    return working.chain()


def _gradient(graph: Graph) -> Chain:
    upstream = Slope(Quantity("L"), Quantity("c", (J,)), TOTAL)
    working = Working(Slope(Quantity("L"), Quantity("x", (I,)), TOTAL), graph)
    working.step(SumOver(J, (), times(upstream, slope(J, I))), "chain rule through every ", Quantity("c", (J,)))
    working.step(SumOver(J, (), times(upstream, entry(J, I))), "substitute the entries")
    working.apply(lambda side: deltas_picked(sums_split(side)), SPLIT, ", ", PICKED)
    return working.chain()
