r"""Box -> LaTeX: amsmath is enough, everything is escaped, and symbn reads it back.

Marks are written with \color, which wants xcolor, only if colours are asked for.
"""

from __future__ import annotations

from typing import assert_never

from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box
from symbn.typesetting.letters import escaped

COLOURS = {boxes.WRONG: "red", boxes.REPAIRED: "teal", boxes.PROVED: "olive"}
_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "dot": r"\dot", "vec": r"\vec"}
_KINDS = {boxes.BINARY: r"\mathbin", boxes.TIMES: r"\mathbin", boxes.RELATION: r"\mathrel"}
_OPEN = {"(": "(", "[": "[", "{": r"\{", "|": "|"}
_CLOSE = {"(": ")", "[": "]", "{": r"\}", "|": "|"}
_MATRIX = {"(": "pmatrix", "[": "bmatrix"}


def to_latex(box: Box, colours: bool = False) -> str:
    """Return the formula without dollar signs. colours: write marks with \\color."""
    return _Writer(colours).write(box)


class _Writer:
    def __init__(self, colours: bool) -> None:
        self.colours = colours

    def write(self, box: Box) -> str:
        write = self.write
        match box:
            case boxes.Letter(latex=latex):
                return latex
            case boxes.Numeral(text=text):
                return text
            case boxes.Operator(latex=latex, kind=kind):
                tight = kind == boxes.PREFIX or latex == "/"
                return latex if tight else f"{latex} " if kind == boxes.SEPARATOR else f" {latex} "
            case boxes.Row(items=parts):
                return self.joined(parts)
            case boxes.Quotient(top=top, bottom=bottom):
                above, below = write(top), write(bottom)
                if above.startswith(r"\delta") and below.startswith(r"\delta"):
                    above = f"{{{above}}}"  # \delta in both parts would be read as a derivative
                return rf"\frac{{{above}}}{{{below}}}"
            case boxes.Script(base=base, sub=sub, sup=sup):
                return self.script(base, sub, sup)
            case boxes.Radical(radicand=radicand, degree=degree):
                root = r"\sqrt" if degree is None else rf"\sqrt[{write(degree)}]"
                return f"{root}{{{write(radicand)}}}"
            case boxes.Big(sign=sign, lower=lower, upper=upper):
                return f"\\{sign}" + self.scripts(lower, upper)
            case boxes.Bracket(opening=opening, body=body):
                inner = write(body)
                tall = boxes.is_tall(body)
                left, right = (r"\left", r"\right") if tall else ("", "")
                return f"{left}{_OPEN[opening]}{inner}{right}{_CLOSE[opening]}"
            case boxes.Half(opening=opening, right=right, body=body):
                sign = (_CLOSE if right else _OPEN)[opening]
                return rf"\{'biggr' if right else 'biggl'}{sign}" if boxes.is_tall(body) else sign
            case boxes.Accent(accent=accent, base=base):
                inner = write(base)
                return f"{_ACCENTS[accent]} {inner}" if len(inner) == 1 else f"{_ACCENTS[accent]}{{{inner}}}"
            case boxes.Words(text=text):
                return rf"\text{{{escaped(text)}}}"
            case boxes.Matrix(rows=rows, opening=opening):
                name = _MATRIX[opening]
                inner = r" \\ ".join(" & ".join(map(write, row)) for row in rows)
                return rf"\begin{{{name}}} {inner} \end{{{name}}}"
            case boxes.Choices(rows=rows):
                otherwise = boxes.Words("otherwise")
                inner = r" \\ ".join(f"{write(value)} & {write(condition or otherwise)}" for value, condition in rows)
                return rf"\begin{{cases}} {inner} \end{{cases}}"
            case boxes.Marked(kind=kind, inner=inner_box):
                return self.coloured(inner_box, COLOURS[kind]) if self.colours else write(inner_box)
            case boxes.Gap():
                return r" \quad "
            case boxes.Code(text=text):
                return rf"\texttt{{{escaped(' '.join(text.split()))}}}"
            case _:
                assert_never(box)

    def coloured(self, box: Box, colour: str) -> str:
        """Return a part in its colour; a sign keeps the space around it."""
        inner = rf"\color{{{colour}}}{self.write(box).strip()}"
        if isinstance(box, boxes.Operator) and box.kind in _KINDS:
            return rf"{_KINDS[box.kind]}{{{inner}}}"
        return f"{{{inner}}}"

    def joined(self, parts: tuple[Box, ...]) -> str:
        """Side by side, with a space where two parts would run together, or be hard to read."""
        text = ""
        for place, part in enumerate(parts):
            piece = self.write(part)
            if not text or text.endswith(" "):
                text += piece.lstrip()
            elif piece.startswith(" ") or _is_tight(parts[place - 1], after=True) or _is_tight(part, after=False):
                text += piece
            else:
                text += f" {piece}"
        return text

    def script(self, base: Box, sub: Box | None, sup: Box | None) -> str:
        plain = isinstance(
            boxes.bare(base), boxes.Letter | boxes.Numeral | boxes.Accent | boxes.Bracket | boxes.Half | boxes.Words
        )
        inner = self.write(base)
        return (inner if plain else f"{{{inner}}}") + self.scripts(sub, sup)

    def scripts(self, sub: Box | None, sup: Box | None) -> str:
        text = ""
        for mark, script in (("_", sub), ("^", sup)):
            if script is not None:
                inner = self.letters(script) or self.write(script).strip()
                text += f"{mark}{inner}" if len(inner) == 1 else f"{mark}{{{inner}}}"
        return text

    def letters(self, script: Box) -> str:
        """Return several bare letters side by side, as the indices ik, without a space; nothing for anything else."""
        items = script.items if isinstance(script, boxes.Row) else ()
        single = all(isinstance(item, boxes.Letter) and len(item.latex) == 1 for item in items)
        return "".join(map(self.write, items)) if single else ""


def _is_tight(box: Box, after: bool) -> bool:
    """Tell whether a sign has no space after it, or before it."""
    if not isinstance(box, boxes.Operator):
        return False
    return box.latex == "/" or box.kind == (boxes.PREFIX if after else boxes.SEPARATOR)
