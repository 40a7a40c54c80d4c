"""An article as text for a terminal or a file: two-dimensional formulas, each step with its rule at its right or below it.

No line is wider than the layout says, but for a matrix or an atom that cannot be broken.
"""

from __future__ import annotations

from typing import assert_never

from symbn.deriving.article import Article, Block, Chain, Figure, Inline, Matrix, Table, Words
from symbn.publishing.drawing import drawn
from symbn.publishing.layout import ChainBoxes, Layout, Part
from symbn.typesetting.boxes import Box
from symbn.typesetting.breaking import broken
from symbn.typesetting.grid import Picture, beside, block, cells, line, printable, stacked
from symbn.typesetting.lines import WIDEST_LEFT
from symbn.typesetting.terminal import draw
from symbn.typesetting.text import to_text

_INDENT, _GAP, _NARROWEST_RULE = 2, 4, 22
_BOLD, _DIM = "1", "2"
_HARD = "\u00a0"  # between the parts of a short formula


def as_text(article: Article, layout: Layout) -> str:
    """Return the article, without a final newline."""
    width = layout.width
    title = wrapped(layout.inline(article.title), width)
    parts = [[*(_painted(text, _BOLD, layout) for text in title), "═" * min(width, max(map(cells, title)))]]
    for section in article.sections:
        heading = wrapped(layout.inline(section.title), width)
        under = ["─" * min(width, max(map(cells, heading)))]
        parts.append(
            [*(_painted(text, _BOLD, layout) for text in heading), *(under if section.depth else ["═" * len(under[0])])]
        )
        parts += [_block(item, layout) for item in layout.blocks(section)]
    return "\n\n".join("\n".join(text.rstrip() for text in part) for part in parts)


def wrapped(text: tuple[Part, ...], width: int) -> list[str]:
    """Return words and formulas in lines of at most the width; a short formula stays on one line."""
    whole = "".join(printable(part) if isinstance(part, str) else _inside(to_text(part), width) for part in text)
    lines, used = [""], 0
    for word in whole.split(" "):
        if lines[-1] and used + 1 + cells(word) > width:
            lines.append(word)
            used = cells(word)
        else:
            lines[-1] += f" {word}" if lines[-1] else word
            used = cells(lines[-1])
    return [text.replace(_HARD, " ") for text in lines]


def _inside(formula: str, width: int) -> str:
    return formula.replace(" ", _HARD) if cells(formula) <= width // 2 else formula


def _painted(text: str, how: str, layout: Layout) -> str:
    return f"\x1b[{how}m{text}\x1b[0m" if layout.colour and text else text


def _block(item: Block, layout: Layout) -> list[str]:
    match item:
        case Words(text=text):
            return wrapped(layout.inline(text), layout.width)
        case Chain():
            return _chain(layout.chain(item), layout)
        case Table(header=header, rows=rows):
            return _table([header, *rows], layout)
        case Matrix():
            return [" " * _INDENT + text for text in draw(layout.matrix(item)).lines]
        case Figure():
            return drawn(item, layout)
        case _:
            assert_never(item)


def _chain(chain: ChainBoxes, layout: Layout) -> list[str]:
    """Return head = side = .., the equals signs below each other; the head has a line of its own where it is wide."""
    width = layout.width - _INDENT
    head = draw(chain.head)
    apart = head.width > width // WIDEST_LEFT
    column = _INDENT if apart else head.width + 1
    sides = [_side(side, width - column) for side in chain.sides]
    widest = max((side.width for side in sides), default=0)
    room = width - column - widest - _GAP
    beside_it = room >= _NARROWEST_RULE
    groups = (
        [[text for part in broken(chain.head, width, _width) for text in draw(part.box).lines]] if apart or not sides else []
    )
    for number, (side, rule) in enumerate(zip(sides, chain.rules, strict=True)):
        before = line(" " * column) if number or apart else beside(head, line(" "))
        if beside_it:
            words = wrapped(rule, room)
            groups.append(_with_rule(beside(before, side), column + widest + _GAP, words, layout))
        else:
            words = wrapped(rule, width - column - _GAP)
            marked = [("· " if place == 0 else "  ") + text for place, text in enumerate(words)]
            below = [" " * (column + 2) + _painted(text, _DIM, layout) for text in marked]
            groups.append([*beside(before, side).lines, *below])
    tall = any(len(group) > 1 for group in groups)
    lines = [text for place, group in enumerate(groups) for text in ([""] if place and tall else []) + group]
    return [" " * _INDENT + text for text in lines]


def _with_rule(picture: Picture, column: int, words: list[str], layout: Layout) -> list[str]:
    """Return the lines with words at the column, the first ones on the baseline."""
    room = block([""] * len(words))
    whole = beside(picture, line(" " * (column - picture.width)), room)
    lines = list(whole.lines)
    for place, text in enumerate(words, whole.baseline):
        lines[place] += _painted(text, _DIM, layout)
    return lines


def _side(side: Box, room: int) -> Picture:
    """Return `= side`, on as many lines as it takes, on the baseline of the first."""
    parts = [(part.indent, draw(part.box)) for part in broken(side, room - 2, _width)]
    first = beside(line("= "), parts[0][1])
    if len(parts) == 1:
        return first
    tall = any(picture.height > 1 for _, picture in parts)
    below = [beside(line(" " * (2 + indent)), picture) for indent, picture in parts[1:]]
    apart = [part for picture in below for part in ((line(""), picture) if tall else (picture,))]
    return stacked(first, *apart, baseline=first.baseline, left=True)


def _width(box: Box) -> int:
    return draw(box).width


def _table(rows: list[tuple[Inline, ...]], layout: Layout) -> list[str]:
    """Return a table, or, where it is too wide, its rows as lists."""
    texts = [
        ["".join(printable(p) if isinstance(p, str) else to_text(p) for p in layout.inline(cell)) for cell in row]
        for row in rows
    ]
    widths = [max(map(cells, column)) for column in zip(*texts, strict=True)]
    if sum(widths) + 3 * len(widths) + _INDENT > layout.width:
        header, *others = texts
        named = [[f"{name}: {text}" for name, text in zip(header, row, strict=True)] for row in others]
        return [" " * _INDENT + line for row in named for line in wrapped((", ".join(row),), layout.width - _INDENT)]
    shown = [
        "   ".join(
            text + " " * (width - cells(text)) if place == 0 else " " * (width - cells(text)) + text
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in texts
    ]
    return [" " * _INDENT + text for text in (shown[0], "─" * cells(shown[0]), *shown[1:])]
