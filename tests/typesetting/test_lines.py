"""The two-dimensional layout: golden lines, and no line wider than it may be."""

from __future__ import annotations

import pytest

from symbn.diagnostic import Span
from symbn.layers.batchnorm import CLOSED_FORMS
from symbn.typesetting import boxes
from symbn.typesetting.breaking import broken
from symbn.typesetting.lines import chain_lines, to_lines, widest
from symbn.typesetting.of_meaning import boxes_of, equation_box
from symbn.typesetting.of_tree import box_of_source
from symbn.typesetting.styles import CS231N, DEFAULT, PAPER, PRESETS, Style
from symbn.typesetting.terminal import draw
from tests.formulas import FALSE, TRUE, WITH_CAVEAT
from tests.typesetting.meanings import known_equations, random_meaning, read

FORMS = {form.name: form for form in CLOSED_FORMS}


def shown(name: str, style: Style = DEFAULT, width: int = 80, ascii: bool = False) -> str:
    form = FORMS[name]
    equation = read(form.formula, DEFAULT.notation(form.mode))
    return "\n" + "\n".join(to_lines(equation_box(equation.left, equation.right, style), width, ascii)) + "\n"


GOLDEN = [
    (
        "dL/dx", DEFAULT, 80, False,
        r"""
∂L         γ
─── = ─────────── ⎛m gᵢ − ∑ gⱼ − x̂ᵢ ∑ gⱼ x̂ⱼ⎞
∂xᵢ       ______  ⎝       j         j      ⎠
       m √σ² + ϵ
""",
    ),
    (
        "dL/dx", DEFAULT, 80, True,
        r"""
 dL            gamma
---- = --------------------- /m g_i - sum g_j - xhat_i sum g_j xhat_j\
dx_i   m sqrt(sigma^2 + eps) \         j                j            /
""",
    ),
    (
        "dL/dx", PAPER, 80, False,
        r"""
∂ℓ          γ       ⎛  ∂ℓ      ∂ℓ         ∂ℓ    ⎞
─── = ───────────── ⎜m ─── − ∑ ─── − x̂ᵢ ∑ ─── x̂ⱼ⎟
∂xᵢ       ________  ⎝  ∂yᵢ   j ∂yⱼ      j ∂yⱼ   ⎠
       m √σ_ℬ² + ϵ
""",
    ),
    (
        "dL/dx", CS231N, 80, False,
        r"""
          gamma
dxᵢ = ────────────── ⎛N · doutᵢ − ∑ doutⱼ − xhatᵢ ∑ doutⱼ · xhatⱼ⎞
          _________  ⎝            j               j              ⎠
       N √var + eps
""",
    ),
    (
        "dL/dx", CS231N, 40, False,
        r"""
          gamma
dxᵢ = ────────────── ⎛N · doutᵢ
          _________  ⎝
       N √var + eps

          − ∑ doutⱼ
            j

          − xhatᵢ ∑ doutⱼ · xhatⱼ⎞
                  j              ⎠
""",
    ),
    (
        "Jacobian of xhat", DEFAULT, 80, False,
        r"""
∂x̂ᵢ        1
─── = ─────────── (m δᵢₖ − 1 − x̂ᵢ x̂ₖ)
∂xₖ       ______
       m √σ² + ϵ
""",
    ),
    (
        "dL/dvar", DEFAULT, 80, False,
        r"""
∂L      γ         −3/2
─── = − ─ (σ² + ϵ)     ∑ gⱼ (xⱼ − μ)
∂σ²     2              j
""",
    ),
    (
        "dL/dx, three terms", DEFAULT, 40, False,
        r"""
∂L    ∂L        1       ∂L    2 (xᵢ − μ)
─── = ─── · ───────── + ─── · ──────────
∂xᵢ   ∂x̂ᵢ     ______    ∂σ²       m
             √σ² + ϵ

          ∂L   1
        + ── · ─
          ∂μ   m
""",
    ),
    (
        "sum of xhat dL/dx", DEFAULT, 80, True,
        r"""
            dL          gamma eps
sum xhat_i ---- = --------------------- sum g_j xhat_j
 i         dx_i   (sigma^2 + eps)^(3/2)  j
""",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "style", "width", "ascii", "lines"), GOLDEN)
def test_golden_lines(name: str, style: Style, width: int, ascii: bool, lines: str) -> None:
    assert shown(name, style, width, ascii) == lines


