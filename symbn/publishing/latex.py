r"""An article as LaTeX: chains in `aligned`, tables in plain tabulars; amsmath is enough, and nothing has to be edited.

Lines are broken, and rules stand beside their step or below it, so that they fit into the text of a standard article.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from symbn.deriving.article import Article, Block, Chain, Figure, Inline, Matrix, Table, Words
from symbn.publishing.layout import ChainBoxes, Layout, Part
from symbn.publishing.tex import prose, standalone
from symbn.typesetting.boxes import Box
from symbn.typesetting.breaking import broken
from symbn.typesetting.latex import to_latex
from symbn.typesetting.lines import WIDEST_LEFT
from symbn.typesetting.terminal import draw
from symbn.typesetting.text import to_text

RuleWriter = Callable[[tuple[Part, ...], float], str]
# In points, at ten points: the text of an article, a cell of the terminal in a display, a letter of a rule, and so on.
_TEXT, _CELL, _LETTER, _ROOM, _NARROWEST = 340.0, 5.6, 4.3, 28.0, 105.0
_SIZES = (("", 1.0), (r"\footnotesize", 0.8), (r"\scriptsize", 0.7), (r"\tiny", 0.5))
_ROWS = 14  # of a display
_LEVELS = (r"\section*", r"\subsection*")


def as_latex(article: Article, layout: Layout) -> str:
    """Return a document, or a fragment for one."""
    levels = _LEVELS if any(section.depth == 0 for section in article.sections) else _LEVELS[:1] * 2
    parts = [_titled(r"\section*", article.title, layout)] if layout.fragment else []
    for section in article.sections:
        parts.append(_titled(levels[section.depth], section.title, layout))
        for place, item in enumerate(layout.blocks(section)):
            text = _block(item, layout)
            if place and isinstance(item, Chain | Matrix):
                parts[-1] += f"\n{text}"  # a display is a part of the paragraph before it: no gap, no new page between them
            else:
                parts.append(text)
    body = "\n\n".join(parts)
    return f"{body}\n" if layout.fragment else standalone(body, inline(layout.inline(article.title)))


def inline(text: Sequence[Part]) -> str:
    return "".join(prose(part) if isinstance(part, str) else f"${to_latex(part).strip()}$" for part in text)


def _titled(command: str, title: Inline, layout: Layout) -> str:
    return f"{command}{{\\boldmath {inline(layout.inline(title))}}}"


def _block(item: Block, layout: Layout) -> str:
    match item:
        case Words(text=text):
            return inline(layout.inline(text))
        case Chain():
            return displayed(layout.chain(item))
        case Table(header=header, rows=rows):
            return tabular([layout.inline(cell) for cell in header], [[layout.inline(cell) for cell in row] for row in rows])
        case Matrix():
            return _matrix(layout.matrix(item))
        case Figure():
            return _edges(item, layout)
        case _:
            assert_never(item)


def _matrix(equation: Box) -> str:
    """Return the display of a matrix, which cannot be broken: in smaller print, if it is wide."""
    shown = f"\\[\n\\renewcommand{{\\arraystretch}}{{1.7}}\n{to_latex(equation).strip()}\n\\]"
    wide = _width(equation) * _CELL
    size = next((name for name, scale in _SIZES if wide * scale <= _TEXT), _SIZES[-1][0])
    return f"{{{size}\n{shown}\n}}" if size else shown


def displayed(chain: ChainBoxes) -> str:
    """Return the chain as displays of a few rows, between which a page may end, with the rules in small print."""
    rows = aligned_rows(chain, _rule)
    shown = []
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        if start and not rows[0].startswith("&"):  # the equals signs stay below each other
            some[0] = rf"\hphantom{{{to_latex(chain.head).strip()}}} {some[0]}"
        body = " \\\\\n".join(some)
        shown.append(f"\\[\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n\\]")
    return "\n".join(shown)


def aligned_rows(chain: ChainBoxes, rule_of: RuleWriter) -> list[str]:
    """Return the rows of an aligned environment. rule_of: writes a rule, in so many points at most."""
    left = _width(chain.head)
    page = int(_TEXT / _CELL)
    apart = left > page // WIDEST_LEFT
    column = 2 if apart else left + 1
    sides = [[part.box for part in broken(side, page - column - 2, _width)] for side in chain.sides]
    widest = max((_width(part) for side in sides for part in side), default=0)
    longest = max((sum(map(_length, rule)) for rule in chain.rules), default=0)
    room = _TEXT - (column + 2 + widest) * _CELL - _ROOM
    beside_it = room >= min(_NARROWEST, longest * _LETTER)
    heads = [to_latex(part.box).strip() for part in broken(chain.head, page, _width)] if apart or not sides else []
    rows = [f"& {text}" if place == 0 else rf"& \quad {{}}{text}" for place, text in enumerate(heads)]
    before = r"& \quad" if apart else "&"
    for number, (side, rule) in enumerate(zip(sides, chain.rules, strict=True)):
        first, *others = [to_latex(part).strip() for part in side]
        begin = f"{to_latex(chain.head).strip()} &" if number == 0 and not apart else before
        lines = [f"{begin} = {first}", *(rf"{before} \quad {{}}{other}" for other in others)]
        if beside_it:
            lines[-1] += rf" && \quad {rule_of(rule, room)}"
        else:
            lines.append(rf"{before} \quad {rule_of(rule, _TEXT - (column + 2) * _CELL)}")
        rows += lines
    return rows


def _rule(rule: tuple[Part, ...], room: float) -> str:
    text = rf"\footnotesize {inline(rule)}"
    if sum(map(_length, rule)) * _LETTER <= room:
        return rf"\text{{{text}}}"
    return rf"\parbox[t]{{{room:.0f}pt}}{{\raggedright{text}\strut}}"


def _length(part: Part) -> int:
    return len(part if isinstance(part, str) else to_text(part))


def _width(box: Box) -> int:
    return draw(box).width


def tabular(header: Sequence[tuple[Part, ...]], rows: Sequence[Sequence[tuple[Part, ...]]]) -> str:
    lines = [" & ".join(map(inline, row)) + r" \\" for row in (header, *rows)]
    columns = "l" + "r" * (len(header) - 1)
    ruled = [rf"\begin{{tabular}}{{{columns}}}", r"\hline", lines[0], r"\hline", *lines[1:], r"\hline", r"\end{tabular}"]
    return "\\begin{center}\n\\renewcommand{\\arraystretch}{1.3}\n" + "\n".join(ruled) + "\n\\end{center}"


def _edges(figure: Figure, layout: Layout) -> str:
    """Return the graph as a table of its edges: a picture would want a package."""
    labels = {v.name: box for v, box in zip(figure.vertices, layout.boxes(v.label for v in figure.vertices), strict=True)}
    values = layout.boxes(edge.label for edge in figure.edges)
    header: tuple[tuple[Part, ...], ...] = (("from",), ("to",), ("local derivative",))
    rows = [((labels[e.parent],), (labels[e.child],), (value,)) for e, value in zip(figure.edges, values, strict=True)]
    return tabular(header, rows)
