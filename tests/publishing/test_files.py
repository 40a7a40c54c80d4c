"""Files are whole or absent; pages and documents stand alone; nothing that a user wrote is markup in them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from symbn.errors import UsageError
from symbn.publishing.files import write_whole
from symbn.publishing.page import html, html_page
from symbn.publishing.pdf import PdfError, compile_pdf
from symbn.publishing.tex import prose, standalone

ODD = '<script>alert(1)</script> & "quoted" \x00\x1b[31m \\input{/etc/passwd} $x$ %comment #1 {~^_} σ² é — ẍ 中'


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    write_whole(place, "old")
    os.chmod(place, 0o640)
    write_whole(place, "new é")
    assert place.read_text("utf-8") == "new é"
    assert place.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_whole(tmp_path / "link.txt", b"new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_bytes() == b"new"


def test_an_interrupted_write_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a.txt"
    place.write_text("old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(place, "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.txt", "old")]


@pytest.mark.parametrize("name", ["missing/a.txt", ".", "a.txt/b.txt"])
def test_an_unwritable_place_is_said(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        write_whole(tmp_path / name, "text")


def test_a_device_is_written_to() -> None:
    write_whole("/dev/null", "text")
    assert not Path("/dev/null").is_file()


def test_a_page_is_well_formed_and_shows_odd_text() -> None:
    page = html_page(ODD, f"<p>{html(ODD)}</p>")
    root = ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>"))
    assert "<script>alert(1)</script>" in (root.findtext("body/p") or "")
    assert root.find(".//script") is None
    assert "\x1b" not in page
    assert "\x00" not in page


@pytest.mark.skipif(shutil.which("latexmk") is None, reason="no TeX is installed")
def test_odd_text_compiles(tmp_path: Path) -> None:
    compile_pdf(standalone(prose(ODD), title=prose(ODD)), tmp_path / "odd.pdf")
    assert (tmp_path / "odd.pdf").read_bytes().startswith(b"%PDF")
    assert [p.name for p in tmp_path.iterdir()] == ["odd.pdf"]


@pytest.mark.skipif(shutil.which("latexmk") is None, reason="no TeX is installed")
@pytest.mark.parametrize("body", [r"\nosuchcommand", r"\input{/etc/passwd}", r"\immediate\write18{touch x}\input{x}"])
def test_what_does_not_compile_keeps_its_tex(body: str, tmp_path: Path) -> None:
    with pytest.raises(PdfError, match=r"kept in .*bad\.tex"):
        compile_pdf(standalone(body), tmp_path / "bad.pdf")
    assert (tmp_path / "bad.tex").read_text() == standalone(body)
    assert not (tmp_path / "bad.pdf").exists()


@pytest.mark.skipif(shutil.which("latexmk") is None, reason="no TeX is installed")
def test_a_document_that_never_ends_is_ended(tmp_path: Path) -> None:
    with pytest.raises(PdfError, match="not done after 3 seconds"):
        compile_pdf(standalone(r"\def\x{\x}\x"), tmp_path / "long.pdf", seconds=3)


def test_without_tex_the_latex_is_kept_and_a_file_of_the_user_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PdfError, match=r"no TeX is installed.* kept in .*note\.tex"):
        compile_pdf("mine", tmp_path / "note.pdf")
    with pytest.raises(PdfError, match=r"kept in .*note\.pdf\.tex"):
        compile_pdf("another", tmp_path / "note.pdf")
    assert (tmp_path / "note.tex").read_text() == "mine"
    assert (tmp_path / "note.pdf.tex").read_text() == "another"
