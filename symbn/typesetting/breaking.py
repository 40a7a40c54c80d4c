r"""A long formula -> lines that fit a width: the cheapest breaks, found all at once.

A break is cheapest before a relation, then before a + or - of the outermost sum, then before a factor or the sign of a sum. A
bracket that fits on no line is opened, and the breaks inside it cost more; so is a mark. A fraction or a root that fits on no
line is written on one line, with brackets. No line is wider than the width unless one atom is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box, row
from symbn.typesetting.spacing import space_between

Measure = Callable[[Box], int]
_RELATION, _TERM, _FACTOR, _SUMMAND, _CONDITION = 0.0, 10.0, 60.0, 90.0, 5.0
_DEEPER = 25.0  # for every bracket around
_LINE = 20.0
_TOO_WIDE = 1e6  # for every cell
_SHORTEST = 12  # a width that is always there


@dataclass(frozen=True, slots=True)
class Line:
    """indent: in cells, before the box."""

    indent: int
    box: Box


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stays together. cost: of a break before it, None for none. depth: brackets around that are open."""

    box: Box
    cost: float | None
    depth: int


def broken(box: Box, width: int, measure: Measure, indent: int = 2) -> list[Line]:
    """Return the box on as few lines as are wide enough. indent: of the lines after the first."""
    width = max(width, _SHORTEST)
    if measure(box) <= width:
        return [Line(0, box)]
    pieces = _pieces(box, width - indent, measure, 0)
    starts = _breaks(pieces, width, measure, indent)
    lines = []
    for start, stop in zip(starts, [*starts[1:], len(pieces)], strict=True):
        before = 0 if start == 0 else indent * (1 + pieces[start].depth)
        lines.append(Line(before, row(*(piece.box for piece in pieces[start:stop]))))
    return lines


def _pieces(box: Box, width: int, measure: Measure, depth: int) -> list[_Piece]:
    """Cut a box where it may be broken."""
    items = box.items if isinstance(box, boxes.Row) else (box,)
    found: list[_Piece] = []
    before: Box | None = None
    for item in items:
        cost = _cost(before, item)
        before = item
        first, *others = _opened(item, width, measure, depth)
        found += [_Piece(first.box, None if cost is None else cost + _DEEPER * depth, depth), *others]
    return found


def _cost(before: Box | None, item: Box) -> float | None:
    """Return the cost of a break between two neighbours of a row; None where they belong together."""
    left, right = boxes.bare(before) if before is not None else None, boxes.bare(item)
    if left is None or isinstance(left, boxes.Operator) or left == boxes.PARTIAL:
        return None
    match right:
        case boxes.Operator(kind=boxes.RELATION):
            return _RELATION
        case boxes.Operator(kind=boxes.BINARY):
            return _TERM
        case boxes.Operator(kind=boxes.SEPARATOR) | boxes.Operator(latex="/"):
            return None
        case boxes.Gap():
            return _CONDITION
        case _:
            return _SUMMAND if isinstance(left, boxes.Big) else _FACTOR


def _opened(item: Box, width: int, measure: Measure, depth: int) -> list[_Piece]:
    """Return an item as one piece if it fits on a line, else in parts."""
    if measure(item) <= width - 2 * depth:
        return [_Piece(item, None, depth)]
    match item:
        case boxes.Bracket(opening=opening, body=body):
            inner = _pieces(body, width, measure, depth + 1)
            first, last = boxes.Half(opening, False, body), boxes.Half(opening, True, body)
            whole = [_Piece(first, None, depth), *inner, _Piece(last, None, depth + 1)]
        case boxes.Script(base=boxes.Bracket(opening=opening, body=body), sub=sub, sup=sup):
            inner = _pieces(body, width, measure, depth + 1)
            last_half: Box = boxes.Script(boxes.Half(opening, True, body), sub, sup)
            whole = [_Piece(boxes.Half(opening, False, body), None, depth), *inner, _Piece(last_half, None, depth + 1)]
        case boxes.Marked(kind=kind, inner=inner_box):
            return [_Piece(boxes.Marked(kind, p.box), p.cost, p.depth) for p in _pieces(inner_box, width, measure, depth)]
        case boxes.Row():
            return _pieces(item, width, measure, depth)
        case boxes.Quotient(top=top, bottom=bottom):
            return _pieces(row(_whole(top), boxes.SLASH, _whole(bottom)), width, measure, depth)
        case boxes.Radical(radicand=radicand, degree=degree):
            power = row(boxes.Numeral("1"), boxes.SLASH, degree or boxes.Numeral("2"))
            return _opened(boxes.Script(boxes.bracketed(radicand), None, power), width, measure, depth)
        case boxes.Code(text=text):
            words = [boxes.Code(text[start : start + width]) for start in range(0, len(text), max(width, 1))]
            return [_Piece(word, None if place == 0 else _RELATION, depth) for place, word in enumerate(words)]
        case _:
            return [_Piece(item, None, depth)]
    return whole


def _whole(box: Box) -> Box:
    """Return a part of a fraction for one line."""
    return boxes.bracketed(box) if isinstance(box, boxes.Row | boxes.Quotient) else box


def _breaks(pieces: Sequence[_Piece], width: int, measure: Measure, indent: int) -> list[int]:
    """Return where lines begin: the cheapest way, from the last piece to the first."""
    widths = [measure(piece.box) for piece in pieces]
    gaps = [0, *(len(space_between(a.box, b.box)) for a, b in pairwise(pieces))]
    best: list[float] = [0.0] * (len(pieces) + 1)
    following = [len(pieces)] * (len(pieces) + 1)
    for start in range(len(pieces) - 1, -1, -1):
        best[start] = float("inf")
        free = width - (0 if start == 0 else indent * (1 + pieces[start].depth))
        used = 0
        for stop in range(start + 1, len(pieces) + 1):
            used += widths[stop - 1] + (gaps[stop - 1] if stop - 1 > start else 0)
            over = max(0, used - free)
            if over and best[start] < _TOO_WIDE:
                break
            cost = pieces[stop].cost if stop < len(pieces) else 0.0
            if cost is None:
                continue
            ragged = 0.0 if stop == len(pieces) else 10.0 * ((free - used) / width) ** 2
            total = cost + _LINE + max(ragged, 0.0) + over * _TOO_WIDE + best[stop]
            if total < best[start]:
                best[start], following[start] = total, stop
    starts, place = [], 0
    while place < len(pieces):
        starts.append(place)
        place = following[place]
    return starts
