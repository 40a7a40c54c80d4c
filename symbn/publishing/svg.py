"""The computation graph as SVG inside HTML: formulas are MathML, colours are those of the page."""

from __future__ import annotations

from itertools import pairwise

from symbn.deriving.article import Figure
from symbn.publishing.figure import Point, placed
from symbn.publishing.layout import Layout
from symbn.typesetting.boxes import Box
from symbn.typesetting.mathml import to_mathml
from symbn.typesetting.text import to_text

_COLUMN, _ROW, _MARGIN = 164.0, 92.0, 6.0
_WIDE, _HIGH = 60.0, 44.0  # of a vertex
_LABEL_WIDE, _LABEL_HIGH = 120.0, 54.0
STYLE = """
.symbn-graph { min-width: 44rem; }
.symbn-graph path { fill: none; stroke: var(--quiet, currentColor); stroke-width: 1.4; }
.symbn-graph path.zero { stroke-dasharray: 4 4; }
.symbn-graph .head { fill: var(--quiet, currentColor); stroke: none; }
.symbn-graph rect { fill: var(--shade, none); stroke: currentColor; stroke-width: 1.4; }
.symbn-graph div { display: flex; width: 100%; height: 100%; align-items: center; justify-content: center;
  color: inherit; line-height: 1; }
.symbn-graph span { background: var(--paper, none); padding: 1px 3px; border-radius: 3px; }
.symbn-graph .name span { background: none; }
"""


def as_svg(figure: Figure, layout: Layout) -> str:
    """Return an <svg> element that wants the STYLE. Its title says in words what it shows."""
    place = placed(figure)
    width = (place.columns - 1) * _COLUMN + 2 * _MARGIN + _WIDE
    height = place.rows * _ROW
    names = dict(zip((v.name for v in figure.vertices), layout.boxes(v.label for v in figure.vertices), strict=True))
    lines, labels = [], []
    for edge, box in zip(figure.edges, layout.boxes(e.label for e in figure.edges), strict=True):
        points = [_at(point, height) for point in place.edges[edge.parent, edge.child]]
        lines.append(_curve(points, to_text(box) == "0"))
        labels.append(_text(_middle(points), (_LABEL_WIDE, _LABEL_HIGH), box, "label"))
    vertices = []
    for name, point in place.vertices.items():
        x, y = _at(point, height)
        vertices.append(f'<rect x="{x - _WIDE / 2:g}" y="{y - _HIGH / 2:g}" width="{_WIDE:g}" height="{_HIGH:g}" rx="9"/>')
        vertices.append(_text((x, y), (_WIDE, _HIGH), names[name], "name"))
    arrow = (
        '<defs><marker id="symbn-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="head" d="M0 1 L10 5 L0 9 z"/></marker></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="symbn-graph" viewBox="0 0 {width:g} {height:g}" role="img">'
        "<title>The computation graph: an edge leads from a quantity to what is computed from it, and carries the local "
        f"derivative</title>{arrow}{''.join(lines)}{''.join(labels)}{''.join(vertices)}</svg>"
    )


def _at(point: Point, height: float) -> Point:
    column, row = point
    return _MARGIN + _WIDE / 2 + column * _COLUMN, height / 2 + row * _ROW


def _curve(points: list[Point], zero: bool) -> str:
    """Return an arrow through the points that leaves and enters level."""
    (x, y), *_ = points
    points = [(x + _WIDE / 2, y), *points[1:-1], (points[-1][0] - _WIDE / 2 - 1, points[-1][1])]
    path = f"M{points[0][0]:g} {points[0][1]:g}"
    for (a, b), (c, d) in pairwise(points):
        bend = (c - a) * 0.45
        path += f" C{a + bend:g} {b:g} {c - bend:g} {d:g} {c:g} {d:g}"
    shown = ' class="zero"' if zero else ""
    return f'<path{shown} d="{path}" marker-end="url(#symbn-arrow)"/>'


def _middle(points: list[Point]) -> Point:
    """Return where the label stands: on a bend if there is one, else nearer to the begin, where fewer lines meet."""
    if len(points) % 2:
        return points[len(points) // 2]
    (a, b), (c, d) = points[len(points) // 2 - 1], points[len(points) // 2]
    return a + (c - a) * 0.45, b + (d - b) * 0.42


def _text(at: Point, size: tuple[float, float], box: Box, kind: str) -> str:
    """Return a formula around a point."""
    (x, y), (wide, high) = at, size
    return (
        f'<foreignObject x="{x - wide / 2:g}" y="{y - high / 2:g}" width="{wide:g}" height="{high:g}">'
        f'<div xmlns="http://www.w3.org/1999/xhtml" class="{kind}"><span>{to_mathml(box, display=False)}</span></div>'
        "</foreignObject>"
    )
