"""Matrix notation: what is proved, what is refuted, what does not fit, and what keeps its old reading."""

from __future__ import annotations

from random import Random

import pytest

import symbn
from tests.elaboration.matrix_arithmetic import grown, latex, layer, mutated, rewritten, shape, value

POST = ["superscript=batch", "batch=n"]
CLOSED = r"\left(I - \frac1m \mathbf 1\mathbf 1^\top - \frac1m \hat x\hat x^\top\right)"
ROOT = r"\sqrt{\sigma^2+\epsilon}"
PLUS = CLOSED.replace(r"- \frac1m \hat", r"+ \frac1m \hat")
UNSCALED = CLOSED.replace(r"- \frac1m \mathbf", r"- \mathbf")
UNCENTRED = CLOSED.replace(r"\hat x\hat x^", r"x x^")
WIDE = (
    rf"\nabla_X L = \frac{{1}}{{N{ROOT}}} \odot (N \nabla_{{\hat X}} L - \mathbf 1\mathbf 1^\top\nabla_{{\hat X}} L"
    r" - \hat X \odot \mathbf 1 \mathbf 1^\top (\nabla_{\hat X} L \odot \hat X))"
)

PROVED = [
    r"\nabla_{\beta}L = J_{1N}\nabla_{Y}L",
    r"\nabla_{\gamma} L = J_{1N}(\hat{X} \circ \nabla_{Y} L)",
    r"\nabla_\beta L = J_{1,N} \nabla_Y L",
    r"\nabla_\beta L = J_{1\times N} \nabla_Y L",
    r"J_{N1} J_{1N} = J_{N N}",
    rf"\nabla_x L = \frac{{\gamma}}{{{ROOT}}} {CLOSED}\nabla_y L",
    rf"\frac{{\partial \hat x}}{{\partial x}} = \frac{{1}}{{{ROOT}}}{CLOSED}",
    WIDE,
    r"\frac{\partial\hat x}{\partial x}\mathbf 1 = 0",
    r"\mathbf 1^\top c = 0",
    r"\mathbf 1^\top \mathbf c = 0",
    r"(I - \frac1m \mathbf 1\mathbf 1^\top) \mathbf x = \boldsymbol c",
    r"\mathbf 1^T \hat x = 0",
    r"\mathbf 1^\top \mathbf c = 0",
    r"(I - \frac1m \mathbf 1\mathbf 1^\top) \mathbf x = \boldsymbol c",
    r"\vec 1^{\intercal} \hat x = 0",
    r"\mathbb 1_N^\top \hat X = \mathbf 0^\top",
    r"\hat x^\top \mathbf 1 = 0",
    r"\mu = \frac1N \mathbf 1^\top X",
    r"\mu^\top = \frac1m X^\top \mathbf 1",
    r"\sigma^2 = \frac1N \mathbf 1^\top (X-\mu)^{\circ 2}",
    r"E[X] = \frac1N\mathbf 1^\top X",
    r"\nabla_\gamma L = \mathbf 1^\top (\hat X \odot \nabla_Y L)",
    r"\nabla_\beta L = \mathbf 1^\top \nabla_Y L",
    r"d\gamma = \mathbf 1^\top (dY \odot \hat X)",
    r"\nabla_\gamma L = \hat x^\top \nabla_y L",
    r"\nabla_x L = \frac{\partial \hat x}{\partial x}^\top \nabla_{\hat x} L",
    r"\frac{\partial L}{\partial \mu} = \frac{\partial\hat x}{\partial \mu}^\top \frac{\partial L}{\partial\hat x}",
    r"x^\top x = m \sigma^2 + m\mu^2",
    r"x^\top \hat x = \sum_i x_i \hat x_i",
    r"X - \mathbf 1\mu = (I - \frac1N \mathbf 1\mathbf 1^\top) X",
    r"(I-\frac1m \mathbf 1\mathbf 1^\top)^2 = I-\frac1m \mathbf 1\mathbf 1^\top",
    r"\hat x_i = \frac1s (x_i - \frac1m \mathbf 1^\top x)",
    r"\nabla_x L = \frac{\gamma}{ms}(m g - \mathbf 1 \sum_j g_j - \hat x \sum_j g_j\hat x_j)",
    r"(\sum_i \hat x_i) \mathbf 1 = 0",
    r"\frac{\partial (x^\top x)}{\partial x} = 2x",
    r"(\nabla_x L)^\top = \nabla_x L^\top",
    r"\nabla_{\sigma^2} L = -\frac12 (\sigma^2+\epsilon)^{-3/2} \odot \mathbf 1^\top (\nabla_{\hat X} L \odot (X-\mu))",
    "xhat^T xhat = m var/(var+eps)",
]

