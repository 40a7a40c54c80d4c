"""What a candidate would mean, at the least cost: only the part that it changes is read again.

The smallest bracket or term around the edits is parsed alone and put into the tree; the meanings of all other parts are kept.
This decides which candidates are worth a proof, nothing else: what is proved is read again from its whole text.
"""

from __future__ import annotations

from collections.abc import Iterator

from symbn.decision.repair.edits import Edit, apply
from symbn.decision.repair.points import RandomPoint
from symbn.decision.repair.view import Site, View, every
from symbn.diagnostic import Span
from symbn.elaboration.context import Context, Inside
from symbn.elaboration.elaborate import meaning_of
from symbn.elaboration.meaning import Meaning
from symbn.elaboration.readings import Choices
from symbn.errors import UnreadableError
from symbn.layers.graph import Graph
from symbn.syntax.parser import parse
from symbn.syntax.tree import Additive, Group, Node

Values = tuple[int, ...]


class Sieve:
    """Reads edited sides in the first reading, in the scope of the original equation.

    A candidate that needs another scope may be missed, but never wrongly shown.
    """

    def __init__(self, view: View, graph: Graph, batch: int | None) -> None:
        self.view = view
        self.context = Context(view.scope, graph, Choices({}), view.notation, batch, self.read)
        self.own = {id(node) for node in every(view.root)}
        self.memo: dict[tuple[int, Inside], Meaning] = {}
        self.regions = sorted(_regions(view), key=lambda region: -len(region[1].above))

    def meaning(self, node: Node) -> Meaning:
        return self.context.read(node, Inside())

    def read(self, context: Context, node: Node, inside: Inside) -> Meaning:
        key = id(node), inside
        if key[0] not in self.own:
            return meaning_of(context, node, inside)
        if key not in self.memo:
            self.memo[key] = meaning_of(context, node, inside)
        return self.memo[key]

    def edited(self, edits: tuple[Edit, ...]) -> Node | None:
        """Return the tree of the edited side, or None if it does not parse."""
        first, last = min(span.start for span, _ in edits), max(span.end for span, _ in edits)
        for span, site in self.regions:
            if span.start <= first and last <= span.end:
                new = alone(apply(self.view.text, span, edits)[0], self.view.latex)
                if new is None or (site.where == "term" and isinstance(new, Additive)):
                    break
                return _put(site, new)
        return alone(apply(self.view.text, self.view.side, edits)[0], self.view.latex)


def alone(text: str, latex: bool) -> Node | None:
    """Return the tree of an expression, or None if the text is none."""
    try:
        statements = parse(text, "latex" if latex else "plain")
    except UnreadableError:
        return None
    if len(statements) != 1 or statements[0].relations or statements[0].conditions:
        return None
    return statements[0].sides[0]


def _regions(view: View) -> Iterator[tuple[Span, Site]]:
    for site in view.sites:
        if site.where == "term" or (site.where == "body" and isinstance(site.above[-1], Group)):
            yield view.outer(site.node), site


def _put(site: Site, new: Node) -> Node:
    """Return the tree with another node at a site."""
    old = site.node
    for above in reversed(site.above):
        parts = [
            tuple(new if item is old else item for item in part) if isinstance(part, tuple) else new if part is old else part
            for part in above.parts()
        ]
        old, new = above, type(above)(*parts)  # type: ignore[arg-type]
    return new


def values(meaning: Meaning, points: tuple[RandomPoint, ...]) -> Values | None:
    found: list[int] = []
    for point in points:
        value = point.value(meaning)
        if value is None:
            return None
        found.append(value)
    return tuple(found)
