"""Renaming that keeps what is shared gives what the kernel's renaming gives, and captures nothing."""

from __future__ import annotations

from random import Random

import pytest

from symbn.code.reading.depth import Depths
from symbn.code.reading.renaming import renamed
from symbn.kernel.term import FEATURE, Add, Delta, Entry, Index, Mul, Sum, Term, Var, add, mul, power, rename, subterms

BATCH_INDICES = tuple(Index(name) for name in ("i1", "i2", "i", "k"))
FEATURE_INDICES = tuple(Index(name, FEATURE) for name in ("c1", "c2"))


def random_term(random: Random, depth: int) -> Term:
    i, j = random.choice(BATCH_INDICES), random.choice(BATCH_INDICES)
    if depth == 0:
        return random.choice((Entry("x", (i, random.choice(FEATURE_INDICES))), Entry("w", (i,)), Delta(i, j), Var("eps")))
    part = random_term(random, depth - 1)
    other = part if random.random() < 0.3 else random_term(random, depth - 1)
    return random.choice((add(part, other), mul(part, other), power(part, 2), Sum(i, part), Sum(j, mul(part, other))))


@pytest.mark.parametrize("seed", range(300))
def test_renaming_agrees_with_the_kernel(seed: int) -> None:
    random = Random(seed)
    term = random_term(random, 5)
    old = random.sample(BATCH_INDICES, random.randint(1, 4))
    names = dict(zip(old, random.sample(BATCH_INDICES, len(old)), strict=True))
    assert renamed(term, names) == rename(term, names)


def test_what_is_shared_stays_shared() -> None:
    term: Term = Entry("w", (Index("i1"),))
    for _ in range(60):
        term = Add((term, Mul((term, term))))
    moved = renamed(term, {Index("i1"): Index("i2")})
    assert sum(1 for _ in subterms(moved)) == sum(1 for _ in subterms(term))
    assert Depths().of(moved) == Depths().of(term) == 121