REFUTED = [
    r"\nabla_{\beta}L = J_{1N}\beta",
    r"\nabla_{\gamma} L = J_{1N}(\gamma \circ \nabla_{Y} L)",
    rf"\nabla_x L = \frac{{\gamma}}{{{ROOT}}} {PLUS}\nabla_y L",
    rf"\nabla_x L = \frac{{\gamma}}{{{ROOT}}} {UNSCALED}\nabla_y L",
    rf"\nabla_x L = \frac{{1}}{{{ROOT}}} {CLOSED}\nabla_y L",
    rf"\frac{{\partial \hat x}}{{\partial x}} = \frac{{1}}{{{ROOT}}}{UNCENTRED}",
    WIDE.replace(r"L - \mathbf", r"L + \mathbf"),
    WIDE.replace("(N ", "("),
    r"\mathbf 1^\top x = 0",
    r"\mu = \mathbf 1^\top X",
    r"\hat x^\top\hat x = m",
    r"\nabla_\gamma L = \mathbf 1^\top (X \odot \nabla_Y L)",
    r"\nabla_\beta L = -\mathbf 1^\top \nabla_Y L",
    r"\nabla_\beta L = \frac1N \mathbf 1^\top \nabla_Y L",
    r"\mathbf 1\mathbf 1^\top = I",
    r"\nabla_x L = \frac1s \frac{\partial \hat x}{\partial x}^\top \nabla_{\hat x} L",
    r"\frac{\partial (x^\top x)}{\partial x} = x",
    r"\hat x_i = \frac1s (x_i - \mathbf 1^\top x)",
]

MISMATCHED = [
    (r"\nabla_\beta L = \mathbf 1 \nabla_Y L", r"\mathbf 1 \nabla_Y L", ("(m x 1)", "(m x n)")),
    (r"\nabla_\beta L = J_{N1} \nabla_Y L", r"J_{N1} \nabla_Y L", ("(N x 1)", "(N x n)")),
    (r"\frac{\partial\hat x}{\partial x} = \frac1s(I - \mathbf 1 \mathbf 1)", r"\mathbf 1 \mathbf 1", ("(m x 1)", "(m x 1)")),
    (r"\frac{\partial\hat x}{\partial x} = \frac1s(I - \frac1m)", r"I - \frac1m", ("(m x m)", "(1 x 1)")),
    (r"\hat x^\top = \mathbf 1", r"\hat x^\top = \mathbf 1", ("(1 x m)", "(m x 1)")),
    (r"\nabla_\beta L = \nabla_Y L \odot J_{NN}", r"\nabla_Y L \odot J_{NN}", ("(N x n)", "(N x N)")),
    (r"Y = \hat X \gamma + \mathbf 1 \beta", r"\hat X \gamma", ("(m x n)", "(1 x n)")),
    (r"\mathbf 1^\top c = \mathbf 1 \mu", r"\mathbf 1^\top c = \mathbf 1 \mu", ("(1 x 1)", "(m x 1)")),
    (r"\gamma = \mathbf 1^\top", r"\gamma = \mathbf 1^\top", ("(1 x n)", "(1 x m)")),
]

