"""What the kernel may claim: soundness against exact evaluation, confluence, forged verdicts, side conditions."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import product
from random import Random

import pytest

from symbn.kernel.evaluate import Irrational, Point, Undefined, evaluate
from symbn.kernel.goal import Condition, Goal
from symbn.kernel.term import (
    FEATURE,
    ONE,
    ZERO,
    Add,
    Delta,
    Entry,
    Index,
    KernelError,
    Mul,
    Power,
    Sum,
    Term,
    Var,
    add,
    free_indices,
    mul,
    num,
    power,
    rename,
)
from symbn.kernel.verdict import Proved, Refuted, Undecided, prove, refute

I, J, K = Index("i"), Index("j"), Index("k")
M = Var("m")


def x(index: Index) -> Entry:
    return Entry("x", (index,))


def g(index: Index) -> Entry:
    return Entry("g", (index,))


def minus(term: Term) -> Term:
    return mul(num(-1), term)


MEAN = mul(power(M, -1), Sum(J, x(J)))
VAR = mul(power(M, -1), Sum(J, power(add(x(J), minus(MEAN)), 2)))
ROOT = power(add(VAR, Var("eps")), F(1, 2))


def random_term(random: Random, depth: int, free: list[Index]) -> Term:
    """A term of the fragment: sums (nested, restricted, shadowed), deltas, products, powers of var + eps in quarters."""
    choice = random.randrange(12 if depth else 5)
    if choice == 0:
        return num(F(random.randint(-3, 3), random.randint(1, 3)))
    if choice in (1, 2):
        return random.choice([x, g])(random.choice(free))
    if choice == 3:
        return random.choice([M, Var("a"), Var("eps"), MEAN, VAR])
    if choice == 4:
        return Delta(random.choice(free), random.choice(free))
    if choice in (5, 6):
        return Add(tuple(random_term(random, depth - 1, free) for _ in range(random.randint(1, 3))))
    if choice in (7, 8):
        return Mul(tuple(random_term(random, depth - 1, free) for _ in range(2)))
    if choice == 9:
        return Power(add(VAR, Var("eps")), F(random.choice([-3, -2, -1, 1, 2, 3]), random.choice([1, 2, 4])))
    bound = random.choice([I, J, K])
    excluded = tuple(i for i in free if i != bound and random.random() < 0.3)
    return Sum(bound, random_term(random, depth - 1, list({*free, bound})), excluded)


def points(random: Random, m: int) -> Point:
    xs: dict[tuple[str, tuple[int, ...]], F] = {("x", (n,)): F(random.randint(-3, 3)) for n in range(1, m + 1)}
    gs: dict[tuple[str, tuple[int, ...]], F] = {("g", (n,)): F(random.randint(-3, 3)) for n in range(1, m + 1)}
    mean = sum(xs.values(), F(0)) / m
    variance = sum(((v - mean) ** 2 for v in xs.values()), F(0)) / m
    root = random.randint(2, 4)
    while F(root) ** 4 <= variance:
        root += 1
    return Point(m, {"a": F(random.choice([-2, -1, 3])), "eps": F(root) ** 4 - variance}, xs | gs)


def true_everywhere(left: Term, right: Term, random: Random, sizes: range = range(1, 5)) -> bool:
    """Compare the sides at random points: independent of the normal form."""
    named = sorted(free_indices(left) | free_indices(right), key=str)
    for m in sizes:
        for _ in range(4):
            point = points(random, m)
            for places in product(range(1, m + 1), repeat=len(named)):
                at = Point(m, point.scalars, point.entries, dict(zip(named, places, strict=True)))
                try:
                    if evaluate(left, at) != evaluate(right, at):
                        return False
                except (Undefined, Irrational):
                    continue
    return True


def shuffled(term: Term, random: Random) -> Term:
    """The same value in another shape: order, brackets, bound names, distributed products, split sums."""
    match term:
        case Add(terms=terms):
            parts = [shuffled(t, random) for t in terms]
            random.shuffle(parts)
            return Add((Add(tuple(parts[:1])), *parts[1:], ZERO))
        case Mul(factors=factors):
            parts = [shuffled(f, random) for f in factors]
            random.shuffle(parts)
            if len(parts) == 2 and isinstance(parts[0], Add):
                return Add(tuple(Mul((t, parts[1])) for t in parts[0].terms))
            return Mul((*parts, ONE))
        case Sum(index=index, body=body, excluding=excluding):
            body = shuffled(body, random)
            fresh = Index(f"{index.name}{random.randrange(1000)}z")
            body = rename(body, {index: fresh})
            if isinstance(body, Add):
                return Add(tuple(Sum(fresh, t, excluding) for t in body.terms))
            if excluding and random.random() < 0.5:
                other = excluding[0]
                rest = Sum(fresh, body, excluding[1:])
                gone = rename(body, {fresh: other})
                again = [mul(gone, *(add(ONE, minus(Delta(other, e))) for e in excluding[1:]))]
                return add(rest, minus(again[0]))
            return Sum(fresh, body, excluding)
        case Power(base=base, exponent=exponent) if exponent.denominator == 1 and exponent == 2:
            return Mul((shuffled(base, random), shuffled(base, random)))
        case Power(base=base, exponent=exponent):
            return Mul((Power(base, exponent - F(1, 2)), Power(base, F(1, 2))))
        case _:
            return term


@pytest.mark.parametrize("seed", range(150))
def test_rewriting_does_not_change_the_normal_form(seed: int) -> None:
    random = Random(seed)
    left = random_term(random, 4, [I, K])
    right = shuffled(left, random)
    answer = prove(Goal(left, right))
    assert isinstance(answer, Proved) or not answer.differs, answer
    assert true_everywhere(left, right, random, range(1, 4))


@pytest.mark.parametrize("seed", range(150))
def test_proved_means_equal_at_every_point_and_different_means_a_point_exists(seed: int) -> None:
    random = Random(10_000 + seed)
    left = random_term(random, 3, [I, K])
    right = random.choice([shuffled(left, random), random_term(random, 3, [I, K]), add(left, random_term(random, 1, [I]))])
    truth = true_everywhere(left, right, random)
    answer = prove(Goal(left, right))
    if isinstance(answer, Proved):
        assert truth
    for m in (1, 2, 3):
        chosen = prove(Goal(left, right, batch=m))
        here = true_everywhere(left, right, random, range(m, m + 1))
        if isinstance(chosen, Proved):
            assert here
        elif chosen.differs:
            assert not here or true_everywhere(left, right, Random(seed), range(m, m + 1)) is False


def test_verdicts_cannot_be_made_by_hand() -> None:
    goal = Goal(ONE, ZERO)
    with pytest.raises(KernelError):
        Proved(goal, (), None)
    with pytest.raises(KernelError):
        Proved(goal, (), object())
    with pytest.raises(KernelError):
        Refuted(goal, Point(1), F(1), F(0), None)


def test_verdicts_have_no_truth_value() -> None:
    for verdict in (prove(Goal(ONE, ONE)), prove(Goal(ONE, ZERO))):
        with pytest.raises(TypeError):
            bool(verdict)


def test_refutation_wants_an_admissible_point_where_the_sides_differ() -> None:
    goal = Goal(Var("eps"), num(-1), positive=frozenset({"eps"}))
    assert isinstance(refute(goal, Point(1, {"eps": F(1)})), Refuted)
    assert isinstance(refute(goal, Point(1, {"eps": F(-1)})), Undecided)
    assert isinstance(refute(goal, Point(1, {"eps": F(-2)})), Undecided)
    with pytest.raises(KernelError):
        refute(goal, Point(1))
    chosen = Goal(M, num(2), batch=3)
    assert isinstance(refute(chosen, Point(3)), Refuted)
    assert isinstance(refute(chosen, Point(4)), Undecided)


def test_conditions_on_indices_are_respected() -> None:
    different = (Condition(I, K, equal=False),)
    assert isinstance(prove(Goal(Delta(I, K), ZERO, different)), Proved)
    assert isinstance(prove(Goal(Delta(I, K), ZERO)), Undecided)
    assert isinstance(prove(Goal(Delta(I, K), ONE, (Condition(I, K, equal=True),))), Proved)
    assert isinstance(prove(Goal(ONE, ZERO, (Condition(I, K, True), Condition(I, K, False)))), Undecided)
    assert isinstance(prove(Goal(Delta(I, K), ZERO, different, batch=1)), Undecided)


def test_explicit_entries_are_different_from_each_other() -> None:
    one, two = Index(1), Index(2)
    assert isinstance(prove(Goal(Delta(one, two), ZERO)), Proved)
    assert isinstance(prove(Goal(Sum(J, mul(Delta(J, one), x(J))), x(one))), Proved)
    both = add(x(one), x(two))
    assert isinstance(prove(Goal(Sum(J, x(J)), both, batch=2)), Proved)
    assert isinstance(prove(Goal(Sum(J, x(J)), both)), Undecided)
    assert isinstance(prove(Goal(Sum(J, x(J)), both, batch=3)), Undecided)


def test_a_goal_needs_a_batch_that_has_its_entries() -> None:
    with pytest.raises(KernelError):
        Goal(x(Index(3)), ZERO, batch=2)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Power(Power(Var("a"), F(2)), F(1, 2)), Var("a")),
        (Power(Mul((Var("a"), Var("a"))), F(1, 2)), Var("a")),
        (Power(Power(x(I), F(4)), F(1, 4)), x(I)),
        (Power(Power(add(Var("a"), Var("b")), F(2)), F(1, 2)), add(Var("a"), Var("b"))),
        (mul(ZERO, Power(ZERO, F(-1))), ZERO),
        (Power(Sum(J, add(x(J), minus(MEAN))), F(-1)), mul(num(2), Power(Sum(J, add(x(J), minus(MEAN))), F(-1)))),
    ],
    ids=str,
)
def test_what_holds_for_some_signs_only_or_divides_by_zero_is_not_proved(left: Term, right: Term) -> None:
    assert isinstance(prove(Goal(left, right)), Undecided)
    assert isinstance(prove(Goal(left, right, batch=2)), Undecided)


def test_roots_of_numbers_fold_and_do_not_merge() -> None:
    root = Power(num(2), F(1, 2))
    assert isinstance(prove(Goal(mul(root, root), num(2))), Proved)
    assert isinstance(prove(Goal(root, Power(num(3), F(1, 2)))), Undecided)
    assert isinstance(prove(Goal(Power(num(F(1, 4)), F(1, 2)), num(F(1, 2)))), Proved)


def test_features_are_spectators() -> None:
    c, d = Index("c", FEATURE), Index("d", FEATURE)

    def entry(name: str, index: Index, feature: Index) -> Term:
        return Entry(name, (index, feature))

    def root(feature: Index) -> Term:
        mean = mul(power(M, -1), Sum(J, entry("x", J, feature)))
        variance = mul(power(M, -1), Sum(J, power(add(entry("x", J, feature), minus(mean)), 2)))
        return power(add(variance, Var("eps")), F(1, 2))

    assert isinstance(prove(Goal(mul(root(c), root(d)), mul(root(d), root(c)))), Proved)
    assert isinstance(prove(Goal(root(c), root(d))), Undecided)
    assert isinstance(prove(Goal(mul(Delta(c, d), root(c)), mul(Delta(c, d), root(d)))), Proved)
    assert isinstance(prove(Goal(Sum(c, mul(Delta(c, d), root(c))), root(d))), Proved)


def test_denominators_that_may_vanish_are_reported() -> None:
    answer = prove(Goal(Power(add(M, num(-1)), F(-1)), Power(add(M, num(-1)), F(-1))))
    assert isinstance(answer, Proved)
    assert len(answer.nonzero) == 1
    safe = prove(Goal(Power(ROOT, F(-1)), Power(add(VAR, Var("eps")), F(-1, 2))))
    assert isinstance(safe, Proved)
    assert safe.nonzero == ()


def test_large_work_is_undecided_and_not_a_hang() -> None:
    many = Add(tuple(Var(f"v{n}") for n in range(40)))
    answer = prove(Goal(Power(many, F(20)), ZERO))
    assert isinstance(answer, Undecided)
    assert "budget" in answer.reason
