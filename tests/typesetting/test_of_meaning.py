"""What is printed is read back, without a caveat, as what was meant; and it looks as a textbook would print it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from symbn.elaboration.meaning import LOCAL, Meaning, OutsideError, Quantity, Slope, parts, to_term
from symbn.elaboration.notation import Notation
from symbn.kernel.goal import Goal
from symbn.kernel.term import FEATURE, Index
from symbn.kernel.verdict import Proved, prove
from symbn.layers.batchnorm import batch_norm
from symbn.typesetting.aligned import page_latex
from symbn.typesetting.indices import with_clear_letters
from symbn.typesetting.latex import to_latex
from symbn.typesetting.of_meaning import box_of, boxes_of, equation_box
from symbn.typesetting.styles import CS231N, DEFAULT, EXAMPLE_ABOVE, FEATURE_ABOVE, PAPER, Style
from symbn.typesetting.text import to_text
from tests.typesetting.meanings import UndefinedError, known_equations, random_meaning, read, value

OWN = DEFAULT.with_lets([r"normalised=z", r"mean=\bar x", "batch=n", r"std=\sigma", r"upstream=\delta"])
ODD = DEFAULT.with_lets(["free=d", r"deviation=\sigma", "loss=J", "input=h", "output=x"])
STYLES = {"default": DEFAULT, "paper": PAPER, "cs231n": CS231N, "own": OWN, "odd": ODD}


def back(text: str, meaning: Meaning, style: Style, wide: bool = False, mode: str = "train") -> str:
    """Return how the printed formula compares with what was meant: proved, equal (at a point), or why not."""
    (meant,) = with_clear_letters((meaning,), style)
    try:
        term = to_term(meant, batch_norm(mode, wide))
    except OutsideError:
        return "outside"
    equation = read(text, style.notation(mode))
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
        for side, box in zip(with_clear_letters(sides, style), boxes_of(sides, style), strict=True):
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
