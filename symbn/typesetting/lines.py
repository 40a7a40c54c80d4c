"""Box -> the lines of a terminal: a chain of equalities with its relations below each other, long sides broken.

dL    gamma
-- = ------ (..            the left side, a relation, a right side; the next relation stands below the first one
dx    m s
   = ...
"""

from __future__ import annotations

from collections.abc import Sequence

from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box, row
from symbn.typesetting.breaking import broken
from symbn.typesetting.grid import END, MARKS, Picture, beside, cells, line
from symbn.typesetting.terminal import Ruler, draw

_COLOURS = {boxes.WRONG: "31", boxes.REPAIRED: "1;32", boxes.PROVED: "32"}
WIDEST_LEFT = 3  # the left side has a column of its own up to this part of the width


def to_lines(box: Box, width: int = 80, ascii: bool = False, colours: bool = False) -> list[str]:
    """Return a formula as lines of at most the width. colours: show marks by ANSI colours."""
    members, relations = split(box)
    return chain_lines(members, relations, width, ascii, colours)


def chain_lines(
    members: Sequence[Box], relations: Sequence[Box] = (), width: int = 80, ascii: bool = False, colours: bool = False
) -> list[str]:
    """Return a = b = .. as lines. relations: between the members, equals signs if none are given."""
    relations = relations or (boxes.EQUALS,) * (len(members) - 1)

    measure = Ruler(ascii)
    whole = row(members[0], *(part for pair in zip(relations, members[1:], strict=True) for part in pair))
    if len(members) < 3 and measure(whole) <= width:
        return _lines([(0, draw(whole, ascii))], colours)
    pictures: list[tuple[int, Picture]] = []
    left = measure(members[0])
    apart = left > width // WIDEST_LEFT
    rows = [(line.indent, draw(line.box, ascii)) for line in broken(members[0], width, measure)] if apart else []
    pictures += rows
    column = 2 if apart else left + 1
    for number, (relation, member) in enumerate(zip(relations, members[1:], strict=True)):
        sign = draw(relation, ascii)
        room = width - column - sign.width - 1
        for place, part in enumerate(broken(member, room, measure)):
            picture = draw(part.box, ascii)
            if place == 0:
                head = draw(members[0], ascii) if number == 0 and not apart else line(" " * (column - 1))
                pictures.append((0, beside(head, line(" "), sign, line(" "), picture)))
            else:
                pictures.append((column + sign.width + 1 + part.indent, picture))
    if len(members) == 1 and not apart:
        pictures = [(part.indent, draw(part.box, ascii)) for part in broken(members[0], width, measure)]
    return _lines(pictures, colours)


def split(box: Box) -> tuple[list[Box], list[Box]]:
    """Return the members of a chain, and the relations between them; what is behind a gap stays with its member."""
    items = box.items if isinstance(box, boxes.Row) else (box,)
    members: list[list[Box]] = [[]]
    relations: list[Box] = []
    beyond = False
    for item in items:
        bare = boxes.bare(item)
        beyond = beyond or isinstance(bare, boxes.Gap)
        if isinstance(bare, boxes.Operator) and bare.kind == boxes.RELATION and not beyond and members[-1]:
            relations.append(item)
            members.append([])
        else:
            members[-1].append(item)
    if not members[-1]:
        return [box], []
    return [row(*parts) for parts in members], relations


def _lines(pictures: list[tuple[int, Picture]], colours: bool) -> list[str]:
    """Put pictures below each other; those of several lines want a blank one between them."""
    tall = any(picture.height > 1 for _, picture in pictures)
    lines: list[str] = []
    for number, (indent, picture) in enumerate(pictures):
        if number and tall:
            lines.append("")
        lines += [_coloured(" " * indent + text, colours).rstrip() for text in picture.lines]
    return lines


def _coloured(text: str, colours: bool) -> str:
    for kind, sign in MARKS.items():
        text = text.replace(sign, f"\x1b[{_COLOURS[kind]}m" if colours else "")
    return text.replace(END, "\x1b[0m" if colours else "")


def widest(lines: Sequence[str]) -> int:
    """Return the width of the widest line, in terminal cells."""
    return max(map(cells, lines), default=0)
