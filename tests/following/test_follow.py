"""Documents as a reader follows them: every step gets the answer that its context gives it."""
# ruff: noqa: E501 - one document, one line

from __future__ import annotations

from time import perf_counter

import pytest

from symbn.diagnostic import Span
from tests.following.documents import checked, verdicts

FORWARD = r"$$\mu = \frac1m \sum_i x_i$$ and $$\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2+\epsilon}}$$"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # Hypotheses hold for their sentence, and are no claims.
        (r"when $i = j$: $$\frac{\partial (x_i-\mu)}{\partial x_j} = 1 - \frac1m$$", ["assumed", "proved"]),
        (r"When $i \neq j$, $$\frac{\partial (x_i-\mu)}{\partial x_j} = - \frac1m.$$", ["proved"]),
        (r"When $i \neq j$. $$\frac{\partial (x_i-\mu)}{\partial x_j} = - \frac1m.$$", ["undecided"]),
        (r"$\frac{\partial (x_i-\mu)}{\partial x_j} = - \frac1m$ for $i \neq j$.", ["proved"]),
        (r"$\frac{\partial (x_i-\mu)}{\partial x_j} = - \frac1m$. For $i \neq j$ it rains.", ["refuted"]),
        (r"If $\gamma = \sqrt{\sigma^2+\epsilon}$ and $\beta = \mu$, then $y_i = x_i$.", ["assumed", "assumed", "proved"]),
        (r"If $\gamma = \sqrt{\sigma^2}$ and $\beta = \mu$, then $y_i = x_i$.", ["assumed", "assumed", "refuted"]),
        (r"If $\hat x_i = 0$, then $y_i = \beta$.", ["assumed", "undecided"]),
        (r"Assume $\gamma = 1$ and $\beta = 0$. Then $y_i = \hat x_i$. So $y_j = \hat x_j$.", ["assumed", "assumed", "caveat", "caveat"]),
        (r"If $\gamma = 1$ and $\beta = 0$, it is easy. Then $y_i = \hat x_i$.", ["assumed", "assumed", "undecided"]),
        (r"With $N = 2$ we get $\hat x_1 = -\hat x_2$.", ["assumed", "proved"]),
        (r"With $N = 3$ we get $\hat x_1 = -\hat x_2$.", ["assumed", "refuted"]),
        (r"Unless $i = j$, $$\frac{\partial (x_i-\mu)}{\partial x_j} = - \frac1m$$", ["assumed", "proved"]),
        (r"$$\frac{\partial (x_i-\mu)}{\partial x_j} = - \frac1m$$ except for $i = j$.", ["proved", "assumed"]),
        # Definitions.
        (r"Let $z_i = x_i - \mu$. Then $\sum_i z_i = 0$.", ["proved", "proved"]),
        (r"Let $q_i = 2 (x_i - \mu)$. Then $\sum_i q_i = 0$ and $q_i = x_i - \mu$.", ["assumed", "proved", "refuted"]),
        (r"$q_i := \sum_j (x_i - x_j)$, so $q_j = m (x_j - \mu)$ and $\sum_j q_j = 0$.", ["assumed", "proved", "proved"]),
        (r"$y_i = \gamma z_i + \beta$ where $z_i = \frac{x_i - \mu}{\sqrt{\sigma^2+\epsilon}}$.", ["proved", "proved"]),
        (r"$\frac{\partial L}{\partial x_i} = q (m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j)$"
         r" where $q = \frac{\gamma}{m\sqrt{\sigma^2+\epsilon}}$.", ["proved", "assumed"]),
        (r"Let $\hat x_i = (x_i - \mu)(\sqrt{\sigma^2+\epsilon})^{-0.5}$.", ["refuted"]),
        (r"With $\bar x_i = x_i - \mu$, $\sum_i \bar x_i = 0$.", ["proved", "proved"]),
        (r"With $\bar x = \frac1m \sum_i x_i$, $\sum_i (x_i - \bar x) = 0$.", ["proved", "proved"]),
        (r"$g_i = \frac{\partial L}{\partial \hat x_i}$, so $\frac{\partial L}{\partial \beta} = \frac1\gamma \sum_i g_i$.", ["assumed", "proved"]),
        (r"The batch has $m = 4$ examples.", ["assumed"]),
        # Chains.
        (FORWARD, ["proved", "proved"]),
        (r"$$\frac{\partial \mu}{\partial x_i} = \frac1m \sum_j \frac{\partial x_j}{\partial x_i}$$ which is $$= \frac1m$$", ["proved", "proved"]),
        (r"$$\sum_j c_j = 0 \approx 1$$", ["proved", "undecided"]),
        (r"$$y_i \leftarrow \gamma \hat x_i + \beta \equiv \mathrm{BN}_{\gamma,\beta}(x_i)$$", ["proved", "proved"]),
        (r"$i \in B$, $\epsilon > 0$ and $x_1, \ldots, x_m$", []),
        (r"$x = (x_1, \ldots, x_m)$", ["assumed"]),
        # What others write.
        (r"$y = \frac{x - \mathrm{E}[x]}{\sqrt{\mathrm{Var}[x] + \epsilon}} * \gamma + \beta$", ["caveat"]),
        (r"$$\mu_l = \frac1N \sum_p h_{pl}$$ $$y_{kl} = \gamma_l \frac{h_{kl} - \mu_l}{\sqrt{\sigma_l^2+\epsilon}} + \beta_l$$", ["proved", "proved"]),
        (r"$\left[\frac{f(x)}{g(x)}\right]' = \frac{g(x) f'(x) - f(x) g'(x)}{g(x)^2}$", ["proved"]),
        (r"$\left[\frac{f(x)}{g(x)}\right]' = \frac{g(x) f'(x) + f(x) g'(x)}{g(x)^2}$", ["refuted"]),
    ],
)  # fmt: skip
def test_every_step_gets_the_answer_that_its_context_gives_it(text: str, found: list[str]) -> None:
    assert verdicts(text) == found


