"""The layers that symbn writes, as programs.

How they are made numerically sound, which is the same for all of them:

- the variance is the mean of the squared centred entries (two passes), never E[x^2] - mu^2, which cancels;
- what is centred is centred twice. The first mean is rounded, by half a unit in the last place of the *offset*, which is more
  than the entries differ by when the offset is large. So it is only a shift: the entries less the shift are exact or nearly so,
  their mean is small and has a small error, and it takes out what the rounding left. The proof is for every value of the shift;
- the inverse standard deviation is computed once, and every other division is by a count.

Source of the correction: T. F. Chan, G. H. Golub, R. J. LeVeque, Algorithms for computing the sample variance, 1983.
"""

from __future__ import annotations

from fractions import Fraction

from symbn.codegen.program import (
    ACROSS, ELEMENT, MEAN, PARAMETER, SCALAR, TOTAL, Input, Layout, Minus, Name, Number, Over, Plus, Program, Root,
    Square, Stage, Times,
)  # fmt: skip
from symbn.elaboration.meaning import TOTAL as THROUGH_EVERY_PATH
from symbn.elaboration.meaning import Meaning, Quantity, Raised, Slope
from symbn.errors import UsageError
from symbn.kernel.term import BATCH, Index
from symbn.layers.batchnorm import EVALUATION, batch_norm
from symbn.layers.graph import Graph
from symbn.layers.layernorm import layer_norm

ROW = Index("i")

X, DOUT, XHAT, GAMMA, BETA, EPS = map(Name, ("x", "dout", "xhat", "gamma", "beta", "eps"))
INV_STD, CENTRED, COUNT = map(Name, ("inv_std", "centred", "count"))


def _at(graph: Graph, name: str) -> Quantity:
    return Quantity(name, (ROW,) if BATCH in graph.nodes[name].slots else ())


def _gradient(graph: Graph, name: str) -> Meaning:
    return Slope(Quantity(graph.loss), _at(graph, name), THROUGH_EVERY_PATH)


def _inputs(graph: Graph) -> tuple[Input, ...]:
    return (
        Input("x", ELEMENT, _at(graph, "x"), "the input"),
        Input("gamma", PARAMETER, _at(graph, "gamma"), "the scale"),
        Input("beta", PARAMETER, _at(graph, "beta"), "the shift"),
        Input("eps", SCALAR, Quantity("eps"), "greater than 0, added to the variance, in units of x squared"),
        Input("count", SCALAR, Quantity("m"), "the number of entries in a group"),
        Input("dout", ELEMENT, _at(graph, "g"), "the gradient dL/dy that comes from above"),
    )


def _moments(graph: Graph) -> tuple[Stage, ...]:
    """Return the stages to the centred entries and the variance, centred twice."""
    return (
        Stage("shift", X, "near the mean; how it rounds does not matter", MEAN, Quantity("a"), True),
        Stage("moved", Minus(X, Name("shift"))),
        Stage("residual", Name("moved"), "what the rounding of the shift left", MEAN),
        Stage("mean", Plus(Name("shift"), Name("residual")), head=Quantity("mu")),
        Stage("centred", Minus(Name("moved"), Name("residual")), head=_at(graph, "c")),
        Stage("variance", Square(CENTRED), "second pass: nothing cancels", MEAN, Quantity("var")),
    )


def _scaled(graph: Graph, centred: Name | Minus) -> tuple[Stage, ...]:
    """Return the stages from the variance to the output."""
    inverse = Over(Number(1), Root(Plus(Name("variance"), EPS)))
    return (
        Stage(
            "inv_std",
            inverse,
            "one root and one division for a group: all else multiplies",
            head=Raised(Quantity("s"), Fraction(-1)),
        ),
        Stage("xhat", Times(centred, INV_STD), head=_at(graph, "xhat")),
        Stage("y", Plus(Times(GAMMA, XHAT), BETA), head=_at(graph, "y")),
    )


