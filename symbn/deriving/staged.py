"""The computation graph, backwards: the local derivative along every edge, then the chain rule at every node.

At a node N that goes into C_1, C_2, ..:   dL/dN_i = sum over these of dL/dC dC/dN_i, where dC/dN is local: the other inputs of
C are held fixed. Abbreviations (c, s) are no nodes of the graph here: they are written out.
"""

from __future__ import annotations

from symbn.deriving.algebra import instance, plus, tidy, times
from symbn.deriving.article import Block, Chain, Edge, Figure, Section, Vertex, Words
from symbn.deriving.differentiation import differentiated
from symbn.deriving.proving import proved
from symbn.deriving.steps import PICKED, VANISH, Known, Working, at, listed, substituted
from symbn.deriving.paper import centred_sums_vanish, deltas_picked, pulled_out, rooted
from symbn.elaboration.meaning import LOCAL, TOTAL, Meaning, Quantity, Same, Slope, SumOver, meaning_of_term
from symbn.kernel.term import BATCH, Index
from symbn.layers.graph import Graph, Leaf, Node

ROW, SUMMED, COLUMN = "i", "j", "k"


def sections(graph: Graph, target: str) -> list[Section]:
    """Return the backward pass as far as the target needs it: a section for each node, from the output to it."""
    wanted = [
        name
        for name, node in reversed(list(graph.nodes.items()))
        if name not in (graph.loss, graph.upstream) and not node.auxiliary and graph.depends(name, target)
    ]
    adjoints, found = Known(), list[Section]()
    for name in wanted:
        node = graph.nodes[name]
        blocks, result = _backward(graph, node, adjoints)
        key = at(node, ROW)
        adjoints[graph.loss, name] = (Slope(Quantity(graph.loss), key, TOTAL), result)
        found.append(Section((f"The {node.meaning} ", key), blocks))
    return found


def consumers(graph: Graph, name: str) -> list[Node]:
    """Return the nodes that are computed from this one directly."""
    return [
        node
        for node in reversed(list(graph.nodes.values()))
        if node.name != graph.loss and not node.auxiliary and graph.own_term(_leaf(graph, at(node, ROW)), name) is not None
    ]


def _leaf(graph: Graph, quantity: Quantity) -> Leaf:
    return graph.leaf(quantity.name, quantity.indices)


def local(graph: Graph, of: Quantity, by: Quantity) -> Chain:
    """Return the local derivative along an edge, worked out."""
    working = Working(Slope(of, by, LOCAL), graph)
    term = graph.own_term(_leaf(graph, of), by.name)
    assert term is not None
    own = tidy(meaning_of_term(term))
    slope, rules = differentiated(own, by, lambda name, other: name == other)
    working.step(rooted(pulled_out(slope)), of, " = ", own, f", {' and '.join(rules)}")
    working.apply(lambda side: deltas_picked(pulled_out(side)), PICKED)
    working.apply(centred_sums_vanish, VANISH)
    return working.chain()


def _backward(graph: Graph, node: Node, adjoints: Known) -> tuple[tuple[Block, ...], Meaning]:
    """Return the blocks of one node, and its adjoint as it stands at the end."""
    here, loss = at(node, ROW), Quantity(graph.loss)
    working = Working(Slope(loss, here, TOTAL), graph)
    if node.name == "y":
        working.step(Quantity(graph.upstream, here.indices), "the upstream gradient")
        return (Words((here, " goes into the loss.")), working.chain()), working.now
    edges, terms, known = [], [], Known()
    for consumer in consumers(graph, node.name):
        # An example's own value goes into its own example; what belongs to the whole batch goes into every example.
        apart = BATCH in consumer.slots and BATCH not in node.slots
        child = at(consumer, SUMMED if apart else ROW)
        chain = local(graph, child, here)
        head = chain.head
        assert isinstance(head, Slope)
        known[consumer.name, node.name] = (head, chain.result)
        edges.append((consumer, chain))
        term = times(Slope(loss, child, TOTAL), head)
        terms.append(SumOver(Index(SUMMED), (), term) if apart else term)
    every = "every " if any(isinstance(term, SumOver) for term in terms) else ""
    words = ("chain rule: ", here, f" goes into {every}", *listed([c.head.of for _, c in edges if isinstance(c.head, Slope)]))
    working.step(plus(terms), *words)
    put, _ = substituted(working.now, known)
    working.step(pulled_out(put), "substitute the local derivative" + ("s" if len(edges) > 1 else ""))
    blocks: list[Block] = [Words(("Local derivative" + ("s:" if len(edges) > 1 else ":"),)), *(chain for _, chain in edges)]
    result = working.now
    if node.name == "x":
        # All together: down to the upstream gradient.
        for names in (("mu", "var"), ("xhat",)):
            put, used = substituted(working.now, {key: value for key, value in adjoints.items() if key[1] in names})
            put, _ = substituted(put, {key: value for key, value in adjoints.items() if key[1] == "y"})
            working.step(pulled_out(put), "substitute ", *listed(used))
        working.simplify()
    return (*blocks, Words(("Hence",)), working.chain()), result


