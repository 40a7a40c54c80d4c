"""What the doctor says is hidden is hidden, and what it says is seen is seen: numeric gradient tests are run to check it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from symbn.decision.decide import decide
from symbn.doctor.causes import causes
from symbn.doctor.exact import is_blind
from symbn.doctor.examining import examine
from symbn.doctor.mistakes import MISTAKES, RIGHT, Mistake, equation, wide
from symbn.doctor.setting import Draw, Loss, Setting, Tolerance
from symbn.doctor.trial import draws, value
from symbn.errors import UsageError
from symbn.kernel.verdict import Proved, Refuted
from tests.doctor import functions

BY_NAME = {mistake.name: mistake for mistake in MISTAKES}
ONE, ZERO, RANDOM = Draw("constant", shift=1.0), Draw("constant"), Draw()
LOSSES = {"sum": Loss("constant"), "squares": Loss("output", Fraction(2)), "dout": Loss("random")}
# The settings of the warnings that people need: name, then shape, loss, gamma, beta, eps, rtol, atol.
SETTINGS: dict[str, functions.Case] = {
    "loss sum(y)": ((4, 5), "sum", None, None, 1e-5, 1e-5, 1e-8),
    "loss sum(y), gamma 1": ((4, 3), "sum", 1, 0, 1e-5, 1e-5, 1e-8),
    "loss sum(y**2), gamma 1, beta 0": ((5, 3), "squares", 1, 0, 0.1, 1e-5, 1e-8),
    "gamma 1": ((4, 3), "dout", 1, 0, 0.1, 1e-5, 1e-8),
    "two examples, eps 0": ((2, 3), "dout", None, None, 0, 1e-5, 1e-8),
    "eps 0": ((5, 3), "dout", None, None, 0, 1e-5, 1e-8),
    "one example": ((1, 3), "dout", None, None, 0.1, 1e-5, 1e-8),
    "as many features as examples": ((4, 4), "dout", None, None, 0.1, 1e-5, 1e-8),
    "one feature": ((4, 1), "dout", None, None, 0.1, 1e-5, 1e-8),
    "a tolerance that hides eps": ((6, 3), "dout", None, None, 1e-5, 1e-2, 1e-3),
    "good": ((4, 3), "dout", None, None, 0.1, 1e-7, 1e-8),
}
SEEDS = range(3)


def setting(name: str) -> Setting:
    shape, loss, gamma, beta, eps, rtol, atol = SETTINGS[name]
    fixed = [RANDOM if number is None else Draw("constant", shift=number) for number in (gamma, beta)]
    return Setting(shape, LOSSES[loss], RANDOM, fixed[0], fixed[1], eps, Tolerance("allclose", rtol, atol))


def passes(mistake: str, name: str, seed: int) -> bool:
    return functions.passes(functions.WRONG[mistake], BY_NAME[mistake].gradient, SETTINGS[name], seed)


def hidden(name: str, answer: str) -> set[str]:
    return {finding.mistake.name for finding in examine(setting(name)).findings if finding.answer == answer}


@pytest.mark.parametrize("mistake", [m for m in MISTAKES if not m.across], ids=lambda m: m.name)
def test_every_mistake_is_refuted_by_the_kernel(mistake: Mistake) -> None:
    meant = equation(mistake.gradient, mistake.formula)
    assert not meant.reading.caveats
    assert isinstance(decide(iter([meant])).verdict, Refuted)


@pytest.mark.parametrize("gradient", RIGHT)
def test_what_it_is_held_against_is_proved(gradient: str) -> None:
    assert isinstance(decide(iter([equation(gradient, RIGHT[gradient])])).verdict, Proved)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_every_formula_is_the_wrong_code_it_stands_for(mistake: Mistake) -> None:
    for run in draws(Setting((4, 3), Loss("random"), eps=0.3))[:2]:
        arrays = {name: np.asarray(array) for name, array in run.point.values.items()}
        _, cache = functions.forward(arrays["x"], arrays["gamma"], arrays["beta"], 0.3)
        cache.dout = arrays["g"]
        found = value(wide(mistake.gradient, mistake.formula, mistake.across), run.point)
        np.testing.assert_allclose(found, functions.WRONG[mistake.name](cache), rtol=1e-10, atol=1e-12)


def test_there_is_code_for_every_mistake() -> None:
    assert set(functions.WRONG) == set(BY_NAME)
    assert len(MISTAKES) == 30


@pytest.mark.parametrize("name", SETTINGS)
def test_the_answers_are_what_a_numeric_test_finds(name: str) -> None:
    for finding in examine(setting(name)).findings:
        outcomes = {passes(finding.mistake.name, name, seed) for seed in SEEDS}
        if finding.answer == "exactly blind":
            assert outcomes == {True}, finding
        elif finding.answer == "seen":
            assert False in outcomes, finding
        elif finding.answer == "below tolerance":
            assert True in outcomes, finding
    for gradient, backward in functions.RIGHT.items():
        assert functions.passes(backward, gradient, SETTINGS[name], 0)


def test_a_loss_that_sums_makes_dx_vanish_and_hides_every_factor_of_it() -> None:
    blind = hidden("loss sum(y)", "exactly blind")
    assert {"gamma-missing", "m-missing", "last-sum-sign", "eps-dropped", "dvar-half-missing", "exponent-minus-two"} <= blind
    assert not {"first-sum-sign", "mean-path-dropped", "moments-constant", "m-minus-1"} & blind


def test_the_squares_of_standardised_numbers_hide_the_first_sum() -> None:
    assert {"mean-path-dropped", "first-sum-sign"} <= hidden("loss sum(y**2), gamma 1, beta 0", "exactly blind")


def test_gamma_one_hides_a_missing_gamma_and_nothing_else() -> None:
    assert hidden("gamma 1", "exactly blind") == {"gamma-missing", "gamma-twice"}


def test_two_examples_without_eps_have_no_gradient_at_all() -> None:
    blind = hidden("two examples, eps 0", "exactly blind")
    assert {"gamma-missing", "m-missing", "diagonal-only", "eps-dropped", "eps-outside-root"} <= blind
    assert "moments-constant" not in blind


def test_one_example_hides_what_is_not_summed() -> None:
    assert {"dgamma-not-summed", "dbeta-not-summed", "gamma-missing"} <= hidden("one example", "exactly blind")


def test_a_square_batch_hides_the_wrong_size() -> None:
    assert hidden("as many features as examples", "exactly blind") == {"features-for-examples"}


def test_a_loose_tolerance_hides_eps_and_says_how_much() -> None:
    found = {f.mistake.name: f for f in examine(setting("a tolerance that hides eps")).findings}
    for name in ("eps-outside-root", "eps-dropped", "dgamma-eps-dropped"):
        assert found[name].answer == "below tolerance"
        assert 1e-8 < found[name].outcome.relative < 1e-2


def test_a_good_setting_hides_nothing() -> None:
    found = examine(setting("good"))
    assert not found.hidden
    assert not found.failing
    assert found.changes == ()


def test_a_quotient_by_zero_is_not_hidden_though_the_formulas_agree_elsewhere() -> None:
    mistake = BY_NAME["eps-missing-in-last-term"]
    one = setting("one example")
    assert is_blind(mistake, one)  # the kernel says: wherever var is not 0; with one example it is
    assert mistake.name not in hidden("one example", "exactly blind")


@pytest.mark.parametrize("name", [name for name in SETTINGS if name != "good"])
def test_the_changes_show_everything_and_none_can_be_left_out(name: str) -> None:
    from symbn.doctor.examining import CHANGES

    found = examine(setting(name))
    edits = {change.words: change.edit for change in CHANGES}
    if not found.hidden:
        assert found.changes == ()
        return
    assert found.changes

    def changed(words: tuple[str, ...]) -> Setting:
        after = setting(name)
        for word in words:
            after = edits[word](after)
        return after

    assert not examine(changed(found.changes)).hidden
    for left_out in found.changes:
        assert examine(changed(tuple(word for word in found.changes if word != left_out))).hidden


def test_the_causes_are_those_that_hide_it() -> None:
    both = replace(setting("loss sum(y), gamma 1"), beta=RANDOM)
    assert set(causes(BY_NAME["gamma-missing"], both)) == {"the loss sum(y)", "gamma = 1"}
    assert causes(BY_NAME["last-sum-sign"], both) == ("the loss sum(y)",)
    assert causes(BY_NAME["diagonal-only"], setting("two examples, eps 0")) == ("eps = 0 and two examples",)


def test_a_tolerance_below_the_error_of_the_differences_fails_the_right_gradient() -> None:
    tight = replace(setting("good"), tolerance=Tolerance("allclose", 1e-14, 0.0))
    assert set(examine(tight).failing) == {"dx", "dgamma", "dbeta"}


def test_what_is_not_compared_is_not_seen() -> None:
    found = examine(replace(setting("good"), compared=("dx",)))
    assert {f.mistake.gradient for f in found.hidden} == {"dgamma", "dbeta"}
    assert {f.answer for f in found.hidden} == {"not compared"}


def test_relative_errors_and_norms_are_compared_as_they_are() -> None:
    for kind in ("relative", "norm"):
        loose = replace(setting("good"), tolerance=Tolerance(kind, 0.9, 1e-8))
        tight = replace(setting("good"), tolerance=Tolerance(kind, 1e-6, 1e-8))
        assert len(examine(loose).hidden) > len(examine(tight).hidden)


@pytest.mark.parametrize("shape", [(0, 3), (10**6, 10**6)])
def test_a_shape_that_cannot_be_tried_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(UsageError):
        examine(Setting(shape, Loss("random")))


def test_pytorch_sums_a_gradient_that_is_too_wide() -> None:
    torch: Any = pytest.importorskip("torch")

    class Unsummed(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(x: Any, gamma: Any, beta: Any) -> Any:
            return x * gamma + beta

        @staticmethod
        def setup_context(ctx: SimpleNamespace, inputs: tuple[Any, ...], output: Any) -> None:
            ctx.x, ctx.gamma = inputs[:2]

        @staticmethod
        def backward(ctx: SimpleNamespace, g: Any) -> tuple[Any, Any, Any]:
            return g * ctx.gamma, g * ctx.x, g

    arrays = [torch.randn(*shape, dtype=torch.double, requires_grad=True) for shape in ((4, 3), (3,), (3,))]
    assert torch.autograd.gradcheck(Unsummed.apply, arrays)
    gradcheck = replace(setting("good"), loss=Loss("each"), sums=True)
    assert {f.mistake.name for f in examine(gradcheck).findings if f.answer == "summed"} == {
        "dgamma-not-summed",
        "dbeta-not-summed",
    }
