"""Every line is proved before it is printed: the kernel decides the step as it decides a user's."""

from __future__ import annotations

from dataclasses import replace

from symbn.deriving.article import Chain
from symbn.elaboration.elaborate import Equation
from symbn.elaboration.meaning import Meaning, show
from symbn.elaboration.readings import Reading
from symbn.errors import SymbnError
from symbn.kernel.verdict import Proved, prove
from symbn.layers.batchnorm import EVALUATION, TRAINING
from symbn.layers.graph import Graph


class UnprovedError(SymbnError):
    """A step of a derivation that symbn wrote is not proved: a bug in symbn, and nothing is printed."""


def mode_of(graph: Graph) -> str:
    return TRAINING if graph.nodes["mu"].definition is not None else EVALUATION


def check_step(left: Meaning, right: Meaning, graph: Graph, batch: int | None = None) -> None:
    """Have the kernel prove a step. Raises: UnprovedError."""
    goal = Equation(left, right, (), graph, batch, Reading(), mode_of(graph)).goal()
    if not isinstance(prove(goal), Proved):
        raise UnprovedError(f"this is a bug in symbn: a step of a derivation is not proved: {show(left)} = {show(right)}")


def proved(chain: Chain, graph: Graph, batch: int | None = None) -> Chain:
    """Return the chain once each step of it, and its result against its head, is proved. Raises: UnprovedError."""
    before = chain.head
    for line in chain.lines:
        check_step(before, line.side, graph, batch)
        before = line.side
    if len(chain.lines) > 1:
        check_step(chain.head, before, graph, batch)
    return replace(chain, mode=mode_of(graph))
