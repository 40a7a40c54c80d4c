"""Every fast path beside the plain one: the same answers."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

import symbn
from symbn import cache
from symbn.decision.decide import decide
from symbn.decision.refute import counterexample
from symbn.elaboration.elaborate import readings
from symbn.elaboration.notation import Notation
from symbn.elaboration.resolving import resolve
from symbn.elaboration.resolving import _resolved as resolved_anew
from symbn.errors import UnreadableError
from symbn.following import restrictions
from symbn.kernel import polynomial as poly
from symbn.kernel.goal import Goal
from symbn.kernel.normal import Generator, Normalizer
from symbn.kernel.polynomial import Polynomial
from symbn.kernel.term import Entry, Index, Term, Var, num, power
from symbn.kernel.verdict import Proved, Refuted, prove
from symbn.layers.batchnorm import EVALUATION, TRAINING, batch_norm
from symbn.layers.graph import Graph
from symbn.syntax import latex
from symbn.syntax.parser import parse
from symbn.syntax.tokens import check_characters
from symbn.syntax.tree import Name, Node, Scripted, children, names_in, walk

ROOT = Path(__file__).resolve().parent.parent
AT_A_BATCH = (
    (r"\sum_j (x_j - \mu)^3 = 0", (1, 2, 3)),
    (r"(x_1 - \mu)^2 = (x_2 - \mu)^2", (2, 3)),
    (r"x_1 + x_2 = 2 \mu", (2, 3)),
    (r"m \sigma^2 = 2 (x_1 - \mu)^2", (2, 3)),
    (r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{s} \left(g_i - \frac1m \sum_j g_j\right)", (1, 2, 4)),
    (r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{m s}\left(m \delta_{ik} - 1 - \hat x_i \hat x_k\right)", (1, 3, 8)),
    (r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{m s}\left(m \delta_{ik} + 1 - \hat x_i \hat x_k\right)", (1, 3, 8)),
    (r"\sum_j \frac{g_j}{x_j} = \sum_j \frac{2 g_j}{x_j}", (2,)),
    (r"x_i = x_k, i \neq k", (1, 2)),
)


@pytest.mark.parametrize(("text", "batch"), [(text, batch) for text, batches in AT_A_BATCH for batch in batches])
def test_trying_points_first_changes_no_verdict(text: str, batch: int) -> None:
    (statement,) = parse(text)
    left, right = statement.sides
    try:
        equation = next(readings(left, right, statement.conditions, Notation(), batch))
    except UnreadableError:
        pytest.skip("this batch has no such entry")
    goal = equation.goal()
    plain = prove(goal)
    found = None if isinstance(plain, Proved) else counterexample(goal, plain.differs)
    verdict = decide(iter([equation])).verdict
    if isinstance(plain, Proved):
        assert isinstance(verdict, Proved)
    else:
        assert (found is None) == (verdict is None)
        assert verdict is None or isinstance(verdict, Refuted)


@pytest.mark.parametrize("batch", [2, 3, 4])
def test_the_last_entry_is_put_in_by_powers_as_it_is_term_by_term(batch: int) -> None:
    random = Random(batch)
    normalizer = Normalizer(frozenset({"eps"}), batch, explicit=True)
    entries = [normalizer.number(Generator("centred", name, (Index(j),))) for name in "xg" for j in range(1, batch + 1)]

    def plain(polynomial: Polynomial) -> Polynomial:
        for last, others in ((entries[batch - 1], entries[: batch - 1]), (entries[-1], entries[batch:-1])):
            total: Polynomial = {}
            for monomial, coefficient in polynomial.items():
                kept: Polynomial = {tuple((w, e) for w, e in monomial if w != last): coefficient}
                rest: Polynomial = {((w, 1),): -1 for w in others}
                whole = dict(monomial).get(last, 0)
                assert isinstance(whole, int)
                total = poly.add(total, poly.multiply(kept, poly.integer_power(rest, whole)))
            polynomial = total
        return polynomial

    for _ in range(40):
        drawn = [{random.choice(entries): random.randint(1, 3) for _ in range(random.randint(0, 4))} for _ in range(8)]
        value: Polynomial = {tuple(sorted(powers.items())): random.choice((-2, 1, Fraction(1, 3))) for powers in drawn}
        assert normalizer.without_last(value) == plain(value)


def test_a_product_with_one_is_what_the_monomials_say() -> None:
    random = Random(1)

    def drawn() -> Polynomial:
        value: Polynomial = {(): 3}
        for number in range(1, 4):
            powers = {random.randint(0, 2): random.randint(1, 2) for _ in range(random.randint(0, 2))}
            value[tuple(sorted(powers.items()))] = number
        return value

    for _ in range(100):
        a, b = drawn(), drawn()
        plain: Polynomial = {}
        for left, p in a.items():
            for right, q in b.items():
                plain = poly.add(plain, {poly.multiply_monomials(left, right): p * q})
        assert poly.multiply(a, b) == plain


@pytest.mark.parametrize("features", [False, True])
@pytest.mark.parametrize("mode", [TRAINING, EVALUATION])
def test_kept_expansions_and_slopes_are_those_of_a_new_graph(mode: str, features: bool) -> None:
    kept = batch_norm(mode, features)

    def leaves(letter: str) -> list[Var | Entry]:
        axes = {"batch": letter, "feature": "c"}
        return [kept.leaf(node.name, tuple(Index(axes[axis], axis) for axis in node.slots)) for node in kept.nodes.values()]

    for of in leaves("i"):
        for by in leaves("k"):
            for _ in range(2):  # the second time it is kept
                new = Graph(kept.name, kept.nodes, positive=kept.positive)
                assert kept.expand(of) == new.expand(of)
                assert kept.total(of, by) == new.total(of, by)
                assert kept.expand(kept.total(of, by)) == new.expand(new.total(of, by))


def test_what_no_definition_changes_stays_the_same_term() -> None:
    graph = batch_norm()
    term: Term = power(Var("gamma"), 2)
    assert graph.expand(term) is term
    assert graph.expand(Var("var")) is graph.expand(Var("var"), frozenset({"x"}))
    assert graph.expand(Var("var"), frozenset({"var"})) == Var("var")


def formulas() -> list[str]:
    """Return what stands between dollars in our own derivations, and pieces of it."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "derivations").glob("*.md"))]
    found = [match[1] for text in texts for match in re.finditer(r"\$\$?([^$]+)\$\$?", text)]
    return [*found, *(piece for text in found for piece in re.split(r"[=&]", text))]


