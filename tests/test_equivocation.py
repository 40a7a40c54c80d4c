r"""In one chain one expression has one reading, in `verify` as in `check`."""

from __future__ import annotations

import pytest

from symbn.checking import verify
from tests.following.documents import answer, verdicts

SLOPE, TOTAL = r"\frac{\partial\hat x_i}{\partial x_i}", r"\frac1s(1-\frac1m-\frac{\hat x_i^2}{m})"


@pytest.mark.parametrize(
    ("chain", "found"),
    [
        (rf"{SLOPE} = \frac1s\frac{{\partial c_i}}{{\partial x_i}} = \frac1s(1-\frac1m)", ["caveat", "refuted"]),
        (rf"{TOTAL} = {SLOPE} = \frac1s", ["proved", "refuted"]),
        (rf"{SLOPE} = {TOTAL} = {SLOPE} = \frac1s", ["proved", "proved", "refuted"]),
        (rf"\frac{{\partial y_i}}{{\partial x_i}} = \gamma{SLOPE} = \frac{{\gamma}}{{s}}", ["proved", "refuted"]),
        (
            r"\frac{\partial L}{\partial x_i} = \sum_j \frac{\partial L}{\partial\hat x_j}\frac{\partial\hat x_j}{\partial x_i}"
            r" = \frac{\gamma g_i}{s}",
            ["proved", "refuted"],
        ),
        (rf"{SLOPE} = \frac1s = (\sigma^2+\epsilon)^{{-1/2}}", ["caveat", "proved"]),
        (rf"{SLOPE} = \frac1s = {SLOPE}", ["caveat", "caveat"]),
        (rf"{SLOPE} = {TOTAL} = \frac1s - \frac{{1}}{{ms}} - \frac{{\hat x_i^2}}{{ms}}", ["proved", "proved"]),
    ],
)
def test_a_step_that_needs_another_reading_than_the_one_before_is_not_proved(chain: str, found: list[str]) -> None:
    assert [answer(step) for step in verify(chain).steps] == found
    assert verdicts(f"$${chain}$$") == found


def test_a_chain_that_goes_on_in_another_formula_keeps_its_reading() -> None:
    text = rf"$${SLOPE} = \frac1s\frac{{\partial c_i}}{{\partial x_i}}$$ which is $$= \frac1s(1-\frac1m)$$"
    assert verdicts(text) == ["caveat", "refuted"]


def test_the_note_says_what_is_compared() -> None:
    (_, step) = verify(rf"{TOTAL} = {SLOPE} = \frac1s").steps
    assert step.notes == (
        "alone it is true if dxhat/dx is the local derivative, with mu and var held fixed; "
        rf"but then it is not what the chain has before, {TOTAL}, which is compared here",
    )
