"""The attack on symbn, in small: labelled equations of every kind, and the attack's own labels held against known ones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from random import Random

import pytest

import symbn
from scripts.attacking.attack import KINDS, Outcome, _wrong, attack
from scripts.attacking.formula import Claim, Name, Slope, Sum, num, power
from scripts.attacking.inventing import small_only
from scripts.attacking.label import differences, holds_up_to, label
from scripts.attacking.reading import Refused, claim_of
from scripts.attacking.rewriting import identity
from scripts.attacking.sources import sources
from scripts.attacking.spelling import Speller
from symbn.answer import Step
from symbn.errors import UnreadableError
from tests.formulas import FALSE, TRUE, Formula

SEED, EACH = 5, 30
# What no run of a kind can be without.
EXPECTED = {
    "one edit": {"proved", "refuted"},
    "two edits": {"proved", "refuted"},
    "identity": {"proved"},
    "small m only": {"refuted"},
    "random": {"proved", "refuted"},
    "careless": {"proved", "refuted"},
    "one size, SymPy": {"proved", "refuted"},
    "finite differences": {"proved", "refuted"},
}


@cache
def outcomes(kind: str) -> list[Outcome]:
    return [attack(kind, number, SEED) for number in range(EACH if kind != "one size, SymPy" else 12)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_is_wrong(kind: str) -> None:
    found = outcomes(kind)
    assert [(o.wrong, o.text, o.statement) for o in found if o.wrong is not None] == []
    assert {o.verdict for o in found} >= EXPECTED[kind]
    assert any(o.truth is not None for o in found)


def test_every_identity_is_proved_as_it_is_written() -> None:
    assert {(o.verdict, o.caveat) for o in outcomes("identity")} == {("proved", None)}


def test_nothing_that_needs_a_small_batch_is_proved_for_every_one() -> None:
    for o in outcomes("small m only"):
        assert o.truth is not True, o.text
        assert o.verdict == "refuted" or o.caveat is not None or o.reason, o.text


def test_an_equation_can_be_made_again_from_its_number() -> None:
    assert attack("two edits", 3, SEED) == attack("two edits", 3, SEED)


def claims(formulas: list[Formula]) -> list[Claim]:
    """Return those that are in the attack's plain language."""
    found = []
    for formula in formulas:
        try:
            if not formula.let:
                found += claim_of(formula.text, formula.mode)
        except (Refused, UnreadableError):
            continue
    return found


def test_the_labels_agree_with_what_is_known() -> None:
    true, false = claims(TRUE), claims(FALSE)
    assert len(true) > 40
    assert len(false) > 25
    assert [claim for claim in true if label(claim) is False] == []
    assert [claim for claim in false if label(claim) is True] == []
    assert all(label(source) is True for source in sources())


def test_the_labels_by_central_differences_agree_with_the_exact_ones() -> None:
    derivatives = [c for c in (*sources(), *claims(FALSE)) if isinstance(c.left, Slope)]
    assert len(derivatives) > 30
    for claim in derivatives:
        assert {label(claim), differences(claim)} != {True, False}, claim


def test_rewriting_changes_nothing_that_is_meant() -> None:
    for number in range(60):
        claim = identity(Random(number))
        assert label(claim) is not False, claim


def test_a_claim_for_small_batches_is_true_up_to_some_size() -> None:
    for number in range(20):
        claim = small_only(Random(number))
        least = min(m for m in range(1, 6) if label(replace(claim, batch=m)) is not None)
        assert holds_up_to(claim, least), claim


def test_every_spelling_means_the_same() -> None:
    for number in range(40):
        source = sources()[number % len(sources())]
        text = Speller(Random(number), mode=source.mode).equation(source)
        assert symbn.verify(text, mode=source.mode).kind == "proved", text


def test_a_local_derivative_is_not_the_total_one() -> None:
    by_mean = Slope(Name("xhat", ("i",)), Name("x", ("i",)))
    claim = Claim(by_mean, power(Name("s"), -1))
    assert label(claim) is False
    assert label(replace(claim, local=frozenset({("xhat", "x")}))) is True


FALSE_CLAIM = Claim(Sum("j", Name("x", ("j",))), num(0))
TRUE_CLAIM = Claim(Sum("j", Name("c", ("j",))), num(0))


def forged(text: str, **changes: object) -> Step:
    (step,) = symbn.verify(text).steps
    return replace(step, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("step", "claim", "why"),
    [
        (forged("sum_j x_j = 0", verdict="proved"), FALSE_CLAIM, "proved, and false"),
        (forged("sum_j x_j = 0"), TRUE_CLAIM, "refuted, and true"),
        (forged("sum_j x_j = 0", verdict="proved", caveat="some reading"), FALSE_CLAIM, "the statement is false"),
        (forged("sum_j x_j = 0", reason="this is a bug in symbn: .."), FALSE_CLAIM, "this is a bug in symbn: .."),
        (forged("sum_j x_j = 0", true_up_to=2), FALSE_CLAIM, "not true up to m = 2"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_answer_is_noticed(step: Step, claim: Claim, why: str) -> None:
    assert _wrong(step, claim, label(claim), plain=True, random=Random(0)) == why


def test_a_wrong_counterexample_is_noticed() -> None:
    (step,) = symbn.verify("sum_j x_j = 0").steps
    assert step.counterexample is not None
    other = replace(step.counterexample, left=step.counterexample.left + Fraction(1))
    wrong = _wrong(replace(step, counterexample=other), FALSE_CLAIM, False, plain=True, random=Random(0))
    assert wrong == f"a side is not {other.left} at the counterexample"
