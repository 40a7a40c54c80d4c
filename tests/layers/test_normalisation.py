"""The finely staged layer is the layer: batch norm's own graph and layer norm's say the same."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbn.kernel.evaluate import Point, evaluate
from symbn.kernel.goal import Goal
from symbn.kernel.term import BATCH, FEATURE, Entry, Index, Term, Var
from symbn.kernel.verdict import Proved, prove
from symbn.layers.batchnorm import batch_norm
from symbn.layers.graph import Graph
from symbn.layers.layernorm import layer_norm
from symbn.layers.normalisation import FEATURES, NOBODY, POSITIONS, normalisation

AT = {BATCH: Index("i"), FEATURE: Index("c", FEATURE)}


def leaf(graph: Graph, node: str) -> Var | Entry:
    return graph.leaf(node, tuple(AT[axis] for axis in graph.nodes[node].slots))


def gradient(graph: Graph, node: str) -> Term:
    return graph.expand(graph.total(graph.leaf(graph.loss, ()), leaf(graph, node)))


def same(left: Term, right: Term) -> bool:
    return isinstance(prove(Goal(left, right)), Proved)


@pytest.mark.parametrize(("staged", "plain"), [(FEATURES, batch_norm(features=True)), (NOBODY, batch_norm())])
@pytest.mark.parametrize("node", ["mu", "var", "s", "xhat", "y"])
def test_its_nodes_are_those_of_batch_norm(staged: str, plain: Graph, node: str) -> None:
    own = normalisation(staged)
    assert same(own.expand(leaf(own, node)), plain.expand(leaf(plain, node)))


@pytest.mark.parametrize(("staged", "plain"), [(FEATURES, batch_norm(features=True)), (NOBODY, batch_norm())])
@pytest.mark.parametrize("node", ["x", "gamma", "beta", "xhat", "var", "mu"])
def test_its_gradients_are_those_of_batch_norm(staged: str, plain: Graph, node: str) -> None:
    assert same(gradient(normalisation(staged), node), gradient(plain, node))


def test_of_one_example_it_is_layer_norm() -> None:
    """With one feature index only, a row is one example: the values agree at exact points."""
    own, other = normalisation(POSITIONS), layer_norm()
    rows = {"x": (0, 2, 7), "g": (1, -1, 3), "gamma": (2, 5, -1), "beta": (0, 1, 4)}
    scalars = {"eps": Fraction(25) - Fraction(26, 3)}  # var = 26/3, so that the root is 5
    table: dict[tuple[str, tuple[int, ...]], Fraction] = {}
    line: dict[tuple[str, tuple[int, ...]], Fraction] = {}
    for name, values in rows.items():
        for place, value in enumerate(values, 1):
            line[name, (place,)] = table[name, (place,)] = table[name, (place, 1)] = Fraction(value)
    for i in (1, 2, 3):
        at = {AT[BATCH]: i, AT[FEATURE]: 1}
        ours, theirs = Point(3, scalars, table, at), Point(3, scalars, line, at)
        for node in ("x", "gamma", "beta"):
            assert evaluate(gradient(own, node), ours) == evaluate(gradient(other, node), theirs)
        assert evaluate(own.expand(leaf(own, "y")), ours) == evaluate(other.expand(leaf(other, "y")), theirs)
