"""Delimiters, exclusions and remarks of the formats that share the scanner."""

from __future__ import annotations

import pytest

from tests.document.helpers import Row, formulas, in_the_file, read, remarks, rows

TABLE: list[tuple[str, str, list[Row]]] = [
    ("md", "Let $a = b$ hold.", [("a = b", False, 1, 6)]),
    ("md", "Let\n\n$$ a\n = b $$\n", [("a\n = b", True, 3, 4)]),
    ("md", "Say \\(a\\) and\r\n\\[ b \\]", [("a", False, 1, 7), ("b", True, 2, 4)]),
    ("md", "Say \\\\(a\\\\) and \\\\[ b \\\\]", [("a", False, 1, 8), ("b", True, 1, 21)]),
    ("md", "\\begin{align*}\na &= b\n\\end{align*}", [("a &= b", True, 2, 1)]),
    ("md", "\\begin{alignat}{2} a &= b \\end{alignat}", [("a &= b", True, 1, 20)]),
    ("md", "\\begin{math} a \\end{math}", [("a", False, 1, 14)]),
    ("md", "\\[\\begin{split} a \\\\[2pt] b \\end{split}\\]", [("\\begin{split} a \\\\[2pt] b \\end{split}", True, 1, 3)]),
    ("md", "$$\\begin{align} a \\end{align}$$", [("\\begin{align} a \\end{align}", True, 1, 3)]),
    (
        "md",
        "\\begin{equation}\\begin{aligned} a \\end{aligned}\\end{equation}",
        [("\\begin{aligned} a \\end{aligned}", True, 1, 17)],
    ),
    ("md", "GitHub: $`a`$ and\n\n```math\na\n = b\n```\n", [("a", False, 1, 11), ("a\n = b", True, 4, 1)]),
    ("md", "- a list\n  ```{math}\n  :label: one\n  a = b\n  ```\n", [("a = b", True, 4, 3)]),
    ("md", "$$a$$ $$b$$", [("a", True, 1, 3), ("b", True, 1, 9)]),
    ("md", "$a$$b$", [("a", False, 1, 2), ("b", False, 1, 5)]),
    ("md", "a bill of $5 and $6, but $x$", [("x", False, 1, 27)]),
    ("md", "5 to 10$ or $ x $ or $x$5 or \\$y\\$ but $z$", [("z", False, 1, 41)]),
    ("md", "$a\n\nb$ and $c$", [("c", False, 3, 9)]),
    ("md", "$x = \\$5$", [("x = \\$5", False, 1, 2)]),
    ("md", "$x \\text{ if $y$ holds}$", [("x \\text{ if $y$ holds}", False, 1, 2)]),
    ("md", "$$x \\text{ if $y$ holds}$$", [("x \\text{ if $y$ holds}", True, 1, 3)]),
    ("md", "a stray $$ here\n\nand $x$ there $$y$$", [("x", False, 3, 6), ("y", True, 3, 17)]),
    ("md", "$$\n\nx\n\n$$\n", [("x", True, 3, 1)]),
    ("md", "$$ $$ and $$$$ say nothing, $x$", [("x", False, 1, 30)]),
    ("md", "\\begin{align} a and $x$", [("x", False, 1, 22)]),
    ("md", "\\[ a and \\[ b \\]", [("b", True, 1, 13)]),
    ("md", "$\\begingroup$ nothing $\\endgroup$", []),
    ("md", "> $$\n> a\n> = b\n> $$\n", [("a\n = b", True, 2, 3)]),
    ("md", "> ```math\n> a\n> ```\n", [("a", True, 2, 3)]),
    ("md", "$$ a\n> b $$", [("a\n> b", True, 1, 4)]),
    ("txt", "`$a$` is read in text, $b$", [("a", False, 1, 3), ("b", False, 1, 25)]),
    ("txt", "```\n$a$\n```\n$b$", [("b", False, 4, 2)]),
]


@pytest.mark.parametrize(("kind", "text", "expected"), TABLE)
def test_formulas_with_their_places(kind: str, text: str, expected: list[Row]) -> None:
    assert rows(read(text, kind)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "```\n$a$\n```",
        "~~~ python\n$a$\n~~~",
        "````\n```\n$a$\n````",
        "> ```\n> $a$\n> ```",
        "```\n$a$ never closed",
        "`$a$`",
        "``$a$ ` $b$``",
        "<!-- $a$ -->",
        "text <!-- $a$\n\n$b$ --> text",
        "<pre>\n$a$\n\n$b$</pre>",
        "<code>$a$</code>",
        "---\ntitle: $a$\n---\n",
        "+++\ntitle = '$a$'\n+++\n",
    ],
)
def test_what_is_code_or_hidden_holds_no_formula(text: str) -> None:
    assert formulas(f"{text}") == []


def test_after_code_formulas_are_read_again() -> None:
    assert formulas("```\n$a$\n```\n$b$\n~~~\n$c$\n~~~\n`$d$` $e$ <!-- $f$ --> $g$") == ["b", "e", "g"]


def test_a_fence_cuts_a_display_short() -> None:
    assert formulas("$$ a\n```\n$b$\n```\n c $$ and $d$") == ["d"]


def test_a_rule_at_the_top_is_not_a_header() -> None:
    assert formulas("---\n\nSome $a$ here.\n\n---\n") == ["a"]


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("md", "<!-- symbn: batch = m -->\n$a$", ["batch = m"]),
        ("md", "so <!--symbn:skip--> $a$ <!-- nothing -->", ["skip"]),
        ("html", "<p>so <!-- symbn: skip --> $a$</p>", ["skip"]),
        (
            "txt",
            "# symbn: skip\r\nsymbn: expect refuted\nnot symbn: this\n<!-- symbn: two -->",
            ["skip", "expect refuted", "two"],
        ),
        ("tex", "a % symbn: skip\n%symbn: expect refuted\n50\\% symbn: no", ["skip", "expect refuted"]),
        ("rst", ".. symbn: skip\n\nText.", ["skip"]),
        ("md", "```\n<!-- symbn: code -->\n```\n`<!-- symbn: code -->`", []),
    ],
)
def test_remarks(kind: str, text: str, words: list[str]) -> None:
    assert remarks(text, kind) == words


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("md", "a\n <!-- symbn: skip -->"),
        ("html", "<p>&lt;\n<!--symbn: skip -->"),
        ("txt", "a\nsymbn:  skip"),
        ("tex", "% symbn: skip"),
        ("rst", ".. symbn: skip"),
    ],
)
def test_a_remark_points_at_its_words(kind: str, text: str) -> None:
    document = read(text, kind)
    (remark,) = document.items
    assert in_the_file(document, remark.span.start, remark.span.end) == "skip"
