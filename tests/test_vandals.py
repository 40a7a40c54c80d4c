"""Known attack strings through every reader and into every format: none is run, none drives what shows it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import symbn
from symbn import cli
from symbn.document.read import KINDS
from symbn.judging import Options
from symbn.running import Settings, check_path

FORMATS = ("text", "json", "sarif", "github", "junit", "markdown")
WITNESS = "symbn_was_here"
CODE = (
    f"__import__('os').system('touch {WITNESS}')",
    f"$(touch {WITNESS})",
    f"`touch {WITNESS}`",
    f"; touch {WITNESS} ;",
    f"| touch {WITNESS}",
    f"\\write18{{touch {WITNESS}}}",
    f"\\immediate\\write18{{touch {WITNESS}}}",
    f"\\input{{|touch {WITNESS}}}",
    f"\\openout1={WITNESS}",
    "\\input{/etc/passwd}",
    "\\include{/etc/passwd}",
    "\\csname input\\endcsname /etc/passwd",
    f"!!python/object/apply:os.system ['touch {WITNESS}']",
    f"cos\nsystem\n(S'touch {WITNESS}'\ntR.",
    f"().__class__.__bases__[0].__subclasses__()[0]('{WITNESS}')",
    f"{{{{ ''.__class__.__mro__[1].__subclasses__() }}}} {WITNESS}",
    "${jndi:ldap://127.0.0.1/a}",
    "%(asctime)s %s%s%s%n {0.__class__} {}",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "<!DOCTYPE a [<!ENTITY b 'cc'><!ENTITY d '&b;&b;'>]><a>&d;</a>",
    ".. include:: /etc/passwd",
    f".. raw:: html\n   :file: {WITNESS}",
    f"lambda: open('{WITNESS}', 'w')",
    f"=cmd|' /C touch {WITNESS}'!A0",
    "'; DROP TABLE steps; --",
    "../../../../etc/passwd",
    "=1+1",
)
SHOWN = (
    "\x1b]0;owned\x07", "\x1b[2J\x1b[H", "\x9b31m", "\x1bP+q544e\x1b\\", "\x1b]8;;http://a.b\x1b\\c", "\b\b\b", "\r", "\x7f",
    "\u202eabc\u202c", "\u2066abc\u2069", "\u200f", "\u200b", "\u2028", "\u2029", "\x85", "\ufeff", "\U000e0041", "\ufff9",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "]]>", "--><b>", "javascript:alert(1)", "::error::x",
    "\n::stop-commands::x\n", "\n##[error]x", "```\n<b>\n```", "](javascript:alert(1))", "&lt;script&gt;", "@someone", "#1",
)  # fmt: skip


def documents(words: str) -> dict[str, str]:
    """Return a document of each kind that holds the words in prose, in a formula, in a remark and in its front matter."""
    text = f"Then {words} and $x_i = {words}$.\n\n<!-- symbn: {words} -->\n$${words} = \\mu$$\n\n<!-- symbn: mean={words} -->\n"
    found = dict.fromkeys(KINDS, f"+++\nmean = {json.dumps(words)}\n+++\n{text}")
    found["notebook"] = json.dumps({"cells": [{"cell_type": "markdown", "source": text}], "nbformat": 4})
    found["latex"] = (
        f"% +++\n% mean = {json.dumps(words)}\n% +++\n\\newcommand{{\\a}}{{{words}}}\n% symbn: {words}\n$\\a = {words}$"
    )
    found["html"] = f"<p>{words} \\(x_i = {words}\\) <script type='math/tex'>{words} = 1</script><!-- symbn: {words} --></p>"
    found["rst"] = f"{words}\n\n.. math:: x_i = {words}\n\n.. symbn: {words}\n\n:math:`{words} = 1`\n"
    return found


@pytest.mark.parametrize("words", CODE)
def test_no_reader_runs_what_it_reads_nor_opens_what_it_names(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    symbn.verify(words)
    symbn.verify(f"{words} = x_i", batch=2, repair=True)
    shown = ""
    for kind, text in documents(words).items():
        path = tmp_path / f"a.{KINDS[kind][0]}"
        path.write_text(text, "utf-8")
        (tmp_path / "n.toml").write_text(f"mean = {json.dumps(words)}\n", "utf-8")
        shown += str(check_path(str(path), Settings(Options(repair=True))))
        shown += str(check_path(str(path), Settings(Options(), str(tmp_path / "n.toml"))))
    assert WITNESS not in os.listdir(tmp_path)
    assert "root:x:" not in shown
    assert "bug in symbn" not in shown


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_lets_a_document_drive_what_shows_it(
    format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    for number, words in enumerate(SHOWN):
        name = words.translate(dict.fromkeys(map(ord, "/\0"), "_"))
        folder = tmp_path / f"{number} {name}"
        folder.mkdir()
        for kind, text in documents(words).items():
            (folder / f"{name}.{KINDS[kind][0]}").write_bytes(text.encode())
    cli.main(["check", "--no-cache", "--explain", "--verbose", "--format", format, str(tmp_path)])
    out, said = capsys.readouterr()
    assert out
    for shown in (out, said):
        assert sorted({c for c in shown if not c.isprintable() and c != "\n"}) == []
    lines = out.splitlines()
    if format == "github":
        assert all(re.match(r"::(error|warning|notice) file=[^,:]*,line=\d", line) for line in lines)
    else:
        assert not any(line.lstrip().startswith(("::", "##[")) for line in lines)
    if format == "junit":
        ElementTree.fromstring(out)
        assert "<script" not in out
        assert "]]>" not in out
    if format == "sarif":
        json.loads(out)
    if format == "json":  # the values are as they were; only their spelling is plain
        assert any("\u202e" in json.loads(line)["lhs"] for line in lines)
    if format == "markdown":
        outside = re.sub(r"^(`{3,})(?:math|text)\n.*?^\1$", "", out, flags=re.MULTILINE | re.DOTALL)
        assert "<" not in outside.replace("<!-- -->", "")
        assert not re.search(r"[@#](?=\w)", outside)


@pytest.mark.parametrize("words", SHOWN)
def test_an_error_of_usage_does_not_drive_the_terminal(words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = (
        ["check", words], ["check", str(tmp_path), "--only", words], ["check", str(tmp_path), "--jobs", words],
        ["check", str(tmp_path), "--notation", words], ["check", "--format", words, "x"], ["verify", "--let", words, "m=m"],
        ["verify", "--file", words], ["verify", "--batch", words, "m=m"], ["explain",
        words], ["nope" + words], ["verify", words],
        ["table", "--batch", words],
    )  # fmt: skip
    for call in calls:
        try:
            status = cli.main(call)
        except SystemExit as stopped:
            status = int(str(stopped.code))
        assert status in (2, 3), call
        out, said = capsys.readouterr()
        assert sorted({c for c in out + said if not c.isprintable() and c != "\n"}) == [], call
