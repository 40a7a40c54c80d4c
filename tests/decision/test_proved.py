"""A proof that is asked for alone is the one that the decision would give, and there is none where that gives none."""

from __future__ import annotations

import pytest

from symbn.decision.decide import decide, proved
from symbn.elaboration.elaborate import Equation, readings
from symbn.elaboration.notation import Notation
from symbn.errors import UnreadableError
from symbn.kernel.verdict import Proved
from symbn.syntax.parser import parse
from tests.formulas import FALSE, NEVER_PROVED, TRUE, WITH_CAVEAT, Formula, plain

# Equal to a true equation under a reading that is too loose to prove by.
WITHHELD = plain(
    r"\frac{\partial \hat x_i}{\partial x_k} = \frac{\delta_{ik}}{s}",
    r"\frac{\partial L}{\partial \hat x_j} \frac{\partial \hat x_j}{\partial x_i} = \frac{\gamma g_i}{s}",
    r"\frac{\partial c_i}{\partial x_k} = \delta_{ik}",
)


@pytest.mark.parametrize("formula", [*TRUE, *WITH_CAVEAT, *FALSE, *NEVER_PROVED, *WITHHELD], ids=str)
def test_what_is_proved_alone_is_what_is_decided(formula: Formula) -> None:
    notation = Notation(mode=formula.mode).with_lets(formula.let)
    try:
        statements = parse(formula.text)
    except UnreadableError:
        return
    for statement in statements:
        for left, right in zip(statement.sides, statement.sides[1:], strict=False):
            try:
                decision = decide(readings(left, right, statement.conditions, notation))
            except UnreadableError:
                continue
            alone = proved(readings(left, right, statement.conditions, notation))
            assert said(alone) == said(decision.equation if isinstance(decision.verdict, Proved) else None)


def said(equation: Equation | None) -> tuple[object, ...] | None:
    return None if equation is None else (equation.statement(), equation.reading)