REFUSED = [
    (r"X^\top \hat x = 0", "two-roles"),
    (r"\nabla_\beta L = J_{1N} \nabla_Y L + \frac1n \mu", "two-roles"),
    (r"x_i^\top g_i = 0", "missing-index"),
    (r"\mathbf 1^\top \hat X_i = 0", "missing-index"),
    (r"\mathbf 1^\top x = x_{ij}", "missing-index"),
    (r"\gamma^\top \odot \hat x = 0", "unsupported"),
    (r"1^\top \hat x = 0", "unsupported"),
    (r"\frac1m 11^\top \hat x = 0", "unsupported"),
    (r"\hat x^\top 1 = 0", "two-roles"),
    (r"\hat x^2 = x x^\top", "unsupported"),
    (r"\frac{1}{\hat x^\top} = 0", "unsupported"),
    (r"\frac{\partial \hat X}{\partial X}^\top = 0", "unsupported"),
    (r"\sum_i \hat x_i \mathbf 1 = 0", "unknown-name"),
    (r"\gamma/m s \mathbf 1^\top x = 0", "two-roles"),
    (r"I_{ik} = \delta_{ik}", "unknown-name"),
    (r"x_N = J_{1N} x", "two-roles"),
    (r"\mathbf 1_D^\top x = 0", "two-roles"),
]

# What is read without matrices keeps its reading.
AS_BEFORE = [
    (r"\hat x_i \odot g_i = \hat x_i g_i", "proved"),
    (r"y = \gamma \odot \hat x + \beta", "proved"),
    (r"\nabla_\gamma L = \sum_i \nabla_{y_i} L \circ \hat x_i", "proved"),
    (r"\nabla_{\hat X} L = \gamma \odot \nabla_Y L", "proved"),
    (r"\nabla_\gamma L = \hat X \odot \nabla_Y L", "undecided"),
    (r"\mathbf 1_{i=k} = \delta_{ik}", "proved"),
    (r"\mathbb{1}\{i=k\} = \delta_{ik}", "proved"),
    (r"\frac{\partial J}{\partial \beta} = \sum_i \frac{\partial J}{\partial y_i}", "proved"),
    (r"\frac{\partial J_B}{\partial \beta} = \sum_i g_i", "proved"),
    (r"\frac{\partial J_i}{\partial \beta} = g_i", "unreadable"),
    (r"\sum_{i=1}^{m} \hat x_i^{T} = 0", "unreadable"),
    (r"x_I = 0", "refuted"),
    (r"\nabla_x L = 2 \frac{\partial \hat x}{\partial x} \nabla_{\hat x} L", "undecided"),
]


def let_of(text: str) -> list[str]:
    return POST if "J_" in text and "N" in text and "J_{N" not in text and r"\frac" not in text else []


@pytest.mark.parametrize("text", PROVED)
def test_a_true_matrix_equation_is_proved(text: str) -> None:
    verdict = symbn.verify(text, let=let_of(text))
    assert verdict.kind == "proved", str(verdict)
    assert not verdict.caveats, str(verdict)


@pytest.mark.parametrize("text", REFUTED)
def test_a_false_matrix_equation_is_refuted_with_a_counterexample(text: str) -> None:
    verdict = symbn.verify(text, let=let_of(text))
    assert verdict.kind == "refuted", str(verdict)
    assert verdict.steps[0].counterexample is not None


def test_a_parameter_summed_over_the_batch_is_refuted_and_the_product_that_does_not_fit_is_shown() -> None:
    text = r"\nabla_{\beta}L = J_{1N}\beta"
    (step,) = symbn.verify(text, let=POST).steps
    assert step.verdict == "refuted"
    assert step.counterexample is not None
    (fault,) = step.diagnostics
    assert fault.code == "shape-mismatch"
    assert text[fault.span.start : fault.span.end] == r"J_{1N}\beta"
    assert "(1 x N) and (1 x D)" in fault.message
    assert any("repeated down the batch" in words for words in step.readings)


@pytest.mark.parametrize(("text", "place", "shapes"), MISMATCHED)
def test_sizes_that_do_not_fit_are_shown_with_their_place_and_a_cure(text: str, place: str, shapes: tuple[str, str]) -> None:
    (step,) = symbn.verify(text).steps
    assert step.verdict == "unreadable", str(step)
    (fault,) = step.diagnostics
    assert fault.code == "shape-mismatch"
    assert text[fault.span.start : fault.span.end] == place
    assert " and ".join(shapes) in fault.message
    assert fault.help


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_what_may_mean_two_things_is_refused(text: str, code: str) -> None:
    (step,) = symbn.verify(text, let=["batch=n"] if r"\frac1n" in text else []).steps
    assert step.verdict == "unreadable", str(step)
    assert step.diagnostics[0].code == code


