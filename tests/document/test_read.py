"""Reading any file: kinds, refusals, hostile sizes, and what holds for every text."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbn.diagnostic import Span
from symbn.document.read import KINDS, kind_of, read_document
from symbn.document.source import Document, Formula
from symbn.errors import UsageError
from tests.document.helpers import rows

ALL = ["md", "txt", "tex", "html", "rst", "ipynb"]


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("a.md", "", "markdown"),
        ("dir.v2/A.MARKDOWN", "", "markdown"),
        ("a.mdx", "", "markdown"),
        ("a.qmd", "", "markdown"),
        ("a.Rmd", "", "markdown"),
        ("a.tex", "", "latex"),
        ("a.htm", "", "html"),
        ("a.txt", "\\documentclass{a}", "text"),
        ("a.rst", "", "rst"),
        ("a.ipynb", "", "notebook"),
        ("<stdin>", "  <!DOCTYPE html>", "html"),
        ("-", "<html>", "html"),
        ("notes", "% x\n\\documentclass{article}", "latex"),
        ("notes.old", "\\begin{document}", "latex"),
        ("notes", '{"cells": []}', "notebook"),
        ("notes", "{a}", "markdown"),
        ("", "", "markdown"),
    ],
)
def test_the_kind_follows_the_suffix_or_the_looks(path: str, text: str, kind: str) -> None:
    assert kind_of(path, text) == kind


def test_a_kind_may_be_given() -> None:
    assert rows(read_document("-", b":math:`a`", "rst")) == [("a", False, 1, 8)]
    assert rows(read_document("a.md", b"`$a$`", ".TXT")) == [("a", False, 1, 3)]
    with pytest.raises(UsageError, match=r"called 'docx'; choose from markdown"):
        read_document("a.md", b"", "docx")


def test_what_cannot_be_read_is_refused_with_a_cure() -> None:
    with pytest.raises(UsageError, match=r"a\.md: larger than 64 MiB"):
        read_document("a.md", bytes(64 * 1024 * 1024 + 1))
    with pytest.raises(UsageError, match=r"a\.png: this is a binary file.*UTF-8 text"):
        read_document("a.png", b"\x89PNG\0\0")
    with pytest.raises(UsageError, match="PDF"):
        read_document("a.pdf", b"%PDF-1.7")


def test_a_mark_of_byte_order_and_bytes_that_are_not_utf8_do_no_harm() -> None:
    document = read_document("a.md", b"\xef\xbb\xbf+++\na = 1\n+++\n\xff $a$")
    assert document.settings == {"a": 1}
    assert rows(document) == [("a", False, 4, 4)]


N = 30_000
HOSTILE = {
    "dollars": "$" * 100_000,
    "dollars apart": "$ " * N,
    "opening dollars": " $a" * 100_000,
    "dollars on lines": "$a\n" * N,
    "double dollars apart": "$$ a\n\n" * N,
    "texts in dollars": "$\\text{" * N + "}" * N + " $",
    "dollars in texts": "$\\text{$}" * N,
    "backticks": "`" * 100_000,
    "backtick runs": " ".join("`" * n for n in range(1, 600)),
    "backticks on lines": "a `` b\n" * N,
    "fences": "```\na\n\n" * N,
    "growing fences": "".join("`" * n + "\n" for n in range(3, 800)),
    "environments": "\\begin{align}" * 100_000,
    "environments of all sorts": "\\begin{align}\\begin{gather}\\end{split}" * (N // 3),
    "verbatims": "\\begin{verbatim}" * N,
    "verbs": "\\verb|" * N,
    "brackets": "\\[" * 100_000,
    "parentheses": "\\(" * N,
    "braces": "{" * N + "}" * N,
    "definitions": "\\newcommand{\\a}{" * N,
    "definitions with options": "\\newcommand\\a[1][" * N,
    "definitions in a formula": "$$" + "\\def\\a{b}" * N + "$$",
    "uses": "\\def\\a#1{#1}" + "$\\a{\\a{\\a{\\a{$ " * (N // 10),
    "doublings": "\\def\\a#1{\\a{#1#1}}" + "$\\a{x}$ " * 500,
    "comments": "<!--" * N,
    "comments with an end": "a <!-- ```\n" * N + "-->",
    "comment lines": "<!--\n" * N,
    "pre": "<pre" * N,
    "tags": "<a " * N,
    "tags with quotes": "<a \"><b '>" * N,
    "tags with odd quotes": '<a ">"' * N,
    "deep tags": "<div>" * 100_000 + "$a$" + "</p>" * N,
    "scripts": "<script>" * N,
    "processing instructions": "<?" * N,
    "spaces in a tag": "<a class" + " " * N + "b>",
    "entities": "&lt;" * N,
    "ampersands": "&" * N,
    "percents": "%" * N,
    "percent lines": "%+++\n" * N,
    "header": "---\na: b\n" * N,
    "roles": ":math:`" * N,
    "directives": ".. math::\n" * N,
    "deep directives": "".join(" " * n + ".. note::\n" for n in range(800)),
    "literal blocks": "a::\n" * N,
    "blank lines": "\n" * N,
    "spaces": " " * N,
    "spaces and an end": (" " * 300 + "\n") * 1000,
    "quotes": ">" * N,
    "backslashes": "\\" * N,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_read_in_time(name: str) -> None:
    text = HOSTILE[name]
    for kind in ALL:
        data = text if kind != "ipynb" else json.dumps({"cells": [{"cell_type": "markdown", "source": text}]})
        start = time.process_time()
        document = read_document(f"a.{kind}", data.encode())
        assert time.process_time() - start < 2, kind
        check(document)


def check(document: Document) -> None:
    """Items are in order, inside the text, and every origin is inside its item's text or a definition's use."""
    end = 0
    for item in document.items:
        assert end <= item.span.start <= item.span.end <= len(document.text)
        end = item.span.end
        if isinstance(item, Formula):
            assert sum(piece.length for piece in item.text.pieces) == len(item.text.text)
            origin = item.text.origin(Span(0, len(item.text.text)))
            assert item.span.start <= origin.start <= origin.end <= item.span.end
    for problem in document.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(document.text)
    if document.layout is not None:
        assert document.layout.text == document.text
        assert document.raw is not None
        assert document.layout.origin(Span(0, len(document.text))).end <= len(document.raw)
        assert sum(piece.length for piece in document.layout.pieces) == len(document.text)


NASTY = st.lists(
    st.sampled_from(
        [
            "$", "$$", "`", "```", "~~~", "\n", "\n\n", "\r\n", " ", "    ", "\\", "\\\\", "{", "}", "[", "]", "#1", "a",
            "x_i", "=", "\\(", "\\)", "\\[", "\\]", "\\begin{align}", "\\end{align}", "\\begin{alignat}{2}",
            "\\begin{math}", "\\end{math}", "\\begin{verbatim}", "\\end{verbatim}", "\\begin{document}", "\\end{document}",
            "\\verb|", "|", "\\text{", "%", "% symbn: ", "\\newcommand{\\a}", "\\def\\a", "\\let\\a\\b", "\\a", "\\b",
            "[1]", "<!--", "-->", "symbn:", "# symbn: ", "<p>", "</p>", "<br>", "<pre>", "</pre>", "<code>", "</code>",
            "<script type='math/tex'>", "</script>", "<span class='katex'>", "</span>", "&lt;", "&",
            "<annotation encoding='application/x-tex'>", "</annotation>", "<img class='latex' alt='a'>", "<", ">", '"', "'",
            ".. math::", ".. ", "::", ":math:`", "   ", ":label: a", "+++\n", "---\n", "% +++\n", "a = 1\n", "math\n", "é",
            "😀", "\ufffd",
        ]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(NASTY)
def test_any_text_is_a_document_with_items_in_order(text: str) -> None:
    for kind in ALL:
        data = json.dumps({"cells": [{"cell_type": "markdown", "source": text.splitlines(keepends=True)}] * 2})
        check(read_document(f"a.{kind}", (data if kind == "ipynb" else text).encode()))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.sampled_from([*KINDS, None]))
def test_any_bytes_are_a_document_or_a_usage_error(data: bytes, kind: str | None) -> None:
    try:
        document = read_document("a", data, kind)
    except UsageError as error:
        assert str(error).startswith("a: ")
    else:
        check(document)
