"""Documents that a hostile reader wrote: nothing false is proved, nothing true is refuted, nothing is hidden as a hypothesis."""
# ruff: noqa: E501 - one document, one line

from __future__ import annotations

import pytest

from tests.following.documents import checked, verdicts

CASES = [
    (
        "With $\\sigma = \\sqrt{\\sigma^2}$ we get $$\\hat x_i = \\frac{x_i-\\mu}{\\sqrt{\\sigma+\\epsilon}}$$ and $$\\hat x_i = \\frac{x_i-\\mu}{\\sqrt{\\sigma^2+\\epsilon}}$$ and $$\\frac{\\partial\\sigma}{\\partial x_i} = \\frac{x_i-\\mu}{m\\sigma}$$ $$\\frac{\\partial L}{\\partial\\sigma^2} = -\\frac12 (\\sigma^2+\\epsilon)^{-3/2} \\sum_i \\frac{\\partial L}{\\partial \\hat x_i}(x_i-\\mu)$$",
        ["proved", "refuted", "proved", "proved", "proved"],
    ),
    ("$\\nu = \\nu$ and $\\frac{\\partial \\nu}{\\partial x_i} = 0$", ["unreadable", "unreadable"]),
    (
        "With $\\sigma = \\sqrt{\\sigma^2+\\epsilon}$ the normalised input is $\\hat x_i = (x_i-\\mu)/\\sigma$.",
        ["proved", "proved"],
    ),
    ("$c_i = c_i + 1$ and $c_i = 0$", ["unreadable", "assumed"]),
    (
        "The network may learn the identity by setting $\\gamma = \\sqrt{\\sigma^2+\\epsilon}$ and $\\beta = \\mu$.\n\nBackward pass:\n$$\\frac{\\partial L}{\\partial x_i} = g_i - \\frac1m\\sum_j g_j - \\frac1m\\hat x_i\\sum_j g_j\\hat x_j$$",
        ["assumed", "assumed", "undecided"],
    ),
    (
        "We initialise with $\\gamma = 1$ and $\\beta = 0$ (as usual). The gradients are $$\\frac{\\partial L}{\\partial \\hat x_i} = g_i$$ $$y_i = \\hat x_i$$",
        ["assumed", "assumed", "undecided", "undecided"],
    ),
    (
        "Assume $i \\neq j$ in this section.\n\n# Next section\n\nIn general $$\\frac{\\partial x_i}{\\partial x_j} = 0$$",
        ["refuted"],
    ),
    (
        "Assume now that $i = j$. Fine. Now for arbitrary $i$ and $j$ $$\\frac{\\partial x_i}{\\partial x_j} = 1$$",
        ["assumed", "caveat"],
    ),
    ("With $N = 2$ things are easy. For any $N$, $$\\sigma^2 = \\frac{(x_1-x_2)^2}{4}$$", ["assumed", "undecided"]),
    ("Unless $i = j$, $\\frac{\\partial x_i}{\\partial x_j} = 1$.", ["assumed", "refuted"]),
    ("$\\frac{\\partial x_i}{\\partial x_j} = 1$ unless $i = j$.", ["refuted", "assumed"]),
    ("Except for $i = j$, $\\frac{\\partial x_i}{\\partial x_j} = 1$.", ["assumed", "refuted"]),
    ("We have $\\frac{\\partial x_i}{\\partial x_j} = 0$ unless $i = j$.", ["proved", "assumed"]),
    ("Except when $i = j$, $\\frac{\\partial x_i}{\\partial x_j} = 0$.", ["assumed", "proved"]),
    ("It is not the case $i = j$, so $\\frac{\\partial x_i}{\\partial x_j} = 0$.", ["assumed", "proved"]),
    ("$\\frac{\\partial x_i}{\\partial x_j} = 0$ except for $i = j$.", ["proved", "assumed"]),
    ("$$\\hat x_i = \\frac{x_i-\\mu}{s}$$ where $s = \\sigma^2 + \\epsilon$.", ["refuted", "assumed"]),
    (
        "$$\\frac{\\partial L}{\\partial \\beta} = \\sum_i g_i$$ where $g_i = \\frac{\\partial L}{\\partial \\hat x_i}$.",
        ["undecided", "assumed"],
    ),
    ("$$\\hat x_i = (x_i-\\mu) s$$ where $s = \\frac{1}{\\sqrt{\\sigma^2+\\epsilon}}$.", ["proved", "assumed"]),
    ("$$\\frac{\\partial a}{\\partial x_i} = 0$$ where $a = \\mu$.", ["refuted", "proved"]),
    (
        "$$\\frac{\\partial L}{\\partial x_i} = \\sum_j \\frac{\\partial L}{\\partial \\hat x_j}\\frac{\\partial\\hat x_j}{\\partial x_i} = \\frac{1}{s}\\frac{\\partial L}{\\partial\\hat x_i}$$",
        ["proved", "refuted"],
    ),
    (
        "$(f x)' = f' x$ $(f x)' = f' x + f$ $(x f(x))' = x f'(x)$ $(f + x)' = f'$ $(f s)' = f' s$ $(f-\\mu)' = f'$ $(t f)' = t f'$",
        ["unreadable", "unreadable", "unreadable", "unreadable", "unreadable", "unreadable", "unreadable"],
    ),
    (
        "If $i = j$, $\\frac{\\partial x_i}{\\partial x_j} = 1$; in general, $\\frac{\\partial x_i}{\\partial x_j} = 1$.",
        ["assumed", "proved", "undecided"],
    ),
    (
        "If $i = j$, $\\frac{\\partial x_i}{\\partial x_j} = 1$, otherwise $\\frac{\\partial x_i}{\\partial x_j} = 0$.",
        ["assumed", "proved", "proved"],
    ),
    (
        "- when $i = j$: $\\frac{\\partial x_i}{\\partial x_j} = 1$\n- otherwise: $\\frac{\\partial x_i}{\\partial x_j} = 0$\n- in general: $\\frac{\\partial x_i}{\\partial x_j} = 1$",
        ["assumed", "proved", "proved", "undecided"],
    ),
    ("When $i = j$, i.e. on the diagonal, $\\frac{\\partial x_i}{\\partial x_j} = 1$.", ["assumed", "proved"]),
    ("When $i = j$ (see Fig. 2), $\\frac{\\partial x_i}{\\partial x_j} = 1$.", ["assumed", "proved"]),
    ("## Case $i = j$\n\n$\\frac{\\partial x_i}{\\partial x_j} = 1$.", ["assumed", "proved"]),
    ("**Case 1: $i = j$.** Then $\\frac{\\partial x_i}{\\partial x_j} = 1$.", ["assumed", "undecided"]),
    (
        "Für $i \\neq j$ gilt $$\\frac{\\partial x_i}{\\partial x_j} = 0,$$ sonst $$\\frac{\\partial x_i}{\\partial x_j} = 1.$$",
        ["proved", "proved"],
    ),
    (
        "Here $\\frac{\\partial x_i}{\\partial x_j} = 0$ for $i\\neq j$ and $\\frac{\\partial L}{\\partial\\beta} = \\sum_i g_i x_i$.",
        ["proved", "undecided"],
    ),
    ("The gradient for $$\\frac{\\partial L}{\\partial \\beta} = \\sum_j g_j x_j$$", ["refuted"]),
    ("$$y = x$$ Clearly $$s = 1$$ and $L = 0$", ["refuted", "assumed", "undecided"]),
    ("$$\\frac{\\partial L}{\\partial \\beta} := \\sum_j g_j x_j$$ $$d\\beta := \\sum_j g_j x_j$$", ["refuted", "refuted"]),
    ("$$\\sigma^2 = \\frac1m\\sum_i h_i^2$$ $$\\mu = \\frac1m\\sum_i h_i$$", ["unreadable", "unreadable"]),
    ("$$z_1 = x_1 - \\mu$$ $$z_2 = x_2$$ $$z_1 + z_2 = x_1+x_2-\\mu$$", ["assumed", "assumed", "proved"]),
    ("$$\\sigma^2 = \\frac1m (x-\\mu)^\\top (x-\\mu)$$", ["proved"]),
    (
        "# A\nLet $z_i = g_i \\hat x_i$. Then $\\frac{\\partial L}{\\partial\\gamma}=\\sum_i z_i$.\n# B\nLet $z_i = g_i x_i$. Then $\\frac{\\partial L}{\\partial\\gamma}=\\sum_i z_i$. And $\\sum_i z_i = \\sum_i g_i x_i$.",
        ["assumed", "proved", "assumed", "refuted", "proved"],
    ),
    (
        "$$L = \\frac12\\sum_i y_i^2$$ $$\\frac{\\partial L}{\\partial y_i} = y_i$$ $$\\frac{\\partial L}{\\partial \\beta} = \\sum_i y_i$$",
        ["undecided", "undecided", "undecided"],
    ),
    ("Suppose $g_i = 1$. Then $\\frac{\\partial L}{\\partial\\beta} = m$.", ["assumed", "caveat"]),
    ("$\\frac{\\partial x_i}{\\partial x_j} = 1$ as long as $i = j$.", ["undecided", "assumed"]),
    ("$\\frac{\\partial x_i}{\\partial x_j} = 1$, $i = j$.", ["undecided", "assumed"]),
    ("$y_i = \\hat x_i$ with $\\gamma = 1$ and $\\beta = 0$.", ["proved", "assumed", "assumed"]),
    ("$y_i = \\hat x_i$ if $\\gamma=1, \\beta=0$.", ["proved", "assumed", "assumed"]),
    ("Suppose first $\\gamma = 1$. Then $\\frac{\\partial L}{\\partial \\hat x_i} = g_i$.", ["assumed", "caveat"]),
    ("Assume $\\mu = 0$. Then $\\sigma^2 = \\frac1m\\sum_i x_i^2$.", ["assumed", "undecided"]),
    (
        "$$\\mu = \\frac1m\\sum_i x_i$$\n\n# Variance\n\nNow $\\sigma^2$ is\n$$= \\frac1m\\sum_i (x_i-\\mu)^2$$",
        ["proved", "proved"],
    ),
    ("The derivative $\\frac{\\partial L}{\\partial \\beta}$ $$= \\sum_i g_i$$", ["proved"]),
    ("$$\\frac{\\partial L}{\\partial\\beta = \\sum_i g_i x_i$$", ["unreadable"]),
    (
        "${\\mu = 1}$ $$\\mathbf{\\mu = 1}$$ $$\\fbox{$\\mu = 1$}$$ $$\\mu \\stackrel{!}{=} 1$$",
        ["refuted", "assumed", "refuted", "unreadable"],
    ),
    ("Let $d_\\beta = \\sum_j g_j$. Then $c_{i-1} = x_i$.", ["unreadable", "unreadable"]),
    (
        "$$p_i = x_i + x_i$$ $$q_i = p_i + p_i$$ $$r_i = q_i + q_i$$ $$u_i = r_i + r_i$$ $$w_i = u_i + u_i$$ $$z_i = w_i + w_i$$ $$h_i = z_i + z_i$$ $$k_i = h_i + h_i$$ $$e_i = k_i + k_i$$ ",
        ["assumed", "assumed", "assumed", "assumed", "assumed", "assumed", "assumed", "assumed", "unreadable"],
    ),
]


