"""Where the parts of a graph go: columns by rank, and in each column the order in which the fewest edges cross.

An edge over several ranks takes a place in each column between. There are so few that all orders are tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise, permutations, product

from symbn.deriving.article import Edge, Figure

Point = tuple[float, float]
_Item = str | tuple[str, str]  # a vertex, or the edge that passes


@dataclass(frozen=True, slots=True)
class Placement:
    """In units of one column and one row; (0, 0) is the middle of the first column. rows: the most there are in a column."""

    vertices: dict[str, Point]
    edges: dict[tuple[str, str], tuple[Point, ...]]
    columns: int
    rows: int


def placed(figure: Figure) -> Placement:
    """Return the place of every vertex, and the points that every edge goes through."""
    ranks = {vertex.name: vertex.rank for vertex in figure.vertices}
    columns: list[list[_Item]] = [[] for _ in range(max(ranks.values()) + 1)]
    for vertex in figure.vertices:
        columns[vertex.rank].append(vertex.name)
    for edge in figure.edges:
        for rank in range(ranks[edge.parent] + 1, ranks[edge.child]):
            columns[rank].append((edge.parent, edge.child))
    steps = [step for edge in figure.edges for step in pairwise(_way(edge, ranks))]
    # Ties are settled by the order of the vertices, so that the picture is always the same.
    heights = min((_heights(order) for order in product(*map(permutations, columns))), key=lambda at: _badness(at, steps))
    vertices = {name: (float(rank), heights[rank, name]) for name, rank in ranks.items()}
    edges = {
        (edge.parent, edge.child): tuple((float(rank), heights[rank, item]) for rank, item in _way(edge, ranks))
        for edge in figure.edges
    }
    return Placement(vertices, edges, len(columns), max(map(len, columns)))


def _way(edge: Edge, ranks: dict[str, int]) -> list[tuple[int, _Item]]:
    first, last = ranks[edge.parent], ranks[edge.child]
    between: list[tuple[int, _Item]] = [(rank, (edge.parent, edge.child)) for rank in range(first + 1, last)]
    return [(first, edge.parent), *between, (last, edge.child)]


def _heights(order: tuple[tuple[_Item, ...], ...]) -> dict[tuple[int, _Item], float]:
    """Return the height of everything, each column around the middle."""
    return {
        (rank, item): place - (len(column) - 1) / 2 for rank, column in enumerate(order) for place, item in enumerate(column)
    }


def _badness(at: dict[tuple[int, _Item], float], steps: list[tuple[tuple[int, _Item], tuple[int, _Item]]]) -> tuple[int, float]:
    """Return how many steps cross, then how far they climb."""
    crossed = sum(
        1 for (a, b), (c, d) in combinations(steps, 2) if a[0] == c[0] and (at[a] - at[c]) * (at[b] - at[d]) < 0
    )  # fmt: skip
    return crossed, sum((at[a] - at[b]) ** 2 for a, b in steps)
