"""A chain that grows by one named step at a time; a step that changes nothing leaves no line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symbn.deriving.algebra import ONE, instance, over, rewrite, split, tidy
from symbn.deriving.article import Chain, Inline, Line
from symbn.deriving.proving import proved
from symbn.deriving.paper import centred_sums_vanish, collected, deltas_picked, expanded, normalised, pulled_out, sums_split
from symbn.elaboration.meaning import Meaning, Plus, Quantity, Slope, SumOver, meaning_of_term, parts
from symbn.kernel.term import BATCH, Index
from symbn.layers.graph import Graph, Node

BEFORE_THE_SUM = "take constant factors out of the sum"
SPLIT = "split the sum"
PICKED = "the delta picks one term"
VANISH = "the sum of the centred entries is zero"
NORMALISED = (Quantity("xhat"), " = ", over(Quantity("c"), Quantity("s")))


def holds_brackets(meaning: Meaning) -> bool:
    """Tell whether there is a sum sign before a sum of several terms."""
    match meaning:
        case SumOver(body=body):
            return any(isinstance(base, Plus) for base in split(body)[1]) or holds_brackets(body)
        case _:
            return any(holds_brackets(part) for part in parts(meaning))


class Working:
    """A chain in the making."""

    def __init__(self, head: Meaning, graph: Graph) -> None:
        self.head, self.graph = head, graph
        self.now = head
        self.lines: list[Line] = []

    def step(self, side: Meaning, *rule: str | Meaning) -> None:
        """Write the next side, if it is another one."""
        side = tidy(side)
        if side != self.now:
            self.lines.append(Line(side, rule))
            self.now = side

    def apply(self, change: Callable[[Meaning], Meaning], *rule: str | Meaning) -> None:
        self.step(change(self.now), *rule)

    def simplify(self) -> None:
        """Do with sums what there is to do, bring in xhat, and collect."""
        self.apply(normalised, *NORMALISED)
        self.apply(
            lambda side: pulled_out(deltas_picked(side)), PICKED if deltas_picked(self.now) != self.now else BEFORE_THE_SUM
        )
        separate = sums_split(pulled_out(self.now))
        picked = deltas_picked(separate)
        words = [SPLIT] * holds_brackets(self.now) + [PICKED] * (picked != separate)
        self.step(picked, ", ".join(words) or BEFORE_THE_SUM)
        self.apply(centred_sums_vanish, VANISH)
        self.apply(normalised, *NORMALISED)
        self.collect()

    def collect(self) -> None:
        """Put the common factor of several terms before a bracket."""
        result, factor = collected(normalised(expanded(self.now)))
        if factor != ONE:
            self.step(result, "collect ", factor)

    def chain(self) -> Chain:
        """Return the chain, proved. Raises: UnprovedError."""
        return proved(Chain(self.head, tuple(self.lines)), self.graph)


Known = dict[tuple[str, str], tuple[Slope, Meaning]]


def substituted(meaning: Meaning, known: Known) -> tuple[Meaning, list[Meaning]]:
    """Return the meaning with the known derivatives put in, and which ones they were, as they stand there."""
    used: dict[Meaning, None] = {}

    def put(part: Meaning) -> Meaning | None:
        if not isinstance(part, Slope) or not isinstance(part.of, Quantity):
            return None
        pattern, value = known.get((part.of.name, part.by.name), (None, None))
        if pattern is None or value is None or pattern.kind != part.kind:
            return None
        assert isinstance(pattern.of, Quantity)
        used[part] = None
        places = zip((*pattern.of.indices, *pattern.by.indices), (*part.of.indices, *part.by.indices), strict=True)
        return instance(value, dict(places))

    return rewrite(meaning, put), [*used]


def listed(names: Sequence[str | Meaning]) -> Inline:
    """Return names as words: a, b and c."""
    words: list[str | Meaning] = []
    for place, name in enumerate(names):
        words += [] if not place else [" and " if place == len(names) - 1 else ", "]
        words.append(name)
    return tuple(words)


def definition(graph: Graph, quantity: Quantity) -> Meaning:
    """Return the definition of a node at its indices, over its parents."""
    return tidy(meaning_of_term(graph.instance(graph.nodes[quantity.name], graph.leaf(quantity.name, quantity.indices))))


def at(node: Node, letter: str) -> Quantity:
    """Return the node at a letter, if it has an index."""
    return Quantity(node.name, (Index(letter),) if BATCH in node.slots else ())
