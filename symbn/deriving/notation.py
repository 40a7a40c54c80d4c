"""The first section of an article: what every letter means, and the layer itself."""

from __future__ import annotations

from fractions import Fraction

from symbn.deriving.algebra import SIZE, minus, over, plus, times
from symbn.deriving.article import Chain, Line, Section, Words
from symbn.deriving.proving import proved
from symbn.elaboration.meaning import TOTAL, Meaning, Quantity, Raised, Same, Slope, SumOver
from symbn.kernel.term import Index
from symbn.layers.graph import Graph

_I, _J, _K = Index("i"), Index("j"), Index("k")
_PROMISE = "Every step below is proved by symbn's kernel, for every batch size at once, before it is printed."


def section(graph: Graph) -> Section:
    """Return the definitions, as equations that are proved like any others. Raises: UnprovedError."""
    x, c, xhat, y, g = (Quantity(name, (_I,)) for name in ("x", "c", "xhat", "y", "g"))
    mu, var, s, eps, gamma, beta, loss = map(Quantity, ("mu", "var", "s", "eps", "gamma", "beta", "L"))
    every = (
        "We look at one feature, ", x, ", of a batch of ", SIZE, " examples. The scale ", gamma, " and the shift ", beta,
        " are learned, and ", eps, " > 0 is a small constant. Sums run over the batch.",
    )  # fmt: skip
    square = over(SumOver(_J, (), Raised(Quantity("c", (_J,)), Fraction(2))), SIZE)
    moments: list[tuple[Meaning, Meaning, str]] = [
        (mu, over(SumOver(_J, (), Quantity("x", (_J,))), SIZE), "the mean"),
        (c, plus((x, minus(mu))), "the centred input"),
        (var, square, "the variance"),
    ]
    constant = graph.nodes["mu"].definition is None
    definitions = [
        *([moments[1]] if constant else moments),
        (s, Raised(plus((var, eps)), Fraction(1, 2)), "the standard deviation"),
        (xhat, over(c, s), "the normalised input"),
        (y, plus((times(gamma, xhat), beta)), "the output"),
    ]
    running = ("In evaluation mode the mean ", mu, " and the variance ", var, " are running statistics: constants.")
    rest = (
        loss, " is any loss of the outputs; its upstream gradient ", g, " = ", Slope(loss, y, TOTAL), " is given. ",
        Same(_I, _K), " is 1 where its indices are equal, and 0 elsewhere.",
    )  # fmt: skip
    return Section(
        ("Notation",),
        (
            Words(every),
            *([Words(running)] if constant else []),
            *(proved(Chain(head, (Line(own, (words,)),)), graph) for head, own, words in definitions),
            Words(rest),
            Words((_PROMISE,)),
        ),
    )