def test_a_chain_stands_below_its_relations() -> None:
    first, second = (read(FORMS[name].formula, DEFAULT.notation()) for name in ("dL/dx, three terms", "dL/dx"))
    lines = chain_lines(boxes_of((first.left, first.right, second.right)), width=80)
    signs = [line.index("=") for line in lines if "=" in line]
    assert signs == [4, 4]


@pytest.mark.parametrize("width", [50, 80, 120])
@pytest.mark.parametrize("ascii", [False, True])
def test_no_line_is_wider_than_it_may_be(width: int, ascii: bool) -> None:
    for _, equation in known_equations():
        for style in PRESETS.values():
            assert widest(to_lines(equation_box(equation.left, equation.right, style), width, ascii)) <= width
    for formula in (*TRUE, *WITH_CAVEAT, *FALSE):
        assert widest(to_lines(box_of_source(formula.text), width, ascii)) <= width


@pytest.mark.parametrize("width", [60, 80])
def test_random_meanings_fit(width: int) -> None:
    for seed in range(150):
        for box in boxes_of((random_meaning(f"{seed}", 5),)):
            assert widest(to_lines(box, width)) <= width


def test_only_an_atom_is_wider_than_the_width() -> None:
    assert widest(to_lines(boxes.row(boxes.Words("x" * 30), boxes.PLUS, boxes.Words("y")), 20)) == 30


def test_all_of_a_line_is_in_ascii() -> None:
    for _, equation in known_equations():
        for style in PRESETS.values():
            assert "\n".join(to_lines(equation_box(equation.left, equation.right, style), 80, ascii=True)).isascii()


def test_breaks_come_at_relations_first_and_then_at_terms() -> None:
    def measure(box: boxes.Box) -> int:
        return draw(box).width

    def terms(count: int) -> boxes.Box:
        return boxes.row(boxes.Words("a" * 9), *(part for _ in range(count) for part in (boxes.PLUS, boxes.Words("b" * 9))))

    whole = boxes.row(terms(1), boxes.EQUALS, terms(1))
    assert [to_text_start(line.box) for line in broken(whole, 30, measure)] == ["a", "="]
    assert [to_text_start(line.box) for line in broken(terms(4), 30, measure)] == ["a", "+", "+"]


def to_text_start(box: boxes.Box) -> str:
    return draw(box).lines[0][0]


def test_a_matrix_and_cases_are_drawn() -> None:
    one, m = boxes.Numeral("1"), boxes.Letter("m", "m")
    matrix = boxes.Matrix(((one, boxes.Quotient(one, m)), (boxes.Numeral("0"), one)))
    assert draw(matrix).lines == ("⎛   1⎞", "⎜1  ─⎟", "⎜   m⎟", "⎜    ⎟", "⎝0  1⎠")
    cases = boxes.Choices(((one, boxes.row(m, boxes.EQUALS, one)), (boxes.Numeral("0"), None)))
    assert draw(cases).lines == ("⎧ 1   m = 1    ", "⎩ 0   otherwise")


def test_marks_are_colours_without_a_width() -> None:
    text = r"x_i = \mu + 1"
    box = box_of_source(text, [(Span(text.index("+"), len(text)), boxes.WRONG)])
    plain = to_lines(box)
    assert plain == ["xᵢ = μ + 1"]
    (coloured,) = to_lines(box, colours=True)
    assert coloured == "xᵢ = μ \x1b[31m+\x1b[0m \x1b[31m1\x1b[0m"


def test_what_a_user_writes_cannot_move_the_cursor() -> None:
    (line,) = to_lines(boxes.Code("a\x1b[2J\n\ue000b"))
    assert line == "a\N{REPLACEMENT CHARACTER}[2J \N{REPLACEMENT CHARACTER}b"


def test_wide_characters_take_two_cells() -> None:
    assert draw(boxes.Quotient(boxes.Words("中文"), boxes.Numeral("1"))).lines[1] == "────"
