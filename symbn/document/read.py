"""Bytes -> Document, by the kind of file. Whatever comes in, a Document comes out, or a UsageError that says what to do."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from symbn.document.assemble import assemble
from symbn.document.source import Document
from symbn.errors import UsageError

if TYPE_CHECKING:
    from symbn.document.found import Scanned

MAX_BYTES = 64 * 1024 * 1024
KINDS = {
    "markdown": ("md", "markdown", "mdx", "qmd", "rmd", "mkd", "mdown"),
    "latex": ("tex", "latex", "ltx"),
    "html": ("html", "htm", "xhtml"),
    "text": ("txt", "text"),
    "rst": ("rst", "rest"),
    "notebook": ("ipynb",),
    "python": ("py", "pyi"),
}
# What a document ends in. A Python module is one where it is named, not wherever a folder holds one.
SUFFIXES = frozenset(suffix for kind, suffixes in KINDS.items() if kind != "python" for suffix in suffixes)
_BY_SUFFIX = {suffix: kind for kind, suffixes in KINDS.items() for suffix in (kind, *suffixes)}


def read_document(path: str, data: bytes, kind: str | None = None) -> Document:
    """Return the formulas and remarks of a file. kind: one of KINDS or a suffix, if the path's own does not say it.

    Raises: UsageError, if the file is not one of text, or too large, or the kind is none that is known.
    """
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: larger than {MAX_BYTES // 1024 // 1024} MiB; split it, or give the chapter that is meant")
    if data.startswith(b"%PDF") or b"\0" in data:
        what = "a PDF file" if data.startswith(b"%PDF") else "a binary file, or text that is not UTF-8"
        raise UsageError(f"{path}: this is {what}; give its source as UTF-8 text (.md, .tex, .html, .txt, .rst, .ipynb, .py)")
    text = data.decode("utf-8-sig", errors="replace")
    known = kind_of(path, text) if kind is None else _BY_SUFFIX.get(kind.lower().lstrip("."))
    if known is None:
        raise UsageError(f"{path}: there is no kind of document called {kind!r}; choose from {', '.join(KINDS)}")
    try:
        return assemble(path, _scanned(known, text))
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def _scanned(kind: str, text: str) -> Scanned:
    """Return what a reader finds in the text. A reader is loaded when there is a document for it."""
    match kind:
        case "latex":
            from symbn.document.tex import read_latex

            return read_latex(text)
        case "html":
            from symbn.document.webpage import read_webpage

            return read_webpage(text)
        case "rst":
            from symbn.document.rst import read_rst

            return read_rst(text)
        case "notebook":
            from symbn.document.notebook import read_notebook

            return read_notebook(text)
        case "python":
            from symbn.document.python import read_python

            return read_python(text)
        case _:
            from symbn.document.markdown import read_markdown, read_plain

            return read_plain(text) if kind == "text" else read_markdown(text)


def kind_of(path: str, text: str) -> str:
    """Return the kind of a document: what its suffix says, or else what its text looks like."""
    suffix = PurePath(path).suffix[1:].lower() if path else ""
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    begin = text[:4096].lstrip().lower()
    if begin.startswith("{") and '"cells"' in text:
        return "notebook"
    if begin.startswith(("<!doctype html", "<html", "<?xml")) or "<html" in begin:
        return "html"
    if "\\documentclass" in begin or "\\begin{document}" in text:
        return "latex"
    return "markdown"
