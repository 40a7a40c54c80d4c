"""The computation graph: its picture, and the local derivative along every edge, derived."""

from __future__ import annotations

from symbn.deriving import notation, staged
from symbn.deriving.article import Article, Section, Words
from symbn.deriving.staged import consumers, figure, local
from symbn.deriving.steps import at
from symbn.layers.graph import Graph

_WORDS = (
    "An edge leads from a quantity to what is computed from it, and carries the derivative of the second by the first with all "
    "else held fixed. A gradient goes back along the edges: over each path the factors are multiplied, over all paths summed.",
)


def article(graph: Graph) -> Article:
    """Return the picture and the derivations. Raises: UnprovedError."""
    found = figure(graph)
    names = [vertex.name for vertex in found.vertices if vertex.name != graph.loss]
    chains = {
        name: [local(graph, at(consumer, staged.ROW), at(graph.nodes[name], staged.ROW)) for consumer in consumers(graph, name)]
        for name in names
    }
    return Article(
        "graph",
        ("The computation graph of batch normalisation",),
        (
            notation.section(graph),
            Section(("The graph",), (Words(_WORDS), found)),
            *(
                Section(("The edges from ", at(graph.nodes[name], staged.ROW)), tuple(found))
                for name, found in chains.items()
                if found
            ),
        ),
    )
