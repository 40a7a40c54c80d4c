r"""A long formula -> lines that fit a width: the cheapest breaks, found all at once.

A break is cheapest before a relation, then before a + or - of the outermost sum, then before a factor or the sign of a sum,
where a dot says that the product goes on. A bracket that fits on no line is opened, and the breaks inside it cost more; so is
a mark. A fraction or a root that fits on no line is written on one line, with brackets. No line is wider than the width unless
one atom is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box, row
from symbn.typesetting.spacing import space_between

Measure = Callable[[Box], int]
_RELATION, _TERM, _FACTOR, _CONDITION = 0.0, 10.0, 60.0, 5.0
_DEEPER = 25.0  # for every bracket around
_LINE = 20.0
_TOO_WIDE = 1e6  # for every cell
_DOT = 2  # cells of the sign that a line may begin with
_SHORTEST = 12  # a width that is always there


@dataclass(frozen=True, slots=True)
class Line:
    """indent: in cells, before the box."""

    indent: int
    box: Box


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stays together. cost: of a break before it, None for none. depth: brackets around that are open. factor: a break
    before it wants a dot."""

    box: Box
    cost: float | None
    depth: int
    factor: bool = False


def broken(box: Box, width: int, measure: Measure, indent: int = 2) -> list[Line]:
    """Return the box on as few lines as are wide enough. indent: of the lines after the first."""
    width = max(width, _SHORTEST)
    if measure(box) <= width:
        return [Line(0, box)]
    pieces = _Cutter(max(width - indent - _DOT, 1), measure).pieces(box)
    starts = _breaks(pieces, width, measure, indent)
    lines = []
    for start, stop in zip(starts, [*starts[1:], len(pieces)], strict=True):
        dot = (boxes.DOT,) if start and pieces[start].factor else ()
        before = _indent(start, pieces[start], width, indent)
        lines.append(Line(before, row(*dot, *(piece.box for piece in pieces[start:stop]))))
    return lines


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Cuts a box where it may be broken. width: of a line that begins with a sign."""

    width: int
    measure: Measure

    def pieces(self, box: Box, depth: int = 0, head: int = 0, tail: int = 0) -> list[_Piece]:
        """Return the pieces of a box. head, tail: cells of what cannot be parted from its first and its last piece."""
        items = box.items if isinstance(box, boxes.Row) else (box,)
        found: list[_Piece] = []
        before: Box | None = None
        for place, item in enumerate(items):
            cost = None if before is None else _cost(boxes.bare(before), boxes.bare(item))
            head = 0 if cost is not None else head
            first, *others = self.opened(item, depth, head, tail if place == len(items) - 1 else 0)
            # A sign at the start of a line shows that the formula goes on; a factor has none of its own.
            factor = cost == _FACTOR and not isinstance(boxes.bare(item), boxes.Operator)
            found += [_Piece(first.box, None if cost is None else cost + _DEEPER * depth, depth, factor), *others]
            before, head = item, head + self.measure(item) + 1
        return found

    def opened(self, item: Box, depth: int, head: int, tail: int) -> list[_Piece]:
        """Return an item as one piece if it fits on a line, else in parts."""
        cells = self.measure(item)
        if cells <= max(self.width - min(2 * depth, self.width // 3) - head - tail, _SHORTEST):
            return [_Piece(item, None, depth)]
        match item:
            case boxes.Bracket(opening=opening, body=body):
                return self.halves(opening, body, boxes.Half(opening, True, body), depth, head, tail)
            case boxes.Script(base=boxes.Bracket(opening=opening, body=body), sub=sub, sup=sup):
                last = boxes.Script(boxes.Half(opening, True, body), sub, sup)
                return self.halves(opening, body, last, depth, head, tail)
            case boxes.Marked(kind=kind, inner=inner):
                parts = self.pieces(inner, depth, head, tail)
                return [_Piece(boxes.Marked(kind, part.box), part.cost, part.depth, part.factor) for part in parts]
            case boxes.Row():
                return self.pieces(item, depth, head, tail)
            case boxes.Quotient(top=boxes.Row(items=(sign, *of)), bottom=bottom) if _is_sign(sign):
                inner = of[0] if len(of) == 1 and isinstance(of[0], boxes.Bracket) else boxes.bracketed(row(*of))
                return self.pieces(row(boxes.Quotient(sign, bottom), inner), depth, head, tail)
            case boxes.Quotient(top=top, bottom=bottom) if not _is_sign(top):
                return self.pieces(row(_whole(top), boxes.SLASH, _whole(bottom)), depth, head, tail)
            case boxes.Radical(radicand=radicand, degree=degree):
                power = row(boxes.Numeral("1"), boxes.SLASH, degree or boxes.Numeral("2"))
                return self.opened(boxes.Script(boxes.bracketed(radicand), None, power), depth, head, tail)
            case boxes.Code(text=text):
                starts = range(0, len(text), self.width)
                return [_Piece(boxes.Code(text[n : n + self.width]), _RELATION if n else None, depth) for n in starts]
            case _:
                return [_Piece(item, None, depth)]

    def halves(self, opening: str, body: Box, last: Box, depth: int, head: int, tail: int) -> list[_Piece]:
        first = boxes.Half(opening, False, body)
        inner = self.pieces(body, depth + 1, head + 1, tail + self.measure(last))
        return [_Piece(first, None, depth), *inner, _Piece(last, None, depth + 1)]


def _cost(left: Box, right: Box) -> float | None:
    """Return the cost of a break between two neighbours of a row; None where they belong together."""
    match left:
        case boxes.Operator() | boxes.Big() | boxes.Gap():
            return None
        case boxes.Quotient(top=top) if _is_sign(top):
            return None
        case _ if _is_sign(left):
            return None
        case boxes.Letter() | boxes.Accent() | boxes.Script() if isinstance(right, boxes.Bracket):
            return None  # it may be a function with its argument
        case _:
            pass
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
            return _FACTOR


def _is_sign(box: Box) -> bool:
    """Tell whether it is the sign of a derivative, which belongs to what follows."""
    base = box.base if isinstance(box, boxes.Script) else box
    return isinstance(base, boxes.Letter) and base.text in ("∂", "d", "∇")


def _indent(start: int, piece: _Piece, width: int, indent: int) -> int:
    """Return the cells before a line that begins with the piece: more in open brackets, but never most of the line."""
    return min(indent * (1 + piece.depth), width // 3) if start else 0


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
        free = width - _indent(start, pieces[start], width, indent) - (_DOT if start and pieces[start].factor else 0)
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
