"""Every derivation that can be asked for is made, and the kernel proves each of its steps; what is not proved is refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from symbn.deriving import proving
from symbn.deriving.algebra import ONE, plus
from symbn.deriving.answers import ANSWERS
from symbn.deriving.article import Article, Chain, Figure, Line, Matrix, Words
from symbn.deriving.example import Example, numbers
from symbn.deriving.making import EVERY_TARGET, derive
from symbn.deriving.proving import UnprovedError, proved
from symbn.deriving.targets import ROUTES
from symbn.elaboration.meaning import Meaning, Slope, free
from symbn.errors import UsageError
from symbn.kernel.term import BATCH
from symbn.kernel.verdict import Proved, prove
from symbn.layers.batchnorm import MODES, batch_norm
from symbn.symbolic import BatchNorm

SAMPLES = Example((Fraction(0), Fraction(2)), (Fraction(1), Fraction(0)))


def pairs(mode: str) -> list[tuple[str, str]]:
    graph = batch_norm(mode)
    names = [name for name in graph.nodes if name != graph.upstream]
    return [(of, by) for of in names for by in names if of != by and graph.depends(of, by)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("route", ROUTES)
def test_every_pair_of_nodes_is_derived_and_each_step_is_decided(
    route: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided: list[object] = []

    def watched(goal: object) -> object:
        verdict = prove(goal)  # type: ignore[arg-type]
        decided.append(verdict)
        return verdict

    monkeypatch.setattr(proving, "prove", watched)
    for of, by in pairs(mode):
        article = derive(f"d{of}/d{by}", route, mode)
        last = article.chains()[-1]
        assert isinstance(last.head, Slope)
        assert last.lines
        assert last.mode == mode
    assert len(decided) > len(pairs(mode))
    assert all(isinstance(verdict, Proved) for verdict in decided)


@pytest.mark.parametrize("mode", MODES)
def test_what_is_derived_is_what_sympy_differentiates(mode: str) -> None:
    layer = BatchNorm(2, mode)
    slots = {name: BATCH in node.slots for name, node in batch_norm(mode).nodes.items()}
    for of, by in pairs(mode):
        chain = derive(f"d{of}/d{by}", "staged" if by == "x" else "closed", mode).chains()[-1]
        for row, column in product((1, 2), repeat=2):
            # The loss has no row, and its column is i.
            at = {"i": row, "k": column} if of != "L" else {"i": column}
            places = {index: at[str(index.name)] for index in free(chain.head)}
            expected = layer.derivative(of, by, row if slots[of] else None, column if slots[by] else None)
            assert layer.compare(expected, layer.interpret(chain.result, places)) == "equal", (of, by)


@pytest.mark.parametrize("target", EVERY_TARGET)
@pytest.mark.parametrize("mode", MODES)
def test_every_target_has_an_article(target: str, mode: str) -> None:
    if (target, mode) in {("centring", "eval")}:
        with pytest.raises(UsageError, match="nothing is centred"):
            derive(target, None, mode)
        return
    article = derive(target, None, mode)
    assert article.sections[0].title == ("Notation",)
    assert article.chains()


def test_what_parts_have_in_common_comes_once() -> None:
    article = derive("all", "staged")
    deep = [section for section in article.sections if section.depth == 1]
    assert len(deep) == len(set(deep))
    assert [section.title for section in article.sections].count(("Notation",)) == 1


@pytest.mark.parametrize("batch", [1, 2, 3, 4])
@pytest.mark.parametrize("target", ["dx", "dgamma", "dvar", "jacobian", "centring", "dxhat/dvar"])
def test_at_a_chosen_batch_everything_is_written_out(target: str, batch: int) -> None:
    article = derive(target, batch=batch)
    assert {chain.scope for chain in article.chains()} == {str(batch)}
    matrices = [b for s in article.sections for b in s.blocks if isinstance(b, Matrix)]
    assert all(len(m.rows) == batch for m in matrices)
    assert bool(matrices) == (target in ("dx", "jacobian", "centring"))


@pytest.mark.parametrize("topic", ANSWERS)
def test_the_answers_are_worked_out_in_the_numbers_given(topic: str) -> None:
    article = ANSWERS[topic][0](SAMPLES)
    other = ANSWERS[topic][0](replace(SAMPLES, gamma=Fraction(2)))
    assert article.chains() == other.chains()
    assert article != other


def forged(chain: Chain, place: int, side: Meaning) -> Chain:
    lines = list(chain.lines)
    lines[place] = Line(side, lines[place].rule)
    return replace(chain, lines=tuple(lines))


@pytest.mark.parametrize("name", ["dx", "dvar", "jacobian", "centring"])
def test_a_forged_line_is_refused(name: str) -> None:
    graph = batch_norm()
    count = 0
    for chain in derive(name).chains():
        assert proved(chain, graph) == chain
        for place, line in enumerate(chain.lines):
            count += 1
            with pytest.raises(UnprovedError, match="this is a bug in symbn"):
                proved(forged(chain, place, plus((line.side, ONE))), graph)
    assert count > 5


def test_a_step_that_holds_at_one_size_only_is_refused_for_all() -> None:
    graph = batch_norm()
    chain = derive("dx", batch=2).chains()[0]  # mu = (x_1 + x_2)/2
    assert proved(chain, graph, 2).scope == "2"
    with pytest.raises(UnprovedError):
        proved(chain, graph)


@pytest.mark.parametrize(
    ("target", "keywords", "said"),
    [
        ("dz", {}, "unknown target"),
        ("dx/dz", {}, "unknown node 'z': the layer has x, mu"),
        ("dx/dmu", {}, "x does not depend on mu, so that the derivative is 0; what does: c, var, s, xhat, y, L"),
        ("dmu/dx", {"mode": "eval"}, "does not depend"),
        ("dx/dx", {}, "by itself"),
        ("dx", {"route": "scenic"}, "unknown route"),
        ("dx", {"mode": "sleep"}, "unknown mode"),
        ("dx", {"batch": 7}, r"at m = 7 .* 7 entries .*symbn verify --batch 7"),
        ("dx", {"batch": 2, "route": "closed"}, "no route"),
        ("graph", {"batch": 2}, "leave --batch out"),
        ("", {}, "unknown target"),
        ("d/d", {}, "unknown node"),
    ],
)
def test_what_cannot_be_derived_is_said(target: str, keywords: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        derive(target, **keywords)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Example((), ()),
        lambda: Example((Fraction(1),) * 13, (Fraction(1),) * 13),
        lambda: Example((Fraction(1),), (Fraction(1), Fraction(2))),
        lambda: Example((Fraction(1),), (Fraction(1),), eps=Fraction(0)),
        lambda: numbers("1,,2", "--x"),
        lambda: numbers("1/0", "--x"),
        lambda: numbers("1e999", "--x"),
        lambda: numbers("__import__('os')", "--x"),
    ],
)
def test_an_example_that_cannot_be_is_said(make: object) -> None:
    assert callable(make)
    with pytest.raises(UsageError):
        make()


def words_of(article: Article) -> str:
    return " ".join(
        part for s in article.sections for b in s.blocks if isinstance(b, Words) for part in b.text if isinstance(part, str)
    )


def test_the_text_says_that_every_step_is_proved_and_for_which_sizes() -> None:
    assert "Every step below is proved by symbn's kernel, for every batch size at once" in words_of(derive("dx"))
    assert "proved by symbn's kernel, for m = 3" in words_of(derive("dx", batch=3))
    for article, _ in ANSWERS.values():
        assert "Every step below is proved" in words_of(article(SAMPLES))


def test_the_graph_has_an_edge_for_each_parent() -> None:
    figures = [b for s in derive("graph").sections for b in s.blocks if isinstance(b, Figure)]
    assert {(e.parent, e.child) for e in figures[0].edges} == {
        ("x", "mu"), ("x", "var"), ("mu", "var"), ("x", "xhat"), ("mu", "xhat"), ("var", "xhat"), ("eps", "xhat"),
        ("xhat", "y"), ("gamma", "y"), ("beta", "y"), ("y", "L"),
    }  # fmt: skip
    rank = {v.name: v.rank for v in figures[0].vertices}
    assert all(rank[e.parent] < rank[e.child] for e in figures[0].edges)
