"""An index that is called m, where m is the number of examples in everything that symbn prints."""

from __future__ import annotations

import symbn

POST = ["superscript=batch", "batch=n"]


def test_an_index_m_is_printed_as_another_letter_and_the_reading_says_so() -> None:
    (step,) = symbn.verify(
        r"\frac{\partial L}{\partial x_i^{(m)}} = \frac1n \frac{\partial L}{\partial y_i^{(m)}}", let=POST
    ).steps
    assert step.verdict == "refuted"
    assert step.statement == "for all m >= 1, eps > 0 and all i, l: dL/dx_{l,i} = dL/dy_{l,i}/m"
    assert "the index m is printed as l, since m is the number of examples" in step.readings
    assert step.counterexample is not None
    assert "m" not in dict(step.counterexample.indices)


def test_the_other_letter_is_a_new_one() -> None:
    text = r"\frac{\partial x_i^{(l)}}{\partial x_i^{(m)}} = 0, l \neq m"
    (step,) = symbn.verify(text, let=POST).steps
    assert step.verdict == "proved"
    assert step.statement == "for all m >= 1 and all i, l, p with l != p: dx_{l,i}/dx_{p,i} = 0"


def test_a_bound_index_m_is_printed_as_another_letter() -> None:
    (step,) = symbn.verify(r"\sum_m \hat x_i^{(m)} = 0", let=POST).steps
    assert step.statement == "for all m >= 1, eps > 0 and all i: (sum_l xhat_{l,i}) = 0"
