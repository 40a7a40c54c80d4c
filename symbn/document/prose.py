"""The prose of a document: what lies between its items, without the marks that set them off."""

from __future__ import annotations

import re
from functools import lru_cache

from symbn.document.source import Document

_HIDDEN = re.compile(r"\A\+\+\+[^\n]*\n.*?^\+\+\+[^\n]*$|\A---[^\n]*\n.*?^---[^\n]*$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->))*+-->")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>")
_CLOSING = re.compile(
    r"\s*(?:\$\$|\$|`\$|\\{1,2}[)\]]|\\end[ \t]*\{[A-Za-z]+\*?\}|-->|[ \t>]*(?:`{3,}|~{3,})[ \t]*(?=\r?\n|\Z)|`(?=[^`]|\Z))"
)
_OPENING = re.compile(
    r"(?:\$\$|\$`?|\\{1,2}[(\[]|\\begin[ \t]*\{[A-Za-z]+\*?\}(?:\{[^{}\n]*\})?|<!--\s*symbn:|(?:%|\.\.|\#)?[ \t]*symbn:"
    r"|(?:`{3,}|~{3,})[ \t]*\{?math\}?[^\n]*|\.\.[ \t]+math::|:math:`)\s*\Z"
)


def prose_before(document: Document, item_index: int) -> str:
    """Return what is said between the item before this one and this one; after the last, for an index beyond it."""
    return prose_between(document, item_index).strip()


def prose_between(document: Document, item_index: int) -> str:
    """Return the same with the blanks and blank lines around it, which tell where a sentence or a paragraph ends.

    Delimiters, comments, HTML tags, front matter and LaTeX's preamble are left out; emphasis and code stay as they are.
    """
    items = document.items
    start = items[item_index - 1].span.end if item_index > 0 else 0
    last = item_index >= len(items)
    text = document.text[start : len(document.text) if last else items[item_index].span.start]
    return _without_marks(text, item_index == 0, last)


@lru_cache(maxsize=8)  # the same prose is looked at for the formula before it and for the one behind it
def _without_marks(text: str, first: bool, last: bool) -> str:
    if not first:
        text = text[match.end() :] if (match := _CLOSING.match(text)) else text
    else:
        text = _HIDDEN.sub("", text, count=1)
        text = text.rpartition("\\begin{document}")[2]
    if not last and (match := _OPENING.search(text, max(0, len(text.rstrip()) - 200))):
        text = text[: match.start()]
    return _TAG.sub("", _COMMENT.sub("", text))
