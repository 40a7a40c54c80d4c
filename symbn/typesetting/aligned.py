r"""A chain of equalities -> LaTeX that fits a page: an `aligned` environment, for inside display mathematics.

    \begin{aligned} a &= b \\ &\quad + c \\ &= d \end{aligned}

What fits on one line stays a plain formula. Long sides are broken as for a terminal, by the widths they have there.
"""

from __future__ import annotations

from collections.abc import Sequence

from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box, row
from symbn.typesetting.breaking import broken
from symbn.typesetting.latex import to_latex
from symbn.typesetting.lines import WIDEST_LEFT, split
from symbn.typesetting.terminal import Ruler

PAGE = 72  # cells of the terminal that are about as wide as a line of an article


def page_latex(box: Box, width: int = PAGE, colours: bool = False) -> str:
    """Return a formula for display mathematics, on several lines if it is wider than the page."""
    return chain_latex(*split(box), width, colours)


def chain_latex(members: Sequence[Box], relations: Sequence[Box] = (), width: int = PAGE, colours: bool = False) -> str:
    """Return a = b = .. for display mathematics. relations: between the members, equals signs if none are given."""
    relations = relations or (boxes.EQUALS,) * (len(members) - 1)

    measure = Ruler()

    def write(box: Box) -> str:
        return to_latex(box, colours).strip()

    whole = row(members[0], *(part for pair in zip(relations, members[1:], strict=True) for part in pair))
    if len(members) < 3 and measure(whole) <= width:
        return write(whole)
    left = measure(members[0])
    apart = left > width // WIDEST_LEFT or len(members) == 1
    rows = [write(part.box) for part in broken(members[0], width, measure)] if apart else []
    lines = [f"& {text}" if place == 0 else rf"& \quad {{}}{text}" for place, text in enumerate(rows)]
    further = r"& \quad \quad" if apart else r"& \quad"
    room = width - (4 if apart else left + 3)
    for number, (relation, member) in enumerate(zip(relations, members[1:], strict=True)):
        first, *others = [write(part.box) for part in broken(member, room, measure)]
        before = r"& \quad " if apart else f"{write(members[0])} & " if number == 0 else "& "
        lines.append(f"{before}{write(relation)} {first}")
        lines += [f"{further} {{}}{other}" for other in others]
    body = " \\\\\n".join(lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"
