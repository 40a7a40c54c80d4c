"""The computation graph for a terminal: a line for every edge, with its derivative, and a wire for every node.

xᵢ  ───────────────┐         a node's wire leaves to the right and goes down
μ   ◄─ 1/m ────────┤         what is computed from it taps the wire
    ──────────┐    │
σ²  ◄─ 0 ─────┘    │
"""

from __future__ import annotations

from symbn.deriving.article import Figure
from symbn.publishing.layout import Layout
from symbn.typesetting.grid import cells
from symbn.typesetting.text import to_text

_APART = 4  # cells between two wires


def drawn(figure: Figure, layout: Layout) -> list[str]:
    """Return the lines of the drawing."""
    names = {
        v.name: to_text(box) for v, box in zip(figure.vertices, layout.boxes(v.label for v in figure.vertices), strict=True)
    }
    taps = [f"◄─ {to_text(box)} ─" for box in layout.boxes(edge.label for edge in figure.edges)]
    labels = {(edge.parent, edge.child): text for edge, text in zip(figure.edges, taps, strict=True)}
    wires = _wires(figure)
    left = max(map(cells, names.values())) + 2
    start = left + max(map(cells, taps))
    lines: list[str] = []
    live: dict[int, str] = {}
    for vertex in figure.vertices:
        incoming = [edge.parent for edge in figure.edges if edge.child == vertex.name]
        name = names[vertex.name]
        if lines:
            lines.append(_wired(" " * start, live, None))
        for parent in sorted(incoming, key=lambda p: -wires[p]):
            last = vertex.name == _last_child(figure, parent)
            text = name + " " * (left - cells(name)) + labels[parent, vertex.name]
            lines.append(_wired(text + "─" * (start - cells(text)), live, wires[parent], "┘" if last else "┤"))
            name = ""
            if last:
                del live[wires[parent]]
        if vertex.name in wires:
            text = name + " " * (left - cells(name))
            lines.append(_wired(text + "─" * (start - left), live, wires[vertex.name], "┐"))
            live[wires[vertex.name]] = vertex.name
        elif name:
            lines.append(name)
    return ["  " + text.rstrip() for text in lines]


def _wired(text: str, live: dict[int, str], until: int | None, end: str = "") -> str:
    """Return the text with the live wires behind it; until: the wire that its line goes to."""
    for place in range(max([*live, until or 0], default=0) + 1):
        crossed = until is not None and place < until
        text += "─" if crossed or place == until else " "
        text += end if place == until else ("┼" if crossed else "│") if place in live else "─" if crossed else " "
        text += ("─" if crossed else " ") * (_APART - 2)
    return text


def _last_child(figure: Figure, name: str) -> str:
    order = [v.name for v in figure.vertices]
    return max((edge.child for edge in figure.edges if edge.parent == name), key=order.index)


def _wires(figure: Figure) -> dict[str, int]:
    """Return the place of every wire: 0 is the leftmost. A wire that lives longer is further out, so that few lines cross."""
    order = [v.name for v in figure.vertices]
    spans = {name: (order.index(name), order.index(_last_child(figure, name))) for name in order if _goes_on(figure, name)}
    places: dict[str, int] = {}
    for name, (begin, end) in sorted(spans.items(), key=lambda item: (item[1][1] - item[1][0], -item[1][0])):
        taken = {places[other] for other, (b, e) in spans.items() if other in places and b <= end and begin <= e}
        places[name] = next(place for place in range(len(order)) if place not in taken)
    return places


def _goes_on(figure: Figure, name: str) -> bool:
    return any(edge.parent == name for edge in figure.edges)
