r"""An article as GitHub-flavoured Markdown: chains as `aligned` in $$ blocks, the rules in \text; tables; the graph drawn.

What GitHub would take from mathematics before it is typeset is written otherwise: \{ as \lbrace, < as \lt. A rule's formulas
stand outside of its \text, since no dollar may stand inside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never

from symbn.deriving.article import Article, Block, Chain, Figure, Inline, Matrix, Table, Words
from symbn.publishing.drawing import drawn
from symbn.publishing.latex import aligned_rows
from symbn.publishing.layout import Layout, Part
from symbn.typesetting.grid import printable
from symbn.typesetting.latex import to_latex
from symbn.typesetting.letters import escaped

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_IN_MATHS = {
    r"\{": r"\lbrace ",
    r"\}": r"\rbrace ",
    "<": r"\lt ",
    ">": r"\gt ",
    r"\textless{}": r"\lt ",
    r"\textgreater{}": r"\gt ",
}


def as_markdown(article: Article, layout: Layout) -> str:
    """Return the document."""
    parts = [f"# {_inline(layout.inline(article.title))}"]
    for section in article.sections:
        parts.append(f"{'##' if section.depth == 0 or not _chaptered(article) else '###'} {_titled(section.title, layout)}")
        parts += [_block(item, layout) for item in layout.blocks(section)]
    return "\n\n".join(parts) + "\n"


def _chaptered(article: Article) -> bool:
    return any(section.depth == 0 for section in article.sections)


def _titled(title: Inline, layout: Layout) -> str:
    return _inline(layout.inline(title))


def escaped_words(text: str) -> str:
    """Return a text in which nothing is Markdown or HTML any more."""
    return _SPECIAL.sub(r"\\\1", printable(text))


def maths(latex: str) -> str:
    """Return LaTeX as it survives Markdown."""
    for before, after in _IN_MATHS.items():
        latex = latex.replace(before, after)
    return latex.strip()


def _inline(text: Sequence[Part]) -> str:
    return "".join(_code(part) if isinstance(part, str) else f"$`{maths(to_latex(part))}`$" for part in text)


def _code(words: str) -> str:
    """Return words; what stands between backquotes stays code."""
    return "".join(f"`{part}`" if place % 2 else escaped_words(part) for place, part in enumerate(words.split("`")))


def _block(item: Block, layout: Layout) -> str:
    match item:
        case Words(text=text):
            return _inline(layout.inline(text))
        case Chain():
            rows = " \\\\\n".join(aligned_rows(layout.chain(item), _rule))
            return _display(f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}")
        case Table(header=header, rows=rows_of):
            return _table([header, *rows_of], layout)
        case Matrix():
            return _display(to_latex(layout.matrix(item)))
        case Figure():
            return "```text\n" + "\n".join(drawn(item, layout)) + "\n```"
        case _:
            assert_never(item)


def _display(latex: str) -> str:
    return f"$$\n{maths(latex)}\n$$"


def _rule(rule: tuple[Part, ...], _: float) -> str:
    texts = [rf"\text{{{escaped(part)}}}" if isinstance(part, str) else to_latex(part).strip() for part in rule]
    return r"{\small " + " ".join(texts) + "}"


def _table(rows: Sequence[tuple[Inline, ...]], layout: Layout) -> str:
    lines = ["| " + " | ".join(_inline(layout.inline(cell)) for cell in row) + " |" for row in rows]
    ruler = "|---|" + "---:|" * (len(rows[0]) - 1)
    return "\n".join([lines[0], ruler, *lines[1:]])
