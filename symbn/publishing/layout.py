"""What the formats share: meanings become boxes in the reader's notation, those that stand together in one go.

A chain is one such group, so that an index has one letter in all its sides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from symbn.deriving.article import Block, Chain, Inline, Matrix, Section
from symbn.elaboration.meaning import (
    changed,
    Meaning,
    Quantity,
    Slope,
)
from symbn.errors import UsageError
from symbn.kernel.term import FEATURE, Index
from symbn.layers.batchnorm import batch_norm
from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box
from symbn.typesetting.of_meaning import boxes_of
from symbn.typesetting.styles import DEFAULT, PRESETS, Style

Part = str | Box
FEATURES = "features"
STYLES = (*PRESETS, FEATURES)
_FEATURE = Index("f", FEATURE)
_OF_A_FEATURE = frozenset(name for name, node in batch_norm(features=True).nodes.items() if FEATURE in node.slots)


@dataclass(frozen=True, slots=True)
class Layout:
    """How an article is printed. features: every quantity of a feature carries its index. width, colour: of the terminal.
    fragment: without what makes a document of it."""

    style: Style = field(default=DEFAULT)
    features: bool = False
    width: int = 80
    colour: bool = False
    fragment: bool = False

    def boxes(self, meanings: Iterable[Meaning]) -> tuple[Box, ...]:
        return boxes_of([with_feature(m) for m in meanings] if self.features else meanings, self.style)

    def inline(self, text: Inline) -> tuple[Part, ...]:
        return _filled(text, iter(self.boxes(_meanings(text))))

    def chain(self, chain: Chain) -> ChainBoxes:
        """Return the chain; a step that changes nothing in this notation, where s is written as the root it is, is left out."""
        members = self.boxes([chain.head, *(line.side for line in chain.lines)])
        steps = [
            (side, line.rule) for before, side, line in zip(members, members[1:], chain.lines, strict=False) if side != before
        ]
        return ChainBoxes(members[0], tuple(side for side, _ in steps), tuple(self.inline(rule) for _, rule in steps))

    def blocks(self, section: Section) -> tuple[Block, ...]:
        """Return what there is to print in a section: chains with a step."""
        return tuple(block for block in section.blocks if not isinstance(block, Chain) or self.chain(block).sides)

    def matrix(self, matrix: Matrix) -> Box:
        """Return the equation: the entry that stands for the matrix, in brackets, and its rows."""
        entries = (e for row in matrix.rows for e in row if not isinstance(e, str))
        found = iter(self.boxes([matrix.name, matrix.factor, *entries]))
        name, factor = next(found), next(found)
        rows = tuple(tuple(_number(e) if isinstance(e, str) else next(found) for e in row) for row in matrix.rows)
        before = () if factor == boxes.Numeral("1") else (factor,)
        return boxes.row(boxes.bracketed(name), boxes.EQUALS, *before, boxes.Matrix(rows))


def layout_of(style: str = "default", let: Iterable[str] = (), width: int = 80) -> Layout:
    """Return the layout of a named style with the user's own names. Raises: UsageError."""
    if style not in STYLES:
        raise UsageError(f"unknown style {style[:40]!r}: choose from {', '.join(STYLES)}")
    preset = DEFAULT if style == FEATURES else PRESETS[style]
    return Layout(preset.with_lets(let), features=style == FEATURES, width=width)


@dataclass(frozen=True, slots=True)
class ChainBoxes:
    """head = side = ..; rules: why each side equals the one before."""

    head: Box
    sides: tuple[Box, ...]
    rules: tuple[tuple[Part, ...], ...]


def _number(digits: str) -> Box:
    rounded = digits.removeprefix("≈ ")  # said beside the matrix, which would be too wide
    size = boxes.Numeral(rounded.removeprefix("−"))
    return boxes.row(boxes.NEGATIVE, size) if rounded.startswith("−") else size


def _meanings(text: Inline) -> list[Meaning]:
    return [part for part in text if not isinstance(part, str)]


def _filled(text: Inline, found: Iterable[Box]) -> tuple[Part, ...]:
    """Return the text with its meanings replaced, in order."""
    ready = iter(found)
    parts: list[Part] = []
    for part in text:
        filled = part if isinstance(part, str) else next(ready)
        if len(parts) > 1 and parts[-1] == " = " and parts[-2] == filled:
            parts.pop()  # a name that is the derivative itself, in a notation that has no other
        else:
            parts.append(filled)
    return tuple(parts)


def with_feature(meaning: Meaning) -> Meaning:
    """Return what holds for one feature with the index of the feature put in."""
    match meaning:
        case Quantity():
            return _at_feature(meaning)
        case Slope(of=of, by=by, kind=kind):
            return Slope(with_feature(of), _at_feature(by), kind)
        case _:
            return changed(meaning, with_feature)


def _at_feature(quantity: Quantity) -> Quantity:
    return Quantity(quantity.name, (*quantity.indices, _FEATURE)) if quantity.name in _OF_A_FEATURE else quantity
