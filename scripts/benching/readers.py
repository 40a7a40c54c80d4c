r"""Reading the LaTeX of the project's own documents: how many equations come out, and how many surely not as they are meant.

Surely wrong is only what can be told by a machine, in favour of the reader: the text has `\partial` and what was read has no
derivative, or it has `\sum` and what was read has no sum. A reader that is right by this rule may still be wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.benching.answers import OPEN, Prepare, Run
from symbn.document.read import read_document
from symbn.document.source import Formula
from symbn.errors import UnreadableError
from symbn.syntax.parser import parse

DOCUMENTS = Path(__file__).resolve().parent.parent.parent / "derivations"


def equations() -> list[str]:
    """Return the LaTeX of every different equation in the documents."""
    found = []
    for path in sorted(DOCUMENTS.rglob("*.md")):
        items = read_document(path.name, path.read_bytes()).items
        found += [item.text.text for item in items if isinstance(item, Formula) and "=" in item.text.text]
    return list(dict.fromkeys(found))


def symbn() -> Prepare:
    return lambda key, size: _all_read(lambda text: 1 if parse(text) else 0, UnreadableError)


def sympy_antlr() -> Prepare:
    return _with_sympy("antlr")


def sympy_lark() -> Prepare:
    return _with_sympy("lark")


def _with_sympy(backend: str) -> Prepare:
    from sympy.parsing.latex import parse_latex

    # What cannot be read raises errors of its own, of SymPy and of the parser behind it: any of them means unread.
    parse_latex("x = 1", backend=backend)
    return lambda key, size: _all_read(lambda text: _credible(text, [parse_latex(text, backend=backend)]), Exception)


def math_verify() -> Prepare:
    from math_verify import parse as read

    def outcome(text: str) -> int:
        found = [one for one in read(f"${text}$", parsing_timeout=None) if not isinstance(one, str)]
        return _credible(text, found) if found else 0

    outcome("x = 1")
    return lambda key, size: _all_read(outcome, Exception)


def _credible(text: str, found: list[Any]) -> int:
    """Return 1 if nothing is surely lost, or else -1."""
    import sympy

    lost = (r"\partial" in text and not any(one.has(sympy.Derivative) for one in found)) or (
        r"\sum" in text and not any(one.has(sympy.Sum) for one in found)
    )
    return -1 if lost else 1


def _all_read(outcome: Callable[[str], int], unread: type[Exception]) -> Run:
    texts = equations()

    def guarded(text: str) -> int:
        try:
            return outcome(text)
        except unread:
            return 0

    def run() -> tuple[str, str]:
        found = [guarded(text) for text in texts]
        return OPEN, f"right={found.count(1)} wrong={found.count(-1)} undecided={found.count(0)}"

    return run
