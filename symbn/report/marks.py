r"""The side file that symbn.sty reads: which display of a LaTeX file gets which sign. Lines of words, never commands.

    symbn-marks 1
    file 6DB3..  paper.tex                     the MD5 sum of its bytes, so that stale marks are not set
    mark 10 environment refuted proved,refuted the line that opens it, how it is opened, its verdict, those of its rows
    mark 23 display none                       \[..\] and $$..$$ are displays; none: nothing in it was judged

Displays are told apart by the line that opens them, since that is what TeX can see at the moment it begins with one. Where two
are opened on a line, their order decides; so a display without an answer has a line too. An argument, such as that of a
footnote, TeX reads up to its end before it begins with a display in it; what is opened on that line gets no sign, lest it be
that of the other one. Rows are given for the environments in
which each is an equation, and only if they are certain: a macro may hide the end of a row.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

from symbn.answer import CAVEAT, PROVED, REFUTED, UNDECIDED, UNREADABLE, DocumentReport, Step
from symbn.diagnostic import position
from symbn.document.landmarks import Landmarks
from symbn.document.source import Document, Formula

HEAD = "symbn-marks 1"
NONE = "none"
_WORST = (REFUTED, UNREADABLE, UNDECIDED, CAVEAT, PROVED, NONE)
_OPENER = re.compile(r"(?:\\begin[ \t]*\{([A-Za-z]+)\*?\}(?:[ \t]*\{[^{}\\\n]*\})?|\\\[|\$\$)\s*\Z")
_ROWED = frozenset(["align", "alignat", "flalign", "gather"])
_MARK = re.compile(r"\\(?P<begin>begin|end)\b|(?P<row>\\\\)|(?P<aside>\\(?:short)?intertext)\b|\\.|[{}]|%[^\n]*", re.DOTALL)
_ALIGNMENT = re.compile(r"\\(?:halign|displaylines|l?eqalignno)\b")  # nothing may stand before it in a display


def package() -> str:
    """Return symbn.sty, which sets the signs."""
    return Path(__file__).with_name("symbn.sty").read_text("utf-8")


def marks_of(name: str, data: bytes, document: Document, report: DocumentReport) -> str:
    """Return the lines of one file. name: as TeX calls it; data: its bytes; document: read from them."""
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest().upper()
    lines = [f"file {digest} {name}"]
    steps = sorted(report.steps, key=lambda step: step.span.end)
    displays = [item for item in document.items if isinstance(item, Formula) and item.display]
    uncertain = _ends_of_arguments(document.text, [formula.span.start for formula in displays])
    place = 0
    for formula in displays:
        while place < len(steps) and steps[place].span.end <= formula.span.start:
            place += 1
        inside = []
        while place < len(steps) and steps[place].span.end <= formula.span.end:
            inside.append(steps[place])
            place += 1
        lines += _line(document.text, formula, inside, uncertain)
    return "\n".join(lines) + "\n"


def _ends_of_arguments(text: str, displays: Sequence[int]) -> set[int]:
    """Return the lines on which a brace is closed that has a display before them inside. displays: their places, in order."""
    found = set()
    for start, end in Landmarks(text, percent=True).braces.items():
        first = bisect_left(displays, start)
        if first < len(displays) and displays[first] < end and "\n" in text[displays[first] : end]:
            found.add(position(text, end)[0])
    return found


def _line(text: str, formula: Formula, steps: Sequence[Step], uncertain: set[int]) -> list[str]:
    span = formula.span
    begin = max(0, span.start - 400)
    opener = _OPENER.search(text, begin, span.start)
    if opener is None:
        return []
    line, _ = position(text, opener.start())
    steps = () if line in uncertain else steps
    source = text[span.start : span.end]
    if opener[1] is None:
        return [f"mark {line} display {NONE if _ALIGNMENT.match(source) else worst(steps)}"]
    mark = f"mark {line} environment {worst(steps)}"
    ends = _row_ends(source)
    if opener[1] not in _ROWED or len(ends) != len(_row_ends(formula.text.text)):
        return [mark]
    places = [bisect_left(ends, step.span.end - span.start) for step in steps]
    rows = [[step for step, place in zip(steps, places, strict=True) if place == row] for row in range(len(ends) + 1)]
    return [f"{mark} {','.join(map(worst, rows))}"]


def worst(steps: Sequence[Step]) -> str:
    """Return the verdict that stands for several: a sign for all of them says no more than the weakest one."""
    found = {CAVEAT if step.caveat is not None else step.verdict for step in steps}
    return next((verdict for verdict in _WORST if verdict in found), NONE)


def _row_ends(text: str) -> list[int]:
    r"""Return where the rows of an alignment end, but for the last one: at \\, and before words that are put between rows."""
    ends: list[int] = []
    depth = last = 0
    for match in _MARK.finditer(text):
        mark = match[0]
        if mark == "{" or match["begin"] == "begin":
            depth += 1
        elif mark == "}" or match["begin"] == "end":
            depth -= 1
        elif depth == 0 and (match["row"] or (match["aside"] and text[last : match.start()].strip())):
            ends.append(match.start())
            last = match.end()
    return ends