@pytest.mark.parametrize(("text", "kind"), AS_BEFORE)
def test_what_is_read_without_matrices_keeps_its_verdict(text: str, kind: str) -> None:
    assert symbn.verify(text).kind == kind


@pytest.mark.parametrize(
    ("text", "caveat"),
    [
        (r"\frac{\partial \mu}{\partial x} = \frac1m\mathbf 1^\top", "numerator layout"),
        (r"\nabla_{\gamma} L = J_{1N} \hat X \circ \nabla_Y L", r"\odot is taken before"),
        (r"Y = \hat X \cdot \gamma + \mathbf 1 \beta", r"write \odot"),
        (r"\nabla_x L = \frac{\partial \hat x}{\partial x} \nabla_{\hat x} L", "matrix product"),
        (r"\frac{\partial L}{\partial x}=\frac{\partial L}{\partial y}\frac{\partial y}{\partial x}", "numerator layout"),
    ],
)
def test_a_proof_under_another_convention_says_which(text: str, caveat: str) -> None:
    verdict = symbn.verify(text)
    assert verdict.kind == "proved", str(verdict)
    assert caveat in " ".join(verdict.caveats)


def test_the_centred_input_may_have_a_name_of_its_own() -> None:
    text = r"\mathbf 1^\top \frac{\partial \bar x}{\partial x} = 0"
    assert symbn.verify(text, let=[r"centred=\bar x"]).kind == "proved"


def test_the_statement_is_the_claim_for_every_entry() -> None:
    (step,) = symbn.verify(r"\nabla_\gamma L = \mathbf 1^\top (\hat X \odot \nabla_Y L)").steps
    assert step.statement == "for all m >= 1, eps > 0 and all c: dL/dgamma_c = (sum_i (xhat_{i,c}*dL/dy_{i,c}))"


def test_sympy_agrees_on_columns_at_a_chosen_batch_size() -> None:
    for sign, kind in (("-", "proved"), ("+", "refuted")):
        text = rf"\nabla_x L = \frac{{\gamma}}{{s}} (I - \frac1m\mathbf 1\mathbf 1^\top {sign} \frac1m\hat x\hat x^\top) g"
        (step,) = symbn.verify(text, batch=3).steps
        assert step.verdict == kind
        assert any("SymPy agrees" in note for note in step.notes)


def test_a_row_of_means_is_no_mean_of_the_batch_in_evaluation_mode() -> None:
    assert symbn.verify(r"\mu = \frac1N\mathbf 1^\top X").kind == "proved"
    assert symbn.verify(r"\mu = \frac1N\mathbf 1^\top X", mode="eval").kind == "refuted"
    assert symbn.verify(r"\hat x = \frac1s (I x - \mu \mathbf 1)", mode="eval").kind == "proved"


@pytest.mark.parametrize("seed", range(12))
def test_verdicts_agree_with_exact_arithmetic(seed: int) -> None:
    """A random equation is worked out on exact arrays: no false one is proved, no true one refuted."""
    decided = 0
    for number in range(25):
        random = Random(f"{seed} {number}")
        wide = number % 2 == 0
        wanted = [("m", "n"), ("1", "n"), ("n", "1"), ("m", "m")] if wide else [("m", "1"), ("1", "m"), ("m", "m"), ("1", "1")]
        left = grown(random, random.choice(wanted), wide, random.choice((1, 2, 2, 3)))
        right = rewritten(left, random, wide)
        right = mutated(right, random, wide) if random.random() < 0.5 else right
        text = f"{latex(left, wide)} = {latex(right, wide)}"
        if shape(left, wide) != shape(right, wide) or not any(sign in text for sign in (r"\top", r"\mathbf", "J_", "I")):
            continue
        if not wide and not any(data in text for data in (r"\hat x", "_y", "_x", "(x", "(y")):
            continue
        points = [layer(m, 2 if wide else 1, Random(f"{seed} {number} {m} {k}")) for m in (1, 2, 3) for k in range(6)]
        true = all(value(left, at) == value(right, at) for at in points)
        verdict = symbn.verify(text)
        assert verdict.kind != "unreadable", str(verdict)
        assert verdict.kind != ("refuted" if true else "proved") or verdict.caveats, f"{text}\n{verdict}"
        decided += verdict.kind in ("proved", "refuted")
    assert decided >= 5
