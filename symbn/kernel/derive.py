"""The derivative of a term by a leaf, one rule for each constructor.

    d x_i / d x_k = delta_ik         d (sum_i f) = sum_i d f         d (f g) = (d f) g + f (d g)         d f^p = p f^(p-1) d f

Free indices of the leaf are never captured: in d (sum_k x_k) / d x_k the k of the sum is renamed first, so that the answer is 1.
(SymPy 1.14 answers m for `diff(Sum(x[i], (i, 1, m)), x[i])`.)
"""

from __future__ import annotations

from typing import assert_never

from symbn.kernel.term import ONE, ZERO, Add, Delta, Entry, Index, Mul, Num, Power, Sum, Term, Var, _free, _FreeMemo, add
from symbn.kernel.term import fresh, mul, num, power, rename


def derive(term: Term, by: Var | Entry) -> Term:
    """Return d term / d by, every other leaf held fixed."""
    return _Derivation(by).run(term)


class _Derivation:
    def __init__(self, by: Var | Entry) -> None:
        self.by = by
        self.avoid = frozenset(by.indices) if isinstance(by, Entry) else frozenset[Index]()
        self.free: _FreeMemo = {}
        self.memo: dict[int, tuple[Term, Term]] = {}

    def run(self, term: Term) -> Term:
        known = self.memo.get(id(term))
        if known is None:
            known = self.memo[id(term)] = (term, self.compute(term))
        return known[1]

    def compute(self, term: Term) -> Term:
        match term:
            case Num() | Delta():
                return ZERO
            case Var():
                return ONE if term == self.by else ZERO
            case Entry(name=name, indices=indices):
                if not isinstance(self.by, Entry) or self.by.name != name or len(self.by.indices) != len(indices):
                    return ZERO
                return mul(*(Delta(a, b) for a, b in zip(indices, self.by.indices, strict=True) if a != b))
            case Sum(index=index, body=body, excluding=excluding):
                if index in self.avoid:
                    bound = fresh(index, self.avoid | _free(body, self.free) | frozenset(excluding))
                    index, body = bound, rename(body, {index: bound})
                inner = self.run(body)
                return ZERO if inner == ZERO else Sum(index, inner, excluding)
            case Add(terms=terms):
                return add(*(self.run(t) for t in terms))
            case Mul(factors=factors):
                parts = []
                for place, factor in enumerate(factors):
                    inner = self.run(factor)
                    if inner != ZERO:
                        parts.append(mul(*factors[:place], inner, *factors[place + 1 :]))
                return add(*parts)
            case Power(base=base, exponent=exponent):
                inner = self.run(base)
                return ZERO if inner == ZERO or exponent == 0 else mul(num(exponent), power(base, exponent - 1), inner)
            case _:
                assert_never(term)
