"""What is printed is read back, without a caveat, as what was meant; and it looks as a textbook would print it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from symbn.elaboration.meaning import LOCAL, Meaning, OutsideError, Plus, Quantity, Slope, parts, to_term
from symbn.elaboration.notation import Notation
from symbn.kernel.goal import Goal
from symbn.kernel.term import FEATURE, Index
from symbn.kernel.verdict import Proved, prove
from symbn.layers.batchnorm import batch_norm
from symbn.typesetting.aligned import page_latex
from symbn.typesetting.latex import to_latex
from symbn.typesetting.of_meaning import as_written, box_of, boxes_of, equation_box, statement_box
from symbn.typesetting.styles import CS231N, DEFAULT, EXAMPLE_ABOVE, FEATURE_ABOVE, PAPER, Style
from symbn.typesetting.text import to_text
from tests.typesetting.meanings import ODD_LETTERS, UndefinedError, known_equations, random_meaning, read, value

OWN = DEFAULT.with_lets([r"normalised=z", r"mean=\bar x", "batch=n", r"std=\sigma", r"upstream=\delta"])
ODD = DEFAULT.with_lets(["free=d", r"deviation=\sigma", "loss=J", "input=h", "output=x"])
STYLES = {"default": DEFAULT, "paper": PAPER, "cs231n": CS231N, "own": OWN, "odd": ODD}


def back(text: str, meaning: Meaning, style: Style, wide: bool = False, mode: str = "train") -> str:
    """Return how the printed formula compares with what was meant: proved, equal (at a point), or why not."""
    (meant,) = as_written((meaning,), style)
    try:
        term = to_term(meant, batch_norm(mode, wide))
        equation = read(text, style.notation(mode))
    except OutsideError:  # such as a derivative against the order of computation, which is mathematics, but not decided
        return "outside"
    if equation.reading.caveats:
        return f"caveat {equation.reading.caveats}"
    found = to_term(equation.left, equation.graph)
    answer = prove(Goal(term, found, (), equation.graph.positive, None))
    if isinstance(answer, Proved):
        return "proved"
    if answer.differs:
        return "differs"
    try:
        wanted, got = value(term), value(found)
    except (UndefinedError, OverflowError):
        return "undefined"
    return "equal" if abs(wanted - got) <= 1e-6 * (1 + abs(wanted) + abs(got)) else f"{wanted} != {got}"


def is_local(meaning: Meaning) -> bool:
    return (isinstance(meaning, Slope) and meaning.kind == LOCAL) or any(map(is_local, parts(meaning)))


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("write", [to_latex, page_latex], ids=["latex", "page"])
def test_random_meanings_are_read_back_as_they_were_meant(style: Style, write: object) -> None:
    found = Counter[str]()
    for seed in range(120):
        meaning = random_meaning(f"{seed}")
        box = box_of(meaning, style)
        text = (
            page_latex(equation_box(meaning, meaning, style), 30)
            if write is page_latex
            else f"{to_latex(box)} = {to_latex(box)}"
        )
        answer = back(text, meaning, style)
        assert answer in ("proved", "equal", "undefined", "outside"), f"{seed}: {answer}: {text}"
        found[answer] += 1
    assert found["proved"] >= 80, found


@pytest.mark.parametrize("features", ["pair", FEATURE_ABOVE, EXAMPLE_ABOVE])
@pytest.mark.parametrize("style", [DEFAULT, CS231N], ids=["default", "cs231n"])
def test_meanings_with_features_are_read_back(style: Style, features: str) -> None:
    style = replace(style, features=features)
    for seed in range(80):
        meaning = random_meaning(f"{seed}", wide=True)
        text = to_latex(box_of(meaning, style))
        answer = back(f"{text} = {text}", meaning, style, wide=True)
        assert answer in ("proved", "equal", "undefined", "outside"), f"{seed}: {answer}: {text}"


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_letters_with_another_use_are_no_indices(style: Style) -> None:
    for seed in range(80):
        meaning = random_meaning(f"{seed}", letters=ODD_LETTERS)
        text = to_latex(box_of(meaning, style))
        answer = back(f"{text} = {text}", meaning, style)
        assert answer in ("proved", "equal", "undefined", "outside"), f"{seed}: {answer}: {text}"


def test_one_letter_never_counts_examples_and_features() -> None:
    both = Plus((Quantity("x", (Index("j"), Index("j", FEATURE))), Quantity("mu", (Index("j", FEATURE),))))
    assert to_latex(box_of(both)) == r"x_{jk} + \mu_k"


def test_a_line_of_text_is_read_back_too() -> None:
    for seed in range(120):
        meaning = random_meaning(f"{seed}")
        text = to_text(box_of(meaning))
        answer = back(f"{text} = {text}", meaning, DEFAULT)
        assert answer in ("proved", "equal", "undefined", "outside"), f"{seed}: {answer}: {text}"


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_every_known_equation_is_printed_as_it_was_meant(style: Style) -> None:
    seen = 0
    for mode, equation in known_equations():
        sides = (equation.left, equation.right)
        wide = any(index.axis == FEATURE for side in sides for index in _indices(side))
        if any(map(is_local, sides)) or wide:
            continue  # a local derivative looks like the total one; a side without an entry does not show its features
        for side, box in zip(as_written(sides, style), boxes_of(sides, style), strict=True):
            text = to_latex(box)
            answer = back(f"{text} = {text}", side, style, mode=mode)
            assert answer in ("proved", "equal", "outside"), f"{answer}: {text}"
            seen += 1
    assert seen > 200


def _indices(meaning: Meaning) -> list[Index]:
    own = list(meaning.indices) if isinstance(meaning, Quantity) else []
    return own + [index for part in parts(meaning) for index in _indices(part)]


LOOKS = [
    (r"dL/dx_i", r"\frac{\partial L}{\partial x_i}"),
    ("gamma/(m*s) * (m*g_i - sum_j g_j - xhat_i * sum_j g_j*xhat_j)",
     r"\frac{\gamma}{m s} \left(m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j\right)"),
    ("-gamma*(var + eps)^(-3/2)*(sum_j g_j*(x_j - mu))/2",
     r"-\frac{\gamma}{2} (\sigma^2 + \epsilon)^{-3/2} \sum_j g_j (x_j - \mu)"),
    ("(x_i - mu)/sqrt(var + eps)", r"\frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}"),
    ("2*(x_i - mu)/m", r"\frac{2 (x_i - \mu)}{m}"),
    ("sum_j (-g_j)", r"-\sum_j g_j"),
    ("(sum_j x_j)*(sum_j g_j)", r"\left(\sum_j x_j\right) \sum_j g_j"),
    ("(sum_j x_j)*a + b", r"a \sum_j x_j + b"),
    ("sum_j (x_j + a)", r"\sum_j (x_j + a)"),
    ("a - (b - a)", r"a - (b - a)"),
    ("a + (b - a)", r"a + b - a"),
    ("2*3*a", r"6 a"),
    ("a*(1/2)", r"\frac{a}{2}"),
    ("var^2", r"\sigma^4"),
    ("(var)^(3/2)", r"(\sigma^2)^{3/2}"),
    ("(dL/dx_i)^2", r"\left(\frac{\partial L}{\partial x_i}\right)^2"),
    ("d(x_i - mu)/dx_k", r"\frac{\partial (x_i - \mu)}{\partial x_k}"),
    ("d/dx_i sum_k x_k^2", r"\frac{\partial}{\partial x_i} \sum_k x_k^2"),
    ("sum_{j != i} x_j", r"\sum_{j \neq i} x_j"),
    ("x_1 + x_12", r"x_1 + x_{12}"),
    ("1/(1/a)", r"\frac{1}{\frac{1}{a}}"),
    ("(m*delta_{i,k} - 1)/m", r"\frac{m \delta_{ik} - 1}{m}"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "latex"), LOOKS, ids=[text for text, _ in LOOKS])
def test_it_looks_as_in_a_textbook(text: str, latex: str) -> None:
    assert to_latex(box_of(read(f"{text} = 0", Notation()).left)) == latex


def test_sides_of_an_equation_keep_their_letters_the_same() -> None:
    m, c = Index("m"), Index("c")
    left, right = Quantity("x", (m,)), Quantity("c", (c,))
    assert [to_latex(box) for box in boxes_of((left, right))] == ["x_k", "c_i"]
    assert to_latex(equation_box(left, Quantity("g", (m,)))) == "x_i = g_i"


def test_a_sum_gets_another_letter_where_its_own_is_taken() -> None:
    equation = read("x_j sum_j g_j = 0", Notation())
    assert to_latex(box_of(equation.left)) == r"x_j \sum_k g_k"


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{\partial (x_i - \mu)}{\partial x_k} = -\frac{1}{m}, \quad i \neq k",
        r"\frac{\partial (x_i - \mu)}{\partial x_k} = 1 - \frac{1}{m}, \quad i = k",
        r"y_i = \hat x_i, \quad \text{if } \gamma = 1, \beta = 0",
    ],
)
def test_a_statement_keeps_its_conditions(text: str) -> None:
    equation = read(text, Notation())
    box = statement_box(equation)
    assert to_latex(box).replace(r"\quad ", "") == text.replace(r"\quad ", "").replace(r"\text{if } ", "")


def test_a_rule_about_functions_is_printed_with_primes() -> None:
    equation = read(r"(f/g)' = \frac{f' g - f g'}{g^2}", Notation())
    assert to_latex(statement_box(equation)).startswith(
        r"\frac{\partial}{\partial t} \left(\frac{f + f^{\prime} t}{g + g^{\prime} t}\right)"
    )
