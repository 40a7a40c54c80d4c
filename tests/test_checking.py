"""The verdicts that the project exists for, through the public door."""

from __future__ import annotations

from time import perf_counter

import pytest

import symbn
from symbn.errors import UsageError
from tests.formulas import BAD_INPUT, CLOSED_FORM_SPELLINGS, FALSE, NEVER_PROVED, TRUE, WITH_CAVEAT, Formula


def check(formula: Formula, batch: int | None = None) -> symbn.Verdict:
    return symbn.verify(formula.text, let=formula.let, mode=formula.mode, batch=batch)


@pytest.mark.parametrize("formula", TRUE, ids=str)
def test_true_equations_are_proved_for_every_batch_size_without_a_caveat(formula: Formula) -> None:
    verdict = check(formula)
    assert verdict.kind == "proved", str(verdict)
    assert verdict.caveats == ()
    assert all(step.scope == "all m" for step in verdict.steps)


@pytest.mark.parametrize("formula", WITH_CAVEAT, ids=str)
def test_equations_true_under_another_reading_carry_a_caveat(formula: Formula) -> None:
    verdict = check(formula)
    assert verdict.kind == "proved", str(verdict)
    assert verdict.caveats != ()


@pytest.mark.parametrize("formula", FALSE, ids=str)
def test_false_equations_are_refuted_with_a_point_where_the_sides_differ(formula: Formula) -> None:
    verdict = check(formula)
    assert verdict.kind == "refuted", str(verdict)
    found = next(step.counterexample for step in verdict.steps if step.counterexample is not None)
    assert found.left != found.right
    assert found.m >= 1


@pytest.mark.parametrize("formula", NEVER_PROVED, ids=str)
def test_what_is_meaningless_or_undetermined_is_never_proved(formula: Formula) -> None:
    verdict = check(formula)
    assert verdict.kind != "proved"
    assert all(step.verdict != "proved" for step in verdict.steps)


@pytest.mark.parametrize("text", BAD_INPUT, ids=lambda text: repr(text[:40]))
def test_bad_input_is_unreadable_with_a_place_and_quickly(text: str) -> None:
    start = perf_counter()
    verdict = symbn.verify(text)
    assert perf_counter() - start < 5
    assert verdict.kind == "unreadable"
    (step,) = verdict.steps
    (diagnostic,) = step.diagnostics
    assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text) + 1
    assert diagnostic.message
    assert str(verdict)


def test_there_are_ten_spellings_of_the_closed_form() -> None:
    assert len(CLOSED_FORM_SPELLINGS) >= 10


@pytest.mark.parametrize(
    ("text", "m"),
    [
        ("sum_j (x_j - mu)^3 = 0", 3),
        ("(sum_j x_j)^3 - 3 (sum_j x_j)(sum_j x_j^2) + 2 sum_j x_j^3 = 0", 3),
        ("(x_1 + x_2)/2 = mu", 3),
        ("(m - 1)(m - 2)(m - 3) = 0", 4),
    ],
)
def test_identities_of_small_batches_are_refuted_and_say_up_to_where_they_hold(text: str, m: int) -> None:
    (step,) = symbn.verify(text).steps
    assert step.counterexample is not None
    assert (step.counterexample.m, step.true_up_to) == (m, m - 1)


def elementary_six() -> str:
    """720 e_6 in power sums, by Newton's identities: 0 exactly when there are fewer than six numbers."""
    terms = {
        (1, 1, 1, 1, 1, 1): 1, (2, 1, 1, 1, 1): -15, (3, 1, 1, 1): 40, (2, 2, 1, 1): 45, (4, 1, 1): -90, (3, 2, 1): -120,
        (2, 2, 2): -15, (5, 1): 144, (4, 2): 90, (3, 3): 40, (6,): -120,
    }  # fmt: skip
    return " + ".join(f"({c})*" + "*".join(f"(sum_j x_j^{p})" for p in parts) for parts, c in terms.items()) + " = 0"


def test_the_sixth_elementary_symmetric_function_is_refuted_at_six() -> None:
    (step,) = symbn.verify(elementary_six()).steps
    assert step.verdict == "refuted"
    assert step.counterexample is not None
    assert (step.counterexample.m, step.true_up_to) == (6, 5)


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_at_a_chosen_batch_size_both_engines_agree(batch: int) -> None:
    for formula in TRUE:
        # x_i/(m-1) has no value at m = 1, and the two conditions i != k want two examples.
        if batch == 1 and (r"i \neq k" in formula.text or "m-1" in formula.text):
            continue
        verdict = check(formula, batch)
        assert verdict.kind == "proved", str(verdict)
        for step in verdict.steps:
            assert not any("bug" in note for note in step.notes)


def test_at_a_chosen_batch_size_false_equations_are_not_proved_where_they_are_false() -> None:
    for formula in FALSE:
        (general,) = [step for step in check(formula).steps if step.verdict == "refuted"]
        assert general.counterexample is not None
        verdict = check(formula, general.counterexample.m)
        assert verdict.kind == "refuted", str(verdict)


def test_a_formula_right_in_evaluation_mode_is_refuted_in_training_with_a_note() -> None:
    (step,) = symbn.verify("dL/dx_i = gamma g_i/s").steps
    assert step.verdict == "refuted"
    assert any("evaluation mode" in note for note in step.notes)


def test_an_index_that_is_free_on_one_side_is_pointed_at() -> None:
    text = "dL/dgamma = g_i xhat_j"
    (step,) = symbn.verify(text).steps
    assert step.verdict == "refuted"
    assert {text[d.span.start : d.span.end] for d in step.diagnostics} == {"i", "j"}


def test_a_denominator_that_may_vanish_is_part_of_the_statement() -> None:
    (step,) = symbn.verify("x_i/(m-1) = x_i/(m-1)").steps
    assert step.statement is not None
    assert "wherever m - 1 is not 0" in step.statement


def test_a_chain_gives_one_answer_for_each_equality() -> None:
    steps = symbn.verify("sum_i xhat_i = 0 = 1").steps
    assert [step.verdict for step in steps] == ["proved", "refuted"]
    assert [step.step for step in steps] == [1, 2]


def test_the_statement_as_understood_reads_back_to_the_same_verdict() -> None:
    for formula in [*TRUE, *FALSE]:
        if formula.let:
            continue
        for step in check(formula).steps:
            assert step.statement is not None
            claim = step.statement.partition(": ")[2].partition(" (wherever")[0]
            conditions = ", i != k" if "i != k" in step.statement.partition(": ")[0] else ""
            again = symbn.verify(claim + conditions, mode=formula.mode)
            assert again.kind == step.verdict, f"{step.statement}\n{again}"


def test_a_verdict_has_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(symbn.verify("sum_i xhat_i = 0"))


@pytest.mark.parametrize("batch", [0, -3, 10**9, True])
def test_impossible_batch_sizes_are_usage_errors(batch: int) -> None:
    with pytest.raises(UsageError):
        symbn.verify("m = m", batch=batch)


@pytest.mark.parametrize("let", ["mean", "nonsense=x", "mean=x+1", "mean=", "superscript=both", "mean=\\frac"])
def test_impossible_notation_is_a_usage_error(let: str) -> None:
    with pytest.raises(UsageError):
        symbn.verify("m = m", let=[let])


def test_a_free_name_is_never_one_of_the_layer() -> None:
    assert symbn.verify("m x_i = N x_i", let=["batch=N", "free=m"]).kind == "refuted"
    assert symbn.verify(r"\frac{1}{m} \sum_j x_j = \mu", let=["batch=N", "free=m"]).kind == "refuted"
