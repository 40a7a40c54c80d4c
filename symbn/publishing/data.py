"""An article as JSON, for other programs.

{"schema", "article", "title", "proved": true, "sections": [{"title", "depth", "blocks": [..]}]}
block   {"kind": "words", "text"} | {"kind": "table", "header", "rows"} | {"kind": "matrix", "name", "factor", "rows"}
        | {"kind": "chain", "proved": true, "scope", "mode", "head": formula, "lines": [{.. formula, "rule"}]}
        | {"kind": "graph", "vertices": [{"name", "rank", .. formula}], "edges": [{"from", "to", "slope", "value"}]}
formula {"latex", "text"}      text reads back: `symbn verify` reads it in the default notation
scope   the batch sizes for which each step is proved: "all m", or a number
    mode    of the layer: train, or eval
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import assert_never

from symbn.deriving.article import Article, Block, Chain, Figure, Inline, Matrix, Table, Words
from symbn.publishing.layout import Layout, Part
from symbn.typesetting.boxes import Box
from symbn.typesetting.latex import to_latex
from symbn.typesetting.text import to_text

SCHEMA = 1


def as_json(article: Article, layout: Layout) -> str:
    """Return one object."""
    sections = [
        {
            "title": _words(section.title, layout),
            "depth": section.depth,
            "blocks": [_block(item, layout) for item in layout.blocks(section)],
        }
        for section in article.sections
    ]
    whole = {
        "schema": SCHEMA,
        "article": article.identifier,
        "title": _words(article.title, layout),
        "proved": True,  # nothing else gets as far as here
        "sections": sections,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def plain(text: Sequence[Part]) -> str:
    return "".join(part if isinstance(part, str) else to_text(part) for part in text)


def _words(text: Inline, layout: Layout) -> str:
    return plain(layout.inline(text))


def _formula(box: Box) -> dict[str, str]:
    return {"latex": to_latex(box).strip(), "text": to_text(box)}


def _block(item: Block, layout: Layout) -> dict[str, object]:
    match item:
        case Words(text=text):
            return {"kind": "words", "text": _words(text, layout)}
        case Chain(scope=scope, mode=mode):
            found = layout.chain(item)
            lines = [{**_formula(s), "rule": plain(rule)} for s, rule in zip(found.sides, found.rules, strict=True)]
            return {"kind": "chain", "proved": True, "scope": scope, "mode": mode, "head": _formula(found.head), "lines": lines}
        case Table(header=header, rows=rows):
            cells = [[_words(cell, layout) for cell in row] for row in (header, *rows)]
            return {"kind": "table", "header": cells[0], "rows": cells[1:]}
        case Matrix(name=name, rows=entries, factor=factor):
            shown = [[e if isinstance(e, str) else to_text(layout.boxes([e])[0]) for e in row] for row in entries]
            named, before = map(_formula, layout.boxes([name, factor]))
            return {"kind": "matrix", "name": named, "factor": before, "rows": shown}
        case Figure(vertices=vertices, edges=edges):
            nodes = [
                {"name": v.name, "rank": v.rank, **_formula(box)}
                for v, box in zip(vertices, layout.boxes(v.label for v in vertices), strict=True)
            ]
            pairs = [layout.boxes([edge.slope, edge.label]) for edge in edges]
            arrows = [
                {"from": edge.parent, "to": edge.child, "slope": _formula(slope), "value": _formula(value)}
                for edge, (slope, value) in zip(edges, pairs, strict=True)
            ]
            return {"kind": "graph", "vertices": nodes, "edges": arrows}
        case _:
            assert_never(item)
