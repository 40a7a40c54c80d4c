r"""LaTeX documents that compile without editing, with pdfLaTeX and with amsmath alone.

A fragment is what stands in the body of such a document.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from symbn.typesetting.letters import escaped, to_ascii

_PREAMBLE = r"""\documentclass[11pt,fleqn]{article}
%(packages)s
\allowdisplaybreaks
\setlength{\textwidth}{6in}
\setlength{\oddsidemargin}{0.1in}
\setlength{\textheight}{9in}
\setlength{\topmargin}{-0.5in}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6em}
\emergencystretch=3em
%(more)s\begin{document}
"""
_TYPOGRAPHIC = {
    "—": "---",
    "–": "--",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "…": r"\dots{}",
    "ß": r"\ss{}",
    "−": "$-$",
    "≈": r"$\approx$",
}
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0308": '"',
    "\u030a": "r",
    "\u030c": "v",
    "\u0327": "c",
}


def standalone(body: str, title: str = "", packages: Sequence[str] = (), preamble: str = "") -> str:
    r"""Return a document. title: LaTeX, set above the body. packages: beside amsmath. preamble: more of it, our own."""
    used = "\n".join(rf"\usepackage{{{name}}}" for name in ("amsmath", *packages))
    head = _PREAMBLE % {"packages": used, "more": f"{preamble}\n" if preamble else ""}
    heading = f"\n{{\\Large\\bfseries\\boldmath {title}\\par}}\n" if title else ""
    return f"{head}{heading}\n{body.strip()}\n\n\\end{{document}}\n"


def prose(text: str) -> str:
    """Return a text for the body: nothing in it is a command any more. Signs that no text font has are written in ASCII.

    What stands between backquotes is code.
    """
    apart = text.split("`")
    if len(apart) % 2 == 0:
        return _escaped(text)
    return "".join(rf"\texttt{{{_escaped(part)}}}" if place % 2 else _escaped(part) for place, part in enumerate(apart))


def _escaped(text: str) -> str:
    return "".join(_TYPOGRAPHIC.get(character) or _letter(character) for character in text)


def _letter(character: str) -> str:
    if not character.isascii():
        apart = unicodedata.normalize("NFD", character)
        base, accents = apart[0], apart[1:]
        if base.isascii() and base.isalpha() and accents in _ACCENTS:
            return rf"\{_ACCENTS[accents]}{{{base}}}"
        character = to_ascii(character)
    return escaped(character)
