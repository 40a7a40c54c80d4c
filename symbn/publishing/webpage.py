"""An article as one HTML page: formulas in MathML, a place (an anchor) for every section and every chain.

A long side is written as several formulas, so that a narrow screen has where to break the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from symbn.deriving.article import Article, Block, Chain, Figure, Inline, Matrix, Section, Table, Words
from symbn.publishing.data import plain
from symbn.publishing.layout import Layout, Part
from symbn.publishing.page import html, html_fragment, html_page
from symbn.publishing.svg import STYLE, as_svg
from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box
from symbn.typesetting.breaking import broken
from symbn.typesetting.mathml import to_mathml
from symbn.typesetting.terminal import draw

_LONG, _WIDE_HEAD = 56, 16  # cells of the terminal


def as_html(article: Article, layout: Layout) -> str:
    """Return a page, or with `fragment` an <article> with its style, for a notebook or another page."""
    body = _Writer(article, layout).whole()
    if layout.fragment:
        return html_fragment(body, STYLE)
    return html_page(plain(layout.inline(article.title)), body, style=STYLE)


class _Writer:
    def __init__(self, article: Article, layout: Layout) -> None:
        self.article, self.layout = article, layout
        self.chains = 0
        # In a notebook several articles are on one page.
        self.prefix = f"{article.identifier}-" if layout.fragment else ""
        self.deep = any(section.depth == 0 for section in article.sections)

    def whole(self) -> str:
        parts = [f'<article class="symbn-article">\n<h1>{self.inline(self.article.title)}</h1>']
        if self.deep:
            parts.append(self.contents())
        parts += [self.section(number, section) for number, section in enumerate(self.article.sections, 1)]
        return "\n".join([*parts, "</article>"])

    def contents(self) -> str:
        entries = [
            f'<li><a href="#{self.prefix}section-{number}">{self.inline(section.title)}</a></li>'
            for number, section in enumerate(self.article.sections, 1)
            if section.depth == 0
        ]
        return "\n".join(["<nav><ol>", *entries, "</ol></nav>"])

    def section(self, number: int, section: Section) -> str:
        level = "h2" if section.depth == 0 or not self.deep else "h3"
        name = f"{self.prefix}section-{number}"
        title = f'<{level} id="{name}"><a class="anchor" href="#{name}">{self.inline(section.title)}</a></{level}>'
        return "\n".join([title, *map(self.block, self.layout.blocks(section))])

    def block(self, item: Block) -> str:
        match item:
            case Words(text=text):
                return f"<p>{self.inline(text)}</p>"
            case Chain():
                return self.chain(item)
            case Table(header=header, rows=rows):
                return self.table(header, rows)
            case Matrix():
                return f'<div class="display">{to_mathml(self.layout.matrix(item))}</div>'
            case Figure():
                return f'<figure class="scroll">{as_svg(item, self.layout)}</figure>'
            case _:
                assert_never(item)

    def inline(self, text: Inline) -> str:
        return words(self.layout.inline(text))

    def chain(self, chain: Chain) -> str:
        """A row for each step: head, `= side`, rule."""
        self.chains += 1
        name, found = f"{self.prefix}chain-{self.chains}", self.layout.chain(chain)
        scope = "for every batch size" if chain.scope == "all m" else f"for m = {chain.scope}"
        sign = f'<span class="mark proved" title="proved {html(scope)}">✓</span>'
        wide = " wide" if _width(found.head) > _WIDE_HEAD else ""
        rows = [f'<div class="chain{wide}" id="{name}">']
        rows.append(f'<a class="anchor head display" href="#{name}">{to_mathml(found.head)}</a>')
        for side, rule in zip(found.sides, found.rules, strict=True):
            rows.append(f'<div class="side display">{_pieces(side)}</div>')
            rows.append(f'<div class="rule">{sign} {words(rule)}</div>')
        return "\n".join([*rows, "</div>"])

    def table(self, header: tuple[Inline, ...], rows: tuple[tuple[Inline, ...], ...]) -> str:
        head = "".join(f'<th scope="col">{self.inline(cell)}</th>' for cell in header)
        body = ["<tr>" + "".join(f"<td>{self.inline(cell)}</td>" for cell in row) + "</tr>" for row in rows]
        whole = [f"<thead><tr>{head}</tr></thead>", "<tbody>", *body, "</tbody>"]
        return "\n".join(['<div class="scroll"><table>', *whole, "</table></div>"])


def words(text: Sequence[Part]) -> str:
    """Return words with formulas; what stands between backquotes is code."""
    return "".join(_code(part) if isinstance(part, str) else to_mathml(part, display=False) for part in text)


def _code(text: str) -> str:
    return "".join(f"<code>{html(p)}</code>" if place % 2 else html(p) for place, p in enumerate(text.split("`")))


def _width(box: Box) -> int:
    return draw(box).width


def _pieces(side: Box) -> str:
    """Return `= side`: in one piece, or in those that a line break may part."""
    parts = [part.box for part in broken(side, _LONG, _width)]
    first = boxes.row(boxes.EQUALS, parts[0])
    return " ".join(to_mathml(part) for part in (first, *parts[1:]))
