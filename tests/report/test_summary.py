"""The closing table and sentence."""

from __future__ import annotations

import pytest

from symbn.report.summary import MAX_ROWS, _coloured, conclusion, summary, tally
from symbn.report.terminal import Style, cells
from tests.report.values import everything, hostile, kinds, report

LONG = "a/very/long/path/to/the/notes/on/batch/normalisation/and/its/gradients/backward.md"


def test_columns_that_are_empty_are_left_out() -> None:
    steps = kinds()
    both = [report(steps["proved"], steps["refuted"]), report(steps["proved"], path=LONG)]
    assert (
        summary(both, Style(80))
        == """
document                                     steps  proved  refuted     time
────────────────────────────────────────────────────────────────────────────
notes.md                                         2       1        1  12.0 ms
a/very/long/path/to/the/notes/on/batch/          1       1        0  12.0 ms
normalisation/and/its/gradients/backward.md

2 documents                                      3       2        1  24.0 ms
"""[1:-1]
    )
    assert conclusion(both) == "3 steps in 2 documents: 1 refuted"


def test_all_columns_fit_eighty() -> None:
    assert (
        summary([everything(), report(path="derivations/staged.md")], Style(80))
        == """
                                               un-
                            with   re- unde- read-   as- as ex-  unex-
document     steps proved caveat futed cided  able sumed pected pected    time
──────────────────────────────────────────────────────────────────────────────
notes.md        11      3      1     5     1     1     1      1      2 12.0 ms
derivations/     0      0      0     0     0     0     0      0      0 12.0 ms
staged.md

2 documents     11      3      1     5     1     1     1      1      2 24.0 ms
"""[1:-1]
    )


def test_where_no_table_fits_each_document_gets_a_sentence() -> None:
    assert (
        summary([report(kinds()["refuted"], kinds()["caveat"], path="derivations/staged.md")], Style(40))
        == """
derivations/staged.md: 2 steps, 1
proved, 1 with a caveat, 1 refuted
"""[1:-1]
    )


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    reports = [everything(), report(path=LONG), report(path="漢" * 60), hostile()]
    for shown in (summary(reports, Style(width)), conclusion(reports, Style(width))):
        assert all(cells(line) <= width for line in shown.splitlines())
        assert all(c.isprintable() or c == "\n" for c in shown)
        assert not any(line.lstrip().startswith("::") for line in shown.splitlines())


def test_colour_only_when_asked_for() -> None:
    assert "\x1b" not in summary([everything()], Style(200)) + conclusion([everything()], Style(200))
    assert "\x1b[" in summary([everything()], Style(200, True))
    assert "\x1b[" in conclusion([everything()], Style(200, True))


def test_the_sentence_says_what_decides_the_status() -> None:
    steps = kinds()
    for kind, said in (
        ("proved", "1 step in 1 document: all proved"),
        ("caveat", "1 step in 1 document: all proved (1 with a caveat)"),
        ("assumed", "1 step in 1 document: 0 proved, 1 assumed"),
        ("expected", "1 step in 1 document: 0 proved, 1 refuted; all as expected"),
        ("undecided", "1 step in 1 document: 1 undecided"),
        ("unwanted", "1 step in 1 document: 1 not as expected"),
    ):
        assert conclusion([report(steps[kind])]) == said
    assert conclusion([report()]) == "nothing to check in 1 document"
    assert (
        conclusion([everything()])
        .replace("\n", " ")
        .endswith("3 refuted, 1 undecided, 1 unreadable, 2 not as expected, 1 fault in a document")
    )


@pytest.mark.parametrize("width", [44, 60, 72, 80, 100, 120])
def test_without_colours_the_table_is_the_one_that_rich_draws(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = list(kinds().values())
    paths = ["notes.md", LONG, "::group::x.md", "日本語/メモ.md", "a b/c\u0301.md"]
    tables = [
        [everything()],
        [report(*steps[:number], path=path) for number, path in enumerate(paths, 1)],
        [report(path="empty.md"), report(*steps * 40, path="large.md")],
    ]
    plain = [summary(reports, Style(width)) for reports in tables]
    monkeypatch.setattr("symbn.report.summary._plain", _coloured)
    assert plain == [summary(reports, Style(width)) for reports in tables]


def test_nobody_reads_a_table_of_thousands() -> None:
    many = [tally(everything())] * (MAX_ROWS + 1)
    shown = summary(many, Style(120))
    assert f"{MAX_ROWS + 1} documents" in shown
    assert len(shown.splitlines()) < 10
    assert len(summary(many[:-1], Style(120)).splitlines()) > MAX_ROWS
    assert conclusion(many) == conclusion([everything()] * (MAX_ROWS + 1))
