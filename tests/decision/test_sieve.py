"""The sieve: true equations pass it, and reading only the edited part says what reading the whole side says."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbn.decision.repair.edits import Candidate, apart, apply, both
from symbn.decision.repair.points import ORDER, PRIME, NoValueError, RandomPoint, raised
from symbn.decision.repair.search import Budget, Question, ask, candidates
from symbn.decision.repair.sieve import alone
from symbn.diagnostic import Span
from symbn.elaboration.elaborate import readings
from symbn.elaboration.notation import Notation
from symbn.layers.batchnorm import batch_norm
from symbn.syntax.parser import parse
from tests.decision.mutants import SOURCES
from tests.formulas import TRUE, Formula


def question(text: str) -> Question:
    (statement,) = parse(text)
    left, right = statement.sides
    asked = ask(text, left, right, statement.conditions, Notation(), None, Budget())
    assert asked is not None
    return asked


@pytest.mark.parametrize("formula", TRUE, ids=str)
def test_both_sides_of_a_true_equation_have_one_value_at_every_point(formula: Formula) -> None:
    notation = Notation(mode=formula.mode).with_lets(formula.let)
    for statement in parse(formula.text):
        for left, right in zip(statement.sides, statement.sides[1:], strict=False):
            equation = next(readings(left, right, statement.conditions, notation))
            if equation.conditions or equation.reading.caveats:
                continue
            for together in (False, True):
                point = RandomPoint(equation.graph, equation.batch or 4, 2, together, 7)
                values = point.value(equation.left), point.value(equation.right)
                # Some radicands are no squares at the point, and derivatives that are local have no value here.
                assert None in values or values[0] == values[1]


@pytest.mark.parametrize("text", SOURCES[:12:3])
def test_reading_the_edited_part_alone_is_reading_the_whole_side(text: str) -> None:
    asked = question(text)
    compared = 0
    for candidate in candidates(asked.view):
        side, _ = apply(text, asked.view.side, candidate.edits)
        whole, part = alone(side, asked.view.latex), asked.sieve.edited(candidate.edits)
        if whole is not None and part is not None:
            fresh = question(text)
            fresh.sieve.own.clear()
            assert asked.value_of(part) == fresh.value_of(whole), side
            compared += 1
    assert compared > 30


def test_powers_modulo_the_prime_obey_the_laws_of_positive_numbers() -> None:
    a, b = pow(12345, 2, PRIME), pow(67890, 2, PRIME)
    for exponent in (Fraction(1, 2), Fraction(-3, 4), Fraction(5, 3)):
        product = raised(a, exponent) * raised(b, exponent) % PRIME
        assert raised(a * b % PRIME, exponent) == product
        assert raised(raised(a, exponent), 1 / exponent) == a
    assert pow(-1, ORDER, PRIME) != 1
    with pytest.raises(NoValueError):
        raised(PRIME - a, Fraction(1, 2))
    with pytest.raises(NoValueError):
        raised(0, Fraction(-1))


def test_a_point_of_two_features_has_roots_for_both() -> None:
    point = RandomPoint(batch_norm(features=True), 3, 2, False, 1)
    for feature in (1, 2):
        total = point.tables["var"][(feature,)] + point.tables["eps"][()]
        assert pow(point.tables["s"][(feature,)], 2, PRIME) == total % PRIME


def test_edits_are_made_together_only_apart_and_never_join_two_names() -> None:
    text = r"\gamma m x"
    assert apply(text, Span(0, len(text)), ((Span(6, 9), ""),))[0] == r"\gamma x"
    here = Candidate(1, "wrong-sign", "a", ((Span(0, 1), "+"),))
    there = Candidate(2, "wrong-factor", "b", ((Span(0, 3), "2"),))
    after = Candidate(2, "wrong-factor", "b", ((Span(1, 1), "2"),))
    assert not apart(here, there)
    assert not apart(after, after)
    assert apart(here, after)
    assert both(after, here).code == "wrong-sign"
