"""Box -> one line of Unicode text: fractions with a slash, roots with brackets, as one would type it.

In the default style symbn reads it back. A quotient stands in brackets where what follows could be taken for its divisor.
"""

from __future__ import annotations

from typing import assert_never

from symbn.syntax.symbols import SUBSCRIPTS, SUPERSCRIPTS
from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box
from symbn.typesetting.grid import printable
from symbn.typesetting.spacing import space_between

_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
_BELOW = {letter: small for small, letter in SUBSCRIPTS.items()}
_ABOVE = {letter: small for small, letter in SUPERSCRIPTS.items()} | {"′": "′"}
_SIGNS = {"sum": "∑", "prod": "∏"}


def to_text(box: Box) -> str:
    """Return the formula on one line."""
    match box:
        case boxes.Letter(text=text) | boxes.Operator(text=text) | boxes.Words(text=text) | boxes.Code(text=text):
            return printable(text)
        case boxes.Numeral(text=text):
            return text
        case boxes.Row(items=items):
            return _row(items)
        case boxes.Quotient(top=top, bottom=bottom):
            return f"{_part(top, above=True)}/{_part(bottom, above=False)}"
        case boxes.Script(base=base, sub=sub, sup=sup):
            return to_text(base) + _script(sub, "_", _BELOW) + _script(sup, "^", _ABOVE)
        case boxes.Radical(radicand=radicand, degree=None):
            inner = to_text(radicand)
            return f"√{inner}" if isinstance(radicand, boxes.Letter | boxes.Numeral) and len(inner) == 1 else f"√({inner})"
        case boxes.Radical(radicand=radicand, degree=degree):
            return f"({to_text(radicand)})^(1/{to_text(degree or boxes.Numeral('2'))})"
        case boxes.Big(sign=sign, lower=lower, upper=upper):
            return _SIGNS[sign] + _script(lower, "_", {}) + _script(upper, "^", {})
        case boxes.Bracket(opening=opening, body=body):
            return f"{opening}{to_text(body)}{boxes.CLOSING[opening]}"
        case boxes.Half(opening=opening, right=right):
            return boxes.CLOSING[opening] if right else opening
        case boxes.Accent(accent=accent, base=base):
            inner = to_text(base)
            return f"{inner}{_ACCENTS[accent]}" if len(inner) == 1 else f"{accent}({inner})"
        case boxes.Matrix(rows=rows, opening=opening):
            inner = "; ".join(", ".join(map(to_text, row)) for row in rows)
            return f"{opening}{inner}{boxes.CLOSING[opening]}"
        case boxes.Choices(rows=rows):
            return "; ".join(
                f"{to_text(value)} {'otherwise' if condition is None else f'if {to_text(condition)}'}"
                for value, condition in rows
            )
        case boxes.Marked(inner=inner_box):
            return to_text(inner_box)
        case boxes.Gap():
            return " "
        case _:
            assert_never(box)


def _row(items: tuple[Box, ...]) -> str:
    text = ""
    for place, item in enumerate(items):
        following = boxes.bare(items[place + 1]) if place + 1 < len(items) else None
        piece = to_text(item)
        if isinstance(boxes.bare(item), boxes.Quotient) and _could_be_divided_by(boxes.bare(item), following):
            piece = f"({piece})"
        if place and boxes.bare(items[place - 1]) != boxes.NEGATIVE:
            text += space_between(items[place - 1], item)
        text += piece
    return text


def _could_be_divided_by(quotient: Box, following: Box | None) -> bool:
    """Tell whether a quotient wants brackets before what follows. A divisor in brackets ends there, and so does d/dx (..)."""
    if (
        following is None
        or isinstance(following, boxes.Operator | boxes.Gap | boxes.Half)
        or not isinstance(quotient, boxes.Quotient)
    ):
        return False
    of_what_follows = isinstance(quotient.top, boxes.Letter | boxes.Script) and space_between(quotient.top, following) == ""
    return not of_what_follows and not _part(quotient.bottom, above=False).startswith("(")


def _part(box: Box, above: bool) -> str:
    """Return a part of a fraction, in brackets unless it is clear without."""
    inner = boxes.bare(box)
    text = to_text(box)
    if isinstance(inner, boxes.Row):
        signed = any(isinstance(boxes.bare(i), boxes.Operator | boxes.Big | boxes.Quotient) for i in inner.items)
        differential = space_between(inner.items[0], inner.items[1]) == "" and len(inner.items) % 2 == 0 and not signed
        return text if differential or (above and not signed) else f"({text})"
    return f"({text})" if isinstance(inner, boxes.Quotient) else text


def _script(script: Box | None, mark: str, small: dict[str, str]) -> str:
    if script is None:
        return ""
    letters = script.items if isinstance(script, boxes.Row) and mark == "_" and small else (script,)
    text = "".join(map(to_text, letters)) if len(letters) > 1 else to_text(script)
    if small and all(c in small for c in text):
        return "".join(small[c] for c in text)
    if mark == "_":
        return f"_{text}" if len(text) == 1 else f"_{{{text}}}"
    return f"^{text}" if text.isalnum() or text.startswith("(") else f"^({text})"
