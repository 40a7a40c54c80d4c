r"""Formulas, remarks and definitions in running text: the part that Markdown, plain text, HTML and LaTeX share.

    $..$  \(..\)  $`..`$          in a sentence; never across a blank line
    $$..$$  \[..\]                 displayed
    \begin{align}..\end{align}     displayed, bare; its span is what stands between the two, without the `{2}` of an alignat

The rules that settle what a dollar is (pandoc's): no blank just inside either end, no digit right after the closing one, the
closing one is the next one, `\$` is a dollar. LaTeX itself has no such rule: there every `$` counts (Dialect.strict_dollars).
`$$` crosses a blank line only where it opens a line and its end closes one: else a stray `$$` would turn a document inside out.
An environment inside other delimiters belongs to the formula that they hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from symbn.diagnostic import Span, Value
from symbn.document.found import Found, Kind, trimmed
from symbn.document.landmarks import Landmarks
from symbn.document.macros import HEAD, definition_at

ENVIRONMENTS = frozenset([
    "equation", "align", "aligned", "alignat", "alignedat", "flalign", "eqnarray", "gather", "gathered", "multline",
    "split", "multlined", "displaymath", "math", "dmath", "IEEEeqnarray",
])  # fmt: skip
VERBATIM = frozenset(["verbatim", "Verbatim", "lstlisting", "minted", "comment", "filecontents", "alltt"])
_WITH_ARGUMENT = re.compile(r"[ \t]{0,9}\{[^{}\\\n]{0,80}\}")
_COMMENT = re.compile(r"\s*symbn:[ \t]*")
_CLOSING = {"\\(": "\\)", "\\[": "\\]", "\\\\(": "\\\\)", "\\\\[": "\\\\]"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dialect(Value):
    """What else has a meaning in a format. code: `..` is code, and so are <pre>, <code>. strict_dollars: pandoc's rule.
    loose: `$$` may cross any blank line, as where tags fell out. percent: comments and \\verb as in LaTeX.
    lines: `# symbn: ..` and `symbn: ..` on a line of their own are remarks. doubled: `\\\\(` is Markdown's `\\(`."""

    code: bool = False
    strict_dollars: bool = True
    loose: bool = False
    percent: bool = False
    lines: bool = False
    doubled: bool = False


MARKDOWN = Dialect(code=True, doubled=True)
PLAIN = Dialect(lines=True)
HTML = Dialect(loose=True)
LATEX = Dialect(strict_dollars=False, percent=True)


@cache
def _marks(dialect: Dialect) -> re.Pattern[str]:
    parts = [r"\\begin[ \t]{0,9}\{(?P<environment>[A-Za-z]+\*?)\}", f"(?P<define>{HEAD})"]
    if dialect.doubled:
        parts.append(r"(?P<doubled>\\\\[(\[])")
    if dialect.percent:
        parts += [r"%(?P<comment>[^\n]*)", r"\\(?:verb|lstinline)\*?(?P<verb>[^A-Za-z\s*])"]
    parts += [r"(?P<bracket>\\[(\[])", r"\\.", r"(?P<double>\$\$)"]
    if dialect.code:
        parts += [r"(?P<github>\$`)", "(?P<ticks>`+)", r"<(?P<raw>pre|code|script|style|textarea)\b"]
    parts.append(r"(?P<dollar>\$)")
    if not dialect.percent:
        parts.append("(?P<html><!--)")
    if dialect.lines:
        parts.append(r"^[ \t]*(?:#[ \t]*)?symbn:[ \t]*(?P<line>[^\n]*)")
    return re.compile("|".join(parts), re.DOTALL | re.MULTILINE)


def scan_region(landmarks: Landmarks, start: int, end: int, dialect: Dialect) -> list[Found]:
    """Return what stands in [start, end), in order. Nothing reaches beyond it: a notebook's cell, the text around a fence."""
    scanner = _Scanner(landmarks, end, dialect)
    place = start
    while match := _marks(dialect).search(landmarks.text, place, end):
        place = max(scanner.read(match), match.start() + 1)
    return scanner.found


def remark_in(text: str, start: int, end: int) -> Found | None:
    """Return the remark of a comment that holds [start, end); None if it does not speak to symbn."""
    match = _COMMENT.match(text, start, end)
    return Found(trimmed(text, match.end(), end), "remark") if match else None


