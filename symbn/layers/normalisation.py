r"""Normalisation of a table along one axis, staged finely enough to give a name to whatever a backward function computes.

    mu = mean_j x_j     c_i = x_i - mu     sq_i = c_i^2     var = mean_j sq_j     v = var + eps     s = v^(1/2)     r = 1/s
    xhat_i = c_i r      z_i = gamma xhat_i      y_i = z_i + beta      L = sum g y

The kernel's batch axis is the one that is normalised, its feature axis the other. Batch norm scales every feature by a gamma of
its own, layer norm every position of the normalised axis. Shapes: x, c, sq, xhat, z, y, g: (m, n) or (m,); mu, var, v, s, r:
(n,) or scalars; eps > 0: a scalar. Sources: S. Ioffe, C. Szegedy, Batch Normalization, ICML 2015; J. L. Ba, J. R. Kiros,
G. E. Hinton, Layer Normalization, 2016.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from symbn.kernel.term import BATCH, FEATURE, Entry, Index, Sum, Term, Var, add, mul, num, power
from symbn.layers.graph import Graph, Node

NOBODY, FEATURES, POSITIONS = "one gamma", "a gamma for each feature", "a gamma for each position"


@cache
def normalisation(scaled: str = FEATURES) -> Graph:
    """Return the graph. scaled: what gamma and beta belong to; with `NOBODY` x has one axis, the normalised one."""
    i, j, c = Index("i"), Index("j"), Index("c", FEATURE)
    features = () if scaled == NOBODY else (c,)
    own = {NOBODY: (), FEATURES: (c,), POSITIONS: (i,)}[scaled]

    def leaf(name: str, indices: tuple[Index, ...]) -> Term:
        return Entry(name, indices) if indices else Var(name)

    def each(name: str) -> Term:
        return leaf(name, features)

    def at(name: str, index: Index) -> Term:
        return Entry(name, (index, *features))

    def mean(body: Term) -> Term:
        return mul(power(Var("m"), -1), Sum(j, body))

    slots, row = tuple(index.axis for index in features), (i, *features)
    wide, scales = (BATCH, *slots), tuple(index.axis for index in own)
    outputs = Sum(j, mul(at("g", j), at("y", j)))
    nodes = [
        Node("x", wide, "input", "x"),
        Node("mu", slots, "mean", r"\mu", mean(at("x", j)), features),
        Node("c", wide, "centred input", "c", add(at("x", i), mul(num(-1), each("mu"))), row),
        Node("sq", wide, "squared centred input", "c^2", power(at("c", i), 2), row),
        Node("var", slots, "variance", r"\sigma^2", mean(at("sq", j)), features),
        Node("eps", (), "epsilon", r"\epsilon"),
        Node("v", slots, "variance plus epsilon", r"(\sigma^2+\epsilon)", add(each("var"), Var("eps")), features),
        Node("s", slots, "standard deviation", "s", power(each("v"), Fraction(1, 2)), features),
        Node("r", slots, "inverse standard deviation", r"s^{-1}", power(each("s"), -1), features),
        Node("xhat", wide, "normalised input", r"\hat x", mul(at("c", i), each("r")), row),
        Node("gamma", scales, "scale", r"\gamma"),
        Node("beta", scales, "shift", r"\beta"),
        Node("z", wide, "scaled input", r"\gamma\hat x", mul(leaf("gamma", own), at("xhat", i)), row),
        Node("y", wide, "output", "y", add(at("z", i), leaf("beta", own)), row),
        Node("g", wide, "upstream gradient dL/dy", "g"),
        Node("L", (), "loss", "L", Sum(c, outputs) if features else outputs),
    ]
    return Graph("normalisation", {node.name: node for node in nodes})
