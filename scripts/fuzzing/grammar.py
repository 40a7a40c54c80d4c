"""Formulas made from a grammar, so that they come past the parser's first line, and what is done to a text to break it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

LEAVES = (
    "x_i", "x", r"\mu", r"\sigma^2", r"\hat x_i", "y_i", "g_j", r"\gamma", r"\beta", r"\epsilon", "m", "L", "a", "0", "1", "2",
    r"\frac12", "0.5", "x_{ij}", r"\mu_{\mathcal B}", "x_i^{(k)}", r"\delta_{ij}", r"\bar x", "i", "N", "x_1", r"\ldots", "1e3",
    r"\frac{\partial L}{\partial x_i}", r"\frac{\partial L}{\partial \hat x_k}", r"\mathbb{E}[x]", r"\text{Var}[x_i]", "dout",
    "99999999999", r"\infty", r"\mathbf 1", "s", "sqrt(var + eps)", "sum_j g_j", "mean(x)", "dL/dx_i", r"\cdots", r"x^\top",
)  # fmt: skip
SHAPES = (
    "({0})", "{{{0}}}", "{0} + {1}", "{0} - {1}", "-{0}", "{0} {1}", r"{0} \cdot {1}", "{0} * {1}", "{0} / {1}",
    r"\frac{{{0}}}{{{1}}}", r"\sqrt{{{0}}}", "({0})^2", "({0})^{{-{n}/2}}", "{0}^{{{1}}}", "({0})**{n}",
    r"\sum_{{j=1}}^m ({0})", r"\sum_{{{l}}} {0}", r"\sum_{{{l} \neq {k}}} {0}", r"\sum_{{{l},{k}}} {0}",
    r"\left({0}\right)", r"\left[{0}\right]", r"\frac{{\partial {0}}}{{\partial {1}}}", r"\mathbb E[{0}]",
    r"\begin{{cases}} {0} & {l} = {k} \\ {1} & {l} \neq {k} \end{{cases}}", r"\overline{{{0}}}", r"\text{{{0}}}",
    r"\mathbb 1[{l}={k}]{0}", "sum_{l} {0}", "mean({0})", "var({0})", r"\underbrace{{{0}}}_{{{1}}}", r"({0})'",
    r"\begin{{pmatrix}} {0} & {1} \end{{pmatrix}}", r"\|{0}\|^2", "{0}_{{{l}}}", r"\prod_{{j=1}}^m ({0})", r"{0}^{{-1}}",
)  # fmt: skip
RELATIONS = (" = ", " = ", " = ", " = ", " := ", r" \neq ", r" \approx ", " < ", r" &= ", r" \equiv ", r" \propto ", " == ")
TAILS = ("", "", "", "", r", \quad i \neq j", r" \text{ for } i = j", r" \\ &= 0", ", m = 1", r"\tag{3}", ".", r"\label{a}")
NASTY = (
    "$", "$$", "\\", "\\\\", "{", "}", "(", ")", "[", "]", "^", "_", "&", "%", "#", "~", "'", '"', "`", "```", "|",
    "<", ">", "=",
    "\n", "\n\n", "\r\n", "\r", "\t", "\0", "\x1b[31m", "\u202e", "\u2028", "\ufeff", "\u200b", "\ufffd", "😀", "é",
    "²", "½", "∑",
    "𝜇", "\u0301", "\\(", "\\)", "\\[", "\\]", "\\frac", "\\sqrt", "\\sum", "\\left", "\\right", "\\begin{align}",
    "\\end{align}", "\\begin{cases}", "\\def\\a#1{\\a{#1#1}}", "\\newcommand{\\x}[9]{#1}", "\\a", "\\text{", "\\verb|",
    "<!--", "-->", "<script>", "</script>", "<script type='math/tex'>", "<p>", "</p>", "&lt;", "&#0;", "&#x110000;", "+++\n",
    "---\n", "<!-- symbn: ", "% symbn: ", "symbn: batch=m", ".. math::\n\n   ", ":math:`", "\\u0000", "\\ud800", "[[lines]]\n",
    "this", "{{", "}}", "^^", "__", "x^{1000000000}", "9" * 400, "^" * 70, "(" * 70, "%PDF", "\\partial", "\\ldots", "...", ",",
)  # fmt: skip


def formula(random: Random, depth: int | None = None) -> str:
    """Return one equation, or a chain, or what looks like one."""
    sides = [term(random, random.randrange(4) if depth is None else depth) for _ in range(random.choice((2, 2, 2, 3, 1)))]
    text = sides[0]
    for side in sides[1:]:
        text += random.choice(RELATIONS) + side
    return text + random.choice(TAILS)


def term(random: Random, depth: int) -> str:
    """Return one side; now and then it is no mathematics."""
    if depth <= 0 or random.random() < 0.1:
        return random.choice(LEAVES)
    parts = [term(random, depth - 1) for _ in range(2)]
    letters = {"l": random.choice("ijkm1"), "k": random.choice("ijkab2"), "n": random.randrange(12)}
    return random.choice(SHAPES).format(*parts, **letters)


def mutated(random: Random, text: str, words: tuple[str, ...] = NASTY) -> str:
    """Return the text after one to six edits of a kind that editors, converters and enemies make."""
    for _ in range(random.randint(1, 6)):
        text = random.choice(_EDITS)(random, text, words)
    return text[:20_000]


def _range(random: Random, text: str) -> tuple[int, int]:
    start = random.randint(0, len(text))
    return start, min(len(text), start + random.choice((1, 1, 2, 3, 8, 40)))


def _delete(random: Random, text: str, words: tuple[str, ...]) -> str:
    start, end = _range(random, text)
    return text[:start] + text[end:]


def _insert(random: Random, text: str, words: tuple[str, ...]) -> str:
    at = random.randint(0, len(text))
    return text[:at] + random.choice(words) + text[at:]


def _double(random: Random, text: str, words: tuple[str, ...]) -> str:
    start, end = _range(random, text)
    return text[:end] + text[start:end] * random.choice((1, 1, 1, 2, 50)) + text[end:]


def _move(random: Random, text: str, words: tuple[str, ...]) -> str:
    start, end = _range(random, text)
    rest, at = text[:start] + text[end:], random.randint(0, len(text) - (end - start))
    return rest[:at] + text[start:end] + rest[at:]


def _replace(random: Random, text: str, words: tuple[str, ...]) -> str:
    start, end = _range(random, text)
    return text[:start] + random.choice(words) + text[end:]


def _cut(random: Random, text: str, words: tuple[str, ...]) -> str:
    return text[: random.randint(len(text) // 2, len(text))]


_EDITS: tuple[Callable[[Random, str, tuple[str, ...]], str], ...] = (
    _delete, _delete, _insert, _insert, _insert, _double, _move, _replace, _replace, _cut,
)  # fmt: skip
