"""What is published: an article of sections, whose blocks hold meanings and words, and no layout.

    Article  = title, Section*                  Section = title, Block*
    Block    = Words | Chain | Table | Matrix | Figure

An *inline* text is a tuple of strings and meanings, in the order in which they are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symbn.elaboration.meaning import Constant, Meaning
from symbn.layers.batchnorm import TRAINING

ONE = Constant(Fraction(1))
Inline = tuple[str | Meaning, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: Inline


@dataclass(frozen=True, slots=True)
class Line:
    """One more side of a chain. rule: in words, why it equals the side before it."""

    side: Meaning
    rule: Inline


@dataclass(frozen=True, slots=True)
class Chain:
    """head = side = side = .., each step proved. scope: the batch sizes for which it is, "all m" or a number. mode: of the
    layer, train or eval."""

    head: Meaning
    lines: tuple[Line, ...]
    scope: str = "all m"
    mode: str = TRAINING

    @property
    def result(self) -> Meaning:
        return self.lines[-1].side if self.lines else self.head


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A display `name = factor (rows)`. A string is a number in digits, where the exact one is irrational."""

    name: Meaning
    rows: tuple[tuple[Meaning | str, ...], ...]
    factor: Meaning = ONE


@dataclass(frozen=True, slots=True)
class Vertex:
    """A node of the graph. rank: where it stands between the inputs, 0, and the loss; what it is computed from ranks lower."""

    name: str
    label: Meaning
    rank: int


@dataclass(frozen=True, slots=True)
class Edge:
    """child is computed from parent; label: the local derivative of the child by it, worked out; slope: its sign."""

    parent: str
    child: str
    slope: Meaning
    label: Meaning


@dataclass(frozen=True, slots=True)
class Figure:
    """The computation graph, from the inputs to the loss."""

    vertices: tuple[Vertex, ...]
    edges: tuple[Edge, ...]


Block = Words | Chain | Table | Matrix | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """depth: 1, or 0 for one that the following ones belong to."""

    title: Inline
    blocks: tuple[Block, ...]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Article:
    """identifier: a word for file names and links, such as `dx-closed`."""

    identifier: str
    title: Inline
    sections: tuple[Section, ...]

    def chains(self) -> tuple[Chain, ...]:
        return tuple(block for section in self.sections for block in section.blocks if isinstance(block, Chain))
