"""Goals over scalars with roots, made into goals without: the kernel gives a root only to what it sees to be positive.

Radicands that the kernel proves equal get one name R > 0 between them, and their powers become powers of R; of the first that
is eps + P, P without eps, eps becomes R - P. What holds for every R holds for this one, so a proof carries over; where it
fails, nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from symbn.kernel.goal import Goal
from symbn.kernel.term import (
    FEATURE,
    ZERO,
    Add,
    Delta,
    Entry,
    Index,
    Mul,
    Num,
    Power,
    Sum,
    Term,
    Var,
    add,
    free_indices,
    fresh,
    mul,
    num,
    power,
    rename,
    subterms,
)
from symbn.kernel.verdict import Proved, Undecided, prove

EPS = Var("eps")


def prove_over_scalars(goal: Goal) -> Proved | Undecided:
    """Return the kernel's answer to a goal without indices; if its roots stand in the way, to the goal without them."""
    naming = _Naming()
    left, right = naming.run(goal.left), naming.run(goal.right)
    positive = goal.positive | naming.positive
    answer = prove(Goal(left, right, positive=positive))
    if isinstance(answer, Proved) or not naming.classes:
        return answer
    for base, name in naming.classes:
        rest = replaced(base, {EPS: ZERO})
        if isinstance(prove(Goal(base, add(EPS, rest), positive=positive)), Proved):
            known: dict[Term, Term] = {EPS: add(name, mul(num(-1), rest))}
            # eps is a difference now: that it is positive is no longer known to the kernel, and needs not be.
            return prove(Goal(replaced(left, known), replaced(right, known), positive=positive - {"eps"}))
    return answer


def proves_entries(left: Sequence[Term], right: Sequence[Term]) -> bool:
    """Tell whether the entries of two arrays of one size, without indices, are proved equal, one by one."""
    return all(isinstance(prove_over_scalars(Goal(a, b)), Proved) for a, b in zip(left, right, strict=True))


def prove_at_all_sizes(goal: Goal) -> Proved | Undecided:
    """Return the kernel's answer; of two sums over features, to their summands, whose equality is more than is asked for."""
    answer = prove(goal)
    if isinstance(answer, Undecided) and not answer.differs:
        naming = _Naming()
        named = replace(
            goal, left=naming.run(goal.left), right=naming.run(goal.right), positive=goal.positive | naming.positive
        )
        other = prove(named)
        answer = other if isinstance(other, Proved) else answer
    left, right = _summand(goal.left), _summand(goal.right)
    if isinstance(answer, Proved) or left is None or right is None:
        return answer
    own = fresh(left.index, (free_indices(left.body) | free_indices(right.body)) - {left.index, right.index})
    return prove_at_all_sizes(
        replace(goal, left=rename(left.body, {left.index: own}), right=rename(right.body, {right.index: own}))
    )


def _summand(term: Term) -> Sum | None:
    """Return the term as one sum over features, factors in front of it taken in; None if it is none."""
    match term:
        case Sum(index=index, excluding=()) if index.axis == FEATURE:
            return term
        case Mul(factors=factors):
            sums = [(place, found) for place, factor in enumerate(factors) if (found := _summand(factor)) is not None]
            if len(sums) != 1:
                return None
            ((place, found),) = sums
            rest = (*factors[:place], *factors[place + 1 :])
            own = fresh(found.index, frozenset[Index]().union(*map(free_indices, rest)) | free_indices(found))
            return Sum(own, mul(*rest, rename(found.body, {found.index: own})))
        case _:
            return None


@dataclass
class _Naming:
    """Names the radicands, innermost first. One that depends on the feature gets a name for each feature, one that depends on
    an entry of the batch none."""

    classes: list[tuple[Term, Var | Entry]] = field(default_factory=list)
    memo: dict[int, tuple[Term, Term]] = field(default_factory=dict)

    @property
    def positive(self) -> frozenset[str]:
        return frozenset(name.name for _, name in self.classes)

    def run(self, term: Term) -> Term:
        for node in subterms(term):
            if id(node) not in self.memo:
                self.memo[id(node)] = (node, self.rebuilt(node))
        return self.memo[id(term)][1]

    def new(self, term: Term) -> Term:
        return self.memo[id(term)][1]

    def rebuilt(self, term: Term) -> Term:
        match term:
            case Num() | Var() | Entry() | Delta():
                return term
            case Sum(index=index, body=body, excluding=excluding):
                return Sum(index, self.new(body), excluding)
            case Add(terms=terms):
                return Add(tuple(self.new(part) for part in terms))
            case Mul(factors=factors):
                return Mul(tuple(self.new(part) for part in factors))
            case Power(base=base, exponent=exponent):
                inner = self.new(base)
                if exponent.denominator == 1 or not isinstance(inner, Add | Mul):
                    return Power(inner, exponent)
                return Power(self.name(inner), exponent)
            case _:
                assert_never(term)

    def name(self, base: Term) -> Term:
        free = free_indices(base)
        if len(free) > 1 or any(index.axis != FEATURE for index in free):
            return base
        for index in free:
            base = rename(base, {index: _FEATURE})
        known = (name for other, name in self.classes if other is base or isinstance(prove(Goal(base, other)), Proved))
        name = next(known, None)
        if name is None:
            own = f"root of radicand {len(self.classes) + 1}"
            name = Entry(own, (_FEATURE,)) if free else Var(own)
            self.classes.append((base, name))
        return rename(name, dict.fromkeys((_FEATURE,), index)) if free else name


_FEATURE = Index("c", FEATURE)


def replaced(term: Term, put: Mapping[Term, Term]) -> Term:
    """Return the term with some of its scalars and numbers replaced. What is put in has no indices, so none is captured."""
    memo: dict[int, Term] = {}
    for node in subterms(term):
        match node:
            case Num() | Var():
                memo[id(node)] = put.get(node, node)
            case Sum(index=index, body=body, excluding=excluding):
                memo[id(node)] = Sum(index, memo[id(body)], excluding)
            case Add(terms=terms):
                memo[id(node)] = add(*(memo[id(part)] for part in terms))
            case Mul(factors=factors):
                memo[id(node)] = mul(*(memo[id(part)] for part in factors))
            case Power(base=base, exponent=exponent):
                memo[id(node)] = power(memo[id(base)], exponent)
            case _:
                memo[id(node)] = node
    return memo[id(term)]
