"""A style writes the user's own letters, and never a letter that its notation reads as something else."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from symbn.elaboration.meaning import Quantity, Raised
from symbn.elaboration.notation import Notation
from symbn.errors import UsageError
from symbn.kernel.term import FEATURE, Index
from symbn.typesetting.latex import to_latex
from symbn.typesetting.of_meaning import box_of
from symbn.typesetting.styles import CS231N, DEFAULT, FEATURE_ABOVE, PAPER, Style, style_of

I, J = Index("i"), Index("j", FEATURE)


@pytest.mark.parametrize(
    ("lets", "name", "latex"),
    [
        ([r"mean=\mu_B"], "mu", r"\mu_B"),
        ([r"std=\sigma"], "var", "v"),  # the square of \sigma would be that of s
        ([r"std=\sigma"], "s", r"\sigma"),
        (["normalised=y"], "xhat", "y"),
        (["normalised=y"], "y", "Y"),
        (["free=m"], "m", "N"),
        (["batch=N"], "m", "N"),
        ([r"variance=\tau^2"], "var", r"\tau^2"),
    ],
)
def test_the_letters_are_those_of_the_user(lets: list[str], name: str, latex: str) -> None:
    indices = (I,) if name in ("xhat", "y") else ()
    written = to_latex(box_of(Quantity(name, indices), style_of(Notation().with_lets(lets))))
    assert written == (f"{latex}_i" if indices else latex)


@pytest.mark.parametrize(
    ("style", "power", "latex"),
    [
        (DEFAULT, "1", r"\sigma_j^2"),
        (DEFAULT, "2", r"\sigma_j^4"),
        (DEFAULT, "1/2", r"\sqrt{\sigma_j^2}"),
        (PAPER, "1", r"(\sigma_{\mathcal{B}}^{(j)})^2"),
        (PAPER, "2", r"(\sigma_{\mathcal{B}}^{(j)})^4"),
        (CS231N, "2", r"\mathrm{var}_j^2"),
        (DEFAULT.with_lets([r"deviation=\sigma"]), "1/2", r"\sigma_j"),
    ],
)
def test_powers_of_the_variance_go_into_its_name(style: Style, power: str, latex: str) -> None:
    assert to_latex(box_of(Raised(Quantity("var", (J,)), F(power)), style)) == latex


def test_features_stand_where_the_style_puts_them() -> None:
    entry = Quantity("x", (I, J))
    assert to_latex(box_of(entry)) == "x_{ij}"
    assert to_latex(box_of(entry, Style(features=FEATURE_ABOVE))) == "x_i^{(j)}"
    assert to_latex(box_of(entry, DEFAULT.with_lets(["superscript=batch"]))) == "x_j^{(i)}"
    # A number above would be a power.
    assert to_latex(box_of(Quantity("x", (I, Index(1, FEATURE))), Style(features=FEATURE_ABOVE))) == "x_{i, 1}"


def test_s_and_g_are_written_out_where_the_style_says_so() -> None:
    root = to_latex(box_of(Raised(Quantity("s"), F(-3)), Style(root=True)))
    assert root == r"(\sigma^2 + \epsilon)^{-3/2}"
    assert to_latex(box_of(Quantity("g", (I,)), Style(upstream=True))) == r"\frac{\partial L}{\partial y_i}"


def test_a_style_with_an_unknown_role_is_refused() -> None:
    with pytest.raises(UsageError):
        box_of(Quantity("x", (I,)), DEFAULT.with_lets(["nonsense=x"]))
    with pytest.raises(UsageError):
        Style(features="nowhere")