def test_a_document_settles_what_a_superscript_counts() -> None:
    text = (
        r"$$\hat x_i^{(m)} = \frac{x_i^{(m)} - E[X_i]}{\sqrt{Var[X_i]+\epsilon}}$$ $$f(X_i)^{(k)} = x_i^{(k)} - E[X_i]$$"
        r"$$\frac{\partial}{\partial x_i^{(m)}} f(X_i)^{(k)} = \frac{\partial}{\partial x_i^{(m)}} x_i^{(k)} - 1/n$$"
        r"$$\sum_k f(X_i)^{(k)} = 0$$"
    )
    report = checked(text)
    assert [step.verdict for step in report.steps] == ["proved", "assumed", "proved", "proved"]
    assert any("superscript" in line for line in report.notation)


def test_chains_are_compared_with_their_head() -> None:
    text = (
        r"$$\begin{align} \frac{\partial L}{\partial \beta} &= \sum_j g_j \\ &= \sum_j g_j + 1 \\ &= 1 + \sum_j g_j \\"
        r" &= \sum_k g_k \\ &= g_1 \end{align}$$"
    )
    steps = checked(text, repair=True).steps
    assert [step.verdict for step in steps] == ["proved", "refuted", "proved", "refuted", "refuted"]
    assert [step.equals_head for step in steps] == [True, False, False, True, False]
    assert {step.chain_head for step in steps} == {r"\frac{\partial L}{\partial \beta}"}
    assert "true algebra inside a chain that is already false" in steps[2].notes[0]
    assert "two errors cancel" in steps[3].notes[0]
    assert steps[1].repair is not None
    assert steps[1].repair.code == "extra-term"
    assert steps[3].repair is not None
    assert steps[3].repair.side == "left"
    assert steps[4].notes == ()


