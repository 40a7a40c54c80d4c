"""Box -> MathML Core: what browsers draw themselves, without a script or a font from elsewhere.

Every text is escaped, so that no name of a user becomes an element; marks are classes: `symbn-wrong`, `symbn-repaired`,
`symbn-proved`. The LaTeX of the whole goes with it, as an annotation, for those who copy the formula.
"""

from __future__ import annotations

from html import escape
from typing import assert_never

from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box
from symbn.typesetting.grid import printable
from symbn.typesetting.latex import to_latex

_ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~", "dot": "˙", "vec": "→"}
_SIGNS = {"sum": "∑", "prod": "∏"}
_LEFT = ' style="text-align: left; padding-inline-end: 1em"'


def to_mathml(box: Box, display: bool = True, annotation: str | None = None) -> str:
    """Return a <math> element. annotation: the LaTeX to go with it, if not that of the box."""
    how = "block" if display else "inline"
    source = _escaped(to_latex(box) if annotation is None else annotation)
    return (
        f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="{how}"><semantics>{_row(_write(box))}'
        f'<annotation encoding="application/x-tex">{source}</annotation></semantics></math>'
    )


def _escaped(text: str) -> str:
    return escape(printable(text))


def _row(inner: str) -> str:
    return f"<mrow>{inner}</mrow>"


def _one(box: Box) -> str:
    """Return a box as one element: what scripts and fractions count as one of their parts."""
    inner = _write(box)
    return _row(inner) if isinstance(box, boxes.Row) and len(box.items) != 1 else inner


def _write(box: Box) -> str:
    match box:
        case boxes.Letter(text=text):
            # A single letter is slanted by itself, several are not.
            return f"<mi>{_escaped(text)}</mi>"
        case boxes.Numeral(text=text):
            return f"<mn>{_escaped(text)}</mn>"
        case boxes.Operator():
            return _operator(box)
        case boxes.Row(items=items):
            return "".join(_side_by_side(items))
        case boxes.Quotient(top=top, bottom=bottom):
            return f"<mfrac>{_one(top)}{_one(bottom)}</mfrac>"
        case boxes.Script(base=base, sub=sub, sup=sup):
            return _script("m", ("sub", "sup"), base, sub, sup)
        case boxes.Radical(radicand=radicand, degree=None):
            return f"<msqrt>{_one(radicand)}</msqrt>"
        case boxes.Radical(radicand=radicand, degree=degree):
            return f"<mroot>{_one(radicand)}{_one(degree or boxes.Numeral('2'))}</mroot>"
        case boxes.Big(sign=sign, lower=lower, upper=upper):
            return _script("m", ("under", "over"), boxes.Operator(sign, _SIGNS[sign], "big"), lower, upper)
        case boxes.Bracket(opening=opening, body=body):
            grows = boxes.is_tall(body)
            return _row(f"{_fence(opening, grows)}{_one(body)}{_fence(boxes.CLOSING[opening], grows)}")
        case boxes.Half(opening=opening, right=right):
            return _fence(boxes.CLOSING[opening] if right else opening, grows=False)
        case boxes.Accent(accent=accent, base=base):
            return f'<mover accent="true">{_one(base)}<mo stretchy="false">{_ACCENTS[accent]}</mo></mover>'
        case boxes.Words(text=text):
            return f"<mtext>{_escaped(text)}</mtext>"
        case boxes.Matrix(rows=rows, opening=opening):
            return _row(f"{_fence(opening)}{_table(rows)}{_fence(boxes.CLOSING[opening])}")
        case boxes.Choices(rows=rows):
            words = boxes.Words("otherwise")
            return _row(f"{_fence('{')}{_table(tuple((value, when or words) for value, when in rows), _LEFT)}")
        case boxes.Marked(kind=kind, inner=inner):
            return f'<mrow class="symbn-{_escaped(kind)}">{_write(inner)}</mrow>'
        case boxes.Gap():
            return '<mspace width="2em"></mspace>'
        case boxes.Code(text=text):
            return f'<mtext class="symbn-code">{_escaped(text)}</mtext>'
        case _:
            assert_never(box)


def _operator(box: boxes.Operator) -> str:
    form = ' form="prefix"' if box.kind == boxes.PREFIX else ""
    return f"<mo{form}>{_escaped(box.text)}</mo>"


def _side_by_side(items: tuple[Box, ...]) -> list[str]:
    """Return the parts of a row. Words want some space around, since nobody could tell where one ends."""
    parts: list[str] = []
    for place, item in enumerate(items):
        if place and _is_word(items[place - 1]) and not isinstance(boxes.bare(item), boxes.Operator):
            parts.append('<mspace width="0.17em"></mspace>')
        parts.append(_write(item))
    return parts


def _is_word(box: Box) -> bool:
    inner = boxes.bare(box)
    return inner.upright if isinstance(inner, boxes.Letter) else isinstance(inner, boxes.Script) and _is_word(inner.base)


def _script(prefix: str, names: tuple[str, str], base: Box, low: Box | None, high: Box | None) -> str:
    inner = _one(base)
    name = prefix + "".join(name for name, script in zip(names, (low, high), strict=True) if script is not None)
    parts = "".join(_one(script) for script in (low, high) if script is not None)
    return f"<{name}>{inner}{parts}</{name}>" if name != prefix else inner


def _fence(sign: str, grows: bool = True) -> str:
    return f'<mo stretchy="{"true" if grows else "false"}">{_escaped(sign)}</mo>'


def _table(rows: tuple[tuple[Box, ...], ...], cell: str = "") -> str:
    inner = "".join(f"<mtr>{''.join(f'<mtd{cell}>{_one(box)}</mtd>' for box in row)}</mtr>" for row in rows)
    return f"<mtable>{inner}</mtable>"