@pytest.mark.parametrize(("text", "found"), CASES)
def test_the_context_of_a_step_is_neither_forgotten_nor_kept_too_long(text: str, found: list[str]) -> None:
    assert verdicts(text) == found


def test_definitions_of_definitions_do_not_explode() -> None:
    names = [f"\\{accent} {letter}" for accent in ("tilde", "hat", "bar") for letter in "pqruwzhkeo"]
    steps = "".join(f"$${new}_i = {old}_i + {old}_i$$ " for old, new in zip(["x", *names], names[:22], strict=False))
    assert set(verdicts(steps)) <= {"assumed", "unreadable"}


def test_a_caveat_names_what_the_section_assumes() -> None:
    (*_, step) = checked("Assume $\\gamma = 1$. Then $\\frac{\\partial L}{\\partial \\hat x_i} = g_i$.").steps
    assert step.caveat == r"only under what the section assumes: \gamma = 1 (line 1)"


def test_one_formula_that_breaks_symbn_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from symbn.following import follow

    def broken(*_: object) -> None:
        raise RuntimeError("forged")

    monkeypatch.setattr(follow, "trailing", broken)
    (step,) = checked("$\\mu = E[x]$").steps
    assert step.verdict == "unreadable"
    assert "this is a bug in symbn" in (step.reason or "")
