"""The graph of the layer: total and local derivatives of any node by any node, compared with the other engine."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import pytest
import sympy

from symbn.kernel.evaluate import Point, evaluate
from symbn.kernel.goal import Goal
from symbn.kernel.term import FEATURE, Entry, Index, KernelError, Term, Var, power
from symbn.kernel.verdict import Proved, prove
from symbn.layers import Graph, Node, batch_norm
from symbn.layers.graph import Leaf
from symbn.symbolic import BatchNorm
from tests.kernel.test_verdict import points

I, K = Index("i"), Index("k")
GRAPH = batch_norm()
NODES = ["x", "mu", "c", "var", "s", "xhat", "gamma", "beta", "eps", "y", "L"]


def leaf(name: str, index: Index) -> Leaf:
    return GRAPH.leaf(name, (index,) if GRAPH.nodes[name].slots else ())


@pytest.mark.parametrize(("of", "by"), [(a, b) for a, b in product(NODES, NODES) if b != "L" and not (a == "L" and b == "L")])
def test_total_derivatives_agree_with_sympy(of: str, by: str) -> None:
    term = GRAPH.expand(GRAPH.total(leaf(of, I), leaf(by, K)))
    layer = BatchNorm(batch=3)
    row = 2 if GRAPH.nodes[of].slots else None
    column = 3 if GRAPH.nodes[by].slots else None
    expected = layer.derivative(of, by, row, column)
    point = points(Random(f"{of} {by}"), 3)
    scalars = {**point.scalars, "gamma": Fraction(5), "beta": Fraction(2)}
    values = {sympy.Symbol(f"{name}_{at[0]}", real=True): value for (name, at), value in point.entries.items()}
    values |= {layer.gamma: scalars["gamma"], layer.beta: scalars["beta"], layer.eps: scalars["eps"]}
    exact = {symbol: sympy.Rational(value.numerator, value.denominator) for symbol, value in values.items()}
    assert evaluate(term, Point(3, scalars, point.entries, {I: 2, K: 3})) == expected.xreplace(exact)


def test_local_derivatives_hold_the_other_parents_fixed() -> None:
    def same(left: Term, right: Term) -> bool:
        return isinstance(prove(Goal(GRAPH.expand(left), GRAPH.expand(right))), Proved)

    x, xhat = GRAPH.leaf("x", (I,)), GRAPH.leaf("xhat", (I,))
    assert same(GRAPH.local(xhat, x), power(Var("s"), -1))
    assert not same(GRAPH.local(xhat, x), GRAPH.total(xhat, x))
    assert same(GRAPH.local(Var("var"), x), GRAPH.total(Var("var"), x))


def test_a_local_derivative_wants_a_parent() -> None:
    with pytest.raises(KernelError):
        GRAPH.local(Var("s"), GRAPH.leaf("x", (I,)))
    with pytest.raises(KernelError):
        GRAPH.leaf("x", ())


def test_evaluation_mode_makes_the_moments_constants() -> None:
    graph = batch_norm("eval")
    assert not graph.depends("xhat", "y")
    assert graph.depends("xhat", "x")
    assert not graph.depends("mu", "x")
    assert batch_norm().depends("mu", "x")


def test_features_add_one_slot_to_everything_but_eps_and_the_loss() -> None:
    graph = batch_norm("train", True)
    for name, node in graph.nodes.items():
        narrow = GRAPH.nodes[name]
        assert node.slots == narrow.slots + (() if name in ("eps", "L") else (FEATURE,))


def test_another_layer_is_data_only() -> None:
    from symbn.kernel.term import Sum, add, mul

    j = Index("j")
    mean_square = mul(power(Var("m"), -1), Sum(j, power(Entry("x", (j,)), 2)))
    rms = Graph(
        "RMS norm",
        {
            node.name: node
            for node in (
                Node("x", ("batch",), "input", "x"),
                Node("eps", (), "epsilon", r"\epsilon"),
                Node("r", (), "root mean square", "r", power(add(mean_square, Var("eps")), 1), (), True),
                Node("y", ("batch",), "output", "y", mul(Entry("x", (I,)), power(Var("r"), -1)), (I,)),
            )
        },
    )
    total = rms.expand(rms.total(Entry("y", (I,)), rms.leaf("x", (K,))))
    assert isinstance(prove(Goal(total, total)), Proved)
