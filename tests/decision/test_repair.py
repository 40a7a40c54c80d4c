"""Repairs: mistakes that people make, mutants of true equations, two mistakes at once, and text that does not parse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pytest

import symbn
from symbn.decision.repair import Budget, Found, find_repair, find_syntax_repair, syntax_repairs
from symbn.elaboration.notation import Notation
from symbn.errors import UnreadableError
from symbn.judging import Options
from symbn.running import Settings, check_path
from symbn.syntax.parser import parse
from tests.decision.mutants import Mutant, mutants
from tests.formulas import DX, FALSE, Formula, S

FORM = rf"\frac{{\gamma}}{{m {S}}} \left( m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j \right)"
JACOBIAN = r"\frac{\partial \hat x_i}{\partial x_k} = "
DVAR = r"\frac{\partial L}{\partial \sigma^2} = "
DMU = r"\frac{\partial L}{\partial \mu} = "
TWO_PATHS = (
    rf"\frac{{\partial L}}{{\partial \hat x_i}} \frac{{1}}{{{S}}}"
    r" + \frac{\partial L}{\partial \sigma^2} \frac{2(x_i-\mu)}{m}"
)
RATE = 0.9
MISTAKES = Path(__file__).resolve().parent.parent.parent / "derivations" / "mistakes.md"


@dataclass(frozen=True)
class Mistake:
    """code and side: of the repair; the side is compared without spaces, None if any will do."""

    text: str
    code: str
    side: str | None
    let: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


def repaired(text: str, *let: str, edit_left: bool = False, budget: Budget | None = None) -> Found | None:
    (statement,) = parse(text)
    left, right = statement.sides
    target, written = (right, left) if edit_left else (left, right)
    notation = Notation().with_lets(let)
    return find_repair(text, target, written, statement.conditions, notation, None, budget or Budget())


def bare(text: str) -> str:
    return "".join(text.split())


TABLE = [
    # The derivations' own mistakes.
    Mistake(r"\hat x_i = (x_i - \mu) (\sqrt{\sigma^2+\epsilon})^{-0.5}", "exponent-on-root",
            r"(x_i-\mu)(\sigma^2+\epsilon)^{-0.5}"),
    Mistake(
        DVAR + r"-\frac12 (\sqrt{\sigma^2+\epsilon})^{-1.5} \sum_j \frac{\partial L}{\partial \hat x_j} (x_j - \mu)",
        "exponent-on-root", r"-\frac12 (\sigma^2+\epsilon)^{-1.5} \sum_j \frac{\partial L}{\partial \hat x_j} (x_j - \mu)",
    ),
    Mistake(f"{DX} = " + FORM.replace(r"- \hat", r"+ \hat"), "wrong-sign", FORM),
    Mistake(f"{DX} = " + FORM.replace("m g_i", "g_i"), "missing-factor", FORM),
    Mistake(r"\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2} + \epsilon}", "misplaced-epsilon", rf"\frac{{x_i - \mu}}{{{S}}}"),
    Mistake(r"\frac1m \sum_i \hat x_i^2 = 1", "missing-epsilon", r"\frac{\sigma^2}{\sigma^2 + \epsilon}"),
    Mistake(r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2(x_i - \mu)}{m - 1}", "batch-minus-one",
            r"\frac{2(x_i - \mu)}{m}"),
    Mistake(rf"{DX} = \frac{{\gamma g_i}}{{{S}}}", "constant-moments", FORM),
    Mistake(rf"{DX} = \frac{{\gamma g_i}}{{{S}}} \left( 1 - \frac1m - \frac{{\hat x_i^2}}{{m}} \right)", "diagonal-only", FORM),
    Mistake(
        JACOBIAN + rf"\frac{{\delta_{{ik}} - \frac1m}}{{{S}}} - \frac{{(x_i-\mu)\hat x_k}}{{m\sigma^2+\epsilon}}",
        "missing-parentheses",
        rf"\frac{{\delta_{{ik}} - \frac1m}}{{{S}}} - \frac{{(x_i-\mu)\hat x_k}}{{m(\sigma^2+\epsilon)}}",
    ),
    # Published ones, shortened.
    Mistake(
        r"\frac{\partial \hat x_i}{\partial \sigma^2} = \sum_i (x_i - \mu) \cdot (-0.5) (\sqrt{\sigma^2 + \epsilon})^{-1.5}",
        "exponent-on-root", r"(x_i - \mu) \cdot (-0.5) (\sigma^2 + \epsilon)^{-1.5}",
    ),
    Mistake(
        r"\frac{\partial f}{\partial \mu} = \sum_i \frac{\partial f}{\partial \hat x_i} \frac{-1}{\sqrt{\sigma^2+\epsilon}}"
        r" + \frac{\partial f}{\partial \sigma^2} \cdot (-2) \cdot \frac1m \sum_i x_i - \frac1m \sum_i \mu",
        "missing-parentheses",
        r"\sum_i \frac{\partial f}{\partial \hat x_i} \frac{-1}{\sqrt{\sigma^2+\epsilon}}"
        r" + \frac{\partial f}{\partial \sigma^2} \cdot (-2) \cdot (\frac1m \sum_i x_i - \frac1m \sum_i \mu)",
    ),
    Mistake(
        rf"{DX} = \frac{{\partial L}}{{\partial \hat x_i}} \cdot \frac{{1}}{{{S}}}"
        r" - \frac{\partial L}{\partial \sigma^2} \cdot \frac{2(x_i-\mu)}{m} + \frac{\partial L}{\partial \mu} \cdot \frac1m",
        "wrong-sign",
        rf"\frac{{\partial L}}{{\partial \hat x_i}} \cdot \frac{{1}}{{{S}}}"
        r" + \frac{\partial L}{\partial \sigma^2} \cdot \frac{2(x_i-\mu)}{m} + \frac{\partial L}{\partial \mu} \cdot \frac1m",
    ),
    Mistake(
        r"\frac{\partial}{\partial x_i^{(l)}} L = \sum_k \frac{\partial}{\partial x_i^{(l)}} [\gamma_i \hat x_i^{(k)}]",
        "missing-upstream",
        r"\sum_k \frac{\partial L}{\partial y_i^{(k)}} \frac{\partial}{\partial x_i^{(l)}} [\gamma_i \hat x_i^{(k)}]",
        ("superscript=batch",),
    ),
    Mistake(
        JACOBIAN + r"\frac{\partial L}{\partial y_k} \cdot \frac{1}{m s}(m\delta_{ik} - 1 - \hat x_i \hat x_k)",
        "extra-upstream", r"\frac{1}{m s}(m\delta_{ik} - 1 - \hat x_i \hat x_k)",
    ),
    Mistake(
        r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2}{n^2} (n x_i - \sum_k x_i)", "wrong-index",
        r"\frac{2}{n^2} (n x_i - \sum_k x_k)",
    ),
    Mistake(r"\nabla_{\beta} L = J_{1N} \beta", "wrong-symbol", r"J_{1N} \nabla_{Y} L"),
    Mistake(r"\nabla_{\gamma} L = J_{1N}(\gamma \circ \nabla_{Y} L)", "wrong-symbol", r"J_{1N}(\hat X \circ \nabla_{Y} L)"),
    # Others that people make.
    Mistake(r"\nabla_\gamma L = \mathbf 1^\top (X \odot \nabla_Y L)", "wrong-symbol",
            r"\mathbf 1^\top (\hat X \odot \nabla_Y L)"),
    Mistake(r"\nabla_\gamma L = J_{1N} \nabla_Y L", "other-formula", r"\mathbf 1^\top (\hat X \odot \nabla_{Y} L)"),
    Mistake(r"\frac{\partial L}{\partial \hat x_i} = \gamma \sum_j \frac{\partial L}{\partial y_j}", "extra-sum",
            r"\gamma \frac{\partial L}{\partial y_i}"),
    Mistake(f"{DX} = " + FORM.replace(r"- \sum_j g_j -", "- g_i -"), "missing-sum", FORM),
    Mistake(
        f"{DX} = {TWO_PATHS}", "missing-term", TWO_PATHS + r" + \frac{\partial L}{\partial \mu} \frac{1}{m}",
    ),
    Mistake(DMU + r"\frac{\gamma}{s} \sum_j g_j", "wrong-sign", r"-\frac{\gamma}{s} \sum_j g_j"),
    Mistake(DVAR + r"\frac{\gamma}{2} (\sigma^2+\epsilon)^{-3/2} \sum_j g_j (x_j-\mu)", "wrong-sign",
            r"-\frac{\gamma}{2} (\sigma^2+\epsilon)^{-3/2} \sum_j g_j (x_j-\mu)"),
    Mistake(DVAR + r"-\frac{\gamma}{2} (\sigma^2+\epsilon)^{-1/2} \sum_j g_j (x_j-\mu)", "wrong-exponent",
            r"-\frac{\gamma}{2} (\sigma^2+\epsilon)^{-3/2} \sum_j g_j (x_j-\mu)"),
    Mistake(f"{DX} = " + FORM.replace(r"g_j \hat x_j", r"g_j \hat x_i"), "wrong-index", FORM),
    Mistake(f"{DX} = " + FORM.replace(r"- \hat x_i", "- x_i"), "wrong-symbol", FORM),
    Mistake(f"{DX} = " + FORM.replace(r"\gamma", "1"), "missing-factor", rf"\gamma {FORM}".replace(r"\frac{\gamma}",
            r"\frac{1}")),
    Mistake(r"\frac{\partial L}{\partial \gamma} = \sum_j g_j x_j", "wrong-symbol", r"\sum_j g_j \hat x_j"),
    Mistake(r"\frac{\partial L}{\partial \gamma} = \sum_j g_j \hat x_i", "wrong-index", r"\sum_j g_j \hat x_j"),
    Mistake(r"\frac{\partial L}{\partial \beta} = \gamma \sum_j g_j", "extra-factor", r"\sum_j g_j"),
    Mistake(r"\frac{\partial L}{\partial \hat x_i} = \sum_i \gamma g_i", "extra-sum", r"\gamma g_i"),
    Mistake(r"\sigma^2 = \frac1m \sum_j (x_j - \mu)", "wrong-exponent", r"\frac1m \sum_j (x_j - \mu)^{2}"),
    Mistake(r"\frac{\partial \mu}{\partial x_i} = 1", "missing-factor", r"\frac{1}{m}"),
    Mistake(r"m \sigma^2 = \sum_k (x_k - x_i)^2", "wrong-symbol", r"\sum_k (x_k - \mu)^2"),
    Mistake(r"\sum_k (x_k-\mu)^2 = (m-1) \sigma^2", "batch-minus-one", r"m \sigma^2"),
    Mistake(r"\sum_k (x_k-\mu)^2 = m \sigma^2 + \epsilon", "extra-epsilon", r"m \sigma^2"),
    Mistake(r"y_i = \gamma (\hat x_i + \beta)", "extra-parentheses", r"\gamma \hat x_i + \beta"),
    Mistake("dx_i = gamma/s * (dout_i + dbeta/m - xhat_i*dgamma/m)", "wrong-sign",
            "gamma/s * (dout_i - dbeta/m - xhat_i*dgamma/m)"),
    Mistake("dvar = -1/2 * gamma * (var + eps)^(-1/2) * sum_j g_j*(x_j - mu)", "wrong-exponent",
            "-1/2 * gamma * (var + eps)^(-3/2) * sum_j g_j*(x_j - mu)"),
]  # fmt: skip


@pytest.mark.parametrize("mistake", TABLE, ids=str)
def test_a_known_mistake_is_named_and_undone(mistake: Mistake) -> None:
    assert symbn.verify(mistake.text, let=mistake.let).kind == "refuted"
    found = repaired(mistake.text, *mistake.let)
    assert found is not None
    assert found.code == mistake.code
    assert mistake.side is None or bare(found.side) == bare(mistake.side)


@pytest.mark.parametrize("mistake", TABLE, ids=str)
def test_what_is_shown_is_proved_and_marks_what_changed(mistake: Mistake) -> None:
    found = repaired(mistake.text, *mistake.let)
    assert found is not None
    (statement,) = parse(mistake.text)
    left = mistake.text[: statement.sides[0].span.end]
    verdict = symbn.verify(f"{left} = {found.side}", let=mistake.let)
    assert verdict.kind == "proved"
    for (_, new), span in zip(sorted(found.edits, key=lambda e: (e[0].start, e[0].end)), found.changed, strict=True):
        assert found.side[span.start : span.end] == new


def test_every_one_of_our_own_mistakes_but_the_last_is_repaired() -> None:
    steps = check_path(str(MISTAKES), Settings(Options(repair=True))).steps
    codes = [None if step.repair is None else step.repair.code for step in steps]
    # The third moment is no formula of the layer: nothing small makes it true.
    assert [place for place, code in enumerate(codes) if code in (None, "other-formula")] == [len(steps) - 1]


def test_ninety_percent_of_the_mutants_are_repaired(capsys: pytest.CaptureFixture[str]) -> None:
    every, missed, restored, times = list(mutants()), list[Mutant](), 0, list[float]()
    assert len(every) >= 60
    for mutant in every:
        start = perf_counter()
        found = repaired(mutant.text)
        times.append(1000 * (perf_counter() - start))
        if found is None or found.code == "other-formula":
            missed.append(mutant)
        else:
            # The very text again, where nothing else says the same.
            restored += bare(found.side) == bare(mutant.source.split(" = ", 1)[1])
    rate, middle = 1 - len(missed) / len(every), sorted(times)[len(times) // 2]
    with capsys.disabled():
        print(
            f"\nrepaired: {len(every) - len(missed)} of {len(every)} mutants ({rate:.1%}), {restored} to the very text; "
            f"median {middle:.0f} ms, worst {max(times):.0f} ms"
        )
    assert rate >= RATE, [str(mutant) for mutant in missed]
    assert restored >= 0.5 * len(every)


TWO = [
    f"{DX} = " + FORM.replace(r"- \hat", r"+ \hat").replace("m g_i", "g_i"),
    f"{DX} = " + FORM.replace(r"+\epsilon", "").replace(r"g_j \hat x_j", r"x_j \hat x_j"),
    DVAR + r"\frac{\gamma}{2} (\sqrt{\sigma^2+\epsilon})^{-3/2} \sum_j g_j (x_j-\mu)",
    JACOBIAN + r"\frac{1}{m (\sqrt{\sigma^2}+\epsilon)}\left(m\delta_{ik} - 1 - \hat x_i x_k\right)",
    "dL/dx_i = 1/(m*sqrt(var + eps)) * (m*g_i - sum_j g_j - xhat_i*sum_j g_i*xhat_j)",
]


@pytest.mark.parametrize("text", TWO)
def test_two_mistakes_at_once_are_both_found(text: str) -> None:
    found = repaired(text)
    assert found is not None
    assert found.code != "other-formula"
    assert found.message.startswith("two mistakes: ")


def test_the_left_side_can_be_the_one_to_edit() -> None:
    text = r"\frac{\gamma}{s} \sum_j g_j = \frac{\partial L}{\partial \mu}"
    found = repaired(text, edit_left=True)
    assert found is not None
    assert (found.code, bare(found.side)) == ("wrong-sign", r"-\frac{\gamma}{s}\sum_jg_j")


def test_a_constant_is_no_repair_of_the_side_that_asks_for_it() -> None:
    assert repaired(r"\frac{\partial f}{\partial \mu} = 1", edit_left=True) is None


def test_unicode_text_is_repaired_in_its_own_spelling() -> None:
    found = repaired("∂L/∂x_i = γ/(m √(σ² + ε)) (m g_i − ∑_j g_j + x̂_i ∑_j g_j x̂_j)")
    assert found is not None
    assert found.side == "γ/(m √(σ² + ε)) (m g_i − ∑_j g_j - x̂_i ∑_j g_j x̂_j)"
    squared = repaired("∂L/∂σ² = −γ/2 (σ² + ε)^(−1/2) ∑_j g_j (x_j − μ)")
    assert squared is not None
    assert squared.side == "−γ/2 (σ² + ε)^(-3/2) ∑_j g_j (x_j − μ)"


def test_the_target_s_spans_are_not_used_to_read_the_text() -> None:
    (long,) = parse(" " * 500 + rf"{DX} = 0")
    text = f"0 = {FORM.replace('m g_i', 'g_i')}"
    (short,) = parse(text)
    found = find_repair(text, long.sides[0], short.sides[1], (), Notation())
    assert found is not None
    assert bare(found.side) == bare(FORM)


def test_conditions_batch_sizes_and_notation_go_into_the_proof() -> None:
    found = repaired(r"\frac{\partial (x_i - \mu)}{\partial x_k} = \frac1m, i \neq k")
    assert found is not None
    assert found.side == r"-\frac1m"
    text = r"\frac{\partial \mu}{\partial x_1} = \frac{1}{3}"
    (statement,) = parse(text)
    left, right = statement.sides
    halved = find_repair(text, left, right, (), Notation(), 2)
    assert halved is not None
    assert symbn.verify(rf"\frac{{\partial \mu}}{{\partial x_1}} = {halved.side}", batch=2).kind == "proved"
    let = (r"mean=\bar x", "batch=K")
    spelled = repaired(r"\bar x = \sum_j x_j", *let)
    assert spelled is not None
    assert "K" in spelled.side


def test_the_same_question_gets_the_same_answer() -> None:
    assert repaired(TWO[0]) == repaired(TWO[0])


@pytest.mark.parametrize("formula", FALSE, ids=str)
def test_no_false_formula_of_the_collection_is_answered_with_an_error(formula: Formula) -> None:
    for statement in parse(formula.text):
        for left, right in zip(statement.sides, statement.sides[1:], strict=False):
            notation = Notation(mode=formula.mode).with_lets(formula.let)
            find_repair(formula.text, left, right, statement.conditions, notation)
            find_repair(formula.text, right, left, statement.conditions, notation)


def test_a_small_budget_ends_the_search() -> None:
    assert repaired(TWO[0], budget=Budget(single=1, pairs=0, proofs=1, pair_seconds=0.0)) is not None  # the closed form
    assert repaired("(sum_j x_j)^3 = 0", budget=Budget(seconds=0.0, pair_seconds=0.0)) is None


BROKEN = [
    (r"\frac{\partial\mu}{x_i} = \frac1m", "half-derivative", r"\frac{\partial\mu}{\partial x_i} = \frac1m"),
    (r"\hat x_i = \frac{(x_i - \mu}{s})", "unbalanced", r"\hat x_i = \frac{(x_i - \mu)}{s}"),
    (r"\left( x_i - \mu = s \hat x_i", "unbalanced", r"\left( x_i - \mu\right) = s \hat x_i"),
    (r"\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}", "unbalanced", rf"\hat x_i = \frac{{x_i - \mu}}{{{S}}}"),
    (
        r"\frac{\partial l}{\partial \mu} = \left(\sum_i \frac{\partial l}{\partial \hat x_i} \cdot \frac{-1}{s} \right)"
        r" + \frac{\partial l}{\partial \sigma^2} \cdot \frac{ \sum_i -2 (x_i - \mu }{m} )",
        "unbalanced",
        r"\frac{\partial l}{\partial \mu} = \left(\sum_i \frac{\partial l}{\partial \hat x_i} \cdot \frac{-1}{s} \right)"
        r" + \frac{\partial l}{\partial \sigma^2} \cdot \frac{ \sum_i -2 (x_i - \mu) }{m}",
    ),
    ("xhat_i = (x_i - mu/s", "unbalanced", "xhat_i = (x_i - mu)/s"),
]


@pytest.mark.parametrize(("text", "code", "fixed"), BROKEN)
def test_text_that_does_not_parse_is_put_right(text: str, code: str, fixed: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        parse(text)
    found = find_syntax_repair(text, caught.value.diagnostic.span, lambda edited: symbn.verify(edited).kind == "proved")
    assert found is not None
    assert (found.code, bare(found.side)) == (code, bare(fixed))
    assert all(parse(each.side) for each in syntax_repairs(text, caught.value.diagnostic.span))
