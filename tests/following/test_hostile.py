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
        ["assumed", "undecided"],
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
        ["proved", "refuted"],
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


SECOND_PASS = [
    ("If $\\gamma \\neq 1$, $y_i = \\hat x_i+\\beta$.", ["undecided"]),
    ("If $\\beta \\neq 0$ and $\\gamma \\neq 0$, $y_i = 0$.", ["undecided"]),
    ("Assume $\\gamma \\neq 0$. Then $y_i = \\beta$.", ["undecided"]),
    ("If $m \\neq 1$, $\\sigma^2=0$.", ["undecided"]),
    ("Unless $N = 1$, $\\hat x_i = 0$.", ["assumed", "undecided"]),
    ("We have $\\hat x_i = 0$ unless $N = 1$.", ["undecided", "assumed"]),
    ("Except when $N = 2$, $\\sigma^2 = \\frac{(x_1-x_2)^2}{4}$.", ["assumed", "undecided"]),
    ("If $N = 1$, $\\hat x_i = 0$, otherwise $\\sigma^2 = 0$.", ["assumed", "proved", "undecided"]),
    ("Assume $N \\neq 2$. Then $\\sigma^2 = \\frac{(x_1-x_2)^2}{4}$.", ["undecided"]),
    ("Unless $i = j$ and $j = k$, $\\frac{\\partial x_i}{\\partial x_j} = 0$.", ["assumed", "assumed", "undecided"]),
    (
        "If $i = j$ and $j = k$, $\\frac{\\partial x_i}{\\partial x_j} = 1$, otherwise $\\frac{\\partial x_i}{\\partial x_j} = 0$.",
        ["assumed", "assumed", "proved", "undecided"],
    ),
    (
        "If $i = j$ and $\\gamma = 1$, $\\frac{\\partial x_i}{\\partial x_j} = 1$, otherwise $\\frac{\\partial x_i}{\\partial x_j} = 0$.",
        ["assumed", "assumed", "proved", "undecided"],
    ),
    ("$\\delta_{ij} = 1$ if $i = j$ or $i = k$.", ["undecided", "assumed", "assumed"]),
    ("For $N = 2$ or $N = 3$, $\\mu = \\frac13(x_1+x_2+x_3)$.", ["assumed", "assumed", "undecided"]),
    ("Assume $i = j$ or $j = k$. Then $\\delta_{ij} = 1$.", ["assumed", "assumed", "undecided"]),
    ("When not both $i = j$ and $j = k$, $\\delta_{ij} = 0$.", ["assumed", "assumed", "undecided"]),
    ("For $D = 2$ we have $\\mu = \\frac12(x_1+x_2)$.", ["assumed", "refuted"]),
    (
        "Let $a = \\gamma$. Let $b = 2a$. Let $a = \\beta$. $$b = 2\\gamma$$ $$b = 2\\beta$$",
        ["assumed", "assumed", "assumed", "proved", "refuted"],
    ),
    (
        "$$a_i = x_i$$ $$b_i = a_i + 1$$ Let $a_i = \\mu$. $$b_i = x_i + 1$$ $$b_i = \\mu + 1$$",
        ["assumed", "assumed", "assumed", "proved", "refuted"],
    ),
    (
        "# A\n$$h_i = x_i - \\mu$$\n$$\\hat x_i = h_i/s$$\n# B\nNow let $h_i = x_i$. $$\\hat x_i = h_i / s$$ $$\\sum_i h_i = m\\mu$$",
        ["proved", "proved", "assumed", "refuted", "proved"],
    ),
    (
        "$$t = \\sqrt{\\sigma^2+\\epsilon}$$ Let $t = \\sigma^2$. $$\\frac{\\partial t}{\\partial x_i} = \\frac2m (x_i-\\mu)$$ $$\\hat x_i = (x_i-\\mu)/t$$",
        ["proved", "proved", "proved", "refuted"],
    ),
    ("Suppose $N = 2$. Then $$\\mu = \\frac1m\\sum_i x_i = \\frac{x_1+x_2}{2}$$", ["assumed", "proved", "caveat"]),
    (
        "Assume $\\gamma = 1$. Then $$\\frac{\\partial L}{\\partial\\hat x_i} = \\gamma g_i = g_i$$",
        ["assumed", "proved", "caveat"],
    ),
    (
        "Suppose $i \\neq j$. Then $$\\frac{\\partial (x_i - \\mu)}{\\partial x_j} = \\delta_{ij} - \\frac1m = -\\frac1m$$",
        ["proved", "caveat"],
    ),
    (
        "$$\\hat x_i = (x_i - \\mu) t$$ where $t = 1/s$. Let $t = s$. $$\\hat x_i = (x_i-\\mu)/t$$",
        ["undecided", "assumed", "proved", "proved"],
    ),
    (
        "$$y_i = p\\hat x_i + \\beta$$ where $p = \\gamma$. $$\\frac{\\partial L}{\\partial \\beta} = \\frac{\\partial L}{\\partial \\beta} p$$ where $p = 1$.",
        ["undecided", "assumed", "undecided", "assumed"],
    ),
    ("$$A_{ij} = x_i g_j$$ $$A_{12} = x_1 g_2$$", ["assumed", "unreadable"]),
    (
        "The gradient $\\frac{\\partial L}{\\partial \\beta}$, where $g_i$ is the upstream gradient, $$= \\sum_i g_i$$",
        ["undecided"],
    ),
    (
        "Starting from $\\frac{\\partial L}{\\partial\\gamma}$, with $\\hat x_i = (x_i-\\mu)/s$, we get $$= \\sum_i g_i\\hat x_i$$",
        ["proved", "undecided"],
    ),
    ("the variance $\\sigma^2$ of $x_i$ $$= \\frac1m\\sum_i(x_i-\\mu)^2$$", ["undecided"]),
    ("If neither $\\gamma = 1$ nor $\\beta = 0$, $y_i = 0$.", ["assumed", "assumed", "undecided"]),
    ("Assume $i \\neq j$. Then $\\frac{\\partial x_i}{\\partial x_j} = 0$.", ["caveat"]),
    (
        "Let $N = 2$. Then $\\mu = \\frac12(x_1+x_2)$. Let $N = 3$. Then $\\mu = \\frac13(x_1+x_2+x_3)$.",
        ["assumed", "caveat", "assumed", "caveat"],
    ),
    ("$\\sigma^2 = (\\sigma^2 + 5, \\dots, 7)$ and $x = (x_1, \\ldots, x_m)$", ["unreadable", "assumed"]),
    ("$$p = x_i - \\mu$$", ["caveat"]),
]


