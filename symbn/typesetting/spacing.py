"""The space between two parts of a row, for text and for the terminal: around signs, between factors, not after \\partial."""

from __future__ import annotations

from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box


def space_between(left: Box, right: Box) -> str:
    left, right = boxes.bare(left), boxes.bare(right)
    if isinstance(left, boxes.Gap) or isinstance(right, boxes.Gap):
        return ""
    if isinstance(left, boxes.Half) or isinstance(right, boxes.Half):
        outside = (isinstance(left, boxes.Half) and left.right) or (isinstance(right, boxes.Half) and not right.right)
        inside = (isinstance(left, boxes.Half) and not left.right) or (isinstance(right, boxes.Half) and right.right)
        return " " if outside and not inside and not _is_tight(left) else ""
    if isinstance(right, boxes.Operator) and (right.kind == boxes.SEPARATOR or right.latex == "/"):
        return ""
    if _is_tight(left):
        # Beside a bar a minus sign would look like a part of it.
        return (
            " " if isinstance(left, boxes.Operator) and left.kind == boxes.PREFIX and isinstance(right, boxes.Quotient) else ""
        )
    return " "


def _is_tight(left: Box) -> bool:
    """Tell whether what follows stands right behind it: a sign before a term, a slash, the sign of a derivative."""
    if isinstance(left, boxes.Operator):
        return left.kind == boxes.PREFIX or left.latex == "/"
    if isinstance(left, boxes.Script):
        return left.base == boxes.PARTIAL
    return left in (boxes.PARTIAL, boxes.Letter("d", "d"))
