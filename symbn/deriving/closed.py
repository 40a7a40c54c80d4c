"""Pen and paper: the derivative of each quantity in turn, from the input to the target, each from its own definition.

This works for any node of the layer by any other, in training and in evaluation mode. The route by the quotient rule is the
same walk with the variance expanded and f/g differentiated as a quotient.
"""

from __future__ import annotations

from fractions import Fraction

from symbn.deriving.algebra import SIZE, minus, over, plus, rewrite, times
from symbn.deriving.article import Chain, Inline, Section
from symbn.deriving.differentiation import differentiated
from symbn.deriving.steps import BEFORE_THE_SUM, NORMALISED, SPLIT, Known, Working, at, definition, listed, substituted
from symbn.deriving.paper import centred, expanded, normalised, pulled_out, rooted, sums_split
from symbn.elaboration.meaning import TOTAL, Meaning, Quantity, Raised, Slope, SumOver
from symbn.kernel.term import Index
from symbn.layers.graph import Graph, Node


def sections(graph: Graph, target: str, by: str, row: str, column: str, quotients: bool = False) -> list[Section]:
    """Return the derivation of d target / d by: a section for each quantity between them, from `by` upwards.

    row, column: the letters of the target's index and of the other one's.
    """
    order = [name for name in graph.nodes if name != by and graph.depends(name, by) and graph.depends(target, name)]
    below = at(graph.nodes[by], column)
    known, found = Known(), list[Section]()
    for name in order:
        node = graph.nodes[name]
        above = at(node, row)
        own = definition(graph, above)
        blocks: list[Chain] = []
        if quotients and name == "var" and by == "x":
            blocks.append(square_expanded(graph))
            own = blocks[-1].result
        chain = _chain(graph, node, Slope(above, below, TOTAL), own, known, quotients)
        known[name, by] = (Slope(above, below, TOTAL), chain.result)
        found.append(Section((f"The {node.meaning} ", above), (*blocks, chain)))
    return found


def _chain(graph: Graph, node: Node, head: Slope, own: Meaning, known: Known, quotients: bool) -> Chain:
    working = Working(head, graph)
    slope, rules = differentiated(own, head.by, graph.depends, quotients)
    if node.name == graph.loss:
        working.step(slope, "chain rule through every output; ", *upstream(graph))
    else:
        assert isinstance(head.of, Quantity)
        form = "definition" if own == definition(graph, head.of) else "expanded form"
        working.step(rooted(slope), f"{form} of the {node.meaning}, {' and '.join(rules)}")
    put, used = substituted(working.now, known)
    working.step(pulled_out(put), *(("substitute ", *listed(used)) if used else (BEFORE_THE_SUM,)))
    working.simplify()
    if node.name != "c":
        working.apply(centred, Quantity("c"), " = ", plus((Quantity("x"), minus(Quantity("mu")))))
        working.apply(normalised, *NORMALISED)
    return working.chain()


def upstream(graph: Graph) -> Inline:
    """Return the words that say what g_j is."""
    output, loss = Quantity("y", (Index("j"),)), Quantity(graph.loss)
    return Quantity(graph.upstream, (Index("j"),)), " = ", Slope(loss, output, TOTAL)


def square_expanded(graph: Graph) -> Chain:
    """Return var = (1/m) sum_j x_j^2 - mu^2, by multiplying the square out."""
    j = Index("j")
    x, mu = Quantity("x", (j,)), Quantity("mu")
    total, size = SumOver(j, (), x), times(SIZE, mu)
    working = Working(Quantity("var"), graph)
    working.step(over(SumOver(j, (), Raised(plus((x, minus(mu))), Fraction(2))), SIZE), "definition of the variance")
    working.apply(expanded, "multiply the square out")
    working.apply(sums_split, SPLIT)
    put = rewrite(expanded(working.now), lambda part: size if part == total else None)
    working.step(put, total, " = ", size, ", by the definition of the mean")
    return working.chain()