@pytest.mark.parametrize(("text", "found"), SECOND_PASS)
def test_contraries_alternatives_and_new_meanings_leave_doubt_where_they_must(text: str, found: list[str]) -> None:
    assert verdicts(text) == found


def test_an_expectation_that_no_formula_follows_is_a_problem() -> None:
    (problem,) = checked("$\\mu = E[x]$\n\n<!-- symbn: refuted -->\n").problems
    assert problem.code == "bad-remark"


def test_definitions_of_definitions_do_not_explode() -> None:
    names = [f"\\{accent} {letter}" for accent in ("tilde", "hat", "bar") for letter in "pqruwzhkeo"]
    steps = "".join(f"$${new}_i = {old}_i + {old}_i$$ " for old, new in zip(["x", *names], names[:22], strict=False))
    assert set(verdicts(steps)) <= {"assumed", "unreadable"}


def test_a_caveat_names_what_the_section_assumes() -> None:
    (*_, step) = checked("Assume $\\gamma = 1$. Then $\\frac{\\partial L}{\\partial \\hat x_i} = g_i$.").steps
    assert step.caveat == r"what the paragraph assumes holds: \gamma = 1 (line 1)"


def test_one_formula_that_breaks_symbn_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from symbn.following import follow

    def broken(*_: object) -> None:
        raise RuntimeError("forged")

    monkeypatch.setattr(follow, "trailing", broken)
    (step,) = checked("$\\mu = E[x]$").steps
    assert step.verdict == "unreadable"
    assert "this is a bug in symbn" in (step.reason or "")