def _parameter_gradients(graph: Graph, reduction: str) -> tuple[Stage, ...]:
    return (
        Stage("dbeta", DOUT, "", reduction, _gradient(graph, "beta")),
        Stage("dgamma", Times(DOUT, XHAT), "", reduction, _gradient(graph, "gamma")),
    )


def _training(target: str, title: str, layout: Layout, letters: str) -> Program:
    graph = batch_norm()
    mean, projection, rest = map(Name, ("mean_dout", "projection", "rest"))
    return Program(
        target, title, graph, layout, letters, _inputs(graph), ("x", "gamma", "beta"), (),
        (*_moments(graph), *_scaled(graph, CENTRED)),
        ("xhat", "inv_std", "gamma", "mean", "variance"),
        (
            *_parameter_gradients(graph, TOTAL),
            Stage("mean_dout", Over(Name("dbeta"), COUNT)),
            Stage("projection", Over(Name("dgamma"), COUNT), "the mean of dout * xhat"),
            Stage("rest", Minus(Minus(DOUT, mean), Times(XHAT, projection))),
            Stage("dx", Times(Times(GAMMA, INV_STD), rest), head=_gradient(graph, "x")),
        ),
    )  # fmt: skip


def _evaluation(target: str, title: str, layout: Layout, letters: str) -> Program:
    graph = batch_norm(EVALUATION)
    statistics = (
        Input("mean", PARAMETER, Quantity("mu"), "the running mean, a constant"),
        Input("variance", PARAMETER, Quantity("var"), "the running variance, a constant, not negative"),
    )
    return Program(
        target, title, graph, layout, letters, (*_inputs(graph), *statistics),
        ("x", "gamma", "beta", "mean", "variance"), ("mean", "variance"),
        _scaled(graph, Minus(X, Name("mean"))),
        ("xhat", "inv_std", "gamma"),
        (
            *_parameter_gradients(graph, TOTAL),
            Stage("dx", Times(Times(GAMMA, INV_STD), DOUT), head=_gradient(graph, "x")),
        ),
    )  # fmt: skip


def _layer_norm() -> Program:
    graph = layer_norm()
    dxhat, mean, projection = map(Name, ("dxhat", "mean_dxhat", "projection"))
    return Program(
        "layernorm", "Layer normalisation", graph, Layout(("N", "D"), (0,), (1,)), "N examples of D features",
        _inputs(graph), ("x", "gamma", "beta"), (),
        (*_moments(graph), *_scaled(graph, CENTRED)),
        ("xhat", "inv_std", "gamma", "mean", "variance"),
        (
            *_parameter_gradients(graph, ACROSS),
            Stage("dxhat", Times(GAMMA, DOUT), head=_gradient(graph, "xhat")),
            Stage("mean_dxhat", dxhat, "", MEAN),
            Stage("projection", Times(dxhat, XHAT), "", MEAN),
            Stage("rest", Minus(Minus(dxhat, mean), Times(XHAT, projection))),
            Stage("dx", Times(INV_STD, Name("rest")), head=_gradient(graph, "x")),
        ),
    )  # fmt: skip


_FLAT, _IMAGES = Layout(("N", "D"), (1,), (1,)), Layout(("N", "C", "H", "W"), (1,), (1,))
_EXAMPLES, _CHANNELS = "N examples of D features", "N images of C channels, H by W"
PROGRAMS = {
    program.target: program
    for program in (
        _training("batchnorm", "Batch normalisation in training mode", _FLAT, _EXAMPLES),
        _evaluation("batchnorm-eval", "Batch normalisation in evaluation mode", _FLAT, _EXAMPLES),
        _training("spatial-batchnorm", "Spatial batch normalisation in training mode", _IMAGES, _CHANNELS),
        _evaluation("spatial-batchnorm-eval", "Spatial batch normalisation in evaluation mode", _IMAGES, _CHANNELS),
        _layer_norm(),
    )
}


def program_of(target: str) -> Program:
    """Return the program of a target. Raises: UsageError."""
    if target not in PROGRAMS:
        raise UsageError(f"unknown target {target[:40]!r}: choose from {', '.join(PROGRAMS)}")
    return PROGRAMS[target]
