"""Terms: invariants, free indices, renaming without capture."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from symbn.kernel.term import FEATURE, Add, Delta, Entry, Index, KernelError, Mul, Num, Power, Sum, Term, free_indices, rename

I, J, K = Index("i"), Index("j"), Index("k")


def x(index: Index) -> Entry:
    return Entry("x", (index,))


def test_add_and_mul_of_the_same_parts_differ() -> None:
    parts: tuple[Term, ...] = (x(I), x(J))
    assert Add(parts) != Mul(parts)  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("value", [1, 0.5, "1"])
def test_numbers_and_exponents_are_fractions(value: Any) -> None:
    with pytest.raises(KernelError):
        Num(value)
    with pytest.raises(KernelError):
        Power(x(I), value)


def test_malformed_terms_are_refused() -> None:
    with pytest.raises(KernelError):
        Index("i", "time")
    with pytest.raises(KernelError):
        Index(0)
    with pytest.raises(KernelError):
        Delta(I, Index("c", FEATURE))
    with pytest.raises(KernelError):
        Sum(J, x(J), (J,))
    with pytest.raises(KernelError):
        Sum(Index(1), x(I))
    with pytest.raises(KernelError):
        Entry("x", ())


def test_a_sum_binds_its_index_in_its_body_only() -> None:
    assert free_indices(Sum(J, Mul((x(J), x(I))), (K,))) == {I, K}


def test_renaming_does_not_capture() -> None:
    term = Sum(J, Mul((x(J), x(I))))
    renamed = rename(term, {I: J})
    assert free_indices(renamed) == {J}
    assert isinstance(renamed, Sum)
    assert renamed.index != J


def test_renaming_into_an_excluded_index_does_not_capture() -> None:
    renamed = rename(Sum(J, x(J), (I,)), {I: J})
    assert isinstance(renamed, Sum)
    assert renamed.excluding == (J,)
    assert renamed.index != J


def test_renaming_leaves_bound_occurrences_alone() -> None:
    term = Sum(I, x(I))
    assert rename(term, {I: K}) is term


def test_renaming_respects_shadowing() -> None:
    term = Mul((x(I), Sum(I, x(I))))
    assert rename(term, {I: K}) == Mul((x(K), Sum(I, x(I))))


def test_fraction_exponents_are_kept_exact() -> None:
    assert Power(x(I), Fraction(1, 3)).exponent == Fraction(1, 3)
