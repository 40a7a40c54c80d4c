"""What the parts of the elaboration share: the scope of the equation, the choices of this run, and where in the formula we
are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from symbn.diagnostic import Span, Value
from symbn.elaboration.meaning import Meaning
from symbn.elaboration.notation import Notation
from symbn.elaboration.readings import Choices
from symbn.elaboration.resolving import Resolved
from symbn.elaboration.scope import Scope
from symbn.errors import unreadable
from symbn.kernel.term import BATCH, FEATURE, Index
from symbn.layers.graph import Graph
from symbn.syntax.tree import Name, Node, Number


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Inside(Value):
    """The indices bound around, and the index that an omitted one stands for (`averaged`: by definition, as in E[x]).

    apart: we are inside the body of a definition, whose own sums must not catch the indices it is used at.
    """

    bound: tuple[tuple[str, Index], ...] = ()
    default: Index | None = None
    averaged: bool = False
    apart: bool = False

    def with_bound(self, name: str, index: Index, averaged: bool = False) -> Inside:
        default = index if index.axis == BATCH else self.default
        return Inside((*self.bound, (name, index)), default, averaged, self.apart)

    def catches(self, name: str) -> bool:
        """Tell whether a sum over the letter needs a fresh one."""
        return self.apart or self.index(name) is not None

    def index(self, name: str) -> Index | None:
        return dict(self.bound).get(name)


@dataclass(slots=True)
class Context:
    """One run over one equation.

    reader: gives any node its meaning; it is handed in so that the parts need not know each other. batch: the chosen size, or
    the one that the bounds of the sums imply. fresh: letters made up so far. filled: the index that stands for omitted ones
    where the text names none. bare: what was met without its indices, `entry` or `jacobian`. totals: how many Jacobians are
    read as the sum of their entries. kinds: what a derivative is that may be total or local.
    """

    scope: Scope
    graph: Graph
    choices: Choices
    notation: Notation
    batch: int | None
    reader: Callable[[Context, Node, Inside], Meaning]
    fresh: set[str] = field(default_factory=set)
    filled: Index | None = None
    bare: set[str] = field(default_factory=set)
    totals: int = 0
    kinds: dict[str, str] = field(default_factory=dict)

    def read(self, node: Node, inside: Inside) -> Meaning:
        return self.reader(self, node, inside)

    def index(self, written: Name | Number, inside: Inside, axis: str | None = None) -> Index:
        if isinstance(written, Name) and (bound := inside.index(written.text)) is not None:
            return bound
        return self.scope.index(written, axis)

    def omitted(self, found: Resolved, axis: str, span: Span, inside: Inside) -> Index:
        """Fill an index that is left out: the one of the sum around, or the one free index of the equation."""
        if axis == BATCH and inside.default is not None:
            if not inside.averaged:
                self.choices.doubts.append(
                    f"{found.key} without an index, inside a sum, may stand for another entry: write its index"
                )
                self.choices.note(f"{found.key} without an index stands for {found.key}_{inside.default.name}", caveat=True)
            return inside.default
        return self.neighbour(found.key, axis, span)

    def neighbour(self, key: str, axis: str, span: Span) -> Index:
        letters = [letter for letter in self.scope.free if self.scope.axes.get(letter, BATCH) == axis]
        if len(letters) > 1:
            raise unreadable(
                "missing-index",
                f"{key} lacks an index, and it may be {' or '.join(letters)}",
                span,
                f"write {key}_{letters[0]}",
            )
        if axis == FEATURE:
            index = Index(letters[0] if letters else "c", axis)
        elif letters:
            index = Index(letters[0].lstrip("\\"), axis)
        else:
            if self.filled is None:
                self.filled = Index(self.scope.letter(), axis)
            index = self.filled
        self.bare.add("entry")
        self.choices.note(f"{key} without an index stands for {key}_{index.name}", caveat=True)
        return index

    def new_letter(self) -> str:
        letter = self.scope.letter(frozenset(self.fresh) | ({str(self.filled.name)} if self.filled else set()))
        self.fresh.add(letter)
        return letter
