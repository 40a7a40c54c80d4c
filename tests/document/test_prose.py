"""The prose between items."""

from __future__ import annotations

import pytest

from symbn.document.prose import prose_before
from tests.document.helpers import read


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("md", "Assume $a$, so that $$ b $$ holds.", ["Assume", ", so that", "holds."]),
        ("md", "Let \\(a\\) be *so*:\n\\[ b \\]\n\\begin{align} c \\end{align} end", ["Let", "be *so*:", "", "end"]),
        ("md", "Now\n```math\na\n```\nand $`b`$ end", ["Now", "and", "end"]),
        (
            "md",
            "+++\na = 1\n+++\nSee <b>this</b> $a$ <!-- and\nthat --> but\n\n<!-- symbn: skip --> $b$",
            ["See this", "but", "", ""],
        ),
        (
            "tex",
            "\\documentclass{a}\n\\begin{document}\nHence $a$ or\n\\begin{alignat}{2} b\\end{alignat}",
            ["Hence", "or", ""],
        ),
        ("html", "<p>We <em>claim</em> $a$.</p><p>Then \\(b\\)</p>", ["We claim", ".\n\nThen", ""]),
        ("rst", "Let :math:`a` be\n\n.. math::\n\n   b\n\nend", ["Let", "be", "end"]),
    ],
)
def test_prose_stands_before_each_item_and_after_the_last(kind: str, text: str, expected: list[str]) -> None:
    document = read(text, kind)
    assert [prose_before(document, number) for number in range(len(document.items) + 1)] == expected
