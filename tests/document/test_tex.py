"""LaTeX files."""

from __future__ import annotations

import pytest

from tests.document.helpers import Row, formulas, read, rows

TABLE: list[tuple[str, list[Row]]] = [
    ("So $ a $ and $b$2.", [("a", False, 1, 6), ("b", False, 1, 15)]),
    ("% $a$\n$b$ 50\\% $c$", [("b", False, 2, 2), ("c", False, 2, 11)]),
    ("$a % not $ here\n + b$", [("a % not $ here\n + b", False, 1, 2)]),
    ("\\verb|$a$| $b$ \\verb*+$c$+", [("b", False, 1, 13)]),
    ("\\begin{verbatim}\n$a$\n\\end{verbatim}\n$b$", [("b", False, 4, 2)]),
    ("\\begin{lstlisting}[language=C]\n$a$\n\\end{lstlisting}\n\\begin{comment}$c$\\end{comment}$b$", [("b", False, 4, 33)]),
    ("\\begin{theorem}\\begin{gather*}\na\n\\end{gather*}\\end{theorem}", [("a", True, 2, 1)]),
    ("\\begin{displaymath} a \\end{displaymath}", [("a", True, 1, 21)]),
    ("% \\begin{align}\n\\begin{align} a \\end{align}", [("a", True, 2, 15)]),
    (
        "\\documentclass{article}\n\\title{$t$}\n\\begin{document}\n$a$\n\\end{document}\n$b$",
        [("a", False, 4, 2)],
    ),
    ("\\documentclass{article}\n\\newcommand{\\x}{y_i}\n\\begin{document}\n$\\x$\n\\end{document}", [("y_i", False, 4, 2)]),
    ("\\documentclass{article}\n% \\begin{document}\n\\begin{document}\n$a$", [("a", False, 4, 2)]),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_formulas_with_their_places(text: str, expected: list[Row]) -> None:
    assert rows(read(text, "tex")) == expected


def test_a_display_may_hold_blank_and_commented_lines() -> None:
    assert formulas("\\begin{align}\n a \\\\ % \\end{align}\n b\n\\end{align}", "tex") == ["a \\\\ % \\end{align}\n b"]


def test_front_matter_stands_in_comments() -> None:
    document = read('% +++\n% batch = "m"\n%names = ["x"]\n% +++\n$a$', "tex")
    assert document.settings == {"batch": "m", "names": ["x"]}
    assert rows(document) == [("a", False, 5, 2)]
