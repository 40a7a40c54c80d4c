"""Known attack strings through every reader and into every format: none is run, none drives what shows it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
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
    "a ##[error]x", "##vso[task.setvariable]x", "###[group]", "x ##teamcity[a]", '*) Axiom a : False. (* "',
)  # fmt: skip
OBEYED = re.compile(r"##\w*\[")  # anywhere in a line
ALL = '\x1b[31m\u202e\u200b\x85%0A::error::a\n::b ##[c]##vso[d] *) " (* <b> ]]> `|` --> ${{ x }} [/b] {0} %s \\'


def documents(words: str) -> dict[str, str]:
    """Return a document of each kind that holds the words in prose, in a formula, in a remark and in its front matter."""
    text = f"Then {words} and $x_i = {words}$.\n\n<!-- symbn: {words} -->\n$${words} = \\mu$$\n\n<!-- symbn: mean={words} -->\n"
    found = dict.fromkeys(KINDS, f"+++\nmean = {json.dumps(words)}\n+++\n{text}")
    found["notebook"] = json.dumps({"cells": [{"cell_type": "markdown", "source": text}], "nbformat": 4})
    found["python"] = f"{found['markdown']!r}\n\ndef f():\n    {text!r}\n"
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
    for number, words in enumerate((*SHOWN, ALL)):
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
    assert not OBEYED.search(re.sub(r" file=[^,:]*", "", out))
    if format == "github":
        assert all(re.match(r"::(error|warning|notice) file=[^,:]*,line=\d", line) for line in lines)
    else:
        assert not any(line.lstrip().startswith("::") for line in lines)
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


@pytest.mark.parametrize("words", [*SHOWN, ALL])
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


@pytest.mark.parametrize("words", [ALL, "\ud800", '##[a] *) " (* ]]>', "(*", "*)", '"', "(*)", "*)*)", "( *", '"*)"'])
def test_a_certificate_says_what_it_would_say_of_a_decent_text(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A vandal can write what he wants behind % in a formula; in Coq's files it is a comment, whatever it holds."""
    line = words.replace("\n", " ").replace("\x85", " ")
    made = []
    for name, said in (("vandal", line), ("decent", "nothing")):
        text = f"$$\\mu = \\frac1m \\sum_i x_i % {said}\n$$\n\n$$x_i = {said} y_i$$\n"
        (tmp_path / f"{name}.md").write_bytes(text.encode("utf-8", "surrogatepass"))
        cli.main(["certify", str(tmp_path / f"{name}.md"), "-o", str(tmp_path / name)])
        out, said = capsys.readouterr()
        assert sorted({c for c in out + said if not c.isprintable() and c != "\n"}) == []
        assert not OBEYED.search(out + said)
        assert not any(line.lstrip().startswith("::") for line in (out + said).splitlines())
        files = {path.name: path.read_text("utf-8") for path in (tmp_path / name).iterdir() if path.is_file()}
        assert sorted({c for text in files.values() for c in text if not c.isprintable() and c != "\n"}) == []
        made.append(
            {name: "\n".join(filter(None, map(str.rstrip, uncommented(text).split("\n")))) for name, text in files.items()}
        )
    assert "Definition claim_1 : Prop" in made[1]["Claims.v"]
    assert made[0] == made[1] or not line.isprintable()  # then the formula is not read


def uncommented(text: str) -> str:
    """Return a Coq text without its comments, which nest, and in which a string hides what it holds."""
    kept, depth, at = "", 0, 0
    while at < len(text):
        if text.startswith("(*", at):
            depth, at = depth + 1, at + 2
        elif depth and text.startswith("*)", at):
            depth, at = depth - 1, at + 2
        elif text[at] == '"':
            end = text.index('"', at + 1) + 1
            kept, at = kept + text[at:end] * (not depth), end
        else:
            kept, at = kept + text[at] * (not depth), at + 1
    assert depth == 0
    return kept


@pytest.mark.parametrize("format", FORMATS)
def test_half_a_surrogate_pair_is_written_as_something_else(
    format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = os.fsdecode(b"\xff\xed\xa0\x80.md")
    try:
        (tmp_path / name).write_bytes(b"$$x_i = \xed\xa0\x80$$ and $\\mu = \xff\n$")
    except OSError:
        pytest.skip("this file system knows no such names")
    cell = {"cell_type": "markdown", "source": "$x_i = \ud800$ $$\\mu = 0$$"}
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": [cell], "nbformat": 4}), "utf-8")
    cli.main(["check", "--no-cache", "--verbose", "--explain", "--format", format, str(tmp_path)])
    out, said = capsys.readouterr()
    assert out
    assert said == ""
    out.encode("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_file_name_does_not_drive_the_progress_display(tmp_path: Path) -> None:
    import pty

    for name in ("[red]a.md", "[link=a]b.md", "\x1b]0;owned\x07.md"):
        (tmp_path / name).write_text("$$\\sum_i \\hat x_i = 0$$\n" * 3, "utf-8")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "symbn", "check", "--no-cache", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env={**os.environ, "TERM": "xterm"}) as running:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # so Linux says that the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(ours)
    assert running.returncode == 0
    assert b"\x1b]" not in shown
    assert b"MarkupError" not in shown
