"""The computation graph as Graphviz DOT: `dot -Tsvg graph.dot` draws it."""

from __future__ import annotations

from symbn.deriving.article import Figure
from symbn.publishing.layout import Layout
from symbn.typesetting.text import to_text


def as_dot(figure: Figure, layout: Layout) -> str:
    names = layout.boxes(vertex.label for vertex in figure.vertices)
    values = layout.boxes(edge.label for edge in figure.edges)
    lines = ["digraph backward {", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
    for vertex, box in zip(figure.vertices, names, strict=True):
        lines.append(f"  {_quoted(vertex.name)} [label={_quoted(to_text(box))}];")
    for edge, box in zip(figure.edges, values, strict=True):
        lines.append(f"  {_quoted(edge.parent)} -> {_quoted(edge.child)} [label={_quoted(to_text(box))}];")
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    r"""Return a DOT string: a backslash would begin an escape such as \N, the name of the node."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'
