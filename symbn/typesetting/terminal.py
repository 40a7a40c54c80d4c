"""Box -> a two-dimensional picture for the terminal, in Unicode or in ASCII.

Fractions are stacked, bounds stand below and above their sum, brackets grow. A script is written into the line where there are
letters for it (xᵢ, σ²; x_i in ASCII), or raised and lowered by a line.
"""

from __future__ import annotations

from typing import assert_never

from symbn.syntax.symbols import SUBSCRIPTS, SUPERSCRIPTS
from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box
from symbn.typesetting.grid import Picture, beside, block, half_bracket, line, marked, printable, stacked
from symbn.typesetting.letters import to_ascii
from symbn.typesetting.spacing import space_between

_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
_ABOVE = {"hat": "^", "bar": "‾", "tilde": "~", "dot": "˙", "vec": "→"}
_SUBSCRIPTS = {letter: small for small, letter in SUBSCRIPTS.items()} | dict(
    zip("aehoprsuvxβγρφχ", "ₐₑₕₒₚᵣₛᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
)
_SUPERSCRIPTS = {letter: small for small, letter in SUPERSCRIPTS.items()} | {"′": "′", "−": "⁻"}
_SIGNS = {"sum": "∑", "prod": "∏"}


def draw(box: Box, ascii: bool = False) -> Picture:
    """Return the picture of a box on one line of text, however wide."""
    return _Artist(ascii).draw(box)


class Ruler:
    """Measures how wide boxes are, each only once: breaking a line asks often."""

    def __init__(self, ascii: bool = False) -> None:
        self.ascii = ascii
        self.known: dict[int, tuple[Box, int]] = {}  # by identity; the box is kept, so that its address is not reused

    def __call__(self, box: Box) -> int:
        if isinstance(box, boxes.Half):
            return 1
        if id(box) not in self.known:
            self.known[id(box)] = (box, draw(box, self.ascii).width)
        return self.known[id(box)][1]


class _Artist:
    def __init__(self, ascii: bool) -> None:
        self.ascii = ascii

    def text(self, text: str) -> Picture:
        return line(to_ascii(text) if self.ascii else printable(text))

    def draw(self, box: Box) -> Picture:
        match box:
            case boxes.Letter(text=text) | boxes.Numeral(text=text) | boxes.Words(text=text) | boxes.Code(text=text):
                return self.text(text)
            case boxes.Operator(text=text):
                return self.text(text)
            case boxes.Row(items=items):
                return self.row(items)
            case boxes.Quotient(top=top, bottom=bottom):
                return self.quotient(self.draw(top), self.draw(bottom))
            case boxes.Script(base=base, sub=sub, sup=sup):
                return self.script(self.draw(base), sub, sup)
            case boxes.Radical(radicand=radicand, degree=degree):
                return self.radical(self.draw(radicand), degree)
            case boxes.Big(sign=sign, lower=lower, upper=upper):
                middle = self.text(sign if self.ascii else _SIGNS[sign])
                over = [] if upper is None else [self.draw(upper)]
                under = [] if lower is None else [self.draw(lower)]
                return stacked(*over, middle, *under, baseline=sum(p.height for p in over))
            case boxes.Bracket(opening=opening, body=body):
                inner = self.draw(body)
                halves = [half_bracket(inner, opening, right, self.ascii) for right in (False, True)]
                return beside(halves[0], inner, halves[1])
            case boxes.Half(opening=opening, right=right, body=body):
                return half_bracket(self.draw(body), opening, right, self.ascii)
            case boxes.Accent(accent=accent, base=base):
                return self.accent(accent, self.draw(base))
            case boxes.Matrix(rows=rows, opening=opening):
                return self.matrix(tuple(tuple(map(self.draw, row)) for row in rows), opening)
            case boxes.Choices(rows=rows):
                return self.choices(rows)
            case boxes.Marked(kind=kind, inner=inner_box):
                return marked(self.draw(inner_box), kind)
            case boxes.Gap():
                return line("   ")
            case _:
                assert_never(box)

    def row(self, items: tuple[Box, ...]) -> Picture:
        parts: list[Picture] = []
        for place, item in enumerate(items):
            if place:
                parts.append(line(space_between(items[place - 1], item)))
            parts.append(self.draw(item))
        return beside(*parts)

    def quotient(self, top: Picture, bottom: Picture) -> Picture:
        # The bar of a fraction of fractions is longer than theirs.
        width = max(top.width, bottom.width) + (2 if max(top.height, bottom.height) > 1 else 0)
        return stacked(top, line(("-" if self.ascii else "─") * width), bottom, baseline=top.height)

    def script(self, base: Picture, sub: Box | None, sup: Box | None) -> Picture:
        below, above = (None if script is None else self.draw(script) for script in (sub, sup))
        flat = base.height == 1
        if flat and below is not None and (short := self.small(below, "_")) is not None:
            base, below = beside(base, line(short)), None
        if flat and above is not None and (short := self.small(above, "^")) is not None:
            base, above = beside(base, line(short)), None
        if below is None and above is None:
            return base
        # The scripts stand in one column, next to the upper and the lower edge.
        over = () if above is None else above.lines
        under = () if below is None else below.lines
        height = max(base.height - (not flat), 1)
        column = block([*over, *[""] * height, *under], len(over) + base.baseline)
        if not flat and below is None:
            column = block([*over, *[""] * base.height], len(over) + base.baseline)
        return beside(base, column)

    def small(self, script: Picture, mark: str) -> str | None:
        """Return a script of one line that fits into the line of its base, or None."""
        if script.height > 1:
            return None
        text = script.lines[0]
        if self.ascii:
            inner = text.replace(" ", "") if mark == "_" else text
            return f"{mark}{inner}" if inner.isalnum() or inner == "'" else f"{mark}({inner})"
        table = _SUBSCRIPTS if mark == "_" else _SUPERSCRIPTS
        inner = text.replace(" ", "") if mark == "_" else text
        if all(c in table for c in inner):
            return "".join(table[c] for c in inner)
        return f"_{inner}" if mark == "_" and len(inner) == 1 else None

    def radical(self, inner: Picture, degree: Box | None) -> Picture:
        small = None if degree is None else self.small(self.draw(degree), "^")
        before = line(small or "") if degree is None or small is not None else beside(line("("), self.draw(degree), line(")"))
        if self.ascii:
            halves = [half_bracket(inner, "(", right, True) for right in (False, True)]
            return beside(before, line("sqrt"), halves[0], inner, halves[1])
        if inner.height == 1:
            sign, roof = block(["", "√"], 1), "_" * inner.width
        else:
            sign, roof = Picture((" ┌", *[" │"] * (inner.height - 1), "╲│"), inner.baseline + 1), "─" * inner.width
        return beside(before, sign, stacked(line(roof), inner, baseline=inner.baseline + 1))

    def accent(self, accent: str, base: Picture) -> Picture:
        if self.ascii:
            return beside(base, line(accent))
        if base.height == 1 and base.width == 1:
            return line(base.lines[0] + _ACCENTS[accent])
        return stacked(line(_ABOVE[accent]), base, baseline=base.baseline + 1)

    def matrix(self, rows: tuple[tuple[Picture, ...], ...], opening: str) -> Picture:
        widths = [max(cell.width for cell in column) for column in zip(*rows, strict=True)]
        lines: list[Picture] = []
        for cells in rows:
            wide = [stacked(cell, line(" " * width), baseline=cell.baseline) for cell, width in zip(cells, widths, strict=True)]
            trimmed = [Picture(cell.lines[:-1], cell.baseline) for cell in wide]
            lines.append(_spaced(trimmed))
        tall = any(one.height > 1 for one in lines)
        body = _column(lines, 1 if tall else 0)
        halves = [half_bracket(body, opening, right, self.ascii) for right in (False, True)]
        return beside(halves[0], body, halves[1])

    def choices(self, rows: tuple[tuple[Box, Box | None], ...]) -> Picture:
        drawn = [(self.draw(value), self.draw(condition or boxes.Words("otherwise"))) for value, condition in rows]
        width = max(value.width for value, _ in drawn)
        lines = [beside(value, line(" " * (width - value.width + 3)), condition) for value, condition in drawn]
        body = _column(lines, 1 if any(one.height > 1 for one in lines) else 0)
        return beside(half_bracket(body, "{", False, self.ascii), line(" "), body)


def _spaced(pictures: list[Picture]) -> Picture:
    parts = [pictures[0]]
    for picture in pictures[1:]:
        parts += [line("  "), picture]
    return beside(*parts)


def _column(pictures: list[Picture], blank: int) -> Picture:
    """Return the pictures below each other, on the baseline of the middle."""
    parts = [pictures[0]]
    for picture in pictures[1:]:
        parts += [*[line("")] * blank, picture]
    whole = stacked(*parts, baseline=0, left=True)
    return Picture(whole.lines, (whole.height - 1) // 2)
