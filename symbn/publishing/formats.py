"""The formats by name: what an article is in each, and where it goes."""

from __future__ import annotations

import sys
from pathlib import Path

from symbn.deriving.article import Article, Figure
from symbn.errors import UsageError
from symbn.publishing.data import as_json
from symbn.publishing.dot import as_dot
from symbn.publishing.files import write_whole
from symbn.publishing.latex import as_latex
from symbn.publishing.layout import Layout
from symbn.publishing.markdown import as_markdown
from symbn.publishing.pdf import compile_pdf
from symbn.publishing.text import as_text
from symbn.publishing.webpage import as_html

TEXT, LATEX, PDF, HTML, MARKDOWN, JSON, DOT = "text", "latex", "pdf", "html", "markdown", "json", "dot"
FORMATS = (TEXT, LATEX, PDF, HTML, MARKDOWN, JSON, DOT)
ENDINGS = {
    ".txt": TEXT, ".tex": LATEX, ".pdf": PDF, ".html": HTML, ".htm": HTML, ".md": MARKDOWN, ".json": JSON, ".dot": DOT,
    ".gv": DOT,
}  # fmt: skip


def format_of(asked: str | None, output: str | None) -> str:
    """Return the format that was asked for, or that the file's ending stands for. Raises: UsageError."""
    ending = Path(output).suffix.lower() if output is not None else ""
    found = asked or ENDINGS.get(ending, TEXT)
    if found not in FORMATS:
        raise UsageError(f"unknown format {found[:40]!r}: choose from {', '.join(FORMATS)}")
    if asked is None and ending and ending not in ENDINGS:
        raise UsageError(f"{ending[:20]} is the ending of no format: say which one with --format ({', '.join(FORMATS)})")
    if found == PDF and output is None:
        raise UsageError("a PDF needs a file to go to: -o FILE.pdf")
    return found


def published(article: Article, format: str, layout: Layout) -> str:
    """Return the article as text in a format that is text. Raises: UsageError."""
    if format == DOT:
        return as_dot(_figure(article), layout)
    writers = {TEXT: as_text, LATEX: as_latex, HTML: as_html, MARKDOWN: as_markdown, JSON: as_json}
    if format not in writers:
        raise UsageError(f"{format[:40]!r} is no format that is text: choose from {', '.join(writers)}, {DOT}")
    return writers[format](article, layout).rstrip("\n") + "\n"


def deliver(article: Article, format: str, layout: Layout, output: str | None) -> None:
    """Write the article to a file, whole or not at all, or to standard output. Raises: UsageError, PdfError."""
    if format == PDF:
        if output is None or layout.fragment:
            raise UsageError("a PDF is a whole document, and needs a file to go to: -o FILE.pdf, without --fragment")
        compile_pdf(published(article, LATEX, layout), output)
    elif output is None:
        sys.stdout.write(published(article, format, layout))
    else:
        write_whole(output, published(article, format, layout))


def _figure(article: Article) -> Figure:
    found = [block for section in article.sections for block in section.blocks if isinstance(block, Figure)]
    if not found:
        raise UsageError("only a graph can be written as DOT: symbn derive graph --format dot")
    return found[0]
