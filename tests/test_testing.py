"""What a user's own test suite sees."""

from __future__ import annotations

import pytest

from symbn import NotProvedError
from symbn.testing import assert_proved, assert_refuted


def test_a_true_formula_passes_and_gives_its_verdict() -> None:
    assert assert_proved("dL/dbeta = sum_j g_j").kind == "proved"


def test_a_false_formula_fails_with_the_full_diagnostic() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_proved("dvar/dx_i = (x_i - mu)/m")
    message = str(caught.value)
    assert isinstance(caught.value, NotProvedError)
    for part in ("refuted at m = 2", "x = (0, 2)", "left  = -1", "right = -1/2", "read as"):
        assert part in message


def test_an_unreadable_formula_fails_with_a_caret() -> None:
    with pytest.raises(AssertionError, match=r"\^"):
        assert_proved("dvar/dx_i = (x_i - mu/m")


def test_a_caveat_has_to_be_accepted() -> None:
    with pytest.raises(AssertionError, match="caveat"):
        assert_proved("dxhat_i/dx_i = 1/s")
    assert_proved("dxhat_i/dx_i = 1/s", allow_caveat=True)


def test_options_are_passed_on() -> None:
    assert_proved("dL/dx_i = gamma g_i/s", mode="eval")
    assert_proved(r"\mu_B = \frac1N \sum_i x_i", let=[r"mean=\mu_B", "batch=N"], batch=2)
    assert_refuted("dL/dx_i = gamma g_i/s")
    with pytest.raises(AssertionError):
        assert_refuted("m = m")