def test_a_step_that_goes_on_from_another_formula_says_from_where() -> None:
    text = "$$\\mu = \\frac1m \\sum_i x_i$$\n\nwhich is\n\n$$= \\frac1m \\sum_j x_j$$"
    first, second = checked(text).steps
    assert second.lhs == r"\frac1m \sum_i x_i"
    assert second.notes == ("it goes on from the right side on line 1",)
    assert (second.line, second.column, second.formula) == (5, 5, 5)
    assert first.notes == ()


def test_places_and_sources_are_those_of_the_file() -> None:
    text = "One.\n\n$$\\newcommand{\\s}{\\sqrt{\\sigma^2+\\epsilon}}$$\n\n  $$\n  \\hat x_i = \\frac{c_i}{\\s}\n  = \\frac{x_i - \\mu}{\\s}\n  $$"
    steps = checked(text).steps
    assert [(step.line, step.column, step.formula, step.step) for step in steps] == [(6, 3, 6, 1), (7, 5, 6, 2)]
    assert (steps[1].lhs, steps[1].rhs) == (r"\frac{c_i}{\s}", r"\frac{x_i - \mu}{\s}")
    assert steps[0].source == text
    assert [step.verdict for step in steps] == ["proved", "proved"]


def test_steps_are_numbered_over_the_formulas_of_a_line() -> None:
    steps = checked(r"$\mu = E[x]$ and $\sum_i c_i = 0 = \sum_j \hat x_j$.").steps
    assert [step.step for step in steps] == [1, 2, 3]


def test_faults_point_into_the_file() -> None:
    text = "A typo: $\\frac{\\partial\\mu}{x_i} = \\frac1m$."
    (step,) = checked(text, repair=True).steps
    assert step.verdict == "unreadable"
    (fault,) = step.diagnostics
    assert text[fault.span.start : fault.span.end] == "{x_i}"
    assert fault.span != Span(0, 0)
    assert step.repair is not None
    assert step.repair.latex == r"\frac{\partial\mu}{\partial x_i} = \frac1m"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"The mean is $\mu_{\mathcal B} = \frac1m \sum_i x_i$.", ["proved"]),
        (r"It is $\sigma^2_{\mathcal B} = \frac1m \sum_i (x_i - \mu)^2$.", ["proved"]),
        (r"Let $\delta_{1.5} = x_1$, but $\sum_i \hat x_i = 0$.", ["unreadable", "proved"]),
        (r"Here $z_{i+1} = x_i$, and $\sum_i \hat x_i = 0$.", ["unreadable", "proved"]),
    ],
)
def test_a_subscript_that_is_no_index_ends_nothing(text: str, found: list[str]) -> None:
    assert verdicts(text) == found


def test_without_a_search_for_repairs_no_code_is_asked_for() -> None:
    text = (
        "+++\nexpect = 'refuted wrong-sign'\n+++\n$\\hat x_i = x_i + \\mu$\n\n$\\mu = 1$ <!-- symbn: refuted other-formula -->"
    )
    assert [step.surprising for step in checked(text).steps] == [False, False]


def test_a_formula_that_cannot_be_read_leaves_the_other_ones_alone() -> None:
    text = r"$$\sum_i \hat x_i = 0 = \sum_j \foo = \sum_k c_k = 0$$"
    assert verdicts(text) == ["proved", "unreadable", "unreadable", "proved"]


def test_mixed_letters_are_settled_by_the_lines_they_stand_on() -> None:
    text = "$$\\mu = \\frac1m \\sum_i x_i$$\n\n$$m = \\frac{x_1 + x_2}{2}$$\n\n$$\\frac{\\partial \\mu}{\\partial x_i} = \\frac1m$$"
    notation = 'batch = "m"\n[[lines]]\nfrom = 3\nto = 4\nmean = "m"\nbatch = 2\n'
    assert verdicts(text, notation) == ["proved", "proved", "proved"]


def test_a_name_that_may_play_many_roles_does_not_wait_for_a_counterexample_to_each() -> None:
    start = perf_counter()
    checked("$\\sigma^2 = v$ and then $\\bar x = \\sqrt{\\frac{s}{\\frac12}}$")
    assert perf_counter() - start < 5