def forward(graph: Graph, target: str, by: str) -> list[Section]:
    """Return the derivative of a node by another one, forwards: along every edge that leads from `by` to the target."""
    order = [
        name
        for name, node in graph.nodes.items()
        if name != by and graph.depends(name, by) and graph.depends(target, name) and (not node.auxiliary or name == target)
    ]
    known, found = Known(), list[Section]()
    for name in order:
        node = graph.nodes[name]
        parents = [parent for parent in (by, *order) if parent != name and _is_parent(graph, at(node, ROW), parent)]
        blocks, chain = _arrived(graph, node, by, parents, known)
        assert isinstance(chain.head, Slope)
        known[name, by] = (chain.head, chain.result)
        found.append(Section((f"The {node.meaning} ", at(node, ROW)), (*blocks, chain)))
    return found


def _arrived(graph: Graph, node: Node, by: str, parents: list[str], known: Known) -> tuple[list[Block], Chain]:
    """Return the blocks before the derivative of a node by `by`, and it: the sum over the edges that lead to the node.

    The edge from `by` itself counts with its value: its sign, a local derivative, would look like the total one on the left.
    """
    above, below = at(node, ROW), at(graph.nodes[by], COLUMN)
    slope = Slope(above, below, TOTAL)
    if parents == [by] and above.indices[:1] != (Index(ROW),):
        own = local(graph, above, below)
        return [], proved(Chain(slope, own.lines), graph)
    blocks: list[Block] = []
    edges, terms = Known(), list[Meaning]()
    for parent in parents:
        # What belongs to the whole batch hears every example; an example hears its own.
        apart = BATCH in graph.nodes[parent].slots and BATCH not in node.slots
        inner = at(graph.nodes[parent], SUMMED if apart else ROW)
        chain = local(graph, above, inner)
        assert isinstance(chain.head, Slope)
        blocks.append(chain)
        if parent == by:
            here = [Same(i, k) for i, k in zip(inner.indices, below.indices, strict=True) if not apart]
            terms.append(
                times(instance(chain.result, dict(zip(inner.indices, below.indices, strict=True)) if apart else {}), *here)
            )
            continue
        edges[node.name, parent] = (chain.head, chain.result)
        term = times(chain.head, Slope(inner, below, TOTAL))
        terms.append(SumOver(Index(SUMMED), (), term) if apart else term)
    working = Working(slope, graph)
    others = [at(graph.nodes[parent], ROW) for parent in parents if parent != by]
    direct: tuple[str | Meaning, ...] = ("the edge from ", below, *((", then through ",) if others else (" alone",)))
    working.step(plus(terms), "chain rule: ", *(direct if by in parents else ("through ",)), *listed(others))
    put, _ = substituted(working.now, edges)
    put, used = substituted(put, known)
    plural = "s" if len(edges) > 1 else ""
    working.step(pulled_out(put), "substitute ", *listed([f"the local derivative{plural}", *used]))
    working.simplify()
    words = "Local derivatives:" if len(blocks) > 1 else "Local derivative:"
    return [Words((words,)), *blocks, Words(("Hence",))], working.chain()


def _is_parent(graph: Graph, above: Quantity, name: str) -> bool:
    return graph.own_term(_leaf(graph, above), name) is not None


def figure(graph: Graph) -> Figure:
    """Return the computation graph with the local derivative on every edge, and the upstream gradient on the last ones."""
    shown = [name for name, node in graph.nodes.items() if not node.auxiliary and name != graph.upstream]
    edges = []
    for name in shown:
        label = at(graph.nodes[name], ROW)
        for consumer in consumers(graph, name):
            chain = local(graph, at(consumer, ROW), label)
            edges.append(Edge(name, consumer.name, chain.head, chain.result))
        if name == "y":
            slope = Slope(Quantity(graph.loss), label, TOTAL)
            edges.append(Edge(name, graph.loss, slope, Quantity(graph.upstream, label.indices)))
    ranks: dict[str, int] = {}
    for name in shown:
        ranks[name] = 1 + max((ranks[edge.parent] for edge in edges if edge.child == name), default=-1)
    for name in shown:  # an input stands just before what it goes into
        if ranks[name] == 0:
            ranks[name] = min(ranks[edge.child] for edge in edges if edge.parent == name) - 1
    order = sorted(shown, key=lambda name: (ranks[name], shown.index(name)))
    return Figure(tuple(Vertex(name, at(graph.nodes[name], ROW), ranks[name]) for name in order), tuple(edges))
