"""Markdown in which a document's text stays text."""

from __future__ import annotations

import re
from dataclasses import replace

from symbn.report.markdown import as_markdown, escaped
from tests.report.values import REPAIRED, everything, hostile, kinds, report


def test_a_problem_has_formula_counterexample_and_repair() -> None:
    shown = as_markdown([report(kinds()["repaired"])])
    assert "### notes.md, line 3: wrong-sign\n\n**refuted**: the last term is added, but it must be subtracted\n" in shown
    assert "They differ at m = 2 (true for m &lt;= 1):\n\n| name | value |\n|---|---|\n| x | (0, 2) |\n" in shown
    assert "| left side | 3/16 |\n| right side | 5/16 |\n" in shown
    assert f"Write instead:\n\n```math\n{REPAIRED}\n```\n" in shown


def test_what_is_as_expected_is_in_the_table_only() -> None:
    shown = as_markdown([report(kinds()["expected"], kinds()["proved"])])
    assert "###" not in shown
    assert "| notes.md | 2 | 1 | 0 | 1 | 0 | 0 | 0 | 1 | 0 |" in shown
    assert "### Caveats in notes.md\n\n- line 3: proved, but only if" in as_markdown([everything()])


def without_fences(text: str) -> str:
    """Return what Markdown interprets: a fence ends only at a row of backticks at least as long as its first."""
    kept, fence = [], ""
    for line in text.split("\n"):
        marks = re.match("`{3,}", line)
        if not fence and marks:
            fence = marks[0]
        elif fence:
            fence = "" if re.fullmatch(f"`{{{len(fence)},}} *", line) else fence
        else:
            kept.append(line)
    assert not fence
    return "\n".join(kept)


def test_hostile_text_is_never_interpreted() -> None:
    shown = as_markdown([hostile(), report()])
    outside = without_fences(shown)
    assert "script" in outside
    assert "<" not in outside.replace("<!-- -->", "")
    assert not re.search(r"(?<!\\)[`|~$]", re.sub(r"^\|.*\|$", "", outside, flags=re.MULTILINE))
    assert not re.search(r"[@#](?=\w)", outside)
    rows = [line for line in outside.split("\n") if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {11, 3}
    assert all(c.isprintable() or c == "\n" for c in shown)


def test_a_fence_is_longer_than_any_in_the_formula() -> None:
    step = replace(kinds()["refuted"], lhs="x\n````\n<script>\n```\n# title", rhs="$y$")
    outside = without_fences(as_markdown([report(step)]))
    assert "script" not in outside
    assert "# title" not in outside


def test_addresses_and_names_are_no_links() -> None:
    assert escaped("http://a.b www.c.d @me #1 [x](y) <b>") == (
        r"http\://a.b www\.c.d @<!-- -->me #<!-- -->1 \[x\](y) &lt;b&gt;"
    )
