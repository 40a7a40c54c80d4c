r"""reStructuredText: `:math:` roles and `.. math::` directives; literal blocks, code, doctests and comments
are skipped.

Parts of one directive that a blank line separates are formulas of their own, as Sphinx sets them. A line is read once, from
above; a block is the lines that are indented more than its directive.
"""

from __future__ import annotations

import re

from symbn.diagnostic import Span
from symbn.document.found import Found, Scanned, trimmed
from symbn.document.frontmatter import front_matter
from symbn.document.landmarks import Landmarks

_EXPLICIT = re.compile(r"\.\.(?:[ \t]+(?P<rest>[^\n]*))?\r?$")
_DIRECTIVE = re.compile(r"(?P<name>[A-Za-z][\w:-]*?)[ \t]*::(?:[ \t]+(?P<argument>.*))?$", re.DOTALL)
_REMARK = re.compile(r"symbn:[ \t]*")
_OPTION = re.compile(r"[ \t]*:[a-z-]+:")
_CODE = frozenset([
    "code", "code-block", "sourcecode", "highlight", "parsed-literal", "literalinclude", "prompt", "testcode", "doctest",
    "raw", "ipython",
])  # fmt: skip
_INLINE = re.compile(r"``|\\.|:math:`(?P<role>)|(?P<other>(?<!`)`)", re.DOTALL)


def read_rst(text: str) -> Scanned:
    matter = front_matter(text, 0, len(text))
    found, prose = directives(text, matter.end, len(text))
    landmarks = Landmarks(text)
    for lines in prose:
        found += roles(landmarks, lines.start, lines.end)
    return Scanned(text, tuple(found), matter.settings, matter.problems)


def directives(text: str, start: int, end: int) -> tuple[list[Found], list[Span]]:
    """Return the formulas and remarks of the blocks in [start, end), and the paragraphs of running text between them."""
    lines = _lines(text, start, end)
    found: list[Found] = []
    prose: list[Span] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        bare = trimmed(text, line.start, line.end)
        stop = at + 1
        explicit = _EXPLICIT.match(text, bare.start, bare.end) if bare.start < bare.end else None
        if explicit is not None:
            stop = _block(text, lines, at)
            nested = _explicit(text, lines, at, stop, explicit, found)
            stop = at + 1 if nested else stop
        elif text.startswith(">>> ", bare.start, bare.end):
            while stop < len(lines) and text[lines[stop].start : lines[stop].end].strip():
                stop += 1
        elif text.endswith("::", bare.start, bare.end):
            prose.append(line)
            stop = _block(text, lines, at)
        elif bare.start < bare.end:
            prose.append(line)
        at = stop
    return found, _paragraphs(prose)


def _explicit(text: str, lines: list[Span], at: int, stop: int, match: re.Match[str], found: list[Found]) -> bool:
    """Read a line that begins with two dots; return whether its block is running text, as that of a note is."""
    rest = match["rest"]
    if rest is None:
        return False
    start = match.start("rest")
    if remark := _REMARK.match(text, start, lines[at].end):
        found.append(Found(trimmed(text, remark.end(), lines[at].end), "remark"))
        return False
    directive = _DIRECTIVE.match(text, start, trimmed(text, start, lines[at].end).end)
    if directive is None:
        return False
    if directive["name"] != "math":
        return directive["name"] not in _CODE
    first = directive.start("argument") if directive["argument"] is not None else lines[at].end
    found += _parts(text, [Span(first, lines[at].end), *lines[at + 1 : stop]])
    return False


def _parts(text: str, lines: list[Span]) -> list[Found]:
    """Return the formulas of a math directive: its argument line and its block, cut at blank lines, without options."""
    body = [lines[0]]
    whole = False
    for line in lines[1:]:
        if len(body) == 1 and _OPTION.match(text, line.start, line.end):
            whole = whole or ":nowrap:" in text[line.start : line.end] or ":no-wrap:" in text[line.start : line.end]
        else:
            body.append(line)
    if whole:
        spans = [
            trimmed(
                text,
                body[0].start if text[body[0].start : body[0].end].strip() else body[min(1, len(body) - 1)].start,
                body[-1].end,
            )
        ]
        return [Found(span, "display") for span in spans if span.start < span.end]
    found: list[Found] = []
    start: int | None = None
    for line in [*body, Span(body[-1].end, body[-1].end)]:
        if not text[line.start : line.end].strip():
            if start is not None:
                found.append(Found(trimmed(text, start, line.start), "display"))
            start = None
        elif start is None:
            start = line.start
    return found


def roles(landmarks: Landmarks, start: int, end: int) -> list[Found]:
    """Return the formulas of the roles in a paragraph."""
    text = landmarks.text
    found: list[Found] = []
    place = start
    while match := _INLINE.search(text, place, end):
        place = match.end()
        if match["role"] is not None:
            close = landmarks.find("`", place, end)
            if close is None:
                continue
            span = trimmed(text, place, close)
            if span.start < span.end:
                found.append(Found(span, "inline"))
            place = close + 1
        elif match[0] == "``" or match["other"]:
            close = landmarks.find(match[0], place, end)
            place = place if close is None else close + len(match[0])
    return found


def _paragraphs(lines: list[Span]) -> list[Span]:
    """Return runs of lines that follow each other in the file."""
    runs: list[Span] = []
    for line in lines:
        if runs and runs[-1].end + 1 == line.start:
            runs[-1] = runs[-1].to(line)
        else:
            runs.append(line)
    return runs


def _lines(text: str, start: int, end: int) -> list[Span]:
    lines = []
    for line in text[start:end].split("\n"):
        lines.append(Span(start, start + len(line)))
        start += len(line) + 1
    return lines


def _block(text: str, lines: list[Span], at: int) -> int:
    """Return the number of the first line below `at` that is indented no more than that, without blank lines at the end."""
    indent = _indent(text, lines[at])
    stop = last = at + 1
    while last < len(lines):
        blank = not text[lines[last].start : lines[last].end].strip()
        if not blank and _indent(text, lines[last]) <= indent:
            break
        last += 1
        stop = stop if blank else last
    return stop


def _indent(text: str, line: Span) -> int:
    part = text[line.start : line.end]
    return len(part.expandtabs()) - len(part.expandtabs().lstrip())