class _Scanner:
    """Reads one mark at a time; each rule returns where to go on."""

    def __init__(self, landmarks: Landmarks, end: int, dialect: Dialect) -> None:
        self.landmarks = landmarks
        self.text = landmarks.text
        self.end = end
        self.dialect = dialect
        self.found: list[Found] = []

    def read(self, match: re.Match[str]) -> int:
        kind = match.lastgroup if match.lastgroup in ("environment", "double", "bracket", "doubled", "ticks") else None
        groups = match.groupdict()
        if groups["define"]:
            return self._definition(match)
        if kind == "environment":
            return self._environment(match)
        if groups["bracket"] or groups.get("doubled"):
            return self._bracket(match)
        if kind == "double":
            return self._double(match)
        if groups["dollar"]:
            return self._dollar(match)
        if groups.get("github"):
            close = self.landmarks.find("`$", match.end(), self.end)
            if close is not None and not self.landmarks.has_blank_line(match.end(), close):
                return self._formula(match.end(), close, close + 2, "inline")
            return match.start() + 1
        if groups.get("ticks"):
            close = self.landmarks.ticks(len(match[0]), match.end(), self.end)
            code = close is not None and not self.landmarks.has_blank_line(match.end(), close)
            return close + len(match[0]) if code and close is not None else match.end()
        return self._hidden(match, groups)

    def _hidden(self, match: re.Match[str], groups: dict[str, str | None]) -> int:
        """Read what is not shown, and may be a remark: comments, \\verb, <pre>."""
        if groups.get("html"):
            close = self.landmarks.find("-->", match.end(), self.end)
            if close is None:
                return match.end()
            self._remark(remark_in(self.text, match.end(), close))
            return close + 3
        if groups.get("comment") is not None:
            self._remark(remark_in(self.text, match.start("comment"), match.end()))
        elif groups.get("line") is not None:
            self.found.append(Found(trimmed(self.text, match.start("line"), match.end()), "remark"))
        elif verb := groups.get("verb"):
            close = self.text.find(verb, match.end(), min(self.end, match.end() + 1000))
            return match.end() if close < 0 or "\n" in self.text[match.end() : close] else close + 1
        elif raw := groups.get("raw"):
            close = self.landmarks.find(f"</{raw}", match.end(), self.end)
            return match.end() if close is None else close
        return match.end()

    def _remark(self, found: Found | None) -> None:
        if found is not None:
            self.found.append(found)

    def _formula(self, start: int, stop: int, after: int, kind: Kind) -> int:
        span = trimmed(self.text, start, stop)
        if span.start < span.end:
            self.found.append(Found(span, kind))
        return after

    def _definition(self, match: re.Match[str]) -> int:
        read = definition_at(self.landmarks, match.start(), self.end)
        if read is None:
            return match.end()
        self.found.append(Found(Span(match.start(), read[1]), "definition", read[0]))
        return read[1]

    def _environment(self, match: re.Match[str]) -> int:
        name = match["environment"]
        plain = name.rstrip("*")
        if self.dialect.percent and plain in VERBATIM:
            close = self.landmarks.find(f"\\end{{{name}}}", match.end(), self.end)
            return match.end() if close is None else close
        if plain not in ENVIRONMENTS:
            return match.end()
        close = self.landmarks.environments.get(match.start())
        if close is None or close >= self.end:
            return match.end()
        start = match.end()
        if plain in ("alignat", "alignedat", "IEEEeqnarray") and (argument := _WITH_ARGUMENT.match(self.text, start, close)):
            start = argument.end()
        after = min(self.text.find("}", close) + 1, self.end)
        return self._formula(start, close, after, "inline" if plain == "math" else "display")

    def _bracket(self, match: re.Match[str]) -> int:
        start, closing = match.end(), _CLOSING[match[0]]
        close = self.landmarks.mark(closing, start, self.end)
        if close is None or self.landmarks.mark(match[0], start, close) is not None:
            return start
        inline = match[0][-1] == "("
        if inline and self.landmarks.has_blank_line(start, close):
            return start
        return self._formula(start, close, close + len(closing), "inline" if inline else "display")

    def _double(self, match: re.Match[str]) -> int:
        start = match.end()
        close = self.landmarks.double_dollar(start, self.end)
        if close is None:
            return start
        if self.landmarks.has_blank_line(start, close) and not (
            self.dialect.loose or self._on_its_own(match.start(), close + 2)
        ):
            return start
        return self._formula(start, close, close + 2, "display")

    def _on_its_own(self, start: int, end: int) -> bool:
        before = self.text[max(0, start - 80) : start].rpartition("\n")[2]
        return not before.strip(" \t>*-+") and not self.text[end : end + 80].partition("\n")[0].strip()

    def _dollar(self, match: re.Match[str]) -> int:
        start = match.end()
        close = self.landmarks.dollar(start, self.end)
        if close is None or close == start or self.landmarks.has_blank_line(match.start(), close):
            return start
        if self.dialect.strict_dollars:
            if self.text[start].isspace() or self.text[close - 1].isspace() or self.text[close + 1 : close + 2].isdigit():
                return start
        return self._formula(start, close, close + 1, "inline")