RESTRICTING = (
    *(
        r"i = 1, \dots, m",
        "i = 1, 2, ..., m",
        r"i \in \{1, \dots, m\}",
        r"m \le 2",
        "m<3",
        r"i \neq 1, 2",
        r"j = 1 \quad k = 2",
    ),
    *(
        r"f: \mathbb R \to \mathbb R",
        "i = 1",
        "i = 1..m",
        r"x \rightarrow y = 2",
        "a ≤ b = c",
        r"n = 3 \gt 2",
        r"x = \leq",
        "i ∈ B",
    ),
    *(
        r"i = 1,2",
        r"x = \begin{cases} 1 & i = k \\ 0 & \text{else} \end{cases}",
        r"m = 1 \ldots",
        r"a = \unknown, 2",
        r"a = \left( b",
    ),
)


def test_what_is_seen_at_once_to_restrict_nothing_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*RESTRICTING, *formulas()]

    def asked() -> list[object]:
        return [restrictions.restriction(text, Notation(), lambda node: isinstance(node, Name)) for text in texts]

    fast = asked()
    monkeypatch.setattr(restrictions, "_SEPARATES", re.compile(""))
    assert fast == asked()
    assert any(found is not None for found in fast)


def test_what_the_notation_keeps_of_a_name_is_what_it_is() -> None:
    notation = Notation().with_lets([r"mean=\mu_B"])
    for text in formulas():
        try:
            statements = parse(text, "latex")
        except UnreadableError:
            continue
        for node in (inner for statement in statements for side in statement.sides for inner in walk(side)):
            if isinstance(node, Name | Scripted):
                assert answer(resolve, node, notation) == answer(resolved_anew, node, notation)
                assert answer(resolve, node, notation) == answer(resolve, node, Notation().with_lets([r"mean=\mu_B"]))


def answer(ask: object, node: Node, notation: Notation) -> object:
    try:
        return ask(node, notation)  # type: ignore[operator]
    except UnreadableError as error:
        return error.diagnostic


def test_a_node_at_the_place_of_another_one_is_not_taken_for_it() -> None:
    notation = Notation()
    (one,), (other,) = parse("x"), parse("y")
    mean, output = one.sides[0], other.sides[0]
    assert isinstance(mean, Name)
    assert isinstance(output, Name)
    notation.resolved[id(output)] = (mean, resolve(mean, notation))
    found = resolve(output, notation)
    assert found is not None
    assert found.role == "y"


def test_the_scanner_tries_every_pattern_that_can_match() -> None:
    for code in range(0x3000):
        character = chr(code)
        for behind in ("1", "ar(", "td[", "ean (", "N_", "."):
            text = character + behind
            if latex._NUMBER.match(text) is not None:
                assert character.isdecimal() or character == "."
            if latex._CALLED_WORD.match(text) is not None:
                assert character in "VSMvsmB"


def test_bad_characters_are_found_as_one_by_one() -> None:
    for code in (*range(0x400), 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFFFC, 0xFFFD, 0xFFFE, 0x1F600):
        bad = (code < 32 and chr(code) not in "\t\n\r") or code in (0x7F, 0xFFFD) or 0xD800 <= code < 0xE000
        try:
            check_characters(f"a{chr(code)}b")
        except UnreadableError as error:
            assert bad
            assert error.diagnostic.span.start == 1
        else:
            assert not bad


def test_walking_a_tree_meets_what_recursion_meets() -> None:
    def below(node: Node) -> list[Node]:
        return [node, *(inner for child in children(node) for inner in below(child))]

    for text in formulas():
        try:
            statements = parse(text, "latex")
        except UnreadableError:
            continue
        for side in (side for statement in statements for side in statement.sides):
            assert sorted(map(id, walk(side))) == sorted(map(id, below(side)))
            assert names_in(side) == {node.text for node in below(side) if isinstance(node, Name)}


def test_a_goal_knows_the_indices_of_both_sides() -> None:
    i, k = Index("i"), Index("k")
    assert Goal(Entry("x", (i,)), Entry("g", (k,))).indices == {i, k}
    assert Goal(num(1), Entry("x", (Index(2),))).least_batch() == 2


def test_the_cache_is_cleared_out_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_ENTRIES", 10)
    monkeypatch.setattr(cache, "_BETWEEN", 4)
    report = symbn.check(text="$x = x$")
    for number in range(60):
        cache.store(tmp_path, f"{number}", replace(report, path=f"{number}.md"))
    assert 1 <= len(list(tmp_path.glob("*.json"))) <= 14
