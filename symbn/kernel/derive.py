"""The derivative of a term by a leaf, one rule for each constructor.

    d x_i / d x_k = delta_ik         d (sum_i f) = sum_i d f         d (f g) = (d f) g + f (d g)         d f^p = p f^(p-1) d f

No index is captured: in d (sum_k x_k) / d x_k the k of the sum is renamed first, and the answer is 1 (SymPy 1.14 says m).
"""

from __future__ import annotations

from typing import assert_never

from symbn.kernel.term import ONE, ZERO, Add, Delta, Entry, Index, Mul, Num, Power, Sum, Term, Var, free_indices, FreeMemo, add
from symbn.kernel.term import fresh, mul, num, power, rename


def derive(term: Term, by: Var | Entry) -> Term:
    """Return d term / d by, every other leaf held fixed."""
    return _derive(term, by, {}, {})


def _derive(term: Term, by: Var | Entry, memo: dict[int, tuple[Term, Term]], free: FreeMemo) -> Term:
    if id(term) not in memo:
        memo[id(term)] = (term, _rule(term, by, memo, free))
    return memo[id(term)][1]


def _rule(term: Term, by: Var | Entry, memo: dict[int, tuple[Term, Term]], free: FreeMemo) -> Term:
    match term:
        case Num() | Delta():
            return ZERO
        case Var():
            return ONE if term == by else ZERO
        case Entry(name=name, indices=indices):
            if not isinstance(by, Entry) or by.name != name or len(by.indices) != len(indices):
                return ZERO
            return mul(*(Delta(a, b) for a, b in zip(indices, by.indices, strict=True) if a != b))
        case Sum(index=index, body=body, excluding=excluding):
            avoid = frozenset(by.indices) if isinstance(by, Entry) else frozenset[Index]()
            if index in avoid:
                bound = fresh(index, avoid | free_indices(body, free) | frozenset(excluding))
                index, body = bound, rename(body, {index: bound})
            inner = _derive(body, by, memo, free)
            return ZERO if inner == ZERO else Sum(index, inner, excluding)
        case Add(terms=terms):
            return add(*(_derive(t, by, memo, free) for t in terms))
        case Mul(factors=factors):
            slopes = [_derive(factor, by, memo, free) for factor in factors]
            return add(*(mul(*factors[:n], d, *factors[n + 1 :]) for n, d in enumerate(slopes) if d != ZERO))
        case Power(base=base, exponent=exponent):
            inner = _derive(base, by, memo, free)
            return ZERO if inner == ZERO or exponent == 0 else mul(num(exponent), power(base, exponent - 1), inner)
        case _:
            assert_never(term)
