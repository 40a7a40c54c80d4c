r"""Batch normalisation over a batch of m examples, biased variance, in training and in evaluation mode.

    mu = (1/m) sum_j x_j      c_i = x_i - mu      var = (1/m) sum_j c_j^2      s = (var + eps)^(1/2)
    xhat_i = c_i / s          y_i = gamma xhat_i + beta                        L = sum_k g_k y_k  (first order)

Shapes: x, c, xhat, y, g: (m,) or (m, n); mu, var, s, gamma, beta: scalars or (n,); eps > 0: a scalar. In evaluation mode mu
and var are running statistics: inputs that do not depend on x. Source: S. Ioffe, C. Szegedy, Batch Normalization, ICML 2015,
Algorithm 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from symbn.diagnostic import Value
from symbn.kernel.term import BATCH, FEATURE, Entry, Index, Sum, Term, Var, add, mul, num, power
from symbn.layers.graph import Graph, Node

TRAINING, EVALUATION = "train", "eval"
MODES = (TRAINING, EVALUATION)


@cache
def batch_norm(mode: str = TRAINING, features: bool = False) -> Graph:
    """Return the graph of the layer. features: every quantity of a feature carries a second index, which is only a
    spectator."""
    i, j, c = Index("i"), Index("j"), Index("c", FEATURE)
    per_feature = (c,) if features else ()

    def each(name: str) -> Term:
        return Entry(name, per_feature) if features else Var(name)

    def at(name: str, index: Index) -> Term:
        return Entry(name, (index, *per_feature))

    def mean(body: Term) -> Term:
        return mul(power(Var("m"), -1), Sum(j, body))

    slots, wide = tuple(index.axis for index in per_feature), (BATCH, *(index.axis for index in per_feature))
    row = (i, *per_feature)
    constant = mode == EVALUATION
    outputs = Sum(j, mul(at("g", j), at("y", j)))
    nodes = [
        Node("x", wide, "input", "x"),
        Node("mu", slots, "mean", r"\mu", None if constant else mean(at("x", j)), per_feature),
        Node("c", wide, "centred input", "c", add(at("x", i), mul(num(-1), each("mu"))), row, auxiliary=True),
        Node("var", slots, "variance", r"\sigma^2", None if constant else mean(power(at("c", j), 2)), per_feature),
        Node("eps", (), "epsilon", r"\epsilon"),
        Node("s", slots, "standard deviation", "s", power(add(each("var"), Var("eps")), Fraction(1, 2)), per_feature, True),
        Node("xhat", wide, "normalised input", r"\hat x", mul(at("c", i), power(each("s"), -1)), row),
        Node("gamma", slots, "scale", r"\gamma"),
        Node("beta", slots, "shift", r"\beta"),
        Node("y", wide, "output", "y", add(mul(each("gamma"), at("xhat", i)), each("beta")), row),
        Node("g", wide, "upstream gradient dL/dy", "g"),
        Node("L", (), "loss", "L", Sum(c, outputs) if features else outputs),
    ]
    positive = frozenset({"eps", "var"}) if constant else frozenset({"eps"})
    return Graph(f"batch norm ({mode} mode)", {node.name: node for node in nodes}, positive=positive)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ClosedForm(Value):
    """A true equation of the layer, as `symbn table` lists it."""

    name: str
    formula: str
    mode: str = TRAINING


CLOSED_FORMS = (
    ClosedForm("dL/dx", r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m\sqrt{\sigma^2+\epsilon}}"
               r"\left(m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j\right)"),
    ClosedForm("dL/dx, three terms", r"\frac{\partial L}{\partial x_i} ="
               r" \frac{\partial L}{\partial \hat x_i} \frac{1}{\sqrt{\sigma^2+\epsilon}}"
               r" + \frac{\partial L}{\partial \sigma^2} \frac{2(x_i-\mu)}{m} + \frac{\partial L}{\partial \mu} \frac{1}{m}"),
    ClosedForm("dL/dgamma", r"\frac{\partial L}{\partial \gamma} = \sum_j g_j \hat x_j"),
    ClosedForm("dL/dbeta", r"\frac{\partial L}{\partial \beta} = \sum_j g_j"),
    ClosedForm("dL/dxhat", r"\frac{\partial L}{\partial \hat x_i} = \gamma g_i"),
    ClosedForm("dL/dvar",
    r"\frac{\partial L}{\partial \sigma^2} = -\frac{\gamma}{2} (\sigma^2+\epsilon)^{-3/2} \sum_j g_j (x_j-\mu)"),
    ClosedForm("dL/dmu", r"\frac{\partial L}{\partial \mu} = -\frac{\gamma}{\sqrt{\sigma^2+\epsilon}} \sum_j g_j"),
    ClosedForm("Jacobian of xhat", r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{m\sqrt{\sigma^2+\epsilon}}"
               r"\left(m\delta_{ik} - 1 - \hat x_i \hat x_k\right)"),
    ClosedForm("Jacobian of centring", r"\frac{\partial (x_i-\mu)}{\partial x_k} = \delta_{ik} - \frac{1}{m}"),
    ClosedForm("centring: row sums", r"\sum_k \frac{\partial (x_i-\mu)}{\partial x_k} = 0"),
    ClosedForm("centring: column sums", r"\sum_i \frac{\partial (x_i-\mu)}{\partial x_k} = 0"),
    ClosedForm("centring: sum of the Jacobian", r"\sum_i \sum_k \frac{\partial (x_i-\mu)}{\partial x_k} = 0"),
    ClosedForm("xhat: row sums", r"\sum_k \frac{\partial \hat x_i}{\partial x_k} = 0"),
    ClosedForm("xhat: column sums", r"\sum_i \frac{\partial \hat x_i}{\partial x_k} = 0"),
    ClosedForm("d mu/dx", r"\frac{\partial \mu}{\partial x_i} = \frac{1}{m}"),
    ClosedForm("d var/dx", r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2(x_i-\mu)}{m}"),
    ClosedForm("sum of xhat", r"\sum_i \hat x_i = 0"),
    ClosedForm("mean of xhat^2", r"\frac{1}{m}\sum_i \hat x_i^2 = \frac{\sigma^2}{\sigma^2+\epsilon}"),
    ClosedForm("sum of dL/dx", r"\sum_i \frac{\partial L}{\partial x_i} = 0"),
    ClosedForm("sum of xhat dL/dx", r"\sum_i \hat x_i \frac{\partial L}{\partial x_i} ="
               r" \frac{\gamma\epsilon}{(\sigma^2+\epsilon)^{3/2}} \sum_j g_j \hat x_j"),
    ClosedForm("dL/dx, evaluation mode", r"\frac{\partial L}{\partial x_i} = \frac{\gamma g_i}{\sqrt{\sigma^2+\epsilon}}",
    EVALUATION),
)  # fmt: skip
